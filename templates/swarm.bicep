// swarm.bicep: what swarm.yaml may say. `type Swarm` is the completed description: nothing is missing in it.
// The decorators are the rules:
//   @metadata default  the property may be left out in swarm.yaml; `{}` for an object: completed from its own defaults.
//                      On the discriminator of a union: the kind that is meant where none is written
//   @metadata pattern  regular expression (PCRE2) that the text must match; patternHint: the same in words
//   @metadata file     names a file beside swarm.yaml; in the completed description it is that file's text
//   @metadata unit, example  for messages, editors and the reference page
//   @metadata warn     list of {pattern, message}: legal, but worth a warning
//   What stands on a type (AddressRange) holds wherever the type is used; what stands on the property comes first.
//   T?                 leaving it out means something of its own, which its description says

// ---------------------------------------------------------------------------------------------- common parts

@export()
@description('Number of an availability zone.')
type Zone = '1' | '2' | '3'

@export()
@description('A range of IPv4 addresses.')
@metadata({
  pattern: '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$'
  patternHint: 'an address range like 10.0.0.0/16'
  example: '10.0.0.0/16'
})
type AddressRange = string

@export()
@description('A machine size of Azure.')
@metadata({
  pattern: '^(Standard|Basic)_[A-Za-z0-9_-]+$'
  patternHint: 'the name of a machine size like Standard_D4s_v5'
  example: 'Standard_D4s_v5'
  warn: [
    {
      pattern: '^Standard_(DS?[0-9]+(-[0-9]+)?(_v2)?|L[0-9]+s)$'
      message: 'sizes of the series D, Ds, Dv2, Dsv2 and Ls retire on 2028-05-01'
    }
    {
      pattern: '^Standard_(A[0-9]+m?_v2|B[0-9]+l?m?s|F[0-9]+s?(_v2)?|GS?[0-9]+(-[0-9]+)?|L[0-9]+s_v2)$'
      message: 'sizes of the series Av2, B, F, Fs, Fsv2, G, Gs and Lsv2 retire on 2028-11-15'
    }
  ]
})
type MachineSize = string

@export()
@description('A day of the week.')
type Weekday = 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'

@export()
@description('A time of day.')
@metadata({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$'
  patternHint: 'a time of day like 07:30'
  example: '07:30'
})
type TimeOfDay = string

@export()
@description('Ubuntu Server from Canonical.')
type UbuntuImage = {
  @description('Ubuntu Server from Canonical.')
  @metadata({ default: 'ubuntu' })
  kind: 'ubuntu'

  @description('Release of the distribution.')
  @metadata({ default: '24.04' })
  release: '22.04' | '24.04'

  @description('Processor architecture; arm64 for sizes with a p, such as Standard_D2ps_v6.')
  @metadata({ default: 'x64' })
  architecture: 'x64' | 'arm64'

  @description('Version of the image: latest (at the time of the deployment), or pinned.')
  @metadata({
    default: 'latest'
    pattern: '^(latest|[0-9]+\\.[0-9]+\\.[0-9]+)$'
    patternHint: 'latest, or three numbers with dots between them'
    example: '24.04.202608010'
  })
  version: string
}

@export()
@description('Debian from its cloud team.')
type DebianImage = {
  @description('Debian from its cloud team.')
  kind: 'debian'

  @description('Release of the distribution.')
  @metadata({ default: '12' })
  release: '12' | '13'

  @description('Processor architecture; arm64 for sizes with a p, such as Standard_D2ps_v6.')
  @metadata({ default: 'x64' })
  architecture: 'x64' | 'arm64'

  @description('Version of the image: latest (at the time of the deployment), or pinned.')
  @metadata({
    default: 'latest'
    pattern: '^(latest|[0-9]+\\.[0-9]+\\.[0-9]+)$'
    patternHint: 'latest, or three numbers with dots between them'
    example: '0.20260801.2250'
  })
  version: string
}

@export()
@description('Windows Server Core; its release decides which Windows container images run on it.')
type WindowsServerImage = {
  @description('Windows Server Core; its release decides which Windows container images run on it.')
  @metadata({ default: 'windows-server' })
  kind: 'windows-server'

  @description('Release: 2022 runs ltsc2022 images, 2025 runs ltsc2025 and ltsc2022 images.')
  @metadata({ default: '2022' })
  release: '2022' | '2025'

  @description('Version of the image: latest (at the time of the deployment), or pinned.')
  @metadata({
    default: 'latest'
    pattern: '^(latest|[0-9]+\\.[0-9]+\\.[0-9]+)$'
    patternHint: 'latest, or three numbers with dots between them'
    example: '20348.4052.250808'
  })
  version: string
}

@export()
@description('Any image of the marketplace.')
type MarketplaceImage = {
  @description('Any image of the marketplace.')
  kind: 'marketplace'

  @description('Who publishes the image.')
  @metadata({ example: 'Canonical' })
  publisher: string

  @description('The offer of the publisher.')
  @metadata({ example: 'ubuntu-24_04-lts' })
  offer: string

  @description('The plan within the offer; a Generation 2 image unless security.trustedLaunch is off.')
  @metadata({ example: 'minimal' })
  sku: string

  @description('Version of the image: latest (at the time of the deployment), or pinned.')
  @metadata({ default: 'latest', example: '24.04.202608010' })
  version: string

  @description('Whether the image has terms of purchase, so that machines must name its plan.')
  @metadata({ default: false })
  plan: bool
}

@export()
@description('An image of your own from a compute gallery.')
type GalleryImage = {
  @description('An image of your own from a compute gallery.')
  kind: 'gallery'

  @description('Resource ID of the image definition (newest version) or of one version.')
  @metadata({
    pattern: '^/(subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.Compute/galleries/[^/]+/images/|SharedGalleries/[^/]+/Images/|CommunityGalleries/[^/]+/Images/)[^/]+(/[Vv]ersions/[^/]+)?$'
    example: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/images/providers/Microsoft.Compute/galleries/ours/images/node'
  })
  id: string
}

@export()
@description('What a Linux machine starts from.')
@discriminator('kind')
type LinuxImage = UbuntuImage | DebianImage | MarketplaceImage | GalleryImage

@export()
@description('What a Windows machine starts from.')
@discriminator('kind')
type WindowsImage = WindowsServerImage | MarketplaceImage | GalleryImage

@export()
@description('Kind of storage behind a managed disk.')
type DiskType = 'Standard_LRS' | 'StandardSSD_LRS' | 'StandardSSD_ZRS' | 'Premium_LRS' | 'Premium_ZRS'

@export()
@description('The disk with the operating system.')
type OsDisk = {
  @description('Size; the image\'s own where it is left out.')
  @minValue(30)
  @maxValue(4095)
  @metadata({ unit: 'GiB', example: 64 })
  size: int?

  @description('Kind of storage. Cannot be changed later for a pool.')
  @metadata({ default: 'Premium_LRS' })
  type: DiskType

  @description('Keep the disk on the host itself: fast and free, gone when the machine moves. The machine size must have such a disk: cache (older sizes), resource (sizes with a d, v5 and before), nvme (sizes with a d from v6 on).')
  @metadata({ default: 'none' })
  ephemeral: 'none' | 'cache' | 'resource' | 'nvme'
}

@export()
@description('A disk of its own for Docker: images, containers, volumes.')
type DataDisk = {
  @description('Whether there is one; without it Docker lives on the disk of the operating system.')
  @metadata({ default: true })
  enabled: bool

  @description('Size.')
  @minValue(4)
  @maxValue(32767)
  @metadata({ default: 128, unit: 'GiB' })
  size: int

  @description('Kind of storage.')
  @metadata({ default: 'Premium_LRS' })
  type: DiskType
}

@export()
@description('A script from a file beside swarm.yaml.')
type FileScript = {
  @description('A script from a file beside swarm.yaml.')
  @metadata({ default: 'file' })
  kind: 'file'

  @description('The file: a shell script for Linux, a PowerShell script for Windows. It travels with the machine\'s user data, which holds 48 KiB with everything else.')
  @metadata({ file: 'text', example: 'setup.sh' })
  file: string

  @description('When it runs: once in the life of the machine (and again when it was changed), or at each boot.')
  @metadata({ default: 'once' })
  run: 'once' | 'boot'

  @description('Whether a failure stops the node, which then tries again; else it is only reported.')
  @metadata({ default: false })
  stop: bool
}

@export()
@description('A script from the web.')
type UrlScript = {
  @description('A script from the web.')
  kind: 'url'

  @description('Where it is; only https.')
  @metadata({
    pattern: '^https://[^\\s]+$'
    patternHint: 'an address that begins with https://'
    example: 'https://example.com/setup.sh'
  })
  url: string

  @description('SHA-256 of its bytes; nothing else runs.')
  @metadata({
    pattern: '^[0-9a-f]{64}$'
    patternHint: '64 lower-case hexadecimal digits'
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  })
  sha256: string

  @description('Name of the secret (one of secrets) that holds the Authorization header; no such header where it is left out.')
  authorization: string?

  @description('When it runs: once in the life of the machine (and again when it was changed), or at each boot.')
  @metadata({ default: 'once' })
  run: 'once' | 'boot'

  @description('Whether a failure stops the node, which then tries again; else it is only reported.')
  @metadata({ default: false })
  stop: bool
}

@export()
@description('A script of your own.')
@discriminator('kind')
type Script = FileScript | UrlScript

@export()
@description('Scripts of your own.')
type Scripts = {
  @description('Run in this order before the machine becomes a node: nothing of Docker is there yet.')
  @metadata({ default: [] })
  before: Script[]

  @description('Run in this order after the machine has become a node.')
  @metadata({ default: [] })
  after: Script[]
}

// ---------------------------------------------------------------------------------------------- network

@export()
@description('Where the subnets of a new network lie.')
type NewSubnets = {
  @description('Subnet of the managers; the first /24 of the network where it is left out.')
  @metadata({ example: '10.0.0.0/24' })
  managers: AddressRange?

  @description('Subnet of the jumpbox; the second /24 of the network where it is left out.')
  @metadata({ example: '10.0.1.0/24' })
  jumpbox: AddressRange?

  @description('Subnet of Azure Bastion, at least a /26; the first /26 of the third /24 where it is left out.')
  @metadata({ example: '10.0.2.0/26' })
  bastion: AddressRange?

  @description('Subnet of private endpoints; the fourth /24 of the network where it is left out.')
  @metadata({ example: '10.0.3.0/24' })
  endpoints: AddressRange?

  @description('Subnet of all worker pools without one of their own; the second /22 of the network where it is left out.')
  @metadata({ example: '10.0.4.0/22' })
  workers: AddressRange?
}

@export()
@description('How nodes reach the internet.')
type Nat = {
  @description('Whether there is a NAT gateway; without it nodes need another way out, for instance a firewall with routes of your own.')
  @metadata({ default: true })
  enabled: bool

  @description('Standard lives in one zone, StandardV2 in all three (not in every region).')
  @metadata({ default: 'Standard' })
  sku: 'Standard' | 'StandardV2'

  @description('Number of public addresses: 64,512 connections to one destination each.')
  @minValue(1)
  @maxValue(16)
  @metadata({ default: 1, unit: 'addresses' })
  addresses: int

  @description('When an idle connection is forgotten.')
  @minValue(4)
  @maxValue(120)
  @metadata({ default: 10, unit: 'minutes' })
  idleTimeout: int
}

@export()
@description('A virtual network of the swarm\'s own.')
type NewNetwork = {
  @description('A virtual network of the swarm\'s own.')
  @metadata({ default: 'new' })
  kind: 'new'

  @description('Addresses of the network.')
  @metadata({ default: '10.0.0.0/16' })
  prefix: AddressRange

  @description('Where the subnets lie.')
  @metadata({ default: {} })
  subnets: NewSubnets

  @description('How nodes reach the internet.')
  @metadata({ default: {} })
  nat: Nat

  @description('Addresses of DNS servers; those of Azure where the list is empty.')
  @metadata({ default: [] })
  dnsServers: string[]
}

@export()
@description('A subnet that exists.')
type ExistingSubnet = {
  @description('Name of the subnet.')
  name: string

  @description('Addresses of the subnet, as it was made.')
  @metadata({ example: '10.20.0.0/24' })
  prefix: AddressRange
}

@export()
@description('The subnets that the swarm uses. The swarm adds nothing to them: each with nodes needs a way out (NAT gateway, firewall), and the service endpoints Microsoft.Storage where storage.network is subnets, Microsoft.KeyVault where vault.network is.')
type ExistingSubnets = {
  @description('Subnet of the managers.')
  managers: ExistingSubnet

  @description('Subnet of the worker pools; may be that of the managers.')
  workers: ExistingSubnet

  @description('Subnet of the jumpbox; needed only where there is one.')
  jumpbox: ExistingSubnet?

  @description('Subnet of Azure Bastion, named AzureBastionSubnet; needed only where there is one.')
  bastion: ExistingSubnet?

  @description('Subnet of private endpoints; needed only where there are any.')
  endpoints: ExistingSubnet?

  @description('More subnets: a pool names the one it uses by its key.')
  @metadata({ default: {} })
  more: { *: ExistingSubnet }
}

@export()
@description('A virtual network that exists.')
type ExistingNetwork = {
  @description('A virtual network that exists.')
  kind: 'existing'

  @description('Name of the network.')
  name: string

  @description('Its resource group; that of the swarm where it is left out.')
  resourceGroup: string?

  @description('Its addresses.')
  @metadata({ example: '10.20.0.0/16' })
  prefix: AddressRange

  @description('The subnets that the swarm uses.')
  subnets: ExistingSubnets
}

@export()
@description('The network of the nodes.')
@discriminator('kind')
type Network = NewNetwork | ExistingNetwork

@export()
@description('A port that the managers serve to the outside.')
type Port = {
  @description('The port, outside and on the managers.')
  @minValue(1)
  @maxValue(65535)
  @metadata({ example: 443 })
  port: int

  @description('Its protocol.')
  @metadata({ default: 'Tcp' })
  protocol: 'Tcp' | 'Udp'

  @description('From where it may be used: address ranges or service tags.')
  @minLength(1)
  @metadata({ default: ['Internet'] })
  sources: string[]

  @description('How the load balancer finds the managers that can serve it: ping asks Traefik, tcp the port itself, manager the swarm\'s own port 2377. Where it is left out: ping for 80 and 443 with Traefik, else tcp, and manager for Udp.')
  probe: ('ping' | 'tcp' | 'manager')?
}

@export()
@description('The way from the internet to the swarm.')
type Ingress = {
  @description('Whether there is a public address and a load balancer.')
  @metadata({ default: true })
  enabled: bool

  @description('First label of the address\'s DNS name; made of the name and a hash of the resource group where it is left out.')
  @metadata({
    pattern: '^[a-z][a-z0-9-]{1,61}[a-z0-9]$'
    patternHint: '3 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last'
    example: 'acme'
  })
  dnsLabel: string?

  @description('Domain name under which Portainer is served; the DNS name of the address where it is left out.')
  @metadata({
    pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$'
    patternHint: 'a domain name like swarm.acme.example'
    example: 'swarm.acme.example'
  })
  domain: string?

  @description('Published ports.')
  @metadata({ default: [{ port: 80 }, { port: 443 }] })
  ports: Port[]

  @description('When an idle connection is cut.')
  @minValue(4)
  @maxValue(30)
  @metadata({ default: 30, unit: 'minutes' })
  idleTimeout: int

  @description('Seconds between two probes.')
  @minValue(5)
  @maxValue(60)
  @metadata({ default: 5, unit: 'seconds' })
  probeInterval: int

  @description('Probes that must fail, or succeed, before a manager is taken out, or back.')
  @minValue(1)
  @maxValue(10)
  @metadata({ default: 2, unit: 'probes' })
  probeThreshold: int
}

// ---------------------------------------------------------------------------------------------- machines

@export()
@description('Linux managers.')
type LinuxManagers = {
  @description('Operating system of the managers.')
  @metadata({ default: 'linux' })
  os: 'linux'

  @description('Number of managers: 3 bear the loss of one, 5 of two, 7 of three.')
  @metadata({ default: 3, unit: 'machines' })
  count: 1 | 3 | 5 | 7

  @description('Size of each machine. A change restarts all managers at the same time.')
  @metadata({ default: 'Standard_D2s_v5' })
  size: MachineSize

  @description('What the machines start from. Azure refuses another image for a machine that exists: delete a manager, then deploy, one after the other.')
  @metadata({ default: {} })
  image: LinuxImage

  @description('How the managers are kept apart: in availability zones, in an availability set, or not at all.')
  @metadata({ default: 'zones' })
  availability: 'zones' | 'set' | 'none'

  @description('Zones of the managers, used in turn; those of the swarm where it is left out.')
  zones: Zone[]?

  @description('Fixed private addresses, one a manager; those from the fourth host of the subnet on where it is left out.')
  addresses: string[]?

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('Disk for Docker, a resource of its own.')
  @metadata({ default: {} })
  dataDisk: DataDisk

  @description('Whether the network adapter talks to the hardware directly; the size must support it.')
  @metadata({ default: true })
  acceleratedNetworking: bool

  @description('Whether anything may run on managers. False drains them, which also leaves no place for Traefik and Portainer.')
  @metadata({ default: true })
  schedulable: bool

  @description('Node labels of every manager.')
  @metadata({ default: {} })
  labels: { *: string }

  @description('Images that are pulled beforehand.')
  @metadata({ default: [] })
  images: string[]

  @description('How full the disk of Docker may be before unused images are removed.')
  @minValue(50)
  @maxValue(99)
  @metadata({ default: 80, unit: 'percent' })
  evictImagesAt: int

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the managers, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('Windows managers, for a swarm of Windows machines only.')
type WindowsManagers = {
  @description('Operating system of the managers.')
  os: 'windows'

  @description('Number of managers: 3 bear the loss of one, 5 of two, 7 of three.')
  @metadata({ default: 3, unit: 'machines' })
  count: 1 | 3 | 5 | 7

  @description('Size of each machine. A change restarts all managers at the same time.')
  @metadata({ default: 'Standard_D4s_v5' })
  size: MachineSize

  @description('What the machines start from. Azure refuses another image for a machine that exists: delete a manager, then deploy, one after the other.')
  @metadata({ default: {} })
  image: WindowsImage

  @description('Use Windows licences of your own (Azure Hybrid Benefit).')
  @metadata({ default: false })
  hybridBenefit: bool

  @description('How the managers are kept apart: in availability zones, in an availability set, or not at all.')
  @metadata({ default: 'zones' })
  availability: 'zones' | 'set' | 'none'

  @description('Zones of the managers, used in turn; those of the swarm where it is left out.')
  zones: Zone[]?

  @description('Fixed private addresses, one a manager; those from the fourth host of the subnet on where it is left out.')
  addresses: string[]?

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('Disk for Docker, a resource of its own.')
  @metadata({ default: {} })
  dataDisk: DataDisk

  @description('Whether the network adapter talks to the hardware directly; the size must support it.')
  @metadata({ default: true })
  acceleratedNetworking: bool

  @description('Whether anything may run on managers. False drains them, which also leaves no place for Traefik and Portainer.')
  @metadata({ default: true })
  schedulable: bool

  @description('Node labels of every manager.')
  @metadata({ default: {} })
  labels: { *: string }

  @description('Images that are pulled beforehand.')
  @metadata({ default: [] })
  images: string[]

  @description('How full the disk of Docker may be before unused images are removed.')
  @minValue(50)
  @maxValue(99)
  @metadata({ default: 80, unit: 'percent' })
  evictImagesAt: int

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the managers, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('The machines that run the swarm itself, and the published ports.')
@discriminator('os')
type Managers = LinuxManagers | WindowsManagers

@export()
@description('Other limits at certain times.')
type Schedule = {
  @description('Days of the week.')
  @minLength(1)
  @metadata({ default: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] })
  days: Weekday[]

  @description('Time of day when it begins.')
  start: TimeOfDay

  @description('Time of day when it ends.')
  @metadata({ example: '18:00' })
  end: TimeOfDay

  @description('Time zone of both, by its Windows name.')
  @metadata({ default: 'UTC', example: 'W. Europe Standard Time' })
  timeZone: string

  @description('Fewest machines then.')
  @minValue(0)
  @maxValue(1000)
  @metadata({ unit: 'machines' })
  min: int

  @description('Most machines then.')
  @minValue(0)
  @maxValue(1000)
  @metadata({ unit: 'machines' })
  max: int
}

@export()
@description('When a pool grows and shrinks by itself.')
type Autoscale = {
  @description('Fewest machines.')
  @minValue(0)
  @maxValue(1000)
  @metadata({ unit: 'machines' })
  min: int

  @description('Most machines.')
  @minValue(1)
  @maxValue(1000)
  @metadata({ unit: 'machines' })
  max: int

  @description('Processor use, averaged over the pool, from which it grows; it shrinks below half of it. Not looked at where it is left out.')
  @minValue(10)
  @maxValue(95)
  @metadata({ unit: 'percent', example: 70 })
  cpu: int?

  @description('Memory use, averaged over the pool, from which it grows; it shrinks below half of it. Not looked at where it is left out.')
  @minValue(10)
  @maxValue(95)
  @metadata({ unit: 'percent', example: 80 })
  memory: int?

  @description('How many machines are added at a time.')
  @minValue(1)
  @maxValue(100)
  @metadata({ default: 1, unit: 'machines' })
  step: int

  @description('Over how long use is averaged.')
  @minValue(5)
  @maxValue(720)
  @metadata({ default: 10, unit: 'minutes' })
  window: int

  @description('Pause after each change.')
  @minValue(1)
  @maxValue(10080)
  @metadata({ default: 10, unit: 'minutes' })
  cooldown: int

  @description('Other limits at certain times, by name.')
  @metadata({ default: {} })
  schedules: { *: Schedule }
}

@export()
@description('Surplus machines of Azure: cheap, and taken away with 30 seconds\' notice. Not for sizes of the B series.')
type Spot = {
  @description('Highest price of a machine per hour, in millionths of a US dollar (whole tens of them); up to the usual price where it is left out.')
  @minValue(1)
  @metadata({ unit: 'millionths of a US dollar per hour', example: 50000 })
  maxPrice: int?

  @description('What becomes of a machine that is taken away.')
  @metadata({ default: 'Delete' })
  eviction: 'Delete' | 'Deallocate'
}

@export()
@description('What happens to machines that report themselves unhealthy.')
type Repair = {
  @description('Whether they are repaired.')
  @metadata({ default: true })
  enabled: bool

  @description('How: a new machine, a restart, or a fresh system disk.')
  @metadata({ default: 'Replace' })
  action: 'Replace' | 'Restart' | 'Reimage'

  @description('How long a machine may be unhealthy, also while it starts, before it is repaired.')
  @minValue(10)
  @maxValue(90)
  @metadata({ default: 60, unit: 'minutes' })
  grace: int
}

@export()
@description('A pool of Linux workers: one scale set.')
type LinuxPool = {
  @description('Operating system of the pool.')
  @metadata({ default: 'linux' })
  os: 'linux'

  @description('Number of machines at the first deployment; later the parameter of that pool decides.')
  @minValue(0)
  @maxValue(1000)
  @metadata({ default: 2, unit: 'machines' })
  count: int

  @description('Size of each machine.')
  @metadata({ default: 'Standard_D2s_v5' })
  size: MachineSize

  @description('What the machines start from. For another release or publisher make another pool: Azure takes only another version for a pool that exists.')
  @metadata({ default: {} })
  image: LinuxImage

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('Disk for Docker.')
  @metadata({ default: {} })
  dataDisk: DataDisk

  @description('Zones of the pool; those of the swarm where it is left out, none where it is empty. Cannot be changed later.')
  zones: Zone[]?

  @description('Subnet of the pool: an address range in a new network, a key of network.subnets.more in an existing one. The common one of the workers where it is left out.')
  subnet: string?

  @description('When the pool grows and shrinks by itself; never where it is left out.')
  autoscale: Autoscale?

  @description('Use surplus machines of Azure; not where it is left out.')
  spot: Spot?

  @description('What happens to unhealthy machines.')
  @metadata({ default: {} })
  repair: Repair

  @description('How machines that exist get a changed model: Manual (you say when), Rolling (in batches), Automatic (at once, in any order).')
  @metadata({ default: 'Manual' })
  upgrade: 'Manual' | 'Rolling' | 'Automatic'

  @description('How long a machine may empty itself before it is deleted. Spot machines are not asked.')
  @minValue(5)
  @maxValue(15)
  @metadata({ default: 5, unit: 'minutes' })
  notice: int

  @description('Which machine goes first when the pool shrinks.')
  @metadata({ default: 'Default' })
  scaleIn: 'Default' | 'OldestVM' | 'NewestVM'

  @description('Node labels of every machine of the pool.')
  @metadata({ default: {} })
  labels: { *: string }

  @description('Images that are pulled beforehand.')
  @metadata({ default: [] })
  images: string[]

  @description('How full the disk of Docker may be before unused images are removed.')
  @minValue(50)
  @maxValue(99)
  @metadata({ default: 80, unit: 'percent' })
  evictImagesAt: int

  @description('Whether the network adapter talks to the hardware directly; the size must support it.')
  @metadata({ default: true })
  acceleratedNetworking: bool

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the pool, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('A pool of Windows workers: one scale set.')
type WindowsPool = {
  @description('Operating system of the pool.')
  os: 'windows'

  @description('Number of machines at the first deployment; later the parameter of that pool decides.')
  @minValue(0)
  @maxValue(1000)
  @metadata({ default: 2, unit: 'machines' })
  count: int

  @description('Size of each machine.')
  @metadata({ default: 'Standard_D4s_v5' })
  size: MachineSize

  @description('What the machines start from. For another release or publisher make another pool: Azure takes only another version for a pool that exists.')
  @metadata({ default: {} })
  image: WindowsImage

  @description('Use Windows licences of your own (Azure Hybrid Benefit).')
  @metadata({ default: false })
  hybridBenefit: bool

  @description('How containers are kept apart unless a service says otherwise; hyperv needs a size with nested virtualization: with security.trustedLaunch one of v5 or newer.')
  @metadata({ default: 'process' })
  isolation: 'process' | 'hyperv'

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('Disk for Docker.')
  @metadata({ default: {} })
  dataDisk: DataDisk

  @description('Zones of the pool; those of the swarm where it is left out, none where it is empty. Cannot be changed later.')
  zones: Zone[]?

  @description('Subnet of the pool: an address range in a new network, a key of network.subnets.more in an existing one. The common one of the workers where it is left out.')
  subnet: string?

  @description('When the pool grows and shrinks by itself; never where it is left out.')
  autoscale: Autoscale?

  @description('Use surplus machines of Azure; not where it is left out.')
  spot: Spot?

  @description('What happens to unhealthy machines.')
  @metadata({ default: {} })
  repair: Repair

  @description('How machines that exist get a changed model: Manual (you say when), Rolling (in batches), Automatic (at once, in any order).')
  @metadata({ default: 'Manual' })
  upgrade: 'Manual' | 'Rolling' | 'Automatic'

  @description('How long a machine may empty itself before it is deleted. Spot machines are not asked.')
  @minValue(5)
  @maxValue(15)
  @metadata({ default: 5, unit: 'minutes' })
  notice: int

  @description('Which machine goes first when the pool shrinks.')
  @metadata({ default: 'Default' })
  scaleIn: 'Default' | 'OldestVM' | 'NewestVM'

  @description('Node labels of every machine of the pool.')
  @metadata({ default: {} })
  labels: { *: string }

  @description('Images that are pulled beforehand.')
  @metadata({ default: [] })
  images: string[]

  @description('How full the disk of Docker may be before unused images are removed.')
  @minValue(50)
  @maxValue(99)
  @metadata({ default: 80, unit: 'percent' })
  evictImagesAt: int

  @description('Whether the network adapter talks to the hardware directly; the size must support it.')
  @metadata({ default: true })
  acceleratedNetworking: bool

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the pool, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('Machines of one kind that do the work: one scale set.')
@discriminator('os')
type Pool = LinuxPool | WindowsPool

@export()
@description('No way in over SSH.')
type NoJumpbox = {
  @description('No way in over SSH.')
  @metadata({ default: 'none' })
  kind: 'none'
}

@export()
@description('Daily switching off.')
type Shutdown = {
  @description('Time of day.')
  @metadata({ default: '19:00' })
  time: TimeOfDay

  @description('Its time zone, by its Windows name.')
  @metadata({ default: 'UTC', example: 'W. Europe Standard Time' })
  timeZone: string
}

@export()
@description('A Linux machine from which operators reach the nodes over SSH.')
type LinuxJumpbox = {
  @description('A Linux machine from which operators reach the nodes over SSH.')
  kind: 'linux'

  @description('From where SSH is allowed: address ranges. Nobody where the list is empty.')
  @metadata({ default: [], example: ['203.0.113.0/24'] })
  sources: string[]

  @description('Size of the machine.')
  @metadata({ default: 'Standard_B2s_v2' })
  size: MachineSize

  @description('What the machine starts from.')
  @metadata({ default: {} })
  image: LinuxImage

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('First label of its DNS name; made of the name and a hash of the resource group where it is left out.')
  @metadata({
    pattern: '^[a-z][a-z0-9-]{1,61}[a-z0-9]$'
    patternHint: '3 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last'
    example: 'acme-jump'
  })
  dnsLabel: string?

  @description('When the machine is switched off every day; never where it is left out.')
  shutdown: Shutdown?

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the jumpbox, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('A Windows machine from which operators reach the nodes over SSH.')
type WindowsJumpbox = {
  @description('A Windows machine from which operators reach the nodes over SSH.')
  kind: 'windows'

  @description('From where SSH is allowed: address ranges. Nobody where the list is empty.')
  @metadata({ default: [], example: ['203.0.113.0/24'] })
  sources: string[]

  @description('Size of the machine.')
  @metadata({ default: 'Standard_B2s_v2' })
  size: MachineSize

  @description('What the machine starts from.')
  @metadata({ default: {} })
  image: WindowsImage

  @description('Use Windows licences of your own (Azure Hybrid Benefit).')
  @metadata({ default: false })
  hybridBenefit: bool

  @description('Disk with the operating system.')
  @metadata({ default: {} })
  osDisk: OsDisk

  @description('First label of its DNS name; made of the name and a hash of the resource group where it is left out.')
  @metadata({
    pattern: '^[a-z][a-z0-9-]{1,61}[a-z0-9]$'
    patternHint: '3 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last'
    example: 'acme-jump'
  })
  dnsLabel: string?

  @description('When the machine is switched off every day; never where it is left out.')
  shutdown: Shutdown?

  @description('Scripts of your own.')
  @metadata({ default: {} })
  scripts: Scripts

  @description('Tags of the jumpbox, added to those of the swarm.')
  @metadata({ default: {} })
  tags: { *: string }
}

@export()
@description('Azure Bastion: SSH through Azure, without a machine of one\'s own.')
type BastionJumpbox = {
  @description('Azure Bastion: SSH through Azure, without a machine of one\'s own.')
  kind: 'bastion'

  @description('Developer is free, in the portal only and not in every region; Standard and Premium also serve native SSH clients.')
  @metadata({ default: 'Standard' })
  sku: 'Developer' | 'Basic' | 'Standard' | 'Premium'

  @description('From where it may be used: address ranges or service tags.')
  @minLength(1)
  @metadata({ default: ['Internet'] })
  sources: string[]
}

@export()
@description('The way in for operators.')
@discriminator('kind')
type Jumpbox = NoJumpbox | LinuxJumpbox | WindowsJumpbox | BastionJumpbox

@export()
@description('How machines are protected.')
type Security = {
  @description('Secure boot and a virtual TPM; needs Generation 2 images and sizes. Cannot be switched on later for a pool.')
  @metadata({ default: true })
  trustedLaunch: bool

  @description('Encrypt also temporary disks and caches on the host; the subscription must have the feature Microsoft.Compute/EncryptionAtHost.')
  @metadata({ default: false })
  encryptionAtHost: bool
}

// ---------------------------------------------------------------------------------------------- people and secrets

@export()
@description('Somebody who may read what people need, such as Portainer\'s password.')
type Operator = {
  @description('Object ID in Microsoft Entra ID.')
  @metadata({
    pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
    patternHint: 'an ID of the form 22222222-2222-2222-2222-222222222222'
    example: '22222222-2222-2222-2222-222222222222'
  })
  id: string

  @description('What the ID stands for.')
  @metadata({ default: 'User' })
  type: 'User' | 'Group' | 'ServicePrincipal'
}

@export()
@description('Who operates the swarm.')
type Access = {
  @description('Public SSH keys of the operators. Nodes read them from the vault, so they can change; the bootstrap key of the parameters always works.')
  @metadata({ default: [], example: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI… anna@acme.example'] })
  sshKeys: string[]

  @description('Who may read the secrets that people need.')
  @metadata({ default: [] })
  operators: Operator[]

  @description('Whether who deploys may read them too.')
  @metadata({ default: true })
  deployer: bool
}

@export()
@description('A secret whose value is a secure parameter of the deployment.')
type ParameterSecret = {
  @description('A secret whose value is a secure parameter of the deployment.')
  @metadata({ default: 'parameter' })
  kind: 'parameter'

  @description('Which nodes may read it.')
  @metadata({ default: ['managers'] })
  readers: ('managers' | 'workers' | 'jumpbox')[]

  @description('Whether there is a Docker secret of the same name and value, for your own stacks; managers must be among the readers.')
  @metadata({ default: false })
  docker: bool
}

@export()
@description('A secret that nodes read from another vault.')
type VaultSecret = {
  @description('A secret that nodes read from another vault.')
  kind: 'vault'

  @description('Resource ID of that vault, which must use role-based access.')
  @metadata({
    pattern: '^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.KeyVault/vaults/[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$'
    example: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-shared'
  })
  vault: string

  @description('Name of the secret there; the same as here where it is left out.')
  @metadata({ pattern: '^[A-Za-z0-9-]{1,127}$', patternHint: '1 to 127 letters, digits and hyphens' })
  name: string?

  @description('Which nodes may read it.')
  @metadata({ default: ['managers'] })
  readers: ('managers' | 'workers' | 'jumpbox')[]

  @description('Whether there is a Docker secret of the same name and value, for your own stacks; managers must be among the readers.')
  @metadata({ default: false })
  docker: bool
}

@export()
@description('A secret of your own.')
@discriminator('kind')
type Secret = ParameterSecret | VaultSecret

@export()
@description('Sign-in at a registry with a name and a password.')
type PasswordRegistry = {
  @description('Sign-in at a registry with a name and a password.')
  @metadata({ default: 'password' })
  kind: 'password'

  @description('Name of the account.')
  username: string

  @description('Name of the secret (one of secrets) with its password; managers and workers may read it.')
  secret: string
}

@export()
@description('Sign-in at an Azure Container Registry with the identity of the nodes, without any password.')
type IdentityRegistry = {
  @description('Sign-in at an Azure Container Registry with the identity of the nodes, without any password.')
  kind: 'identity'

  @description('Resource ID of the registry, in which the nodes then get the role AcrPull; it may be of another subscription. Where it is left out, give the identities of managers and workers a role yourself.')
  @metadata({
    pattern: '^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\\.ContainerRegistry/registries/[A-Za-z0-9]{5,50}$'
    example: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/images/providers/Microsoft.ContainerRegistry/registries/acmeimages'
  })
  id: string?
}

@export()
@description('Sign-in at a container registry.')
@discriminator('kind')
type Registry = PasswordRegistry | IdentityRegistry

@export()
@description('The key vault of the swarm.')
type Vault = {
  @description('Its name; made of the name and a hash of the resource group where it is left out.')
  @metadata({
    pattern: '^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$'
    patternHint: '3 to 24 letters, digits and single hyphens, a letter first and no hyphen last'
  })
  name: string?

  @description('How long deleted secrets can be brought back. Cannot be changed later.')
  @minValue(7)
  @maxValue(90)
  @metadata({ default: 7, unit: 'days' })
  softDelete: int

  @description('Forbid purging deleted secrets. Cannot be taken back.')
  @metadata({ default: false })
  purgeProtection: bool

  @description('Recover the vault of a deleted resource group of the same name, as it was, instead of making a new one. For one deployment only: Azure refuses it once the vault is there.')
  @metadata({ default: false })
  recover: bool

  @description('From where it can be reached: everywhere (with a role), the nodes\' subnets by a service endpoint, or by a private endpoint.')
  @metadata({ default: 'public' })
  network: 'public' | 'subnets' | 'private'

  @description('Address ranges that reach it nevertheless when it is not public.')
  @metadata({ default: [], example: ['203.0.113.0/24'] })
  sources: string[]
}

@export()
@description('The storage account with the share of all nodes.')
type Storage = {
  @description('Whether there is one.')
  @metadata({ default: true })
  enabled: bool

  @description('Name of the account; made of the name and a hash of the resource group where it is left out.')
  @metadata({ pattern: '^[a-z0-9]{3,24}$', patternHint: '3 to 24 lower-case letters and digits' })
  name: string?

  @description('Kind of storage; Premium for a share on SSDs. Where it is left out Standard_ZRS, or Standard_LRS if the swarm has no zones.')
  sku: ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS' | 'Premium_LRS' | 'Premium_ZRS')?

  @description('Name of the share.')
  @metadata({
    default: 'swarm'
    pattern: '^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$'
    patternHint: '3 to 63 lower-case letters, digits and single hyphens, no hyphen at either end'
  })
  share: string

  @description('Most that the share may hold; at least 100 on Premium.')
  @minValue(1)
  @maxValue(102400)
  @metadata({ default: 100, unit: 'GiB' })
  quota: int

  @description('How long a deleted share can be brought back; 0 for not at all.')
  @minValue(0)
  @maxValue(365)
  @metadata({ default: 14, unit: 'days' })
  softDelete: int

  @description('How nodes sign in: by the account\'s key from the vault, or by their identity (Ubuntu only; in preview at Azure).')
  @metadata({ default: 'key' })
  access: 'key' | 'identity'

  @description('Where Linux nodes mount it.')
  @metadata({
    default: '/mnt/swarm'
    pattern: '^/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$'
    patternHint: 'an absolute path of letters, digits, dots, hyphens and underscores'
  })
  path: string

  @description('Which drive it is on Windows nodes.')
  @metadata({ default: 'S:', pattern: '^[F-Z]:$', patternHint: 'a drive from F: to Z:' })
  drive: string

  @description('From where it can be reached: everywhere (with the key or a role), the nodes\' subnets by a service endpoint, or by a private endpoint.')
  @metadata({ default: 'subnets' })
  network: 'public' | 'subnets' | 'private'

  @description('Address ranges that reach it nevertheless when it is not public.')
  @metadata({ default: [], example: ['203.0.113.0/24'] })
  sources: string[]
}

@export()
@description('Copies of the swarm\'s state (services, secrets, tokens) on the share, encrypted, from which it can be rebuilt.')
type Backup = {
  @description('Whether there are any; where it is left out, if there is a share.')
  enabled: bool?

  @description('Time between two.')
  @minValue(1)
  @maxValue(168)
  @metadata({ default: 6, unit: 'hours' })
  hours: int

  @description('How many are kept.')
  @minValue(1)
  @maxValue(1000)
  @metadata({ default: 28, unit: 'copies' })
  keep: int
}

// ---------------------------------------------------------------------------------------------- what runs

@export()
@description('The Docker Engine.')
type Engine = {
  @description('Version of the engine, on Linux and Windows.')
  @metadata({
    default: '28.5.2'
    pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$'
    patternHint: 'three numbers with dots between them'
  })
  version: string

  @description('SHA-256 of the archive docker-VERSION.zip for Windows; that of the version which swarmgen knows where it is left out.')
  @metadata({ pattern: '^[0-9a-f]{64}$', patternHint: '64 lower-case hexadecimal digits' })
  windowsSha256: string?

  @description('Addresses of overlay networks; must not touch the network of the nodes.')
  @metadata({ default: '10.10.0.0/16' })
  addressPool: AddressRange

  @description('Size of each overlay network: 24 for 253 addresses.')
  @minValue(16)
  @maxValue(29)
  @metadata({ default: 24, unit: 'bits' })
  subnetSize: int
}

@export()
@description('Security updates of the nodes\' operating systems.')
type Updates = {
  @description('Whether nodes install them by themselves, and restart where that is needed: one node at a time, emptied before, and only in these hours.')
  @metadata({ default: true })
  enabled: bool

  @description('Days on which nodes may restart.')
  @minLength(1)
  @metadata({ default: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] })
  days: Weekday[]

  @description('From when on those days, in UTC.')
  @metadata({ default: '02:00' })
  from: TimeOfDay

  @description('For how long.')
  @minValue(1)
  @maxValue(24)
  @metadata({ default: 4, unit: 'hours' })
  hours: int
}

@export()
@description('How certificates are had from an ACME authority, such as Let\'s Encrypt.')
type Acme = {
  @description('Whether they are; without it Traefik serves its own, self-signed certificate.')
  @metadata({ default: true })
  enabled: bool

  @description('Mail address of the account; contact where it is left out.')
  @metadata({ pattern: '^[^@\\s]+@[^@\\s]+$', patternHint: 'a mail address' })
  email: string?

  @description('Address of the authority\'s directory.')
  @metadata({
    default: 'https://acme-v02.api.letsencrypt.org/directory'
    pattern: '^https://[^\\s]+$'
    patternHint: 'an address that begins with https://'
    example: 'https://acme-staging-v02.api.letsencrypt.org/directory'
  })
  server: string

  @description('How the authority checks the domain: over port 443 or port 80.')
  @metadata({ default: 'tls' })
  challenge: 'tls' | 'http'
}

@export()
@description('Traefik, the way from the published ports to services.')
type Traefik = {
  @description('Version of Traefik 3.')
  @metadata({ default: 'v3.7.11', pattern: '^v3\\.[0-9]+\\.[0-9]+$', patternHint: 'a version like v3.7.11' })
  version: string

  @description('Largest body of a request; no limit where it is 0.')
  @minValue(0)
  @metadata({ default: 0, unit: 'bytes' })
  bodyLimit: int

  @description('Whether certificates of services that speak HTTPS themselves are checked.')
  @metadata({ default: true })
  verifyBackends: bool

  @description('How certificates are had.')
  @metadata({ default: {} })
  acme: Acme

  @description('Name of the secret (one of secrets, which managers may read) with a certificate of your own and its key, both in PEM: for the names in it, and for all that have no other. None where it is left out.')
  @metadata({ example: 'certificate' })
  certificate: string?
}

@export()
@description('Portainer, the page on which the swarm is looked at and operated.')
type Portainer = {
  @description('Whether it is there.')
  @metadata({ default: true })
  enabled: bool

  @description('Version of Portainer CE and its agent.')
  @metadata({
    default: '2.45.0'
    pattern: '^2\\.[0-9]+\\.[0-9]+$'
    patternHint: 'three numbers with dots between them, 2 first'
  })
  version: string

  @description('Path under the domain.')
  @metadata({
    default: '/portainer'
    pattern: '^/[a-z0-9-]+$'
    patternHint: 'a slash, then lower-case letters, digits and hyphens'
  })
  path: string
}

@export()
@description('What serves the swarm. The overlay network traefik-public and the certificate resolver letsencrypt are there for your own stacks.')
type Stack = {
  @description('Whether Traefik and Portainer are deployed.')
  @metadata({ default: true })
  enabled: bool

  @description('Traefik.')
  @metadata({ default: {} })
  traefik: Traefik

  @description('Portainer.')
  @metadata({ default: {} })
  portainer: Portainer
}

@export()
@description('When somebody is told.')
type Alerts = {
  @description('Whether there are alerts; where it is left out, if there is a contact.')
  enabled: bool?

  @description('Free space of a disk below which there is a warning.')
  @minValue(1)
  @maxValue(50)
  @metadata({ default: 10, unit: 'percent' })
  diskWarning: int

  @description('Free space of a disk below which there is an alarm.')
  @minValue(1)
  @maxValue(50)
  @metadata({ default: 5, unit: 'percent' })
  diskAlarm: int
}

@export()
@description('What is measured and kept.')
type Monitoring = {
  @description('Whether anything is.')
  @metadata({ default: true })
  enabled: bool

  @description('How long data are kept.')
  @minValue(30)
  @maxValue(730)
  @metadata({ default: 30, unit: 'days' })
  retention: int

  @description('Most data of one day; no limit where it is left out.')
  @minValue(1)
  @metadata({ unit: 'GB', example: 5 })
  dailyQuota: int?

  @description('Seconds between two measurements of processor, memory and disk.')
  @minValue(10)
  @maxValue(1800)
  @metadata({ default: 60, unit: 'seconds' })
  interval: int

  @description('Whether syslog and Windows events are kept too.')
  @metadata({ default: true })
  logs: bool

  @description('Whether vault, share and load balancer keep their logs there too.')
  @metadata({ default: true })
  diagnostics: bool

  @description('When somebody is told.')
  @metadata({ default: {} })
  alerts: Alerts
}

@export()
@description('How `swarmgen deploy` brings the swarm to Azure. The template does not depend on it.')
type Deployment = {
  @description('incremental leaves alone what is no longer described; stack (a deployment stack) deletes it.')
  @metadata({ default: 'incremental' })
  mode: 'incremental' | 'stack'

  @description('The resource group; said with --group where it is left out.')
  @metadata({
    pattern: '^[-A-Za-z0-9_.()]{0,89}[-A-Za-z0-9_()]$'
    patternHint: '1 to 90 letters, digits and -_.(), no dot last'
    example: 'acme-swarm'
  })
  group: string?

  @description('The region of that group if it is made; said with --location where it is left out.')
  @metadata({ pattern: '^[a-z0-9]+$', patternHint: 'a region like westeurope', example: 'westeurope' })
  location: string?
}

// ---------------------------------------------------------------------------------------------- the whole

@export()
@description('A Docker Swarm on Azure.')
type Swarm = {
  @description('Begins every resource\'s name.')
  @minLength(2)
  @maxLength(20)
  @metadata({
    pattern: '^[a-z][a-z0-9-]*[a-z0-9]$'
    patternHint: 'lower-case letters, digits and hyphens, a letter first and no hyphen last'
    example: 'acme'
  })
  name: string

  @description('Mail address for alerts and Let\'s Encrypt; neither writes to anybody where it is left out.')
  @metadata({ pattern: '^[^@\\s]+@[^@\\s]+$', patternHint: 'a mail address', example: 'ops@acme.example' })
  contact: string?

  @description('Tags of every resource, at most 13: secrets take no more.')
  @metadata({ default: {}, example: { costCentre: '4711' } })
  tags: { *: string }

  @description('Availability zones of machines; none for regions without zones. Public addresses are in all zones, or in none.')
  @metadata({ default: ['1', '2', '3'] })
  zones: Zone[]

  @description('The machines that run the swarm itself.')
  @metadata({ default: {} })
  managers: Managers

  @description('Pools of machines that do the work, by name.')
  @metadata({ default: {}, example: { web: { count: 2 } } })
  workers: { *: Pool }

  @description('The network of the nodes.')
  @metadata({ default: {} })
  network: Network

  @description('The way from the internet to the swarm.')
  @metadata({ default: {} })
  ingress: Ingress

  @description('The way in for operators.')
  @metadata({ default: {} })
  jumpbox: Jumpbox

  @description('Who operates the swarm.')
  @metadata({ default: {} })
  access: Access

  @description('Secrets of your own, by name.')
  @metadata({ default: {}, example: { 'registry-password': { readers: ['managers', 'workers'] } } })
  secrets: { *: Secret }

  @description('Sign-ins at container registries, by server.')
  @metadata({ default: {}, example: { 'registry.acme.example': { username: 'swarm', secret: 'registry-password' } } })
  registries: { *: Registry }

  @description('The key vault.')
  @metadata({ default: {} })
  vault: Vault

  @description('The share of all nodes.')
  @metadata({ default: {} })
  storage: Storage

  @description('Copies of the swarm\'s state.')
  @metadata({ default: {} })
  backup: Backup

  @description('The Docker Engine.')
  @metadata({ default: {} })
  engine: Engine

  @description('Security updates.')
  @metadata({ default: {} })
  updates: Updates

  @description('Traefik and Portainer.')
  @metadata({ default: {} })
  stack: Stack

  @description('What is measured and kept.')
  @metadata({ default: {} })
  monitoring: Monitoring

  @description('How machines are protected.')
  @metadata({ default: {} })
  security: Security

  @description('What cannot be deleted by accident.')
  @metadata({ default: [] })
  locks: ('vault' | 'storage' | 'network' | 'addresses')[]

  @description('How it is brought to Azure.')
  @metadata({ default: {} })
  deployment: Deployment

  @description('Whether the nodes\' programs say more.')
  @metadata({ default: false })
  debug: bool
}
