# Builds everything and runs all tests. The last line is "N passed, N failed, N skipped"; the exit status is 0 only when nothing failed.
# Reference outputs and real scans are used when LABELSERVER_GOLDEN and LABELSERVER_DATA (or ..\shared\golden and ..\shared\data) exist; tests that need them are skipped otherwise.
$root = $PSScriptRoot
. (Join-Path $root 'eng/dotnet.ps1')
Assert-Dotnet

$results = Join-Path $root 'artifacts/test-results'
if (Test-Path $results) { Remove-Item -Recurse -Force $results }
New-Item -ItemType Directory -Force $results | Out-Null
$passed = 0; $failed = 0; $skipped = 0

Write-Output 'Building ...'
$buildLog = Join-Path $results 'build.log'
& dotnet build (Join-Path $root 'LabelServer.sln') -c Release -v q -nologo *> $buildLog
if ($LASTEXITCODE -ne 0) {
    Get-Content $buildLog | Where-Object { $_ -match 'error|warning' } | Sort-Object -Unique | Select-Object -First 40
    Write-Output "The build failed; the whole output is in $buildLog."
    Write-Output '0 passed, 1 failed, 0 skipped'
    exit 1
}

foreach ($project in Get-ChildItem (Join-Path $root 'tests/*/*.csproj')) {
    if (-not (Select-String -Quiet -SimpleMatch 'eng/Test.props' $project)) { continue } # A library for tests, or benchmarks.
    $name = $project.BaseName
    $log = Join-Path $results "$name.log"
    & dotnet (Join-Path $project.DirectoryName "bin/Release/net10.0/$name.dll") -noColor -noLogo -trx (Join-Path $results "$name.trx") *> $log
    $status = $LASTEXITCODE
    $summary = Get-Content $log | Select-String 'Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)' | Select-Object -Last 1
    if (-not $summary) {
        Get-Content $log -Tail 40
        Write-Output "${name}: ended with status $status before its tests were done"
        $failed++
        continue
    }
    $total, $errors, $bad, $skip = $summary.Matches[0].Groups[1..4] | ForEach-Object { [int] $_.Value }
    Write-Output "${name}: $($total - $bad - $skip) passed, $($bad + $errors) failed, $skip skipped"
    if ($total -eq 0 -or ($status -ne 0 -and ($bad + $errors) -eq 0)) {
        Write-Output "${name}: status $status with $total tests and no failed one counts as a failure; see $log"
        $failed++
    }
    elseif (($bad + $errors) -gt 0) {
        Select-String '\[FAIL\]' $log -Context 0, 12 | Select-Object -First 10
    }
    $passed += $total - $bad - $skip; $failed += $bad + $errors; $skipped += $skip
}

Write-Output "$passed passed, $failed failed, $skipped skipped"
exit [int]($failed -gt 0 -or $passed -eq 0)
