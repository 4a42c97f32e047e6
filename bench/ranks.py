"""How well ranks and threads share a training: python3 bench/ranks.py BUILD [--turns 5] [--epochs 4] [--batches 8] [--only cnn,mlp]

The networks of examples/fashion_cnn.yaml with 16 steps and of examples/fashion_mlp.yaml with 256, batches of 64 images, two shards.
In turns:

    one       fsnn train, one thread
    threads   fsnn train, two threads: a thread a shard
    whole     fsnn train, two threads, batches without shards: both threads within every kernel
    ranks     mpirun -n 2 fsnn-mpi train, one thread and one core a rank
    apart     two fsnn train at the same time, one thread and one core each, that know nothing of each other, with half of the batch
              and half of the images each: what two cores on one memory can do where nothing is exchanged

A training is a run of its own; its images a second are the median of its epochs but the first. Figures are the medians of the turns,
with the smallest and the largest. `ideal` is the speed beside that of `apart`, `waited` the share of time in which ranks waited."""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

from arguments import whole

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKLOADS = {"cnn": ("fashion_cnn.yaml", 16), "mlp": ("fashion_mlp.yaml", 256)}
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def settings(steps, batches, epochs, batch, shards):
    """Options of a training."""
    values = {"data.encoder.steps": steps, "data.limit": f"{{train: {batch * batches}, test: 64}}", "training.epochs": epochs,
              "training.batch": batch, "training.shards": shards, "training.schedule": "constant", "data.validation": 0}
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def speed(directory):
    """Images a second of a run."""
    rows = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
    return statistics.median(row["samples_per_second"] for row in rows[1:])


class Bench:
    def __init__(self, build, arguments, network, steps, folder):
        self.fsnn, self.mpi = str(build / "fsnn"), str(build / "fsnn-mpi")
        self.a, self.network, self.steps, self.folder = arguments, str(ROOT / "examples" / network), steps, folder
        self.count, self.waited = 0, []

    def command(self, program, words, batch=64, shards=2):
        self.count += 1
        out = self.folder / str(self.count)
        return out, [*program, "train", self.network, "--out", str(out), "--no-figures", *words,
                     *settings(self.steps, self.a.batches, self.a.epochs, batch, shards)]

    def run(self, commands):
        """All at the same time; the sum of their speeds."""
        running = [subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                   for _, words in commands]
        texts = [process.communicate()[0] for process in running]
        for process, text in zip(running, texts):
            if process.returncode:
                sys.exit(f"{' '.join(process.args)}\n{text}")
        found = re.search(r"waited for others ([0-9.]+) %", texts[0])
        if found:
            self.waited.append(float(found[1]))
        return sum(speed(out) for out, _ in commands)

    def one(self):
        return self.run([self.command([self.fsnn], ["--threads", "1"])])

    def threads(self):
        return self.run([self.command([self.fsnn], ["--threads", "2"])])

    def whole(self):
        return self.run([self.command([self.fsnn], ["--threads", "2"], shards=1)])

    def ranks(self):
        return self.run([self.command(["mpirun", "-n", "2", "--bind-to", "core", self.mpi], [])])

    def apart(self):
        return self.run([self.command(["taskset", "-c", str(core), self.fsnn], ["--threads", "1"], batch=32, shards=1)
                         for core in (0, 1)])


def measure(build, arguments, name):
    network, steps = WORKLOADS[name]
    speeds = {contender: [] for contender in ("one", "threads", "whole", "ranks", "apart")}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(build, arguments, network, steps, pathlib.Path(folder))
        for turn in range(arguments.turns):
            order = list(speeds)
            for contender in order[turn % len(order):] + order[:turn % len(order)]:
                speeds[contender].append(getattr(bench, contender)())
                print(f"{name} turn {turn + 1}: {contender} {speeds[contender][-1]:.1f}", file=sys.stderr, flush=True)
    median = {contender: statistics.median(values) for contender, values in speeds.items()}
    for contender, values in speeds.items():
        waited = f"{statistics.median(bench.waited):.1f} %" if contender == "ranks" else ""
        print(f"| {name}, T {steps} | {contender} | {median[contender]:.1f} | {min(values):.1f} - {max(values):.1f} | "
              f"{median[contender] / median['one']:.2f} | {median[contender] / median['apart']:.2f} | {waited} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--turns", type=whole, default=5)
    parser.add_argument("--epochs", type=whole, default=4)
    parser.add_argument("--batches", type=whole, default=8)
    parser.add_argument("--only", default=",".join(WORKLOADS))
    arguments = parser.parse_args()
    if arguments.epochs < 2:
        parser.error("--epochs: the first does not count: at least 2")
    names = arguments.only.split(",")
    if set(names) - set(WORKLOADS):
        parser.error(f"--only: networks are {', '.join(WORKLOADS)}")
    missing = [program for program in ("fsnn", "fsnn-mpi") if not (arguments.build / program).is_file()]
    if missing:
        parser.error(f"{arguments.build} has no {' and no '.join(missing)}: give a build with -DFSNN_MPI=ON")
    print("| network | contender | images/s | spread | beside one | ideal | waited |\n|---|---|---|---|---|---|---|")
    for name in names:
        measure(arguments.build.resolve(), arguments, name)


main()
