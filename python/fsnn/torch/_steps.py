"""A layer of neurons step by step through torch, with the same weights of the past: for neurons
whose forward no equation records. Slow: autograd keeps every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from _fsnn import ffi, lib

from .._arrays import pointer
from ..errors import NumericError, check
from ..fde import Terms, _order
from ._context import Order

# Methods whose history keeps states: u_{n+1} = gain f_n + sum_j w_j u_{n+1-j}
METHODS = ("gl", "l1", "euler")


def weights(method: str, order: Order, step: float, count: int) -> tuple[np.ndarray, float]:
    """w [count] of the lags 1 ..., and the gain of the derivative, in double precision."""
    terms = Terms([float(a) for a in order.alpha], [float(c) for c in order.coefficient])
    w, gain = np.empty(count), ffi.new("double *")
    order_c = ffi.new("fsnn_order *", _order(terms))
    found = lib.fsnn_method_find(method.encode())
    check(lib.fsnn_frac_weights(found, order_c, step, count, pointer(w, "double *"), gain))
    return w, gain[0]


def check_method(method: str, order: Order) -> None:
    if method not in METHODS:
        raise NotImplementedError(
            f"neurons that run step by step have the methods {', '.join(METHODS)}, not {method}"
        )
    for values in (order.alpha, order.coefficient):
        if isinstance(values, torch.Tensor) and values.requires_grad:
            raise NotImplementedError(
                "neurons that run step by step do not learn alpha or coefficients"
            )


def steps(
    rule: Callable, x: torch.Tensor, dynamics: dict[str, Any], order: Order, name: str
) -> torch.Tensor:
    """x [T, B, ...] -> spikes [T, B, ...]; rule(v, I) gives (dv, spike). Raises NumericError."""
    method = dynamics["method"]
    check_method(method, order)
    w, gain = weights(method, order, dynamics["step"], len(x))
    memory = dynamics.get("memory", 0)
    # a step that sees M states has M - 1 before it
    reach = memory - 1 if isinstance(memory, int) and memory > 0 else len(x)
    states, spikes = [torch.zeros_like(x[0])], []
    for current in x.unbind(0):
        dv, spike = rule(states[-1], current)
        past = states[-reach:]
        scale = torch.as_tensor(w[: len(past)][::-1].copy(), dtype=x.dtype)
        states.append(gain * dv + torch.tensordot(scale, torch.stack(past), dims=1))
        spikes.append(spike)
        if not torch.isfinite(states[-1]).all():
            raise NumericError(
                f"the potential of the neuron {name} is not finite after step {len(spikes) - 1}",
                "FSNN_ENUMERIC",
            )
    return torch.stack(spikes)
