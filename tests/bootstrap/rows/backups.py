"""The swarm's state, kept on the share, and the way back from it."""
import glob
import os

from rows import row
from rows.common import ONE_WORKER, block, everywhere, formed, ids, runs_on
from swarm import Failed

HOURLY = {'backup': {'hours': 1, 'keep': 2}}


def archives(swarm):
    return sorted(glob.glob(f'{swarm.top}/share/backup/*.tar.enc'))


def back(swarm, name, archive=None):
    """The documented way, in a machine: its result."""
    command = ['sh', '-euc', block('From a backup'), 'sh', *([archive] if archive else [])]
    return swarm.enter(name, *command, timeout=300)


def later(swarm):
    """All archives are two hours old."""
    for file in archives(swarm):
        os.utime(file, (os.stat(file).st_mtime - 7200,) * 2)


@row('a backup is written by a manager that does not lead, and old ones go', description=HOURLY, parameters=ONE_WORKER)
def written(swarm):
    before = formed(swarm)
    swarm.pace(0.1)
    swarm.wait('there is one', lambda: len(archives(swarm)) == 1, 180)
    seen = set(archives(swarm))
    for _ in range(3):
        later(swarm)
        swarm.wait('there is one more', lambda: set(archives(swarm)) - seen, 180)
        seen |= set(archives(swarm))
        if len(seen) > 2:
            swarm.wait('two are kept', lambda: archives(swarm) == sorted(seen)[-2:], 60)
    wrote = {name for name in swarm.managers() if "wrote a backup of the swarm's state" in swarm.log(name)}
    if len(wrote) != 1 or swarm.leader() in wrote:
        raise Failed(f'written by {wrote}, {swarm.leader()} leads')
    text = open(archives(swarm)[0], 'rb').read()
    if not text.startswith(b'Salted__') or b'SWMTKN' in text or os.stat(archives(swarm)[0]).st_size < 10000:
        raise Failed('it is not encrypted, or empty')
    if ids(swarm) != before:
        raise Failed('nodes are others than before')


@row('all managers are lost; the swarm is rebuilt from its backup', description=HOURLY, parameters=ONE_WORKER)
def rebuilt(swarm):
    formed(swarm)
    swarm.pace(0.1)
    swarm.wait('there is a backup', lambda: archives(swarm), 180)  # none is being written any more
    everywhere(swarm)
    swarm.enter('manager0', 'docker', 'secret', 'create', 'theirs', '-', text='value', check=True)
    tokens = {name: swarm.azure.secret(name)['value'] for name in ('swarm-worker-token', 'swarm-manager-token')}
    cluster = swarm.info('manager0')['Cluster']['ID']
    for file in archives(swarm):
        os.unlink(file)
    swarm.wait('there is another', lambda: archives(swarm), 180)
    names = list(swarm.machines)
    swarm.kill(*names)
    for name in names:
        swarm.rebuild(name, keep_disk=False)
    swarm.boot(*names)
    swarm.wait('the first manager says what it lacks', lambda: 'no manager answers, but there is a swarm' in swarm.health('manager0').get('message', ''))
    good = archives(swarm)[-1]
    damaged = f'{swarm.top}/share/damaged.tar.enc'
    for at in 100, os.stat(good).st_size // 2, os.stat(good).st_size - 20:
        data = bytearray(open(good, 'rb').read())
        data[at] ^= 1
        with open(damaged, 'wb') as file:
            file.write(data)
        said = back(swarm, 'manager0', '/mnt/swarm/damaged.tar.enc')
        if said.returncode == 0 or swarm.enter('manager0', 'test', '-e', '/var/lib/docker/swarm/state.json').returncode == 0:
            raise Failed(f'an archive damaged at {at} was taken: {said.stdout}{said.stderr}')
    os.unlink(damaged)
    results = {name: back(swarm, name) for name in swarm.managers()}
    if sorted(said.returncode for said in results.values()) != [0, 1, 1] or not any('do it there' in said.stdout for said in results.values()):
        raise Failed(f'{results}')
    swarm.settled(300)
    if swarm.info('manager0')['Cluster']['ID'] != cluster or any(swarm.azure.secret(name)['value'] != value for name, value in tokens.items()):
        raise Failed('another swarm, or other tokens')
    if 'theirs' not in swarm.docker('manager0', 'secret', 'ls', '--format', '{{.Name}}').split():
        raise Failed('the secret is lost')
    runs_on(swarm, 'theirs', names)
