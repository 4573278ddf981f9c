"""A recorded deployment, made from an example's template: what waits for what, and plausible times."""
import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SECONDS = {  # how long each type of resource usually takes
    'Microsoft.Compute/virtualMachines': 95, 'Microsoft.Compute/virtualMachineScaleSets': 80,
    'Microsoft.Compute/virtualMachines/extensions': 60, 'Microsoft.KeyVault/vaults': 32,
    'Microsoft.Storage/storageAccounts': 24, 'Microsoft.Network/natGateways': 14,
    'Microsoft.OperationalInsights/workspaces': 22, 'Microsoft.Network/bastionHosts': 300,
    'Microsoft.Network/privateEndpoints': 40, 'Microsoft.Network/virtualNetworks': 11,
}


def program():
    return next(path for path in (os.path.join(ROOT, 'build', preset, 'swarmgen') for preset in ('dev', 'release'))
                if os.path.exists(path))


def tape(example='large', fail=None, error=None):
    """The recording that replay.c reads. `fail`: {symbol: code}; what waits for it is never begun."""
    folder = os.path.join(ROOT, 'examples', example)
    with open(os.path.join(folder, 'azure', 'azuredeploy.json')) as file:
        resources = {name: resource for name, resource in json.load(file)['resources'].items()
                     if not resource.get('existing')}
    sections = json.loads(subprocess.run([program(), 'build', '--dump', 'sections', folder], check=True,
                                         capture_output=True).stdout)
    fail = fail or {}
    steps, events, done = [], [], {}
    for name, resource in resources.items():
        needs = [need for need in resource.get('dependsOn', []) if need in resources]
        usual = SECONDS.get(resource['type'], 6)
        steps.append(dict(symbol=name, section=sections[name], type=resource['type'], needs=needs, usual=usual))
    waiting = list(steps)
    while waiting:
        ready = [step for step in waiting if all(need in done for need in step['needs'])]
        for step in ready:
            waiting.remove(step)
            begun = max((done[need] for need in step['needs']), default=0) + 1 + len(step['symbol']) % 3
            if begun == float('inf'):
                done[step['symbol']] = begun
                continue
            ended = begun + step['usual'] * (0.8 + len(step['symbol']) % 5 / 10)
            bad = fail.get(step['symbol'])
            events.append(dict(at=begun, symbol=step['symbol'], state='running'))
            events.append(dict(at=ended, symbol=step['symbol'], state='failed' if bad else 'succeeded',
                               **({'code': bad} if bad else {})))
            done[step['symbol']] = float('inf') if bad else ended
        assert ready, 'a circle'
    events.sort(key=lambda event: event['at'])
    portal = ('https://portal.azure.com/#resource/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/'
              'acme-swarm/providers/Microsoft.Resources/deployments/acme-1f2e3d4c/overview')
    return dict(portal=portal, deployment='acme-1f2e3d4c', group='acme-swarm',
                subscription='11111111-1111-1111-1111-111111111111', steps=steps, events=events, estimate=True,
                end=dict(at=events[-1]['at'] + 1, state='failed' if fail else 'succeeded',
                         **({'error': error} if error else {})))


if __name__ == '__main__':
    import sys
    print(json.dumps(tape(*sys.argv[1:2])))
