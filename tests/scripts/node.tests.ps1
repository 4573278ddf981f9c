# The decisions of the Windows node program, with stand-ins for vault, engine, docker and Windows' own commands.
. (Join-Path $PSScriptRoot '../../scripts/powershell/node.ps1')
$script:bad = 0
function Check([string] $Name, [scriptblock] $Condition) {
    $good = try { [bool](& $Condition | Select-Object -Last 1) } catch { "    $_"; $false }
    if ($good -eq $true) { "ok node.ps1/$Name" } else { "not ok node.ps1/$Name"; $log | Select-Object -Last 10 | ForEach-Object { "    $_" }; $script:bad = 1 }
}

# ---- stand-ins; what they were asked is in $log

$log = New-Object Collections.ArrayList
function Write-Host { [void]$log.Add("said $args") }
function Write-EventLog { [void]$log.Add("event $args") }
function Start-Sleep { }
function Pause-For { }
function Invoke-Vault([string] $Method, [string] $Secret, [string] $Body = '') {
    [void]$log.Add("vault $Method $Secret")
    if ($fault) { return @{ Status = $fault } }
    if ($Method -eq 'PUT') {
        $vault[$Secret] = $Body | ConvertFrom-Json
        $vault[$Secret] | Add-Member id 'https://vault.test/secrets/x/0123456789abcdef' -Force
    }
    if (-not $vault[$Secret] -or $vault[$Secret].value -eq '-') { return @{ Status = 404 } }
    return @{ Status = 200; Secret = $vault[$Secret] }
}
function Invoke-Engine([string] $Method, [string] $Path, $Body = $null) {
    [void]$log.Add("engine $Method $Path")
    [void]$sent.Add((ConvertTo-Json $Body -Depth 20 -Compress))
    switch -Wildcard ("$Method $Path") {
        'GET /info' { return @{ Status = 200; Content = (ConvertTo-Json @{ Swarm = @{ LocalNodeState = $engine.State; NodeID = $engine.Id } } | ConvertFrom-Json) } }
        'GET /swarm' { return @{ Status = 200; Content = ('{"ID": "cluster-1", "JoinTokens": {"Worker": "SWMTKN-1-w", "Manager": "SWMTKN-1-m"}}' | ConvertFrom-Json) } }
        'GET /nodes' { return @{ Status = 200; Content = ($engine.Nodes | ConvertFrom-Json) } }
        'GET /nodes/*' { return @{ Status = 200; Content = ('{"ManagerStatus": {"Leader": true}}' | ConvertFrom-Json) } }
        'POST /swarm/init' { $engine.State = 'active'; return @{ Status = 200 } }
        'POST /swarm/join' {
            if ($Body.JoinToken -ne $engine.Token) { return @{ Status = 500; Content = @{ message = 'A valid join token is necessary' } } }
            $engine.State = 'active'
            return @{ Status = 200 }
        }
        'POST /swarm/leave' { $engine.State = 'inactive'; $engine.Id = ''; return @{ Status = 200 } }
        default { return @{ Status = 200 } }
    }
}
function Invoke-Docker {
    [void]$log.Add("docker $args")
    $script:output = @()
    $script:last = ''
    if ("$args" -like 'stack deploy*') {
        $script:given = @{}
        Get-ChildItem env:STACK_* | ForEach-Object { $script:given[$_.Name] = $_.Value }
    }
    return "$args" -notmatch '(config|secret|image) inspect'
}
function Test-Manager([string] $Address) { $listening -contains $Address }

$scratch = Join-Path ([IO.Path]::GetTempPath()) "node-$PID"
[void](New-Item -ItemType Directory $scratch)
$keep = $scratch
function New-Box([string] $Role, [hashtable] $More = @{}) {
    $log.Clear()
    $script:sent = New-Object Collections.ArrayList
    $script:engine = @{ State = 'inactive'; Id = ''; Nodes = '[]'; Token = $(if ($Role -eq 'manager') { 'SWMTKN-1-m' } else { 'SWMTKN-1-w' }) }
    $script:vault = @{}
    $script:fault = 0
    $script:listening = @()
    $script:me = if ($Role -eq 'manager') { '10.0.0.4' } else { '10.0.1.9' }
    $script:pending = 0
    $script:deployed = $false
    $script:said = ''
    $all = @{
        version = 1; role = $Role; swarm = 'acme'; managers = '10.0.0.4', '10.0.0.5', '10.0.0.6'
        secrets = @{ workerToken = 'worker'; managerToken = 'manager'; operatorKeys = 'keys' }
    }
    if ($Role -eq 'manager') { $all.index = 0 } else { $all.pool = 'web' }
    foreach ($name in $More.Keys) { $all[$name] = $More[$name] }
    $script:facts = ConvertTo-Json $all -Depth 20 | ConvertFrom-Json
}
function Put-Secret([string] $Name, [string] $Value, [string] $Cluster = '') {
    $script:vault[$Name] = ConvertTo-Json @{ value = $Value; id = 'https://vault.test/secrets/x/0123456789abcdef'; tags = $(if ($Cluster) { @{ cluster = $Cluster } } else { @{} }) } | ConvertFrom-Json
}

# ---- swarm

New-Box manager
Put-Secret manager '-'
Check 'first/begins' { -not (Step-Swarm) -and $log -contains 'engine POST /swarm/init' }
Check 'first/pool' { $sent -match '"DefaultAddrPool":\["10.10.0.0/16"\]' }
Check 'first/stores' { (Step-Swarm) -and $vault.worker.value -eq 'SWMTKN-1-w' -and $vault.manager.value -eq 'SWMTKN-1-m' -and $vault.manager.tags.cluster -eq 'cluster-1' }
Check 'first/order' { $log.IndexOf('vault PUT worker') -lt $log.IndexOf('vault PUT manager') }
Check 'first/once' { (Step-Swarm) -and @($log -eq 'engine POST /swarm/init').Count -eq 1 -and @($log -eq 'vault PUT worker').Count -eq 1 }
Check 'first/no-token-said' { -not ($log -match 'SWMTKN') }

New-Box manager @{ index = 1 }
$script:me = '10.0.0.5'
Put-Secret manager '-'
Check 'second/never-begins' { -not (Step-Swarm) -and $log -notcontains 'engine POST /swarm/init' }
Put-Secret manager 'SWMTKN-1-m' 'cluster-1'
Put-Secret worker 'SWMTKN-1-w' 'cluster-1'
$script:listening = @('10.0.0.6')
Check 'second/joins' { -not (Step-Swarm) -and $again -and (Step-Swarm) -and $sent -match '"RemoteAddrs":\["10.0.0.6:2377"\]' }

New-Box manager
$script:listening = @('10.0.0.5')
Put-Secret manager '-'
Check 'answered/waits' { -not (Step-Swarm) -and $log -notcontains 'engine POST /swarm/init' -and $health.Message -match 'waiting' }

New-Box worker
$script:fault = 403
$script:listening = @('10.0.0.4')
Check 'denied/no-join' { -not (Step-Swarm) -and $log -notcontains 'engine POST /swarm/join' }
$script:fault = 0
Put-Secret worker 'SWMTKN-1-old' 'cluster-1'
Check 'rotated/says-why' { -not (Step-Swarm) -and $health.Message -match 'valid join token' }
Put-Secret worker 'SWMTKN-1-w' 'cluster-1'
Check 'rotated/joins-then' { -not (Step-Swarm) -and (Step-Swarm) }
Check 'worker/asks-for-its-own' { -not ($log -match 'vault \w+ manager') }

New-Box worker
$engine.State = 'pending'
Check 'stuck/leaves' { foreach ($i in 1..16) { [void](Step-Swarm) }; $log -contains 'engine POST /swarm/leave' }
New-Box manager
$engine.State = 'pending'
$engine.Id = 'me-1'
Check 'quorum/stays' { foreach ($i in 1..100) { [void](Step-Swarm) }; $log -notcontains 'engine POST /swarm/leave' }

New-Box manager
$engine.State = 'active'
Put-Secret worker 'SWMTKN-1-x' 'cluster-2'
Check 'foreign/writes-nothing' { -not (Step-Swarm) -and -not ($log -match 'vault PUT') -and $health.Message -match 'another swarm' }

New-Box manager
$engine.State = 'active'
$engine.Id = 'new'
Put-Secret worker 'SWMTKN-1-w' 'cluster-1'
Put-Secret manager 'SWMTKN-1-m' 'cluster-1'
$engine.Nodes = '[{"ID": "new", "Description": {"Hostname": "m0"}}, {"ID": "old", "Description": {"Hostname": "m0"}}, {"ID": "other", "Description": {"Hostname": "m1"}}]'
Check 'twin/goes' { (Step-Swarm) -and $log -contains 'docker node demote old' -and $log -contains 'docker node rm --force old' -and -not ($log -match 'docker.* (new|other)$') }

# ---- labels, ghosts, stack

New-Box manager
$engine.Nodes = '[{"ID": "a", "Version": {"Index": 7}, "Spec": {"Role": "manager", "Availability": "active", "Labels": {"mine": "1", "old": "1", "swarmgen.labels": "old"}}, "Status": {"State": "ready"},
    "Description": {"Hostname": "m0", "Engine": {"Labels": {"own": "1", "swarmgen.label.tier": "a b"}}}},
    {"ID": "b", "Version": {"Index": 8}, "Spec": {"Role": "worker", "Availability": "drain", "Labels": {"swarmgen.labels": "pool", "pool": "web"}}, "Status": {"State": "ready"},
    "Description": {"Hostname": "w", "Engine": {"Labels": {"swarmgen.label.pool": "web"}}}},
    {"ID": "c", "Spec": {"Role": "worker"}, "Status": {"State": "down"}, "Description": {"Hostname": "w"}},
    {"ID": "d", "Spec": {"Role": "worker"}, "Status": {"State": "down"}, "Description": {"Hostname": "gone"}}]'
Sync-Nodes
$update = @($sent | Where-Object { $_ -match 'Labels' } | ForEach-Object { $_ | ConvertFrom-Json })
Check 'labels/one-update' { $update.Count -eq 1 -and $log -contains 'engine POST /nodes/a/update?version=7' }
Check 'labels/content' { $update[0].Labels.mine -eq '1' -and $update[0].Labels.tier -eq 'a b' -and $null -eq $update[0].Labels.old -and $update[0].Labels.'swarmgen.labels' -eq 'tier' }
Check 'ghost/goes' { $log -contains 'docker node rm c' -and $log -notcontains 'docker node rm b' -and $log -notcontains 'docker node rm d' }

New-Box manager @{ stack = @{
    compose = @('services: {}'); settings = @{ STACK_HOST = 'x $(y)'; PATH = '/nowhere' }; secretSettings = @{ STACK_AGENT_SECRET = 'agent' }
    configs = @{ 'traefik-dynamic' = @{ a = 1 } }; secrets = @{ 'portainer-password' = 'password' }
} }
Put-Secret agent 'planted-agent'
Put-Secret password 'planted-password'
$path = $env:PATH
Check 'stack/deploys' { (Update-Stack) -and (Update-Stack) -and @($log -match '^docker stack deploy').Count -eq 1 }
Check 'stack/values' { $given.STACK_HOST -eq 'x $(y)' -and $given.STACK_AGENT_SECRET -eq 'planted-agent' -and $env:PATH -eq $path }
Check 'stack/names' { $given.STACK_SECRET_PORTAINER_PASSWORD -eq 'portainer-password-0123456789ab' -and $given.STACK_CONFIG_TRAEFIK_DYNAMIC -match '^traefik-dynamic-[0-9a-f]{12}$' }
Check 'stack/forgets' { -not (Test-Path env:STACK_AGENT_SECRET) -and -not (Test-Path (Join-Path $keep 'value')) }
Check 'stack/no-secret-in-arguments' { -not ($log -match 'planted') }

# ---- saying

New-Box worker
Say 'once'
Say 'once'
Say 'token SWMTKN-1-abc'
Check 'say/once' { @($log -match '^said .*once$').Count -eq 1 }
Check 'say/redacts' { -not ($log -match 'SWMTKN') }

# ---- the loader: what it keeps and runs, and as what it registers itself

$source = [IO.File]::ReadAllText((Join-Path $PSScriptRoot '../../scripts/powershell/loader.ps1')).Replace('C:\ProgramData\swarmgen', "$scratch/loader")
[void](New-Item -ItemType Directory "$scratch/loader")
$ran = New-Object Collections.ArrayList
function Invoke-WebRequest { if (-not $served) { throw '410' }; return @{ Content = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($served)) } }
function powershell.exe { [void]$ran.Add([IO.File]::ReadAllText("$scratch/loader/node.ps1")); 'a line of the program' }
function Start-Sleep([int] $Seconds) { if ($Seconds -eq 10) { throw 'the round is over' } }
function Invoke-Loader([string] $UserData) {
    $script:served = $UserData
    $ran.Clear()
    try { & ([scriptblock]::Create($source)) -Run } catch { if ("$_" -ne 'the round is over') { throw } }
}
Check 'loader/nothing-yet' { Invoke-Loader ''; $ran.Count -eq 0 }
Check 'loader/runs' { Invoke-Loader '{"version": 1, "program": "first"}'; "$ran" -eq 'first' }
Check 'loader/logs' { (Get-Content "$scratch/loader/node.log") -contains 'a line of the program' }
Check 'loader/unanswered' { Invoke-Loader ''; "$ran" -eq 'first' }
Check 'loader/truncated' { Invoke-Loader '{"version": 1, "program": "sec'; "$ran" -eq 'first' }
Check 'loader/two-texts' { Invoke-Loader '{"program": "a"} {"program": "b"}'; "$ran" -eq 'first' }
Check 'loader/no-program' { Invoke-Loader '{"version": 1}'; "$ran" -eq 'first' }
Check 'loader/changed' { Invoke-Loader '{"version": 1, "program": "second"}'; "$ran" -eq 'second' }
Remove-Item -Recurse $scratch
exit $bad
