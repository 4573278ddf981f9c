// monitoring.bicep: where measurements and logs are kept, and what is collected from the nodes.
// Nodes wait for this much; what looks at the data (alerts.bicep) waits for nobody's sake.
import { Swarm } from 'swarm.bicep'
import { tagsOf } from 'plan.bicep'

param swarm Swarm
param location string

var monitoring = swarm.monitoring
var tags = tagsOf(swarm)
// Events of Windows from this level on: critical, error, warning.
var serious = '[System[(Level=1 or Level=2 or Level=3)]]'

// Keeps what is measured and logged.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: '${swarm.name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: monitoring.retention
    workspaceCapping: monitoring.?dailyQuota == null ? null : { dailyQuotaGb: monitoring.dailyQuota! }
    features: { disableLocalAuth: true }
  }
}

// What the agents on the nodes collect. Counters have other names on Linux and on Windows; each agent takes its own.
resource collectionRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: '${swarm.name}-nodes'
  location: location
  tags: tags
  properties: {
    dataSources: {
      performanceCounters: [
        {
          name: 'counters'
          streams: ['Microsoft-Perf']
          samplingFrequencyInSeconds: monitoring.interval
          counterSpecifiers: [
            'Processor(*)\\% Processor Time'
            'Memory(*)\\% Used Memory'
            'Logical Disk(*)\\% Free Space'
            '\\Processor Information(_Total)\\% Processor Time'
            '\\Memory\\% Committed Bytes In Use'
            '\\LogicalDisk(*)\\% Free Space'
          ]
        }
      ]
      syslog: monitoring.logs
        ? [
            {
              name: 'syslog'
              streams: ['Microsoft-Syslog']
              facilityNames: ['auth', 'authpriv', 'cron', 'daemon', 'kern', 'syslog', 'user']
              logLevels: ['Warning', 'Error', 'Critical', 'Alert', 'Emergency']
            }
          ]
        : null
      windowsEventLogs: monitoring.logs
        ? [
            {
              name: 'events'
              streams: ['Microsoft-Event']
              xPathQueries: ['Application!*${serious}', 'System!*${serious}']
            }
          ]
        : null
    }
    destinations: {
      logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }]
    }
    dataFlows: concat(
      [{ streams: ['Microsoft-Perf'], destinations: ['workspace'] }],
      monitoring.logs ? [{ streams: ['Microsoft-Syslog', 'Microsoft-Event'], destinations: ['workspace'] }] : []
    )
  }
}

output workspaceId string = workspace.id
output ruleId string = collectionRule.id
