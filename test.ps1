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

# Runs the tests of a project and counts them.
function Invoke-Tests([string] $name, [string] $title) {
    $log = Join-Path $results "$title.log"
    & dotnet (Join-Path $root "tests/$name/bin/Release/net10.0/$name.dll") -noColor -noLogo -trx (Join-Path $results "$title.trx") *> $log
    $status = $LASTEXITCODE
    $summary = Get-Content $log | Select-String 'Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)' | Select-Object -Last 1
    if (-not $summary) {
        Get-Content $log -Tail 40 | Out-Host
        Write-Host "${title}: ended with status $status before its tests were done"
        $script:failed++
        return
    }
    $total, $errors, $bad, $skip = $summary.Matches[0].Groups[1..4] | ForEach-Object { [int] $_.Value }
    Write-Host "${title}: $($total - $bad - $skip) passed, $($bad + $errors) failed, $skip skipped"
    if ($total -eq 0 -or ($status -ne 0 -and ($bad + $errors) -eq 0)) {
        Write-Host "${title}: status $status with $total tests and no failed one counts as a failure; see $log"
        $script:failed++
    }
    elseif (($bad + $errors) -gt 0) {
        Select-String '\[FAIL\]' $log -Context 0, 12 | Select-Object -First 10 | Out-Host
    }
    $script:passed += $total - $bad - $skip; $script:failed += $bad + $errors; $script:skipped += $skip
}

foreach ($project in Get-ChildItem (Join-Path $root 'tests/*/*.csproj')) {
    if (-not (Select-String -Quiet -SimpleMatch 'eng/Test.props' $project)) { continue } # A library for tests, or benchmarks.
    Invoke-Tests $project.BaseName $project.BaseName
}

# Once more with the server as releases have it. Where this machine lacks what makes that one, its tests count as one that was skipped.
& (Join-Path $root 'eng/compile-server.ps1')
if ($LASTEXITCODE -eq 0) {
    $env:LABELSERVER_PROGRAM = Get-NativeProgram $root
    Invoke-Tests 'LabelServer.EndToEnd' 'LabelServer.EndToEnd.Native'
    Remove-Item Env:LABELSERVER_PROGRAM
}
elseif ($LASTEXITCODE -eq 3) {
    Write-Host 'LabelServer.EndToEnd.Native: not run, because the server cannot be compiled to machine code here'
    $skipped++
}
else {
    Write-Host 'LabelServer.EndToEnd.Native: the server could not be compiled to machine code'
    $failed++
}

Write-Output "$passed passed, $failed failed, $skipped skipped"
exit [int]($failed -gt 0 -or $passed -eq 0)
