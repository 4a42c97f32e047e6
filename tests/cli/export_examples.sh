#!/bin/sh
# The worked examples of docs/deploy.md, as they stand there: beats of an ECG found as they come, digits of an event camera; what
# the C of examples/chip says is what fsnn eval says of the same integers. Each needs its data below FSNN_DATA, and is
# skipped with a line where they are not.
set -u
fsnn=${FSNN_BIN:-build/fsnn}
fsnn=$(cd "$(dirname "$fsnn")" && pwd)/$(basename "$fsnn")
source=$PWD
chip=$PWD/examples/chip
data=$(cd "${FSNN_DATA:-../shared/data}" 2>/dev/null && pwd) || data=
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
ran=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
case ${LSAN_OPTIONS:-} in # suppressions are named from the source directory; the program runs elsewhere
*suppressions=tests/*) LSAN_OPTIONS=$(printf %s "$LSAN_OPTIONS" | sed "s|suppressions=|&$source/|"); export LSAN_OPTIONS ;;
esac
cd "$work" || exit 1

run() { "$@" >log 2>&1 || { fail "$*: $(tail -1 log)"; return 1; }; }
compile() { # PROGRAM OPTIONS FILES...: without a warning
    program=$1
    shift
    run cc -std=c99 -O2 -Wall -Wextra -Werror "$@" -o "$program"
}
same() { # WHAT FIGURE WANTED
    awk -v a="${2:-x}" -v b="${3:-y}" 'BEGIN { exit !(a == a + 0 && b == b + 0 && a - b < 1e-6 && b - a < 1e-6) }' ||
        fail "$1: the device is right in ${2:-none}, fsnn eval in ${3:-none}"
}
accuracy() { sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' eval.json | head -1; }

# ---- heart beats ----

# beats TYPE STATE: the stream through the C of that type, whose state has so many bytes
beats() {
    run "$fsnn" export-c runs/ecg -o "ecg-$1" --type "$1" --quiet && compile "beats-$1" -I "ecg-$1" "$chip/ecg_main.c" "ecg-$1/net.c" ||
        return
    "./beats-$1" <ecg_stream.txt >"said-$1" || fail "beats, $1: exit code $?"
    grep -q "^24222 steps of 25 ms, state of $2 bytes\$" "said-$1" || fail "beats, $1: $(head -1 "said-$1")"
    # a training of another instruction set is another training
    awk '/beats found/ { good = $1 >= 752 && $3 == 759 && $6 >= 0.99 * $8 && $8 > 0 } END { exit !good }' "said-$1" ||
        fail "beats, $1: $(tail -1 "said-$1")"
    sed "s/^/ecg, $1: /" "said-$1"
}

ecg() {
    run python3 "$chip/ecg_frames.py" "$data/mitbih-100/100" ecg || return
    FSNN_DATA=. run "$fsnn" train "$chip/ecg_stream.yaml" --out runs/ecg --no-figures || return
    FSNN_DATA=.
    export FSNN_DATA
    beats int8 10272
    beats float 10236
    unset FSNN_DATA
}

if [ ! -e "$data/mitbih-100/100.dat" ]; then
    echo "mitbih-100 is not below FSNN_DATA: the example on an ECG is not run"
elif ! python3 -c "import numpy" 2>/dev/null; then
    echo "there is no numpy: the example on an ECG is not run"
else
    ran=1
    ecg
fi

# ---- digits ----

# digits TYPE: all test recordings, event by event
digits() {
    run "$fsnn" export-c runs/digits -o "digits-$1" --type "$1" --samples 100 --quiet &&
        compile "digit-$1" -DNET_EVENTS -I "digits-$1" "$chip/nmnist_main.c" "digits-$1/net.c" || return
    right=0
    while read -r sample class; do
        said=$("./digit-$1" <"$data/nmnist-small/events/$sample.bs2")
        [ "${said%% *}" = "$class" ] && right=$((right + 1))
    done <list
    option=
    [ "$1" = float ] || option="--type $1"
    # shellcheck disable=SC2086
    "$fsnn" eval runs/digits $option --json >eval.json 2>log || fail "eval, $1: $(tail -1 log)"
    same "digits, $1" "$(awk -v n=$right -v all="$(wc -l <list)" 'BEGIN { print n / all }')" "$(accuracy)"
    [ "$right" -ge 70 ] || fail "digits, $1: $right of 100 are right"
    echo "digits, $1: $right of 100 are right"
}

if [ -e "$data/nmnist-small/test100.txt" ]; then
    ran=1
    FSNN_DATA=$data
    export FSNN_DATA
    grep '^[0-9]' "$FSNN_DATA/nmnist-small/test100.txt" | tr -d '\r' >list
    run "$fsnn" train "$chip/nmnist_events.yaml" --out runs/digits --no-figures --set training.epochs=12 && digits float && digits int8
else
    echo "nmnist-small is not below FSNN_DATA: the example on digits is not run"
fi

[ $failures = 0 ] || exit 1
[ $ran = 1 ] || { echo "skipped: no example has its data"; exit 77; }
echo "the examples for a device do what docs/deploy.md says"
