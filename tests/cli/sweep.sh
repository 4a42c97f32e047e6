#!/bin/sh
# fsnn sweep: every combination is a run of its own; what is not done is gone on with; a failed job is said and the others run; what
# Slurm's script asks for; wrong files. fsnn compare takes the folder.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); [ ! -s log ] || cat log; }
awk 'BEGIN { OFS = ","; print "a,b,class"; for (i = 0; i < 60; i++) print i % 7, i % 5, i % 2 }' >data.csv
cat >net.yaml <<'END'
name: small
input: 2
layers:
  - linear: {out: 8, name: fc1}
  - lif: {name: lif1}
  - linear: {out: 2}
dynamics: {alpha: 0.7}
data:
  kind: csv
  train: data.csv
  class: class
  row: sample
  encoder: {kind: direct, steps: 3}
training: {epochs: 2, batch: 20, loss: ce_rate}
END
cat >spec.yaml <<'END'
description: net.yaml
out: runs/all
set:
  dynamics.alpha: [0.5, 1]
  lif1.tau: [2, {value: 1.5, learn: true}]
  training.optimizer: [adam]
seeds: 2
END

# ---- what there is to do ----

"$fsnn" sweep spec.yaml --list >log 2>&1 || fail "--list"
[ "$(grep -c '  new  ' log)" = 8 ] || fail "8 jobs are expected"
grep -qF 'dynamics.alpha=0.5,lif1.tau=2,training.seed=1' log || fail "the name of a job"
grep -qF -- '--set training.optimizer=adam' log || fail "what has one value is missing"
grep -qF -- "--set 'lif1.tau={\"value\": 1.5, \"learn\": true}'" log || fail "a value is not quoted for a shell"
[ ! -e runs ] || fail "--list writes"

# ---- all of them, then again ----

"$fsnn" sweep spec.yaml --jobs 2 >log 2>&1 || fail "8 jobs"
grep -q '8 of 8 jobs are done' log || fail "the end is not told"
for run in runs/all/*.done; do [ -s "${run%.done}/last.safetensors" ] || fail "${run%.done} has no weights"; done
[ "$(ls runs/all/*.done | wc -l)" = 8 ] || fail "not all jobs are done"
"$fsnn" sweep spec.yaml >log 2>&1 || fail "a sweep that is done"
grep -q 'job ' log && fail "done jobs are run again"
"$fsnn" compare runs/all >log 2>&1 || fail "compare of the folder"
[ "$(awk 'NR > 3 && $0 !~ /runs/ { n += 1 } END { print n }' log)" = 4 ] || fail "4 settings of 2 runs are expected"
one='runs/all/dynamics.alpha=1,lif1.tau=2,training.seed=2'
"$fsnn" train net.yaml --out alone --set dynamics.alpha=1 --set lif1.tau=2 --set training.seed=2 --no-figures -q >log 2>&1
cmp -s alone/last.safetensors "$one/last.safetensors" || fail "a job gives other weights than the training by hand"

# ---- a job that was ended before its time goes on ----

cp -r alone part && rm -rf "$one" "$one.done"
"$fsnn" train net.yaml --out "$one" --set dynamics.alpha=1 --set lif1.tau=2 --set training.optimizer=adam --set training.seed=2 --no-figures -q >log 2>&1
"$fsnn" sweep spec.yaml --list >log 2>&1
grep -qF '  saved' log || fail "a saved job is not told"
grep -qF -- "--resume $one" log || fail "a saved job is not gone on with"
"$fsnn" sweep spec.yaml --job 6 >log 2>&1 || fail "--job 6"
[ -e "$one.done" ] || fail "--job 6 is not done"
cmp -s alone/last.safetensors "$one/last.safetensors" || fail "--job 6 changed the weights"
"$fsnn" sweep spec.yaml --job 9 >log 2>&1 && fail "--job 9"
grep -q 'the jobs are 1 to 8' log || fail "--job 9 is not told"

# ---- what a run was trained with ----

sed 's/runs.all/runs\/other/; s/\[2, {.*/[2]/; s/, 1\]/]/; s/seeds: 2/seeds: [1]/' spec.yaml >other.yaml
"$fsnn" sweep other.yaml >log 2>&1 || fail "a sweep of one job"
mv net.yaml kept.yaml && sed 's/alpha: 0.7/alpha: 0.7, method: l1/' kept.yaml >net.yaml
"$fsnn" sweep other.yaml >log 2>&1
[ $? = 2 ] || fail "another description: expected exit code 2"
grep -q 'runs/other/job-1 is a run of other settings than job 1 has: .*method: l1.* now; give another --out' log || fail "other settings"
"$fsnn" sweep other.yaml --list >log 2>&1 || fail "--list of other settings"
grep -q '    1  other  ' log || fail "--list says nothing of other settings"
mv kept.yaml net.yaml

# ---- a signal: jobs are told, and go on later ----

sed 's/epochs: 2/epochs: 100000/' net.yaml >long.yaml
printf '%s\n' 'description: long.yaml' 'out: runs/long' 'seeds: 2' >long.sweep.yaml
for one in '' '--job 1'; do
    # shellcheck disable=SC2086 # options
    "$fsnn" sweep long.sweep.yaml $one >log 2>&1 &
    sweep=$!
    for _ in $(seq 300); do
        [ -s runs/long/training.seed=1/last.state.safetensors ] && break
        sleep 0.1
    done
    kill -TERM $sweep
    wait $sweep
    [ $? = 130 ] || fail "SIGTERM to sweep $one: expected exit code 130"
    [ ! -e runs/long/training.seed=1/.lock ] || fail "a job of sweep $one is left running"
    "$fsnn" sweep long.sweep.yaml --list | grep -q '    1  saved' || fail "a job of sweep $one is not saved"
    rm -rf runs/long/training.seed=1
done

# ---- one fails ----

sed 's/runs.all/runs\/bad/; s/\[2, {.*/[2]/; s/\[0.5, 1\]/[0.5]/; s/seeds: 2/seeds: [1, 2]/' spec.yaml >bad.yaml
mkdir -p runs/bad && : >'runs/bad/training.seed=1'
"$fsnn" sweep bad.yaml --jobs 1 >log 2>&1 && fail "a failed job: exit 0"
grep -q 'training.seed=1, ended with exit code' log || fail "a failed job is not told"
[ -e 'runs/bad/training.seed=2.done' ] || fail "the job behind the failed one is not run"

# ---- Slurm ----

"$fsnn" sweep spec.yaml --slurm array.sh --threads 4 >log 2>&1 || fail "--slurm"
grep -qx '#SBATCH --array=1-8' array.sh || fail "the array has not 8 tasks"
bash -n array.sh || fail "the script is no script"
! command -v shellcheck >/dev/null || shellcheck array.sh >log || fail "shellcheck"
mkdir bin && ln -s "$fsnn" bin/fsnn && rm -rf runs/all
PATH=$PWD/bin:$PATH SLURM_ARRAY_TASK_ID=3 bash array.sh >log 2>&1 || fail "a task of the array"
[ "$(ls runs/all/*.done)" = 'runs/all/dynamics.alpha=0.5,lif1.tau=_value_1.5,_learn_true_,training.seed=1.done' ] ||
    fail "task 3 did $(ls runs/all)"

# ---- wrong files ----

refused() { # WORDS TEXT
    printf '%s\n' "$2" >wrong.yaml
    "$fsnn" sweep wrong.yaml --out none >log 2>&1
    [ $? = 2 ] || fail "$2: expected exit code 2"
    grep -qF -- "$1" log || fail "$2: \"$1\" is not said"
    [ ! -e none ] || fail "$2: something is written"
}
refused 'description is missing' 'seeds: 2'
refused 'expected a list of values' '{description: net.yaml, set: {dynamics.alpha: 0.5}}'
refused 'expected keys of the description' '{description: net.yaml, set: [1]}'
refused 'wrong.yaml:1:53: set.dynamics.alpha[1]: 0.5 is there twice' '{description: net.yaml, set: {dynamics.alpha: [0.5, 0.5]}}'
refused '3 is there twice' '{description: net.yaml, seeds: [3, 3]}'
refused 'training.seed is varied twice' '{description: net.yaml, set: {training.seed: [1]}, seeds: 2}'
refused 'more than 10000 combinations' '{description: net.yaml, seeds: 9999, set: {dynamics.alpha: [0.5, 1]}}'
refused 'seed' '{description: net.yaml, seedz: 2}'
refused 'alpha' '{description: net.yaml, set: {dynamics.alpha: [0.5, 7]}}'
refused 'wrong.yaml:1:53: set.dynamics.alpha[1]: net.yaml: ' '{description: net.yaml, set: {dynamics.alpha: [0.5, 7]}}'
refused 'dynamics.alfa: unknown key, did you mean "alpha"?' '{description: net.yaml, set: {dynamics.alfa: [0.5]}}'
refused 'wrong.yaml:1:47: set.dynamics.alfa[0]: net.yaml: override "dynamics.alfa=0.5"' '{description: net.yaml, set: {dynamics.alfa: [0.5]}}'
refused 'no.yaml' '{description: no.yaml}'
[ $failures = 0 ] && echo "sweeps"
exit $failures
