"""What several rows do and look at."""
import base64
import contextlib
import json
import os
import re
import time

from swarm import ROOT, Failed, read, write

ONE_MANAGER = {'managers': {'count': 1}}  # of the description
ONE_WORKER = {'webCapacity': 1}           # of the deployment's parameters


def formed(swarm):
    """Brings all up; the nodes' IDs."""
    swarm.boot(*swarm.machines)
    swarm.settled()
    return ids(swarm)


def ids(swarm):
    return {name: swarm.id(name) for name in swarm.machines}


def whole(swarm, before, *anew, seconds=180):
    """The swarm is whole, all managers count once, and only the nodes that were made anew are others than before."""
    swarm.settled(seconds)
    managers = len(swarm.managers())
    swarm.wait('all managers count', lambda: all(swarm.info(name).get('Managers') == managers for name in swarm.managers()))
    after = ids(swarm)
    changed = {name for name in before if after.get(name) != before[name]}
    if changed != set(anew):
        raise Failed(f'other nodes than before: {sorted(changed)}, made anew: {sorted(anew)}')


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

    def right(known, kind):
        secret = swarm.azure.secret(f'swarm-{kind.lower()}-token')
        return secret and secret['value'] == known['JoinTokens'][kind] and secret['tags'].get('cluster') == known['ID']

    def look():
        known = swarm.engine(manager, '/swarm')
        return known and all(right(known, kind) for kind in ('Worker', 'Manager'))
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


def looks(swarm, count, name=None):
    """Waits until a node, or the leader, has looked around so often; each fourth time the leader looks for machines that are gone."""
    seen = set()

    def looked():
        with contextlib.suppress(Failed, OSError, KeyError):
            seen.add(os.stat(swarm.path(name or swarm.leader() or '-', '/run/swarmgen/health')).st_mtime_ns)
        return len(seen) > count
    swarm.wait(f'{name or "the leader"} looks {count} times', looked, 240)


def tasks(swarm, service):
    """[(machine, state)] of the service's tasks, the newest first."""
    hosts = {machine.host: name for name, machine in swarm.machines.items()}
    manager = next((name for name in swarm.managers() if swarm.nodes(name)), None)
    said = swarm.enter(manager, 'docker', 'service', 'ps', service, '--no-trunc',
                       '--format', '{{.Node}}|{{.CurrentState}}, {{.DesiredState}} {{.Error}}') if manager else None
    return [(hosts.get(line.split('|')[0], line.split('|')[0]), line.split('|')[1]) for line in said.stdout.splitlines()] if said else []


def running(swarm, service):
    """[machine] where a task of the service runs."""
    return sorted(name for name, state in tasks(swarm, service) if state.startswith('Running') and ', Running' in state)


def runs_on(swarm, service, names, seconds=180):
    """Waits until it runs on these and on no other."""
    def there():
        if running(swarm, service) != sorted(names):
            raise Failed(f'{tasks(swarm, service)}')
        return True
    swarm.wait(f'{service} runs on {", ".join(sorted(names))}', there, seconds, 1)


def everywhere(swarm):
    """A service `theirs` of somebody, with a task on each node."""
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'theirs', '--mode', 'global', '--stop-grace-period', '2s', 'web:1')
    runs_on(swarm, 'theirs', swarm.machines)


def block(title):
    """The first shell block of a section of docs/node-lifecycle.md."""
    section = re.search(rf'^## {re.escape(title)}$(.*?)(?=^## |\Z)', read(os.path.join(ROOT, 'docs', 'node-lifecycle.md')), re.M | re.S)
    found = section and re.search(r'^```sh\n(.*?)^```$', section[1], re.M | re.S)
    if not found:
        raise Failed(f"docs/node-lifecycle.md has no shell block below '{title}'")
    return found[1]
