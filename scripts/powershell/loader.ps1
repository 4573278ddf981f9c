# The loader: all that customData holds, the same for the whole life of a machine. It fetches userData, one JSON text
# {facts..., "program": "..."}, keeps the last good one and runs its program. ASCII only: Windows PowerShell 5.1 reads it.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$keep = 'C:\ProgramData\swarmgen'
$url = 'http://169.254.169.254/metadata/instance/compute/userData?api-version=2021-01-01&format=text'
New-Item -ItemType Directory -Force $keep | Out-Null
foreach ($pause in 2, 6, 14, 30, 30) {
    try {
        $answer = Invoke-WebRequest -UseBasicParsing -TimeoutSec 10 -Headers @{ Metadata = 'true' } $url
        $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($answer.Content))
        if (($text | ConvertFrom-Json).program) {
            [IO.File]::WriteAllText("$keep\new", $text)
            Move-Item -Force "$keep\new" "$keep\userdata.json"
            break
        }
    } catch {
        Write-Output "loader: no good userData, next try in $pause s: $_"
    }
    Start-Sleep -Seconds $pause
}
$program = (Get-Content -Raw -Encoding UTF8 "$keep\userdata.json" | ConvertFrom-Json).program
[IO.File]::WriteAllText("$keep\node.ps1", $program)
& "$keep\node.ps1" "$keep\userdata.json"
