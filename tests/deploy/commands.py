#!/usr/bin/env python3
"""deploy, what-if, status, cancel, outputs and destroy, as people and pipelines run them, against the local Resource Manager."""
import contextlib
import json
import os
import pty
import random
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from harness import ROOT, SLOWER, SWARMGEN, Emulator, cases

LINUX = '''name: acme
managers: { count: 1 }
workers: { web: { count: 2, autoscale: { min: 2, max: 6, cpu: 70 } } }
jumpbox: { kind: linux, sources: [203.0.113.0/24] }
'''
WINDOWS = 'name: acme\nmanagers: { count: 1 }\nworkers: { bc: { os: windows, count: 1 } }\n'
SECRETS = LINUX + 'secrets: { api-key: {} }\n'
SETS = 'providers/Microsoft.Compute/virtualMachineScaleSets'
HUB = '{ kind: existing, name: hub, prefix: 10.20.0.0/16, subnets: { managers: { name: m, prefix: 10.20.0.0/24 }, ' \
    'workers: { name: w, prefix: 10.20.4.0/22 } } }'
STACKS = 'providers/Microsoft.Resources/deploymentStacks'
DEPLOYMENTS = 'providers/Microsoft.Resources/deployments'


class Person:
    """Somebody with a home, an SSH key, a swarm.yaml, signed in to `azure`."""

    def __init__(self, azure, folder, name='anna', swarm=LINUX):
        self.azure, self.folder, self.key = azure, folder, f'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{name} {name}@acme.example'
        self.home = os.path.join(folder, name)
        os.makedirs(os.path.join(self.home, '.ssh'))
        self.write(os.path.join(self.home, '.ssh', 'id_ed25519.pub'), self.key + '\n')
        self.describe(swarm)

    @staticmethod
    def write(path, text):
        with open(path, 'w') as file:
            file.write(text)

    def describe(self, swarm):
        self.write(os.path.join(self.folder, 'swarm.yaml'), swarm)

    def environment(self, **more):
        return {**self.azure.environment(HOME=self.home, NO_COLOR='1', TERM='dumb'), **more}

    def words(self, command, *words, group='acme'):
        cloud = [] if '--cloud' in words else ['--cloud', self.azure.url]
        return [SWARMGEN, command, self.folder, *(['-g', group] if group else []), *cloud, *words]

    def run(self, command, *words, status=0, group='acme', seconds=60, **more):
        """What it said on both streams; with that exit status."""
        done = subprocess.run(self.words(command, *words, group=group), env=self.environment(**more),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds * SLOWER)
        assert done.returncode == status, \
            f'{command} {words}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}'
        return done

    def deploy(self, *words, **more):
        return self.run('deploy', '-l', 'westeurope', '--yes', *words, **more)

    def begin(self, command, *words, **more):
        return subprocess.Popen(self.words(command, *words), env=self.environment(**more), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def talk(self, command, *words, answers, status=0, seconds=60, group='acme', **more):
        """On a terminal: after each text of `answers` its answer is typed. All that was shown."""
        process, terminal = pty.fork()
        if process == 0:
            os.execvpe(SWARMGEN, self.words(command, *words, group=group), self.environment(**more))
        shown, left, end = b'', list(answers), time.time() + seconds * SLOWER
        waited_for = 0
        while time.time() < end:
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if left and left[0][0].encode() in shown[waited_for:]:
                waited_for = len(shown)
                os.write(terminal, left.pop(0)[1].encode())
        else:
            os.kill(process, signal.SIGKILL)
        os.close(terminal)
        result = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        text = shown.decode(errors='replace')
        assert result == status and not left, f'{command}: status {result}, not {status}; {left} never asked\n{text}'
        return text


@contextlib.contextmanager
def acme(*faults, swarm=LINUX, **more):
    folder = tempfile.mkdtemp(prefix='swarmgen-commands-')
    try:
        with Emulator(*faults, **more) as azure:
            yield Person(azure, folder, swarm=swarm)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def listed(person, what, group='acme'):
    return person.azure.get(f'{person.azure.group_scope}{group}/{what}')['value']


def resources(person, group='acme'):
    """Of each its type and name, as virtualMachineScaleSets/acme-web."""
    return {item['type'].split('/')[-1] + '/' + item['name'] for item in listed(person, 'resources', group)}


def one_deployment(person):
    found = listed(person, DEPLOYMENTS)
    assert len(found) == 1, [item['name'] for item in found]
    return found[0]


def has(text, *parts):
    for part in parts:
        assert part in text, f'{part!r} is missing in:\n{text}'


def test_every_command():
    """Each command and what it is about once: what valgrind looks at (run.py)."""
    with acme(swarm=SECRETS) as anna:
        secret = {'SWARM_SECRET_API_KEY': 'hush'}
        anna.run('what-if', '-l', 'westeurope', status=3, **secret)
        anna.deploy('--verbose', **secret)
        anna.run('status')
        anna.run('outputs', '--format', 'json')
        anna.run('cancel')
        anna.run('what-if', '--format', 'json', '-p', 'webCapacity=5', status=3)
        anna.azure.fault('throttle', 'fail:Microsoft.Compute/virtualMachineScaleSets:SkuNotAvailable')
        has(anna.deploy('--format', 'json', '-p', 'webCapacity=5', status=4).stdout, '"errors"')
        anna.run('destroy', '--yes', '--purge')
        anna.azure.ask('DELETE', '/emulator/faults')
        anna.deploy('--stack', group='stacked', **secret)
        anna.run('what-if', '--stack', group='stacked')
        anna.run('status', group='stacked')
        anna.run('destroy', '--yes', group='stacked')
    with acme(speed=1) as anna:
        anna.deploy('--no-wait')
        anna.run('cancel')
        anna.run('status', status=4)


# ---- deploy

def test_first_deployment():
    with acme() as anna:
        done = anna.deploy()
        has(done.stderr, "Resource group 'acme' made in westeurope", '~/.ssh/id_ed25519.pub')
        has(done.stdout, 'Portainer  https://acme-', '/portainer/', 'az keyvault secret show --vault-name acme-',
            'Ingress    acme-', 'ssh swarm@acme-jumpbox-', 'Managers')
        deployment = one_deployment(anna)
        assert re.fullmatch('acme-[a-z2-7]{13}', deployment['name']) and deployment['tags']['swarm'] == 'acme'
        assert deployment['properties']['provisioningState'] == 'Succeeded'
        assert deployment['properties']['parameters']['sshKey']['value'] == anna.key
        assert 'virtualMachineScaleSets/acme-web' in resources(anna)
        outputs = json.loads(anna.run('outputs', '--format', 'json').stdout)
        assert outputs['portainer'].startswith('https://acme-') and outputs['secrets'] == ['portainer-password', 'backup-key']
        has(anna.run('outputs').stdout, 'managers         ssh -J swarm@acme-jumpbox-')


def test_same_content_same_name():
    with acme() as anna:
        anna.deploy()
        anna.deploy()
        first = one_deployment(anna)['name']
        anna.deploy('-p', 'webCapacity=3')
        anna.deploy('-n', 'by-hand')
        names = {item['name'] for item in listed(anna, DEPLOYMENTS)}
        assert len(names) == 3 and {first, 'by-hand'} <= names, names


def capacity(person):
    return person.azure.get(f'{person.azure.group_scope}acme/{SETS}/acme-web', '2024-07-01')['sku']['capacity']


def test_capacity_is_kept():
    with acme() as anna:
        anna.deploy()
        assert capacity(anna) == 2
        anna.deploy('-p', 'webCapacity=5')
        assert capacity(anna) == 5
        anna.describe(LINUX.replace('count: 2', 'count: 4'))
        anna.deploy()
        assert capacity(anna) == 5, 'a new number in swarm.yaml undoes what autoscale did'


def test_second_operator():
    with acme() as anna:
        anna.deploy()
        bert = Person(anna.azure, anna.folder, 'bert')
        has(bert.deploy().stderr, 'none of yours', 'access.sshKeys')
        path = f'{anna.azure.group_scope}acme/providers/Microsoft.Compute/virtualMachines/acme-manager-0'
        machine = anna.azure.get(path, '2024-07-01')
        assert machine['properties']['osProfile']['linuxConfiguration']['ssh']['publicKeys'][0]['keyData'] == anna.key
        bert.describe(LINUX + f'access: {{ sshKeys: ["{bert.key}"] }}\n')
        assert 'none of yours' not in bert.deploy().stderr
        refused = bert.deploy('-p', f'sshKey={bert.key}', status=2).stderr
        has(refused, "'sshKey' cannot change", anna.key)
        has(bert.deploy('-p', 'adminUsername=root2', status=2).stderr, "'adminUsername' cannot change", "'swarm'")


def test_windows_password():
    with acme(swarm=WINDOWS) as anna:
        has(anna.deploy().stderr, 'password of the Windows machines: made up')
        anna.deploy()
        reference = one_deployment(anna)['properties']['parameters']['windowsPassword']['reference']
        assert reference['secretName'] == 'windows-password' and '/vaults/acme-' in reference['keyVault']['id']


def test_windows_password_that_is_lost():
    with acme(swarm=WINDOWS) as anna:
        anna.deploy()
        vault = json.loads(anna.run('outputs', '--format', 'json').stdout)['vault']
        status, _ = anna.azure.call('DELETE', f'{anna.azure.group_scope}acme/providers/Microsoft.KeyVault/vaults/{vault}'
                                              '/secrets/windows-password')
        assert status < 300, status
        has(anna.deploy(status=2).stderr, 'the machines have one, which is not in the vault')
        anna.deploy(SWARM_WINDOWS_PASSWORD='Known-2-somebody')


def test_own_secrets():
    with acme(swarm=SECRETS) as anna:
        has(anna.deploy(status=2).stderr, "'secretApiKey' has no value", 'SWARM_SECRET_API_KEY')
        anna.deploy(SWARM_SECRET_API_KEY='hush')
        anna.deploy()
        assert one_deployment(anna)['properties']['parameters']['secretApiKey']['reference']['secretName'] == 'api-key'
        with open(os.path.join(anna.folder, 'key'), 'w') as file:
            file.write('other\n')
        anna.deploy('-p', f'secretApiKey=@{anna.folder}/key')
        assert 'hush' not in anna.azure.said() and 'other' not in json.dumps(one_deployment(anna))


def test_key_from_a_file_of_windows():
    with acme() as anna:
        with open(os.path.join(anna.folder, 'key'), 'wb') as file:
            file.write(b'\xef\xbb\xbfssh-ed25519 AAAAB3 anna\r\n')
        anna.deploy('-p', f'sshKey=@{anna.folder}/key')
        assert one_deployment(anna)['properties']['parameters']['sshKey']['value'] == 'ssh-ed25519 AAAAB3 anna'


def test_secrets_only_where_they_belong():
    with acme(swarm=WINDOWS + 'secrets: { api-key: {} }\n', record=True) as anna:
        said = anna.deploy('--verbose', '--format', 'json', SWARM_SECRET_API_KEY='hush-hush')
        assert 'hush-hush' not in said.stdout + said.stderr + anna.azure.said()
        assert anna.azure.secret not in said.stdout + said.stderr
        carries = {(request['method'], request['target'].split('/')[-1].split('?')[0]) for request in requests_of(anna.azure)
                   if 'hush-hush' in json.dumps(request)}
        name = one_deployment(anna)['name']
        assert carries == {('POST', 'validate'), ('PUT', name)}, carries


def test_no_wait_status_cancel():
    with acme(speed=40) as anna:
        has(anna.deploy('--no-wait').stderr, 'Azure has taken the order: acme-')
        assert one_deployment(anna)['properties']['provisioningState'] in ('Accepted', 'Running')
        has(anna.run('cancel').stderr, 'is being canceled')
        has(anna.run('status', status=4).stderr, 'Canceled after')
        has(anna.run('cancel').stderr, 'does not run any more: Canceled')
        anna.deploy('--no-wait')
        has(anna.run('status').stderr, 'Deployed in')
        has(anna.run('status', '-n', 'other', status=4).stderr, 'no deployment other')
        has(anna.run('status', group='nothing', status=4).stderr, 'no deployment')


def wait_for(process, text):
    """What it said until then."""
    said = ''
    while text not in said:
        line = process.stdout.readline()
        assert line, f'{text!r} never came\n{said}'
        said += line
    return said


def taken_up(person):
    """The next deploy follows what runs; then all is stopped, so that nobody waits for the end."""
    again = person.begin('deploy', '-l', 'westeurope', '--yes')
    wait_for(again, 'runs already')
    person.run('cancel')
    said = again.communicate(timeout=60 * SLOWER)[0]
    assert again.returncode == 4, said
    has(said, 'Canceled after')
    return one_deployment(person)['name']


def test_interrupted():
    with acme(speed=5) as anna:
        process = anna.begin('deploy', '-l', 'westeurope', '--yes')
        wait_for(process, '/portal/')
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30 * SLOWER)[0]
        assert process.returncode == 130, said
        name = taken_up(anna)
        has(said, f'swarmgen status {anna.folder} -g acme', f'swarmgen cancel {anna.folder} -g acme', f'-n {name}')


def requests_of(azure):
    return azure.ask('GET', '/emulator/requests')[2]['value']


def test_killed_after_a_request():
    """Some moments at each run; all of them with SWARMGEN_ALL=1."""
    with acme() as anna:
        anna.deploy()
        moments = range(1, len(requests_of(anna.azure)))
        for count in moments if os.environ.get('SWARMGEN_ALL') else random.sample(moments, 5):
            group = f'turn{count}'
            anna.azure.ask('DELETE', '/emulator/requests')
            process = anna.begin('deploy', '-l', 'westeurope', '--yes', '-g', group)
            while len(requests_of(anna.azure)) < count and process.poll() is None:
                pass
            process.kill()
            process.communicate()
            anna.deploy(group=group)
            states = [item['properties']['provisioningState'] for item in listed(anna, DEPLOYMENTS, group)]
            assert states == ['Succeeded'], f'killed after {count} requests: {states}'


def test_killed_while_it_runs():
    with acme(speed=5) as anna:
        process = anna.begin('deploy', '-l', 'westeurope', '--yes')
        wait_for(process, '/portal/')
        process.kill()
        process.communicate()
        taken_up(anna)


def test_two_at_once():
    with acme(speed=120) as anna:
        both = [anna.begin('deploy', '-l', 'westeurope', '--yes') for _ in range(2)]
        said = [process.communicate(timeout=60 * SLOWER)[0] for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        one_deployment(anna)


def test_another_one_runs():
    with acme(speed=5) as anna:
        anna.deploy('--no-wait')
        name = one_deployment(anna)['name']
        refused = anna.deploy('-p', 'webCapacity=3', status=4).stderr
        has(refused, f'another deployment of this swarm runs: {name}', f'swarmgen cancel -g acme -n {name}')
        one_deployment(anna)


# ---- usage

def test_usage():
    with acme() as anna:
        for words, group, said in [
                (['--yes'], None, 'which resource group? Say --group'),
                (['--yes'], 'a/b', "'a/b' cannot be the name of a resource group"),
                (['--yes', '-n', 'a b'], 'acme', "'a b' cannot be the name of a deployment"),
                (['--yes', '-n', 'x' * 65], 'acme', '64 at most'),
                (['--yes'], 'acme', 'say where: --location REGION'),
                ([], 'acme', 'say --yes'),
                (['--yes', '--format', 'xml'], 'acme', '--format is text or json'),
                (['--yes', '-p', 'webCapactiy=3'], 'acme', "did you mean 'webCapacity'?"),
                (['--yes', '-p', 'webCapacity'], 'acme', 'NAME=VALUE'),
                (['--yes', '-p', 'webCapacity=many'], 'acme', "'webCapacity' must be of type int"),
                (['--yes', '-p', 'sshKey=@/nowhere'], 'acme', "'/nowhere' cannot be read")]:
            has(anna.run('deploy', *words, group=group, status=2).stderr, said)
        assert not anna.azure.get('/subscriptions/' + anna.azure.subscription + '/resourcegroups')['value']
        os.remove(os.path.join(anna.home, '.ssh', 'id_ed25519.pub'))
        has(anna.deploy(status=2).stderr, "'sshKey' has no value", 'ssh-keygen')
        anna.deploy(SWARM_SSH_KEY=anna.key)


def test_group_and_place_from_elsewhere():
    with acme() as anna:
        anna.run('deploy', '--yes', group=None, AZURE_DEFAULTS_GROUP='one', AZURE_DEFAULTS_LOCATION='northeurope')
        assert anna.azure.get(anna.azure.group_scope + 'one')['location'] == 'northeurope'
        anna.describe(LINUX + 'deployment: { group: two, location: eastus }\n')
        anna.run('deploy', '--yes', group=None)
        assert anna.azure.get(anna.azure.group_scope + 'two')['location'] == 'eastus'
        has(anna.run('deploy', '--yes', '-l', 'westus', group='two').stderr, 'is in eastus, not in westus')


def test_defaults_of_the_azure_cli():
    with acme() as anna:
        own, here = os.path.join(anna.home, '.azure'), os.path.join(anna.folder, '.azure')
        for folder, text in (own, '[core]\ngroup = no\n[defaults]\n; told once\ngroup = from-home\nlocation=northeurope\n[x]\n'), \
                (here, '[defaults]\ngroup : nearer\n'):
            os.mkdir(folder)
            anna.write(os.path.join(folder, 'config'), text)
        for where, group in (anna.home, 'from-home'), (anna.folder, 'nearer'):
            done = subprocess.run([SWARMGEN, 'deploy', anna.folder, '--yes', '--cloud', anna.azure.url], cwd=where,
                                  env=anna.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == 0 and f"'{group}' made in northeurope" in done.stderr, done.stderr


def test_which_key():
    with acme() as anna:
        ssh = os.path.join(anna.home, '.ssh')
        os.rename(os.path.join(ssh, 'id_ed25519.pub'), os.path.join(ssh, 'work.pub'))
        anna.write(os.path.join(ssh, 'id_rsa.pub'), 'ssh-rsa AAAAB3 anna\n')
        anna.write(os.path.join(ssh, 'id_ecdsa.pub'), 'ecdsa-sha2-nistp256 AAAAE2 anna\n')
        has(anna.deploy().stderr, '~/.ssh/work.pub (of several')


def test_too_large():
    with acme() as anna:
        with open(os.path.join(anna.folder, 'long.sh'), 'w') as file:
            file.write('#!/bin/sh\n' + '# nothing to see here\n' * 180)
        scripts = 'scripts: { before: [{ file: long.sh }] }'
        anna.describe('name: acme\nworkers:\n' + ''.join(f'  p{i}: {{ {scripts} }}\n' for i in range(95)))
        has(anna.deploy(status=1).stderr, 'Azure takes 4194304')
        assert not anna.azure.get('/subscriptions/' + anna.azure.subscription + '/resourcegroups')['value']


def test_streams_that_take_nothing():
    with acme() as anna:
        anna.deploy()
        for end, status in ((' >/dev/full', 1), (' <&- >&-', 0), (' <&- >&- 2>&-', 0)):
            for command in 'outputs', 'status', 'status --format json', 'deploy --yes':
                done = subprocess.run(['bash', '-c', shlex.join(anna.words(*command.split())) + end], env=anna.environment(),
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True)
                assert done.returncode == status, (command, end, done.returncode, done.stderr)


def test_no_way_to_azure():
    with acme() as anna:
        has(anna.deploy('--cloud', 'publik', status=5).stderr, "'publik' is no cloud; --cloud is public, usgov, china")
        anna.deploy(status=5, AZURE_CLIENT_SECRET='wrong')
        anna.deploy('--cloud', 'http://localhost:1', status=5)


# ---- at a terminal

def test_questions():
    with acme(swarm=SECRETS) as anna:
        shown = anna.talk('deploy', answers=[
            ('Region for the new resource group', 'northeurope\n'), ('Make it in northeurope?', 'y\n'),
            ('secretApiKey', 'hush-hush\n'), ('Deploy this?', 'yes\n')])
        has(shown, f"Resource group 'acme' of subscription {anna.azure.subscription}")
        assert 'hush-hush' not in shown, shown
        has(shown, 'Deployed in')
        assert anna.azure.get(anna.azure.group_scope + 'acme')['location'] == 'northeurope'


def test_refused():
    with acme(swarm=SECRETS) as anna:
        anna.talk('deploy', '-l', 'westeurope', answers=[('Make it in westeurope?', '\n')], status=130)
        assert not anna.azure.get('/subscriptions/' + anna.azure.subscription + '/resourcegroups')['value']
        has(anna.talk('deploy', '-l', 'westeurope', answers=[('Make it', 'y\n'), ('secretApiKey', '\x03')], status=130),
            'nothing was sent')
        assert not anna.azure.get('/subscriptions/' + anna.azure.subscription + '/resourcegroups')['value']
        has(anna.talk('deploy', '-l', 'westeurope', status=130,
                      answers=[('Make it', 'y\n'), ('secretApiKey', 'x\n'), ('Deploy this?', 'n\n')]), 'nothing was deployed')
        assert not listed(anna, DEPLOYMENTS)


# ---- what-if

def test_what_if():
    with acme() as anna:
        has(anna.run('what-if', '-l', 'westeurope', status=3).stdout, 'poolWeb')
        anna.deploy()
        anna.run('what-if')
        anna.describe(LINUX.replace('max: 6', 'max: 9'))
        has(anna.run('what-if', status=3).stdout, 'poolWebScale')
        events = [json.loads(line) for line in anna.run('what-if', '--format', 'json', status=3).stdout.splitlines()]
        changes = [event for event in events if event['event'] == 'changes'][0]['changes']
        assert 'modify' in {change['change'] for change in changes}


def test_events():
    with acme() as anna:
        events = [json.loads(line) for line in anna.deploy('--format', 'json').stdout.splitlines()]
        kinds = [event['event'] for event in events]
        assert {'note', 'begin', 'step', 'end'} <= set(kinds) and kinds[-1] == 'end', kinds
        assert events[-1]['state'] == 'succeeded' and events[-1]['outputs']['vault']['value'].startswith('acme-')
        refused = anna.run('deploy', '--yes', '--format', 'json', '-p', 'webCapacity=x', status=2)
        assert json.loads(refused.stdout)['event'] == 'error'


# ---- stacks

def test_stack():
    with acme(swarm=LINUX + 'deployment: { mode: stack }\n') as anna:
        anna.run('what-if', '-l', 'westeurope', status=3)
        anna.deploy()
        stack = anna.azure.get(f'{anna.azure.group_scope}acme/{STACKS}/acme', '2025-07-01')
        assert stack['properties']['actionOnUnmanage']['resources'] == 'delete'
        assert 'virtualMachineScaleSets/acme-web' in resources(anna)
        anna.describe(LINUX.replace('web:', 'api:') + 'deployment: { mode: stack }\n')
        anna.run('what-if', status=3)
        anna.deploy()
        left = resources(anna)
        sets = {name for name in left if name.startswith('virtualMachineScaleSets/')}
        assert sets == {'virtualMachineScaleSets/acme-api'}, sorted(left)
        assert json.loads(anna.run('outputs', '--format', 'json').stdout)['vault'].startswith('acme-')
        anna.run('status')
        has(anna.run('destroy', '--yes').stderr, "Deployment stack 'acme'")
        has(anna.run('destroy', '--yes').stderr, 'nothing is left to delete')  # a second time: not the group
        assert not resources(anna) and anna.azure.get(anna.azure.group_scope + 'acme')


def test_stack_by_option():
    with acme() as anna:
        anna.deploy('--stack')
        assert [stack['name'] for stack in listed(anna, STACKS)] == ['acme']
        has(anna.deploy().stderr, 'this swarm is a deployment stack')
        anna.run('destroy', '--yes')
        has(anna.run('destroy', '--yes').stderr, 'nothing is left to delete')
        assert anna.azure.get(anna.azure.group_scope + 'acme')


def test_destroy_leaves_what_belongs_to_others():
    with acme() as anna:
        anna.azure.group('acme')
        address = f'{anna.azure.group_scope}acme/providers/Microsoft.Network/publicIPAddresses/other'
        assert anna.azure.put(address, {'location': 'westeurope', 'properties': {}})[0] in (200, 201)
        has(anna.run('destroy', '--yes').stderr, "is of the swarm 'acme'", 'az group delete --name acme')
        assert resources(anna)


# ---- destroy

def test_destroy():
    with acme() as anna:
        has(anna.run('destroy', '--yes').stderr, 'nothing is left to delete')
        anna.deploy()
        has(anna.run('destroy', status=2).stderr, 'say --yes')
        has(anna.talk('destroy', answers=[('type acme: ', 'acem\n')], status=130), 'nothing was deleted')
        assert resources(anna)
        shown = anna.talk('destroy', answers=[('type acme: ', 'acme\n'), ('Purge it', 'y\n')])
        has(shown, 'acme-web', 'Deleted in', 'is purged')
        assert anna.azure.call('GET', anna.azure.group_scope + 'acme')[0] == 404


def test_destroy_and_again():
    with acme() as anna:
        anna.deploy()
        has(anna.run('destroy', '--yes').stderr, 'can still be brought back')
        refused = anna.deploy(status=4).stderr
        has(refused, 'there is a deleted vault of the name acme-', 'vault: { recover: true }')
        anna.talk('deploy', answers=[('Bring that vault back', 'y\n'), ('Deploy this?', 'y\n')])
        has(anna.run('destroy', '--yes', '--purge').stderr, 'is purged')
        anna.deploy()


# ---- preflight

def test_preflight():
    for fault, said in [('quota', 'cores are left'), ('sold-out:Standard_D2s_v5', 'is not offered to you'),
                        ('deny', 'you may not give roles here'), ('name-taken', 'is taken in westeurope')]:
        with acme(fault) as anna:
            refused = anna.deploy(status=4).stderr
            has(refused, said, 'nothing was deployed')
            assert not listed(anna, DEPLOYMENTS)


def test_preflight_is_not_the_last_word():
    with acme('quota') as anna:
        has(anna.deploy('--skip-preflight', status=4).stderr, 'QuotaExceeded')
        said = anna.talk('deploy', status=4, answers=[('Try it nevertheless?', 'y\n')])
        has(said, 'cores are left', 'QuotaExceeded')
        has(anna.talk('deploy', status=4, answers=[('Try it nevertheless?', 'n\n')]), '--skip-preflight')


def test_provider_is_registered():
    with acme(swarm=LINUX.replace('kind: linux', 'kind: linux, shutdown: {}')) as anna:
        path = f'/subscriptions/{anna.azure.subscription}/providers/Microsoft.DevTestLab'
        assert anna.azure.get(path)['registrationState'] == 'NotRegistered'
        has(anna.talk('deploy', '-l', 'westeurope', answers=[('Make it', 'y\n'), ('Register', 'y\n'), ('Deploy this?', 'n\n')],
                      status=130), 'not registered for Microsoft.DevTestLab')
        assert anna.azure.get(path)['registrationState'] == 'Registered'


def test_network_that_is_not_there():
    with acme(swarm=f'name: acme\nworkers: {{ web: {{}} }}\nnetwork: {HUB}\n') as anna:
        has(anna.deploy(status=4).stderr, 'virtualNetworks/hub/subnets/m', 'virtualNetworks/hub/subnets/w',
            'nothing was deployed')


def test_network_without_service_endpoints():
    with acme(swarm=f'name: acme\nworkers: {{ web: {{}} }}\nvault: {{ network: subnets }}\nnetwork: {HUB}\n') as anna:
        hub = anna.azure.group('acme') + '/providers/Microsoft.Network/virtualNetworks/hub'
        subnets = [{'name': name, 'properties': {'addressPrefix': prefix, 'serviceEndpoints': [{'service': 'Microsoft.Sql'}]}}
                   for name, prefix in (('m', '10.20.0.0/24'), ('w', '10.20.4.0/22'))]
        body = {'location': 'westeurope', 'properties': {'addressSpace': {'addressPrefixes': ['10.20.0.0/16']}, 'subnets': subnets}}
        assert anna.azure.put(hub, body)[0] in (200, 201)
        has(anna.deploy(status=4).stderr, 'which has no service endpoint', 'az network vnet subnet update',
            '--service-endpoints Microsoft.Sql Microsoft.KeyVault', 'nothing was deployed')
        has(anna.deploy('--skip-preflight', status=4).stderr, '✗ VirtualNetworkNotValid: vault', '--vnet-name hub')
        for subnet in subnets:
            subnet['properties']['serviceEndpoints'] += [{'service': 'Microsoft.KeyVault'}, {'service': 'Microsoft.Storage'}]
        assert anna.azure.put(hub, body)[0] == 200
        anna.deploy()


def test_vault_to_recover_that_is_not_deleted():
    with acme(swarm=LINUX + 'vault: { recover: true }\n') as anna:
        has(anna.deploy(status=4).stderr, 'there is no deleted vault of the name acme-', 'nothing was deployed')
        has(anna.deploy('--skip-preflight', status=4).stderr, 'SoftDeletedVaultDoesNotExist: vault', 'Take vault.recover out')


def test_without_a_description():
    with acme() as anna:
        anna.deploy()
        empty = os.path.join(anna.folder, 'empty')
        os.mkdir(empty)
        for command in 'status', 'outputs', 'destroy --yes':
            done = subprocess.run([SWARMGEN, *command.split(), '-g', 'acme', '--cloud', anna.azure.url], cwd=empty,
                                  env=anna.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr


def test_with_a_wrong_description():
    """Half edited: what only needs the group goes on."""
    with acme() as anna:
        anna.deploy()
        anna.describe('name: acme\nmanagers: { cuont: 1 }\n')
        for command in 'what-if', 'deploy --yes':
            has(anna.run(*command.split(), status=1).stderr, "did you mean 'count'?")
        for command in 'status', 'outputs', 'cancel':
            has(anna.run(command).stderr, "did you mean 'count'?", 'going on with what --group says')
        anna.run('status', group=None, status=1)
        has(anna.run('destroy', '--yes', '--purge').stderr, '  - acme-web ', 'scale set')


def test_examples_large():
    """A vault of one other subscription, a registry and an image of another."""
    shared, images = (f'{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}' for digit in '31')
    with acme(subscriptions=[shared, images]) as anna:
        for subscription, group, *there in (shared, 'shared', 'KeyVault/vaults/globex-shared', 'secrets/artifacts-token'), \
                (images, 'images', 'ContainerRegistry/registries/globex'), \
                (images, 'images', 'Compute/galleries/globex', 'images/node'):
            scope = f'/subscriptions/{subscription}/resourceGroups/{group}'
            assert anna.azure.put(scope, {'location': 'westeurope'})[0] in (200, 201)
            scope += '/providers/Microsoft.' + there[0]
            for path in scope, *(f'{scope}/{below}' for below in there[1:]):
                status, said = anna.azure.put(path, {'location': 'westeurope', 'properties': {'value': 'x'}})
                assert status == 201, said
        anna.folder = os.path.join(ROOT, 'examples', 'large')
        secrets = {name: 'Secret-1' for name in re.findall(r'SWARM_SECRET_\w+', anna.deploy(
            '--subscription', anna.azure.subscription, status=2).stderr)}
        anna.deploy('--subscription', anna.azure.subscription, seconds=200, **secrets)
        roles = anna.azure.get(f'/subscriptions/{images}/resourceGroups/images/providers/Microsoft.ContainerRegistry'
                               '/registries/globex/providers/Microsoft.Authorization/roleAssignments', '2022-04-01')
        assert roles['value'], roles


def test_locks():
    with acme(swarm=LINUX + 'locks: [vault]\n') as anna:
        anna.deploy()
        has(anna.run('destroy', '--yes', status=4).stderr, "the lock 'acme-vault' keeps it", 'az lock delete --ids')
        assert resources(anna)


def test_order_whose_answer_is_lost():
    with acme('drop-after@PUT */deployments/*', speed=600) as anna:
        anna.deploy()
        assert one_deployment(anna)['properties']['provisioningState'] == 'Succeeded'


if __name__ == '__main__':
    sys.exit(cases(globals()))
