#!/usr/bin/env python3
"""What a person sees of a deployment, in a real terminal (tmux): a recorded one is replayed (replay.c, tape.py), the
window changes its size, keys are pressed, signals come; the screen must hold nothing but the rows that belong to it.
"""
import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import fcntl
import time
import unicodedata

from commands import Person
from harness import FOLDER, ROOT, SLOWER, Emulator, cases, ends_with_parent
from tape import tape

REPLAY = os.path.join(FOLDER, 'tests', 'deploy', 'replay')
COUNT = len(tape('reference')['steps'])
ALL = f' of {COUNT} '
MARK = '[✓✗●·–]'
TIME = r'(?:\d+:)?\d+:\d\d'
COUNTS = r'\d+ (?:failed|canceled|running|done|waiting)(?:, \d+ (?:failed|canceled|running|done|waiting))*'
ROWS = [  # what a row of the picture may be, below the portal's address
    r'',
    rf'(?P<section>\S+(?: \S+)*)? *{MARK} (?:{COUNTS})(?: +{TIME})?…?',
    rf'(?P<section>\S+(?: \S+)*)? *{MARK} \S+(?: .*)?',
    rf'\d+ more sections?: {COUNTS}…?',
    r'slowest: .*',
    r'Azure asks for patience.*',
    rf'[━─]* *\d+ of \d+  {TIME}(?:  about \d+ (?:s|min) left)?…?',
]
ERROR = {'code': 'DeploymentFailed', 'message': 'At least one resource deployment operation failed.', 'details': [
    {'code': 'Conflict', 'message': json.dumps({'error': {
        'code': 'SkuNotAvailable', 'target': 'vmSize',
        'message': "The requested size for resource '/subscriptions/1/resourceGroups/acme/providers/Microsoft.Compute/"
                   "virtualMachineScaleSets/acme-worker' is currently not available in location 'westeurope' zones '1' "
                   "for subscription '1'."}})}]}


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


class Terminal:
    """A shell in tmux, and what one sees of it."""

    def __init__(self, columns, lines, **environment):
        self.folder = tempfile.mkdtemp(prefix='swarmgen-screen-')
        self.socket = os.path.join(self.folder, 'tmux')
        self.environment = {**{name: value for name, value in os.environ.items()
                               if name not in ('CI', 'NO_COLOR', 'TMUX', 'LC_ALL', 'LC_CTYPE')},
                            'LANG': 'C.UTF-8', **environment}
        with open(os.path.join(self.folder, 'rc'), 'w') as file:
            file.write("PS1='$ '\n")
        self.server = subprocess.Popen(['tmux', '-D', '-S', self.socket, '-f', '/dev/null'], env=self.environment,
                                       stdin=subprocess.DEVNULL, preexec_fn=ends_with_parent)
        while not os.path.exists(self.socket):
            assert self.server.poll() is None, 'tmux does not begin'
            time.sleep(0.01)
        self.tmux('new-session', '-d', '-x', str(columns), '-y', str(lines),
                  f'exec bash --rcfile {self.folder}/rc')
        self.tmux('set', '-g', 'history-limit', '5000')
        self.until(lambda: '$' in self.screen())
        self.type('clear; echo before')
        self.until(lambda: 'before\n$' in self.screen())

    def tmux(self, *words):
        done = subprocess.run(['tmux', '-S', self.socket, *words], env=self.environment, capture_output=True, text=True,
                              timeout=20 * SLOWER)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, text):
        self.tmux('send-keys', '-l', text)
        self.tmux('send-keys', 'Enter')

    def replay(self, recording, speed, *words):
        self.path = os.path.join(self.folder, 'recording')
        with open(self.path, 'w') as file:
            json.dump(recording, file)
        self.type(f'{REPLAY} {self.path} {speed} {" ".join(words)}; echo "status $?"')

    def screen(self, *words):
        return self.tmux('capture-pane', '-p', *words)

    def said(self, name):
        return self.tmux('display', '-p', '#{' + name + '}').strip()

    def restored(self):
        return (self.said('cursor_flag'), self.said('alternate_on'), self.said('wrap_flag')) == ('1', '0', '1')

    def resize(self, columns, lines):
        self.tmux('resize-window', '-x', str(columns), '-y', str(lines))

    def until(self, good, seconds=15):
        end = time.time() + seconds * SLOWER
        while not good():
            assert time.time() < end, 'it did not come; the screen:\n' + self.screen()
            time.sleep(0.05)

    def ended(self):
        return re.search(r'^status \d+$', self.screen(), re.M)

    def process(self):
        """The replay's, the only child of the shell."""
        with open(f'/proc/{self.said("pane_pid")}/task/{self.said("pane_pid")}/children') as file:
            return int(file.read())

    def close(self):
        with contextlib.suppress(AssertionError):
            self.tmux('kill-server')
        self.server.wait()
        shutil.rmtree(self.folder)


@contextlib.contextmanager
def terminal(*size, **environment):
    it = Terminal(*size, **environment)
    try:
        yield it
    finally:
        it.close()


def check_picture(screen, columns, lines, recording, portal='https://portal'):
    """Each row is one of those that belong there; each section stands once, in order; the bar is the last row."""
    rows = screen.rstrip('\n').split('\n')
    assert len(rows) <= lines, f'{len(rows)} rows'
    if lines >= 10:
        assert rows[0].startswith(portal[:columns - 2]), screen
        rows = rows[1:]
    sections = []
    for row in rows:
        assert width(row) < columns, f'too long: {row!r}'
        if columns < 40:
            continue
        match = next((match for match in (re.fullmatch(form, row.rstrip()) for form in ROWS) if match), None)
        assert match, f'what is this row? {row!r}\n{screen}'
        if match.groupdict().get('section'):
            sections.append(match['section'])
    assert re.search(r'\d+ of %d' % len(recording['steps']), rows[-1]), screen
    expected = list(dict.fromkeys(step['section'] for step in recording['steps']))
    if columns >= 60 and not any('more section' in row for row in rows):
        assert sections == expected, (sections, screen)
    assert len(set(sections)) == len(sections), screen


def check_screen(it, columns, lines, recording, *more):
    """This tmux shows a picture that is half there (it knows no synchronized output): one of three must be right."""
    for attempt in range(3):
        try:
            return check_picture(it.screen(), columns, lines, recording, *more)
        except AssertionError:
            if attempt == 2:
                raise
            time.sleep(0.07)


def check_list(text, recording):
    """The list that stays: every step once."""
    for step in recording['steps']:
        found = re.findall(rf'{MARK} {re.escape(step["symbol"])}(?= |$)', text, re.M)
        assert len(found) == 1, (step['symbol'], len(found), text)


def watch(it, recording, *sizes):
    for columns, lines in sizes:
        it.resize(columns, lines)
        time.sleep(0.5)
        if it.ended():
            raise AssertionError('over too early')
        check_screen(it, columns, lines, recording)


def test_small_window():
    """80 columns, 24 lines, 70 resources: sections fold; nothing is left over at any time."""
    recording = tape('reference')
    with terminal(80, 24) as it:
        it.replay(recording, 90)
        it.until(lambda: it.said('alternate_on') == '1')
        pictures = 0
        while not it.ended():
            try:
                check_screen(it, 80, 24, recording)
                pictures += 1
            except AssertionError:
                assert it.said('alternate_on') == '0' or it.ended()
            time.sleep(0.1)
        assert pictures > 3, pictures
        assert it.restored()
        text = it.screen('-J', '-S', '-200')
        assert text.startswith('before'), text
        check_list(text, recording)
        assert recording['portal'] in text
        assert re.search(rf'^✓ Deployed in 4 min 2\d s: {COUNT} resources$', text, re.M), text
        assert 'status 0' in text


def test_resized():
    """The window changes its size, larger and smaller and very small, and back."""
    recording = tape('large')
    with terminal(80, 24) as it:
        it.replay(recording, 8)
        it.until(lambda: ' of ' in it.screen())
        watch(it, recording, (200, 50), (40, 15), (80, 24), (100, 200), (60, 8), (20, 5), (200, 50), (80, 24))
        it.resize(10, 2)
        time.sleep(0.4)
        it.resize(1, 1)
        time.sleep(0.4)
        it.resize(80, 24)
        time.sleep(0.5)
        check_screen(it, 80, 24, recording)
        it.tmux('send-keys', 'C-c')
        it.until(it.ended)
        assert it.restored()


def test_interrupted():
    """Ctrl-C, as a signal to the process group; two of them; the keys that were pressed meanwhile are not shown."""
    recording = tape('reference')
    with terminal(80, 24) as it:
        it.replay(recording, 20)
        it.until(lambda: it.said('alternate_on') == '1')
        it.tmux('send-keys', '-l', 'echo typed')
        time.sleep(0.5)
        check_screen(it, 80, 24, recording)
        it.tmux('send-keys', 'C-c')
        it.until(it.ended)
        text = it.screen('-S', '-200')
        assert 'status 130' in text and 'The deployment goes on at Azure' in text, text
        assert it.restored()
        it.tmux('send-keys', 'C-u')
        it.type('stty -a | grep -o " echo "')
        it.until(lambda: re.search(r'^ echo', it.screen(), re.M))


def test_killed():
    """Signals that end the process leave the terminal as it was. (Faults too, but the sanitizers want those.)"""
    recording = tape('reference')
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT):
        with terminal(80, 24) as it:
            it.replay(recording, 20)
            it.until(lambda: it.said('alternate_on') == '1')
            os.kill(it.process(), number)
            it.until(it.ended)
            assert it.restored(), number
            assert f'status {128 + number}' in it.screen(), it.screen()


def test_stopped():
    """Ctrl-Z gives the terminal back; fg draws all anew; in the background nothing is drawn."""
    recording = tape('reference')
    with terminal(80, 24) as it:
        it.replay(recording, 15)
        it.until(lambda: it.said('alternate_on') == '1')
        it.tmux('send-keys', 'C-z')
        it.until(lambda: 'Stopped' in it.screen())
        assert it.restored()
        it.type('fg')
        it.until(lambda: it.said('alternate_on') == '1')
        time.sleep(0.3)
        check_screen(it, 80, 24, recording)
        it.tmux('send-keys', 'C-z')
        it.until(lambda: it.said('alternate_on') == '0')
        it.type('bg; echo behind')
        it.until(lambda: re.search(r'^behind$', it.screen(), re.M))
        time.sleep(0.5)
        assert it.restored() and ALL not in it.screen(), it.screen()
        it.type('fg')
        it.until(lambda: it.said('alternate_on') == '1')
        os.kill(it.process(), signal.SIGSTOP)  # leaves no chance to give anything back
        it.until(lambda: 'Stopped' in it.screen())
        it.type('fg')
        time.sleep(1)
        check_screen(it, 80, 24, recording)
        it.tmux('send-keys', 'C-c')
        it.until(lambda: 'The deployment goes on' in it.screen())
        assert it.restored()
        it.type('stty -a | grep -o " echo "')
        it.until(lambda: re.search(r'^ echo', it.screen(), re.M))


def test_failing():
    """What failed comes first, by its symbol, and at the end what to do about it."""
    recording = tape('reference', {'poolWorker': 'SkuNotAvailable'}, ERROR)
    with terminal(80, 24) as it:
        it.replay(recording, 250)
        it.until(it.ended)
        text = it.screen('-J', '-S', '-200')
        lines = [line for line in text.split('\n') if line]
        assert lines[3].startswith('✗ poolWorker (scale set) SkuNotAvailable'), text
        assert '✗ SkuNotAvailable: poolWorker' in text, text
        assert 'virtualMachineScaleSets/acme-worker' in text and '/subscriptions/1/' not in text, text
        assert '→ Azure does not offer that size' in text, text
        assert 'correlation ID 6f0c0a4e' in text, text
        assert it.restored()


def said_by_pipe(*words, **environment):
    recording = os.path.join(tempfile.mkdtemp(prefix='swarmgen-screen-'), 'recording')
    with open(recording, 'w') as file:
        json.dump(tape('reference', {'poolWorker': 'SkuNotAvailable'}, ERROR) | {
            'note': {'from': 20, 'to': 60, 'text': 'Azure asks for patience: 20 s'}}, file)
    try:
        return subprocess.run([REPLAY, recording, '400', *words], capture_output=True, text=True, timeout=30 * SLOWER,
                              env={'LANG': 'C.UTF-8', 'TERM': 'xterm', 'PATH': '', **environment})
    finally:
        shutil.rmtree(os.path.dirname(recording))


def test_lines():
    """Not a terminal: a line for each change, with its time; no escape sequence."""
    done = said_by_pipe()
    assert '\033' not in done.stderr and not done.stdout
    assert done.stderr.startswith('https://portal.azure.com/'), done.stderr
    changes = re.findall(rf'^ *{TIME} +\d+/{COUNT}  ({MARK}) ([^:]+): (\S+) \(', done.stderr, re.M)
    assert ('✓', 'vault', 'vault') in changes and ('●', 'vault', 'vault') in changes, changes
    assert ('✗', 'pool worker', 'poolWorker') in changes, changes
    assert 'Azure asks for patience: 20 s' in done.stderr
    assert '✗ Failed after' in done.stderr and '✗ SkuNotAvailable: poolWorker' in done.stderr, done.stderr


def test_plain_terminals():
    """CI and TERM=dumb in a terminal: lines as well; NO_COLOR: the picture without colours; no UTF-8: ASCII only."""
    recording = tape('linux')
    for environment in ({'CI': 'true'}, {'TERM': 'dumb'}):
        with terminal(120, 40) as it:
            it.type('export ' + ' '.join(f'{name}={value}' for name, value in environment.items()))
            it.replay(recording, 200)
            it.until(it.ended)
            text = it.screen('-S', '-300')
            assert re.search(rf'^ *{TIME} +\d+/\d+  ✓ vault: vault \(key vault\)', text, re.M), text
    with terminal(120, 40) as it:
        it.type('export NO_COLOR=1')
        it.replay(recording, 30)
        it.until(lambda: ' of ' in it.screen())
        check_screen(it, 120, 40, recording)
        assert '\033[3' not in it.screen('-e'), it.screen('-e')
        it.tmux('send-keys', 'C-c')
        it.until(it.ended)
    with terminal(120, 40) as it:
        it.type('export LC_ALL=C')
        it.replay(recording, 30)
        it.until(lambda: ' of ' in it.screen())
        assert it.screen().isascii(), it.screen()
        it.tmux('send-keys', 'C-c')
        it.until(it.ended)
        assert it.screen('-S', '-300').isascii()


def test_quiet():
    """--quiet: nothing but what went wrong."""
    done = said_by_pipe('quiet')
    assert done.stderr.startswith('✗ SkuNotAvailable: poolWorker'), done.stderr
    assert not done.stdout


def test_events():
    """--format json: one event a line, on standard output; the end says it all."""
    done = said_by_pipe('json')
    assert not done.stderr, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[0]['event'] == 'begin' and len(told[0]['steps']) == COUNT
    assert {step['section'] for step in told[0]['steps']} >= {'network', 'vault', 'managers', 'pool worker'}
    assert [event['note'] for event in told if event['event'] == 'note'] == ['Azure asks for patience: 20 s', '']
    for event in told:
        assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', event['time']), event
    vault = [event for event in told if event['event'] == 'step' and event['symbol'] == 'vault']
    assert [event['state'] for event in vault] == ['running', 'succeeded'] and vault[1]['seconds'] > 20, vault
    assert told[-1]['event'] == 'end' and told[-1]['state'] == 'failed', told[-1]
    assert told[-1]['errors'][0]['code'] == 'SkuNotAvailable' and told[-1]['errors'][0]['symbol'] == 'poolWorker'
    assert told[-1]['errors'][0]['advice'] and told[-1]['correlationId']


def raw(recording, columns, lines, speed, seconds):
    """The bytes that a terminal gets, a write a piece."""
    folder = tempfile.mkdtemp(prefix='swarmgen-screen-')
    path = os.path.join(folder, 'recording')
    with open(path, 'w') as file:
        json.dump(recording, file)
    child, master = pty.fork()
    if child == 0:
        fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', lines, columns, 0, 0))
        os.execve(REPLAY, [REPLAY, path, str(speed)], {'LANG': 'C.UTF-8', 'TERM': 'xterm-256color'})
    pieces, end = [], time.time() + seconds
    while time.time() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                pieces.append(os.read(master, 65536))
            except OSError:
                break
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGINT)
    with contextlib.suppress(OSError):
        while select.select([master], [], [], 2)[0]:
            pieces.append(os.read(master, 65536))
    os.waitpid(child, 0)
    os.close(master)
    shutil.rmtree(folder)
    return pieces


def test_calm():
    """No flicker: the screen is cleared once; each picture is one synchronized write of the rows that changed."""
    recording = tape('reference')
    pieces = raw(recording, 80, 24, 1, 3)
    data = b''.join(pieces)
    assert data.count(b'\033[2J') == 2, data.count(b'\033[2J')  # at the begin, and when it gives the screen back
    pictures = re.findall(rb'\033\[\?2026h(.*?)\033\[\?2026l', data, re.S)
    # Where nothing but time goes on, only rows with times are sent.
    rows = sorted(len(re.findall(rb'\033\[\d+;1H', picture)) for picture in pictures[1:])
    assert rows and rows[len(rows) // 2] <= 12, rows
    assert len(pictures) <= 3 * 20 + 2, len(pictures)
    outside = re.sub(rb'\033\[\?2026h.*?\033\[\?2026l', b'', data, flags=re.S).split(b'\033[?1049h')[1]
    assert outside.startswith(b'\033[?25l\033[?7l\033[0m\033[H\033[2J\033[?7h\033[?25h\033[?1049l'), outside[:99]


def test_wide():
    """Names of wide, combining and commanding characters are cut by columns, and command nothing."""
    recording = tape('linux')
    names = ['データベース管理者', 'vault🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒', 'e\u0301' * 40, 'red\033[31m\033[2J', 'a\tb\nc', '한국어' * 30]
    for number, name in enumerate(names):
        step = recording['steps'][number]
        for event in recording['events']:
            event['symbol'] = name if event['symbol'] == step['symbol'] else event['symbol']
        for other in recording['steps']:
            other['needs'] = [name if need == step['symbol'] else need for need in other['needs']]
        step['symbol'], step['section'] = name, '网络' * (number % 2 * 8 + 1)
    for columns in (40, 80, 120):
        data = b''.join(raw(recording, columns, 60, 60, 0.8)).decode()
        for row in re.findall(r'\033\[\d+;1H(.*?)\033\[K', data.split('\033[?1049l')[0], re.S):
            plain = re.sub(r'\033\[[0-9;]*m|\033\]8;[^\033]*\033\\', '', row)
            assert width(plain) < columns, (columns, width(plain), plain)
            assert not re.search('[\x00-\x1f\x7f]', plain), plain


def test_deploy():
    """The program itself, against the local Resource Manager: Ctrl-C in the middle, then status, to its end."""
    recording = tape('linux')
    with Emulator(speed=25) as azure, terminal(80, 24) as it:
        swarm = open(os.path.join(ROOT, 'examples', 'linux', 'swarm.yaml')).read()
        person = Person(azure, it.folder, swarm=swarm)
        environment = {name: value for name, value in person.environment(TERM='tmux').items()
                       if os.environ.get(name) != value and name != 'NO_COLOR'}
        it.type('export ' + ' '.join(f'{name}={shlex.quote(value)}' for name, value in environment.items()) + '; clear')
        it.type(shlex.join(person.words('deploy', '-l', 'westeurope', '--yes')) + '; echo "status $?"')
        it.until(lambda: re.search(r'[1-9]\d* of %d ' % len(recording['steps']), it.screen()), 60)
        check_screen(it, 80, 24, recording, 'https://localhost')
        it.tmux('send-keys', 'C-c')
        it.until(it.ended)
        assert it.restored()
        text = it.screen('-S', '-300')
        assert 'status 130' in text and 'The deployment goes on at Azure' in text and 'swarmgen status' in text, text
        it.type('clear; ' + shlex.join(person.words('status')) + '; echo "status $?"')
        it.until(lambda: it.said('alternate_on') == '1')
        it.resize(100, 40)
        time.sleep(0.6)
        if it.said('alternate_on') == '1':
            check_screen(it, 100, 40, recording, 'https://localhost')
        it.until(lambda: not it.said('alternate_on') == '1' and it.ended(), 60)
        text = it.screen('-J', '-S', '-300')
        check_list(text[text.rindex('/portal/#'):], recording)
        assert re.search(r'^✓ Deployed in [^:]*: %d resources$' % len(recording['steps']), text, re.M) and 'Portainer  https://' in text, text
        assert it.restored() and 'status 0' in it.screen()


if __name__ == '__main__':
    sys.exit(cases(globals()))
