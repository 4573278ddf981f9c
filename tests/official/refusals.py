#!/usr/bin/env python3
"""Breaks correct programs in one place (a name, a literal, an operator, a line) and compares with the official
compiler: what it refuses must be refused, what it still accepts must give the same template. The programs are those of
constructs/*.txt and the library's own files.

    tests/official/refusals.py [--seed N] [--count N] [--program SWARMGEN] [--keep FOLDER]

Azure's own types are not known to swarmgen: a program that is refused for them alone (CODES_OF_AZURE) is no case.
"""
import argparse
import glob
import os
import random
import re
import shutil
import sys
import tempfile

import constructs
import judge

# What only the types of Azure's resources tell.
CODES_OF_AZURE = {'BCP035', 'BCP036', 'BCP037', 'BCP053', 'BCP083', 'BCP073', 'BCP088', 'BCP089', 'BCP135', 'BCP078'}
TOKEN = re.compile(r"'''.*?'''|'(?:\\.|\$\{[^}']*\}|[^'\\\n])*'|//[^\n]*|/\*.*?\*/|[A-Za-z_]\w*|\d+|=>|[=!<>]=|[=!]~|&&|\|\||\?\?|\S",
                   re.S)
LITERALS = ("'text'", '1', 'true', 'null', '[]', '{}', '-1', "'a'", '[1]')
TYPES = ('string', 'int', 'bool', 'object', 'array', 'string?', 'int[]', "'a' | 'b'", '{ x: int }')
OPERATORS = ('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', '??', '=~')
KEYWORDS = ('param', 'var', 'resource', 'module', 'output', 'type', 'func', 'import', 'from', 'existing', 'for', 'in',
            'if', 'targetScope', 'using', 'metadata', 'as')


def replacement(rng, token, names):
    if token in TYPES:
        return rng.choice(TYPES)
    if token[0] in "'0123456789" or token in ('true', 'false', 'null'):
        return rng.choice(LITERALS)
    if token in OPERATORS:
        return rng.choice(OPERATORS)
    if re.match(r'\w', token) and token not in KEYWORDS:
        return rng.choice((rng.choice(names), rng.choice(names), rng.choice(LITERALS), token + 'X'))
    return None


def mutated(rng, text):
    """The text with one change; None if none was found."""
    tokens = [match for match in TOKEN.finditer(text) if not match[0].startswith(('//', '/*'))]
    names = [match[0] for match in tokens if re.match(r'[A-Za-z_]', match[0]) and match[0] not in KEYWORDS] or ['x']
    if rng.random() < 0.2:
        lines = text.split('\n')
        at = rng.randrange(len(lines))
        if rng.random() < 0.3:
            lines.insert(at, lines[at])
        else:
            del lines[at]
        return '\n'.join(lines)
    for _ in range(20):
        match = rng.choice(tokens)
        new = replacement(rng, match[0], names)
        if new is not None and new != match[0]:
            return text[:match.start()] + new + text[match.end():]
    return None


def corpus():
    """[(name, [(file, text)])]: programs that the official compiler accepts, more or less."""
    found = []
    for path in sorted(glob.glob(os.path.join(constructs.HERE, '*.txt'))):
        if not path.endswith('artifacts.txt'):  # a wrong reference would be looked for in the net
            found += constructs.programs(path)
    templates = os.path.join(judge.ROOT, 'templates')
    names = sorted(name for name in os.listdir(templates) if name.endswith('.bicep'))
    beside = {name: open(os.path.join(templates, name), encoding='utf-8').read() for name in names}
    for name in names:
        found.append((name, [(name, beside[name])] + [(other, beside[other]) for other in names if other != name]))
    return found


def codes(errors):
    return {match[1] for match in (re.match(r'\d+: (BCP\d+|[a-z-]+)', error) for error in errors) if match}


def compare(bicep, program, path):
    """What differs, or an empty text; None if only Azure's types tell."""
    wanted, errors = constructs.official_answer(bicep, path)
    if wanted is None and errors and (codes(errors) <= CODES_OF_AZURE or errors[0].startswith('breaks down')):
        return None
    return constructs.compare(bicep, program, path)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--seed', type=int, default=random.randrange(10 ** 9))
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--keep', help='a folder for the programs that differ')
    given = parser.parse_args()
    print(f'seed {given.seed}')
    programs, passed, failed, skipped = corpus(), 0, 0, 0
    with judge.Bicep() as bicep:
        for seed in range(given.seed, given.seed + given.count):
            rng = random.Random(seed)
            title, files = rng.choice(programs)
            text = mutated(rng, files[0][1])
            if text is None:
                continue
            with tempfile.TemporaryDirectory() as folder:
                path = constructs.write(folder, [(files[0][0], text)] + files[1:])
                difference = compare(bicep, given.program, path)
                if difference and given.keep:
                    shutil.copytree(folder, os.path.join(given.keep, str(seed)), dirs_exist_ok=True)
                    with open(os.path.join(given.keep, str(seed), 'difference'), 'w', encoding='utf-8') as file:
                        file.write(difference)
            if difference:
                print(f'---- --seed {seed} --count 1, {title}: {difference}')
            passed += difference == ''
            failed += bool(difference)
            skipped += difference is None
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
