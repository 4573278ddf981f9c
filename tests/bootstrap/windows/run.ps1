# Runs a script with the stand-ins: run.ps1 FILE ARGUMENTS…
$standIn = $args[0]
$standInArguments = @($args | Select-Object -Skip 1)
. /opt/windows/stand-ins.ps1
$global:LASTEXITCODE = 0
if ($standIn -like '*.ps1') { & $standIn @standInArguments } else { & ([scriptblock]::Create([IO.File]::ReadAllText($standIn))) }
exit $LASTEXITCODE
