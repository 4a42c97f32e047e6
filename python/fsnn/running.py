"""Whole recordings through a network: in pieces, from any iterator, with time stamps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import numbers, pointer
from ._plan import INTERPOLATE
from .errors import check, text

if TYPE_CHECKING:
    from .net import Net


@dataclass(frozen=True)
class Run:
    """y [T, B, output shape], and what was recorded: {"lif1.v": [T, B, layer's shape], ...}."""

    y: np.ndarray
    records: dict[str, np.ndarray]

    def figure(self, sample: int = 0, step: float = 1.0) -> figures.Figure:
        """The spikes of one sample, which must have been recorded."""
        found = {
            key.rpartition(".")[0]: value[:, sample]
            for key, value in self.records.items()
            if key.endswith(".spikes")
        }
        if not found:
            raise ValueError('no spikes were recorded: run(x, record=["spikes"])')
        return figures.raster(found, step=step, title=f"spikes of sample {sample}")


def interpolate(x: Any, times: Any, query: Any, kind: str = "linear") -> np.ndarray:
    """Samples x [n, B, ...] at increasing `times` [n] to [q, B, ...] at `query` [q]: float64 of
    float64, float32 of all else.

    `kind`: nearest, hold, linear, cubic, akima. Before the first sample and after the last it is
    that sample. Raises ValueError (which stamp).
    """
    t, q = numbers(times, np.float64, "times"), numbers(query, np.float64, "query")
    double = getattr(x, "dtype", None) == np.float64 and np.float64 in INTERPOLATE
    dtype: Any = np.float64 if double else np.float32
    kind_of, function = INTERPOLATE[dtype]
    array = numbers(x, dtype, "x")
    found = lib.fsnn_interpolation_find(kind.encode())
    if found < 0:
        known = ", ".join(
            text(lib.fsnn_interpolation_name(i)) for i in range(lib.FSNN_INTERPOLATIONS)
        )
        raise ValueError(f"there is no interpolation {kind!r}: known are {known}")
    if array.ndim < 2 or t.shape != array.shape[:1] or q.ndim != 1:
        raise ValueError(
            f"x is [n, B, ...], times [n], query [q]; they are {list(array.shape)}, "
            f"{list(t.shape)}, {list(q.shape)}"
        )
    out = np.empty((q.size, *array.shape[1:]), dtype)
    width = int(np.prod(array.shape[2:]))
    times_c, query_c = pointer(t, "double *"), pointer(q, "double *")
    sizes = (t.size, times_c, array.shape[1], False, width, pointer(array, kind_of))
    check(function(found, *sizes, q.size, query_c, pointer(out, kind_of)))
    return out


def grid(times: Any, step: float) -> np.ndarray:
    """The solver's times t_0, t_0 + step, ... as far as the last of `times` [n]."""
    t = numbers(times, np.float64, "times")
    at = (t.size, pointer(t, "double *"), 1, False, step, 0.0)
    steps = check(lib.fsnn_interpolate_steps(*at))
    out = np.empty(steps)
    check(lib.fsnn_interpolate_grid(*at, steps, pointer(out, "double *")))
    return out


def _on_grid(net: Net, x: Any) -> Any:
    """Input with the description's time stamps, at the solver's steps."""
    count = ffi.new("int64_t *")
    times = lib.fsnn_description_times(net.description._c, count)
    if not times:
        return x
    stamps = np.frombuffer(ffi.buffer(times, 8 * count[0]), np.float64)
    step = lib.fsnn_description_dynamics(net.description._c).step
    kind = text(lib.fsnn_interpolation_name(lib.fsnn_description_interpolation(net.description._c)))
    x = numbers(x, net.dtype, "x")
    return interpolate(x, stamps, grid(stamps, step), kind)


def _chunks(net: Net, x: Any, chunk: int | None) -> Iterator[Any]:
    if hasattr(x, "__len__") or hasattr(x, "__array__") or hasattr(x, "__dlpack__"):
        whole = np.asarray(_on_grid(net, x))
        length = chunk or max(1, len(whole))
        return (whole[k : k + length] for k in range(0, len(whole), length))
    return iter(x)


def run(net: Net, x: Any, *, chunk: int | None, record: Sequence[str]) -> Run:
    """Net.run."""
    outputs: list[np.ndarray] = []
    records: dict[str, list[np.ndarray]] = {}
    fresh = True
    for piece in _chunks(net, x, chunk):
        if fresh:
            steps, batch = np.shape(piece)[:2]
            net.wrap(steps, batch, record=bool(record))
            names = [node.name for node in net.inspect().nodes if node.neuron]
            fresh = False
        outputs.append(net.forward(piece))
        for name in names if record else ():
            for what in record:
                records.setdefault(f"{name}.{what}", []).append(net.read(name, what))
    if fresh:
        raise ValueError("x has no steps")
    return Run(
        np.concatenate(outputs), {key: np.concatenate(parts) for key, parts in records.items()}
    )
