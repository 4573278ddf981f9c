"""A stand-in for Azure that a test scripts answer by answer: sign-in and Resource Manager on one port."""
import base64
import concurrent.futures
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from harness import FOLDER, SLOWER, VALGRIND

CLIENT = os.path.join(FOLDER, 'tests', 'deploy', 'deploy-client')
TENANT, SUBSCRIPTION = 'aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'
SECRET = 'S3cret~of.the-client'


def jwt(**claims):
    """An unsigned token that says this of itself."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b'=').decode()
    return f'{part({"alg": "none"})}.{part({"tid": TENANT, "oid": "object-1", **claims})}.c2lnbmF0dXJl'


class Answer:
    """`body`: JSON, text or bytes; `length`: said instead of the real one; `drop`: closes without an answer;
    `hang`: seconds before it."""

    def __init__(self, status=200, body=None, headers=None, length=None, drop=False, hang=0):
        self.status, self.headers, self.length = status, dict(headers or {}), length
        self.drop, self.hang = drop, hang
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            self.headers.setdefault('Content-Type', 'application/json')
        self.body = body.encode() if isinstance(body, str) else body or b''


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.time = time.monotonic()

    def __repr__(self):
        return f'{self.method} {self.path}'


class StandIn:
    """`answer(request)` gives an Answer; None: what a healthy Azure says to sign-in and discovery."""

    def __init__(self, answer=None, certificate=None, host='127.0.0.1', token=None, skew=0):
        self.answer = answer or (lambda request: None)
        self.requests, self.tokens, self.token, self.skew = [], 0, token, skew
        self.stopped = threading.Event()
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        server_class = type('Server', (http.server.ThreadingHTTPServer,),
                            {'address_family': family, 'daemon_threads': True, 'block_on_close': False})
        self.server = server_class((host, 0), self.handler())
        self.scheme = 'http'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = 'https'
        self.port = self.server.server_address[1]
        self.url = f'{self.scheme}://{f"[{host}]" if ":" in host else host}:{self.port}'
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def asked(self, pattern):
        return [request for request in self.requests if re.search(pattern, repr(request))]

    def usual(self, request):
        if '/metadata/endpoints' in request.path:
            return Answer(200, {'portal': 'https://portal.example', 'name': 'Test', 'resourceManager': self.url,
                                'authentication': {'loginEndpoint': self.url, 'audiences': [self.url]},
                                'suffixes': {'keyVaultDns': f'.vault.localhost:{self.port}'}})
        if '/oauth2/' in request.path:
            self.tokens += 1
            token = self.token or jwt(count=self.tokens)
            return Answer(200, {'token_type': 'Bearer', 'expires_in': 3600, 'access_token': token})
        if request.path.startswith('/subscriptions?'):
            return Answer(200, {'value': [{'subscriptionId': SUBSCRIPTION, 'displayName': 'Test', 'state': 'Enabled'}]})
        return Answer(404, {'error': {'code': 'NotFound', 'message': f'nothing at {request.path}'}})

    def handler(self):
        standin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def date_time_string(self, timestamp=None):
                return super().date_time_string((timestamp or time.time()) + standin.skew)

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:  # the client has gone
                    pass

            def serve(self):
                length = int(self.headers.get('Content-Length') or 0)
                request = Request(self.command, self.path, self.headers, self.rfile.read(length))
                standin.requests.append(request)
                answer = standin.answer(request) or standin.usual(request)
                if answer.hang:
                    standin.stopped.wait(answer.hang)
                if answer.drop:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                said = len(answer.body) if answer.length is None else answer.length
                self.send_header('Content-Length', str(said))
                self.send_header('x-ms-correlation-request-id', f'correlation-{len(standin.requests)}')
                self.end_headers()
                try:
                    if self.command != 'HEAD':
                        self.wfile.write(answer.body)
                except OSError:  # the client has gone
                    pass
                if said != len(answer.body):
                    self.close_connection = True

            do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = do_HEAD = do_CONNECT = serve

        return Handler


class Run:
    """deploy-client, run to its end: `status`, `out`, `err`, `said` (the last line's JSON)."""

    def __init__(self, *words, wrap=(), **environment):
        self.began = time.monotonic()
        self.scratch = tempfile.mkdtemp(prefix='swarmgen-client-')
        self.environment = clean_environment(self.scratch, **environment)
        self.process = subprocess.Popen([*wrap, CLIENT, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, seconds=100):
        try:
            self.out, self.err = self.process.communicate(timeout=seconds * SLOWER)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.out, self.err = self.process.communicate()
            raise AssertionError(f'still running after {seconds} s: {self.out[-1000:]}{self.err[-1000:]}')
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
        self.status = self.process.returncode
        self.seconds = time.monotonic() - self.began
        lines = self.out.strip().splitlines()
        self.said = json.loads(lines[-1]) if lines else {}
        assert 'Sanitizer' not in self.err and self.status != VALGRIND, self.err
        return self


def clean_environment(scratch, **more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(('AZURE_', 'ARM_', 'MSI_', 'IDENTITY_', 'IMDS_', 'SSL_CERT'))
            and name.lower() not in ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy')}
    kept.update(XDG_CACHE_HOME=scratch, AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID='client-1',
                AZURE_CLIENT_SECRET=SECRET)
    kept.update(more)
    return {name: value for name, value in kept.items() if value is not None}


def client(*words, **environment):
    return Run(*words, **environment).end()


def expect(condition, *what):
    if not condition:
        raise AssertionError(' | '.join(str(one)[:1500] for one in what))


def certificate(folder, name='certificate', dates=('20200101000000Z', '21200101000000Z'), key='rsa:2048'):
    """A PEM file with a key and a certificate for localhost that it signed itself."""
    path = os.path.join(folder, name)

    def openssl(*words):
        subprocess.run(['openssl', *words], check=True, capture_output=True, cwd=folder)
    with open(path + '.cnf', 'w') as file:
        file.write(f'[ca]\ndefault_ca=own\n[own]\ndatabase={path}.index\nnew_certs_dir={folder}\nserial={path}.serial\n'
                   'default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n'
                   '[names]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n')
    for end, text in (('.index', ''), ('.serial', '01\n')):
        with open(path + end, 'w') as file:
            file.write(text)
    openssl('req', '-new', '-newkey', key, '-nodes', '-keyout', path + '.key', '-out', path + '.csr', '-subj', '/CN=' + name)
    openssl('ca', '-batch', '-selfsign', '-config', path + '.cnf', '-extensions', 'names', '-keyfile', path + '.key',
            '-in', path + '.csr', '-out', path + '.crt', '-notext', '-startdate', dates[0], '-enddate', dates[1])
    with open(path + '.pem', 'w') as file:
        for end in ('.key', '.crt'):
            with open(path + end) as part:
                file.write(part.read())
    return path + '.pem'


def table(rows, workers=8):
    """Runs (name, function) rows beside each other, since most of their time is waiting: all, or those whose names are
    given. For sys.exit."""
    only = sys.argv[1:]
    rows = [row for row in rows if not only or row[0] in only]
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        def one(row):
            began = time.monotonic()
            try:
                return row[1](), None, time.monotonic() - began
            except Exception as error:  # a test reports whatever went wrong and the next one runs
                text = '' if isinstance(error, AssertionError) else traceback.format_exc()
                return None, f'{type(error).__name__}: {error}\n{text}', time.monotonic() - began
        for row, (reason, error, seconds) in zip(rows, pool.map(one, rows)):
            if error:
                failed += 1
                print(f'FAILED {row[0]}: {error}')
            elif isinstance(reason, str):
                skipped += 1
                print(f'skipped {row[0]}: {reason}')
            else:
                passed += 1
                print(f'ok {row[0]} ({seconds:.1f} s)')
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return failed > 0
