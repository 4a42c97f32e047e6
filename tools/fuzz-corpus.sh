#!/bin/sh
# Seeds for fuzz_description, into a folder: the example descriptions, and a small network for each kind of neuron with its options.
to=${1:?usage: tools/fuzz-corpus.sh FOLDER}
here=$(dirname "$0")
mkdir -p "$to" || exit 1
cp "$here"/../examples/*.yaml "$to"/ || exit 1

# NAME, then the layer
seed() {
    printf 'input: 3\nlayers:\n  - linear: 4\n  - %s\ndynamics: {alpha: 0.5}\n' "$2" >"$to/$1.yaml"
}
seed user 'user: {dv: "(-a*v^2 + b*I)/tau", spike: "v + dv - threshold", params: {a: 0.2, b: {value: 1, learn: true, per: channel}}}'
seed after 'user: {dv: "(-v + I)/tau", after_spike: "dv - s*max(threshold, v)/tau"}'
seed noisy 'noisy: {tau: 2, noise: {mode: concrete, gamma: 0.1, temperature: 0.5}}'
seed noise 'if: {noise: meanfield, reset: jump}'
seed qif 'qif: {reset: value, v_reset: -0.2, refractory: 2, params: {critical: 0.4}}'
seed eif 'eif: {reset: restart, params: {slope: {value: 0.1, learn: true}}}'
seed hard_lif 'hard_lif: {params: {kappa: 2}}'
seed readout 'readout: {tau: {value: 4, learn: true}}'
printf 'input: 3\nlayers: [user: {dv: "-v + I"}]\ndynamics: {alpha: 0.5, memory: {tolerance: 1e-4}}\n\0user1.dv=(-v^2 + I)/tau' >"$to/override"
