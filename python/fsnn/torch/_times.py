"""The times of samples, and the solver's grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..running import interpolate
from ._context import not_compiled


class Times:
    """T samples at x_time [T] and the grid of the solver: `substeps` steps from sample to sample,
    or, where the times are not uniform, as many steps over the whole."""

    @not_compiled
    def __init__(self, T: int, x_time: Any, substeps: int, kind: str) -> None:
        if x_time is None:
            stamps = np.arange(float(T))
        else:
            stamps = np.asarray(torch.as_tensor(x_time).detach().cpu().to(torch.float64)).reshape(
                -1
            )
        if stamps.shape != (T,):
            raise ValueError(f"x has {T} steps, and x_time {stamps.size} times")
        if T > 1 and not (np.diff(stamps) > 0).all():
            k = int(np.argmin(np.diff(stamps) > 0)) + 1
            raise ValueError(
                f"x_time must increase: time {k} is {stamps[k]}, after {stamps[k - 1]}"
            )
        spacing = (stamps[-1] - stamps[0]) / (T - 1) if T > 1 else 1.0
        # float32 stamps are uniform but for their rounding
        uniform = np.allclose(
            stamps, stamps[0] + spacing * np.arange(T), rtol=0, atol=1e-3 * spacing
        )
        self.step, self.kind = float(spacing) / substeps, kind
        self.stamps = stamps[0] + spacing * np.arange(T) if uniform else stamps
        self.grid = (
            None
            if uniform and substeps == 1
            else stamps[0] + self.step * np.arange((T - 1) * substeps + 1)
        )

    @not_compiled
    def on_grid(self, x: torch.Tensor) -> torch.Tensor:
        """x [T, B, ...] at the solver's times."""
        if self.grid is None:
            return x
        if self.kind == "akima":
            if x.requires_grad or x.dtype != torch.float32:
                raise NotImplementedError(
                    "akima is not linear in x: it has no gradient, and float32 only; take cubic "
                    "or linear"
                )
            return torch.from_numpy(interpolate(x.numpy(), self.stamps, self.grid, self.kind))
        return torch.einsum("qn,n...->q...", self.weights().to(x.dtype), x)

    def weights(self) -> torch.Tensor:
        """[q, n]: what is linear in x, as a matrix; rows add up to 1."""
        assert self.grid is not None
        eye = np.eye(len(self.stamps))[:, None, :]
        return torch.from_numpy(interpolate(eye, self.stamps, self.grid, self.kind)[:, 0, :])
