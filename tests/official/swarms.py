#!/usr/bin/env python3
"""Random legal descriptions, each built and judged by the official compiler.

  - the rules: swarmgen accepts what templates/rules.bicep, evaluated officially, accepts (for each tenth description);
  - `--dump completed` is what the types' defaults make of it;
  - main.bicep compiles and lints without a finding, `bicep format` leaves it alone;
  - azuredeploy.json is the official compiler's; main.bicepparam is accepted;
  - snapshot and structure of the library with the completed description equal those of main.bicep.

  swarms.py [--seed N] [--count N] [--only N] [FILE…]      FILE: descriptions (swarm.yaml beside their files) instead
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

import describe
import judge
import structure

SWARM = {'$ref': '#/definitions/Swarm'}
MAKES_ITSELF = ('portainerPassword', 'agentSecret', 'backupKey', 'windowsPassword')


class Judges:
    """Folder, official process and the library's template, compiled and marked once."""

    def __init__(self, bicep, program):
        self.bicep, self.program = bicep, program
        self.folder = os.path.join(judge.ROOT, 'build', f'swarms-{os.getpid()}')
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        describe.write_files(self.folder)
        answer = bicep.compile(os.path.join(describe.TEMPLATES, 'main.bicep'))
        if not answer.get('success') or judge.findings(answer):
            raise SystemExit('templates/main.bicep: ' + '\n'.join(judge.findings(answer)))
        self.library = json.loads(answer['contents'])
        self.write('library.json', json.dumps(structure.marked(structure.untyped(structure.without_rules(self.library)))))
        self.types = describe.Types(bicep)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        return path

    def run(self, *words):
        return subprocess.run([self.program, *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              encoding='utf-8', errors='replace', env=dict(os.environ, NO_COLOR='1'))

    def validate(self, swarm):
        """(legal, diagnostics)"""
        self.write('swarm.yaml', describe.yaml(swarm) + '\n')
        done = self.run('validate', 'swarm.yaml')
        return done.returncode == 0, done.stderr, done.returncode

    # Each judgement is a list of what is wrong.

    def judge(self, swarm, rules=False):
        """All judgements, the cheap ones first; stops at the first that fails."""
        completed = self.types.complete(SWARM, swarm)
        legal, diagnostics, status = self.validate(swarm)
        if status not in (0, 1):
            return [f'validate ended with {status}: {diagnostics[-3000:]}']
        if rules:
            found, why = describe.problems(self.bicep, self.folder, completed)
            if found is None:
                return ['the official compiler refuses the completed description: ' + '\n'.join(why)]
            errors = [p for p in found if p[0] == 'error']
            if legal == bool(errors):
                return [f'legal for swarmgen: {legal}; rules evaluated officially: {errors}\n{diagnostics}']
        if not legal:
            return []
        return self.judge_built('swarm.yaml', completed, whole=rules)

    def judge_built(self, path, completed, whole):
        out = os.path.join(self.folder, 'azure')
        shutil.rmtree(out, ignore_errors=True)
        done = self.run('build', path, '-o', out, '--quiet')
        if done.returncode:
            return [f'build ended with {done.returncode}:\n{done.stderr[-3000:]}']
        dumped = self.run('build', path, '--dump', 'completed')
        problems = structure.differences(completed, json.loads(dumped.stdout), 'completed')
        return problems or self.judge_folder(out, completed, whole)

    def judge_folder(self, out, completed, whole):
        main = os.path.join(out, 'main.bicep')
        answer = self.bicep.compile(main)
        problems = judge.findings(answer)
        if problems or not answer.get('success'):
            return ['main.bicep under the official compiler:'] + problems
        ours = open(os.path.join(out, 'azuredeploy.json'), encoding='utf-8', newline='').read()
        if judge.normalised(ours) != judge.normalised(answer['contents']) or not judge.is_canonical(ours):
            return ['azuredeploy.json is not what the official compiler makes of main.bicep'] + \
                text_difference(judge.normalised(answer['contents']), judge.normalised(ours))
        text = open(main, encoding='utf-8', newline='').read()
        formatted = self.bicep.format(main)
        if formatted != text:
            return ['bicep format changes main.bicep'] + text_difference(formatted or '', text)
        if whole:
            wrong = judge.findings(self.bicep.compile_params(os.path.join(out, 'main.bicepparam')))
            if wrong:
                return ['main.bicepparam:'] + wrong
            files, wrong = describe.called(self.bicep, self.folder, completed, 'files', 'main.bicep')
            if wrong:
                return ['files of templates/main.bicep:'] + wrong
            for name, text in files.items():
                if open(os.path.join(out, name), encoding='utf-8', newline='').read() != text:
                    return [f'{name} is not what the official compiler makes of templates/main.bicep']
        residual = json.loads(answer['contents'])
        split = self.split(completed)
        return structure.parameter_differences(self.library, residual, split, self.needless(completed)) \
            or self.judge_sides(out, completed, residual, whole)

    def split(self, completed):
        """The residual's parameters that are one key of one of the library's."""
        split = {structure.split_name('capacity', key): ('capacity', pool['count']) for key, pool in completed['workers'].items()}
        split.update({structure.split_name('secrets', key): ('secrets', None) for key, secret in completed['secrets'].items()
                      if secret['kind'] == 'parameter'})
        return split

    def needless(self, completed):
        """Parameters of the library that this description has no use for: {'swarm'} is bound."""
        needless = {'swarm', 'capacity', 'secrets'}
        if not any(pool['os'] == 'windows' for pool in completed['workers'].values()) \
                and completed['managers']['os'] != 'windows' and completed['jumpbox']['kind'] != 'windows':
            needless.add('windowsPassword')
        if not (completed['stack']['enabled'] and completed['stack']['portainer']['enabled']):
            needless |= {'portainerPassword', 'agentSecret'}
        if not completed['backup'].get('enabled', completed['storage']['enabled']):
            needless.add('backupKey')
        return needless

    def parameters(self, completed, residual):
        """Texts of the two parameter files."""
        same = {'location': 'westeurope', 'adminUsername': 'ops', 'sshKey': 'ssh-ed25519 AAAA x'}
        if len(completed['name']) % 2:
            del same['adminUsername']
        same.update({name: f'value of {name}' for name in MAKES_ITSELF if name in residual['parameters']})
        capacity = {key: pool['count'] + 1 for key, pool in list(completed['workers'].items())[::2]}
        secrets = {key: f'value of {key}' for key, secret in completed['secrets'].items() if secret['kind'] == 'parameter'}
        left = {'swarm': completed, **same, 'capacity': capacity, 'secrets': secrets}
        left.setdefault('windowsPassword', 'value of windowsPassword')
        right = {**same, **{structure.split_name('capacity', k): v for k, v in capacity.items()},
                 **{structure.split_name('secrets', k): v for k, v in secrets.items()}}
        return left, right

    def judge_sides(self, out, completed, residual, whole=False):
        """Both judges on the compiled templates; `whole`: the first also on the Bicep files themselves."""
        left, right = self.parameters(completed, residual)
        self.write('residual.json', json.dumps(structure.marked(residual)))
        sides, why = self.snapshots(('library.json', left), ('residual.json', right))
        if why:
            return why
        problems = structure.snapshot_differences(*sides) or structure.structure_differences(*sides)
        if problems or not whole:
            return problems
        templates = os.path.relpath(describe.TEMPLATES, self.folder)
        sides, why = self.snapshots((f'{templates}/main.bicep', left), (f'{os.path.relpath(out, self.folder)}/main.bicep', right))
        return why or structure.snapshot_differences(*sides)

    def snapshots(self, *templates):
        """The snapshots of (template, parameters), or what went wrong."""
        found = []
        for template, values in templates:
            lines = ''.join(f'param {name} = {describe.literal(value)}\n' for name, value in values.items())
            path = self.write('side.bicepparam', f"using '{template}'\n" + lines)
            side, why = structure.take_snapshot(self.bicep, path)
            if why:
                return None, [f'no snapshot of {template}: {why}']
            found.append(side)
        return found, None


def text_difference(expected, actual):
    import difflib
    return list(difflib.unified_diff(expected.splitlines(), actual.splitlines(), 'official', 'swarmgen', lineterm='', n=2))[:40]


def generate(judges, describer):
    """A description that swarmgen accepts: what its diagnostics point at is taken out. And how many were thrown away."""
    thrown = 0
    while True:
        swarm = describer.swarm()
        for _ in range(10):
            legal, diagnostics, _ = judges.validate(swarm)
            if legal:
                return swarm, thrown
            lines = [int(n) for n in re.findall(r'^swarm\.yaml:(\d+):\d+: error', diagnostics, re.M)]
            if not remove_lines(swarm, lines):
                break
        thrown += 1


def remove_lines(swarm, lines):
    """Takes out the settings that stand in these lines of the description's text."""
    places = line_places(swarm)
    removed = False
    for place in sorted({places[n - 1] for n in lines if 0 < n <= len(places)}, reverse=True, key=str):
        if place in (('name',),):
            continue
        owner = swarm
        try:
            for key in place[:-1]:
                owner = owner[key]
            del owner[place[-1]]
            removed = True
        except (KeyError, IndexError):
            pass
    return removed


def line_places(value, at=()):
    """The place of the setting that begins in each line that describe.yaml writes."""
    places = []
    for key, item in value.items():
        here = (*at, key)
        places.append(here)
        if isinstance(item, dict) and item:
            places += line_places(item, here)
        elif isinstance(item, list) and item:
            for index, part in enumerate(item):
                places += line_places(part, (*here, index)) if isinstance(part, dict) and part else [(*here, index)]
    return places


def shrink(judges, swarm, rules, seconds=60):
    """A smaller description that fails too."""
    end = time.time() + seconds
    progress = True
    while progress and time.time() < end:
        progress = False
        for candidate in describe.smaller(swarm):
            if time.time() > end:
                break
            try:
                if judges.judge(candidate, rules):
                    swarm, progress = candidate, True
                    break
            except (KeyError, AttributeError):
                continue
    return swarm


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--count', type=int, default=500)
    parser.add_argument('--only', type=int, help='just the description of this number')
    parser.add_argument('--program', default=os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/release/swarmgen'))
    parser.add_argument('--failures', type=int, default=5, help='stop after so many')
    parser.add_argument('--no-shrink', action='store_true')
    given = parser.parse_args()
    print(f'swarms: seed {given.seed}')
    passed = thrown = 0
    failures = []
    with judge.Bicep() as bicep:
        judges = Judges(bicep, os.path.abspath(given.program))
        for number in [given.only] if given.only is not None else range(given.count):
            describer = describe.Describer(judges.types, random.Random(f'{given.seed}/{number}'))
            swarm, more = generate(judges, describer)
            thrown += more
            rules = number % 10 == 0
            problems = judges.judge(swarm, rules)
            if not problems:
                passed += 1
                continue
            failures.append(number)
            print(f'FAILED description {number}:')
            print('\n'.join(problems[:12])[:6000])
            small = swarm if given.no_shrink else shrink(judges, swarm, rules)
            print('the smallest that fails:\n' + describe.yaml(small))
            if small != swarm:
                print('\n'.join(judges.judge(small, rules)[:6])[:3000])
            print(f'  again: tests/official/swarms.py --seed {given.seed} --only {number}\n', flush=True)
            if len(failures) >= given.failures:
                break
        judges.close()
    print(f'{thrown} descriptions thrown away, {passed + len(failures)} of {given.count} judged')
    print(f'swarms: {passed} passed, {len(failures)} failed')
    return bool(failures)


if __name__ == '__main__':
    sys.exit(main())
