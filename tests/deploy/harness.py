"""An emulator for one test: started on a free port, ended by its process id; and the Azure CLI pointed at it."""
import ctypes
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# swarmgen-deploy lets nobody look into it, so the sanitizer's search for leaks may wait for ever; valgrind searches.
os.environ.setdefault('ASAN_OPTIONS', 'detect_leaks=0')
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.environ.get('SWARMGEN_BUILD', os.path.join(ROOT, 'build', 'dev'))
SWARMGEN = os.path.join(FOLDER, 'swarmgen')
VALGRIND = 99  # what a program ends with if valgrind has found something
SLOWER = float(os.environ.get('SWARMGEN_SLOWER', '1'))  # so many times as long as usual: under valgrind (run.py)
API = '2022-09-01'


def ends_with_parent():
    """In a child: whatever becomes of the test, the emulator does not outlive it."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Emulator:
    """`with Emulator(speed=0) as azure:`; `azure.get(path)` and the like are signed in."""

    def __init__(self, *faults, speed=0, folder=None, record=False, tls=True, program=(), subscriptions=()):
        self.scratch = tempfile.mkdtemp(prefix='swarmgen-test-')
        self.command = [*program, os.path.join(FOLDER, 'swarmgen-emulate'), 'emulate', '--port', '0',
                        '--speed', str(speed / SLOWER), '--ready', os.path.join(self.scratch, 'ready')]
        self.command += [] if tls else ['--http']
        self.command += ['--folder', folder] if folder else []
        self.command += ['--record'] if record else []
        for option, values in (('--fault', faults), ('--subscription', subscriptions)):
            for value in values:
                self.command += [option, value]
        self.process = None
        self.token = None

    def start(self):
        ready = os.path.join(self.scratch, 'ready')
        if os.path.exists(ready):
            os.remove(ready)
        self.log = open(os.path.join(self.scratch, 'log'), 'ab')
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=ends_with_parent)
        end = time.time() + 60
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.time() > end:
                self.stop()
                raise RuntimeError('the emulator did not start: ' + self.said())
            time.sleep(0.02)
        with open(ready) as file:
            told = json.load(file)
        self.url, self.certificate = told['url'], told.get('certificate')
        self.tenant, self.subscription = told['tenant'], told['subscription']
        self.client, self.secret = told['client'], told['secret']
        self.context = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        self.token = None
        return self

    def fault(self, *faults):
        status, _, body = self.ask('POST', '/emulator/faults', {'faults': list(faults)})
        assert status == 200, body

    def requests(self):
        """The journal: [{method, target, status, headers …}]."""
        return self.ask('GET', '/emulator/requests')[2]['value']

    def said(self):
        with open(os.path.join(self.scratch, 'log'), errors='replace') as file:
            return file.read()

    def stop(self, how=signal.SIGTERM):
        """The exit status; a sanitizer's report makes it other than 0."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=60)
        self.log.close()
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        status = self.stop()
        said = self.said()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if status != 0:
            raise AssertionError(f'the emulator ended with status {status}: {said[-3000:]}')

    @property
    def group_scope(self):
        return f'/subscriptions/{self.subscription}/resourcegroups/'

    def environment(self, **more):
        """For a client that signs in by a secret, with nothing of the person who runs the test."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(('AZURE_', 'ARM_', 'MSI_', 'IDENTITY_'))
                and name.lower() not in ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy')}
        kept.update(AZURE_TENANT_ID=self.tenant, AZURE_CLIENT_ID=self.client, AZURE_CLIENT_SECRET=self.secret)
        if self.certificate:
            kept.update(SSL_CERT_FILE=self.certificate, REQUESTS_CA_BUNDLE=self.certificate,
                        NODE_EXTRA_CA_CERTS=self.certificate)
        kept.update(more)
        return kept

    def ask(self, method, path, body=None, headers=None, raw=False):
        """(status, headers, body); a body that is JSON is read."""
        address = path if path.startswith('http') else self.url + path
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(address, data=data, method=method)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        if data is not None and not request.has_header('Content-type'):
            request.add_header('Content-Type', 'application/json')
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=self.context))
        try:
            answer = opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
            return answer.status, answer.headers, text if raw or not text else json.loads(text)

    def sign_in(self):
        form = (f'grant_type=client_credentials&client_id={self.client}&client_secret={self.secret}'
                f'&scope={self.url}/.default')
        status, _, body = self.ask('POST', f'/{self.tenant}/oauth2/v2.0/token', form.encode(),
                                   {'Content-Type': 'application/x-www-form-urlencoded'})
        assert status == 200, (status, body)
        return body['access_token']

    def call(self, method, path, body=None, version=API):
        """(status, body) of a call of Resource Manager."""
        status, _, answer = self.full(method, path, body, version)
        return status, answer

    def full(self, method, path, body=None, version=API):
        if not self.token:
            self.token = self.sign_in()
        if version and 'api-version=' not in path:
            path += ('&' if '?' in path else '?') + 'api-version=' + version
        return self.ask(method, path, body, {'Authorization': 'Bearer ' + self.token})

    def get(self, path, version=API):
        status, body = self.call('GET', path, version=version)
        assert status == 200, (status, body)
        return body

    def put(self, path, body, version=API):
        return self.call('PUT', path, body, version)

    def group(self, name, location='westeurope'):
        status, body = self.put(self.group_scope + name, {'location': location})
        assert status in (200, 201), (status, body)
        return self.group_scope + name

    def wait(self, address, seconds=60):
        """Polls an asynchronous operation to its end: (status, body)."""
        end = time.time() + seconds
        while time.time() < end:
            status, _, body = self.full('GET', address)
            if status != 202 and not (isinstance(body, dict) and body.get('status') in ('Running', 'Accepted')):
                return status, body
            time.sleep(0.02)
        raise AssertionError(f'{address} does not end')

    def deploy(self, scope, name, template, parameters=None, **properties):
        """PUT and the end of it: the deployment as GET gives it, or the error that refused it."""
        path = f'{scope}/providers/Microsoft.Resources/deployments/{name}'
        location = {} if 'resourcegroups' in scope.lower() else {'location': 'westeurope'}
        order = {'mode': 'Incremental', 'template': template, 'parameters': parameters or {}, **properties}
        status, headers, body = self.full('PUT', path, {**location, 'properties': order})
        if status >= 400:
            return body
        self.wait(headers['Azure-AsyncOperation'])
        return self.get(path)


class Cli:
    """The Azure CLI in a folder of its own, signed in to the emulator. Slow: one to two seconds a call."""

    def __init__(self, azure):
        self.azure = azure
        self.environment = azure.environment(
            AZURE_CONFIG_DIR=os.path.join(azure.scratch, 'az'), AZURE_CORE_COLLECT_TELEMETRY='false',
            AZURE_CORE_NO_COLOR='true', AZURE_CORE_ONLY_SHOW_ERRORS='true')
        os.makedirs(self.environment['AZURE_CONFIG_DIR'])
        with open(os.path.join(self.environment['AZURE_CONFIG_DIR'], 'clouds.config'), 'w') as file:
            file.write(f'[local]\nendpoint_resource_manager = {azure.url}\n'
                       f'endpoint_active_directory = {azure.url}/adfs\n'
                       f'endpoint_active_directory_resource_id = {azure.url}/\n')
        with open(os.path.join(self.environment['AZURE_CONFIG_DIR'], 'config'), 'w') as file:
            file.write('[cloud]\nname = local\n')
        self.run('login', '--service-principal', '-u', azure.client, '-p', azure.secret, '--tenant', azure.tenant)

    @staticmethod
    def missing():
        return None if shutil.which('az') else 'az is not installed (tools/install.sh test)'

    def ask(self, *words):
        """(exit status, standard output, standard error)"""
        done = subprocess.run(['az', *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def run(self, *words):
        """What it prints, read as JSON; it must succeed."""
        status, out, err = self.ask(*words)
        if status != 0:
            raise AssertionError(f'az {" ".join(words)}: {err}\n{self.azure.said()[-2000:]}')
        return json.loads(out) if out.strip() else None


def cases(module):
    """Runs the functions test_* of a module; the last line says how many passed. For `sys.exit(cases(globals()))`."""
    passed = failed = skipped = 0
    only = sys.argv[1:]
    for name, case in list(module.items()):
        if not name.startswith('test_') or only and name not in only:
            continue
        began = time.time()
        try:
            reason = case()
            if isinstance(reason, str):
                skipped += 1
                print(f'skipped {name}: {reason}')
            else:
                passed += 1
                print(f'ok {name} ({time.time() - began:.1f} s)')
        except Exception as error:  # a test reports whatever went wrong and the next one runs
            failed += 1
            print(f'FAILED {name}: {type(error).__name__}: {error}')
            if not isinstance(error, AssertionError):
                import traceback
                traceback.print_exc(file=sys.stdout)
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return failed > 0
