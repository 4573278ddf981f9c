"""Templates that swarmgen did not make: the older form without symbolic names, and the newer one."""

SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
SUBSCRIPTION = 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#'


def template(resources, schema=SCHEMA, **more):
    return {'$schema': schema, 'contentVersion': '1.0.0.0', 'resources': resources, **more}


# Copies, a condition, an order by dependsOn, references to what was made, keys.
COPIES = template([
    {'type': 'Microsoft.Network/publicIPAddresses', 'apiVersion': '2023-04-01',
     'name': "[concat(parameters('prefix'), copyIndex())]", 'location': "[resourceGroup().location]",
     'copy': {'name': 'addresses', 'count': "[parameters('count')]"}, 'sku': {'name': 'Standard'},
     'properties': {'publicIPAllocationMethod': 'Static',
                    'dnsSettings': {'domainNameLabel':
                                    "[toLower(concat(parameters('prefix'), copyIndex(), uniqueString(resourceGroup().id)))]"}}},
    {'type': 'Microsoft.Storage/storageAccounts', 'apiVersion': '2023-01-01', 'name': "[variables('account')]",
     'location': "[resourceGroup().location]", 'kind': 'StorageV2', 'sku': {'name': 'Standard_LRS'},
     'dependsOn': ['addresses'], 'properties': {}},
    {'condition': "[parameters('withIdentity')]", 'type': 'Microsoft.ManagedIdentity/userAssignedIdentities',
     'apiVersion': '2023-01-31', 'name': 'who', 'location': "[resourceGroup().location]"},
], parameters={'prefix': {'type': 'string', 'maxLength': 10}, 'count': {'type': 'int', 'defaultValue': 2, 'maxValue': 5},
               'withIdentity': {'type': 'bool', 'defaultValue': False}, 'key': {'type': 'securestring', 'defaultValue': '[newGuid()]'}},
    variables={'account': "[concat('st', uniqueString(resourceGroup().id))]"},
    outputs={
        'addresses': {'type': 'array', 'copy': {'count': "[parameters('count')]", 'input':
                      "[reference(resourceId('Microsoft.Network/publicIPAddresses', concat(parameters('prefix'), copyIndex()))).ipAddress]"}},
        'blob': {'type': 'string', 'value': "[reference(variables('account')).primaryEndpoints.blob]"},
        'keys': {'type': 'int', 'value':
                 "[length(listKeys(resourceId('Microsoft.Storage/storageAccounts', variables('account')), '2023-01-01').keys)]"}})

# Nested deployments: one of inner scope whose output another one of outer scope takes.
NESTED = template([
    {'type': 'Microsoft.Resources/deployments', 'apiVersion': '2022-09-01', 'name': 'inner',
     'properties': {'mode': 'Incremental', 'expressionEvaluationOptions': {'scope': 'inner'},
                    'parameters': {'name': {'value': "[parameters('name')]"}},
                    'template': template([
                        {'type': 'Microsoft.Network/networkSecurityGroups', 'apiVersion': '2023-04-01',
                         'name': "[parameters('name')]", 'location': "[resourceGroup().location]", 'properties': {}}],
                        parameters={'name': {'type': 'string'}},
                        outputs={'id': {'type': 'string', 'value':
                                        "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('name'))]"}})}},
    {'type': 'Microsoft.Resources/deployments', 'apiVersion': '2022-09-01', 'name': 'outer',
     'dependsOn': ["[resourceId('Microsoft.Resources/deployments', 'inner')]"],
     'properties': {'mode': 'Incremental', 'template': template([
         {'type': 'Microsoft.Network/virtualNetworks', 'apiVersion': '2023-04-01', 'name': "[variables('network')]",
          'location': "[resourceGroup().location]",
          'properties': {'addressSpace': {'addressPrefixes': ['10.1.0.0/16']},
                         'subnets': [{'name': 'one', 'properties': {
                             'addressPrefix': '10.1.0.0/24',
                             'networkSecurityGroup': {'id': "[reference(resourceId('Microsoft.Resources/deployments', 'inner')).outputs.id.value]"}}}]}}])}},
], parameters={'name': {'type': 'string', 'defaultValue': 'rules'}}, variables={'network': 'net'},
    outputs={'id': {'type': 'string', 'value': "[reference('inner').outputs.id.value]"}})

# A group, and a deployment in it.
WHOLE = template([
    {'type': 'Microsoft.Resources/resourceGroups', 'apiVersion': '2022-09-01', 'name': "[parameters('group')]",
     'location': "[deployment().location]", 'properties': {}},
    {'type': 'Microsoft.Resources/deployments', 'apiVersion': '2022-09-01', 'name': 'within',
     'resourceGroup': "[parameters('group')]", 'dependsOn': ["[resourceId('Microsoft.Resources/resourceGroups', parameters('group'))]"],
     'properties': {'mode': 'Incremental', 'expressionEvaluationOptions': {'scope': 'inner'}, 'template': template([
         {'type': 'Microsoft.ManagedIdentity/userAssignedIdentities', 'apiVersion': '2023-01-31', 'name': 'who',
          'location': "[resourceGroup().location]"}],
         outputs={'principal': {'type': 'string', 'value': "[reference('who').principalId]"}})}},
], schema=SUBSCRIPTION, parameters={'group': {'type': 'string'}},
    outputs={'principal': {'type': 'string', 'value': "[reference('within').outputs.principal.value]"}})


def network(address='10.0.0.0/16', **tags):
    return {'type': 'Microsoft.Network/virtualNetworks', 'apiVersion': '2023-04-01', 'name': 'net',
            'location': '[resourceGroup().location]', 'tags': tags,
            'properties': {'addressSpace': {'addressPrefixes': [address]},
                           'subnets': [{'name': 'one', 'properties': {'addressPrefix': '10.0.0.0/24'}}]}}


def machine(name='vm', password='Passw0rd-Passw0rd', data='aGVsbG8=', size='Standard_D2s_v5'):
    """A network interface and a virtual machine on it, in the network above."""
    return [
        network(),
        {'type': 'Microsoft.Network/networkInterfaces', 'apiVersion': '2023-04-01', 'name': name,
         'location': '[resourceGroup().location]', 'dependsOn': ["[resourceId('Microsoft.Network/virtualNetworks', 'net')]"],
         'properties': {'ipConfigurations': [{'name': 'ip', 'properties': {'subnet': {
             'id': "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'net', 'one')]"}}}]}},
        {'type': 'Microsoft.Compute/virtualMachines', 'apiVersion': '2024-03-01', 'name': name,
         'location': '[resourceGroup().location]', 'identity': {'type': 'SystemAssigned'},
         'dependsOn': [f"[resourceId('Microsoft.Network/networkInterfaces', '{name}')]"],
         'properties': {'hardwareProfile': {'vmSize': size},
                        'osProfile': {'computerName': name, 'adminUsername': 'me', 'adminPassword': password, 'customData': data},
                        'storageProfile': {'imageReference': {'publisher': 'Debian', 'offer': 'debian-12', 'sku': '12-gen2',
                                                              'version': 'latest'}},
                        'networkProfile': {'networkInterfaces': [
                            {'id': f"[resourceId('Microsoft.Network/networkInterfaces', '{name}')]"}]}}}]


def vault(name, **properties):
    return {'type': 'Microsoft.KeyVault/vaults', 'apiVersion': '2023-07-01', 'name': name,
            'location': '[resourceGroup().location]',
            'properties': {'sku': {'family': 'A', 'name': 'standard'}, 'tenantId': '[subscription().tenantId]',
                           'enableRbacAuthorization': True, **properties}}


def secret(vault_name, name, value):
    return {'type': 'Microsoft.KeyVault/vaults/secrets', 'apiVersion': '2023-07-01', 'name': f'{vault_name}/{name}',
            'dependsOn': [f"[resourceId('Microsoft.KeyVault/vaults', '{vault_name}')]"], 'properties': {'value': value}}


def assignment(name, principal='11111111-2222-3333-4444-555555555555'):
    return {'type': 'Microsoft.Authorization/roleAssignments', 'apiVersion': '2022-04-01', 'name': f"[guid('{name}')]",
            'properties': {'principalId': principal, 'roleDefinitionId':
                           "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'acdd72a7-3385-48ef-bd42-f606fba81ae7')]"}}
