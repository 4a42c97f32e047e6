#!/bin/sh
# Kernels named *_exact_kernel.c are compiled without contraction, for every instruction set, and no other kernel is:
# their bits are those of the general scan only then.
commands=${FSNN_BUILD:?}/compile_commands.json
[ -f "$commands" ] || { echo "no $commands: configure with CMake's Makefile or Ninja generator"; exit 1; }

awk '
/"command":/ { command = $0 }
/"file":/ {
    file = $0
    sub(/.*"file": "/, "", file)
    sub(/".*/, "", file)
    if (file !~ /\/src\/[^\/]*\/[^\/]*_kernel\.c$/) next
    sub(/.*\/src\//, "src/", file)
    # the last of such options counts
    off = 0
    n = split(command, word, " ")
    for (i = 1; i <= n; i++) {
        if (word[i] == "-ffp-contract=off") off = 1
        if (word[i] == "-ffp-contract=fast") off = 0
    }
    exact = file ~ /_exact_kernel\.c$/
    if (exact) seen++
    if (exact && !off) { print file ": compiled with contraction of products and sums"; bad++ }
    if (!exact && off) { print file ": compiled without contraction though its name does not say exact"; bad++ }
}
END {
    if (!seen) { print "no *_exact_kernel.c among the commands"; exit 1 }
    if (bad) exit 1
    printf "%d compilations of exact kernels, all without contraction\n", seen
}' "$commands"
