"""A swarm forms from nothing."""
import random

from rows import row
from rows.common import ONE_MANAGER


@row('all at once, in random order', quick=True)
def all_at_once(swarm):
    names = list(swarm.machines)
    random.shuffle(names)
    swarm.boot(*names)
    swarm.settled()
    for name in swarm.workers():
        swarm.wait(f'labels of {name}', lambda: swarm.labels(name).items() >= {'pool': 'web', 'tier': 'front'}.items(), 40)
    for number, name in enumerate(swarm.managers()):
        swarm.wait(f'labels of {name}', lambda: swarm.labels(name).get('manager') == str(number), 40)


@row('one manager', description=ONE_MANAGER)
def one_manager(swarm):
    swarm.boot(*swarm.machines)


@row('five managers', description={'managers': {'count': 5}})
def five_managers(swarm):
    swarm.boot(*swarm.machines)


@row('managers one by one, an hour between')
def one_by_one(swarm):
    swarm.boot(*[name for name, machine in swarm.machines.items() if machine.role == 'worker'])
    for name in [name for name, machine in swarm.machines.items() if machine.role == 'manager']:
        swarm.boot(name)
        swarm.settled()
        swarm.azure.expire()  # what an hour changes


@row('the first manager last')
def first_last(swarm):
    names = [name for name in swarm.machines if name != 'manager0']
    swarm.boot(*names)
    swarm.wait('the others wait for it', lambda: all(swarm.health(name).get('step') == 'swarm' for name in names))
    for name in names:
        assert swarm.info(name)['LocalNodeState'] == 'inactive', swarm.info(name)
    swarm.boot('manager0')


@row('twenty workers at once', parameters={'webCapacity': 20})
def twenty_workers(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled(600)
