"""By hand, as root: `az stack` of a newer Azure CLI than Debian's stable release has, against the local Resource Manager.

  debootstrap --variant=minbase --include=azure-cli,ca-certificates trixie FOLDER
  python3 tests/deploy/newer_az.py FOLDER

(debootstrap may fail to configure python3-pycparser; az runs nevertheless.)"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from harness import ROOT, Emulator

KEY = 'sshKey=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFake someone'


class Az:
    """The Azure CLI within `root`, signed in to the emulator."""

    def __init__(self, azure, root):
        self.root, self.azure = root, azure
        self.folder = tempfile.mkdtemp(prefix='swarmgen-az-', dir=os.path.join(root, 'tmp'))
        inside = self.folder[len(root.rstrip('/')):]
        shutil.copy(azure.certificate, os.path.join(self.folder, 'ca.pem'))
        shutil.copy(os.path.join(ROOT, 'examples', 'linux', 'azure', 'azuredeploy.json'), self.folder)
        self.template = inside + '/azuredeploy.json'
        with open(os.path.join(self.folder, 'clouds.config'), 'w') as file:
            file.write(f'[local]\nendpoint_resource_manager = {azure.url}\nendpoint_active_directory = {azure.url}/adfs\n'
                       f'endpoint_active_directory_resource_id = {azure.url}/\n')
        with open(os.path.join(self.folder, 'config'), 'w') as file:
            file.write('[cloud]\nname = local\n')
        self.environment = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': inside, 'AZURE_CONFIG_DIR': inside,
                            'REQUESTS_CA_BUNDLE': inside + '/ca.pem', 'AZURE_CORE_COLLECT_TELEMETRY': 'false',
                            'AZURE_CORE_ONLY_SHOW_ERRORS': 'true', 'PYTHONWARNINGS': 'ignore', 'LC_ALL': 'C.UTF-8'}
        self.run('login', '--service-principal', '-u', azure.client, '-p', azure.secret, '--tenant', azure.tenant)

    def run(self, *words):
        """What it prints, read as JSON; it must succeed."""
        done = subprocess.run(['chroot', self.root, 'az', *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f'az {" ".join(words)}: {done.stderr}'
        return json.loads(done.stdout) if done.stdout.strip() else None


def main(root):
    with Emulator() as azure:
        az = Az(azure, root)
        az.run('group', 'create', '-n', 'g', '-l', 'westeurope')
        stack = ['-n', 's', '-g', 'g']
        given = [*stack, '-f', az.template, '-p', KEY, '--deny-settings-mode', 'none', '--action-on-unmanage', 'deleteAll']
        assert az.run('stack', 'group', 'validate', *given)['error'] is None
        made = az.run('stack', 'group', 'create', *given, '--yes')
        assert made['provisioningState'] == 'succeeded' and len(made['resources']) > 60, made
        assert az.run('stack', 'group', 'show', *stack)['outputs']['vault']['value'].startswith('acme-')
        assert [one['name'] for one in az.run('stack', 'group', 'list', '-g', 'g')] == ['s']
        assert az.run('stack', 'group', 'export', *stack)['template']['languageVersion'] == '2.0'
        az.run('stack', 'group', 'delete', *stack, '--action-on-unmanage', 'deleteAll', '--yes')
        assert az.run('stack', 'group', 'list', '-g', 'g') == [] and az.run('resource', 'list', '-g', 'g') == []
        shutil.rmtree(az.folder)
    print('1 passed, 0 failed, 0 skipped')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
