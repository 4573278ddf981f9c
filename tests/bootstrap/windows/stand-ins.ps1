# What only Windows has, for a Linux machine of the harness. State that survives a boot is in /var/lib/windows, that of one
# boot in /run/windows; every call is a line in /var/lib/windows/calls. They behave as the documentation says.
$there = '/var/lib/windows'
$now = '/run/windows'
function Add-Line([string] $File, [string] $Line) { # several processes may write at once
    $to = [IO.File]::Open("$there/$File", 'Append', 'Write', 'ReadWrite')
    try { $to.Write([Text.Encoding]::UTF8.GetBytes("$Line`n")) } finally { $to.Close() }
}
function Note { Add-Line calls "$args" }
function Flag([string] $Path) { Test-Path "$there/$Path" }
function Set-Flag([string] $Path) { [IO.File]::WriteAllText("$there/$Path", '') }
function Wait-Here([string] $What) { # a test holds calls that begin so, so that it can cut them
    Note $What
    while (Get-ChildItem /.azure/hold -ErrorAction Ignore | Where-Object { $What.StartsWith($_.Name) }) { Microsoft.PowerShell.Utility\Start-Sleep -Milliseconds 50 }
}

foreach ($drive in 'D', 'HKLM') {
    $null = New-Item -ItemType Directory -Force "$there/drives/$drive"
    $null = New-PSDrive -Scope Global -Name $drive -PSProvider FileSystem -Root "$there/drives/$drive"
}
if (Test-Path "$now/share") { $null = New-PSDrive -Scope Global -Name S -PSProvider FileSystem -Root /.azure/share }

function Get-StandInUtc { [DateTime]::UtcNow.AddSeconds($(if (Test-Path /.azure/clock) { [int][IO.File]::ReadAllText('/.azure/clock') } else { 0 })) }

# ---- programs

function icacls { $global:LASTEXITCODE = 0; Note icacls @args; if ($args[0] -notmatch '\.new$') { return }; chmod 600 $args[0] }
function icacls.exe { icacls @args }
function shutdown.exe { Note shutdown @args; bash -c 'sleep 1; exec systemctl reboot' }
function reg.exe { Note reg @args }
function sc.exe { Note sc @args; Remove-Item "$there/docker-service" }
function w32tm.exe { Note w32tm @args }
function cmd.exe {
    Note cmd @args
    switch ($args[1]) {
        mklink { ln -sfn ($args[4] -replace '\\', '/').TrimEnd('/') ($args[3] -replace '\\', '/') }
        rmdir { rm ($args[2] -replace '\\', '/') }
    }
}
function Write-EventLog { Add-Line events $args[-1] }
function New-EventLog { }
class StandInEvent {
    static [StandInEvent] OpenExisting([string] $Name) {
        if ($Name -ne "Global\docker-daemon-config-$(Get-Content /run/docker.pid)") { throw "there is no event $Name" }
        return [StandInEvent]::new()
    }
    [bool] Set() { Write-EngineSettings; Note reload; /bin/kill -HUP (Get-Content /run/docker.pid); return $true }
    [void] Dispose() { }
}

# ---- services

function Write-EngineSettings { # the engine's own, without what only Windows knows
    $settings = Get-Content -Raw '/c/ProgramData/docker/config/daemon.json' | ConvertFrom-Json
    $settings.PSObject.Properties.Remove('data-root')
    $settings.PSObject.Properties.Remove('exec-opts')
    $null = New-Item -ItemType Directory -Force /etc/docker
    [IO.File]::WriteAllText('/etc/docker/daemon.json', (ConvertTo-Json $settings))
}
function Get-Service {
    [CmdletBinding()] param([string] $Name)
    if ($Name -eq 'docker' -and -not (Flag docker-service) -or $Name -eq 'sshd' -and -not (Flag sshd)) {
        if ($ErrorActionPreference -in 'Ignore', 'SilentlyContinue') { return }
        throw "Cannot find any service with service name '$Name'."
    }
    systemctl is-active -q $Name
    $runs = $LASTEXITCODE -eq 0 -or ($Name -ne 'docker' -and (Test-Path "$now/$Name"))
    [pscustomobject]@{ Name = $Name; Status = $(if ($runs) { 'Running' } else { 'Stopped' }); StartType = 'Manual' }
}
function Set-Service { Note Set-Service @args }
function Start-Service([string] $Name) {
    Wait-Here "Start-Service $Name"
    if ($Name -eq 'sshd') {
        $null = New-Item -ItemType Directory -Force /c/ProgramData/ssh
        if (-not (Test-Path /c/ProgramData/ssh/sshd_config)) { [IO.File]::WriteAllText('/c/ProgramData/ssh/sshd_config', "# first settings`n") }
    }
    if ($Name -eq 'docker') {
        if (-not (Flag Containers-installed)) { throw 'Failed to start service docker: the feature Containers is not there' }
        if ((Test-Path /.azure/share-wanted) -and -not (Test-Path "$now/share")) { throw 'docker starts before the share' }
        Write-EngineSettings
        systemctl start docker
        if ($LASTEXITCODE -ne 0) { throw 'Failed to start service docker' }
        [IO.File]::WriteAllText("$now/hns", $(if (Flag mesh-broken) { 'broken' } else { 'whole' }))
    } else { [IO.File]::WriteAllText("$now/$Name", '') }
}
function Stop-Service([switch] $Force, [string] $Name) { Note Stop-Service $Name; if ($Name -eq 'docker') { systemctl stop docker } else { Remove-Item "$now/$Name" } }
function Restart-Service([switch] $Force, [string] $Name) {
    Note Restart-Service $Name
    if ($Name -eq 'hns') { Remove-Item -ErrorAction SilentlyContinue "$there/mesh-broken"; return }
    Stop-Service $Name
    Start-Service $Name
}
function Get-HnsNetwork {
    if ((Get-Content "$now/hns") -eq 'whole') { curl -s --unix-socket /run/docker.sock http://d/v1.44/networks | jq -r '.[].Id' | ForEach-Object { @{ Name = $_ } } }
}

# ---- features, firewall, updates

function Get-WindowsFeature([string] $Name) { [pscustomobject]@{ InstallState = $(if (Flag "$Name-installed") { 'Installed' } elseif (Flag "$Name-pending") { 'InstallPending' } else { 'Available' }) } }
function Install-WindowsFeature([string] $Name) { # active after the next boot (cloud-init)
    Wait-Here "Install-WindowsFeature $Name"
    Set-Flag "$Name-pending"
    [pscustomobject]@{ Success = $true; RestartNeeded = 'Yes' }
}
function Add-WindowsCapability { Wait-Here 'Add-WindowsCapability'; Set-Flag sshd }
function Add-MpPreference { Note Add-MpPreference @args }
function Get-NetFirewallRule { [CmdletBinding()] param([string] $Name) if (Flag "rule-$Name") { $Name } }
function New-NetFirewallRule([string] $Name, $DisplayName, $Direction, $Action, $Protocol, $LocalPort) { Note New-NetFirewallRule $Name $Protocol $LocalPort; Set-Flag "rule-$Name" }
function Remove-NetFirewallRule([string] $Name) { Note Remove-NetFirewallRule $Name; Remove-Item "$there/rule-$Name" }
function Expand-Archive([switch] $Force, [string] $Path, [string] $DestinationPath) {
    Wait-Here Expand-Archive
    $null = New-Item -ItemType Directory -Force $DestinationPath
    $to = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($DestinationPath)
    python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' $Path $to
    chmod -R 755 $to
}
function New-Object {
    if ($args[0] -eq '-ComObject') { return New-UpdateSession }
    Microsoft.PowerShell.Utility\New-Object @args
}
function New-UpdateSession { # Windows Update's agent: what /.azure/updates names; installing wants a restart
    $session = [pscustomobject]@{ }
    $session | Add-Member ScriptMethod CreateUpdateSearcher { [pscustomobject]@{ } | Add-Member -PassThru ScriptMethod Search {
        param($Criteria)
        if ($Criteria -notmatch 'IsInstalled=0' -or $Criteria -notmatch "CategoryIDs contains '") { throw 'WU_E_INVALID_CRITERIA' }
        $found = @(if (Test-Path /.azure/updates) { Get-Content /.azure/updates | ForEach-Object { [pscustomobject]@{ Title = $_ } | Add-Member -PassThru ScriptMethod AcceptEula { } } })
        [pscustomobject]@{ Updates = $found }
    } }
    $session | Add-Member ScriptMethod CreateUpdateDownloader { [pscustomobject]@{ Updates = $null } | Add-Member -PassThru ScriptMethod Download { Note download } }
    $session | Add-Member ScriptMethod CreateUpdateInstaller { [pscustomobject]@{ Updates = $null } | Add-Member -PassThru ScriptMethod Install {
        Note install
        Remove-Item /.azure/updates
        $null = New-Item -ItemType Directory -Force 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
        [pscustomobject]@{ ResultCode = 2 }
    } }
    return $session
}

# ---- disks, share, shadow copies

function Get-Disk {
    if (-not (Test-Path /.azure/windows-disk)) { return }
    $lun = Get-Content /.azure/windows-disk
    $style = if (Flag disk-partitioned) { 'GPT' } else { 'RAW' }
    [pscustomobject]@{ Number = 2; UniqueId = "disk-$lun"; Location = "Integrated : Adapter 3 : Port 0 : Target 0 : LUN $lun"; IsBoot = $false; IsSystem = $false; IsOffline = $false; PartitionStyle = $style }
}
function Set-Disk { }
function Clear-Disk { Note Clear-Disk; Remove-Item "$there/disk-partitioned" }
function Initialize-Disk([Parameter(ValueFromPipeline)] $Disk, $PartitionStyle, [switch] $PassThru) {
    process {
        if (Flag disk-partitioned) { throw 'The disk has already been initialized.' }
        Set-Flag disk-partitioned
        Wait-Here 'Initialize-Disk'
        $Disk
    }
}
function New-Partition([Parameter(ValueFromPipeline)] $Disk, [switch] $AssignDriveLetter, [switch] $UseMaximumSize) { process { Wait-Here 'New-Partition'; $Disk } }
function Format-Volume([Parameter(ValueFromPipeline)] $Disk, $FileSystem, $NewFileSystemLabel, $Confirm) { process { Wait-Here 'Format-Volume'; Note formatted; [IO.File]::WriteAllText("$there/disk-label", $NewFileSystemLabel) } }
function Get-Volume { if (Flag disk-label) { [pscustomobject]@{ FileSystemLabel = [IO.File]::ReadAllText("$there/disk-label"); DriveLetter = 'D' } } }
function Get-SmbGlobalMapping { if (Test-Path "$now/share") { [pscustomobject]@{ LocalPath = 'S:'; Status = 'OK' } } }
function Remove-SmbGlobalMapping { Remove-Item "$now/share"; Remove-PSDrive -Scope Global S }
function New-SmbGlobalMapping([string] $RemotePath, [string] $LocalPath, $RequirePrivacy, $Persistent, [pscredential] $Credential) {
    Wait-Here 'New-SmbGlobalMapping'
    $want, $digest, $problem = "$(Get-Content /.azure/cifs)" -split ' ', 3
    if ("$problem".Trim()) { throw "The network path was not found. ($problem)" }
    if ($RemotePath -ne $want.Replace('/', '\')) { throw 'The network name cannot be found.' }
    $sha = -join ([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes($Credential.GetNetworkCredential().Password)) | ForEach-Object { $_.ToString('x2') })
    if ($sha -ne $digest -or $Credential.UserName -notlike 'Azure\*') { throw 'The user name or password is incorrect.' }
    [IO.File]::WriteAllText("$now/share", '')
    $null = New-PSDrive -Scope Global -Name $LocalPath.TrimEnd(':') -PSProvider FileSystem -Root /.azure/share
}
function Get-CimInstance([string] $ClassName, [string] $Filter) {
    switch ($ClassName) {
        Win32_Process { foreach ($one in Get-Process dotnet) { # some end meanwhile
                try { [pscustomobject]@{ ProcessId = $one.Id; CommandLine = [IO.File]::ReadAllText("/proc/$($one.Id)/cmdline").Replace("`0", ' ') } } catch { }
            } }
        Win32_Service {
            if (-not (Flag docker-service)) { return }
            [pscustomobject]@{ Name = 'docker'; PathName = '"/c/Program Files/docker/dockerd.exe" --run-service'; ProcessId = $(if (Test-Path /run/docker.pid) { Get-Content /run/docker.pid }) }
        }
        Win32_ShadowCopy { $id = [regex]::Match($Filter, "ID='(.*)'").Groups[1].Value; [pscustomobject]@{ ID = $id; DeviceObject = "$now/shadow$id" } }
    }
}
function Remove-CimInstance([Parameter(ValueFromPipeline)] $Instance) { process { Note Remove-CimInstance; Remove-Item -Recurse -Force $Instance.DeviceObject } }
function Invoke-CimMethod([string] $ClassName, [string] $MethodName, $Arguments) { # the volume as it is at one moment
    Wait-Here Invoke-CimMethod
    $id = "{$([guid]::NewGuid())}"
    $to = "$now/shadow$id$($(if ($Arguments.Volume -like 'D:*') { '/docker' } else { '/c/ProgramData/docker' }))"
    $null = New-Item -ItemType Directory -Force $to
    bash -c 'until cp -r /var/lib/docker/swarm "$1" && diff -rq /var/lib/docker/swarm "$1/swarm"; do rm -rf "$1/swarm"; done' - $to # no write came between
    return @{ ReturnValue = 0; ShadowID = $id }
}

# ---- the task scheduler

function New-ScheduledTaskAction([string] $Execute, [string] $Argument) { "$Execute $Argument" }
function New-ScheduledTaskTrigger([switch] $AtStartup) { }
function New-ScheduledTaskSettingsSet { }
function Register-ScheduledTask([switch] $Force, $TaskName, $User, $RunLevel, $Action, $Trigger, $Settings) { [IO.File]::WriteAllText("$there/task", $Action) }
function Stop-ScheduledTask { Get-Process task | Stop-Process -Force -ErrorAction Ignore; Get-CimInstance Win32_Process | Where-Object { $_.CommandLine -like '*loader.ps1*' } | ForEach-Object { Stop-Process -Force -ErrorAction Ignore -Id $_.ProcessId } }
function Start-ScheduledTask { bash -c 'setsid /opt/windows/task </dev/null >/dev/null 2>&1 &' }
