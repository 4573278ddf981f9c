#!/usr/bin/env python3
"""All tests: each row of SUITES is a command. The last line is the sum: N passed, N failed, N skipped.

  tests/run.py [--only NAME,NAME] [--count N] [--seed N]
"""
import argparse
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'official'))
import judge

SUM = re.compile(r'(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$')


def suites(count, seed):
    """(name, needs the official compiler, command)"""
    random = ['--seed', str(seed)]
    return [
        ('headers', False, ['tests/headers.py']),
        ('layers', False, ['tests/layers.sh']),
        ('unit', False, ['ctest', '--test-dir', 'build/dev', '--output-on-failure']),
        ('golden', False, ['tests/golden/run.py']),
        ('cli', False, ['tests/cli/run.py']),
        ('scripts', False, ['tests/scripts/run']),
        ('deploy', False, ['tests/deploy/run.py']),
        ('examples', False, ['tests/examples.py']),
        ('bootstrap', False, ['tests/bootstrap/run', 'rows', '--quick']),
        ('library', True, ['tests/official/library.py']),
        ('mutations', True, ['tests/official/mutations.py']),
        ('functions', True, ['tests/official/functions.py', '--count', str(count * 6), *random]),
        ('syntax', True, ['tests/official/syntax.py', '--count', str(count), *random]),
        ('loads', True, ['tests/official/loads.py', '--count', str(count), *random]),
        ('noise', True, ['tests/official/noise.py']),
        ('constructs', True, ['tests/official/constructs.py']),
        ('programs', True, ['tests/official/programs.py', '--count', str(count), *random]),
        ('webs', True, ['tests/official/webs.py', '--count', str(max(10, count // 2)), *random]),
        ('snapshots', True, ['tests/official/snapshots.py', '--count', str(max(10, count // 5)), *random]),
        ('swarms', True, ['tests/official/swarms.py', '--count', str(count), *random]),
    ]


def counts(name, output, status):
    """(passed, failed, skipped) as the suite says; one if it does not say."""
    last = [line for line in output.splitlines() if line.strip()][-1:] or ['']
    if name == 'unit':
        said = re.search(r'(\d+)% tests passed, (\d+) tests failed out of (\d+)', output)
        if said:
            return int(said[3]) - int(said[2]), int(said[2]), 0
    said = SUM.search(last[0])
    if said:
        passed, failed, skipped = int(said[1]), int(said[2]), int(said[3] or 0)
        return passed, failed + (status != 0 and failed == 0), skipped
    return (1, 0, 0) if status == 0 else (0, 1, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--only', help='names of suites, separated by commas')
    parser.add_argument('--count', type=int, default=500, help='random descriptions; other numbers follow it')
    parser.add_argument('--seed', type=int, default=1, help='other random inputs; the same each time if nothing is said, so that red means a changed program')
    given = parser.parse_args()
    only = given.only.split(',') if given.only else None
    bicep, why_not = None, ''
    if not only or any(official for name, official, _ in suites(1, 1) if name in only):
        try:
            bicep = judge.find()
            os.environ['BICEP'] = bicep
        except judge.Missing as missing:
            why_not = str(missing)
    total = [0, 0, 0]
    failures = []
    for name, official, command in suites(given.count, given.seed):
        if only and name not in only or not only and command[0].startswith('tests/') \
                and not os.path.exists(os.path.join(ROOT, command[0])):
            continue
        print(f'==== {name}: {" ".join(command)}', flush=True)
        if official and not bicep:
            print(why_not)
            total[1 if os.environ.get('CI') == 'true' else 2] += 1
            continue
        began = time.time()
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors='replace')
        lines = []
        for line in process.stdout:
            lines.append(line)
            print(line, end='', flush=True)
        found = counts(name, ''.join(lines), process.wait())
        print(f'---- {name}: {time.time() - began:.0f} s\n', flush=True)
        total = [a + b for a, b in zip(total, found)]
        if found[1]:
            failures.append(name)
    if failures:
        print('Failed: ' + ', '.join(failures))
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return total[1] > 0


if __name__ == '__main__':
    sys.exit(main())
