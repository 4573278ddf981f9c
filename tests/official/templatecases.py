METADATA = {'subscriptionId': '00000000-1111-2222-3333-444444444444', 'resourceGroup': 'acme', 'location': 'westeurope',
            'tenantId': '99999999-1111-2222-3333-444444444444', 'deploymentName': 'main'}
def cases(): return []
