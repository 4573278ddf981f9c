"""What is left of a run, and of tokens."""
import os
import subprocess
import sys

from rows import row
from rows.common import ONE_MANAGER
from swarm import Failed, INSTANCE, read, started, sweep

KILLED = '''
import os
import sys
sys.path.insert(0, sys.argv[1])
from swarm import Swarm
swarm = Swarm('killed', sys.argv[2])
swarm.boot('manager0')
swarm.wait('its engine answers', lambda: swarm.info('manager0'))
print(swarm.keeper, swarm.cgroup, os.stat(swarm.top).st_dev, flush=True)
sys.stdin.read()
'''


@row('a killed run leaves nothing', description=ONE_MANAGER, quick=True, whole=False)
def killed(swarm):
    """Another run beside this one is killed by force while its engine works."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    run = subprocess.Popen([sys.executable, '-B', '-c', KILLED, here, swarm.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    keeper, group, device = run.stdout.readline().split()
    assert started(keeper) and disks_on(int(device)), 'it does not run, or has no disks'
    run.kill()
    run.wait()
    swarm.wait('its processes are gone', lambda: not started(keeper), 10)
    swarm.wait('its disks are free', lambda: not disks_on(int(device)), 10)
    sweep()
    left = subprocess.run(['find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', group], capture_output=True, text=True).stdout
    mounts = [line for line in read('/proc/mounts').splitlines() if INSTANCE in line]
    if left or mounts:
        raise Failed(f'left: {left} {mounts}')


def disks_on(device):
    """Loop devices of this host whose file lies on that file system: other runs have some too."""
    said = subprocess.run(['losetup', '--list', '--noheadings', '--output', 'NAME,BACK-MAJ:MIN'], capture_output=True, text=True, check=True)
    return [line for line in said.stdout.splitlines() if line.split()[1:] == [f'{os.major(device)}:{os.minor(device)}']]


@row('no program ever gets a token as an argument or in its environment', description=ONE_MANAGER)
def arguments(swarm):
    """Every program from power on to ready, of a manager and a worker, and at a second boot."""
    names = ['manager0', 'web0']
    swarm.trace(*names)
    swarm.boot(*names)
    swarm.settled()
    swarm.restart(*names)
    swarm.settled()
    values = swarm.hidden()
    for name in names:
        lines = swarm.traced(name).splitlines()
        assert len(lines) > 200 and any('/usr/local/sbin/systemctl' in line for line in lines), f'{name}: only {len(lines)} programs were seen'
        assert any('PATH=' in line for line in lines), 'environments are not seen'
        found = [line for line in lines if any(value in line for value in values)]
        if found:
            raise Failed(f'{name}: {found[0][:300]}')
    return f'{sum(len(swarm.traced(name).splitlines()) for name in names)} programs'
