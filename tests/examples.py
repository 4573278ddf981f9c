#!/usr/bin/env python3
"""The committed output folder of each example is what the program makes of it now: `build --check`."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    program = os.environ.get('SWARMGEN') or os.path.join(ROOT, 'build/release/swarmgen')
    passed = failed = 0
    for name in sorted(os.listdir(os.path.join(ROOT, 'examples'))):
        folder = os.path.join('examples', name)
        if not os.path.exists(os.path.join(ROOT, folder, 'swarm.yaml')):
            continue
        done = subprocess.run([program, 'build', folder, '--check'], cwd=ROOT, capture_output=True, text=True)
        passed, failed = passed + (done.returncode == 0), failed + (done.returncode != 0)
        if done.returncode:
            print(f'FAILED {folder}: exit status {done.returncode}')
            print('\n'.join((done.stderr + done.stdout).splitlines()[:60]))
            print(f'  accept: build/release/swarmgen build {folder}\n')
    print(f'examples: {passed} passed, {failed} failed')
    return failed > 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
