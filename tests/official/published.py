#!/usr/bin/env python3
"""Holds all Bicep below a folder, such as a checkout of what people publish, against the official compiler: the same
template or parameters file, refused by both, and formatted to the same bytes. Shows a table, and what differs.

    tests/official/published.py [--program SWARMGEN] [--only TEXT] [--answers FOLDER] [--show] PATH…

Nothing is fetched: a file that needs a module of a registry is left out, unless ~/.bicep has it. --answers keeps what the
official compiler said, so that a second run asks only about files that changed.
"""
import argparse
import collections
import difflib
import hashlib
import json
import os
import re
import subprocess
import sys

import judge

LONGEST = 60  # seconds for one file
LEFT_OUT = 'left out: an artifact is not in ~/.bicep'
NOT_FETCHED = ('BCP190', 'BCP191', 'BCP192')
REFERENCE = re.compile(r"'((?:br|ts)[:/][^'\n]+|[^'\n$]+\.(?:bicep|bicepparam|json|jsonc))'")
ERROR = re.compile(r'^(.*?):(\d+):\d+: error (SG\d+)', re.M)


def in_cache(reference):
    """Whether ~/.bicep has the module of a registry."""
    public = re.fullmatch(r'br/public:(.*)', reference)
    found = re.fullmatch(r'br:([^/]+)/(.+):([^:@]+)', 'br:mcr.microsoft.com/bicep/' + public[1] if public else reference)
    return bool(found) and os.path.exists(os.path.expanduser(
        os.path.join('~/.bicep/br', found[1].lower(), found[2].replace('/', '$'), found[3] + '$', 'main.json')))


class Files:
    """What a file reads, and whether all of it is here."""

    def __init__(self):
        self.needs = {}  # path: (whether an artifact is missing, files that it names)

    def direct(self, path):
        if path not in self.needs:
            try:
                with open(path, encoding='utf-8', errors='replace') as file:
                    text = file.read()
            except OSError:
                text = ''
            named = REFERENCE.findall(text) if path.endswith(('.bicep', '.bicepparam')) else []
            elsewhere = {name for name in named if name.startswith(('br:', 'br/', 'ts:', 'ts/'))}
            missing = any(not in_cache(name) for name in elsewhere)
            beside = [os.path.normpath(os.path.join(os.path.dirname(path), name)) for name in named
                      if name not in elsewhere]
            self.needs[path] = missing, [name for name in beside if os.path.isfile(name)]
        return self.needs[path]

    def all(self, path):
        """All files behind the path, itself first; None if an artifact is missing."""
        found, left = {path: True}, [path]
        while left:
            missing, named = self.direct(left.pop())
            if missing:
                return None
            left += [name for name in named if name not in found]
            found.update(dict.fromkeys(named, True))
        return list(found)


class Official:
    """The official compiler, with a memory."""

    def __init__(self, bicep, folder):
        self.bicep, self.folder = bicep, folder

    def ask(self, path, files):
        if not self.folder:
            return self.answer(path)
        digest = hashlib.sha256(path.encode())
        for name in files:
            with open(name, 'rb') as file:
                digest.update(file.read())
        kept = os.path.join(self.folder, digest.hexdigest()[:32])
        if os.path.exists(kept):
            with open(kept, encoding='utf-8') as file:
                return json.load(file)
        answer = self.answer(path)
        os.makedirs(self.folder, exist_ok=True)
        with open(kept, 'w', encoding='utf-8') as file:
            json.dump(answer, file)
        return answer

    def answer(self, path):
        """text: the JSON or None; errors: [(file, line, code, message)]; formatted; broken: it threw."""
        parameters = path.endswith('param')
        said = self.bicep.compile_params(path) if parameters else self.bicep.compile(path)
        formatted = self.bicep.format(path)
        if 'error' in said:
            return {'text': None, 'errors': [], 'formatted': formatted, 'broken': said['error']}
        errors = [(d['source'], d['range']['start']['line'] + 1, d['code'], d['message'])
                  for d in said['diagnostics'] if d['level'] == 'Error']
        text = said.get('parameters' if parameters else 'contents')
        return {'text': text if said.get('success') and not errors else None, 'errors': errors, 'formatted': formatted}


def below(path):
    """All Bicep of a folder; a file is itself."""
    return [path] if os.path.isfile(path) else [os.path.join(where, name) for where, _, names in os.walk(path)
                                                for name in names if name.endswith(('.bicep', '.bicepparam'))]


def run(program, *arguments):
    """(status, output, what it said); status None if it takes too long."""
    try:
        done = subprocess.run([program, 'compile', *arguments], capture_output=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return None, '', ''
    return done.returncode, done.stdout.decode(), done.stderr.decode(errors='replace')


def difference(left, right):
    return '\n'.join(list(difflib.unified_diff(left.splitlines(), right.splitlines(), 'official', 'swarmgen',
                                               lineterm='', n=2))[:30])


def unordered(text):
    """Without what follows from hash order: several indexes into one collection in dependsOn, and the hash of it."""
    def sort(value):
        if isinstance(value, dict):
            return {key: sorted(item) if key == 'dependsOn' and item else sort(item) for key, item in value.items()
                    if key != 'templateHash'}
        return [sort(item) for item in value] if isinstance(value, list) else value
    return json.dumps(sort(json.loads(text)))


def compare(program, path, official):
    """(row of the table, what differs)."""
    status, text, said = run(program, '--stdout', path)
    if status is None:
        return 'hangs', ''
    if status not in (0, 1):
        return 'ends wrongly', f'{status}: {said[-2000:]}'
    if 'broken' in official:
        return 'official compiler breaks down', official['broken'][:200]
    messages = '\n'.join(f'{os.path.basename(source)}:{line}: {code}: {message}'
                         for source, line, code, message in official['errors'])
    if official['text'] is None:
        if status == 1:
            return 'both refuse', ''
        linter = all(code == 'BCP104' or not code.startswith('BCP') for _, _, code, _ in official['errors'])
        return 'only the linter refuses' if linter else 'only the official compiler refuses', messages
    if status == 1:
        return 'only swarmgen refuses', said
    wanted = official['text']
    if judge.is_canonical(wanted) and judge.is_canonical(text):
        wanted, text = judge.normalised(wanted), judge.normalised(text)
    if wanted == text:
        return 'same', ''
    if unordered(wanted) == unordered(text):
        return 'the same in another order of dependsOn', ''
    return 'different', difference(wanted, text)


def compare_format(program, path, official):
    status, text, said = run(program, '--dump', 'formatted', path)
    if status not in (0, 1):
        return 'format ends wrongly', f'{status}: {said[-2000:]}'
    if official['formatted'] is None or status == 1:
        return None, ''
    return ('formatted the same', '') if text == official['formatted'] else \
        ('formatted differently', difference(official['formatted'], text))


def missed_lines(program, path, official):
    """Codes of the official compiler whose line swarmgen does not name, and codes of swarmgen the other way round."""
    said = run(program, '--stdout', path)[2]
    ours = {(os.path.basename(source), int(line)): code for source, line, code in ERROR.findall(said)}
    theirs = {(os.path.basename(source), line): code for source, line, code, _ in official['errors']}
    return ([f'{code} {name}:{line}' for (name, line), code in theirs.items() if (name, line) not in ours],
            [f'{code} {name}:{line}' for (name, line), code in ours.items() if (name, line) not in theirs])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--program', default=os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--only', default='', help='files whose path has this text')
    parser.add_argument('--answers', help='where to keep what the official compiler said')
    parser.add_argument('--show', action='store_true', help='also lines that only one of both names where both refuse')
    parser.add_argument('paths', nargs='+', metavar='PATH', help='a folder, or a file')
    given = parser.parse_args()
    paths = sorted(path for folder in given.paths for path in below(os.path.abspath(folder)) if given.only in path)
    table, missed, files = collections.Counter(), collections.Counter(), Files()
    with judge.Bicep() as bicep:
        asked = Official(bicep, given.answers)
        for path in paths:
            needed = files.all(path)
            if needed is None:
                table[LEFT_OUT] += 1
                continue
            answer = asked.ask(path, needed)
            if any(code in NOT_FETCHED for _, _, code, _ in answer['errors']):
                table[LEFT_OUT] += 1
                continue
            for row, shown in (compare(given.program, path, answer), compare_format(given.program, path, answer)):
                table.update([row] if row else [])
                if shown:
                    print(f'---- {row}: {path}\n{shown}', flush=True)
                if row == 'both refuse' and given.show:
                    theirs, ours = missed_lines(given.program, path, answer)
                    missed.update(['official ' + item.split()[0] for item in theirs])
                    missed.update(['swarmgen ' + item.split()[0] for item in ours])
                    if theirs or ours:
                        print(f'---- lines: {path}\n  official only: {theirs}\n  swarmgen only: {ours}')
    for row, count in table.most_common():
        print(f'{count:6} {row}')
    for code, count in missed.most_common():
        print(f'{count:6} lines named only by {code}')
    wrong = ('different', 'hangs', 'ends wrongly', 'format ends wrongly', 'formatted differently',
             'only swarmgen refuses', 'only the official compiler refuses')
    return any(table[row] for row in wrong)


if __name__ == '__main__':
    sys.exit(main())
