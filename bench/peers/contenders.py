"""The same network in each library.

All of them get the same currents: linear layers, convolutions and pooling are PyTorch's and see
time folded into the batch, which is the fastest way for each library; only neurons walk through
time. The neuron is dv/dt = (-v + I)/tau with tau 2, step 1, threshold 1, which is subtracted after
a spike. Of order 0.5 it is that of spikeDE, with its reset.

A contender is a function of a workload that gives a net: `net(x)` are the spikes [T, B, ...] of x
[T, B, ...], with gradients for `net.parameters()`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from .workloads import Workload

TAU = 2.0


class Folded(nn.Module):
    """A module that knows no time."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x.flatten(0, 1)).unflatten(0, x.shape[:2])


SPACE: dict[str, Callable[..., nn.Module]] = {
    "linear": nn.Linear,
    "conv": lambda inputs, outputs: nn.Conv2d(inputs, outputs, 3, padding=1),
    "pool": lambda: nn.MaxPool2d(2),
    "flatten": nn.Flatten,
}


def through_time(workload: Workload, neurons: Callable[[], nn.Module]) -> nn.Module:
    """Layer by layer over all steps; `neurons` makes a layer [T, B, ...] -> [T, B, ...]."""
    made = []
    for kind, *sizes in workload.layers:
        made.append(neurons() if kind == "lif" else Folded(SPACE[kind](*sizes)))
    return nn.Sequential(*made)


def compiled_of(step: Callable) -> Any:
    """Every layer, with gradients and without, is compiled; beyond its limit torch leaves a layer as
    it was."""
    import torch._dynamo

    known = hasattr(torch._dynamo.config, "recompile_limit")
    setattr(torch._dynamo.config, "recompile_limit" if known else "cache_size_limit", 64)
    return torch.compile(step)


class Stepwise(nn.Module):
    """A library's neuron for one step, through all of them.

    Compiled is the one step: a graph of all steps takes minutes to compile, for each T anew.
    """

    def __init__(self, step: Callable, begin: Callable[[], Any], compiled: bool) -> None:
        super().__init__()
        self.step, self.begin = compiled_of(step) if compiled else step, begin

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        state, spikes = self.begin(), []
        for current in x:
            z, state = self.step(current, state)
            spikes.append(z)
        return torch.stack(spikes)


def snntorch(workload: Workload, compiled: bool = False) -> nn.Module:
    import snntorch as snn
    from snntorch import surrogate

    def neurons() -> nn.Module:
        cell = snn.Leaky(beta=1 - 1 / TAU, spike_grad=surrogate.atan(), reset_mechanism="subtract")
        return Stepwise(lambda x, v: cell(x / TAU, v), cell.reset_mem, compiled)

    return through_time(workload, neurons)


def norse(workload: Workload, compiled: bool = False) -> nn.Module:
    import norse.torch as library
    from norse.torch.functional.reset import reset_subtract

    def neurons() -> nn.Module:
        rate, dt = torch.tensor(1000.0 / TAU), 0.001
        options = library.LIFBoxParameters(tau_mem_inv=rate, reset_method=reset_subtract)
        cell = library.LIFBoxCell(p=options, dt=dt)
        return Stepwise(cell, lambda: None, compiled)

    return through_time(workload, neurons)


def spikingjelly(workload: Workload, compiled: bool = False) -> nn.Module:
    from spikingjelly.activation_based import functional, neuron, surrogate

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            how = {"surrogate_function": surrogate.ATan(), "step_mode": "s" if compiled else "m"}
            self.cell = neuron.LIFNode(tau=TAU, v_threshold=1.0, v_reset=None, **how)
            self.run = compiled_of(self.cell) if compiled else self.cell

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            functional.reset_net(self.cell)
            return torch.stack([self.run(step) for step in x]) if compiled else self.run(x)

    return through_time(workload, Layer)


def _wrapped(
    workload: Workload, library: Any, neuron: dict, wrapper: dict, call: dict
) -> nn.Module:
    """A network of fsnn.torch or spikeDE; time is the wrapper's."""
    made = []
    for kind, *sizes in workload.layers:
        made.append(library.LIFNeuron(**neuron) if kind == "lif" else SPACE[kind](*sizes))
    net = library.SNNWrapper(nn.Sequential(*made), **wrapper)

    class Called(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.net(x, torch.arange(float(len(x))), **call)

    net._set_neuron_shapes(input_shape=(1, *workload.shape))
    return Called()


def reset_of(alpha: float) -> str:
    """Of order 1 that of the other libraries, below that of spikeDE."""
    return "subtract" if alpha == 1 else "current"


def fsnn_torch(workload: Workload, alpha: float) -> nn.Module:
    import fsnn.torch

    wrapper = {"integrator": "fdeint", "alpha": alpha} if alpha < 1 else {"integrator": "odeint"}
    neuron = {"tau": TAU, "threshold": 1.0, "reset": reset_of(alpha)}
    return _wrapped(workload, fsnn.torch, neuron, wrapper, {})


def original(workload: Workload) -> nn.Module:
    places = os.environ.get("FSNN_ORIGINAL")
    if not places:
        raise ImportError("FSNN_ORIGINAL does not name the folder of its sources")
    sys.path[:0] = [place for place in places.split(os.pathsep) if place not in sys.path]
    import spikeDE

    neuron = {"tau": TAU, "threshold": 1.0}
    wrapper = {"integrator": "fdeint", "alpha": 0.5}
    return _wrapped(workload, spikeDE, neuron, wrapper, {"method": "gl"})


class InC:
    """fsnn.Net: all of it in C, on NumPy arrays."""

    KINDS = {"pool": "maxpool", "flatten": "flatten"}

    def __init__(self, workload: Workload, alpha: float) -> None:
        import fsnn

        self.neurons = {"lif": {"tau": TAU, "reset": reset_of(alpha)}}
        layers = [self._layer(kind, *sizes) for kind, *sizes in workload.layers]
        made = {"input": list(workload.shape), "layers": layers, "dynamics": {"alpha": alpha}}
        self.nets = {}
        for name, training in (("forward", False), ("forward + backward", True)):
            net = fsnn.Net(**made)
            net.wrap(workload.steps, workload.batch, training=training, seed=1)
            self.nets[name] = net

    def _layer(self, kind: str, *sizes: int) -> Any:
        if kind == "lif":
            return self.neurons
        if kind == "linear":
            return {"linear": {"out": sizes[1]}}
        if kind == "conv":
            return {"conv2d": {"out": sizes[1], "kernel": 3, "padding": 1}}
        return {self.KINDS[kind]: {"kernel": 2}} if kind == "pool" else self.KINDS[kind]


CONTENDERS: dict[str, Callable[[Workload], Any]] = {
    "fsnn.torch": lambda w: fsnn_torch(w, 1.0),
    "fsnn.Net": lambda w: InC(w, 1.0),
    "snnTorch": snntorch,
    "snnTorch, compiled": lambda w: snntorch(w, True),
    "SpikingJelly": spikingjelly,
    "SpikingJelly, compiled": lambda w: spikingjelly(w, True),
    "Norse": norse,
    "Norse, compiled": lambda w: norse(w, True),
    "fsnn.torch, alpha 0.5": lambda w: fsnn_torch(w, 0.5),
    "fsnn.Net, alpha 0.5": lambda w: InC(w, 0.5),
    "spikeDE, alpha 0.5": original,
}
# What a contender's times stand beside: fsnn as a layer of torch, of the same order.
BASES = {name: "fsnn.torch" for name in CONTENDERS if not name.endswith("alpha 0.5")}
BASES |= {name: "fsnn.torch, alpha 0.5" for name in CONTENDERS if name.endswith("alpha 0.5")}
# The packages whose versions are told.
PACKAGES = {
    "snnTorch": "snntorch",
    "SpikingJelly": "spikingjelly",
    "Norse": "norse",
    "torch": "torch",
}
