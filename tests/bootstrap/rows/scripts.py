"""Scripts of users: before and after, once or at each boot, from a file or from the web."""
import hashlib

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, formed, ids
from swarm import Failed

SAYS = '''#!/bin/sh
echo "%s $SWARM_NAME $SWARM_ROLE $SWARM_POOL $SWARM_INDEX $SWARM_STAGE $SWARM_BOOT $(jq -r .role "$SWARM_FACTS") $(docker info -f '{{.Swarm.LocalNodeState}}' 2>/dev/null)" >>/var/log/theirs
'''
PYTHON = '''#!/usr/bin/python3
import os
with open('/var/log/theirs', 'a') as file:
    file.write(f"python {os.environ['SWARM_STAGE']}\\n")
'''
FAILS = 'echo fails >>/var/log/theirs\nexit 3\n'
STOPS = '#!/bin/sh\necho stops >>/var/log/theirs\n[ -e /var/lib/ready ] || exit 4\n'
WEB = '#!/bin/sh\necho "web $SWARM_STAGE" >>/var/log/theirs\n'
ADDRESS = 'https://files.acme.example/setup.sh'
TOKEN = 'Bearer f3b0c44298fc1c149afbf4c8996fb924'


def theirs(swarm, name):
    return swarm.enter(name, 'cat', '/var/log/theirs').stdout.splitlines()


@row('own scripts run in order, once or at each boot, with what they are told',
     description={**ONE_MANAGER, 'workers': {'web': {'scripts': {
         'before': [{'file': 'first.sh', 'run': 'boot'}, {'file': 'second.py'}, {'file': 'fails', 'run': 'boot'}], 'after': [{'file': 'last.sh'}]}}}},
     parameters=ONE_WORKER, files={'first.sh': SAYS % 'first', 'second.py': PYTHON, 'fails': FAILS, 'last.sh': SAYS % 'last'})
def order(swarm):
    before = formed(swarm)
    first = ['first acme worker web  before first worker', 'python before', 'fails', 'last acme worker web  after first worker active']
    again = ['first acme worker web  before again worker', 'fails']
    for expected in first, first + again:
        lines = [line.rstrip() for line in theirs(swarm, 'web0')]
        if lines != expected:
            raise Failed(f'{lines}, not {expected}')
        if 'script before 2 failed: 3' not in swarm.log('web0'):
            raise Failed('the failure is not said')
        if expected == first:
            swarm.restart('web0')
            swarm.settled()
    if ids(swarm) != before:
        raise Failed('nodes are others than before')


@row('an own script that fails stops the node, if it shall', description={**ONE_MANAGER, 'workers': {'web': {'scripts': {'before': [{'file': 'stops.sh', 'stop': True}]}}}},
     parameters=ONE_WORKER, files={'stops.sh': STOPS})
def stops(swarm):
    swarm.boot('manager0', 'web0')
    swarm.wait('it has tried twice', lambda: theirs(swarm, 'web0').count('stops') >= 2)
    health = swarm.health('web0')
    if health.get('step') != 'scripts before' or 'failed: 4' not in health.get('message', '') or swarm.info('web0'):
        raise Failed(f'it went on: {health}, {swarm.info("web0")}')
    swarm.enter('web0', 'touch', '/var/lib/ready', check=True)
    swarm.settled()


@row('a script from the web runs only with its SHA-256, and with the authorization that it needs',
     description={**ONE_MANAGER, 'secrets': {'setup': {'readers': ['workers']}}, 'workers': {'web': {'scripts': {'after': [
         {'kind': 'url', 'url': ADDRESS, 'sha256': hashlib.sha256(WEB.encode()).hexdigest(), 'authorization': 'setup', 'stop': True}]}}}},
     parameters={**ONE_WORKER, 'secretSetup': TOKEN})
def from_web(swarm):
    said = lambda text: swarm.wait(text, lambda: text in swarm.health('web0').get('message', ''))
    swarm.azure.file(ADDRESS, WEB.replace('web', 'evil'), authorization='other')
    swarm.boot('manager0', 'web0')
    said('script after 0: 401')
    swarm.azure.file(ADDRESS, WEB.replace('web', 'evil'), authorization=TOKEN)
    said('script after 0: its SHA-256 is not the one described')
    swarm.azure.file(ADDRESS, WEB, authorization=TOKEN)
    swarm.settled()
    if theirs(swarm, 'web0') != ['web after']:
        raise Failed(f'{theirs(swarm, "web0")}')
