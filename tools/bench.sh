#!/usr/bin/env bash
# Runs fsnn bench with all threads and with one, and keeps what it says: bench-results/threads-N.{md,jsonl,png,svg}.
#   FSNN_BIN  the program (default build/fsnn)      BENCH_ARGS  more arguments, like --quick
set -eu
cd "$(dirname "$0")/.."
fsnn=${FSNN_BIN:-build/fsnn}
out=bench-results
mkdir -p "$out"
for threads in "$(nproc)" 1; do
    at="$out/threads-$threads"
    # shellcheck disable=SC2086
    "$fsnn" bench --threads "$threads" --json --figure "$at" --table "$at.md" ${BENCH_ARGS:-} | tee "$at.jsonl"
    [ "$threads" != 1 ] || break
done
