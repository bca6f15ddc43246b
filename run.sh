#!/usr/bin/env bash
# Builds LabelServer once and runs it. Without arguments: the server on synthetic scans with the demo model, at http://127.0.0.1:8000.
# With arguments: they go to the labelserver program as they are, such as: ./run.sh start_server --app apps/monaibundle --studies /data/ct
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/dotnet.sh"
require_dotnet
"$root/eng/setup-native.sh" || true # It says itself what is missing; everything but the segmentation worker runs without it.

program="$root/src/LabelServer/bin/Release/net10.0/labelserver.dll"
stamp="$root/artifacts/run.stamp"
start=(dotnet "$program")
if native_is_current "$root"; then
  start=("$root/artifacts/native/labelserver") # Made by eng/compile-server.sh.
elif [ ! -f "$program" ] || [ ! -f "$stamp" ] || [ -n "$(newer_sources "$root" "$stamp")" ]; then
  echo "Building LabelServer (only when something has changed) ..." >&2
  mkdir -p "$root/artifacts"
  started=$(mktemp "$root/artifacts/run.XXXXXX")
  checks=true
  [ -d "$root/src/LabelServer/obj" ] || checks=false # Of a fresh checkout the sources are as they were committed, so the analyzers have seen them; without them the first start is a third sooner.
  if ! dotnet build "$root/src/LabelServer" -c Release -v q -nologo "-p:RunAnalyzers=$checks" >"$root/artifacts/build.log" 2>&1; then
    cat "$root/artifacts/build.log" >&2
    rm -f "$started"
    exit 1
  fi
  mv "$started" "$stamp" # Its time is that of the start: what changed during the build is built the next time.
  echo "Built. eng/compile-server.sh, once, makes a server of it that starts in a third of the time." >&2
fi

if [ $# -gt 0 ]; then
  exec "${start[@]}" "$@"
fi

# A copy, so that labels and the index do not end up in the checkout.
studies="$root/artifacts/sample-studies"
if [ ! -d "$studies" ]; then
  rm -rf "$studies.new"
  mkdir -p "$root/artifacts"
  cp -R "$root/sampledata" "$studies.new"
  mv "$studies.new" "$studies"
fi
exec "${start[@]}" start_server --app "$root/apps/monaibundle" --studies "$studies"
