#!/usr/bin/env python3
"""Random webs of files against the official compiler: types deep within each other, values of them (some wrong), variables
and functions, imported by name, by another name and as a whole, also what the other file imported; modules with such
parameters, and a parameters file that extends another. Both must give the same, or both must refuse.

    tests/official/webs.py [--seed N] [--count N] [--program SWARMGEN] [--keep FOLDER]
"""
import argparse
import os
import random
import re
import shutil
import sys
import tempfile

import constructs
import judge
from choices import Choices

OWN_NAME = re.compile(r'\b_?(choice|[tsij])\d', re.I)
WRONG = 0.06  # of the programs' values, in programs that may have wrong ones


class Web(Choices):
    """Files of declarations. A type is (Bicep text, function that gives a value of it)."""

    def __init__(self, seed):
        super().__init__(random.Random(seed))
        self.wrong = WRONG if self.chance(0.3) else 0
        self.count = 0
        self.plain = False
        self.files = {}
        self.exports = {}  # file: [(kind, name, type, what it is called with)]

    def name(self, prefix):
        self.count += 1
        return self.pick(prefix, prefix.upper(), f'_{prefix}') + str(self.count)

    # ---- types and their values

    def value(self, known):
        """Text of a value of the type, sometimes of another one."""
        return self.pick("'wrong'", '12345', 'null', '{}', '[]', 'true', '{ kind: 1 }') if self.chance(self.wrong) else known[1]()

    def simple(self):
        return self.pick(('string', lambda: self.pick("'a'", "'b c'", "'${1}x'", "toUpper('q')")),
                         ('int', lambda: self.pick('0', '7', '-3', '1 + 2', "length('abc')")),
                         ('bool', lambda: self.pick('true', 'false', '!true', "'a' == 'b'")))

    def type(self, scope, depth=0):
        if depth > 3 or self.chance(0.3):
            named = [item for item in scope if item[0] == 'type']
            if named and self.chance(0.6):
                found = self.rng.choice(named)
                return found[1], lambda: self.value(found[2])
            return self.simple()
        return self.rng.choice((self.array, self.tuple, self.object, self.object, self.literals, self.nullable,
                                self.tagged))(scope, depth)

    def array(self, scope, depth):
        text, make = inner = self.type(scope, depth + 1)
        text = f'({text})' if '|' in text or text.endswith('?') else text
        return text + '[]', lambda: '[' + ', '.join(self.value(inner) for _ in range(self.rng.randint(0, 3))) + ']'

    def tuple(self, scope, depth):
        items = [self.type(scope, depth + 1) for _ in range(self.rng.randint(1, 3))]
        return ('[' + ', '.join(text for text, _ in items) + ']',
                lambda: '[' + ', '.join(self.value(item) for item in items) + ']')

    def properties(self, scope, depth, tag=None):
        items = [('kind', (f"'{tag}'", lambda: f"'{tag}'"))] if tag else []
        return items + [(self.pick(f'p{i}', f"'q-{i}'", f'r{i}'), self.type(scope, depth + 1))
                        for i in range(self.rng.randint(0, 3))]

    def decorators(self, text):
        if self.plain:  # in the types of a function they cannot stand
            return []
        if text == 'string' and self.chance(0.3):
            return [self.pick('@minLength(1)', '@maxLength(20)', '@secure()', "@description('text')")]
        if text == 'int' and self.chance(0.3):
            return [self.pick('@minValue(-5)', '@maxValue(100)', "@metadata({ a: [1, null] })")]
        return []

    def object_text(self, items, rest=None):
        lines = []
        for name, (text, _) in items:
            lines += self.decorators(text) + [f'{name}: {text}']
        return '{\n' + '\n'.join(lines + ([f'*: {rest[0]}'] if rest else [])) + '\n}'

    def object_value(self, items, rest=None):
        parts = [f'{name}: {self.value(known)}' for name, known in items
                 if not (known[0].endswith('?') and self.chance(0.5))]
        if rest and self.chance(0.5):
            parts.append(f'more: {self.value(rest)}')
        if self.chance(self.wrong):
            parts = parts[1:] or ['unknown: 1']
        return '{ ' + ', '.join(parts) + ' }'

    def object(self, scope, depth):
        items = self.properties(scope, depth)
        rest = self.type(scope, depth + 1) if self.chance(0.2) else None
        return self.object_text(items, rest), lambda: self.object_value(items, rest)

    def literals(self, scope, depth):
        some = self.pick(["'a'", "'b'", "'c d'"], ['1', '2', '-7'], ["'x'"], ['true'], ['1', '5'])
        return ' | '.join(some), lambda: self.rng.choice(some)

    def nullable(self, scope, depth):
        text, make = inner = self.type(scope, depth + 1)
        if text.endswith('?'):
            return inner
        return (f'({text})?' if '|' in text else text + '?'), lambda: 'null' if self.chance(0.3) else self.value(inner)

    def tagged(self, scope, depth):
        """Only a statement may have the decorator: it is declared, and named here."""
        if depth == 0 or not self.current:
            return self.object(scope, depth)
        members = [self.properties(scope, depth + 1, tag) for tag in ('a', 'b')]
        name = self.name('choice')
        self.lines.append("@discriminator('kind')\n" + f'type {name} = ' + ' | '.join(map(self.object_text, members)))
        return name, lambda: self.object_value(self.rng.choice(members))

    # ---- files

    def import_some(self, scope, other, path):
        """Adds what is imported from the other file to `scope`."""
        exported = [item for item in self.exports[other]  # of types that can be said here
                    if item[0] == 'type' or not any(OWN_NAME.search(known[0]) for known in item[2:])]
        if not exported:
            return
        if self.chance(0.4):
            space = self.name('s')
            self.lines.insert(0, f"import * as {space} from '{path}'")
            scope += [(kind, f'{space}.{name}', *more) for kind, name, *more in exported]
            return
        chosen = self.rng.sample(exported, self.rng.randint(1, len(exported)))
        parts = []
        for kind, name, *more in chosen:
            local = self.name('i') if self.chance(0.5) else name
            if any(item[1] == local for item in scope):
                local = self.name('j')
            parts.append(name if local == name else f'{name} as {local}')
            scope.append((kind, local, *more))
        self.lines.insert(0, 'import { ' + ', '.join(parts) + f" }} from '{path}'")

    def use(self, scope, kinds=('var', 'func')):
        """(type, text) of something that is known here; None if nothing is."""
        some = [item for item in scope if item[0] in kinds]
        if not some:
            return None
        kind, name, known, *parameter = self.rng.choice(some)
        return known, f'{name}({self.value(parameter[0])})' if kind == 'func' else name

    def declare(self, scope, exporting):
        export = self.pick('@export()\n', "@export()\n@description('what')\n", '') if exporting else ''
        kind = self.pick('type', 'type', 'var', 'func')
        self.plain = kind == 'func'
        name, known = self.name(kind[0]), self.type(scope)
        if kind == 'type':
            if known[0].endswith('?'):  # a parameter of it has no default
                known = self.object(scope, 1)
            if known[0].startswith('{') and self.chance(0.3):
                export += '@sealed()\n' if '*:' not in known[0] else ''
            elif known[0].startswith('{') and self.chance(0.3):  # it may hold itself
                known = (known[0][:-1] + f'self: {name}?\n}}', known[1])
            self.lines.append(f'{export}type {name} = {known[0]}')
            item = (kind, name, known)
        elif kind == 'var':
            value = self.value(known)
            typed = self.chance(0.4)
            self.lines.append(f'{export}var {name} {known[0] + " " if typed else ""}= {value}')
            item = (kind, name, known if typed else (known[0], lambda: value))
        else:
            parameter, used = self.type(scope), self.use(scope)
            body = used[1] if used and self.chance(0.3) else self.value(known)
            result = used[0] if used and body == used[1] else known
            self.lines.append(f'{export}func {name}(a {parameter[0]}) {result[0]} => {body}')
            item = (kind, name, result, parameter)
        self.plain = False
        scope.append(item)
        return item if '@export' in export else None

    def file(self, name, exporting):
        self.lines, scope, self.current = [], [], name
        for other in self.rng.sample(sorted(self.exports), min(len(self.exports), self.rng.randint(0, 2))):
            self.import_some(scope, other, os.path.relpath(other, os.path.dirname(name) or '.'))
        exported = [self.declare(scope, exporting) for _ in range(self.rng.randint(2, 5))]
        return scope, [item for item in exported if item]

    def web(self):
        for name in ('a.bicep', 'lib/b.bicep', 'lib/c.bicep')[:self.rng.randint(1, 3)]:
            _, exported = self.file(name, True)
            self.files[name], self.exports[name] = '\n'.join(self.lines) + '\n', exported
        module = self.main('part.bicep', [])
        parameters = self.main('main.bicep', module)
        self.values(parameters)
        return self.files

    def main(self, name, module):
        scope, _ = self.file(name, False)
        parameters = []
        for _ in range(self.rng.randint(1, 4)):
            known, own = self.type(scope), self.name('p')
            default = '' if known[0].endswith('?') or self.chance(0.5) else f' = {self.value(known)}'
            self.lines.append(f'param {own} {known[0]}{default}')
            parameters.append((own, known, bool(default)))
            scope.append(('param', own, known))
        if module:
            given = [f'{own}: {self.argument(known, scope)}' for own, known, free in module if not free or self.chance(0.5)]
            self.lines.append("module m 'part.bicep' = {\nparams: {\n" + '\n'.join(given) + '\n}\n}')
        for _ in range(self.rng.randint(1, 4)):
            known, text = self.use(scope, ('var', 'func', 'param')) or (self.simple(), None)
            self.lines.append(f"output {self.name('o')} {known[0]} = {text or self.value(known)}")
        self.files[name] = '\n'.join(self.lines) + '\n'
        return parameters

    def argument(self, known, scope):
        same = [name for kind, name, other, *_ in scope if kind != 'type' and kind != 'func' and other[0] == known[0]]
        return self.rng.choice(same) if same and self.chance(0.5) else self.value(known)

    def values(self, parameters):
        """main.bicepparam, and base.bicepparam that it extends."""
        self.lines, scope = [], []
        for other in self.rng.sample(sorted(self.exports), min(len(self.exports), self.rng.randint(0, 2))):
            self.import_some(scope, other, other)
        based, own = [], []
        for name, known, free in parameters:
            if free and self.chance(0.5):
                continue
            if self.chance(0.4):
                based.append(f'param {name} = {self.value(known)}')
                if self.chance(0.3):
                    own.append(f'param {name} = base.{name}')
            else:
                own.append(f'param {name} = {self.argument(known, scope)}')
        self.files['base.bicepparam'] = 'using none\n' + '\n'.join(based) + '\n'
        extends = "extends 'base.bicepparam'\n" if based else ''
        self.files['main.bicepparam'] = f"using 'main.bicep'\n{extends}" + '\n'.join(self.lines + own) + '\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=500)
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--keep', help='a folder for the webs that differ')
    given = parser.parse_args()
    passed = failed = refused = 0
    with judge.Bicep() as bicep:
        for seed in range(given.seed, given.seed + given.count):
            files = Web(seed).web()
            with tempfile.TemporaryDirectory() as folder:
                constructs.write(folder, list(files.items()))
                for name in ('main.bicep', 'main.bicepparam'):
                    difference, shown = constructs.compare(bicep, given.program, os.path.join(folder, name))
                    passed += not difference
                    failed += bool(difference)
                    refused += shown.startswith('refused')
                    if difference:
                        print(f'--- --seed {seed} --count 1: {name}: {difference}')
                        if given.keep:
                            shutil.copytree(folder, os.path.join(given.keep, str(seed)), dirs_exist_ok=True)
    print(f'seeds {given.seed}–{given.seed + given.count - 1}; refused by both: {refused}')
    print(f'{passed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
