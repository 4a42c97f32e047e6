"""One neuron, or a few, under a given current, at one or several orders (fsnn/simulate.h)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import Results, numbers, pointer
from ._plan import HAS_DOUBLE
from ._session import Session
from .errors import check
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


class What:
    """A fsnn_simulation of a kind of neuron with its options, and what it points at."""

    def __init__(
        self,
        neuron: str,
        options: Mapping[str, Any],
        dynamics: Mapping[str, Any] | None,
        alpha: float | Sequence[float] | None,
        steps: int,
        seed: int,
    ) -> None:
        self.several = alpha is not None and np.ndim(alpha) > 0
        if alpha is not None and not self.several:
            dynamics = {**(dynamics or {}), "alpha": alpha}
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
        if self.several:
            self.alpha = orders_of(alpha)
            self.c.alpha, self.c.alphas = pointer(self.alpha, "double *"), self.alpha.size
        self._handle = ffi.new_handle(self.watch)
        self.c.progress, self.c.user = lib.fsnn_py_step, self._handle

    def run(self, status: int) -> None:
        self.watch.ended()
        check(status)


def orders_of(alpha: Any) -> np.ndarray:
    orders = numbers(alpha, np.float64, "alpha")
    if orders.ndim != 1 or not orders.size:
        raise ValueError(f"alpha is a list of orders, and this is {alpha!r}")
    return orders


def drive_of(current: Any) -> np.ndarray:
    """A current [K] or [K, N]."""
    drive = numbers(current, np.float64, "current")
    if drive.ndim not in (1, 2) or not drive.size:
        raise ValueError(f"current must be [K] or [K, N], and has the shape {list(drive.shape)}")
    return drive


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
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    **options: Any,
) -> Simulation:
    """Runs neurons of a kind under `current` [K] (one neuron) or [K, N], a row a step.

    `options` are those of the kind (tau, threshold, reset, ...; of "user" also dv="(-v + I)/tau");
    `dynamics` those of the section dynamics (alpha, method, step, memory, ...), alpha = 1 and
    double precision by default. `alpha`: the order, or several, a run each. `seed` of noise. Step and tau
    are in one unit. Raises as `Net`.
    """
    drive = drive_of(current)
    what, result = What(neuron, options, dynamics, alpha, len(drive), seed), Results()
    what.c.neurons = drive.size // len(drive)
    samples_of(what.c.current, drive)
    what.run(lib.fsnn_simulate(what.c, result.c))
    return _simulation(result.taken(), drive, what.several)


def samples_of(current: Any, drive: np.ndarray) -> None:
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
