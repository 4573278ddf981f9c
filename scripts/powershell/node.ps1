# The node program for Windows: makes this machine what its facts say, and keeps it so. Runs from boot to shutdown.
#   in:     the name of a file with the facts, one JSON text (docs/node-facts.md)
#   out:    a line a change on standard output (the loader's log) and in the event log; http://127.0.0.1:8765/health
# Windows PowerShell 5.1, ASCII only. Same steps and words as scripts/cloud-init/node.sh; docs/node-lifecycle.md has the
# picture. Each step looks first, so all may be cut anywhere and run again; what it cannot do yet it throws, and is tried
# again as long as the machine lives. A token or key is never printed, never an argument. No value becomes code.
param([string] $FactsFile, [string] $Only)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$OutputEncoding = New-Object Text.UTF8Encoding $false
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 # TLS 1.2
[Net.WebRequest]::DefaultWebProxy = New-Object Net.WebProxy # none
$keep = 'C:\ProgramData\swarmgen'
$settingsFile = 'C:\ProgramData\docker\config\daemon.json'
$metadataAt = 'http://169.254.169.254/metadata/'
$health = [hashtable]::Synchronized(@{ State = 'Unhealthy'; Step = 'facts'; Attempt = 0; Since = 0; Message = ''; At = Get-Date })
$tokens = @{} # of the machine's identity, by what they are for
$done = @{} # when something was last done in this life of the program
$said = @{} # the last line of each step
$stuck = @{} # attempt and beginning of each step that did not succeed yet
$my = @{ Bin = 'C:\Program Files\docker'; DataRoot = 'C:\ProgramData\docker'; Want = ''; Leads = 0 }

# ---- saying and asking

function Get-Uptime { [int]([Diagnostics.Stopwatch]::GetTimestamp() / [Diagnostics.Stopwatch]::Frequency) } # since boot
function Get-Utc { [DateTime]::UtcNow }
function Now { [long][Math]::Floor(((Get-Utc) - [DateTime]'1970-01-01').TotalSeconds) }
function Bytes([string] $Text) { , [Text.Encoding]::UTF8.GetBytes($Text) }
function Base64([string] $Text) { [Convert]::ToBase64String((Bytes $Text)) }
function Sha([string] $Text) { -join ([Security.Cryptography.SHA256]::Create().ComputeHash((Bytes $Text)) | foreach { $_.ToString('x2') }) }
function Properties($Object) { if ($Object) { $Object.PSObject.Properties } }
function Json([string] $Text) { try { $Text | ConvertFrom-Json } catch { } } # nothing if it is not JSON
function Folder([string] $Path) { [void](New-Item -ItemType Directory -Force $Path) }
function Mark([string] $Path) { [void](New-Item -ItemType File -Force $Path) }
function Pause-For([int] $Seconds) { Start-Sleep -Milliseconds ($Seconds * 1000 + (Get-Random -Maximum 1000)) }

# Whether so many seconds have gone by since this last said yes; yes at first.
function Test-Due([string] $What, [int] $Seconds) {
  if ($done[$What] -and (Now) -lt $done[$What] + $Seconds) { return $false }
  $done[$What] = Now
  return $true
}

# A line, unless it was the step's last one; what health shows as the reason.
function Say([string] $Text) {
  if ($Text -match 'SWMTKN') { $Text = 'a line with a token was not printed' }
  $health.Message = $Text
  $line = "$($health.Step): $Text"
  if ($said[$health.Step] -ne $Text) {
    Write-Host "node: $(Get-Uptime) s: $line"
    try { Write-EventLog -LogName Application -Source swarmgen -EventId 1 -Message $line } catch { }
  }
  $said[$health.Step] = $Text
}

function Report([string] $State) { $health.State = $State; $health.At = Get-Date }

# Runs a part and says what it throws; whether it threw nothing.
function Try-Part([scriptblock] $Part) {
  try { [void](& $Part); return $true } catch {
    Say $(if ($_.FullyQualifiedErrorId -eq "$_") { "$_" } else { "$_ (line $($_.InvocationInfo.ScriptLineNumber))" })
    return $false
  }
}

# One request: its body, or the body in a file; sets $my.Status (0: none) and $my.Date, the server's time.
function Ask([string] $Method, [string] $Uri, [hashtable] $Headers = @{}, [string] $Body, [int] $Timeout = 30, [string] $OutFile) {
  $status = 0
  try {
    $request = [Net.WebRequest]::Create($Uri)
    $request.Method = $Method
    $request.Timeout = $request.ReadWriteTimeout = $Timeout * 1000
    foreach ($name in $Headers.Keys) { $request.Headers.Add($name, $Headers[$name]) }
    if ($Body) {
      $bytes = Bytes $Body
      $request.ContentType = if ($Body[0] -eq '{') { 'application/json' } else { 'application/x-www-form-urlencoded' }
      $stream = $request.GetRequestStream()
      $stream.Write($bytes, 0, $bytes.Length)
      $stream.Close()
    }
    $response = $request.GetResponse()
  } catch {
    $problem = $_.Exception
    while ($problem -and $problem -isnot [Net.WebException]) { $problem = $problem.InnerException }
    $response = $problem.Response
  }
  if ($response) {
    try {
      $my.Date = $response.Headers['Date']
      $stream = $response.GetResponseStream()
      if ($OutFile) {
        $file = [IO.File]::Create($OutFile)
        try { $stream.CopyTo($file) } finally { $file.Close() }
      } else {
        (New-Object IO.StreamReader $stream).ReadToEnd()
      }
      $status = [int]$response.StatusCode
    } catch { } finally { $response.Close() }
  }
  $my.Status = $status
  if ($facts.debug) { Write-Host "node: $(Get-Uptime) s: $($health.Step): $status $Method $($Uri -replace '\?.*')" }
}

# Asks until it answers; what waiting cannot mend (400) is asked for rarely.
function Get-Metadata([string] $Path) {
  foreach ($wait in 2, 6, 14, 30, 30, 30) {
    $content = Json (Ask GET "$metadataAt$Path" @{ Metadata = 'true' } '' 10)
    if ($content -and $my.Status -eq 200) { return $content }
    Say "metadata $($Path -replace '\?.*'): $($my.Status)"
    if ($my.Status -in 0, 200, 404, 410, 429 -or $my.Status -ge 500) { Pause-For $wait } else { Pause-For 30 }
  }
  throw $health.Message
}

# ---- secrets

function Get-Token([string] $Resource) {
  if ([long]$tokens[$Resource].expires_on -lt (Now) + 300) {
    $query = 'api-version=2018-02-01&resource=' + [Uri]::EscapeDataString($Resource)
    if ($facts.clientId) { $query += '&client_id=' + [Uri]::EscapeDataString($facts.clientId) }
    $tokens[$Resource] = Get-Metadata "identity/oauth2/token?$query"
  }
  return $tokens[$Resource].access_token
}

# A secret (value, id, tags), or nothing if it is not there, or not yet: it holds '-'.
function Vault([string] $Method, [string] $Secret, [string] $Body) {
  if (-not $Secret) { return }
  $uri = if ($Secret -like 'https://*') { $Secret } else { "$($facts.vault.uri)secrets/$Secret" }
  $content = Json (Ask $Method "${uri}?api-version=7.4" @{ Authorization = "Bearer $(Get-Token $facts.vault.resource)" } $Body)
  if ($my.Status -eq 200 -and $content.id -and $content.value -ne '-') { return $content }
  if ($my.Status -eq 401) { $tokens.Clear() }
  $code = @($content.error.innererror.code, $content.error.code -ne $null) | select -First 1
  $text = "vault $Method $($Secret -replace '^https://[^/]*/secrets/'): $(if ($my.Status -eq 200) { 404 } else { $my.Status }) $code"
  if ($my.Status -notin 200, 404) { throw $text }
  Say $text
}
function Secret([string] $Name) {
  $secret = Vault GET $Name
  if (-not $secret) { throw $health.Message }
  return $secret
}
function Get-Version($Secret) { ($Secret.id -split '/')[-1] }

# ---- engine

# Asks the engine through its pipe, so that no token is an argument: its answer; sets $my.Status (0: none).
function Engine([string] $Method, [string] $Path, $Body) {
  $my.Status = 0
  try {
    $pipe = New-Object IO.Pipes.NamedPipeClientStream '.', 'docker_engine', ([IO.Pipes.PipeDirection]::InOut)
    try {
      $pipe.Connect(2000)
      $bytes = if ($Body) { Bytes (ConvertTo-Json $Body -Depth 20 -Compress) } else { @() }
      $all = (Bytes "$Method /v1.44$Path HTTP/1.0`r`nHost: engine`r`nContent-Type: application/json`r`nContent-Length: $($bytes.Length)`r`n`r`n") + $bytes
      $pipe.Write($all, 0, $all.Length)
      $text = (New-Object IO.StreamReader $pipe).ReadToEnd()
    } finally {
      $pipe.Dispose()
    }
    $my.Status = [int]($text -split ' ', 3)[1]
    $content = Json $text.Substring($text.IndexOf("`r`n`r`n") + 4)
    $my.Problem = $content.message
    return $content
  } catch { $my.Problem = "$_" }
}
# The same where anything but success is thrown.
function Must([string] $Method, [string] $Path, $Body) {
  Engine $Method $Path $Body
  if ($my.Status -notin 200..204) { throw "engine $Method $($Path -replace '\?.*'): $($my.Status) $($my.Problem)" }
}
function Query([string] $Name, [string] $Value) { '?filters=' + [Uri]::EscapeDataString("{`"$Name`":[`"$Value`"]}") }

# Runs docker, with what is piped in on its standard input; throws its last line.
function Docker {
  $ErrorActionPreference = 'Continue'
  $lines = @($input | & "$($my.Bin)/docker.exe" @args 2>&1 | foreach { "$_" })
  if ($LASTEXITCODE -ne 0) { throw "docker $($args[0]): $($lines[-1])" }
}

function Restart-Machine([string] $Why) {
  Say "the machine restarts: $Why"
  Report Unhealthy
  [void](shutdown.exe /r /t 5 /c $Why)
  Start-Sleep -Seconds 600
}

function Add-Rule([string] $Name, [string] $Protocol, [int] $Port) {
  if (-not (Get-NetFirewallRule -Name "swarmgen-$Name" -ErrorAction SilentlyContinue)) {
    New-NetFirewallRule -Name "swarmgen-$Name" -DisplayName "swarmgen $Name" -Direction Inbound -Action Allow -Protocol $Protocol -LocalPort $Port
  }
}

# The engine of the image if its API is new enough (Docker 25), else the one described, from its vendor.
function Install-Engine {
  $want = $facts.engine
  $service = Get-CimInstance Win32_Service -Filter "Name='docker'"
  $have = 0
  if ($service) {
    $program = [regex]::Match($service.PathName, '^"?(.*?dockerd\.exe)').Groups[1].Value
    if ("$(try { & $program --version } catch { })" -match 'version (\d+)') { $have = [int]$Matches[1] }
    if ($have -ge 25) { $my.Bin = Split-Path $program }
  }
  $path = [Environment]::GetEnvironmentVariable('Path', 'Machine')
  if ($path -notlike "*$($my.Bin)*") { [Environment]::SetEnvironmentVariable('Path', "$path;$($my.Bin)", 'Machine') }
  if ((Get-WindowsFeature Containers).InstallState -ne 'Installed') {
    Say 'installing the feature Containers'
    if ("$((Install-WindowsFeature Containers).RestartNeeded)" -eq 'Yes') { Restart-Machine 'feature Containers' }
  }
  if ($have -lt 25) {
    if (-not $want.windowsSha256) { throw "the SHA-256 of Docker $($want.version) is not described" }
    Say "installing Docker $($want.version)"
    $archive = "$keep/docker.zip"
    Ask GET "https://download.docker.com/win/static/stable/x86_64/docker-$($want.version).zip" @{} '' 1800 $archive
    if ($my.Status -ne 200) { throw "archive of Docker: $($my.Status)" }
    if ((Get-FileHash -Algorithm SHA256 $archive).Hash -ne $want.windowsSha256) { throw 'the archive of Docker is not the one described' }
    if ($service) { Stop-Service -Force docker; sc.exe delete docker }
    Expand-Archive -Force $archive (Split-Path $my.Bin)
    Remove-Item $archive
    & "$($my.Bin)/dockerd.exe" --register-service # last: without it, all of this is done again
  }
  Set-Service docker -StartupType Manual # never before disk and share: this starts it
  Add-Rule 2377-tcp TCP 2377
  Add-Rule 7946-tcp TCP 7946
  Add-Rule 7946-udp UDP 7946
  Add-Rule 4789-udp UDP 4789
}

# What the managers read of this node in its engine's labels: its labels, its scale set, what it wants.
function Get-Labels {
  $labels = @{}
  foreach ($label in Properties $facts.labels) { $labels["label.$($label.Name)"] = $label.Value }
  if ($facts.pool) { $labels['label.pool'] = $facts.pool }
  if ($null -ne $facts.index) { $labels['label.manager'] = $facts.index }
  $machine = $instance.compute
  if ($machine.vmScaleSetName) {
    $labels.set = "/subscriptions/$($machine.subscriptionId)/resourceGroups/$($machine.resourceGroupName)" +
      "/providers/Microsoft.Compute/virtualMachineScaleSets/$($machine.vmScaleSetName)"
  }
  if ($my.Want) { $labels.wants = $my.Want }
  $labels.Keys | Sort-Object | foreach { "swarmgen.$_=$($labels[$_])" }
}

# daemon.json, checked before it is used. New labels alone are taken over by a running engine, all else by a new one.
function Write-Settings {
  $settings = [ordered]@{
    'data-root' = $my.DataRoot
    'exec-opts' = @("isolation=$(if ($facts.engine.isolation) { $facts.engine.isolation } else { 'process' })")
    'log-driver' = 'json-file'
    'log-opts' = @{ 'max-size' = '20m'; 'max-file' = '5' }
  }
  $rest = ConvertTo-Json $settings -Compress
  $settings.labels = @(Get-Labels)
  $json = ConvertTo-Json $settings
  $old = if (Test-Path $settingsFile) { [IO.File]::ReadAllText($settingsFile) }
  if ($old -eq $json) { return }
  Folder (Split-Path $settingsFile)
  [IO.File]::WriteAllText("$settingsFile.new", $json) # without a byte order mark
  $ErrorActionPreference = 'Continue'
  $problem = @(& "$($my.Bin)/dockerd.exe" --validate --config-file "$settingsFile.new" 2>&1 | foreach { "$_" })
  if ($LASTEXITCODE -ne 0) { throw "the engine refuses its settings: $($problem[-1])" }
  $ErrorActionPreference = 'Stop'
  Move-Item -Force "$settingsFile.new" $settingsFile
  if ((Get-Service docker).Status -ne 'Running') { return }
  $before = Json $old
  if ($before) { $before.PSObject.Properties.Remove('labels') }
  if ((ConvertTo-Json $before -Compress) -ne $rest) { return Restart-Service -Force docker }
  $process = (Get-CimInstance Win32_Service -Filter "Name='docker'").ProcessId
  $reload = [Threading.EventWaitHandle]::OpenExisting("Global\docker-daemon-config-$process")
  $reload.Set()
  $reload.Dispose()
}

function Start-Engine {
  Install-Engine
  Write-Settings
  if ((Get-Service docker).Status -ne 'Running') {
    try { Add-MpPreference -ExclusionPath $my.DataRoot -ExclusionProcess "$($my.Bin)\dockerd.exe" } catch { } # else images take hours
    Start-Service docker
  }
  foreach ($try in 1..60) {
    Engine GET /_ping
    if ($my.Status -eq 200) { return }
    Start-Sleep -Milliseconds 500
  }
  throw 'the engine does not answer'
}

# ---- own scripts

# Runs the scripts of a stage in order; each once in this life, or at this boot; a failure stops only what says so.
function Invoke-Scripts([string] $Stage) {
  $i = -1
  foreach ($own in $facts.scripts.$Stage) {
    $i++
    $name = "script $Stage $i"
    $mark = "$Stage-$i-" + (Sha "$($own.text)$($own.sha256)").Substring(0, 16)
    $before = Test-Path "$keep/done/$mark"
    if ($done[$mark] -or ($before -and $own.run -eq 'once')) { continue }
    $file = "$keep/script.ps1"
    if ($own.text) {
      [IO.File]::WriteAllText($file, $own.text, (New-Object Text.UTF8Encoding $true)) # 5.1 needs the mark to read UTF-8
    } else {
      $headers = @{}
      if ($own.authorization) { $headers.Authorization = (Secret $own.authorization).value }
      if ($own.url -notlike 'https://*') { throw "${name}: only https" }
      Ask GET $own.url $headers '' 600 $file
      if ($my.Status -ne 200) { throw "${name}: $($my.Status)" }
      if ((Get-FileHash -Algorithm SHA256 $file).Hash -ne $own.sha256) { throw "${name}: its SHA-256 is not the one described" }
    }
    Say "$name runs"
    $env:SWARM_STAGE = $Stage
    $env:SWARM_BOOT = if ($before) { 'again' } else { 'first' }
    $env:SWARM_NAME = $facts.swarm
    $env:SWARM_ROLE = $facts.role
    $env:SWARM_POOL = $facts.pool
    $env:SWARM_INDEX = $facts.index
    $env:SWARM_FACTS = $FactsFile
    $ErrorActionPreference = 'Continue'
    powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $file 2>&1 | foreach { Write-Host "$_" }
    $code = $LASTEXITCODE
    $ErrorActionPreference = 'Stop'
    Remove-Item $file
    if ($code -eq 0) {
      Mark "$keep/done/$mark"
    } else {
      Say "$name failed: $code"
      if ($own.stop) { throw $health.Message }
    }
    $done[$mark] = Now
  }
}

# ---- access

# SSH with keys only: the key that the machine should have been born with, and the operators'.
function Set-Access {
  if (-not $facts.admin) { return }
  if (-not (Get-Service sshd -ErrorAction SilentlyContinue)) {
    Say 'installing OpenSSH'
    Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0'
  }
  $config = "$env:ProgramData/ssh/sshd_config"
  $file = "$env:ProgramData/ssh/administrators_authorized_keys"
  Set-Service sshd -StartupType Automatic
  if (-not (Test-Path $config)) { Start-Service sshd; Start-Sleep -Seconds 5 } # it writes its first settings
  $first = "# swarmgen`r`nPasswordAuthentication no`r`nKbdInteractiveAuthentication no`r`n"
  $text = [IO.File]::ReadAllText($config)
  if (-not $text.StartsWith($first)) {
    [IO.File]::WriteAllText($config, $first + $text) # the first value wins
    Restart-Service sshd
  }
  if ((Get-Service sshd).Status -ne 'Running') { Start-Service sshd }
  Add-Rule ssh TCP 22
  $keys = "$($facts.sshKey)`n$((Vault GET $facts.secrets.operatorKeys).value)`n"
  if ((Test-Path $file) -and [IO.File]::ReadAllText($file) -eq $keys) { return }
  [IO.File]::WriteAllText("$file.new", $keys, [Text.Encoding]::ASCII)
  icacls.exe "$file.new" /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-544:F' # SYSTEM, Administrators
  Move-Item -Force "$file.new" $file # only then, so that it never lacks its rights
  Say "$(($keys -split "`n" -match '\S').Count) keys"
}

# ---- disk

function Get-DataVolume { Get-Volume | where FileSystemLabel -eq swarm-docker | select -First 1 }

# Docker's disk; formatted only if it is blank or this was cut while formatting it, refused if it is somebody else's.
function Mount-DataDisk {
  $lun = $facts.dataDisk.lun
  if ($null -eq $lun) { return }
  $disk = Get-Disk | where { -not $_.IsBoot -and -not $_.IsSystem -and $_.Location -match "LUN $lun$|Namespace $($lun + 2)$" } | select -First 1
  if (-not $disk) { throw "no disk at LUN $lun yet" }
  if ($disk.IsOffline) { $disk | Set-Disk -IsOffline $false }
  if (-not (Get-DataVolume)) {
    $mark = "$keep/done/disk-" + (Sha $disk.UniqueId).Substring(0, 16)
    if ($disk.PartitionStyle -ne 'RAW') {
      if (-not (Test-Path $mark)) { throw "the disk at LUN $lun holds something else: a person must decide" }
      $disk | Clear-Disk -RemoveData -Confirm:$false
    }
    Say "formatting disk $($disk.Number)"
    Mark $mark
    $disk | Set-Disk -IsReadOnly $false
    $disk | Initialize-Disk -PartitionStyle GPT -PassThru | New-Partition -AssignDriveLetter -UseMaximumSize |
      Format-Volume -FileSystem NTFS -NewFileSystemLabel swarm-docker -Confirm:$false
    Remove-Item $mark
  }
  if (-not (Get-DataVolume).DriveLetter) { Get-DataVolume | Get-Partition | Add-PartitionAccessPath -AssignDriveLetter }
  $my.DataRoot = "$((Get-DataVolume).DriveLetter):\docker"
}

# ---- share

# The share of all nodes, for users and containers of this machine.
function Mount-Share {
  if ($facts.stack) { Folder "$keep/traefik" }
  $share = $facts.share
  if (-not $share) { return }
  $mapping = Get-SmbGlobalMapping -ErrorAction SilentlyContinue | where LocalPath -eq $share.drive
  if ("$($mapping.Status)" -eq 'OK') { return }
  if ($mapping) { $mapping | Remove-SmbGlobalMapping -Force }
  $options = @{ RemotePath = "\\$($share.host)\$($share.name)"; LocalPath = $share.drive; RequirePrivacy = $true; Persistent = $false }
  if ($share.kind -eq 'identity') {
    if (-not (Get-Command AzFilesSmbMIClient.exe -ErrorAction SilentlyContinue)) {
      Say 'installing AzFilesSmbMIClient'
      Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Force
      Install-Module AzFilesSmbMIClient -RequiredVersion 1.3.0 -Force -Scope AllUsers
      Import-Module AzFilesSmbMIClient
    }
    AzFilesSmbMIClient.exe refresh --uri "https://$($share.host)/" --clientId $facts.clientId
    if ($LASTEXITCODE -ne 0) { throw "ticket for the share: $LASTEXITCODE" }
  } else {
    $key = ConvertTo-SecureString (Secret $facts.secrets.shareKey).value -AsPlainText -Force
    $options.Credential = New-Object PSCredential "Azure\$($share.account)", $key
  }
  try { New-SmbGlobalMapping @options } catch { throw "mounting $($options.RemotePath): $_" }
  Say "$($share.drive) is the share"
}

# ---- swarm

# Sets $my.State (none: no engine; foreign: a member of a swarm with other managers) and $my.Id.
function Get-State {
  $swarm = (Engine GET /info).Swarm
  $my.State = if ($my.Status -eq 200) { $swarm.LocalNodeState } else { 'none' }
  $my.Id = "$($swarm.NodeID)"
  $managers = @($swarm.RemoteManagers.Addr -replace ':\d+$')
  if ($my.State -eq 'active' -and $managers -and -not ($managers | where { $facts.managers -contains $_ })) { $my.State = 'foreign' }
}

function Test-Manager([string] $Address) {
  $client = New-Object Net.Sockets.TcpClient
  try { $client.BeginConnect($Address, 2377, $null, $null).AsyncWaitHandle.WaitOne(2000) -and $client.Connected } finally { $client.Close() }
}
function Get-Manager { $facts.managers | where { $_ -ne $my.Address -and (Test-Manager $_) } | select -First 1 } # one that answers

# Certificates bear an hour at most; the host's time comes with each answer of the metadata service.
function Test-Clock {
  [void](Get-Metadata 'instance?api-version=2021-02-01')
  if (-not $my.Date) { return }
  $off = [int](([DateTime]$my.Date).ToUniversalTime() - (Get-Utc)).TotalSeconds
  if ([Math]::Abs($off) -lt 300) { return }
  w32tm.exe /resync /force
  throw "the clock is $off s behind the host's: waiting until it is set"
}

function Join-Swarm([string] $JoinToken) {
  $manager = Get-Manager
  if (-not $manager) { throw 'no manager answers' }
  Say "joining through $manager"
  Engine POST /swarm/join @{ ListenAddr = '0.0.0.0:2377'; AdvertiseAddr = $my.Address; RemoteAddrs = @("${manager}:2377"); JoinToken = $JoinToken }
  if ($my.Status -ne 200) { throw "join through ${manager}: $($my.Status) $($my.Problem)" }
}

# A new swarm; only the first manager of the facts, only after the vault said that there is none.
function New-Swarm {
  $manager = Get-Manager
  if ($manager) { throw "$manager answers, but the vault holds no token: waiting" }
  $pool = if ($facts.addressPool) { $facts.addressPool } else { '10.10.0.0/16' }
  $size = if ($facts.subnetSize) { $facts.subnetSize } else { 24 }
  Must POST /swarm/init @{ ListenAddr = '0.0.0.0:2377'; AdvertiseAddr = $my.Address; DefaultAddrPool = @($pool); SubnetSize = $size }
  Mark "$keep/done/began"
  Say 'a new swarm'
}

# Makes the vault hold this swarm's tokens, each with the swarm's ID as its tag (one write, so never one without the
# other). The managers' token decides which swarm is the right one, and comes last: while it is missing, none was begun. Of
# two that began a swarm in the same moment, the one that the vault does not know gives way, while nobody else is in it.
function Save-Tokens {
  $swarm = Engine GET /swarm
  if ($my.Status -ne 200) { throw "no quorum? A person must decide. The engine says: $($my.Status) $($my.Problem)" }
  $right = (Vault GET $facts.secrets.managerToken).tags.cluster
  $my.Foreign = $right -and $right -ne $swarm.ID
  if ($my.Foreign) {
    if (-not (Test-Path "$keep/done/began") -or @(Must GET /nodes).Count -ne 1) { throw 'the vault knows another swarm: a person must decide' }
    Must POST '/swarm/leave?force=true'
    Remove-Item "$keep/done/began"
    throw 'another manager began a swarm in the same moment: this one gives way'
  }
  foreach ($kind in 'Worker', 'Manager') {
    $name = $facts.secrets."$($kind.ToLower())Token"
    $have = Vault GET $name
    $value = $swarm.JoinTokens.$kind
    if ($have.tags.cluster -eq $swarm.ID -and $have.value -ceq $value) { continue }
    [void](Vault PUT $name (ConvertTo-Json @{ value = $value; contentType = 'join token of the swarm'; tags = Get-Tags $have @{ cluster = $swarm.ID } }))
    Say "stored $name"
  }
}
function Get-Tags($Secret, [hashtable] $More) {
  foreach ($tag in Properties $Secret.tags) { if (-not $More.ContainsKey($tag.Name)) { $More[$tag.Name] = $tag.Value } }
  return $More
}

# Changes what the swarm is told about a node.
function Update-Node($Node, [hashtable] $Changes) {
  $spec = @{}
  foreach ($part in Properties $Node.Spec) { $spec[$part.Name] = $part.Value }
  foreach ($name in $Changes.Keys) { $spec[$name] = $Changes[$name] }
  Engine POST "/nodes/$($Node.ID)/update?version=$($Node.Version.Index)" $spec
}

# A manager that was rebuilt has a dead one of the same name, which counts for the quorum: it goes.
function Remove-Twins {
  $nodes = Must GET /nodes
  $name = ($nodes | where ID -eq $my.Id).Description.Hostname
  foreach ($twin in $nodes | where { $_.Description.Hostname -eq $name -and $_.ID -ne $my.Id }) {
    if ($twin.Spec.Role -eq 'manager') { Update-Node $twin @{ Role = 'worker' } }
    Engine DELETE "/nodes/$($twin.ID)?force=true"
    if ($my.Status -ne 200) { throw "$($twin.ID), which was this machine before, is still there" }
    Say "removed $($twin.ID), which was this machine before"
  }
}

# One look and one deed; true once this machine is a member and, as a manager, the vault knows the swarm.
function Step-Swarm {
  if ($my.Gone -and (Now) -lt $my.Gone + 900) { throw 'Azure deletes this machine: it has left the swarm' }
  Get-State
  $my.Pending = if ($my.State -eq 'pending') { 1 + $my.Pending } else { 0 }
  switch ($my.State) {
    active {
      if ($facts.role -eq 'manager') { Save-Tokens; Remove-Twins }
      $my.Member = $true
    }
    inactive {
      Test-Clock
      $secret = Vault GET $facts.secrets."$($facts.role)Token"
      if ($secret) { Join-Swarm $secret.value } elseif ($facts.index -eq 0) { New-Swarm } else { throw $health.Message }
    }
    pending {
      # Without an ID: a join that timed out and refuses every later one. With one: a member that waits for a quorum, or
      # was removed; the engine tells them apart only in its log, so wait long. Never forced.
      $limit = if ($my.Id) { 300 } else { 15 }
      if ($my.Pending -gt $limit) { Must POST /swarm/leave; Say 'pending too long: left' }
      throw $(if ($my.Id) { "pending, member $($my.Id) waits for a quorum" } else { 'pending' })
    }
    foreign { throw 'a member of a swarm with other managers: a person must decide' }
    default { throw "the engine says: $($my.State)" }
  }
}

function Join-Until {
  $my.Member = $false
  while (-not $my.Member) {
    Report Unhealthy
    if (-not (Try-Part { Step-Swarm })) {
      if ($my.State -eq 'none') { throw $health.Message }
      Pause-For 2
    }
    $health.Attempt++
  }
  if (Test-Due mesh 1e9) { Repair-Mesh }
}

# After a boot the mesh may be broken: the ingress network is not there in the host's network service. Then that service
# and the engine start anew, once.
function Repair-Mesh {
  foreach ($try in 1..30) {
    $ingress = Engine GET "/networks$(Query name ingress)" | where Name -eq ingress
    if ($ingress -and (Get-HnsNetwork | where Name -eq $ingress.Id)) { return }
    Start-Sleep -Seconds 2
  }
  Say 'the ingress network is missing: the host''s network service and the engine start anew'
  Stop-Service -Force docker
  Restart-Service -Force hns
  Start-Engine
}

# ---- stack

# The stack as the vault has it: its description, the values of its secrets, and the versions of them all.
function Read-Stack {
  $secret = Secret $facts.stack
  $stack = Json $secret.value
  if (-not $stack.compose) { throw "$($facts.stack) holds no stack" }
  $found = @{ Stack = $stack; Secrets = @{}; Versions = Get-Version $secret }
  foreach ($entry in @(Properties $stack.secretSettings) + @(Properties $stack.secrets)) {
    if (-not $entry) { continue }
    $found.Secrets[$entry.Value] = Secret $entry.Value
    $found.Versions += ' ' + (Get-Version $found.Secrets[$entry.Value])
  }
  return $found
}

# Has Docker's secret or config NAME-VERSION made; names it to the compose files.
function Add-Named([string] $Kind, [string] $Name, [string] $Version, [string] $Value) {
  $full = "$Name-$($Version.Substring(0, 12))"
  Engine POST "/${Kind}s/create" @{ Name = $full; Labels = @{ swarmgen = 'stack' }; Data = Base64 $Value }
  if ($my.Status -notin 201, 409) { throw "$Kind ${Name}: $($my.Status) $($my.Problem)" } # 409: it is there
  Set-Item "env:STACK_$("${Kind}_$Name".ToUpper().Replace('-', '_'))" $full
}

function Publish-Stack($Found) {
  $stack = $Found.Stack
  foreach ($setting in @(Properties $stack.settings) + @(Properties $stack.secretSettings)) {
    if ($setting.Name -cnotmatch '^STACK_[A-Z0-9_]+$') { continue }
    $secret = $Found.Secrets[$setting.Value]
    Set-Item "env:$($setting.Name)" $(if ($secret -and $stack.secretSettings.($setting.Name)) { $secret.value } else { $setting.Value })
  }
  foreach ($config in Properties $stack.configs) {
    $json = ConvertTo-Json $config.Value -Depth 20 -Compress
    Add-Named config $config.Name (Sha $json) $json
  }
  foreach ($entry in Properties $stack.secrets) {
    $secret = $Found.Secrets[$entry.Value]
    Add-Named secret $entry.Name (Get-Version $secret) $secret.value
  }
  $files = @()
  foreach ($text in $stack.compose) {
    $file = "$keep/compose-$($files.Count / 2).yml"
    [IO.File]::WriteAllText($file, $text)
    $files += '-c', $file
  }
  if ($facts.registries) { $files += '--with-registry-auth' }
  Say 'deploying the stack'
  Docker stack deploy --detach --prune --resolve-image changed @files swarm
  Say 'the stack is deployed'
  foreach ($kind in 'configs', 'secrets') { # those of earlier deployments; what is in use is refused
    foreach ($old in Engine GET "/$kind$(Query label swarmgen=stack)") { Engine DELETE "/$kind/$($old.ID)" }
  }
}

# The managers' leader deploys it when it comes to lead, and when the vault has something new.
function Update-Stack {
  if (-not $facts.stack) { return }
  if (-not (Engine GET "/nodes/$($my.Id)").ManagerStatus.Leader) { $my.Stack = ''; return }
  if ($my.Stack -and -not (Test-Due stack 300)) { return }
  $found = Read-Stack
  if ($found.Versions -ne $my.Stack) {
    $my.Stack = ''
    try { Publish-Stack $found } finally { Get-ChildItem env:STACK_* | Remove-Item }
    $my.Stack = $found.Versions
  }
  $done.stack = Now
}

# The users' Docker secrets; a new value replaces the old one where nobody uses it.
function Update-Secrets {
  $all = Must GET /secrets
  foreach ($entry in Properties $facts.dockerSecrets) {
    $secret = Secret $entry.Value
    $version = Get-Version $secret
    $old = $all | where { $_.Spec.Name -eq $entry.Name }
    $had = $old.Spec.Labels.'swarmgen.version'
    if ($old -and $had -eq $version) { continue }
    if ($old -and -not $had) { Say "somebody else made secret $($entry.Name)"; continue }
    if ($old) { Engine DELETE "/secrets/$($old.ID)" }
    if ($old -and $my.Status -ne 204) { Say "the new value of secret $($entry.Name) waits: $($my.Problem)"; continue }
    Must POST /secrets/create @{ Name = $entry.Name; Labels = @{ 'swarmgen.version' = $version }; Data = Base64 $secret.value }
    Say "secret $($entry.Name) has the value of now"
  }
}

# ---- images

# Signs in at the registries, each hour anew: those of Azure by the machine's identity.
function Connect-Registries {
  foreach ($registry in $facts.registries) {
    $server = $registry.server
    if (-not (Test-Due "registry $server" 3600)) { continue }
    $done["registry $server"] -= 3540 # again in a minute, unless it goes well
    if ($registry.kind -eq 'identity') {
      $user = '00000000-0000-0000-0000-000000000000'
      $form = "grant_type=access_token&service=$server&access_token=$([Uri]::EscapeDataString((Get-Token $facts.registryResource)))"
      $password = (Json (Ask POST "https://$server/oauth2/exchange" @{} $form)).refresh_token
      if (-not $password) { throw "sign-in at ${server}: $($my.Status)" }
    } else {
      $user = $registry.username
      $password = (Secret $registry.secret).value
    }
    $password | Docker login -u $user --password-stdin $server
    $done["registry $server"] = Now
  }
}

# One image at a time, by a process of its own: an image of Windows takes long.
function Get-Images {
  if ($my.Pull -and -not $my.Pull.HasExited) { return }
  foreach ($image in $facts.images) {
    if ($done["image $image"]) { continue }
    Engine GET "/images/$image/json"
    if ($my.Status -eq 200) { $done["image $image"] = Now; continue }
    if ($my.Pulled -eq $image) { Say "image $image could not be pulled yet" }
    $my.Pulled = $image
    $my.Pull = Start-Process "$($my.Bin)/docker.exe" -ArgumentList pull, -q, $image -NoNewWindow -PassThru -RedirectStandardError "$keep/pull.log"
    return
  }
}

function Test-Full {
  $drive = Get-PSDrive $my.DataRoot.Substring(0, 1)
  return 100 * $drive.Used / ($drive.Used + $drive.Free) -ge $facts.evictImagesAt
}

# Unused images, the oldest first, while Docker's disk is fuller than described.
function Remove-Images {
  if (-not $facts.evictImagesAt -or -not (Test-Full)) { return }
  Engine POST /images/prune
  foreach ($image in Engine GET /images/json | Sort-Object Created) {
    foreach ($tag in $image.RepoTags | where { $facts.images -notcontains $_ }) {
      if (-not (Test-Full)) { return }
      Engine DELETE "/images/$tag"
      if ($my.Status -eq 200) { Say "removed image $tag, the disk is full" }
    }
  }
}

# ---- nodes: what the leader does for all of them

# What a node said in its engine's labels; for this node, what it wants just now.
function Get-Said($Node, [string] $Name) {
  if ($Name -eq 'wants' -and $Node.ID -eq $my.Id) { return $my.Want }
  return $Node.Description.Engine.Labels."swarmgen.$Name"
}
function Test-Well($Node) { $Node.Status.State -eq 'ready' -and (-not $Node.ManagerStatus -or $Node.ManagerStatus.Reachability -eq 'reachable') }

# Copies what nodes say in their engines' labels, and removes what was once copied and is gone. A node that wants to
# leave or restart is drained, and comes back when it is there without the wish.
function Sync-Nodes($Nodes) {
  foreach ($node in $Nodes) {
    $have = @{}
    foreach ($label in Properties $node.Spec.Labels) { $have[$label.Name] = $label.Value }
    $labels = $have.Clone()
    foreach ($name in @("$($have['swarmgen.labels'])" -split ',') + 'swarmgen.labels') { $labels.Remove($name) }
    $names = @(Properties $node.Description.Engine.Labels | where Name -like swarmgen.label.* | foreach { $_.Name.Substring(15) } | Sort-Object)
    foreach ($name in $names) { $labels[$name] = Get-Said $node "label.$name" }
    if ($names) { $labels['swarmgen.labels'] = $names -join ',' }
    $want = Get-Said $node wants
    $drain = $want -in 'leave', 'reboot', 'drain' -or ($want -eq 'turn' -and $node.ID -eq $my.Given)
    $availability = $node.Spec.Availability
    if ($drain -and $availability -eq 'active') {
      $availability = 'drain'
      $labels['swarmgen.drained'] = '1'
    } elseif (-not $want -and $have['swarmgen.drained'] -and $node.Status.State -eq 'ready') {
      $availability = 'active'
      $labels.Remove('swarmgen.drained')
    }
    $same = $labels.Count -eq $have.Count -and -not ($labels.Keys | where { $have[$_] -cne $labels[$_] })
    if ($same -and $availability -eq $node.Spec.Availability) { continue }
    Update-Node $node @{ Labels = $labels; Availability = $availability }
    if ($my.Status -eq 200) { Say "$($node.Description.Hostname): $availability, labels $names" }
  }
}

# Names of all machines of a scale set, beside '-'; nothing if in doubt. A worker says which set, and may lie: nothing but
# a scale set is asked for.
function Get-Machines([string] $Set) {
  if ($Set -notmatch '^/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.Compute/virtualMachineScaleSets/[\w.-]+$') { return }
  $names = @('-')
  $uri = "$($facts.resources.uri.TrimEnd('/'))$Set/virtualMachines?api-version=2024-07-01"
  while ($uri) {
    $page = Json (Ask GET $uri @{ Authorization = "Bearer $(Get-Token $facts.resources.resource)" })
    if ($my.Status -eq 404) { return '-' }
    if ($my.Status -ne 200 -or @(Properties $page).Name -notcontains 'value') {
      return Say "machines of $(Split-Path -Leaf $Set): $($my.Status) $($page.error.code)"
    }
    $names += $page.value.properties.osProfile.computerName
    $uri = $page.nextLink
  }
  return $names
}

# A worker that is down goes if it said that it leaves, if another has its name (it was rebuilt), or if its machine is gone.
# Not while the managers are in trouble: then nodes seem to be down that are not.
function Remove-Gone($Nodes) {
  if ((Now) -lt $my.Leads + 60 -or ($Nodes | where { $_.ManagerStatus -and -not (Test-Well $_) })) { return }
  $sets = @{}
  foreach ($node in $Nodes | where { $_.Spec.Role -eq 'worker' -and $_.Status.State -eq 'down' }) {
    $name = $node.Description.Hostname
    $set = Get-Said $node set
    $why = if ((Get-Said $node wants) -eq 'leave') {
      'it left'
    } elseif ($Nodes | where { $_.Description.Hostname -eq $name -and $_.Status.State -eq 'ready' }) {
      'it was rebuilt'
    } elseif ($facts.resources -and $set) {
      if (-not $sets.ContainsKey($set)) { $sets[$set] = @(Get-Machines $set) }
      if ($sets[$set] -and $sets[$set] -notcontains $name) { 'its machine is gone' }
    }
    if (-not $why) { continue }
    Engine DELETE "/nodes/$($node.ID)"
    if ($my.Status -eq 200) { Say "removed $name ($($node.ID)): $why" }
  }
}

# One node at a time may restart in the window, the leader last, and only while all are well. The turn is a tag of the
# workers' token, which every node may read: 'ID SECONDS', over after an hour.
function Set-Turn($Nodes) {
  $my.Given = ''
  $wishes = @($Nodes | where { (Get-Said $_ wants) -eq 'turn' -and $_.Status.State -eq 'ready' } | Sort-Object { $_.ID -eq $my.Id })
  if (-not $wishes) { return }
  $secret = Secret $facts.secrets.workerToken
  $id, $since = "$($secret.tags.turn) 0" -split ' '
  if ($wishes.ID -contains $id -and [long]$since -gt (Now) - 3600) { $my.Given = $id; return }
  $busy = $Nodes | where { -not (Test-Well $_) -or $_.Spec.Labels.'swarmgen.drained' } | select -First 1
  if ($busy) { throw "no node may restart while $($busy.Description.Hostname) is down or drained" }
  if (-not (Test-Window)) { return }
  [void](Vault PATCH $secret.id (ConvertTo-Json @{ tags = Get-Tags $secret @{ turn = "$($wishes[0].ID) $(Now)" } }))
  $my.Given = $wishes[0].ID
  Say "$($wishes[0].Description.Hostname) may restart"
}

function Invoke-Leader($Nodes) {
  $leads = ($Nodes | where ID -eq $my.Id).ManagerStatus.Leader
  if (-not $leads) { $my.Leads = 0 } elseif (-not $my.Leads) { $my.Leads = Now }
  if (-not $leads) { return }
  if ($facts.updates) { Try-Part { Set-Turn $Nodes } }
  Try-Part { Sync-Nodes $Nodes }
  Try-Part { Remove-Gone $Nodes }
  if ($facts.dockerSecrets -and (Test-Due secrets 300)) { Try-Part { Update-Secrets } }
}

# ---- events

# Says to the managers what this node wants: leave, reboot, a turn to restart, drain (it is to run nothing), or nothing.
function Set-Want([string] $Want) {
  if (-not $Want -and $facts.schedulable -eq $false) { $Want = 'drain' }
  if ($my.Want -eq $Want) { return }
  $my.Want = $Want
  $my.WantSince = Now
  Say "this node wants: $(if ($Want) { $Want } else { 'nothing' })"
  Write-Settings
}

# Whether nothing of the swarm runs here any more, or a minute was enough time for that.
function Test-Idle([long] $Since) {
  $tasks = @(Engine GET "/containers/json$(Query label com.docker.swarm.task.id)")
  return (Now) -ge $Since + 60 -or ($my.Status -eq 200 -and -not $tasks.Count)
}

# What Azure is about to do to this machine: it is said to the managers, and confirmed once the tasks are elsewhere. A
# manager never leaves: that is for persons.
function Watch-Events {
  $path = "${metadataAt}scheduledevents?api-version=2020-07-01"
  $mine = @((Json (Ask GET $path @{ Metadata = 'true' } '' 4)).Events | where { $_.Resources -contains $instance.compute.name })
  if ($my.Status -ne 200) { return }
  $ends = $mine.EventType -match 'Terminate|Preempt'
  $my.Event = if ($ends) { 'leave' } elseif ($mine.EventType -match 'Reboot|Redeploy') { 'reboot' } else { '' }
  if ($my.Event) { Set-Want $my.Event } elseif ($my.Want -ne 'turn') { Set-Want '' }
  foreach ($event in $mine) {
    if ($done[$event.EventId] -or $event.EventStatus -eq 'Started') { continue }
    if ($event.EventType -notin 'Freeze', 'Preempt' -and -not (Test-Idle $my.WantSince)) { continue }
    Say "Azure: $($event.EventType)"
    $leaves = $ends -and $facts.role -eq 'worker'
    if ($leaves) {
      $my.Gone = Now # if it is not deleted after all, it joins again
      Engine POST /swarm/leave
    }
    Ask POST $path @{ Metadata = 'true' } (ConvertTo-Json @{ StartRequests = @(@{ EventId = $event.EventId }) }) 10
    if ($my.Status -eq 200) { $done[$event.EventId] = Now }
  }
}

# ---- updates

# Whether the time for restarts is now (UTC); the window of yesterday may last until today.
function Test-Window {
  foreach ($day in 0, -1) {
    $from = (Get-Utc).Date.AddDays($day) + [TimeSpan]$facts.updates.from
    if ($facts.updates.days -contains "$($from.DayOfWeek)" -and (Get-Utc) -ge $from -and (Get-Utc) -lt $from.AddHours($facts.updates.hours)) { return $true }
  }
  return $false
}

# Windows' own updates restart when they like: off. Security updates are installed in the window, by a process of its own,
# since nearly each needs a restart; that comes when it is this node's turn.
function Watch-Updates {
  if (Test-Due policy 1e9) { reg.exe add 'HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU' /v NoAutoUpdate /t REG_DWORD /d 1 /f }
  if (-not $facts.updates -or $my.Event -or ($my.Updater -and -not $my.Updater.HasExited)) { return }
  $at = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
  $pending = (Test-Path "$at\WindowsUpdate\Auto Update\RebootRequired") -or (Test-Path "$at\Component Based Servicing\RebootPending")
  if (-not (Test-Window) -or -not $pending) {
    Set-Want ''
    if (-not (Test-Window) -or -not (Test-Due updates 72000)) { return }
    Say 'looking for security updates'
    $my.Updater = Start-Process powershell.exe -NoNewWindow -PassThru -ArgumentList "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File `"$PSCommandPath`" `"$FactsFile`" updates"
    return
  }
  Set-Want turn
  $turn = "$((Secret $facts.secrets.workerToken).tags.turn)"
  $mark = "$keep/done/turn"
  $old = (Test-Path $mark) -and (Get-Content $mark) -eq $turn # one restart a turn
  if ($old -or -not $turn.StartsWith("$($my.Id) ") -or [long]($turn -split ' ')[1] -lt (Now) - 3600) { return Say 'updates need a restart: waiting for the turn' }
  if (-not (Test-Idle ($turn -split ' ')[1])) { return }
  [IO.File]::WriteAllText($mark, $turn)
  Restart-Machine 'security updates'
}

function Install-Updates {
  $session = New-Object -ComObject Microsoft.Update.Session
  $security = '0fa1201d-4330-4fa8-8ae9-b877473b6441' # the category
  $updates = $session.CreateUpdateSearcher().Search("IsInstalled=0 and IsHidden=0 and CategoryIDs contains '$security'").Updates
  if (-not $updates.Count) { return Say 'no security updates' }
  foreach ($update in $updates) { $update.AcceptEula() }
  $loader = $session.CreateUpdateDownloader()
  $loader.Updates = $updates
  [void]$loader.Download()
  $installer = $session.CreateUpdateInstaller()
  $installer.Updates = $updates
  Say "$($updates.Count) security updates: result $($installer.Install().ResultCode)" # 2: all are installed
}

# ---- backup

# As openssl enc -aes-256-cbc -pbkdf2 -iter 600000 writes it, and an HMAC-SHA256 of that as the last 32 bytes.
function Protect-File([string] $From, [string] $To, [string] $Password) {
  $salt = New-Object byte[] 8
  [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($salt)
  $keys = New-Object Security.Cryptography.Rfc2898DeriveBytes $Password, $salt, 600000, ([Security.Cryptography.HashAlgorithmName]::SHA256)
  $aes = [Security.Cryptography.Aes]::Create()
  $aes.Key = $keys.GetBytes(32)
  $aes.IV = $keys.GetBytes(16)
  $mac = New-Object Security.Cryptography.HMACSHA256 @(, $keys.GetBytes(32))
  $plain = [IO.File]::ReadAllBytes($From)
  $all = New-Object IO.MemoryStream
  foreach ($part in (Bytes 'Salted__'), $salt, $aes.CreateEncryptor().TransformFinalBlock($plain, 0, $plain.Length)) { $all.Write($part, 0, $part.Length) }
  $seal = $mac.ComputeHash($all.ToArray())
  $all.Write($seal, 0, 32)
  [IO.File]::WriteAllBytes($To, $all.ToArray())
}

# The engine's swarm folder as it is at one moment, in a shadow copy of its volume: the engine locks its log.
function Copy-State([string] $To) {
  $made = Invoke-CimMethod -ClassName Win32_ShadowCopy -MethodName Create -Arguments @{ Volume = "$(Split-Path -Qualifier $my.DataRoot)\"; Context = 'ClientAccessible' }
  if ($made.ReturnValue -ne 0) { throw "no shadow copy: $($made.ReturnValue)" }
  $shadow = Get-CimInstance Win32_ShadowCopy -Filter "ID='$($made.ShadowID)'"
  try {
    cmd.exe /c mklink /d "$keep\shadow" "$($shadow.DeviceObject)\"
    Copy-Item -Recurse "$keep/shadow$(Split-Path -NoQualifier $my.DataRoot)/swarm" $To
  } finally {
    cmd.exe /c rmdir "$keep\shadow"
    $shadow | Remove-CimInstance
  }
}

# The swarm's state, encrypted, on the share: by the reachable manager with the lowest index that does not lead.
function Backup-Swarm($Nodes) {
  $writer = $Nodes | where { $_.ManagerStatus.Reachability -eq 'reachable' } |
    Sort-Object { [bool]$_.ManagerStatus.Leader }, { [int](Get-Said $_ label.manager) } | select -First 1
  if ($writer.ID -ne $my.Id) { return }
  $folder = "$($facts.share.drive)\backup"
  Folder $folder
  $have = @(Get-ChildItem $folder -Filter "$($facts.swarm)-*.enc" | Sort-Object Name)
  $stamp = "'$($facts.swarm)-'yyyyMMddTHHmmssZ"
  if ($have -and $have[-1].Name -gt (Get-Utc).AddHours(-$facts.backup.hours).ToString($stamp)) { return }
  $key = (Secret $facts.backup.key).value
  $name = (Get-Utc).ToString($stamp) + '.zip.enc'
  $work = "$keep/backup"
  if (Test-Path $work) { Remove-Item -Recurse -Force $work }
  Folder $work
  try {
    Copy-State "$work/swarm"
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    [IO.Compression.ZipFile]::CreateFromDirectory("$work/swarm", "$work/zip")
    Protect-File "$work/zip" "$work/enc" $key
    Copy-Item "$work/enc" "$folder\new"
    Move-Item -Force "$folder\new" "$folder\$name"
  } finally {
    Remove-Item -Recurse -Force $work
  }
  Say "backup $name"
  $have | select -First ([Math]::Max(0, $have.Count + 1 - $facts.backup.keep)) | Remove-Item
}

# ---- the life cycle

# The endpoint, in a thread of its own; without a sign of life for ten minutes it says Unhealthy.
function Start-Health {
  $server = [PowerShell]::Create().AddScript({
    param($health)
    $listener = New-Object Net.HttpListener
    $listener.Prefixes.Add('http://127.0.0.1:8765/')
    $listener.Prefixes.Add('http://localhost:8765/')
    $listener.Start()
    while ($true) {
      try {
        $context = $listener.GetContext()
        $state = if (((Get-Date) - $health.At).TotalMinutes -gt 10) { 'Unhealthy' } else { $health.State }
        $json = ConvertTo-Json ([ordered]@{
          ApplicationHealthState = $state; step = $health.Step; attempt = $health.Attempt; since = $health.Since; message = $health.Message
        })
        $bytes = [Text.Encoding]::UTF8.GetBytes($json)
        $context.Response.ContentType = 'application/json'
        $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
        $context.Response.Close()
      } catch { } # who asked has gone
    }
  }).AddArgument($health)
  [void]$server.BeginInvoke()
}

function Start-Step([string] $Name) {
  $health.Step = $Name
  $health.Attempt = 1 + @($stuck[$Name])[0]
  $health.Since = if ($stuck[$Name]) { $stuck[$Name][1] } else { Get-Uptime }
  $health.Message = ''
}

# The steps in their order, until one throws; without access the others go on.
function Converge {
  $steps = [ordered]@{ access = { Set-Access }; 'scripts before' = { Invoke-Scripts before } }
  if ($facts.role -ne 'jumpbox') {
    $steps += [ordered]@{ disk = { Mount-DataDisk }; share = { Mount-Share }; engine = { Start-Engine }; swarm = { Join-Until }; stack = { Update-Stack } }
  }
  $steps['scripts after'] = { Invoke-Scripts after }
  foreach ($name in $steps.Keys) {
    Report Unhealthy
    Start-Step $name
    if (-not (Try-Part $steps[$name])) {
      $stuck[$name] = $health.Attempt, $health.Since
      if ($name -ne 'access') { return $false }
    } else {
      $stuck.Remove($name)
      if (-not $health.Message) { $said.Remove($name) }
    }
  }
  return $true
}

# What may change while a node lives; a part that fails is shown, and tried again. Only the swarm and the share decide
# whether the node is well: a vault that does not answer is no reason to repair a machine.
function Tend([int] $Tick) {
  $parts = @(if (Test-Due access 300) { { Set-Access } })
  if ($facts.role -ne 'jumpbox') {
    $parts += { Watch-Events }
    if ($Tick % 3 -eq 0) {
      Get-State
      if ($my.State -ne 'active' -or ($facts.share -and -not (Test-Path "$($facts.share.drive)\"))) { return $false }
      $parts += { Watch-Updates }, { Connect-Registries }, { Get-Images }, { Remove-Images }
      if ($facts.role -eq 'manager') {
        $nodes = @(Engine GET /nodes)
        if ($my.Status -ne 200 -or $my.Foreign) { return $false }
        $parts += { if (Test-Due tokens 300) { Save-Tokens } }, { Invoke-Leader $nodes }, { Update-Stack }
        if ($facts.backup -and (Test-Due backup 300)) { $parts += { Backup-Swarm $nodes } }
      }
    }
  }
  foreach ($part in $parts) { [void](Try-Part $part) }
  return $true
}

function Start-Node {
  try { New-EventLog -LogName Application -Source swarmgen } catch { } # it is there
  Folder "$keep/done"
  Start-Health
  if ($facts.version -ne 1) { Say 'these facts are of a version that this program does not know'; Start-Sleep -Seconds 60; return }
  while (-not $instance) { Report Unhealthy; [void](Try-Part { $script:instance = Get-Metadata 'instance?api-version=2021-02-01' }) }
  $my.Address = $instance.network.interface[0].ipv4.ipAddress[0].privateIpAddress
  if ($facts.schedulable -eq $false) { $my.Want = 'drain' }
  while ($true) {
    while (-not (Converge)) { Pause-For 3 }
    Start-Step ready
    Say $facts.role
    for ($tick = 0; Tend $tick; $tick++) {
      Report Healthy
      Start-Sleep -Seconds 5
      $health.Message = ''
    }
  }
}

if ($FactsFile) { # without one: the functions, for tests
  $facts = Get-Content -Raw -Encoding UTF8 $FactsFile | ConvertFrom-Json
  [void](Try-Part { if ($Only) { Start-Step updates; Install-Updates } else { Start-Node } })
}
