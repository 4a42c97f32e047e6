#!/bin/sh
# One description over several random splits, each with its own seed: graph_results.sh DESC.yaml "NAME: --set KEY=VALUE ..." ...
# For each setting trains on split FIRST (1) ... SPLITS (5), takes the epoch that is best on validation nodes, and evaluates REPEATS
# (20) encodings of validation and test nodes. Prints a Markdown row a setting: mean +- standard deviation over the splits of the
# accuracy in %, itself a mean over the encodings: of the validation nodes, of the test nodes.
# FSNN (the program), OUT (where runs go) and EXTRA (more options of fsnn train and eval) come from the environment.
set -eu
description=$1
shift
: "${FSNN:=build/fsnn}" "${FIRST:=1}" "${SPLITS:=5}" "${REPEATS:=20}" "${OUT:=runs/graph_results}" "${EXTRA:=}"
name=$(basename "$description" .yaml)

accuracy() { # PART RUN ENCODINGS: the mean over encodings, in %
    part=$1
    run=$2
    # shellcheck disable=SC2086 # options are words
    "$FSNN" eval "$run/description.yaml" --weights "$run/best.safetensors" --on "$part" --repeats "$3" --json |
        sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' | awk '{ print 100 * $1; exit }'
}

summary() { # numbers on stdin
    awk '{ n++; s += $1; q += $1 * $1 } END { m = s / n; v = n > 1 ? (q - n * m * m) / (n - 1) : 0
           printf "%.2f +- %.2f", m, sqrt(v > 0 ? v : 0) }'
}

printf '| %s | validation | test |\n|---|---|---|\n' "$name"
for setting in "$@"; do
    label=${setting%%:*}
    options=${setting#*:}
    folder="$OUT/$name/$(printf '%s' "$label" | tr -c 'A-Za-z0-9.\n' '_')"
    mkdir -p "$folder"
    : >"$folder/validation"
    : >"$folder/test"
    split=$FIRST
    while [ "$split" -le "$SPLITS" ]; do
        run="$folder/$split"
        # shellcheck disable=SC2086
        "$FSNN" train "$description" $options $EXTRA --set data.split.seed="$split" --seed "$split" --out "$run" \
            --force --no-figures --quiet >"$folder/log"
        accuracy validation "$run" "$REPEATS" >>"$folder/validation"
        accuracy test "$run" "$REPEATS" >>"$folder/test"
        split=$((split + 1))
    done
    printf '| %s | %s | %s |\n' "$label" "$(summary <"$folder/validation")" "$(summary <"$folder/test")"
done
