#!/usr/bin/env python3
"""The local Resource Manager by itself: what it answers to calls of its interface."""
import sys

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


if __name__ == '__main__':
    sys.exit(cases(globals()))
