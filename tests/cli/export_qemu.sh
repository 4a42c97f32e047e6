#!/bin/sh
# The C of fsnn export-c on microcontrollers, in an emulator: Cortex-M3, M4F, M7 and M55, and RV32 where its tools are, give the
# hash of spikes that this computer gives, in single precision and in integers. 77: the compiler or the emulator is not there
# (tools/install-deps.sh --deploy).
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
export FSNN_ISA=base

needs() { # PROGRAMS...: whether all are there
    for program; do command -v "$program" >/dev/null || { echo "skipped: there is no $program"; return 1; }; done
}
needs arm-none-eabi-gcc qemu-system-arm || exit 77
[ -e "$(arm-none-eabi-gcc --print-file-name=picolibc.specs)" ] || { echo "skipped: there is no picolibc for arm"; exit 77; }

# 4 pictures of 4 by 4 points, whose bytes follow a rule, each shown for 60 steps
cat >net.yaml <<'END'
name: small
input: [1, 4, 4]
layers:
  - conv2d: {out: 6, kernel: 3, padding: 1, name: c1}
  - lif: {threshold: 0.2, name: lif1}
  - conv2d: {out: 13, kernel: 3, padding: 1, name: c2}
  - lif: {threshold: 0.2, name: lif3}
  - avgpool: {kernel: 2}
  - flatten
  - linear: {out: 8, name: fc}
  - lif: {threshold: 0.1, reset: subtract, name: lif2}
dynamics: {alpha: 0.6}
data:
  kind: idx
  train: {images: images, labels: labels}
  test: {images: images, labels: labels}
  encoder: {kind: direct, steps: 60}
training: {batch: 4}
END
LC_ALL=C awk 'BEGIN { printf "%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c%c", 0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4
    for (i = 0; i < 64; i++) printf "%c", i * 37 % 128 }' >images
LC_ALL=C awk 'BEGIN { printf "%c%c%c%c%c%c%c%c%c%c%c%c", 0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 0, 1 }' >labels
[ "$(wc -c <images)" = 80 ] || { echo "skipped: this awk does not write bytes"; exit 77; }

# run NAME MACHINE FLAGS [RAM]: the test of each type on a Cortex-M, whose RAM begins there; TYPES: which
run() {
    for type in ${TYPES:-float int8 int4}; do
        # shellcheck disable=SC2086
        arm-none-eabi-gcc --specs=picolibc.specs --crt0=semihost --oslib=semihost -T picolibc.ld \
            -Wl,--defsym=__flash=0,--defsym=__flash_size=0x80000,--defsym=__ram=${4:-0x20000000} \
            -Wl,--defsym=__ram_size=0x100000,--defsym=__stack_size=0x4000 \
            -std=c99 -O2 -ffp-contract=off -mthumb $3 $type/net_test.c -o test.elf 2>log ||
            { fail "$1, $type: $(head -3 log)"; continue; }
        timeout 120 qemu-system-arm -M "$2" -nographic -semihosting-config enable=on,target=native -kernel test.elf \
            >said 2>&1 </dev/null
        check "$1" "$type"
    done
}

check() {
    [ "$(tail -1 said | tr -d '\r')" = "$(cat "$2/here")" ] ||
        fail "$1, $2: \"$(tail -1 said)\", not \"$(cat "$2/here")\""
}

riscv() {
    needs riscv64-unknown-elf-gcc qemu-system-riscv32 || return
    [ -e "$(riscv64-unknown-elf-gcc --print-file-name=picolibc.specs)" ] || { echo "skipped: there is no picolibc for riscv"; return; }
    for form in "rv32imc ilp32" "rv32imafc ilp32f"; do
        set -- $form
        for type in float int8 int4; do
            riscv64-unknown-elf-gcc --specs=picolibc.specs --crt0=semihost --oslib=semihost -T picolibc.ld \
                -Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x400000,--defsym=__ram=0x80400000 \
                -Wl,--defsym=__ram_size=0x400000,--defsym=__stack_size=0x4000 \
                -std=c99 -O2 -ffp-contract=off "-march=$1" "-mabi=$2" $type/net_test.c -o test.elf 2>log ||
                { fail "$1, $type: $(head -3 log)"; continue; }
            timeout 120 qemu-system-riscv32 -M virt -bios none -nographic -semihosting-config enable=on,target=native \
                -kernel test.elf >said 2>&1 </dev/null
            check "$1" "$type"
        done
    done
}

for type in float int8 int4; do
    "$fsnn" export-c net.yaml -o $type --type $type --samples 4 --quiet >log 2>&1 || fail "$type: $(tail -1 log)"
    cc -std=c99 -O2 -ffp-contract=off $type/net_test.c -o here 2>log && ./here | tail -1 >$type/here || fail "$type: $(head -3 log)"
    grep -q '^equal: 0 of [0-9]* spikes differ, [1-9]' $type/here || fail "$type: here it says $(cat $type/here)"
done
run Cortex-M3 mps2-an385 "-mcpu=cortex-m3 -mfloat-abi=soft"
run Cortex-M4F mps2-an386 "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard"
run Cortex-M7 mps2-an500 "-mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard"
if qemu-system-arm -M help | grep -q '^mps3-an547 '; then
    run Cortex-M55 mps3-an547 "-mcpu=cortex-m55 -mfloat-abi=hard" 0x01000000
else
    echo "skipped: this qemu has no Cortex-M55"
fi
riscv

# by instructions for pairs of 16 bits: the same sums
for part in int8 int4; do
    arm-none-eabi-gcc -DNET_SIMD -std=c99 -O2 -ffreestanding -Wall -Wextra -Werror -Wconversion -mthumb -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 \
        -mfloat-abi=hard -S $part/net.c -o simd.s 2>log && grep -q smlabb simd.s || fail "$part: -DNET_SIMD: $(head -3 log)"
done
TYPES="int8 int4" run "Cortex-M4F, pairs" mps2-an386 "-DNET_SIMD -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard"
TYPES="int8 int4" run "Cortex-M7, pairs" mps2-an500 "-DNET_SIMD -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard"
TYPES="int8 int4" run "Cortex-M3, which has none" mps2-an385 "-DNET_SIMD -mcpu=cortex-m3 -mfloat-abi=soft"

[ $failures = 0 ] && cat ./*/here && echo "microcontrollers give the spikes of this computer"
exit $((failures > 0))
