# The loader: all that customData holds, the same for the whole life of a machine. The script extension runs it once; it
# registers itself as a task that runs at every boot. The task fetches userData, one JSON text {facts..., "program": "..."},
# keeps the last good one, runs its program, and again when that ends. ASCII only: Windows PowerShell 5.1 reads it.
param([switch] $Run)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$keep = 'C:\ProgramData\swarmgen'
$url = 'http://169.254.169.254/metadata/instance/compute/userData?api-version=2021-01-01&format=text'
if (-not $Run) {
    New-Item -ItemType Directory -Force $keep | Out-Null
    icacls $keep /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null # SYSTEM, Administrators
    Copy-Item -Force $PSCommandPath "$keep\loader.ps1"
    $task = @{
        Action = New-ScheduledTaskAction -Execute powershell.exe `
            -Argument "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File $keep\loader.ps1 -Run"
        Trigger = New-ScheduledTaskTrigger -AtStartup
        Settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::Zero) `
            -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1)
    }
    Register-ScheduledTask -Force -TaskName swarmgen -User SYSTEM -RunLevel Highest @task | Out-Null
    Start-ScheduledTask swarmgen
    exit 0
}
[Net.WebRequest]::DefaultWebProxy = New-Object Net.WebProxy # none
function Log([string] $Text) { $Text | Out-File -Append -Encoding ascii "$keep/node.log" }
function Read-UserData([string] $File) { # one whole JSON text with a program in it, or nothing
    try { Get-Content -Raw -Encoding UTF8 $File | ConvertFrom-Json | Where-Object { $_.program } } catch { }
}
while ($true) {
    foreach ($pause in 2, 6, 14, 30, 30) { # the metadata service may answer 410 for 70 s
        try {
            $answer = (Invoke-WebRequest -UseBasicParsing -TimeoutSec 10 -Headers @{ Metadata = 'true' } $url).Content
            if ($answer -is [byte[]]) { $answer = [Text.Encoding]::ASCII.GetString($answer) }
            [IO.File]::WriteAllBytes("$keep/new", [Convert]::FromBase64String($answer))
            if (-not (Read-UserData "$keep/new")) { throw 'it is not one JSON text with a program' }
            Move-Item -Force "$keep/new" "$keep/userdata.json"
            break
        } catch {
            Log "loader: no good userData, next try in $pause s: $_"
        }
        Start-Sleep -Seconds $pause
    }
    $facts = Read-UserData "$keep/userdata.json"
    if ($facts) {
        [IO.File]::WriteAllText("$keep/node.ps1", $facts.program)
        if ((Test-Path "$keep/node.log") -and (Get-Item "$keep/node.log").Length -gt 10MB) {
            Move-Item -Force "$keep/node.log" "$keep/node.old.log"
        }
        powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$keep/node.ps1" "$keep/userdata.json" |
            ForEach-Object { Log $_ }
    }
    Start-Sleep -Seconds 10
}
