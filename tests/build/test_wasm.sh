#!/bin/sh
# libfsnn_core for WebAssembly, by the toolchain file cmake/wasm32-wasi.cmake: one neuron by every method, reset and memory and a
# network, forward and backward, run in node and compute what they compute here; so do the examples that need no files.
set -u
build=${FSNN_BUILD:?}
core=$build/libfsnn_core.a wasm=$build/wasm
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; [ ! -e "$place/log" ] || tail -n 20 "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }
skip() { echo "wasm: skipped: $* (tools/install-deps.sh --deploy)"; exit 77; }

[ -z "${FSNN_SANITIZE:-}" ] || skip "sanitizers are for the machine's own code"
for tool in clang wasm-ld llvm-nm node; do
    command -v $tool >/dev/null 2>&1 || skip "no $tool"
done
echo 'int main(void) { return 0; }' >"$place/empty.c"
clang --target=wasm32-wasi "$place/empty.c" -o "$place/empty.wasm" 2>"$place/log" ||
    skip "$(clang --version | head -n 1) has no wasi-libc or no libclang-rt for wasm32"
node --no-warnings tests/build/core/run.mjs "$place/empty.wasm" 2>"$place/log" || skip "this node has no node:wasi"
[ -e "$core" ] || fail "no $core: build it"

# kept in the build directory: built anew where sources change
try cmake -S . -B "$wasm" --toolchain "$PWD/cmake/wasm32-wasi.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DFSNN_PRECISION_DOUBLE="$([ -e "$build/double_names.h" ] && echo ON || echo OFF)"
try cmake --build "$wasm" -j 2

# compiles SOURCE, with the options of the toolchain file, into PROGRAM.wasm
on_wasm()
{
    try clang --target=wasm32-wasi -std=c11 -O1 -Iinclude "$1" "$wasm/libfsnn_core.a" -lm -Wl,-z,stack-size=1048576 \
        -Wl,--stack-first -Wl,--strip-debug -o "$place/$2.wasm"
}
in_node() { node --no-warnings tests/build/core/run.mjs "$place/$1.wasm"; }

on_wasm tests/build/core/try.c try
try "$CC" -std=c11 -O1 -Iinclude tests/build/core/try.c "$core" -lm -o "$place/try"
in_node try >"$place/wasm.txt" 2>"$place/log" || fail "the program in node"
FSNN_ISA=base "$place/try" >"$place/here.txt" 2>"$place/log" || fail "the program here"
[ "$(grep -c '^ spikes' "$place/here.txt")" -gt 100 ] || fail "few neurons ran"
for what in single double; do
    # the functions of another libm round otherwise in the last digit
    [ $what = single ] && tolerance=1e-6 || tolerance=1e-12
    for file in here wasm; do
        awk -v what=$what '/^(neuron|net) / { on = $NF == what } on' "$place/$file.txt" >"$place/$file.$what"
    done
    awk -v tolerance=$tolerance -f tests/build/core/compare.awk "$place/here.$what" "$place/wasm.$what" >"$place/log" ||
        fail "another result in node, $what precision"
done
grep '^ spikes' "$place/here.txt" >"$place/here.spikes"
grep '^ spikes' "$place/wasm.txt" | cmp "$place/here.spikes" - >"$place/log" 2>&1 || fail "other spikes in node"

for example in 01_lif 04_own_neuron 07_own_loop; do
    on_wasm "examples/$example.c" example
    in_node example >"$place/log" 2>&1 || fail "$example in node"
done
# more than 4 GiB: refused, not planned with what is left of the number in 32 bits
on_wasm tests/build/core/large.c large
in_node large >"$place/log" 2>&1 || fail "a network that is too large"

same=$(cmp -s "$place/here.single" "$place/wasm.single" && echo "the same bits" || echo "the same but for rounding")
echo "wasm32-wasi in node: $(wc -l <"$place/here.spikes") neurons with equal spikes; in single precision $same;" \
    "$(wc -c <"$place/example.wasm") bytes"
