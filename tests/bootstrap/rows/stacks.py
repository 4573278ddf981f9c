"""Who deploys which version of the stack."""
import json

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, formed, ids, looks, running
from swarm import Failed

EXTRA = '''
services:
  extra:
    image: %s
    deploy: { replicas: 1, placement: { constraints: [node.role == worker] } }
'''


def describe(swarm, image):
    """A new version of the stack in the vault: with one more service."""
    stack = json.loads(swarm.azure.secret('swarm-stack')['value'])
    stack['compose'] = [text for text in stack['compose'] if '  extra:' not in text] + [EXTRA % image]
    swarm.azure.put_secret('swarm-stack', json.dumps(stack))


def image_of(swarm, service):
    for name in swarm.managers():
        found = swarm.engine(name, f'/services/{service}')
        if found:
            return found['Spec']['TaskTemplate']['ContainerSpec']['Image'].split('@')[0]
    return None


@row('a leader that was away deploys no older stack', description={'stack': {'enabled': True}}, parameters=ONE_WORKER)
def no_older(swarm):
    before = formed(swarm)
    swarm.pace(0.05)
    describe(swarm, 'web:1')
    swarm.wait('the stack is deployed anew', lambda: image_of(swarm, 'swarm_extra') == 'web:1', 240)
    swarm.wait('it runs', lambda: running(swarm, 'swarm_extra'))
    old = swarm.leader()
    swarm.kill(old)
    swarm.wait('another leads', lambda: swarm.leader() not in (None, old), 60)
    describe(swarm, 'web:2')
    swarm.wait('the other deploys', lambda: image_of(swarm, 'swarm_extra') == 'web:2', 240)
    swarm.boot(old)
    swarm.settled()
    for _ in range(8):
        leader = swarm.leader()
        if leader == old:
            break
        swarm.kill(leader)  # if it only restarted, it might be elected again
        swarm.wait('somebody else leads', lambda: swarm.leader() not in (None, leader), 60)
        swarm.boot(leader)
        swarm.settled()
    else:
        raise Failed(f'{old} never came to lead again')
    swarm.wait('it has deployed', lambda: 'stack: the stack is deployed' in swarm.log(old).rpartition('ready: manager')[2] or
               swarm.enter(old, 'test', '-e', '/run/swarmgen/deployed').returncode == 0, 120)
    looks(swarm, 3)
    if image_of(swarm, 'swarm_extra') != 'web:2':
        raise Failed('an older stack was deployed')
    if ids(swarm) != before:
        raise Failed('nodes are others than before')


@row('a stack that cannot be deployed is said, and the old one stays', description={**ONE_MANAGER, 'stack': {'enabled': True}}, parameters={'webCapacity': 0})
def damaged(swarm):
    formed(swarm)
    swarm.pace(0.05)
    good = swarm.azure.secret('swarm-stack')['value']
    for text, said in (('{"compose": [', 'what the vault holds is no stack'), ('{"compose": ["services: {extra: {}}"]}', 'stack: ')):
        swarm.azure.put_secret('swarm-stack', text)
        swarm.wait(f'{text} is refused', lambda: said in swarm.health('manager0').get('message', ''), 240)
        names = swarm.docker('manager0', 'service', 'ls', '--format', '{{.Name}}').split()
        if 'swarm_traefik' not in names or 'swarm_extra' in names:
            raise Failed(f'services: {names}')
        swarm.azure.put_secret('swarm-stack', good)
        swarm.wait('it is well again', lambda: not swarm.health('manager0').get('message'), 240)
