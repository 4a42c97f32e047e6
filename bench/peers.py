#!/usr/bin/env python3
"""fsnn beside snnTorch, SpikingJelly, Norse, and spikeDE: the same networks, in turns.

    pip install torch==2.13.0 ./python
    pip install --no-deps snntorch spikingjelly norse loguru nir nirtorch h5py tqdm
    python3 bench/peers.py --quick --markdown peers.md                # at most four minutes
    FSNN_ORIGINAL=PATH python3 bench/peers.py --markdown docs/performance.md         # twelve

Every contender is a process of its own, on the same cores; one runs while the others sleep. A round
runs each of them once, forwards and forwards and backwards; a ratio is the median, over the rounds,
of two times of the same round, so what slows the machine for seconds slows both. Besides the time,
it takes the processor's. All get ready at once, which is not timed: some compile. What does not
import or does not run is named with its error; what is not ready after --limit is left out with a
line. --minutes is for the whole run: every workload has its share, in which as many rounds are run
as fit, --rounds at most, and a contender that took a quarter of it sits out the rounds that are
left. One line of JSON a measurement goes
to --json; the table goes to --markdown, in a page that has the marks <!-- peers --> and
<!-- /peers --> between them. FSNN_ORIGINAL may name several folders, separated by colons (spikeDE
and its solver torchfde).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import select
import subprocess
import sys
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from arguments import Page, whole  # noqa: E402
from peers.contenders import CONTENDERS, PACKAGES  # noqa: E402
from peers.table import Results, markdown  # noqa: E402
from peers.workloads import PASSES, SETS  # noqa: E402


class Worker:
    """The process of one contender."""

    def __init__(self, name: str, threads: int) -> None:
        self.name, self.threads = name, threads
        self._start()

    def _start(self) -> None:
        place = str(pathlib.Path(__file__).resolve().parent)
        paths = [place, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        environment["OMP_NUM_THREADS"] = str(self.threads)
        command = [sys.executable, "-m", "peers.worker", self.name]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment, text=True, **pipes)

    def order(self, order: dict[str, Any]) -> None:
        assert self.process.stdin
        print(json.dumps(order), file=self.process.stdin, flush=True)

    def answer(self, limit: float) -> dict[str, Any]:
        """What it answers within `limit` seconds; a process that does not is replaced."""
        assert self.process.stdout
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.close()
            self._start()
            return {"error": "not done in time"}
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self._start()
            return {"error": f"its process ended with {code}"}
        return json.loads(line)

    def ask(self, order: dict[str, Any], limit: float) -> dict[str, Any]:
        self.order(order)
        return self.answer(limit)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.results: Results = {}
        self.left_out: set[str] = set()
        self.json = open(options.json, "w") if options.json else None  # noqa: SIM115

    def run(self) -> None:
        indices = self.options.indices
        end = time.monotonic() + 60 * self.options.minutes
        left = len(indices) * len(self.options.cores)
        for cores in self.options.cores:
            workers = [Worker(name, cores) for name in self.options.contenders]
            for worker in workers:  # what they import takes its time
                worker.order({})
            for worker in workers:
                worker.answer(max(end - time.monotonic(), 1))
            try:
                for index in indices:
                    now = time.monotonic()
                    self._workload(cores, index, workers, now + (end - now) / left, end)
                    left -= 1
            finally:
                for worker in workers:
                    worker.close()

    def _workload(
        self, cores: int, index: int, workers: list[Worker], until: float, end: float
    ) -> None:
        """One workload: rounds until `until`; the whole run ends at `end`."""
        workload, begin = SETS[self.options.set][index], time.monotonic()
        if begin >= end:
            self._leave_out("all", f"{workload.label}, cores {cores}", "the time is over")
            return
        ready = self._prepared(cores, index, workers, end)
        say(f"{workload.label}, cores {cores}: {len(ready)} of {len(workers)} are ready")
        allowed = max(until - begin, 0) / 4
        there, spent = list(ready), dict.fromkeys(ready, 0.0)
        for number in range(self.options.rounds):
            for worker in self._turns(there, number):
                begin = time.monotonic()
                self._turn(worker, cores, workload.label, ready)
                spent[worker] += time.monotonic() - begin
            if time.monotonic() >= until:
                break
            # who sits out once stays out: rounds of two contenders are the same ones
            there = [worker for worker in ready if worker in there and spent[worker] < allowed]
        for worker in ready:
            worker.ask({"release": True}, self.options.limit)

    def _prepared(self, cores: int, index: int, workers: list[Worker], end: float) -> list[Worker]:
        """Those that have made the network and run it once; they do so at the same time."""
        order = {"prepare": [self.options.set, index], "threads": cores}
        order["cores"] = sorted(os.sched_getaffinity(0))[:cores]
        begin, limit = time.monotonic(), self.options.limit
        ready = []
        for worker in workers:
            worker.order(order)
        for worker in workers:
            latest = min(begin + limit, end)
            answer = worker.answer(max(latest - time.monotonic(), 0))
            if "error" in answer:
                self._leave_out(worker.name, SETS[self.options.set][index].label, answer["error"])
            else:
                ready.append(worker)
        return ready

    @staticmethod
    def _turns(ready: list[Worker], number: int) -> list[Worker]:
        """Another one first in every round."""
        at = number % max(1, len(ready))
        return ready[at:] + ready[:at]

    def _turn(self, worker: Worker, cores: int, label: str, ready: list[Worker]) -> None:
        for passed in PASSES:
            answer = worker.ask({"pass": passed}, self.options.limit)
            if "error" in answer:
                self._leave_out(worker.name, label, answer["error"])
                ready.remove(worker)
                return
            key = (cores, label, passed, worker.name)
            self.results.setdefault(key, []).append(answer)
            if self.json:
                named = dict(zip(("cores", "workload", "pass", "contender"), key))
                print(json.dumps({**named, **answer}), file=self.json, flush=True)

    def _leave_out(self, name: str, label: str, error: str) -> None:
        broken = error.startswith(("ImportError", "ModuleNotFoundError"))
        line = f"{name}: {error}" if broken else f"{name}, {label}: {error}"
        if line not in self.left_out:
            say(f"left out: {line}")
        self.left_out.add(line)


def say(sentence: str) -> None:
    print(f"peers: {sentence}", file=sys.stderr, flush=True)


def machine() -> str:
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        name = next(line for line in text.splitlines() if line.startswith("model name"))
        name = name.partition(":")[2].strip()
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}"


def versions() -> list[tuple[str, str]]:
    import fsnn

    found = [("fsnn", fsnn.__version__)]
    for name, package in PACKAGES.items():
        try:
            found.append((name, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="few workloads, three rounds, nothing compiled"
    )
    parser.add_argument("--set", choices=SETS, help="which workloads (all; with --quick quick)")
    parser.add_argument("--rounds", type=whole, help="rounds (7; with --quick 3)")
    parser.add_argument("--minutes", type=float, help="for the whole run (12; with --quick 4)")
    parser.add_argument("--limit", type=float, help="seconds to get ready (120; with --quick 30)")
    parser.add_argument(
        "--cores",
        type=lambda text: [whole(one) for one in text.split(",")],
        default="1,2",
        help="numbers of cores, one after the other",
    )
    parser.add_argument("--contenders", help="some of them, separated by ';'")
    parser.add_argument("--workloads", help="some of the set, separated by ';': 'cnn, T 16'")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there")
    parser.add_argument("--json", metavar="FILE", help="write every measurement there")
    options = parser.parse_args()
    options.set = options.set or ("quick" if options.quick else "all")
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.minutes = options.minutes or (4 if options.quick else 12)
    options.limit = options.limit or (30 if options.quick else 120)
    here = len(os.sched_getaffinity(0))
    options.cores = [n for n in options.cores if n <= here]
    names = options.contenders.split(";") if options.contenders else list(CONTENDERS)
    if options.quick:
        names = [name for name in names if not name.endswith("compiled")]
    unknown = [name for name in names if name not in CONTENDERS]
    if unknown or not options.cores:
        parser.error(f"contenders are {'; '.join(CONTENDERS)}; cores at most {here}")
    options.contenders = names
    labels = [workload.label for workload in SETS[options.set]]
    wanted = options.workloads.split(";") if options.workloads else labels
    if set(wanted) - set(labels):
        parser.error(f"workloads of the set {options.set} are {'; '.join(labels)}")
    options.indices = [index for index, label in enumerate(labels) if label in wanted]
    if options.markdown:
        options.markdown = Page(options.markdown, "peers")
        options.markdown.check(parser)
    return options


def main() -> None:
    options = parsed()
    bench = Bench(options)
    bench.run()
    text = markdown(bench.results, bench.left_out, machine(), versions())
    if options.markdown:
        options.markdown.write(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
