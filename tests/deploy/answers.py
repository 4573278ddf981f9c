#!/usr/bin/env python3
"""What the client does with each kind of answer, of a stand-in that gives exactly that: (name, what happens) rows."""
import gzip
import json
import shutil
import signal
import socket
import sys
import tempfile
import time

from standin import SECRET, SUBSCRIPTION, Answer, Run, StandIn, certificate, client, expect, table

FINE = {'name': 'fine', 'properties': {'provisioningState': 'Succeeded'}}
RG = '/subscriptions/{S}/resourcegroups/acme'


def in_turn(*answers, at='acme'):
    """The nth request at a path gets the nth answer, the last one again and again."""
    count = [0]

    def answer(request):
        if at not in request.path:
            return None
        count[0] += 1
        return answers[min(count[0], len(answers)) - 1]
    return answer


def calls(azure):
    return azure.asked('acme')


# ---- repetition: method × fault → how often it is asked, and how it ends

def repeats(method, fault, times, status, safe=False):
    def run():
        with StandIn(in_turn(fault, Answer(200, FINE))) as azure:
            words = ['call', method, RG]
            if method in ('POST', 'PUT', 'PATCH'):
                words += ['{a:1}'] + (['safe'] if safe else [])
            done = client(azure.url, *words)
            expect(len(calls(azure)) == times, calls(azure), done.out)
            expect(done.status == status, done.status, done.out)
            bodies = {request.body for request in calls(azure)}
            expect(len(bodies) == 1, bodies)  # each time the same
            ids = {request.headers['x-ms-client-request-id'] for request in calls(azure)}
            expect(all(len(one) == 36 for one in ids), ids)
    name = f'{method}{" safe" if safe else ""} {fault.status if not fault.drop else "dropped"}'
    name += ' half' if fault.length else ''
    return name, run


def repetition_rows():
    error = {'error': {'code': 'Some', 'message': 'some error'}}
    dropped, half = Answer(drop=True), Answer(200, '{"name":', length=100)
    for method in ('GET', 'PUT', 'DELETE', 'HEAD'):
        for fault in (Answer(408), Answer(429, error), Answer(500, error), Answer(503, 'x'), dropped):
            yield repeats(method, fault, 2, 0)
    for status in (502, 504):
        yield repeats('GET', Answer(status, '<html><title>gateway</title>'), 2, 0)
    yield repeats('GET', half, 2, 0)
    for fault in (Answer(400, error), Answer(403, error), Answer(404, error), Answer(409, error), Answer(501, error)):
        yield repeats('GET', fault, 1, 4)
        yield repeats('PUT', fault, 1, 4)
    for method in ('POST', 'PATCH'):
        yield repeats(method, Answer(429, error), 2, 0)  # it was not read
        yield repeats(method, Answer(500, error), 1, 4)
        yield repeats(method, dropped, 1, 5)
    for fault in (Answer(500, error), dropped):
        yield repeats('POST', fault, 2, 0, safe=True)


def test_gives_up():
    with StandIn(in_turn(Answer(503, 'busy', {'Retry-After': '0.1'}))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(len(calls(azure)) == 6 and done.status == 4, calls(azure), done.out)
        expect(done.said['message'] == 'busy' and done.said['status'] == 503, done.out)
        expect(done.said['correlation'].startswith('correlation-'), done.out)


def waits(headers, least, most, skew=0):
    def run():
        made = {name: value() if callable(value) else value for name, value in headers.items()}
        with StandIn(in_turn(Answer(429, 'x', made), Answer(200, FINE)), skew=skew) as azure:
            done = client(azure.url, 'call', 'GET', RG)
            first, second = (request.time for request in calls(azure))
            expect(done.status == 0 and least <= second - first <= most, second - first, done.out)
    return run


def date_in(seconds, skew):
    return lambda: time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + skew + seconds))


def test_asks_for_too_much_patience():
    with StandIn(in_turn(Answer(429, {'error': {'code': 'TooMany', 'message': 'tomorrow'}}, {'Retry-After': '86400'}))) \
            as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 4 and done.said['code'] == 'TooMany' and done.seconds < 5, done.out)


# ---- no connection

def test_nobody_listens():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        done = client(f'http://127.0.0.1:{free.getsockname()[1]}', 'open')
    expect(done.status == 5 and done.said['code'] == 'NoConnection', done.out)
    expect('127.0.0.1' in done.said['message'], done.out)


def test_no_such_name():
    done = client('https://no-such-host.invalid', 'open')
    expect(done.status == 5 and 'no-such-host.invalid' in done.said['message'], done.out)


def test_not_without_tls():
    done = client('http://management.example', 'open')
    expect(done.status == 5 and 'https' in done.said['message'] and done.seconds < 5, done.out)


def test_stalls():
    with StandIn(in_turn(Answer(hang=20), Answer(200, FINE))) as azure:
        done = client(azure.url, 'call', 'GET', RG, SWARMGEN_TIMEOUT='1')
        expect(done.status == 0 and len(calls(azure)) == 2 and done.seconds < 15, done.out, done.seconds)


def interrupted(answer, signals, verb=('call', 'GET', RG)):
    def run():
        with StandIn(in_turn(answer)) as azure:
            started = Run(azure.url, *verb)
            end = time.monotonic() + 20
            while not calls(azure) and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(0.3)
            pressed = time.monotonic()
            for _ in range(signals):
                started.process.send_signal(signal.SIGINT)
                time.sleep(0.05)
            done = started.end(20)
            expect(done.status == 130 and time.monotonic() - pressed < 2, done.status, done.out)
            if signals == 1:
                expect(done.said['kind'] == 'interrupted', done.out)
    return run


# ---- bodies

def test_html_instead_of_json():
    page = '<html><head><title>Sign in to the hotel</title></head></html>'
    with StandIn(in_turn(Answer(200, page, {'Content-Type': 'text/html'}))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 5 and 'Sign in to the hotel' in done.said['message'], done.out)


def test_10_megabytes():
    with StandIn(in_turn(Answer(200, {'text': 'x' * 10_000_000}))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 0 and len(done.said['value']['text']) == 10_000_000, done.out[:300])


def test_too_large():
    packed = gzip.compress(b' ' * 100_000_000)  # 100 MB, of 97 kB
    with StandIn(in_turn(Answer(200, packed, {'Content-Encoding': 'gzip'}))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 5 and '64 MiB' in done.said['message'] and len(calls(azure)) == 1, done.out[:300])


def test_compressed_and_marked():
    body = gzip.compress(b'\xef\xbb\xbf' + json.dumps(FINE).encode() + b'\r\n')
    with StandIn(in_turn(Answer(200, body, {'Content-Encoding': 'gzip'}))) as azure:
        expect(client(azure.url, 'call', 'GET', RG).said['value'] == FINE)


def test_deep_json():
    with StandIn(in_turn(Answer(200, '[' * 100_000))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 5 and done.said['code'] == 'NoJson', done.out[:300])


# ---- redirects

def test_redirect_within():
    def answer(request):
        if request.path.startswith('/moved'):
            return Answer(200, FINE)
        return Answer(307, headers={'Location': '/moved?x=1'}) if 'acme' in request.path else None
    with StandIn(answer) as azure:
        done = client(azure.url, 'call', 'PUT', RG, '{a:1}')
        moved, = azure.asked('/moved')
        expect(done.status == 0 and moved.method == 'PUT' and moved.body == b'{"a":1}', done.out)
        expect(moved.headers['Authorization'].startswith('Bearer '), moved.headers)


def test_redirect_elsewhere():
    with StandIn(lambda request: Answer(200, FINE) if 'acme' in request.path else None) as other:
        address = other.url.replace('127.0.0.1', 'localhost')
        with StandIn(in_turn(Answer(308, headers={'Location': address + '/acme'}))) as azure:
            done = client(azure.url, 'call', 'GET', RG)
            got, = other.requests
            expect(done.status == 0 and 'Authorization' not in got.headers, dict(got.headers), done.out)
            done = client(azure.url, 'call', 'PUT', RG, '{password:"x"}')
            expect(done.status == 5 and len(other.requests) == 1, done.out)


def test_redirect_without_end():
    with StandIn(in_turn(Answer(302, headers={'Location': '/acme'}))) as azure:
        done = client(azure.url, 'call', 'GET', RG)
        expect(done.status == 5 and 'without end' in done.said['message'] and len(calls(azure)) == 6, done.out)


# ---- TLS, proxies, IPv6

def test_certificates():
    folder = tempfile.mkdtemp()
    try:
        pem = certificate(folder)
        with StandIn(certificate=pem) as azure:
            done = client(azure.url, 'open')
            expect(done.status == 5 and 'SSL_CERT_FILE' in done.said['message'] and not azure.requests, done.out)
            done = client(azure.url, 'open', SSL_CERT_FILE=pem)
            expect(done.status == 0, done.out)
            done = client(azure.url.replace('127.0.0.1', 'ip6-localhost'), 'open', SSL_CERT_FILE=pem)
            expect(done.status == 5, 'a name that the certificate does not have', done.out)
        with StandIn() as plain:
            with StandIn(in_turn(Answer(307, headers={'Location': plain.url + '/acme'})), certificate=pem) as azure:
                done = client(azure.url, 'call', 'GET', RG, SSL_CERT_FILE=pem)
                expect(done.status == 5 and 'from https' in done.said['message'] and not plain.requests, done.out)
    finally:
        shutil.rmtree(folder)


def test_old_certificate():
    folder = tempfile.mkdtemp()
    try:
        pem = certificate(folder, dates=('20200101000000Z', '20200102000000Z'))
        with StandIn(certificate=pem) as azure:
            done = client(azure.url, 'open', SSL_CERT_FILE=pem)
            expect(done.status == 5 and 'clock' in done.said['message'], done.out)
    finally:
        shutil.rmtree(folder)


def test_proxy():
    def forward(request):
        expect(request.path.startswith('http://'), request)
        request.path = '/' + request.path.split('/', 3)[3]
        return None
    with StandIn(forward) as proxy:
        done = client('http://localhost:1', 'open', http_proxy=proxy.url)
        expect(done.status == 0 and len(proxy.requests) == 3, done.out, proxy.requests)
        count = len(proxy.requests)
        with StandIn() as azure:
            done = client(azure.url, 'open', http_proxy=proxy.url, no_proxy='127.0.0.1')
            expect(done.status == 0 and len(proxy.requests) == count, done.out)


def test_proxy_that_wants_a_password():
    with StandIn(lambda request: Answer(407, '', {'Proxy-Authenticate': 'Basic realm="office"'})) as proxy:
        done = client('https://azure.example', 'open', https_proxy=proxy.url)
        expect(done.status == 5 and 'HTTPS_PROXY=http://NAME:PASSWORD@' in done.said['message'], done.out)
        expect(len(proxy.requests) == 1, proxy.requests)


def test_no_password_in_the_address():
    done = client('https://anna:hush@azure.example', 'open')
    expect(done.status == 5 and 'hush' not in done.out + done.err, done.out, done.err)


def test_ipv6():
    try:
        azure = StandIn(host='::1')
    except OSError:
        return 'no IPv6 on this machine'
    with azure:
        expect(client(azure.url, 'open').status == 0)


# ---- pages

def test_pages():
    def answer(request):
        if '/things' not in request.path:
            return None
        if 'page=2' in request.path:
            return Answer(200, {'value': [3], 'nextLink': '/things?page=3&$skiptoken=ä b'})
        if 'page=3' in request.path:
            return Answer(200, {'value': []})
        return Answer(200, {'value': [1, 2], 'nextLink': f'{azure.url}/things?page=2'})
    with StandIn(answer) as azure:
        done = client(azure.url, 'list', '/things?api-version=1')
        expect(done.said.get('value') == [1, 2, 3], done.out)


def test_page_elsewhere():
    with StandIn() as other:
        with StandIn(in_turn(Answer(200, {'value': [], 'nextLink': other.url + '/x?sig=secret'}), at='/things')) as azure:
            done = client(azure.url, 'list', '/things')
            expect(done.status == 5 and not other.requests, done.out)
            expect('sig=secret' not in done.out, done.out)


def test_pages_without_end():
    with StandIn(lambda request: Answer(200, {'value': [1], 'nextLink': '/things'}) if 'things' in request.path else None) \
            as azure:
        done = client(azure.url, 'list', '/things')
        expect(done.status == 4 and len(azure.asked('things')) == 1, done.out)


# ---- asynchronous operations

def operation(method, first, then, want, status=0, body='{a:1}'):
    """`first`: headers and status; `then`: answers of /operation; `want`: what comes out."""
    def run():
        looks = in_turn(*then, at='/operation')

        def answer(request):
            if '/operation' in request.path:
                return looks(request)
            if request.method == 'GET' and 'acme' in request.path:
                return Answer(200, {'final': True})
            if 'acme' in request.path:
                headers = {name: azure.url + value for name, value in first[1].items()}
                return Answer(first[0], first[2] if len(first) > 2 else FINE, headers)
            return None
        with StandIn(answer) as azure:
            done = client(azure.url, 'call', method, RG, *([body] if method != 'DELETE' else []))
            expect(done.status == status, done.out, azure.requests)
            said = done.said.get('value') if status == 0 else (done.said['code'], done.said['message'])
            expect(said == want, said, azure.requests)
    return run


GO = Answer(200, {'status': 'Running'}, {'Retry-After': '0.05'})
GO_202 = Answer(202, headers={'Retry-After': '0.05'})
FAILED = Answer(200, {'status': 'Failed', 'error': {'code': 'NoQuota', 'message': 'no cores left'}})

OPERATIONS = [
    ('put, async', operation('PUT', (201, {'Azure-AsyncOperation': '/operation'}), [GO, Answer(200, {'status': 'Succeeded'})],
                             {'final': True})),
    ('put, async, fails', operation('PUT', (201, {'Azure-AsyncOperation': '/operation'}), [GO, FAILED],
                                    ('NoQuota', 'no cores left'), 4)),
    ('put, async, canceled', operation('PUT', (201, {'Azure-AsyncOperation': '/operation'}),
                                       [Answer(200, {'status': 'Canceled'})],
                                       ('Canceled', 'the operation ended as Canceled'), 4)),
    ('put, both: async goes first', operation('PUT', (202, {'Azure-AsyncOperation': '/operation', 'Location': '/no'}),
                                              [GO, Answer(200, {'status': 'Succeeded'})], {'final': True})),
    ('put, no address, done', operation('PUT', (200, {}), [], FINE)),
    ('put, no address, in the resource', operation(
        'PUT', (201, {}, {'properties': {'provisioningState': 'Creating'}}), [], {'final': True})),
    ('post, location', operation('POST', (202, {'Location': '/operation'}, ''), [GO_202, GO_202, Answer(200, {'x': 1})],
                                 {'x': 1})),
    ('post, location, fails', operation('POST', (202, {'Location': '/operation'}, ''),
                                        [GO_202, Answer(400, {'error': {'code': 'Bad', 'message': 'no'}})],
                                        ('Bad', 'no'), 4)),
    ('post, async, result at location', operation(
        'POST', (202, {'Azure-AsyncOperation': '/operation', 'Location': '/subscriptions/x/acme'}, ''),
        [GO, Answer(200, {'status': 'Succeeded'})], {'final': True})),
    ('post, async, result inside', operation(
        'POST', (202, {'Azure-AsyncOperation': '/operation'}, ''),
        [Answer(200, {'status': 'Succeeded', 'properties': {'y': 2}})], {'y': 2})),
    ('delete, location', operation('DELETE', (202, {'Location': '/operation'}, ''), [GO_202, Answer(204)], None)),
    ('delete, async', operation('DELETE', (202, {'Azure-AsyncOperation': '/operation'}, ''),
                                [GO, Answer(200, {'status': 'Succeeded'})], {'status': 'Succeeded'})),
    ('async, broken in between', operation(
        'PUT', (201, {'Azure-AsyncOperation': '/operation'}),
        [GO, Answer(drop=True), Answer(503, 'x', {'Retry-After': '0.1'}), Answer(200, {'status': 'Succeeded'})],
        {'final': True})),
]


def test_operation_elsewhere():
    with StandIn() as other:
        with StandIn(in_turn(Answer(201, FINE, {'Azure-AsyncOperation': other.url + '/operation'}))) as azure:
            done = client(azure.url, 'call', 'PUT', RG, '{a:1}')
            expect(done.status == 5 and done.said['code'] == 'OtherHost' and not other.requests, done.out)


# ---- following

def deployment(state, **more):
    return Answer(200, {'properties': {'provisioningState': state, 'timestamp': '2026-11-27T10:00:00Z',
                                       'duration': 'PT5S', 'correlationId': 'c-1', **more}})


def followed(looks, operations, status, check, words=()):
    def run():
        look, listed = in_turn(*looks), in_turn(*operations)

        def answer(request):
            if 'operations' in request.path:
                return listed(request)
            return look(request) if '/deployments/' in request.path else None
        with StandIn(answer) as azure:
            done = client(azure.url, 'follow', 'acme', 'one', *words)
            events = [json.loads(line) for line in done.out.splitlines()[:-1]]
            expect(done.status == status, done.out, azure.requests)
            expect(check(done, events), done.out[-3000:], azure.requests)
    return run


def operations(**states):
    return Answer(200, {'value': [
        {'properties': {'provisioningOperation': 'Create', 'provisioningState': state,
                        'timestamp': '2026-11-27T10:00:00Z', 'duration': 'PT1S',
                        'targetResource': {'id': f'/x/{name}', 'resourceType': 'X/y', 'resourceName': name,
                                           'symbolicName': name}}} for name, state in states.items()]})


def states_of(events, symbol):
    return [event['state'] for event in events if event.get('symbol') == symbol]


FOLLOWS = [
    ('follow to a good end', followed(
        [deployment('Running'), deployment('Succeeded', outputs={'a': {'type': 'String', 'value': 'b'}})],
        [operations(net='Running'), operations(net='Succeeded', vm='Succeeded')], 0,
        lambda done, events: done.said['value']['outputs']['a']['value'] == 'b' and
        states_of(events, 'net') == ['running', 'succeeded'] and states_of(events, 'vm') == ['succeeded'])),
    ('follow to a bad end', followed(
        [deployment('Running'), deployment('Failed', error={'code': 'DeploymentFailed', 'message': 'm', 'details': [
            {'code': 'SkuNotAvailable', 'message': 'no size'}]})],
        [operations(net='Failed')], 4,
        lambda done, events: done.said['code'] == 'DeploymentFailed' and done.said['correlation'] == 'c-1')),
    ('follow what is cancelled', followed(
        [deployment('Running'), deployment('Canceled')], [operations(net='Running')], 4,
        lambda done, events: states_of(events, 'net') == ['running', 'canceled'])),
    ('follow what does not exist', followed(
        [Answer(404, {'error': {'code': 'DeploymentNotFound', 'message': 'no'}})], [], 4,
        lambda done, events: done.said['code'] == 'DeploymentNotFound')),
    ('follow over broken connections', followed(
        [deployment('Running'), Answer(drop=True), Answer(503, 'x', {'Retry-After': '0.1'}), deployment('Succeeded')],
        [operations(net='Running'), Answer(drop=True), operations(net='Succeeded')], 0,
        lambda done, events: states_of(events, 'net') == ['running', 'succeeded'])),
    ('follow over a page that is no JSON', followed(
        [deployment('Running'), Answer(200, '<html>'), deployment('Succeeded')],
        [operations(net='Running'), operations(net='Succeeded')], 0,
        lambda done, events: states_of(events, 'net') == ['running', 'succeeded'])),
    ('follow over pages of operations', followed(
        [deployment('Running'), deployment('Succeeded')],
        [Answer(200, {**json.loads(operations(a='Succeeded').body), 'nextLink': '/acme/operations?page=2'}),
         operations(b='Succeeded')], 0,
        lambda done, events: states_of(events, 'a') and states_of(events, 'b'))),
]


def test_follow_interrupted():
    with StandIn(lambda request: operations(net='Running') if 'operations' in request.path
                 else deployment('Running') if '/deployments/' in request.path else None) as azure:
        started = Run(azure.url, 'follow', 'acme', 'one')
        end = time.monotonic() + 20
        while len(azure.asked('operations')) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        started.process.send_signal(signal.SIGINT)
        done = started.end(10)
        expect(done.status == 0 and done.said['value']['state'] == 'running', done.out)


def test_follow_stack():
    name = '/subscriptions/s/resourceGroups/acme/providers/Microsoft.Resources/deployments/one-26'
    states = [Answer(200, {'properties': {'provisioningState': 'creating'}}),
              Answer(200, {'properties': {'provisioningState': 'deploying', 'deploymentId': name}}),
              Answer(200, {'properties': {'provisioningState': 'deletingResources', 'deploymentId': name}}),
              Answer(200, {'properties': {'provisioningState': 'succeeded', 'deploymentId': name,
                                          'outputs': {'a': {'type': 'String', 'value': 'b'}}}})]
    look, listed = in_turn(*states), in_turn(operations(net='Running'), operations(net='Succeeded'))
    with StandIn(lambda request: listed(request) if '/deployments/one-26/operations' in request.path
                 else look(request) if '/deploymentStacks/one?' in request.path else None) as azure:
        done = client(azure.url, 'follow-stack', 'acme', 'one')
        expect(done.status == 0 and done.said['value']['outputs']['a']['value'] == 'b', done.out)
        expect('the stack is deletingResources' in done.out, done.out)
        events = [json.loads(line) for line in done.out.splitlines()[:-1]]
        expect(states_of(events, 'net') == ['running', 'succeeded'], done.out)


def test_follow_modules():
    inner = '/subscriptions/s/resourceGroups/other/providers/Microsoft.Resources/deployments/inner'

    def answer(request):
        if request.path.startswith('/subscriptions/s/resourceGroups/other/deployments/inner/operations'):
            return operations(deep='Succeeded')
        if 'operations' in request.path:
            return Answer(200, {'value': [{'properties': {
                'provisioningOperation': 'Create', 'provisioningState': 'Succeeded',
                'targetResource': {'id': inner, 'resourceType': 'Microsoft.Resources/deployments',
                                   'resourceName': 'inner', 'symbolicName': 'module'}}}]})
        return deployment('Succeeded') if '/deployments/' in request.path else None
    with StandIn(answer) as azure:
        done = client(azure.url, 'follow', 'acme', 'one')
        expect(done.status == 0 and '"symbol":"module.deep"' in done.out, done.out)


# ---- what is shown

def test_verbose_shows_no_secret():
    with StandIn(in_turn(Answer(201, FINE, {'Azure-AsyncOperation': 'later'}), Answer(200, FINE)),
                 token='header.cGF5bG9hZA.t0ken') as azure:
        azure_operation = azure.url + '/operation?t=123&c=CERT&s=SIGNATURE&h=HASH&api-version=1'
        azure.answer = lambda request: (
            Answer(201, FINE, {'Azure-AsyncOperation': azure_operation}) if request.method == 'PUT' else
            Answer(200, {'status': 'Succeeded'}) if '/operation' in request.path else
            Answer(200, FINE) if 'acme' in request.path else None)
        done = client(azure.url, '--verbose', 'call', 'PUT', RG, '{password:"pa55word"}')
        expect(done.status == 0, done.out)
        for secret in ('t0ken', SECRET, 'CERT', 'SIGNATURE', 'HASH', 'pa55word'):
            expect(secret not in done.err, secret, done.err)
        lines = done.err.splitlines()
        expect(any(f'PUT {azure.url}/subscriptions/{SUBSCRIPTION}/resourcegroups/acme 201' in line and
                   'correlation-' in line for line in lines), done.err)
        expect(len(lines) == len(azure.requests), done.err)


def test_connections_are_kept():
    ports = set()
    with StandIn(lambda request: ports.add(request.headers['x-port'])) as azure:
        accepted = []
        get_request = azure.server.get_request

        def counted():
            accepted.append(1)
            return get_request()
        azure.server.get_request = counted
        client(azure.url, 'call', 'GET', RG)
        expect(len(azure.requests) >= 4 and len(accepted) == 1, azure.requests, len(accepted))


def own_rows():
    for name, function in list(globals().items()):
        if name.startswith('test_'):
            yield name[5:], function


if __name__ == '__main__':
    hour = 3600
    sys.exit(table([
        *repetition_rows(),
        ('Retry-After in seconds', waits({'Retry-After': '2'}, 1.9, 4)),
        ('Retry-After as a date', waits({'Retry-After': date_in(3, 0)}, 1.5, 5)),
        ('Retry-After as a date, our clock wrong', waits({'Retry-After': date_in(3, hour)}, 1.5, 5, skew=hour)),
        ('no Retry-After', waits({}, 0.4, 3)),
        ('Ctrl-C while it hangs', interrupted(Answer(hang=30), 1)),
        ('Ctrl-C twice', interrupted(Answer(hang=30), 2)),
        ('Ctrl-C while it waits', interrupted(Answer(429, 'x', {'Retry-After': '60'}), 1)),
        ('Ctrl-C between two looks', interrupted(Answer(201, FINE, {'Azure-AsyncOperation': '/x', 'Retry-After': '60'}), 1,
                                                 ('call', 'PUT', RG, '{a:1}'))),
        *OPERATIONS,
        *FOLLOWS,
        *own_rows(),
    ], workers=16))
