#!/bin/sh
# libFuzzer on every target of tests/fuzz, FSNN_FUZZ_SECONDS (600) each, FSNN_FUZZ_JOBS (the processors) at a time, under
# AddressSanitizer and UndefinedBehaviorSanitizer. FSNN_FUZZ_TARGETS: names of some of them ("fuzz_idx fuzz_npz"). What was tried
# is kept in build-fuzz/corpus for the next time, logs in build-fuzz/logs, a finding in build-fuzz/findings: mended, it goes to
# tests/fuzz/found/TARGET, which the ordinary tests run. Skipped without clang.
set -u
build=build-fuzz
seconds=${FSNN_FUZZ_SECONDS:-600}

# dictionary TARGET: its option, or nothing
dictionary()
{
    case $1 in
    fuzz_description | fuzz_network) echo -dict=tests/fuzz/description.dict ;;
    fuzz_*) [ ! -f "tests/fuzz/${1#fuzz_}.dict" ] || echo "-dict=tests/fuzz/${1#fuzz_}.dict" ;;
    esac
}

# used FILE: seconds of a processor that the programs of this script have had, from the second line of what `times` wrote
used()
{
    awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, part, "m"); sum += 60 * part[1] + part[2] } printf "%d", sum }' "$1"
}

# stat NAME LOG: a figure of libFuzzer's last lines
stat()
{
    sed -n "s/^stat::$1: *//p" "$2"
}

# one TARGET: a line on it; 1 where something was found
one()
{
    corpus=$build/corpus/$1 log=$build/logs/$1
    mkdir -p $build/logs $build/findings
    sh tools/fuzz-corpus.sh "$1" "$corpus" || return 1
    case $1 in fuzz_cli_*) quiet=3 ;; *) quiet=0 ;; esac # what commands print
    # shellcheck disable=SC2046 # one or none
    if "$build/fuzz/$1" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -malloc_limit_mb=0 -verbosity=0 \
        -print_final_stats=1 -close_fd_mask=$quiet -artifact_prefix="$build/findings/$1-" $(dictionary "$1") \
        "$corpus" >"$log" 2>&1; then
        times >"$log.times" # not in $(): a subshell counts from zero
        echo "$1: $(stat number_of_executed_units "$log") inputs in $seconds s, $(used "$log.times") s of a processor," \
            "$(find "$corpus" -type f | wc -l) of them kept, nothing found"
    else
        echo "FAILED: $1, see $build/findings"
        tail -n 40 "$log"
        return 1
    fi
}

# More memory than there is: the library says so, which is no finding.
export OMP_NUM_THREADS=1 ASAN_OPTIONS=allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=tests/fuzz/lsan.supp:print_suppressions=0 UBSAN_OPTIONS=print_stacktrace=1
if [ $# -eq 1 ]; then
    one "$1"
    exit
fi

command -v clang >/dev/null || { echo "skipped: no clang (tools/install-deps.sh --dev)"; exit 77; }
cmake --preset fuzz >/dev/null && cmake --build $build -j "$(nproc)" --target fuzz >/dev/null || exit 1
[ -n "${FSNN_FUZZ_TARGETS:-}" ] || FSNN_FUZZ_TARGETS=$(cd $build/fuzz && echo fuzz_*)
# shellcheck disable=SC2086 # a list of names
printf '%s\n' $FSNN_FUZZ_TARGETS | xargs -n 1 -P "${FSNN_FUZZ_JOBS:-$(nproc)}" sh tests/long/fuzz.sh
code=$?
echo "$(printf '%s\n' $FSNN_FUZZ_TARGETS | wc -l) targets, $seconds s each"
[ $code -eq 0 ]
