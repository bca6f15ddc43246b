# Sourced by run.ps1 and test.ps1.

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
