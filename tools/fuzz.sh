#!/usr/bin/env bash
# Runs every fuzz target for some seconds each: tools/fuzz.sh BUILD_FOLDER [SECONDS]. Seeds lie in fuzz/seeds/TARGET/; what the fuzzer
# finds grows BUILD_FOLDER/corpus/TARGET/. A crash leaves its input in BUILD_FOLDER/crash-TARGET-* and ends the run with code 1.
set -euo pipefail
build=${1:?expected the build folder}
seconds=${2:-600}
here=$(cd "$(dirname "$0")/.." && pwd)
shopt -s nullglob
targets=("$build"/bin/fuzz_*)
if [ ${#targets[@]} -eq 0 ]; then
    echo "fuzz.sh: no fuzz targets in $build/bin" >&2
    exit 2
fi
status=0
for program in "${targets[@]}"; do
    name=$(basename "$program")
    corpus=$build/corpus/$name
    mkdir -p "$corpus"
    folders=("$corpus")
    [ -d "$here/fuzz/seeds/$name" ] && folders+=("$here/fuzz/seeds/$name")
    echo "== $name, $seconds s"
    log=$build/$name.log
    if "$program" "${folders[@]}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crash-$name-" >"$log" 2>&1; then
        grep -E 'stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$log" || true
    else
        tail -n 40 "$log"
        status=1
    fi
done
exit $status
