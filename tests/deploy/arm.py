#!/usr/bin/env python3
"""The local Resource Manager by itself: what it answers to calls of its interface."""
import base64
import http.client
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.parse

from harness import ROOT, Emulator, cases


def test_sign_in():
    with Emulator() as azure:
        assert azure.get('/subscriptions')['value'][0]['subscriptionId'] == azure.subscription
        status, _, body = azure.ask('POST', '/x/oauth2/v2.0/token', b'grant_type=client_credentials&client_id=a'
                                    b'&client_secret=wrong&scope=s', {'Content-Type': 'application/x-www-form-urlencoded'})
        assert status == 401 and body['error'] == 'invalid_client' and 'AADSTS7000215' in body['error_description'], body
        status, headers, body = azure.ask('GET', '/subscriptions?api-version=2020-01-01')
        assert status == 401 and 'Bearer' in headers['WWW-Authenticate'], body
        status, body = azure.call('GET', '/subscriptions', version=None)
        assert (status, body['error']['code']) == (400, 'MissingApiVersionParameter'), body


def trouble(*faults):
    """What two calls in a row get: statuses, or the name of what urllib raises."""
    with Emulator(*faults) as azure:
        azure.token = azure.sign_in()
        seen = []
        for _ in range(2):
            began = time.time()
            try:
                status, headers, body = azure.full('GET', '/subscriptions')
                seen.append((status, headers.get('Retry-After'), body, time.time() - began))
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError, json.JSONDecodeError) as error:
                seen.append((type(error).__name__, None, None, time.time() - began))
        requests = azure.ask('GET', '/emulator/requests')[2]['value']
        assert [request['method'] for request in requests] == ['POST', 'GET', 'GET'], requests
        return seen, requests


def test_faults_of_calls():
    (first, second), _ = trouble('throttle')
    assert first[:2] == (429, '1') and second[0] == 200, (first, second)
    (first, second), _ = trouble('error:503:2')
    assert (first[0], second[0]) == (503, 503) and first[2]['error']['code'] == 'ServerBusy', (first, second)
    (first, second), _ = trouble('expire-token')
    assert first[0] == 401 and first[2]['error']['code'] == 'ExpiredAuthenticationToken' and second[0] == 200, first
    (first, second), _ = trouble('garbage')
    assert first[0] == 'JSONDecodeError' and second[0] == 200, (first, second)
    (first, second), requests = trouble('drop')
    assert not isinstance(first[0], int) and second[0] == 200 and requests[1]['status'] == 0, (first, requests)
    (first, second), _ = trouble('slow:0.3')
    assert first[0] == 200 and 0.3 < first[3] < 5 and second[3] > 0.3, (first, second)
    (first, second), _ = trouble('hang:0.4')
    assert not isinstance(first[0], int) and first[3] > 0.4 and second[0] == 200, (first, second)
    (first, second), _ = trouble('error:500@PUT *', 'error:502@GET /SUBSCRIPTIONS')
    assert (first[0], second[0]) == (502, 200), (first, second)


def test_drop_after_the_order_was_taken():
    with Emulator() as azure:
        azure.token = azure.sign_in()
        azure.ask('POST', '/emulator/faults', {'faults': ['drop-after@PUT */resourcegroups/*']})
        try:
            azure.group('g')
            raise AssertionError('it was answered')
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
            pass
        assert azure.get(azure.group_scope + 'g')['location'] == 'westeurope'
        assert azure.ask('GET', '/emulator/faults')[2]['value'] == []


def test_wrong_faults_are_refused():
    for fault in ['none', 'error', 'error:99', 'throttle:x', 'fail', 'fail:T:NoSuchCode', 'drop@PUT']:
        try:
            Emulator(fault).start().stop()
        except RuntimeError as error:
            assert fault.split(':')[0] in str(error), error
        else:
            raise AssertionError(fault)


def test_where_things_are():
    with Emulator() as azure:
        old = azure.ask('GET', '/metadata/endpoints?api-version=2015-01-01')[2]
        assert old['authentication']['loginEndpoint'] == azure.url + '/', old
        clouds = azure.ask('GET', '/metadata/endpoints?api-version=2019-05-01')[2]
        cloud = azure.ask('GET', '/metadata/endpoints?api-version=2022-09-01')[2]
        assert clouds == [cloud] and cloud['resourceManager'] == azure.url + '/', cloud
        assert cloud['suffixes']['keyVaultDns'] == 'vault.' + azure.url.split('/')[2], cloud
        for path, token in [('/adfs', '/oauth2/token'), (f'/{azure.tenant}', '/oauth2/token'), (f'/{azure.tenant}/v2.0', '/oauth2/v2.0/token')]:
            found = azure.ask('GET', path + '/.well-known/openid-configuration')[2]
            assert found['token_endpoint'] == azure.url + path.replace('/v2.0', '') + token, found
        found = azure.ask('GET', '/common/discovery/instance?api-version=1.1')[2]
        assert found['metadata'][0]['aliases'] == [azure.url.split('/')[2]], found
        names = {place['name'] for place in azure.get(f'/subscriptions/{azure.subscription}/locations')['value']}
        assert {'westeurope', 'eastus'} <= names
        assert azure.get('/tenants')['value'][0]['tenantId'] == azure.tenant
        status, body = azure.call('GET', '/subscriptions/00000000-0000-0000-0000-000000000009/resourcegroups')
        assert (status, body['error']['code']) == (404, 'SubscriptionNotFound'), body


def token(azure, **fields):
    form = {'grant_type': 'client_credentials', 'client_id': azure.client, 'scope': azure.url + '/.default', **fields}
    return azure.ask('POST', f'/{azure.tenant}/oauth2/v2.0/token', urllib.parse.urlencode(form).encode(),
                     {'Content-Type': 'application/x-www-form-urlencoded'})


def jwt(**claims):
    parts = [{'alg': 'RS256'}, {'iss': 'me', 'sub': 'me', 'aud': 'you', 'exp': time.time() + 60, **claims}]
    return '.'.join([base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip('=') for part in parts] + ['c2ln'])


def test_assertions_and_identities():
    kind = {'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'}
    with Emulator() as azure:
        assert token(azure, client_assertion=jwt(), **kind)[0] == 200
        for wrong, code in [(jwt(exp=1), 'AADSTS700024'), (jwt(nbf=time.time() + 9999), 'AADSTS700024'), (jwt(iss=''), 'AADSTS50027'),
                            ('rubbish', 'AADSTS50027')]:
            status, _, body = token(azure, client_assertion=wrong, **kind)
            assert status in (400, 401) and code in body['error_description'], body
        assert 'AADSTS7000216' in token(azure)[2]['error_description']
        assert token(azure, grant_type='password')[2]['error'] == 'unsupported_grant_type'
        path = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net'
        assert azure.ask('GET', path)[0] == 400
        status, _, body = azure.ask('GET', path, headers={'Metadata': 'true'})
        assert status == 200 and body['resource'] == 'https://vault.azure.net' and int(body['expires_on']) > time.time(), body
        assert azure.ask('GET', path.replace('/metadata/identity/oauth2', '/msi'), headers={'X-IDENTITY-HEADER': 'x'})[0] == 200
        claims = json.loads(base64.urlsafe_b64decode(body['access_token'].split('.')[1] + '=='))
        assert claims['tid'] == azure.tenant and claims['aud'] == body['resource'], claims
        good = {'Authorization': 'Bearer ' + body['access_token']}
        assert azure.ask('GET', '/subscriptions?api-version=2020-01-01', headers=good)[0] == 200
        for bad in [body['access_token'] + 'x', body['access_token'].replace('.', ''), 'a.b.c', '']:
            status, _, said = azure.ask('GET', '/subscriptions?api-version=2020-01-01', headers={'Authorization': 'Bearer ' + bad})
            assert (status, said['error']['code']) == (401, 'InvalidAuthenticationToken'), said


def test_the_journal_keeps_bodies_only_if_asked():
    for record in (False, True):
        with Emulator(record=record) as azure:
            azure.group('g')
            said = json.dumps(azure.requests())
            assert ('westeurope' in said) == record and ('local-secret' in said) == record, said
            assert 'authorization' in said and ('Bearer' in said) == record, said


def test_without_tls_and_by_version_6():
    with Emulator(tls=False) as azure:
        assert azure.url.startswith('http://localhost:') and not azure.certificate
        port = azure.url.rsplit(':', 1)[1]
        for host in ('127.0.0.1', '[::1]'):
            try:
                assert azure.ask('GET', f'http://{host}:{port}/metadata/endpoints?api-version=2022-09-01')[0] == 200
            except urllib.error.URLError as error:
                assert host == '[::1]' and isinstance(error.reason, OSError), error  # no IPv6 here


def test_who_hangs_holds_up_nobody():
    with Emulator('hang:5@GET /tenants') as azure:
        azure.token = azure.sign_in()
        waiting = threading.Thread(target=lambda: trouble_of(azure, '/tenants'), daemon=True)
        waiting.start()
        time.sleep(0.2)
        began = time.time()
        azure.get('/subscriptions')
        assert waiting.is_alive() and time.time() - began < 4


def trouble_of(azure, path):
    try:
        azure.full('GET', path)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
        pass


def test_what_is_no_request_of_ours():
    with Emulator() as azure:
        azure.group('g')
        scope = azure.group_scope + 'g/providers/Microsoft.Resources/deployments/d?api-version=2022-09-01'
        azure.token = azure.token or azure.sign_in()
        head = {'Authorization': 'Bearer ' + azure.token, 'Content-Type': 'application/json'}
        for body in [b'{', b'[]', b'"x"', b'{"properties":1}', b'{"properties":{}}', b'{"properties":{"mode":"Incremental"}}',
                     b'{"properties":{"mode":"Sideways","template":{}}}', b'{"properties":{"mode":"Incremental","template":[]}}',
                     b'\xff\xfe', b'[' * 5000]:
            status, _, answer = azure.ask('PUT', scope, body, head)
            assert status == 400 and answer['error']['code'], (body[:40], status, answer)
        for template in [{}, {'resources': 7}, {'resources': [7]}, {'resources': {'a': {}}}, {'parameters': 7}, {'outputs': []}]:
            status, _, answer = azure.ask('PUT', scope, json.dumps({'properties': {'mode': 'Incremental', 'template': template,
                                                                                   'parameters': 7}}).encode(), head)
            assert status < 500, (template, answer)
        assert azure.ask('PUT', scope, b'{"a":"' + b'x' * (5 << 20) + b'"}', head)[0] == 413
        for path in ['/', '/x', '//', '/providers', '/subscriptions//x', '/subscriptions/x/resourcegroups/', '/%00', '/subscriptions/%2e%2e',
                     azure.group_scope + 'g/providers/', azure.group_scope + 'g/providers/A/b/c/d/e?$skiptoken=-1',
                     azure.group_scope + "g/resources?$filter=tagName%20eq%20'", azure.group_scope + 'g/providers/Microsoft.Network/virtualNetworks/x/']:
            for method in ('GET', 'POST', 'DELETE', 'PATCH', 'OPTIONS'):
                status, _, answer = azure.full(method, path, {} if method in ('POST', 'PATCH') else None)
                assert status < 500, (method, path, answer)


def test_every_fault_is_documented():
    with open(os.path.join(ROOT, 'emulator', 'fault.def')) as file:
        names = re.findall(r'^FAULT\(\w+, "([^"]+)"', file.read(), re.M)
    with open(os.path.join(ROOT, 'docs', 'emulate.md')) as file:
        text = file.read()
    assert len(names) > 10 and not [name for name in names if f'`{name}' not in text]


if __name__ == '__main__':
    sys.exit(cases(globals()))
