"""Workers come and go: scaled in and out, taken away, announced or not."""
import re
import time

from rows import row
from rows.common import everywhere, formed, looks, runs_on, tasks, whole
from swarm import Failed


def down(swarm, name):
    swarm.wait(f'{name} is down', lambda: (swarm.node(name) or {}).get('Status', {}).get('State') == 'down')


def host_gone(swarm, host):
    swarm.wait(f'{host} is removed', lambda: swarm.nodes() and host not in swarm.nodes())


@row('a worker vanishes and another takes its place', parameters={'webCapacity': 4})
def vanishes(swarm):
    """Its scale set's list has more than a page."""
    formed(swarm)
    swarm.pace(0.1)
    host = swarm.machines['web1'].host
    swarm.remove('web1')
    swarm.grow('web')
    host_gone(swarm, host)
    swarm.wait('somebody says so', lambda: any(re.search(rf'removed worker {host} \(\w+\): gone', swarm.log(name)) for name in swarm.managers()), 10)


@row('a worker that is down stays a member while its machine exists')
def only_down(swarm):
    before = formed(swarm)
    swarm.pace(0.1)
    swarm.kill('web1')
    down(swarm, 'web1')
    since = time.time()
    swarm.wait('its scale set is asked for it three times', lambda: sum(
        request['part'] == 'arm' and request['status'] == 200 for request in swarm.azure.requests(since)) >= 3, 240)
    looks(swarm, 2)
    if not swarm.node('web1'):
        raise Failed('it was removed')
    swarm.boot('web1')
    whole(swarm, before)


@row('no worker is removed while a manager is unreachable')
def manager_unreachable(swarm):
    before = formed(swarm)
    swarm.pace(0.1)
    away = next(name for name in swarm.managers() if name != swarm.leader())
    swarm.kill(away)
    swarm.wait(f'{away} is unreachable', lambda: (swarm.node(away) or {}).get('ManagerStatus', {}).get('Reachability') == 'unreachable')
    host = swarm.machines['web1'].host
    swarm.remove('web1')
    swarm.wait(f'{host} is down', lambda: [node['Status']['State'] for node in swarm.nodes().get(host, [])] == ['down'])
    looks(swarm, 12)
    if host not in swarm.nodes():
        raise Failed('it was removed')
    swarm.boot(away)
    host_gone(swarm, host)
    before.pop('web1')
    whole(swarm, before)


@row('no worker is removed while Azure does not say that its machine is gone', parameters={'webCapacity': 4})
def in_doubt(swarm):
    formed(swarm)
    swarm.pace(0.1)
    leader = swarm.leader()
    answers = [('403', {'status': 403, 'code': 'AuthorizationFailed'}), ('500', {'status': 500}), ('no JSON', {'body': '<html>'}), ('another JSON', {'body': '{"values": []}'}),
               ('half an answer', {'cut': 'half'})]
    key = swarm.azure.fault('arm', status=403, code='AuthorizationFailed')
    host = swarm.machines['web1'].host
    swarm.remove('web1')
    swarm.wait('the cause is named', lambda: f'in doubt about {host}: 403 AuthorizationFailed' in swarm.health(leader).get('message', ''), 180)
    for what, answer in answers:
        new = swarm.azure.fault('arm', **answer)
        swarm.azure.clear(key)
        key, since = new, time.time()
        swarm.wait(f'{what} is answered twice', lambda: sum(request['part'] == 'arm' for request in swarm.azure.requests(since)) >= 2, 240)
        looks(swarm, 2)
        if host not in swarm.nodes():
            raise Failed(f'it was removed after {what}')
    swarm.azure.clear(key)
    host_gone(swarm, host)


@row('a pool is taken away', description={'workers': {'more': {'count': 1}}})
def pool_gone(swarm):
    formed(swarm)
    swarm.pace(0.1)
    host, its_set = swarm.machines['more0'].host, swarm.machines['more0'].set_id
    swarm.remove('more0')
    swarm.azure.set_gone(id=its_set)
    host_gone(swarm, host)


# ---- with notice

def service(swarm):
    """A service with a task on each worker."""
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'theirs', '--replicas', '2', '--constraint', 'node.role == worker',
                 '--replicas-max-per-node', '2', '--stop-grace-period', '3s', 'web:1')
    runs_on(swarm, 'theirs', ['web0', 'web1'])


def confirmed(swarm, event):
    return next((known.get('started') for known in swarm.azure.events() if known['EventId'] == event), None)


def acknowledged(swarm, event, name, seconds):
    """Waits for it; how many seconds it took."""
    swarm.wait(f'{name} acknowledges', lambda: confirmed(swarm, event), seconds)
    found = next(known for known in swarm.azure.events() if known['EventId'] == event)
    if found['started']['by'] != name:
        raise Failed(f'{found["started"]["by"]} did')
    return found['started']['at'] - found['created']


def containers(swarm, name):
    return swarm.docker(name, 'ps', '-q', '-f', 'is-task=true').split()


@row('a worker is scaled in with notice; its sibling works on')
def terminated(swarm):
    before = formed(swarm)
    service(swarm)
    event = swarm.azure.event('Terminate', ['web1'])
    took = acknowledged(swarm, event, 'web1', 150)
    swarm.wait('it has left', lambda: swarm.info('web1').get('LocalNodeState') == 'inactive', 15)
    runs_on(swarm, 'theirs', ['web0', 'web0'])
    states = [state for name, state in tasks(swarm, 'theirs') if name == 'web1']
    if not states or not all(state.startswith('Shutdown') for state in states):  # of what runs when it leaves, nobody says that it ended
        raise Failed(f'it left before its tasks were gone: {states}')
    looks(swarm, 2)
    if swarm.info('web1').get('LocalNodeState') != 'inactive':
        raise Failed('it joined again')
    sibling = swarm.node('web0')
    if sibling['Spec']['Availability'] != 'active' or 'swarmgen.wants' in sibling['Description']['Engine'].get('Labels', {}):
        raise Failed('the sibling took the event for its own')
    swarm.remove('web1')
    swarm.azure.end_event(id=event)
    swarm.pace(0.1)
    before.pop('web1')
    whole(swarm, before)
    return f'acknowledged after {took:.0f} s'


@row('a worker is preempted within 30 s')
def preempted(swarm):
    formed(swarm)
    event = swarm.azure.event('Preempt', ['web1'], notice=30)
    took = acknowledged(swarm, event, 'web1', 60)
    if took >= 30:
        raise Failed(f'only after {took:.0f} s')
    swarm.wait('it has left', lambda: swarm.info('web1').get('LocalNodeState') == 'inactive', 15)
    swarm.remove('web1')
    swarm.azure.end_event(id=event)
    swarm.pace(0.1)
    swarm.grow('web')
    return f'acknowledged after {took:.0f} s'


def announced(swarm, kind, name):
    """Azure restarts a machine and says so before: it is emptied, comes back, and is used again."""
    before = formed(swarm)
    everywhere(swarm)
    event = swarm.azure.event(kind, [name])
    took = acknowledged(swarm, event, name, 150)
    if swarm.node(name)['Spec']['Availability'] != 'drain' or swarm.info(name).get('LocalNodeState') != 'active':
        raise Failed('it was not drained, or has left')
    left = containers(swarm, name)
    if left:
        raise Failed(f'tasks still run: {left}')
    swarm.restart(name)
    swarm.azure.end_event(id=event)
    swarm.pace(0.2)
    whole(swarm, before)
    runs_on(swarm, 'theirs', before)
    return f'acknowledged after {took:.0f} s'


@row('Azure reboots a worker')
def reboot_worker(swarm):
    return announced(swarm, 'Reboot', 'web1')


@row('Azure redeploys a manager that does not lead')
def redeploy_manager(swarm):
    return announced(swarm, 'Redeploy', 'manager2')


@row('Azure reboots the leader')
def reboot_leader(swarm):
    return announced(swarm, 'Reboot', 'manager0')


@row('Azure freezes a worker for a moment')
def frozen(swarm):
    before = formed(swarm)
    event = swarm.azure.event('Freeze', ['web1'])
    took = acknowledged(swarm, event, 'web1', 60)
    looks(swarm, 2)
    whole(swarm, before)
    return f'acknowledged after {took:.0f} s'
