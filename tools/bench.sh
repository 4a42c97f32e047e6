#!/usr/bin/env bash
# Runs fsnn bench with all threads and with one, in full sizes, and one beside the other in the small ones. What it says goes to
# bench-results/: threads-N.{md,jsonl,png,svg} and scaling.{md,jsonl}; tables.md has all tables, as docs/performance.md takes them.
#   FSNN_BIN  the program (default build/fsnn)      BENCH_ARGS  more arguments, like --quick or --rounds 11
#   FSNN_DATA the folder with planetoid/cora, for the workload graph; without it the graph is made up
set -eu
cd "$(dirname "$0")/.."
fsnn=${FSNN_BIN:-build/fsnn}
out=bench-results
all=$(nproc)
mkdir -p "$out"
rm -f "$out/scaling.md"

# One run of all workloads: its table, lines and picture.
rows() {
    at="$out/threads-$1"
    # shellcheck disable=SC2086
    "$fsnn" bench --threads "$1" --json --figure "$at" --table "$at.md" ${BENCH_ARGS:-} | tee "$at.jsonl"
}

rows "$all"
if [ "$all" != 1 ]; then
    rows 1
    "$fsnn" bench --scaling --quick --json --table "$out/scaling.md" | tee "$out/scaling.jsonl"
fi

{
    printf '## %s threads\n\n' "$all"
    cat "$out/threads-$all.md"
    if [ "$all" != 1 ]; then
        printf '\n## One thread\n\n'
        cat "$out/threads-1.md"
        printf '\n## One thread beside %s\n\n' "$all"
        cat "$out/scaling.md"
    fi
} > "$out/tables.md"
echo "tables in $out/tables.md, pictures in $out/threads-*.png" >&2
