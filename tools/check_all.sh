#!/usr/bin/env bash
# Everything that ganbar is held against, with one summary: tools/check_all.sh [STEP...]. Without steps, all of them in this order; each is a target
# of the Makefile or a script of tests/, its output lies in build/check-all/STEP.log. The summary is build/check-all/checks.csv too.
# FUZZ_SECONDS (60) for each fuzz target, KILLS (200). Exit code 1 when a step failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
logs=build/check-all
mkdir -p "$logs"
steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(lint test slow oracle asan tsan fuzz kills)

run_step() {
    case "$1" in
        lint | test | oracle | asan | tsan) make "$1" ;;
        slow) make test-slow ;;
        fuzz) make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-60}" ;;
        kills) make build && python3 tests/robustness/kills.py build/release/bin/ganbar "${KILLS:-200}" ;;
        *)
            echo "check_all.sh: unknown step \"$1\"; expected lint, test, slow, oracle, asan, tsan, fuzz or kills" >&2
            return 2
            ;;
    esac
}

# The sentence of a step's log that counts what was checked.
count_of() {
    case "$1" in
        test | slow | asan | tsan) sed -n 's/^\([0-9]*% tests passed.*\)$/\1/p' "$2" | tail -n 1 ;;
        fuzz) awk '/number_of_executed_units/ {n += $2} /^== / {t += 1} END {printf "%d targets; %d executions", t, n}' "$2" ;;
        *) tail -n 1 "$2" ;;
    esac
}

commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
table=build/check-all/checks.csv
[ -s "$table" ] || echo "step,result,seconds,counts,date,commit" >"$table"
status=0
for step in "${steps[@]}"; do
    begin=$(date +%s)
    if run_step "$step" >"$logs/$step.log" 2>&1; then result=passed; else result=FAILED status=1; fi
    seconds=$(($(date +%s) - begin))
    counts=$(count_of "$step" "$logs/$step.log" | tr ',' ';')
    sed -i "/^$step,/d" "$table"
    echo "$step,$result,$seconds,$counts,$(date -u +%F),$commit" >>"$table"
    printf '%-8s %-7s %5d s  %s\n' "$step" "$result" "$seconds" "$counts"
    [ "$result" = passed ] || tail -n 15 "$logs/$step.log"
done
exit $status
