#!/usr/bin/env python3
"""The real Azure CLI against the local Resource Manager."""
import json
import os
import subprocess
import sys

import templates
from harness import ROOT, Cli, Emulator, cases

EXAMPLE = os.path.join(ROOT, 'examples', 'linux', 'azure')
SECRETS = {'sshKey': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFake someone', 'windowsPassword': 'Abcdefgh-12345'}


def write(azure, name, value):
    path = os.path.join(azure.scratch, name)
    with open(path, 'w') as file:
        json.dump(value, file)
    return path


def missing_parameters(template):
    """name=value of each parameter without a default, as a person would give them."""
    with open(template) as file:
        declared = json.load(file)['parameters']
    return [f'{name}={SECRETS[name]}' for name, row in declared.items() if name in SECRETS and 'defaultValue' not in row]


def test_what_swarmgen_generates():
    missing = Cli.missing()
    if missing:
        return missing
    with Emulator() as azure:
        az = Cli(azure)
        assert az.run('group', 'create', '-n', 'g', '-l', 'westeurope')['properties']['provisioningState'] == 'Succeeded'
        template = os.path.join(EXAMPLE, 'azuredeploy.json')
        given = ['-g', 'g', '-f', template, '-p', '@' + os.path.join(EXAMPLE, 'azuredeploy.parameters.json'),
                 *missing_parameters(template)]
        valid = az.run('deployment', 'group', 'validate', *given)
        assert len(valid['properties']['validatedResources']) > 40, valid
        before = az.run('deployment', 'group', 'what-if', *given, '--no-pretty-print')
        assert {change['changeType'] for change in before['changes']} == {'Create'}, before
        made = az.run('deployment', 'group', 'create', '-n', 'd', *given)
        assert made['properties']['provisioningState'] == 'Succeeded', made
        assert made['properties']['outputs']['vault']['value'].startswith('acme-'), made
        after = az.run('deployment', 'group', 'what-if', *given, '--no-pretty-print')
        assert {change['changeType'] for change in after['changes']} == {'NoChange'}, [
            change for change in after['changes'] if change['changeType'] != 'NoChange']
        operations = az.run('deployment', 'operation', 'group', 'list', '-g', 'g', '-n', 'd')
        assert len(operations) > 40 and all(item['properties']['provisioningState'] == 'Succeeded' for item in operations)
        listed = az.run('resource', 'list', '-g', 'g', '--query', "[?type=='Microsoft.Compute/virtualMachines'].name")
        assert len(listed) >= 3, listed
    return None


def test_bicep_by_the_official_compiler():
    bicep = os.environ.get('BICEP') or os.path.join(ROOT, 'build', 'tools', 'bicep')
    missing = Cli.missing() or (None if os.path.exists(bicep) else 'no official Bicep CLI')
    if missing:
        return missing
    with Emulator() as azure:
        az = Cli(azure)
        template = os.path.join(azure.scratch, 'main.json')
        subprocess.run([bicep, 'build', os.path.join(EXAMPLE, 'main.bicep'), '--outfile', template], check=True,
                       capture_output=True)
        az.run('group', 'create', '-n', 'g', '-l', 'northeurope')
        made = az.run('deployment', 'group', 'create', '-g', 'g', '-n', 'd', '-f', template, '-p', *missing_parameters(template))
        assert made['properties']['provisioningState'] == 'Succeeded', made
        assert made['properties']['outputs']['vault']['value'].startswith('acme-'), made
    return None


def test_templates_of_others():
    missing = Cli.missing()
    if missing:
        return missing
    with Emulator() as azure:
        az = Cli(azure)
        group = azure.group('g')
        copies, nested = write(azure, 'copies', templates.COPIES), write(azure, 'nested', templates.NESTED)
        made = az.run('deployment', 'group', 'create', '-g', 'g', '-n', 'c', '-f', copies, '-p', 'prefix=ip', 'withIdentity=true')
        assert len(made['properties']['outputs']['addresses']['value']) == 2, made
        made = az.run('deployment', 'group', 'create', '-g', 'g', '-n', 'n', '-f', nested)
        assert made['properties']['outputs']['id']['value'].endswith('/rules'), made
        az.run('deployment', 'sub', 'create', '-n', 's', '-l', 'westeurope', '-f', write(azure, 'whole', templates.WHOLE),
               '-p', 'group=made')
        role = {'type': 'Microsoft.Authorization/roleDefinitions', 'apiVersion': '2022-04-01', 'name': 'role', 'properties': {}}
        for scope, kind, words in [('mg', 'managementGroup', ['--management-group-id', 'acme']), ('tenant', 'tenant', [])]:
            schema = f'https://schema.management.azure.com/schemas/2019-08-01/{kind}DeploymentTemplate.json#'
            made = az.run('deployment', scope, 'create', '-n', 'd', '-l', 'westeurope', *words,
                          '-f', write(azure, scope, templates.template([role], schema=schema)))
            assert made['properties']['outputResources'][0]['id'].endswith('/roleDefinitions/role'), made
        exported = az.run('deployment', 'group', 'export', '-g', 'g', '-n', 'c')
        assert exported['parameters']['prefix'] == {'type': 'string', 'maxLength': 10}, exported
        shown = az.run('resource', 'show', '-g', 'made', '-n', 'who', '--resource-type', 'Microsoft.ManagedIdentity/userAssignedIdentities')
        assert shown['properties']['principalId'], shown
        az.run('deployment', 'group', 'delete', '-g', 'g', '-n', 'c')
        assert [item['name'] for item in azure.get(group + '/providers/Microsoft.Resources/deployments')['value']] == ['outer', 'inner', 'n']
        az.run('group', 'delete', '-n', 'g', '--yes')
        assert azure.call('GET', group)[0] == 404
    return None


def test_what_it_says_of_failures():
    missing = Cli.missing()
    if missing:
        return missing
    with Emulator() as azure:
        az = Cli(azure)
        azure.group('g')
        template = write(azure, 'machine', templates.template(templates.machine()))
        azure.fault('fail:Microsoft.Compute/virtualMachines')
        status, _, said = az.ask('deployment', 'group', 'create', '-g', 'g', '-n', 'd', '-f', template)
        assert status != 0 and 'AllocationFailed' in said and 'DeploymentFailed' in said, said
        azure.fault('quota')
        other = write(azure, 'other', templates.template(templates.machine('other')))
        status, _, said = az.ask('deployment', 'group', 'validate', '-g', 'g', '-f', other)
        assert status != 0 and 'QuotaExceeded' in said, said
        azure.ask('DELETE', '/emulator/faults')
        azure.fault('throttle:2')
        az.run('group', 'show', '-n', 'g')
        status, _, said = az.ask('deployment', 'group', 'cancel', '-g', 'g', '-n', 'd')
        assert status != 0 and 'DeploymentCannotBeCancelled' in said, said
        status, _, said = az.ask('login', '--service-principal', '-u', azure.client, '-p', 'wrong', '--tenant', azure.tenant)
        assert status != 0 and 'AADSTS7000215' in said, said
    return None


if __name__ == '__main__':
    sys.exit(cases(globals()))
