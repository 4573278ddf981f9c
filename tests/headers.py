#!/usr/bin/env python3
"""Compares each #include line with the 'may use' rows: part(FOLDER USES parts… NEEDS libraries…) of CMakeLists.txt."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARIES = {'PkgConfig::YAML': {'yaml.h'}, 'PkgConfig::PCRE2': {'pcre2.h'}, 'PkgConfig::CURL': {'curl'},
             'PkgConfig::CRYPTO': {'openssl'}, 'PkgConfig::MICROHTTPD': {'microhttpd.h'}}


def rows():
    text = open(os.path.join(ROOT, 'CMakeLists.txt')).read()
    for folder, rest in re.findall(r'^part\(([^\s)]+)([^)]*)\)', text, re.M):
        words = rest.replace('\n', ' ').split()
        uses, needs, to = set(), set(), None
        for word in words:
            if word in ('USES', 'NEEDS'):
                to = uses if word == 'USES' else needs
            else:
                to.add(word)
        yield folder, uses, needs


def main():
    parts = {folder: (uses, needs) for folder, uses, needs in rows()}
    problems, files = [], 0
    for folder, (uses, needs) in parts.items():
        allowed = {header for need in needs for header in LIBRARIES.get(need, ())}
        foreign = {header for headers in LIBRARIES.values() for header in headers} - allowed
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            if not name.endswith(('.c', '.h')):
                continue
            files += 1
            with open(os.path.join(ROOT, folder, name)) as file:
                for number, line in enumerate(file, 1):
                    ours = re.match(r'#include "(.+)/[^/]+"', line)
                    system = re.match(r'#include <([^>]+)>', line)
                    place = f'{folder}/{name}:{number}'
                    if ours and ours[1] in parts and ours[1] != folder and ours[1] not in uses:
                        problems.append(f'{place}: {folder} may not use {ours[1]}')
                    elif ours and ours[1] not in parts:
                        problems.append(f'{place}: {ours[1]} is no part')
                    elif re.match(r'#include "[^/]+"', line):
                        problems.append(f'{place}: includes are paths from the root')
                    elif system and (system[1] in foreign or system[1].split('/')[0] in foreign):
                        problems.append(f'{place}: {folder} does not name the library of <{system[1]}>')
    print('\n'.join(problems), end='\n' if problems else '')
    bad = len({p.split(':')[0] for p in problems})
    print(f'headers: {files - bad} passed, {bad} failed')
    return bad > 0


if __name__ == '__main__':
    sys.exit(main())
