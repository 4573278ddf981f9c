#!/usr/bin/env python3
"""Would the judges notice? Each mutation is a mistake that a specialiser could make; the judges of swarms.py must see
each of them in the template of one description, and must see nothing in the template as it is."""
import copy
import json
import os
import sys

import judge
import structure
import swarms

DESCRIPTION = {
    'name': 'acme', 'contact': 'ops@acme.example', 'managers': {'count': 1},
    'workers': {'web': {'count': 2, 'autoscale': {'min': 2, 'max': 5, 'cpu': 70}}, 'bc': {'os': 'windows'}},
    'jumpbox': {'kind': 'linux', 'sources': ['203.0.113.0/24']}, 'secrets': {'token': {}},
}


def with_options(template):
    return [r for r in template['resources'].values() if '@options' in r]


def all_options_lost(template):
    for resource in with_options(template):
        del resource['@options']


def one_option_lost(template):
    del with_options(template)[-1]['@options']


def option_elsewhere(template):
    plain = next(r for r in template['resources'].values() if '@options' not in r and not r.get('existing'))
    plain['@options'] = {'onlyIfNotExists': []}


def retry_added(template):
    plain = next(r for r in template['resources'].values() if '@options' not in r and not r.get('existing'))
    plain['@options'] = {'retryOn': [['ResourceNotFound'], 3]}


def retry_count_changed(template):
    resource = with_options(template)[0]
    resource['@options'] = {**resource['@options'], 'retryOn': [['ResourceNotFound'], 4]}


def edges(template):
    deployed = {n: r for n, r in template['resources'].items() if not r.get('existing')}
    return deployed, structure.closure({n: {d for d in r.get('dependsOn', []) if d in deployed} for n, r in deployed.items()})


def dependency_lost(template):
    """One that no other path implies."""
    deployed, before = edges(template)
    for resource in deployed.values():
        waits = resource.get('dependsOn', [])
        for target in waits:
            if target in deployed and not any(target in before[other] for other in waits if other != target and other in before):
                waits.remove(target)
                return
    raise SystemExit('mutations: no dependency to lose')


def dependency_added(template):
    deployed, before = edges(template)
    for name, resource in deployed.items():
        for target in deployed:
            if target != name and target not in before[name] and name not in before[target]:
                resource.setdefault('dependsOn', []).append(target)
                return
    raise SystemExit('mutations: no dependency to add')


def dependencies_all_lost(template):
    for resource in template['resources'].values():
        resource.pop('dependsOn', None)


def secret_default_literal(template):
    template['parameters']['portainerPassword']['defaultValue'] = 'swordfish'


def other_location(template):
    template['parameters']['location']['defaultValue'] = 'westeurope'


def security_lost(template):
    template['parameters']['secretToken']['type'] = 'string'


def default_added(template):
    template['parameters']['sshKey']['defaultValue'] = 'ssh-ed25519 AAAA x'


def capacity_changed(template):
    template['parameters']['webCapacity']['defaultValue'] += 1


def limit_lost(template):
    del template['parameters']['windowsPassword']['minLength']


def parameter_lost(template):
    """Its value takes its place, so that the snapshot stays as it was."""
    del template['parameters']['adminUsername']
    text = json.dumps(template).replace("parameters('adminUsername')", "'ops'").replace('"[\'ops\']"', '"ops"')
    template.clear()
    template.update(json.loads(text))


def condition_added(template):
    next(iter(template['resources'].values()))['condition'] = "[equals(parameters('adminUsername'), deployment().name)]"


def resource_lost(template):
    template['resources'].popitem()


def output_lost(template):
    template['outputs'].popitem()


MUTATIONS = [all_options_lost, one_option_lost, option_elsewhere, retry_added, retry_count_changed, dependency_lost,
             dependency_added, dependencies_all_lost, secret_default_literal, other_location, security_lost,
             default_added, capacity_changed, limit_lost, parameter_lost, condition_added, resource_lost, output_lost]


def main():
    program = os.environ.get('SWARMGEN') or os.path.join(judge.ROOT, 'build/release/swarmgen')
    passed = failed = 0
    with judge.Bicep() as bicep:
        judges = swarms.Judges(bicep, program)
        completed = judges.types.complete(swarms.SWARM, DESCRIPTION)
        judges.validate(DESCRIPTION)
        out = os.path.join(judges.folder, 'azure')
        done = judges.run('build', 'swarm.yaml', '-o', out, '--quiet')
        if done.returncode:
            raise SystemExit(done.stderr)
        residual = json.loads(bicep.compile(os.path.join(out, 'main.bicep'))['contents'])
        left, right = judges.parameters(completed, residual)
        library, why = judges.snapshots(('library.json', left))
        if why:
            raise SystemExit('\n'.join(why))

        def seen(template):
            problems = structure.parameter_differences(judges.library, template, judges.split(completed), judges.needless(completed))
            if problems:
                return problems
            values = {name: value for name, value in right.items() if name in template['parameters']}
            judges.write('residual.json', json.dumps(structure.marked(template)))
            other, why_not = judges.snapshots(('residual.json', values))
            if why_not:
                return why_not
            return structure.snapshot_differences(library[0], other[0]) or structure.structure_differences(library[0], other[0])

        for mutation in [None, *MUTATIONS]:
            template = copy.deepcopy(residual)
            if mutation:
                mutation(template)
            problems = seen(template)
            good = bool(problems) == bool(mutation)
            name = mutation.__name__ if mutation else 'nothing changed'
            print(f'{"ok" if good else "FAILED"} {name}: {problems[0][:150] if problems else "nothing seen"}', flush=True)
            passed, failed = passed + good, failed + (not good)
        judges.close()
    print(f'mutations: {passed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
