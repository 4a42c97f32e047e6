#!/bin/bash
# The scripts of docs/cluster.md for Slurm, under a slurmctld and a slurmd of this test on this machine: srun starts fsnn-mpi by PMIx with
# the bytes of fsnn train; the job script is stopped by a signal, queued again and goes on; a task that is killed ends the step; the array
# script of a sweep runs all of its jobs. 77: not root, or no slurm-wlm, munge.
# shellcheck source=tests/long/kit/begin.sh
. tests/long/kit/begin.sh
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
mpi=$(realpath "${FSNN_MPI:-build/fsnn-mpi}")
page=$(realpath docs/cluster.md)
images=/usr/share/datasets/fashion-mnist
for program in slurmctld slurmd munged srun; do
    command -v $program >/dev/null || skip "$program is not there (Debian: slurm-wlm, munge)"
done
[ "$(id -u)" = 0 ] || skip "slurmd of a test needs root"
[ -d $images ] || skip "$images is not there (Debian: dataset-fashion-mnist)"
chmod 755 "$place" # munged wants its socket reached by all
started=()
clean() {
    scancel -u root 2>/dev/null
    [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null
    wait
}
cd "$place" || exit 1
# until_true SECONDS COMMAND...
until_true() { for ((left = $1; left > 0; left--)); do "${@:2}" && return; sleep 1; done; return 1; }

# ---- a cluster of one machine that says to have 8 processors ----

mkdir state spool munge
chmod 711 munge
(umask 077 && head -c 128 /dev/urandom >munge/key)
node=$(hostname -s)
cat >slurm.conf <<END_OF_FILE
ClusterName=here
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge/socket
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/ctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/ctld.log
SlurmdLogFile=$place/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END_OF_FILE
export SLURM_CONF=$place/slurm.conf
munged --foreground --force --key-file="$place/munge/key" --socket="$place/munge/socket" --pid-file="$place/munge/pid" \
    --log-file="$place/munge/log" --seed-file="$place/munge/seed" >munge.out 2>&1 &
started+=($!)
until_true 10 test -S munge/socket || { cat munge.out; fail "munged"; }
slurmctld -D >ctld.out 2>&1 &
started+=($!)
slurmd -D >slurmd.out 2>&1 &
started+=($!)
idle() { [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; }
until_true 300 idle || { sinfo -R; cat ctld.out slurmd.out; fail "no cluster"; }

# ---- fsnn-mpi ----

cat >net.yaml <<END_OF_FILE
name: small
input: [1, 28, 28]
layers:
  - conv2d: {out: 4, kernel: 3, stride: 2}
  - batchnorm
  - lif: {tau: {value: 2, learn: true}, threshold: 0.5}
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
training: {epochs: 3, batch: 32, shards: 4, loss: mse_rate, optimizer: {lr: 0.01}, batchnorm: synchronised}
END_OF_FILE
mkdir bin && ln -s "$fsnn" bin/fsnn && ln -s "$mpi" bin/fsnn-mpi
export PATH=$place/bin:$PATH
same() { cmp "$1/last.safetensors" "$2/last.safetensors"; }

fsnn train net.yaml --out alone --no-figures -q >log 2>&1 || fail "fsnn train"
timeout 300 srun --mpi=pmix -n 4 fsnn-mpi train net.yaml --out four --no-figures >log 2>&1 || fail "srun --mpi=pmix"
same alone four || fail "four tasks: other weights than fsnn train"

# ---- the job script of the page: stopped, queued again, killed ----

awk '/^```sh$/ { on = !done; done = 1; next } /^```/ { on = 0 } on' "$page" |
    sed 's/ntasks=64/ntasks=4/; s/NET.yaml/net.yaml/; s/training.batch=1024/training.batch=64/
        s/training.shards=64/training.shards=4 --set training.epochs=100000/' >job.sh
job=$(sbatch --parsable job.sh) || fail "sbatch"
epochs() { tail -n 1 runs/cluster/metrics.csv 2>/dev/null | cut -d, -f1 | grep '^[0-9]' || echo 0; }
several() { [ "$(epochs)" -gt "$1" ]; }
until_true 300 several 2 || fail "the job makes no epochs"
scancel -s TERM "$job"
again() { [ "$(squeue -h -j "$job" -o %T)" = PENDING ]; }
until_true 300 again || { cat "slurm-$job.out"; fail "the job was not queued again"; }
grep -q "interrupted: saved" "slurm-$job.out" || fail "the job did not save"
before=$(epochs)
# Slurm waits two minutes before it starts a job again, since slurmd takes one that it has just ended for that. Here it may start
# once the steps are gone, and some seconds later.
stepless() { ! pgrep -f 'slurmstepd: \['"$job" >/dev/null; }
until_true 60 stepless || fail "the steps of the job stay"
sleep 5
scontrol update jobid="$job" starttime=now
until_true 300 several $((before + 2)) || fail "the job does not go on"
victim=$(pgrep -f "fsnn-mpi train --resume runs/cluster" | while read -r p; do
    tr '\0' '\n' 2>/dev/null <"/proc/$p/environ" | grep -qx SLURM_PROCID=2 && echo "$p"; done | head -n 1)
{ [ -n "$victim" ] && kill -9 "$victim"; } || fail "no task 2 to kill"
ended() { [ -z "$(squeue -h -j "$job" 2>/dev/null)" ]; }
until_true 300 ended || fail "a killed task: the job went on"
last=$(epochs)
fsnn train net.yaml --out whole --no-figures -q --set training.batch=64 --set training.epochs="$last" >log 2>&1
same whole runs/cluster || fail "stopped, queued again and killed: other weights than without"

# ---- a sweep as an array ----

printf 'description: net.yaml\nout: runs/alpha\nset: {dynamics.alpha: [0.5, 1]}\nseeds: 2\n' >alpha.yaml
fsnn sweep alpha.yaml --slurm alpha.sh >log 2>&1 || fail "sweep --slurm"
array=$(sbatch --parsable alpha.sh) || fail "sbatch of the array"
job=$array
until_true 300 ended || fail "the array does not end"
[ "$(find runs/alpha -name '*.done' | wc -l)" = 4 ] || { cat "slurm-${array}"_*.out; fail "the array did not make its 4 jobs"; }
fsnn compare runs/alpha | grep -q 'dynamics.alpha=1' || fail "fsnn compare"
echo "srun, a job that is queued again, and an array, under slurmctld"
