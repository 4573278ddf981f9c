#!/usr/bin/env python3
"""A table: swarmgen's release build beside an empty process and the official compiler, cold and warm. Each row's
programs run in turn within the same seconds; the median counts."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'official'))
import judge

PROGRAM = os.path.join(ROOT, 'build/release/swarmgen')


def run(*command):
    """(milliseconds, peak KiB) of a whole process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=judge.environment())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise SystemExit(f'{" ".join(command)} ended with {status}')
    return (time.perf_counter() - began) * 1000, usage.ru_maxrss


def measure(calls, rounds):
    """Medians of each call, all of them once a round."""
    found = [[call() for call in calls] for _ in range(rounds)]
    return [tuple(statistics.median(part) for part in zip(*column)) for column in zip(*found)]


def swarm(pools):
    lines = ''.join(f'  p{i}: {{ count: 1, subnet: 10.0.{64 + i}.0/24 }}\n' for i in range(pools))
    return f'name: acme\ncontact: ops@acme.example\nworkers:\n{lines}'


def large(lines):
    """A flat file of about so many lines."""
    one = "resource r{0} 'Microsoft.Network/publicIPAddresses@2024-05-01' = {{\n  name: 'ip-${{name}}-{0}'\n" \
          "  location: location\n  sku: {{\n    name: 'Standard'\n  }}\n  tags: {{\n    a: name\n    b: '${{name}}{0}'\n  }}\n}}\n\n"
    head = "param name string\nparam location string = resourceGroup().location\n\n"
    return head + ''.join(one.format(i) for i in range(lines // 12))


def main():
    print(f'{"":34}{"swarmgen":>12}{"peak":>11}{"empty":>10}{"bicep cold":>13}{"bicep warm":>13}')
    with judge.Bicep() as bicep, tempfile.TemporaryDirectory() as folder:
        def row(title, command, bicep_file):
            ours, empty = measure([lambda: run(*command), lambda: run('/bin/true')], 15)
            cold, warm = '', ''
            if bicep_file:
                def timed():
                    began = time.perf_counter()
                    bicep.compile(bicep_file)
                    return ((time.perf_counter() - began) * 1000,)
                timed()
                cold = f'{measure([lambda: run(bicep.program, "build", bicep_file, "--stdout")], 3)[0][0]:.0f} ms'
                warm = f'{measure([timed], 5)[0][0]:.1f} ms'
            print(f'{title:34}{ours[0]:>9.1f} ms{ours[1] / 1024:>7.1f} MiB{empty[0]:>7.1f} ms{cold:>13}{warm:>13}', flush=True)

        for pools in (1, 10, 40):
            place = os.path.join(folder, str(pools))
            os.makedirs(place)
            with open(os.path.join(place, 'swarm.yaml'), 'w') as file:
                file.write(swarm(pools))
            run(PROGRAM, 'build', place, '--quiet')
            row(f'build, {pools} pools', [PROGRAM, 'build', place, '--quiet'], os.path.join(place, 'azure/main.bicep'))
        example = os.path.join(ROOT, 'examples/large')
        out = os.path.join(folder, 'large')
        row('build, examples/large', [PROGRAM, 'build', example, '-o', out, '--quiet'], None)
        path = os.path.join(folder, 'big.bicep')
        with open(path, 'w') as file:
            file.write(large(9000))
        row('compile, 9,000 lines', [PROGRAM, 'compile', path, '--stdout'], path)
        with open(path, 'w') as file:
            file.write(large(20000))
        row('compile, 20,000 lines', [PROGRAM, 'compile', path, '--stdout'], None)


if __name__ == '__main__':
    main()
