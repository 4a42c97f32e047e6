#!/bin/sh
# Accuracy by lower precision, over seeds: the MLP and the CNN of examples/ on Fashion-MNIST, trained in float32 and with
# training.precision: bf16, and the float32 weights evaluated with --precision int8. A line for each network and seed, then the
# means; a mean that is more than 0.3 points below float32 fails. FSNN_SEEDS (10), FSNN_EPOCHS (2), FSNN_SAMPLES (20000) of the
# training set; skipped without the data, and bf16 where the processor has none.
set -u
fsnn=${FSNN_BIN:-build/fsnn}
[ -r /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ] || { echo "skipped: Fashion-MNIST is not there"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

# accuracy RUN [OPTION...]: of the test set, in percent
accuracy() {
    "$fsnn" eval "$@" --on test --json 2>>"$dir/errors" | sed -n 's/.*"accuracy": *\([0-9.]*\).*/\1/p' | awk 'NR == 1 { printf "%.2f", 100 * $1 }'
}

# train NETWORK SEED PRECISION
train() {
    "$fsnn" train "examples/fashion_$1.yaml" --out "$dir/$3" --force -q --no-figures --precision "$3" --set training.seed="$2" \
        --set training.epochs="${FSNN_EPOCHS:-2}" --set data.limit.train="${FSNN_SAMPLES:-20000}" >/dev/null 2>>"$dir/errors"
}

for network in ${FSNN_NETWORKS:-mlp cnn}; do
    for seed in $(seq "${FSNN_SEEDS:-10}"); do
        train "$network" "$seed" single || { cat "$dir/errors"; exit 1; }
        bf16=- && train "$network" "$seed" bf16 && bf16=$(accuracy "$dir/bf16")
        echo "$network seed $seed: float32 $(accuracy "$dir/single"), bf16 $bf16, int8 $(accuracy "$dir/single" --precision int8)"
    done
done | tee "$dir/lines"

awk '
function finish(name, k,   n, mean, square, d) {
    n = count[name, k]
    if (!n) { printf "%s %s: not on this processor\n", name, k; return }
    mean = sum[name, k] / n; square = squares[name, k] / n - mean * mean
    d = n > 1 && square > 0 ? sqrt(square / (n - 1)) : 0
    printf "%s %s - float32: %+.3f points, standard error %.3f, %d seeds\n", name, k, mean, d, n
    if (mean < -0.3) failed = 1
}
{ gsub(/[:,]/, ""); seen[$1] = 1; total[$1] += $5; times[$1]++
  for (i = 6; i <= 8; i += 2) if ($(i + 1) != "-") { d = $(i + 1) - $5; k = $1 SUBSEP $i; count[k]++; sum[k] += d; squares[k] += d * d } }
END { for (name in seen) { printf "%s float32: mean %.2f %%\n", name, total[name] / times[name]; finish(name, "bf16"); finish(name, "int8") }
      exit !NR || failed }' "$dir/lines"
