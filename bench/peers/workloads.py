"""The workloads: which layers, how many steps, which samples.

`layer` is the shape of the public benchmark of Open Neuromorphic ("SNN library benchmarks", 2023):
one linear layer and one of leaky integrate-and-fire neurons, 16 samples, 500 steps, n neurons.
Input are spikes, a tenth of all.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSES = ("forward", "forward + backward")
# Orders of layers: ("linear", in, out), ("conv", in, out), ("pool",), ("flatten",), ("lif",)
CNN = [("conv", 1, 32), ("lif",), ("pool",), ("conv", 32, 64), ("lif",), ("pool",), ("flatten",)]
CNN += [("linear", 64 * 7 * 7, 128), ("lif",), ("linear", 128, 10), ("lif",)]


@dataclass(frozen=True)
class Workload:
    name: str
    steps: int
    batch: int
    shape: tuple[int, ...]  # of a sample at one step
    layers: tuple[tuple, ...]

    @property
    def label(self) -> str:
        return f"{self.name}, T {self.steps}"

    @property
    def outputs(self) -> int:
        return [layer for layer in self.layers if layer[0] == "linear"][-1][2]


def layer(n: int, steps: int = 500, batch: int = 16) -> Workload:
    return Workload(f"layer {n}", steps, batch, (n,), (("linear", n, n), ("lif",)))


def mlp(hidden: int, steps: int, batch: int = 64) -> Workload:
    layers = (("linear", 784, hidden), ("lif",), ("linear", hidden, 10), ("lif",))
    return Workload(f"mlp 784-{hidden}-10", steps, batch, (784,), layers)


def cnn(steps: int, batch: int = 64) -> Workload:
    return Workload("cnn", steps, batch, (1, 28, 28), tuple(CNN))


SETS = {
    "tiny": [layer(32, 20, 4), mlp(16, 4, 4), cnn(2, 2)],
    "quick": [layer(512), mlp(128, 4), mlp(128, 64), mlp(2560, 16), cnn(4)],
    "all": [
        *(layer(n) for n in (512, 1024)),
        *(mlp(hidden, steps) for hidden in (128, 2560) for steps in (4, 16, 64)),
        *(cnn(steps) for steps in (4, 16)),
    ],
    "large": [layer(4096), layer(16384), *(mlp(hidden, 256) for hidden in (128, 2560))],
}
