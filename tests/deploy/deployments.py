#!/usr/bin/env python3
"""Deployments of the local Resource Manager: templates that swarmgen did not make, refusals, what-if, stacks, restarts."""
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time

from harness import Emulator, cases
from templates import COPIES, NESTED, WHOLE, assignment, machine, network, secret, template, vault


def properties(deployment):
    assert 'properties' in deployment, deployment
    return deployment['properties']


def good(deployment):
    found = properties(deployment)
    assert found['provisioningState'] == 'Succeeded', json.dumps(found.get('error'))
    return {name: output['value'] for name, output in (found.get('outputs') or {}).items()}


def codes(error):
    """The codes of an error and all that is in it, also as JSON in a text."""
    found = [error['code']]
    message = error.get('message', '')
    if message.startswith('{'):
        found += codes(json.loads(message)['error'])
    for detail in error.get('details', []):
        found += codes(detail)
    return found


def refused(answer, *wanted):
    error = answer['error'] if 'error' in answer else properties(answer)['error']
    found = codes(error)
    assert all(code in found for code in wanted), (wanted, error)
    return json.dumps(error)


def states(azure, scope, name):
    operations = azure.get(f'{scope}/deployments/{name}/operations')['value']
    return {operation['properties']['targetResource']['resourceName']: operation['properties']
            for operation in operations if 'targetResource' in operation['properties']}


def test_copies_conditions_and_keys():
    with Emulator() as azure:
        group = azure.group('g')
        outputs = good(azure.deploy(group, 'd', COPIES, {'prefix': {'value': 'ip'}, 'count': {'value': 3}}))
        addresses = {resource['name']: resource['properties'] for resource in
                     azure.get(group + '/providers/Microsoft.Network/publicIPAddresses')['value']}
        assert outputs['addresses'] == [addresses[f'ip{i}']['ipAddress'] for i in range(3)], outputs
        assert len(set(outputs['addresses'])) == 3 and outputs['keys'] == 2, outputs
        assert addresses['ip1']['dnsSettings']['fqdn'].endswith('.westeurope.cloudapp.azure.com'), addresses
        assert outputs['blob'].startswith('https://st') and 'who' not in states(azure, group, 'd')
        found = azure.get(f'{group}/providers/Microsoft.Resources/deployments/d')
        assert 'value' not in properties(found)['parameters']['key'], found
        assert len(properties(found)['outputResources']) == 4, found


def test_nested_deployments():
    with Emulator() as azure:
        group = azure.group('g')
        outputs = good(azure.deploy(group, 'd', NESTED))
        assert outputs['id'].endswith('/networkSecurityGroups/rules'), outputs
        names = {deployment['name']: deployment['properties']['provisioningState'] for deployment in
                 azure.get(group + '/providers/Microsoft.Resources/deployments')['value']}
        assert names == {'d': 'Succeeded', 'inner': 'Succeeded', 'outer': 'Succeeded'}, names
        net = azure.get(group + '/providers/Microsoft.Network/virtualNetworks/net')
        assert net['properties']['subnets'][0]['properties']['networkSecurityGroup']['id'] == outputs['id'], net


def test_a_deployment_of_the_subscription():
    with Emulator() as azure:
        outputs = good(azure.deploy('/subscriptions/' + azure.subscription, 'd', WHOLE, {'group': {'value': 'made'}}))
        who = azure.get(azure.group_scope + 'made/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who')
        assert outputs['principal'] == who['properties']['principalId'], outputs


def test_templates_that_are_wrong():
    with Emulator() as azure:
        group = azure.group('g')
        long = azure.deploy(group, 'd', COPIES, {'prefix': {'value': 'much-too-long'}})
        assert 'prefix' in refused(long, 'InvalidTemplate'), long
        refused(azure.deploy(group, 'd', COPIES), 'InvalidTemplate')
        refused(azure.deploy(group, 'd', COPIES, {'prefix': {'value': 'a'}, 'other': {'value': 1}}), 'InvalidTemplate')
        circle = [network(), {**network(), 'name': 'other'}]
        circle[0]['dependsOn'], circle[1]['dependsOn'] = ['other'], ['net']
        assert 'ircular' in refused(azure.deploy(group, 'd', template(circle)), 'InvalidTemplate')
        refused(azure.deploy(group, 'd', template([{**network(), 'dependsOn': ['nobody']}])), 'InvalidTemplate')
        assert azure.get(group + '/providers/Microsoft.Resources/deployments')['value'] == []
        refused(azure.deploy(azure.group_scope + 'none', 'd', COPIES), 'ResourceGroupNotFound')
        # A key without quotes, as the Azure CLI sends it.
        path = f'{group}/providers/Microsoft.Resources/deployments/d'
        body = b'{"properties":{"mode":"Incremental", template:' + json.dumps(template([network()])).encode() + b'}}'
        azure.token = azure.sign_in()
        status, _, _ = azure.ask('PUT', path + '?api-version=2022-09-01', body,
                                 {'Authorization': 'Bearer ' + azure.token, 'Content-Type': 'application/json'})
        assert status == 201, status


WRONG = {  # what is wrong in it; its line and column, counted as Azure does, behind the first token
    "parameter 'p' at line '3' and column '31'": ('"parameters": {\n  "a": {"type": "int"}, "p": {"type": "string"}}, "resources": []', {'a': 1}),
    "resource '[nobody()]' at line '3' and column '2'": (
        '"resources": [\n{\n"type": "A.B/c", "apiVersion": "1", "name": "[nobody()]"}]', {}),
    "'copy' definition at line '3' and column '10'": (
        '"resources": [{"type": "A.B/c", "apiVersion": "1", "name": "x",\n"copy": {"name": "c", "count": -1}}]', {}),
    "assertion 'small' at line '3' and column '24'": (
        '"resources": [], "asserts": {\n"small": "[less(2, 1)]", "x": true}', {}),
    "resource 'pod' at line '3' and column '9' is of the extension 'kubernetes'": (
        '"languageVersion": "2.0", "resources": {\n"pod": {"extension": "kubernetes", "type": "core/Pod@v1", "properties": {}}}', {}),
}


def test_where_a_template_is_wrong():
    with Emulator() as azure:
        path = azure.group('g') + '/providers/Microsoft.Resources/deployments/d'
        azure.token = azure.sign_in()
        for where, (text, given) in WRONG.items():
            values = json.dumps({name: {'value': value} for name, value in given.items()})
            body = f'{{"properties": {{"mode": "Incremental", "parameters": {values}, template:{{\n{text}}}}}}}'
            body = body.replace('template:{\n', 'template:{"contentVersion": "1.0.0.0",\n').encode()
            status, _, said = azure.ask('PUT', path + '?api-version=2022-09-01', body,
                                        {'Authorization': 'Bearer ' + azure.token, 'Content-Type': 'application/json'})
            assert status == 400 and where in said['error']['message'], (where, said)


def test_what_is_too_large():
    loop = {**network('a'), 'name': "[concat('n', copyIndex())]", 'tags': {'much': 'x' * 9000},
            'copy': {'name': 'all', 'count': 500}}
    with Emulator() as azure:
        group = azure.group('g')
        refused(azure.deploy(group, 'd', template([loop])), 'JobSizeExceeded')
        status, _, said = azure.full('PUT', group + '/providers/Microsoft.Resources/deployments/d', {'x': 'x' * 4194304})
        assert status == 413 and said['error']['code'] == 'RequestContentTooLarge', said


def test_what_would_take_all_memory():
    whole = "[map(range(0, 10000), lambda('x', map(range(0, 10000), lambda('y', range(0, 10000)))))]"
    twice = ("[reduce(range(0, 40), createArray(1), lambda('a', 'i', createArray(lambdaVariables('a'), "
             "lambdaVariables('a'))))]")
    with Emulator() as azure:
        group = azure.group('g')
        for value in (whole, twice):
            for more in ({'variables': {'v': value}}, {'outputs': {'v': {'type': 'array', 'value': value}}},
                         {'resources': [{**network('a'), 'tags': {'much': value}}]}):
                said = refused(azure.deploy(group, 'd', {**template([]), **more}), 'InvalidTemplate')
                assert 'exceeds the limit' in said, said
        with open(f'/proc/{azure.process.pid}/status') as file:
            peak = int(re.search(r'VmHWM:\s+(\d+) kB', file.read())[1])
        assert peak < 600000, peak
        good(azure.deploy(group, 'd', template([network('a')])))


def test_policies():
    with Emulator('policy:Microsoft.Network/virtualNetworks:No networks here') as azure:
        group = azure.group('g')
        within = {'type': 'Microsoft.Resources/deployments', 'apiVersion': '2022-09-01', 'name': 'inner', 'properties': {
            'mode': 'Incremental', 'expressionEvaluationOptions': {'scope': 'inner'}, 'template': template([network()])}}
        for order in [network()], [within]:
            said = refused(azure.deploy(group, 'd', template(order)), 'InvalidTemplateDeployment', 'RequestDisallowedByPolicy')
            assert 'No networks here' in said, said
        status, said = azure.put(group + '/providers/Microsoft.Network/virtualNetworks/n', network())
        assert status == 403 and said['error']['code'] == 'RequestDisallowedByPolicy', said


OTHER = '33333333-3333-3333-3333-333333333333'


def test_another_subscription():
    def order(group, subscription=OTHER):
        return template([{'type': 'Microsoft.Resources/deployments', 'apiVersion': '2022-09-01', 'name': 'there',
                          'subscriptionId': subscription, 'resourceGroup': group, 'properties': {
                              'mode': 'Incremental', 'expressionEvaluationOptions': {'scope': 'inner'},
                              'template': template([network()], outputs={'id': {
                                  'type': 'string', 'value': "[resourceId('Microsoft.Network/virtualNetworks', 'net')]"}})}}],
                        outputs={'id': {'type': 'string', 'value': f"[reference(resourceId('{subscription}', '{group}', "
                                        "'Microsoft.Resources/deployments', 'there'), '2022-09-01').outputs.id.value]"}})
    with Emulator(subscriptions=[OTHER]) as azure:
        here, there = azure.group('g'), f'/subscriptions/{OTHER}/resourceGroups/shared'
        assert azure.put(there, {'location': 'northeurope'})[0] == 201
        assert [item['name'] for item in azure.get(f'/subscriptions/{OTHER}/resourcegroups')['value']] == ['shared']
        outputs = good(azure.deploy(here, 'd', order('shared')))
        assert outputs['id'] == there + '/providers/Microsoft.Network/virtualNetworks/net', outputs
        assert azure.get(outputs['id'])['name'] == 'net'
        assert azure.get(here + '/resources')['value'] == []
        refused(azure.deploy(here, 'd', order('nothing')), 'ResourceGroupNotFound')
        refused(azure.deploy(here, 'd', order('shared', OTHER.replace('3', '4'))), 'SubscriptionNotFound')


def test_management_groups_and_the_tenant():
    schema = 'https://schema.management.azure.com/schemas/2019-08-01/{}DeploymentTemplate.json#'
    with Emulator() as azure:
        group = '/providers/Microsoft.Management/managementGroups/acme'
        for scope, kind, said in [(group, 'managementGroup', "[managementGroup().id]"), ('', 'tenant', "[tenant().tenantId]")]:
            role = {'type': 'Microsoft.Authorization/roleDefinitions', 'apiVersion': '2022-04-01', 'name': 'r' + kind,
                    'properties': {'roleName': 'r'}}
            order = template([role], schema=schema.format(kind), outputs={'it': {'type': 'string', 'value': said}})
            outputs = good(azure.deploy(scope, 'd', order))
            assert outputs['it'] == (group if scope else azure.tenant), outputs
            assert azure.get(f'{scope}/providers/Microsoft.Authorization/roleDefinitions/r{kind}')['name'] == 'r' + kind


def test_what_resource_providers_refuse():
    with Emulator() as azure:
        group = azure.group('g')
        good(azure.deploy(group, 'd', template(machine())))
        good(azure.deploy(group, 'd', template(machine())))
        for changed in [{'data': 'b3RoZXI='}, {'password': 'Other-Other-1'}]:
            refused(azure.deploy(group, 'd', template(machine(**changed))), 'DeploymentFailed', 'PropertyChangeNotAllowed')
        read = azure.get(group + '/providers/Microsoft.Compute/virtualMachines/vm')['properties']
        assert len(read['vmId']) == 36 and 'adminPassword' not in read['osProfile'], read
        address = azure.get(group + '/providers/Microsoft.Network/networkInterfaces/vm')
        assert address['properties']['ipConfigurations'][0]['properties']['privateIPAddress'] == '10.0.0.4', address
        lost = machine()
        del lost[1]['dependsOn'], lost[0]
        refused(azure.deploy(azure.group('empty'), 'd', template(lost)), 'InvalidResourceReference')
        good(azure.deploy(group, 'd', template([assignment('a')])))
        refused(azure.deploy(group, 'd', template([assignment('b')])), 'RoleAssignmentExists')
        refused(azure.deploy(group, 'd', template([{**network(), 'location': 'eastus'}])), 'InvalidResourceLocation')


def test_quota_and_sizes():
    with Emulator('quota:standardDSv5Family', 'sold-out:Standard_B2s_v2') as azure:
        group = azure.group('g')
        text = refused(azure.deploy(group, 'd', template(machine())), 'InvalidTemplateDeployment', 'QuotaExceeded')
        assert 'standardDSv5Family' in text and 'Additional Required: 2' in text, text
        refused(azure.deploy(group, 'd', template(machine(size='Standard_B2s_v2'))), 'SkuNotAvailable')
        refused(azure.deploy(group, 'd', template(machine(size='Standard_X9'))), 'SkuNotAvailable')
        good(azure.deploy(group, 'd', template(machine(size='Standard_D2as_v5'))))
        scope = f'/subscriptions/{azure.subscription}/providers/Microsoft.Compute'
        usage = {item['name']['value']: item for item in azure.get(scope + '/locations/westeurope/usages')['value']}
        assert (usage['standardDASv5Family']['currentValue'], usage['standardDSv5Family']['limit']) == (2, 0), usage
        sizes = {item['name']: item for item in azure.get(scope + "/skus?$filter=location%20eq%20'westeurope'")['value']}
        assert sizes['Standard_B2s_v2']['restrictions'] and not sizes['Standard_D2s_v5']['restrictions']
        assert sizes['Standard_D2s_v5']['locationInfo'][0]['zones'] == ['1', '2', '3']


def test_a_failure_skips_what_depends_on_it():
    with Emulator('fail:Microsoft.Network/networkInterfaces:ZonalAllocationFailed') as azure:
        group = azure.group('g')
        text = refused(azure.deploy(group, 'd', template(machine())), 'DeploymentFailed', 'ResourceDeploymentFailure',
                       'ZonalAllocationFailed')
        assert 'terminal provisioning state' in text
        found = states(azure, group, 'd')
        assert 'net' in found and found['net']['provisioningState'] == 'Succeeded', found
        assert found['vm']['provisioningState'] == 'Failed' and found['vm']['statusCode'] == 'Conflict', found
        assert found['vm']['targetResource']['resourceType'] == 'Microsoft.Network/networkInterfaces', found
        azure.ask('DELETE', '/emulator/faults')
        good(azure.deploy(group, 'd', template(machine())))


def test_time_order_and_cancel():
    with Emulator(speed=100) as azure:
        group = azure.group('g')
        path = f'{group}/providers/Microsoft.Resources/deployments/d'
        status, headers, body = azure.full('PUT', path, {'properties': {'mode': 'Incremental', 'template': template(machine())}})
        assert (status, properties(body)['provisioningState']) == (201, 'Accepted') and headers['Retry-After'] == '1', headers
        status, body = azure.put(path, {'properties': {'mode': 'Incremental', 'template': template([])}})
        assert (status, body['error']['code']) == (409, 'DeploymentActive'), body
        assert azure.wait(headers['Azure-AsyncOperation'])[1]['status'] == 'Succeeded'
        begun = {item['properties']['targetResource']['resourceType'].split('/')[1]: item['properties']
                 for item in azure.get(f'{group}/deployments/d/operations')['value'] if 'targetResource' in item['properties']}
        ends = [begun[kind]['timestamp'] for kind in ('virtualNetworks', 'networkInterfaces', 'virtualMachines')]
        assert ends == sorted(ends) and begun['virtualMachines']['duration'].startswith('PT0.'), begun
        slow = azure.group('slow')
        azure.put(f'{slow}/providers/Microsoft.Resources/deployments/d',
                  {'properties': {'mode': 'Incremental', 'template': template([{
                      'type': 'Microsoft.Network/virtualNetworkGateways', 'apiVersion': '2023-04-01', 'name': 'g',
                      'location': 'westeurope', 'properties': {}}])}})
        path = f'{slow}/providers/Microsoft.Resources/deployments/d'
        status, _, _ = azure.full('POST', path + '/cancel')
        assert status == 204 and properties(azure.get(path))['provisioningState'] == 'Canceled'
        assert azure.full('POST', path + '/cancel')[0] == 409


def what_if(azure, scope, resources, mode='Incremental'):
    path = f'{scope}/providers/Microsoft.Resources/deployments/w/whatIf'
    status, headers, body = azure.full('POST', path, {'properties': {'mode': mode, 'template': template(resources)}})
    assert status == 202, body
    status, body = azure.wait(headers['Location'])
    assert (status, body['status']) == (200, 'Succeeded'), body
    return {change['resourceId'].split('/')[-1]: change for change in body['properties']['changes']}


def test_what_if():
    with Emulator() as azure:
        group = azure.group('g')
        assert what_if(azure, group, [network()])['net']['changeType'] == 'Create'
        good(azure.deploy(group, 'd', template([network(colour='red'), vault('v-one-two')])))
        same = what_if(azure, group, [network(colour='red')])
        assert {name: change['changeType'] for name, change in same.items()} == {'net': 'NoChange', 'v-one-two': 'Ignore'}, same
        assert what_if(azure, group, [network(colour='red')], 'Complete')['v-one-two']['changeType'] == 'Delete'
        changed = what_if(azure, group, [network('10.0.0.0/8', size='big')])['net']
        delta = {item['path']: item for item in changed['delta']}
        assert changed['changeType'] == 'Modify' and delta['tags.colour']['propertyChangeType'] == 'Delete', changed
        assert delta['tags.size'] == {'path': 'tags.size', 'propertyChangeType': 'Create', 'after': 'big'}, delta
        array = delta['properties.addressSpace.addressPrefixes']
        assert (array['propertyChangeType'], array['children'][0]) == ('Array', {
            'path': '0', 'propertyChangeType': 'Modify', 'before': '10.0.0.0/16', 'after': '10.0.0.0/8'}), array
        azure.fault('noise')
        noisy = what_if(azure, group, [network(colour='red')])['net']
        assert 'properties.resourceGuid' in [item['path'] for item in noisy['delta']], noisy


def test_complete_mode_deletes():
    with Emulator() as azure:
        group = azure.group('g')
        good(azure.deploy(group, 'd', template([network(), vault('v-one-two')])))
        good(azure.deploy(group, 'd', template([network()]), mode='Complete'))
        assert [item['name'] for item in azure.get(group + '/resources')['value']] == ['net']


def stack_order(resources, action='delete', **more):
    return {'properties': {'template': template(resources), 'parameters': {}, 'denySettings': {'mode': 'none'},
                           'actionOnUnmanage': {'resources': action, 'resourceGroups': 'detach', **more}}}


def stack_put(azure, path, order):
    status, headers, body = azure.full('PUT', path, order, '2025-07-01')
    assert status in (200, 201), body
    azure.wait(headers['Azure-AsyncOperation'])
    return properties(azure.get(path, '2025-07-01'))


def test_stacks():
    with Emulator() as azure:
        group = azure.group('g')
        path = group + '/providers/Microsoft.Resources/deploymentStacks/s'
        both = [network(), vault('v-one-two'), secret('v-one-two', 'word', 'x')]
        found = stack_put(azure, path, stack_order(both))
        assert found['provisioningState'] == 'succeeded' and len(found['resources']) == 3, found
        result = group + '/providers/Microsoft.Resources/deploymentStacksWhatIfResults/w'
        order = stack_order([network(colour='red'), vault('v-one-two')], resourcesWithoutDeleteSupport='detach')
        order['properties'].update(deploymentStackResourceId=path, retentionInterval='P1D')
        status, headers, body = azure.full('PUT', result, order, '2025-07-01')
        assert status == 201, body
        azure.wait(headers['Azure-AsyncOperation'])
        status, headers, body = azure.full('POST', result + '/whatIf', None, '2025-07-01')
        status, body = azure.wait(headers['Location'])
        changes = {change['id'].split('/')[-1]: change for change in properties(body)['changes']['resourceChanges']}
        assert {name: change['changeType'] for name, change in changes.items()} == {
            'net': 'modify', 'v-one-two': 'noChange', 'word': 'detach'}, changes
        assert changes['net']['resourceConfigurationChanges']['delta'] == [
            {'path': 'tags.colour', 'changeType': 'create', 'after': 'red'}], changes['net']
        found = stack_put(azure, path, stack_order(both[1:]))
        assert [item['id'].split('/')[-1] for item in found['deletedResources']] == ['net'], found
        assert azure.call('GET', group + '/providers/Microsoft.Network/virtualNetworks/net')[0] == 404
        found = stack_put(azure, path, stack_order([both[1]]))
        assert found['provisioningState'] == 'failed' and found['failedResources'], found
        found = stack_put(azure, path, stack_order([both[1]], 'detach'))
        assert found['provisioningState'] == 'succeeded', found
        status, headers, _ = azure.full('DELETE', path + '?unmanageAction.Resources=delete', None, '2025-07-01')
        assert status == 202 and azure.wait(headers['Location'])[0] == 200
        assert azure.call('GET', path, version='2025-07-01')[0] == 404
        assert azure.get(group + '/resources')['value'] == []


def test_vaults():
    with Emulator() as azure:
        group = azure.group('g')
        both = template([vault('v-one-two'), secret('v-one-two', 'word', 'first')])
        good(azure.deploy(group, 'd', both))
        found = azure.get(group + '/providers/Microsoft.KeyVault/vaults/v-one-two')
        host = found['properties']['vaultUri'].split('/')[2]
        assert host.startswith('v-one-two.vault.localhost:'), found
        here = azure.url + '/vaults/v-one-two/secrets/word'
        value = azure.get(here, '7.4')
        assert value['value'] == 'first' and value['id'].startswith(f'https://{host}/secrets/word/'), value
        good(azure.deploy(group, 'd', both))
        assert azure.get(here, '7.4')['id'] == value['id']
        status, _ = azure.call('PUT', here, {'value': 'second'}, '7.4')
        assert status == 200 and azure.get(here, '7.4')['value'] == 'second'
        named = azure.ask('GET', '/secrets/word?api-version=7.4', None, {'Authorization': 'Bearer ' + azure.token, 'Host': host})
        assert named[2]['value'] == 'second', named
        shown = json.dumps(azure.get(group + '/providers/Microsoft.KeyVault/vaults/v-one-two/secrets/word'))
        assert 'second' not in shown and 'secretUriWithVersion' in shown, shown
        status, headers, _ = azure.ask('GET', here + '?api-version=7.4')
        assert status == 401 and 'resource="https://vault.azure.net"' in headers['WWW-Authenticate']
        status, headers, _ = azure.full('DELETE', group)
        assert azure.wait(headers['Location'])[0] == 200 and azure.call('GET', group)[0] == 404
        azure.group('g')
        refused(azure.deploy(group, 'd', both), 'ConflictError')
        deleted = f'/subscriptions/{azure.subscription}/providers/Microsoft.KeyVault'
        assert [item['name'] for item in azure.get(deleted + '/deletedVaults')['value']] == ['v-one-two']
        recover = template([vault('v-one-two', createMode='recover')])
        good(azure.deploy(group, 'd', recover))
        assert azure.get(here, '7.4')['value'] == 'second'
        azure.full('DELETE', group + '/providers/Microsoft.KeyVault/vaults/v-one-two')
        azure.get('/subscriptions')
        status, headers, _ = azure.full('POST', deleted + '/locations/westeurope/deletedVaults/v-one-two/purge')
        assert status == 202 and azure.get(deleted + '/deletedVaults')['value'] == []


def test_a_restart_goes_on():
    folder = tempfile.mkdtemp(prefix='swarmgen-state-')
    try:
        azure = Emulator(speed=20, folder=folder).start()
        group = azure.group('g')
        status, headers, _ = azure.full('PUT', f'{group}/providers/Microsoft.Resources/deployments/d',
                                        {'properties': {'mode': 'Incremental', 'template': template(machine())}})
        assert status == 201
        azure.full('PUT', f'{group}/providers/Microsoft.Resources/deployments/n',
                   {'properties': {'mode': 'Incremental', 'template': NESTED}})
        time.sleep(0.1)
        azure.stop(signal.SIGKILL)
        before = azure.certificate, azure.token
        with azure:
            azure.token = before[1]
            assert azure.certificate == before[0]
            path = headers['Azure-AsyncOperation'].split('/', 3)[3]
            status, body = azure.wait('/' + path)
            assert body['status'] == 'Succeeded', body
            azure.wait(azure.url + '/' + path.replace('deployments/d/', 'deployments/n/'))
            outputs = good(azure.get(f'{group}/providers/Microsoft.Resources/deployments/n'))
            assert outputs['id'].endswith('/rules'), outputs
            azure.get(group + '/providers/Microsoft.Compute/virtualMachines/vm')
        assert os.stat(os.path.join(folder, 'state.json')).st_mode & 0o77 == 0
    finally:
        shutil.rmtree(folder)


def test_resources_by_id():
    with Emulator() as azure:
        group = azure.group('g')
        path = group + '/providers/Microsoft.Network/networkSecurityGroups/n'
        assert azure.call('GET', path)[1]['error']['code'] == 'ResourceNotFound'
        status, body = azure.put(path, {'location': 'West Europe', 'tags': {'a': 'b'}, 'properties': {}})
        assert (status, body['location']) == (201, 'westeurope'), body
        status, body = azure.call('PATCH', path, {'tags': {'c': 'd'}})
        assert (status, body['tags']) == (200, {'a': 'b', 'c': 'd'}), body
        assert azure.call('HEAD', path)[0] == 204
        found = azure.get(f"/subscriptions/{azure.subscription}/resources?$filter=resourceType%20eq%20'Microsoft.Network/networkSecurityGroups'")
        assert [item['name'] for item in found['value']] == ['n'], found
        azure.put(path + '/providers/Microsoft.Authorization/locks/keep', {'properties': {'level': 'CanNotDelete'}})
        assert azure.call('DELETE', path)[1]['error']['code'] == 'ScopeLocked'
        assert azure.call('DELETE', group)[1]['error']['code'] == 'ScopeLocked'
        azure.call('DELETE', path + '/providers/Microsoft.Authorization/locks/keep')
        azure.get('/subscriptions')
        status, headers, _ = azure.full('DELETE', path)
        assert status == 202 and azure.wait(headers['Location'])[0] == 200 and azure.call('GET', path)[0] == 404
        exported = azure.call('POST', group + '/exportTemplate', {'resources': ['*']})
        assert exported[1]['template']['resources'] == [], exported


def test_pages_and_filters():
    with Emulator() as azure:
        group = azure.group('g')
        for number in range(3):
            good(azure.deploy(group, f'd{number}', template([network()])))
        azure.fault('fail:Microsoft.Network/virtualNetworks')
        azure.deploy(group, 'bad', template([network()]))
        path = group + '/providers/Microsoft.Resources/deployments?api-version=2022-09-01'
        first = azure.get(path + '&$top=2')
        assert [item['name'] for item in first['value']] == ['bad', 'd2'] and 'nextLink' in first, first
        assert [item['name'] for item in azure.get(first['nextLink'])['value']] == ['d1', 'd0']
        failed = azure.get(path + "&$filter=provisioningState%20eq%20'Failed'")['value']
        assert [item['name'] for item in failed] == ['bad'], failed


if __name__ == '__main__':
    sys.exit(cases(globals()))
