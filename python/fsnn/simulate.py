"""One neuron, or a few, under a given current, at one or several orders (fsnn/simulate.h)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import Results, numbers, pointer, view
from ._plan import HAS_DOUBLE
from ._session import Session
from .errors import check, text
from .running import Watch


@dataclass(frozen=True)
class Simulation:
    """t [K] the times after each step; v and spikes (and `states` beside v, and what the spike
    tests compared, `test` with `threshold`; None of a readout) like the current, [K] or [K, N];
    with a list of orders `alpha` [A] before these, [A, K] or [A, K, N]."""

    t: np.ndarray
    current: np.ndarray
    v: np.ndarray
    spikes: np.ndarray
    states: dict[str, np.ndarray]
    alpha: np.ndarray
    test: np.ndarray | None
    threshold: np.ndarray | None

    def figure(self) -> figures.Figure:
        """The potentials of the first neurons, and their spikes; of several orders the first."""
        step, several = float(self.t[0]), self.v.ndim > self.current.ndim
        v, spikes = (self.v[0], self.spikes[0]) if several else (self.v, self.spikes)
        return figures.traces(v, spikes, step=step, title="potential and spikes")

    def _repr_png_(self) -> bytes:
        return self.figure().render()


@dataclass(frozen=True)
class Table:
    """Columns by name, "current", "alpha 0.8"; `units` are "time", "1/time", "current", or ""."""

    columns: dict[str, np.ndarray]
    units: dict[str, str]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __str__(self) -> str:
        widths = [max(12, len(name)) for name in self.columns]
        lines = ["  ".join(f"{name:>{w}}" for name, w in zip(self.columns, widths))]
        for row in zip(*self.columns.values()):
            lines.append("  ".join(f"{value:>{w}.6g}" for value, w in zip(row, widths)))
        return "\n".join(lines)


class _What:
    """A fsnn_simulation of a kind of neuron with its options, and what it points at."""

    def __init__(
        self,
        neuron: str,
        options: Mapping[str, Any],
        dynamics: Mapping[str, Any] | None,
        alpha: Sequence[float] | None,
        steps: int,
        seed: int,
    ) -> None:
        precision = {"precision": "double"} if HAS_DOUBLE else {}
        source = {
            "input": [1],
            "layers": [{neuron: {**options, "name": "neuron"}}],
            "dynamics": {"alpha": 1.0, **precision, **(dynamics or {})},
        }
        self.session, self.watch = Session(source, {}), Watch()
        self.c = ffi.new("fsnn_simulation *")
        check(lib.fsnn_session_simulation(self.session.c, ffi.NULL, self.c))
        self.c.steps, self.c.seed = steps, seed
        if alpha is not None:
            self.alpha = numbers(alpha, np.float64, "alpha")
            if self.alpha.ndim != 1 or not self.alpha.size:
                raise ValueError(f"alpha is a list of orders, and this is {alpha!r}")
            self.c.alpha, self.c.alphas = pointer(self.alpha, "double *"), self.alpha.size
        self._handle = ffi.new_handle(self.watch)
        self.c.progress, self.c.user = lib.fsnn_py_step, self._handle

    def run(self, status: int) -> None:
        self.watch.ended()
        check(status)


def _failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return 1


@ffi.def_extern(onerror=_failed)
def fsnn_py_step(order: int, done: int, user: Any) -> int:
    """Signals are looked at here."""
    return 0


def simulate(
    current: Any,
    neuron: str = "lif",
    *,
    alpha: Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    **options: Any,
) -> Simulation:
    """Runs neurons of a kind under `current` [K] (one neuron) or [K, N], a row a step.

    `options` are those of the kind (tau, threshold, reset, ...; of "user" also dv="(-v + I)/tau");
    `dynamics` those of the section dynamics (alpha, method, step, memory, ...), alpha = 1 and
    double precision by default. `alpha`: several orders, a run each. `seed` of noise. Step and tau
    are in one unit. Raises as `Net`.
    """
    drive = numbers(current, np.float64, "current")
    if drive.ndim not in (1, 2) or not drive.size:
        raise ValueError(f"current must be [K] or [K, N], and has the shape {list(drive.shape)}")
    what, result = _What(neuron, options, dynamics, alpha, len(drive), seed), Results()
    what.c.neurons = drive.size // len(drive)
    _samples(what.c.current, drive)
    what.run(lib.fsnn_simulate(what.c, result.c))
    return _simulation(result.taken(), drive, alpha is not None)


def _samples(current: Any, drive: np.ndarray) -> None:
    current.kind, current.sample = lib.FSNN_CURRENT_SAMPLES, pointer(drive, "double *")
    current.count, current.neurons = len(drive), drive.size // len(drive)


def _simulation(found: dict[str, np.ndarray], drive: np.ndarray, several: bool) -> Simulation:
    lead = len(found["alpha"]) if several else None
    shape = drive.shape if lead is None else (lead, *drive.shape)
    shaped = {name: array.reshape(shape) for name, array in found.items() if array.ndim == 3}
    states = {
        name.partition(".")[2]: array for name, array in shaped.items() if name[:6] == "state."
    }
    return Simulation(
        found["t"],
        found["current"].reshape(drive.shape),
        shaped["v"],
        shaped["spikes"],
        states,
        found["alpha"],
        shaped.get("test"),
        shaped.get("threshold"),
    )


# ---- tables


def _spiking(neuron: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tables are of spikes that are events of their own: if and lif jump unless told otherwise."""
    return {"reset": "jump", **options} if neuron in ("if", "lif") else options


def _table(c: Any) -> Table:
    """Takes a fsnn_table over, and frees it."""
    try:
        cells = (
            view(c.cell, (c.rows, c.columns), np.float64, None).copy()
            if c.rows
            else np.zeros((0, c.columns))
        )
        names = [text(c.name[i]) for i in range(c.columns)]
        return Table(
            {name: cells[:, i] for i, name in enumerate(names)},
            {name: text(c.unit[i]) for i, name in enumerate(names)},
        )
    finally:
        lib.fsnn_table_free(c)


def firing_rates(
    currents: Any,
    steps: int,
    neuron: str = "lif",
    *,
    alpha: Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    **options: Any,
) -> Table:
    """Spikes per time over `steps` steps under each constant current, for every order, beside the
    exact rate at alpha = 1 where it is known. Arguments as of `simulate`, but that the reset of if
    and lif is jump by default. ValueError of resets under which spikes are no events of their own
    (current, none)."""
    levels = numbers(currents, np.float64, "currents").ravel()
    what, table = (
        _What(neuron, _spiking(neuron, options), dynamics, alpha, steps, seed),
        ffi.new("fsnn_table *"),
    )
    values = pointer(levels, "double *")
    what.run(lib.fsnn_simulate_rates(what.c, values, levels.size, table))
    return _table(table)


def first_spikes(
    currents: Any,
    neuron: str = "lif",
    *,
    alpha: Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    **options: Any,
) -> Table:
    """When if or lif at rest spikes first under each constant current, for every order, beside the
    exact time; NaN: never, or after more than 200,000 steps. Where the dynamics say no step it
    follows the time. Arguments as of `simulate`."""
    levels = numbers(currents, np.float64, "currents").ravel()
    what, table = (
        _What(neuron, _spiking(neuron, options), dynamics, alpha, 1, 0),
        ffi.new("fsnn_table *"),
    )
    if "step" not in (dynamics or {}):
        what.c.dynamics.step = 0
    values = pointer(levels, "double *")
    what.run(lib.fsnn_simulate_latency(what.c, values, levels.size, table))
    return _table(table)


def spike_intervals(
    current: float,
    steps: int,
    neuron: str = "lif",
    *,
    alpha: Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    **options: Any,
) -> Table:
    """The spikes of a neuron under a constant current, their times and the intervals before them,
    order by order; beside the exact ones of if with reset jump. Arguments as of `simulate`."""
    what, table = (
        _What(neuron, _spiking(neuron, options), dynamics, alpha, steps, seed),
        ffi.new("fsnn_table *"),
    )
    what.c.current.kind, what.c.current.p[0] = lib.FSNN_CURRENT_CONSTANT, current
    what.run(lib.fsnn_simulate_intervals(what.c, table))
    return _table(table)
