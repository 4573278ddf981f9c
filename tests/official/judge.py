"""The official Bicep CLI as a judge: one warm process, asked many times.

Bicep() starts `bicep jsonrpc --stdio`; a call costs milliseconds, where a cold start costs seconds. The process grows
with each call, so a new one takes over now and then. find() says where the program is: $BICEP, PATH, or the NuGet
package below, which .NET's own client fetches into build/tools.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import threading

VERSION = '0.49.2'
PACKAGE = 'Azure.Bicep.CommandLine.linux-x64'
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALLS_OF_ONE_PROCESS = 1500
LONGEST_CALL = 120  # seconds; then the process is ended, as if it had broken down


class Missing(Exception):
    """There is no official compiler here, and none could be fetched."""


def find():
    for path in (os.environ.get('BICEP'), shutil.which('bicep'), os.path.join(ROOT, 'build/tools/bicep')):
        if path and os.access(path, os.X_OK) and has_version(path):
            return os.path.abspath(path)
    return fetch()


def has_version(path):
    shown = subprocess.run([path, '--version'], capture_output=True, text=True, env=environment())
    return ' ' + VERSION + ' ' in shown.stdout + ' '


def environment():
    return dict(os.environ, LANG='C.UTF-8', LC_ALL='C.UTF-8', BICEP_TRACING_ENABLED='false',
                SWARM_SSH_KEY='ssh-ed25519 AAAA x', SWARM_WINDOWS_PASSWORD='value of the password',
                **{f'SWARM_SECRET_{name}': 'value' for name in ('REGISTRY_PASSWORD', 'TOKEN', 'X1')})


def fetch():
    """Has .NET's client download the package; it holds one program, which needs no .NET to run."""
    if not shutil.which('dotnet'):
        raise Missing(f'Bicep CLI {VERSION}: set BICEP to its path, or install the .NET SDK, which fetches it')
    folder = os.path.join(ROOT, 'build/tools')
    project = os.path.join(folder, 'fetch', 'fetch.csproj')
    os.makedirs(os.path.dirname(project), exist_ok=True)
    with open(project, 'w') as file:
        file.write(f'''<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="{PACKAGE}" Version="[{VERSION}]" /></ItemGroup>
</Project>
''')
    packages = os.path.join(folder, 'packages')
    done = subprocess.run(['dotnet', 'restore', project, '--packages', packages], capture_output=True, text=True)
    package = os.path.join(packages, PACKAGE.lower(), VERSION)
    programs = [os.path.join(where, 'bicep') for where, _, names in os.walk(package) if 'bicep' in names]
    if not programs:
        raise Missing(f'Bicep CLI {VERSION} could not be fetched:\n{done.stdout}{done.stderr}')
    program = os.path.join(folder, 'bicep')
    shutil.copy(programs[0], program)
    os.chmod(program, 0o755)
    return program


class Bicep:
    def __init__(self, program=None):
        self.program = program or find()
        self.process = None
        self.calls = 0

    def close(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, **parameters):
        """The result; an RPC error (the compiler threw) is {'error': text}."""
        if self.process is None or self.calls >= CALLS_OF_ONE_PROCESS or self.process.poll() is not None:
            self.close()
            self.process = subprocess.Popen([self.program, 'jsonrpc', '--stdio'], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
            self.calls = 0
        self.calls += 1
        body = json.dumps({'jsonrpc': '2.0', 'id': self.calls, 'method': 'bicep/' + method, 'params': parameters}).encode()
        timer = threading.Timer(LONGEST_CALL, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(b'Content-Length: %d\r\n\r\n' % len(body) + body)
            self.process.stdin.flush()
            answer = self.read()
        except (BrokenPipeError, EOFError):
            self.close()
            return {'error': 'the official compiler ended'}
        finally:
            timer.cancel()
        if 'error' in answer:
            return {'error': answer['error'].get('message', '')}
        return answer['result']

    def read(self):
        length = 0
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise EOFError
            if line == b'\r\n':
                break
            if line.lower().startswith(b'content-length:'):
                length = int(line.split(b':')[1])
        return json.loads(self.process.stdout.read(length))

    def compile(self, path):
        return self.call('compile', path=os.path.abspath(path))

    def format(self, path):
        return self.call('format', path=os.path.abspath(path)).get('contents')

    def compile_params(self, path, **overrides):
        return self.call('compileParams', path=os.path.abspath(path), parameterOverrides=overrides)

    def snapshot(self, path, **metadata):
        return self.call('getSnapshot', path=os.path.abspath(path), metadata=metadata)


def findings(answer):
    """Errors, warnings and linter findings as text; information is left out."""
    if 'error' in answer:
        return [answer['error']]
    return [f"{os.path.basename(d['source'])}:{d['range']['start']['line'] + 1}:{d['range']['start']['char'] + 1}: "
            f"{d['level']} {d['code']}: {d['message']}"
            for d in answer['diagnostics'] if d['level'] in ('Error', 'Warning')]


# ---- text of templates

ESCAPES = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t'}
ESCAPED = re.compile('["\\\\\x00-\x1f\x85\u2028\u2029]')


def quoted(text):
    return '"' + ESCAPED.sub(lambda m: ESCAPES.get(m[0]) or '\\u%04x' % ord(m[0]), text) + '"'


class Raw(str):
    """A number as it was written."""


def read(text):
    """JSON with the order of its keys (also equal ones) and the text of its numbers kept."""
    return json.loads(text, object_pairs_hook=lambda pairs: Pairs(pairs), parse_int=Raw, parse_float=Raw)


class Pairs(list):
    """An object: a list of (key, value)."""


def write(value, indent=0):
    """As the official compiler prints JSON: two spaces, few escapes, no newline at the end."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    inner, outer = '\n' + ' ' * (indent + 2), '\n' + ' ' * indent
    if isinstance(value, Pairs):
        items, begin, end = [f'{quoted(k)}: {write(v, indent + 2)}' for k, v in value], '{', '}'
    else:
        items, begin, end = [write(v, indent + 2) for v in value], '[', ']'
    return begin + inner + (',' + inner).join(items) + outer + end if items else begin + end


def without_generator(value):
    """The template without the name and version of who made it, in nested templates too; the hash stays."""
    if isinstance(value, Pairs):
        return Pairs((key, Pairs((k, v) for k, v in item if k not in ('name', 'version'))
                      if key == '_generator' and isinstance(item, Pairs) else without_generator(item))
                     for key, item in value)
    if isinstance(value, list):
        return [without_generator(item) for item in value]
    return value


def normalised(text):
    return write(without_generator(read(text)))


def is_canonical(text):
    """Whether write(read(text)) is the text itself: then `normalised` hides nothing but the generator's name and version."""
    return write(read(text)) == text


if __name__ == '__main__':
    try:
        print(find())
    except Missing as missing:
        print(missing, file=sys.stderr)
        sys.exit(1)
