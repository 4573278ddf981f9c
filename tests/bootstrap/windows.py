"""Machines that run Windows, played by the harness's: the node program for Windows in a real pwsh, with a real engine.

What only Windows has is a stand-in (windows/); a machine gets them as a layer over its root file system (windows/layer).
"""
import base64
import hashlib
import io
import os
import shutil
import subprocess
import zipfile

from swarm import CACHE, HERE, Skipped, Swarm, read, write
from template import Template

LAYER = os.path.join(CACHE, 'windows')


def archive():
    """Docker's archive for Windows: docker.exe and dockerd.exe, which are stand-ins."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w') as made:
        for name in 'docker.exe', 'dockerd.exe':
            made.writestr(zipfile.ZipInfo('docker/' + name), read(os.path.join(HERE, 'windows', name)))
    return data.getvalue()


ARCHIVE = archive()
DOWNLOAD = 'https://download.docker.com/win/static/stable/x86_64/docker-{}.zip'
PREPARED = 'Containers-installed', 'sshd', 'docker-service'  # what an image made for this brings
ENGINE = {'windowsSha256': hashlib.sha256(ARCHIVE).hexdigest()}  # belongs to each description


class WindowsTemplate(Template):
    """With the machines that run Windows."""

    @staticmethod
    def plays(profile):
        return True

    def command(self, machine):
        """The command of a machine's script extension; nothing on Linux."""
        if machine.set_id:
            profile = self.pools[machine.pool]['properties']['virtualMachineProfile']
            extensions = [one['properties'] for one in profile.get('extensionProfile', {}).get('extensions', [])]
        else:
            extensions = [self.evaluate(one['properties']) for _, one in self.of_type('Microsoft.Compute/virtualMachines/extensions')
                          if self.evaluate(one['name']).startswith(machine.instance + '/')]
        for extension in extensions:
            if extension['type'] == 'CustomScriptExtension':
                return {**extension.get('settings', {}), **extension.get('protectedSettings', {})}['commandToExecute']
        return ''


class WindowsSwarm(Swarm):
    Template = WindowsTemplate

    def __init__(self, name, folder, parameters=None, **more):
        said = subprocess.run([os.path.join(HERE, 'windows', 'layer'), CACHE], capture_output=True, text=True)
        if said.returncode:
            raise Skipped(said.stdout + said.stderr)
        super().__init__(name, folder, {'windowsPassword': 'Planted-1-password', **(parameters or {})}, **more)
        version = next(facts['engine']['version'] for facts in map(self.facts, self.machines) if 'windowsSha256' in facts.get('engine', {}))
        self.azure.file(DOWNLOAD.format(version), base64.b64encode(ARCHIVE).decode(), binary=True)

    def make(self, machine):
        command = self.template.command(machine)
        disks = machine.data_disks
        if command:
            machine.data_disks = []
        super().make(machine)
        if not command:
            return
        folder = self.folder_of(machine.name)
        write(f'{folder}/settings', read(f'{folder}/settings').replace(f"base='{CACHE}/base'", f"base='{LAYER}:{CACHE}/base'"))
        write(f'{folder}/state/command', command + '\n')
        if disks:
            write(f'{folder}/state/windows-disk', str(disks[0]['lun']))
        if self.facts(machine.name).get('share'):
            write(f'{folder}/state/share-wanted', '')
        for file in 'docker.exe', 'dockerd.exe':
            os.makedirs(f'{folder}/upper/c/Program Files/docker', exist_ok=True)
            shutil.copy(os.path.join(HERE, 'windows', file), f'{folder}/upper/c/Program Files/docker/{file}')
        os.makedirs(f'{folder}/upper/var/lib/windows')
        for flag in PREPARED:
            write(f'{folder}/upper/var/lib/windows/{flag}', '')

    def bare(self, *names):
        """As Azure's own image is: without the feature for containers, OpenSSH and an engine. The machines are off."""
        for name in names:
            for flag in PREPARED:
                os.unlink(f'{self.folder_of(name)}/upper/var/lib/windows/{flag}')

    def hold(self, name, call):
        """Lets the program wait in a call of Windows' own, so that it can be cut there."""
        os.makedirs(f'{self.folder_of(name)}/state/hold', exist_ok=True)
        write(f'{self.folder_of(name)}/state/hold/{call}', '')

    def go_on(self, name):
        shutil.rmtree(f'{self.folder_of(name)}/state/hold', ignore_errors=True)

    def clock(self, seconds, *names):
        """How far the program's clock is from the real one."""
        for name in names or self.machines:
            write(f'{self.folder_of(name)}/state/clock', str(seconds))

    def said(self, name, text, seconds=240):
        self.wait(f'{name} says {text!r}', lambda: text in self.log(name), seconds)

    def windows(self, name):
        return os.path.exists(f'{self.folder_of(name)}/state/command')

    def log(self, name):
        if not self.windows(name):
            return super().log(name)
        return read(f'{self.folder_of(name)}/upper/c/ProgramData/swarmgen/node.log')

    def calls(self, name):
        """What was asked of Windows."""
        return read(f'{self.folder_of(name)}/upper/var/lib/windows/calls')
