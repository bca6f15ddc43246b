#!/usr/bin/env bash
# Compiles the server to machine code as a whole, into artifacts/native; run.sh then starts that one until a source changes.
# It starts in a third of the time, and needs less memory. Takes a few minutes, and a C linker (gcc or clang). -f compiles it anew although nothing has changed.
# The exit status is 3 where this machine lacks what it needs, and 1 where the compilation fails.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/eng/dotnet.sh"
require_dotnet

if [ "${1:-}" != "-f" ] && native_is_current "$root"; then
  exit 0
fi
if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
  echo "Compiling the server to machine code needs a C linker. Debian and Ubuntu: apt-get install gcc zlib1g-dev; Fedora: dnf install gcc zlib-devel; macOS: xcode-select --install" >&2
  exit 3
fi

echo "Compiling the server to machine code (a few minutes) ..." >&2
mkdir -p "$root/artifacts"
rm -f "$root/artifacts/native.stamp"
started=$(mktemp "$root/artifacts/native.XXXXXX")
if ! dotnet publish "$root/src/LabelServer" -c Release -p:Native=true -o "$root/artifacts/native" -v q -nologo >"$root/artifacts/native.log" 2>&1; then
  rm -f "$started"
  if grep -Eq 'NU1[0-9]{3}.*(ILCompiler|NETCore\.Native)|Platform linker' "$root/artifacts/native.log"; then
    grep -Eo 'error.*' "$root/artifacts/native.log" | sort -u | head -n 3 >&2
    echo "The compiler's packages or the linker cannot be had here; the whole output is in artifacts/native.log. The server runs without, as run.sh builds it." >&2
    exit 3
  fi
  tail -n 20 "$root/artifacts/native.log" >&2
  echo "That failed; the whole output is in artifacts/native.log. The server runs without, as run.sh builds it." >&2
  exit 1
fi
mv "$started" "$root/artifacts/native.stamp" # Its time is that of the start: what changed meanwhile counts as newer.
