#!/bin/sh
# A step of a stream, after the first, allocates nothing and calls the system for nothing, whatever the memory, the input and the
# threads. Allocations are counted inside the program (tests/net/stream_quiet/steps.c); calls of the system by strace, where it is
# there: none stands between two that frame the steps.
set -u
build=${FSNN_BUILD:?}
[ -z "${FSNN_SANITIZE:-}" ] || { echo "skipped: sanitizers have an allocator of their own"; exit 77; }
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
# shellcheck disable=SC2086 # a list of flags
"$CC" -O1 -Iinclude tests/net/stream_quiet/steps.c "$build/libfsnn.a" -fopenmp $libraries -o "$place/steps" || exit 1
bad=0
traced=yes
strace -f -o /dev/null true 2>/dev/null || traced=

# calls STEPS: of the system, by the thread that makes the steps, between those that tell where they begin and end
calls()
{
    strace -f -o "$place/trace" "$place/steps" "$mode" "$1" "$threads" >/dev/null 2>&1 || exit 1
    # the second half of a call that another thread's stood between ("<... write resumed>") was counted by its first
    awk 'NR == 1 { first = $1 } $2 == "<..." || $1 != first { next } /"end"/ { on = 0 } on { print } /"begin"/ { on = 1 }' "$place/trace"
}

for mode in dense lists tolerance; do
    for threads in 1 2; do
        count=$("$place/steps" "$mode" 300 "$threads" 2>/dev/null) || exit 1
        if [ "$count" -ne 0 ]; then
            bad=1
            echo "FAILED: $mode, $threads threads: 299 steps made $count allocations"
        fi
        [ -n "$traced" ] || continue
        made=$(calls 300)
        if [ -n "$made" ]; then
            bad=1
            echo "FAILED: $mode, $threads threads: 299 steps made calls of the system, the first of them:"
            echo "$made" | head -n 3
        fi
        grep -q '"end"' "$place/trace" || { bad=1; echo "FAILED: $mode: nothing was traced"; }
    done
done
[ -n "$traced" ] || echo "strace is not there, or may not trace: calls of the system were not counted"
exit "$bad"
