#!/bin/sh
# fsnn inspect on random networks with huge sizes, under AddressSanitizer and UndefinedBehaviorSanitizer, for FSNN_SIZES_SECONDS
# (600): a sentence or a plan; no overflow, no signal, nothing that computes for over a minute. The networks of a day are those of its
# date, or of FSNN_SIZES_SEED; a network that fails is printed.
set -u
seconds=${FSNN_SIZES_SECONDS:-600} seed=${FSNN_SIZES_SEED:-$(date +%Y%m%d)}
build=build-asan
cmake --preset asan >/dev/null && cmake --build $build -j "$(nproc)" --target fsnn_cli >/dev/null || exit 1
program=$(pwd)/$build/fsnn
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
export OMP_NUM_THREADS=1 UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=512

# network SEED: a description
network()
{
    awk -v seed="$1" '
        function pick(list,   n, w) { n = split(list, w, "|"); return w[1 + int(rand() * n)] }
        function size() {
            return rand() < huge ? pick("4096|32767|32768|46340|46341|65535|65536|16777216|100000000|2147483647") : pick("1|2|3|7|255")
        }
        function small() { return pick("1|1|2|3|65536") }
        function layer() {
            return pick("linear: {out: " size() "}" \
                "|conv2d: {out: " size() ", kernel: " small() ", padding: " pick("0|1|32768|65536") ", stride: " small() \
                    ", dilation: " small() ", groups: " small() "}" \
                "|conv1d: {out: " size() ", kernel: " small() ", padding: " pick("0|65536") ", groups: " small() "}" \
                "|convtranspose2d: {out: " size() ", kernel: " small() ", padding: " pick("0|1|65536") ", stride: " small() \
                    ", dilation: " small() ", groups: " small() "}|upsample: {factor: " small() "}|upsample: {size: " small() ", mode: linear}" \
                "|maxpool: {kernel: " small() "}|avgpool: {kernel: " small() ", stride: " small() ", padding: " pick("0|32768") "}" \
                "|sumpool: {kernel: " small() "}|batchnorm|layernorm|if|lif|lif: {tau: {value: 2, learn: true, per: neuron}}" \
                "|alif|cuba|readout|user: {dv: \"(-v*v + I)/tau\"}|flatten|head: {out: " size() "}" \
                "|add: {from: [input, input]}|multiply: {from: [input, input]}|matmul: {from: [input, input]}" \
                "|attention: {from: [input, input, input], heads: " small() "}|concat: {from: [input, input, input]}" \
                "|dropout: 0.5|mean: {axes: [0]}|sum: {axes: [-1]}|reshape: {shape: [-1]}|reshape: {shape: [" size() ", -1]}" \
                "|permute: [1, 0]|split: {parts: " small() "}|vote: {classes: " size() "}|delay: {of: input, steps: " size() "}" \
                "|delay: {steps: [0, " size() "], per: " pick("channel|neuron") "}|lif: {threshold: {value: [1, 2], per: " \
                    pick("channel|neuron") "}}")
        }
        BEGIN {
            srand(seed)
            huge = rand()
            shape = size()
            for (rank = int(rand() * 3); rank > 0; rank--)
                shape = shape ", " size()
            print "name: o\ninput: [" shape "]\nlayers:"
            for (count = 1 + int(rand() * 4); count > 0; count--)
                print "  - " layer()
            print "dynamics: {alpha: " pick("0.6|1|[0.3, 0.8]") ", memory: " pick("full|1|30|2147483647|{tolerance: 1e-4}") "}"
            if (rand() < 0.5)
                print "training: {batch: " size() pick("||, checkpoint: " size()) "}"
            if (rand() < 0.5)
                print "data: {kind: npz, train: {path: x.npz}, encoder: {kind: rate, steps: " size() "}}"
        }'
}

end=$(($(date +%s) + seconds)) tried=0 planned=0 bad=0
while [ "$(date +%s)" -lt $end ]; do
    tried=$((tried + 1))
    network $((seed + tried)) >o.yaml
    (ulimit -t 60 && exec "$program" inspect o.yaml) >log 2>&1
    code=$?
    grep -q 'runtime error\|ERROR: AddressSanitizer' log && code=99
    case $code in
    0) planned=$((planned + 1)) ;;
    1 | 2) [ -s log ] || code=98 ;;
    esac
    case $code in 0 | 1 | 2) continue ;; esac
    bad=$((bad + 1))
    echo "FAILED: exit $code (99: a sanitizer's finding, 98: no sentence, 137 or 152: over a minute)"
    cat o.yaml
    tail -n 30 log
    [ $bad -lt 5 ] || break
done
echo "$tried networks in $seconds s, $planned of them planned, $bad of them wrong"
[ $bad -eq 0 ] && [ $planned -gt 0 ]
