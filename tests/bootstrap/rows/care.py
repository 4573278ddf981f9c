"""What nodes look after while they live: tokens, labels, keys, secrets, disks, sign-ins, containers, updates."""
import contextlib
import json
import time

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, everywhere, facts, formed, looks, running, stored, whole
from swarm import Failed, read, started


@row('tokens are rotated while machines are missing')
def rotated(swarm):
    swarm.boot('manager0', 'manager1', 'web0')
    swarm.settled()
    swarm.pace(0.1)
    for role in 'worker', 'manager':
        swarm.docker('manager1', 'swarm', 'join-token', '--rotate', '--quiet', role)
    swarm.boot('manager2', 'web1')
    swarm.settled(300)
    stored(swarm)


@row('the vault loses its tokens', description=ONE_MANAGER, parameters=ONE_WORKER)
def lost_tokens(swarm):
    """One deleted, one replaced; managers put them back while they run, without a restart."""
    before = formed(swarm)
    swarm.pace(0.05)
    swarm.azure.delete_secret('swarm-worker-token')
    swarm.azure.put_secret('swarm-manager-token', 'SWMTKN-1-nonsense', tags=swarm.azure.secret('swarm-manager-token')['tags'])
    stored(swarm)
    whole(swarm, before)


@row('labels follow the facts, and leave those of persons alone')
def labels(swarm):
    before = formed(swarm)
    swarm.pace(0.1)

    def have(name, expected):
        def same():
            found = {key: value for key, value in swarm.labels(name).items() if key != 'swarmgen.labels'}
            return found == expected or found
        swarm.wait(f'{name} has {expected}', lambda: same() is True)
    for name in 'web0', 'web1':
        have(name, {'pool': 'web', 'tier': 'front'})
    for number in 0, 1, 2:
        have(f'manager{number}', {'manager': str(number)})
    swarm.docker('manager0', 'node', 'update', '--label-add', 'own=1', before['web0'])
    facts(swarm, 'web0', labels={'tier': 'back', 'disk': 'ssd'})
    facts(swarm, 'web1', labels={})
    swarm.restart('web0', 'web1')
    have('web0', {'pool': 'web', 'tier': 'back', 'disk': 'ssd', 'own': '1'})
    have('web1', {'pool': 'web'})
    swarm.docker(swarm.leader(), 'node', 'update', '--label-rm', 'tier', before['web0'])
    have('web0', {'pool': 'web', 'tier': 'back', 'disk': 'ssd', 'own': '1'})
    whole(swarm, before)


@row("operators' keys are changed in the vault", description=ONE_MANAGER, parameters=ONE_WORKER)
def keys(swarm):
    """A key opens the door that it did not open before, and not any more when it is taken out. Minutes pass by a clock that is put on."""
    formed(swarm)
    admin, address = swarm.machines['web0'].admin, swarm.machines['web0'].address
    swarm.enter('web0', 'systemctl', 'start', 'ssh', check=True)
    key = f'{swarm.top}/key'
    swarm.beside('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)

    def enters():
        said = swarm.beside('ssh', '-F', 'none', '-i', key, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null',
                            '-o', 'ConnectTimeout=5', f'{admin}@{address}', 'id', '-un')
        if said.stdout.strip() != admin and 'Permission denied (publickey)' not in said.stderr:
            raise Failed(said.stderr)
        return said.stdout.strip() == admin

    def later(seconds):
        swarm.enter('web0', 'sh', '-ec', f'umount /proc/uptime 2>/dev/null || :; awk -v s={seconds} \'{{print $1 + s, $2}}\' /proc/uptime >/tmp/uptime; mount --bind /tmp/uptime /proc/uptime', check=True)
    swarm.pace(0.2)
    swarm.wait('it is refused while it is not in the vault', lambda: not enters(), 20)
    old = swarm.azure.secret('operator-keys')['value']
    swarm.azure.put_secret('operator-keys', f'{old}\n{read(key + ".pub")}')
    later(301)
    swarm.wait('the new key opens', enters)
    swarm.azure.put_secret('operator-keys', old)
    later(602)
    swarm.wait('it opens no more', lambda: not enters())


@row("users' secrets become Docker secrets, and follow the vault", description={**ONE_MANAGER, 'secrets': {'theirs': {'docker': True}}}, parameters={**ONE_WORKER, 'secretTheirs': 'a value of theirs 81643'})
def docker_secrets(swarm):
    formed(swarm)
    swarm.wait('the secret is there', lambda: 'theirs' in swarm.docker('manager0', 'secret', 'ls', '--format', '{{.Name}}').split())
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'reads', '--secret', 'theirs', '--constraint', 'node.role == worker', 'web:1')

    def value():
        for name in running(swarm, 'reads'):
            for container in swarm.docker(name, 'ps', '-q', '-f', 'label=com.docker.swarm.service.name=reads').split():
                return swarm.enter(name, 'docker', 'exec', container, 'cat', '/run/secrets/theirs').stdout
        return None
    swarm.wait('the service reads it', lambda: value() == 'a value of theirs 81643')
    swarm.pace(0.05)
    swarm.azure.put_secret('theirs', 'another value 46127')
    swarm.wait('the service that uses it is named', lambda: 'reads' in swarm.health('manager0').get('message', ''), 240)
    if value() != 'a value of theirs 81643':
        raise Failed('it changed while it was used')
    swarm.docker('manager0', 'service', 'rm', 'reads')
    swarm.wait('it is made anew', lambda: 'made secret theirs' in swarm.log('manager0').rpartition('has a new value')[2], 240)
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'reads', '--secret', 'theirs', '--constraint', 'node.role == worker', 'web:1')
    swarm.wait('the service reads the new value', lambda: value() == 'another value 46127')


@row('images are evicted when the disk is full, but not those that are used or listed', description={**ONE_MANAGER, 'workers': {'web': {'images': ['web:1'], 'evictImagesAt': 60}}}, parameters=ONE_WORKER)
def evicted(swarm):
    formed(swarm)
    images = lambda: set(swarm.docker('web0', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}').split())
    swarm.docker('manager0', 'service', 'create', '-d', '--name', 'used', '--constraint', 'node.role == worker', '--mode', 'global', 'web:2')
    swarm.wait('it runs', lambda: 'web0' in running(swarm, 'used'))
    swarm.docker('web0', 'tag', 'web:1', 'mine:1')
    unused = {'mine:1'}
    swarm.pace(0.2)
    looks(swarm, 6, 'web0')
    if not images() >= {'web:1', 'web:2', *unused}:
        raise Failed(f'removed while the disk was empty: {images()}')
    swarm.enter('web0', 'sh', '-ec', "fallocate -l $(df -B1 --output=size /var/lib/docker | tail -n 1 | awk '{printf \"%d\", $1 * 0.7}') /var/lib/docker/large", check=True)
    swarm.wait('what is unused is gone', lambda: not images() & unused)
    if not images() >= {'web:1', 'web:2'}:
        raise Failed(f'removed: {images()}')
    swarm.enter('web0', 'rm', '/var/lib/docker/large', check=True)


ACR, OTHER = 'acme.azurecr.io', 'theirs.azurecr.io'


@row('sign-in at registries, by password and by identity', parameters={**ONE_WORKER, 'secretRegistryPassword': 'password-5512'}, description={
    **ONE_MANAGER, 'secrets': {'registry-password': {'readers': ['managers', 'workers']}},
    'registries': {ACR: {'kind': 'identity'}, OTHER: {'username': 'me', 'secret': 'registry-password'}}})
def registries(swarm):
    """The role at the registry is given, and the right password set, only after both were refused."""
    signed = lambda: set(json.loads(swarm.enter('web0', 'cat', '/root/.docker/config.json').stdout or '{}').get('auths', {}))
    swarm.azure.registry(host=OTHER, user='me', password='password-7781')
    formed(swarm)
    swarm.pace(0.1)
    for server in ACR, OTHER:
        swarm.wait(f'{server} is named', lambda: f'sign-in at {server}' in swarm.health('web0').get('message', ''))
    swarm.azure.put_secret('registry-password', 'password-7781')
    swarm.wait('signed in at one', lambda: signed() == {OTHER})
    rights = swarm.azure.rights()
    swarm.azure.rights(rights=rights + [['/', next(right[1] for right in rights if right[1] == principal), '7f951dda-4ed3-4680-a7ca-43fe172d538d'] for principal in {right[1] for right in rights}])
    swarm.wait('signed in at both', lambda: signed() == {ACR, OTHER})
    swarm.wait('nothing is said any more', lambda: 'sign-in' not in swarm.health('web0').get('message', ''))
    if swarm.enter('web0', 'stat', '-c', '%a', '/root/.docker/config.json').stdout.strip() != '600':
        raise Failed('others may read it')
    since = time.time()
    swarm.enter('web0', 'sh', '-ec', 'touch -d "61 minutes ago" /run/swarmgen/done/registry-*', check=True)
    swarm.wait('both are renewed', lambda: {request['host'] for request in swarm.azure.requests(since) if request['caller'] == 'web0'
                                            and request['path'] in ('/oauth2/exchange', '/oauth2/token')} == {ACR, OTHER})


# ---- updates

NOW = time.time()
CLOSED = {'updates': {'from': time.strftime('%H:00', time.gmtime(NOW + 12 * 3600)), 'hours': 1}}
OPEN = {'updates': {'from': '00:00', 'hours': 24}}


def want_reboot(swarm, *names):
    for name in names:
        swarm.enter(name, 'touch', '/run/reboot-required', check=True)


@row('no node reboots outside of the maintenance window', description={**ONE_MANAGER, **CLOSED}, parameters=ONE_WORKER)
def outside(swarm):
    formed(swarm)
    swarm.pace(0.1)
    boots = {name: swarm.init(name) for name in swarm.machines}
    want_reboot(swarm, *boots)
    for name in boots:
        swarm.wait(f'{name} says that it waits', lambda: 'waiting for the maintenance window' in swarm.health(name).get('message', ''))
    looks(swarm, 10)
    if boots != {name: swarm.init(name) for name in boots} or any(swarm.node(name)['Spec']['Availability'] != 'active' for name in boots):
        raise Failed('somebody rebooted, or was drained')


@row('two workers and a manager reboot in the window, one at a time', description=OPEN)
def window(swarm):
    before = formed(swarm)
    names = ['web0', 'web1', 'manager1']
    everywhere(swarm)
    swarm.pace(0.3)
    boot = lambda name: started(swarm.init(name))
    boots, drained = {name: boot(name) for name in names}, set()
    want_reboot(swarm, *names)
    end = swarm.idled() + 600
    while True:
        nodes = {name: node for name, machine in swarm.machines.items() for node in swarm.nodes().get(machine.host, [])}
        draining = {name for name, node in nodes.items() if node['Spec']['Availability'] == 'drain'}
        away = draining | {name for name in names if name in nodes and nodes[name]['Status']['State'] != 'ready'}
        if len(away) > 1:
            raise Failed(f'at the same time: {sorted(away)}')
        drained |= draining
        with contextlib.suppress(Failed):  # while a machine is off for a moment
            again = {name for name in names if boot(name) != boots[name]}
            if again - drained:
                raise AssertionError(f'rebooted undrained: {again - drained}')
            if again == set(names) and nodes and not away:
                break
        if swarm.idled() > end:
            raise Failed(f'not all rebooted; drained: {sorted(drained)}')
        time.sleep(0.3)
    whole(swarm, before)
