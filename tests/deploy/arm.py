#!/usr/bin/env python3
"""The local Resource Manager by itself: what it answers to calls of its interface."""
import http.client
import json
import sys
import time
import urllib.error

from harness import Emulator, cases


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


if __name__ == '__main__':
    sys.exit(cases(globals()))
