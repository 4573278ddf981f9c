using 'main.bicep'
param swarm = {
'name': 'blue-whale'
'contact': 'ops@acme.example'
'tags': {}
'zones': [
'1'
'2'
'3'
]
'managers': {
'os': 'windows'
'count': 3
'size': 'Standard_D4s_v5'
'image': {
'kind': 'windows-server'
'release': '2022'
'version': 'latest'
}
'hybridBenefit': false
'availability': 'zones'
'osDisk': {
'type': 'Premium_LRS'
'ephemeral': 'none'
}
'dataDisk': {
'enabled': true
'size': 128
'type': 'Premium_LRS'
}
'acceleratedNetworking': true
'schedulable': true
'labels': {}
'images': []
'evictImagesAt': 80
'scripts': {
'before': []
'after': []
}
'tags': {}
}
'workers': {}
'network': {
'kind': 'new'
'prefix': '10.0.0.0/16'
'subnets': {}
'nat': {
'enabled': true
'sku': 'Standard'
'addresses': 1
'idleTimeout': 10
}
'dnsServers': []
}
'ingress': {
'enabled': true
'ports': [
{
'port': 80
'protocol': 'Tcp'
'sources': [
'Internet'
]
}
{
'port': 443
'protocol': 'Tcp'
'sources': [
'Internet'
]
}
]
'idleTimeout': 30
'probeInterval': 5
'probeThreshold': 2
}
'jumpbox': {
'kind': 'none'
}
'access': {
'sshKeys': []
'operators': []
'deployer': true
}
'secrets': {
'registry-password': {
'kind': 'parameter'
'readers': [
'managers'
'workers'
'jumpbox'
]
}
}
'registries': {}
'vault': {
'softDelete': 7
'purgeProtection': true
'recover': false
'network': 'subnets'
'sources': []
}
'storage': {
'enabled': true
'sku': 'Standard_ZRS'
'share': 'swarm'
'quota': 100
'softDelete': 14
'access': 'key'
'path': '/mnt/swarm'
'drive': 'S:'
'network': 'subnets'
'sources': []
}
'engine': {
'version': '28.5.2'
'addressPool': '10.10.0.0/16'
'subnetSize': 24
}
'stack': {
'enabled': true
'traefik': {
'version': 'v3.7.11'
'bodyLimit': 0
'verifyBackends': true
'acme': {
'enabled': true
'server': 'https://acme-v02.api.letsencrypt.org/directory'
'challenge': 'tls'
}
}
'portainer': {
'enabled': true
'version': '2.45.0'
'path': '/portainer'
}
}
'monitoring': {
'enabled': true
'retention': 30
'interval': 60
'logs': true
'diagnostics': true
'alerts': {
'diskWarning': 10
'diskAlarm': 5
}
}
'security': {
'trustedLaunch': true
'encryptionAtHost': false
'windowsUpdates': true
}
'locks': []
'debug': false
}
param sshKey = 'ssh-ed25519 AAAA a'
param windowsPassword = 'x-y-z-12345678'
param secrets = {
'registry-password': 'value of registry-password'
}
