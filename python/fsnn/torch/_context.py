"""What a running SNNWrapper tells the neurons inside of it."""

from __future__ import annotations

import functools
import os
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

import fsnn

from ..net import NetWarning


@dataclass
class Order:
    """The order of a layer: alpha [terms], coefficient [terms], as tensors where they are
    learned."""

    alpha: Any
    coefficient: Any

    @property
    def terms(self) -> int:
        return len(self.alpha)


@dataclass  # not frozen: those are slower to make, and one is made for each call
class Running:
    """One call of a wrapper: T steps, the section dynamics but for the order, orders by neuron."""

    steps: int
    dynamics: dict[str, Any]
    orders: dict[int, Order]
    names: dict[int, str]
    on_nonfinite: str
    smooth: bool = False
    substeps: int = 1
    averaged: list[Any] = field(default_factory=list)  # modules that took the mean over time


class StartsEmpty:
    """What one object holds to be quick again: a copy or a pickle of it holds nothing."""

    def __deepcopy__(self, memo: Any) -> Any:
        return type(self)()

    def __reduce__(self) -> tuple:
        return type(self), ()


_local = threading.local()


def running() -> Running | None:
    """The call that runs in this thread."""
    return getattr(_local, "running", None)


class run:
    """with run(Running(...)): neurons called inside belong to it."""

    def __init__(self, call: Running) -> None:
        self.call = call

    def __enter__(self) -> None:
        self.before, _local.running = running(), self.call

    def __exit__(self, *_: Any) -> None:
        _local.running = self.before


def in_backward() -> bool:
    """Whether a backward runs (torch 1.13 does not say)."""
    task = getattr(torch._C, "_current_graph_task_id", None)
    return task is not None and task() != -1


def in_forward_mode() -> bool:
    """Whether tangents go forward with the numbers (torch.autograd.forward_ad)."""
    return getattr(torch.autograd.forward_ad, "_current_level", -1) >= 0


_said: set[str] = set()
# with the separator at their end: torchvision is another package
_FOLDERS = tuple(
    os.path.join(os.path.dirname(str(module.__file__)), "") for module in (fsnn, torch)
)


def say_once(sentence: str) -> None:
    """A remark, once a process, at the line of the program that called fsnn or torch."""
    if sentence in _said:
        return
    _said.add(sentence)
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_FOLDERS):
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    warnings.warn(sentence, NetWarning, stacklevel=level)


# Found once: a call is often the first code to run after a layer has emptied the caches.
_functorch = getattr(torch._C, "_functorch", None)
_transformed = getattr(_functorch, "is_functorch_wrapped_tensor", None) or (lambda x: False)
_tracing = torch._C._get_tracing_state


def no_script(what: str) -> NotImplementedError:
    """The error where torch reads or follows the code of what runs in C."""
    return NotImplementedError(
        f"{what} cannot be scripted or traced by torch.jit or exported (torch.export, ONNX): "
        "fsnn.torch.to_net makes a description and weights that the C program runs"
    )


def check_tensor(x: Any, what: str) -> None:
    """What the library computes with: on the processor, in single or double precision."""
    if not isinstance(x, torch.Tensor):
        raise TypeError(
            f"{what} takes a tensor, and this is a {type(x).__name__}: torch.as_tensor(x) makes one"
        )
    if _transformed(x):
        raise NotImplementedError(
            f"{what} cannot be transformed by torch.func or vmap: fold the axis into the batch"
        )
    if _tracing() is not None or type(x).__name__ in ("FakeTensor", "FunctionalTensor"):
        raise no_script(what)
    if x.layout is not torch.strided:
        raise NotImplementedError(
            f"{what} takes dense tensors, and this is {x.layout}: x.to_dense() makes one"
        )
    if x.device.type == "meta":
        raise NotImplementedError(f"{what} computes, and a tensor on meta has no numbers")
    if x.device.type != "cpu":
        raise NotImplementedError(
            f"{what} computes on the processor, and this tensor is on {x.device}: move it with "
            ".cpu()"
        )
    if x.dtype not in (torch.float32, torch.float64):
        raise TypeError(
            f"{what} takes float32 or float64, and this tensor is {x.dtype}: convert it with "
            ".float()"
        )


def of_autocast(x: Any) -> Any:
    """What torch.autocast made half a number's size, whole again: neurons compute in float32 there,
    as functions do that need it."""
    half = getattr(x, "dtype", None) in (torch.bfloat16, torch.float16)
    return x.float() if half and _autocasts() else x


def _autocasts() -> bool:
    if hasattr(torch, "get_autocast_dtype"):  # from 2.4 on it takes the device
        return torch.is_autocast_enabled("cpu")
    return torch.is_autocast_cpu_enabled()


def not_compiled(function: Callable) -> Callable:
    """torch.compile breaks its graph here and leaves the function as it is. torch's compiler takes
    a second to import, so that is left to those who use it."""
    apart: list[Callable] = []

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not apart:
            compiler = sys.modules.get("torch._dynamo")
            if compiler is None:
                return function(*args, **kwargs)
            apart.append(compiler.disable(function))
        return apart[0](*args, **kwargs)

    return call


check_tensor = not_compiled(check_tensor)
