#!/bin/sh
# fsnn export-c: networks become C that compiles free-standing without a warning, needs no library, and gives the spikes
# of `FSNN_ISA=base fsnn run` with full memory, under sanitizers too; what cannot become C is refused.
set -u
fsnn=${FSNN_BIN:-build/fsnn}
fsnn=$(cd "$(dirname "$fsnn")" && pwd)/$(basename "$fsnn")
source=$PWD
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
case ${LSAN_OPTIONS:-} in # suppressions are named from the source directory; the program runs elsewhere
*suppressions=tests/*) LSAN_OPTIONS=$(printf %s "$LSAN_OPTIONS" | sed "s|suppressions=|&$source/|"); export LSAN_OPTIONS ;;
esac
export FSNN_ISA=base
cd "$work" || exit 1
# where code stands at a fixed place, constants with addresses in them are constants
strict="-std=c99 -ffreestanding -fno-pie -Wall -Wextra -Werror -Wconversion"

# ---- data: pictures of 2 classes as IDX, 4 by 4 points; bytes by awk ----

bytes() { LC_ALL=C awk -v begin="$1" -v count="$2" -v kind="$3" '
    BEGIN { srand(count)
        n = split(begin, head, " "); for (i = 1; i <= n; i++) byte(head[i])
        for (i = 0; i < count; i++)
            for (k = 0; k < (kind == "labels" ? 1 : 16); k++)
                byte(kind == "labels" ? i % 2 : int(rand() * 128) + (int(k / 8) == i % 2 ? 100 : 0)) }
    function byte(b) { printf "%c", b }' | head -c "$4"; }
for part in "train 200" "test 200"; do
    set -- $part
    bytes "0 0 8 3 0 0 0 $2 0 0 0 4 0 0 0 4" "$2" images $((16 + 16 * $2)) >"$1.images"
    bytes "0 0 8 1 0 0 0 $2" "$2" labels $((8 + $2)) >"$1.labels"
done
[ "$(wc -c <test.images)" = 3216 ] || { echo "skipped: this awk does not write bytes"; exit 77; }

# describe NAME ENCODER DYNAMICS: reads the layers
describe() {
    {
        echo "name: $1"
        echo "input: [1, 4, 4]"
        echo "layers:"
        cat
        echo "dynamics: {$3}"
        echo "data:"
        echo "  kind: idx"
        echo "  train: {images: train.images, labels: train.labels}"
        echo "  test: {images: test.images, labels: test.labels}"
        echo "  encoder: {$2}"
        echo "training: {epochs: 1, loss: mse_rate, batch: 50, optimizer: {kind: adam, lr: 0.02}}"
    } >"$1.yaml"
}

# compile NAME: the C of the folder NAME, by every compiler there is, and its test
compile() {
    for cc in gcc clang clang-14; do
        command -v $cc >/dev/null || continue
        # shellcheck disable=SC2086
        $cc $strict -O2 -c "$1/net.c" -o "$1/net.o" 2>"$1/log" || { fail "$1: $cc: $(head -3 "$1/log")"; continue; }
        needs=$(nm -u "$1/net.o" | awk '$2 != "memcpy" && $2 != "memset"')
        [ -z "$needs" ] || fail "$1: $cc: the C needs $needs"
        nm "$1/net.o" | awk '$2 ~ /^[BbDdC]$/' | grep . && fail "$1: $cc: globals that are no constants"
    done
    gcc -std=c99 -Wall -Wextra -Werror -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined "$1/net_test.c" \
        -o "$1/net_test" 2>"$1/log" || { fail "$1: net_test.c: $(head -3 "$1/log")"; return; }
    "$1/net_test" >"$1/said" 2>&1 || fail "$1: $(cat "$1/said")"
    tail -1 "$1/said" | grep -q '^equal: 0 of [0-9]* spikes differ, [0-9]* spikes, hash [0-9a-f]\{8\}$' ||
        fail "$1: net_test ends with: $(tail -1 "$1/said")"
    echo "$1: $(tail -1 "$1/said")"
    # with the memory of the C and with full memory fsnn run gives the same spikes
    ! grep '^| spikes' "$1/report.md" | awk -F'|' '$4 + 0 > 0' | grep . || fail "$1: full memory gives other spikes"
}

fires() { ! grep -q ', 0 spikes' "$1/said" || fail "$1: nothing fires"; }

# check NAME [options]: trains the description, exports, compiles
check() {
    name=$1
    shift
    "$fsnn" train "$name.yaml" --out "run-$name" --quiet --no-figures >log 2>&1 || { fail "$name: train: $(tail -1 log)"; return; }
    "$fsnn" export-c "run-$name" -o "$name" --samples 200 --quiet "$@" >log 2>&1 || { fail "$name: $(tail -1 log)"; return; }
    compile "$name"
    fires "$name"
}

# ---- networks ----

describe mlp "kind: direct, steps: 60" "alpha: 0.6" <<'EOF'
  - flatten
  - linear: {out: 12, name: fc1}
  - lif: {tau: 2.0, threshold: 0.3, name: lif1}
  - linear: {out: 2, name: fc2}
  - lif: {tau: 2.0, threshold: 0.1, name: lif2}
EOF
describe cnn "kind: direct, steps: 10" "alpha: 0.7, method: l1" <<'EOF'
  - conv2d: {out: 4, kernel: 3, padding: 1, bias: false, name: c1}
  - batchnorm: {name: bn}
  - lif: {tau: {value: 2.0, per: channel}, threshold: 0.3, name: lif1}
  - conv2d: {out: 4, kernel: 3, padding: 1, groups: 4, name: c2}
  - tdbn: {threshold: 0.7, name: td}
  - lif: {threshold: 0.2, reset: subtract, name: lif2}
  - maxpool: {kernel: 2}
  - conv2d: {out: 4, kernel: 2, groups: 2, padding: 1, name: c3}
  - if: {threshold: 0.2, name: if1}
  - avgpool: {kernel: 2, stride: 1}
  - flatten
  - linear: {out: 2, name: fc}
  - lif: {threshold: 0.05, reset: value, refractory: 1, name: lif4}
EOF
describe recurrent "kind: rate, steps: 60" "alpha: 0.5, method: ab" <<'EOF'
  - delay: {of: lif1, name: back}
  - linear: {out: 10, name: rec, from: back}
  - flatten: {from: input, name: flat}
  - linear: {out: 10, name: fc1, from: flat}
  - add: {from: [fc1, rec], name: sum}
  - lif: {threshold: 0.3, name: lif1}
  - delay: {steps: 3, name: late}
  - concat: {from: [lif1, late], name: both}
  - linear: {out: 2, name: fc2}
  - alif: {threshold: 0.1, name: n2, params: {tau_a: 5}}
EOF
describe own "kind: direct, steps: 60" "alpha: 0.6" <<'EOF'
  - flatten
  - linear: {out: 12, name: fc1}
  - user: {dv: "(-v*(1 + a*tanh(v)) + I - b*v^2 + 0.1*sigmoid(v) - sqrt(abs(v))*0.01)/tau", params: {a: 0.3, b: {value: 0.1, per: neuron}}, spike: "v + dv - threshold*exp(-0.1*v)", after_spike: "dv - s*(threshold + 0.1*log(1 + v^2))/tau", threshold: 0.3, name: u1}
  - linear: {out: 8, name: fc2}
  - cuba: {threshold: 0.2, reset: restart, name: c1}
  - linear: {out: 8, name: fc3}
  - user: {dv: "(-v + I + pow(abs(v), 1.3)*0.3)/tau", threshold: 0.05, reset: delta, name: u2}
  - linear: {out: 2, name: fc4}
  - eif: {threshold: 0.05, name: e1}
EOF
describe regression "kind: direct, steps: 60" "alpha: 0.6, method: ml" <<'EOF'
  - flatten
  - linear: {out: 12, name: fc1}
  - lif: {threshold: 0.3, name: lif1}
  - linear: {out: 2, name: fc2}
  - readout: {name: out}
EOF
describe resting "kind: direct, steps: 60" "alpha: 0.6" <<'EOF'
  - flatten
  - linear: {out: 12, name: fc1}
  - lif: {rest: -70, resistance: {value: 40, per: neuron, learn: true}, threshold: -60, surrogate: {scale: 0.1}, name: lif1}
  - linear: {out: 8, name: fc2}
  - if: {rest: {value: -1, per: neuron, learn: true}, resistance: 3, threshold: -0.5, reset: value, name: if1}
  - linear: {out: 2, name: fc3}
  - lif: {threshold: 0.1, name: lif2}
EOF
# layers of one neuron, larger images, delays that differ
describe forms "kind: rate, steps: 60" "alpha: 0.6, method: ab" <<'EOF'
  - avgpool: {kernel: 3, padding: 1, stride: 2, name: p1}
  - upsample: {factor: 2, name: up1}
  - upsample: {size: [3, 7], mode: linear, name: up2}
  - conv2d: {out: 3, kernel: 2, name: c1}
  - lif: {threshold: 0.1, refractory: 1, name: lif1}
  - droppath: {p: 0.2}
  - delay: {steps: [0, 2, 1], per: channel, name: late}
  - flatten
  - linear: {out: 1, name: fc1}
  - lif: {threshold: 0.05, refractory: 2, name: one}
  - delay: {steps: 1, name: later}
  - linear: {out: 2, name: fc2}
  - lif: {threshold: 0.02, name: lif3}
EOF
# delays that were learned, of numbers, channels and connections; transposed convolutions
describe learned "kind: rate, steps: 60" "alpha: 0.6" <<'EOF'
  - flatten
  - learned_delay: {max: 6, name: d1}
  - linear: {out: 12, name: fc1}
  - lif: {threshold: 0.2, name: lif1}
  - learned_delay: {max: 5, kernel: gaussian, sigma: 0.7, per: layer, name: d2}
  - delayed_linear: {out: 10, max: 4, name: w1}
  - lif: {threshold: 0.1, name: lif2}
  - delayed_linear: {out: 6, max: 3, kernel: gaussian, bias: false, name: w2}
  - lif: {threshold: 0.05, name: lif3}
  - linear: {out: 2, name: fc2}
  - lif: {threshold: 0.05, name: lif4}
EOF
describe decoder "kind: rate, steps: 40" "alpha: 0.7" <<'EOF'
  - conv2d: {out: 4, kernel: 2, stride: 2, name: c1}
  - lif: {threshold: 0.1, name: lif1}
  - convtranspose2d: {out: 6, kernel: [3, 2], stride: [2, 1], padding: [1, 0], output_padding: [1, 0], groups: 2, name: t1}
  - lif: {threshold: 0.05, name: lif2}
  - learned_delay: {max: 3, per: channel, name: d1}
  - convtranspose2d: {out: 3, kernel: 2, dilation: 2, stride: 3, bias: false, name: t2}
  - lif: {threshold: 0.02, name: lif3}
  - reshape: {shape: [3, -1]}
  - convtranspose1d: {out: 2, kernel: 4, stride: 3, padding: 1, name: t3}
  - lif: {threshold: 0.02, name: lif4}
  - flatten
  - linear: {out: 2, name: fc}
  - lif: {threshold: 0.02, name: lif5}
EOF
for name in mlp cnn recurrent own regression resting forms learned decoder; do check $name; done

# the test tells: blocks of another length are other sums over the past
sed 's/NET_SPAN = 24/NET_SPAN = 23/' mlp/net.c >wrong.c
sed 's/"net.c"/"wrong.c"/' mlp/net_test.c >wrong_test.c
gcc -std=c99 -O1 -I mlp wrong_test.c -o wrong 2>log || fail "wrong_test.c: $(head -3 log)"
./wrong >log && fail "net_test takes other sums for equal"
grep -q '^NOT EQUAL: [1-9]' log || fail "net_test of other sums ends with: $(tail -1 log)"

# one object file for many networks in use, each with a state of its own
cat >two.c <<'EOF'
#define NET_EVENTS
#include "mlp/net.c"
#include <stdio.h>
static net_state a, b;
int main(void)
{
    float x[NET_IN] = {0}, y[NET_OUT], z[NET_OUT];
    unsigned differ = 0, fired = 0;
    net_reset(&a);
    net_reset(&b);
    for (unsigned k = 0; k < 500; k++) {
        for (unsigned i = 0; i < NET_IN; i++) {
            x[i] = (float)((k * 7 + i * 5) % 3 == 0);
            if (x[i] != 0)
                net_event(&b, i);
        }
        net_event(&b, NET_IN); /* none such: left out */
        net_step(&a, x, y);
        net_tick(&b, z);
        for (unsigned i = 0; i < NET_OUT; i++) {
            differ += y[i] != z[i];
            fired += y[i] != 0;
        }
    }
    printf("%u differ, %u spikes\n", differ, fired);
    return differ || !fired;
}
EOF
gcc -std=c99 -Wall -Wextra -Werror -O1 -fsanitize=address,undefined two.c -o two 2>log && ./two >log 2>&1 ||
    fail "events: $(head -3 log)"

# a long stream equals full memory, as long as the certificate's; 100,000 steps where it is asked for
steps=${FSNN_EXPORT_STEPS:-4000}
describe stream "kind: rate, steps: $steps" "alpha: 0.6" <<'EOF'
  - flatten
  - linear: {out: 8, name: fc1}
  - lif: {threshold: 0.3, name: lif1}
  - linear: {out: 2, name: fc2}
  - lif: {threshold: 0.1, name: lif2}
EOF
"$fsnn" export-c stream.yaml -o stream --samples 1 --quiet >log 2>&1 && compile stream && fires stream ||
    fail "stream: $(tail -1 log)"

# ---- what the report says ----

row() { awk -F' [|] ' -v name="| $2" '$1 == name { sub(/^[|] [^|]* [|] /, ""); sub(/ [|]$/, ""); print; exit }' "$1/report.md"; }
row mlp 'code and constants (flash), stack' | grep -q '^not measured: .*--target' || fail "report.md without --target"
# a spike test that came no nearer to its threshold than the memory can move it is proven, as long as all layers before are
for folder in mlp stream; do
    sed -n '/^## Certificate/,/^## Energy/p' $folder/report.md | awk -F'[ |]+' '
        /^[|] lif/ { all = (n == 0 || all) && $3 > $4; n++; if (all != ($5 == "yes")) bad = 1 }
        END { exit !(n == 2 && !bad) }' || fail "$folder: certificate: $(grep -A8 Certificate $folder/report.md)"
done
row mlp '`fsnn`, memory of the description' | grep -q '^[0-9]* of 200 | [0-9.]* %$' && [ "$(row mlp 'the C')" = "$(row mlp '`fsnn`, memory of the description')" ] ||
    fail "mlp: accuracy in the report: $(grep -A6 Accuracy mlp/report.md)"
said=$("$fsnn" eval run-mlp --json 2>log | sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' | head -1)
row mlp 'the C' | awk -v said="$said" '{ d = $1 / $3 - said; exit !(d < 1e-6 && d > -1e-6) }' ||
    fail "mlp: eval says $said, the report $(row mlp 'the C')"
row mlp 'multiply-adds of the sums over the past' | awk '{ exit !($1 > 14 * 20) }' || fail "mlp: energy: $(grep -A9 Energy mlp/report.md)"
if command -v gcc >/dev/null && command -v size >/dev/null; then
    "$fsnn" export-c run-mlp -o measured --samples 2 --quiet --target host >log 2>&1 || fail "--target host: $(tail -1 log)"
    bytes=$(row measured 'constants: weights, parameters, weights of the past (flash)')
    row measured 'code and constants on host (flash), by cc -Os' | awk -v least="$bytes" '{ exit !($1 > least && $1 < least + 20000) }' ||
        fail "--target host: $(head -20 measured/report.md)"
    [ ! -e measured/net_measured.o ] && [ ! -e measured/net_measured.ci ] || fail "--target leaves files"
fi
PATH=/nowhere "$fsnn" export-c run-mlp -o measured --samples 2 --quiet --target cortex-m4 >log 2>&1 || fail "--target without its compiler: $(tail -1 log)"
row measured 'code and constants (flash), stack on cortex-m4' | grep -q '^not measured: there is no arm-none-eabi-gcc$' ||
    fail "--target without its compiler: $(head -14 measured/report.md)"
# data that come as lists are a test, too
"$fsnn" export-c run-mlp -o lists --samples 5 --quiet --set data.encoder.kind=rate --set data.encoder.sparse=true >log 2>&1 &&
    compile lists || fail "test data as lists: $(tail -1 log)"

# classes of --test are whole numbers, also where float32 has no such
if command -v python3 >/dev/null; then
    cat >make.py <<'E'
import struct, sys, zipfile

def npy(kind, shape, data):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)).encode()
    head += b" " * ((64 - (len(head) + 11) % 64) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data

width = int((sys.argv[3:] or [4])[0])
with zipfile.ZipFile(sys.argv[1], "w") as out:
    out.writestr("x.npy", npy("<f4", (5, 2, 1, 4, width), struct.pack("<%df" % (40 * width), *[i % 3 for i in range(40 * width)])))
    out.writestr("y.npy", npy("<i8", (2,), struct.pack("<2q", int(sys.argv[2]), 1)))
E
    python3 make.py large.npz 16777217 && python3 make.py larger.npz 8589934592
    "$fsnn" export-c run-mlp -o large --test large.npz --quiet >log 2>&1 || fail "class 16777217: $(tail -1 log)"
    grep -q 'has the label 16777217' large/report.md || fail "class 16777217: $(grep -A3 Accuracy large/report.md)"
    "$fsnn" export-c run-mlp -o larger --test larger.npz --quiet >log 2>&1 && fail "a class of 34 bits is taken"
    grep -q 'y holds 8589934592: classes are whole numbers of 32 bits' log || fail "a class of 34 bits: $(tail -1 log)"
    python3 make.py wide.npz 1 5
    "$fsnn" export-c run-mlp -o wide --test wide.npz --quiet >log 2>&1 && fail "pictures of another width are taken"
    grep -q 'error: wide.npz: x has shape \[5, 2, 1, 4, 5\], but the network.s input is \[1, 4, 4\]' log || fail "another width: $(tail -1 log)"
fi

# ---- integers ----

describe loops "kind: rate, steps: 40" "alpha: 0.5" <<'EOF'
  - delay: {of: lif1, name: back}
  - linear: {out: 10, name: rec, from: back}
  - flatten: {from: input, name: flat}
  - linear: {out: 10, name: fc1, from: flat}
  - add: {from: [fc1, rec], name: sum}
  - lif: {threshold: 0.3, name: lif1, refractory: 2}
  - delay: {steps: 3, name: late}
  - concat: {from: [lif1, late], name: both}
  - linear: {out: 8, name: fc2}
  - if: {threshold: 0.3, reset: subtract, name: if2}
  - voting: {voters: 4}
EOF
"$fsnn" train loops.yaml --out run-loops --quiet --no-figures >log 2>&1 || fail "loops: train: $(tail -1 log)"

# integers NAME FROM TYPE [options]: the network of run-FROM in whole numbers
integers() {
    name=$1 from=$2 type=$3
    shift 3
    "$fsnn" export-c "run-$from" -o "$name" --samples 100 --type "$type" --quiet "$@" >log 2>&1 || { fail "$name: $(tail -1 log)"; return; }
    compile "$name"
    fires "$name"
    grep -q "[^.]float\|double" "$name/net.c" "$name/net.h" && fail "$name: the C knows numbers that are not whole"
    same=$(sed -n 's/^The output that is largest .* is the same in \([0-9]*\) of 100 samples\.$/\1/p' "$name/report.md")
    echo "$name: $same of 100 answers as in single precision"
}
integers mlp8 mlp int8
[ "${same:-0}" -ge 95 ] || fail "mlp8: $same of 100 answers are those of single precision"
integers mlp4 mlp int4
[ "${same:-0}" -ge 80 ] || fail "mlp4: $same of 100 answers are those of single precision"
integers cnn4 cnn int4
integers loops8 loops int8
integers numbers8 regression int8 --set dynamics.method=l1
# one unit of potentials that are large is a power of 2, too
"$fsnn" export-c run-mlp -o large8 --samples 10 --type int8 --quiet --set lif1.threshold=1e12 >log 2>&1 || fail "large8: $(tail -1 log)"
grep -q '^| lif1 | 2^10 ' large8/report.md || fail "large8: $(grep '^| lif1 | 2' large8/report.md)"
# methods that keep drives, and that take the leak after the step
integers ml8 regression int8
integers ml4 mlp int4 --set dynamics.method=ml
integers ab8 mlp int8 --set dynamics.method=ab
[ "${same:-0}" -ge 95 ] || fail "ab8: $same of 100 answers are those of single precision"
integers implicit8 cnn int8 --set dynamics.implicit=true

# equations of sums and products
describe poly "kind: direct, steps: 60" "alpha: 0.6" <<'END'
  - flatten
  - linear: {out: 12, name: fc1}
  - user: {dv: "(-v*(1 + a*v^2) + I)/tau", params: {a: 0.3}, threshold: 0.3, name: u1}
  - linear: {out: 8, name: fc2}
  - user: {dv: "(-v + I - b*v*abs(v))/tau", params: {b: {value: 0.1, per: neuron, learn: true}}, spike: "v - threshold*(1 + 0.1*min(v, 1))", threshold: 0.2, reset: value, refractory: 1, name: u2}
  - linear: {out: 2, name: fc3}
  - hard_lif: {threshold: 0.05, name: h1}
END
"$fsnn" train poly.yaml --out run-poly --quiet --no-figures >log 2>&1 || fail "poly: train: $(tail -1 log)"
integers poly8 poly int8
[ "${same:-0}" -ge 95 ] || fail "poly8: $same of 100 answers are those of single precision"
integers poly4 poly int4 --set u2.reset=restart

# a training that is aware of 4 bits: eval and export-c compute in them without being told
"$fsnn" train mlp.yaml --set training.quantise=int4 --out run-aware --quiet --no-figures >log 2>&1 || fail "aware: train: $(tail -1 log)"
"$fsnn" export-c run-aware -o aware --samples 200 --quiet >log 2>&1 || fail "aware: $(tail -1 log)"
grep -q 'type int4' aware/report.md || fail "aware: the C is not of type int4"
"$fsnn" export-c run-mlp -o same8 --samples 200 --type int8 --quiet >log 2>&1 || fail "same8: $(tail -1 log)"

# fsnn eval gives the answers of the C, sample by sample: as many are right
cat >answers.c <<'EOF'
#define main test
#include "net_test.c"
#undef main
int main(void)
{
    int right = 0;
    (void)test;
    for (unsigned long sample = 0; sample < SAMPLES; sample++) {
        long sum[NET_OUT] = {0}, best = 0;
        net_reset(&state);
        at = 0;
        for (unsigned long k = 0; k < STEPS; k++) {
            step(sample, k);
            for (long i = 0; i < NET_OUT; i++)
                sum[i] += out[i];
        }
        for (long i = 1; i < NET_OUT; i++)
            best = sum[i] > sum[best] ? i : best;
        right += best == (long)(sample % 2);
    }
    printf("%.3f\n", right / (double)SAMPLES);
    return 0;
}
EOF
for pair in "aware aware int4" "same8 mlp int8"; do
    set -- $pair
    gcc -std=c99 -O1 -I "$1" answers.c -o answers 2>log && right=$(./answers) || fail "answers.c: $(head -3 log)"
    option=
    [ "$2" = aware ] || option="--type $3"
    # shellcheck disable=SC2086
    "$fsnn" eval "run-$2" $option --json >eval.json 2>log || fail "eval run-$2: $(tail -1 log)"
    grep -q "\"type\": \"$3\"" eval.json || fail "eval run-$2 is not of type $3"
    said=$(sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' eval.json | head -1)
    awk -v a="$right" -v b="${said:-2}" 'BEGIN { exit !(a - b < 1e-6 && b - a < 1e-6) }' ||
        fail "eval run-$2 says $said, of the answers of the C $right are right"
done

# inputs beyond all ranges, for long: no sum overflows, states stay within their bounds
cat >extreme.c <<'EOF'
#include <stdio.h>
#include "net.c"
static net_state state;
int main(void)
{
    int16_t in[NET_IN];
    int32_t out[NET_OUT];
    uint32_t random = 1;
    unsigned long sum = 0;
    net_reset(&state);
    for (unsigned k = 0; k < 3000; k++) {
        for (unsigned i = 0; i < NET_IN; i++) {
            random = random * 1664525u + 1013904223u;
            if (k % 50 == 0 || k > 2000)
                in[i] = random >> 31 ? INT16_MAX : INT16_MIN;
        }
        net_step(&state, in, out);
        for (unsigned i = 0; i < NET_OUT; i++) {
            sum += out[i] != 0;
            if (out[i] > (1 << 30) || out[i] < -(1 << 30))
                return 2;
        }
    }
    printf("%lu\n", sum);
    return 0;
}
EOF
for name in mlp8 cnn4 loops8 numbers8 ml8 ml4 ab8 implicit8 poly8 poly4; do
    gcc -std=c99 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -I $name extreme.c -o extreme 2>log &&
        ./extreme >log 2>&1 || fail "$name at the ends of the range: $(head -3 log)"
done

# events are inputs of 1; those beyond the range are left out
sed -e 's/mlp/mlp8/; s/float x\(.*= {0}\),/int16_t x\1; int32_t/' -e 's/(float)\(.*\);/(int16_t)(\1 << NET_IN_FRACTION);/' two.c >two8.c
"$fsnn" export-c run-mlp -o mlp8 --samples 2 --type int8 --range 1 --quiet >log 2>&1 || fail "--range: $(tail -1 log)"
grep -q 'define NET_IN_MOST 16384' mlp8/net.h || fail "--range 1 is not what net.h says: $(grep NET_IN_MOST mlp8/net.h)"
gcc -std=c99 -Wall -Wextra -Werror -O1 -fsanitize=address,undefined two8.c -o two8 2>log && ./two8 >log 2>&1 ||
    fail "events in integers: $(head -3 log)"

# ---- forms of memory ----

"$fsnn" export-c run-mlp -o short --samples 5 --quiet --set dynamics.memory=7 >log 2>&1 && compile short ||
    fail "short memory: $(tail -1 log)"
"$fsnn" export-c run-mlp -o full --samples 5 --quiet --memory full --horizon 60 >log 2>&1 && compile full ||
    fail "full memory: $(tail -1 log)"
grep -q '| 60 | 0 |' full/report.md || fail "report.md does not say that 60 states are kept"
grep -q '| 48 | [1-9]' mlp/report.md || fail "report.md does not say that there are exponentials"

# ---- what is refused: exit code 2 and a sentence that says what works ----

refused() { # WORDS options...
    words=$1
    shift
    "$fsnn" export-c "$@" -o refused --samples 2 --quiet >log 2>&1
    [ $? = 2 ] || fail "$*: exit code not 2: $(tail -1 log)"
    grep -q -- "$words" log || fail "$*: expected to read \"$words\": $(tail -1 log)"
    [ ! -e refused/net.c ] || fail "$*: net.c was written"
}
refused "needs --horizon" run-mlp --memory full
refused "tolerance from 1e-12 to 0.1, or full" run-mlp --memory much
refused "reset jump .* subtract" run-mlp --set lif1.reset=jump
refused "method abm .* gl, l1, ab, ml and euler work" run-mlp --set dynamics.method=abm
refused "double precision .* single works" run-mlp --set dynamics.precision=double
refused "no such type\|type \"int3\"" run-mlp --type int3
refused "method abm .* gl, l1, ab, ml and euler work" run-mlp --type int8 --set dynamics.method=abm
refused "method ab keeps drives.*--memory 1e-5" run-mlp --type int8 --set dynamics.method=ab --memory full --horizon 60
refused "its equation calls tanh: sums, products" run-own --type int4
refused "equations of one state have them" run-recurrent --type int8
refused "reset jump .* subtract" run-mlp --type int8 --set lif1.reset=jump
refused "tau is 0.4: above 0.5 works" run-mlp --type int8 --set lif1.tau=0.4
refused "range is for --type" run-mlp --range 2
"$fsnn" eval run-mlp --type int3 >log 2>&1
[ $? = 2 ] && grep -q 'type "int3"' log || fail "eval --type int3: $(tail -1 log)"
"$fsnn" eval run-mlp --type int8 --set lif1.reset=jump >log 2>&1
[ $? = 2 ] && grep -q 'reset jump .* subtract' log || fail "eval of what has no integers: $(tail -1 log)"
"$fsnn" train mlp.yaml --set training.quantise=int8 --set dynamics.precision=double --out none --quiet >log 2>&1
[ $? -ne 0 ] && grep -q 'single precision' log || fail "training of int8 in double precision: $(tail -1 log)"
sed 's/^  - linear: {out: 2, name: fc2}/  - layernorm\n&/' mlp.yaml >norm.yaml
refused "layernorm .*linear, conv1d, conv2d" norm.yaml
sed 's/- lif: {tau: 2.0, threshold: 0.1, name: lif2}/- user: {dv: "(-v + sin(I))\/tau", name: s1}/' mlp.yaml >sine.yaml
refused "call sin.*exp, log" sine.yaml
refused 'target "cortex-m9".*cortex-m4' run-mlp --target cortex-m9
refused ".batchnorm. works" norm.yaml
refused "learned_delay" run-learned --type int8
"$fsnn" export-c run-mlp --quiet >log 2>&1
[ $? = 2 ] && grep -q -- "--output DIR is missing" log || fail "without --output: $(tail -1 log)"

[ $failures = 0 ] && echo "networks as C give the spikes of fsnn run"
exit $((failures > 0))
