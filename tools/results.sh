#!/bin/sh
# Trains a description for several seeds and settings and prints one table row a setting: mean and spread of the accuracy on the test
# data after the last epoch (not the best one: that would be chosen on the test data).
#
#   tools/results.sh [-n SEEDS] [-o FOLDER] [-t THREADS] DESCRIPTION [KEY=VALUE ...] [-- [KEY=VALUE ...]] ...
#
# The settings before the first -- are the first row, each -- begins another; a row without settings is the description as it is:
#
#   tools/results.sh -n 3 examples/japanese_vowels.yaml -- dynamics.alpha=1
#
# Runs stay in FOLDER (runs/results) and are not trained again: a stopped call goes on where it was. FSNN_BIN names the program.
fsnn=${FSNN_BIN:-build/fsnn}
seeds=3 folder=runs/results threads=
usage() { sed -n '2,/^fsnn=/{/^fsnn=/d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 2; }
while getopts n:o:t: option; do
    case $option in
    n) seeds=$OPTARG ;;
    o) folder=$OPTARG ;;
    t) threads="--threads $OPTARG" ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] && [ -r "$1" ] || usage
description=$1
shift
name=$(basename "$description" .yaml)

# Accuracy after the last epoch, from the column of that name.
accuracy() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^(validation|test)_accuracy$/) c = i; next } { x = $c } END { print x }' "$1"
}

# One row: all seeds with the settings given.
row() {
    sets= shown=
    for setting in "$@"; do
        sets="$sets --set $setting"
        shown="$shown${shown:+, }$setting"
    done
    values=
    for seed in $(seq "$seeds"); do
        run=$folder/$name$(printf '%s' "$shown" | tr -c 'A-Za-z0-9.=-' '_' | sed 's/^./-&/')-seed$seed
        if [ ! -e "$run/done" ]; then
            mkdir -p "$folder" || exit 1
            # shellcheck disable=SC2086 # settings are words
            "$fsnn" train "$description" --quiet --force --seed "$seed" $threads $sets --out "$run" >"$run.log" 2>&1 ||
                { echo "results: training failed, see $run.log" >&2; tail -3 "$run.log" >&2; exit 1; }
            : >"$run/done"
        fi
        values="$values $(accuracy "$run/metrics.csv")"
    done
    printf '%s\n' $values | awk -v name="$name" -v shown="${shown:--}" '
        { x[NR] = 100 * $1; sum += x[NR] }
        END {
            mean = sum / NR
            for (i = 1; i <= NR; i++) square += (x[i] - mean) ^ 2
            printf "| %s | %s | %.2f | %.2f | %d |\n", name, shown, mean, (NR > 1 ? sqrt(square / (NR - 1)) : 0), NR
        }'
}

echo "| description | settings | accuracy % | deviation | seeds |"
echo "|---|---|---|---|---|"
set -- "$@" --
collected=
for word in "$@"; do
    if [ "$word" = -- ]; then
        # shellcheck disable=SC2086
        row $collected
        collected=
    else
        collected="$collected $word"
    fi
done
