# Sourced by run.sh, test.sh and eng/compile-server.sh.

# Ends with a plain message when there is no .NET 10 SDK.
require_dotnet() {
  if ! command -v dotnet >/dev/null && [ -x "${HOME:-}/.dotnet/dotnet" ]; then
    PATH="$HOME/.dotnet:$PATH"
  fi
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    echo "LabelServer needs the .NET 10 SDK, which was not found. Get it from https://dotnet.microsoft.com/download/dotnet/10.0 and open a new terminal." >&2
    exit 2
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}

# Prints the first file of the program's sources that is newer than the stamp $2; nothing when the build is up to date. $1 is the repository.
newer_sources() {
  find "$1/src" "$1/eng" "$1/global.json" "$1/Directory.Build.props" "$1/Directory.Packages.props" -newer "$2" -type f -not -path '*/bin/*' -not -path '*/obj/*' -print -quit
}

# Whether artifacts/native holds the server of the sources as they are, see eng/compile-server.sh. $1 is the repository.
native_is_current() {
  [ -x "$1/artifacts/native/labelserver" ] && [ -f "$1/artifacts/native.stamp" ] && [ -z "$(newer_sources "$1" "$1/artifacts/native.stamp")" ]
}
