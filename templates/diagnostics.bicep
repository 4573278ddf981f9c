// diagnostics.bicep: what vault, share and load balancer log, kept in the workspace.
import { Swarm } from 'swarm.bicep'

param swarm Swarm
param workspaceId string
param vaultName string
@description('The storage account; empty where there is none.')
param accountName string
@description('The load balancer; empty where there is none.')
param balancerName string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: empty(accountName) ? 'none' : accountName
}

resource fileService 'Microsoft.Storage/storageAccounts/fileServices@2025-01-01' existing = {
  parent: storageAccount
  name: 'default'
}

resource ingress 'Microsoft.Network/loadBalancers@2025-01-01' existing = {
  name: empty(balancerName) ? 'none' : balancerName
}

// Who read which secret.
resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

// Who read and wrote which file.
resource shareLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (swarm.storage.enabled) {
  scope: fileService
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

// When managers were taken out of the balancer, and when they came back.
resource ingressLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (swarm.ingress.enabled) {
  scope: ingress
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
