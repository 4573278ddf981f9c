# The node program for Windows: makes this machine what its facts say, and keeps it so. Runs from boot to shutdown.
#   in:     the name of a file with the facts, one JSON text (docs/node-facts.md)
#   out:    a line a change on standard output (the loader's log) and in the event log; http://127.0.0.1:8765/health
# Windows PowerShell 5.1, ASCII only. Each step looks first, so all of it may be cut anywhere and run again. It waits as
# long as the machine lives, and never forces. A token or key is never printed, never an argument. No value becomes code.
# Same steps and words as scripts/cloud-init/node.sh. Sections: saying and asking; secrets; engine; own scripts; access;
# disk; share; swarm; stack; care.
param([string] $FactsFile)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 # TLS 1.2
[Net.WebRequest]::DefaultWebProxy = New-Object Net.WebProxy # none
$keep = 'C:\ProgramData\swarmgen'
$bin = 'C:\Program Files\docker'
$dataRoot = 'C:\ProgramData\docker'
$health = [hashtable]::Synchronized(@{ State = 'Unhealthy'; Step = 'facts'; Attempt = 0; Since = 0; Message = ''; At = Get-Date })
$token = @{ Value = ''; Ends = 0 }
$bootDone = @{} # what was done since the program began
$script:said = ''
$script:pending = 0
$script:deployed = $false

# ---- saying and asking

function Get-Uptime { [int]([Diagnostics.Stopwatch]::GetTimestamp() / [Diagnostics.Stopwatch]::Frequency) } # since boot
$metadataAt = 'http://169.254.169.254/metadata'
function Now { [int][Math]::Floor(([DateTime]::UtcNow - [DateTime]'1970-01-01').TotalSeconds) }

# A line, unless it was the last one; what health shows as the reason.
function Say([string] $Text) {
  if ($Text -match 'SWMTKN') { $Text = 'a line with a token was not printed' }
  $health.Message = $Text
  $line = "$($health.Step): $Text"
  if ($script:said -ne $line) {
    Write-Host "node: $(Get-Uptime) s: $line"
    try { Write-EventLog -LogName Application -Source swarmgen -EventId 1 -Message $line } catch { }
  }
  $script:said = $line
}

function Report([string] $State) { $health.State = $State; $health.At = Get-Date }

function Pause-For([int] $Seconds) { Start-Sleep -Milliseconds ($Seconds * 1000 + (Get-Random -Maximum 1000)) }

# One request: its status (0: none) and body, or the body in a file.
function Ask([string] $Method, [string] $Uri, [hashtable] $Headers = @{}, [string] $Body = '', [int] $Timeout = 120, [string] $OutFile = '') {
  $answer = Send $Method $Uri $Headers $Body $Timeout $OutFile
  if ($facts.debug) { Write-Host "node: $(Get-Uptime) s: $($health.Step): $($answer.Status) $Method $($Uri -replace '\?.*')" }
  return $answer
}

function Send([string] $Method, [string] $Uri, [hashtable] $Headers, [string] $Body, [int] $Timeout, [string] $OutFile) {
  $request = [Net.WebRequest]::Create($Uri)
  $request.Method = $Method
  $request.Timeout = $Timeout * 1000
  foreach ($name in $Headers.Keys) { $request.Headers.Add($name, $Headers[$name]) }
  try {
    if ($Body) {
      $bytes = [Text.Encoding]::UTF8.GetBytes($Body)
      $request.ContentType = 'application/json'
      $request.ContentLength = $bytes.Length
      $stream = $request.GetRequestStream()
      $stream.Write($bytes, 0, $bytes.Length)
      $stream.Close()
    }
    $response = $request.GetResponse()
  } catch {
    $problem = $_.Exception
    while ($problem -and -not ($problem -is [Net.WebException])) { $problem = $problem.InnerException }
    $response = if ($problem) { $problem.Response } else { $null }
    if (-not $response) { return @{ Status = 0; Body = '' } }
  }
  try {
    $stream = $response.GetResponseStream()
    if ($OutFile) {
      $file = [IO.File]::Create($OutFile)
      try { $stream.CopyTo($file) } finally { $file.Close() }
      return @{ Status = [int]$response.StatusCode; Body = '' }
    }
    return @{ Status = [int]$response.StatusCode; Body = (New-Object IO.StreamReader $stream).ReadToEnd() }
  } catch {
    return @{ Status = 0; Body = '' }
  } finally {
    $response.Close()
  }
}

# Asks until it answers; what waiting cannot mend (400) is asked for rarely.
function Get-Metadata([string] $Path) {
  foreach ($wait in 2, 6, 14, 30, 30, 30) {
    $answer = Ask GET "$metadataAt/$Path" @{ Metadata = 'true' } '' 10
    if ($answer.Status -eq 200) { return $answer.Body | ConvertFrom-Json }
    Say "metadata $($Path -replace '\?.*'): $($answer.Status)"
    if ($answer.Status -in 0, 404, 410, 429 -or $answer.Status -ge 500) { Pause-For $wait } else { Pause-For 30 }
  }
}

# ---- secrets

# Status and Secret (value, id, tags). A secret that holds '-' is not there yet: 404.
function Invoke-Vault([string] $Method, [string] $Secret, [string] $Body = '') {
  if (-not $Secret) { return @{ Status = 404 } }
  if ($token.Ends -lt (Now) + 300) {
    $query = 'resource=' + [Uri]::EscapeDataString($facts.vault.resource)
    if ($facts.clientId) { $query += '&client_id=' + [Uri]::EscapeDataString($facts.clientId) }
    $got = Get-Metadata "identity/oauth2/token?api-version=2018-02-01&$query"
    if (-not $got) { return @{ Status = 0 } }
    $token.Value = $got.access_token
    $token.Ends = [long]$got.expires_on
  }
  $uri = if ($Secret -like 'https://*') { $Secret } else { "$($facts.vault.uri)secrets/$Secret" }
  $answer = Ask $Method "${uri}?api-version=7.4" @{ Authorization = "Bearer $($token.Value)" } $Body
  if ($answer.Status -eq 401) { $token.Ends = 0 }
  $content = try { $answer.Body | ConvertFrom-Json } catch { $null }
  $status = if ($answer.Status -eq 200 -and $content.value -eq '-') { 404 } else { $answer.Status }
  if ($status -ne 200) {
    $code = if ($content.error.innererror.code) { $content.error.innererror.code } else { $content.error.code }
    Say "vault $Method ${Secret}: $status $code"
  }
  return @{ Status = $status; Secret = $content }
}

# ---- engine

function Open-Engine {
  $pipe = New-Object IO.Pipes.NamedPipeClientStream '.', 'docker_engine', ([IO.Pipes.PipeDirection]::InOut)
  $pipe.Connect(2000)
  return $pipe
}

# Asks the engine through its pipe, so that no token is an argument: status (0: none) and content.
function Invoke-Engine([string] $Method, [string] $Path, $Body = $null) {
  try {
    $stream = Open-Engine
    try {
      $json = if ($null -eq $Body) { '' } else { ConvertTo-Json $Body -Depth 20 -Compress }
      $bytes = [Text.Encoding]::UTF8.GetBytes($json)
      $head = "$Method /v1.44$Path HTTP/1.0`r`nHost: engine`r`nContent-Type: application/json`r`nContent-Length: $($bytes.Length)`r`n`r`n"
      $all = [Text.Encoding]::ASCII.GetBytes($head) + $bytes
      $stream.Write($all, 0, $all.Length)
      $stream.Flush()
      $text = (New-Object IO.StreamReader $stream).ReadToEnd()
    } finally {
      $stream.Dispose()
    }
    $status = [int]($text -split ' ', 3)[1]
    $at = $text.IndexOf("`r`n`r`n")
    $content = try { $text.Substring($at + 4) | ConvertFrom-Json } catch { $null }
    return @{ Status = $status; Content = $content }
  } catch {
    return @{ Status = 0; Content = $null }
  }
}

# Runs docker; whether it went well. Its last line is in $script:last.
function Invoke-Docker {
  $ErrorActionPreference = 'Continue'
  $script:output = @(& "$bin\docker.exe" @args 2>&1 | ForEach-Object { "$_" })
  $script:last = if ($script:output) { $script:output[-1] } else { '' }
  return $LASTEXITCODE -eq 0
}

function Install-Feature {
  if ((Get-WindowsFeature Containers).InstallState -eq 'Installed') { return $true }
  Say 'installing the feature Containers'
  if ((Install-WindowsFeature Containers).RestartNeeded -eq 'Yes') {
    Say 'the machine restarts in 30 s'
    shutdown.exe /r /t 30 /c 'feature Containers' | Out-Null
    Start-Sleep -Seconds 600
  }
  return $true
}

# The engine of the image if its API is new enough (Docker 25), else the one described, from its vendor.
function Install-Engine {
  $have = 0
  $service = Get-CimInstance Win32_Service -Filter "Name='docker'"
  if ($service) {
    $program = [regex]::Match($service.PathName, '^"?(.*?dockerd\.exe)').Groups[1].Value
    if ("$(& $program --version)" -match 'version (\d+)') { $have = [int]$Matches[1] }
    $script:bin = Split-Path $program
  }
  if ($have -lt 25) {
    if (-not $facts.engine.windowsSha256) { Say "the SHA-256 of Docker $($facts.engine.version) is not described"; return $false }
    Say "installing Docker $($facts.engine.version)"
    $archive = "$keep\docker.zip"
    $answer = Ask GET "https://download.docker.com/win/static/stable/x86_64/docker-$($facts.engine.version).zip" @{} '' 1800 $archive
    if ($answer.Status -ne 200) { Say "archive of Docker: $($answer.Status)"; return $false }
    if ((Get-FileHash -Algorithm SHA256 $archive).Hash -ne $facts.engine.windowsSha256) {
      Say 'the archive of Docker is not the one described'
      return $false
    }
    if ($service) { Stop-Service -Force docker }
    $script:bin = 'C:\Program Files\docker'
    Expand-Archive -Force $archive (Split-Path $bin)
    Remove-Item $archive
    if (-not $service) { & "$bin\dockerd.exe" --register-service | Out-Null }
    $path = [Environment]::GetEnvironmentVariable('Path', 'Machine')
    if ($path -notlike "*$bin*") { [Environment]::SetEnvironmentVariable('Path', "$path;$bin", 'Machine') }
  }
  Set-Service docker -StartupType Manual # never before disk and share: this starts it
  foreach ($rule in @('2377-tcp', 'TCP', 2377), @('7946-tcp', 'TCP', 7946), @('7946-udp', 'UDP', 7946), @('4789-udp', 'UDP', 4789)) {
    if (-not (Get-NetFirewallRule -Name "swarmgen-$($rule[0])" -ErrorAction SilentlyContinue)) {
      New-NetFirewallRule -Name "swarmgen-$($rule[0])" -DisplayName "Docker Swarm $($rule[0])" -Direction Inbound -Action Allow `
        -Protocol $rule[1] -LocalPort $rule[2] | Out-Null
    }
  }
  return $true
}

# Labels of this node; they travel in daemon.json, and managers read them there.
function Get-Labels {
  $labels = @{}
  if ($facts.labels) { foreach ($label in $facts.labels.PSObject.Properties) { $labels[$label.Name] = "$($label.Value)" } }
  if ($facts.pool) { $labels['pool'] = $facts.pool }
  if ($null -ne $facts.index) { $labels['manager'] = "$($facts.index)" }
  return $labels
}

# daemon.json, checked before it is used.
function Write-Settings {
  $file = 'C:\ProgramData\docker\config\daemon.json'
  $labels = Get-Labels
  $isolation = if ($facts.engine.isolation) { $facts.engine.isolation } else { 'process' }
  $settings = [ordered]@{
    'data-root' = $dataRoot
    'exec-opts' = @("isolation=$isolation")
    'labels' = @($labels.Keys | Sort-Object | ForEach-Object { "swarmgen.label.$_=$($labels[$_])" })
    'log-driver' = 'json-file'
    'log-opts' = @{ 'max-size' = '20m'; 'max-file' = '5' }
  }
  $json = ConvertTo-Json $settings
  if ((Test-Path $file) -and [IO.File]::ReadAllText($file) -eq $json) { return $true }
  New-Item -ItemType Directory -Force (Split-Path $file) | Out-Null
  [IO.File]::WriteAllText("$file.new", $json) # without a byte order mark
  $ErrorActionPreference = 'Continue'
  $problem = & "$bin\dockerd.exe" --validate --config-file "$file.new" 2>&1 | ForEach-Object { "$_" }
  if ($LASTEXITCODE -ne 0) { Say "the engine refuses its settings: $(@($problem)[-1])"; return $false }
  Move-Item -Force "$file.new" $file
  if ((Get-Service docker).Status -eq 'Running') { Restart-Service -Force docker }
  return $true
}

function Start-Engine {
  if (-not ((Install-Feature) -and (Install-Engine) -and (Write-Settings))) { return $false }
  if ((Get-Service docker).Status -ne 'Running') { Start-Service docker }
  foreach ($try in 1..60) {
    if ((Invoke-Engine GET /_ping).Status -eq 200) { return $true }
    Start-Sleep -Milliseconds 500
  }
  Say 'the engine does not answer'
  return $false
}

# ---- own scripts

# Runs the scripts of a stage in order; each once in this life, or at this boot; a failure stops only what says so.
function Invoke-Scripts([string] $Stage) {
  $i = -1
  foreach ($own in @($facts.scripts.$Stage)) {
    if ($null -eq $own) { continue }
    $i++
    $name = "script $Stage $i"
    $sha = [Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes("$($own.text)$($own.sha256)"))
    $mark = "$Stage-$i-" + (($sha[0..7] | ForEach-Object { $_.ToString('x2') }) -join '')
    $before = Test-Path "$keep\done\$mark"
    if ($bootDone[$mark] -or ($before -and $own.run -eq 'once')) { continue }
    $file = "$keep\script.ps1"
    if ($own.text) {
      [IO.File]::WriteAllText($file, $own.text, (New-Object Text.UTF8Encoding $true)) # 5.1 needs the mark to read UTF-8
    } else {
      $headers = @{}
      if ($own.authorization) {
        $secret = Invoke-Vault GET $own.authorization
        if ($secret.Status -ne 200) { return $false }
        $headers.Authorization = $secret.Secret.value
      }
      $answer = if ($own.url -like 'https://*') { Ask GET $own.url $headers '' 600 $file } else { @{ Status = 0 } }
      if ($answer.Status -ne 200) { Say "${name}: $($answer.Status)"; return $false }
      if ((Get-FileHash -Algorithm SHA256 $file).Hash -ne $own.sha256) { Say "${name}: its SHA-256 is not the one described"; return $false }
    }
    Say "$name runs"
    $env:SWARM_STAGE = $Stage
    $env:SWARM_BOOT = if ($before) { 'again' } else { 'first' }
    $env:SWARM_NAME = $facts.swarm
    $env:SWARM_ROLE = $facts.role
    $env:SWARM_POOL = "$($facts.pool)"
    $env:SWARM_INDEX = "$($facts.index)"
    $env:SWARM_FACTS = $FactsFile
    $ErrorActionPreference = 'Continue'
    powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $file 2>&1 | ForEach-Object { Write-Host "$_" }
    $code = $LASTEXITCODE
    $ErrorActionPreference = 'Stop'
    Remove-Item $file
    if ($code -eq 0) {
      New-Item -ItemType File -Force "$keep\done\$mark" | Out-Null
    } else {
      Say "$name failed: $code"
      if ($own.stop) { return $false }
    }
    $bootDone[$mark] = $true
  }
  return $true
}

# ---- access

# SSH with keys only: the key that the machine should have been born with, and the operators'.
function Set-Access {
  if (-not $facts.admin) { return $true }
  if (-not (Get-Service sshd -ErrorAction SilentlyContinue)) {
    Say 'installing OpenSSH'
    Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0' | Out-Null
  }
  $folder = "$env:ProgramData\ssh"
  $config = "$folder\sshd_config"
  if ((Get-Service sshd).StartType -ne 'Automatic') { Set-Service sshd -StartupType Automatic }
  if (-not (Test-Path $config)) { Start-Service sshd; Start-Sleep -Seconds 5 } # it writes its first settings
  $first = "# swarmgen`r`nPasswordAuthentication no`r`nKbdInteractiveAuthentication no`r`n"
  $text = [IO.File]::ReadAllText($config)
  if (-not $text.StartsWith($first)) {
    [IO.File]::WriteAllText($config, $first + $text) # the first value wins
    Restart-Service sshd
  }
  if ((Get-Service sshd).Status -ne 'Running') { Start-Service sshd }
  if (-not (Get-NetFirewallRule -Name swarmgen-ssh -ErrorAction SilentlyContinue)) {
    New-NetFirewallRule -Name swarmgen-ssh -DisplayName 'SSH' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 22 | Out-Null
  }
  $operators = Invoke-Vault GET $facts.secrets.operatorKeys
  if ($operators.Status -notin 200, 404) { return $false }
  $keys = "$($facts.sshKey)`n"
  if ($operators.Status -eq 200) { $keys += "$($operators.Secret.value)`n" }
  $file = "$folder\administrators_authorized_keys"
  if ((Test-Path $file) -and [IO.File]::ReadAllText($file) -eq $keys) { return $true }
  [IO.File]::WriteAllText($file, $keys, [Text.Encoding]::ASCII)
  icacls $file /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-544:F' | Out-Null # SYSTEM, Administrators
  Say "$(@($keys -split "`n" | Where-Object { $_.Trim() }).Count) keys"
  return $true
}

# ---- disk

# Docker's disk; formatted only if it is blank, refused if it is somebody else's.
function Mount-DataDisk {
  if ($null -eq $facts.dataDisk.lun) { return $true }
  $volume = Get-Volume | Where-Object { $_.FileSystemLabel -eq 'swarm-docker' -and $_.DriveLetter } | Select-Object -First 1
  if (-not $volume) {
    $lun = $facts.dataDisk.lun
    $disks = @(Get-Disk | Where-Object { -not $_.IsBoot -and -not $_.IsSystem -and
      ($_.Location -match "LUN $lun$" -or $_.Location -match "Namespace $($lun + 2)$") })
    $disks | Where-Object { $_.IsOffline } | Set-Disk -IsOffline $false
    $disk = $disks | Where-Object { $_.PartitionStyle -eq 'RAW' } | Select-Object -First 1
    if (-not $disk) {
      $problem = if ($disks) { "the disk at LUN $lun holds something else: a person must decide" } else { "no disk at LUN $lun yet" }
      $known = Get-Volume | Where-Object { $_.FileSystemLabel -eq 'swarm-docker' }
      Say $(if ($known) { 'Docker''s disk has no drive letter yet' } else { $problem })
      return $false
    }
    Say "formatting disk $($disk.Number)"
    $disk | Set-Disk -IsReadOnly $false
    $disk | Initialize-Disk -PartitionStyle GPT -PassThru | New-Partition -AssignDriveLetter -UseMaximumSize |
      Format-Volume -FileSystem NTFS -NewFileSystemLabel swarm-docker -Confirm:$false | Out-Null
    $volume = Get-Volume | Where-Object { $_.FileSystemLabel -eq 'swarm-docker' } | Select-Object -First 1
  }
  $script:dataRoot = "$($volume.DriveLetter):\docker"
  return $true
}

# ---- share

# The share of all nodes, for users and containers of this machine.
function Mount-Share {
  if ($facts.role -eq 'manager' -and $facts.stack) { New-Item -ItemType Directory -Force "$keep\traefik" | Out-Null }
  if (-not $facts.share) { return $true }
  $remote = "\\$($facts.share.host)\$($facts.share.name)"
  $mapping = Get-SmbGlobalMapping -ErrorAction SilentlyContinue | Where-Object { $_.LocalPath -eq $facts.share.drive }
  if ($mapping -and "$($mapping.Status)" -eq 'OK') { return $true }
  if ($mapping) { $mapping | Remove-SmbGlobalMapping -Force }
  $options = @{ RemotePath = $remote; LocalPath = $facts.share.drive; RequirePrivacy = $true; Persistent = $false }
  if ($facts.share.kind -eq 'identity') {
    if (-not (Get-Command AzFilesSmbMIClient.exe -ErrorAction SilentlyContinue)) {
      Say 'installing AzFilesSmbMIClient'
      Install-PackageProvider -Name NuGet -MinimumVersion 2.8.5.201 -Force | Out-Null
      Install-Module AzFilesSmbMIClient -RequiredVersion 1.3.0 -Force -Scope AllUsers
      Import-Module AzFilesSmbMIClient
    }
    AzFilesSmbMIClient.exe refresh --uri "https://$($facts.share.host)/" --clientId $facts.clientId | Out-Null
    if ($LASTEXITCODE -ne 0) { Say "ticket for the share: $LASTEXITCODE"; return $false }
  } else {
    $key = Invoke-Vault GET $facts.secrets.shareKey
    if ($key.Status -ne 200) { return $false }
    $options.Credential = New-Object PSCredential "Azure\$($facts.share.account)", (ConvertTo-SecureString $key.Secret.value -AsPlainText -Force)
  }
  try {
    New-SmbGlobalMapping @options | Out-Null
  } catch {
    Say "mounting ${remote}: $($_.Exception.Message)"
    return $false
  }
  Say "$($facts.share.drive) is the share"
  return $true
}

# ---- swarm

function Get-State {
  $info = Invoke-Engine GET /info
  $script:state = if ($info.Status -eq 200) { $info.Content.Swarm.LocalNodeState } else { 'none' }
  $script:id = if ($info.Status -eq 200) { $info.Content.Swarm.NodeID } else { '' }
}

function Test-Manager([string] $Address) {
  $client = New-Object Net.Sockets.TcpClient
  try {
    return $client.BeginConnect($Address, 2377, $null, $null).AsyncWaitHandle.WaitOne(2000) -and $client.Connected
  } finally {
    $client.Close()
  }
}

function Get-Others { @($facts.managers | Where-Object { $_ -ne $me }) }

# Through the first manager that answers.
function Join-Swarm([string] $JoinToken) {
  foreach ($manager in Get-Others) {
    if (-not (Test-Manager $manager)) { continue }
    Say "joining through $manager"
    $answer = Invoke-Engine POST /swarm/join @{
      ListenAddr = '0.0.0.0:2377'; AdvertiseAddr = $me; RemoteAddrs = @("${manager}:2377"); JoinToken = $JoinToken
    }
    if ($answer.Status -eq 200) { return $true }
    Say "join through ${manager}: $($answer.Status) $($answer.Content.message)"
    return $false
  }
  Say 'no manager answers'
  return $false
}

# A new swarm; only the first manager of the facts, only after the vault said that there is none.
function New-Swarm {
  foreach ($manager in Get-Others) {
    if (Test-Manager $manager) { Say "$manager answers, but the vault holds no token: waiting"; return $false }
  }
  $pool = if ($facts.addressPool) { $facts.addressPool } else { '10.10.0.0/16' }
  $size = if ($facts.subnetSize) { $facts.subnetSize } else { 24 }
  $answer = Invoke-Engine POST /swarm/init @{ ListenAddr = '0.0.0.0:2377'; AdvertiseAddr = $me; DefaultAddrPool = @($pool); SubnetSize = $size }
  if ($answer.Status -ne 200) { Say "new swarm: $($answer.Status) $($answer.Content.message)"; return $false }
  Say 'a new swarm'
  return $true
}

# Makes the vault hold this swarm's tokens, each with the swarm's ID as its tag (one write, so never one without the
# other). The managers' token comes last: while it is missing, no swarm was begun. False if something is left to do.
function Save-Tokens {
  $swarm = Invoke-Engine GET /swarm
  if ($swarm.Status -ne 200) { Say "swarm: $($swarm.Status) $($swarm.Content.message)"; return $false }
  foreach ($kind in 'Worker', 'Manager') {
    $name = $facts.secrets."$($kind.ToLower())Token"
    $have = Invoke-Vault GET $name
    if ($have.Status -notin 200, 404) { return $false }
    $cluster = if ($have.Status -eq 200) { $have.Secret.tags.cluster }
    if ($cluster -and $cluster -ne $swarm.Content.ID) { Say 'the vault knows another swarm: a person must decide'; return $false }
    if ($cluster -and $have.Secret.value -ceq $swarm.Content.JoinTokens.$kind) { continue }
    $body = ConvertTo-Json @{
      value = $swarm.Content.JoinTokens.$kind; contentType = 'join token of the swarm'; tags = @{ cluster = $swarm.Content.ID }
    }
    if ((Invoke-Vault PUT $name $body).Status -ne 200) { return $false }
    Say "stored $name"
  }
  return $true
}

# A manager that was rebuilt has a dead one of the same name, which counts for the quorum: it goes.
function Remove-Twins {
  $nodes = Invoke-Engine GET /nodes
  if ($nodes.Status -ne 200) { Say "nodes: $($nodes.Status)"; return $false }
  $name = ($nodes.Content | Where-Object { $_.ID -eq $id }).Description.Hostname
  foreach ($twin in $nodes.Content | Where-Object { $_.Description.Hostname -eq $name -and $_.ID -ne $id }) {
    Invoke-Docker node demote $twin.ID | Out-Null
    if (-not (Invoke-Docker node rm --force $twin.ID)) { Say "$($twin.ID), which was this machine before, is still there"; return $false }
    Say "removed $($twin.ID), which was this machine before"
  }
  return $true
}

# One look and one deed; true once this machine is a member and, as a manager, the vault knows the swarm.
function Step-Swarm {
  $script:again = $false
  Get-State
  if ($state -ne 'pending') { $script:pending = 0 }
  if ($state -eq 'active') { return $facts.role -ne 'manager' -or ((Save-Tokens) -and (Remove-Twins)) }
  if ($state -eq 'inactive') {
    $secret = Invoke-Vault GET $facts.secrets."$($facts.role)Token"
    if ($secret.Status -eq 200) {
      $script:again = Join-Swarm $secret.Secret.value
    } elseif ($secret.Status -eq 404 -and $facts.role -eq 'manager' -and $facts.index -eq 0) {
      $script:again = New-Swarm
    }
  } elseif ($state -eq 'pending') {
    # Without an ID: a join that timed out and refuses every later one. With one: a member that waits for a quorum, or
    # was removed; the engine tells them apart only in its log, so wait long. Never forced.
    $script:pending++
    Say $(if ($id) { "pending, member $id waits for a quorum" } else { 'pending' })
    $limit = if ($id) { 300 } else { 15 }
    if ($script:pending -gt $limit) { Say "pending too long, leave: $((Invoke-Engine POST /swarm/leave).Status)" }
  } else {
    Say "the engine says: $state"
  }
  return $false
}

function Join-Until {
  while (-not (Step-Swarm)) {
    if ($state -eq 'none') { return $false }
    Report Unhealthy
    if (-not $again) { Pause-For 2 }
    $health.Attempt++
  }
  return $true
}

# ---- stack

function Test-Leader { (Invoke-Engine GET "/nodes/$id").Content.ManagerStatus.Leader -eq $true }

# Has Docker's secret or config NAME-VERSION made; names it to the compose files.
function Add-Named([string] $Kind, [string] $Name, [string] $Version, [string] $Value) {
  if (-not (Invoke-Docker $Kind inspect "$Name-$Version")) {
    [IO.File]::WriteAllText("$keep/value", $Value)
    try { $good = Invoke-Docker $Kind create -l swarmgen=stack "$Name-$Version" "$keep/value" } finally { Remove-Item "$keep/value" }
    if (-not $good) { Say "$Kind ${Name}: $last"; return $false }
  }
  Set-Item "env:STACK_$("${Kind}_$Name".ToUpper().Replace('-', '_'))" "$Name-$Version"
  return $true
}

function Get-Properties($Object) { if ($Object) { @($Object.PSObject.Properties) } else { @() } }

function Publish-Stack {
  foreach ($kind in 'config', 'secret') { # those of earlier deployments; what is in use stays
    if (Invoke-Docker $kind ls -q -f label=swarmgen=stack) { foreach ($old in $script:output) { Invoke-Docker $kind rm $old | Out-Null } }
  }
  foreach ($setting in Get-Properties $facts.stack.settings) {
    if ($setting.Name -cmatch '^STACK_[A-Z0-9_]+$') { Set-Item "env:$($setting.Name)" "$($setting.Value)" }
  }
  foreach ($setting in Get-Properties $facts.stack.secretSettings) {
    $secret = Invoke-Vault GET $setting.Value
    if ($secret.Status -ne 200) { return $false }
    if ($setting.Name -cmatch '^STACK_[A-Z0-9_]+$') { Set-Item "env:$($setting.Name)" $secret.Secret.value }
  }
  foreach ($config in Get-Properties $facts.stack.configs) {
    $json = ConvertTo-Json $config.Value -Depth 20 -Compress
    $sha = [Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes($json))
    $version = ($sha[0..5] | ForEach-Object { $_.ToString('x2') }) -join ''
    if (-not (Add-Named config $config.Name $version $json)) { return $false }
  }
  foreach ($entry in Get-Properties $facts.stack.secrets) {
    $secret = Invoke-Vault GET $entry.Value
    if ($secret.Status -ne 200) { return $false }
    $version = ($secret.Secret.id -split '/')[-1]
    if (-not (Add-Named secret $entry.Name $version.Substring(0, [Math]::Min(12, $version.Length)) $secret.Secret.value)) { return $false }
  }
  $files = @()
  foreach ($text in $facts.stack.compose) {
    $file = "$keep/compose-$($files.Count / 2).yml"
    [IO.File]::WriteAllText($file, $text)
    $files += '-c', $file
  }
  Say 'deploying the stack'
  $good = Invoke-Docker stack deploy --detach --prune --resolve-image changed @files swarm
  foreach ($name in Get-ChildItem env:STACK_*) { Remove-Item "env:$($name.Name)" }
  if (-not $good) { Say "stack: $last"; return $false }
  Say 'the stack is deployed'
  return $true
}

# The managers' leader deploys it, when it comes to lead.
function Update-Stack {
  if (-not $facts.stack) { return $true }
  if (-not (Test-Leader)) { $script:deployed = $false; return $true }
  if (-not $deployed) { $script:deployed = Publish-Stack }
  return $deployed
}

# ---- care

function Connect-Registries {
  foreach ($registry in $facts.registries) {
    if ($bootDone["registry $($registry.server)"]) { continue }
    $secret = Invoke-Vault GET $registry.secret
    if ($secret.Status -ne 200) { return }
    $ErrorActionPreference = 'Continue'
    $secret.Secret.value | & "$bin\docker.exe" login -u $registry.username --password-stdin $registry.server 2>&1 | Out-Null
    if ($LASTEXITCODE -ne 0) { Say "sign-in at $($registry.server) failed"; return }
    $bootDone["registry $($registry.server)"] = $true
  }
}

# One image at a time, so that the program keeps looking after the node.
function Get-Images {
  foreach ($image in $facts.images) {
    if ($bootDone["image $image"]) { continue }
    if (-not (Invoke-Docker image inspect $image) -and -not (Invoke-Docker pull -q $image)) { Say "image ${image}: $last"; return }
    $bootDone["image $image"] = $true
    return
  }
}

function Test-Full([int] $Limit) {
  $drive = Get-PSDrive $dataRoot.Substring(0, 1)
  return 100 * $drive.Used / ($drive.Used + $drive.Free) -ge $Limit
}

# Unused images, the oldest first, while Docker's disk is fuller than described.
function Remove-Images {
  if (-not $facts.evictImagesAt -or -not (Test-Full $facts.evictImagesAt)) { return }
  Invoke-Docker image prune -f | Out-Null
  if (-not (Invoke-Docker image ls --format '{{.Repository}}:{{.Tag}}')) { return }
  $images = @($script:output | Where-Object { $_ -notmatch '<none>' })
  [array]::Reverse($images)
  foreach ($image in $images) {
    if (-not (Test-Full $facts.evictImagesAt)) { return }
    if ($facts.images -notcontains $image -and (Invoke-Docker image rm $image)) { Say "removed image $image, the disk is full" }
  }
}

# The leader copies what nodes say in their engines' labels, and removes what it once copied and is gone; it removes a
# worker that is down and whose name another, living one has: it was rebuilt.
function Sync-Nodes {
  if (-not (Test-Leader)) { return }
  $nodes = Invoke-Engine GET /nodes
  if ($nodes.Status -ne 200) { return }
  foreach ($node in $nodes.Content) {
    $want = @{}
    foreach ($label in Get-Properties $node.Description.Engine.Labels) {
      if ($label.Name.StartsWith('swarmgen.label.')) { $want[$label.Name.Substring(15)] = "$($label.Value)" }
    }
    $have = @{}
    foreach ($label in Get-Properties $node.Spec.Labels) { $have[$label.Name] = "$($label.Value)" }
    $copied = @("$($have['swarmgen.labels'])" -split ',')
    $labels = @{}
    foreach ($name in $have.Keys) { if ($name -ne 'swarmgen.labels' -and $copied -notcontains $name) { $labels[$name] = $have[$name] } }
    foreach ($name in $want.Keys) { $labels[$name] = $want[$name] }
    if ($want.Count) { $labels['swarmgen.labels'] = @($want.Keys | Sort-Object) -join ',' }
    $same = $labels.Count -eq $have.Count -and -not ($labels.Keys | Where-Object { $have[$_] -cne $labels[$_] })
    if ($same) { continue }
    $spec = @{ Role = $node.Spec.Role; Availability = $node.Spec.Availability; Labels = $labels }
    if ($node.Spec.Name) { $spec.Name = $node.Spec.Name }
    if ((Invoke-Engine POST "/nodes/$($node.ID)/update?version=$($node.Version.Index)" $spec).Status -eq 200) { Say "labels of $($node.ID)" }
  }
  $ready = @($nodes.Content | Where-Object { $_.Status.State -eq 'ready' } | ForEach-Object { $_.Description.Hostname })
  foreach ($ghost in $nodes.Content | Where-Object { $_.Spec.Role -eq 'worker' -and $_.Status.State -eq 'down' -and $ready -contains $_.Description.Hostname }) {
    if (Invoke-Docker node rm $ghost.ID) { Say "removed $($ghost.ID), a worker that was rebuilt" }
  }
}

# A manager that runs nothing is drained; only what this drained is made active again.
function Set-Schedulable {
  $mark = "$keep\drained"
  if ($facts.schedulable -eq $false) {
    if (-not (Test-Path $mark) -and (Invoke-Docker node update --availability drain $id)) { New-Item -ItemType File $mark | Out-Null }
  } elseif ((Test-Path $mark) -and (Invoke-Docker node update --availability active $id)) {
    Remove-Item $mark
  }
}

# Azure is about to delete this machine: a worker leaves at once, so that its tasks start elsewhere.
function Test-Leaving {
  $path = 'scheduledevents?api-version=2020-07-01'
  $answer = Ask GET "$metadataAt/$path" @{ Metadata = 'true' } '' 4
  if ($answer.Status -ne 200 -or $facts.role -ne 'worker') { return }
  $event = ($answer.Body | ConvertFrom-Json).Events |
    Where-Object { $_.EventType -in 'Terminate', 'Preempt' -and $_.Resources -contains $instance.compute.name } | Select-Object -First 1
  if (-not $event) { return }
  Say 'Azure deletes this machine'
  Report Unhealthy
  Invoke-Engine POST /swarm/leave | Out-Null
  Ask POST "$metadataAt/$path" @{ Metadata = 'true' } (ConvertTo-Json @{ StartRequests = @(@{ EventId = $event.EventId }) }) | Out-Null
  Start-Sleep -Seconds 600
}

# The endpoint, in a thread of its own; without a sign of life for ten minutes it says Unhealthy.
function Start-Health {
  $script:server = [PowerShell]::Create().AddScript({
    param($health)
    $listener = New-Object Net.HttpListener
    $listener.Prefixes.Add('http://127.0.0.1:8765/')
    $listener.Prefixes.Add('http://localhost:8765/')
    $listener.Start()
    while ($true) {
      $context = $listener.GetContext()
      $state = if (((Get-Date) - $health.At).TotalMinutes -gt 10) { 'Unhealthy' } else { $health.State }
      $json = ConvertTo-Json ([ordered]@{
        ApplicationHealthState = $state; step = $health.Step; attempt = $health.Attempt; since = $health.Since; message = $health.Message
      })
      $bytes = [Text.Encoding]::UTF8.GetBytes($json)
      $context.Response.ContentType = 'application/json'
      $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
      $context.Response.Close()
    }
  }).AddArgument($health)
  $script:server.BeginInvoke() | Out-Null
}

# ---- the life cycle

# One step; what it says shows in health.
function Invoke-Step([string] $Name, [scriptblock] $Command) {
  if ($health.Step -ne $Name) { $health.Step = $Name; $health.Attempt = 0; $health.Since = Get-Uptime }
  $health.Attempt++
  $health.Message = ''
  Report Unhealthy
  try {
    return [bool](& $Command | Select-Object -Last 1)
  } catch {
    Say "$($_.Exception.Message) (line $($_.InvocationInfo.ScriptLineNumber))"
    return $false
  }
}

function Converge {
  Invoke-Step 'access' { Set-Access } | Out-Null
  if (-not (Invoke-Step 'scripts before' { Invoke-Scripts before })) { return $false }
  if ($facts.role -ne 'jumpbox') {
    if (-not ((Invoke-Step 'disk' { Mount-DataDisk }) -and (Invoke-Step 'share' { Mount-Share }) -and
        (Invoke-Step 'engine' { Start-Engine }) -and (Invoke-Step 'swarm' { Join-Until }))) { return $false }
    if ($facts.role -eq 'manager' -and -not (Invoke-Step 'stack' { Update-Stack })) { return $false }
  }
  return Invoke-Step 'scripts after' { Invoke-Scripts after }
}

# What may change while a node lives; a part that fails is shown, and tried again.
function Tend([int] $Tick) {
  if ($Tick % 20 -eq 0) { Set-Access | Out-Null }
  if ($facts.role -eq 'jumpbox') { return $true }
  Test-Leaving
  Get-State
  if ($state -ne 'active') { return $false }
  if ($facts.share -and -not (Test-Path "$($facts.share.drive)\")) { return $false }
  if ($Tick % 4 -eq 0) { Connect-Registries; Get-Images; Remove-Images }
  if ($facts.role -eq 'manager') {
    if ($Tick % 20 -eq 0 -and -not (Save-Tokens)) { return $false }
    Set-Schedulable
    Sync-Nodes
    if (-not (Update-Stack)) { return $false }
  }
  return $true
}

function Start-Node {
  if (-not [Diagnostics.EventLog]::SourceExists('swarmgen')) { New-EventLog -LogName Application -Source swarmgen }
  New-Item -ItemType Directory -Force "$keep\done" | Out-Null
  Start-Health
  if ($facts.version -ne 1) { Say 'these facts are of a version that this program does not know'; Start-Sleep -Seconds 60; return }
  while (-not $instance) { $script:instance = Get-Metadata 'instance?api-version=2021-02-01' }
  $script:me = $instance.network.interface[0].ipv4.ipAddress[0].privateIpAddress
  while ($true) {
    while (-not (Converge)) { Pause-For 3 }
    $health.Step = 'ready'
    $health.Attempt = 1
    $health.Since = Get-Uptime
    Say $facts.role
    $tick = 0
    while ($true) {
      $health.Message = ''
      $good = try { Tend $tick | Select-Object -Last 1 } catch { Say "$($_.Exception.Message)"; $false }
      if (-not $good) { break }
      Report Healthy
      $tick++
      Start-Sleep -Seconds 15
    }
  }
}

if ($FactsFile) { # without one: the functions, for tests
  $facts = Get-Content -Raw -Encoding UTF8 $FactsFile | ConvertFrom-Json
  Start-Node
}
