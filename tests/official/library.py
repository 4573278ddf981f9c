#!/usr/bin/env python3
"""The library, every example and every other Bicep file that the project hands out: the official compiler finds nothing
in them and its formatter changes nothing. Azure takes 64 functions in one template, and modules are templates of their own."""
import glob
import json
import os
import sys

import judge

FUNCTIONS = 64


def crowded(template, name):
    """Templates with more functions than Azure takes."""
    count = sum(len(group['members']) for group in template.get('functions', []))
    found = [f'{name} has {count} functions; Azure takes {FUNCTIONS}'] if count > FUNCTIONS else []
    resources = template.get('resources', {})
    for key, resource in resources.items() if isinstance(resources, dict) else enumerate(resources):
        if 'template' in resource.get('properties', {}):
            found += crowded(resource['properties']['template'], f'module {key}')
    return found


def main():
    files = sorted(glob.glob(os.path.join(judge.ROOT, 'templates', '*.bicep'))
                   + glob.glob(os.path.join(judge.ROOT, 'examples', '*', 'azure', '**', '*.bicep'), recursive=True))
    passed = failed = 0
    with judge.Bicep() as bicep:
        for path in files:
            answer = bicep.compile(path)
            problems = judge.findings(answer)
            if not problems and not answer.get('success'):
                problems = ['refused']
            with open(path, encoding='utf-8', newline='') as file:
                if bicep.format(path) != file.read():
                    problems.append('bicep format changes it')
            if answer.get('success') and os.path.basename(path) == 'main.bicep':
                problems += crowded(json.loads(answer['contents']), path)
            template = os.path.join(os.path.dirname(path), 'azuredeploy.json')
            if os.path.basename(path) == 'main.bicep' and os.path.exists(template) and answer.get('success'):
                with open(template, encoding='utf-8', newline='') as file:
                    if judge.normalised(file.read()) != judge.normalised(answer['contents']):
                        problems.append('azuredeploy.json is not what the official compiler makes of it')
            if problems:
                print(f'FAILED {os.path.relpath(path, judge.ROOT)}:\n  ' + '\n  '.join(problems))
            passed, failed = passed + (not problems), failed + bool(problems)
    print(f'library: {passed} passed, {failed} failed')
    return failed > 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
