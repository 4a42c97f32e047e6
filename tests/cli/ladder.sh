#!/bin/sh
# Memory runs out: allocation number n of a command fails, for a sample of n, alone and with all that follow. The command then ends
# with 0 where it could do without, or with 1 or 2 and a sentence that says memory. No signal, no endless wait; and a training leaves
# no half-written file. FSNN_LADDER: "all", how many of each command, "own", all those outside oneDNN, or "places": within oneDNN, whose
# tens of thousands come from a few thousand places, the first of each chain of callers, and of all the others every 97th.
set -u
build=${FSNN_BUILD:?} program=${FSNN_BIN:?}
[ -z "${FSNN_SANITIZE:-}" ] || { echo "skipped: sanitizers have an allocator of their own"; exit 77; }
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
root=$(pwd)
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
"$CC" -shared -fPIC -O1 tests/cli/ladder/fail_alloc.c -ldl -o "$place/fail_alloc.so" || exit 1
# shellcheck disable=SC2086 # a list of flags
"$CC" -O1 -Iinclude tests/cli/ladder/data.c "$build/libfsnn.a" -fopenmp $libraries -o "$place/data" || exit 1
cd "$place" && ./data . || exit 1
OMP_NUM_THREADS=1
export OMP_NUM_THREADS
if [ "${FSNN_LADDER:-}" = own ]; then
    OWN=1 FSNN_LADDER=all
    export OWN
fi
if [ "${FSNN_LADDER:-}" = places ]; then
    PLACES=./places
    export PLACES
fi

cat >net.yaml <<'END'
name: tiny
input: [6]
layers:
  - linear: {out: 12, name: fc1}
  - lif: {name: lif1, tau: {value: 2.0, learn: true}}
  - linear: {out: 3, name: fc2}
  - lif: {name: lif2, tau: 2.0}
dynamics: {alpha: 0.6, learn_alpha: true}
data:
  kind: npz
  train: {path: train.npz}
  test: {path: test.npz}
  encoder: {kind: direct, steps: 6}
training: {epochs: 1, batch: 16, seed: 5, optimizer: {kind: adam, lr: 0.001}}
END
"$program" train net.yaml --out run --no-figures --threads 1 >log 2>&1 || { cat log; exit 1; }
bad=0 tries=0

# one N: the command with allocation N failing
one()
{
    rm -rf out
    # shellcheck disable=SC2086 # words of a command
    timeout 120 env FAIL_AT="$1" LD_PRELOAD=./fail_alloc.so "$program" $command >log 2>&1 </dev/null
    code=$?
    tries=$((tries + 1))
    case $code in
    0) ;;
    1 | 2) grep -Eq 'memory|allocate' log || wrong "$1" "$code, without a word of memory" ;;
    *) wrong "$1" "$code" ;;
    esac
    if [ -d out ] && find out -name '*.tmp*' | grep -q .; then wrong "$1" "a half-written file"; fi
}
wrong()
{
    bad=$((bad + 1))
    echo "FAILED: fsnn $command, allocation $1${FAIL_ALL:+ and all later ones}: $2"
    tail -n 2 log
}

# numbers: those of the allocations that are to fail
numbers()
{
    if [ -n "${PLACES:-}" ]; then
        { cat places && seq 97 97 "$count"; } | sort -nu
        return
    fi
    # spread evenly, denser at the beginning, where the program's own small things are made
    awk -v sample="$sample" -v count="$count" 'BEGIN {
        for (i = 1; i <= sample; i++) {
            n = sample < count ? int(i * i * count / (sample * sample)) : i
            print n > 0 ? n : i
        }
    }'
}

# ladder SAMPLE COMMAND...
ladder()
{
    sample=$1
    shift
    command=$*
    rm -rf out
    # shellcheck disable=SC2086 # words of a command
    COUNT=./count LD_PRELOAD=./fail_alloc.so "$program" $command >log 2>&1 || { cat log; exit 1; }
    count=$(cat count)
    case ${FSNN_LADDER:-} in
    '') ;;
    all | places) sample=$count ;;
    *) sample=$FSNN_LADDER ;;
    esac
    [ "$sample" -le "$count" ] || sample=$count
    unset FAIL_ALL
    numbers >numbers
    i=0
    while read -r n; do
        i=$((i + 1))
        one "$n"
        if [ $((i % 4)) -eq 0 ]; then
            FAIL_ALL=1
            export FAIL_ALL
            one "$n"
            unset FAIL_ALL
        fi
    done <numbers
    echo "fsnn $command: $count allocations${OWN:+ outside oneDNN}${PLACES:+ within oneDNN}, $i tried"
}

ladder 40 inspect net.yaml
ladder 40 inspect run/best.safetensors
ladder 30 inspect run/last.state.safetensors
ladder 20 simulate --time 5 --no-figure --out out
ladder 20 plot run/metrics.csv --out out
ladder 30 eval net.yaml --weights run/best.safetensors --threads 1
ladder 30 run net.yaml --weights run/best.safetensors --input x.npz --output y.npz --record v,spikes --threads 1
ladder 40 train net.yaml --out out --no-figures --threads 1
cd "$root" || exit 1
echo "$tries failed allocations, $bad of them wrong"
[ $bad -eq 0 ]
