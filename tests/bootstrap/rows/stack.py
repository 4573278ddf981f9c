"""What the managers deploy, and what a user deploys beside it."""
import json

from rows import row
from swarm import Failed

SERVED = {'swarm_traefik': '1/1', 'swarm_socket-proxy': '3/3', 'swarm_portainer': '1/1', 'swarm_agent': '5/5', 'swarm_agent-windows': '0/0'}

OWN = '''
services:
  web:
    image: web:1
    networks: [traefik-public]
    ports: [{ target: 80, published: 8080, mode: host }]
    deploy:
      mode: global
      placement: { constraints: [node.labels.pool == web] }
      labels:
        traefik.enable: "true"
        traefik.http.routers.web.rule: Host(`www.acme.example`)
        traefik.http.services.web.loadbalancer.server.port: "80"
networks:
  traefik-public: { external: true }
'''


def fetch(swarm, name, container, url):
    """What a container gets from an address; '' if nothing."""
    return swarm.enter(name, 'docker', 'exec', container, 'busybox', 'timeout', '5', 'wget', '-q', '-O', '-', url).stdout  # its own -T crashes


def serves(swarm):
    """Where Traefik answers the load balancer's probe."""
    return [name for name in swarm.managers() if swarm.get(f'http://{swarm.machines[name].address}:8082/ping') == 'OK\n']


@row('the stack is served, and a user\'s own behind it', description={'stack': {'enabled': True}})
def stack(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled()
    swarm.wait('the services of the stack run', lambda: swarm.replicas() == SERVED, 120)
    swarm.wait('the load balancer finds Traefik', lambda: len(serves(swarm)) == 1)
    first = swarm.docker('manager0', 'ps', '--format', '{{.Names}}')
    assert 'swarm_portainer.' in first, f'Portainer is not on the first manager: {first}'
    container = next(name for name in first.split() if name.startswith('swarm_portainer.'))
    password = swarm.docker('manager0', 'exec', container, 'cat', '/run/secrets/portainer-password')
    assert password == swarm.azure.secret('portainer-password')['value'], 'Portainer has another password than the vault'

    swarm.enter('manager1', 'docker', 'stack', 'deploy', '--detach', '-c', '-', 'own', text=OWN, check=True)
    for name in swarm.workers():
        swarm.wait(f'the own service answers on {name}', lambda: (swarm.get(f'http://{swarm.machines[name].address}:8080/') or '').startswith('web '))
    first = swarm.docker('web0', 'ps', '-q', '-f', 'label=com.docker.swarm.service.name=own_web')
    guard(swarm, 'web0', first)


def guard(swarm, name, container):
    """A container does not reach the metadata service, its machine does; and that container can ask."""
    fetch(swarm, name, container, 'http://169.254.169.254/container')
    swarm.enter(name, 'curl', '-s', 'http://169.254.169.254/machine')
    asked = [request['path'] for request in swarm.azure.requests() if request['path'] in ('/container', '/machine')]
    if asked != ['/machine'] or not fetch(swarm, name, container, 'http://127.0.0.1/').startswith('web '):
        raise Failed(f'the metadata service was asked for {asked}; only the machine should have reached it')


@row('tasks on two machines reach each other over an overlay network', description={'stack': {'enabled': True}})
def overlay(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled()
    swarm.enter('manager1', 'docker', 'stack', 'deploy', '--detach', '-c', '-', 'own', text=OWN, check=True)
    for name in swarm.workers():
        swarm.wait(f'the own service answers on {name}', lambda: (swarm.get(f'http://{swarm.machines[name].address}:8080/') or '').startswith('web '))
    tasks = {}
    for name in swarm.workers():
        container = swarm.docker(name, 'ps', '-q', '-f', 'label=com.docker.swarm.service.name=own_web')
        networks = json.loads(swarm.docker(name, 'inspect', '-f', '{{json .NetworkSettings.Networks}}', container))
        tasks[name] = container, networks['traefik-public']['IPAddress']
    (first, here), (second, there) = tasks.values()
    for name, container, address in ('web0', first, there), ('web1', second, here):
        swarm.wait(f'the task on {name} reaches the other one, {address}', lambda: fetch(swarm, name, container, f'http://{address}/').startswith('web '), 60, 1)


@row('Traefik moves when its manager is lost', description={'stack': {'enabled': True}})
def moves(swarm):
    swarm.boot(*swarm.machines)
    swarm.settled()
    [old] = swarm.wait('Traefik answers', lambda: serves(swarm))
    swarm.kill(old)
    swarm.wait('it answers elsewhere', lambda: serves(swarm) not in ([], [old]), 90)
    swarm.boot(old)


@row('a new version of the stack reaches a running swarm', description={'stack': {'enabled': True}})
def changed(swarm):
    """As a deployment of the template does it: a new version of the secret."""
    swarm.boot(*swarm.machines)
    swarm.settled()
    swarm.wait('the services of the stack run', lambda: swarm.replicas() == SERVED, 120)
    swarm.pace(0.05)
    value = json.loads(swarm.azure.secret('swarm-stack')['value'])
    value['configs']['traefik']['log']['level'] = 'WARN'
    swarm.azure.put_secret('swarm-stack', json.dumps(value))

    def configured():
        name = swarm.docker('manager0', 'service', 'inspect', 'swarm_traefik', '-f', '{{range .Spec.TaskTemplate.ContainerSpec.Configs}}{{.ConfigName}} {{end}}').split()
        return any('"WARN"' in swarm.docker('manager0', 'config', 'inspect', '--pretty', one) for one in name)
    swarm.wait('Traefik has the new settings', configured, 120, 1)
    swarm.wait('the services of the stack run', lambda: swarm.replicas() == SERVED, 120)
