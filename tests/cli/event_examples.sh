#!/bin/sh
# The examples on recordings of events do what they say: nmnist_cnn.yaml on a part of its data, where that is there;
# dvs_gesture_cnn.yaml, with few channels, on a made-up recording laid out as the set is.
set -u
fsnn=${FSNN_BIN:-build/fsnn}
fsnn=$(cd "$(dirname "$fsnn")" && pwd)/$(basename "$fsnn")
source=$PWD
data=$(cd "${FSNN_DATA:-../shared/data}" 2>/dev/null && pwd) || data=
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; cat "$work/log"; exit 1; }
says() { grep -q -- "$1" "$work/log" || fail "expected to read: $1"; }
case ${LSAN_OPTIONS:-} in # suppressions are named from the source directory; the program runs elsewhere
*suppressions=tests/*) LSAN_OPTIONS=$(printf %s "$LSAN_OPTIONS" | sed "s|suppressions=|&$source/|"); export LSAN_OPTIONS ;;
esac
cd "$work" || exit 1

mkdir DvsGesture
cp "$source/tests/fuzz/events/packets.aedat" DvsGesture/user01_led.aedat
cp "$source/tests/fuzz/events/packets.aedat" DvsGesture/user02_led.aedat
for user in user01 user02; do
    printf 'class,startTime_usec,endTime_usec\n3,0,13\n11,13,5000000\n' >DvsGesture/${user}_led_labels.csv
done
echo user01_led.aedat >DvsGesture/trials_to_train.txt
echo user02_led.aedat >DvsGesture/trials_to_test.txt
sed 's/out: 128/out: 2/; s/out: 512/out: 8/' "$source/examples/dvs_gesture_cnn.yaml" >gesture.yaml
"$fsnn" inspect gesture.yaml --set training.batch=1 >log 2>&1 || fail "inspect gesture.yaml"
says '\[2, 128, 128\] -> \[11\]'
mkdir runs
"$fsnn" train gesture.yaml --out run --no-figures --threads 1 --set training.epochs=1 --set training.batch=2 --set data.frames.count=4 >log 2>&1 ||
    fail "train gesture.yaml"
says '2 training and 2 test samples, sequences, T = 4'
[ "$(ls runs/dvs-gesture-events | wc -l)" = 2 ] || fail "no cache of the two sets"

if [ -n "$data" ] && [ -d "$data/nmnist-small/events" ]; then
    FSNN_DATA=$data "$fsnn" train "$source/examples/nmnist_cnn.yaml" --out digits --no-figures --threads 1 --set training.epochs=1 \
        --set data.limit.train=32 --set data.limit.test=10 >log 2>&1 || fail "train nmnist_cnn.yaml"
    says '32 training and 10 test samples, sequences, T = 16'
else
    echo "nmnist-small is not below FSNN_DATA: examples/nmnist_cnn.yaml is not run"
fi
echo "examples on recordings of events run"
