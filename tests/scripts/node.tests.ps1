# The decisions of the Windows node program, part by part (Pester). Vault, engine, docker and what only Windows has are
# stand-ins here; tests/bootstrap runs the whole program with a real engine.
BeforeAll {
  . (Join-Path $PSScriptRoot '../../scripts/powershell/node.ps1')
  $log = New-Object Collections.ArrayList
  $sent = @{}
  function Write-Host { [void]$log.Add("said $args") }
  function Write-EventLog { [void]$log.Add("event $args") }
  function Start-Sleep { }
  function Restart-Machine($Why) { [void]$log.Add("restart $Why") }
  function Write-Settings { [void]$log.Add("settings wants=$($my.Want)"); $my.Stale = $false }
  function Metadata { $my.Date = (Get-Utc).ToString('r'); @{ compute = @{ name = 'me' } } }
  function Token($Resource) { "token-for-$Resource" }
  function Ask($Method, $Uri, $Headers, $Body) {
    [void]$log.Add("$Method $Uri")
    $sent["$Method $($Uri -replace '\?.*')"] = $Body
    $name = ($Uri -replace '\?.*' -split '/secrets/')[-1] -replace '/.*'
    if ($Uri -like 'https://vault/secrets/*') {
      $my.Status = if ($world.Fault) { $world.Fault } elseif ($Method -ne 'GET' -or $world.Vault[$name]) { 200 } else { 404 }
      if ($my.Status -ne 200) { return '{"error": {"code": "Forbidden", "innererror": {"code": "ForbiddenByRbac"}}}' }
      if ($Method -ne 'GET') {
        $old = $world.Vault[$name]
        $world.Vault[$name] = $Body | ConvertFrom-Json
        if ($Method -eq 'PATCH') { $world.Vault[$name] | Add-Member value $old.value }
        $world.Vault[$name] | Add-Member -Force id "https://vault/secrets/$name/0123456789abcdef"
      }
      return ConvertTo-Json $world.Vault[$name]
    }
    $answer = $world.Web["$Method $Uri"]
    $my.Status = if ($answer) { $answer[0] } else { 0 }
    if ($answer) { $answer[1] }
  }
  function Engine($Method, $Path, $Body) {
    [void]$log.Add("engine $Method $Path")
    $sent["$Method $Path"] = $Body
    $my.Status = 200
    $my.Problem = '200'
    switch -Wildcard ("$Method $Path") {
      'GET /info' { return '{"Swarm": {"LocalNodeState": "' + $world.State + '", "NodeID": "' + $world.Id + '", "RemoteManagers": ' + $world.Remote + ', "ControlAvailable": ' + $world.Control + '}}' | ConvertFrom-Json }
      'GET /swarm' { return '{"ID": "cluster-1", "JoinTokens": {"Worker": "SWMTKN-1-w", "Manager": "SWMTKN-1-m"}}' | ConvertFrom-Json }
      'GET /nodes' { return $world.Nodes | ConvertFrom-Json }
      'GET /nodes/*' { return '{"ManagerStatus": {"Leader": true}}' | ConvertFrom-Json }
      'GET /containers/*' { return $world.Tasks | ConvertFrom-Json }
      'GET /secrets' { return $world.Secrets | ConvertFrom-Json }
      'POST /swarm/init' { $world.State = 'active' }
      'POST /swarm/join' { if ($Body.JoinToken -eq $world.Token) { $world.State = 'active' } else { $my.Status = 500; $my.Problem = 'A valid join token is necessary' } }
      'POST /swarm/leave*' { $world.State = 'inactive'; $world.Id = '' }
      'POST */create' { $my.Status = 201 }
      'POST /nodes/refused/update*' { $my.Status = 500; $my.Problem = '500 update out of sequence' }
      'DELETE /secrets/*' { $my.Status = $world.Deletes; $my.Problem = 'in use by the following service: web' }
    }
  }
  function Run { [void]$log.Add("run $args$(if ($in = @($input)) { ' <hidden' })"); if ("$args" -like 'docker stack*') { $world.Given = @{}; Get-ChildItem env:STACK_* | ForEach-Object { $world.Given[$_.Name] = $_.Value } } }
  function Test-Manager($Address) { $world.Listening -contains $Address }
  function Test-Lost { $world.Lost }
  $keep = Join-Path ([IO.Path]::GetTempPath()) "node-$PID"
  function Step { [void](Try-This { Step-Swarm }) }

  # A machine that knows nothing, with these facts too.
  function New-Box($Role, $More = @{}) {
    Remove-Item -Recurse -Force -ErrorAction Ignore $keep
    Folder "$keep/done"
    $log.Clear(); $sent.Clear(); $said.Clear(); $done.Clear(); $why.Clear()
    $script:world = @{ State = 'inactive'; Id = 'me'; Remote = '[]'; Control = 'true'; Nodes = '[]'; Tasks = '[]'; Secrets = '[]'; Vault = @{}; Web = @{}; Listening = @(); Fault = 0; Deletes = 204
      Token = $(if ($Role -eq 'manager') { 'SWMTKN-1-m' } else { 'SWMTKN-1-w' }) }
    foreach ($name in 'Pending', 'Member', 'Gone', 'Foreign', 'Stack', 'Stuck', 'Given', 'Event', 'Updater', 'Pull', 'Pulled') { $my[$name] = $null }
    $my.Want = $my.State = ''; $my.Stale = $false; $my.Step = $health.Step = 'facts'; $my.Leads = 1; $my.Id = 'me'; $my.WantSince = 0
    $my.Address = if ($Role -eq 'manager') { '10.0.0.4' } else { '10.0.1.9' }
    $all = @{
      version = 1; role = $Role; swarm = 'acme'; managers = '10.0.0.4', '10.0.0.5', '10.0.0.6'; vault = @{ uri = 'https://vault/'; resource = 'vault' }
      secrets = @{ workerToken = 'worker'; managerToken = 'manager'; operatorKeys = 'keys' }
    }
    if ($Role -eq 'manager') { $all.index = 0 } else { $all.pool = 'web' }
    foreach ($name in $More.Keys) { $all[$name] = $More[$name] }
    $script:facts = ConvertTo-Json $all -Depth 20 | ConvertFrom-Json
  }
  function Put-Secret($Name, $Value, $Tags = @{}) { $world.Vault[$Name] = ConvertTo-Json @{ value = $Value; id = "https://vault/secrets/$Name/0123456789abcdef"; tags = $Tags } | ConvertFrom-Json }
  function Get-Node($Id, $More = '', $Labels = '{}', $Said = '{}', $State = 'ready', $Role = 'worker', $Availability = 'active', $Name = $Id) {
    "{`"ID`": `"$Id`", `"Version`": {`"Index`": 7}, `"Spec`": {`"Role`": `"$Role`", `"Availability`": `"$Availability`", `"Labels`": $Labels}, `"Status`": {`"State`": `"$State`"}, `"Description`": {`"Hostname`": `"$Name`", `"Engine`": {`"Labels`": $Said}}$More}"
  }
  $reachable = ', "ManagerStatus": {"Reachability": "reachable"}'
  $set = '/subscriptions/s-1/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/web'
}
AfterAll { Remove-Item -Recurse -Force -ErrorAction Ignore $keep }

Describe 'swarm' {
  It 'begins once, stores the tokens, the managers'' last' {
    New-Box manager
    Put-Secret manager '-'
    Step; Step; Step
    @($log -eq 'engine POST /swarm/init').Count | Should -Be 1
    $sent['POST /swarm/init'].DefaultAddrPool | Should -Be '10.10.0.0/16'
    $world.Vault.worker.value, $world.Vault.manager.value | Should -Be 'SWMTKN-1-w', 'SWMTKN-1-m'
    $world.Vault.manager.tags.cluster | Should -Be 'cluster-1'
    @($log -like 'PUT*') -replace '\?.*' | Should -Be 'PUT https://vault/secrets/worker', 'PUT https://vault/secrets/manager'
    $my.Member | Should -BeTrue
    $log -match 'SWMTKN' | Should -BeNullOrEmpty
  }
  It 'never begins as the second manager, joins through who answers' {
    New-Box manager @{ index = 1 }
    $my.Address = '10.0.0.5'
    Put-Secret manager '-'
    Step
    $log | Should -Not -Contain 'engine POST /swarm/init'
    Put-Secret manager 'SWMTKN-1-m' @{ cluster = 'cluster-1' }
    $world.Listening = @('10.0.0.6')
    Step
    $sent['POST /swarm/join'].RemoteAddrs | Should -Be '10.0.0.6:2377'
  }
  It 'waits if a manager answers though the vault holds no token' {
    New-Box manager
    $world.Listening = @('10.0.0.5')
    Step
    $log | Should -Not -Contain 'engine POST /swarm/init'
    $health.Message | Should -Match 'waiting'
  }
  It 'waits while the vault answers <_>' -ForEach 403, 429, 500, 503 {
    New-Box manager
    $world.Fault = $_
    Step
    $log -match 'init|join' | Should -BeNullOrEmpty
    $health.Message | Should -Match 'vault GET manager: \d+ ForbiddenByRbac'
  }
  It 'says that a token is old, joins with the new one; a worker asks for its own token only' {
    New-Box worker
    $world.Listening = @('10.0.0.4')
    Put-Secret worker 'SWMTKN-1-old'
    Step
    $health.Message | Should -Match 'valid join token'
    Put-Secret worker 'SWMTKN-1-w'
    Step; Step
    $my.Member | Should -BeTrue
    $log -match 'secrets/manager' | Should -BeNullOrEmpty
  }
  It 'leaves a swarm that is gone, after a minute' {
    New-Box worker
    $world.State = 'active'; $world.Lost = $true
    Step
    $my.Member | Should -BeFalse
    $health.Message | Should -Match 'the managers are of another swarm'
    $log -match 'swarm/leave' | Should -BeNullOrEmpty
    $my.Pending -= 61
    Step
    $log | Should -Contain 'engine POST /swarm/leave'
  }
  It 'leaves a join that hangs, but no swarm without a quorum' {
    foreach ($state in 'pending', 'error') {
      New-Box worker
      $world.State = $state; $world.Id = ''
      Step
      $my.Pending -= 29
      Step
      $log -match 'leave' | Should -BeNullOrEmpty
      $my.Pending -= 2
      Step
      $log | Should -Contain 'engine POST /swarm/leave'
    }
    New-Box manager
    $world.State = 'pending'
    Step
    $my.Pending -= 590
    Step
    $log -match 'leave' | Should -BeNullOrEmpty
    $health.Message | Should -Be 'pending, member me waits for a quorum'
  }
  It 'is no member of a swarm with other managers' {
    New-Box worker
    $world.State = 'active'; $world.Remote = '[{"Addr": "10.9.9.9:2377"}]'
    Step
    $health.Message | Should -Be 'a member of another swarm, that of 10.9.9.9: a person must decide'
  }
  It 'leaves as a manager that was made a worker, after a minute' {
    New-Box manager
    $world.State = 'active'; $world.Control = 'false'
    Step
    $my.Pending -= 59
    Step
    $log -match '^engine POST' | Should -BeNullOrEmpty
    $health.Message | Should -Match 'made a worker'
    $my.Pending -= 2
    Step
    $log | Should -Contain 'engine POST /swarm/leave'
  }
  It 'writes nothing over another swarm''s tokens' {
    New-Box manager
    $world.State = 'active'; $world.Nodes = "[$(Get-Node me)]"
    Put-Secret manager 'SWMTKN-1-x' @{ cluster = 'cluster-2' }
    Step
    $log -match 'PUT|leave' | Should -BeNullOrEmpty
    $health.Message | Should -Match 'another swarm'
  }
  It 'gives way if it began alone in the same moment as another' {
    New-Box manager
    $world.State = 'active'; $world.Nodes = "[$(Get-Node me)]"
    Put "$keep/done/began"
    Put-Secret manager 'SWMTKN-1-x' @{ cluster = 'cluster-2' }
    Step
    $log | Should -Contain 'engine POST /swarm/leave?force=true'
  }
  It 'removes its dead twin by ID' {
    New-Box manager
    $world.State = 'active'
    Put-Secret manager 'SWMTKN-1-m' @{ cluster = 'cluster-1' }
    Put-Secret worker 'SWMTKN-1-w' @{ cluster = 'cluster-1' }
    $world.Nodes = "[$(Get-Node me -Name m0), $(Get-Node old -Name m0 -Role manager), $(Get-Node other -Name m1)]"
    Step
    $log -match 'DELETE' | Should -Be 'engine DELETE /nodes/old?force=true'
    $sent['POST /nodes/old/update?version=7'].Role | Should -Be 'worker'
  }
  It 'waits for the clock' {
    New-Box worker
    function Metadata { $my.Date = (Get-Utc).AddSeconds($off).ToString('r'); $about }
    function w32tm.exe { [void]$log.Add("w32tm $args") }
    $about = '{"compute": {"name": "me"}, "network": {"interface": [{"ipv4": {"ipAddress": [{"privateIpAddress": "10.0.1.9"}]}}]}}' | ConvertFrom-Json
    $off = 4000
    [void](Try-This { Find-Self })
    $health.Message | Should -Match 'the clock is \d+ s off'
    $log | Should -Contain 'w32tm /resync /force'
    $off = 2
    Try-This { Find-Self } | Should -BeTrue
    function Metadata { throw 'metadata instance: 410' }
    $my.Address = ''
    Try-This { Find-Self } | Should -BeTrue
    $my.Address | Should -Be '10.0.1.9'
    New-Box worker
    Try-This { Find-Self } | Should -BeFalse
    $health.Message | Should -Be 'metadata instance: 410'
  }
}

Describe 'the leader' {
  It 'copies labels, and removes what it once copied' {
    New-Box manager
    $nodes = "[$(Get-Node a -Labels '{"mine": "1", "old": "1", "swarmgen.labels": "old"}' -Said '{"own": "1", "swarmgen.label.tier": "a b"}'), $(Get-Node b -Labels '{"swarmgen.labels": "pool", "pool": "web"}' -Said '{"swarmgen.label.pool": "web"}')]" | ConvertFrom-Json
    Sync-Nodes $nodes
    @($log -match 'update') | Should -Be 'engine POST /nodes/a/update?version=7'
    $labels = $sent['POST /nodes/a/update?version=7'].Labels
    $labels.Keys | Sort-Object | Should -Be 'mine', 'swarmgen.labels', 'tier'
    $labels.tier, $labels['swarmgen.labels'] | Should -Be 'a b', 'tier'
  }
  It 'says which node could not be changed, and changes the others' {
    New-Box manager
    $label = '{"swarmgen.label.tier": "a"}'
    { Sync-Nodes ("[$(Get-Node refused -Said $label), $(Get-Node b -Said $label)]" | ConvertFrom-Json) } | Should -Throw 'refused: 500 update out of sequence'
    $sent['POST /nodes/b/update?version=7'].Labels.tier | Should -Be 'a'
  }
  It 'drains who wants <want>: <drains>' -ForEach @{ want = 'leave'; drains = $true }, @{ want = 'reboot'; drains = $true }, @{ want = 'turn'; drains = $false } {
    New-Box manager
    $wants = '{"swarmgen.wants": "' + $want + '"}'
    Sync-Nodes ("[$(Get-Node a -Said $wants)]" | ConvertFrom-Json)
    if ($drains) { $sent['POST /nodes/a/update?version=7'].Availability | Should -Be 'drain' } else { $log -match 'update' | Should -BeNullOrEmpty }
  }
  It 'makes active again what it drained, and only that' {
    New-Box manager
    Sync-Nodes ("[$(Get-Node a -Availability drain -Labels '{"swarmgen.drained": "1"}'), $(Get-Node b -Availability drain), $(Get-Node c -Availability drain -State down -Labels '{"swarmgen.drained": "1"}')]" | ConvertFrom-Json)
    @($log -match 'update') | Should -Be 'engine POST /nodes/a/update?version=7'
    $sent['POST /nodes/a/update?version=7'].Availability | Should -Be 'active'
  }
  It 'gives the turn to one node, itself last, and keeps other tags' {
    New-Box manager @{ updates = @{ days = @("$((Get-Utc).DayOfWeek)"); from = '00:00'; hours = 24 } }
    $my.Want = 'turn'
    Put-Secret worker 'SWMTKN-1-w' @{ cluster = 'cluster-1' }
    $wants = '{"swarmgen.wants": "turn"}'
    Set-Turn ("[$(Get-Node me $reachable -Role manager), $(Get-Node a -Said $wants), $(Get-Node b -Said $wants)]" | ConvertFrom-Json)
    $my.Given | Should -Be 'a'
    $world.Vault.worker.tags.cluster | Should -Be 'cluster-1'
    $world.Vault.worker.tags.turn | Should -Match '^a \d+$'
    $log.Clear()
    Set-Turn ("[$(Get-Node me $reachable -Role manager), $(Get-Node b -Said $wants), $(Get-Node a -Said $wants)]" | ConvertFrom-Json)
    $my.Given | Should -Be 'a'
    $log -match 'PATCH' | Should -BeNullOrEmpty
    { Set-Turn ("[$(Get-Node me $reachable -Role manager), $(Get-Node a -State down -Said $wants), $(Get-Node b -Said $wants)]" | ConvertFrom-Json) } | Should -Throw '*while a is down or drained'
    $log -match 'PATCH' | Should -BeNullOrEmpty
    Put-Secret worker 'SWMTKN-1-w' @{ turn = "a $((Now) - 3601)" }
    Set-Turn ("[$(Get-Node me $reachable -Role manager), $(Get-Node b -Said $wants)]" | ConvertFrom-Json)
    $my.Given | Should -Be 'b'
  }
  It 'removes a worker that left, was rebuilt, or whose machine is gone; nothing in doubt' {
    New-Box manager @{ resources = @{ uri = 'https://arm'; resource = 'arm' } }
    $my.Leads = (Now) - 100
    $page = "https://arm$set/virtualMachines?api-version=2024-07-01"
    $world.Web["GET $page"] = 200, '{"value": [{"properties": {"osProfile": {"computerName": "HERE"}}}], "nextLink": "https://arm/next"}'
    $world.Web['GET https://arm/next'] = 200, '{"value": [{"properties": {"osProfile": {"computerName": "there"}}}]}'
    $of = '{"swarmgen.set": "' + $set + '"}'
    $nodes = "[$(Get-Node me $reachable -Role manager), $(Get-Node l -State down -Said '{"swarmgen.wants": "leave"}'), $(Get-Node o -State down -Name w), $(Get-Node n -Name w), $(Get-Node here -State down -Said $of), $(Get-Node there -State down -Said $of), $(Get-Node gone -State down -Said $of), $(Get-Node who -State down)]" | ConvertFrom-Json
    Remove-Gone $nodes
    @($log -match 'DELETE') | Should -Be 'engine DELETE /nodes/l', 'engine DELETE /nodes/o', 'engine DELETE /nodes/gone'
    foreach ($status in 403, 500, 0) {
      $log.Clear()
      $world.Web["GET $page"] = $status, '{}'
      { Remove-Gone $nodes } | Should -Throw 'in doubt*'
      $log | Should -Not -Contain 'engine DELETE /nodes/gone'
    }
    $log.Clear()
    $world.Web["GET $page"] = 404, '{}'
    Remove-Gone $nodes
    @($log -match 'DELETE /nodes/(gone|here)') | Should -HaveCount 2
  }
  It 'removes a node without a name, of a join that was cut, after a minute' {
    New-Box manager
    $my.Leads = (Now) - 100
    $old, $new = 120, 20 | foreach { (Get-Date).ToUniversalTime().AddSeconds(-$_).ToString('yyyy-MM-ddTHH:mm:ss.fffffff') + '89Z' }
    Remove-Gone ("[$(Get-Node me $reachable -Role manager), {`"ID`": `"cut`", `"CreatedAt`": `"$old`", `"Spec`": {`"Role`": `"manager`"}, `"Status`": {`"State`": `"down`"}, `"Description`": {}}, {`"ID`": `"young`", `"CreatedAt`": `"$new`", `"Spec`": {`"Role`": `"worker`"}, `"Status`": {`"State`": `"down`"}, `"Description`": {}}]" | ConvertFrom-Json)
    @($log -match 'DELETE') | Should -Be 'engine DELETE /nodes/cut'
    @($log -match '^said .*removed manager - \(cut\): cut$') | Should -HaveCount 1
  }
  It 'removes nothing soon after it came to lead, nor while a manager is away' {
    New-Box manager
    $gone = Get-Node l -State down -Said '{"swarmgen.wants": "leave"}'
    $my.Leads = (Now) - 30
    Remove-Gone ("[$(Get-Node me $reachable -Role manager), $gone]" | ConvertFrom-Json)
    $my.Leads = (Now) - 100
    Remove-Gone ("[$(Get-Node me $reachable -Role manager), $(Get-Node m ', "ManagerStatus": {"Reachability": "unreachable"}' -Role manager), $gone]" | ConvertFrom-Json)
    $log -match 'DELETE' | Should -BeNullOrEmpty
  }
  It 'sends its token nowhere but to a scale set: <_>' -ForEach '.evil.example/subscriptions/s-1/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/web', '@evil.example/x', '/subscriptions/s-1/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/web?x=/../..' {
    New-Box manager @{ resources = @{ uri = 'https://arm'; resource = 'arm' } }
    { Get-Machines $_ } | Should -Throw 'no scale set*'
    $log -match 'arm' | Should -BeNullOrEmpty
  }
  It 'deploys the stack once for each version, and forgets its values' {
    New-Box manager @{ stack = 'stack' }
    Put-Secret agent 'planted-agent'
    Put-Secret password 'planted-password'
    Put-Secret stack (ConvertTo-Json -Depth 9 @{
      compose = @('services: {}'); settings = @{ STACK_HOST = 'x $(y)'; PATH = '/nowhere' }; secretSettings = @{ STACK_AGENT_SECRET = 'agent' }
      configs = @{ 'traefik-dynamic' = @{ a = 1 } }; secrets = @{ 'portainer-password' = 'password' }
    })
    $path = $env:PATH
    Update-Stack; Update-Stack
    $done.Clear()
    Update-Stack
    @($log -like 'run docker stack deploy*').Count | Should -Be 1
    $world.Given.STACK_HOST, $world.Given.STACK_AGENT_SECRET | Should -Be 'x $(y)', 'planted-agent'
    $world.Given.STACK_SECRET_PORTAINER_PASSWORD | Should -Be 'portainer-password-0123456789ab'
    $world.Given.STACK_CONFIG_TRAEFIK_DYNAMIC | Should -Match '^traefik-dynamic-[0-9a-f]{12}$'
    [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($sent['POST /secrets/create'].Data)) | Should -Be 'planted-password'
    $env:PATH | Should -Be $path
    Test-Path env:STACK_AGENT_SECRET | Should -BeFalse
    $log -match 'planted' | Should -BeNullOrEmpty
    $world.Vault.agent.id = 'https://vault/secrets/agent/ffffffffffffffff'
    $done.Clear()
    Update-Stack
    @($log -like 'run docker stack deploy*').Count | Should -Be 2
  }
  It 'makes the users'' Docker secrets, and replaces what nobody uses' {
    New-Box manager @{ dockerSecrets = @{ db = 'password' } }
    Put-Secret password 'planted'
    Update-Secrets
    $sent['POST /secrets/create'].Labels['swarmgen.version'] | Should -Be '0123456789abcdef'
    $world.Secrets = '[{"ID": "s1", "Spec": {"Name": "db", "Labels": {"swarmgen.version": "0123456789abcdef"}}}]'
    $log.Clear()
    Update-Secrets
    $log -match 'create|DELETE' | Should -BeNullOrEmpty
    $world.Secrets = $world.Secrets.Replace('0123', 'old-')
    $world.Deletes = 400
    { Update-Secrets } | Should -Throw 'secret db has a new value:*in use by the following service: web'
    $log -match 'create' | Should -BeNullOrEmpty
    $world.Deletes = 204
    Update-Secrets
    $log | Should -Contain 'engine POST /secrets/create'
  }
}

Describe 'events and updates' {
  BeforeAll {
    $instance = '{"compute": {"name": "set_1"}}' | ConvertFrom-Json
    $events = 'http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01'
    function Add-Event($Type, $Of = 'set_1', $Status = 'Scheduled') {
      $world.Web["GET $events"] = 200, "{`"Events`": [{`"EventId`": `"E`", `"EventType`": `"$Type`", `"EventStatus`": `"$Status`", `"Resources`": [`"$Of`"]}]}"
      $world.Web["POST $events"] = 200, ''
    }
  }
  It 'Terminate: a worker says so, waits for its tasks, leaves, confirms' {
    New-Box worker
    $world.State = 'active'
    Add-Event Terminate
    $world.Tasks = '[{"Id": "1"}]'
    Watch-Events
    $my.Want | Should -Be 'leave'
    $log | Should -Contain 'settings wants=leave'
    $log -match 'POST' | Should -BeNullOrEmpty
    $world.Tasks = '[]'
    Watch-Events
    @($log -match 'POST') -replace '\?.*' | Should -Be 'engine POST /swarm/leave', ('POST ' + $events -replace '\?.*')
    Step
    $health.Message | Should -Match 'it has left the swarm'
  }
  It 'waits for tasks a minute at most' {
    New-Box worker
    $world.State = 'active'
    Add-Event Redeploy
    $world.Tasks = '[{"Id": "1"}]'
    Watch-Events
    $my.WantSince = (Now) - 61
    Watch-Events
    "$($log -match 'POST')" | Should -Match 'scheduledevents'
    "$($log -match 'POST')" | Should -Not -Match 'leave'
  }
  It 'Preempt: leaves at once' {
    foreach ($state in 'active', 'pending') {
      New-Box worker
      $world.State = $state
      Add-Event Preempt
      $world.Tasks = '[{"Id": "1"}]'
      Watch-Events
      $log | Should -Contain 'engine POST /swarm/leave'
      "$($log -match 'POST')" | Should -Match 'scheduledevents'
    }
  }
  It 'leaves though somebody else confirmed; Freeze beside it is no reason to leave at once' {
    New-Box worker
    $world.State = 'active'
    Add-Event Terminate -Status Started
    Watch-Events
    "$($log -match 'POST')" | Should -Be 'engine POST /swarm/leave'
    New-Box worker
    $world.State = 'active'
    $world.Tasks = '[{"Id": "1"}]'
    $world.Web["GET $events"] = 200, '{"Events": [{"EventId": "F", "EventType": "Freeze", "EventStatus": "Scheduled", "Resources": ["set_1"]}, {"EventId": "E", "EventType": "Terminate", "EventStatus": "Scheduled", "Resources": ["set_1"]}]}'
    Watch-Events
    $log | Should -Not -Contain 'engine POST /swarm/leave'
    "$($log -match 'POST')" | Should -Match 'scheduledevents'
  }
  It 'a manager never leaves' {
    New-Box manager
    $world.State = 'active'
    Add-Event Terminate
    Watch-Events
    $my.Want | Should -Be 'leave'
    $log -match 'swarm/leave' | Should -BeNullOrEmpty
  }
  It 'Freeze is confirmed at once; a sibling''s event is none of ours' {
    New-Box worker
    Add-Event Freeze
    Watch-Events
    "$($log -match 'POST')" | Should -Match 'scheduledevents'
    $my.Want | Should -Be ''
    New-Box worker
    Add-Event Terminate 'set_2'
    Watch-Events
    $log -match 'POST|settings' | Should -BeNullOrEmpty
  }
  It 'confirms no event twice' {
    New-Box worker
    $world.State = 'active'
    Add-Event Reboot -Status Started
    Watch-Events
    $my.Want | Should -Be 'reboot'
    $log -match 'POST' | Should -BeNullOrEmpty
  }
  It 'the wish ends with the event' {
    New-Box worker
    $world.State = 'active'
    Add-Event Reboot
    Watch-Events
    $my.Want | Should -Be 'reboot'
    $world.Web["GET $events"] = 200, '{"Events": []}'
    Watch-Events
    $my.Want | Should -Be ''
  }
  It 'the window from Saturday <from>, four hours: <now> is in it: <open>' -ForEach @{ now = '2026-11-28 03:00'; from = '02:00'; open = $true }, @{ now = '2026-11-28 01:00'; from = '02:00'; open = $false },
    @{ now = '2026-11-29 00:30'; from = '02:00'; open = $false }, @{ now = '2026-11-29 03:00'; from = '02:00'; open = $false }, @{ now = '2026-11-29 01:30'; from = '23:00'; open = $true } {
    New-Box worker @{ updates = @{ days = @('Saturday'); from = $from; hours = 4 } }
    Mock Get-Utc { [DateTime]::SpecifyKind([DateTime]$now, 'Utc') }
    [bool](Test-Window) | Should -Be $open
  }
  It 'restarts once in its turn' {
    New-Box worker @{ updates = @{ days = @("$((Get-Utc).DayOfWeek)", "$((Get-Utc).AddDays(-1).DayOfWeek)"); from = '00:00'; hours = 24 } }
    function reg.exe { }
    function Start-Process { [void]$log.Add("start $args"); @{ HasExited = $true } }
    function Test-Path($Path) { if ("$Path" -like 'HKLM:*') { $false, $true } else { Microsoft.PowerShell.Management\Test-Path $Path } }
    Put-Secret worker 'SWMTKN-1-w' @{ turn = "other $(Now)" }
    [void](Try-This { Watch-Updates })
    $my.Want | Should -Be 'turn'
    $log -match '^restart' | Should -BeNullOrEmpty
    Put-Secret worker 'SWMTKN-1-w' @{ turn = "me $(Now)" }
    [void](Try-This { Watch-Updates })
    [void](Try-This { Watch-Updates })
    @($log -match '^restart') | Should -HaveCount 1
  }
}

Describe 'this node' {
  It 'shows the step that failed until it succeeds, and counts its attempts; a part''s words beside it' {
    New-Box worker
    Start-Step disk
    [void](Try-This { throw 'no disk' })
    $my.Stuck = 'disk'
    Start-Step facts
    Part access { throw 'no key' }
    $health.Step, $health.Attempt, $health.Message | Should -Be 'disk', 1, 'no disk'
    $why.access | Should -Be 'no key'
    Start-Step disk
    $health.Attempt | Should -Be 2
    Part access { }
    $why.Count | Should -Be 0
    $my.Stuck = ''
    Start-Step share
    $health.Step, $health.Attempt, $health.Message | Should -Be 'share', 1, ''
  }
  It 'a line is said once, a token never' {
    New-Box worker
    Say 'once'; Say 'once'; Say 'token SWMTKN-1-abc'; Say 'bearer eyJabc'
    @($log -match '^said .*once$') | Should -HaveCount 1
    $log -match 'SWMTKN|eyJ' | Should -BeNullOrEmpty
  }
  It 'says its labels, its set and its wish in its engine''s labels' {
    New-Box worker @{ labels = @{ tier = 'front' } }
    $my.Want = 'leave'
    $instance = '{"compute": {"subscriptionId": "s-1", "resourceGroupName": "g", "vmScaleSetName": "web"}}' | ConvertFrom-Json
    Get-Labels | Should -Be 'swarmgen.label.pool=web', 'swarmgen.label.tier=front', "swarmgen.set=$set", 'swarmgen.wants=leave'
  }
  It 'signs in at Azure''s registry by identity, the token not as an argument' {
    New-Box worker @{ registries = @(@{ server = 'acme.azurecr.io'; kind = 'identity' }); registryResource = 'arm' }
    $world.Web['POST https://acme.azurecr.io/oauth2/exchange'] = 200, '{"refresh_token": "planted"}'
    Connect-Registries; Connect-Registries
    @($log -like 'run*') | Should -Be 'run docker login -u 00000000-0000-0000-0000-000000000000 --password-stdin acme.azurecr.io <hidden'
    $sent['POST https://acme.azurecr.io/oauth2/exchange'] | Should -Match '^grant_type=access_token&service=acme.azurecr.io&access_token=token-for-arm$'
  }
  It 'formats a blank disk, goes on after a cut, refuses a foreign one' {
    New-Box worker @{ dataDisk = @{ lun = 0 } }
    $hardware = @{ style = 'RAW'; label = '' }
    function Get-Disk { [pscustomobject]@{ Number = 2; UniqueId = 'u-1'; Location = 'Adapter 1 : LUN 0'; IsBoot = $false; IsSystem = $false; IsOffline = $false; PartitionStyle = $hardware.style } }
    function Get-Volume { if ($hardware.label) { [pscustomobject]@{ FileSystemLabel = $hardware.label; DriveLetter = 'F' } } }
    function Set-Disk { }
    function Clear-Disk { [void]$log.Add('cleared'); $hardware.style = 'RAW' }
    function Initialize-Disk { $hardware.style = 'GPT'; if ($hardware.cut) { throw 'cut' } }
    function New-Partition { }
    function Format-Volume { $hardware.label = 'swarm-docker' }
    $hardware.cut = $true
    { Mount-DataDisk } | Should -Throw 'cut'
    $hardware.cut = $false
    Mount-DataDisk
    $log | Should -Contain 'cleared'
    $my.DataRoot | Should -Be 'F:\docker'
    $hardware.label = ''; $hardware.style = 'GPT'
    { Mount-DataDisk } | Should -Throw '*a person must decide'
  }
  It 'encrypts so that openssl reads it; its seal is an HMAC of the rest' {
    New-Box manager
    [IO.File]::WriteAllText("$keep/plain", 'state of the swarm')
    Protect-File "$keep/plain" "$keep/enc" 'planted key'
    $all = [IO.File]::ReadAllBytes("$keep/enc")
    [IO.File]::WriteAllBytes("$keep/body", $all[0..($all.Length - 33)])
    $keys = [Security.Cryptography.Rfc2898DeriveBytes]::new('planted key', [byte[]]$all[8..15], 600000, 'SHA256').GetBytes(80)
    $seal = [Security.Cryptography.HMACSHA256]::new([byte[]]$keys[48..79]).ComputeHash([byte[]]$all[0..($all.Length - 33)])
    [Convert]::ToBase64String($all[-32..-1]) | Should -Be ([Convert]::ToBase64String($seal))
    [Text.Encoding]::ASCII.GetString($all) | Should -Not -Match 'state'
    if (-not (Get-Command openssl -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'openssl is not installed' }
    openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -in "$keep/body" -pass 'pass:planted key' | Should -Be 'state of the swarm'
  }
}

Describe 'the loader' {
  BeforeAll {
    $scratch = Join-Path ([IO.Path]::GetTempPath()) "loader-$PID"
    [void](New-Item -ItemType Directory -Force $scratch)
    $source = [IO.File]::ReadAllText((Join-Path $PSScriptRoot '../../scripts/powershell/loader.ps1')).Replace('C:\ProgramData\swarmgen', $scratch)
    $ran = New-Object Collections.ArrayList
    function Invoke-WebRequest { if (-not $served) { throw '410' }; return @{ Content = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($served)) } }
    function powershell.exe { [void]$ran.Add([IO.File]::ReadAllText("$scratch/node.ps1")); 'a line of the program' }
    function Start-Sleep([int] $Seconds) { if ($Seconds -eq 10) { throw 'the round is over' } }
    function Invoke-Loader($served) {
      $ran.Clear()
      try { & ([scriptblock]::Create($source)) -Run } catch { if ("$_" -ne 'the round is over') { throw } }
      "$ran"
    }
  }
  AfterAll { Remove-Item -Recurse $scratch }
  It 'runs the last good userData: <given>' -ForEach @{ given = ''; runs = '' }, @{ given = '{"version": 1, "program": "first"}'; runs = 'first' }, @{ given = ''; runs = 'first' },
    @{ given = '{"version": 1, "program": "sec'; runs = 'first' }, @{ given = '{"program": "a"} {"program": "b"}'; runs = 'first' }, @{ given = '{"version": 1}'; runs = 'first' },
    @{ given = '{"version": 1, "program": "second"}'; runs = 'second' } {
    Invoke-Loader $given | Should -Be $runs
  }
  It 'keeps what the program says' { Get-Content "$scratch/node.log" | Should -Contain 'a line of the program' }
}
