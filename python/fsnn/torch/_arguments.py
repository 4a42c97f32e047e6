"""What an SNNWrapper and its calls are told: methods, memory, steps; what is none of them is a
sentence."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch

from .._arrays import number
from .._names import missing, near
from ..errors import UnsupportedError
from ._context import say_once

Init = TypeVar("Init", bound=Callable[..., None])
INTEGRATORS = {
    name: name.split("_")[0]
    for name in "fdeint odeint fdeint_adjoint odeint_adjoint fdeint_mem odeint_mem".split()
}
OPTIONS = ("memory", "tolerance", "implicit", "step_size")  # of a call
# Methods of an integrator, and names that others have for ours.
METHODS = {"fdeint": "gl l1 ab abm ml trapezoid".split(), "odeint": "euler heun rk4".split()}
OTHER_NAMES = {"pred": "ab", "glmulti": "gl", "trap": "l1", "trapezoid": "trap"}


def _check_method(name: Any, base: Any, integrator: str) -> None:
    known = METHODS[integrator]
    if base in known or (integrator == "fdeint" and base in OTHER_NAMES):
        return
    (other,) = (one for one in METHODS if one != integrator)
    if base in METHODS[other] or base in OTHER_NAMES:
        raise UnsupportedError(
            f"method {name!r} is of integrator {other}, and this is {integrator}, which takes "
            f"{', '.join(known)}: SNNWrapper(..., integrator={other!r})",
            "FSNN_EUNSUPPORTED",
        )
    raise missing("method", name, known)


def method_of(name: str | None, integrator: str) -> str:
    """The library's name of a method."""
    if name is None:
        return "gl" if integrator == "fdeint" else "euler"
    adjoint = isinstance(name, str) and name.endswith(("-f", "-o"))
    base = name[:-2] if adjoint else name
    _check_method(name, base, integrator)
    if base == "trap":
        say_once(
            "method 'trap' is the scheme l1, as in spikeDE; the product trapezoid of fsnn is "
            "'trapezoid'"
        )
    return OTHER_NAMES.get(base, base)


def memory_of(memory: Any) -> int | None:
    """Steps that a step sees, its own included; None: all."""
    if memory is None or memory == -1:
        return None
    if isinstance(memory, bool) or not isinstance(memory, (int, float)):
        raise TypeError(f"memory is {memory!r}: it is a number of steps, or -1 or None: all")
    if int(memory) != memory or memory < 2:
        raise ValueError(
            f"memory is {memory}: it is a number of steps from 2 on (a step sees its own state "
            "and memory - 1 before it), or -1 or None: all"
        )
    return int(memory)


def step_size_of(given: Any) -> float | None:
    """The step that spikeDE asks for, which only a single sample takes."""
    if given is None:
        return None
    step = number("step_size", given)
    if not 0 < step < math.inf:
        raise ValueError(f"step_size is {step:g}: a step is above 0 and finite")
    return step


def check_base(base: Any) -> None:
    """Raises TypeError of what is no module."""
    if isinstance(base, type):
        raise TypeError(f"base is the class {base.__name__}: wrap a module, {base.__name__}(...)")
    if not isinstance(base, torch.nn.Module):
        raise TypeError(f"base is a {type(base).__name__}: it is a torch.nn.Module with neurons")


# Arguments that spikeDE's pages have, and its wrapper has not.
ARGUMENTS = {
    "per_layer_alpha": "alpha, a list with an order a layer, or with the terms of each",
    "per_layer_coefficient": "multi_coefficient",
    "step_size": "the spacing of x_time, net(x, x_time)",
    "options": "an argument of calls, net(x, x_time, options={...})",
    "x_time": "an argument of calls, net(x, x_time)",
    "tau": "an argument of the neurons",
    "threshold": "an argument of the neurons",
}


def named(init: Init) -> Init:
    """The constructor, whose wrong arguments are told what they are here."""
    known = [name for name in inspect.signature(init).parameters if name != "self"]

    @functools.wraps(init)
    def checked(*args: Any, **arguments: Any) -> None:
        for name in arguments:
            if name not in known:
                said = f"; that is {ARGUMENTS[name]}" if name in ARGUMENTS else near(name, known)
                listed = ", ".join(known)
                raise TypeError(f"SNNWrapper has no argument {name!r}{said}: there are {listed}")
        init(*args, **arguments)

    return cast(Init, checked)
