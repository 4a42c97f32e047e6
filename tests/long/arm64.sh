#!/bin/sh
# arm64: cross-built with Debian's compiler and run under qemu. With plain kernels and no library but OpenMP: the tests of what
# computes, and the hot loops are made of NEON's instructions. With oneDNN of arm64: the test of products, convolutions and pooling.
# Left out: scan/long, whose million steps have their reference in numbers of 128 bits; and tests of the room base, which start
# processes and count their memory, as qemu does in its own way.
#
# FSNN_ARM64: a folder for the builds, which is then kept. FSNN_EVERY: 1 runs every combination, which takes an hour; by default
# every eleventh (tests/check.h). 77: no cross compiler, no qemu, or no mirror for libraries of arm64.
. tests/long/kit/begin.sh
need_programs aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ aarch64-linux-gnu-objdump
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) || skip "no qemu-aarch64 (tools/install-deps.sh --packages)"
folder=${FSNN_ARM64:-$place/arm64}
build=$folder/plain
root=$folder/root
mkdir -p "$root"

# ---- libraries of arm64, unpacked beside the compiler's ----
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # apt's variables
apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
    awk -v suite="$suite" '$2 == suite && $3 == "main" { print "deb", $1, $2, $3 }' >"$place/sources"
mkdir -p "$place/state/lists/partial" "$place/cache/archives/partial" "$place/debs"
apt()
{
    (cd "$place/debs" && apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$place/state" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$place/cache" -o Dir::Etc::sourcelist="$place/sources" \
        -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root "$@") >"$place/log" 2>&1
}
if ! apt update || ! apt download libcmocka0 libcmocka-dev libdnnl2 libdnnl-dev; then
    tail -n 3 "$place/log"
    skip "no libraries of arm64 from apt's mirror"
fi
for deb in "$place"/debs/*.deb; do try dpkg-deb -x "$deb" "$root"; done

# ---- plain kernels ----
rooms='tensor|equation|frac|neuron|scan|op|net'
targets=$(for source in tests/*/test_*.c; do echo "$source"; done | sed -nE "s,^tests/($rooms)/test_(.*)[.]c\$,test_\\1_\\2,p")
configure() # BUILD [OPTION]
{
    try cmake --preset arm64 -B "$1" -DFSNN_ARM64_ROOT="$root" -DFSNN_EXAMPLES=OFF -DFSNN_BENCH=OFF ${2:+"$2"}
}
configure "$build"
# shellcheck disable=SC2086 # a list of targets
try cmake --build "$build" -j "${JOBS:-2}" --target $targets fsnn_cli

# The loops that take the time work on vectors: files of kernels, and how many such instructions each has at least, in single
# precision (about half of what gcc 12 makes of it).
loops='frac/memory_real_kernel 10
frac/modes_real_kernel 18
neuron/lif_kernel 50
neuron/if_kernel 40
neuron/surrogate_kernel 100
equation/run_kernel 1300
scan/fused_forward_exact_kernel 280
scan/fused_backward_exact_kernel 1400
scan/general_forward_kernel 110
scan/general_backward_kernel 300
scan/states_forward_kernel 110
scan/scheme_kernel 250
scan/reset_kernel 100
op/conv_events_kernel 90
op/events_kernel 90
op/few_kernel 90
op/sums_kernel 14
tensor/dense_plain_product_real_kernel 13
train/optimizer_real_kernel 20'
vector='[[:space:]]f(ml[as]|mul|add|sub|div|max|min|sqrt|cm[a-z]+)[[:space:]]+v[0-9]+[.](4s|2d)'
echo "$loops" | while read -r file least; do
    object=$(find "$build" -path "*_single_base*/$file.c.o")
    [ -n "$object" ] || fail "no object of src/$file.c"
    count=$(aarch64-linux-gnu-objdump -d "$object" | grep -cE "$vector")
    [ "$count" -ge "$least" ] || fail "src/$file.c has $count instructions on vectors of NEON, not $least"
done || exit 1

emulated() { "$qemu" -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH="$root/usr/lib/aarch64-linux-gnu" "$@"; }
try emulated "$build/fsnn" simulate --neuron lif --current constant:2 --alpha 0.5 --time 20 --no-figure --out "$place/one"
try emulated "$build/fsnn" doctor
begun=$(date +%s)
FSNN_EVERY=${FSNN_EVERY:-11} OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} ctest --test-dir "$build" -R "^($rooms)/" -E '^scan/long' -j "${JOBS:-2}" --no-tests=error \
    --output-on-failure >"$place/tests" 2>&1 || { tail -n 60 "$place/tests"; fail "tests under qemu"; }
seconds=$(($(date +%s) - begun))
echo "arm64 under qemu: $(grep -cE ' Passed ' "$place/tests") tests passed in $seconds s, $(grep -c Skipped "$place/tests") skipped"

# ---- oneDNN ----
configure "$folder/onednn" -DFSNN_DENSE=onednn
try cmake --build "$folder/onednn" -j "${JOBS:-2}" --target test_op_dense fsnn_cli
try emulated "$folder/onednn/fsnn" --version
sed -n 2p "$place/log" | grep -q '^with oneDNN' || fail "--version: $(cat "$place/log")"
try ctest --test-dir "$folder/onednn" -R '^op/dense$' --no-tests=error --output-on-failure
echo "arm64 under qemu with oneDNN: $(grep -cE ' Passed ' "$place/log") tests passed"
