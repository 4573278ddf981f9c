Write-Output hi
Write-Output ho
