#!/usr/bin/env python3
"""All of tests/deploy: each file beside this one that has cases. The last line is the sum.

  tests/deploy/run.py [NAME …]      names of files, without .py
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SUM = re.compile(r'(\d+) passed, (\d+) failed, (\d+) skipped\s*$')


def main():
    names = [name[:-3] for name in sorted(os.listdir(HERE)) if name.endswith('.py')
             and name not in ('run.py', 'harness.py') and os.access(os.path.join(HERE, name), os.X_OK)]
    wanted = sys.argv[1:] or names
    total = [0, 0, 0]
    for name in wanted:
        print(f'-- {name}', flush=True)
        process = subprocess.Popen([os.path.join(HERE, name + '.py')], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
        last = ''
        for line in process.stdout:
            last = line if line.strip() else last
            print(line, end='', flush=True)
        status = process.wait()
        said = SUM.search(last)
        found = [int(number) for number in said.groups()] if said else [0, 1, 0]
        if status != 0 and found[1] == 0:
            found[1] = 1
        total = [a + b for a, b in zip(total, found)]
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return total[1] > 0


if __name__ == '__main__':
    sys.exit(main())
