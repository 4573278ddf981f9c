#!/usr/bin/env python3
"""Holds deploy/noise.def against the official compiler's types: what is READ_ONLY there nobody can set (BCP073, BCP037),
all else is there and can be set. Rows about several types, or with ** in the path, are beyond it.
"""
import glob
import os
import re
import sys
import tempfile

import judge

ROW = re.compile(r'NOISE\("([^"]+)", "([^"]+)", (\w+), "(?:[^"\\]|\\.)*"\)')
RESOURCE = re.compile(r"'(Microsoft[^'@]+)@([^']+)'")


def rows():
    with open(os.path.join(judge.ROOT, 'deploy', 'noise.def')) as file:
        for type, path, kind in ROW.findall(file.read()):
            parts = path.split('.')
            if '*' not in type and all(part == '*' or '*' not in part for part in parts) and parts[-1] != '*':
                yield type, parts, kind


def versions():
    """The API version that the library uses of each type."""
    found = {}
    for path in glob.glob(os.path.join(judge.ROOT, 'templates', '*.bicep')):
        with open(path) as file:
            found.update(RESOURCE.findall(file.read()))
    return found


def written(parts):
    """A property at that path, with any value."""
    if parts[0] == '*':
        return f'[ {{ {written(parts[1:])} }} ]'
    inside = parts[1:]
    value = "any('x')" if not inside else written(inside) if inside[0] == '*' else f'{{ {written(inside)} }}'
    return f'{parts[0]}: {value}'


def main():
    of_type, cases = versions(), list(rows())
    missing = sorted({type for type, _, _ in cases} - of_type.keys())
    lines = [f"resource r{number} '{type}@{of_type[type]}' = {{ name: '{'/'.join('r%d' % number for _ in type.split('/')[1:])}', "
             f'{written(path)} }}' for number, (type, path, _) in enumerate(cases) if type in of_type]
    with tempfile.TemporaryDirectory() as folder, judge.Bicep() as bicep:
        path = os.path.join(folder, 'main.bicep')
        with open(path, 'w') as file:
            file.write('\n'.join(lines) + '\noutput error string = nothing\n')  # so that it ends with the diagnostics
        refused = {}
        answer = bicep.compile(path)
        if 'error' in answer:
            sys.exit(answer['error'])
        for said in answer['diagnostics']:
            if said['code'] in ('BCP073', 'BCP037'):
                refused[int(re.match(r'resource r(\d+)', lines[said['range']['start']['line']])[1])] = said['message']
    failed = 0
    for number, (type, path, kind) in enumerate(cases):
        if type in of_type and (kind == 'READ_ONLY') != (number in refused):
            failed += 1
            print(f'{type} {".".join(path)}: {kind}, but {refused.get(number, "it can be set")}')
    for type in missing:
        failed += 1
        print(f'{type}: the library has no such resource')
    print(f'{len(cases) - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
