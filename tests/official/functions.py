#!/usr/bin/env python3
"""Operators and functions against Azure's own engine: random expressions, asked of the official compiler (as parameters
of a .bicepparam, which it evaluates) and of `swarmgen console --json`.

  functions.py [--count N] [--seed N] [EXPRESSION…]

What the official compiler refuses for its types alone, without evaluating it, is not compared.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import judge

TEXTS = ['', 'a', 'B', 'abc', 'ABC', 'a-b_c', 'a,b;c', ' x ', 'é', 'Ärger', '😀z', '10.0.0.0/16', '12', '-7', 'True', 'it\'s',
         'x=1&y=2', 'aGk=', 'line\nend', '${', 'zone1', 'Zone10', '{0}', '"', 'tab\t']
KEYS = ['a', 'b', 'A1', 'b_2', 'B2', 'zone', 'x-y', 'name']
RANGES = ['10.0.0.0/16', '10.1.2.0/24', '192.168.0.0/20', '172.16.5.0/30', '10.0.0.0/8', 'fd00:1::/48', '10.0.0.4/31', '1.2.3.4/32']


def quoted(text):
    text = text.replace('\\', '\\\\').replace("'", "\\'").replace('\n', '\\n').replace('\t', '\\t').replace('${', '\\${')
    return f"'{text}'"


class Expressions:
    """Expressions of a wanted type; `names` are lambda variables in reach, by type."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.fresh = 0

    def pick(self, depth, names, rows):
        usable = [row for row in rows if depth > 0 or row[0] == 0]
        return self.random.choice(usable)[1]()

    def named(self, names, kind):
        return [name for name, of in names if of == kind]

    def text(self, d, n=()):
        t, i, a, b = (lambda: self.text(d - 1, n)), (lambda: self.integer(d - 1, n)), (lambda: self.texts(d - 1, n)), (lambda: self.boolean(d - 1, n))
        rows = [(0, lambda: quoted(self.random.choice(TEXTS)))] * 3 + [(0, lambda name=name: name) for name in self.named(n, 'text')]
        return self.pick(d, n, rows + [
            (1, lambda: f'toLower({t()})'), (1, lambda: f'toUpper({t()})'), (1, lambda: f'trim({t()})'),
            (1, lambda: f'replace({t()}, {quoted(self.random.choice(TEXTS[1:]))}, {t()})'),
            (1, lambda: f'substring({t()}, {self.small()})'), (1, lambda: f'take({t()}, {i()})'), (1, lambda: f'skip({t()}, {self.small()})'),
            (1, lambda: f'join({a()}, {t()})'), (1, lambda: f'string({i()})'), (1, lambda: f'string({b()})'),
            (1, lambda: f'string({self.anything(d - 1, n)})'), (1, lambda: f'string({self.thing(d - 1, n)})'),
            (1, lambda: f"format('<{{0}}|{{1,6}}|{{2,-4}}>', {t()}, {i()}, {b()})"), (1, lambda: f"format('{{0}}', {self.thing(d - 1, n)})"),
            (1, lambda: f"format('{{0:D4}} {{1:X}} {{1:x8}} {{0:N0}}', {i()}, {self.small()})"),
            (1, lambda: f'padLeft({t()}, {self.small()}, \'0\')'), (1, lambda: f'padLeft({i()}, {self.small()})'),
            (1, lambda: f'uniqueString({t()})'), (1, lambda: f'uniqueString({t()}, {t()})'), (1, lambda: f'guid({t()})'),
            (1, lambda: f'guid({t()}, {t()}, {t()})'), (1, lambda: f'base64({t()})'), (1, lambda: f'base64ToString(base64({t()}))'),
            (1, lambda: f'uriComponent({t()})'), (1, lambda: f'uriComponentToString(uriComponent({t()}))'), (1, lambda: f'dataUri({t()})'),
            (1, lambda: f'dataUriToString(dataUri({t()}))'), (1, lambda: f'concat({t()}, {t()})'),
            (1, lambda: f'({b()} ? {t()} : {t()})'), (1, lambda: "'" + f'${{{t()}}}-${{{i()}}}' + "'"),
            (1, lambda: f'cidrSubnet({quoted(self.random.choice(RANGES))}, {self.random.randint(16, 30)}, {self.small()})'),
            (1, lambda: f'cidrHost({quoted(self.random.choice(RANGES))}, {self.small()})'),
            (1, lambda: f'last({t()})'), (1, lambda: f'first(concat(\'q\', {t()}))'),
            (1, lambda: f'(first({a()}) ?? {t()})'), (1, lambda: f'({self.thing(d - 1, n)}.?b ?? {t()})'),
        ])

    def small(self):
        return str(self.random.randint(0, 6))

    def integer(self, d, n=()):
        t, i, a = (lambda: self.text(d - 1, n)), (lambda: self.integer(d - 1, n)), (lambda: self.integers(d - 1, n))
        rows = [(0, lambda: str(self.random.choice([0, 1, 2, 3, 7, 10, 255, 1000, 65536])))] * 2
        rows += [(0, lambda name=name: name) for name in self.named(n, 'integer')]
        return self.pick(d, n, rows + [
            (1, lambda: f'({i()} + {i()})'), (1, lambda: f'({i()} - {i()})'), (1, lambda: f'({i()} * {self.small()})'),
            (1, lambda: f'({i()} / {self.random.randint(1, 9)})'), (1, lambda: f'({i()} % {self.random.randint(1, 9)})'), (1, lambda: f'(-{i()})'),
            (1, lambda: f'length({t()})'), (1, lambda: f'length({a()})'), (1, lambda: f'length({self.thing(d - 1, n)})'),
            (1, lambda: f'indexOf({t()}, {t()})'), (1, lambda: f'lastIndexOf({t()}, {t()})'), (1, lambda: f'indexOf({a()}, {i()})'),
            (1, lambda: f'min({i()}, {i()})'), (1, lambda: f'max({i()}, {i()}, {i()})'), (1, lambda: f'int(string({i()}))'),
            (1, lambda: f'int({quoted(self.random.choice(TEXTS))})'), (1, lambda: self.reduced(d, n)),
            (1, lambda: f"parseCidr({quoted(self.random.choice(RANGES))}).cidr"), (1, lambda: f'(last({a()}) ?? {i()})'),
        ])

    def boolean(self, d, n=()):
        t, i, b = (lambda: self.text(d - 1, n)), (lambda: self.integer(d - 1, n)), (lambda: self.boolean(d - 1, n))
        return self.pick(d, n, [(0, lambda: self.random.choice(['true', 'false']))] + [
            (1, lambda: f'({i()} {self.random.choice(["<", "<=", ">", ">=", "==", "!="])} {i()})'),
            (1, lambda: f'({t()} {self.random.choice(["<", "<=", ">", ">=", "==", "!=", "=~", "!~"])} {t()})'),
            (1, lambda: f'({b()} && {b()})'), (1, lambda: f'({b()} || {b()})'), (1, lambda: f'!{b()}'),
            (1, lambda: f'contains({t()}, {t()})'), (1, lambda: f'contains({self.texts(d - 1, n)}, {t()})'),
            (1, lambda: f'contains({self.thing(d - 1, n)}, {quoted(self.random.choice(KEYS))})'),
            (1, lambda: f'startsWith({t()}, {t()})'), (1, lambda: f'endsWith({t()}, {t()})'), (1, lambda: f'empty({t()})'),
            (1, lambda: f'empty({self.texts(d - 1, n)})'), (1, lambda: f'empty({self.thing(d - 1, n)})'), (1, lambda: f'bool(string({b()}))'),
            (1, lambda: f'({self.thing(d - 1, n)} == {self.thing(d - 1, n)})'), (1, lambda: f'({self.texts(d - 1, n)} == {self.texts(d - 1, n)})'),
        ])

    def variable(self):
        self.fresh += 1
        return f'v{self.fresh}'

    def reduced(self, d, n):
        sum_, item = self.variable(), self.variable()
        inner = (*n, (sum_, 'integer'), (item, 'integer'))
        return f'reduce({self.integers(d - 1, n)}, {self.integer(d - 1, n)}, ({sum_}, {item}) => ({sum_} + {self.integer(d - 1, inner)}))'

    def listed(self, d, n, kind, one, many):
        def walk(function, body):
            item = self.variable()
            return f'{function}({many(d - 1, n)}, {item} => {body((*n, (item, kind)))})'
        def sorted_():
            left, right = self.variable(), self.variable()
            return f'sort({many(d - 1, n)}, ({left}, {right}) => {left} {self.random.choice("<>")} {right})'
        def indexed():
            item, index = self.variable(), self.variable()
            return f'map({many(d - 1, n)}, ({item}, {index}) => {one(d - 1, (*n, (item, kind), (index, "integer")))})'
        several = lambda: '[' + ', '.join(one(d - 1, n) for _ in range(self.random.randint(0, 4))) + ']'
        return self.pick(d, n, [(0, lambda: '[' + ', '.join(one(0, n) for _ in range(self.random.randint(0, 4))) + ']'), (1, several),
            (1, lambda: walk('map', lambda inner: one(d - 1, inner))), (1, lambda: walk('filter', lambda inner: self.boolean(d - 1, inner))),
            (1, sorted_), (1, indexed), (1, lambda: f'concat({many(d - 1, n)}, {many(d - 1, n)})'),
            (1, lambda: f'union({many(d - 1, n)}, {many(d - 1, n)})'), (1, lambda: f'intersection({many(d - 1, n)}, {many(d - 1, n)})'),
            (1, lambda: f'take({many(d - 1, n)}, {self.integer(0, n)})'), (1, lambda: f'skip({many(d - 1, n)}, {self.small()})'),
            (1, lambda: f'flatten([{many(d - 1, n)}, {many(d - 1, n)}])'), (1, lambda: f'distinct({many(d - 1, n)})'),
            (1, lambda: f'[...{many(d - 1, n)}, {one(d - 1, n)}]')])

    def texts(self, d, n=()):
        if d > 0 and self.random.random() < 0.25:
            return self.random.choice([lambda: f"split({self.text(d - 1, n)}, ',')", lambda: f"split({self.text(d - 1, n)}, ['-', ';', 'b'])",
                                       lambda: f'objectKeys({self.thing(d - 1, n)})',
                                       lambda: f'map(items({self.thing(d - 1, n)}), e => e.key)'])()
        return self.listed(d, n, 'text', self.text, self.texts)

    def integers(self, d, n=()):
        if d > 0 and self.random.random() < 0.2:
            return f'range({self.small()}, {self.small()})'
        return self.listed(d, n, 'integer', self.integer, self.integers)

    def thing(self, d, n=()):
        """An object."""
        keys = self.random.sample(KEYS, self.random.randint(0, 4))
        literal = lambda: '{' + ', '.join(f'{quoted(k)}: {self.text(d - 1, n)}' for k in keys) + '}'
        def made(function):
            item = self.variable()
            inner = (*n, (item, 'text'))
            return f'{function}({self.texts(d - 1, n)}, {item} => {self.random.choice([item, f"take({item}, 1)", f"toLower({item})"])}, {item} => {self.text(d - 1, inner)})'
        def mapped():
            value = self.variable()
            return f"mapValues({self.thing(d - 1, n)}, {value} => '${{{value}}}!')"
        return self.pick(d, n, [(0, literal), (1, lambda: f'union({self.thing(d - 1, n)}, {self.thing(d - 1, n)})'),
            (1, lambda: f'intersection({self.thing(d - 1, n)}, {self.thing(d - 1, n)})'), (1, lambda: made('toObject')), (1, lambda: made('groupBy')),
            (1, mapped), (1, lambda: f'shallowMerge([{self.thing(d - 1, n)}, {self.thing(d - 1, n)}])'),
            (1, lambda: f'parseCidr({quoted(self.random.choice(RANGES))})'), (1, lambda: f'json(string({self.thing(d - 1, n)}))'),
            (1, lambda: '{' + f'...{self.thing(d - 1, n)}, {quoted(self.random.choice(KEYS))}: {self.anything(d - 1, n)}' + '}')])

    def anything(self, d, n=()):
        return self.random.choice([self.text, self.integer, self.boolean, self.texts, self.integers, self.thing])(d, n)


def official_answers(bicep, expressions, folder):
    """('value', v), ('error', text) or None where nothing was evaluated."""
    answers = [None] * len(expressions)
    path = os.path.join(folder, 'ask.bicepparam')

    def ask(indexes):
        with open(path, 'w') as file:
            file.write('using none\n' + ''.join(f'param a{i} = {expressions[i]}\n' for i in indexes))
        result = bicep.call('compileParams', path=path, parameterOverrides={})
        if not result.get('error') and result['success']:
            values = json.loads(result['parameters'])['parameters']
            for i in indexes:
                answers[i] = ('value', values[f'a{i}'].get('value'))
        elif len(indexes) == 1:
            messages = [result['error']] if result.get('error') else [d['message'] for d in result['diagnostics'] if d['level'] == 'Error']
            if any(m.startswith('Failed to evaluate') for m in messages):
                answers[indexes[0]] = ('error', messages[0])
        else:
            middle = len(indexes) // 2
            ask(indexes[:middle])
            ask(indexes[middle:])
    for start in range(0, len(expressions), 40):
        ask(list(range(start, min(start + 40, len(expressions)))))
    return answers


def our_answers(program, expressions):
    done = subprocess.run([program, 'console', '--json'], input='\n'.join(expressions) + '\n', capture_output=True, text=True, timeout=300)
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != len(expressions):
        sys.exit(f'console: {len(lines)} answers to {len(expressions)} expressions\n{done.stderr[:4000]}')
    return [json.loads(line) for line in lines]


def same(official, ours):
    if official[0] == 'error':
        return 'error' in ours
    return 'value' in ours and json.dumps(official[1]) == json.dumps(ours['value'])


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--count', type=int, default=3000)
    options.add_argument('--seed', type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument('expressions', nargs='*')
    given = options.parse_args()
    made = Expressions(given.seed)
    expressions = given.expressions or [made.anything(made.random.randint(1, 4)) for _ in range(given.count)]
    program = os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen')
    ours = our_answers(program, expressions)
    with tempfile.TemporaryDirectory() as folder, judge.Bicep() as bicep:
        official = official_answers(bicep, expressions, folder)
    failed = compared = 0
    for expression, theirs, mine in sorted(zip(expressions, official, ours), key=lambda row: len(row[0])):
        if theirs is None:
            continue
        compared += 1
        if not same(theirs, mine):
            failed += 1
            if failed <= 20:
                print(f'FAILED {expression}\n  official: {json.dumps(theirs, ensure_ascii=False)[:300]}\n  ours:     {json.dumps(mine, ensure_ascii=False)[:300]}')
    print(f'seed {given.seed}: {compared} of {len(expressions)} expressions were evaluated by both')
    print(f'functions: {compared - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
