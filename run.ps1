# Builds LabelServer once and runs it. Without arguments: the server on synthetic scans with the demo model, at http://127.0.0.1:8000.
# With arguments: they go to the labelserver program as they are, such as: .\run.ps1 start_server --app apps\monaibundle --studies D:\ct
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
. (Join-Path $root 'eng/dotnet.ps1')
Assert-Dotnet

$program = Join-Path $root 'src/LabelServer/bin/Release/net10.0/labelserver.dll'
$artifacts = Join-Path $root 'artifacts'
$stamp = Join-Path $artifacts 'run.stamp'
$command, $library = 'dotnet', @($program)
if (Test-NativeIsCurrent $root) {
    $command, $library = (Get-NativeProgram $root), @() # Made by eng/compile-server.ps1.
}
elseif (-not (Test-Path $program) -or -not (Test-Path $stamp) -or (Test-NewerSource $root (Get-Item $stamp).LastWriteTimeUtc)) {
    [Console]::Error.WriteLine('Building LabelServer (only when something has changed) ...')
    New-Item -ItemType Directory -Force $artifacts | Out-Null
    $started = [DateTime]::UtcNow
    $log = Join-Path $artifacts 'build.log'
    # Of a fresh checkout the sources are as they were committed, so the analyzers have seen them; without them the first start is a third sooner.
    $checks = if (Test-Path (Join-Path $root 'src/LabelServer/obj')) { 'true' } else { 'false' }
    & dotnet build (Join-Path $root 'src/LabelServer') -c Release -v q -nologo "-p:RunAnalyzers=$checks" *> $log
    if ($LASTEXITCODE -ne 0) { Get-Content $log; exit 1 }
    Set-Content $stamp ''
    (Get-Item $stamp).LastWriteTimeUtc = $started # What changed during the build is built the next time.
    [Console]::Error.WriteLine('Built. eng/compile-server.ps1, once, makes a server of it that starts in a third of the time.')
}

if ($args.Count -gt 0) {
    & $command @library @args
    exit $LASTEXITCODE
}

# A copy, so that labels and the index do not end up in the checkout.
$studies = Join-Path $artifacts 'sample-studies'
if (-not (Test-Path $studies)) {
    if (Test-Path "$studies.new") { Remove-Item -Recurse -Force "$studies.new" }
    New-Item -ItemType Directory -Force $artifacts | Out-Null
    Copy-Item -Recurse (Join-Path $root 'sampledata') "$studies.new"
    Move-Item "$studies.new" $studies
}
& $command @library start_server --app (Join-Path $root 'apps/monaibundle') --studies $studies
exit $LASTEXITCODE
