#!/usr/bin/env python3
"""All of tests/deploy: each program beside this one, as many at a time as there are processors, since most of their time
is waiting. The last line is the sum.

  tests/deploy/run.py [NAME …]      names of files, without .py
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SUM = re.compile(r'(\d+) passed, (\d+) failed, (\d+) skipped\s*$')


def run(name):
    """(what it printed, [passed, failed, skipped])"""
    began = time.time()
    done = subprocess.run([os.path.join(HERE, name + '.py')], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace')
    said = SUM.search(([line for line in done.stdout.splitlines() if line.strip()] or [''])[-1])
    found = [int(number) for number in said.groups()] if said else [0, 1, 0]
    if done.returncode != 0 and found[1] == 0:
        found[1] = 1
    return f'-- {name} ({time.time() - began:.0f} s)\n{done.stdout}', found


def main():
    names = [name[:-3] for name in sorted(os.listdir(HERE)) if name.endswith('.py')
             and name != 'run.py' and os.access(os.path.join(HERE, name), os.X_OK)]
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for job in concurrent.futures.as_completed([pool.submit(run, name) for name in sys.argv[1:] or names]):
            output, found = job.result()
            print(output, end='', flush=True)
            total = [a + b for a, b in zip(total, found)]
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return total[1] > 0


if __name__ == '__main__':
    sys.exit(main())
