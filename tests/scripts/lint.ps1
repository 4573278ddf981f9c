# Finds what Windows PowerShell 5.1 does not have. Shows first, on planted samples, that it would find it.
function Find-Newer([string] $Text) {
    $tokens = $null
    $errors = $null
    $tree = [Management.Automation.Language.Parser]::ParseInput($Text, [ref]$tokens, [ref]$errors)
    foreach ($problem in $errors) { "$($problem.Extent.StartLineNumber): $($problem.Message)" }
    foreach ($token in $tokens) {
        if ("$($token.Kind)" -in 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr') {
            "$($token.Extent.StartLineNumber): operator $($token.Text)"
        }
    }
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        $kind = $node.GetType().Name
        $line = $node.Extent.StartLineNumber
        if ($kind -eq 'TernaryExpressionAst') { "${line}: operator ? :" }
        if ($kind -eq 'PipelineAst' -and $node.PSObject.Properties['Background'] -and $node.Background) { "${line}: background &" }
        if ($kind -eq 'CommandParameterAst' -and $node.ParameterName -in 'SkipHttpErrorCheck', 'SkipCertificateCheck', 'MaximumRetryCount',
            'RetryIntervalSec', 'AsHashtable', 'Parallel', 'NoProxy', 'ResponseHeadersVariable', 'StatusCodeVariable', 'AsByteStream',
            'AdditionalChildPath', 'EnumsAsStrings', 'AsArray', 'Resume', 'Shuffle') { "${line}: parameter -$($node.ParameterName)" }
        if ($kind -eq 'CommandAst') {
            $name = $node.GetCommandName()
            $plain = @($node.CommandElements | Where-Object { $_.GetType().Name -ne 'CommandParameterAst' })
            if ($name -eq 'Join-Path' -and $plain.Count -gt 3) { "${line}: Join-Path of three" }
            if ($name -in 'Test-Json', 'ConvertFrom-Markdown', 'Remove-Service', 'Get-Uptime' -and
                $Text -notmatch "function $name\b") { "${line}: command $name" }
            if ($name -in 'Out-File', 'Set-Content', 'Add-Content' -and "$node" -notmatch '-Encoding ascii') { "${line}: $name without -Encoding ascii" }
            if ($name -in 'Invoke-WebRequest', 'Invoke-RestMethod' -and "$node" -notmatch '-UseBasicParsing') { "${line}: $name without -UseBasicParsing" }
            if ($name -in 'Invoke-Expression', 'iex') { "${line}: $name" }
        }
        if ($kind -eq 'FileRedirectionAst') { "${line}: > writes UTF-16" }
        if ($kind -eq 'VariableExpressionAst' -and "$($node.VariablePath)" -in 'IsWindows', 'IsLinux', 'PSStyle', 'PSNativeCommandUseErrorActionPreference') {
            "${line}: variable `$$($node.VariablePath)"
        }
    }
}

$bad = 0
function Result([string] $Name, [string[]] $Problems) {
    if ($Problems) { "not ok $Name"; $Problems | ForEach-Object { "    $_" }; $script:bad = 1 } else { "ok $Name" }
}
foreach ($sample in '$a ?? 1', '$a ? 1 : 2', '${a}?.b', 'a && b', 'a || b', 'Join-Path a b c', 'Invoke-WebRequest -UseBasicParsing -NoProxy x',
    'x | ConvertFrom-Json -AsHashtable', 'a > b', 'x | Out-File y', 'Invoke-Expression x', 'if (', '$IsLinux', 'a &') {
    Result "lint.ps1/$sample" $(if (-not (Find-Newer $sample)) { 'it is not found' })
}
foreach ($file in $args) { Result "$(Split-Path -Leaf $file)/5.1" @(Find-Newer ([IO.File]::ReadAllText((Resolve-Path $file)))) }
exit $bad
