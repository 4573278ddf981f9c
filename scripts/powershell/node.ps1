# The node program for Windows: makes this machine a member of its swarm; runs at every boot.
#   in:  a file with the facts as JSON
param([Parameter(Mandatory)][string] $FactsFile)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$facts = Get-Content -Raw -Encoding UTF8 $FactsFile | ConvertFrom-Json
function Say([string] $Text) { Write-Output "node: $Text" }

Say "role $($facts.role) of swarm $($facts.swarm)"
if ((Get-WindowsFeature Containers).InstallState -ne 'Installed') {
    Say 'installing the feature Containers'
    if ((Install-WindowsFeature Containers).RestartNeeded -eq 'Yes') { Restart-Computer -Force }
}
