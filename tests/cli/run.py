#!/usr/bin/env python3
"""The command line as a user meets it: exit status, output folders, --check, what a failed or killed build leaves behind.

Each function `case_…` is one case; it gets an empty folder to work in. Nothing is registered.
"""
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get('SWARMGEN') or next(
    path for path in (os.path.join(ROOT, 'build', preset, 'swarmgen') for preset in ('dev', 'release'))
    if os.path.exists(path))
SMALL = 'name: acme\nworkers: { web: {} }\n'


def run(*words, status=0, **more):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, NO_COLOR='1'), timeout=120, **more)
    assert done.returncode == status, f'{words}: status {done.returncode}, expected {status}\n{done.stdout}{done.stderr}'
    return done


def write(path, text):
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def tree(folder):
    """Every file below `folder` with its bytes."""
    found = {}
    for where, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(where, name)
            with open(path, 'rb') as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def case_snapshot_of_parameters(folder):
    """A template of JSON, one with wrong types, and none."""
    write(f'{folder}/template.json', '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", '
          '"resources": [{"type": "Microsoft.A/b", "apiVersion": "2020-01-01", "name": "made"}]}')
    write(f'{folder}/json.bicepparam', "using 'template.json'\n")
    assert run('snapshot', 'json.bicepparam', cwd=folder).stdout.split() == ['made', 'Microsoft.A/b', 'made']
    # As editors and programs of Windows save it, parameters too.
    write(f'{folder}/marked.json', '\ufeff{"parameters": {"name": {"value": "given"}}}')
    write(f'{folder}/template.json', '\ufeff{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0", '
          '"parameters": {"name": {"type": "string"}}, "resources": [{"type": "Microsoft.A/b", "apiVersion": "2020-01-01", "name": "[parameters(\'name\')]"}]}')
    assert run('snapshot', 'template.json', '-p', 'marked.json', cwd=folder).stdout.split() == ['given', 'Microsoft.A/b', 'given']
    write(f'{folder}/wrong.bicep', 'param x string = 1\n')
    write(f'{folder}/wrong.bicepparam', "using 'wrong.bicep'\n")
    assert run('snapshot', 'wrong.bicepparam', cwd=folder, status=1).stderr.count('SG1250') == 1
    write(f'{folder}/none.bicepparam', 'using none\n')
    assert "'using none' names no template" in run('snapshot', 'none.bicepparam', cwd=folder, status=1).stderr


def case_usage(folder):
    assert "did you mean 'build'?" in run('biuld', status=2).stderr
    assert "did you mean 'check'?" in run('build', '--chekc', status=2).stderr
    assert 'there are: value, completed' in run('build', '--dump', 'nothing', status=2).stderr
    assert 'FILE.bicep' in run('compile', status=2).stderr
    assert 'usage: swarmgen build' in run('build', '--help').stdout
    assert 'validate' in run('--help').stdout
    run(status=2)


def case_build_and_check(folder):
    write(f'{folder}/swarm.yaml', SMALL)
    run('build', cwd=folder)
    first = tree(f'{folder}/azure')
    assert {'main.bicep', 'azuredeploy.json', 'main.bicepparam', 'azuredeploy.parameters.json',
            'scripts/cloud-init/node.sh', 'scripts/cloud-init/loader.yaml', '.swarmgen-manifest.json'} <= set(first)
    run('build', '--check', cwd=folder)
    write(f'{folder}/azure/main.bicep', first['main.bicep'].decode() + '// by hand\n')
    shown = run('build', '--check', cwd=folder, status=3).stdout
    assert '-// by hand' in shown and '+++ ./azure/main.bicep' in shown, shown
    run('build', cwd=folder)
    assert tree(f'{folder}/azure') == first


def case_same_bytes_everywhere(folder):
    made = []
    for name, locale in (('one', 'C'), ('two/deeper', 'tr_TR.UTF-8')):
        write(f'{folder}/{name}/swarm.yaml', SMALL)
        subprocess.run([PROGRAM, 'build', '-q', f'{folder}/{name}'], check=True, env={'LC_ALL': locale, 'TZ': 'Asia/Tokyo'})
        made.append(tree(f'{folder}/{name}/azure'))
    assert made[0] == made[1]


def case_bad_input_leaves_the_old_output(folder):
    write(f'{folder}/swarm.yaml', SMALL)
    run('build', folder)
    before = tree(f'{folder}/azure')
    write(f'{folder}/swarm.yaml', SMALL + 'managers: { cuont: 3 }\n')
    assert "did you mean 'count'?" in run('build', folder, status=1).stderr
    assert tree(f'{folder}/azure') == before


def case_compile_prints_and_writes(folder):
    write(f'{folder}/main.bicep', "output x string = 'y'\n")
    text = run('compile', f'{folder}/main.bicep', '--stdout').stdout
    run('compile', f'{folder}/main.bicep')
    assert tree(folder)['main.json'].decode() == text and not text.endswith('\n')


def case_output_that_cannot_be_written(folder):
    write(f'{folder}/main.bicep', "output x string = 'y'\n")
    os.mkdir(f'{folder}/taken')
    assert 'SG1604' in run('compile', f'{folder}/main.bicep', '-o', f'{folder}/taken', status=1).stderr
    with open('/dev/full', 'w') as full:
        done = subprocess.run([PROGRAM, 'compile', f'{folder}/main.bicep', '--stdout'], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1 and b'No space left' in done.stderr


def case_input_that_is_too_large(folder):
    with open(f'{folder}/main.bicep', 'wb') as file:
        file.write(b'// ')
        file.truncate(65 * 1024 * 1024)
    assert 'SG1603' in run('compile', f'{folder}/main.bicep', '--stdout', status=1).stderr


def case_texts_that_azure_takes_no_longer(folder):
    """At most 131,072 units of UTF-16 each, as the official compiler counts: of a text with holes, what format() is given."""
    path = f'{folder}/main.bicep'
    for text, fits in (('a' * 131072, True), ('é' * 131072, True), ('a' * 131073, False), ("\\'" * 131072, True), ('😀' * 65537, False),
                       ('${resourceGroup().id}' + 'a' * 131069, True), ('${resourceGroup().id}' + 'a' * 131070, False)):
        write(path, f"output o string = '{text}'\n")
        said = run('compile', path, status=0 if fits else 1).stderr
        assert fits or 'SG1259: the length must be at most 131072, not 13107' in said, said[-300:]


def case_what_azure_has_no_room_for(folder):
    write(f'{folder}/long.sh', 'true\n' * 1500)
    write(f'{folder}/swarm.yaml', 'name: acme\nmanagers: { scripts: { after: [{ file: long.sh }] } }\n'
          f'ingress: {{ domain: {"a." * 9000}example }}\n')
    said = run('validate', folder, status=1).stderr
    sizes = [[int(number) for number in re.findall(r'\b\d{4,5}\b', line)] for line in said.splitlines() if 'bytes' in line]
    assert len(sizes) == 2, said
    (stack, secret), (text, room, all_) = sizes
    assert 9000 < text < 9300 and 0 < room < text and all_ == 49149, said
    assert 25600 == secret < stack < 33000, said


def case_a_file_of_somebody_else(folder):
    write(f'{folder}/swarm.yaml', SMALL)
    write(f'{folder}/azure/main.bicep', 'mine')
    assert 'SG1612' in run('build', folder, status=1).stderr
    assert tree(f'{folder}/azure') == {'main.bicep': b'mine'}
    write(f'{folder}/azure/.swarmgen-manifest.json', 'no manifest')
    assert 'SG1611' in run('build', folder, status=1).stderr
    shutil.rmtree(f'{folder}/azure')
    write(f'{folder}/azure/notes.md', 'mine too')
    run('build', folder)
    assert tree(f'{folder}/azure')['notes.md'] == b'mine too'


def case_stale_files_go(folder):
    write(f'{folder}/swarm.yaml', SMALL + 'managers: { scripts: { before: [ { file: own.sh } ] } }\n')
    write(f'{folder}/own.sh', '#!/bin/sh\ntrue\n')
    run('build', folder)
    own = [path for path in tree(f'{folder}/azure') if path.endswith('own.sh')]
    assert len(own) == 1, own
    write(f'{folder}/swarm.yaml', SMALL)
    run('build', folder)
    assert own[0] not in tree(f'{folder}/azure')


def case_no_room(folder):
    write(f'{folder}/swarm.yaml', SMALL)
    run('build', folder)
    before = tree(folder)
    write(f'{folder}/swarm.yaml', SMALL.replace('acme', 'other'))

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, resource.RLIM_INFINITY))
    assert 'SG1610' in run('build', folder, status=1, preexec_fn=little_room).stderr
    after = tree(folder)
    after['swarm.yaml'] = before['swarm.yaml']
    assert after == before


def case_killed_at_any_moment(folder):
    texts = [SMALL, SMALL.replace('acme', 'other').replace('web', 'batch')]
    whole = []
    for text in texts:
        write(f'{folder}/swarm.yaml', text)
        run('build', folder)
        whole.append(tree(f'{folder}/azure'))
    write(f'{folder}/swarm.yaml', texts[0])
    began = time.time()
    run('build', folder)
    usual = time.time() - began
    seen = set()
    for turn in range(60):
        write(f'{folder}/swarm.yaml', texts[turn % 2])
        process = subprocess.Popen([PROGRAM, 'build', '-q', folder])
        time.sleep(random.random() * 1.4 * usual)
        if turn % 7:  # each seventh may finish, on a slow machine too
            process.kill()
        process.wait()
        now = tree(f'{folder}/azure')
        assert now in whole, 'the folder is a mixture of two builds'
        seen.add(whole.index(now))
    assert seen == {0, 1}
    write(f'{folder}/swarm.yaml', texts[0])
    run('build', folder)
    assert sorted(os.listdir(folder)) == ['azure', 'swarm.yaml'], os.listdir(folder)


def case_files_that_stay_the_same_are_not_written(folder):
    def identities():
        files = [os.path.join(place, name) for place, _, names in os.walk(f'{folder}/azure') for name in names]
        return {path: (os.stat(path).st_ino, os.stat(path).st_mtime_ns) for path in files}

    write(f'{folder}/swarm.yaml', SMALL)
    run('build', folder)
    first = identities()
    run('build', folder)
    assert identities() == first
    write(f'{folder}/swarm.yaml', SMALL.replace('web', 'batch'))
    run('build', folder)
    changed = {os.path.basename(path) for path, identity in identities().items() if first[path] != identity}
    assert changed == {'main.bicep', 'main.bicepparam', 'azuredeploy.json', 'azuredeploy.parameters.json'}, changed


def case_console(folder):
    done = subprocess.run([PROGRAM, 'console', '--json'], input="1 + 2\nnope\n'a${1}'\n", capture_output=True,
                          text=True)
    lines = done.stdout.splitlines()
    assert lines[0] == '{"value":3}' and lines[1].startswith('{"error":') and lines[2] == '{"value":"a1"}', lines


def case_build_loads_nothing_of_azure(folder):
    def loads(program):
        done = subprocess.run(['ldd', program], capture_output=True, text=True)
        return [name for name in ('libcurl', 'libcrypto', 'libmicrohttpd') if name in done.stdout]
    assert loads(PROGRAM) == [], loads(PROGRAM)
    assert loads(PROGRAM + '-deploy') == ['libcurl', 'libcrypto'], loads(PROGRAM + '-deploy')


def main():
    passed = failed = 0
    for name, case in sorted(globals().items()):
        if not name.startswith('case_') or (sys.argv[1:] and name[5:] not in sys.argv[1:]):
            continue
        folder = tempfile.mkdtemp()
        try:
            case(folder)
            passed += 1
        except Exception:
            failed += 1
            print(f'FAILED {name[5:]}')
            traceback.print_exc(limit=-2, file=sys.stdout)
        shutil.rmtree(folder)
    print(f'cli: {passed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
