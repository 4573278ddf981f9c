"""The first manager dies; two believe they are the first; a node or a vault of another swarm."""
from rows import row
from rows.common import ONE_WORKER, cluster, facts, outside, said, state, stored

OTHERS = ['manager1', 'manager2', 'web0']


def others_wait(swarm):
    """They say that there is no swarm yet, and begin none."""
    said(swarm, {'manager1': '404', 'manager2': '404', 'web0': '404'})
    outside(swarm, *OTHERS)


def again(swarm, how):
    if how != 'returns':
        swarm.rebuild('manager0', keep_disk=how == 'is rebuilt with its disk')
    swarm.boot('manager0')


def dead_before_init(how):
    @row(f'first manager dead before init: {how}', parameters=ONE_WORKER)
    def dead(swarm):
        fault = swarm.azure.fault('vault GET /secrets/swarm-manager-token', caller='manager0', status=403, code='ForbiddenByRbac')
        swarm.boot(*swarm.machines)
        said(swarm, {'manager0': '403 ForbiddenByRbac'})
        swarm.kill('manager0')
        swarm.azure.clear(fault)
        others_wait(swarm)
        again(swarm, how)
        swarm.settled(300)
        stored(swarm)


def dead_before_stored(which, route, how):
    @row(f'first manager dead after init, {which} stored: {how}', parameters=ONE_WORKER)
    def dead(swarm):
        fault = swarm.azure.fault(route, caller='manager0', status=500, code='InternalServerError')
        swarm.boot(*swarm.machines)
        swarm.wait('manager0 began a swarm', lambda: state(swarm, 'manager0') == 'active')
        was = swarm.info('manager0')['Cluster']['ID']
        said(swarm, {'manager0': '500'})
        if 'manager-token' in route:  # the workers' is stored: one joins a swarm that may be gone soon
            swarm.wait('web0 joined', lambda: state(swarm, 'web0') == 'active')
            swarm.pace(0.1)
        swarm.kill('manager0')
        swarm.azure.clear(fault)
        if 'manager-token' not in route:
            others_wait(swarm)
        again(swarm, how)
        swarm.settled(300)
        stored(swarm)
        assert (cluster(swarm) == was) == (how == 'returns'), 'the swarm that was begun should be there again only with its disk'


for how in 'returns', 'is rebuilt':
    dead_before_init(how)
    dead_before_stored('no token', 'vault PUT', how)
    dead_before_stored('one token', 'vault PUT /secrets/swarm-manager-token', how)


def dead_after(how):
    @row(f'first manager dead after its tokens are stored: {how}', parameters=ONE_WORKER)
    def dead(swarm):
        swarm.boot('manager0')
        swarm.wait('the tokens are stored', lambda: cluster(swarm))
        was = cluster(swarm)
        swarm.kill('manager0')
        swarm.boot(*OTHERS)
        said(swarm, {name: 'no manager answers' for name in OTHERS})
        again(swarm, how)
        if how == 'is rebuilt':  # all managers there were are lost: nobody may guess that
            said(swarm, {'manager0': 'no manager answers, but there is a swarm'})
            outside(swarm, 'manager0', *OTHERS)
            for kind in 'worker', 'manager':  # what a person does who knows
                swarm.azure.put_secret(f'swarm-{kind}-token', '-')
        swarm.settled(300)
        stored(swarm)
        assert (cluster(swarm) == was) == (how != 'is rebuilt')


for how in 'returns', 'is rebuilt with its disk', 'is rebuilt':
    dead_after(how)


@row('two managers that both believe they are first', parameters=ONE_WORKER)
def two_first(swarm):
    facts(swarm, 'manager1', index=0)
    unstored = swarm.azure.fault('vault PUT', status=500, code='InternalServerError')
    firsts = ['manager0', 'manager1']
    swarm.boot(*firsts)
    wall = ['INPUT', '-p', 'tcp', '--dport', '2377', '-j', 'DROP']  # neither sees the other
    for name in firsts:
        swarm.wait('the wall', lambda: swarm.enter(name, 'iptables', '-w', '-I', *wall).returncode == 0, 30, 0.05)
    swarm.wait('both began a swarm', lambda: all(state(swarm, name) == 'active' for name in firsts))
    assert len({swarm.info(name)['Cluster']['ID'] for name in firsts}) == 2
    for name in firsts:
        swarm.enter(name, 'iptables', '-w', '-D', *wall, check=True)
    swarm.boot('manager2', 'web0')
    swarm.azure.clear(unstored)
    swarm.settled(400)  # the vault keeps what was written last; who lost may see it at its next look, in five minutes
    stored(swarm)


@row('a node of a foreign swarm', parameters=ONE_WORKER)
def foreign_node(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled(300)
    swarm.docker('web0', 'swarm', 'leave')
    swarm.docker('web0', 'swarm', 'init', '--advertise-addr', swarm.machines['web0'].address)
    foreign = swarm.info('web0')['NodeID']
    swarm.restart('web0')
    said(swarm, {'web0': 'a member of another swarm'})
    assert swarm.info('web0')['NodeID'] == foreign, 'it was taken from its swarm'
    swarm.docker('web0', 'swarm', 'leave', '--force')  # a person decided
    swarm.settled(300)


@row('the vault knows another swarm', parameters=ONE_WORKER)
def foreign_vault(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled(300)
    right = [(name, swarm.azure.secret(name)) for name in ('swarm-worker-token', 'swarm-manager-token')]
    for name, secret in right:
        swarm.azure.put_secret(name, 'SWMTKN-1-' + '0' * 50 + '-' + '1' * 25, tags={'cluster': 'another'})
    swarm.restart('manager1')
    said(swarm, {'manager1': 'the vault knows another swarm'})
    swarm.rebuild('web0')
    swarm.boot('web0')
    said(swarm, {'web0': 'join through'})
    for name, secret in right:
        assert swarm.azure.secret(name)['tags'] == {'cluster': 'another'}, 'the vault was overwritten'
        swarm.azure.put_secret(name, secret['value'], tags=secret['tags'])
    swarm.settled(300)
    stored(swarm)
