"""How a network is run: the plan of a wrap, and what precision its numbers have."""

from __future__ import annotations

from typing import Any

import numpy as np
from _fsnn import ffi, lib

from ._names import near
from .errors import check, text

FIELDS = "training record input_gradient smooth checkpoint truncate still products".split()


def plan_of(steps: int, batch: int, seed: int, options: dict[str, Any]) -> Any:
    """A fsnn_plan; raises TypeError for an option that is none."""
    unknown = [key for key in options if key not in FIELDS]
    if unknown:
        raise TypeError(
            f"{unknown[0]!r} is no option of a plan: those are {', '.join(FIELDS)}"
            f"{near(unknown[0], FIELDS)}"
        )
    for what, value in (("steps", steps), ("batch", batch)):
        if not hasattr(value, "__index__"):
            raise TypeError(f"{what} is {value!r}: it is a whole number")
    plan = ffi.new("fsnn_plan *")
    plan.steps, plan.batch, plan.seed = steps, batch, seed
    for key, value in options.items():
        if key == "checkpoint":
            plan.checkpoint = lib.FSNN_CHECKPOINT_AUTO if value == "auto" else value
        elif key == "products":
            plan.products = products_of(value)
        else:
            setattr(plan, key, bool(value))
    return plan


def products_of(name: str | None) -> int:
    """How weights are multiplied: "full", "bf16", "int8"; None is "full"."""
    return check(lib.fsnn_products_find((name or "full").encode()))


def options_of(plan: Any) -> dict[str, Any]:
    """A plan as the arguments of Net.wrap."""
    options = {key: getattr(plan, key) for key in ("steps", "batch", "seed", *FIELDS)}
    return {**options, "products": text(lib.fsnn_products_name(plan.products))}


class Single:
    """The functions of a net in single precision."""

    dtype, pointer = np.float32, "float *"
    forward, backward = lib.fsnn_net_forward, lib.fsnn_net_backward
    forward_into, backward_into = lib.fsnn_net_forward_into, lib.fsnn_net_backward_into
    read, read_state = lib.fsnn_net_read, lib.fsnn_net_read_state


# Its functions are there in every build; those of a build without it give errors.
HAS_DOUBLE = "double precision" not in text(lib.fsnn_built()).partition("(without")[2]

if HAS_DOUBLE:

    class Double:
        """The functions of a net in double precision."""

        dtype, pointer = np.float64, "double *"
        forward, backward = lib.fsnn_net_forward_double, lib.fsnn_net_backward_double
        forward_into = lib.fsnn_net_forward_into_double
        backward_into = lib.fsnn_net_backward_into_double
        read, read_state = lib.fsnn_net_read_double, lib.fsnn_net_read_state_double


# As of NumPy: float64 where that is what the input is, and what the library was built with.
INTERPOLATE: dict[Any, tuple[str, Any]] = {np.float32: ("float *", lib.fsnn_interpolate)}
if HAS_DOUBLE:
    INTERPOLATE[np.float64] = ("double *", lib.fsnn_interpolate_double)


def dtype_of(dynamics: Any) -> Any:
    """What dynamics compute in."""
    double = HAS_DOUBLE and dynamics.precision == lib.FSNN_PRECISION_DOUBLE
    return np.float64 if double else np.float32


def functions_of(net: Any) -> Any:
    """The set of functions that a wrapped net takes."""
    if HAS_DOUBLE and lib.fsnn_net_precision(net) == lib.FSNN_PRECISION_DOUBLE:
        return Double
    return Single
