#!/usr/bin/env python3
"""All of tests/deploy: each program beside this one, several at a time, since most of their time is waiting; and every
command once under valgrind. The last line is the sum.

  tests/deploy/run.py [NAME …]              names of files, without .py
  tests/deploy/run.py --valgrind [NAME …]   with the client under valgrind; takes an hour: all but the table of faults
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from harness import FOLDER, ROOT, VALGRIND

HERE = os.path.dirname(os.path.abspath(__file__))
SUM = re.compile(r'(\d+) passed, (\d+) failed, (\d+) skipped\s*$')
RELEASE = os.path.join(ROOT, 'build', 'release')  # valgrind and the sanitizers do not go together
CLIENTS = ['swarmgen-deploy', 'tests/deploy/deploy-client', 'tests/deploy/replay']
JUDGED = ['commands', 'signin', 'answers', 'screen']


def judged(folder):
    """A folder like that of a build, in which the programs that talk to Azure run under valgrind: an environment."""
    made = subprocess.run(['cmake', '--build', RELEASE, '--target', *map(os.path.basename, CLIENTS)],
                          capture_output=True, text=True)
    if made.returncode:
        sys.exit(made.stdout + made.stderr)
    os.makedirs(os.path.join(folder, 'tests', 'deploy'))
    for name in 'swarmgen', 'swarmgen-emulate':
        shutil.copy(os.path.join(FOLDER, name), folder)
    for name in CLIENTS:
        path = os.path.join(folder, name)
        with open(path, 'w') as file:
            file.write(f'#!/bin/sh\nexec valgrind -q --error-exitcode={VALGRIND} --leak-check=full '
                       f'--errors-for-leak-kinds=definite "{os.path.join(RELEASE, name)}" "$@"\n')
        os.chmod(path, 0o755)
    return {'SWARMGEN_BUILD': folder, 'SWARMGEN_SLOWER': '30'}


def run(name, only=(), environment=None):
    """(what it printed, [passed, failed, skipped])"""
    began = time.time()
    done = subprocess.run([os.path.join(HERE, name + '.py'), *only], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace', env={**os.environ, **(environment or {})})
    said = SUM.search(([line for line in done.stdout.splitlines() if line.strip()] or [''])[-1])
    found = [int(number) for number in said.groups()] if said else [0, 1, 0]
    if done.returncode != 0 and found[1] == 0:
        found[1] = 1
    under = ' under valgrind' if environment else ''
    return f'-- {name}{under} ({time.time() - began:.0f} s)\n{done.stdout}', found


def main():
    words = sys.argv[1:]
    whole = words[:1] == ['--valgrind']
    names = words[whole:] or (JUDGED if whole else [
        name[:-3] for name in sorted(os.listdir(HERE)) if name.endswith('.py')
        and name != 'run.py' and os.access(os.path.join(HERE, name), os.X_OK)])
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory(prefix='swarmgen-valgrind-') as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        possible = whole or not words and os.path.exists(os.path.join(RELEASE, 'CMakeCache.txt'))
        environment = judged(folder) if possible else None
        jobs = [pool.submit(run, name, (), environment if whole else None) for name in names]
        if not words and environment:
            jobs.append(pool.submit(run, 'commands', ['test_every_command'], environment))
        elif not words:
            print('skipped commands under valgrind: there is no release build')
            total[2] += 1
        for job in concurrent.futures.as_completed(jobs):
            output, found = job.result()
            print(output, end='', flush=True)
            total = [a + b for a, b in zip(total, found)]
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return total[1] > 0


if __name__ == '__main__':
    sys.exit(main())
