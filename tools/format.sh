#!/usr/bin/env bash
# Formats every C++ file by .clang-format: tools/format.sh. With --check nothing is written; files that differ are named, and the exit code is 1.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find src tests bench fuzz packaging \( -name '*.cpp' -o -name '*.h' \) -not -path '*/build/*' | sort)
if [ "${1:-}" = --check ]; then
    printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" clang-format --dry-run -Werror 2>&1 | sed -n 's/^\([^:]*\):.*/\1/p' | sort -u >build/unformatted.txt
    [ -s build/unformatted.txt ] || exit 0
    echo "these files are not as clang-format writes them (make format):" >&2
    cat build/unformatted.txt >&2
    exit 1
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" clang-format -i
