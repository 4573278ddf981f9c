#!/usr/bin/env python3
"""What happens to `deploy` and its like when a call of theirs goes wrong: a table of call × fault → outcome.

Each row has a resource group of its own, so that what one leaves does not help the next. Whatever happened, the same
command once more, without a fault, must succeed."""
import contextlib
import fnmatch
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from commands import Person
from harness import SWARMGEN, Emulator
from standin import Answer, StandIn, clean_environment, expect, table

SWARM = 'name: acme\nmanagers: { count: 1 }\nworkers: { web: { count: 1 } }\n'
WORKERS = 16  # most of a row is waiting
RESOURCES = 'providers/Microsoft.Resources'

# What is asked: name, method and path (a glob; {g} is the group, {d} a deployment's or stack's name), and what a page
# that is no JSON leads to: the command ends with 5, or does without that answer (None).
CALLS = {
    'endpoints': ('GET /metadata/endpoints', None),  # an older version of them is asked for
    'token': ('POST */oauth2/v2.0/token', 5),
    'subscriptions': ('GET /subscriptions', 5),
    'group': ('GET */resourcegroups/{g}', 5),
    'deployments': (f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments', 5),
    'stacks': (f'GET */resourcegroups/{{g}}/{RESOURCES}/deploymentStacks', 5),
    'resources': ('GET */resourcegroups/{g}/resources', 5),
    'machines': ('GET */resourcegroups/{g}/providers/Microsoft.Compute/virtualMachines', 5),
    'scale sets': ('GET */resourcegroups/{g}/providers/Microsoft.Compute/virtualMachineScaleSets', 5),
    'secrets': ('GET */resourcegroups/{g}/*/vaults/*/secrets', 5),
    'locks': ('GET */resourcegroups/{g}/providers/Microsoft.Authorization/locks', None),
    'permissions': ('GET */resourcegroups/{g}/providers/Microsoft.Authorization/permissions', None),
    'providers': ('GET /subscriptions/*/providers', None),
    'sizes': ('GET */providers/Microsoft.Compute/skus', None),
    'quota': ('GET */providers/Microsoft.Compute/locations/*/usages', None),
    'deleted vault': ('GET */deletedVaults/*', None),
    'DNS label': ('GET */CheckDnsNameAvailability', None),
    'group made': ('PUT */resourcegroups/{g}', 5),
    'validate': (f'POST */resourcegroups/{{g}}/{RESOURCES}/deployments/*/validate', 5),
    'deployment': (f'PUT */resourcegroups/{{g}}/{RESOURCES}/deployments/*', 5),
    'look': (f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments/{{d}}', None),
    'operations': ('GET */resourcegroups/{g}/deployments/*/operations', None),
    'cancel': ('POST */deployments/*/cancel', 5),
    'what-if': (f'POST */resourcegroups/{{g}}/{RESOURCES}/deployments/*/whatIf', 5),
    'result': ('GET */operationresults/*', 5),
    'group goes': ('DELETE */resourcegroups/{g}', 5),
    'purge': ('POST */deletedVaults/*/purge', 5),
    'stack validate': (f'POST */{RESOURCES}/deploymentStacks/*/validate', 5),
    'stack': (f'PUT */{RESOURCES}/deploymentStacks/*', 5),
    'stack look': (f'GET */{RESOURCES}/deploymentStacks/acme', None),
    'stack what-if': (f'PUT */{RESOURCES}/deploymentStacksWhatIfResults/acme', 5),
    'stack what-if runs': (f'GET */{RESOURCES}/deploymentStacksWhatIfResults/acme/operationStatuses/*', 5),
    'stack what-if made': (f'GET */{RESOURCES}/deploymentStacksWhatIfResults/acme', 5),
    'stack what-if asked': (f'POST */{RESOURCES}/deploymentStacksWhatIfResults/acme/whatIf', 5),
    'stack goes': (f'DELETE */{RESOURCES}/deploymentStacks/acme', 5),
}
FAULTS = ['throttle', 'error:408', 'error:500', 'drop', 'drop-after', 'hang:30', 'expire-token', 'garbage']
READ_FAULTS = ['throttle', 'drop', 'garbage']  # of what is only read before anything is done
UNSIGNED = ('endpoints', 'token')  # no token can expire there

SIGN_IN = ['endpoints', 'token', 'subscriptions']
RUNS = ['group', 'deployments', 'stacks']  # what runs or ran
FOUND = [*RUNS, 'resources', 'machines', 'scale sets']
AHEAD = ['locks', 'permissions', 'providers', 'sizes', 'quota']
NEW = [*AHEAD, 'deleted vault', 'DNS label']


class Command:
    """`before`: what there is already. `calls` meet all faults; `reads` a few, and none if a command before this one makes
    the same call, by the same code; SWARMGEN_ALL=1: all faults at all calls. `garbage`: where it differs from CALLS."""

    def __init__(self, title, before, words, calls, reads, garbage=None):
        self.title, self.before, self.words = title, before, words
        self.calls, self.reads, self.garbage = calls, reads, garbage or {}

    def rows(self, seen):
        every = os.environ.get('SWARMGEN_ALL')
        for call in [*self.calls, *(call for call in self.reads if every or call not in seen)]:
            seen.add(call)
            glob, garbage = CALLS[call]
            for fault in FAULTS if every or call in self.calls else READ_FAULTS:
                if fault != 'expire-token' or call not in UNSIGNED:
                    yield call, fault, glob, self.garbage.get(call, garbage) if fault == 'garbage' else None


MADE = ['deploy', '-l', 'westeurope', '--yes']
COMMANDS = [
    Command('deploy', None, MADE,
            [*SIGN_IN, 'group', 'group made', 'validate', 'deployment', 'look', 'operations'], NEW),
    Command('deploy again', 'deployment', MADE,
            ['deployments'], [*SIGN_IN, *FOUND, 'secrets', *AHEAD, 'validate', 'deployment', 'look', 'operations']),
    Command('deploy --stack', None, [*MADE, '--stack'],
            ['stack validate', 'stack', 'stack look', 'operations'], [*SIGN_IN, 'group', 'group made', *NEW]),
    Command('status', 'deployment', ['status'], ['look', 'operations'], [*SIGN_IN, *RUNS]),
    Command('status of a stack', 'stack', ['status'], ['stack look', 'operations'], [*SIGN_IN, *RUNS]),
    Command('outputs', 'deployment', ['outputs'], ['deployments'], [*SIGN_IN, *RUNS]),
    Command('cancel', 'running deployment', ['cancel'], ['cancel'], [*SIGN_IN, *RUNS]),
    Command('cancel of a stack', 'running stack', ['cancel'], ['stack look', 'cancel'], [*SIGN_IN, *RUNS],
            garbage={'stack look': 5}),
    Command('what-if', 'deployment', ['what-if'], ['what-if', 'result'], [*SIGN_IN, *FOUND, 'secrets']),
    Command('what-if --stack', 'stack', ['what-if', '--stack'],
            ['stack what-if', 'stack what-if runs', 'stack what-if made', 'stack what-if asked', 'result'],
            [*SIGN_IN, *FOUND, 'secrets']),
    Command('destroy', 'deployment', ['destroy', '--yes', '--purge'],
            ['group goes', 'result', 'deleted vault', 'purge'], [*SIGN_IN, *FOUND, 'locks']),
    Command('destroy of a stack', 'stack', ['destroy', '--yes', '--purge'],
            ['stack goes', 'stack look'], [*SIGN_IN, *FOUND, 'locks', 'result', 'deleted vault', 'purge']),
]


class Places:
    """Emulators, each for one row at a time; a person at each."""

    def __init__(self, **options):
        self.free, self.options, self.all = queue.Queue(), options, []
        self.lock, self.wanted = threading.Lock(), WORKERS

    def make(self):
        folder = tempfile.mkdtemp(prefix='swarmgen-faults-')
        azure = Emulator(**self.options).start()
        azure.person = Person(azure, folder, swarm=SWARM)
        azure.count = 0
        self.all.append(azure)
        return azure

    @contextlib.contextmanager
    def one(self):
        with self.lock:
            wanted, self.wanted = self.wanted, max(0, self.wanted - 1)
        azure = self.make() if wanted else self.free.get()
        azure.ask('DELETE', '/emulator/faults')
        azure.ask('DELETE', '/emulator/requests')
        azure.count += 1
        azure.place = f'row{azure.count}'
        try:
            yield azure
        finally:
            azure.ask('DELETE', '/emulator/faults')
            azure.call('DELETE', azure.group_scope + azure.place)  # its cores are others' again
            self.free.put(azure)

    def close(self):
        for azure in self.all:
            status = azure.stop()
            said = azure.said()
            shutil.rmtree(azure.person.folder)
            shutil.rmtree(azure.scratch)
            expect(status == 0, f'the emulator ended with status {status}', said[-3000:])


AT_ONCE, IN_TIME, SLOW, REAL = Places(speed=0, record=True), Places(speed=100), Places(speed=10), Places(speed=1)


def requests(azure):
    return azure.ask('GET', '/emulator/requests')[2]['value']


def run(azure, *words, status=None, **more):
    done = subprocess.run(azure.person.words(*words, group=azure.place), env=azure.person.environment(**more),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    expect('Sanitizer' not in done.stderr, done.stderr)
    if status is not None:
        expect(done.returncode == status, f'status {done.returncode}, not {status}', done.stdout, done.stderr)
    return done


def deploy(azure, status=None, **more):
    return run(azure, *MADE, status=status, **more)


def pattern(glob, azure):
    return glob.format(g=azure.place, d='acme-*')


def arrange(azure, fault, glob):
    status, _, body = azure.ask('POST', '/emulator/faults', {'faults': [f'{fault}@{pattern(glob, azure)}']})
    expect(status < 300, status, body)


def states(azure, kind='deployments'):
    found = azure.get(f'{azure.group_scope}{azure.place}/{RESOURCES}/{kind}', '2025-07-01')['value']
    return [item['properties']['provisioningState'] for item in found]


def one_deployment(azure):
    expect(states(azure) == ['Succeeded'], states(azure))


def met(azure):
    """The fault was met: it is not left over."""
    left = azure.ask('GET', '/emulator/faults')[2]['value']
    expect(not left, 'the fault was not met', left, [(one['method'], one['target']) for one in requests(azure)])


def arranged(azure, before):
    """What there is before the command: something of its own, but for what is only read."""
    if before:
        run(azure, *MADE, *(['--no-wait'] if before.startswith('running') else []),
            *(['--stack'] if before.endswith('stack') else []), status=0)


def done_well(azure, command):
    """What the command is for has come about, once."""
    if command.title.startswith('deploy'):
        kind = 'deploymentStacks' if 'stack' in command.title else 'deployments'
        expect(states(azure, kind) in (['Succeeded'], ['succeeded']), states(azure, kind))
    elif command.title.startswith('cancel'):
        expect('Canceled' in states(azure), states(azure))
    elif command.title == 'destroy':
        status, _ = azure.call('GET', azure.group_scope + azure.place)
        expect(status == 404, status)
    elif command.title.startswith('destroy'):
        expect(not states(azure, 'deploymentStacks'), states(azure, 'deploymentStacks'))


def place_for(command):
    """What runs must still run when its fault is over."""
    return (REAL if (command.before or '').startswith('running') else AT_ONCE).one()


def row(command, call, fault, glob, status):
    """With that fault at that call the command ends as it does without it, unless `status` says how; then once more."""
    def test():
        with place_for(command) as azure:
            arranged(azure, command.before)
            arrange(azure, fault, glob)
            patience = {'SWARMGEN_TIMEOUT': '8'} if fault.startswith('hang') else {}
            done = run(azure, *command.words, status=status or 0, **patience)
            met(azure)
            if status:
                expect('JSON' in done.stderr or 'metadata' in done.stderr or 'token' in done.stderr, done.stderr)
                run(azure, *command.words, status=0)
            done_well(azure, command)
    return test


def rows():
    seen = set()
    for command in COMMANDS:
        for call, fault, glob, status in command.rows(seen):
            yield f'{command.title}: {call} × {fault}', row(command, call, fault, glob, status)


def test_every_call_is_in_the_table():
    for command in COMMANDS:
        with place_for(command) as azure:
            arranged(azure, command.before)
            azure.ask('DELETE', '/emulator/requests')
            run(azure, *command.words, status=0)
            globs = {call: pattern(CALLS[call][0], azure).lower() for call in command.calls + command.reads}
            made = {f'{one["method"]} {one["target"].split("?")[0]}'.lower() for one in requests(azure)}
            lost = [one for one in made if not any(fnmatch.fnmatch(one, glob) for glob in globs.values())]
            idle = [call for call, glob in globs.items() if not any(fnmatch.fnmatch(one, glob) for one in made)]
            expect(not lost and not idle, command.title, lost, idle)


# ---- ended at any moment

def killed(after):
    """kill -9 once so many requests have come; then again."""
    def test():
        with IN_TIME.one() as azure:
            words = azure.person.words(*MADE, group=azure.place)
            process = subprocess.Popen(words, env=azure.person.environment(), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            while len(requests(azure)) < after and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.communicate()
            deploy(azure, 0)
            one_deployment(azure)
            orders = {one['target'] for one in requests(azure) if one['method'] == 'PUT' and '/deployments/' in one['target']}
            expect(len(orders) == 1, orders)
    return test


def interrupted(signals, status):
    def test():
        with SLOW.one() as azure:
            words = azure.person.words(*MADE, group=azure.place)
            process = subprocess.Popen(words, env=azure.person.environment(), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
            while not any('/operations' in one['target'] for one in requests(azure)) and process.poll() is None:
                time.sleep(0.02)
            for _ in range(signals):
                os.killpg(process.pid, signal.SIGINT)
            out, said = process.communicate(timeout=20)
            expect(process.returncode == status, process.returncode, out, said)
            if signals == 1:
                expect('status' in said and 'cancel' in said, said)
            deploy(azure, 0)
            one_deployment(azure)
    return test


def test_interrupted_while_ordering():
    with AT_ONCE.one() as azure:
        arrange(azure, 'hang:30', f'PUT */resourcegroups/{{g}}/{RESOURCES}/deployments/*')
        process = subprocess.Popen(azure.person.words(*MADE, group=azure.place),
                                   env=azure.person.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while azure.ask('GET', '/emulator/faults')[2]['value'] and process.poll() is None:
            time.sleep(0.05)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
        expect(process.returncode == 130 and 'Whether Azure has taken the order' in said, process.returncode, said)
        deploy(azure, 0)
        one_deployment(azure)


def test_long_waits_are_said():
    busy = [Answer(429, 'x', {'Retry-After': '4'})]
    with StandIn(lambda request: busy.pop() if busy and '/resourceGroups/' in request.path else None) as azure, \
            tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([SWARMGEN, 'outputs', '-g', 'acme', '--cloud', azure.url], cwd=scratch,
                              env=clean_environment(scratch), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        expect(done.stderr.count('127.0.0.1 asks for patience; again in 4 s') == 1, done.stderr)


# ---- secrets

def test_no_secret_in_requests():
    with AT_ONCE.one() as azure:
        done = run(azure, *MADE, '--verbose', status=0)
        asked = requests(azure)
        tokens = {one['headers'].get('authorization', '').removeprefix('Bearer ') for one in asked} - {''}
        expect(len(tokens) == 1 and all(len(token) > 50 for token in tokens), tokens)
        for one in asked:
            path, body = one['target'], str(one.get('body', ''))
            if '/oauth2/' not in path:
                expect(azure.secret not in body + path + str(one['headers']), one)
            expect(not any(token in body + path for token in tokens), one)
        for secret in (azure.secret, *tokens):
            expect(secret not in done.stdout + done.stderr, secret)


if __name__ == '__main__':
    all_rows = [*rows(), ('every call is in the table', test_every_call_is_in_the_table), ('no secret in requests', test_no_secret_in_requests),
                ('Ctrl-C while it orders', test_interrupted_while_ordering),
                ('long waits are said', test_long_waits_are_said),
                ('Ctrl-C', interrupted(1, 130)), ('Ctrl-C twice', interrupted(2, 130)),
                *((f'killed after {count} requests', killed(count)) for count in range(1, 26, 2))]
    try:
        failed = table(all_rows, workers=WORKERS)
    finally:
        AT_ONCE.close()
        IN_TIME.close()
        SLOW.close()
        REAL.close()
    sys.exit(failed)
