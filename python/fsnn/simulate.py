"""One neuron, or a few, under a given current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import figures
from ._arrays import numbers
from .net import Net


@dataclass(frozen=True)
class Simulation:
    """t [K] the times after each step; v and spikes (and `states` beside v) like the current."""

    t: np.ndarray
    current: np.ndarray
    v: np.ndarray
    spikes: np.ndarray
    states: dict[str, np.ndarray]

    def figure(self) -> figures.Figure:
        """The potentials of the first neurons, and their spikes."""
        step = float(self.t[0])
        return figures.traces(self.v, self.spikes, step=step, title="potential and spikes")

    def _repr_png_(self) -> bytes:
        return self.figure().render()


def simulate(
    current: Any, neuron: str = "lif", *, dynamics: dict[str, Any] | None = None, **options: Any
) -> Simulation:
    """Runs neurons of a kind under `current` [K] (one neuron) or [K, N].

    `options` are those of the kind (tau, threshold, reset, ...; of "user" also dv="(-v + I)/tau");
    `dynamics` those of the section dynamics (alpha, method, step, memory, ...), alpha = 1 by
    default. Step and tau are in one unit. Raises as `Net`.
    """
    dynamics = {"alpha": 1.0, **(dynamics or {})}
    drive = numbers(current, np.float32, "current")
    if drive.ndim not in (1, 2) or not drive.size:
        raise ValueError(f"current must be [K] or [K, N], and has the shape {list(drive.shape)}")
    rows = drive.reshape(len(drive), 1, -1)
    net = Net(
        input=[rows.shape[2]], layers=[{neuron: {**options, "name": "neuron"}}], dynamics=dynamics
    )
    net.wrap(len(rows), 1, record=True)
    net.forward(rows)
    read = {what: net.read("neuron", what).reshape(drive.shape) for what in ("v", "spikes")}
    states = {
        name: net.read("neuron", name).reshape(drive.shape) for name in net.states("neuron")[1:]
    }
    step = float(dynamics.get("step", 1.0))
    return Simulation(step * np.arange(1, len(rows) + 1), drive, read["v"], read["spikes"], states)
