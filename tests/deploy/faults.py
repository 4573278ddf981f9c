#!/usr/bin/env python3
"""What happens to `deploy` and its like when a call of theirs goes wrong: a table of call × fault → outcome.

Each row has a resource group of its own, so that what one leaves does not help the next. Whatever happened, the same
command once more, without a fault, must succeed, and find or leave one deployment."""
import contextlib
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
WORKERS = 6  # most of a row is waiting
RESOURCES = 'providers/Microsoft.Resources'

# What `deploy` asks: name, method and path (a glob; {g} is the group), whether only where something runs already, and
# what a page that is no JSON leads to: it ends with 5, or does without that answer.
CALLS = [
    ('endpoints', 'GET /metadata/endpoints', False, 0),  # an older version of them is asked for
    ('token', 'POST */oauth2/v2.0/token', False, 5),
    ('subscriptions', 'GET /subscriptions', False, 5),
    ('group', 'GET */resourcegroups/{g}', False, 5),
    ('group made', 'PUT */resourcegroups/{g}', False, 5),
    ('validate', f'POST */resourcegroups/{{g}}/{RESOURCES}/deployments/*/validate', False, 5),
    ('deployment', f'PUT */resourcegroups/{{g}}/{RESOURCES}/deployments/*', False, 5),
    ('look', f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments/acme-*', False, 0),
    ('operations', 'GET */resourcegroups/{g}/deployments/*/operations', False, 0),
    ('deployments', f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments', True, 5),
]
FAULTS = ['throttle', 'error:408', 'error:500', 'drop', 'drop-after', 'hang:30', 'expire-token', 'garbage']
UNSIGNED = ('endpoints', 'token')  # no token can expire there

# More that is only read.
READS = [
    ('locks', 'GET */resourcegroups/{g}/providers/Microsoft.Authorization/locks', False, 0),
    ('permissions', 'GET */resourcegroups/{g}/providers/Microsoft.Authorization/permissions', False, 0),
    ('providers', 'GET */providers', False, 0),
    ('sizes', 'GET */providers/Microsoft.Compute/skus', False, 0),
    ('quota', 'GET */providers/Microsoft.Compute/locations/*/usages', False, 0),
    ('deleted vault', 'GET */deletedVaults/*', False, 0),
    ('DNS label', 'GET */CheckDnsNameAvailability', False, 0),
    ('stacks', f'GET */resourcegroups/{{g}}/{RESOURCES}/deploymentStacks', True, 5),
    ('resources', 'GET */resourcegroups/{g}/resources', True, 5),
    ('machines', 'GET */resourcegroups/{g}/providers/Microsoft.Compute/virtualMachines', True, 5),
    ('scale sets', 'GET */resourcegroups/{g}/providers/Microsoft.Compute/virtualMachineScaleSets', True, 5),
    ('secrets', 'GET */resourcegroups/{g}/*/vaults/*/secrets', True, 5),
]
READ_FAULTS = ['throttle', 'drop', 'garbage']

# The other commands, on what runs.
OTHERS = [
    ('status', [], f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments/acme-*'),
    ('outputs', [], f'GET */resourcegroups/{{g}}/{RESOURCES}/deployments'),
    ('destroy', ['--yes'], 'DELETE */resourcegroups/{g}'),
    ('destroy', ['--yes'], 'GET */resourcegroups/{g}/resources'),
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
            self.free.put(azure)

    def close(self):
        for azure in self.all:
            status = azure.stop()
            said = azure.said()
            shutil.rmtree(azure.person.folder)
            shutil.rmtree(azure.scratch)
            expect(status == 0, f'the emulator ended with status {status}', said[-3000:])


AT_ONCE, IN_TIME, SLOW = Places(speed=0, record=True), Places(speed=100), Places(speed=10)


def requests(azure):
    return azure.ask('GET', '/emulator/requests')[2]['value']


def run(azure, command, *words, status=None, **more):
    done = subprocess.run(azure.person.words(command, *words, group=azure.place),
                          env=azure.person.environment(**more), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300)
    expect('Sanitizer' not in done.stderr, done.stderr)
    if status is not None:
        expect(done.returncode == status, f'status {done.returncode}, not {status}', done.stdout, done.stderr)
    return done


def deploy(azure, status=None, **more):
    return run(azure, 'deploy', '-l', 'westeurope', '--yes', status=status, **more)


def arrange(azure, fault, call):
    status, _, body = azure.ask('POST', '/emulator/faults', {'faults': [f'{fault}@{call.format(g=azure.place)}']})
    expect(status < 300, status, body)


def one_deployment(azure):
    found = azure.get(f'{azure.group_scope}{azure.place}/{RESOURCES}/deployments')['value']
    expect([item['properties']['provisioningState'] for item in found] == ['Succeeded'], found)


def met(azure):
    """The fault was met: it is not left over."""
    left = azure.ask('GET', '/emulator/faults')[2]['value']
    expect(not left, 'the fault was not met', left, [(one['method'], one['target']) for one in requests(azure)])


def deploy_row(call, fault, again, status):
    def test():
        with AT_ONCE.one() as azure:
            if again:
                deploy(azure, 0)
            arrange(azure, fault, call)
            done = deploy(azure, status, **({'SWARMGEN_TIMEOUT': '8'} if fault.startswith('hang') else {}))
            met(azure)
            if status:
                expect('JSON' in done.stderr or 'metadata' in done.stderr or 'token' in done.stderr, done.stderr)
                deploy(azure, 0)
            one_deployment(azure)
    return test


def other_row(command, words, call, fault):
    def test():
        with AT_ONCE.one() as azure:
            deploy(azure, 0)
            arrange(azure, fault, call)
            run(azure, command, *words, status=0)
            met(azure)
    return test


def rows():
    for calls, faults in ((CALLS, FAULTS), (READS, READ_FAULTS)):
        for name, call, again, garbage in calls:
            for fault in faults:
                if fault != 'expire-token' or name not in UNSIGNED:
                    yield (f'deploy: {name} × {fault}',
                           deploy_row(call, fault, again, garbage if fault == 'garbage' else 0))
    for command, words, call in OTHERS:
        for fault in ('throttle', 'error:500', 'drop', 'expire-token'):
            yield f'{command}: {call.split("/")[-1]} × {fault}', other_row(command, words, call, fault)


# ---- ended at any moment

def killed(after):
    """kill -9 once so many requests have come; then again."""
    def test():
        with IN_TIME.one() as azure:
            words = azure.person.words('deploy', '-l', 'westeurope', '--yes', group=azure.place)
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
            words = azure.person.words('deploy', '-l', 'westeurope', '--yes', group=azure.place)
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
        process = subprocess.Popen(azure.person.words('deploy', '-l', 'westeurope', '--yes', group=azure.place),
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
        done = run(azure, 'deploy', '-l', 'westeurope', '--yes', '--verbose', status=0)
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
    all_rows = [*rows(), ('no secret in requests', test_no_secret_in_requests),
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
    sys.exit(failed)
