#!/bin/sh
# Networks of the user's own in the playground's page "a network learns": `fsnn convert --web` writes them, the page's outputs are those
# of fsnn run, and what the page cannot have is refused with a sentence. FSNN_PICTURES: a folder that keeps the screenshot.
. tests/web/kit/begin.sh
fsnn=${FSNN_BIN:?}

node tests/web/weights.mjs own "$work/w.safetensors" || fail "weights"
"$fsnn" convert tests/web/own.yaml -w "$work/w.safetensors" -o "$work/web" --web >"$work/log" 2>&1 || fail "convert --web: $(cat "$work/log")"
"$fsnn" inspect tests/web/line.yaml -q >/dev/null 2>&1 || fail "line.yaml"
node tests/web/weights.mjs line "$work/line.safetensors" || fail "weights"
"$fsnn" convert tests/web/line.yaml -w "$work/line.safetensors" -o "$work/line" --web >"$work/log" 2>&1 || fail "convert --web: $(cat "$work/log")"

# what fsnn run says of an empty picture over 4 steps, and of a current of 2 over 20: the output whose mean is the largest, and that
says() # MODEL WEIGHTS NUMBERS CURRENT STEPS
{
    awk -v n="$3" -v x="$4" -v steps="$5" 'BEGIN { for (; steps > 0; steps--) { for (i = 0; i < n; i++) printf "%s ", x; print "" } }' |
        FSNN_ISA=base "$fsnn" run "$1" -w "$2" --stream numbers 2>/dev/null |
        awk '{ for (i = 1; i <= NF; i++) sum[i] += $i; n = NF } END { best = 1; for (i = 2; i <= n; i++) if (sum[i] > sum[best]) best = i
            printf "%d %.9g\n", best - 1, sum[best] / NR }'
}
says tests/web/own.yaml "$work/w.safetensors" 196 0 4 >"$work/said"
says tests/web/line.yaml "$work/line.safetensors" 3 2 20 >>"$work/said"
mkdir -p "$work/line/damaged" && sed 's/"integrator"/"attention"/' "$work/line/net.json" >"$work/line/damaged/net.json"
: >"$work/line/other.nir"
node tests/web/own.mjs "$build/playground/train.html" "$work/web" "$work/said" "$work/line" "$work" || fail "the page"

# what the page cannot have
refused() # SENTENCE OPTIONS...
{
    sentence=$1 && shift
    "$fsnn" convert "$@" -o "$work/no" --web >"$work/log" 2>&1 && fail "not refused: $*"
    grep -q -- "$sentence" "$work/log" || fail "not said: $sentence: $(cat "$work/log")"
    [ ! -e "$work/no" ] || fail "something was written: $*"
}
sed 's/  - integrator.*/  - alif: {name: c}/' tests/web/line.yaml >"$work/alif.yaml"
sed -i 's/, *refractory: 2//; s/integrator: odeint, step: 0.5/alpha: 0.5/' "$work/alif.yaml"
refused 'node c is of the kind alif: the page has linear' "$work/alif.yaml" -w "$work/line.safetensors"
sed 's/step: 0.5/step: 0.5, precision: double/' tests/web/line.yaml >"$work/double.yaml"
refused 'computes in single precision' "$work/double.yaml" -w "$work/line.safetensors"
refused '--weights are missing' tests/web/line.yaml
refused '--web takes --weights' tests/web/line.yaml -w "$work/line.safetensors" --dt 1
refused '--web is for a model' tests/web/neurons.txt
finish
