#!/usr/bin/env python3
"""Microsoft's libraries for JavaScript (npm) against the local Resource Manager; skipped where npm has none of them."""
import json
import os
import shutil
import subprocess
import sys

import templates
from harness import ROOT, Emulator, cases

FOLDER = os.path.join(ROOT, 'build', 'tools', 'npm')
PACKAGES = ['@azure/arm-resources@5.2.0', '@azure/arm-resourcesdeploymentstacks@1.0.0', '@azure/identity@4.13.1']


def missing():
    """None if the packages are there, installed once into build/tools; else why not."""
    if not shutil.which('node') or not shutil.which('npm'):
        return 'no node and npm'
    if os.path.exists(os.path.join(FOLDER, 'done')):
        return None
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, 'package.json'), 'w') as file:
        json.dump({'private': True}, file)
    try:
        done = subprocess.run(['npm', 'install', '--no-audit', '--no-fund', *PACKAGES], cwd=FOLDER, capture_output=True, timeout=180)
    except subprocess.TimeoutExpired:
        return 'npm does not end'
    if done.returncode != 0:
        return 'npm cannot install the packages'
    open(os.path.join(FOLDER, 'done'), 'w').close()
    return None


def test_javascript():
    why = missing()
    if why:
        return why
    with Emulator() as azure:
        environment = azure.environment(
            URL=azure.url, SUBSCRIPTION=azure.subscription, PACKAGES=os.path.join(FOLDER, 'package.json'),
            TEMPLATES=json.dumps({'copies': templates.COPIES, 'network': templates.template([templates.network()]),
                                  'empty': templates.template([])}))
        done = subprocess.run(['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sdk.mjs')], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and 'good' in done.stdout, done.stderr + azure.said()[-2000:]
    return None


if __name__ == '__main__':
    sys.exit(cases(globals()))
