"""tau and threshold of a layer: one number, or a tensor of them, one a channel or a neuron."""

from __future__ import annotations

import math
from typing import Any, Union

import torch

from .._arrays import number

Values = Union[float, torch.Tensor, list[Any], tuple[Any, ...]]  # of tau and threshold


def positive_number(what: str, value: Any) -> float:
    found = number(what, value)
    if not 0 < found < math.inf:
        raise ValueError(f"{what} is {found:g}: it must be above 0 and finite")
    return found


def positive(what: str, value: Any, above: float = 0.0) -> Any:
    """A number above 0, or above another; a tensor of them of torch's default precision where
    several are given."""
    if isinstance(value, torch.Tensor) and value.requires_grad and not value.is_leaf:
        raise TypeError(
            f"{what} is the result of a computation with gradients, which would not flow back: "
            "give a torch.nn.Parameter"
        )
    try:
        given = torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError):
        sentence = f"{what} is {value!r}: it is a number above {above:g}, or a tensor of them"
        raise TypeError(sentence) from None
    if not given.numel() or not bool(((given > above) & (given < math.inf)).all()):
        found = value if not isinstance(value, torch.Tensor) else shown(value)
        raise ValueError(f"{what} is {found}: it must be above {above:g} and finite")
    return given.to(torch.get_default_dtype(), copy=True) if given.dim() else float(given)


def learned(value: Any) -> torch.nn.Parameter:
    """The logarithm of a positive value: it moves freely."""
    logarithm = torch.as_tensor(value, dtype=torch.float64).log()
    return torch.nn.Parameter(logarithm.to(torch.get_default_dtype()))


def shown(value: Any) -> str:
    """For people to read: a number, or the shape of many."""
    value = value.detach() if isinstance(value, torch.Tensor) else value
    if isinstance(value, torch.Tensor) and value.dim():
        return f"{list(value.shape)} from {float(value.min()):g} to {float(value.max()):g}"
    return f"{float(value):g}"


def is_several(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.numel() > 1


def per(value: torch.Tensor) -> str:
    """What each number is of, as descriptions say it: [C, 1, 1] are of channels."""
    return "channel" if value.shape[0] > 1 and value.numel() == value.shape[0] else "neuron"


def of_sample(who: str, what: str, value: torch.Tensor, sample: tuple[int, ...]) -> torch.Tensor:
    """As the library has the parameter: [channels], or the shape of one sample."""
    if not is_several(value):
        return value
    pairs = zip(value.shape, sample)
    if value.dim() != len(sample) or any(n not in (1, N) for n, N in pairs):
        one = ", ".join(map(str, [*sample[:1], *[1] * len(sample[1:])]))
        raise ValueError(
            f"{what} of the neuron {who} has the shape {list(value.shape)}, and one sample at one "
            f"step {list(sample)}: that is one a neuron, [{one}] one a channel"
        )
    return value.flatten() if per(value) == "channel" else value.expand(sample)
