#!/usr/bin/env bash
# Runs fsnn bench with all threads and with one, in full sizes, and one beside the other in the small ones. What it says goes to
# bench-results/: threads-N.{md,jsonl,png,svg} and scaling.{md,jsonl}; tables.md has all tables.
#   FSNN_BIN   the program (default build/fsnn)      BENCH_ARGS  more arguments, like --quick or --rounds 11
#   BENCH_OUT  another folder than bench-results     FSNN_DATA   the folder with planetoid/cora, for the workload graph; without
#                                                                it the graph is made up
#   BENCH_PAGE a page in Markdown, like docs/performance.md: the tables go between its marks <!-- bench all --> and
#              <!-- /bench all -->, those of `one` and of `scaling`; the picture to images/bench.png beside it, if there is one
set -eu
here=$(pwd)
cd "$(dirname "$0")/.."
fsnn=${FSNN_BIN:-build/fsnn}
out=${BENCH_OUT:-bench-results}
all=$(nproc)
mkdir -p "$out"
rm -f "$out/scaling.md"

# One run of all workloads: its table, lines and picture.
rows() {
    at="$out/threads-$1"
    # shellcheck disable=SC2086
    "$fsnn" bench --threads "$1" --json --figure "$at" --table "$at.md" ${BENCH_ARGS:-} | tee "$at.jsonl"
}

page=${BENCH_PAGE:-}
case $page in '' | /*) ;; *) page=$here/$page ;; esac
marks=all
[ "$all" = 1 ] || marks="all one scaling"
for mark in ${page:+$marks}; do # before half an hour is spent
    if ! grep -qx "<!-- bench $mark -->" "$page" || ! grep -qx "<!-- /bench $mark -->" "$page"; then
        echo "bench.sh: $page has no marks <!-- bench $mark --> and <!-- /bench $mark -->, each on a line of its own" >&2
        exit 1
    fi
done

# insert MARK FILE: FILE into the page, in place of what stands between the marks
insert() {
    awk -v begin="<!-- bench $1 -->" -v end="<!-- /bench $1 -->" -v file="$2" '
        $0 == end { inside = 0; print "" }
        !inside { print }
        $0 == begin { inside = 1; while ((getline line < file) > 0) print line }
    ' "$page" > "$out/page" && cat "$out/page" > "$page" && rm "$out/page"
}

rows "$all"
if [ "$all" != 1 ]; then
    rows 1
    case " ${BENCH_ARGS:-} " in *" --quick "*) quick= ;; *) quick=--quick ;; esac
    # shellcheck disable=SC2086
    "$fsnn" bench --scaling $quick --json --table "$out/scaling.md" ${BENCH_ARGS:-} | tee "$out/scaling.jsonl"
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
if [ -n "$page" ]; then
    insert all "$out/threads-$all.md"
    if [ "$all" != 1 ]; then
        insert one "$out/threads-1.md"
        insert scaling "$out/scaling.md"
    fi
    picture=$(dirname "$page")/images/bench.png
    [ ! -f "$picture" ] || cp "$out/threads-$all.png" "$picture"
fi
