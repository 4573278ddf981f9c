"""The matrix. A row is a function with `@row('what happens')`; README.md says how to write one."""
import os
import random
import tempfile
import time
import traceback
from dataclasses import dataclass
from typing import Callable

from swarm import Failed, Skipped, Swarm, build, describe, write
from windows import WindowsSwarm

ROWS = []
RED, SKIPPED = 1, 77  # what the process of a row ends with


@dataclass
class Row:
    name: str
    function: Callable
    description: dict   # what differs from the example's swarm.yaml
    parameters: dict    # of the deployment
    files: dict         # beside swarm.yaml: {name: text}
    quick: bool         # belongs to `make test`
    whole: bool         # at the end: a whole swarm, nobody too many, no token where it does not belong
    alone: bool         # measures time: no other row beside it
    windows: str        # the example whose Windows machines take part (windows.py)


def row(name, description=None, parameters=None, files=None, quick=False, whole=True, alone=False, windows=''):
    def add(function):
        ROWS.append(Row(name, function, description or {}, parameters or {}, files or {}, quick, whole, alone, windows))
        return function
    return add


def folder_of(row, scratch):
    """The output folder that a row tests."""
    for name, text in row.files.items():
        write(os.path.join(scratch, name), text)
    return build(describe({'stack': {'enabled': False}, **row.description}, row.windows or 'mixed', bool(row.windows)), scratch)


def play(row, seed):
    """One row in an instance of its own; says how it went. What the process shall end with."""
    began, waited = time.time(), 0
    random.seed(f'{seed}/{row.name}')
    os.setpriority(os.PRIO_PROCESS, 0, -10)  # row and stand-in for Azure before machines: who watches must not come late

    def took():
        return f'{time.time() - began:.0f} s, of which machines waited {waited:.0f}'
    with tempfile.TemporaryDirectory(prefix='swarmgen-row-') as scratch:
        try:
            swarm = (WindowsSwarm if row.windows else Swarm)(f'row-{os.getpid()}', folder_of(row, scratch), row.parameters)
            try:
                notes = row.function(swarm)
                if row.whole:
                    swarm.settled()
                    swarm.no_leaks()
            except Exception as problem:
                print(f'-------- {row.name}: {problem if isinstance(problem, Failed) else traceback.format_exc()}\n{swarm.report()}')
                raise
            finally:
                waited = swarm.idled()
                swarm.close()
        except Skipped as why:
            print(f'skipped  {row.name}: {why}')
            return SKIPPED
        except Exception as problem:
            print(f'FAILED   {row.name} ({took()}): {problem!r:.300}\n         again: tests/bootstrap/run rows --only \'{row.name}\' --seed {seed}')
            return RED
    print(f'ok       {row.name} ({took()}){": " if notes else ""}{notes or ""}')
    return 0
