#!/usr/bin/env python3
"""The library, every example and every other Bicep file that the project hands out: the official compiler finds nothing
in them and its formatter changes nothing."""
import glob
import os
import sys

import judge


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
