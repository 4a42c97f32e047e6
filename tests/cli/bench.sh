#!/usr/bin/env bash
# fsnn bench: its smallest workload gives rows of JSON with a machine and a median, and a table; mistakes are told.
set -eu
fsnn=${FSNN_BIN:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# without the program that does the work: a sentence, and what it says of the arguments is not asked
mkdir "$dir/bin"
cp "$fsnn" "$dir/bin/"
for arguments in "bench --list" "help bench" "bench --version"; do
    code=0
    # shellcheck disable=SC2086 # words of a command
    "$dir/bin/fsnn" $arguments > "$dir/out" 2> "$dir/error" || code=$?
    [ "$code" = 1 ]
    [ ! -s "$dir/out" ]
    grep -q 'fsnn bench: error: the program fsnn-bench is missing' "$dir/error"
done
"$dir/bin/fsnn" help | grep -q '^  bench '
[ -n "${FSNN_SUITE:-}" ] || { echo "skipped: built without fsnn-bench"; exit 77; }
# one that cannot be started
printf 'no program\n' > "$dir/bin/fsnn-bench"
code=0
"$dir/bin/fsnn" bench 2> "$dir/error" || code=$?
[ "$code" = 1 ]
grep -q 'fsnn bench: error: fsnn-bench does not start: Permission denied' "$dir/error"
# beside fsnn, and by its own name
cp --remove-destination "$FSNN_SUITE" "$dir/bin/"
"$dir/bin/fsnn" bench --list | cmp - <("$FSNN_SUITE" --list)

"$fsnn" bench --help > "$dir/help"
grep -q '^usage: fsnn bench \[WORKLOAD ...\] \[options\]' "$dir/help"
"$fsnn" help bench | cmp - "$dir/help"
"$fsnn" bench --version | grep -q '^fsnn [0-9]'
code=0
"$fsnn" bench --rouds 3 2> "$dir/error" || code=$?
[ "$code" = 2 ]
grep -q 'fsnn bench: error: unknown option --rouds; did you mean --rounds? (see: fsnn bench --help)' "$dir/error"
if [ -w /dev/full ]; then
    code=0
    "$fsnn" bench --list > /dev/full 2> "$dir/error" || code=$?
    [ "$code" = 1 ]
    grep -q 'could not be written to standard output' "$dir/error"
fi

"$fsnn" bench --list | grep -q '^stream'
"$fsnn" bench length --quick --rounds 3 --threads 1 --json --table "$dir/table.md" > "$dir/rows"
[ "$(wc -l < "$dir/rows")" -ge 2 ]
for key in bench median_ms least_ms most_ms spread peak_mib threads isa machine version commit; do
    [ "$(grep -c "\"$key\": " "$dir/rows")" -ge 2 ]
done
[ "$(grep -c '"floor": "T 1000, in proportion", "floor_ms": [0-9.]*, "ratio": [0-9.]*, "aim": 1.1,' "$dir/rows")" -ge 1 ]
grep -q '| length | T 1000' "$dir/table.md"
# a graph that is made up where there is none; bytes in place of times; one thread beside two
env -u FSNN_DATA "$fsnn" bench graph memory --rounds 3 --threads 1 --json > "$dir/graph"
[ "$(grep -c '"what": "made up, .*"median_ms": ' "$dir/graph")" = 3 ]
if [ "${FSNN_DENSE:-onednn}" = onednn ]; then
    grep -q '"what": "made up, an epoch", .*"floor": "dense kernels", .*"aim_ms": 100,' "$dir/graph"
else # there is no floor without the library
    ! grep -q '"floor": "dense kernels"' "$dir/graph"
    env -u FSNN_DATA "$fsnn" bench graph --rounds 3 --threads 1 | grep -q 'made up, an epoch .* no floor$'
fi
[ "$(grep -c '"bench": "memory", .*"median_mib": .*"floor": "after T 1000", "floor_mib": .*"aim": 1.01,' "$dir/graph")" = 2 ]
if ! "$fsnn" --version | grep -q '(without.*OpenMP'; then
    "$fsnn" bench length memory --quick --rounds 3 --scaling --threads 2 --table "$dir/scaling.md" > "$dir/scaling"
    [ "$(grep -c '^| length | T 1' "$dir/scaling.md")" = 2 ]
    grep -q '| 1 thread, ms | 2 threads, ms |' "$dir/scaling.md"
fi
# networks of many sizes, only where they are asked for; a row has what a model of cost needs
"$fsnn" bench grid --quick --rounds 3 --threads 1 --json > "$dir/grid"
[ "$(grep -c '"pass": "forward", "memory": "[a-z]*", "exponentials": [0-9]*, "near": [0-9]*, "widths": \[[0-9, ]*\], "ones": \[' \
    "$dir/grid")" = 40 ]
[ "$(grep -c '"pass": "step"' "$dir/grid")" = 40 ]
for memory in none direct exponentials; do
    grep -q "\"memory\": \"$memory\"" "$dir/grid"
done
grep '"memory": "exponentials"' "$dir/grid" | grep -qv '"exponentials": 0'
# what hangs on no clock is the same in every run
"$fsnn" bench grid --quick --rounds 3 --threads 1 --json | sed 's/"median_ms.*//' | cmp - <(sed 's/"median_ms.*//' "$dir/grid")
code=0
"$fsnn" bench length --processor --threads 2 2> "$dir/error" || code=$?
[ "$code" != 0 ]
"$fsnn" bench length --quick --rounds 3 --threads 1 --processor --json | grep -q '"clock": "processor"'
code=0
"$fsnn" bench length --scaling --threads 1 2> "$dir/error" || code=$?
[ "$code" = 2 ]
grep -q 'compares one thread with several' "$dir/error"
code=0
"$fsnn" bench strem 2> "$dir/error" || code=$?
[ "$code" = 2 ]
grep -q 'did you mean "stream"' "$dir/error"

# all tables, and into a page between its marks, which are looked for first
if ! "$fsnn" --version | grep -q '(without'; then
    export BENCH_OUT="$dir/tables" BENCH_ARGS="length --quick --rounds 3" BENCH_PAGE="$dir/page.md"
    echo "no marks" > "$BENCH_PAGE"
    ! tools/bench.sh > "$dir/out" 2> "$dir/error"
    grep -q 'page.md has no marks <!-- bench all --> and <!-- /bench all -->' "$dir/error"
    [ ! -s "$dir/out" ]
    for mark in all one scaling; do
        printf '<!-- bench %s -->\nstale\n<!-- /bench %s -->\nafter %s\n' $mark $mark $mark
    done > "$BENCH_PAGE"
    tools/bench.sh > "$dir/out" 2> "$dir/error"
    wanted=2 after=3 stale=0
    [ "$(nproc)" -gt 1 ] && wanted=6 || stale=2 # of one processor there is one table
    [ "$(grep -c '^| length | T 1' "$BENCH_PAGE")" = $wanted ]
    [ "$(grep -c '^after' "$BENCH_PAGE")" = $after ]
    [ "$(grep -c '^stale' "$BENCH_PAGE")" = $stale ]
fi
