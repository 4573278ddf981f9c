#!/usr/bin/env python3
"""Golden cases: every folder here with an `expected` folder is one; nothing is registered.

The input is swarm.yaml (build), main.bicep (compile), main.bicepparam beside it (compile that), input.txt (console), or
template.json (snapshot; parameters.json beside it).
emit-extension/shop.tgz, which other cases use too, is what `bicep publish-extension shop/index.json --target shop.tgz` makes there.
A folder `library` takes the place of the built-in one. Each file in `expected` asks for what its name says (TABLE):
  diagnostics       standard error, exact         status      exit status, where it is not what `diagnostics` implies
  azuredeploy.json  the template; only ever blessed from the official compiler
  residual, sections, completed, value, main.bicep, tokens, syntax, formatted: what --dump prints
  output: of console and snapshot
  files/NAME        a file of the output folder
  limits            `peak-kib N`: memory of the whole process, in the release build

  run.py [CASE…]            compares          run.py --bless CASE…     rewrites the files that exist in `expected`
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'official'))
import judge

DUMPS = {'tokens': 'compile', 'syntax': 'compile', 'formatted': 'compile', 'value': 'build', 'completed': 'build',
         'residual': 'build', 'sections': 'build', 'main.bicep': 'build'}
RED, GREEN, OFF = ('\033[31m', '\033[32m', '\033[0m') if sys.stdout.isatty() else ('', '', '')


def program(preset):
    return os.path.join(ROOT, 'build', preset, 'swarmgen')


def default_program():
    given = os.environ.get('SWARMGEN')
    return given or next((p for p in (program('dev'), program('release')) if os.path.exists(p)), program('release'))


def read(path):
    with open(path, 'rb') as file:
        return file.read()


class Case:
    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(HERE, name)
        self.expected = os.path.join(self.folder, 'expected')
        has = lambda file: os.path.exists(os.path.join(self.folder, file))
        self.command = 'build' if has('swarm.yaml') else 'console' if has('input.txt') else \
            'compile' if has('main.bicep') else 'snapshot'
        self.parameters = ['--parameters', 'parameters.json'] if has('parameters.json') else []
        self.input = 'main.bicepparam' if has('main.bicepparam') else 'main.bicep'
        self.library = ['--library', 'library'] if has('library') else []
        self.runs = {}

    def wanted(self):
        for where, folders, files in os.walk(self.expected):
            folders.sort()
            for file in sorted(files):
                yield os.path.relpath(os.path.join(where, file), self.expected)

    def run(self, *words, stdin=None, binary=None):
        key = (words, stdin, binary)
        if key not in self.runs:
            done = subprocess.run([binary or default_program(), *words], cwd=self.folder, capture_output=True,
                                  stdin=open(os.path.join(self.folder, stdin)) if stdin else subprocess.DEVNULL,
                                  env=dict(os.environ, LC_ALL='C.UTF-8', NO_COLOR='1'), timeout=120)
            self.runs[key] = done
        return self.runs[key]

    def compile_words(self):
        return ('compile', self.input, '--stdout')

    def build(self):
        """The output folder, built into a temporary one."""
        if not hasattr(self, 'built'):
            self.built = tempfile.mkdtemp()
            self.run('build', 'swarm.yaml', '-o', self.built, '-q', *self.library)
        return self.built

    def main_run(self):
        if self.command == 'console':
            return self.run('console', stdin='input.txt')
        if self.command == 'compile':
            return self.run(*self.compile_words())
        if self.command == 'snapshot':
            return self.run('snapshot', 'template.json', *self.parameters)
        wanted = list(self.wanted())
        stop = next((name for name in ('value', 'completed') if name in wanted), 'azuredeploy.json')
        return self.run('build', 'swarm.yaml', '--dump', stop, *self.library)

    def crashed(self):
        return next((d for d in self.runs.values() if d.returncode < 0 or d.returncode > 5), None)

    def actual(self, name):
        if name == 'diagnostics':
            return self.main_run().stderr
        if name == 'status':
            return b'%d\n' % self.main_run().returncode
        if name == 'output':
            return self.main_run().stdout
        if name == 'azuredeploy.json':
            text = self.main_run().stdout.decode()
            return (judge.normalised(text) if '"_generator"' in text else text).encode()
        if name in DUMPS:
            words = (DUMPS[name], self.input if self.command == 'compile' else 'swarm.yaml', '--dump', name)
            return self.run(*words, *self.library).stdout
        if name.startswith('files/'):
            path = os.path.join(self.build(), name[len('files/'):])
            return read(path) if os.path.exists(path) else b''
        if name == 'limits':
            return self.limits()
        sys.exit(f'{self.name}: nothing makes expected/{name}')

    def limits(self):
        """What was allowed if it was kept, else what was needed."""
        allowed = read(os.path.join(self.expected, 'limits'))
        if not os.path.exists(program('release')):
            return allowed  # the others are slower and larger on purpose
        words = ['build', 'swarm.yaml', *self.library] if self.command == 'build' else list(self.compile_words())
        if self.command == 'build':
            words += ['--dump', 'azuredeploy.json']
        process = subprocess.Popen([program('release'), *words], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        most = int(allowed.split()[1]) if len(allowed.split()) == 2 else 0
        return allowed if usage.ru_maxrss <= most else b'peak-kib %d\n' % usage.ru_maxrss

    def official(self, bicep):
        """What the official compiler makes of this case's Bicep."""
        path = os.path.join(self.folder, self.input)
        if self.command == 'build':
            path = os.path.join(self.build(), 'main.bicep')
        answer = bicep.compile(path)
        if not answer.get('success'):
            sys.exit(f'{self.name}: the official compiler refuses it:\n' + '\n'.join(judge.findings(answer)))
        return judge.normalised(answer['contents']).encode()

    def expected_status(self):
        if os.path.exists(os.path.join(self.expected, 'status')):
            return None  # compared as a file
        diagnostics = os.path.join(self.expected, 'diagnostics')
        failed = os.path.exists(diagnostics) and re.search(rb'(^|: )error SG\d', read(diagnostics))
        return 1 if failed else 0

    def close(self):
        if hasattr(self, 'built'):
            shutil.rmtree(self.built)


def show_difference(case, name, actual):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, os.path.basename(name))
    with open(path, 'wb') as file:
        file.write(actual)
    colour = '--color-words' if sys.stdout.isatty() else '--no-color'
    shown = subprocess.run(['git', 'diff', '--no-index', colour, os.path.join('tests/golden', case.name, 'expected', name),
                            path], cwd=ROOT, capture_output=True, text=True, errors='replace').stdout
    lines = shown.splitlines()
    print('\n'.join(lines[4:64] + (['…'] if len(lines) > 64 else [])))
    shutil.rmtree(folder)


def check(case):
    """Whether the case holds; prints what does not."""
    good = True
    for name in case.wanted():
        actual = case.actual(name)
        if read(os.path.join(case.expected, name)) != actual:
            print(f'{RED}FAILED{OFF} {case.name}: expected/{name}')
            show_difference(case, name, actual)
            good = False
    status = case.expected_status()
    if status is not None and case.main_run().returncode != status:
        print(f'{RED}FAILED{OFF} {case.name}: exit status {case.main_run().returncode}, expected {status}')
        print(case.main_run().stderr.decode(errors='replace')[:4000])
        good = False
    crash = case.crashed()
    if crash:
        print(f'{RED}FAILED{OFF} {case.name}: the program broke down ({crash.returncode})')
        print(crash.stderr.decode(errors='replace')[:4000])
        good = False
    if not good:
        print(f'  again:  tests/golden/run.py {case.name}\n  accept: make bless CASE={case.name}\n')
    return good


def bless(case, bicep):
    for name in case.wanted():
        if name == 'limits':
            continue
        made = case.official(bicep()) if name == 'azuredeploy.json' else case.actual(name)
        path = os.path.join(case.expected, name)
        if read(path) != made:
            with open(path, 'wb') as file:
                file.write(made)
            print(f'{case.name}: expected/{name} rewritten')


def catalogue():
    """Codes of base/diag.def without a case whose diagnostics show them, and cases named after a code they do not show."""
    rows = re.findall(r'^DIAG\((\w+), (\d+),', read(os.path.join(ROOT, 'base/diag.def')).decode(), re.M)
    shown = {}
    for name in names():
        path = os.path.join(HERE, name, 'expected', 'diagnostics')
        shown[name] = set(re.findall(r'SG(\d{4})', read(path).decode(errors='replace'))) if os.path.exists(path) else set()
    elsewhere = {code for path in catalogue_elsewhere() for code in re.findall(r'SG(\d{4})|DIAG_(\w+)', path)}
    problems = []
    for row, number in rows:
        if not any(number in codes and name.startswith(f'SG{number}-') for name, codes in shown.items()) \
                and (number, '') not in elsewhere and ('', row) not in elsewhere:
            problems.append(f'SG{number} ({row}) has no case tests/golden/SG{number}-… that shows it')
    for name, codes in shown.items():
        code = re.match(r'SG(\d{4})-', name)
        if code and code[1] not in codes:
            problems.append(f'{name} does not show SG{code[1]}')
    return problems


def catalogue_elsewhere():
    """Tests of what no input folder can show: a full disk, a folder without write permission."""
    for name in ('tests/unit/bundle_test.c', 'tests/unit/library_test.c', 'tests/cli/run.py'):
        path = os.path.join(ROOT, name)
        if os.path.exists(path):
            yield read(path).decode()


def names():
    return sorted(n for n in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, n, 'expected')))


def main(words):
    if words[:1] == ['--bless']:
        if not words[1:]:
            sys.exit('which case? make bless CASE=NAME')
        started = []

        def bicep():
            if not started:
                started.append(judge.Bicep())
            return started[0]
        for name in words[1:]:
            case = Case(name)
            bless(case, bicep)
            case.close()
        for process in started:
            process.close()
        return 0
    passed = failed = 0
    for name in words or names():
        case = Case(name.rstrip('/').split('/')[-1])
        good = check(case)
        case.close()
        passed, failed = passed + good, failed + (not good)
    if not words:
        problems = catalogue()
        for problem in problems:
            print(f'{RED}FAILED{OFF} catalogue: {problem}')
        passed, failed = passed + (not problems), failed + len(problems)
    print(f'golden: {passed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
