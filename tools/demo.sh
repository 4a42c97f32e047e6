#!/usr/bin/env bash
# The demonstration behind `make demo`: trains a fractional spiking network on Fashion-MNIST, evaluates it, leaves pictures.
set -eu
cd "$(dirname "$0")/.."
fsnn=${FSNN_BIN:-build/fsnn}
out=${FSNN_DEMO_DIR:-runs/demo}
epochs=${FSNN_DEMO_EPOCHS:-5}

echo "Training examples/fashion_mlp.yaml: 784-2560-10 LIF neurons, T = 4, alpha = 0.5, 60,000 images, $epochs epochs"
"$fsnn" train examples/fashion_mlp.yaml --set training.epochs="$epochs" --out "$out" --force
echo
echo "Evaluating the best weights on the 10,000 test images"
"$fsnn" eval examples/fashion_mlp.yaml --weights "$out/best.safetensors"
echo
echo "Pictures:"
ls "$out"/figures/*.png
