"""The programs that people of this field write, with the names of their library as an argument: the
seed programs of the pages, and what spikeDE's example programs do. Each gives a wrapped network and
a call: a function of (wrapper, x)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch import nn


@dataclasses.dataclass(frozen=True)
class Program:
    """`network(lib)` is a module, `wrapper` the arguments of SNNWrapper, `call` those of its call;
    x is [T, B, features], uniform in [-low, high]."""

    name: str
    network: Callable[[Any], nn.Module]
    wrapper: dict[str, Any]
    times: Callable[[int], torch.Tensor]
    call: dict[str, Any]
    T: int = 16
    B: int = 4
    low: float = 1.5
    high: float = 1.5


class Two(nn.Module):
    """fc1 - neuron - fc2 - neuron, with batch normalisation or without."""

    def __init__(self, first: nn.Module, second: nn.Module, out: int = 5, norm: bool = False):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(10, 20), first
        self.fc2, self.lif2 = nn.Linear(20, out), second
        self.bn1 = nn.BatchNorm1d(20) if norm else nn.Identity()
        self.bn2 = nn.BatchNorm1d(out) if norm else nn.Identity()

    def forward(self, x):
        x = self.lif1(self.bn1(self.fc1(x)))
        return self.lif2(self.bn2(self.fc2(x)))


class Sequential(nn.Module):
    """A layer after the last neuron."""

    def __init__(self, lib):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(10, 20), lib.LIFNeuron()
        self.fc2, self.lif2 = nn.Linear(20, 15), lib.LIFNeuron()
        self.fc3 = nn.Linear(15, 5)

    def forward(self, x):
        return self.fc3(self.lif2(self.fc2(self.lif1(self.fc1(x)))))


class Branching(nn.Module):
    """The output reads both neuron layers."""

    def __init__(self, lib):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(10, 20), lib.LIFNeuron()
        self.fc2, self.lif2 = nn.Linear(20, 20), lib.LIFNeuron()
        self.fc_out = nn.Linear(40, 5)

    def forward(self, x):
        a = self.lif1(self.fc1(x))
        b = self.lif2(self.fc2(a))
        return self.fc_out(torch.cat([a, b], dim=-1))


class Mixed(nn.Module):
    """Neurons of two kinds."""

    def __init__(self, lib):
        super().__init__()
        self.fc1, self.lif = nn.Linear(10, 20), lib.LIFNeuron()
        self.fc2, self.if_neuron = nn.Linear(20, 15), lib.IFNeuron()
        self.fc3 = nn.Linear(15, 5)

    def forward(self, x):
        return self.fc3(self.if_neuron(self.fc2(self.lif(self.fc1(x)))))


class Deep(nn.Module):
    """Four neuron layers."""

    def __init__(self, lib):
        super().__init__()
        sizes = [10, 32, 32, 16, 16]
        for i in range(4):
            setattr(self, f"fc{i + 1}", nn.Linear(sizes[i], sizes[i + 1]))
            setattr(self, f"lif{i + 1}", lib.LIFNeuron())
        self.fc_out = nn.Linear(16, 5)

    def forward(self, x):
        for i in range(1, 5):
            x = getattr(self, f"lif{i}")(getattr(self, f"fc{i}")(x))
        return self.fc_out(x)


def quadratic(lib):
    """The neuron of the pages that is written in Python."""

    class CustomNeuron(lib.BaseNeuron):
        def forward(self, v_mem, current_input=None):
            if current_input is None:
                return v_mem
            tau = self.get_tau()
            dv_no_reset = (-(v_mem**2) + current_input) / tau
            v_post_charge = v_mem + dv_no_reset
            spike = self.surrogate_f(v_post_charge - self.threshold, self.surrogate_grad_scale)
            dv_dt = dv_no_reset - (spike.detach() * self.threshold) / tau
            return dv_dt, spike

    return CustomNeuron


def seed(lib):
    return Two(lib.LIFNeuron(tau=2.0), lib.LIFNeuron(tau=2.0))


def surrogates(lib):
    first = lib.LIFNeuron(
        tau=2.0, threshold=1.0, surrogate_opt="arctan_surrogate", tau_learnable=False
    )
    return Two(first, lib.IFNeuron(tau=1.5, threshold=0.8, surrogate_opt="sigmoid_surrogate"))


def own(lib):
    neuron = quadratic(lib)
    return Two(neuron(tau=2.0), neuron(tau=2.0))


def reactive(lib):
    """A Parameter of one's own as threshold, as networks of graphs have it."""
    threshold = nn.Parameter(torch.tensor(0.9))
    return Two(lib.LIFNeuron(2.0, threshold), lib.LIFNeuron(2.0, nn.Parameter(torch.tensor(1.1))))


def alphas(lib):
    return Two(lib.LIFNeuron(tau=2.0), lib.LIFNeuron(tau=2.0), out=10, norm=True)


FDE = {"integrator": "fdeint"}
WHOLE = {"method": "gl", "options": {"memory": -1}}
SECOND = {"method": "gl", "options": {"step_size": 0.1, "memory": -1}}


def unit(T: int) -> torch.Tensor:
    return torch.linspace(0, 1, T)


def counted(T: int) -> torch.Tensor:
    return torch.arange(float(T))


def _alpha_cases() -> list[Program]:
    """What the example about orders shows."""
    terms, weights = [0.3, 0.5, 0.7], [1.0, 0.5, 0.2]
    nested = {"alpha": [[0.3, 0.5], [0.4, 0.6, 0.8]]}
    nested["multi_coefficient"] = [[1.0, 0.5], [1.0, 0.3, 0.1]]
    each = {"multi_coefficient": [[1.0, 0.5, 0.2], [0.8, 0.3, 0.1]]}
    cases = {
        "one order": {"alpha": 0.5},
        "an order a layer": {
            "alpha": [0.3, 0.7], "alpha_mode": "per_layer", "learn_alpha": [True, False],
        },
        "terms": {
            "alpha": terms, "multi_coefficient": weights, "alpha_mode": "multiterm",
            "learn_coefficient": True,
        },
        "terms a layer": {
            **nested, "learn_alpha": [True, False], "learn_coefficient": [True, True],
        },
        "coefficients a layer": {"alpha": terms, **each, "alpha_mode": "multiterm"},
        "terms, guessed": {"alpha": terms, "multi_coefficient": weights, "alpha_mode": "auto"},
        "orders, guessed": {"alpha": [0.3, 0.7], "alpha_mode": "auto"},
        "terms without coefficients": {"alpha": terms, "alpha_mode": "auto"},
    }  # fmt: skip
    return [
        Program(f"orders: {name}", alphas, {**FDE, **options}, unit, SECOND, T=8)
        for name, options in cases.items()
    ]


basic = {**FDE, "alpha": [0.3, 0.7], "alpha_mode": "per_layer", "learn_alpha": True}
PROGRAMS = [
    Program("seed", seed, {**FDE, "alpha": 0.7}, counted, WHOLE),
    Program("seed, an order a layer", seed, {**FDE, "alpha": [0.5, 0.9]}, counted, WHOLE),
    Program("surrogates", surrogates, {**FDE, "alpha": 0.7}, counted, WHOLE),
    Program("thresholds that are Parameters", reactive, {**FDE, "alpha": 0.7}, counted, WHOLE),
    Program("own neuron", own, {**FDE, "alpha": 0.7}, counted, WHOLE, low=0.0, high=1.0),
    Program("basic", lambda lib: Two(lib.LIFNeuron(), lib.LIFNeuron()), basic, unit, WHOLE, T=8),
    *_alpha_cases(),
    *(
        Program(f"network: {net.__name__}", net, {**FDE, "alpha": 0.6}, unit, WHOLE, T=8)
        for net in (Sequential, Branching, Mixed, Deep)
    ),
    Program("integer order", seed, {"integrator": "odeint"}, counted, {"method": "euler"}),
]


def made(program: Program, lib: Any, number: int) -> tuple[Any, Any, torch.Tensor, torch.Tensor]:
    """The module, its wrapper, x [T, B, 10] and the times, from a seed; weights large enough for
    spikes to go on to the last layer."""
    torch.manual_seed(number)
    module = program.network(lib)
    with torch.no_grad():
        for m in module.modules():
            if isinstance(m, nn.BatchNorm1d):
                m.weight.mul_(2.5)
            if isinstance(m, nn.Linear):
                m.weight.mul_(2.5)
                if program.low == 0:  # -v^2 runs away below 0
                    m.weight.abs_().mul_(0.3)
                    m.bias.abs_()
    x = torch.rand(program.T, program.B, 10) * (program.low + program.high) - program.low
    wrapper = lib.SNNWrapper(module, **program.wrapper)
    wrapper._set_neuron_shapes(input_shape=(1, 10))
    return module, wrapper.train(), x, program.times(program.T)
