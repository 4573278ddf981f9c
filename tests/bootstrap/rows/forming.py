"""A swarm forms from nothing."""
import random

from rows import row


@row('all at once, in random order', quick=True)
def all_at_once(swarm):
    names = list(swarm.machines)
    random.shuffle(names)
    swarm.boot(*names)
    swarm.settled()
