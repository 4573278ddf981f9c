"""What metadata service and vault answer when they are not well: each cause is named, nobody hammers, all join in the end."""
import time

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, bounded, cluster, formed, outside, said, state, stored, whole
from swarm import Failed

PAGE = '<html><body>captive portal</body></html>'
NO_TOKEN = {'access_token': 'bm90.YQ.dG9rZW4', 'client_id': '', 'expires_in': '86400', 'expires_on': '4102444800', 'not_before': '0',
            'resource': 'https://storage.azure.com', 'token_type': 'Bearer'}


def answers(swarm, part, faults, seconds=30):
    """A manager is well; each worker meets one fault: (its arguments, the words that must name it, None: it joins all the same)."""
    swarm.boot('manager0')
    swarm.wait('the tokens are stored', lambda: cluster(swarm))
    workers = [name for name in swarm.machines if name.startswith('web')]
    wanted, patient = {}, []
    for name, (fault, words) in zip(workers, faults, strict=True):
        fault = {'route': part, **fault}
        swarm.azure.fault(caller=name, **fault)
        if words:
            wanted[name] = words
        else:
            patient.append(name)
    began = time.time()
    swarm.boot(*workers)
    said(swarm, wanted)
    time.sleep(seconds)
    outside(swarm, *wanted)
    most = max(bounded(swarm, wanted, 'imds', began), bounded(swarm, wanted, 'vault', began))
    swarm.wait(f'{patient} joined', lambda: all(state(swarm, name) == 'active' for name in patient))
    swarm.azure.clear()
    swarm.settled(300)
    return f'at most {most} requests'


VAULT = [
    ({'status': 403, 'code': 'ForbiddenByRbac'}, '403 ForbiddenByRbac'),
    ({'status': 404, 'code': 'SecretNotFound', 'route': 'vault GET /secrets/swarm-worker-token'}, '404 SecretNotFound'),
    ({'status': 429, 'code': 'Throttled', 'headers': {'Retry-After': '20'}}, '429 Throttled'),
    ({'status': 500, 'code': 'InternalServerError', 'body': PAGE}, '500'),
    ({'cut': True}, 'vault GET'),
    ({'cut': 'half'}, 'vault GET'),
    ({'body': PAGE}, 'vault GET'),
    ({'body': {}, 'route': 'vault GET /secrets/swarm-worker-token'}, 'vault GET swarm-worker-token'),
    ({'route': 'imds GET /metadata/identity', 'body': NO_TOKEN}, '401 Unauthorized'),
    ({'delay': 6}, None),
]


@row('vault: 403, 404, 429, 500, cut, nonsense, slow; a token for somebody else', ONE_MANAGER, {'webCapacity': len(VAULT)})
def vault(swarm):
    began = time.time()
    notes = answers(swarm, 'vault', VAULT)
    throttled = sorted(request['at'] for request in swarm.azure.requests(since=began) if request['caller'] == 'web2' and request['part'] == 'vault' and request['status'] == 429)
    pauses = [after - before for before, after in zip(throttled, throttled[1:])]
    if any(pause < 19 for pause in pauses):
        raise Failed(f'asked again {min(pauses):.0f} s after a 429 with Retry-After: 20')
    return notes


ABOUT = 'imds GET /metadata/(instance$|identity)'
METADATA = [
    ({'status': 404, 'body': 'Not Found'}, 'metadata instance: 404'),
    ({'status': 429, 'body': {'error': 'Too many requests'}, 'headers': {'Retry-After': '10'}}, 'metadata instance: 429'),
    ({'status': 500, 'body': PAGE}, 'metadata instance: 500'),
    ({'status': 400, 'body': {'error': 'invalid_request', 'error_description': 'Identity not found'}, 'route': 'imds GET /metadata/identity'},
     'metadata identity/oauth2/token: 400 invalid_request'),
    ({'cut': True}, 'metadata instance'),
    ({'cut': 'half'}, 'metadata instance'),
    ({'body': PAGE}, 'metadata instance'),
    ({'body': PAGE, 'route': 'imds GET /metadata/identity'}, 'metadata identity/oauth2/token'),
    ({'body': {'network': {}}, 'route': 'imds GET /metadata/instance$'}, 'metadata instance'),
    ({'delay': 6, 'route': 'imds'}, None),
]


@row('metadata: 400, 404, 429, 500, cut, nonsense, slow', ONE_MANAGER, {'webCapacity': len(METADATA)})
def metadata(swarm):
    return answers(swarm, ABOUT, METADATA)


@row('metadata answers 410 for 70 s', ONE_MANAGER, ONE_WORKER)
def gone_for_a_while(swarm):
    began = time.time()
    swarm.azure.fault('imds', status=410, body={'error': 'Gone'}, seconds=70)
    swarm.boot(*swarm.machines)
    swarm.settled(300)
    asked = [request for request in swarm.azure.requests(since=began) if request['status'] == 410]
    assert asked, 'nobody asked while it was gone'
    most = max(sum(request['caller'] == name for request in asked) for name in swarm.machines)
    assert most <= 40, f'{most} requests in 70 s'
    return f'{most} requests in 70 s'


@row('vault forbids the first manager for long, then answers nonsense', ONE_MANAGER, ONE_WORKER, quick=True)
def first_forbidden(swarm):
    began = time.time()
    swarm.azure.fault('vault', status=403, code='ForbiddenByRbac')
    swarm.boot(*swarm.machines)
    said(swarm, {'manager0': '403 ForbiddenByRbac', 'web0': '403 ForbiddenByRbac'})
    time.sleep(40)
    outside(swarm, 'manager0', 'web0')
    most = bounded(swarm, ['manager0', 'web0'], 'vault', began)
    swarm.azure.clear()
    # Once it has begun a swarm, no answer may make it begin another.
    swarm.azure.fault('vault PUT', status=403, code='ForbiddenByRbac')
    swarm.wait('manager0 began a swarm', lambda: state(swarm, 'manager0') == 'active')
    was = swarm.info('manager0')['Cluster']['ID']
    for fault in {'body': PAGE}, {'body': {}}, {'cut': 'half'}, {'status': 404, 'code': 'SecretNotFound', 'count': 2}:
        key = swarm.azure.fault('vault (GET|PUT)', caller='manager0', **fault)
        since = time.time()
        swarm.wait('it asked twice', lambda: sum(request['caller'] == 'manager0' and request['part'] == 'vault' for request in swarm.azure.requests(since=since)) >= 2)
        swarm.azure.clear(key)
    swarm.azure.clear()
    swarm.settled(300)
    stored(swarm)
    assert cluster(swarm) == was, 'another swarm was begun'
    return f'at most {most} requests'


@row('metadata and vault go away from a running swarm', parameters=ONE_WORKER)
def running(swarm):
    before = formed(swarm)
    began = time.time()
    for name, fault in {'manager0': {'status': 500}, 'manager1': {'body': PAGE}, 'manager2': {'cut': True}, 'web0': {'status': 403, 'code': 'ForbiddenByRbac'}}.items():
        swarm.azure.fault('vault', caller=name, **fault)
        swarm.azure.fault('imds', caller=name, **fault)
    swarm.restart('web0', 'manager1')
    time.sleep(60)
    assert all(state(swarm, name) == 'active' for name in ('manager0', 'manager2')), 'a member left'
    bounded(swarm, swarm.machines, 'imds', began)
    for name in 'swarm-worker-token', 'swarm-manager-token':  # and the vault has forgotten all when it is back
        swarm.azure.put_secret(name, '-')
    swarm.azure.clear()
    whole(swarm, before, seconds=420)
    stored(swarm)
