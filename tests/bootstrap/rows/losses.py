"""Machines that are lost for good: made anew, replaced, and a swarm whose majority is gone."""
import os
import re

from rows import row
from rows.restarts import formed, ids
from swarm import ROOT, Failed, read


def block(title):
    """The first shell block of a section of docs/node-lifecycle.md."""
    section = re.search(rf'^## {re.escape(title)}$(.*?)(?=^## |\Z)', read(os.path.join(ROOT, 'docs', 'node-lifecycle.md')), re.M | re.S)
    found = section and re.search(r'^```sh\n(.*?)^```$', section[1], re.M | re.S)
    if not found:
        raise Failed(f"docs/node-lifecycle.md has no shell block below '{title}'")
    return found[1]


def whole(swarm, before, *anew):
    """The swarm is whole, all managers count once, and only the nodes that were made anew are others than before."""
    swarm.settled()
    managers = len(swarm.managers())
    swarm.wait('all managers count', lambda: all(swarm.info(name).get('Managers') == managers for name in swarm.managers()))
    after = ids(swarm)
    changed = {name for name in before if after.get(name) != before[name]}
    if changed != set(anew):
        raise Failed(f'other nodes than before: {sorted(changed)}, made anew: {sorted(anew)}')


@row('a manager is made anew under its name and address')
def manager_anew(swarm):
    before = formed(swarm)
    name = next(name for name in ('manager1', 'manager2') if name != swarm.leader())
    swarm.rebuild(name, keep_disk=False)
    swarm.boot(name)
    whole(swarm, before, name)


@row('the first manager is made anew')
def first_anew(swarm):
    before = formed(swarm)
    swarm.rebuild('manager0', keep_disk=False)
    swarm.boot('manager0')
    whole(swarm, before, 'manager0')


@row('the leader is made anew with the disk that it had')
def leader_keeps_disk(swarm):
    before = formed(swarm)
    leader = swarm.leader()
    swarm.rebuild(leader)
    swarm.boot(leader)
    whole(swarm, before)


@row('a worker is made anew under its name and address')
def worker_anew(swarm):
    before = formed(swarm)
    swarm.pace(0.2)
    swarm.rebuild('web1')
    swarm.boot('web1')
    whole(swarm, before, 'web1')


def lose_majority(swarm):
    """A swarm with a service and a secret of somebody; its managers but one die. That one, and what was."""
    before = formed(swarm)
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'theirs', '--mode', 'global', 'web:1')
    swarm.enter('manager0', 'docker', 'secret', 'create', 'theirs', '-', text='value', check=True)
    runs_on(swarm, 'theirs', before)
    tokens = {name: swarm.azure.secret(name)['value'] for name in ('swarm-worker-token', 'swarm-manager-token')}
    left = 'manager1'
    swarm.kill('manager0', 'manager2')
    swarm.wait('the one that is left says what it lacks', lambda: 'no quorum' in swarm.health(left).get('message', ''))
    swarm.enter(left, 'sh', '-euc', block('Majority lost'), check=True)
    return before, tokens, left


def recovered(swarm, before, tokens, *anew):
    whole(swarm, before, *anew)
    for name, value in tokens.items():
        if swarm.azure.secret(name)['value'] != value:
            raise Failed(f'{name} is another one')
    if 'theirs' not in swarm.docker('manager0', 'secret', 'ls', '--format', '{{.Name}}').split():
        raise Failed('the secret is lost')
    runs_on(swarm, 'theirs', before)


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


@row('the majority is lost; recovered as documented, the others made anew', quick=True)
def majority_anew(swarm):
    before, tokens, _ = lose_majority(swarm)
    for name in ('manager0', 'manager2'):
        swarm.rebuild(name, keep_disk=False)
    swarm.boot('manager0', 'manager2')
    recovered(swarm, before, tokens, 'manager0', 'manager2')


@row('the majority is lost; recovered as documented, the others come back as they were')
def majority_back(swarm):
    before, tokens, _ = lose_majority(swarm)
    swarm.boot('manager0', 'manager2')
    swarm.settled(300)
    recovered(swarm, {name: swarm.id(name) for name in before}, tokens)  # if it takes them long, they have joined anew
