#!/usr/bin/env python3
"""Signing in from each source, with stand-ins for the services and a fake az in PATH."""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

from standin import SECRET, SUBSCRIPTION, TENANT, Answer, Run, StandIn, certificate, client, expect, jwt, table

NONE = {'AZURE_TENANT_ID': None, 'AZURE_CLIENT_ID': None, 'AZURE_CLIENT_SECRET': None}
NOWHERE = {'AZURE_POD_IDENTITY_AUTHORITY_HOST': 'http://127.0.0.1:9'}  # instead of 169.254.169.254
ARC_KEYS = '/var/opt/azcmagent/tokens'


class Folder:
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix='swarmgen-signin-')
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def write(self, name, content, mode=0o600):
        path = os.path.join(self.path, name)
        with open(path, 'wb' if isinstance(content, bytes) else 'w') as file:
            file.write(content)
        os.chmod(path, mode)
        return path


def form_of(request):
    return dict(urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True))


def query_of(request):
    return dict(urllib.parse.parse_qsl(request.path.split('?', 1)[1], strict_parsing=True))


def unpacked(part):
    return base64.urlsafe_b64decode(part + '=' * (-len(part) % 4))


def opened(azure, **environment):
    done = client(azure.url, 'open', **environment)
    expect(done.status == 0, done.out, done.err, azure.requests)
    expect(done.said['value']['tenant'] == TENANT and done.said['value']['object'] == 'object-1', done.out)
    return done


def refused(azure, *words, **environment):
    done = client(azure.url, 'open', **environment)
    expect(done.status == 5 and done.said['kind'] == 'sign-in', done.out)
    for word in words:
        expect(word in done.said['message'], f'{word!r} is missing', done.said['message'])
    return done


# ---- environment

def test_secret():
    with StandIn() as azure:
        opened(azure)
        request, = azure.asked(f'^POST /{TENANT}/oauth2/v2.0/token$')
        expect(form_of(request) == {'grant_type': 'client_credentials', 'client_id': 'client-1',
                                    'client_secret': SECRET, 'scope': azure.url + '/.default'}, request.body)
        listed, = azure.asked('/subscriptions')
        expect(listed.headers['Authorization'] == 'Bearer ' + jwt(count=1), dict(listed.headers))


def test_secret_is_wrong():
    said = {'error': 'invalid_client', 'correlation_id': 'c-2', 'error_description':
            'AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1\r\nCorrelation ID: 2'}
    with StandIn(lambda request: Answer(401, said) if '/oauth2/' in request.path else None) as azure:
        done = refused(azure, 'signing in failed', 'environment', 'AADSTS7000215: Invalid client secret provided.')
        expect('Trace' not in done.said['message'] and done.said['correlation'] == 'c-2', done.out)
        expect(len(azure.asked('oauth2')) == 1, azure.requests)


def test_authority_host():
    with StandIn() as azure, StandIn() as authority:
        opened(azure, AZURE_AUTHORITY_HOST=authority.url + '/')
        expect(authority.asked('oauth2') and not azure.asked('oauth2'), azure.requests)
        done = client(azure.url, 'open', AZURE_AUTHORITY_HOST='http://login.example')
        expect(done.status == 5 and 'https' in done.said['message'], done.out)


def assertion(azure, pem, adfs=False, chain=False):
    """The assertion of the last token request, whose signature OpenSSL has checked."""
    form = form_of(azure.asked('oauth2')[-1])
    expect(form['client_assertion_type'] == 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', form)
    head, body, signature = form['client_assertion'].split('.')
    header, claims = json.loads(unpacked(head)), json.loads(unpacked(body))
    with Folder() as folder:
        folder.write('signed', f'{head}.{body}')
        folder.write('signature', unpacked(signature))
        folder.write('key', subprocess.run(['openssl', 'x509', '-in', pem, '-noout', '-pubkey'], check=True,
                                           capture_output=True).stdout)
        pss = [] if adfs else ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32']
        check = subprocess.run(['openssl', 'dgst', '-sha256', '-verify', 'key', *pss, '-signature', 'signature', 'signed'],
                               cwd=folder.path, capture_output=True, text=True)
        expect('Verified OK' in check.stdout, check.stdout, check.stderr)
    der = subprocess.run(['openssl', 'x509', '-in', pem, '-outform', 'der'], check=True, capture_output=True).stdout
    name, digest = ('x5t', hashlib.sha1) if adfs else ('x5t#S256', hashlib.sha256)
    expect(unpacked(header[name]) == digest(der).digest(), header)
    expect(header['alg'] == ('RS256' if adfs else 'PS256') and header['typ'] == 'JWT', header)
    expect(('x5c' in header) == chain, header)
    if chain:
        expect(base64.b64decode(header['x5c'][0]) == der, header)
    expect(claims['iss'] == claims['sub'] == 'client-1' and len(claims['jti']) == 36, claims)
    return claims


def test_certificate():
    with Folder() as folder, StandIn() as azure:
        pem = certificate(folder.path)
        opened(azure, AZURE_CLIENT_SECRET=None, AZURE_CLIENT_CERTIFICATE_PATH=pem)
        claims = assertion(azure, pem)
        expect(claims['aud'] == f'{azure.url}/{TENANT}/oauth2/v2.0/token', claims)
        expect(claims['exp'] - claims['nbf'] == 600 and abs(claims['nbf'] - time.time()) < 60, claims)


def test_certificate_chain():
    with Folder() as folder, StandIn() as azure:
        leaf, other = certificate(folder.path), certificate(folder.path, 'other')
        with open(leaf) as one, open(other.replace('.pem', '.crt')) as two:  # the leaf last
            pem = folder.write('chain.pem', two.read() + one.read())
        opened(azure, AZURE_CLIENT_SECRET=None, AZURE_CLIENT_CERTIFICATE_PATH=pem,
               AZURE_CLIENT_SEND_CERTIFICATE_CHAIN='true')
        assertion(azure, leaf, chain=True)


def test_certificate_at_adfs():
    with Folder() as folder, StandIn() as azure:
        pem = certificate(folder.path)
        opened(azure, AZURE_CLIENT_SECRET=None, AZURE_CLIENT_CERTIFICATE_PATH=pem, AZURE_AUTHORITY_HOST=azure.url + '/adfs')
        expect(azure.asked('^POST /adfs/oauth2/token$'), azure.requests)
        assertion(azure, pem, adfs=True)


def test_certificate_with_password():
    with Folder() as folder, StandIn() as azure:
        plain = certificate(folder.path)
        locked = os.path.join(folder.path, 'locked.key')
        subprocess.run(['openssl', 'pkey', '-in', plain, '-aes256', '-passout', 'pass:secret1', '-out', locked],
                       check=True, capture_output=True)
        with open(locked) as key, open(plain.replace('.pem', '.crt')) as own:
            pem = folder.write('locked.pem', key.read() + own.read())
        environment = {'AZURE_CLIENT_SECRET': None, 'AZURE_CLIENT_CERTIFICATE_PATH': pem}
        opened(azure, **environment, AZURE_CLIENT_CERTIFICATE_PASSWORD='secret1')
        assertion(azure, plain)
        refused(azure, pem, 'no private key that can be read', **environment, AZURE_CLIENT_CERTIFICATE_PASSWORD='other')
        refused(azure, pem, 'no private key that can be read', **environment)


def packed(pem, password, *words):
    """The same as PKCS#12."""
    pfx = pem.replace('.pem', '.pfx')
    subprocess.run(['openssl', 'pkcs12', '-export', '-in', pem, '-out', pfx, '-passout', f'pass:{password}', *words],
                   check=True, capture_output=True)
    return pfx


def test_certificate_as_pfx():
    for password in ('', 'secret1'):
        with Folder() as folder, StandIn() as azure:
            leaf, other = certificate(folder.path), certificate(folder.path, 'other').replace('.pem', '.crt')
            environment = {'AZURE_CLIENT_SECRET': None,
                           'AZURE_CLIENT_CERTIFICATE_PATH': packed(leaf, password, '-certfile', other)}
            opened(azure, **environment, AZURE_CLIENT_CERTIFICATE_PASSWORD=password or None,
                   AZURE_CLIENT_SEND_CERTIFICATE_CHAIN='1')
            assertion(azure, leaf, chain=True)
            refused(azure, 'no private key that can be read', 'AZURE_CLIENT_CERTIFICATE_PASSWORD', **environment,
                    **{'AZURE_CLIENT_CERTIFICATE_PASSWORD': 'other'})


def test_certificate_files_that_are_none():
    with Folder() as folder, StandIn() as azure:
        one, two = certificate(folder.path), certificate(folder.path, 'two')
        curve = certificate(folder.path, 'curve', key='ec:' + folder.write('p256', subprocess.run(
            ['openssl', 'ecparam', '-name', 'prime256v1'], check=True, capture_output=True).stdout))
        keyless = packed(one, '', '-nokeys')
        with open(one.replace('.pem', '.key')) as key, open(two.replace('.pem', '.crt')) as other:
            mixed = folder.write('mixed.pem', key.read() + other.read())
        for path, words in ((keyless, ['no private key']), (mixed, ['no certificate that belongs']), (curve, ['not RSA']),
                            (folder.path + '/none', ['No such file']), (folder.write('empty', ''), ['it is empty'])):
            refused(azure, 'AZURE_CLIENT_CERTIFICATE_PATH', *words, AZURE_CLIENT_SECRET=None,
                    AZURE_CLIENT_CERTIFICATE_PATH=path)


def test_certificate_and_a_wrong_clock():
    for known, asked, ahead in ((True, 1, 7200), (False, 2, 7200), (False, 2, -7200)):  # ahead: the right time
        def answer(request):
            if '/oauth2/' not in request.path:
                return None
            azure.skew = ahead
            claims = json.loads(unpacked(form_of(request)['client_assertion'].split('.')[1]))
            good = claims['nbf'] <= time.time() + ahead + 60 < claims['exp']
            return None if good else Answer(401, {'error': 'invalid_client', 'error_description': 'AADSTS700024: no'})
        with Folder() as folder, StandIn(answer, skew=ahead if known else 0) as azure:
            opened(azure, AZURE_CLIENT_SECRET=None, AZURE_CLIENT_CERTIFICATE_PATH=certificate(folder.path))
            expect(len(azure.asked('oauth2')) == asked, azure.requests)


# ---- workload identity

def test_workload_identity():
    with Folder() as folder, StandIn() as azure:
        path = folder.write('token', 'federated.token.one\n')
        environment = {'AZURE_CLIENT_SECRET': None, 'AZURE_FEDERATED_TOKEN_FILE': path}
        opened(azure, **environment)
        form = form_of(azure.asked('oauth2')[-1])
        expect(form['client_assertion'] == 'federated.token.one' and form['client_id'] == 'client-1', form)
        refused(azure, 'workload identity', 'No such file', AZURE_CLIENT_SECRET=None,
                AZURE_FEDERATED_TOKEN_FILE=path + '-not')


# ---- managed identity

def identity(token_answer, at='/metadata/identity/oauth2/token'):
    """Azure, and the identity service beside it."""
    def answer(request):
        return token_answer(request) if request.path.startswith(at) else None
    return answer


def granted(**more):
    return Answer(200, {'access_token': jwt(), 'expires_in': '3599', 'token_type': 'Bearer', **more})


def test_virtual_machine():
    def imds(request):
        if request.headers.get('Metadata') != 'true':
            return Answer(400, {'error': 'invalid_request', 'error_description': 'Required metadata header not specified'})
        return granted()
    with StandIn(identity(imds)) as azure:
        opened(azure, **NONE, AZURE_POD_IDENTITY_AUTHORITY_HOST=azure.url)
        knock, ask = azure.asked('identity')
        expect('Metadata' not in knock.headers, dict(knock.headers))
        expect(query_of(ask) == {'api-version': '2018-02-01', 'resource': azure.url}, ask)
        opened(azure, **{**NONE, 'AZURE_CLIENT_ID': 'mine'}, AZURE_POD_IDENTITY_AUTHORITY_HOST=azure.url)
        expect(query_of(azure.asked('identity')[-1])['client_id'] == 'mine')


def test_virtual_machine_is_slow_to_start():
    answers = [Answer(400), Answer(429, 'later', {'Retry-After': '0.1'}), Answer(500), granted()]
    with StandIn(identity(lambda request: answers.pop(0))) as azure:
        opened(azure, **NONE, AZURE_POD_IDENTITY_AUTHORITY_HOST=azure.url)
        expect(not answers)


def test_virtual_machine_without_identity():
    no = Answer(400, {'error': 'invalid_request', 'error_description': 'Identity not found'})
    with StandIn(identity(lambda request: no)) as azure:
        refused(azure, 'managed identity: this machine has no identity: Identity not found', 'Azure CLI: az is not installed',
                **NONE, AZURE_POD_IDENTITY_AUTHORITY_HOST=azure.url, PATH='/nowhere')


def test_virtual_machine_that_hangs():
    with StandIn(identity(lambda request: Answer(hang=30))) as azure:
        done = refused(azure, 'this is no machine of Azure', **NONE, AZURE_POD_IDENTITY_AUTHORITY_HOST=azure.url,
                       PATH='/nowhere')
        expect(done.seconds < 5, done.seconds)


def test_app_service():
    with StandIn(identity(lambda request: granted(expires_on=str(int(time.time()) + 3600)), '/msi/token')) as azure:
        opened(azure, **NONE, IDENTITY_ENDPOINT=azure.url + '/msi/token', IDENTITY_HEADER='hdr-secret')
        request, = azure.asked('/msi/token')
        expect(request.headers['X-IDENTITY-HEADER'] == 'hdr-secret', dict(request.headers))
        expect(query_of(request) == {'api-version': '2019-08-01', 'resource': azure.url}, request)


def test_app_service_refuses():
    no = Answer(400, {'statusCode': 400, 'message': 'no such identity'})
    with StandIn(identity(lambda request: no, '/msi/token')) as azure:
        refused(azure, 'App Service', 'no such identity', **NONE, IDENTITY_ENDPOINT=azure.url + '/msi/token',
                IDENTITY_HEADER='hdr-secret')


def arc(challenge, key=None):
    """Arc's agent: a challenge first, then a token for who shows the key."""
    def answer(request):
        if request.headers.get('Metadata') != 'true':
            return Answer(400)
        if key and request.headers.get('Authorization') == f'Basic {key}':
            return granted()
        return Answer(401, headers={'WWW-Authenticate': challenge} if challenge else {})
    return identity(answer)


def arc_run(azure, folder, files):
    """With `files` as Arc's folder of keys, in a mount namespace of its own."""
    script = f'mount -t tmpfs none /var/opt && mkdir -p {ARC_KEYS} && '
    for name, content in files.items():
        script += f'cp {folder.write(os.path.basename(name), content)} {name} && '
    started = Run(azure.url, 'open', wrap=('unshare', '-rm', 'sh', '-c', script + 'exec "$@"', 'sh'), **NONE,
                  IDENTITY_ENDPOINT=azure.url + '/metadata/identity/oauth2/token', IMDS_ENDPOINT=azure.url)
    return started.end()


def test_arc():
    if subprocess.run(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'none', '/var/opt'], capture_output=True).returncode != 0:
        return 'no mount namespaces here'
    rows = [  # what the challenge names, the file, what is said; None: a token
        (f'Basic realm={ARC_KEYS}/a.key', {f'{ARC_KEYS}/a.key': 'the-key'}, None),
        (f'Basic realm="{ARC_KEYS}/a.key"', {f'{ARC_KEYS}/a.key': 'the-key'}, None),
        (f'Basic realm={ARC_KEYS}/a.key', {f'{ARC_KEYS}/a.key': 'x' * 5000}, 'at most 4096 bytes'),
        (f'Basic realm={ARC_KEYS}/a.key', {}, 'No such file'),
        (f'Basic realm={ARC_KEYS}/a.txt', {f'{ARC_KEYS}/a.txt': 'the-key'}, 'no .key file in'),
        ('Basic realm=/var/opt/a.key', {'/var/opt/a.key': 'the-key'}, 'no .key file in'),
        (f'Basic realm={ARC_KEYS}/../a.key', {'/var/opt/azcmagent/a.key': 'the-key'}, 'no .key file in'),
        ('Basic realm=/etc/shadow', {}, 'no .key file in'),
        ('Bearer realm=x', {}, 'without its challenge'),
        (None, {}, 'without its challenge'),
    ]
    for challenge, files, said in rows:
        with Folder() as folder, StandIn(arc(challenge, 'the-key')) as azure:
            done = arc_run(azure, folder, files)
            if said is None:
                expect(done.status == 0, challenge, done.out, done.err)
                first, second = azure.asked('identity')
                expect('Authorization' not in first.headers and query_of(first)['api-version'] == '2020-06-01', first)
            else:
                expect(done.status == 5 and said in done.said['message'], challenge, done.out)
                expect(all('Authorization' not in request.headers for request in azure.requests), challenge)


# ---- Service Fabric, Azure Machine Learning, Cloud Shell

def test_service_fabric():
    with Folder() as folder:
        pem = certificate(folder.path)
        der = subprocess.run(['openssl', 'x509', '-in', pem, '-outform', 'der'], check=True, capture_output=True).stdout
        print_ = hashlib.sha1(der).hexdigest()
        with StandIn(identity(lambda request: granted(), '/token'), certificate=pem) as fabric, StandIn() as azure:
            environment = {**NONE, 'IDENTITY_ENDPOINT': fabric.url + '/token', 'IDENTITY_HEADER': 'sf-secret'}
            opened(azure, **environment, IDENTITY_SERVER_THUMBPRINT=print_.upper())
            request, = fabric.asked('/token')
            expect(request.headers['Secret'] == 'sf-secret', dict(request.headers))
            expect(query_of(request) == {'api-version': '2019-07-01-preview', 'resource': azure.url}, request)
            done = client(azure.url, 'open', **environment, IDENTITY_SERVER_THUMBPRINT='ab' * 20)
            expect(done.status == 5 and 'another one than expected' in done.said['message'], done.out)
            expect(len(fabric.asked('')) == 1, 'the secret was shown to a stranger', fabric.requests)


def test_machine_learning():
    with StandIn(identity(lambda request: granted(), '/msi/token')) as azure:
        opened(azure, **{**NONE, 'AZURE_CLIENT_ID': 'mine'}, MSI_ENDPOINT=azure.url + '/msi/token', MSI_SECRET='ml-secret')
        request, = azure.asked('/msi/token')
        expect(request.headers['secret'] == 'ml-secret', dict(request.headers))
        expect(query_of(request) == {'api-version': '2017-09-01', 'resource': azure.url, 'clientid': 'mine'}, request)


def test_cloud_shell():
    with StandIn(identity(lambda request: granted(), '/oauth2/token')) as azure:
        opened(azure, **NONE, MSI_ENDPOINT=azure.url + '/oauth2/token')
        request, = azure.asked('/oauth2/token')
        expect(request.method == 'POST' and request.headers['Metadata'] == 'true', request, dict(request.headers))
        expect(form_of(request) == {'resource': azure.url}, request.body)


# ---- Azure CLI

def fake_az(folder, script):
    folder.write('az', f'#!/bin/sh\nprintf "%s\\n" "$@" >>{folder.path}/words\n{script}\n', 0o755)
    return {**NONE, **NOWHERE, 'PATH': folder.path + ':/usr/bin:/bin'}


def cli_answer(**more):
    return json.dumps({'accessToken': jwt(exp=int(time.time()) + 3600, iat=int(time.time())),
                       'expiresOn': '2026-11-27 15:00:00.000000', 'subscription': SUBSCRIPTION, 'tenant': TENANT,
                       'tokenType': 'Bearer', **more})


def test_azure_cli():
    with Folder() as folder, StandIn() as azure:
        environment = fake_az(folder, f"echo 'WARNING: old' >&2; cat <<'E'\n{cli_answer()}\nE")
        done = opened(azure, **environment)
        expect(done.said['value']['subscription'] == SUBSCRIPTION and not azure.asked('/subscriptions'), azure.requests)
        with open(folder.path + '/words') as file:
            expect(file.read().split('\n')[:-1] == ['account', 'get-access-token', '--output', 'json', '--resource', azure.url])
        os.remove(folder.path + '/words')
        opened(azure, **{**environment, 'AZURE_TENANT_ID': TENANT})
        with open(folder.path + '/words') as file:
            expect(file.read().endswith(f'--tenant\n{TENANT}\n'))
        os.remove(folder.path + '/words')
        opened(azure, **environment, AZURE_SUBSCRIPTION_ID=SUBSCRIPTION)
        with open(folder.path + '/words') as file:
            expect(file.read().endswith(f'--subscription\n{SUBSCRIPTION}\n'))


def test_azure_cli_without_sign_in():
    with Folder() as folder, StandIn() as azure:
        refused(azure, 'no way to sign in was found', 'environment: AZURE_CLIENT_ID is not set',
                'workload identity: AZURE_FEDERATED_TOKEN_FILE is not set', 'managed identity: this is no machine of Azure',
                "Azure CLI: az says: ERROR: Please run 'az login' to setup account.", 'The quickest way is: az login',
                **fake_az(folder, "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1"))
        refused(azure, 'az account get-access-token printed no token', **fake_az(folder, 'echo nonsense'))


def test_azure_cli_hangs_and_is_interrupted():
    with Folder() as folder, StandIn() as azure:
        environment = fake_az(folder, f'echo $$ >{folder.path}/pid; exec sleep 50')
        started = Run(azure.url, 'open', **environment)
        end = time.monotonic() + 20
        while not os.path.exists(folder.path + '/pid') and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.2)
        with open(f'/proc/{started.process.pid}/limits') as file:  # no core file either
            expect('Max core file size        0                    0' in file.read())
        started.process.send_signal(2)
        done = started.end(10)
        expect(done.status == 130, done.status, done.out)
        with open(folder.path + '/pid') as file:
            child = int(file.read())
        time.sleep(0.3)
        expect(not os.path.exists(f'/proc/{child}'), 'az is still there')


# ---- which of them, which subscription

def test_choice():
    with Folder() as folder, StandIn() as azure:
        environment = fake_az(folder, f"cat <<'E'\n{cli_answer()}\nE")
        environment.update(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID='client-1', AZURE_CLIENT_SECRET=SECRET)
        for choice, source in (('prod', 'env'), ('dev', 'az'), ('AzureCliCredential', 'az'), ('environmentcredential', 'env')):
            azure.requests.clear()
            opened(azure, **environment, AZURE_TOKEN_CREDENTIALS=choice)
            expect(bool(azure.asked('oauth2')) == (source == 'env'), choice, azure.requests)
        refused(azure, 'no way to sign in', **{**environment, 'AZURE_TOKEN_CREDENTIALS': 'ManagedIdentityCredential'})


def subscriptions(*rows):
    value = [{'subscriptionId': f'{number:08d}-0000-4000-8000-000000000000', 'displayName': name, 'state': state}
             for number, name, state in rows]
    return lambda request: Answer(200, {'value': value}) if request.path.startswith('/subscriptions?') else None


def test_subscriptions():
    both = subscriptions((1, 'One', 'Enabled'), (2, 'Two', 'Enabled'))
    with StandIn(both) as azure:
        refused(azure, '2 subscriptions', '--subscription', '00000001-0000-4000-8000-000000000000  One')
        done = client(azure.url, 'open', AZURE_SUBSCRIPTION_ID='two')
        expect(done.said['value']['subscription'].startswith('00000002'), done.out)
        refused(azure, "no subscription is called 'three'", AZURE_SUBSCRIPTION_ID='three')
    with StandIn(subscriptions((1, 'One', 'Disabled'), (2, 'Two', 'Enabled'))) as azure:
        expect(client(azure.url, 'open').said['value']['subscription'].startswith('00000002'))
    with StandIn(subscriptions()) as azure:
        refused(azure, 'sees no subscription')


# ---- the life of a token

def test_token_is_renewed_before_its_end():
    def answer(request):
        if '/oauth2/' in request.path:
            azure.tokens += 1
            return Answer(200, {'access_token': jwt(count=azure.tokens), 'expires_in': 3})
        if '/acme' in request.path:
            return Answer(201, {'a': 1}, {'Azure-AsyncOperation': '/operation', 'Retry-After': '2'})
        return Answer(200, {'status': 'Succeeded'}) if '/operation' in request.path else None
    with StandIn(answer) as azure:
        done = client(azure.url, 'call', 'POST', '/acme', '{a:1}')
        first, second = azure.asked('acme|operation')
        expect(done.status == 0 and first.headers['Authorization'] == 'Bearer ' + jwt(count=1), done.out)
        expect(second.headers['Authorization'] == 'Bearer ' + jwt(count=2), dict(second.headers))


def test_refused_token_is_renewed_once():
    with StandIn() as azure:
        azure.answer = lambda request: (
            Answer(401, {'error': {'code': 'ExpiredAuthenticationToken', 'message': 'expired'}})
            if 'acme' in request.path and request.headers['Authorization'].endswith(jwt(count=1))
            else Answer(200, {'fine': True}) if 'acme' in request.path else None)
        done = client(azure.url, 'call', 'POST', '/acme', '{a:1}')  # not repeatable otherwise
        expect(done.status == 0 and len(azure.asked('oauth2')) == 2 and len(azure.asked('acme')) == 2, azure.requests)
        azure.answer = lambda request: Answer(401, {'error': {'code': 'InvalidAuthenticationToken', 'message': 'no'}}) \
            if 'acme' in request.path else None
        azure.requests.clear()
        done = client(azure.url, 'call', 'GET', '/acme')
        expect(done.status == 5 and done.said['code'] == 'InvalidAuthenticationToken', done.out)
        expect(len(azure.asked('acme')) == 2, azure.requests)


def test_claims_challenge():
    challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="'
    with StandIn(lambda request: Answer(401, '', {'WWW-Authenticate': challenge}) if 'acme' in request.path else None) \
            as azure:
        done = client(azure.url, 'call', 'GET', '/acme')
        expect(done.status == 5 and 'az logout' in done.said['message'] and len(azure.asked('acme')) == 1, done.out)


def test_vault_has_its_own_token():
    with StandIn() as azure:
        azure.answer = lambda request: Answer(200, {'secret': 1}) if '/secrets' in request.path else None
        vault = f'http://acme.vault.localhost:{azure.port}'
        done = client(azure.url, 'vault', vault, '/secrets/a?api-version=7.4', 'twice')
        scopes = [form_of(request)['scope'] for request in azure.asked('oauth2')]
        expect(done.status == 0 and scopes == [azure.url + '/.default', f'https://vault.localhost:{azure.port}/.default'],
               scopes, done.out)
        for other in ('https://vault.evil.example', f'http://evilvault.localhost:{azure.port}'):
            done = client(azure.url, 'vault', other, '/secrets/a')
            expect(done.status == 5 and done.said['code'] == 'OtherHost', done.out)


def test_nothing_of_a_secret_is_shown():
    with StandIn(token=jwt(nonce='t0ken')) as azure:
        done = client(azure.url, '--verbose', 'open')
        for secret in (SECRET, azure.token, azure.token.split('.')[1]):
            expect(secret not in done.out + done.err, done.err)
        others = [request for request in azure.requests if 'oauth2' not in request.path]
        for request in others:
            expect(SECRET.encode() not in request.body and SECRET not in request.path + str(request.headers), request)


def test_memory_is_not_dumped():
    nobody = ('setpriv', '--reuid', '65534', '--clear-groups') if os.getuid() == 0 else ()
    with StandIn(lambda request: Answer(hang=30) if 'acme' in request.path else None) as azure:
        started = Run(azure.url, 'call', 'GET', '/acme', wrap=nobody)
        end = time.monotonic() + 20
        while not azure.asked('acme') and time.monotonic() < end:
            time.sleep(0.05)
        runs_as = os.stat(f'/proc/{started.process.pid}').st_uid, os.stat(f'/proc/{started.process.pid}/environ').st_uid
        with open(f'/proc/{started.process.pid}/cmdline') as file:
            words = file.read()
        started.process.kill()
        started.process.communicate()
        shutil.rmtree(started.scratch)
        expect(SECRET not in words and 'deploy-client' in words, words)
        expect(runs_as[1] == 0, 'others of the same user may look into it', runs_as)


if __name__ == '__main__':
    sys.exit(table([(name[5:], function) for name, function in list(globals().items()) if name.startswith('test_')]))
