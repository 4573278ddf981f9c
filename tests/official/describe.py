"""Random descriptions of swarms, from `type Swarm` as the official compiler reads it.

Nothing here comes from the program that is tested: types and defaults are the official compiler's JSON of
templates/swarm.bicep, the rules across settings are evaluated by it, and the defaults are filled in by `complete`.
A description is plain Python data; `yaml` writes it, `literal` writes Bicep.
"""
import copy
import json
import os
import re

import judge

TEMPLATES = os.path.join(judge.ROOT, 'templates')
FILES = {'setup.sh': '#!/bin/sh\nset -eu\necho "it\'s $1" # \\ ${x} [a]\n', 'setup.ps1': "Write-Output 'über [x]'\r\n",
         'more/proxy.sh': 'echo proxy\n'}
LINUX_FILES, WINDOWS_FILES = ['setup.sh', 'more/proxy.sh'], ['setup.ps1']
GUID = '{0:08x}-1111-4111-8111-{0:012x}'
VAULT = '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/{0}/providers/Microsoft.KeyVault/vaults/{0}'
REGISTRY = '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.ContainerRegistry/registries/{0}9'
GALLERY = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/images/providers/Microsoft.Compute/galleries/ours/images/node'

# Texts that no type can invent: a list to choose from, by 'Type.property' or 'property'.
TEXTS = {
    'Swarm.name': ['acme', 'a1', 'blue-whale', 'x-9'],
    'contact': ['ops@acme.example', 'a.b+c@x.example'],
    'email': ['certs@acme.example'],
    'ExistingNetwork.prefix': ['10.20.0.0/16'],
    'ExistingNetwork.name': ['hub', 'vnet-west'],
    'resourceGroup': ['network', 'shared-rg'],
    'NewNetwork.prefix': ['10.0.0.0/16', '10.64.0.0/16', '172.16.0.0/16', '192.168.0.0/16'],
    'dnsServers': ['10.0.0.5', '192.0.2.53'],
    'sources': ['Internet', 'VirtualNetwork', '203.0.113.0/24', '198.51.100.7'],
    'dnsLabel': ['acme-swarm', 'abc'],
    'domain': ['swarm.acme.example', 'a.b.c.example'],
    'size': ['Standard_D2s_v5', 'Standard_D4s_v5', 'Standard_E8s_v5', 'Standard_D8ds_v5'],
    'addresses': ['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.20', '10.0.0.21', '10.0.0.22', '10.0.0.30'],
    'publisher': ['Canonical'], 'offer': ['ubuntu-24_04-lts'], 'sku': ['minimal', 'server'],
    'UbuntuImage.version': ['latest', '24.04.202608010'], 'DebianImage.version': ['latest', '0.20260801.2250'],
    'WindowsServerImage.version': ['latest', '20348.4052.250808'], 'MarketplaceImage.version': ['latest', '1.2.3'],
    'GalleryImage.id': [GALLERY, GALLERY + '/versions/1.0.0'],
    'file': ['setup.sh'], 'url': ['https://example.com/setup.sh', 'https://artifacts.acme.example/a%20b?x=1'],
    'sha256': ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    'windowsSha256': ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    'authorization': ['registry-password'], 'username': ['swarm', 'pull'], 'PasswordRegistry.secret': ['registry-password'],
    'IdentityRegistry.id': [REGISTRY.format('acme'), REGISTRY.format('other')], 'certificate': ['registry-password', 'token'],
    'images': ['docker.io/library/nginx:1.27', 'mcr.microsoft.com/windows/nanoserver:ltsc2022', 'registry.acme.example/a/b@sha256:' + 'a' * 64],
    'sshKeys': ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0 anna@acme.example', 'ssh-rsa AAAAB3NzaC1yc2E ben'],
    'Operator.id': [GUID.format(n) for n in (1, 2, 3)],
    'VaultSecret.vault': [VAULT.format('shared'), VAULT.format('other')], 'VaultSecret.name': ['the-secret', 'x'],
    'Vault.name': ['acme-vault-1', 'kv9'], 'Storage.name': ['acmefiles1', 'abc'], 'share': ['swarm', 'data-1'],
    'Storage.path': ['/mnt/swarm', '/srv/data.d'], 'drive': ['S:', 'Z:'], 'Portainer.path': ['/portainer', '/ops-1'],
    'Engine.version': ['28.5.2', '29.1.0'], 'Traefik.version': ['v3.7.11', 'v3.8.0'], 'Portainer.version': ['2.45.0', '2.46.1'],
    'addressPool': ['10.10.0.0/16', '10.200.0.0/14'], 'server': ['https://acme-staging-v02.api.letsencrypt.org/directory'],
    'timeZone': ['UTC', 'W. Europe Standard Time'], 'time': ['19:00', '00:30', '23:59'],
    'start': ['07:00', '22:00'], 'from': ['02:00', '23:30'], 'end': ['19:30', '05:00'],
    'labels': ['front', 'a b', "it's", '1'], 'tags': ['4711', 'prod', "it's ${x}", '[x]', 'größer 😀', ''],
    'subnet': ['10.0.32.0/24', '10.0.33.0/24', '10.0.34.0/25'],
    'ExistingSubnet.name': ['one', 'two', 'three', 'four', 'five'],
    'ExistingSubnet.prefix': ['10.20.0.0/24', '10.20.1.0/24', '10.20.4.0/22', '10.20.2.0/26', '10.20.3.0/24'],
    'managers': ['10.0.0.0/24', '10.0.40.0/24'], 'jumpbox': ['10.0.1.0/24', '10.0.41.0/28'],
    'bastion': ['10.0.2.0/26', '10.0.42.0/24'], 'endpoints': ['10.0.3.0/24', '10.0.43.0/26'], 'workers': ['10.0.4.0/22', '10.0.48.0/20'],
}
KEYS = {  # names of the entries of open objects, by property
    'workers': ['web', 'bc', 'a1', 'gpu-x', 'batch', 'night'], 'secrets': ['registry-password', 'token', 'X-1'],
    'registries': ['registry.acme.example', 'ghcr.example:5000', 'acme9.azurecr.io', 'x-other9.azurecr.us'], 'labels': ['tier', 'com.acme.kind'],
    'tags': ['costCentre', 'environment', 'a b'], 'schedules': ['day', 'night', 'weekend'], 'more': ['extra', 'five'],
}
MANY = {'1000': 20, 'count': 9}


class Types:
    def __init__(self, bicep):
        answer = bicep.compile(os.path.join(TEMPLATES, 'swarm.bicep'))
        if not answer.get('success'):
            raise SystemExit('templates/swarm.bicep: ' + '\n'.join(judge.findings(answer)))
        self.definitions = json.loads(answer['contents'])['definitions']

    def resolve(self, given):
        """(name of the type, its properties with those of the use laid over it)."""
        name, node = '', given
        while '$ref' in node:
            name = node['$ref'].split('/')[-1]
            over = {k: v for k, v in node.items() if k != '$ref'}
            base = self.definitions[name]
            metadata = {**base.get('metadata', {}), **over.get('metadata', {})}
            node = {**base, **over, 'metadata': metadata}
        return name, node

    def variants(self, node):
        return node['discriminator']['propertyName'], node['discriminator']['mapping']

    def default_kind(self, node):
        key, mapping = self.variants(node)
        for kind, variant in mapping.items():
            if 'default' in self.resolve(variant)[1]['properties'][key].get('metadata', {}):
                return kind
        return None

    def complete(self, node, value):
        """The description with all defaults; what is optional and absent stays absent. Order: the type's."""
        name, node = self.resolve(node)
        if 'discriminator' in node:
            key, mapping = self.variants(node)
            kind = value.get(key, self.default_kind(node))
            return self.complete(mapping[kind], {**value, key: kind})
        if isinstance(value, dict):
            done = {}
            for key, kind in node.get('properties', {}).items():
                metadata = self.resolve(kind)[1].get('metadata', {}) if '$ref' in kind else kind.get('metadata', {})
                metadata = {**metadata, **kind.get('metadata', {})}
                if key in value:
                    done[key] = self.complete(kind, value[key])
                elif 'default' in metadata:
                    done[key] = self.complete(kind, copy.deepcopy(metadata['default']))
            for key, item in value.items():
                if key not in node.get('properties', {}):
                    done[key] = self.complete(node['additionalProperties'], item)
            return done
        if isinstance(value, list):
            return [self.complete(node.get('items', {}), item) for item in value]
        if node.get('metadata', {}).get('file') and value in FILES:
            return FILES[value]
        return value


class Describer:
    """Random descriptions; `much` is how likely an optional setting is written."""

    def __init__(self, types, random):
        self.types, self.random = types, random

    def swarm(self):
        self.much = self.random.choice([0.05, 0.15, 0.3, 0.5])
        value = self.value({'$ref': '#/definitions/Swarm'}, 'Swarm', 'swarm')
        self.repair(value)
        return value

    def value(self, node, owner, key):
        name, node = self.types.resolve(node)
        if 'discriminator' in node:
            kind_key, mapping = self.types.variants(node)
            kind = self.random.choice(list(mapping))
            made = self.value(mapping[kind], owner, key)
            made[kind_key] = kind
            if kind == self.types.default_kind(node) and self.random.random() < 0.5:
                del made[kind_key]
            return made
        if 'allowedValues' in node and node.get('type') != 'array':
            return self.random.choice(node['allowedValues'])
        kind = node.get('type')
        if kind == 'bool':
            return self.random.random() < 0.5
        if kind == 'int':
            least = node.get('minValue', 0)
            most = min(node.get('maxValue', 2 ** 31), least + self.random.choice([1, 5, 40, 5000]))
            return self.random.randint(least, most)
        if kind == 'string':
            return self.text(node, owner, key)
        if kind == 'array':
            return self.array(node, owner, key)
        if 'properties' in node:
            return self.object(name, node, key)
        keys = KEYS[key]
        chosen = self.random.sample(keys, self.random.randint(0, min(len(keys), 3)))
        return {k: self.value(node['additionalProperties'], owner, key) for k in chosen}

    def object(self, name, node, key):
        made = {}
        for item, kind in node['properties'].items():
            resolved = self.types.resolve(kind)[1]
            required = 'default' not in resolved.get('metadata', {}) and not kind.get('nullable')
            big = key == 'swarm' and item in ('workers', 'managers')
            if required or self.random.random() < (0.8 if big else self.much):
                made[item] = self.value(kind, name, item)
        return made

    def array(self, node, owner, key):
        if 'allowedValues' in node:
            pool = node['allowedValues']
            return self.random.sample(pool, self.random.randint(node.get('minLength', 0), len(pool)))
        items = node['items']
        resolved = self.types.resolve(items)[1]
        count = self.random.randint(node.get('minLength', 0), 3)
        if 'allowedValues' in resolved:
            pool = resolved['allowedValues']
            return sorted(self.random.sample(pool, max(1, min(count, len(pool)))))
        made = [self.value(items, owner, key) for _ in range(count)]
        return [x for i, x in enumerate(made) if x not in made[:i]]

    def text(self, node, owner, key):
        pool = TEXTS.get(f'{owner}.{key}') or TEXTS.get(key)
        metadata = node.get('metadata', {})
        if not pool:
            pool = [v for v in (metadata.get('example'), metadata.get('default')) if isinstance(v, str)]
        if not pool:
            raise SystemExit(f'describe.py: TEXTS has nothing for {owner}.{key}')
        return self.random.choice(pool)

    # What the rules across settings would refuse nearly always is put right here.
    def repair(self, swarm):
        random = self.random
        network = swarm.setdefault('network', {})
        existing = network.get('kind') == 'existing'
        prefix = network.get('prefix', '10.0.0.0/16')
        begin = '.'.join(prefix.split('.')[:2]) + '.'
        move = lambda text: re.sub(r'^10\.0\.', begin, text)
        if existing:
            subnets = network['subnets']
            named = [s for k, s in subnets.items() if k != 'more'] + list(subnets.get('more', {}).values())
            for at, subnet in enumerate(named):
                subnet['name'] = TEXTS['ExistingSubnet.name'][at % 5] + str(at)
                subnet['prefix'] = f'10.20.{16 * at}.0/22'
            if swarm.get('jumpbox', {}).get('kind') == 'bastion':
                subnets.setdefault('bastion', {'prefix': '10.20.250.0/26'})['name'] = 'AzureBastionSubnet'
            elif 'bastion' in subnets:
                subnets['bastion']['name'] = 'AzureBastionSubnet'
            if swarm.get('jumpbox', {}).get('kind') in ('linux', 'windows'):
                subnets.setdefault('jumpbox', {'name': 'jump', 'prefix': '10.20.251.0/28'})
            if 'private' in (swarm.get('vault', {}).get('network'), swarm.get('storage', {}).get('network')):
                subnets.setdefault('endpoints', {'name': 'ends', 'prefix': '10.20.252.0/26'})
        elif 'subnets' in network:
            network['subnets'] = {k: move(v) for k, v in network['subnets'].items()}
        managers = swarm.setdefault('managers', {})
        if managers.get('os') == 'windows' and random.random() < 0.5:
            managers.pop('os')
            managers.pop('image', None)
            managers.pop('hybridBenefit', None)
        if random.random() < 0.7:
            managers.pop('addresses', None)
        elif 'addresses' in managers:
            managers['addresses'] = [f'{begin}0.{10 + i}' for i in range(managers.get('count', 3))]
        secrets = swarm.setdefault('secrets', {})
        secrets.setdefault('registry-password', {'readers': ['managers', 'workers', 'jumpbox']})['readers'] = \
            ['managers', 'workers', 'jumpbox']
        for server, registry in swarm.get('registries', {}).items():
            if registry.get('kind') == 'identity' and '.azurecr.' not in server:
                registry.clear()
                registry.update(username='swarm', secret='registry-password')
        for at, pool in enumerate(swarm.get('workers', {}).values()):
            if managers.get('os') == 'windows' and pool.get('os', 'linux') == 'linux':
                pool['os'] = 'windows'
                pool.pop('image', None)
            if 'subnet' in pool:
                pool['subnet'] = random.choice(list(network['subnets'].get('more', {})) or ['']) if existing else \
                    f'{begin}{100 + at}.0/24'
                if not pool['subnet']:
                    del pool['subnet']
            if 'count' in pool:
                pool['count'] %= 30
            if 'maxPrice' in pool.get('spot', {}):
                pool['spot']['maxPrice'] *= 10
            if 'autoscale' in pool:
                scale = pool['autoscale']
                count = pool.get('count', 2)
                scale['min'], scale['max'] = random.randint(0, count), count + random.randint(1, 20)
                if 'cpu' not in scale and 'memory' not in scale and not scale.get('schedules'):
                    scale['cpu'] = 70
                for schedule in scale.get('schedules', {}).values():
                    schedule['min'] = random.randint(0, 3)
                    schedule['max'] = schedule['min'] + random.randint(1, 9)
        machines = [(managers, managers.get('os')), (swarm.get('jumpbox', {}), swarm.get('jumpbox', {}).get('kind'))]
        machines += [(pool, pool.get('os')) for pool in swarm.get('workers', {}).values()]
        for machine, system in machines:
            for scripts in machine.get('scripts', {}).values():
                for script in scripts:
                    if 'file' in script:
                        script['file'] = random.choice(WINDOWS_FILES if system == 'windows' else LINUX_FILES)
            image = machine.get('image', {})
            if image.get('architecture') == 'arm64':
                machine['size'] = 'Standard_D4ps_v6'
        if 'ports' in swarm.get('ingress', {}):
            ports = {}
            for port in swarm['ingress']['ports']:
                ports.setdefault(port['port'], port)
            swarm['ingress']['ports'] = list(ports.values())
        if not swarm.get('contact') and random.random() < 0.9:
            swarm['contact'] = 'ops@acme.example'


# ---- the rules, as the official compiler evaluates them

def called(bicep, folder, completed, function, template):
    """What an exported function of the library says of a description; None and why if its type refuses the value."""
    path = os.path.join(folder, 'called.bicepparam')
    template = os.path.relpath(os.path.join(TEMPLATES, template), folder)
    with open(path, 'w', newline='') as file:
        file.write(f"using none\nimport {{ {function} }} from '{template}'\nparam found = {function}({literal(completed)})\n")
    answer = bicep.compile_params(path)
    if not answer.get('success'):
        return None, judge.findings(answer)
    return json.loads(answer['parameters'])['parameters']['found']['value'], []


def problems(bicep, folder, completed):
    """[(level, at, message)] of templates/rules.bicep; None if the type itself refuses the value."""
    found, why = called(bicep, folder, completed, 'problems', 'rules.bicep')
    return found if found is None else [(p.get('level', 'error'), p['at'], p['message']) for p in found], why


def remove(swarm, at):
    """Takes the setting `at` (or the nearest written one around it) out; False if none is written."""
    words = re.findall(r'[^.\[\]]+', at)
    place, value = None, swarm
    for word in words:
        if isinstance(value, list) and word.isdigit() and int(word) < len(value):
            place, value = (value, int(word)), value[int(word)]
        elif isinstance(value, dict) and word in value:
            place, value = (value, word), value[word]
        else:
            break
    if place is None or place[1] == 'name':
        return False
    del place[0][place[1]]
    return True


def legal(describer, bicep, folder, tries=12):
    """A random description without errors, and how many were thrown away before it."""
    thrown = 0
    while True:
        swarm = describer.swarm()
        for _ in range(tries):
            try:
                completed = describer.types.complete({'$ref': '#/definitions/Swarm'}, swarm)
            except (KeyError, AttributeError):
                break
            found, why = problems(bicep, folder, completed)
            if found is None:
                break
            errors = [at for level, at, _ in found if level == 'error']
            if not errors:
                return swarm, completed, thrown
            if not all([remove(swarm, at) for at in dict.fromkeys(errors)]):
                break
        thrown += 1


# ---- writing

def scalar(value):
    return json.dumps(value, ensure_ascii=False)


def yaml(value, indent=0):
    """Block style, every text in double quotes; a list's items on their own lines."""
    pad = ' ' * indent
    lines = []
    for key, item in value.items():
        name = key if re.fullmatch(r'[A-Za-z][A-Za-z0-9-]*', key) and key.lower() not in ('yes', 'no', 'on', 'off', 'null', 'true', 'false') \
            else scalar(key)
        if isinstance(item, dict) and item:
            lines += [f'{pad}{name}:', yaml(item, indent + 2)]
        elif isinstance(item, list) and item:
            lines.append(f'{pad}{name}:')
            for part in item:
                if isinstance(part, dict) and part:
                    text = yaml(part, indent + 4)
                    lines.append(f'{pad}  - ' + text[indent + 4:])
                else:
                    lines.append(f'{pad}  - {scalar(part)}')
        else:
            lines.append(f'{pad}{name}: {scalar(item)}')
    return '\n'.join(lines)


def literal(value):
    """A Bicep literal."""
    if isinstance(value, str):
        text = value.replace('\\', '\\\\').replace("'", "\\'").replace('${', '\\${')
        text = text.replace('\n', '\\n').replace('\r', '\\r').replace('\t', '\\t')
        return f"'{text}'"
    if isinstance(value, dict):
        inner = '\n'.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())
        return '{\n' + inner + '\n}' if inner else '{}'
    if isinstance(value, list):
        return '[\n' + '\n'.join(literal(v) for v in value) + '\n]' if value else '[]'
    return 'null' if value is None else json.dumps(value)


def write_files(folder):
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', newline='') as file:
            file.write(text)


def smaller(swarm):
    """Descriptions with one setting (or entry, or item) less; large ones first."""
    def places(value):
        for key in (list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []):
            yield (key,)
            for rest in places(value[key]):
                yield (key, *rest)
    for place in sorted(places(swarm), key=len):
        made = copy.deepcopy(swarm)
        owner = made
        for key in place[:-1]:
            owner = owner[key]
        del owner[place[-1]]
        yield made
