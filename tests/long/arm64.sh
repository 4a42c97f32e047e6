#!/bin/sh
# arm64: cross-built with Debian's compiler, plain kernels, no library but OpenMP; the tests of what computes run under qemu, and
# the hot loops are made of NEON's instructions. Tests of the room base start processes and count their memory, which qemu does in
# its own way: they are left out.
#
# FSNN_ARM64: a folder for the build, which is then kept. FSNN_ARM64_TESTS=all: the tests that take longest, too. 77: no cross
# compiler, no qemu, or no mirror for CMocka.
. tests/long/kit/begin.sh

need_programs aarch64-linux-gnu-gcc
command -v qemu-aarch64 >/dev/null || command -v qemu-aarch64-static >/dev/null ||
    skip "no qemu-aarch64 (tools/install-deps.sh --packages)"

build=${FSNN_ARM64:-$place/build}
root=$build/root

# ---- CMocka of arm64, unpacked beside the compiler's libraries ----
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # apt's variables
apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
    awk -v suite="$suite" '$2 == suite && $3 == "main" { print "deb", $1, $2, $3 }' >"$place/sources"
mkdir -p "$place/state/lists/partial" "$place/cache/archives/partial" "$place/debs" "$root"
apt()
{
    (cd "$place/debs" && apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State="$place/state" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$place/cache" -o Dir::Etc::sourcelist="$place/sources" \
        -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root "$@") >"$place/log" 2>&1
}
apt update && apt download libcmocka0 libcmocka-dev || { tail -n 3 "$place/log"; echo "skipped: no CMocka of arm64 from apt's mirror"; exit 77; }
for deb in "$place"/debs/*.deb; do try dpkg-deb -x "$deb" "$root"; done

# ---- the build ----
rooms='tensor|equation|frac|neuron|scan|op|net'
targets=$(for source in tests/*/test_*.c; do echo "$source"; done | sed -nE "s,^tests/($rooms)/test_(.*)[.]c\$,test_\\1_\\2,p")
try cmake --preset arm64 -B "$build" -DFSNN_ARM64_ROOT="$root" -DFSNN_EXAMPLES=OFF -DFSNN_BENCH=OFF
# shellcheck disable=SC2086 # a list of targets
try cmake --build "$build" -j "${JOBS:-2}" --target $targets fsnn_cli
for file in frac/memory_real_kernel.c scan/fused_forward_exact_kernel.c tensor/dense_plain_product_real_kernel.c; do
    find "$build" -path "*objects_*_base*/$file.o" | head -n 1 >"$place/object"
    [ -s "$place/object" ] || fail "no object of src/$file"
    aarch64-linux-gnu-objdump -d "$(cat "$place/object")" | grep -qE 'fml[as][[:space:]]+v[0-9]+[.](4s|2d)' || fail "no vectors of NEON in src/$file"
done

# ---- the program, and the tests ----
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
try "$qemu" -L /usr/aarch64-linux-gnu "$build/fsnn" simulate --neuron lif --current constant:2 --alpha 0.5 --time 20 --no-figure \
    --out "$place/one"
try "$qemu" -L /usr/aarch64-linux-gnu "$build/fsnn" doctor
slow='net/(rewrap|loops|sizes|million|spike_trains)|scan/(memory|long|user)'
[ "${FSNN_ARM64_TESTS:-}" != all ] || slow=none
begun=$(date +%s)
ctest --test-dir "$build" -R "^($rooms)/" -E "^($slow)(_in_double)?\$" -j "${JOBS:-2}" --no-tests=error --output-on-failure >"$place/tests" 2>&1 ||
    { tail -n 60 "$place/tests"; fail "tests under qemu"; }
seconds=$(($(date +%s) - begun))
echo "arm64 under qemu: $(grep -cE ' Passed ' "$place/tests") tests passed in $seconds s, $(grep -c Skipped "$place/tests") skipped, not run: $slow"
