"""A swarm of machines on this one, made from an output folder of `swarmgen build` alone.

  swarm = Swarm('name', folder)     its network and its Azure; no machine is on yet
  swarm.boot('manager0', 'web0')    power on; swarm.kill(…): power off, hard
  swarm.azure.fault(…)              see Azure below
  swarm.wait('…', condition)        until condition() is true
  swarm.settled()                   waits until all machines that are on are members, then looks for what never may be
  swarm.close()                     everything away

All of it lives in namespaces whose process 1 is azure.py: when that ends, so does everything, whatever became of us.
"""
import base64
import contextlib
import ctypes
import fcntl
import hashlib
import http.client
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

from template import Template, GROUP

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CACHE = os.environ.get('BOOTSTRAP_CACHE') or os.path.join(ROOT, 'build', 'bootstrap')
INSTANCE = os.path.join(CACHE, 'instance')  # each instance mounts its own folder here, seen by nobody else
SWARMGEN = os.path.join(ROOT, 'build', 'release', 'swarmgen')
WEB = '203.0.113.20'
KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0v7zYFvWqPq4cY8rXh0m3s2KfJt5uBn6gLxQe1aVdT born@acme.example'
LIBC = ctypes.CDLL(None, use_errno=True)
SECRET_SERVICES = {'portainer-agent-secret'}  # Portainer takes it from its environment only


class Failed(Exception):
    """What a row expected did not come."""


class Skipped(Exception):
    """This machine cannot do it."""


def write(path, text, mode=0o644):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), 'w') as file:
        file.write(text)


def read(path):
    try:
        with open(path, errors='replace') as file:
            return file.read()
    except OSError:
        return ''


def children(pid):
    return [int(child) for child in read(f'/proc/{pid}/task/{pid}/children').split()]


def started(pid):
    """When a process began, so that a number that is used again is not taken for it."""
    fields = read(f'/proc/{pid}/stat').rpartition(')')[2].split()
    return fields[19] if len(fields) > 19 else ''


def counted(pid):
    """A process's numbers: as this machine counts, as the namespaces in it do."""
    found = re.search(r'^NSpid:\t(.*)$', read(f'/proc/{pid}/status'), re.M)
    return found[1].split() if found else []


def parent(pid):
    found = re.search(r'^PPid:\t(\d+)$', read(f'/proc/{pid}/status'), re.M)
    return found[1] if found else ''


def describe(changes=None, example='mixed', windows=False):
    """A description: the example, in general without its Windows pools, changed: {'managers': {'count': 1}}; None removes."""
    said = subprocess.run([SWARMGEN, 'build', '--dump', 'value', os.path.join(ROOT, 'examples', example)], check=True, capture_output=True, text=True)
    value = json.loads(said.stdout)
    value['workers'] = {name: pool for name, pool in value['workers'].items() if windows or pool.get('os') != 'windows'}

    def merge(into, change):
        for key, item in change.items():
            if item is None:
                into.pop(key, None)
            elif isinstance(item, dict) and isinstance(into.get(key), dict):
                merge(into[key], item)
            else:
                into[key] = item
    merge(value, changes or {})
    return value


def build(description, folder):
    """The output folder of a description, which is written as JSON (and so YAML)."""
    os.makedirs(folder, exist_ok=True)
    write(os.path.join(folder, 'swarm.yaml'), json.dumps(description, indent=1))
    said = subprocess.run([SWARMGEN, 'build', '-q', folder], capture_output=True, text=True)
    if said.returncode:
        raise Failed(f'swarmgen build: {said.stderr}')
    return os.path.join(folder, 'azure')


class Azure:
    """The stand-in, steered. Any method of azure.py's Control: fault, clear, secret, put_secret, event, events, requests, file…

      fault(route, …)   route: a regular expression for 'PART METHOD PATH' ('imds', 'vault GET', 'vault GET /secrets/swarm-worker-token',
                        'imds GET /metadata/identity', 'arm', 'dns NAME'); caller: the machine; seconds or count: how long;
                        status, code, headers, body: the answer; delay: seconds before it; cut: 'half' or True. Returns a key for clear(key).
    """

    def __init__(self, path):
        self.path = path

    def __getattr__(self, name):
        def ask(*given, **named):
            order = {'fault': ['route'], 'clear': ['key'], 'secret': ['name'], 'put_secret': ['name', 'value'], 'event': ['kind', 'machines'],
                     'delete_secret': ['name'], 'file': ['url', 'body'], 'gone': ['name'], 'requests': ['since']}
            named.update(zip(order.get(name, []), given))
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(60)
                sock.connect(self.path)
                sock.sendall(json.dumps({'do': name, **named}).encode() + b'\n')
                answer = json.loads(sock.makefile().read())
            if 'error' in answer:
                raise Failed(f'azure.{name}: {answer["error"]}')
            return answer['result']
        return ask


class EngineSocket(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__('engine', timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Swarm:
    Template = Template

    def __init__(self, name, folder, parameters=None, lasting=False):
        self.name, self.folder, self.lasting = name, folder, lasting
        self.template = self.Template(folder, {'sshKey': KEY, **(parameters or {})})
        self.machines, self.inits, self.began = {}, {}, time.time()
        prepare()
        sweep()
        images = images_for(self.template)
        self.start_keeper()
        try:
            self.azure = Azure(f'{self.top}/azure.sock')
            self.wait('the stand-in for Azure', self.answers, 30, 0.05)
            self.start_clock()
            shutil.copy(images, f'{self.top}/images.tar')
            os.makedirs(f'{self.top}/share')
            for machine in self.template.machines:
                self.make(machine)
            if lasting:
                write(record(name), json.dumps({'keeper': self.keeper, 'started': started(self.keeper), 'folder': folder, 'parameters': parameters or {}}))
        except BaseException:
            self.close()
            raise

    # -- the instance

    def start_keeper(self):
        os.makedirs(INSTANCE, exist_ok=True)
        begin = ('mount -t tmpfs -o mode=700,size=80% tmpfs "$1" && mount -t tmpfs tmpfs /run && mkdir /run/netns && '
                 'cat >"$1/azure.json" && exec python3 -B "$2" "$1" "$3" >"$1/azure.log" 2>&1 </dev/null')
        command = ['unshare', '--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private',
                   'sh', '-c', begin, 'sh', INSTANCE, os.path.join(HERE, 'azure.py'), CACHE]
        if not self.lasting:  # it ends with us, however we end
            command = ['setpriv', '--pdeathsig', 'KILL', *command]
        self.outer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        try:
            with contextlib.suppress(BrokenPipeError):
                self.outer.stdin.write(json.dumps(self.facts_of_azure()).encode())
                self.outer.stdin.close()
            end = time.time() + 10
            while not children(self.outer.pid):
                if self.outer.poll() is not None:
                    self.forbidden()
                if time.time() > end:
                    raise Failed('the keeper did not start')
                time.sleep(0.02)
        except BaseException:
            self.outer.kill()  # and so all that it began
            self.outer.wait()
            raise
        self.keeper = children(self.outer.pid)[0]
        self.top = f'/proc/{self.keeper}/root{INSTANCE}'

    def start_clock(self):
        """A program that gets the processor when machines leave it, as part of what they have of the host: it writes a byte each half second."""
        begin = ('[ -z "$1" ] || { mkdir -p "$1" && echo 10 >"$1/cpu.shares" && echo $$ >"$1/cgroup.procs"; }\n'
                 '(while sleep 0.5; do printf .; done) </dev/null >"$2" 2>/dev/null &')
        group = f'/sys/fs/cgroup/cpu/{self.cgroup}/clock' if 'cpu' in controllers() else ''
        subprocess.run([*self.beside_machines(), 'sh', '-c', begin, 'sh', group, f'{INSTANCE}/clock'], check=True, stdin=subprocess.DEVNULL)

    def idled(self):
        """Seconds in which the machines had nothing to do: fewer than passed, if this host is too busy for what they have to do."""
        return os.stat(f'{self.top}/clock').st_size / 2 if os.path.exists(f'{self.top}/clock') else time.time() - self.began

    def beside_machines(self):
        ordinary = str(-os.getpriority(os.PRIO_PROCESS, 0))  # the machines' priority, whatever ours is
        return ['nsenter', '-t', str(self.keeper), '-m', '-n', '-p', '-i', '-u', '--', 'nice', '-n', ordinary]

    def forbidden(self):
        raise Skipped(f'this kernel or container forbids namespaces: {self.outer.stderr.read().decode().strip()}')

    def answers(self):
        if not started(self.keeper):
            self.forbidden()
        with contextlib.suppress(OSError):
            return self.azure.ready()

    def facts_of_azure(self):
        template = self.template
        subnets = set(template.subnets().values())
        return {
            'machines': {}, 'identities': template.identities, 'rights': template.rights, 'secrets': template.secrets,
            'ownVault': template.vault.split('/')[-1], 'vaultIds': sorted({scope.split('/secrets/')[0] for scope, _, _ in template.rights if '/vaults/' in scope} | {template.vault}),
            'sets': [pool['id'] for pool in template.pools.values()], 'web': WEB, 'names': ['management.azure.com'],
            'gateways': [f'{subnet[1]}/{subnet.prefixlen}' for subnet in subnets]}

    @property
    def cgroup(self):
        return f'swarmgen-{self.keeper}-{started(self.keeper)}'

    def close(self):
        """Everything away."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(record(self.name))
        group = self.cgroup
        end_of(self.keeper)
        if self.outer:
            self.outer.wait()
        remove_cgroups(group)

    @classmethod
    def attach(cls, name):
        """An instance that `make swarm` left running."""
        try:
            known = json.loads(read(record(name)))
        except ValueError:
            raise Failed(f'there is no swarm {name}; make swarm') from None
        swarm = cls.__new__(cls)
        swarm.name, swarm.folder, swarm.keeper, swarm.outer, swarm.lasting, swarm.began = name, known['folder'], known['keeper'], None, True, time.time()
        if started(swarm.keeper) != known['started']:
            raise Failed(f'the swarm {name} is gone; make swarm')
        swarm.template = cls.Template(swarm.folder, {'sshKey': KEY, **known['parameters']})
        swarm.top, swarm.inits = f'/proc/{swarm.keeper}/root{INSTANCE}', {}
        swarm.azure = Azure(f'{swarm.top}/azure.sock')
        swarm.machines = {machine.name: machine for machine in swarm.template.machines}
        return swarm

    # -- machines

    def make(self, machine):
        """A machine that is off, with an empty disk."""
        self.machines[machine.name] = machine
        number = machine.instance.rsplit('_', 1)[-1]
        subnet = ipaddress.ip_network(f'{machine.address}/{machine.length}', strict=False)
        self.azure.machine(machine={
            'name': machine.name, 'instance': machine.instance, 'host': machine.host, 'role': machine.role, 'address': machine.address,
            'subnet': str(subnet), 'admin': machine.admin, 'userData': machine.user_data, 'identities': machine.identities,
            'set': machine.set_id, 'vmId': str(uuid.uuid4()),
            'id': f'{machine.set_id}/virtualMachines/{number}' if machine.set_id else f'{GROUP}/providers/Microsoft.Compute/virtualMachines/{machine.instance}'})
        folder = self.folder_of(machine.name)
        os.makedirs(f'{folder}/state')
        os.link(f'{self.top}/images.tar', f'{folder}/state/images.tar')
        write(f'{folder}/customData', machine.custom_data)
        settings = {'base': f'{CACHE}/base', 'address': f'{machine.address}/{machine.length}', 'gateway': subnet[1], 'wire': '168.63.129.16',
                    'metadata': '169.254.169.254', 'host': machine.host, 'share': f'{INSTANCE}/share', 'admin': machine.admin, 'sshkey': KEY,
                    'port': 'v' + '-'.join(machine.address.split('.')[2:]), 'instance': str(uuid.uuid4()), 'controllers': ' '.join(controllers()),
                    'cgroup': self.cgroup, 'cgroup_root': '/sys/fs/cgroup', 'shares': 4096 // int(os.environ.get('BOOTSTRAP_JOBS', 1))}
        write(f'{folder}/settings', ''.join(f"{key}='{value}'\n" for key, value in settings.items()))
        self.disks(machine)
        self.share(names=[machine.name])

    def folder_of(self, name):
        return f'{self.top}/machines/{name}'

    def disks(self, machine, kept=False):
        """Its data disks: loop devices; without those, a folder."""
        lines = []
        for disk in machine.data_disks:
            number = self.azure.disk(machine=machine.name, lun=disk['lun'], new=not (kept and disk['kept']))
            if number is not None:
                lines.append(f'{disk["lun"]} {number}\n')
        write(f'{self.folder_of(machine.name)}/disks', ''.join(lines))

    def share(self, error='', key=None, names=None):
        """What the share answers: an error for those machines, or the key that is right now."""
        for name in names or self.machines:
            facts = self.facts(name).get('share')
            if facts:
                right = hashlib.sha256((key or self.template.secrets.get('share-key', '')).encode()).hexdigest()
                write(f'{self.folder_of(name)}/state/cifs', f'//{facts["host"]}/{facts["name"]} {right} {error}\n')

    def facts(self, name):
        return json.loads(base64.b64decode(self.machines[name].user_data))

    def trace(self, *names):
        """Every program that these run from their next boot on is written down, with arguments and environment: see traced()."""
        for name in names:
            write(f'{self.folder_of(name)}/traced', '')

    def traced(self, name):
        return read(f'{self.folder_of(name)}/execve')

    def pace(self, factor):
        """From now on the pauses of all machines' node programs are this much longer, or shorter."""
        for name in self.machines:
            write(f'{self.folder_of(name)}/state/pace', str(factor))

    def bare(self, *names):
        """Machines without a loader and a data disk: only what the image brings."""
        for name in names:
            write(f'{self.folder_of(name)}/disks', '')
            write(f'{self.folder_of(name)}/customData', base64.b64encode(b'#cloud-config\n').decode())

    def boot(self, *names):
        """Power on, without waiting."""
        for name in names:
            if self.on(name):
                raise Failed(f'{name} is on already')
            folder = self.folder_of(name)
            write(f'{folder}/on', str(time.time()))
            subprocess.run([*self.beside_machines(), 'sh', '-c', '"$@" </dev/null >>"$0" 2>&1 &',
                            f'{INSTANCE}/machines/{name}/power', os.path.join(HERE, 'machine'), f'{INSTANCE}/machines/{name}', name],
                           check=True, stdin=subprocess.DEVNULL)
            self.wait(f'{name} is on', lambda: os.path.exists(f'{folder}/pid'), 20, 0.02)

    def on(self, name):
        return os.path.exists(f'{self.folder_of(name)}/pid')

    def kill(self, *names):
        """Power off, hard."""
        for name in names:
            self.azure.kill(name=name)
        for name in names:
            self.wait(f'{name} is off', lambda: not self.on(name), 20, 0.02)
            self.inits.pop(name, None)

    def restart(self, *names):
        self.kill(*names)
        self.boot(*names)

    def reboot(self, *names):
        """As somebody who types `reboot` in the machine: units stop first."""
        for name in names:
            self.enter(name, 'systemctl', 'reboot')
        time.sleep(1)

    def rebuild(self, name, keep_disk=True):
        """The machine is made anew under its name and address; a data disk of its own is attached again, unless keep_disk is False."""
        if self.on(name):
            self.kill(name)
        folder, machine = self.folder_of(name), self.machines[name]
        for part in 'upper', 'work', 'docker':
            shutil.rmtree(f'{folder}/{part}', ignore_errors=True)
        settings = re.sub(r"(?m)^instance=.*$", f"instance='{uuid.uuid4()}'", read(f'{folder}/settings'))
        write(f'{folder}/settings', settings)
        self.disks(machine, kept=keep_disk)
        self.azure.change(name=name, vmId=str(uuid.uuid4()))

    def grow(self, pool, count=1):
        """New machines of a pool, on; their names."""
        machines = [self.template.instance(pool) for _ in range(count)]
        for machine in machines:
            self.make(machine)
        self.boot(*[machine.name for machine in machines])
        return [machine.name for machine in machines]

    def remove(self, *names):
        """Machines that Azure deletes, without notice."""
        for name in names:
            if self.on(name):
                self.kill(name)
            self.azure.gone(name)
            shutil.rmtree(self.folder_of(name), ignore_errors=True)
            del self.machines[name]

    # -- inside

    def init(self, name):
        """A machine's process 1, as this machine counts."""
        known = self.inits.get(name)
        if known and started(known[0]) == known[1]:
            return known[0]
        outer = read(f'{self.folder_of(name)}/pid').strip()  # its parent, as the keeper counts
        for pid in filter(str.isdigit, os.listdir('/proc')):
            if counted(pid)[-1:] == ['1'] and counted(parent(pid))[1:] == [outer] and self.mine(pid):
                self.inits[name] = int(pid), started(pid)
                return int(pid)
        raise Failed(f'{name} is not on')

    def mine(self, pid):
        """Whether a process belongs to this instance: its parents lead to the keeper."""
        while pid not in ('0', '1', ''):
            if int(pid) == self.keeper:
                return True
            pid = parent(pid)
        return False

    def path(self, name, path):
        """A file of a machine that is on, seen from outside."""
        return f'/proc/{self.init(name)}/root{path}'

    def enter_command(self, name, *command):
        return ['nsenter', '-t', str(self.init(name)), '-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w', '--', 'env', '-i', 'HOME=/root', 'TERM=xterm',
                'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', *command]

    def enter(self, name, *command, check=False, timeout=120, text=None):
        """Runs a command in a machine: its result."""
        said = subprocess.run(self.enter_command(name, *command), input=text, stdin=None if text is not None else subprocess.DEVNULL,
                              capture_output=True, text=True, errors='replace', timeout=timeout)
        if check and said.returncode:
            raise Failed(f'{name}: {" ".join(command)}: {said.stdout}{said.stderr}')
        return said

    def docker(self, name, *command, **more):
        return self.enter(name, 'docker', *command, check=True, **more).stdout.strip()

    def engine(self, name, path, method='GET', body=None, timeout=25):
        """The engine's answer; None if there is none."""
        try:
            connection = EngineSocket(self.path(name, '/run/docker.sock'), timeout)
            connection.request(method, '/v1.44' + path, json.dumps(body) if body is not None else None, {'Content-Type': 'application/json'})
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            return json.loads(data) if data and answer.status < 300 else [] if answer.status < 300 else None
        except (OSError, ValueError, http.client.HTTPException, Failed):
            return None

    def info(self, name):
        """What the engine says of its swarm: {LocalNodeState, NodeID, …}"""
        return (self.engine(name, '/info', timeout=10) or {}).get('Swarm', {})

    def health(self, name):
        """What the machine's endpoint says; {} if nothing. Rows ask so often that a program for each request would be too slow."""
        try:
            connection = http.client.HTTPConnection('127.0.0.1', 8765, timeout=5)
            with self.network_of(name):
                connection.connect()
            with contextlib.closing(connection):
                connection.request('GET', '/health')
                return json.loads(connection.getresponse().read())
        except (OSError, ValueError, http.client.HTTPException, Failed):
            return {}

    @contextlib.contextmanager
    def network_of(self, name):
        """Sockets that are made herein are a machine's."""
        with open('/proc/thread-self/ns/net') as ours, open(f'/proc/{self.init(name)}/ns/net') as its:
            enter_network(its)
            try:
                yield
            finally:
                enter_network(ours)

    def log(self, name):
        """What the node program said, since the machine's first boot."""
        return read(f'{self.folder_of(name)}/upper/var/log/unit/swarmgen.service.log')

    def beside(self, *command):
        """Runs a command of this machine in the network of the swarm, beside its machines: its result."""
        return subprocess.run(['nsenter', '-t', str(self.keeper), '-n', '--', *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')

    def get(self, url, *options):
        """What an address answers to somebody beside the machines: text, None if nothing."""
        said = self.beside('curl', '-sf', '-m', '5', *options, url)
        return said.stdout if said.returncode == 0 else None

    def replicas(self, of=None):
        """{service: 'running/wanted'}"""
        said = self.docker(of or self.managers()[0], 'service', 'ls', '--format', '{{.Name}} {{.Replicas}}')
        return dict(line.split()[:2] for line in said.splitlines())

    def managers(self):
        return [name for name, machine in self.machines.items() if machine.role == 'manager' and self.on(name)]

    def workers(self):
        return [name for name, machine in self.machines.items() if machine.role == 'worker' and self.on(name)]

    def nodes(self, of=None):
        """{hostname: [node]} as a manager that answers knows them."""
        for name in [of] if of else self.managers():
            found = self.engine(name, '/nodes')
            if found is not None:
                result = {}
                for node in found:
                    result.setdefault(node.get('Description', {}).get('Hostname', ''), []).append(node)
                return result
        return {}

    def node(self, name):
        """A machine's node; None if it is not, or twice, a member."""
        found = self.nodes().get(self.machines[name].host, [])
        return found[0] if len(found) == 1 else None

    def id(self, name):
        return (self.node(name) or {}).get('ID')

    def leader(self):
        """The machine that leads; None if nobody does."""
        for found in self.nodes().values():
            for node in found:
                if node.get('ManagerStatus', {}).get('Leader'):
                    return next((name for name, machine in self.machines.items() if machine.host == node.get('Description', {}).get('Hostname')), None)
        return None

    def labels(self, name):
        return (self.node(name) or {}).get('Spec', {}).get('Labels', {})

    # -- waiting, judging

    def wait(self, what, condition, seconds=120, pause=0.25):
        """Until condition() is true; returns what it returned. A failure says what was waited for, and the condition's last words.

        The seconds are those in which machines only waited (see idled), but no more than eight times as many pass.
        """
        began, end, last = time.time(), self.idled() + seconds, ''
        while True:
            try:
                value = condition()
                if value:
                    return value
                last = value
            except Failed as failed:
                last = failed
            if self.idled() > end or time.time() > began + 8 * seconds:
                raise Failed(f'after {time.time() - began:.0f} s ({seconds} in which machines waited) still not: {what}' + (f' ({last})' if last not in (None, False, '', [], {}) else ''))
            time.sleep(pause)

    def complaints(self, healthy=True):
        """What is not as it should be with all machines that are on: nothing, if the swarm is whole."""
        names = [name for name in self.machines if self.on(name) and self.machines[name].role != 'jumpbox']
        managers = [name for name in names if self.machines[name].role == 'manager']
        said, clusters, leaders = [], set(), set()
        for manager in managers:
            nodes = self.nodes(manager)
            if not nodes:
                said.append(f'{manager} does not answer')
                continue
            clusters.add(self.info(manager).get('Cluster', {}).get('ID'))
            wanted = {self.machines[name].host: name for name in names}
            for host, found in nodes.items():
                if len(found) > 1 or host not in wanted:
                    said.append(f'{manager} knows {len(found)} of {host}')
            for host, name in wanted.items():
                found = nodes.get(host)
                if not found:
                    said.append(f'{manager} does not know {name}')
                    continue
                role, status = found[0]['Spec']['Role'], found[0]['Status']['State']
                reachable = found[0].get('ManagerStatus', {}).get('Reachability')
                if role != self.machines[name].role:
                    said.append(f'{manager} takes {name} for a {role}')
                if status != 'ready' or role == 'manager' and reachable != 'reachable':
                    said.append(f'{manager} sees {name} {status} {reachable or ""}')
                if found[0]['Spec']['Availability'] != 'active':
                    said.append(f'{name} is in {found[0]["Spec"]["Availability"]}')
                if found[0].get('ManagerStatus', {}).get('Leader'):
                    leaders.add(name)
        if len(clusters) != 1:
            said.append(f'{len(clusters)} swarms')
        if len(leaders) != 1:
            said.append(f'leaders: {sorted(leaders)}')
        if not said and healthy:
            for name in names:
                health = self.health(name)
                if health.get('ApplicationHealthState') != 'Healthy':
                    said.append(f'{name}: {health}')
        return said

    def settled(self, seconds=180, healthy=True):
        """Waits until every machine that is on is what it should be: one swarm, roles, one leader, nobody too many, all healthy."""
        said = ['nothing looked at']

        def look():
            said[:] = self.complaints(healthy)
            return not said
        try:
            self.wait('a whole swarm', look, seconds, 0.5)
        except Failed:
            raise Failed('the swarm is not whole: ' + '; '.join(said)) from None

    # -- secrets where they do not belong

    def hidden(self):
        """What no one may see: tokens, keys and passwords, and how each token of a swarm begins."""
        public = '-', '{', 'ssh-'  # how those begin that are none: not there yet, the stack, keys of operators
        return {'SWMTKN-1-', *self.azure.bearers(), *(value for value in self.azure.all_secrets() if not value.startswith(public))}

    def leaks(self):
        """[where] a token, key or password of this swarm is that should not be there: arguments, environments, files, logs."""
        values = self.hidden() - {self.azure.secret(name)['value'] for name in SECRET_SERVICES if self.azure.secret(name)}
        found = []
        with tempfile.TemporaryDirectory() as scratch:
            patterns = os.path.join(scratch, 'patterns')
            write(patterns, '\n'.join(sorted(values)) + '\n', 0o600)
            for name in self.machines:
                if not self.on(name):
                    continue
                root = self.path(name, '')
                for pid in self.processes(name):
                    for part in 'cmdline', 'environ':
                        text = read(f'/proc/{pid}/{part}')
                        if any(value in text for value in values):
                            found.append(f'{name}: {part} of {read(f"/proc/{pid}/comm").strip()}: {text[:60]!r}')
                # Where they belong, and only root can read them: the engine's store of the swarm, its sign-ins, secrets of its containers.
                said = subprocess.run(['grep', '-rlaF', '-D', 'skip', '--exclude-dir=overlay2', '--exclude-dir=swarm', '-f', patterns,
                                       f'{self.folder_of(name)}/upper', f'{root}/run', f'{root}/tmp', f'{root}/dev/shm', f'{root}/var/lib/docker'],
                                      capture_output=True, text=True)
                found += [f'{name}: {file.replace(root, "").replace(self.folder_of(name) + "/upper", "")}' for file in said.stdout.splitlines()
                          if not re.search(r'/root/\.docker/config\.json$|/containers/[0-9a-f]{64}/mounts/secrets/', file)]
            said = subprocess.run(['grep', '-rlaF', '-f', patterns, *[f'{self.folder_of(name)}/{log}' for name in self.machines for log in ('console', 'power')
                                                                    if os.path.exists(f'{self.folder_of(name)}/{log}')], patterns], capture_output=True, text=True)
            logs = said.stdout.splitlines()
            if patterns not in logs:
                raise Failed('the search for tokens finds nothing even where they are')
            found += [f'console: {log}' for log in logs if log != patterns]
        return found

    def processes(self, name):
        """The host's numbers of all processes of a machine: those in its containers are not among them."""
        init = self.init(name)
        space = os.readlink(f'/proc/{init}/ns/uts')
        for pid in filter(str.isdigit, os.listdir('/proc')):
            with contextlib.suppress(OSError):
                if os.readlink(f'/proc/{pid}/ns/uts') == space:
                    yield pid

    def no_leaks(self):
        """Fails if a token lies where it does not belong; a planted one must be found. What a node just uses may lie in /run for a moment."""
        found = []

        def clean():
            found[:] = self.leaks()
            return not found
        try:
            self.wait('no token where it does not belong', clean, 45, 3)
        except Failed:
            raise Failed('tokens where they do not belong: ' + '; '.join(found)) from None
        name = next(name for name in self.machines if self.on(name))
        token = next(value for value in self.azure.all_secrets() if value.startswith('SWMTKN'))
        write(self.path(name, '/var/tmp/planted'), token)
        process = subprocess.Popen(self.enter_command(name, 'sh', '-c', 'sleep 60; :', token), stdin=subprocess.DEVNULL)
        try:
            self.wait('the planted tokens are found', lambda: {where.split(':')[1].split(' of ')[0].strip() for where in self.leaks()} >= {'/var/tmp/planted', 'cmdline'}, 15)
        finally:
            os.unlink(self.path(name, '/var/tmp/planted'))
            process.kill()
            process.wait()

    def report(self):
        """All that helps to understand a failure."""
        lines = []
        for name in self.machines:
            if not self.on(name):
                lines.append(f'-- {name}: off')
            else:
                with contextlib.suppress(Exception):
                    lines += [f'-- {name}: {json.dumps(self.health(name))}', f'   engine: {json.dumps({key: value for key, value in self.info(name).items() if key in ("LocalNodeState", "Error", "NodeID")})}']
            lines += ['   ' + line for line in self.log(name).splitlines()[-25:]]
            if self.on(name) and not self.info(name):
                lines += ['   docker: ' + line for line in read(f'{self.folder_of(name)}/upper/var/log/docker.log').splitlines()[-10:]]
            if not self.log(name):
                lines += ['   ' + line for line in read(f'{self.folder_of(name)}/console').splitlines()[-15:]]
        for host, found in self.nodes().items():
            lines += [f'-- node {host} {node["ID"]} {node["Spec"]["Role"]} {node["Status"]["State"]} {node.get("ManagerStatus", {})}' for node in found]
        lines += ['-- ' + line for line in read(f'{self.top}/azure.log').splitlines()[-15:]]
        return '\n'.join(lines)


def enter_network(namespace):
    if LIBC.setns(namespace.fileno(), 0x40000000):  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), 'setns')


# ---- what instances share

def record(name):
    return os.path.join(CACHE, f'swarm-{name}.json')


def controllers():
    """Those of control groups, version 1; none where the host has version 2 only."""
    return [one for one in ('memory', 'cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'blkio', 'pids')
            if os.path.exists(f'/sys/fs/cgroup/{one}/cgroup.procs')]


def end_of(pid):
    """A process and, as it is process 1 of a namespace, all others in it; returns when they are gone."""
    began = started(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    while began and started(pid) == began and read(f'/proc/{pid}/stat').rpartition(')')[2].split()[:1] not in ([], ['Z']):
        time.sleep(0.02)


def remove_cgroups(group):
    for top in {f'/sys/fs/cgroup/{one}' for one in [*controllers(), '']}:
        for _ in range(100):
            for folder, _, _ in os.walk(f'{top}/{group}', topdown=False):
                with contextlib.suppress(OSError):
                    os.rmdir(folder)
            if not os.path.exists(f'{top}/{group}'):
                break
            time.sleep(0.05)


def sweep():
    """Control groups of instances whose keeper is dead: all that can be left of them."""
    for one in {*controllers(), ''}:
        with contextlib.suppress(OSError):
            for group in os.listdir(f'/sys/fs/cgroup/{one}'):
                match = re.fullmatch(r'swarmgen-(\d+)-(\d+)', group)
                if match and started(match[1]) != match[2]:
                    remove_cgroups(group)


def prepare():
    if os.getuid() != 0:
        raise Skipped('it needs root')
    subprocess.run([os.path.join(HERE, 'base'), CACHE], check=True)


def images_for(template):
    """The images of the stack, small ones, as an engine's folder; made once for each list of names."""
    text = ''.join([*template.secrets.values(), *(base64.b64decode(machine.user_data).decode() for machine in template.machines)])
    names = sorted({*re.findall(r'"STACK_[A-Z_]*IMAGE":"([^"]+)"', text), 'web:1', 'web:2'})
    key = hashlib.sha256(('\n'.join(names) + read(os.path.join(HERE, 'images'))).encode()).hexdigest()[:12]
    file = os.path.join(CACHE, f'images-{key}.tar')
    with open(os.path.join(CACHE, 'lock'), 'a') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(file):
            return file
        said = subprocess.run([os.path.join(HERE, 'images'), CACHE, file, *names], capture_output=True, text=True)
        if said.returncode:
            raise Skipped(f'no engine can run here: {said.stdout}{said.stderr}')
    return file
