#!/bin/sh
# Every fuzz target without a fuzzer, on its seeds and what fuzzing found, as they are and changed (tests/fuzz/replay/replay.c).
set -u
build=${FSNN_BUILD:?}
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
export OMP_NUM_THREADS=1
# a network of any sizes may want all there is; a sanitizer has an address space of its own
[ -n "${FSNN_SANITIZE:-}" ] || ulimit -v 4000000 2>/dev/null
without=$("${FSNN_BIN:-$build/fsnn}" --version 2>/dev/null | sed -n 's/.*(without/without/p')
bad=0 targets=0
for source in tests/fuzz/fuzz_*.c; do
    target=${source##*/} target=${target%.c}
    case $target,$without in # they begin with descriptions in YAML
    fuzz_net_state,*YAML* | fuzz_nir_tree,*YAML*)
        echo "$target: skipped: fsnn is built without YAML"
        continue
        ;;
    esac
    targets=$((targets + 1))
    case $target in # slow ones: a process, a network or files for each input
    fuzz_shd | fuzz_nir | fuzz_sound | fuzz_events_hdf5 | fuzz_png) changes=3 ;;
    fuzz_equation | fuzz_network | fuzz_training_state) changes=10 ;;
    *) changes=100 ;;
    esac
    sh tools/fuzz-corpus.sh "$target" "$place/$target" || exit 1
    "$build/fuzz/replay_${target#fuzz_}" "$place/$target" $changes >"$place/log" 2>&1 && ! grep -qx '0 files' "$place/log" && continue
    bad=$((bad + 1))
    echo "FAILED: $target"
    tail -n 25 "$place/log"
done
echo "$targets targets, $bad of them failed"
[ $bad -eq 0 ]
