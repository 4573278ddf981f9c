#!/usr/bin/env python3
"""A table: swarmgen's release build beside an empty process and the official compiler, cold and warm. Each row's
programs run in turn within the same seconds; the median counts. `cpu` is the processor's time, which a busy machine
disturbs less. A build writes a folder that holds another swarm's files; 'unchanged' is one that finds its own.
Below, the client: how soon after Azure's end it ends, what it asks of Azure, and that `build` does not pay for it."""
import datetime
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, 'tests', part) for part in ('official', 'deploy')]
os.environ['SWARMGEN_BUILD'] = os.path.join(ROOT, 'build/release')
import harness
import judge

PROGRAM = os.path.join(ROOT, 'build/release/swarmgen')


def run(*command):
    """(milliseconds, those of the processor) of a whole process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=judge.environment())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f'{" ".join(command)} ended with {status}')
    return (time.perf_counter() - began) * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def peak(command):
    """MiB; wait4 would not say it, as a child of Python begins with Python's own memory."""
    program = shutil.which('time')
    if not program:
        return 'GNU time?'
    done = subprocess.run([program, '-f', '%M', *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True)
    return f'{int(done.stderr.split()[-1]) / 1024:.1f} MiB'


def measure(calls, rounds):
    """Medians of each call, all of them once a round."""
    found = [[call() for call in calls] for _ in range(rounds)]
    return [tuple(statistics.median(part) for part in zip(*column)) for column in zip(*found)]


def in_turns(commands):
    """A call that runs the next of the commands."""
    turns = itertools.cycle(commands)
    return lambda: run(*next(turns))


def swarm(pools):
    lines = ''.join(f'  p{i}: {{ count: 1, subnet: 10.0.{64 + i}.0/24 }}\n' for i in range(pools))
    return f'name: acme\ncontact: ops@acme.example\nworkers:\n{lines}'


def large(lines):
    """A flat file of about so many lines; more than 800 resources would be an error."""
    tags = ''.join(f"    a{i}: name\n    b{i}: '${{{{name}}}}{{0}}'\n" for i in range(9))
    one = "resource r{0} 'Microsoft.Network/publicIPAddresses@2024-05-01' = {{\n  name: 'ip-${{name}}-{0}'\n" \
          f"  location: location\n  sku: {{{{\n    name: 'Standard'\n  }}}}\n  tags: {{{{\n{tags}  }}}}\n}}}}\n\n"
    head = "param name string\nparam location string = resourceGroup().location\n\n"
    return head + ''.join(one.format(i) for i in range(lines // 28))


SPEED = 20  # times faster than Azure; pauses between two looks stay as long


def follow(example):
    """(minutes of the deployment, seconds between Azure's end and ours, requests a minute, peak memory) of `deploy`."""
    deployments = '/subscriptions/{}/resourcegroups/bench/providers/Microsoft.Resources/deployments'
    with harness.Emulator(speed=SPEED) as azure, tempfile.TemporaryDirectory() as home:
        command = [PROGRAM, 'deploy', example, '-g', 'bench', '-l', 'westeurope', '--yes', '--quiet', '--cloud', azure.url,
                   '-p', 'sshKey=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIbench bench@acme.example']
        environment = azure.environment(HOME=home)
        done = subprocess.run(['time', '-f', '%M', *command], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        ended = time.time()
        if done.returncode:
            raise SystemExit(done.stderr)
        run, = azure.get(deployments.format(azure.subscription))['value']
        moment = datetime.datetime.fromisoformat(run['properties']['timestamp'][:26] + '+00:00').timestamp()
        asked = [one for one in azure.requests() if '/deployments/' in one['target']]
        span = (datetime.datetime.fromisoformat(asked[-1]['time'][:26]) -
                datetime.datetime.fromisoformat(asked[0]['time'][:26])).total_seconds() / 60
        return span, ended - moment, len(asked) / span, int(done.stderr.split()[-1]) / 1024


def libraries(program):
    """Those that it loads; none if it is static, which ldd calls an error."""
    done = subprocess.run(['ldd', program], capture_output=True, text=True)
    return done.stdout.strip().split('\n') if done.returncode == 0 else []


def client():
    span, late, asked, memory = follow(os.path.join(ROOT, 'examples/linux'))
    print(f'\ndeploy of examples/linux, {SPEED} times faster than Azure: {span * 60:.0f} s')
    print(f'{"  ends after Azure":34}{late:>9.2f} s\n{"  requests a minute":34}{asked:>9.0f}\n{"  peak":34}{memory:>9.1f} MiB')
    for name in ('swarmgen', 'swarmgen-deploy'):
        program = os.path.join(ROOT, 'build/release', name)
        loaded = libraries(program)
        curl = 'with' if any('libcurl' in one for one in loaded) else 'without'
        started, = measure([lambda: run(program, '--help')], 30)
        print(f'{"  start of " + name:34}{started[0]:>9.1f} ms, {len(loaded)} libraries, {curl} libcurl')


def main():
    print(f'{"":34}{"swarmgen":>12}{"cpu":>11}{"peak":>11}{"empty":>10}{"bicep cold":>13}{"bicep warm":>13}')
    with judge.Bicep() as bicep, tempfile.TemporaryDirectory() as folder:
        def row(title, bicep_file, *commands):
            ours, empty = measure([in_turns(commands), lambda: run('/bin/true')], 16)
            cold, warm = '', ''
            if bicep_file:
                def timed():
                    began = time.perf_counter()
                    bicep.compile(bicep_file)
                    return ((time.perf_counter() - began) * 1000,)
                timed()
                cold = f'{measure([lambda: run(bicep.program, "build", bicep_file, "--stdout")], 3)[0][0]:.0f} ms'
                warm = f'{measure([timed], 5)[0][0]:.1f} ms'
            print(f'{title:34}{ours[0]:>9.1f} ms{ours[1]:>8.1f} ms{peak(commands[0]):>11}{empty[0]:>7.1f} ms{cold:>13}{warm:>13}', flush=True)

        def swarm_row(title, text, compared, near=None):
            """The swarm and one of another name are built in turns into one folder. Returns the command of the first."""
            out = os.path.join(folder, 'out')
            commands = []
            for name in ('acme', 'other'):
                place = os.path.join(folder, name)
                shutil.copytree(near, place, dirs_exist_ok=True) if near else os.makedirs(place, exist_ok=True)
                with open(os.path.join(place, 'swarm.yaml'), 'w') as file:
                    file.write(re.sub('^name: .*', f'name: {name}', text, flags=re.M))
                commands.append([PROGRAM, 'build', place, '-o', out, '--quiet'])
            run(*commands[0])
            row(title, os.path.join(out, 'main.bicep') if compared else None, *commands)
            return commands[0]

        for pools in (1, 10, 40):
            swarm_row(f'build, {pools} pools', swarm(pools), True)
        example = os.path.join(ROOT, 'examples/large')
        with open(os.path.join(example, 'swarm.yaml')) as file:
            same = swarm_row('build, examples/large', file.read(), False, example)
        run(*same)
        row('build, examples/large, unchanged', None, same)
        path = os.path.join(folder, 'big.bicep')
        with open(path, 'w') as file:
            file.write(large(9000))
        row('compile, 9,000 lines', path, [PROGRAM, 'compile', path, '--stdout'])
        with open(path, 'w') as file:
            file.write(large(20000))
        row('compile, 20,000 lines', None, [PROGRAM, 'compile', path, '--stdout'])
    client()


if __name__ == '__main__':
    main()
