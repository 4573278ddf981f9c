# The node program for Windows: makes this machine what its facts say, and keeps it so.
#   in:     a file with the facts, one JSON text (docs/node-facts.md)
#   out:    a line a change on standard output and in the event log; http://127.0.0.1:8765/health
# Windows PowerShell 5.1, ASCII only. States, waits and lines: docs/node-lifecycle.md. Each step looks first, may be cut and
# run again; what cannot be done yet is thrown. No token is printed, or an argument. No value becomes code.
using namespace System.Security.Cryptography
param([string] $FactsFile, [string] $Only)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$OutputEncoding = New-Object Text.UTF8Encoding $false
[Net.ServicePointManager]::SecurityProtocol = 'Tls12'
[Net.WebRequest]::DefaultWebProxy = $null
$keep = 'C:\ProgramData\swarmgen'
$noise = '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'
$settingsFile = 'C:\ProgramData\docker\config\daemon.json'
$imds = 'http://169.254.169.254/metadata/'
$health = [hashtable]::Synchronized(@{ State = 'Unhealthy'; Step = 'facts'; Attempt = 0; Since = 0; Message = ''; At = Get-Date })
$tokens = @{}
$done = @{} # when
$said = @{} # by step
$why = @{} # by part
$my = @{ Bin = 'C:\Program Files\docker'; DataRoot = 'C:\ProgramData\docker'; Step = 'facts'; Want = ''; Leads = 0 }

# -- saying and asking

$watch = [Diagnostics.Stopwatch]
function Uptime { [int]($watch::GetTimestamp() / $watch::Frequency) }
function Get-Utc { [DateTime]::UtcNow }
function Now { [long]((Get-Utc) - [DateTime]'1970-01-01').TotalSeconds }
function Bytes([string] $Text) { , [Text.Encoding]::UTF8.GetBytes($Text) }
function Base64([string] $Text) { [Convert]::ToBase64String((Bytes $Text)) }
function Sha([string] $Text) { -join ([SHA256]::Create().ComputeHash((Bytes $Text)) | foreach { $_.ToString('x2') }) }
function Properties($Object) { if ($Object) { $Object.PSObject.Properties } }
function Table($Object) { $table = @{}; foreach ($entry in Properties $Object) { $table[$entry.Name] = $entry.Value }; $table }
function Escape([string] $Text) { [Uri]::EscapeDataString($Text) }
function Json([string] $Text) { try { $Text | ConvertFrom-Json } catch { } }
function Folder($Path) { New-Item -ItemType Directory -Force $Path }
function Put($Path, [string] $Text) { [IO.File]::WriteAllText($Path, $Text) }
function Text($Path) { if (Test-Path $Path) { [IO.File]::ReadAllText($Path) } }
function Ok { $my.Status -eq 200 }
function Need([string] $Text) { if (-not (Ok)) { throw $Text } }

function Due($What, $Seconds) { # once in so many
  if ([Math]::Abs((Now) - $done[$What]) -lt $Seconds) { return $false }
  $done[$What] = Now
  $true
}

function Print($Text) { Write-Host "node: $(Uptime) s: $($my.Step): $Text" }

# A line, unless the step said it just before; health's reason.
function Say([string] $Text) {
  if ($Text -match 'SWMTKN|eyJ') { $Text = 'a line with a token was not printed' }
  $my.Why = $Text
  $step = $my.Step
  if ($step -eq $health.Step) { $health.Message = $Text }
  if ($said[$step] -notcontains $Text) {
    Print $Text
    try { Write-EventLog -LogName Application -Source swarmgen -EventId 1 -Message "${step}: $Text" } catch { }
  }
  $said[$step] = @($Text) + $said[$step] | select -First 3
}

function Try-This($What) {
  try { [void](& $What); return $true } catch {
    Say $(if ($_.FullyQualifiedErrorId -eq "$_") { "$_" } else { "$_ (line $($_.InvocationInfo.ScriptLineNumber))" })
    return $false
  }
}

# A part that fails is shown, but holds nothing up.
function Part($Part, $What) {
  $step, $my.Step, $my.Why = $my.Step, $Part, ''
  if (-not (Try-This $What)) { $why[$Part] = $my.Why } else {
    $why.Remove($Part)
    if (-not $my.Why) { $said.Remove($Part) }
  }
  $my.Step = $step
}

function Each($Items, $Do) { # all of them, even if one fails
  $bad = foreach ($item in $Items) { try { $null = & $Do $item } catch { "$_" } }
  if ($bad) { throw $bad -join '; ' }
}

# One request: its body, or that in a file; sets $my.Status (0: none) and $my.Date, the server's time.
function Ask($Method, $Uri, $Headers = @{}, $Body, $Timeout = 30, $OutFile) {
  $my.Status = 0
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
    $response = $_.Exception.InnerException.Response
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
      $my.Status = [int]$response.StatusCode
      if ($my.Status -eq 429) { Start-Sleep ([Math]::Min(20, [int]$response.Headers['Retry-After'])) }
    } catch { } finally { $response.Close() }
  }
  if ($facts.debug) { Print "$($my.Status) $Method $($Uri -replace '\?.*')" }
}

function Metadata($Path) {
  $content = Json (Ask GET "$imds$Path" @{ Metadata = 'true' } '' 10)
  if (-not (Ok) -or -not ($content.network -or $content.access_token)) { throw "metadata $($Path -replace '\?.*'): $($my.Status)" }
  return $content
}

# What Azure says of this machine, or said before. TLS needs the clock.
function Find-Self {
  if (Try-This { $my.Found = Metadata 'instance?api-version=2021-02-01' }) {
    $off = [int](([DateTime]$my.Date).ToUniversalTime() - (Get-Utc)).TotalSeconds
    if ([Math]::Abs($off) -ge 300) {
      w32tm.exe /resync /force
      throw "the clock is $off s off: waiting until it is set"
    }
    Put $keep/instance (ConvertTo-Json $my.Found -Depth 9)
  } elseif (-not (Test-Path $keep/instance)) { throw $my.Why }
  $script:instance = Json (Text $keep/instance)
  $my.Address = $instance.network.interface[0].ipv4.ipAddress[0].privateIpAddress
}

# -- secrets

function Token($Resource) {
  if ([long]$tokens[$Resource].expires_on -lt (Now) + 300) {
    $client = if ($facts.clientId) { "&client_id=$($facts.clientId)" }
    $tokens[$Resource] = Metadata "identity/oauth2/token?api-version=2018-02-01&resource=$(Escape $Resource)$client"
  }
  return $tokens[$Resource].access_token
}

# A secret (value, id, tags), or nothing if it is not there, or not yet: it holds '-'.
function Vault($Method, $Secret, $Body) {
  if (-not $Secret) { return }
  $uri = if ($Secret -like 'https://*') { $Secret } else { "$($facts.vault.uri)secrets/$Secret" }
  $content = Json (Ask $Method "${uri}?api-version=7.4" @{ Authorization = "Bearer $(Token $facts.vault.resource)" } $Body)
  if ((Ok) -and $content.id -and $content.value -ne '-') { return $content }
  if ($my.Status -eq 401) { $tokens.Clear() }
  $code = @($content.error.innererror.code, $content.error.code -ne $null)[0]
  $status = if ($content.value -eq '-') { 404 } else { $my.Status }
  $text = "vault $Method $($Secret -replace '^https://[^/]*/secrets/'): $status $code"
  if ($status -ne 404) { throw $text }
  Say $text
}
function Secret($Name) {
  $secret = Vault GET $Name
  if (-not $secret) { throw $my.Why }
  return $secret
}
function Get-Version($Secret) { Split-Path -Leaf $Secret.id }

# -- engine

# By its pipe: its answer; sets $my.Status (0: none) and $my.Problem.
function Engine($Method, $Path, $Body) {
  $my.Status = 0
  $pipe = New-Object IO.Pipes.NamedPipeClientStream 'docker_engine'
  try {
    $pipe.Connect(2000)
    $bytes = if ($Body) { Bytes (ConvertTo-Json $Body -Depth 20 -Compress) } else { @() }
    $all = (Bytes "$Method /v1.44$Path HTTP/1.0`r`nHost: engine`r`nContent-Type: application/json`r`nContent-Length: $($bytes.Length)`r`n`r`n") + $bytes
    $pipe.Write($all, 0, $all.Length)
    $text = (New-Object IO.StreamReader $pipe).ReadToEnd()
    $my.Status = [int]($text -split ' ', 3)[1]
    $content = Json $text.Substring($text.IndexOf("`r`n`r`n") + 4)
    $my.Problem = "$($my.Status) $($content.message)"
    return $content
  } catch { $my.Problem = "$_" } finally { $pipe.Dispose() }
}
function Must($Method, $Path, $Body) {
  Engine $Method $Path $Body
  if ($my.Status -notin 200..204) { throw "engine $Method $($Path -replace '\?.*'): $($my.Problem)" }
}
function Query($Name, $Value) { '?filters=' + (Escape "{`"$Name`":[`"$Value`"]}") }

# Runs a program with what is piped in; throws its last line.
function Run($Name) {
  $ErrorActionPreference = 'Continue'
  $lines = @($input | & "$($my.Bin)/$Name.exe" @args 2>&1 | foreach { "$_" })
  if ($LASTEXITCODE) { throw "$Name $($args[0]): $($lines[-1])" }
}

function Restart-Machine($Why) {
  Say "the machine restarts: $Why"
  $health.State = 'Unhealthy'
  shutdown.exe /r /t 5 /c $Why
  Start-Sleep 600
}

function Open-Ports($Protocol, $Ports) {
  $name = "swarmgen-$Protocol-$Ports"
  if (-not (Get-NetFirewallRule -Name $name -ea Ignore)) { New-NetFirewallRule -Name $name -DisplayName $name -Protocol $Protocol -LocalPort $Ports }
}

function Get-DockerService { Get-CimInstance Win32_Service -Filter "Name='docker'" }

# The image's engine if new enough (Docker 25), else the one described, from its vendor.
function Install-Engine {
  if ($my.Installed) { return }
  $want = $facts.engine
  $service = Get-DockerService
  $program = $service.PathName -replace '^"?(.*dockerd\.exe).*', '$1'
  $have = if ("$(try { & $program --version } catch { })" -match 'version (\d+)') { [int]$Matches[1] }
  if ($have -ge 25) { $my.Bin = Split-Path $program }
  if ("$env:Path" -notlike "*$($my.Bin)*") { [Environment]::SetEnvironmentVariable('Path', "$env:Path;$($my.Bin)", 'Machine') }
  if ((Get-WindowsFeature Containers).InstallState -ne 'Installed') {
    if ("$((Install-WindowsFeature Containers).RestartNeeded)" -eq 'Yes') { Restart-Machine 'feature Containers' }
  }
  if ($have -lt 25) {
    Say "installing Docker $($want.version)"
    $archive = "$keep/docker.zip"
    Ask GET "https://download.docker.com/win/static/stable/x86_64/docker-$($want.version).zip" @{} '' 1800 $archive
    Need "archive of Docker: $($my.Status)"
    if ((Get-FileHash $archive).Hash -ne $want.windowsSha256) { throw 'the archive of Docker is not the one described' }
    if ($service) { Stop-Service -Force docker; sc.exe delete docker }
    Expand-Archive -Force $archive (Split-Path $my.Bin)
    Remove-Item $archive
    & "$($my.Bin)/dockerd.exe" --register-service # last: without it, all of this is done again
  }
  Set-Service docker -StartupType Manual # never before disk and share: this starts it
  Open-Ports TCP 2377, 7946
  Open-Ports UDP 4789, 7946
  $my.Installed = $true
}

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

# daemon.json, checked before it is used; an engine that runs takes over new labels.
function Write-Settings {
  $isolation = @($facts.engine.isolation, 'process' -ne $null)[0]
  $json = ConvertTo-Json ([ordered]@{
    'data-root' = $my.DataRoot; 'exec-opts' = @("isolation=$isolation"); labels = @(Get-Labels)
    'log-driver' = 'json-file'; 'log-opts' = @{ 'max-size' = '20m'; 'max-file' = '5' }
  })
  if ((Text $settingsFile) -eq $json -and -not $my.Stale) { return }
  Folder (Split-Path $settingsFile)
  Put "$settingsFile.new" $json
  Run dockerd --validate --config-file "$settingsFile.new"
  $my.Stale = $true # until an engine that runs has them
  Move-Item -Force "$settingsFile.new" $settingsFile
  if ((Get-Service docker).Status -eq 'Running') { [Threading.EventWaitHandle]::OpenExisting("Global\docker-daemon-config-$((Get-DockerService).ProcessId)").Set() }
  $my.Stale = $false
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
    if (Ok) { return }
    Start-Sleep -Milliseconds 500
  }
  throw 'the engine does not answer'
}

# -- own scripts

# A stage's scripts in order, each once in this life or boot; a failure stops only what says so.
function Invoke-Scripts($Stage) {
  $i = -1
  foreach ($own in $facts.scripts.$Stage) {
    $name = "script $Stage $((++$i))"
    $mark = "$Stage-$i-" + (Sha "$($own.text)$($own.sha256)").Substring(0, 16)
    $before = Test-Path $keep/done/$mark
    if ($done[$mark] -or ($before -and $own.run -eq 'once')) { continue }
    $file = "$keep/script.ps1"
    if ($own.text) {
      [IO.File]::WriteAllText($file, $own.text, [Text.Encoding]::UTF8) # 5.1 needs its mark
    } else {
      $headers = @{}
      if ($own.authorization) { $headers.Authorization = (Secret $own.authorization).value }
      Ask GET $own.url $headers '' 600 $file
      Need "${name}: $($my.Status)"
      if ((Get-FileHash $file).Hash -ne $own.sha256) { throw "${name}: its SHA-256 is not the one described" }
    }
    Say "$name runs"
    $env:SWARM_STAGE, $env:SWARM_NAME, $env:SWARM_ROLE, $env:SWARM_FACTS = $Stage, $facts.swarm, $facts.role, $FactsFile
    $env:SWARM_POOL, $env:SWARM_INDEX = $facts.pool, $facts.index
    $env:SWARM_BOOT = if ($before) { 'again' } else { 'first' }
    & { $ErrorActionPreference = 'Continue'; powershell.exe @noise -File $file 2>&1 | foreach { Write-Host "$_" } }
    $code = $LASTEXITCODE
    Remove-Item $file
    if (-not $code) { Put $keep/done/$mark } elseif ($own.stop) { throw "$name failed: $code" } else { Say "$name failed: $code" }
    $done[$mark] = Now
  }
}

# SSH with keys only: that of the facts, and the operators'.
function Set-Access {
  if (-not $facts.admin -or -not (Due access 300)) { return }
  $done.access = 0 # again soon, unless it goes well
  if (-not (Get-Service sshd -ea Ignore)) {
    Say 'installing OpenSSH'
    Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0'
  }
  $config = "$env:ProgramData/ssh/sshd_config"
  Set-Service sshd -StartupType Automatic
  if (-not (Test-Path $config)) { Start-Service sshd; Start-Sleep 5 }
  $first = "# swarmgen`r`nPasswordAuthentication no`r`nKbdInteractiveAuthentication no`r`n" # the first value wins
  $text = Text $config
  if (-not $text.StartsWith($first)) { Put $config ($first + $text); Stop-Service sshd }
  Start-Service sshd
  Open-Ports TCP 22
  $file = "$env:ProgramData/ssh/administrators_authorized_keys"
  $keys = "$($facts.sshKey)`n$((Vault GET $facts.secrets.operatorKeys).value)`n"
  if ((Text $file) -ne $keys) {
    Put "$file.new" $keys
    icacls.exe "$file.new" /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-544:F'
    Move-Item -Force "$file.new" $file # only then, so that it never lacks its rights
    Say "$(($keys -split "`n" -match '\S').Count) keys"
  }
  $done.access = Now
}

function Get-DataVolume { Get-Volume | where FileSystemLabel -eq swarm-docker | select -First 1 }

# Formats only a blank disk, or if that was cut.
function Mount-DataDisk {
  $lun = $facts.dataDisk.lun
  if ($null -eq $lun) { return }
  $disk = Get-Disk | where { -not $_.IsBoot -and -not $_.IsSystem -and $_.Location -match "LUN $lun$|Namespace $($lun + 2)$" } | select -First 1
  if (-not $disk) { throw "no disk at LUN $lun yet" }
  if ($disk.IsOffline) { $disk | Set-Disk -IsOffline $false }
  if (-not (Get-DataVolume)) {
    $mark = "$keep/done/disk-$($disk.UniqueId -replace '\W')"
    if ($disk.PartitionStyle -ne 'RAW') {
      if (-not (Test-Path $mark)) { throw "the disk at LUN $lun holds something else: a person must decide" }
      $disk | Clear-Disk -RemoveData -Confirm:$false
    }
    Say "formatting disk $($disk.Number)"
    Put $mark
    $disk | Set-Disk -IsReadOnly $false
    $disk | Initialize-Disk -PartitionStyle GPT -PassThru | New-Partition -AssignDriveLetter -UseMaximumSize |
      Format-Volume -FileSystem NTFS -NewFileSystemLabel swarm-docker -Confirm:$false
    Remove-Item $mark
  }
  if ("$((Get-DataVolume).DriveLetter)" -notmatch '\w') { Get-DataVolume | Get-Partition | Add-PartitionAccessPath -AssignDriveLetter }
  $my.DataRoot = "$((Get-DataVolume).DriveLetter):\docker"
}

function Mount-Share {
  if ($facts.stack) { Folder $keep/traefik }
  $share = $facts.share
  if (-not $share) { return }
  $mapping = Get-SmbGlobalMapping -ea Ignore | where LocalPath -eq $share.drive
  if ("$($mapping.Status)" -eq 'OK') { return }
  if ($mapping) { $mapping | Remove-SmbGlobalMapping -Force }
  $options = @{ RemotePath = "\\$($share.host)\$($share.name)"; LocalPath = $share.drive; RequirePrivacy = $true; Persistent = $false }
  if ($share.kind -eq 'identity') {
    if (-not (Get-Command AzFilesSmbMIClient.exe -ea Ignore)) {
      Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Force
      Install-Module AzFilesSmbMIClient -RequiredVersion 1.3.0 -Force -Scope AllUsers
      Import-Module AzFilesSmbMIClient
    }
    AzFilesSmbMIClient.exe refresh --uri "https://$($share.host)/" --clientId $facts.clientId
    if ($LASTEXITCODE) { throw "ticket for the share: $LASTEXITCODE" }
  } else {
    $key = ConvertTo-SecureString (Secret $facts.secrets.shareKey).value -AsPlainText -Force
    $options.Credential = New-Object PSCredential "Azure\$($share.account)", $key
  }
  try { New-SmbGlobalMapping @options } catch { throw "mounting $($options.RemotePath): $_" }
  Say "$($share.drive) is the share"
}

# -- swarm

# Sets $my.Id, $my.State (none: no engine; foreign: other managers; demoted: a manager made a worker).
function Get-State {
  $swarm = (Engine GET /info).Swarm
  $my.State = if (Ok) { $swarm.LocalNodeState } else { 'none' }
  $my.Id = "$($swarm.NodeID)"
  $my.Others = $swarm.RemoteManagers.Addr -replace ':\d+$'
  if ($my.Others -and -not ($my.Others | where { $facts.managers -contains $_ })) { $my.State = 'foreign' }
  if ($facts.role -eq 'manager' -and $my.State -eq 'active' -and -not $swarm.ControlAvailable) { $my.State = 'demoted' }
}

function Test-Manager($Address) {
  $client = New-Object Net.Sockets.TcpClient
  try { $client.BeginConnect($Address, 2377, $null, $null).AsyncWaitHandle.WaitOne(2000) -and $client.Connected } finally { $client.Close() }
}

# Is a worker's swarm gone? Then all that answers at its managers' addresses shows another root.
function Test-Lost {
  if ($facts.role -ne 'worker') { return }
  $root = [X509Certificates.X509Certificate2]::new((Bytes (Get-Content -Raw "$($my.DataRoot)/swarm/certificates/swarm-root-ca.crt")))
  foreach ($manager in $facts.managers | where { Test-Manager $_ }) {
    $chain = [X509Certificates.X509Chain]::new()
    [void]$chain.ChainPolicy.ExtraStore.Add($root)
    $client = New-Object Net.Sockets.TcpClient $manager, 2377
    try {
      $tls = New-Object Net.Security.SslStream $client.GetStream(), $false, { [void]$chain.Build($args[1]); $true }
      $tls.AuthenticateAsClient('swarm-manager', $null, 'Tls12', $false)
      if ($chain.ChainElements.Certificate -contains $root) { return }
      $lost = $true
    } catch { } finally { $client.Close() }
  }
  $lost
}

# The vault holds this swarm's tokens, tagged with its ID. The managers' comes last and says which swarm is right: without
# it, none was begun. Of two that began at once, the other gives way, while nobody else is in it.
function Save-Tokens {
  $swarm = Engine GET /swarm
  Need "no quorum? A person must decide: $($my.Problem)"
  $right = (Vault GET $facts.secrets.managerToken).tags.cluster
  $my.Foreign = $right -and $right -ne $swarm.ID
  if ($my.Foreign) {
    if (-not (Test-Path $keep/done/began) -or @(Must GET /nodes).Count -gt 1) { throw 'the vault knows another swarm: a person must decide' }
    Must POST /swarm/leave?force=true
    Remove-Item $keep/done/began
    throw 'gives way to another new swarm'
  }
  foreach ($kind in 'Worker', 'Manager') {
    $name = $facts.secrets."${kind}Token"
    $have = Vault GET $name
    $value = $swarm.JoinTokens.$kind
    if ($have.tags.cluster -eq $swarm.ID -and $have.value -ceq $value) { continue }
    $tags = Table $have.tags
    $tags.cluster = $swarm.ID
    Vault PUT $name (ConvertTo-Json @{ value = $value; tags = $tags })
    Say "stored $name"
  }
}

function Update-Node($Node, $Changes) {
  $spec = Table $Node.Spec
  foreach ($name in $Changes.Keys) { $spec[$name] = $Changes[$name] }
  Engine POST /nodes/$($Node.ID)/update?version=$($Node.Version.Index) $spec
}

# A rebuilt manager's dead twin counts for the quorum: it goes.
function Remove-Twins {
  $nodes = Must GET /nodes
  $name = ($nodes | where ID -eq $my.Id).Description.Hostname
  foreach ($twin in $nodes | where { $_.Description.Hostname -eq $name -and $_.ID -ne $my.Id }) {
    Update-Node $twin @{ Role = 'worker' }
    Engine DELETE /nodes/$($twin.ID)?force=true
    Need "cannot remove $($twin.ID), which this machine was before"
    Say "removed $($twin.ID), which this machine was before"
  }
}

# One look and one deed, until $my.Member.
function Step-Swarm {
  if ($my.Gone -and (Now) -lt $my.Gone + 900) { throw 'Azure deletes this machine: it has left the swarm' }
  Get-State
  if ($my.State -eq 'active' -and (Test-Lost)) { $my.State = 'lost' }
  if ($my.State -notin 'pending', 'error', 'demoted', 'lost') { $my.Pending = 0 }
  switch ($my.State) {
    active {
      if ($facts.role -eq 'manager') { Save-Tokens; Remove-Twins }
      $my.Member = $true
    }
    inactive {
      $secret = Vault GET $facts.secrets."$($facts.role)Token"
      $to = $facts.managers | where { $_ -ne $my.Address -and (Test-Manager $_) } | select -First 1
      $how = @{ ListenAddr = '0.0.0.0:2377'; AdvertiseAddr = $my.Address }
      if ($secret) {
        if (-not $to) { throw 'no manager answers, but there is a swarm: the vault holds its token' }
        Engine POST /swarm/join ($how + @{ RemoteAddrs = @("${to}:2377"); JoinToken = $secret.value })
        Need "join through ${to}: $($my.Problem)"
        return Say "joined through $to"
      }
      # A new swarm: only by the first manager, after the vault said that there is none.
      if ($facts.index -ne 0) { throw $my.Why }
      if ($to) { throw "$to answers, but the vault holds no token: waiting" }
      $pool = @($facts.addressPool, '10.10.0.0/16' -ne $null)[0]
      Must POST /swarm/init ($how + @{ DefaultAddrPool = @($pool); SubnetSize = @($facts.subnetSize, 24 -ne $null)[0] })
      Put $keep/done/began
      Say 'a new swarm'
    }
    { $_ -in 'pending', 'error', 'demoted', 'lost' } {
      # Without an ID: a join that failed and refuses every later one. With one: waits for a quorum, or was removed (only
      # the engine's log tells): wait long. Never forced.
      $limit, $text = switch ($_) {
        demoted { 60, 'made a worker: leaves, to join as a manager' }
        lost { 60, 'the managers are of another swarm: leaves, to join it' }
        default { if ($my.Id) { 600, "$_, member $($my.Id) waits for a quorum" } else { 30, $_ } }
      }
      if (-not $my.Pending) { $my.Pending = Uptime }
      if ((Uptime) -gt $my.Pending + $limit) { Must POST /swarm/leave; Say 'left' }
      throw $text
    }
    foreign { throw "a member of another swarm, that of $($my.Others -join ', '): a person must decide" }
    default { throw "the engine says: $($my.State)" }
  }
}

function Join-Swarm {
  for ($my.Member = $false; -not $my.Member; ) { Step-Swarm }
  if (Due mesh 1e9) { Repair-Mesh }
}

# After a boot the ingress network may be missing: its service and the engine start anew, once.
function Repair-Mesh {
  foreach ($try in 1..30) {
    $ingress = Engine GET "/networks$(Query name ingress)" | where Name -eq ingress
    if ($ingress -and (Get-HnsNetwork | where Name -eq $ingress.Id)) { return }
    Start-Sleep 2
  }
  Say 'the ingress network is missing: it and the engine start anew'
  Stop-Service -Force docker
  Restart-Service -Force hns
  Start-Engine
}

# -- stack

function Add-Named($Kind, $Name, $Version, $Value) {
  $full = "$Name-$($Version.Substring(0, 12))"
  Engine POST "/${Kind}s/create" @{ Name = $full; Labels = @{ swarmgen = 'stack' }; Data = Base64 $Value }
  if ($my.Status -notin 201, 409) { throw "$Kind ${Name}: $($my.Problem)" }
  Set-Item "env:STACK_$("${Kind}_$Name".ToUpper().Replace('-', '_'))" $full
}

# When this manager comes to lead, and when any of it has a new version.
function Update-Stack {
  if (-not $facts.stack) { return }
  if (-not (Engine GET /nodes/$($my.Id)).ManagerStatus.Leader) { $my.Stack = ''; return }
  if ($my.Stack -and -not (Due stack 300)) { return }
  $done.stack = 0
  $secret = Secret $facts.stack
  $stack = Json $secret.value
  if (-not $stack.compose) { throw 'what the vault holds is no stack' }
  $values = Table $stack.settings
  $secrets = Table $stack.secrets
  $versions = Get-Version $secret
  foreach ($entry in Properties $stack.secretSettings) {
    $secret = Secret $entry.Value
    $values[$entry.Name] = $secret.value
    $versions += Get-Version $secret
  }
  foreach ($name in @($secrets.Keys)) {
    $secrets[$name] = Secret $secrets[$name]
    $versions += Get-Version $secrets[$name]
  }
  if ($versions -eq $my.Stack) { $done.stack = Now; return }
  $my.Stack = ''
  try {
    foreach ($name in @($values.Keys) -cmatch '^STACK_[A-Z0-9_]+$') { Set-Item "env:$name" $values[$name] }
    foreach ($config in Properties $stack.configs) {
      $json = ConvertTo-Json $config.Value -Depth 20 -Compress
      Add-Named config $config.Name (Sha $json) $json
    }
    foreach ($name in $secrets.Keys) { Add-Named secret $name (Get-Version $secrets[$name]) $secrets[$name].value }
    $files = @(if ($facts.registries) { '--with-registry-auth' })
    foreach ($text in $stack.compose) {
      $file = "$keep/compose-$($files.Count).yml"
      Put $file $text
      $files += '-c', $file
    }
    Run docker stack deploy --detach --prune --resolve-image changed @files swarm
  } finally { Get-ChildItem env:STACK_* | Remove-Item }
  $my.Stack = $versions
  $done.stack = Now
  Say 'the stack is deployed'
  foreach ($kind in 'configs', 'secrets') {
    foreach ($old in Engine GET "/$kind$(Query label swarmgen=stack)") { Engine DELETE /$kind/$($old.ID) }
  }
}

function Update-Secrets {
  $all = Must GET /secrets
  Each (Properties $facts.dockerSecrets) {
    param($entry)
    $name = $entry.Name
    $secret = Secret $entry.Value
    $version = Get-Version $secret
    $old = $all | where { $_.Spec.Name -eq $name }
    $had = $old.Spec.Labels.'swarmgen.version'
    if ($had -eq $version) { return }
    if ($old) {
      if (-not $had) { throw "secret $name was made by somebody else" }
      Engine DELETE /secrets/$($old.ID)
      if ($my.Status -ne 204) { throw "secret $name has a new value: $($my.Problem)" }
    }
    Must POST /secrets/create @{ Name = $name; Labels = @{ 'swarmgen.version' = $version }; Data = Base64 $secret.value }
    Say "made secret $name"
  }
}

# -- images

function Connect-Registries {
  Each $facts.registries {
    param($registry)
    $server = $registry.server
    if (-not (Due "registry $server" 3600)) { return }
    $done["registry $server"] = 0
    if ($registry.kind -eq 'identity') {
      $user = '00000000-0000-0000-0000-000000000000'
      $form = "grant_type=access_token&service=$server&access_token=$(Escape (Token $facts.registryResource))"
      $password = (Json (Ask POST "https://$server/oauth2/exchange" @{} $form)).refresh_token
      Need "sign-in at ${server}: $($my.Status)"
    } else {
      $user = $registry.username
      $password = (Secret $registry.secret).value
    }
    $password | Run docker login -u $user --password-stdin $server
    $done["registry $server"] = Now
  }
}

function Get-Images {
  if (-not $my.Pull -or $my.Pull.HasExited) {
    $my.Bad = ''
    foreach ($image in $facts.images) {
      if ($done["image $image"]) { continue }
      Engine GET /images/$image/json
      if (Ok) { $done["image $image"] = Now; continue }
      if ($my.Pulled -eq $image) { $my.Bad = "image ${image}: $(Get-Content -Tail 1 $keep/pull.log)" }
      $my.Pulled = $image
      $my.Pull = Start-Process "$($my.Bin)/docker.exe" -ArgumentList 'pull', '-q', $image -NoNewWindow -PassThru -RedirectStandardError $keep/pull.log
      break
    }
  }
  if ($my.Bad) { throw $my.Bad }
}

function Test-Full($Percent) {
  $drive = Get-PSDrive $my.DataRoot.Substring(0, 1)
  100 * $drive.Used / ($drive.Used + $drive.Free) -ge $Percent
}

function Remove-Images {
  $limit = $facts.evictImagesAt
  if (-not $limit -or -not (Test-Full $limit)) { return }
  Engine POST /images/prune
  foreach ($image in Engine GET /images/json | Sort-Object Created) {
    foreach ($tag in $image.RepoTags | where { $facts.images -notcontains $_ }) {
      if (-not (Test-Full $limit)) { return }
      Engine DELETE /images/$tag
      if (Ok) { Say "removed image $tag, the disk is full" }
    }
  }
}

# -- the leader's care

function Get-Said($Node, $Name) {
  if ($Name -eq 'wants' -and $Node.ID -eq $my.Id) { return $my.Want }
  return $Node.Description.Engine.Labels."swarmgen.$Name"
}
function Test-Well($Node) { $Node.Status.State -eq 'ready' -and (-not $Node.ManagerStatus -or $Node.ManagerStatus.Reachability -eq 'reachable') }

# Copies nodes' labels, removes copies that are gone. Who wants to leave or restart is drained meanwhile.
function Sync-Nodes($Nodes) {
  Each $Nodes {
    param($node)
    $have = Table $node.Spec.Labels
    $labels = $have.Clone()
    foreach ($name in @("$($have['swarmgen.labels'])" -split ',') + 'swarmgen.labels') { $labels.Remove($name) }
    $names = @(Properties $node.Description.Engine.Labels | where Name -like swarmgen.label.* | foreach { $_.Name.Substring(15) } | Sort-Object)
    foreach ($name in $names) { $labels[$name] = Get-Said $node "label.$name" }
    if ($names) { $labels['swarmgen.labels'] = $names -join ',' }
    $want = Get-Said $node wants
    $availability = $node.Spec.Availability
    if ($availability -eq 'active' -and ($want -in 'leave', 'reboot', 'drain' -or ($want -eq 'turn' -and $node.ID -eq $my.Given))) {
      $availability = 'drain'
      $labels['swarmgen.drained'] = '1'
    } elseif (-not $want -and $have['swarmgen.drained'] -and $node.Status.State -eq 'ready') {
      $availability = 'active'
      $labels.Remove('swarmgen.drained')
    }
    $same = $labels.Count -eq $have.Count -and -not ($labels.Keys | where { $have[$_] -cne $labels[$_] })
    if ($same -and $availability -eq $node.Spec.Availability) { return }
    Update-Node $node @{ Labels = $labels; Availability = $availability }
    Need "$($node.ID): $($my.Problem)"
    Say "$($node.Description.Hostname): $availability, labels $names"
  }
}

# Names of all machines of a scale set; none if it is gone. A worker says which set, and may lie.
function Get-Machines($Set) {
  if ($Set -notmatch '^/subscriptions(/[\w.()-]+){7}$') { throw "no scale set: $Set" }
  $uri = "$($facts.resources.uri)$Set/virtualMachines?api-version=2024-07-01"
  while ($uri) {
    $page = Json (Ask GET $uri @{ Authorization = "Bearer $(Token $facts.resources.resource)" })
    if ($my.Status -eq 404) { return }
    if (-not (Ok) -or $null -eq $page.value) { throw "in doubt about $(Split-Path -Leaf $Set): $($my.Status) $($page.error.code)" }
    $page.value.properties.osProfile.computerName
    $uri = $page.nextLink
  }
}

# Workers that are down for good go, and nodes of joins that were cut. Not while managers are in trouble.
function Remove-Gone($Nodes) {
  if ((Now) -lt $my.Leads + 60 -or ($Nodes | where { $_.ManagerStatus -and -not (Test-Well $_) })) { return }
  $sets = @{}
  foreach ($node in $Nodes | where { -not $_.Description.Hostname -or ($_.Spec.Role -eq 'worker' -and $_.Status.State -eq 'down') }) {
    $name = $node.Description.Hostname
    $set = Get-Said $node set
    $why = if (-not $name) {
      $name = '-'
      if (([DateTime]$node.CreatedAt).ToUniversalTime() -lt (Get-Utc).AddMinutes(-1)) { 'cut' }
    } elseif ((Get-Said $node wants) -eq 'leave') {
      'left'
    } elseif ($Nodes | where { $_.Description.Hostname -eq $name -and $_.Status.State -eq 'ready' }) {
      'rebuilt'
    } elseif ($facts.resources -and $set) {
      if (-not $sets.ContainsKey($set)) { $sets[$set] = @(Get-Machines $set) }
      if ($sets[$set] -notcontains $name) { 'gone' }
    }
    if (-not $why) { continue }
    Engine DELETE /nodes/$($node.ID)
    if (Ok) { Say "removed $($node.Spec.Role) $name ($($node.ID)): $why" }
  }
}

# One node at a time may restart in the window, the leader last, while all are well: the tag turn of the workers' token.
function Set-Turn($Nodes) {
  $my.Given = ''
  $wishes = @($Nodes | where { (Get-Said $_ wants) -eq 'turn' -and $_.Status.State -eq 'ready' } | Sort-Object { $_.ID -eq $my.Id })
  if (-not $wishes) { return }
  $secret = Secret $facts.secrets.workerToken
  $id, $since = -split $secret.tags.turn
  if ($wishes.ID -contains $id -and [long]$since -gt (Now) - 3600) { $my.Given = $id; return }
  $busy = $Nodes | where { -not (Test-Well $_) -or $_.Spec.Labels.'swarmgen.drained' } | select -First 1
  if ($busy) { throw "no node may reboot while $($busy.Description.Hostname) is down or drained" }
  if (-not (Test-Window)) { return }
  $tags = Table $secret.tags
  $tags.turn = "$($wishes[0].ID) $(Now)"
  Vault PATCH $secret.id (ConvertTo-Json @{ tags = $tags })
  $my.Given = $wishes[0].ID
  Say "$($wishes[0].Description.Hostname) may reboot"
}

# -- events

# Tells the managers: leave, reboot, turn, drain (it is to run nothing), or nothing.
function Set-Want($Want) {
  if (-not $Want -and $facts.schedulable -eq $false) { $Want = 'drain' }
  if ($my.Want -ne $Want) {
    $my.Want = $Want
    $my.WantSince = Now
    $my.Stale = $true
    Say "this node wants: $Want"
  }
  if ($my.Stale) { Write-Settings }
}

function Test-Idle([long] $Since) {
  $tasks = @(Engine GET "/containers/json$(Query label com.docker.swarm.task.id)")
  (Now) -ge $Since + 60 -or ((Ok) -and -not $tasks.Count)
}

# What Azure will do: confirmed once the tasks are elsewhere. A manager never leaves.
function Watch-Events {
  if ($facts.role -eq 'jumpbox') { return }
  $path = "${imds}scheduledevents?api-version=2020-07-01"
  $mine = @((Json (Ask GET $path @{ Metadata = 'true' } '' 4)).Events | where { $_.Resources -contains $instance.compute.name })
  if (-not (Ok)) { return }
  $my.Event = if ($mine.EventType -match 'Terminate|Preempt') { 'leave' } elseif ($mine.EventType -match 'Reboot|Redeploy') { 'reboot' }
  if ($mine) { Get-State }
  $member = $my.State -eq 'active'
  if ($my.Event -and $member) { Set-Want $my.Event } elseif (-not $my.Event -and $my.Want -ne 'turn') { Set-Want '' }
  foreach ($event in $mine) {
    $type = $event.EventType
    if ($type -notin 'Freeze', 'Preempt' -and $member -and -not (Test-Idle $my.WantSince)) { continue }
    if ($type -in 'Terminate', 'Preempt' -and $facts.role -eq 'worker') {
      $my.Gone = Now # if it is not deleted after all, it joins again
      Engine POST /swarm/leave
    }
    if ($event.EventStatus -eq 'Started') { continue }
    Say "Azure is about to do this: $type"
    Ask POST $path @{ Metadata = 'true' } (ConvertTo-Json @{ StartRequests = @(@{ EventId = $event.EventId }) }) 10
  }
}

function Test-Window {
  $now = Get-Utc
  foreach ($day in 0, -1) { # yesterday's may last
    $from = $now.Date.AddDays($day) + [TimeSpan]$facts.updates.from
    if ($facts.updates.days -contains "$($from.DayOfWeek)" -and $now -ge $from -and $now -lt $from.AddHours($facts.updates.hours)) { return $true }
  }
}

# Windows' own updates restart at any time: off. Security updates come in the window.
function Watch-Updates {
  if (Due policy 1e9) { reg.exe add 'HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU' /v NoAutoUpdate /t REG_DWORD /d 1 /f }
  if (-not $facts.updates -or $my.Event -or ($my.Updater -and -not $my.Updater.HasExited)) { return }
  $at = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\'
  $pending = $true -in (Test-Path "${at}WindowsUpdate\Auto Update\RebootRequired", "${at}Component Based Servicing\RebootPending")
  $open = Test-Window
  if (-not $open -or -not $pending) {
    Set-Want ''
    if ($pending) { throw 'updates need a reboot: waiting for the maintenance window' }
    if (-not $open -or -not (Due updates 72000)) { return }
    $my.Updater = Start-Process powershell.exe -NoNewWindow -PassThru -ArgumentList "$noise -File `"$PSCommandPath`" `"$FactsFile`" updates"
    return
  }
  Set-Want turn
  $turn = (Secret $facts.secrets.workerToken).tags.turn
  $id, $since = -split $turn
  if ($id -ne $my.Id -or [long]$since -lt (Now) - 3600 -or (Text $keep/done/turn) -eq $turn) { throw 'updates need a reboot: waiting for the turn' }
  if (-not (Test-Idle $since)) { return }
  Put $keep/done/turn $turn # one restart a turn
  Restart-Machine 'security updates'
}

function Install-Updates {
  $session = New-Object -ComObject Microsoft.Update.Session
  $security = '0fa1201d-4330-4fa8-8ae9-b877473b6441'
  $updates = $session.CreateUpdateSearcher().Search("IsInstalled=0 and IsHidden=0 and CategoryIDs contains '$security'").Updates
  if (-not $updates.Count) { return Say 'no security updates' }
  foreach ($update in $updates) { $update.AcceptEula() }
  $loader = $session.CreateUpdateDownloader()
  $installer = $session.CreateUpdateInstaller()
  $loader.Updates = $installer.Updates = $updates
  $loader.Download()
  Say "$($updates.Count) security updates: result $($installer.Install().ResultCode)"
}

# -- backup

# As openssl enc -aes-256-cbc -pbkdf2 -iter 600000 writes it; then its HMAC-SHA256.
function Protect-File($From, $To, $Password) {
  $salt = New-Object byte[] 8
  [RandomNumberGenerator]::Create().GetBytes($salt)
  $keys = [Rfc2898DeriveBytes]::new($Password, $salt, 600000, [HashAlgorithmName]::SHA256)
  $aes = [Aes]::Create()
  $aes.Key = $keys.GetBytes(32)
  $aes.IV = $keys.GetBytes(16)
  $mac = [HMACSHA256]::new($keys.GetBytes(32))
  $plain = [IO.File]::ReadAllBytes($From)
  $all = New-Object IO.MemoryStream
  foreach ($part in (Bytes 'Salted__'), $salt, $aes.CreateEncryptor().TransformFinalBlock($plain, 0, $plain.Length)) { $all.Write($part, 0, $part.Length) }
  $seal = $mac.ComputeHash($all.ToArray())
  $all.Write($seal, 0, 32)
  [IO.File]::WriteAllBytes($To, $all.ToArray())
}

# From a shadow copy, since the engine locks its log.
function Copy-State($To) {
  $made = Invoke-CimMethod -ClassName Win32_ShadowCopy -MethodName Create -Arguments @{ Volume = "$(Split-Path -Qualifier $my.DataRoot)\"; Context = 'ClientAccessible' }
  if ($made.ReturnValue) { throw "no shadow copy: $($made.ReturnValue)" }
  $shadow = Get-CimInstance Win32_ShadowCopy -Filter "ID='$($made.ShadowID)'"
  try {
    cmd.exe /c mklink /d $keep\shadow "$($shadow.DeviceObject)\"
    Copy-Item -Recurse "$keep/shadow$(Split-Path -NoQualifier $my.DataRoot)/swarm" $To
  } finally {
    cmd.exe /c rmdir $keep\shadow
    $shadow | Remove-CimInstance
  }
}

# By the first manager that answers and does not lead.
function Backup-Swarm($Nodes) {
  $writer, $null = $Nodes | where { $_.ManagerStatus.Reachability -eq 'reachable' } | Sort-Object { [bool]$_.ManagerStatus.Leader }, { [int](Get-Said $_ label.manager) }
  if ($writer.ID -ne $my.Id) { return }
  $folder = "$($facts.share.drive)\backup"
  Folder $folder
  $have = @(Get-ChildItem $folder -Filter "$($facts.swarm)-*.enc" | Sort-Object Name)
  $stamp = "'$($facts.swarm)-'yyyyMMddTHHmmssZ"
  if ($have -and $have[-1].Name -gt (Get-Utc).AddHours(-$facts.backup.hours).ToString($stamp)) { return }
  $key = (Secret $facts.backup.key).value
  $name = (Get-Utc).ToString($stamp) + '.zip.enc'
  $work = "$keep/backup"
  Remove-Item -Recurse -Force -ea Ignore $work
  Folder $work
  try {
    Update-Node $writer @{} # see node.sh
    Start-Sleep 2
    Copy-State $work/swarm
    Compress-Archive $work/swarm/* $work/zip.zip
    Protect-File $work/zip.zip $work/enc $key
    $own = "$folder\$($my.Address)"
    Copy-Item $work/enc $own
    Move-Item $own "$folder\$name"
  } finally {
    Remove-Item -Recurse -Force $work
  }
  Say "backup $name"
  $have | select -SkipLast ($facts.backup.keep - 1) | Remove-Item
}

# -- the life cycle

function Start-Health {
  $server = [PowerShell]::Create().AddScript({
    param($health)
    $listener = New-Object Net.HttpListener
    foreach ($name in '127.0.0.1', 'localhost') { $listener.Prefixes.Add("http://${name}:8765/") }
    $listener.Start()
    while ($true) {
      try {
        $context = $listener.GetContext()
        $state = if (((Get-Date) - $health.At).TotalMinutes -gt 10) { 'Unhealthy' } else { $health.State }
        $json = ConvertTo-Json @{ ApplicationHealthState = $state; step = $health.Step; attempt = $health.Attempt; since = $health.Since; message = $health.Message }
        $reply = $context.Response
        $reply.ContentType = 'application/json'
        $reply.Close([Text.Encoding]::UTF8.GetBytes($json), $true)
      } catch { }
    }
  }).AddArgument($health)
  $server.BeginInvoke()
}

# What failed is shown until it succeeds.
function Start-Step($Name) {
  $my.Step = $Name
  $my.Why = ''
  if ($my.Stuck -and $Name -ne $my.Stuck) { return }
  if (-not $my.Stuck) { $health.Attempt = 0; $health.Since = Uptime; $health.Message = '' }
  $health.Step = $Name
  $health.Attempt++
}

function Converge {
  $steps = [ordered]@{
    facts = { Find-Self }; 'scripts before' = { Invoke-Scripts before }; disk = { Mount-DataDisk }; share = { Mount-Share }
    engine = { Start-Engine }; swarm = { Join-Swarm }; stack = { Update-Stack }; 'scripts after' = { Invoke-Scripts after }
  }
  foreach ($name in $steps.Keys) {
    if ($facts.role -eq 'jumpbox' -and $name -notmatch 'facts|scripts') { continue }
    Start-Step $name
    if (-not (Try-This $steps[$name])) { $my.Stuck = $name; return }
    if ($my.Stuck -eq $name) { $my.Stuck = '' }
    if (-not $my.Why) { $said.Remove($name) }
    if ($name -eq 'facts') { Part access { Set-Access } }
  }
  return $true
}

# Only swarm and share decide whether a node is well: a vault that does not answer is no reason to repair a machine.
function Tend($Tick) {
  Part events { Watch-Events }
  if ($Tick % 3) { return $true }
  Part access { Set-Access }
  if ($facts.role -eq 'jumpbox') { return $true }
  Get-State
  if ($my.State -ne 'active' -or ($facts.share -and -not (Test-Path "$($facts.share.drive)\"))) { return }
  if ($Tick % 24 -eq 0 -and (Test-Lost)) { return }
  Part space { if (Test-Full 95) { throw "the disk of $($my.DataRoot) is full" } }
  Part reboot { Watch-Updates }
  if ($Tick % 12 -eq 0) { Part registries { Connect-Registries } }
  Part images { Get-Images; Remove-Images }
  if ($facts.role -ne 'manager') { return $true }
  $nodes = @(Engine GET /nodes)
  if (-not (Ok) -or $my.Foreign) { return }
  if (Due tokens 300) { Part tokens { Save-Tokens } }
  if (($nodes | where ID -eq $my.Id).ManagerStatus.Leader) {
    if (-not $my.Leads) { $my.Leads = Now }
    if ($facts.updates) { Part turns { Set-Turn $nodes } }
    Part labels { Sync-Nodes $nodes }
    Part reaper { Remove-Gone $nodes }
    if ($facts.dockerSecrets -and (Due secrets 300)) { Part secrets { Update-Secrets } }
  } elseif ($my.Leads) { $my.Leads = 0; $why.Clear() }
  Part stack { Update-Stack }
  if ($facts.backup -and (Due backup 300)) { Part backup { Backup-Swarm $nodes } }
  return $true
}

function Start-Node {
  try { New-EventLog -LogName Application -Source swarmgen } catch { }
  Folder $keep/done
  Start-Health
  if ($facts.version -ne 1) { Say 'these facts are of a version that this program does not know'; Start-Sleep 60; return }
  if ($facts.schedulable -eq $false) { $my.Want = 'drain' }
  while ($true) {
    $health.State = 'Unhealthy'
    while (-not (Converge)) {
      foreach ($i in 0..[Math]::Min(7, $health.Attempt / 9)) {
        Part events { Watch-Events }
        Start-Sleep -Milliseconds (3000 + (Get-Random 1000))
      }
    }
    Start-Step ready
    Say $facts.role
    for ($tick = 0; Tend $tick; $tick++) {
      $health.Message = @($why.Keys | Sort-Object | foreach { "${_}: $($why[$_])" }) -join '; '
      $health.State, $health.At = 'Healthy', (Get-Date)
      Start-Sleep 5
    }
  }
}

if ($FactsFile) { # without one: the functions, for tests
  $facts = Get-Content -Raw -Encoding UTF8 $FactsFile | ConvertFrom-Json
  [void](Try-This { if ($Only) { Start-Step updates; Install-Updates } else { Start-Node } })
}
