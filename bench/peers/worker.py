"""A process of one contender: reads orders, a line of JSON each, and answers with one.

    {"prepare": [set, index], "threads": n, "cores": [0, 1]}  makes the network and runs it once
    {"pass": "forward"}                                       runs it once: seconds, seconds of CPU
    {"release": true}                                         lets go of it

So no library shares threads, memory or a warm cache with another, and the processes of those whose
turn it is not sleep.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
import warnings
from typing import Any

import numpy as np
import torch

from .contenders import CONTENDERS, InC
from .workloads import PASSES, SETS, Workload

REPEATS, ENOUGH = 20, 0.1  # calls in a row, seconds


def _spikes(workload: Workload) -> torch.Tensor:
    torch.manual_seed(1)
    shape = (workload.steps, workload.batch, *workload.shape)
    return (torch.rand(shape) < 0.1).float() * 3


def _enliven(name: str, values: Any) -> None:
    """Weights as large as neurons need to fire in every layer; no library sees silence."""
    if name.endswith("weight"):
        values *= 4


class OfTorch:
    """A network of torch modules, with the loss of a classification by rates."""

    def __init__(self, net: torch.nn.Module, workload: Workload) -> None:
        self.net, self.x = net, _spikes(workload)
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                _enliven(name, parameter)
        self.target = torch.zeros(workload.batch, workload.outputs)
        self.target[:, 0] = 1

    def forward(self) -> float:
        with torch.no_grad():
            return float(self.net(self.x).mean())

    def both(self) -> float:
        self.net.zero_grad(set_to_none=True)
        y = self.net(self.x)
        (y.mean(0) - self.target).square().mean().backward()
        return float(y.detach().mean())


class OfNumPy:
    """An fsnn.Net, with the same loss."""

    def __init__(self, net: InC, workload: Workload) -> None:
        self.nets, self.x = net.nets, _spikes(workload).numpy()
        for one in self.nets.values():
            for name, parameter in one.params.items():
                _enliven(name, parameter.value)
        self.y = None

    def _run(self, name: str) -> Any:
        net = self.nets[name]
        net.reset()
        self.y = net.forward(self.x, out=self.y)
        return net

    def forward(self) -> float:
        self._run(PASSES[0])
        return float(self.y.mean())

    def both(self) -> float:
        net = self._run(PASSES[1])
        net.zero_grad()
        error = self.y.mean(0)
        error[:, 0] -= 1
        scale = 2 / (error.size * len(self.y))
        net.backward(np.broadcast_to(error * np.float32(scale), self.y.shape))
        return float(self.y.mean())


def _settle(cores: list[int], threads: int) -> None:
    os.sched_setaffinity(0, cores)
    torch.set_num_threads(threads)
    try:
        import fsnn

        fsnn.set_threads(threads)
    except ImportError:
        pass


def _prepare(name: str, order: dict[str, Any]) -> Any:
    which, index = order["prepare"]
    workload = SETS[which][index]
    _settle(order["cores"], order["threads"])
    torch.manual_seed(1)
    torch.compiler.reset()  # what was compiled for the workload before
    net = CONTENDERS[name](workload)
    return (OfNumPy if isinstance(net, InC) else OfTorch)(net, workload)


def _timed(run: Any, name: str) -> dict[str, Any]:
    """Of one call; short ones are repeated and their mean is taken."""
    call = run.forward if name == PASSES[0] else run.both
    begin, cpu, calls = time.perf_counter(), time.process_time(), 0
    while calls == 0 or (calls < REPEATS and time.perf_counter() - begin < ENOUGH):
        rate = call()
        calls += 1
    wall = (time.perf_counter() - begin) / calls
    cpu = (time.process_time() - cpu) / calls
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"wall": wall, "cpu": cpu, "rate": rate, "peak": peak}


def _answer(name: str, order: dict[str, Any], run: Any) -> tuple[dict[str, Any], Any]:
    if "prepare" in order:
        run = _prepare(name, order)
        # what is compiled is compiled anew for the first pass after another
        warming = PASSES * (2 if name.endswith("compiled") else 1)
        return {"first": [_timed(run, passed)["wall"] for passed in warming]}, run
    if "pass" in order:
        return _timed(run, order["pass"]), run
    return {}, None


def main(name: str) -> None:
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    run = None
    for line in sys.stdin:
        try:
            answer, run = _answer(name, json.loads(line), run)
        except Exception as error:  # a library's own: it is told in the table
            run = None
            sentence = next(iter(str(error).strip().splitlines()), "")
            answer = {"error": f"{type(error).__name__}: {sentence}"}
            if os.environ.get("FSNN_PEERS_TRACE"):
                traceback.print_exc()
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
