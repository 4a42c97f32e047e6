#!/bin/sh
# How accuracy falls with the amount of a disturbance: robustness.sh DESC.yaml "KIND=S:S:... [KIND=S:...]" "NAME: --set KEY=VALUE ..." ...
# For each setting trains SPLITS (5) times, each with its own seed and, of graphs, its own random split, takes the best weights and evaluates
# REPEATS (20) draws of encoding and disturbance on the test data. Prints a Markdown row a setting and kind: mean over the runs of the
# accuracy in % at each amount. Graphs are judged by the epoch best on validation nodes (best.safetensors), others by the last one.
# FSNN (the program), OUT (where runs go; a run that is there is not trained again) and EXTRA (more options of fsnn train and eval) come from
# the environment.
set -eu
[ $# -ge 3 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 2; }
description=$1
kinds=$2
shift 2
: "${FSNN:=build/fsnn}" "${SPLITS:=5}" "${REPEATS:=20}" "${OUT:=runs/robustness}" "${EXTRA:=}"
name=$(basename "$description" .yaml)
weights=last split=
if grep -q 'kind: graph' "$description"; then
    weights=best split=data.split.seed=
fi

# Accuracies at the amounts of one kind, in %, one a line: of a JSON list, the numbers behind "accuracy".
accuracies() { # RUN KIND=AMOUNTS
    # shellcheck disable=SC2086 # options are words
    "$FSNN" eval "$1/description.yaml" --weights "$1/$weights.safetensors" --repeats "$REPEATS" --perturb "$2" --json $EXTRA |
        sed -n 's/^ *"perturbed": //p' | tr '}' '\n' | sed -n 's/.*"accuracy": \([0-9.e+-]*\).*/\1/p' | awk '{ print NR, 100 * $1 }'
}

row() { # LABEL KIND=AMOUNTS, lines "NUMBER ACCURACY" of all runs on stdin
    awk -v label="$1" -v kind="${2%%=*}" '{ sum[$1] += $2; n[$1]++; if ($1 > last) last = $1 }
        END { printf "| %s | %s", label, kind; for (i = 1; i <= last; i++) printf " | %.1f", sum[i] / n[i]; print " |" }'
}

for setting in "$@"; do
    label=${setting%%:*}
    options=${setting#*:}
    folder="$OUT/$name/$(printf '%s' "$label" | tr -c 'A-Za-z0-9.\n' '_')"
    mkdir -p "$folder"
    seed=1
    while [ "$seed" -le "$SPLITS" ]; do
        run="$folder/$seed"
        if [ ! -e "$run/done" ]; then
            # shellcheck disable=SC2086
            "$FSNN" train "$description" $options $EXTRA ${split:+--set $split$seed} --seed "$seed" --out "$run" --force --no-figures \
                --quiet >"$folder/log"
            : >"$run/done"
        fi
        seed=$((seed + 1))
    done
    for kind in $kinds; do
        for run in $(seq "$SPLITS"); do
            accuracies "$folder/$run" "$kind"
        done | row "$label" "$kind"
    done
done
