"""Machines that are lost for good: made anew, replaced, and a swarm whose majority is gone."""
import time

from rows import row
from rows.common import block, everywhere, formed, runs_on, whole
from swarm import Failed


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
    everywhere(swarm)
    swarm.enter('manager0', 'docker', 'secret', 'create', 'theirs', '-', text='value', check=True)
    tokens = {name: swarm.azure.secret(name)['value'] for name in ('swarm-worker-token', 'swarm-manager-token')}
    left = 'manager1'
    time.sleep(5)  # two managers decide, the third hears of it later, and nobody can be asked whether it has
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
