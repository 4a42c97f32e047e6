#!/bin/sh
# fsnn-mpi: the bytes of fsnn train for every number of ranks, in halves that go on with another number; ranks that differ are refused
# before anything is written; a rank that is killed ends the run, and it can be gone on with. 77: there is no mpirun.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
mpi=$(realpath "${FSNN_MPI:-build/fsnn-mpi}")
command -v mpirun >/dev/null || { echo "skipped: mpirun is not there (Debian: openmpi-bin)"; exit 77; }
images=/usr/share/datasets/fashion-mnist
[ -d $images ] || { echo "skipped: $images is not there (Debian: dataset-fashion-mnist)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); [ ! -s log ] || cat log; }
# a leading process may be root in a container, and there may be fewer processors than ranks
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1 TMPDIR="$work"
# what Open MPI's plug-ins leak cannot be named for a leak detector: they are unloaded before it looks
start() { ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" mpirun --oversubscribe --bind-to none "$@"; }
ranks() { count=$1; shift; start -n "$count" "$mpi" train "$@" --no-figures; }
same() { cmp -s "$1/last.safetensors" "$2/last.safetensors" && cmp -s "$1/best.safetensors" "$2/best.safetensors"; }

cat >net.yaml <<END
name: small
input: [1, 28, 28]
layers:
  - conv2d: {out: 4, kernel: 3, stride: 2}
  - batchnorm
  - lif: {tau: {value: 2, learn: true}, threshold: 0.5}
  - dropout: {p: 0.2}
  - flatten
  - linear: {out: 10}
  - lif
dynamics: {alpha: 0.7}
data:
  kind: idx
  train: {images: $images/t10k-images-idx3-ubyte.gz, labels: $images/t10k-labels-idx1-ubyte.gz}
  encoder: {kind: rate, steps: 3}
  limit: {train: 130}
  validation: 0.1
training: {epochs: 3, batch: 32, shards: 4, loss: mse_rate, optimizer: {lr: 0.01}, schedule: plateau}
END
"$fsnn" train net.yaml --out alone --no-figures -q >log 2>&1 || fail "fsnn train"

for count in 1 2 4; do
    ranks $count net.yaml --out r$count >log 2>&1 || fail "$count ranks"
    same alone r$count || fail "$count ranks: other weights than fsnn train"
    [ "$(cut -d, -f1-9 alone/metrics.csv)" = "$(cut -d, -f1-9 r$count/metrics.csv)" ] || fail "$count ranks: other figures"
done
grep -q 'ranks       4: each sent' log || fail "nothing is said of what was sent"
# three shards of a whole batch to each of two ranks, which are no whole branch of the tree
"$fsnn" train net.yaml --out six --no-figures -q --set training.shards=6 --set training.batch=30 >log 2>&1 || fail "six shards"
ranks 2 net.yaml --out six2 --set training.shards=6 --set training.batch=30 >log 2>&1 || fail "six shards, two ranks"
same six six2 || fail "six shards on two ranks: other weights"

# eight ranks, more than there are processors, and shards of four samples whose statistics are synchronised
sync="--set training.shards=8 --set training.batchnorm=synchronised --set training.epochs=2"
"$fsnn" train net.yaml --out eight --no-figures -q --set training.shards=8 --set training.epochs=2 >log 2>&1 || fail "eight shards"
ranks 8 net.yaml --out eight8 --set training.shards=8 --set training.epochs=2 >log 2>&1 || fail "eight ranks"
same eight eight8 || fail "eight ranks: other weights"
"$fsnn" train net.yaml --out sync --no-figures -q --threads 1 $sync >log 2>&1 || fail "synchronised"
same sync eight && fail "synchronised: the weights of shards apart"
for count in 1 2 4 8; do
    ranks $count net.yaml --out sync$count $sync >log 2>&1 || fail "synchronised, $count ranks"
    same sync sync$count || fail "synchronised, $count ranks: other weights"
done
"$fsnn" train net.yaml --out sync0 --no-figures -q --threads 3 $sync >log 2>&1 || fail "synchronised, three threads"
same sync sync0 || fail "synchronised, three threads: other weights"

# one epoch, then on with another number of ranks, and alone
ranks 2 net.yaml --out part --set training.epochs=1 --set training.schedule=constant >log 2>&1 || fail "one epoch"
cp -r part part4 && cp -r part part1
"$fsnn" train net.yaml --out whole --set training.schedule=constant --no-figures -q >log 2>&1 || fail "three epochs"
ranks 4 --resume part4 --set training.epochs=3 >log 2>&1 || fail "--resume on four ranks"
same whole part4 || fail "--resume on four ranks: other weights"
"$fsnn" train --resume part1 --set training.epochs=3 --no-figures -q >log 2>&1 || fail "--resume alone"
same whole part1 || fail "--resume alone: other weights"

# half of the bytes
ranks 2 net.yaml --out lossy --lossy >log 2>&1 || fail "--lossy"
cmp -s alone/last.safetensors lossy/last.safetensors && fail "--lossy gave the same bytes"
grep -q bfloat16 log || fail "--lossy is not told"
"$fsnn" train net.yaml --out no --lossy >log 2>&1 && fail "fsnn train takes --lossy"

# ---- refused: exit 2, one sentence, no directory ----

refused() { # WORDS COMMAND...
    words=$1; shift
    "$@" --out refused --no-figures >log 2>&1
    code=$?
    [ $code = 2 ] || fail "\"$words\": exit $code, expected 2"
    [ "$(grep -c "error: " log)" = 1 ] || fail "\"$words\": not said once"
    grep -qF "$words" log || fail "\"$words\" is not said"
    grep -q "^fsnn-mpi train: error: " log || fail "\"$words\": not said by fsnn-mpi"
    [ ! -e refused ] || fail "\"$words\": something is written"
}
refused "3 ranks cannot share the 4 shards of a batch" start -n 3 "$mpi" train net.yaml
refused "cannot share the 1 shard of a batch" start -n 2 "$mpi" train net.yaml --set training.shards=1
refused "no.yaml" start -n 2 "$mpi" train no.yaml
sed 's/t10k/train/g' net.yaml >other.yaml
two() { # FIRST SECOND --out DIR --no-figures: a rank each
    first=$1 second=$2; shift 2
    start -n 1 $first "$@" : -n 1 $second "$@"
}
refused "rank 1 has other training data than rank 0" two "$mpi train net.yaml" "$mpi train other.yaml"
refused "rank 1 has other options of training" two "$mpi train net.yaml" "$mpi train net.yaml --set training.clip=1"
refused "rank 1 has other options of training" two "$mpi train net.yaml" "$mpi train net.yaml --set training.quantise=int8"
[ "$(FSNN_ISA=avx2 "$fsnn" doctor 2>&1 | grep -c avx2)" = 0 ] ||
    refused "rank 1 has other instructions" two "env FSNN_ISA=avx2 $mpi train net.yaml" "env FSNN_ISA=base $mpi train net.yaml"
start -n 1 "$mpi" sing >log 2>&1 && fail "an unknown command"
grep -q 'no command of fsnn-mpi' log || fail "an unknown command is not told"

# ---- a rank is killed ----

ranks 2 net.yaml --out killed --set training.epochs=100000 --set training.schedule=constant >log 2>&1 &
run=$!
for i in $(seq 200); do [ -e killed/metrics.csv ] && break; sleep 0.1; done
victim=$(pgrep -f "$mpi train net.yaml --out killed" | while read -r p; do
    tr '\0' '\n' 2>/dev/null <"/proc/$p/environ" | grep -qx OMPI_COMM_WORLD_RANK=1 && echo "$p"; done | head -n 1)
begin=$(date +%s)
[ -n "$victim" ] && kill -9 "$victim" || fail "no rank 1 to kill"
wait $run && fail "a killed rank: exit 0"
[ $(($(date +%s) - begin)) -lt 30 ] || fail "a killed rank: the run went on for 30 s"
done_by=$(tail -n 1 killed/metrics.csv | cut -d, -f1)
epochs=$((done_by + 2))
ranks 4 --resume killed --set training.epochs=$epochs >log 2>&1 || fail "--resume after the kill"
"$fsnn" train net.yaml --out long --set training.epochs=$epochs --set training.schedule=constant --no-figures -q >log 2>&1
same long killed || fail "after a kill: other weights than without"
[ "$(ls -A killed | sort | tr '\n' ' ')" = "$(ls -A long | sort | tr '\n' ' ')" ] || fail "litter after the kill: $(ls -A killed)"
[ $failures = 0 ] && echo "the same bytes for 1, 2, 4 and 8 ranks"
exit $failures
