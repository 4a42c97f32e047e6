"""Surrogate gradients in torch: fsnn's formulas, by its names, and the functions that spikeDE has
for them. A neuron's `surrogate_f` is one of them."""

from __future__ import annotations

import math
from typing import Any

import torch
from _fsnn import lib

from .._names import in_table
from ..errors import text
from ._record import Symbol, recorder

# The slope that stands in for that of the step, of x = potential - threshold with the scale k.
SLOPES = {
    "arctan": lambda x, k: (k / 2) / (1 + (math.pi / 2 * k * x) ** 2),
    "sigmoid": lambda x, k: k * torch.sigmoid(k * x) * (1 - torch.sigmoid(k * x)),
    "rectangle": lambda x, k: (x.abs() <= k).to(x.dtype) / (2 * k),
    "gaussian": lambda x, k: torch.exp(-((x / k) ** 2) / 2) / (k * math.sqrt(2 * math.pi)),
    "fast_sigmoid": lambda x, k: 1 / (1 + k * x.abs()) ** 2,
    "triangle": lambda x, k: torch.relu(k - k * k * x.abs()),
    "exponential": lambda x, k: torch.exp(-x.abs() / k) / k,
    "straight_through": lambda x, k: torch.full_like(x, k),
    "erf": lambda x, k: k / math.sqrt(math.pi) * torch.exp(-((k * x) ** 2)),
}


def canonical(name: str) -> str:
    """The library's name of a surrogate; names with _surrogate at their end are taken too."""
    if not isinstance(name, str):
        raise TypeError(f"surrogate_opt is {name!r}: it is the name of a surrogate gradient")
    short = name[: -len("_surrogate")] if name.endswith("_surrogate") else name
    kind = lib.fsnn_surrogate_find(short.encode())
    in_table("surrogate gradient", name, kind, lib.fsnn_surrogate_name, lib.FSNN_SURROGATES)
    return text(lib.fsnn_surrogate_name(kind))


class Spike(torch.autograd.Function):
    """1 where x >= 0, with a surrogate's slope backward."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, kind: str, scale: float) -> torch.Tensor:
        ctx.save_for_backward(x)
        ctx.kind, ctx.scale = kind, scale
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple:
        (x,) = ctx.saved_tensors
        return gradient * SLOPES[ctx.kind](x, ctx.scale), None, None


def _spike(x: Any, kind: str, scale: float) -> Any:
    """1 where x >= 0; in the forward of a neuron that is recorded, its spike."""
    at = recorder()
    if at is not None and isinstance(x, Symbol):
        return at.surrogate(x, kind, float(scale))
    return Spike.apply(x, kind, float(scale))


def arctan_surrogate(input: torch.Tensor, scale: float = 2.0) -> torch.Tensor:
    """1 where input >= 0; slope (k/2)/(1 + (pi/2 k x)^2) with k = scale."""
    return _spike(input, "arctan", scale)


def sigmoid_surrogate(input: torch.Tensor, scale: float = 5.0) -> torch.Tensor:
    """1 where input >= 0; slope k s(kx) (1 - s(kx)) with k = scale, s the logistic function."""
    return _spike(input, "sigmoid", scale)


def piecewise_linear_surrogate(input: torch.Tensor, gamma: float = 1.0) -> torch.Tensor:
    """1 where input >= 0; slope 1/(2 gamma) up to |x| = gamma: a rectangle."""
    return _spike(input, "rectangle", gamma)


def gaussian_surrogate(input: torch.Tensor, sigma: float = 1.0) -> torch.Tensor:
    """1 where input >= 0; slope that of a normal distribution's density, of deviation sigma."""
    return _spike(input, "gaussian", sigma)


def noisy_threshold_spike(
    input: torch.Tensor, scale: float = 5.0, training: bool = True, sample: bool = True
) -> torch.Tensor:
    """s(scale x + noise), the noise logistic, or without it (`sample=False`); outside of training
    1 where x >= 0. `NoisyLIFNeuron` has these as train_spike_mode soft_noisy and meanfield."""
    if not training:
        return (input >= 0).to(input.dtype)
    if not sample:
        return torch.sigmoid(input * scale)
    u = torch.rand_like(input).clamp(1e-6, 1 - 1e-6)
    return torch.sigmoid(input * scale + torch.log(u) - torch.log1p(-u))


class NoisyThresholdSpikeModule(torch.nn.Module):
    """`noisy_threshold_spike` as a module: sharp outside of training."""

    def __init__(self, scale: float = 5.0, sample: bool = True) -> None:
        super().__init__()
        self.scale, self.sample = scale, sample

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return noisy_threshold_spike(input, self.scale, self.training, self.sample)
