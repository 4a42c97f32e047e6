#!/bin/sh
# A stream without a reset through the exported C in whole numbers: net_test.c says that the C, a program of its own, and
# libfsnn are equal to the bit, under sanitizers, states within their bounds; report.md counts what differs from single
# precision, and there from full memory. FSNN_EXPORT_STEPS=100000 makes it long (tests/long/export_stream.sh).
set -u
fsnn=${FSNN_BIN:-build/fsnn}
fsnn=$(cd "$(dirname "$fsnn")" && pwd)/$(basename "$fsnn")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
cd "$work" || exit 1
steps=${FSNN_EXPORT_STEPS:-2500}
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=undefined"

# one picture of 4 by 4 points as IDX
bytes() { LC_ALL=C awk -v list="$1" 'BEGIN { n = split(list, b, " "); for (i = 1; i <= n; i++) printf "%c", b[i] }' | head -c "$2"; }
bytes "0 0 8 3 0 0 0 1 0 0 0 4 0 0 0 4 40 80 120 30 90 100 70 60 110 20 50 125 75 35 95 105" 32 >images
bytes "0 0 8 1 0 0 0 1 0" 9 >labels
[ "$(wc -c <images)" = 32 ] || { echo "skipped: this awk does not write bytes"; exit 77; }
cat >stream.yaml <<END
name: stream
input: [1, 4, 4]
layers:
  - flatten
  - linear: {out: 20, name: fc1}
  - lif: {threshold: 0.3, name: lif1}
  - linear: {out: 20, name: fc2}
  - lif: {threshold: 0.1, name: lif2}
dynamics: {alpha: 0.6}
data:
  kind: idx
  train: {images: images, labels: labels}
  test: {images: images, labels: labels}
  encoder: {kind: rate, steps: $steps}
training: {epochs: 1, loss: mse_rate}
END

# largest |state| of the C and what the report says of it: the program prints the largest number of the histories, as the
# states of layers begin with past_
cat >bounds.c <<'END'
#define main test
#include "net_test.c"
#undef main
static int32_t largest;
static void bound(const int32_t *x, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        if (x[i] > largest || -x[i] > largest)
            largest = x[i] < 0 ? -x[i] : x[i];
}
int main(void)
{
    const net_state *s = &state;
    (void)test;
    net_reset(&state);
    at = 0;
    for (unsigned long k = 0; k < STEPS; k++) {
        step(0, k);
        bound(s->PAST, sizeof s->PAST / sizeof *s->PAST);
    }
    printf("%ld\n", (long)largest);
    return 0;
}
END

# stream NAME TYPE [options]
stream() {
    name=$1 type=$2
    shift 2
    "$fsnn" export-c stream.yaml -o "$name" --samples 1 --type "$type" --quiet "$@" >log 2>&1 || { fail "$name: $(tail -1 log)"; return; }
    # shellcheck disable=SC2086
    gcc -std=c99 -O1 $sanitize "$name/net_test.c" -o "$name/net_test" 2>log && "$name/net_test" >said 2>&1 || fail "$name: $(cat log said)"
    tail -1 said | grep -q '^equal: 0 of [0-9]* spikes differ, [1-9][0-9]* spikes, hash' || fail "$name: net_test ends with: $(tail -1 said)"
    [ "$type" = float ] && { echo "$name: $(tail -1 said)"; return; }
    full=$(awk -F'|' '/^[|] spikes/ { n += $4 } END { print n + 0 }' "$name/report.md")
    echo "$name: in single precision $full spikes are others with full memory"
    [ "$full" -le $((steps / 1000)) ] || fail "$name: full memory gives $full other spikes"
    for layer in $(sed -n 's/.* past_\([0-9]*\)\[.*/\1/p' "$name/net.h"); do
        gcc -std=c99 -O1 -DPAST="past_$layer" -I "$name" bounds.c -o bounds 2>log && largest=$(./bounds) || { fail "$name: bounds.c: $(head -3 log)"; return; }
        # the row of the layer, by the order of both: one unit, bound, whether it is proved
        row=$((row_of = ${row_of:-0} + 1))
        sed -n '/^| layer | one unit/,/^$/p' "$name/report.md" | awk -F'[|^ ]+' -v row=$row -v largest="$largest" '
            NR == row + 2 { found = 1; exit !($6 == "proved" && largest * 2 ^ $4 <= $5) }
            END { if (!found) exit 1 }' || fail "$name: states reach $largest, the report says: $(sed -n '/^| layer | one unit/,/^$/p' "$name/report.md")"
    done
    row_of=0
    sed -n '/^## Integers beside/,/^The output/p' "$name/report.md" | awk -F'|' -v name="$name" '
        $2 ~ /^ lif/ { n += $3; fired += $4; differ += $5 }
        END { printf "%s: of %d numbers %d are spikes in single precision, %d differ\n", name, n, fired, differ
              exit !(fired > 0 && differ * (name ~ /4$/ ? 4 : 20) <= fired) }' || fail "$name: too many spikes differ from single precision"
}
stream gl8 int8
stream gl4 int4
stream ab8 int8 --set dynamics.method=ab
stream ml8 int8 --set dynamics.method=ml
stream implicit8 int8 --set dynamics.method=l1 --set dynamics.implicit=true

[ $failures = 0 ] && echo "the C in whole numbers gives the spikes of libfsnn over $steps steps"
exit $((failures > 0))
