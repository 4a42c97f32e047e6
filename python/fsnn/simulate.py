"""One neuron, or a few, under a given current, at one or several orders (fsnn/simulate.h)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from . import figures
from ._arrays import Results, number, numbers, pointer
from ._names import mapping_of, near, one_of
from ._plan import HAS_DOUBLE
from ._session import Session
from .currents import Current, Drive, drive_of
from .errors import check
from .running import Watch


POTENTIALS = ("threshold", "v0", "v_reset")  # options that stand on the resting potential
UNITS = {
    "time": ["s", "ms", "us"],
    "potential": ["V", "mV", "uV"],
    "current": ["A", "mA", "uA", "nA", "pA"],
}


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
    units: dict[str, str] = field(default_factory=dict)

    def figure(self) -> figures.Figure:
        """The potentials of the first neurons, and their spikes; of several orders the first."""
        step, several = float(self.t[0]), self.v.ndim > self.current.ndim
        v, spikes = (self.v[0], self.spikes[0]) if several else (self.v, self.spikes)
        title = "potential and spikes"
        return figures.traces(v, spikes, step=step, title=title, units=self.units)

    def _repr_png_(self) -> bytes:
        return self.figure().render()


class What:
    """A fsnn_simulation of a kind of neuron with its options, and what it points at. Where there is
    a resting potential, threshold, v0 and v_reset stand on it: they are written as they are, since
    those of a description are of rest 0."""

    def __init__(
        self,
        neuron: str,
        options: Mapping[str, Any],
        dynamics: Mapping[str, Any] | None,
        alpha: float | Sequence[float] | None,
        steps: int,
        seed: int,
        rest: float = 0.0,
        resistance: float = 1.0,
    ) -> None:
        rest, resistance = number("rest", rest), number("resistance", resistance)
        several = alpha is not None and np.ndim(alpha) > 0
        if alpha is not None and not several:
            dynamics = {**(dynamics or {}), "alpha": alpha}
        moved = {key: options[key] for key in POTENTIALS if key in options} if rest else {}
        options = {key: value for key, value in options.items() if key not in moved}
        precision = {"precision": "double"} if HAS_DOUBLE else {}
        source = {
            "input": [1],
            "layers": [{neuron: {**options, "name": "neuron"}}],
            "dynamics": {"alpha": 1.0, **precision, **(dynamics or {})},
        }
        self._begin(Session(source, {}), None, steps)
        self.c.seed = seed
        if several:
            self._take_orders(alpha)
        self.c.rest, self.c.resistance = rest, resistance
        self._move(moved)

    @classmethod
    def of_layer(cls, session: Session, node: str | None, alpha: Any, steps: int) -> What:
        """A neuron of a network's layer, as it is now."""
        what = cls.__new__(cls)
        what._begin(session, node, steps)
        if alpha is not None:
            what._take_orders([alpha] if np.ndim(alpha) == 0 else alpha)
            what.several = np.ndim(alpha) > 0
        return what

    def _begin(self, session: Session, node: str | None, steps: int) -> None:
        if not hasattr(steps, "__index__") or steps < 1:
            raise ValueError(f"steps is {steps!r}: it is a whole number from 1 on")
        self.session, self.watch, self.several = session, Watch(), False
        self.c = ffi.new("fsnn_simulation *")
        name = ffi.NULL if node is None else ffi.new("char []", str(node).encode())
        check(lib.fsnn_session_simulation(session.c, name, self.c))
        self.c.steps = steps
        self._handle = ffi.new_handle(self.watch)
        self.c.progress, self.c.user = lib.fsnn_py_step, self._handle

    def _take_orders(self, alpha: Any) -> None:
        self.alpha, self.several = orders_of(alpha), True
        self.c.alpha, self.c.alphas = pointer(self.alpha, "double *"), self.alpha.size

    def _move(self, moved: Mapping[str, Any]) -> None:
        if not self.c.rest:
            return
        neuron = ffi.cast("fsnn_neuron *", self.c.options)
        neuron.v0 = number("v0", moved.get("v0", self.c.rest))
        neuron.v_reset.value = number("v_reset", moved.get("v_reset", self.c.rest))
        if "threshold" in moved:
            neuron.threshold.value = number("threshold", moved["threshold"])

    def drive(self, current: Current) -> None:
        """Takes the current, which lives as long as this."""
        self.current = current.write(self.c.current)

    def run(self, status: int) -> None:
        self.watch.ended()
        check(status)


def orders_of(alpha: Any) -> np.ndarray:
    orders = numbers(alpha, np.float64, "alpha")
    if orders.ndim != 1 or not orders.size:
        raise ValueError(f"alpha is a list of orders, and this is {alpha!r}")
    return orders


def current_of(current: Drive, steps: int | None) -> tuple[Current, int]:
    """A current by its kind and the steps of a run: of an array, those that it has."""
    if isinstance(current, (int, float)):
        current = Current.constant(current)
    if not isinstance(current, Current):
        drive = drive_of(current)
        return Current.samples(drive), len(drive) if steps is None else steps
    if steps is None:
        raise TypeError("a current that is no array has no length: give steps")
    return current, steps


def units_of(units: Mapping[str, str] | None) -> dict[str, str]:
    named = mapping_of("units", units or {}, '{"time": "ms"}')
    for quantity, unit in named.items():
        if quantity not in UNITS:
            known = ", ".join(UNITS)
            raise ValueError(
                f"units has {quantity!r}: there are units of {known}{near(quantity, UNITS)}"
            )
        one_of(f"the unit of {quantity}", unit, UNITS[quantity])
    return dict(named)


def _failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    ffi.from_handle(trace.tb_frame.f_locals["user"]).raised = value
    return 1


@ffi.def_extern(onerror=_failed)
def fsnn_py_step(order: int, done: int, user: Any) -> int:
    """Signals are looked at here."""
    return 0


def simulate(
    current: Drive,
    neuron: str = "lif",
    *,
    steps: int | None = None,
    neurons: int | None = None,
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Simulation:
    """Runs neurons of a kind under `current`: an array [K] (one neuron) or [K, N], a row a step; or
    a number or a `Current`, for `steps` steps of `neurons` neurons (1, or as many as it has
    columns).

    `options` are those of the kind (tau, threshold, reset, ...; of "user" also dv="(-v + I)/tau");
    `dynamics` those of the section dynamics (alpha, method, step, memory, ...), alpha = 1 and
    double precision by default. `alpha`: the order, or several, a run each. `seed` of noise. Step
    and tau are in one unit.

    Of if and lif, `rest` and `resistance` are those of tau D^alpha v = -(v - rest) + resistance I:
    threshold, v0 and v_reset (both `rest` by default) are then potentials like it, and may be
    negative. `units`, {"time": "ms", "potential": "mV", "current": "nA"}, name what numbers count
    in; figures say them. Raises as `Net`.
    """
    named = units_of(units)
    drive, count = current_of(current, steps)
    what = What(neuron, options, dynamics, alpha, count, seed, rest, resistance)
    return _run(what, current, drive, neurons, named)


def simulate_layer(
    session: Session,
    node: str | None,
    current: Drive,
    *,
    steps: int | None,
    neurons: int | None,
    alpha: float | Sequence[float] | None,
    seed: int | None,
    precision: str,
    units: Mapping[str, str] | None,
) -> Simulation:
    """Net.simulate."""
    named = units_of(units)
    drive, count = current_of(current, steps)
    one_of("precision", precision, ("double", "single"))
    what = What.of_layer(session, node, alpha, count)
    if seed is not None:
        what.c.seed = seed
    if precision == "single":
        what.c.dynamics.precision = lib.FSNN_PRECISION_SINGLE
    elif HAS_DOUBLE:
        what.c.dynamics.precision = lib.FSNN_PRECISION_DOUBLE
    return _run(what, current, drive, neurons, named)


def _run(
    what: What, current: Drive, drive: Current, neurons: int | None, units: dict[str, str]
) -> Simulation:
    """`drive` is `current` by its kind."""
    axes = 0 if isinstance(current, (int, float, Current)) else np.ndim(current)
    several = neurons is not None or drive.columns > 1 or axes > 1
    result, count = Results(), what.c.steps
    what.c.neurons = drive.columns if neurons is None else neurons
    what.drive(drive)
    what.run(lib.fsnn_simulate(what.c, result.c))
    shape = (count, what.c.neurons) if several else (count,)
    return _simulation(result.taken(), shape, what.several, units)


def _simulation(
    found: dict[str, np.ndarray], run: tuple[int, ...], several: bool, units: dict[str, str]
) -> Simulation:
    shape = (len(found["alpha"]), *run) if several else run
    shaped = {name: array.reshape(shape) for name, array in found.items() if array.ndim == 3}
    states = {
        name.partition(".")[2]: array for name, array in shaped.items() if name[:6] == "state."
    }
    return Simulation(
        found["t"],
        found["current"].reshape(run),
        shaped["v"],
        shaped["spikes"],
        states,
        found["alpha"],
        shaped.get("test"),
        shaped.get("threshold"),
        units,
    )
