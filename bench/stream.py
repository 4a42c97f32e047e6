"""How soon fsnn run --stream answers: python3 bench/stream.py build/fsnn [--seconds 600] [--threads 1,2] [--rate HZ]

A network 784-256-10 of LIF neurons with a memory by a tolerance (or --description FILE, whose input must be flat) as a program
between two pipes: a step is written, its answer read, and the time between is noted. In turns with it, cat between two pipes
takes the same bytes and gives them back: what the pipes, the system and this program cost. Steps follow one another at once, or
--rate a second. A line of JSON for each number of threads and each input (grey values, a tenth spikes): percentiles of all steps
in microseconds, of both, and the seconds of a processor that a step of each took."""

import argparse
import array
import itertools
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time

BLOCK, WARM = 64, 2000
SHARES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
NETWORK = """name: latency
input: [784]
layers:
  - linear: {out: 256}
  - lif
  - linear: {out: 10}
  - lif
dynamics: {alpha: 0.5, memory: {tolerance: 1e-5}}
"""


class Child:
    """A program between two pipes that answers `back` bytes to each step."""

    def __init__(self, command, back):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        self.back, self.times, self.steps = back, array.array("q"), 0

    def step(self, row, note):
        begin = time.perf_counter_ns()
        os.write(self.into, row)
        left = self.back
        while left:
            got = len(os.read(self.out, left))
            if not got:
                raise SystemExit(f"{self.process.args[0]} ended after {self.steps} steps")
            left -= got
        self.steps += 1
        if note:
            self.times.append(time.perf_counter_ns() - begin)

    def end(self):
        """Percentiles in microseconds, processor time of a step."""
        os.close(self.into)
        _, _, used = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        times = sorted(self.times)
        figures = {name: times[int(share * (len(times) - 1))] / 1e3 for name, share in SHARES.items()}
        cpu = (used.ru_utime + used.ru_stime) / self.steps
        return figures | {"most": times[-1] / 1e3, "cpu_us": round(1e6 * cpu, 2)}


def rows(share, count=BLOCK, width=784):
    draw = random.Random(1).random
    number = (lambda: float(draw() < share)) if share else draw
    return [array.array("f", (number() for _ in range(width))).tobytes() for _ in range(count)]


def watch(options, description, threads, share):
    command = [options.fsnn, "run", description, "--stream", "raw", "-q", "--threads", str(threads)]
    given = rows(share)
    fsnn, cat = Child(command, 4 * options.outputs), Child(["cat"], len(given[0]))
    pause = 1 / options.rate if options.rate else 0
    for row in itertools.islice(itertools.cycle(given), WARM):
        fsnn.step(row, False)
        cat.step(row, False)
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        for child in (fsnn, cat):
            for row in given:
                if pause:
                    time.sleep(pause)
                child.step(row, True)
    count = len(fsnn.times)
    result = {"threads": threads, "input": f"{share:.0%} spikes" if share else "grey values", "steps": count}
    print(json.dumps(result | {"fsnn_us": fsnn.end(), "cat_us": cat.end()}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fsnn")
    parser.add_argument("--seconds", type=float, default=600, help="of each line (600)")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rate", type=float, default=0, help="steps a second; 0: one after the other")
    parser.add_argument("--description", help="in place of the network above")
    parser.add_argument("--outputs", type=int, default=10, help="numbers of an answer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        description = options.description
        if not description:
            description = str(pathlib.Path(folder, "latency.yaml"))
            pathlib.Path(description).write_text(NETWORK)
        for threads in options.threads.split(","):
            for share in (0, 0.1):
                watch(options, description, int(threads), share)


main()
