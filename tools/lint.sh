#!/usr/bin/env bash
# Layers, format and lengths, scripts, clang-tidy: tools/lint.sh BUILD_FOLDER [FILE...]. Without files, every source of src/ that is no test.
set -euo pipefail
build=${1:?expected a configured build folder, for its compile_commands.json}
shift
cd "$(dirname "$0")/.."
python3 tools/check_layers.py .
python3 tools/check_style.py .
shellcheck tools/*.sh .ci/run
files=("$@")
if [ ${#files[@]} -eq 0 ]; then
    mapfile -t files < <(find src -name '*.cpp' ! -name '*_test.cpp' | sort)
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$build" --quiet 2>/dev/null
