#!/usr/bin/env python3
"""Compares the load functions with the official compiler: random YAML, JSON with random paths, files in every encoding,
folders with random patterns.

    tests/official/loads.py [--seed N] [--count N] [--program SWARMGEN]

swarmgen may refuse what the official compiler garbles (see yamlreader.c) and what else REFUSED lists; it must refuse what
the official compiler refuses.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import judge

REFUSED = ('garbles', 'not supported', 'control characters', 'beyond 64 bits', 'another kind', 'unexpected \':\'',
           'invalid Unicode', 'below 0', 'beyond 32 bits')
PLAIN = ('x', 'a b', 'true', 'False', 'yes', 'no', 'null', '~', '', '1', '0123', '0x1F', '0b101', '0o17', '1_000', '+5',
         '-7', '1.5', '.5', '5.', '1e3', '1.5E-3', '.inf', '-.INF', '.nan', 'infinity', '9223372036854775808', '1:30',
         '2024-01-01', 'http://x:80/y', 'x#y', 'a:b', '-x', '?x', 'é', '_', '1__0', '0_x1F', '00', '-0', '-0.0', '1e',
         '.', '..', 'NULL', 'tRue', 'on', '<<', '=', '!', '0x', '1,5', 'nan', '\U0001F600')
QUOTED = ("''", "'it''s'", "'  x '", '""', '"a\\nb"', '"\\t\\u00e9"', '"1"', "'true'", '"x\\n"', "'~'", '"é\\\\"')
KEYS = ('a', 'b', 'c d', "'e'", '"f"', '1', 'true', 'null', 'k-y', 'é', 'a', '<<')
BLOCKS = ('x', 'x\n  y', 'long words ' * 12, 'x\n\n  y', 'é', '# c', '- x: 1', 'x \n  y', '\tx')
DOCUMENT = {'a': {'b': [1, 2, {'c': 'x', 'd-e': 5}], 'c': 2.5, 'n': None}, 'l': [[1, 2], [3]], 'k y': 'z', '': 'e', 'B': {'a': 1}}
STEPS = ('.a', '.b', '.c', '..a', '..c', '.*', '[0]', '[1]', '[-1:]', '[*]', "['a']", "['k y']", "['a','l']", '[0,1]', '[0:2]',
         '[::2]', '[::-1]', '[1:0:-1]', "['']", '..*', '.l', '.n', '[ 0 ]', '.B', "['x\\'y']", '.x', '[5]', '[1:]', "..['c']")
PATHS = ('', '$', '$.', '$a', 'a.', ' $.a', '$.a .b', '$[', '$.a]', '$.a[0', '$..', '$.a[x]', 'a[0]b', '(0)', '$.a(0)', '$.a.b[]')
TEXTS = ('', 'a', 'aé€\U0001F600\r\nb', 'tab\t\x00end', '\ufeffx')
ENCODINGS = ('us-ascii', 'iso-8859-1', 'utf-8', 'utf-16', 'utf-16BE')
CODECS = ('utf-8', 'utf-8-sig', 'utf-16-le', 'utf-16-be', 'utf-16', 'utf-32', 'utf-32-be', 'utf-32-le')
NAMES = ('a.txt', 'B.txt', 'b.json', 'noext', '.dot', 'end.', 'x.tar.gz', 'sp ace', 'é.txt', '1.txt', '10.txt', '2.txt', '_u', 'Z')
PATTERNS = ('*', '*.txt', '*.*', '', '.', '*.', '?.txt', 'a*', '*e*', '.*', '??', 'noext', '*.t?t', 'é*', 'x.*.gz', '[ab]*')


class Loads:
    def __init__(self, seed, folder):
        self.rng = random.Random(seed)
        self.seed, self.folder = seed, folder

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(content)
        return name

    def flow(self, depth):
        choice = self.rng.random()
        if choice < 0.55 or depth > 2:
            return self.rng.choice(QUOTED + tuple(p for p in PLAIN if not set(p) & set('[]{},#')))
        items = [self.flow(depth + 1) for _ in range(self.rng.randint(0, 3))]
        if choice < 0.75:
            return '[' + ', '.join(item or 'z' for item in items) + ']'
        return '{' + ', '.join(f'{self.rng.choice(KEYS[:6])}{self.rng.choice((": " + item, ": " + item, ""))}' for item in items) + '}'

    def node(self, indent, depth):
        """A block value: what comes behind `key:` or `-`."""
        choice = self.rng.random()
        pad = ' ' * indent
        if choice < 0.35 or depth > 3:
            return ' ' + self.rng.choice(PLAIN + QUOTED) + self.rng.choice(('', '', ' # note')) + '\n'
        if choice < 0.45:
            return ' ' + self.flow(0) + '\n'
        if choice < 0.55:
            text = self.rng.choice(BLOCKS).replace('\n  ', '\n  ' + pad)
            return f" {self.rng.choice('|>')}{self.rng.choice(('', '-', '+'))}\n{pad}  {text}\n" + self.rng.choice(('', '', '\n', '\n\n'))
        if choice < 0.6:
            return ' ' + self.rng.choice(('&p q', '&p', '*p', '!!str 5', '!x 5', '!!int 5', '!!str')) + '\n'
        if choice < 0.8:
            return '\n' + ''.join(f'{pad}-{self.node(indent + 2, depth + 1)}' for _ in range(self.rng.randint(1, 3)))
        return '\n' + ''.join(f'{pad}{self.rng.choice(KEYS)}:{self.node(indent + 2, depth + 1)}'
                              for _ in range(self.rng.randint(1, 4)))

    def yaml(self):
        text = self.node(0, 0).lstrip('\n ')
        text = self.rng.choice(('', '', '', '---\n', '# c\n\n')) + text + self.rng.choice(('', '', '\n', '...\n', '---\nx\n'))
        name = self.write(f'{self.seed}.yaml', text.encode('utf-8', 'surrogatepass'))
        return f"loadYamlContent('{name}')"

    def json(self):
        name = self.write('document.json', json.dumps(DOCUMENT).encode())
        path = self.rng.choice(PATHS) if self.rng.random() < 0.2 else \
            self.rng.choice(('$', '')) + ''.join(self.rng.choice(STEPS) for _ in range(self.rng.randint(1, 3))).lstrip(
                self.rng.choice(('', '.')))
        return "loadJsonContent('%s', '%s')" % (name, path.replace('\\', '\\\\').replace("'", "\\'"))

    def text(self):
        content = self.rng.choice(TEXTS).encode(self.rng.choice(CODECS))
        if self.rng.random() < 0.4:
            content = bytes(self.rng.choice(b'a\xff\xc3\xe2\x82\xac\xf0\x9f\x98\x80\xed\xa0\x00\xd8\xdc\xbf\x90') for _ in range(9))
        name = self.write(f'{self.seed}.bin', content)
        if self.rng.random() < 0.3:
            return f"loadFileAsBase64('{name}')"
        return f"loadTextContent('{name}', '{self.rng.choice(ENCODINGS)}')"

    def directory(self):
        folder = f'{self.seed}.d'
        for name in self.rng.sample(NAMES, self.rng.randint(1, 9)):
            self.write(f'{folder}/{name}', b'')
        self.write(f'{folder}/sub/x.txt', b'')
        written = self.rng.choice((folder, './' + folder, folder + '/', folder + '/sub', 'missing'))
        pattern = self.rng.choice((None,) + PATTERNS)
        return f"loadDirectoryFileInfo('{written}'" + ('' if pattern is None else f", '{pattern}'") + ')'

    def expression(self):
        return self.rng.choice((self.yaml, self.yaml, self.yaml, self.json, self.text, self.directory))()


def compare(bicep, swarmgen, path):
    """What differs, or an empty text; None if swarmgen refuses it and may."""
    answer = bicep.compile(path)
    ours = subprocess.run([swarmgen, 'compile', path, '--stdout'], capture_output=True, check=False)
    said = ours.stderr.decode(errors='replace')
    if not answer.get('success'):
        refusal = answer.get('error') or '; '.join(judge.findings(answer))
        return None if ours.returncode == 1 else f'only the official compiler refuses it: {refusal[:300]}'
    if ours.returncode:
        return None if any(word in said for word in REFUSED) else f'only swarmgen refuses it: {said[:500]}'
    official, made = judge.normalised(answer['contents']), judge.normalised(ours.stdout.decode())
    return '' if official == made else f'official: {official[-600:]}\nswarmgen: {made[-600:]}'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=500)
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    given = parser.parse_args()
    passed, failed, refused = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder, judge.Bicep() as bicep:
        path = os.path.join(folder, 'main.bicep')
        for seed in range(given.seed, given.seed + given.count):
            expression = Loads(seed, folder).expression()
            with open(path, 'w', encoding='utf-8') as file:
                file.write(f'var loaded = {expression}\noutput o object = {{ v: loaded }}\n')
            difference = compare(bicep, given.program, path)
            if difference:
                failed += 1
                print(f'seed {seed}: {expression}\n{difference}')
                if os.path.exists(os.path.join(folder, f'{seed}.yaml')):
                    with open(os.path.join(folder, f'{seed}.yaml'), encoding='utf-8', errors='replace') as file:
                        print(repr(file.read()))
            passed += difference == ''
            refused += difference is None
    print(f'seeds {given.seed}–{given.seed + given.count - 1}; refused: {refused}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0 or passed == 0


if __name__ == '__main__':
    sys.exit(main())
