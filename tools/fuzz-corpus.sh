#!/bin/sh
# The seeds of a fuzz target, into a folder: what stands in the tree for it, and what earlier fuzzing found (tests/fuzz/found/TARGET).
# Targets whose seeds are made by the library (LLVMFuzzerInitialize) write them themselves.
usage="usage: tools/fuzz-corpus.sh TARGET FOLDER"
target=${1:?$usage} to=${2:?$usage}
here=$(dirname "$0")/..
mkdir -p "$to" || exit 1

# NAME, then the layer
network() {
    printf 'input: 3\nlayers:\n  - linear: 4\n  - %s\ndynamics: {alpha: 0.5}\n' "$2" >"$to/$1.yaml"
}

# The examples, and a small network for each kind of neuron with its options.
descriptions() {
    cp "$here"/examples/*.yaml "$to"/ || exit 1
    network user 'user: {dv: "(-a*v^2 + b*I)/tau", spike: "v + dv - threshold", params: {a: 0.2, b: {value: 1, learn: true, per: channel}}}'
    network after 'user: {dv: "(-v + I)/tau", after_spike: "dv - s*max(threshold, v)/tau"}'
    network noisy 'noisy: {tau: 2, noise: {mode: concrete, gamma: 0.1, temperature: 0.5}}'
    network noise 'if: {noise: meanfield, reset: jump}'
    network qif 'qif: {reset: value, v_reset: -0.2, refractory: 2, params: {critical: 0.4}}'
    network eif 'eif: {reset: restart, params: {slope: {value: 0.1, learn: true}}}'
    network hard_lif 'hard_lif: {params: {kappa: 2}}'
    network readout 'readout: {tau: {value: 4, learn: true}}'
    printf 'input: 3\nlayers: [user: {dv: "-v + I"}]\ndynamics: {alpha: 0.5, memory: {tolerance: 1e-4}}\n\0user1.dv=(-v^2 + I)/tau' \
        >"$to/override"
}

# The lines of tests/fuzz/equation_corpus.txt, with \n, \\ and \xNN, a file each.
equations() {
    LC_ALL=C awk -v to="$to" '
        function hex(c) { return index("0123456789abcdef", tolower(c)) - 1 }
        {
            out = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                if (c == "\\") {
                    c = substr($0, ++i, 1)
                    if (c == "n")
                        c = "\n"
                    else if (c == "x") {
                        c = sprintf("%c", 16 * hex(substr($0, i + 1, 1)) + hex(substr($0, i + 2, 1)))
                        i += 2
                    }
                }
                out = out c
            }
            file = to "/" NR
            printf "%s", out >file
            close(file)
        }' "$here"/tests/fuzz/equation_corpus.txt
}

# Images [1, 2, 2] and labels [3], plain and packed.
idx() {
    printf '\0\0\10\3\0\0\0\1\0\0\0\2\0\0\0\2abcd' >"$to/images"
    printf '\0\0\10\1\0\0\0\3\0\1\2' >"$to/labels"
    gzip -cn "$to/images" >"$to/images.gz"
}

# An array [2] and a text of the metadata.
safetensors() {
    header='{"__metadata__":{"format":"fsnn"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    printf "\\$(printf %o ${#header})"'\0\0\0\0\0\0\0%s\0\0\200\77\0\0\0\100' "$header" >"$to/one"
}

# Cases of the conformance pack.
nir() {
    for case in affine lif_value cubalif_value conv2d_same recurrent_subgraph metadata names repair_inner_name stored_packed \
        stored_fixed_strings; do
        cp "$here/nir-pack/$case/model.nir" "$to/$case" || exit 1
    done
}

folder=
case $target in
fuzz_nir) nir ;;
fuzz_idx) idx ;;
fuzz_safetensors) safetensors ;;
fuzz_npz | fuzz_graph_npz) folder=arrays ;;
fuzz_description | fuzz_network) descriptions ;;
fuzz_equation) equations ;;
fuzz_png) folder=pictures ;;
fuzz_events_hdf5) folder=hdf5_events ;;
fuzz_events_*) folder=events ;;
fuzz_graph) folder=graph_corpus ;;
fuzz_shd) folder=hdf5 ;;
fuzz_sound) folder=sound ;;
fuzz_table) folder=tables ;;
fuzz_edf) folder=edf ;;
fuzz_torch) folder=torch ;;
fuzz_ts | fuzz_wav | fuzz_wfdb | fuzz_wfdb_segments | fuzz_beats) folder=series ;;
esac
[ -z "$folder" ] || cp "$here/tests/fuzz/$folder"/* "$to"/ || exit 1
[ ! -d "$here/tests/fuzz/found/$target" ] || cp "$here/tests/fuzz/found/$target"/* "$to"/
