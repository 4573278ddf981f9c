// ssh.bicep: ssh_config of the output folder, by which `ssh manager0` and `docker -H ssh://manager0` find their way.
import { Swarm } from 'swarm.bicep'
import { hasJumpbox, hasNativeBastion, managerAddresses } from 'plan.bicep'

@description('Lines about one manager. Other swarms may have the same addresses, so its host key is kept under its name.')
func managerLines(swarm Swarm, index int, way string[]) string[] =>
  concat(['', 'Host manager${index} ${swarm.name}-manager-${index}'], way, [
    '    HostKeyAlias ${swarm.name}-manager-${index}'
  ])

@description('How docker, which has no option for it, finds the file.')
var dockerLines = [
  '# docker has no option -F. Let ~/.ssh/config begin with "Include /where/it/is/azure/ssh_config"; then'
  '#'
  '#   docker -H ssh://manager0 node ls'
]

// Only a deployment knows in which region it is, and so the name of the jumpbox.
@description('ssh_config with a jumpbox.')
func throughJumpbox(swarm Swarm) string[] =>
  concat(
    [
      '# SSH to the nodes of the swarm ${swarm.name}, through its jumpbox:'
      '#'
      '#   ssh -F azure/ssh_config manager0'
      '#'
      '# The address of the jumpbox is known once it is deployed. Write it down, in a file that is read below; GROUP is the'
      '# resource group, and azuredeploy the name of the deployment:'
      '#'
      '#   az deployment group show -g GROUP -n azuredeploy --query properties.outputs.sshConfig.value -o tsv >~/.ssh/${swarm.name}-jumpbox'
      '#'
    ],
    dockerLines,
    [
      '#'
      '# Workers, by their addresses: ssh -F azure/ssh_config -J jumpbox ADMINISTRATOR@ADDRESS'
      ''
      'Include ${swarm.name}-jumpbox'
    ],
    flatten(map(
      range(0, swarm.managers.count),
      i =>
        managerLines(swarm, i, [
          '    HostName ${managerAddresses(swarm)[i]}'
          '    ProxyJump ${swarm.name}-jumpbox'
        ])
    ))
  )

@description('ssh_config with Azure Bastion: it has a tunnel for each manager.')
func throughBastion(swarm Swarm) string[] =>
  concat(
    [
      '# SSH to the managers of the swarm ${swarm.name}, each through a tunnel of Azure Bastion; GROUP is the resource group:'
      '#'
      '#   az network bastion tunnel -n ${swarm.name}-bastion -g GROUP --resource-port 22 --port 50220 \\'
      '#       --target-resource-id "$(az vm show -g GROUP -n ${swarm.name}-manager-0 --query id -o tsv)"'
      '#'
      '# and, while it is open (50221 for manager1, and so on; ADMINISTRATOR as the deployment named it, usually swarm)'
      '#'
      '#   ssh -F azure/ssh_config ADMINISTRATOR@manager0'
      '#'
    ],
    dockerLines,
    flatten(map(
      range(0, swarm.managers.count),
      i => managerLines(swarm, i, ['    HostName 127.0.0.1', '    Port ${50220 + i}'])
    ))
  )

@export()
@description('Text of ssh_config; empty where no way is known.')
func sshConfig(swarm Swarm) string =>
  hasJumpbox(swarm)
    ? '${join(throughJumpbox(swarm), '\n')}\n'
    : hasNativeBastion(swarm) ? '${join(throughBastion(swarm), '\n')}\n' : ''
