"""The node program for Windows, in a real pwsh with a real engine; what only Windows has is a stand-in (windows/)."""
import json
import os
import random
import re
import shutil
import time

from rows import common, row
from rows.common import ids, whole
from swarm import ROOT, Failed, read, write
from windows import ENGINE

SMALL = {'engine': ENGINE, 'managers': {'count': 1}, 'workers': {'worker': {'count': 1}}, 'jumpbox': None}
DISK = {**SMALL, 'workers': {'worker': {'count': 1, 'dataDisk': {'size': 64}}}}
THREE = {'engine': ENGINE, 'workers': {'worker': {'count': 1}}, 'jumpbox': None}
MIXED = {'engine': ENGINE, 'managers': {'count': 1}, 'workers': {'web': None, 'bc': {'count': 1}}, 'jumpbox': None}


def windows(name, description=SMALL, example='reference', **more):
    return row('Windows: ' + name, description, windows=example, **more)


def check(condition, text):
    if not condition:
        raise Failed(text)


def formed(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled(400)


@windows('bare machines, all at once, in random order', {'engine': ENGINE})
def bare(swarm):
    names = list(swarm.machines)
    swarm.bare(*names)
    random.shuffle(names)
    swarm.boot(*names)
    swarm.settled(400)
    swarm.wait('the jumpbox is well', lambda: swarm.health('jumpbox').get('ApplicationHealthState') == 'Healthy')
    for name in names:
        if swarm.machines[name].role == 'jumpbox':
            continue
        check(swarm.calls(name).count('shutdown') == 1, f'{name} restarted not just once')
        check(swarm.calls(name).index('New-SmbGlobalMapping') < swarm.calls(name).index('Start-Service docker'), f'{name}: the engine came before the share')


@windows('a manager and a worker, bare')
def small(swarm):
    swarm.bare(*swarm.machines)
    formed(swarm)
    for name in swarm.machines:
        check('Add-WindowsCapability' in swarm.calls(name), f'{name}: OpenSSH was not installed')


@windows('workers of Linux managers', MIXED, 'mixed')
def mixed(swarm):
    formed(swarm)
    swarm.wait('its labels', lambda: swarm.labels('bc0').get('pool') == 'bc')


# ---- forming

@windows('first manager comes last', THREE)
def first_last(swarm):
    swarm.boot('manager1', 'manager2', 'worker0')
    for name in 'manager1', 'worker0':
        swarm.said(name, '404')
    check(not any(swarm.info(name).get('LocalNodeState') == 'active' for name in ('manager1', 'manager2')), 'somebody else began a swarm')
    swarm.boot('manager0')


@windows('first manager dies between init and storing', THREE)
def died_between(swarm):
    key = swarm.azure.fault('vault PUT', status=403, code='ForbiddenByRbac')
    swarm.boot(*swarm.machines)
    swarm.said('manager0', 'vault PUT swarm-worker-token: 403')
    swarm.kill('manager0')
    swarm.azure.clear(key)
    time.sleep(5)
    swarm.boot('manager0')


@windows('first manager is rebuilt before it stored', SMALL)
def rebuilt_before(swarm):
    key = swarm.azure.fault('vault PUT', status=500)
    swarm.boot('manager0')
    swarm.said('manager0', 'vault PUT swarm-worker-token: 500')
    swarm.rebuild('manager0')
    swarm.azure.clear(key)
    swarm.boot(*swarm.machines)


@windows('a worker whose swarm is gone, since the first manager is rebuilt before it stored all', SMALL)
def gone_swarm(swarm):
    key = swarm.azure.fault('vault PUT /secrets/swarm-manager-token', status=500)
    swarm.boot(*swarm.machines)
    swarm.wait('worker0 joined', lambda: swarm.info('worker0').get('LocalNodeState') == 'active', 300)
    swarm.rebuild('manager0')
    swarm.azure.clear(key)
    swarm.boot('manager0')
    swarm.said('worker0', 'the managers are of another swarm')
    swarm.settled(300)


@windows('first manager stays away after the swarm was formed', THREE)
def first_away(swarm):
    formed(swarm)
    swarm.kill('manager0')
    swarm.wait('another leads', lambda: swarm.leader() not in (None, 'manager0'), 60)
    swarm.grow('worker')
    swarm.wait('the new worker', lambda: swarm.node('worker1'), 120)
    swarm.boot('manager0')


def answers(name, fault, says, secret='swarm-'):
    @windows(name)
    def answer(swarm):
        key = swarm.azure.fault('vault GET /secrets/' + secret, **fault)
        swarm.boot(*swarm.machines)
        for machine in swarm.machines:
            swarm.said(machine, says)
        check(not any(swarm.info(machine).get('NodeID') for machine in swarm.machines), 'somebody began a swarm though the vault did not say that there is none')
        if 'headers' in fault:
            waits(swarm, int(fault['headers']['Retry-After']))
        swarm.azure.clear(key)


def waits(swarm, seconds):
    """Each asks the vault again only after so many seconds."""
    for machine in swarm.machines:
        def asked():
            return sorted(request['at'] for request in swarm.azure.requests() if request['caller'] == machine and request['status'] == 429)
        swarm.wait(f'{machine} asked three times', lambda: len(asked()) > 2)
        pauses = [after - before for before, after in zip(asked(), asked()[1:])]
        check(min(pauses) >= seconds, f'{machine} asked again after {min(pauses):.1f} s')


answers('vault 403 at first', {'status': 403, 'code': 'ForbiddenByRbac'}, 'share-key: 403 ForbiddenByRbac', '')
answers('vault 429', {'status': 429, 'headers': {'Retry-After': '10'}}, '-token: 429')
answers('vault 500', {'status': 500}, '-token: 500')
answers('vault answers garbage', {'body': '<html>'}, '-token: 200')
answers('vault cuts its answers', {'cut': 'half'}, '-token: 0')


@windows('metadata service 410, 404, 429, 500, garbage, cut')
def metadata(swarm):
    for fault in {'status': 410, 'count': 2}, {'status': 404, 'count': 1}, {'status': 429, 'count': 1}, {'status': 500, 'count': 1}, {'body': '{"compute', 'count': 1}, {'cut': 'half', 'count': 1}:
        swarm.azure.fault('imds GET', **fault)
    swarm.boot(*swarm.machines)


@windows('userData changes, is cut, changes again')
def user_data(swarm):
    formed(swarm)
    good = swarm.machines['worker0'].user_data
    swarm.azure.change(name='worker0', userData=good[:len(good) // 2])
    swarm.restart('worker0')
    swarm.said('worker0', 'no good userData')
    swarm.settled()
    common.facts(swarm, 'worker0', labels={'tier': 'new'})
    swarm.restart('worker0')
    swarm.wait('the new label', lambda: swarm.labels('worker0').get('tier') == 'new')


@windows('token rotated while a worker is away')
def rotated(swarm):
    swarm.boot('manager0')
    swarm.wait('a swarm', lambda: swarm.health('manager0').get('ApplicationHealthState') == 'Healthy')
    key = swarm.azure.fault('vault PUT', status=500)
    swarm.docker('manager0', 'swarm', 'join-token', '--rotate', '--quiet', 'worker')
    swarm.boot('worker0')
    swarm.said('worker0', 'valid join token')
    swarm.azure.clear(key)
    swarm.clock(400, 'manager0')  # it looks every five minutes


@windows('clock an hour behind')
def clock(swarm):
    swarm.boot('manager0')
    swarm.clock(-4000, 'worker0')
    swarm.boot('worker0')
    swarm.said('worker0', 's off: waiting until it is set')
    check('w32tm /resync' in swarm.calls('worker0'), 'it did not ask for the time')
    swarm.clock(0, 'worker0')


@windows('manager rebuilt under its name', THREE)
def rebuilt(swarm):
    formed(swarm)
    before = swarm.id('manager1')
    swarm.rebuild('manager1', keep_disk=False)
    swarm.boot('manager1')
    swarm.settled()
    check(swarm.id('manager1') != before, 'it is the old one')


@windows('power cut of all', THREE)
def power_cut(swarm):
    formed(swarm)
    before = ids(swarm)
    swarm.restart(*swarm.machines)
    whole(swarm, before)


@windows('quorum lost, and back', THREE)
def quorum(swarm):
    formed(swarm)
    swarm.kill('manager1', 'manager2')
    swarm.said('manager0', 'no quorum? A person must decide')
    check(swarm.health('manager0')['ApplicationHealthState'] == 'Unhealthy', 'a manager without quorum says that it is well')
    swarm.boot('manager1', 'manager2')


# ---- disk, share, cuts

@windows('a disk that holds something else', DISK)
def foreign_disk(swarm):
    write(f'{swarm.folder_of("worker0")}/upper/var/lib/windows/disk-partitioned', '')
    swarm.boot(*swarm.machines)
    swarm.said('worker0', 'a person must decide')
    check('formatted' not in swarm.calls('worker0'), 'it was formatted')
    swarm.kill('worker0')
    write(f'{swarm.folder_of("worker0")}/upper/var/lib/windows/disk-label', 'swarm-docker')
    swarm.boot('worker0')


@windows('disk and share come late', DISK)
def late(swarm):
    shutil.move(f'{swarm.folder_of("worker0")}/state/windows-disk', f'{swarm.folder_of("worker0")}/state/disk-later')
    swarm.share('the port is shut', names=['manager0'])
    swarm.boot(*swarm.machines)
    swarm.said('worker0', 'no disk at LUN 0 yet')
    swarm.said('manager0', 'The network path was not found')
    shutil.move(f'{swarm.folder_of("worker0")}/state/disk-later', f'{swarm.folder_of("worker0")}/state/windows-disk')
    swarm.share()


def cuts(call):
    @windows(f'power cut in {call}, twice', DISK)
    def cut(swarm):
        swarm.bare('worker0')
        swarm.boot('manager0')
        for round_ in 1, 2:
            swarm.hold('worker0', call)
            swarm.boot('worker0')
            swarm.wait(f'it is in {call}', lambda: swarm.calls('worker0').count(call) >= round_, 120)
            swarm.kill('worker0')
            swarm.go_on('worker0')
        swarm.boot('worker0')
        swarm.settled(240)


for call in 'Add-WindowsCapability', 'Initialize-Disk', 'Format-Volume', 'New-SmbGlobalMapping', 'Install-WindowsFeature', 'Expand-Archive', 'Start-Service docker':
    cuts(call)


def killed(text):
    @windows(f'power cut after {text!r}', THREE)
    def kill(swarm):
        swarm.boot('manager0')
        swarm.said('manager0', text)
        swarm.kill('manager0')
        swarm.boot(*swarm.machines)


killed('a new swarm')
killed('stored swarm-worker-token')


@windows('the mesh is broken after a boot', MIXED, 'mixed')
def mesh(swarm):
    write(f'{swarm.folder_of("bc0")}/upper/var/lib/windows/mesh-broken', '')
    formed(swarm)
    check(swarm.calls('bc0').count('Restart-Service hns') == 1, 'the network service did not start anew once')


# ---- scheduled events, the leader's care

@windows('worker scaled in with notice')
def terminated(swarm):
    formed(swarm)
    event = swarm.azure.event('Terminate', ['worker0'])
    swarm.wait('it is confirmed', lambda: any(one['EventStatus'] == 'Started' for one in swarm.azure.events()), 120)
    swarm.wait('it has left', lambda: swarm.info('worker0').get('LocalNodeState') == 'inactive', 30)
    swarm.azure.end_event(id=event)
    swarm.remove('worker0')
    swarm.wait('no ghost', lambda: list(swarm.nodes()) == [swarm.machines['manager0'].host], 150)


@windows('worker scaled in while a script of its own holds it up')
def terminated_waiting(swarm):
    common.facts(swarm, 'worker0', scripts={'after': [{'text': 'exit 5', 'run': 'once', 'stop': True}]})
    swarm.boot(*swarm.machines)
    swarm.said('worker0', 'script after 0 failed: 5')
    health = swarm.health('worker0')
    check(health['step'] == 'scripts after' and health['message'] == 'script after 0 failed: 5', f'it says {health}')
    swarm.azure.event('Terminate', ['worker0'])
    swarm.wait('it is confirmed', lambda: any(one['EventStatus'] == 'Started' for one in swarm.azure.events()), 60)
    swarm.wait('it has left', lambda: swarm.info('worker0').get('LocalNodeState') == 'inactive', 30)
    swarm.remove('worker0')
    swarm.wait('no ghost', lambda: len(swarm.nodes()) == 1, 150)


@windows('worker preempted: gone within 30 s')
def preempted(swarm):
    formed(swarm)
    began = time.time()
    swarm.azure.event('Preempt', ['worker0'], notice=30)
    swarm.wait('it is confirmed', lambda: any(one['EventStatus'] == 'Started' for one in swarm.azure.events()), 30)
    check(swarm.info('worker0').get('LocalNodeState') == 'inactive', 'it is still a member')
    took = time.time() - began
    swarm.remove('worker0')
    swarm.wait('no ghost', lambda: len(swarm.nodes()) == 1, 150)
    return f'{took:.0f} s'


@windows('worker deleted without notice, another comes')
def scaled(swarm):
    formed(swarm)
    swarm.remove('worker0')
    swarm.grow('worker')
    swarm.wait('no ghost', lambda: sorted(swarm.nodes()) == sorted(machine.host for machine in swarm.machines.values()), 200)


@windows('worker down, its machine is there: it stays')
def kept(swarm):
    formed(swarm)
    swarm.kill('worker0')
    swarm.wait('it is down', lambda: (swarm.node('worker0') or {}).get('Status', {}).get('State') == 'down', 60)
    time.sleep(75)
    check(swarm.node('worker0'), 'it was removed')
    swarm.boot('worker0')


@windows('a sibling is deleted; Freeze', {**SMALL, 'workers': {'worker': {'count': 2}}})
def sibling(swarm):
    formed(swarm)
    swarm.azure.event('Terminate', ['worker1'])
    swarm.azure.event('Freeze', ['worker0'])
    swarm.wait('both are confirmed', lambda: sum(one['EventStatus'] == 'Started' for one in swarm.azure.events()) == 2, 120)
    check(swarm.info('worker0').get('LocalNodeState') == 'active', 'the sibling left')
    by = {one['EventType']: one['started']['by'] for one in swarm.azure.events()}
    check(by == {'Terminate': 'worker1', 'Freeze': 'worker0'}, f'confirmed by {by}')
    swarm.remove('worker1')
    swarm.wait('no ghost', lambda: len(swarm.nodes()) == 2, 150)


@windows('Azure reboots a worker of Linux managers, then it is done', MIXED, 'mixed')
def redeployed(swarm):
    formed(swarm)
    event = swarm.azure.event('Reboot', ['bc0'])
    swarm.wait('it is drained', lambda: (swarm.node('bc0') or {}).get('Spec', {}).get('Availability') == 'drain', 60)
    swarm.wait('it is confirmed', lambda: swarm.azure.events()[0]['EventStatus'] == 'Started', 120)
    swarm.restart('bc0')
    swarm.azure.end_event(id=event)
    swarm.wait('it works again', lambda: swarm.node('bc0')['Spec']['Availability'] == 'active', 120)


# ---- own scripts, access, stack

@windows('updates: one node at a time, in its turn', {**MIXED, 'workers': {'web': None, 'bc': {'count': 2}}, 'updates': {'from': '00:00', 'hours': 24}}, 'mixed')
def updates(swarm):
    formed(swarm)
    away = []
    for name in 'bc0', 'bc1':
        write(f'{swarm.folder_of(name)}/state/updates', 'KB5000001\n')
    swarm.clock(73000, 'bc0', 'bc1')  # it looks once a day
    swarm.wait('both have installed them', lambda: all('install' in swarm.calls(name).splitlines() for name in ('bc0', 'bc1')), 120)
    swarm.clock(0, 'bc0', 'bc1')

    def all_done():
        down = [name for name in ('bc0', 'bc1') if not swarm.on(name) or (swarm.node(name) or {}).get('Spec', {}).get('Availability') != 'active']
        away.append(len(down))
        return all(swarm.calls(name).count('shutdown') == 1 for name in ('bc0', 'bc1')) and not down
    swarm.wait('both have restarted', all_done, 600, 1)
    check(max(away) == 1, 'both were away at once')


@windows('a backup, the way back from it, a damaged one', {**SMALL, 'backup': {'hours': 1, 'keep': 2}})
def backup(swarm):
    folder = f'{swarm.top}/share/backup'

    def backups():
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    formed(swarm)
    swarm.docker('manager0', 'secret', 'create', 'mine', '-', text='planted')
    swarm.docker('manager0', 'service', 'create', '--detach', '--name', 'kept', '--replicas', '0', 'web:1')
    for round_ in 1, 2, 3:
        before = backups()
        swarm.clock(round_ * 4000, 'manager0')
        swarm.wait('a new backup', lambda: backups() != before and all(name.endswith('Z.zip.enc') for name in backups()), 120)
    swarm.wait('two are kept', lambda: len(backups()) == 2, 60)
    for name in backups():
        with open(f'{folder}/{name}', 'rb') as file:
            check(b'SWMTKN' not in file.read(), 'it can be read')
    cluster = swarm.info('manager0')['Cluster']['ID']
    swarm.kill('worker0')
    swarm.clock(0, 'manager0')
    swarm.rebuild('manager0', keep_disk=False)
    shutil.rmtree(f'{swarm.folder_of("manager0")}/upper/var/lib/windows/drives', ignore_errors=True)
    swarm.boot('manager0')
    swarm.said('manager0', 'no manager answers, but there is a swarm')
    page = read(os.path.join(ROOT, 'docs', 'node-lifecycle.md'))
    block = re.search(r'```powershell\n(.*?)```', page, re.S)[1]
    shutil.copy(f'{folder}/{backups()[0]}', f'{folder}/damaged')
    with open(f'{folder}/damaged', 'r+b') as file:
        file.seek(100)
        file.write(b'xxxx')
    write(swarm.path('manager0', '/root/damaged.ps1'), "$archive = 'S:\\backup\\damaged'\n" + block)
    write(swarm.path('manager0', '/root/back.ps1'), block)
    said = swarm.enter('manager0', 'powershell.exe', '-File', '/root/damaged.ps1', timeout=300)
    check('the archive is damaged' in said.stdout + said.stderr and swarm.info('manager0')['LocalNodeState'] == 'inactive', f'a damaged archive was taken: {said.stdout}{said.stderr}')
    swarm.enter('manager0', 'powershell.exe', '-File', '/root/back.ps1', check=True, timeout=300)
    swarm.boot('worker0')
    swarm.settled(400)
    check(swarm.info('manager0')['Cluster']['ID'] == cluster, 'it is another swarm')
    check('mine' in swarm.docker('manager0', 'secret', 'ls', '--format', '{{.Name}}') and 'kept' in swarm.docker('manager0', 'service', 'ls', '--format', '{{.Name}}'), 'something is missing')


SCRIPT = "Add-Content -Encoding ascii /var/tmp/ran ('{}' + ' ' + $env:SWARM_ROLE + ' ' + $env:SWARM_STAGE + ' ' + $env:SWARM_BOOT)\n{}"


@windows('own scripts: once, at each boot, one that stops, one that fails')
def scripts(swarm):
    common.facts(swarm, 'worker0', scripts={
        'before': [{'text': SCRIPT.format('once', ''), 'run': 'once'}, {'text': SCRIPT.format('boot', ''), 'run': 'boot'}, {'text': 'exit 3', 'run': 'once'},
                   {'text': SCRIPT.format('stops', 'if (-not (Test-Path /var/tmp/may)) { exit 5 }'), 'run': 'once', 'stop': True}],
        'after': [{'text': SCRIPT.format('late', ''), 'run': 'once'}]})
    swarm.boot(*swarm.machines)
    swarm.said('worker0', 'script before 3 failed: 5')
    check(swarm.info('worker0').get('LocalNodeState') != 'active', 'it went on')
    write(swarm.path('worker0', '/var/tmp/may'), '')
    swarm.settled()
    check('script before 2 failed: 3' in swarm.log('worker0'), 'the failure was not reported')
    swarm.restart('worker0')
    swarm.settled()
    ran = [line.strip() for line in read(swarm.path('worker0', '/var/tmp/ran')).splitlines()]
    check(ran.count('once worker before first') == 1 and ran.count('boot worker before first') == 1 and ran.count('boot worker before again') == 1 and ran.count('late worker after first') == 1, f'{ran}')


@windows('an operator is added')
def operators(swarm):
    formed(swarm)
    swarm.azure.put_secret('operator-keys', 'ssh-ed25519 AAAA new@acme.example')
    key = swarm.azure.fault('vault GET /secrets/operator-keys', status=500, code='InternalError')
    swarm.clock(400)  # it looks every five minutes
    swarm.wait('what fails is shown', lambda: swarm.health('worker0').get('message') == 'access: vault GET operator-keys: 500 InternalError', 60)
    check(swarm.health('worker0')['ApplicationHealthState'] == 'Healthy', 'a vault that does not answer is no reason to repair a machine')
    swarm.azure.clear(key)
    swarm.wait('nothing fails any more', lambda: swarm.health('worker0').get('message') == '', 60)
    swarm.wait('the key', lambda: 'new@acme.example' in read(swarm.path('worker0', '/c/ProgramData/ssh/administrators_authorized_keys')), 60)
    check('PasswordAuthentication no' in read(swarm.path('worker0', '/c/ProgramData/ssh/sshd_config')), 'passwords are taken')
    check(swarm.enter('worker0', 'stat', '-c', '%a', '/c/ProgramData/ssh/administrators_authorized_keys').stdout.strip() == '600', 'its rights')


@windows('the stack, and a new one while the swarm runs', {**SMALL, 'stack': {'enabled': True}})
def stack(swarm):
    formed(swarm)
    names = swarm.docker('manager0', 'service', 'ls', '--format', '{{.Name}}')
    check('swarm_traefik' in names, names)
    name = swarm.facts('manager0')['stack']
    value = json.loads(swarm.azure.secret(name)['value'])
    value['compose'][0] = value['compose'][0].replace('services:', 'services:\n  extra:\n    image: web:1\n    deploy: { replicas: 0 }\n', 1)
    swarm.azure.put_secret(name, json.dumps(value))
    swarm.clock(400)
    swarm.wait('the new service', lambda: 'swarm_extra' in swarm.docker('manager0', 'service', 'ls', '--format', '{{.Name}}'), 90)
