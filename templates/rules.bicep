// rules.bicep: what a description must keep to across its fields. Each problem says where swarm.yaml must change, and
// names the numbers. What a single field must keep to stands at the field, in swarm.bicep.
import { Swarm } from 'swarm.bicep'
import {
  bastionPrefix
  endpointsPrefix
  hasBastion
  hasEndpoints
  hasJumpbox
  hasPortainer
  hasWindows
  healthPort
  jumpboxPrefix
  makesNetwork
  managerAddresses
  managersPrefix
  pingPort
  poolsWithSubnet
  windowsEngineSha256
  workersPrefix
} from 'plan.bicep'
import { secretNames } from 'roles.bicep'

@export()
@description('Something that is wrong with a description.')
type Problem = {
  @description('Dotted path in swarm.yaml.')
  at: string
  @description('What is wrong, and what would be right.')
  message: string
  @description('How bad it is; an error where it is left out.')
  level: ('error' | 'warning')?
}

@description('A problem; only where there is one is its message made.')
func problem(at string, message string) Problem[] => [{ at: at, message: message }]

@description('A warning, likewise.')
func warning(at string, message string) Problem[] => [{ at: at, message: message, level: 'warning' }]

@description('Whether a text is made of these characters only.')
func madeOf(text string, allowed string) bool =>
  empty(filter(range(0, length(text)), i => !contains(allowed, substring(text, i, 1))))

@description('The items of a list that occur more than once.')
func repeated(list string[]) string[] => union(filter(list, item => length(filter(list, other => other == item)) > 1), [])

// ---------------------------------------------------------------------------------------------- address ranges

@description('Whether a text is made of digits only.')
func isDigits(text string) bool => empty(join(split(text, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']), ''))

@description('Whether a text is an address.')
func isAddress(text string) bool =>
  length(split(text, '.')) == 4 && isDigits(join(split(text, '.'), '')) && empty(filter(
    split(text, '.'),
    part => empty(part) || length(part) > 3 || int(part) > 255
  ))

@description('An address as a number.')
func place(address string) int => reduce(split(address, '.'), 0, (sum, part) => sum * 256 + int(part))

@description('A number as an address.')
func addressAt(place int) string => '${place / 16777216}.${place / 65536 % 256}.${place / 256 % 256}.${place % 256}'

@description('Whether a text is a range of addresses, such as 10.0.0.0/16.')
func isRange(text string) bool =>
  length(split(text, '/')) == 2 && isAddress(split(text, '/')[0]) && !empty(split(text, '/')[1]) && length(split(
    text,
    '/'
  )[1]) <= 2 && isDigits(split(text, '/')[1]) && int(split(text, '/')[1]) <= 32

@description('How many bits of a range are fixed.')
func bits(prefix string) int => int(split(prefix, '/')[1])

@description('How many addresses a range has.')
func size(prefix string) int => reduce(range(0, 32 - bits(prefix)), 1, (product, i) => product * 2)

@description('First address of a range.')
func first(prefix string) int => place(split(prefix, '/')[0])

@description('Whether the first range lies in the second.')
func lies(inner string, outer string) bool =>
  first(inner) >= first(outer) && first(inner) + size(inner) <= first(outer) + size(outer)

@description('Whether two ranges share an address.')
func touch(a string, b string) bool => first(a) < first(b) + size(b) && first(b) < first(a) + size(a)

@description('A subnet that is used, and where the description speaks of it.')
type Place = {
  @description('Dotted path in swarm.yaml.')
  at: string
  @description('What it is called in messages.')
  name: string
  @description('Its addresses.')
  prefix: string
}

@description('Every range that the description names.')
func namedRanges(swarm Swarm) Place[] =>
  concat(
    [
      { at: 'network.prefix', name: 'the network', prefix: swarm.network.prefix }
      { at: 'engine.addressPool', name: 'the address pool of overlay networks', prefix: swarm.engine.addressPool }
    ],
    makesNetwork(swarm)
      ? concat(
          map(items(swarm.network.subnets), entry => {
            at: 'network.subnets.${entry.key}'
            name: 'the subnet ${entry.key}'
            prefix: entry.value
          }),
          map(poolsWithSubnet(swarm), pool => {
            at: 'workers.${pool.key}.subnet'
            name: 'the subnet of pool ${pool.key}'
            prefix: pool.value.subnet
          })
        )
      : concat(
          map(filter(items(swarm.network.subnets), entry => entry.key != 'more'), entry => {
            at: 'network.subnets.${entry.key}.prefix'
            name: 'the subnet ${entry.key}'
            prefix: entry.value.prefix
          }),
          map(items(swarm.network.subnets.more), entry => {
            at: 'network.subnets.more.${entry.key}.prefix'
            name: 'the subnet ${entry.key}'
            prefix: entry.value.prefix
          })
        )
  )

@description('Where a subnet of a new network is written, or where the network is, if the subnet follows from that.')
func subnetAt(swarm Swarm, key string) string =>
  contains(swarm.network.subnets, key) ? 'network.subnets.${key}' : 'network.prefix'

@description('The subnets of a new network.')
func newSubnets(swarm Swarm) Place[] =>
  concat(
    [
      { at: subnetAt(swarm, 'managers'), name: 'the subnet of the managers', prefix: managersPrefix(swarm) }
      { at: subnetAt(swarm, 'workers'), name: 'the subnet of the workers', prefix: workersPrefix(swarm) }
    ],
    hasJumpbox(swarm)
      ? [{ at: subnetAt(swarm, 'jumpbox'), name: 'the subnet of the jumpbox', prefix: jumpboxPrefix(swarm) }]
      : [],
    hasBastion(swarm)
      ? [{ at: subnetAt(swarm, 'bastion'), name: 'the subnet of Azure Bastion', prefix: bastionPrefix(swarm) }]
      : [],
    hasEndpoints(swarm)
      ? [{ at: subnetAt(swarm, 'endpoints'), name: 'the subnet of private endpoints', prefix: endpointsPrefix(swarm) }]
      : [],
    map(poolsWithSubnet(swarm), pool => {
      at: 'workers.${pool.key}.subnet'
      name: 'the subnet of pool ${pool.key}'
      prefix: pool.value.subnet
    })
  )

@description('First address and the one behind the last of each subnet, in order.')
func spans(subnets Place[]) object[] =>
  sort(
    map(subnets, subnet => { first: first(subnet.prefix), end: first(subnet.prefix) + size(subnet.prefix) }),
    (a, b) => a.first < b.first
  )

@description('Whether spans in order share an address: then two neighbours do.')
func crowded(spans object[]) bool =>
  !empty(filter(range(0, length(spans)), i => i > 0 && spans[i].first < spans[i - 1].end))

@description('Subnets that do not lie in the network, or share addresses.')
func layoutProblems(swarm Swarm, subnets Place[]) Problem[] =>
  concat(
    flatten(map(
      subnets,
      subnet =>
        !lies(subnet.prefix, swarm.network.prefix)
          ? problem(
              subnet.at,
              '${subnet.name} (${subnet.prefix}) does not lie in the network (${swarm.network.prefix})'
            )
          : []
    )),
    flatten(map(
      range(0, crowded(spans(subnets)) ? length(subnets) : 0),
      i =>
        flatten(map(
          range(0, i),
          j =>
            touch(subnets[i].prefix, subnets[j].prefix)
              ? problem(
                  subnets[i].at == 'network.prefix' ? subnets[j].at : subnets[i].at,
                  '${subnets[i].name} (${subnets[i].prefix}) shares addresses with ${subnets[j].name} (${subnets[j].prefix})'
                )
              : []
        ))
    ))
  )

@description('Most machines that a pool can have.')
func most(pool object) int =>
  max(concat(
    [pool.count, pool.?autoscale.?max ?? 0],
    map(items(pool.?autoscale.?schedules ?? {}), entry => entry.value.max)
  ))

// Azure keeps five addresses of each subnet for itself.
@description('A subnet that is too small for its machines.')
func roomProblems(at string, name string, prefix string, machines int) Problem[] =>
  machines > size(prefix) - 5
    ? problem(
        at,
        '${name} (${prefix}) has ${max(size(prefix) - 5, 0)} addresses for machines, but there can be ${machines}'
      )
    : []

// Subnets that are not written lie in the first /21 of the network.
@description('Whether subnets that are not written have room in the network.')
func layoutFits(swarm Swarm) bool =>
  !makesNetwork(swarm) || bits(swarm.network.prefix) <= 21 || (contains(swarm.network.subnets, 'managers') && contains(
    swarm.network.subnets,
    'workers'
  ) && (!hasJumpbox(swarm) || contains(swarm.network.subnets, 'jumpbox')) && (!hasBastion(swarm) || contains(
    swarm.network.subnets,
    'bastion'
  )) && (!hasEndpoints(swarm) || contains(swarm.network.subnets, 'endpoints')))

@description('Rules of each range by itself.')
func rangesProblems(swarm Swarm) Problem[] =>
  flatten(map(
    namedRanges(swarm),
    named =>
      !isRange(named.prefix)
        ? [
            {
              at: named.at
              message: '\'${named.prefix}\' is no range of addresses; expected four numbers up to 255 and a length up to 32, such as 10.0.0.0/16'
            }
          ]
        : first(named.prefix) % size(named.prefix) != 0
            ? problem(
                named.at,
                '\'${named.prefix}\' does not begin where a /${bits(named.prefix)} can begin; did you mean \'${addressAt(first(named.prefix) - first(named.prefix) % size(named.prefix))}/${bits(named.prefix)}\'?'
              )
            : []
  ))

@description('Rules of the network.')
func networkProblems(swarm Swarm) Problem[] =>
  concat(
    makesNetwork(swarm)
      ? concat(
          bits(swarm.network.prefix) < 8
            ? problem('network.prefix', '${swarm.network.prefix} is too large; Azure takes a /8 at most')
            : [],
          layoutProblems(swarm, newSubnets(swarm)),
          flatten(map(
            newSubnets(swarm),
            subnet =>
              bits(subnet.prefix) > 29
                ? problem(subnet.at, '${subnet.name} (${subnet.prefix}) is too small; Azure takes a /29 at least')
                : []
          )),
          hasBastion(swarm) && bits(bastionPrefix(swarm)) > 26
            ? problem(
                'network.subnets.bastion',
                '${bastionPrefix(swarm)} is too small; Azure Bastion needs a /26 at least'
              )
            : []
        )
      : concat(flatten(map(
          filter(namedRanges(swarm), named => startsWith(named.at, 'network.subnets.')),
          named =>
            !lies(named.prefix, swarm.network.prefix)
              ? problem(
                  named.at,
                  '${named.name} (${named.prefix}) does not lie in the network (${swarm.network.prefix})'
                )
              : []
        ))),
    touch(swarm.engine.addressPool, swarm.network.prefix)
      ? problem(
          'engine.addressPool',
          '${swarm.engine.addressPool} shares addresses with the network (${swarm.network.prefix}); containers could then not reach the nodes'
        )
      : [],
    swarm.engine.subnetSize <= bits(swarm.engine.addressPool)
      ? problem(
          'engine.subnetSize',
          'is ${swarm.engine.subnetSize}; networks must be smaller than the address pool (${swarm.engine.addressPool})'
        )
      : [],
    flatten(map(
      ['172.17.0.0/16', '172.18.0.0/16'],
      bridge =>
        touch(swarm.network.prefix, bridge)
          ? problem(
              'network.prefix',
              '${swarm.network.prefix} shares addresses with ${bridge}, which Docker uses on each machine'
            )
          : []
    )),
    flatten(map(
      ['172.17.0.0/16', '172.18.0.0/16'],
      bridge =>
        touch(swarm.engine.addressPool, bridge)
          ? problem(
              'engine.addressPool',
              '${swarm.engine.addressPool} shares addresses with ${bridge}, which Docker uses on each machine'
            )
          : []
    )),
    roomProblems(
      makesNetwork(swarm) ? subnetAt(swarm, 'managers') : 'network.subnets.managers.prefix',
      'the subnet of the managers',
      managersPrefix(swarm),
      swarm.managers.count
    ),
    roomProblems(
      makesNetwork(swarm) ? subnetAt(swarm, 'workers') : 'network.subnets.workers.prefix',
      'the subnet of the workers',
      workersPrefix(swarm),
      reduce(
        map(filter(items(swarm.workers), entry => entry.value.?subnet == null), entry => most(entry.value)),
        0,
        (sum, next) => sum + next
      )
    ),
    makesNetwork(swarm)
      ? flatten(map(
          poolsWithSubnet(swarm),
          pool =>
            roomProblems(
              'workers.${pool.key}.subnet',
              'the subnet of pool ${pool.key}',
              pool.value.subnet,
              most(pool.value)
            )
        ))
      : []
  )

// ---------------------------------------------------------------------------------------------- machines

@description('The part of a machine size that says what it has: D2ds of Standard_D2ds_v5.')
func features(size string) string => split('${size}__', '_')[1]

@description('Whether a machine size is of a series that cannot do Trusted Launch.')
func tooOldForTrustedLaunch(size string) bool =>
  startsWith(size, 'Basic_') || startsWith(size, 'Standard_A') || (contains(features(size), 'p') && endsWith(
    size,
    '_v5'
  )) || (startsWith(size, 'Standard_D') && !contains(features(size), 's') && (endsWith(size, '_v2') || endsWith(
    size,
    '_v3'
  )))

// Letters in a size: a p for an Arm processor, an s for Premium storage, a d for a disk of its own.
@description('Rules of machines of one kind: managers, a pool, the jumpbox.')
func machineProblems(swarm Swarm, at string, machine object, windows bool) Problem[] =>
  concat(
    swarm.security.trustedLaunch && tooOldForTrustedLaunch(machine.size)
      ? problem(
          '${at}.size',
          '${machine.size} cannot do Trusted Launch; take another size, or switch security.trustedLaunch off'
        )
      : [],
    contains(features(machine.size), 'p') && (windows || (machine.image.?architecture ?? 'arm64') != 'arm64')
      ? problem(
          windows ? '${at}.size' : '${at}.image.architecture',
          windows
            ? '${machine.size} has an Arm processor, for which there is no Windows Server'
            : '${machine.size} has an Arm processor; expected arm64'
        )
      : [],
    !contains(features(machine.size), 'p') && (machine.image.?architecture ?? 'x64') == 'arm64'
      ? problem(
          '${at}.image.architecture',
          '${machine.size} has no Arm processor; expected x64, or a size with a p such as Standard_D2ps_v6'
        )
      : [],
    startsWith(machine.osDisk.type, 'Premium_') && machine.osDisk.ephemeral == 'none' && !contains(
        features(machine.size),
        's'
      )
      ? problem(
          '${at}.osDisk.type',
          '${machine.size} takes no ${machine.osDisk.type}; take StandardSSD_LRS, or a size with an s such as Standard_D2s_v5'
        )
      : [],
    startsWith(machine.?dataDisk.?type ?? '', 'Premium_') && (machine.?dataDisk.?enabled ?? false) && !contains(
        features(machine.size),
        's'
      )
      ? problem(
          '${at}.dataDisk.type',
          '${machine.size} takes no ${machine.?dataDisk.?type ?? ''}; take StandardSSD_LRS, or a size with an s such as Standard_D2s_v5'
        )
      : [],
    contains(['resource', 'nvme'], machine.osDisk.ephemeral) && !contains(features(machine.size), 'd')
      ? problem(
          '${at}.osDisk.ephemeral',
          '${machine.size} has no disk of its own; take a size with a d such as Standard_D4ds_v5, or none'
        )
      : [],
    machine.osDisk.ephemeral != 'none' && (machine.osDisk.?size ?? 0) > 2040
      ? problem('${at}.osDisk.size', 'is ${machine.osDisk.?size ?? 0} GiB; an ephemeral disk has at most 2040')
      : [],
    windows && (machine.osDisk.?size ?? 127) < 127
      ? problem('${at}.osDisk.size', 'is ${machine.osDisk.?size ?? 127} GiB; the image of Windows Server needs 127')
      : []
  )

// userData holds 65,535 bytes in base64, which are 49,149 of JSON.
var userDataBytes = 49149

// Measured as JSON and rounded up: the node programs, and the facts but for what the description adds; on Windows an SSH
// key is among them, RSA with 4,096 bits at most. tests/scripts looks whether they still fit.
var linuxProgramBytes = 45888
var linuxFactsBytes = 1536
var windowsProgramBytes = 46592
var windowsFactsBytes = 1920

@description('How many bytes something takes as JSON.')
func bytesOf(facts object) int => length(base64(string(facts))) / 4 * 3

@description('What the node program and the facts of a machine take before the description adds anything.')
func programBytes(machine object) int =>
  (machine.?os ?? machine.?kind) == 'windows'
    ? windowsProgramBytes + windowsFactsBytes
    : linuxProgramBytes + linuxFactsBytes

@description('What the description adds to the userData of a machine.')
func textsOf(swarm Swarm, machine object) object => {
  scripts: map(
    concat(machine.scripts.before, machine.scripts.after),
    script => script.kind == 'file' ? script.file : '${script.url}${script.sha256}'
  )
  images: machine.?images
  labels: machine.?labels
  registries: swarm.registries
  secrets: filter(items(swarm.secrets), entry => entry.value.docker)
}

@description('What does not fit into userData.')
func userDataProblems(swarm Swarm, at string, machine object) Problem[] =>
  bytesOf(textsOf(swarm, machine)) > userDataBytes - programBytes(machine)
    ? problem(
        '${at}.scripts',
        'scripts, images, labels, registries and names of secrets take ${bytesOf(textsOf(swarm, machine))} bytes of the user data, which has room for ${userDataBytes - programBytes(machine)} beside the node program (${userDataBytes} in all); take a script from a URL instead'
      )
    : []

@description('Labels that only Docker itself may set.')
func labelProblems(at string, labels object) Problem[] =>
  flatten(map(
    filter(
      objectKeys(labels),
      label =>
        startsWith(label, 'com.docker.') || startsWith(label, 'io.docker.') || contains(label, ' ') || contains(
          label,
          '='
        )
    ),
    label =>
      true
        ? problem(
            '${at}.labels.${label}',
            '\'${label}\' cannot be a label: com.docker. and io.docker. are Docker\'s own, and there are no spaces and no = in it'
          )
        : []
  ))

// Azure takes 50 tags of a machine, 15 of a secret or a private DNS zone, and keys of 128 characters at a storage account.
@description('Tags beyond what Azure takes: those written here, beside those of the swarm.')
func tagProblems(at string, tags object, others object, own int, limit int) Problem[] =>
  concat(
    length(union(others, tags)) + own > limit
      ? problem(at, 'there are ${length(union(others, tags))}, and the swarm adds ${own}; Azure takes ${limit}')
      : [],
    flatten(map(
      items(tags),
      tag =>
        concat(
          length(tag.key) > 128 || length(tag.value) > 256 || length(split(
              tag.key,
              ['<', '>', '%', '&', '\\', '?', '/']
            )) > 1
            ? problem(
                '${at}.${tag.key}',
                'a tag has at most 128 characters, none of < > % & \\ ? /, and a value of at most 256'
              )
            : [],
          !empty(filter(['microsoft', 'azure', 'windows'], start => startsWith(toLower(tag.key), start)))
            ? problem('${at}.${tag.key}', 'tags that begin with microsoft, azure or windows are Azure\'s own')
            : [],
          !empty(filter(
              concat(objectKeys(tags), objectKeys(others), ['swarm', 'role', 'pool']),
              other => other != tag.key && toLower(other) == toLower(tag.key)
            ))
            ? problem(
                '${at}.${tag.key}',
                'there is such a tag in other letters, and Azure does not tell small ones from capital ones'
              )
            : []
        )
    ))
  )

@description('Where a secret is named that is not there, or not for these machines.')
func secretUseProblems(swarm Swarm, at string, name string, user string, reader string) Problem[] =>
  !contains(swarm.secrets, name)
    ? [{ at: at, message: '\'${name}\' is not one of secrets' }]
    : !contains(swarm.secrets[name].readers, reader)
        ? problem('secrets.${name}.readers', '${user} uses it; expected ${reader} among the readers')
        : []

@description('Rules of own scripts: secrets that they name, and files that no shell of Linux reads.')
func scriptProblems(swarm Swarm, at string, scripts object, reader string, windows bool) Problem[] =>
  flatten(map(
    ['before', 'after'],
    stage =>
      flatten(map(
        range(0, length(scripts[stage])),
        i =>
          concat(
            scripts[stage][i].?authorization == null
              ? []
              : secretUseProblems(
                  swarm,
                  '${at}.scripts.${stage}.${i}.authorization',
                  scripts[stage][i].authorization,
                  '${at}.scripts.${stage}',
                  reader
                ),
            !windows && endsWith(split(scripts[stage][i].?file ?? '', '\n')[0], '\r')
              ? problem(
                  '${at}.scripts.${stage}.${i}.file',
                  'ends its lines as on Windows (CR LF); a Linux machine takes the CR for a part of each command. Save it with LF, and keep it so: *.sh text eol=lf in .gitattributes'
                )
              : []
          )
      ))
  ))

@description('Rules of the managers.')
func managerProblems(swarm Swarm) Problem[] =>
  concat(
    machineProblems(swarm, 'managers', swarm.managers, swarm.managers.os == 'windows'),
    userDataProblems(swarm, 'managers', swarm.managers),
    labelProblems('managers', swarm.managers.labels),
    !swarm.managers.schedulable && swarm.stack.enabled
      ? problem(
          'managers.schedulable',
          'is false, which leaves no place for Traefik and Portainer: they run on managers; leave it out and constrain your services with node.role == worker, or write stack.enabled: false'
        )
      : [],
    tagProblems('managers.tags', swarm.managers.tags, swarm.tags, 2, 50),
    scriptProblems(swarm, 'managers', swarm.managers.scripts, 'managers', swarm.managers.os == 'windows'),
    swarm.managers.availability != 'zones' && swarm.managers.?zones != null
      ? problem(
          'managers.zones',
          'zones and an availability set exclude each other; leave zones out, or write availability: zones'
        )
      : [],
    map(repeated(swarm.managers.?zones ?? []), zone => { at: 'managers.zones', message: '${zone} occurs twice' }),
    swarm.managers.availability == 'zones' && empty(swarm.managers.?zones ?? swarm.zones) && swarm.managers.count > 1
      ? problem(
          'managers.availability',
          'there are no zones to keep ${swarm.managers.count} managers apart; expected set (an availability set) or none'
        )
      : [],
    swarm.managers.availability == 'none' && swarm.managers.count > 1
      ? warning(
          'managers.availability',
          'one broken rack can take all ${swarm.managers.count} managers; zones or set keeps them apart'
        )
      : [],
    swarm.managers.count == 1
      ? warning('managers.count', 'the swarm is gone with its only manager; 3 bear the loss of one')
      : [],
    swarm.managers.os == 'windows' && !empty(filter(items(swarm.workers), entry => entry.value.os == 'linux'))
      ? warning(
          'managers.os',
          'Linux managers serve a mixed swarm better: published ports and overlay networks of Windows nodes are less reliable'
        )
      : []
  )

@description('Rules of addresses that are written for the managers.')
func addressProblems(swarm Swarm) Problem[] =>
  concat(
    length(managerAddresses(swarm)) != swarm.managers.count
      ? problem(
          'managers.addresses',
          'there are ${length(managerAddresses(swarm))} for ${swarm.managers.count} ${swarm.managers.count == 1 ? 'manager' : 'managers'}'
        )
      : [],
    map(repeated(managerAddresses(swarm)), address => { at: 'managers.addresses', message: '${address} occurs twice' }),
    flatten(map(
      range(0, length(managerAddresses(swarm))),
      i =>
        !isAddress(managerAddresses(swarm)[i])
          ? [
              {
                at: 'managers.addresses.${i}'
                message: '\'${managerAddresses(swarm)[i]}\' is no address; expected four numbers up to 255'
              }
            ]
          : !lies('${managerAddresses(swarm)[i]}/32', managersPrefix(swarm)) || place(managerAddresses(swarm)[i]) < first(managersPrefix(swarm)) + 4 || place(managerAddresses(swarm)[i]) == first(managersPrefix(swarm)) + size(managersPrefix(swarm)) - 1
              ? problem(
                  'managers.addresses.${i}',
                  '${managerAddresses(swarm)[i]} is no address for a machine in the subnet of the managers (${managersPrefix(swarm)}): expected ${addressAt(first(managersPrefix(swarm)) + 4)} to ${addressAt(first(managersPrefix(swarm)) + size(managersPrefix(swarm)) - 2)}'
                )
              : []
    ))
  )

// ---------------------------------------------------------------------------------------------- pools

@description('Rules of the limits between which a pool grows and shrinks.')
func scaleProblems(at string, count int, scale object) Problem[] =>
  concat(
    scale.min > scale.max ? problem('${at}.autoscale.min', 'is ${scale.min}, more than max (${scale.max})') : [],
    scale.min <= scale.max && (count < scale.min || count > scale.max)
      ? problem(
          '${at}.count',
          'is ${count}; it must lie between autoscale.min (${scale.min}) and autoscale.max (${scale.max})'
        )
      : [],
    length(scale.schedules) > 9
      ? problem(
          '${at}.autoscale.schedules',
          'there are ${length(scale.schedules)}; Azure takes 20 profiles, which is 9 schedules'
        )
      : [],
    scale.?cpu == null && scale.?memory == null && empty(scale.schedules)
      ? warning('${at}.autoscale', 'nothing makes the pool grow or shrink; give cpu, memory or schedules')
      : [],
    flatten(map(
      items(scale.schedules),
      entry =>
        concat(
          entry.value.min > entry.value.max
            ? problem(
                '${at}.autoscale.schedules.${entry.key}.min',
                'is ${entry.value.min}, more than max (${entry.value.max})'
              )
            : [],
          entry.value.start == entry.value.end
            ? problem('${at}.autoscale.schedules.${entry.key}.end', 'is the same as start (${entry.value.start})')
            : []
        )
    ))
  )

@description('Rules of one pool.')
func poolProblems(swarm Swarm, key string, pool object) Problem[] =>
  concat(
    machineProblems(swarm, 'workers.${key}', pool, pool.os == 'windows'),
    userDataProblems(swarm, 'workers.${key}', pool),
    labelProblems('workers.${key}', pool.labels),
    tagProblems('workers.${key}.tags', pool.tags, swarm.tags, 3, 50),
    scriptProblems(swarm, 'workers.${key}', pool.scripts, 'workers', pool.os == 'windows'),
    !madeOf(key, 'abcdefghijklmnopqrstuvwxyz0123456789-') || !contains('abcdefghijklmnopqrstuvwxyz', take(key, 1)) || endsWith(
        key,
        '-'
      ) || length(key) > 20
      ? problem(
          'workers.${key}',
          'the name of a pool begins with a small letter, has only small letters, digits and hyphens, does not end in a hyphen, and has at most 20 characters (this one has ${length(key)})'
        )
      : [],
    contains(['manager', 'managers', 'workers', 'jumpbox', 'bastion', 'ingress', 'nat', 'vnet'], key)
      ? problem('workers.${key}', '\'${key}\' is what another resource of the swarm is called')
      : [],
    pool.?autoscale == null ? [] : scaleProblems('workers.${key}', pool.count, pool.autoscale),
    pool.image.kind == 'gallery' && most(pool) > 600
      ? problem(
          pool.count > 600 ? 'workers.${key}.count' : 'workers.${key}.autoscale.max',
          'there can be ${most(pool)} machines; a scale set with an image of your own has at most 600'
        )
      : [],
    !makesNetwork(swarm) && pool.?subnet != null && !contains(swarm.network.subnets.?more ?? {}, pool.?subnet ?? '')
      ? problem('workers.${key}.subnet', '\'${pool.?subnet ?? ''}\' is not one of network.subnets.more')
      : [],
    pool.os == 'windows' && swarm.storage.enabled && swarm.storage.access == 'identity'
      ? problem(
          'storage.access',
          'Windows nodes such as those of pool ${key} cannot sign in at the share by identity; expected key'
        )
      : [],
    pool.os == 'windows' && pool.isolation == 'hyperv' && (startsWith(pool.size, 'Standard_B') || swarm.security.trustedLaunch && !empty(filter(
        ['_v2', '_v3', '_v4'],
        version => endsWith(pool.size, version)
      )))
      ? problem(
          'workers.${key}.isolation',
          '${pool.size} cannot run Hyper-V${startsWith(pool.size, 'Standard_B') ? '' : ' with Trusted Launch'}; take a size of the D or E series, v5 or newer'
        )
      : [],
    pool.?spot != null && startsWith(pool.size, 'Standard_B')
      ? problem(
          'workers.${key}.size',
          'Azure has no Spot machines of the B series, such as ${pool.size}; take a size of the D or E series'
        )
      : [],
    (pool.?spot.?maxPrice ?? 0) % 10 != 0
      ? problem(
          'workers.${key}.spot.maxPrice',
          'is ${pool.?spot.?maxPrice ?? 0}; Azure takes prices with five decimals, so a whole number of tens'
        )
      : [],
    pool.?spot.?eviction == 'Deallocate' && pool.osDisk.ephemeral != 'none'
      ? problem(
          'workers.${key}.spot.eviction',
          'Deallocate keeps the disk of the system, which osDisk.ephemeral leaves on the host; expected Delete'
        )
      : [],
    map(repeated(pool.?zones ?? []), zone => { at: 'workers.${key}.zones', message: '${zone} occurs twice' }),
    pool.?spot != null && pool.upgrade == 'Rolling' && pool.?spot.?eviction == 'Deallocate'
      ? problem(
          'workers.${key}.upgrade',
          'Rolling needs all machines to run; with spot.eviction Deallocate some may be stopped'
        )
      : [],
    // Windows knows machines by 15 characters, of which 9 are left for the pool.
    map(
      filter(
        pool.os == 'windows' ? items(swarm.workers) : [],
        other => other.value.os == 'windows' && other.key < key && take(other.key, 9) == take(key, 9)
      ),
      other => {
        at: 'workers.${key}'
        message: 'its first 9 characters (\'${take(key, 9)}\') are those of pool ${other.key}; names of Windows machines would not differ'
      }
    )
  )

// ---------------------------------------------------------------------------------------------- what comes in, who comes in

// A security group takes a service tag, but only alone; the firewall of a vault or an account takes public addresses only.
@description('Sources that Azure does not take.')
func sourceProblems(at string, sources string[], firewall bool, longest int) Problem[] =>
  concat(
    map(repeated(sources), source => { at: at, message: '\'${source}\' occurs twice' }),
    flatten(map(
      range(0, length(sources)),
      i =>
        !isRange(sources[i]) && !isAddress(sources[i])
          ? firewall || length(sources) > 1 || madeOf(sources[i], '0123456789./')
              ? problem(
                  '${at}.${i}',
                  '\'${sources[i]}\' is no range of addresses such as 203.0.113.0/24${firewall || length(sources) == 1 ? '' : '; a service tag can only stand alone'}'
                )
              : []
          : flatten(map(
              [isRange(sources[i]) ? sources[i] : '${sources[i]}/32'],
              prefix =>
                concat(
                  first(prefix) % size(prefix) != 0
                    ? problem(
                        '${at}.${i}',
                        '\'${prefix}\' does not begin where a /${bits(prefix)} can begin; did you mean \'${addressAt(first(prefix) - first(prefix) % size(prefix))}/${bits(prefix)}\'?'
                      )
                    : [],
                  isRange(sources[i]) && bits(prefix) > longest
                    ? problem(
                        '${at}.${i}',
                        '\'${prefix}\' is too small for this firewall, which takes ranges up to /${longest}, and single addresses without a length'
                      )
                    : [],
                  firewall && !empty(filter(
                      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
                      private => touch(prefix, private)
                    ))
                    ? problem('${at}.${i}', '\'${sources[i]}\' is private; this firewall sees public addresses only')
                    : []
                )
            ))
    ))
  )

@description('Ports that the swarm itself needs.')
var reservedPorts = [22, 2377, 4789, 7946, pingPort, healthPort]

@description('Rules of published ports.')
func ingressProblems(swarm Swarm) Problem[] =>
  concat(
    length(swarm.ingress.ports) > 100
      ? problem('ingress.ports', 'there are ${length(swarm.ingress.ports)}; at most 100 fit into the security group')
      : [],
    swarm.ingress.enabled && empty(swarm.ingress.ports)
      ? problem('ingress.ports', 'is empty; publish a port, or write ingress.enabled: false')
      : [],
    map(
      repeated(map(swarm.ingress.ports, port => '${port.port}/${port.protocol}')),
      name => { at: 'ingress.ports', message: '${name} occurs twice' }
    ),
    flatten(map(
      range(0, length(swarm.ingress.ports)),
      i =>
        concat(
          contains(reservedPorts, swarm.ingress.ports[i].port)
            ? problem(
                'ingress.ports.${i}.port',
                '${swarm.ingress.ports[i].port} is needed by the swarm itself, like ${join(map(reservedPorts, port => string(port)), ', ')}'
              )
            : [],
          swarm.ingress.ports[i].?probe == 'ping' && !swarm.stack.enabled
            ? problem(
                'ingress.ports.${i}.probe',
                'ping asks Traefik, which stack.enabled: false leaves out; expected tcp or manager'
              )
            : [],
          swarm.ingress.ports[i].?probe == 'tcp' && swarm.ingress.ports[i].protocol == 'Udp'
            ? problem('ingress.ports.${i}.probe', 'a Udp port cannot be probed itself; expected ping or manager')
            : [],
          sourceProblems('ingress.ports.${i}.sources', swarm.ingress.ports[i].sources, false, 32)
        )
    )),
    hasPortainer(swarm) && swarm.ingress.enabled && !contains(map(swarm.ingress.ports, port => port.port), 443)
      ? problem(
          'ingress.ports',
          'Portainer is served on port 443, which is not among them; publish it, or write stack.portainer.enabled: false'
        )
      : [],
    swarm.stack.enabled && swarm.stack.traefik.acme.enabled && swarm.stack.traefik.acme.challenge == 'http' && !contains(
        map(swarm.ingress.ports, port => port.port),
        80
      )
      ? problem('stack.traefik.acme.challenge', 'http needs port 80, which ingress.ports does not publish')
      : []
  )

@description('Rules of the way in for operators.')
func jumpboxProblems(swarm Swarm) Problem[] =>
  concat(
    hasJumpbox(swarm)
      ? concat(
          machineProblems(swarm, 'jumpbox', swarm.jumpbox, swarm.jumpbox.kind == 'windows'),
          userDataProblems(swarm, 'jumpbox', swarm.jumpbox),
          tagProblems('jumpbox.tags', swarm.jumpbox.tags, swarm.tags, 2, 50),
          scriptProblems(swarm, 'jumpbox', swarm.jumpbox.scripts, 'jumpbox', swarm.jumpbox.kind == 'windows'),
          empty(swarm.jumpbox.sources)
            ? warning(
                'jumpbox.sources',
                'nobody can reach the jumpbox; name the address ranges from where operators come'
              )
            : [],
          !empty(intersection(swarm.jumpbox.sources, ['*', 'Internet', '0.0.0.0/0']))
            ? warning(
                'jumpbox.sources',
                'the whole internet may try SSH; name the address ranges from where operators come'
              )
            : [],
          swarm.jumpbox.osDisk.ephemeral != 'none' && swarm.jumpbox.?shutdown != null
            ? problem(
                'jumpbox.osDisk.ephemeral',
                'a machine whose system disk is on the host cannot be switched off; expected none, or leave shutdown out'
              )
            : []
        )
      : [],
    swarm.jumpbox.kind == 'none' ? [] : sourceProblems('jumpbox.sources', swarm.jumpbox.sources, false, 32),
    hasJumpbox(swarm) && !makesNetwork(swarm) && swarm.network.subnets.?jumpbox == null
      ? problem('network.subnets', 'there is a jumpbox, but no subnet for it; expected jumpbox: { name: …, prefix: … }')
      : [],
    hasBastion(swarm) && !makesNetwork(swarm) && swarm.network.subnets.?bastion == null
      ? problem(
          'network.subnets',
          'there is an Azure Bastion, but no subnet for it; expected bastion: { name: AzureBastionSubnet, prefix: … }'
        )
      : [],
    hasEndpoints(swarm) && !makesNetwork(swarm) && swarm.network.subnets.?endpoints == null
      ? problem(
          'network.subnets',
          'there are private endpoints, but no subnet for them; expected endpoints: { name: …, prefix: … }'
        )
      : [],
    !makesNetwork(swarm) && swarm.network.subnets.managers.name == swarm.network.subnets.?workers.?name && swarm.managers.?addresses == null
      ? warning(
          'network.subnets.workers',
          'is the subnet of the managers: Azure gives its first addresses to whoever comes first; name some at its end for managers.addresses'
        )
      : [],
    hasBastion(swarm) && !makesNetwork(swarm) && (swarm.network.subnets.?bastion.?name ?? 'AzureBastionSubnet') != 'AzureBastionSubnet'
      ? problem('network.subnets.bastion.name', 'Azure wants this subnet to be called AzureBastionSubnet')
      : []
  )

// ---------------------------------------------------------------------------------------------- secrets, storage, monitoring

@description('Rules of secrets and of registries that use them.')
func secretProblems(swarm Swarm) Problem[] =>
  concat(
    flatten(map(
      items(swarm.secrets),
      entry =>
        concat(
          !madeOf(entry.key, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-') || empty(entry.key) || length(entry.key) > 127
            ? problem(
                'secrets.${entry.key}',
                'the name of a secret has only letters, digits and hyphens, and at most 127 characters (this one has ${length(entry.key)})'
              )
            : [],
          contains(map(items(secretNames), own => own.value), toLower(entry.key))
            ? problem('secrets.${entry.key}', 'the swarm itself has a secret of this name')
            : [],
          empty(entry.value.readers) ? problem('secrets.${entry.key}.readers', 'is empty; nobody could read it') : [],
          entry.value.docker && !contains(entry.value.readers, 'managers')
            ? problem(
                'secrets.${entry.key}.docker',
                'managers make the Docker secret; expected managers among the readers'
              )
            : [],
          entry.value.docker && (length(entry.key) > 64 || startsWith(entry.key, '-') || endsWith(entry.key, '-'))
            ? problem(
                'secrets.${entry.key}.docker',
                'the name of a Docker secret has at most 64 characters (this one has ${length(entry.key)}), and no hyphen at either end'
              )
            : [],
          contains(entry.value.readers, 'jumpbox') && !hasJumpbox(swarm)
            ? warning('secrets.${entry.key}.readers', 'there is no machine as jumpbox')
            : []
        )
    )),
    flatten(map(
      items(swarm.registries),
      entry =>
        entry.value.kind == 'identity'
          ? !contains(entry.key, '.azurecr.')
              ? problem(
                  'registries.${entry.key}.kind',
                  '\'${entry.key}\' is no Azure Container Registry, such as acme.azurecr.io; expected password'
                )
              : []
          : flatten(map(
              empty(swarm.workers) || !contains(swarm.secrets, entry.value.secret)
                ? ['managers']
                : ['managers', 'workers'],
              reader =>
                secretUseProblems(
                  swarm,
                  'registries.${entry.key}.secret',
                  entry.value.secret,
                  'registries.${entry.key}',
                  reader
                )
            ))
    )),
    swarm.stack.enabled && swarm.stack.traefik.?certificate != null
      ? secretUseProblems(
          swarm,
          'stack.traefik.certificate',
          swarm.stack.traefik.certificate!,
          'stack.traefik.certificate',
          'managers'
        )
      : []
  )

@description('Rules of the share.')
func storageProblems(swarm Swarm) Problem[] =>
  swarm.storage.enabled
    ? concat(
        sourceProblems('storage.sources', swarm.storage.sources, true, 30),
        startsWith(swarm.storage.?sku ?? '', 'Premium_') && swarm.storage.quota < 100
          ? problem('storage.quota', 'is ${swarm.storage.quota} GiB; a Premium share has at least 100')
          : [],
        swarm.storage.access == 'identity' && swarm.managers.os == 'windows'
          ? problem('storage.access', 'Windows managers cannot sign in at the share by identity; expected key')
          : [],
        flatten(map(
          filter(
            concat(
              [{ at: 'managers', kind: swarm.managers.image.kind }],
              map(items(swarm.workers), entry => { at: 'workers.${entry.key}', kind: entry.value.image.kind })
            ),
            machine => machine.kind == 'debian'
          ),
          machine =>
            swarm.storage.access == 'identity'
              ? problem(
                  'storage.access',
                  'Debian, as in ${machine.at}, cannot sign in at the share by identity; expected key'
                )
              : []
        ))
      )
    : concat(
        contains(swarm.locks, 'storage') ? problem('locks', 'there is no storage to lock') : [],
        swarm.backup.?enabled == true
          ? problem('backup.enabled', 'copies go to the share, which storage.enabled: false leaves out')
          : []
      )

@description('Rules of monitoring.')
func monitoringProblems(swarm Swarm) Problem[] =>
  concat(
    swarm.monitoring.alerts.?enabled == true && swarm.?contact == null
      ? problem('contact', 'is missing; alerts need a mail address to go to')
      : [],
    swarm.monitoring.alerts.?enabled == true && !swarm.monitoring.enabled
      ? problem('monitoring.enabled', 'alerts need monitoring')
      : [],
    swarm.monitoring.alerts.diskAlarm >= swarm.monitoring.alerts.diskWarning
      ? problem(
          'monitoring.alerts.diskAlarm',
          'is ${swarm.monitoring.alerts.diskAlarm} percent; it must be less than diskWarning (${swarm.monitoring.alerts.diskWarning})'
        )
      : [],
    contains(swarm.locks, 'network') && !makesNetwork(swarm)
      ? problem('locks', 'the network is not of the swarm\'s making; lock it where it was made')
      : [],
    contains(swarm.locks, 'addresses') && !swarm.ingress.enabled && !hasJumpbox(swarm) && !(makesNetwork(swarm) && swarm.network.nat.enabled)
      ? problem('locks', 'there are no addresses to lock')
      : []
  )

// ---------------------------------------------------------------------------------------------- the whole

// Measured: what a manager, a pool and the rest take in the expanded template beside their userData.
var templateBytes = 4194304
var fixedBytes = 131072
var machineBytes = 16384

@description('How large the template can become, with a jumpbox; userData are there in base64.')
func expandedSize(swarm Swarm) int =>
  reduce(
    map(
      concat(map(range(0, swarm.managers.count), i => swarm.managers), map(items(swarm.workers), entry => entry.value)),
      machine => machineBytes + (programBytes(machine) + bytesOf(textsOf(swarm, machine))) / 3 * 4
    ),
    fixedBytes + machineBytes + programBytes({ os: 'windows' }) / 3 * 4,
    (sum, next) => sum + next
  )

// A secret holds 25,600 bytes. Measured and rounded up: the stack before the description adds anything; tests/scripts looks
// whether the compose files still leave 4,096 of them.
var secretBytes = 25600
var stackBytes = 12288

@description('How many bytes the stack takes.')
func stackSize(swarm Swarm) int =>
  stackBytes + bytesOf({ stack: swarm.stack, domain: swarm.ingress.?domain, contact: swarm.?contact })

@description('Rules of the whole.')
func wholeProblems(swarm Swarm) Problem[] =>
  concat(
    contains(swarm.name, '--')
      ? problem('name', 'has two hyphens in a row, which Azure does not take in the names made from it')
      : [],
    // One of the two is the turn: docs/node-facts.md.
    tagProblems('tags', swarm.tags, {}, 2, 15),
    sourceProblems('vault.sources', swarm.vault.sources, true, 32),
    hasWindows(swarm) && empty(windowsEngineSha256(swarm))
      ? problem(
          'engine.windowsSha256',
          'is missing; the SHA-256 of docker-${swarm.engine.version}.zip is not known here, and nodes install nothing unchecked'
        )
      : [],
    length(swarm.workers) > 40
      ? problem(
          'workers',
          'there are ${length(swarm.workers)} pools; at most 40 fit into a template with its 800 resources and 256 parameters'
        )
      : [],
    expandedSize(swarm) > templateBytes
      ? problem(
          'workers',
          'the template would have ${expandedSize(swarm)} bytes once it is expanded, and Azure takes ${templateBytes}; have fewer pools, or scripts from URLs'
        )
      : [],
    swarm.stack.enabled && stackSize(swarm) > secretBytes
      ? problem(
          'stack',
          'takes ${stackSize(swarm)} bytes with its compose files, and a secret holds ${secretBytes}; have shorter texts in stack and ingress.domain'
        )
      : [],
    map(repeated(swarm.zones), zone => { at: 'zones', message: '${zone} occurs twice' }),
    // What has a name in Azure's DNS: vault, account, addresses.
    map(
      filter(
        [
          { at: 'name', name: swarm.name }
          { at: 'vault.name', name: swarm.vault.?name ?? '' }
          { at: 'storage.name', name: swarm.storage.?name ?? '' }
          { at: 'ingress.dnsLabel', name: swarm.ingress.?dnsLabel ?? '' }
          { at: 'jumpbox.dnsLabel', name: swarm.jumpbox.?dnsLabel ?? '' }
        ],
        named =>
          contains(toLower(named.name), 'microsoft') || contains(toLower(named.name), 'windows') || startsWith(
            toLower(named.name),
            'login'
          )
      ),
      named => {
        at: named.at
        message: 'Azure gives no name with microsoft or windows in it, or login at its beginning'
      }
    ),
    map(
      filter(
        concat(
          [
            { at: 'storage.sku', kind: swarm.storage.enabled ? swarm.storage.?sku ?? '' : '' }
            { at: 'network.nat.sku', kind: swarm.network.?nat.?sku == 'StandardV2' ? 'StandardV2_ZRS' : '' }
            { at: 'managers.osDisk.type', kind: swarm.managers.osDisk.type }
            { at: 'managers.dataDisk.type', kind: swarm.managers.dataDisk.type }
          ],
          flatten(map(items(swarm.workers), entry => [
            { at: 'workers.${entry.key}.osDisk.type', kind: entry.value.osDisk.type }
            { at: 'workers.${entry.key}.dataDisk.type', kind: entry.value.dataDisk.type }
          ]))
        ),
        used => empty(swarm.zones) && endsWith(used.kind, 'ZRS')
      ),
      used => { at: used.at, message: 'is for regions with zones only; zones is empty', level: 'warning' }
    ),
    swarm.vault.recover
      ? warning(
          'vault.recover',
          'is for one deployment: Azure refuses it once the vault is there; swarmgen deploy brings a deleted vault back without it'
        )
      : [],
    map(
      repeated(map(swarm.access.operators, operator => toLower(operator.id))),
      id => { at: 'access.operators', message: '${id} occurs twice' }
    )
  )

@export()
@description('All that is wrong with a description; empty if nothing is.')
func problems(swarm Swarm) Problem[] =>
  concat(
    wholeProblems(swarm),
    managerProblems(swarm),
    rangesProblems(swarm),
    !empty(rangesProblems(swarm))
      ? []
      : !layoutFits(swarm)
          ? [
              {
                at: 'network.prefix'
                message: '${swarm.network.prefix} is too small for the usual subnets, which need a /21; write network.subnets, or take a larger network'
              }
            ]
          : concat(networkProblems(swarm), swarm.managers.?addresses == null ? [] : addressProblems(swarm)),
    flatten(map(items(swarm.workers), entry => poolProblems(swarm, entry.key, entry.value))),
    ingressProblems(swarm),
    jumpboxProblems(swarm),
    secretProblems(swarm),
    storageProblems(swarm),
    monitoringProblems(swarm)
  )
