"""What several rows do and look at."""
import base64
import json
import os
import time

from swarm import Failed, read, write

ONE_WORKER = {'web': {'count': 1, 'autoscale': None}}


def step(swarm, name):
    """The step a machine is in, without asking it: cheap enough to catch it in the act."""
    try:
        return json.loads(read(swarm.path(name, '/run/swarmgen/health')))['step']
    except (Failed, ValueError, KeyError, OSError):
        return ''


def said(swarm, wanted, seconds=240):
    """Waits until each machine was seen Unhealthy and naming what it waits for: {machine: words}."""
    missing = dict(wanted)

    def look():
        for name in list(missing):
            health = swarm.health(name)
            if health.get('ApplicationHealthState') == 'Unhealthy' and missing[name] in health.get('message', ''):
                del missing[name]
        if missing:
            raise Failed(f'of {missing}')
        return True
    swarm.wait('the causes are named', look, seconds, 0.5)


def state(swarm, name):
    """inactive, pending, active; '' without an engine"""
    return swarm.info(name).get('LocalNodeState', '')


def outside(swarm, *names):
    """None of them is in a swarm."""
    inside = [name for name in names if state(swarm, name) not in ('inactive', '')]
    if inside:
        raise Failed(f'{inside} should not be in a swarm')


def bounded(swarm, names, part, since, burst=15):
    """Nobody hammers: after a burst fewer than one request a second. The most that one asked."""
    seconds, most = time.time() - since, 0
    asked = swarm.azure.requests(since=since)
    for name in names:
        count = sum(request['caller'] == name and request['part'] == part for request in asked)
        most = max(most, count)
        if count > seconds + burst:
            raise Failed(f'{name} asked {part} {count} times in {seconds:.0f} s')
    return most


def cluster(swarm):
    """The ID of the swarm that the vault knows, by the managers' token."""
    return swarm.azure.secret('swarm-manager-token')['tags'].get('cluster')


def stored(swarm):
    """Waits until the vault knows this swarm and its tokens."""
    manager = swarm.managers()[0]

    def look():
        known = swarm.engine(manager, '/swarm') or {}
        return known and all(swarm.azure.secret(f'swarm-{kind.lower()}-token')['value'] == known['JoinTokens'][kind] and
                             swarm.azure.secret(f'swarm-{kind.lower()}-token')['tags'].get('cluster') == known['ID'] for kind in ('Worker', 'Manager'))
    swarm.wait('the vault knows the swarm', look)


def user_data(swarm, name, text):
    """The text a machine finds in its userData from now on."""
    swarm.azure.change(name=name, userData=base64.b64encode(text.encode()).decode())


def facts(swarm, name, **changes):
    """Changes facts of a machine."""
    user_data(swarm, name, json.dumps({**swarm.facts(name), **changes}))


def command(swarm, name, program, text):
    """Puts a script before a program of a machine, which may be off: in /usr/local/bin."""
    folder = f'{swarm.folder_of(name)}/upper/usr/local/bin'
    os.makedirs(folder, exist_ok=True)
    write(f'{folder}/{program}', text, 0o755)
