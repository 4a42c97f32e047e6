#!/bin/sh
# ThreadSanitizer, by clang with the tool archer that tells it of OpenMP, two threads: the tests of the rooms that have threads.
# Left out are tests whose processes fork behind threads or limit their memory, which ThreadSanitizer does not support (they wait
# for ever, or lack memory), and golden bits, which other tests hold. oneDNN and libfyaml are not compiled for it: what it says of
# their insides is suppressed (tests/tsan.supp). Skipped without clang or archer.
set -u
command -v clang >/dev/null || { echo "skipped: no clang (tools/install-deps.sh --dev)"; exit 77; }
archer=$(find /usr/lib/llvm-* /usr/lib/"$(uname -m)"-linux-gnu -name 'libarcher.so*' 2>/dev/null | head -n 1)
[ -n "$archer" ] || { echo "skipped: no libarcher.so (tools/install-deps.sh --dev)"; exit 77; }
build=build-tsan
cmake --preset tsan >/dev/null && cmake --build $build -j "$(nproc)" >/dev/null || exit 1
export OMP_TOOL_LIBRARIES="$archer" OMP_NUM_THREADS=2
TSAN_OPTIONS="ignore_noninstrumented_modules=1 suppressions=$(pwd)/tests/tsan.supp print_suppressions=0"
export TSAN_OPTIONS
ctest --test-dir $build -R '^(net|scan|train|data|session|op|tensor|base)/' -E '/same_bits|base/guard|net/fork' \
    --output-on-failure --no-tests=error
