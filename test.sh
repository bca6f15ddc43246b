#!/usr/bin/env bash
# Builds everything and runs all tests. The last line is "N passed, N failed, N skipped"; the exit status is 0 only when nothing failed.
# Reference outputs and real scans are used when LABELSERVER_GOLDEN and LABELSERVER_DATA (or ../shared/golden and ../shared/data) exist; tests that need them are skipped otherwise.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/eng/dotnet.sh"
require_dotnet
"$root/eng/setup-native.sh" || echo "Tests of the segmentation worker will fail without that runtime." >&2

results="$root/artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0

echo "Building ..."
if ! dotnet build "$root/LabelServer.sln" -c Release -v q -nologo >"$results/build.log" 2>&1; then
  grep -E "error|warning" "$results/build.log" | sort -u | head -n 40
  echo "The build failed; the whole output is in $results/build.log."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

# Runs the tests of a project and counts them. $1: the project's name; $2: what to call this run.
run_tests() {
  local name=$1 title=$2 log="$results/$2.log" status summary total errors bad skip
  dotnet "$root/tests/$name/bin/Release/net10.0/$name.dll" -noColor -noLogo -trx "$results/$title.trx" >"$log" 2>&1
  status=$?
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  if [ -z "$summary" ]; then
    tail -n 40 "$log"
    echo "$title: ended with status $status before its tests were done"
    failed=$((failed + 1))
    return
  fi
  read -r total errors bad skip <<<"$(echo "$summary" | tr -cd '0-9 \n')"
  echo "$title: $((total - bad - skip)) passed, $((bad + errors)) failed, $skip skipped"
  if [ "$total" -eq 0 ] || { [ "$status" -ne 0 ] && [ $((bad + errors)) -eq 0 ]; }; then
    echo "$title: status $status with $total tests and no failed one counts as a failure; see $log"
    failed=$((failed + 1))
  elif [ $((bad + errors)) -gt 0 ]; then
    grep -A 12 '\[FAIL\]' "$log" | head -n 120
  fi
  passed=$((passed + total - bad - skip)) failed=$((failed + bad + errors)) skipped=$((skipped + skip))
}

for project in "$root"/tests/*/*.csproj; do
  grep -q 'eng/Test.props' "$project" || continue # A library for tests, or benchmarks.
  name=$(basename "$project" .csproj)
  run_tests "$name" "$name"
done

# Once more with the server as releases have it. Where this machine lacks what makes that one, its tests count as one that was skipped.
"$root/eng/compile-server.sh"
case $? in
  0)
    LABELSERVER_PROGRAM="$root/artifacts/native/labelserver" run_tests LabelServer.EndToEnd LabelServer.EndToEnd.Native
    ;;
  3)
    echo "LabelServer.EndToEnd.Native: not run, because the server cannot be compiled to machine code here"
    skipped=$((skipped + 1))
    ;;
  *)
    echo "LabelServer.EndToEnd.Native: the server could not be compiled to machine code"
    failed=$((failed + 1))
    ;;
esac

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
