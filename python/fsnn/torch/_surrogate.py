"""Surrogate gradients in torch, for neurons that run step by step: fsnn's formulas, by its
names."""

from __future__ import annotations

import math
from typing import Any

import torch
from _fsnn import lib

from ..errors import text

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
    short = name[: -len("_surrogate")] if name.endswith("_surrogate") else name
    kind = lib.fsnn_surrogate_find(short.encode())
    if kind < 0:
        known = ", ".join(text(lib.fsnn_surrogate_name(i)) for i in range(lib.FSNN_SURROGATES))
        raise ValueError(f"there is no surrogate gradient {name!r}: known are {known}")
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
