#!/usr/bin/env python3
"""Compares reading and printing of random programs with the official compiler: what it formats, swarmgen formats to
the same bytes; what it refuses to read, swarmgen refuses, and nothing else.

    tests/official/syntax.py [--seed N] [--count N] [--program SWARMGEN] [--keep FOLDER]
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

import judge
from random_programs import NEWLINE, Mangler, Programs, mutated, plain

# Diagnostics of the official lexer and parser.
SYNTAX_CODES = {f'BCP{number:03}' for number in (
    *range(1, 24), 24, 64, 68, 87, 96, 97, 103, 117, 118, 123, 130, 133, 136, 140, 162, 167, 201, 202, 226, 236, 237,
    238, 243, 249, 257, 266, 279, 300, 305, 317, 322, 325, 337, 344, 346, 347, 354, 355, 356, 375, 404, 436)}


def diagnostics(official, path):
    """Codes of errors in reading; None if unknown."""
    if path.endswith('.bicepparam'):
        answer = official.call('compileParams', path=path, parameterOverrides={})
    else:
        answer = official.call('compile', path=path)
    if 'error' in answer:
        return None
    return [item['code'] for item in answer['diagnostics']
            if item['level'].lower() == 'error' and item['code'] in SYNTAX_CODES]


def compare(official, swarmgen, path):
    """What differs, or an empty text; None if the official compiler fails itself."""
    ours = subprocess.run([swarmgen, 'compile', '--dump', 'formatted', path], capture_output=True, check=False)
    refused = diagnostics(official, path)
    if refused is not None and bool(refused) != (ours.returncode != 0):
        return f'official {refused}, swarmgen {ours.returncode}: {ours.stderr.decode()[:300]}'
    if ours.returncode != 0:
        return None if refused is None else ''
    formatted = official.call('format', path=path)
    if 'error' in formatted:
        return None
    return '' if formatted['contents'].encode() == ours.stdout else 'formatted differently'


def write_program(folder, seed):
    """A program for the seed: mangled, of a parameters file, or broken."""
    rng = random.Random(seed)
    programs = Programs(rng)
    kind = rng.random()
    path = os.path.join(folder, f'{seed}.bicep')
    if kind < 0.4:
        programs.depth = 4
        if kind < 0.08:
            path += 'param'
            text = plain(mutated(programs.parameters(), rng))
        else:
            text = plain(mutated(programs.statement() + [NEWLINE, 'var', 'z', '=', '1', NEWLINE], rng))
    else:
        mangler = Mangler(rng, rng.choice((0, 0.02, 0.05, 0.12)), rng.random() < 0.7)
        if kind < 0.5:
            path += 'param'
            text = mangler.text(programs.parameters())
        else:
            text = mangler.text(programs.program())
    with open(path, 'w', newline='', encoding='utf-8') as file:
        file.write(text)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--program', default=os.path.join(judge.ROOT, 'build/dev/swarmgen'))
    parser.add_argument('--seed', type=int, default=random.randrange(10 ** 9))
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--keep', help='write the programs here and leave them')
    options = parser.parse_args()
    print(f'seed {options.seed}')
    folder = os.path.abspath(options.keep) if options.keep else tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    official = judge.Bicep()
    same = unknown = different = 0
    for seed in range(options.seed, options.seed + options.count):
        path = write_program(folder, seed)
        difference = compare(official, options.program, path)
        if difference:
            different += 1
            with open(path, encoding='utf-8', newline='') as file:
                print(f'--- --seed {seed} --count 1: {difference}\n{file.read()}')
        unknown += difference is None
        same += difference == ''
    official.close()
    if not options.keep:
        shutil.rmtree(folder)
    if unknown > same:
        print('the official compiler gives too few answers')
        different += 1
    print(f'{same} passed, {different} failed, {unknown} skipped')
    return different > 0


if __name__ == '__main__':
    sys.exit(main())
