# Runs the units of the node program for Windows with Pester, and says of each test whether it is ok.
Import-Module (Join-Path $PSScriptRoot '../../build/tools/packages/pester/6.2.0/tools/Pester.psd1')
$settings = New-PesterConfiguration
$settings.Run.Path = Join-Path $PSScriptRoot node.tests.ps1
$settings.Run.PassThru = $true
$settings.Output.Verbosity = 'None'
$result = Invoke-Pester -Configuration $settings
foreach ($test in $result.Tests) {
  switch ($test.Result) {
    Passed { "ok node.ps1/$($test.ExpandedPath)" }
    Skipped { "skipped node.ps1/$($test.ExpandedPath): $("$(@($test.ErrorRecord)[0])" -replace '^is skipped, because ')" }
    default {
      "not ok node.ps1/$($test.ExpandedPath)"
      foreach ($problem in $test.ErrorRecord) { "$problem" -split "`n" | ForEach-Object { "    $_" } }
    }
  }
}
foreach ($block in @($result.FailedBlocks) + @($result.FailedContainers)) { if ($block) { "not ok node.ps1/$($block.Name)"; "    $($block.ErrorRecord)" } }
exit [int]($result.Result -ne 'Passed')
