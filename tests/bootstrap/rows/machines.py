"""What is wrong with the machine itself: clock, disk, share, packages, userData."""
import json
import os
import shutil
import time

from rows import row
from rows.common import ONE_MANAGER, ONE_WORKER, bounded, command, facts, formed, outside, said, state, user_data, whole
from swarm import CACHE, read, write

OTHER_KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnot that of the vendor\n-----END PGP PUBLIC KEY BLOCK-----\n'


@row('clock two hours behind or ahead', parameters=ONE_WORKER)
def clock(swarm):
    wrong = {'manager0': -7200, 'manager1': 7200, 'web0': -7200}
    for name, seconds in wrong.items():
        write(f'{swarm.folder_of(name)}/state/clock', str(seconds))
    swarm.boot(*swarm.machines)
    said(swarm, {name: f'the clock is {str(seconds)[:3]}' for name, seconds in wrong.items()})
    outside(swarm, *swarm.machines)
    for name in wrong:
        write(f'{swarm.folder_of(name)}/state/clock', '')
    swarm.settled(300)


@row('share late, then gone', ONE_MANAGER)
def share(swarm):
    swarm.share(error='no answer on port 445', names=['manager0', 'web0'])
    swarm.share(key='of somebody else', names=['web1'])
    swarm.boot(*swarm.machines)
    said(swarm, {'manager0': 'no answer on port 445', 'web0': 'no answer on port 445', 'web1': 'Permission denied'})
    outside(swarm, *swarm.machines)
    nothing_below(swarm, *swarm.machines)
    swarm.share()
    swarm.settled(300)
    swarm.share(error='no answer on port 445', names=['manager0', 'web0'])
    swarm.restart('web0')
    swarm.enter('manager0', 'umount', '-l', '/mnt/swarm', check=True)
    said(swarm, {'manager0': 'no answer on port 445', 'web0': 'no answer on port 445'})
    assert state(swarm, 'manager0') == 'active', 'a member left'
    assert not state(swarm, 'web0'), 'the engine was started without the share'
    nothing_below(swarm, 'manager0', 'web0')
    swarm.share()
    swarm.settled(300)


def nothing_below(swarm, *names):
    for name in names:
        assert swarm.enter(name, 'ls', '-A', '/mnt/swarm').stdout == '', f'something lies below the share of {name}'
        assert swarm.enter(name, 'touch', '/mnt/swarm/below').returncode, f'{name} can write below the share'


@row("Docker's disk full", ONE_MANAGER)
def disk_full(swarm):
    for name in swarm.machines:  # on a full disk the engine starts or not, as it happens: here it never does
        command(swarm, name, 'dockerd', '#!/bin/sh\ncase $* in --exec-opt*) [ "$(df --output=avail /var/lib/docker | tail -n 1)" -gt 65536 ] || exit 1 ;; esac\n'
                'exec /usr/sbin/dockerd "$@"\n')
    before = formed(swarm)
    names, full = ['manager0', 'web0'], 'the disk of /var/lib/docker is full'
    for name in names:
        swarm.enter(name, 'sh', '-c', 'cd /var/lib/docker; fallocate -l $(($(df --output=avail -B1 . | tail -n 1) - 1048576)) full; dd if=/dev/zero of=full2 bs=64k; :')
    swarm.wait('they say so', lambda: all(full in swarm.health(name).get('message', '') for name in names), 120, 1)
    swarm.restart(*names)
    said(swarm, {name: full for name in names})
    for name in names:
        swarm.enter(name, 'sh', '-c', 'rm /var/lib/docker/full*', check=True)
    whole(swarm, before, seconds=300)


@row('no engine in the image, and the package mirror is gone', ONE_MANAGER)
def mirror(swarm):
    """web0 has no engine, web1 one that is too old; neither may be replaced by what is not signed by its vendor."""
    for name, text in ('web0', None), ('web1', '#!/bin/sh\n[ "$1" != --version ] || { echo "Docker version 20.10.24, build x"; exit; }\nexec /usr/sbin/dockerd "$@"\n'):
        folder = f'{swarm.folder_of(name)}/upper/usr/sbin' if text is None else f'{swarm.folder_of(name)}/upper/usr/local/bin'
        os.makedirs(folder)
        if text is None:
            os.mknod(f'{folder}/dockerd', 0o20000, 0)  # overlay: not there
        else:
            write(f'{folder}/dockerd', text, 0o755)
        shutil.copy(f'{CACHE}/base/usr/sbin/dockerd', f'{swarm.folder_of(name)}/state/dockerd')
    began = time.time()
    swarm.boot(*swarm.machines)
    said(swarm, {'web0': 'download.docker.com', 'web1': 'download.docker.com'})
    assert not state(swarm, 'web0') and not state(swarm, 'web1')
    bounded(swarm, swarm.machines, 'imds', began)
    # Somebody answers in the vendor's place.
    base = f'{CACHE}/base/etc/os-release'
    system = next(line[3:] for line in read(base).splitlines() if line.startswith('ID='))
    swarm.azure.file(f'https://download.docker.com/linux/{system}/gpg', OTHER_KEY)
    said(swarm, {'web0': 'is not the one expected', 'web1': 'is not the one expected'})
    for name in 'web0', 'web1':  # a person brings an engine
        swarm.enter(name, 'sh', '-c', 'rm -f /usr/local/bin/dockerd; ln -sf /.azure/dockerd /usr/sbin/dockerd', check=True)
    swarm.settled(300)


def program(swarm, name, *changes):
    """Its userData with a changed program."""
    told = swarm.facts(name)
    for old, new in changes:
        assert old in told['program']
        told['program'] = told['program'].replace(old, new, 1)
    return json.dumps(told)


@row('userData changed: a new program, damaged programs, unknown things')
def user_data_changed(swarm):
    before = formed(swarm)
    good = {name: json.dumps(swarm.facts(name)) for name in swarm.machines}
    new = ('\nset -u\n', '\nset -u\necho "node: a new program"\n')
    user_data(swarm, 'manager0', program(swarm, 'manager0', new)[:-2000])                       # cut
    user_data(swarm, 'manager1', program(swarm, 'manager1', new, ('#!/bin/sh\n', '#!/usr/bin/python3\n')))
    user_data(swarm, 'web0', program(swarm, 'web0', new))                                       # good
    facts(swarm, 'web1', version=2)
    facts(swarm, 'manager2', somethingNew={'x': [1]}, program=swarm.facts('manager2')['program'].replace(*new))
    for name in 'manager0', 'manager1', 'manager2':  # one after the other: there is a quorum all the time
        swarm.restart(name)
        swarm.wait(f'{name} is back', lambda: swarm.health(name).get('ApplicationHealthState') == 'Healthy' and state(swarm, name) == 'active', 300, 1)
    swarm.restart('web0', 'web1')
    said(swarm, {'web1': 'a version that this program does not know'})
    swarm.wait('web0 runs the new program', lambda: 'a new program' in swarm.log('web0'))
    for name in swarm.machines:
        assert ('a new program' in swarm.log(name)) == (name in ('web0', 'manager2')), f'{name} runs the wrong program'
    for name in 'manager0', 'manager1':
        assert 'loader: no good userData' in swarm.log(name)
        assert json.loads(read(swarm.path(name, '/var/lib/swarmgen/userdata.json'))) == json.loads(good[name])
    user_data(swarm, 'web1', good['web1'])
    swarm.restart('web1')
    whole(swarm, before, seconds=300)
