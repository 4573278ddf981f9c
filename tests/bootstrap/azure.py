#!/usr/bin/env python3
"""The stand-in for Azure, and the keeper of one instance: everything a machine sees of Azure but its own hardware.

  unshare --mount --net --pid --ipc --uts --fork azure.py DIR CACHE     (swarm.py does)

It is process 1 of the namespaces in which the network and all machines of the instance live: with it, all of them go.
DIR/azure.json  what the template says (swarm.py writes it); DIR/azure.sock  how tests steer it: one JSON text each way.

  http://169.254.169.254   metadata: instance, userData, scheduled events, tokens of identities
  https, by host name      *.vault.azure.net, management.azure.com, *.azurecr.io, and whatever a test puts at an address
  168.63.129.16 udp 53     names of all these; any other does not exist
Strict: headers, versions of APIs, audience and expiry of tokens, rights by the template's role assignments.
"""
import base64
import contextlib
import fcntl
import http.server
import json
import os
import pathlib
import random
import re
import secrets
import signal
import socket
import socketserver
import ssl
import stat
import struct
import subprocess
import sys
import threading
import time
import traceback
import urllib.parse
import uuid

DIR, CACHE = map(pathlib.Path, sys.argv[1:3])
METADATA, WIRE = '169.254.169.254', '168.63.129.16'
READS = {'4633458b-17de-408a-b874-0445c86b69e6', 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'}  # Secrets User, Secrets Officer
WRITES = {'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'}
READER = {'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'b24988ac-6180-42a0-ab88-20f7382dd24c', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'}
PULL = {'7f951dda-4ed3-4680-a7ca-43fe172d538d'}  # AcrPull

lock = threading.RLock()
state = json.loads((DIR / 'azure.json').read_text())
state.update(bearers={}, vault={}, events=[], incarnation=0, faults={}, requests=[], files={}, refresh={}, passwords={}, disks={})


def now():
    return int(time.time())


def caller(address):
    """The name of the machine that has this address; the address itself if none has it."""
    return next((name for name, machine in state['machines'].items() if machine['address'] == address), address)


def fits(fault, line, name):
    return re.search(fault['route'], line) and re.fullmatch(fault.get('caller') or '.*', name) and fault.get('until', float('inf')) > time.time()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 60

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.status = status
        self.send_response(status)
        for name, value in [('Content-Length', len(data)), ('x-ms-request-id', str(uuid.uuid4())), *headers]:
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    def log_message(self, *_):
        pass

    def do(self):
        """Any method: the body, the fault if one is switched on, else what the part answers; a row in the record."""
        self.status = 0
        try:
            self.body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            url = urllib.parse.urlsplit(self.path)
            self.route = urllib.parse.unquote(url.path)
            self.query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
            name = caller(self.client_address[0])
            self.host = (self.headers.get('Host') or '').split(':')[0].lower()
            began = time.time()
            if not self.fault(name):
                self.serve(state['machines'].get(name))
            with lock:
                state['requests'].append({'at': began, 'caller': name, 'part': self.part, 'method': self.command, 'host': self.host,
                                          'path': self.route, 'query': self.query, 'status': self.status,
                                          'headers': {key.lower(): 'Bearer' if key.lower() == 'authorization' else value for key, value in self.headers.items()}})
        except (ConnectionError, TimeoutError, ssl.SSLError):
            self.close_connection = True
        except Exception:
            traceback.print_exc()
            if not self.status:
                self.answer(500, {'error': {'code': 'StandInFailed', 'message': 'see azure.log'}})

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do

    def fault(self, name):
        """Whether a fault took the request: the first that fits and is not used up."""
        line = f'{self.part} {self.command} {self.route}'
        with lock:
            for key, fault in list(state['faults'].items()):
                if fault.get('until', float('inf')) < time.time() or fault.get('count', 1) <= 0:
                    del state['faults'][key]
                elif fits(fault, line, name):
                    if 'count' in fault:
                        fault['count'] -= 1
                    break
            else:
                return False
        time.sleep(fault.get('delay', 0))
        if fault.get('cut'):  # half an answer, or none
            if fault['cut'] == 'half':
                self.send_response(200)
                self.send_header('Content-Length', '1000')
                self.end_headers()
                self.wfile.write(b'{"value": "')
                self.wfile.flush()
            self.status = -1
            self.close_connection = True
            return True
        if 'body' in fault or 'status' in fault:
            body = fault.get('body', {'error': {'code': fault.get('code', 'Planted'), 'message': 'a fault of the test',
                                                'innererror': {'code': fault.get('code', 'Planted')}}})
            self.answer(fault.get('status', 200), body, list(fault.get('headers', {}).items()))
            return True
        return False  # only slow


class Metadata(Handler):
    part = 'imds'

    def serve(self, machine):
        if self.headers.get('Metadata', '').lower() != 'true' or 'X-Forwarded-For' in self.headers:
            return self.answer(400, {'error': 'Bad request. Required metadata header not specified'})
        if machine is None:
            return self.answer(404, {'error': 'Not found'})
        version = self.query.get('api-version', '')
        if not re.fullmatch(r'20\d\d-\d\d-\d\d', version):
            return self.answer(400, {'error': 'Bad request. api-version was not specified in the request', 'newest-versions': ['2023-11-15']})
        if self.route == '/metadata/scheduledevents':
            return self.events(machine, version)
        if self.command != 'GET':
            return self.answer(405, {'error': 'Method not allowed'})
        if self.route == '/metadata/identity/oauth2/token':
            return self.token(machine, version)
        if not self.route.startswith('/metadata/instance') or version < '2021-01-01':
            return self.answer(404, {'error': 'Not found'})
        found = self.instance(machine)
        for key in self.route.removeprefix('/metadata/instance').strip('/').split('/'):
            if key:
                try:
                    found = found[int(key)] if isinstance(found, list) else found[key]
                except (KeyError, IndexError, ValueError):
                    return self.answer(404, {'error': 'Not found'})
        if isinstance(found, (dict, list)):
            return self.answer(200, found, [('Content-Type', 'application/json')])
        if self.query.get('format') != 'text':
            return self.answer(400, {'error': 'Bad request. format=text is required for a leaf'})
        self.answer(200, found, [('Content-Type', 'text/plain')])

    def instance(self, machine):
        subscription, group = machine['id'].split('/')[2], machine['id'].split('/')[4]
        return {
            'compute': {'azEnvironment': 'AzurePublicCloud', 'location': 'westeurope', 'name': machine['instance'], 'osType': 'Linux',
                        'osProfile': {'adminUsername': machine['admin'], 'computerName': machine['host'], 'disablePasswordAuthentication': 'true'},
                        'resourceGroupName': group, 'resourceId': machine['id'], 'subscriptionId': subscription, 'userData': machine['userData'],
                        'vmId': machine['vmId'], 'vmScaleSetName': machine['set'].split('/')[-1], 'zone': '1'},
            'network': {'interface': [{'ipv4': {'ipAddress': [{'privateIpAddress': machine['address'], 'publicIpAddress': ''}],
                                                'subnet': [{'address': machine['subnet'].split('/')[0], 'prefix': machine['subnet'].split('/')[1]}]},
                                       'macAddress': '0022480A0B0C'}]}}

    def token(self, machine, version):
        def refuse(text):
            self.answer(400, {'error': 'invalid_request', 'error_description': text})
        resource, wanted = self.query.get('resource'), self.query.get('client_id')
        if version != '2018-02-01':
            return refuse('api-version is not supported')
        if not resource:
            return refuse("Required query variable 'resource' is missing")
        if resource.rstrip('/') not in ('https://vault.azure.net', 'https://management.azure.com', 'https://storage.azure.com'):
            return refuse(f'AADSTS500011: The resource principal named {resource} was not found in the tenant')
        have = [state['identities'][key] for key in machine['identities']]
        if not have or wanted is None and len(have) > 1:
            return refuse('Multiple user assigned identities exist, please specify the clientId' if have else 'Identity not found')
        identity = next((one for one in have if wanted in (None, one['clientId'])), None)
        if identity is None:
            return refuse('Identity not found')
        part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip('=')
        lives = 3600
        token = '.'.join([part({'typ': 'JWT', 'alg': 'RS256'}), part({'aud': resource, 'oid': identity['principalId'], 'exp': now() + lives}), secrets.token_urlsafe(64)])
        with lock:
            state['bearers'][token] = {'principal': identity['principalId'], 'audience': resource.rstrip('/'), 'expires': now() + lives, 'caller': machine['name']}
        self.answer(200, {'access_token': token, 'client_id': identity['clientId'], 'expires_in': str(lives), 'expires_on': str(now() + lives),
                          'ext_expires_in': str(lives), 'not_before': str(now()), 'resource': resource, 'token_type': 'Bearer'})

    def events(self, machine, version):
        if version < '2019-01-01':
            return self.answer(400, {'error': 'Bad request. api-version is invalid or was not specified in the request.'})
        with lock:
            # A machine of a scale set sees the events of all of the set; a single machine its own.
            seen = [event for event in state['events'] if event['set'] == (machine['set'] or machine['id'])]
            if self.command == 'GET':
                return self.answer(200, {'DocumentIncarnation': state['incarnation'], 'Events': [
                    {key: value for key, value in event.items() if key[0].isupper()} for event in seen]})
            if self.command != 'POST':
                return self.answer(405, {'error': 'Method not allowed'})
            try:
                ids = [request['EventId'] for request in json.loads(self.body)['StartRequests']]
            except (ValueError, KeyError, TypeError):
                return self.answer(400, {'error': 'Bad request. Invalid request body'})
            for event in seen:
                if event['EventId'] in ids:
                    event.setdefault('started', {'at': time.time(), 'by': machine['name']})
                    event['EventStatus'] = 'Started'
            known = {event['EventId'] for event in seen}
            if not all(one in known for one in ids):
                return self.answer(400, {'error': 'Bad request. EventId is not known'})
            state['incarnation'] += 1
            self.answer(200, '')


class Web(Handler):
    """Everything over TLS, by host name."""

    @property
    def part(self):
        if self.host.endswith('.vault.azure.net'):
            return 'vault'
        if self.host == 'management.azure.com':
            return 'arm'
        return 'registry' if self.host.endswith('.azurecr.io') else 'web'

    def serve(self, machine):
        with lock:
            getattr(self, self.part)(machine)

    def error(self, status, code, message, headers=(), **more):
        self.answer(status, {'error': {'code': code, 'message': message, **more}}, headers)

    def bearer(self, audience):
        """The principal that asks, or None after a 401."""
        token = self.headers.get('Authorization', '')
        known = state['bearers'].get(token.removeprefix('Bearer ')) if token.startswith('Bearer ') else None
        if known and known['audience'] == audience and known['expires'] > now():
            return known['principal']
        challenge = f'Bearer authorization="https://login.microsoftonline.com/{uuid.UUID(int=0)}", resource="{audience}"'
        self.error(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.' if not known else 'AKV10022: Invalid audience, or expired.',
                   [('WWW-Authenticate', challenge)])
        return None

    @staticmethod
    def allowed(principal, scope, roles):
        return any(given == principal and role in roles and (scope.lower() + '/').startswith(where.lower() + '/') for where, given, role in state['rights'])

    def vault(self, machine):
        principal = self.bearer('https://vault.azure.net')
        if principal is None:
            return None
        if self.query.get('api-version') not in ('7.4', '7.5', '7.6', '2025-07-01'):
            return self.error(400, 'BadParameter', 'api-version must be specified')
        path = self.route.strip('/').split('/')
        if path[0] != 'secrets' or len(path) > 3:
            return self.error(404, 'NotFound', 'no such resource')
        if len(path) == 1:
            return self.error(403, 'Forbidden', 'Caller is not authorized to list.', innererror={'code': 'ForbiddenByRbac'})
        name = path[1]
        vault = self.host.split('.')[0]
        store = state['vault'].setdefault(vault, {})
        scope = next((one for one in state['vaultIds'] if one.split('/')[-1] == vault), '')
        if not self.allowed(principal, f'{scope}/secrets/{name}', READS if self.command == 'GET' else WRITES):
            return self.error(403, 'Forbidden', 'Caller is not authorized to perform action on resource.', innererror={'code': 'ForbiddenByRbac'})
        if not re.fullmatch(r'[0-9a-zA-Z-]{1,127}', name):
            return self.error(400, 'BadParameter', 'The request URI contains an invalid name')
        versions = store.get(name, [])
        if self.command in ('PUT', 'PATCH'):
            if self.headers.get_content_type() != 'application/json':
                return self.error(415, 'UnsupportedMediaType', 'Content-Type must be application/json')
            try:
                sent = json.loads(self.body)
                assert isinstance(sent, dict)
            except (ValueError, AssertionError):
                return self.error(400, 'BadParameter', 'The request body is not JSON')
        if self.command == 'PUT':
            if not isinstance(sent.get('value'), str) or len(sent['value'].encode()) > 25600:
                return self.error(400, 'BadParameter', 'The value is missing or longer than 25600 bytes')
            return self.answer(200, add_version(vault, name, sent['value'], sent.get('tags', {}), sent.get('contentType')))
        if not versions:
            return self.error(404, 'SecretNotFound', f'A secret with (name/id) {name} was not found in this key vault.')
        found = next((one for one in versions if one['id'].endswith('/' + path[2])), None) if len(path) > 2 else versions[-1]
        if found is None:
            return self.error(404, 'SecretNotFound', f'A secret with (name/id) {name}/{path[2]} was not found in this key vault.')
        if self.command == 'PATCH':
            if set(sent) - {'tags', 'attributes', 'contentType'}:
                return self.error(400, 'BadParameter', 'only tags, attributes and contentType can be updated')
            found.update(sent)
            found['attributes']['updated'] = now()
            return self.answer(200, {key: value for key, value in found.items() if key != 'value'})
        if self.command != 'GET':
            return self.error(405, 'MethodNotAllowed', self.command)
        return self.answer(200, found)

    def arm(self, machine):
        principal = self.bearer('https://management.azure.com')
        if principal is None:
            return None
        if self.command != 'GET' or not re.fullmatch(r'20\d\d-\d\d-\d\d(-preview)?', self.query.get('api-version', '')):
            return self.error(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.')
        match = re.fullmatch(r'(/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Compute/virtualMachineScaleSets/[^/]+)(/virtualMachines)?', self.route, re.I)
        if not match:
            return self.error(404, 'InvalidResourceType', 'The stand-in does not know this resource')
        if not self.allowed(principal, match[1], READER):
            return self.error(403, 'AuthorizationFailed', 'The client does not have authorization to perform action')
        if match[1].lower() not in [one.lower() for one in state['sets']]:
            return self.error(404, 'ResourceNotFound', 'The Resource was not found')
        if not match[2]:
            return self.answer(200, {'id': match[1], 'name': match[1].split('/')[-1]})
        # Two a page, so that who reads only the first is found out.
        machines = [one for one in state['machines'].values() if one['set'].lower() == match[1].lower()]
        start = int(self.query.get('$skiptoken', '0'))
        page = [{'name': one['instance'], 'id': one['id'], 'instanceId': one['instance'].split('_')[-1],
                 'properties': {'vmId': one['vmId'], 'provisioningState': 'Succeeded', 'osProfile': {'computerName': one['host'], 'adminUsername': one['admin']}}}
                for one in machines[start:start + 2]]
        more = {'nextLink': f'https://{self.host}{self.route}?api-version={self.query["api-version"]}&$skiptoken={start + 2}'} if len(machines) > start + 2 else {}
        self.answer(200, {'value': page, **more})

    def registry(self, machine):
        """Sign-in at an Azure Container Registry: an access token for a refresh token."""
        if self.route == '/v2/':
            if self.headers.get('Authorization', '').startswith('Bearer registry-'):
                return self.answer(200, {})
            return self.answer(401, {'errors': [{'code': 'UNAUTHORIZED'}]}, [
                ('WWW-Authenticate', f'Bearer realm="https://{self.host}/oauth2/token",service="{self.host}"'), ('Docker-Distribution-Api-Version', 'registry/2.0')])
        form = {key: values[0] for key, values in urllib.parse.parse_qs(self.body.decode()).items()}
        if self.route == '/oauth2/exchange' and self.command == 'POST':
            known = state['bearers'].get(form.get('access_token'))
            if form.get('grant_type') != 'access_token' or form.get('service') != self.host:
                return self.answer(400, {'errors': [{'code': 'UNSUPPORTED', 'message': 'grant_type and service'}]})
            if not known or known['audience'] != 'https://management.azure.com' or known['expires'] < now():
                return self.answer(401, {'errors': [{'code': 'UNAUTHORIZED', 'message': 'authentication required'}]})
            if not any(given == known['principal'] and role in PULL for _, given, role in state['rights']):
                return self.answer(401, {'errors': [{'code': 'UNAUTHORIZED', 'message': 'no right to pull'}]})
            token = 'refresh-' + secrets.token_urlsafe(32)
            state['refresh'][token] = known['principal']
            return self.answer(200, {'refresh_token': token})
        if self.route == '/oauth2/token':
            basic = base64.b64decode(self.headers.get('Authorization', '').removeprefix('Basic ') or b'').decode()
            user, _, password = basic.partition(':')
            password = form.get('refresh_token', password) or form.get('password', '')
            fits = password in state['refresh'] or state['passwords'].get(self.host) == f'{user or form.get("username")}:{password}'
            return self.answer(200, {'access_token': 'registry-' + secrets.token_urlsafe(16)}) if fits else self.answer(401, {'errors': [{'code': 'UNAUTHORIZED'}]})
        return self.answer(404, {'errors': [{'code': 'NAME_UNKNOWN'}]})

    def web(self, machine):
        """What a test put at this address: {body, authorization}"""
        file = state['files'].get(f'https://{self.host}{self.route}')
        if not file:
            return self.answer(404, 'not found')
        if file.get('authorization') not in (None, self.headers.get('Authorization')):
            return self.answer(401, 'not authorized')
        self.answer(200, file['body'])


def add_version(vault, name, value, tags=None, content_type=None):
    secret = {'value': value, 'id': f'https://{vault}.vault.azure.net/secrets/{name}/{secrets.token_hex(16)}', 'tags': tags or {},
              'attributes': {'enabled': True, 'created': now(), 'updated': now(), 'recoveryLevel': 'Recoverable+Purgeable'}}
    if content_type:
        secret['contentType'] = content_type
    state['vault'].setdefault(vault, {}).setdefault(name, []).append(secret)
    return secret


# ---- names

class Names(socketserver.BaseRequestHandler):
    """DNS: an A record for what the stand-in serves, no such name for the rest."""

    def handle(self):
        data, sock = self.request
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode())
            at += data[at] + 1
        kind = struct.unpack('>H', data[at + 1:at + 3])[0]
        question, name = data[12:at + 5], '.'.join(labels).lower()
        with lock:
            if any(fault['route'].startswith('dns') and fits(fault, f'dns {name}', caller(self.client_address[0])) for fault in state['faults'].values()):
                return  # no answer
        known = name.endswith(('.vault.azure.net', '.azurecr.io')) or name in state['names']
        records = b'\xc0\x0c' + struct.pack('>HHIH', 1, 1, 5, 4) + socket.inet_aton(state['web']) if known and kind == 1 else b''
        flags = 0x8180 if known else 0x8183
        sock.sendto(data[:2] + struct.pack('>HHHHH', flags, 1, 1 if records else 0, 0, 0) + question + records, self.client_address)


# ---- what tests say

class Control(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            given = json.loads(self.rfile.readline())
            with lock:
                result = getattr(self, 'do_' + given.pop('do'))(**given)
            answer = {'result': result}
        except Exception as error:
            traceback.print_exc()
            answer = {'error': repr(error)}
        self.wfile.write(json.dumps(answer).encode() + b'\n')

    def do_ready(self):
        return True

    def do_fault(self, route, seconds=None, **fault):
        key = secrets.token_hex(4)
        if seconds is not None:
            fault['until'] = time.time() + seconds
        state['faults'][key] = {'route': route, **{name: value for name, value in fault.items() if value is not None}}
        return key

    def do_clear(self, key=None):
        if key is None:
            state['faults'].clear()
        else:
            state['faults'].pop(key, None)

    def do_machine(self, machine):
        state['machines'][machine['name']] = machine

    def do_change(self, name, **values):
        state['machines'][name].update(values)

    def do_gone(self, name):
        """The machine does not exist any more, for Resource Manager too."""
        state['machines'].pop(name, None)

    def do_kill(self, name):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int((DIR / 'machines' / name / 'pid').read_text()), signal.SIGKILL)

    def do_disk(self, machine, lun, new):
        """The number of a loop device, with a new and empty file or the old one; None if there are none here."""
        key = f'{machine}/{lun}'
        if new and key in state['disks']:
            device = state['disks'].pop(key)[0]
            if device is not None:
                os.close(device)
        if key not in state['disks']:
            file = DIR / 'machines' / machine / f'disk{lun}'
            file.unlink(missing_ok=True)
            with open(file, 'xb') as made:
                made.truncate(4 << 30)
            state['disks'][key] = loop_device(file)
        return state['disks'][key][1]

    def do_set_gone(self, id):
        state['sets'].remove(id)

    def do_secret(self, name):
        versions = state['vault'].get(state['ownVault'], {}).get(name, [])
        return versions[-1] if versions else None

    def do_put_secret(self, name, value, tags=None):
        return add_version(state['ownVault'], name, value, tags)

    def do_delete_secret(self, name):
        state['vault'].get(state['ownVault'], {}).pop(name, None)

    def do_all_secrets(self):
        return [version['value'] for store in state['vault'].values() for versions in store.values() for version in versions]

    def do_bearers(self):
        return state['bearers']

    def do_rights(self, rights=None):
        if rights is not None:
            state['rights'] = rights
        return state['rights']

    def do_expire(self):
        """All tokens of identities end now."""
        for bearer in state['bearers'].values():
            bearer['expires'] = 0

    def do_event(self, kind, machines, notice=300):
        named = [state['machines'][name] for name in machines]
        event = {'EventId': str(uuid.uuid4()).upper(), 'EventStatus': 'Scheduled', 'EventType': kind, 'ResourceType': 'VirtualMachine',
                 'Resources': [one['instance'] for one in named], 'EventSource': 'Platform', 'Description': 'of the test', 'DurationInSeconds': -1,
                 'NotBefore': time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + notice)),
                 'set': named[0]['set'] or named[0]['id'], 'created': time.time()}
        state['events'].append(event)
        state['incarnation'] += 1
        return event['EventId']

    def do_end_event(self, id):
        state['events'] = [event for event in state['events'] if event['EventId'] != id]
        state['incarnation'] += 1

    def do_events(self):
        return state['events']

    def do_requests(self, since=0):
        return [request for request in state['requests'] if request['at'] >= since]

    def do_file(self, url, body, authorization=None, binary=False):
        """What is served at an address: text, or bytes in base64."""
        state['files'][url] = {'body': base64.b64decode(body) if binary else body, 'authorization': authorization}
        state['names'].append(urllib.parse.urlsplit(url).hostname)

    def do_registry(self, host, user, password):
        state['passwords'][host] = f'{user}:{password}'


def loop_device(file):
    """(open device, number): a free one, bound to a file; it frees itself when nobody uses it any more. Others may be quicker."""
    for _ in range(100):
        try:
            control = open('/dev/loop-control', 'rb')
        except OSError as error:
            print(f'no loop devices: {error}', flush=True)
            return None, None
        with control, open(file, 'r+b') as backing:
            device = -1
            try:
                number = fcntl.ioctl(control, 0x4C82)  # LOOP_CTL_GET_FREE
                path = DIR / f'loop{number}'
                if not path.exists():
                    os.mknod(path, 0o600 | stat.S_IFBLK, os.makedev(7, number))
                device = os.open(path, os.O_RDWR)
                fcntl.ioctl(device, 0x4C00, backing.fileno())  # LOOP_SET_FD
                info = bytearray(232)
                struct.pack_into('I', info, 52, 4)  # LO_FLAGS_AUTOCLEAR
                fcntl.ioctl(device, 0x4C04, bytes(info))  # LOOP_SET_STATUS64
                return device, number
            except OSError as error:
                print(f'loop device: {error}', flush=True)
                if device >= 0:
                    os.close(device)
                time.sleep(random.uniform(0.01, 0.1))
    return None, None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


class Datagrams(socketserver.ThreadingUDPServer):
    daemon_threads = True


class Controls(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def run(*command):
    subprocess.run(command, check=True)


def network():
    """A bridge for all subnets, with the addresses of gateways and of Azure."""
    run('ip', 'link', 'set', 'lo', 'up')
    # An address of its own: else it takes the lowest of its ports', another one when a machine comes or goes, and for most of a
    # minute the others send to the old one.
    run('ip', 'link', 'add', 'lan', 'address', '00:0d:00:00:00:01', 'type', 'bridge')
    for address in [f'{METADATA}/32', f'{WIRE}/32', f'{state["web"]}/32', *state['gateways']]:
        run('ip', 'address', 'add', address, 'dev', 'lan')
    run('ip', 'link', 'set', 'lan', 'up')
    pathlib.Path('/proc/sys/net/ipv4/ip_forward').write_text('1')


def certificate():
    names = ['*.vault.azure.net', '*.azurecr.io', 'management.azure.com', '*.example', '*.acme.example', '*.example.com', 'example.com', 'download.docker.com', '*.file.core.windows.net', *state['names']]
    (DIR / 'san').write_text('subjectAltName=' + ','.join('DNS:' + name for name in dict.fromkeys(names)))
    quiet = {'check': True, 'stderr': subprocess.DEVNULL}
    subprocess.run(['openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=stand-in', '-keyout', DIR / 'tls.key', '-out', DIR / 'tls.csr'], **quiet)
    subprocess.run(['openssl', 'x509', '-req', '-days', '30', '-CA', CACHE / 'ca.crt', '-CAkey', CACHE / 'ca.key', '-set_serial', str(time.time_ns()),
                    '-in', DIR / 'tls.csr', '-extfile', DIR / 'san', '-out', DIR / 'tls.crt'], **quiet)


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    network()
    certificate()
    for name, value in state.pop('secrets').items():
        add_version(state['ownVault'], name, value)
    web = Server((state['web'], 443), Web)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(DIR / 'tls.crt', DIR / 'tls.key')
    web.socket = tls.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    for server in Server((METADATA, 80), Metadata), web, Datagrams((WIRE, 53), Names), Controls(str(DIR / 'azure.sock'), Control):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:  # process 1 of its namespace inherits orphans, and buries them
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            time.sleep(0.2)


main()
