"""Plays rows, several side by side, and keeps count: how often was each green in a row, and what made it red?"""
import contextlib
import fcntl
import functools
import glob
import hashlib
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
import time

from rows import SKIPPED, folder_of
from swarm import CACHE, HERE, ROOT, read, write

UNKNOWN = 120  # seconds of a row that was never played
RECORD = os.path.join(HERE, 'record.json')  # what `run record` kept of the ledger, for other machines


# ---- the count

@functools.cache
def digest(*files):
    return hashlib.sha256(b'\0'.join(open(file, 'rb').read() for file in files)).hexdigest()


def state(row):
    """A hash of all that a row's result comes from: the template that it tests, the harness, its own module, what the pages tell to type."""
    with tempfile.TemporaryDirectory(prefix='swarmgen-row-') as scratch:
        template = read(os.path.join(folder_of(row, scratch), 'azuredeploy.json'))
    parts = ['*', 'node/*', 'rows/__init__.py', 'rows/common.py', *(['windows/*'] if row.windows else [])]
    harness = [file for part in parts for file in sorted(glob.glob(os.path.join(HERE, part)))
               if os.path.isfile(file) and os.path.basename(file) not in ('run', 'matrix.py', 'record.json', 'README.md')]
    typed = re.findall(r'^```\w*\n(.*?)^```$', read(os.path.join(ROOT, 'docs', 'node-lifecycle.md')), re.M | re.S)
    return hashlib.sha256('\0'.join([template, digest(*harness, inspect.getfile(row.function)), *typed, repr(row.parameters)]).encode()).hexdigest()[:16]


class Ledger:
    """CACHE/ledger.json: {row: {state, greens, all, seconds, reds}}: greens in a row and all, seconds it took, causes, all of one state; another begins anew.
    RECORD, of the same shape, is where a cache that knows nothing of that state goes on."""

    def __init__(self, rows):
        self.states = {row.name: state(row) for row in rows}
        self.recorded = self.load(RECORD)
        with self.locked():
            self.known = self.load(self.file)

    @contextlib.contextmanager
    def locked(self):
        os.makedirs(CACHE, exist_ok=True)
        with open(os.path.join(CACHE, 'ledger.lock'), 'w') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    file = os.path.join(CACHE, 'ledger.json')

    @staticmethod
    def load(file):
        try:
            return json.loads(read(file))
        except ValueError:
            return {}

    def of(self, row):
        seconds = UNKNOWN
        for entry in self.known.get(row.name), self.recorded.get(row.name):
            if entry and entry['state'] == self.states[row.name]:
                return entry
            seconds = entry['seconds'] if entry else seconds
        return {'state': self.states[row.name], 'greens': 0, 'all': 0, 'reds': [], 'seconds': seconds}

    def record(self, rows):
        """Writes RECORD: what is known of the present state of each row, if anything is."""
        entries = {row.name: self.of(row) for row in rows}
        write(RECORD, json.dumps({name: entry for name, entry in entries.items() if entry['all'] or entry['reds']}, indent=1) + '\n')

    def note(self, row, seconds, cause):
        """One more green, or a red with its cause."""
        with self.locked():
            self.known = self.load(self.file)
            entry = self.of(row)
            entry['seconds'] = round(seconds)
            if cause:
                entry['greens'] = 0
                entry['reds'].append(cause)
            else:
                entry['greens'] += 1
                entry['all'] += 1
            self.known[row.name] = entry
            write(self.file + '.new', json.dumps(self.known, indent=1))
            os.rename(self.file + '.new', self.file)

    def table(self, rows):
        lines = [f'{"row":<82} in a row  green  red  seconds']
        for row in rows:
            entry = self.of(row)
            lines.append(f'{row.name:<82} {entry["greens"]:8} {entry["all"]:6} {len(entry["reds"]):4} {entry["seconds"]:8}')
            lines += [f'    {cause}' for cause in entry['reds']]
        return '\n'.join(lines)


# ---- all of them

class Run:
    """A row that is played, by a process of its own in a session of its own: Ctrl-C reaches us, and we end it; it ends with us, however we end."""

    def __init__(self, row, seed):
        self.row, self.began = row, time.time()
        self.output = tempfile.TemporaryFile('w+', errors='replace')
        self.process = subprocess.Popen(['setpriv', '--pdeathsig', 'TERM', sys.executable, os.path.join(HERE, 'run'), 'row', row.name, '--seed', str(seed)],
                                        stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)

    def said(self):
        self.output.seek(0)
        return self.output.read()


class Room:
    """Is there room for one row more? Then a fifth of the processors had nothing to do in the last seconds. Too many rows at once
    take longer for all of them together than one after the other: machines that wait for each other look again and again."""
    SECONDS, IDLE = 4, 0.2

    def __init__(self):
        self.taken()

    @staticmethod
    def ticks():
        """(idle, all) of all processors since they began."""
        ticks = [int(field) for field in read('/proc/stat').split('\n', 1)[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)

    def taken(self):
        self.since, self.free, self.began = time.time(), False, self.ticks()

    def __bool__(self):
        if time.time() >= self.since + self.SECONDS:
            (idle, all_), (idle_before, all_before) = self.ticks(), self.began
            self.taken()
            self.free = idle - idle_before > self.IDLE * (all_ - all_before)
        return self.free


def play_all(rows, jobs, seed, times=0):
    """Plays each once; with times: those that were not green so often in a row, each at most so often now, the fewest greens first.

    Prints each row's output when it ends; last line: N passed, N failed, N skipped. False if one was red, or is not green often enough yet.
    """
    ledger = Ledger(rows)
    os.environ['BOOTSTRAP_JOBS'] = str(jobs)  # instances side by side share what one would get of a busy host
    began, plays, running, room = time.time(), {row.name: 0 for row in rows}, [], Room()
    passed = failed = skipped = 0

    def open_():
        return [row for row in rows if plays[row.name] < max(times, 1) and not (times and ledger.of(row)['greens'] >= times)]

    def next_row():
        busy = [run.row for run in running]
        free = sorted((row for row in open_() if row not in busy), key=lambda row: (ledger.of(row)['greens'] if times else 0, row.alone, -ledger.of(row)['seconds']))
        if not free or any(row.alone for row in busy) or (free[0].alone and busy):
            return None
        return free[0]
    try:
        while True:
            while len(running) < jobs and (len(running) < os.cpu_count() or room) and (row := next_row()):
                plays[row.name] += 1
                running.append(Run(row, f'{seed}/{plays[row.name]}' if times else seed))
                room.taken()
            if not running:
                break
            time.sleep(0.2)
            for run in [run for run in running if run.process.poll() is not None]:
                running.remove(run)
                said, status = run.said(), run.process.returncode
                print(said, end='', flush=True)
                if status == SKIPPED:
                    skipped += 1
                    plays[run.row.name] = max(times, 1)
                    continue
                red = re.search(r'^FAILED +(?:.*?\) *: )?(.*)$', said, re.M) if status else None
                ledger.note(run.row, time.time() - run.began, '' if not status else red[1] if red else f'its process ended with {status}')
                passed, failed = passed + (status == 0), failed + (status != 0)
    finally:
        for run in running:
            run.process.terminate()
        for run in running:
            run.process.wait()
        print(f'{ledger.table(rows)}\n{time.time() - began:.0f} s, {jobs} side by side', flush=True)
    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return not failed and not (times and open_())
