"""The times of samples, and the solver's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from .._names import missing
from ..running import interpolate as sampled
from ._context import StartsEmpty, not_compiled, say_once
from ._interpolate import KINDS, Curve


class Times:
    """T samples at x_time [T] and the grid of the solver: `substeps` steps from sample to sample,
    or, where the times are not uniform, as many steps over the whole."""

    @not_compiled
    def __init__(self, T: int, x_time: Any, substeps: int, kind: str, alone: float = 1.0) -> None:
        """`alone`: the step of a single sample, which has no spacing."""
        if kind not in KINDS:
            raise missing("interpolation", kind, KINDS)
        self.grid: np.ndarray | None = None
        self.kind, self.step = kind, (alone if T == 1 else 1.0) / substeps
        if T == 1 or (x_time is None and substeps == 1):
            return
        stamps = _stamps(T, x_time)
        spacing = (stamps[-1] - stamps[0]) / (T - 1)
        even = stamps[0] + spacing * np.arange(T)
        # float32 stamps are uniform but for their rounding
        uniform = bool((np.abs(stamps - even) <= 1e-3 * spacing).all())
        self.step = float(spacing) / substeps
        self.stamps = even if uniform else stamps
        if not uniform or substeps > 1:
            self.grid = stamps[0] + self.step * np.arange((T - 1) * substeps + 1)

    @not_compiled
    def on_grid(self, x: torch.Tensor) -> torch.Tensor:
        """x [T, B, ...] at the solver's times."""
        if self.grid is None:
            return x
        if self.kind == "akima" and x.requires_grad and torch.is_grad_enabled():
            curve = Curve(x, self.stamps, self.kind)
            return torch.stack([curve(float(t)) for t in self.grid])
        if self.kind == "akima":  # not linear in x
            return torch.from_numpy(sampled(x.detach().numpy(), self.stamps, self.grid, self.kind))
        return torch.einsum("qn,n...->q...", self.weights().to(x.dtype), x)

    def weights(self) -> torch.Tensor:
        """[q, n]: what is linear in x, as a matrix; rows add up to 1."""
        assert self.grid is not None
        eye = np.eye(len(self.stamps))[:, None, :]
        return torch.from_numpy(sampled(eye, self.stamps, self.grid, self.kind)[:, 0, :])


class Latest(StartsEmpty):
    """The Times of the latest call, which most calls have again: what reads the stamps costs more
    than many a layer, since the caches hold its code no longer when a layer has run."""

    def __init__(self) -> None:
        self._latest: tuple[Any, torch.Tensor | None, Times] | None = None

    @not_compiled
    def of(self, T: int, x_time: Any, substeps: int, kind: str, alone: float) -> Times:
        """As Times(...); a tensor of times is compared number by number."""
        how, latest = (T, substeps, kind, alone), self._latest
        if latest is not None and latest[0] == how and _same(x_time, latest[1]):
            return latest[2]
        times = Times(T, x_time, substeps, kind, alone)
        if x_time is None or isinstance(x_time, torch.Tensor):
            seen = None if x_time is None else x_time.detach().clone()
            self._latest = (how, seen, times)
        return times


def _same(x_time: Any, seen: torch.Tensor | None) -> bool:
    if x_time is None or seen is None:
        return x_time is seen
    alike = isinstance(x_time, torch.Tensor) and x_time.dtype == seen.dtype
    return alike and x_time.device == seen.device and torch.equal(x_time, seen)


def _stamps(T: int, x_time: Any) -> np.ndarray:
    """x_time [T] in double precision, increasing; without it 0, 1, 2, ..."""
    if x_time is None:
        return np.arange(float(T))
    if getattr(x_time, "requires_grad", False):
        say_once("x_time gets no gradient: nothing is differentiated by the times of samples")
    try:
        given = torch.as_tensor(x_time, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"x_time is a {type(x_time).__name__}: it is a tensor or list of times [T]"
        ) from None
    stamps = np.asarray(given)
    if stamps.ndim != 1:
        raise ValueError(
            f"x_time has the shape {list(stamps.shape)}: all samples share its times [T]"
        )
    if stamps.size > T:
        say_once(f"x has {T} steps, and x_time {stamps.size} times: the first {T} are taken")
        stamps = stamps[:T]
    if stamps.shape != (T,):
        raise ValueError(f"x has {T} steps, and x_time {stamps.size} times")
    if not np.isfinite(stamps).all():
        k = int(np.argmin(np.isfinite(stamps)))
        raise ValueError(f"x_time must be finite: time {k} is {stamps[k]}")
    gaps = np.diff(stamps) > 0
    if not gaps.all():
        k = int(np.argmin(gaps)) + 1
        raise ValueError(f"x_time must increase: time {k} is {stamps[k]}, after {stamps[k - 1]}")
    return stamps
