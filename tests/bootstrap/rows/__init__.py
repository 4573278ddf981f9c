"""The matrix. A row is a function with `@row('what happens')`; README.md says how to write one."""
from dataclasses import dataclass
from typing import Callable

ROWS = []


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
