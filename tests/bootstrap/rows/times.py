"""How long what is ours takes, beside what the engine alone takes in the same run."""
import time

from rows import row
from rows.common import ONE_MANAGER
from swarm import Failed


def timed(swarm, name, done):
    """Seconds from power on until the engine answers, and until done()."""
    began = time.time()
    swarm.boot(name)
    swarm.wait('the engine answers', lambda: swarm.engine(name, '/info') is not None, 60, 0.02)
    engine = time.time() - began
    swarm.wait('done', done, 60, 0.02)
    return engine, time.time() - began


@row('times', description=ONE_MANAGER, whole=False, alone=True)
def times(swarm):
    def healthy():
        return swarm.health('web0').get('ApplicationHealthState') == 'Healthy'

    def active():
        return swarm.info('web1').get('LocalNodeState') == 'active'
    swarm.boot('manager0')
    swarm.wait('the manager is ready', lambda: swarm.health('manager0').get('ApplicationHealthState') == 'Healthy')
    swarm.bare('web1')
    swarm.boot('web1')
    swarm.wait('the engine answers', lambda: swarm.engine('web1', '/info') is not None, 60, 0.02)
    began = time.time()
    body = {'ListenAddr': '0.0.0.0:2377', 'RemoteAddrs': ['10.0.0.4:2377'], 'JoinToken': swarm.azure.secret('swarm-worker-token')['value']}
    if swarm.engine('web1', '/swarm/join', 'POST', body) is None:
        raise Failed('the bare join failed')
    swarm.wait('the bare node is active', active, 60, 0.02)
    bare_join = time.time() - began
    engine, ready = timed(swarm, 'web0', healthy)
    join = ready - engine
    pairs = []
    for _ in range(3):  # others may be busy on this machine just now
        swarm.kill('web0', 'web1')
        _, bare_again = timed(swarm, 'web1', active)
        _, again = timed(swarm, 'web0', healthy)
        pairs.append((again - bare_again, f'{again:.1f} s, engine alone {bare_again:.1f} s'))
    best, text = min(pairs)
    said = f'engine up to ready {join:.1f} s, bare join {bare_join:.1f} s; power on to ready again, best of three: {text}; first power on to ready {ready:.1f} s'
    if join - bare_join >= 5 or best >= 3:
        raise Failed(f'too slow: {said}')
    return said
