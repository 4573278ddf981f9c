"""Power is cut in each step, on managers and on a worker, and comes back at once."""
import random
import time

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, command, facts, step, stored
from swarm import Failed, read

STEPS = ['facts', 'scripts before', 'disk', 'share', 'engine', 'swarm', 'stack', 'scripts after', 'ready']
SLOW = {'text': '#!/bin/sh\nsleep 1\n', 'run': 'boot'}


def slow(swarm):
    """Each step takes a second at least, so that it can be met."""
    for route in 'imds GET /metadata/instance$', 'vault GET /secrets/(operator-keys|share-key|swarm-)':
        swarm.azure.fault(route, delay=1)
    for name in swarm.machines:
        facts(swarm, name, scripts={'before': [SLOW], 'after': [SLOW]})
        command(swarm, name, 'blkid', '#!/bin/sh\nsleep 1\nexec /usr/sbin/blkid "$@"\n')


@row('power cut in each step', ONE_MANAGER, ONE_WORKER)
def each_step(swarm):
    slow(swarm)
    left = {name: [one for one in STEPS if one != 'stack' or name != 'web0'] for name in swarm.machines}
    when, cuts = {}, 0  # when: the moment of the next cut
    swarm.boot(*swarm.machines)
    end = swarm.idled() + 540
    while any(left.values()):
        if swarm.idled() > end:
            raise Failed(f'not met: {left}')
        for name, steps in left.items():
            if name in when:
                if time.time() >= when[name]:
                    swarm.restart(name)
                    del when[name], steps[0]
                    cuts += 1
            elif steps:
                now = step(swarm, name)
                if now == steps[0]:
                    when[name] = time.time() + random.uniform(0, 1)
                elif now == 'ready':  # it passed the step while we cut another's power: once more
                    swarm.restart(name)
        time.sleep(0.02)
    swarm.azure.clear()
    swarm.settled(300)
    stored(swarm)
    return f'{cuts} cuts'


@row('power cut while the disk is formatted', ONE_MANAGER, ONE_WORKER)
def formatting(swarm):
    # The first time it writes a part of a file system, and takes long.
    for name in swarm.machines:
        command(swarm, name, 'mkfs.ext4', '#!/bin/sh\n[ ! -e /var/lib/cut ] || exec /usr/sbin/mkfs.ext4 "$@"\ntouch /var/lib/cut\n'
                'for disk; do :; done\ndd if=/dev/urandom of="$disk" bs=4096 seek=1 count=8 conv=fsync\necho met >/run/met\nsleep 3600\n')
    swarm.boot(*swarm.machines)
    for name in swarm.machines:
        swarm.wait(f'{name} formats', lambda: read(swarm.path(name, '/run/met')))
        swarm.restart(name)
    swarm.settled(300)


@row('power cut at random moments', parameters=ONE_WORKER)
def random_moments(swarm):
    swarm.boot(*swarm.machines)
    when = {name: [time.time() + random.uniform(1, 15)] for name in swarm.machines}
    left, cuts = {name: 3 for name in swarm.machines}, 0
    while any(left.values()):
        for name in swarm.machines:
            if left[name] and time.time() >= when[name][0]:
                swarm.restart(name)
                left[name] -= 1
                cuts += 1
                when[name] = [time.time() + random.uniform(1, 15)]
        time.sleep(0.05)
    swarm.settled(300)
    stored(swarm)
    return f'{cuts} cuts'


@row('a join is cut after the certificate: no node without a name stays', parameters=ONE_WORKER)
def certificate(swarm):
    """The managers know a node from its certificate on, its name only from its first session: the engine ends in between, and the
    machine is made anew without its disk."""
    late = 'manager2', 'web0'
    swarm.boot(*(name for name in swarm.machines if name not in late))
    swarm.wait('the others are a swarm', lambda: len(swarm.nodes()) == len(swarm.machines) - len(late))

    def nameless():
        return [node['Spec']['Role'] for node in swarm.engine('manager0', '/nodes') or [] if not node['Description'].get('Hostname')]
    for name, role in zip(late, ('manager', 'worker')):
        for _ in range(20):
            swarm.boot(name)
            swarm.wait(f'{name} has an engine', lambda: swarm.enter(name, 'pidof', 'dockerd').returncode == 0, 120, 0.01)
            swarm.enter(name, 'sh', '-c', 'engine=$(pidof dockerd); until [ -s /var/lib/docker/swarm/certificates/swarm-node.crt ]; do :; done; kill -9 $engine')
            swarm.rebuild(name, keep_disk=False)
            if role in nameless():
                break
        else:
            raise Failed(f'{name}: each join was whole')
    swarm.boot(*late)
    swarm.wait('nodes without a name are gone', lambda: not nameless(), 240)
    stored(swarm)


@row('an engine is cut while it makes a network: it makes its networks anew', parameters=ONE_WORKER)
def half_network(swarm):
    """What such a cut leaves: the bridge is known, the network is not. The engine does not start (bridge), or has no network for services."""
    swarm.boot(*swarm.machines)
    swarm.settled(300)
    for name, network, forget in (  # `bridge` with all others; `docker_gwbridge` alone goes by another name
            ('manager1', 'bridge', 's#/network/v1.0/network/#/network/v1.0/networ_/#g'), ('web0', 'docker_gwbridge', 's/"name":"docker_gwbridge"/"name":"docker_gwbridg_"/g')):
        done = swarm.enter(name, 'sh', '-ec', f"""kill -9 $(cat /run/units/docker.service.pid) $(pidof dockerd)
                           cd /var/lib/docker/network/files; cp local-kv.db /run; sed -i '{forget}' local-kv.db; ! cmp -s local-kv.db /run/local-kv.db""")
        if done.returncode:
            raise Failed(f'{name} does not know {network}: {done.stderr}')
        swarm.restart(name)
    for name, network in ('manager1', 'bridge'), ('web0', 'docker_gwbridge'):
        swarm.wait(f'{name} sees that it has half of {network}', lambda: 'half a network' in swarm.log(name), 180)
        swarm.wait(f'{name} has {network}', lambda: (swarm.engine(name, f'/networks/{network}') or {}).get('Name') == network, 120)
    swarm.settled(300)
