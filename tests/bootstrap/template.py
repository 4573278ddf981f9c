"""azuredeploy.json to what machines see of it: the expressions of Resource Manager, evaluated here, independently of swarmgen.

Template(folder, {parameter: value}) has
  machines  [Machine], a scale set's instances too, each with customData and userData as Azure would give it
  secrets   {name: value}, as the first deployment writes them
  rights    [(scope, principalId, roleId)] of all role assignments
  identities {resource id: {clientId, principalId}}
What only Azure knows (IDs, names in DNS, keys) is made up, and the same in each run.
"""
import base64
import hashlib
import ipaddress
import json
import os
import re
import uuid
from dataclasses import dataclass

SUBSCRIPTION = '00000000-1111-2222-3333-444444444444'
GROUP = f'/subscriptions/{SUBSCRIPTION}/resourceGroups/swarm-test'
SUFFIXES = {'keyvaultDns': '.vault.azure.net', 'storage': 'core.windows.net', 'acrLoginServer': '.azurecr.io'}
RESOURCE_MANAGER = 'https://management.azure.com/'


@dataclass
class Machine:
    name: str            # in the tests: manager0, web1
    host: str            # computerName
    instance: str        # compute.name of the metadata service
    role: str            # manager, worker, jumpbox
    address: str
    length: int          # of its subnet's prefix
    custom_data: str     # base64
    user_data: str
    identities: list     # resource IDs
    admin: str
    data_disks: list     # [{lun, kept}]
    set_id: str = ''     # of its scale set
    pool: str = ''


def made_up(kind, name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f'{kind}/{name}'))


def letters(texts):
    """Azure's uniqueString has 13 such letters; which ones is nobody's business."""
    digest = int.from_bytes(hashlib.sha256('|'.join(texts).encode()).digest()[:9], 'big')
    return ''.join('abcdefghijklmnopqrstuvwxyz234567'[digest >> 5 * i & 31] for i in range(13))


class Expression:
    """One text `[…]`, parsed and evaluated in one pass; `evaluate` says what names mean."""
    TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(-?\d+)|([A-Za-z_][\w.]*?(?=\())|([A-Za-z_]\w*)|(.))")

    def __init__(self, text, template):
        self.tokens = [match.groups() for match in self.TOKEN.finditer(text)]
        self.at, self.template = 0, template

    def take(self, mark):
        if self.at < len(self.tokens) and self.tokens[self.at][4] == mark:
            self.at += 1
            return True
        return False

    def value(self):
        text, number, call, name, mark = self.tokens[self.at]
        self.at += 1
        if text is not None:
            result = text[1:-1].replace("''", "'")
        elif number is not None:
            result = int(number)
        elif call is not None:
            result = self.template.call(call, self.arguments())
        else:
            raise ValueError(f'unexpected {name or mark!r}')
        while self.at < len(self.tokens):
            if self.take('.'):
                result = self.member(result, self.tokens[self.at][3])
                self.at += 1
            elif self.take('['):
                result = self.member(result, self.value())
                if not self.take(']'):
                    raise ValueError('] is missing')
            else:
                break
        return result

    @staticmethod
    def member(value, key):
        if isinstance(value, dict):
            for name in value:
                if name.lower() == key.lower():
                    return value[name]
            raise KeyError(key)
        return value[key]

    def arguments(self):
        assert self.take('(')
        values = []
        while not self.take(')'):
            values.append(self.value())
            self.take(',')
        return values


class Template:
    def __init__(self, folder, parameters=None):
        with open(os.path.join(folder, 'azuredeploy.json')) as file:
            self.json = json.load(file)
        with open(os.path.join(folder, 'azuredeploy.parameters.json')) as file:
            given = {name: entry['value'] for name, entry in json.load(file)['parameters'].items() if 'value' in entry}
        self.given = {**given, **(parameters or {})}
        self.cache = {}
        self.resources = {symbol: resource for symbol, resource in self.json['resources'].items()
                          if not resource.get('existing') and self.evaluate(resource.get('condition', True))}
        self.addresses = {}
        self.identities = {self.id_of(symbol): self.reference(symbol) for symbol, _ in self.of_type('Microsoft.ManagedIdentity/userAssignedIdentities')}
        self.machines = [*self.virtual_machines(), *self.scale_sets()]
        self.secrets = {self.evaluate(resource['name']).split('/')[-1]: self.evaluate(resource['properties']['value'])
                        for _, resource in self.of_type('Microsoft.KeyVault/vaults/secrets')}
        self.rights = [(self.scope(resource), self.evaluate(resource['properties']['principalId']),
                        self.evaluate(resource['properties']['roleDefinitionId']).split('/')[-1])
                       for _, resource in self.of_type('Microsoft.Authorization/roleAssignments')]
        self.vault = next((self.id_of(symbol) for symbol, _ in self.of_type('Microsoft.KeyVault/vaults')), None)

    def of_type(self, kind):
        return [(symbol, resource) for symbol, resource in self.resources.items() if resource['type'].lower() == kind.lower()]

    @staticmethod
    def plays(profile):
        """Whether machines with this osProfile take part."""
        return 'linuxConfiguration' in profile

    # -- expressions

    def evaluate(self, value):
        if isinstance(value, str) and value.startswith('[') and not value.startswith('[[') and value.endswith(']'):
            if value not in self.cache or 'newGuid' in value:
                self.cache[value] = Expression(value[1:-1], self).value()
            return self.cache[value]
        if isinstance(value, str):
            return value[1:] if value.startswith('[[') else value
        if isinstance(value, list):
            return [self.evaluate(item) for item in value]
        if isinstance(value, dict):
            return {self.evaluate(key): self.evaluate(item) for key, item in value.items()}
        return value

    def call(self, name, given):
        handler = getattr(self, 'do_' + name, None)
        if not handler:
            raise NotImplementedError(f'tests/bootstrap/template.py does not know {name}()')
        return handler(*given)

    def do_parameters(self, name):
        if name in self.given:
            return self.given[name]
        entry = self.json['parameters'][name]
        if 'defaultValue' not in entry:
            raise KeyError(f'parameter {name} is not given')
        return self.given.setdefault(name, self.evaluate(entry['defaultValue']))

    def do_variables(self, name):
        return self.evaluate(self.json['variables'][name])

    def do_reference(self, symbol, version='', full=''):
        return self.reference(symbol)

    def do_listKeys(self, symbol, version):
        return {'keys': [{'value': base64.b64encode(hashlib.sha512(symbol.encode()).digest()).decode()}]}

    do_resourceGroup = staticmethod(lambda: {'id': GROUP, 'name': GROUP.split('/')[-1], 'location': 'westeurope'})
    do_subscription = staticmethod(lambda: {'id': f'/subscriptions/{SUBSCRIPTION}', 'subscriptionId': SUBSCRIPTION})
    do_tenant = staticmethod(lambda: {'tenantId': made_up('tenant', '')})
    do_deployer = staticmethod(lambda: {'objectId': made_up('deployer', ''), 'tenantId': made_up('tenant', '')})
    do_environment = staticmethod(lambda: {'suffixes': SUFFIXES, 'resourceManager': RESOURCE_MANAGER, 'name': 'AzureCloud'})
    do_newGuid = staticmethod(lambda: str(uuid.uuid4()))
    do_guid = staticmethod(lambda *texts: made_up('guid', '/'.join(texts)))
    do_uniqueString = staticmethod(lambda *texts: letters(texts))
    do_true, do_false, do_null = (staticmethod(lambda value=value: value) for value in (True, False, None))
    do_createArray = staticmethod(lambda *items: list(items))
    do_createObject = staticmethod(lambda *pairs: dict(zip(pairs[::2], pairs[1::2])))
    do_base64 = staticmethod(lambda text: base64.b64encode(text.encode()).decode())
    do_json = staticmethod(json.loads)
    do_toLower, do_toUpper = staticmethod(str.lower), staticmethod(str.upper)
    do_substring = staticmethod(lambda text, start, length=None: text[start:] if length is None else text[start:start + length])
    do_replace = staticmethod(str.replace)
    do_concat = staticmethod(lambda *values: sum(values, []) if isinstance(values[0], list) else ''.join(map(str, values)))
    do_split = staticmethod(str.split)
    do_if = staticmethod(lambda condition, then, other: then if condition else other)
    do_not = staticmethod(lambda value: not value)
    do_equals = staticmethod(lambda a, b: a == b)
    do_int = staticmethod(int)
    do_and = staticmethod(lambda *values: all(values))
    do_or = staticmethod(lambda *values: any(values))

    @staticmethod
    def do_contains(where, what):
        if isinstance(where, dict):
            return any(name.lower() == what.lower() for name in where)
        return what in where

    def do_string(self, value):
        return value if isinstance(value, str) else json.dumps(value, separators=(',', ':'), ensure_ascii=False)

    def do_format(self, text, *values):
        return re.sub(r'\{(\d+)\}', lambda match: self.do_string(values[int(match[1])]), text)

    def do_resourceId(self, kind, *names):
        return f'{GROUP}/providers/{join_id(kind, names)}'

    def do_subscriptionResourceId(self, kind, *names):
        return f'/subscriptions/{SUBSCRIPTION}/providers/{join_id(kind, names)}'

    # -- resources

    def id_of(self, symbol):
        resource = self.resources[symbol]
        return self.do_resourceId(resource['type'], *self.evaluate(resource['name']).split('/'))

    def scope(self, resource):
        return self.evaluate(resource['scope']) if 'scope' in resource else GROUP

    def reference(self, symbol):
        """What a resource says of itself once it is there."""
        resource = self.resources[symbol]
        kind, name = resource['type'].split('/', 1)[1], self.evaluate(resource['name'])
        properties = dict(resource.get('properties', {}))
        if kind == 'userAssignedIdentities':
            return {'clientId': made_up('client', name), 'principalId': made_up('principal', name), 'tenantId': made_up('tenant', '')}
        if kind == 'publicIPAddresses':
            label = self.evaluate(properties.get('dnsSettings', {}).get('domainNameLabel', name))
            return {**properties, 'ipAddress': '203.0.113.10', 'dnsSettings': {'fqdn': f'{label}.westeurope.cloudapp.azure.com'}}
        if kind == 'vaults':
            return {**properties, 'vaultUri': f'https://{name}{SUFFIXES["keyvaultDns"]}/'}
        return self.evaluate(properties)

    def subnets(self):
        return {f'{self.id_of(symbol)}/subnets/{subnet["name"]}'.lower(): ipaddress.ip_network(self.evaluate(subnet['properties']['addressPrefix']))
                for symbol, network in self.of_type('Microsoft.Network/virtualNetworks') for subnet in network['properties']['subnets']}

    def free_address(self, subnet):
        """Azure keeps the first four addresses of a subnet."""
        hosts = self.addresses.setdefault(subnet, iter(list(subnet.hosts())[3:]))
        return str(next(hosts))

    def virtual_machines(self):
        cards = {self.id_of(symbol).lower(): card for symbol, card in self.of_type('Microsoft.Network/networkInterfaces')}
        found = []
        for symbol, resource in self.of_type('Microsoft.Compute/virtualMachines'):
            machine = self.evaluate({key: resource[key] for key in ('name', 'identity', 'properties', 'tags')})
            properties = machine['properties']
            card = self.evaluate(cards[properties['networkProfile']['networkInterfaces'][0]['id'].lower()])
            settings = card['properties']['ipConfigurations'][0]['properties']
            subnet = self.subnets()[settings['subnet']['id'].lower()]
            system = properties['osProfile']
            if not self.plays(system):
                continue
            found.append(Machine(
                name=symbol, host=system['computerName'], instance=machine['name'], role=machine['tags'].get('role', 'jumpbox'),
                address=settings.get('privateIPAddress') or self.free_address(subnet), length=subnet.prefixlen,
                custom_data=system['customData'], user_data=properties['userData'], identities=identities_of(machine),
                admin=system['adminUsername'],
                data_disks=[{'lun': disk['lun'], 'kept': disk['createOption'] == 'Attach'} for disk in properties['storageProfile'].get('dataDisks', [])]))
        return found

    def scale_sets(self):
        self.pools = {}
        for symbol, resource in self.of_type('Microsoft.Compute/virtualMachineScaleSets'):
            machine_set = self.evaluate({key: resource[key] for key in ('name', 'identity', 'properties', 'tags', 'sku')})
            if self.plays(machine_set['properties']['virtualMachineProfile']['osProfile']):
                self.pools[machine_set['tags']['pool']] = {**machine_set, 'id': self.id_of(symbol), 'count': 0}
        return [self.instance(pool) for pool, machine_set in self.pools.items() for _ in range(machine_set['sku']['capacity'])]

    def instance(self, pool):
        """One more machine of a scale set."""
        machine_set = self.pools[pool]
        number = machine_set['count']
        machine_set['count'] += 1
        profile = machine_set['properties']['virtualMachineProfile']
        card = profile['networkProfile']['networkInterfaceConfigurations'][0]['properties']['ipConfigurations'][0]['properties']
        subnet = self.subnets()[card['subnet']['id'].lower()]
        return Machine(
            name=f'{pool}{number}', host=f'{profile["osProfile"]["computerNamePrefix"]}{number:06}', instance=f'{machine_set["name"]}_{number}',
            role=machine_set['tags'].get('role', 'worker'), address=self.free_address(subnet), length=subnet.prefixlen,
            custom_data=profile['osProfile']['customData'], user_data=profile['userData'], identities=identities_of(machine_set),
            admin=profile['osProfile']['adminUsername'], set_id=machine_set['id'], pool=pool,
            data_disks=[{'lun': disk['lun'], 'kept': False} for disk in profile['storageProfile'].get('dataDisks', [])])


def join_id(kind, names):
    provider, *kinds = kind.split('/')
    return '/'.join([provider, *(part for pair in zip(kinds, names) for part in pair)])


def identities_of(resource):
    return list(resource.get('identity', {}).get('userAssignedIdentities', {}))
