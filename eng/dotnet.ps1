# Sourced by run.ps1, test.ps1 and eng/compile-server.ps1.

# Ends with a plain message when there is no .NET 10 SDK.
function Assert-Dotnet {
    $found = (Get-Command dotnet -ErrorAction SilentlyContinue) -and ((& dotnet --list-sdks) -match '^10\.')
    if (-not $found) {
        [Console]::Error.WriteLine('LabelServer needs the .NET 10 SDK, which was not found. Get it from https://dotnet.microsoft.com/download/dotnet/10.0 and open a new terminal.')
        exit 2
    }
    $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
    $env:DOTNET_NOLOGO = '1'
}

# Whether a source file of the program is newer than a time.
function Test-NewerSource([string] $root, [DateTime] $time) {
    $places = 'src', 'eng', 'global.json', 'Directory.Build.props', 'Directory.Packages.props' | ForEach-Object { Join-Path $root $_ }
    $newer = Get-ChildItem $places -Recurse -File | Where-Object { $_.FullName -notmatch '[\\/](bin|obj)[\\/]' -and $_.LastWriteTimeUtc -gt $time } | Select-Object -First 1
    return $null -ne $newer
}

# Where eng/compile-server.ps1 puts the server.
function Get-NativeProgram([string] $root) {
    $name = if ($IsLinux -or $IsMacOS) { 'labelserver' } else { 'labelserver.exe' } # Windows PowerShell knows neither variable.
    return Join-Path $root "artifacts/native/$name"
}

# Whether artifacts/native holds the server of the sources as they are.
function Test-NativeIsCurrent([string] $root) {
    $stamp = Join-Path $root 'artifacts/native.stamp'
    return (Test-Path (Get-NativeProgram $root)) -and (Test-Path $stamp) -and -not (Test-NewerSource $root (Get-Item $stamp).LastWriteTimeUtc)
}
