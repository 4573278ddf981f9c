#!/usr/bin/env python3
"""Random expressions: what the official engine makes of them, `swarmgen console --json` must make of them too.

Many expressions go into one parameters file (`using none`), which the official compiler evaluates in one call. One that
its type check refuses is no case; one whose evaluation fails must be an error here as well. Functions that
compiler/evaluate/functions.def does not evaluate are left out.

    tests/official/functions.py [--seed N] [--count N] [--program SWARMGEN]
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import judge

BATCH = 100
STRINGS = ["''", "'a'", "'B'", "'abc'", "'Zebra äß'", "'it\\'s'", "'[x]'", "'{0}'", "'a,b;c,,d'", "'  pad '", "'\\u{1F600}x'",
           "'10'", "'-7'", "'true'", "'x\\ny'", "'''m'x'''", "'aAbB'", "'é'", "'10.0.0.0/16'", "'%20a+b'", "'/p?q=1'"]
INTS = ['0', '1', '2', '3', '5', '7', '-1', '-8', '10', '255', '2147483648', '-2147483649', '9007199254740993']
BASE = ["'10.0.0.0/16'", "'192.168.4.0/22'", "'10.1.2.3/8'", "'172.16.0.0/12'", "'fd00::/48'", "'0.0.0.0/0'"]
JSONS = ["'{\"a\": [1, true, null, \"x\"]}'", "'[]'", "'1'", "'\"s\"'", "'{\"A\":1,\"a\":2}'", "'{'", "'{\"x\": {\"y\": -3}}'"]
DATES = ["'2024-02-29T23:59:58Z'", "'2020-01-31 10:00:00Z'", "'1999-12-31T00:00:00+02:00'"]
SPANS = ["'P1D'", "'PT1H30M'", "'-P1M'", "'P1Y2M3DT4H5M6S'"]
NAMES = ['a', 'b', 'Key', 'x y', 'é', '_1']

# name: (result, argument kinds); '*' repeats the last kind, '?' may be left out. s text, i integer, b truth,
# a list, o object, x anything, S list of texts, I list of integers
FUNCTIONS = [
    ('base64', 's', 's'), ('base64ToString', 's', 'B'), ('base64ToJson', 'x', 'J'), ('dataUri', 's', 's'),
    ('dataUriToString', 's', 'D'), ('endsWith', 'b', 'ss'), ('startsWith', 'b', 'ss'), ('format', 's', 'Fx*'),
    ('guid', 's', 's*'), ('uniqueString', 's', 's*'), ('join', 's', 'Ss'), ('padLeft', 's', 'sRs?'), ('padLeft', 's', 'iR'),
    ('replace', 's', 'sss'), ('split', 'S', 'ss'), ('split', 'S', 'sS'), ('string', 's', 'x'), ('substring', 's', 'sii?'),
    ('toLower', 's', 's'), ('toUpper', 's', 's'), ('trim', 's', 's'), ('uriComponent', 's', 's'),
    ('uriComponentToString', 's', 's'), ('uri', 's', 'ss'), ('array', 'a', 'x'), ('concat', 'a', 'aa*'), ('concat', 's', 'ss*'),
    ('contains', 'b', 'ss'), ('contains', 'b', 'ax'), ('contains', 'b', 'os'), ('distinct', 'a', 'a'), ('empty', 'b', 's'),
    ('empty', 'b', 'a'), ('empty', 'b', 'o'), ('first', 'x', 'a'), ('first', 's', 's'), ('last', 'x', 'a'), ('last', 's', 's'),
    ('flatten', 'a', 'N'), ('indexOf', 'i', 'ss'), ('indexOf', 'i', 'ax'), ('lastIndexOf', 'i', 'ss'), ('lastIndexOf', 'i', 'ax'),
    ('intersection', 'a', 'aa*'), ('intersection', 'o', 'oo*'), ('items', 'a', 'o'), ('objectKeys', 'S', 'o'),
    ('length', 'i', 's'), ('length', 'i', 'a'), ('length', 'i', 'o'), ('max', 'i', 'ii*'), ('max', 'i', 'I'), ('min', 'i', 'ii*'),
    ('min', 'i', 'I'), ('range', 'I', 'RR'), ('shallowMerge', 'o', 'O'), ('skip', 'a', 'ai'), ('skip', 's', 'si'),
    ('take', 'a', 'ai'), ('take', 's', 'si'), ('union', 'a', 'aa*'), ('union', 'o', 'oo*'), ('bool', 'b', 's'), ('bool', 'b', 'i'),
    ('int', 'i', 's'), ('json', 'x', 'J'), ('cidrHost', 's', 'CR'), ('cidrSubnet', 's', 'CRR'), ('parseCidr', 'o', 'C'),
    ('dateTimeAdd', 's', 'TP'), ('dateTimeToEpoch', 'i', 'T'), ('dateTimeFromEpoch', 's', 'i'),
]
BINARY = {'i': ['+', '-', '*', '/', '%'], 'b': ['&&', '||']}


class Expressions:
    def __init__(self, rng, known):
        self.rng = rng
        self.functions = {}
        for name, result, kinds in FUNCTIONS:
            if name in known:
                self.functions.setdefault(result, []).append((name, kinds))
        self.lambdas = known
        self.variables = []

    def pick(self, choices):
        return self.rng.choice(choices)

    def expression(self, kind, deep):
        if kind == 'x':
            kind = self.pick('ssiibaao')
        own = [name for name, of in self.variables if of == kind]
        if own and self.rng.random() < 0.4:
            return self.pick(own)
        if deep <= 0 or self.rng.random() < 0.2:
            return self.literal(kind, deep)
        return self.pick([self.call, self.call, self.call, self.operator, self.lambda_call, self.access])(kind, deep - 1)

    def literal(self, kind, deep):
        lists = {'S': 's', 'I': 'i', 'N': 'a', 'O': 'o'}
        if kind in lists:
            return '[' + ', '.join(self.expression(lists[kind], deep - 1) for _ in range(self.rng.randint(0, 3))) + ']'
        if kind == 'a':
            return '[' + ', '.join(self.expression('x', deep - 1) for _ in range(self.rng.randint(0, 4))) + ']'
        if kind == 'o':
            names = self.rng.sample(NAMES, self.rng.randint(0, 3))
            key = lambda name: name if re.fullmatch('[A-Za-z_][A-Za-z0-9_]*', name) else f"'{name}'"
            return '{ ' + ', '.join(f'{key(n)}: {self.expression("x", deep - 1)}' for n in names) + ' }' if names else '{}'
        if kind == 'b':
            return self.pick(['true', 'false'])
        fixed = {'s': STRINGS, 'i': INTS, 'C': BASE, 'J': JSONS, 'T': DATES, 'P': SPANS}
        if kind in fixed:
            return self.pick(fixed[kind])
        if kind == 'R':
            return str(self.rng.randint(-1, 30))
        if kind == 'F':
            return self.pick(["'{0}'", "'a{0}b{1}'", "'{1}{0}{{x}}'", "'{0,8}|'", "'x'", "'{0}{0}'", "'{2}'"])
        if kind == 'B':
            return self.pick(["'YWJj'", "'w6Q='", "'****'", "base64('x y')", "'YQ'"])
        if kind == 'D':
            return self.pick(["'data:text/plain;charset=utf8;base64,SGVsbG8='", "dataUri('äx')", "'data:,x'"])
        raise ValueError(kind)

    def call(self, kind, deep):
        choices = self.functions.get(kind)
        if not choices:
            return self.literal(kind, deep)
        name, kinds = self.pick(choices)
        arguments = []
        for at, letter in enumerate(kinds):
            follows = kinds[at + 1:at + 2]
            if letter in '*?':
                continue
            times = self.rng.randint(0 if at else 1, 2) if follows == '*' else self.rng.randint(0, 1) if follows == '?' else 1
            arguments += [self.expression(letter, deep) if letter in 'sibaoxSIN' else self.literal(letter, deep)
                          for _ in range(times)]
        return f'{name}({", ".join(arguments)})'

    def operator(self, kind, deep):
        one = lambda k: self.expression(k, deep)
        if kind in BINARY and self.rng.random() < 0.6:
            return f'({one(kind)} {self.pick(BINARY[kind])} {one(kind)})'
        if kind == 'b':
            same = self.pick('si')
            return self.pick([
                lambda: f'!({one("b")})', lambda: f'({one("x")} == {one("x")})', lambda: f'({one("a")} != {one("a")})',
                lambda: f'({one("s")} =~ {one("s")})', lambda: f'({one("s")} !~ {one("s")})',
                lambda: f'({one(same)} {self.pick(["<", "<=", ">", ">="])} {one(same)})'])()
        if kind == 'i' and self.rng.random() < 0.5:
            return f'-({one("i")})'
        if kind == 's' and self.rng.random() < 0.6:
            if "'" in (hole := one('x')) and re.search(r"[\[{]", hole):
                return hole if hole[0] == "'" else f'string({hole})'
            return "'a${" + hole + "}'"
        if kind == 'a' and self.rng.random() < 0.4:
            return f'[...{one("a")}, {one("x")}]'
        if kind == 'o' and self.rng.random() < 0.4:
            return f'{{ ...{one("o")}, q: {one("x")} }}'
        return self.pick([lambda: f'({one("b")} ? {one(kind)} : {one(kind)})', lambda: f'(any(null) ?? {one(kind)})'])()

    def access(self, kind, deep):
        """An item or property that may be missing, with a value for then."""
        index = self.pick(['0', '1', '^1', '?0', '?^2', '-1'])
        if self.rng.random() < 0.5:
            items = '[' + ', '.join(self.expression(kind, deep - 1) for _ in range(self.rng.randint(1, 3))) + ']'
            return f'(any({items})[{index}] ?? {self.literal(kind, 0)})'
        dot = self.pick(['.', '.?'])
        return f'(any({{ a: {self.expression(kind, deep - 1)} }}){dot}{self.pick(["a", "a", "b"])} ?? {self.literal(kind, 0)})'

    def lambda_call(self, kind, deep):
        name = f'v{len(self.variables)}'
        of = self.pick('si')
        source = self.expression({'s': 'S', 'i': 'I'}[of], deep - 1)

        def body(result, *names):
            self.variables += names or [(name, of)]
            text = self.expression(result, deep - 1)
            del self.variables[-len(names or [1]):]
            return text
        pair = [(name, 'i'), (name + 'n', 'i')]
        forms = {
            'a': [lambda: f'map({source}, {name} => {body("x")})', lambda: f'filter({source}, {name} => {body("b")})',
                  lambda: f'map({source}, ({name}, {name}n) => {body("x", (name, of), (name + "n", "i"))})'],
            'S': [lambda: f'map({source}, {name} => {body("s")})'],
            'I': [lambda: f'map({source}, {name} => {body("i")})',
                  lambda: f'sort({self.literal("I", 1)}, ({name}, {name}n) => {name} < {name}n)'],
            'i': [lambda: f'reduce({self.literal("I", 1)}, {self.pick(INTS)}, ({name}, {name}n) => {body("i", *pair)})'],
            'o': [lambda: f'toObject({source}, {name} => string({name}))',
                  lambda: f'toObject({source}, {name} => string({name}), {name} => {body("x")})',
                  lambda: f'groupBy({source}, {name} => {body("s")})',
                  lambda: f'mapValues({self.literal("o", 1)}, {name} => string({name}))'],
        }
        if kind not in forms:
            return self.call(kind, deep)
        text = self.pick(forms[kind])()
        return text if text.split('(')[0] in self.lambdas else self.call(kind, deep)


def evaluated_functions():
    with open(os.path.join(judge.ROOT, 'compiler/evaluate/functions.def')) as file:
        rows = re.findall(r'^FUNCTION\((\w+), *-?\d+, *-?\d+, *(PURE[^,]*), *(\w+)\)', file.read(), re.M)
    return {name for name, flags, call in rows if call != 'NONE' or 'LAMBDA' in flags}


def official(bicep, path, expressions):
    """For each: ('value', v), ('error', text), or None where the type check refuses it or the compiler breaks down."""
    with open(path, 'w', encoding='utf-8', newline='') as file:
        file.write('using none\n' + ''.join(f'param a{i} = {e}\n' for i, e in enumerate(expressions)))
    answer = bicep.compile_params(path)
    if 'error' in answer:  # broke down: which one?
        if len(expressions) == 1:
            return [None]
        half = len(expressions) // 2
        return official(bicep, path, expressions[:half]) + official(bicep, path, expressions[half:])
    if answer.get('success'):
        values = json.loads(answer['parameters'])['parameters']
        return [('value', values[f'a{i}']['value']) for i in range(len(expressions))]
    bad = {}
    for found in answer['diagnostics']:
        if found['level'] == 'Error':
            at = found['range']['start']['line'] - 1
            evaluation = found['code'] == 'BCP338'
            if at not in bad or not evaluation:
                bad[at] = ('error', found['message']) if evaluation else None
    good = [i for i in range(len(expressions)) if i not in bad]
    if len(good) == len(expressions):
        return [None] * len(expressions)
    rest = iter(official(bicep, path, [expressions[i] for i in good]) if good else [])
    return [bad[i] if i in bad else next(rest) for i in range(len(expressions))]


def ours(program, expressions):
    done = subprocess.run([program, 'console', '--json'], input='\n'.join(expressions) + '\n', capture_output=True, text=True,
                          encoding='utf-8', check=False, timeout=120)
    lines = done.stdout.splitlines()
    if len(lines) != len(expressions):
        if len(expressions) == 1:
            return [('crash', done.stderr[-2000:])]
        return [answer for e in expressions for answer in ours(program, [e])]
    answers = [json.loads(line) for line in lines]
    return [('value', a['value']) if 'value' in a else ('error', a['error']) for a in answers]


def same(expected, actual):
    if expected[0] != actual[0]:
        return False
    return expected[0] == 'error' or json.dumps(expected[1]) == json.dumps(actual[1])


def shrink(bicep, program, path, text):
    """The smallest part of the expression, in parentheses or among arguments, that differs by itself."""
    parts = sorted(set(pieces(text)), key=len)
    for at in range(0, len(parts), BATCH):
        some = parts[at:at + BATCH]
        for part, expected, actual in zip(some, official(bicep, path, some), ours(program, some)):
            if expected and not same(expected, actual):
                return part, expected, actual
    return None


def pieces(text):
    """Every piece between an opening bracket or comma and where it ends, and every call with its name."""
    for start in range(len(text)):
        if start and text[start - 1] not in '([{, ':
            continue
        depth, quoted = 0, False
        for end in range(start, len(text)):
            letter = text[end]
            if letter == "'" and text[end - 1:end] != '\\':
                quoted = not quoted
            if quoted:
                continue
            if letter in '([{':
                depth += 1
            elif letter in ')]}':
                depth -= 1
            if depth < 0:
                break
            if depth == 0 and letter in ")]}'" and end > start:
                yield text[start:end + 1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--count', type=int, default=3000)
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/release/swarmgen'))
    given = parser.parse_args()
    print(f'functions: seed {given.seed}')
    known = evaluated_functions()
    passed = refused = errors = 0
    failures = []
    with judge.Bicep() as bicep, tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'main.bicepparam')
        for batch in range(0, given.count, BATCH):
            maker = Expressions(random.Random(f'{given.seed}/{batch}'), known)
            expressions = [maker.expression('x', maker.rng.randint(1, 3)) for _ in range(min(BATCH, given.count - batch))]
            for text, expected, actual in zip(expressions, official(bicep, path, expressions), ours(given.program, expressions)):
                if expected is None:
                    refused += actual[0] != 'crash'
                    if actual[0] == 'crash':
                        failures.append((text, ('refused', ''), actual))
                elif same(expected, actual):
                    passed += 1
                    errors += expected[0] == 'error'
                else:
                    failures.append((text, expected, actual))
        for text, expected, actual in failures[:20]:
            text, expected, actual = shrink(bicep, given.program, path, text) or (text, expected, actual)
            print(f'FAILED {text[:1500]}\n  official {str(expected)[:500]}\n  swarmgen {str(actual)[:500]}')
    if len(failures) > 20:
        print(f'… and {len(failures) - 20} more')
    print(f'{refused} refused by the official type check, {errors} whose evaluation fails')
    print(f'functions: {passed} passed, {len(failures)} failed')
    return bool(failures) or passed == 0


if __name__ == '__main__':
    sys.exit(main())
