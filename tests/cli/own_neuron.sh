#!/bin/sh
# examples/own_neuron.yaml does what it says: inspect shows the equation, training takes it in, moves the neuron's own parameter
# and gets most pictures right.
fsnn=${FSNN_BIN:-build/fsnn}
example=examples/own_neuron.yaml
[ -r /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ] || { echo "skipped: Fashion-MNIST is not there"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $1"; exit 1; }

"$fsnn" inspect $example >"$work/inspect" || fail "inspect"
grep -qF 'dv = (-v*(1 + a*tanh(v)) + I)/tau' "$work/inspect" || fail "inspect does not show the equation"
"$fsnn" train $example --out "$work/run" --quiet >"$work/train" || fail "train"
accuracy=$(sed -n 's/^test .*accuracy \([0-9]*\)\..*/\1/p' "$work/train")
echo "accuracy $accuracy %"
[ "${accuracy:-0}" -ge 65 ] || fail "the test accuracy is \"$accuracy\" %, expected 65 or more"
"$fsnn" inspect "$work/run/best.safetensors" >"$work/weights" || fail "inspect of the weights"
grep -F hidden.a "$work/weights" || fail "the weights have no hidden.a"
awk '$1 == "hidden.a" && $4 < $6 {moved = 1} END {exit !moved}' "$work/weights" || fail "hidden.a has not moved"
grep -F hidden.a "$work/weights" | grep -q '\[128\]' || fail "hidden.a is not one for each neuron"
"$fsnn" eval "$work/run/description.yaml" --weights "$work/run/best.safetensors" >"$work/eval" || fail "eval"
grep -q "accuracy *$accuracy" "$work/eval" || fail "eval says something else than train"
