// alerts.bicep: who is told, and when.
import { Swarm } from 'swarm.bicep'
import { tagsOf } from 'plan.bicep'

param swarm Swarm
param location string
param workspaceId string
@description('The load balancer; empty where there is none.')
param balancerId string

var alerts = swarm.monitoring.alerts
var tags = tagsOf(swarm)
// One row for each disk: the least free space, without the sum of all disks, disks that are made anew with each start,
// and what is no disk at all.
var freeSpace = '''
Perf
| where ObjectName in ("Logical Disk", "LogicalDisk") and CounterName == "% Free Space"
| where InstanceName !in ("_Total", "D:", "/mnt", "/mnt/resource", "/boot/efi")
| where not(InstanceName startswith "HarddiskVolume") and not(InstanceName startswith "/snap/") and not(InstanceName startswith "/run") and not(InstanceName startswith "/dev/")
| summarize FreePercent = min(CounterValue) by bin(TimeGenerated, 5m), Computer, InstanceName, _ResourceId
'''
// The managers' agents report every minute as long as the machines run.
var heartbeats = $'''
Heartbeat
| where _ResourceId contains "/virtualMachines/${swarm.name}-manager-"
'''
var levels = [
  { name: 'disk-alarm', severity: 0, percent: alerts.diskAlarm }
  { name: 'disk-warning', severity: 1, percent: alerts.diskWarning }
]

// Who is told.
resource contact 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${swarm.name}-contact'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(swarm.name, 12)
    enabled: true
    emailReceivers: [{ name: 'contact', emailAddress: swarm.contact!, useCommonAlertSchema: true }]
  }
}

// A disk of a node is nearly full: images, logs or a database grow.
resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for level in levels: {
    name: '${swarm.name}-${level.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${swarm.name}: less than ${level.percent} % of a disk is free'
      severity: level.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      // The table does not exist before the first node reports.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: freeSpace
            metricMeasureColumn: 'FreePercent'
            resourceIdColumn: '_ResourceId'
            timeAggregation: 'Minimum'
            operator: 'LessThan'
            threshold: level.percent
            dimensions: [
              { name: 'Computer', operator: 'Include', values: ['*'] }
              { name: 'InstanceName', operator: 'Include', values: ['*'] }
            ]
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [contact.id] }
    }
  }
]

// No manager answers the load balancer: nothing of the swarm can be reached.
resource alertUnreachable 'Microsoft.Insights/metricAlerts@2018-03-01' = if (swarm.ingress.enabled) {
  name: '${swarm.name}-no-manager'
  location: 'global'
  tags: tags
  properties: {
    description: '${swarm.name}: no manager answers the load balancer'
    severity: 0
    enabled: true
    scopes: [balancerId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'probes'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DipAvailability'
          operator: 'LessThan'
          threshold: 1
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: contact.id }]
  }
}

// No manager's agent reports.
resource alertSilent 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (!swarm.ingress.enabled) {
  name: '${swarm.name}-no-manager'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${swarm.name}: no manager reports'
    severity: 0
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: heartbeats
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [contact.id] }
  }
}
