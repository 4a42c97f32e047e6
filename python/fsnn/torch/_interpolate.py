"""Interpolation of samples in torch, differentiable in the samples and in the time: the kinds of
fsnn/interpolate.h, with its formulas."""

from __future__ import annotations

from typing import Any

import torch

from .._names import missing

KINDS = ("linear", "nearest", "hold", "cubic", "akima")


def interpolate(x: torch.Tensor, x_time: Any, t: Any, method: str = "linear") -> torch.Tensor:
    """Samples x [T, B, ...] at the times `x_time` ([T], or each sample's own, [B, T] or [T, B]) ->
    [B, ...] at the time `t`, one number or [B].

    `method`: linear, nearest, hold, cubic, akima. Before the first sample and after the last it is
    that sample. Gradients go through x and t. Raises ValueError.
    """
    return Curve(x, x_time, method)(t)


class Curve:
    """The curve through samples x [T, B, ...], for any number of times."""

    def __init__(self, x: torch.Tensor, x_time: Any, method: str) -> None:
        if method not in KINDS:
            raise missing("interpolation", method, KINDS)
        if x.dim() < 2:
            raise ValueError(f"x has the shape {list(x.shape)}; it is [T, B, ...]")
        self.x, self.method = x, method
        self.times = _stamps(x, x_time)
        self.n, self.B = x.shape[:2]
        slopes = {"cubic": _parabolas, "akima": _akima}.get(method)
        self.tangents = slopes(self) if slopes and self.n > 2 else None

    def wide(self, values: torch.Tensor) -> torch.Tensor:
        """[..., B] -> [..., B, 1, ...], to go with samples."""
        return values.reshape(*values.shape, *[1] * (self.x.dim() - 2)).to(self.x.dtype)

    def slopes(self) -> torch.Tensor:
        """[T - 1, B, ...]"""
        return self.x.diff(dim=0) / self.wide(self.times.diff(dim=0))

    def __call__(self, t: Any) -> torch.Tensor:
        t = torch.as_tensor(t, dtype=torch.float64)
        if t.shape not in ((), (self.B,)):
            raise ValueError(f"t has the shape {list(t.shape)}; it is one number or [{self.B}]")
        t = torch.minimum(torch.maximum(t.expand(self.B), self.times[0]), self.times[-1])
        if self.n == 1:
            return self.x[0]
        found = torch.searchsorted(self.times.T.contiguous(), t.detach()[:, None], right=True)
        i = (found[:, 0] - 1).clamp(0, self.n - 2)
        b = torch.arange(self.B)
        start, H = self.times[i, b], self.times[i + 1, b] - self.times[i, b]
        u = (t - start) / H
        if self.method == "nearest":
            return self.x[i + (u > 0.5), b]
        if self.method == "hold":
            return self.x[i + (u >= 1), b]
        u, H = self.wide(u), self.wide(H)
        v, before, after = 1 - u, self.x[i, b], self.x[i + 1, b]
        if self.tangents is None:
            return v * before + u * after
        curved = u * v * H * (v * self.tangents[i, b] - u * self.tangents[i + 1, b])
        return (1 + 2 * u) * v * v * before + u * u * (1 + 2 * v) * after + curved


def _stamps(x: torch.Tensor, x_time: Any) -> torch.Tensor:
    """[T, B] in double precision, increasing."""
    T, B = x.shape[:2]
    times = torch.as_tensor(x_time, dtype=torch.float64).detach()
    if times.shape == (T,):
        times = times[:, None].expand(T, B)
    elif times.shape == (B, T):
        times = times.T
    elif times.shape != (T, B):
        raise ValueError(
            f"x_time has the shape {list(times.shape)}; of x {list(x.shape)} it is [{T}] or "
            f"[{B}, {T}]"
        )
    if not bool((times.diff(dim=0) > 0).all()):
        raise ValueError("x_time must increase from sample to sample")
    return times


def _parabolas(curve: Curve) -> torch.Tensor:
    """Slopes of the parabola through each sample and its neighbours, at the ends through the
    outermost three (P. J. Barry, R. N. Goldman 1988)."""
    d, H = curve.slopes(), curve.wide(curve.times.diff(dim=0))
    bend = d.diff(dim=0) / (H[1:] + H[:-1])
    inner = d[:-1] + H[:-1] * bend
    return torch.cat([d[:1] - H[:1] * bend[:1], inner, d[-1:] + H[-1:] * bend[-1:]])


def _akima(curve: Curve) -> torch.Tensor:
    """Tangents of H. Akima (1970), the ends continued as in the paper."""
    m = curve.slopes()
    before, after = 2 * m[0] - m[1], 2 * m[-1] - m[-2]
    ends = 2 * before - m[0], 2 * after - m[-1]
    m = torch.cat([ends[0][None], before[None], m, after[None], ends[1][None]])
    change = m.diff(dim=0).abs()
    b, a = change[:-2], change[2:]
    whole = a + b
    bends = whole > 1e-9 * whole.amax(dim=0)
    safe = torch.where(bends, whole, torch.ones_like(whole))
    return torch.where(bends, (a * m[1:-2] + b * m[2:-1]) / safe, (m[:-3] + m[3:]) / 2)
