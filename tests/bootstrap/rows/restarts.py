"""Members come back as what they were."""
import random

from rows import row
from rows.common import formed, whole


@row('power cut of a worker')
def worker(swarm):
    before = formed(swarm)
    swarm.restart('web1')
    whole(swarm, before)


@row('power cut of a manager')
def manager(swarm):
    before = formed(swarm)
    swarm.restart(next(name for name in swarm.managers() if name != swarm.leader()))
    whole(swarm, before)


@row('power cut of the leader', quick=True)
def leader(swarm):
    before = formed(swarm)
    old = swarm.leader()
    swarm.kill(old)
    swarm.wait('another leads', lambda: swarm.leader() not in (None, old), 60)
    swarm.boot(old)
    whole(swarm, before)


@row('power cut of all, back in random order')
def everyone(swarm):
    before = formed(swarm)
    names = list(swarm.machines)
    swarm.kill(*names)
    random.shuffle(names)
    swarm.boot(*names)
    whole(swarm, before)


@row('reboot of all from within')
def reboot(swarm):
    before = formed(swarm)
    swarm.reboot(*swarm.machines)
    whole(swarm, before)


@row('the first manager dead, the others restarted')
def without_first(swarm):
    formed(swarm)
    swarm.kill('manager0')
    swarm.restart('manager1', 'manager2', 'web0', 'web1')
    swarm.wait('the others are ready', lambda: all(swarm.health(name).get('ApplicationHealthState') == 'Healthy' for name in ('manager1', 'manager2', 'web0', 'web1')))
    swarm.boot('manager0')
