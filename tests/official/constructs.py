#!/usr/bin/env python3
"""Holds small programs, one a construct, against the official compiler: both must give the same template, or both must
refuse. The programs stand in constructs/*.txt, many in a file:

    ==== a title
    var a = 1
    ---- other.bicep
    a further file of the program

Parts in front of the first of them belong to all programs of the file, if these have none of that name. Parts named x.tgz/index.json and so on become
the package of an extension, x.tgz; types.tgz/index.json what the module cache keeps of one. A part may have another encoding, of Python's names: ---- other.bicep in utf-16.
The first part is main.bicep, or main.bicepparam where it begins with `using`. $FOLDER is the folder of all parts.

    tests/official/constructs.py [--program SWARMGEN] [--only TEXT] [--show] [FILE…]
"""
import argparse
import difflib
import glob
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile

import judge
from programs import same

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'constructs')


def programs(path):
    """(title, [(file, text)]) of a file of programs."""
    with open(path, encoding='utf-8', newline='') as file:
        parts = re.split(r'^==== (.*)\n', file.read(), flags=re.M)
    shared = re.split(r'^---- (.*)\n', parts[0], flags=re.M)
    for title, text in zip(parts[1::2], parts[2::2]):
        pieces = re.split(r'^---- (.*)\n', text, flags=re.M)
        main = 'main.bicepparam' if re.match(r'using\b', pieces[0]) else 'main.bicep'
        yield title, [(main, pieces[0]), *zip(shared[1::2], shared[2::2]), *zip(pieces[1::2], pieces[2::2])]


def official_answer(bicep, path):
    """(the JSON or None if refused, the errors)."""
    if path.endswith('param'):
        answer = bicep.compile_params(path)
        text = answer.get('parameters')
    else:
        answer = bicep.compile(path)
        text = answer.get('contents')
    if 'error' in answer:
        return None, ['breaks down: ' + answer['error']]
    errors = [f"{d['range']['start']['line'] + 1}: {d['code']}: {d['message']}" for d in answer['diagnostics']
              if d['level'] == 'Error']
    return (text if answer.get('success') and not errors else None), errors


def compare(bicep, program, path):
    """What differs, or an empty text; and what was shown on the way."""
    wanted, errors = official_answer(bicep, path)
    ours = subprocess.run([program, 'compile', path, '--stdout'], capture_output=True, check=False)
    said = ours.stderr.decode()
    if ours.returncode not in (0, 1):
        return f'swarmgen ends with {ours.returncode}: {said[:3000]}', said
    accepted = ours.returncode == 0
    if wanted is None:
        return ('' if not accepted else 'accepted, but refused by the official compiler:\n  ' + '\n  '.join(errors),
                'refused: ' + '; '.join(errors) + '\n' + said)
    if not accepted:
        return 'refused, but accepted by the official compiler:\n' + said, ''
    text = ours.stdout.decode()
    if same(wanted, text):
        return '', 'same'
    left, right = judge.normalised(wanted).splitlines(), judge.normalised(text).splitlines()
    return '\n'.join(difflib.unified_diff(left, right, 'official', 'swarmgen', lineterm='', n=2)), ''


def archive(path, files):
    """A .tgz of {name: bytes}."""
    with tarfile.open(path, 'w:gz', format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def write(folder, files):
    packages = {}
    for name, text in files:
        package, _, inner = name.partition('.tgz/')
        if inner:
            packages.setdefault(package + '.tgz', {})[inner] = text.encode()
            continue
        name, _, encoding = name.partition(' in ')
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding=encoding or 'utf-8', newline='') as file:
            file.write(text.replace('$FOLDER', folder))
    for name, inner in packages.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        archive(path, inner)
        if os.path.basename(path) != 'types.tgz':
            with open(path, 'rb') as types:
                types = types.read()
            archive(path, {'types.tgz': types})
    return os.path.join(folder, files[0][0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--only', help='programs whose title has this text')
    parser.add_argument('--show', action='store_true', help='also what is equal')
    parser.add_argument('files', nargs='*')
    given = parser.parse_args()
    passed = failed = 0
    with judge.Bicep() as bicep:
        for path in given.files or sorted(glob.glob(os.path.join(HERE, '*.txt'))):
            for title, files in programs(path):
                if given.only and given.only not in title:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    difference, shown = compare(bicep, given.program, write(folder, files))
                if difference:
                    print(f'---- {os.path.basename(path)}: {title}: {difference}')
                elif given.show:
                    print(f'{title}: {shown}')
                passed += not difference
                failed += bool(difference)
    print(f'{passed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
