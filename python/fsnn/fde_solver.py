"""The solver of fractional differential equations as an object (fsnn/fde_solver.h)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import numbers, pointer
from ._names import missing
from .errors import check
from .fde import Call, Order, equation, failed, like, newton

_STEPS = {
    "fixed": lib.FSNN_FDE_FIXED,
    "estimated": lib.FSNN_FDE_ESTIMATED,
    "controlled": lib.FSNN_FDE_CONTROLLED,
}


@dataclass(frozen=True)
class Event:
    """An event where g(t, y) passes 0; `direction` > 0: it rises, < 0: it falls, 0: either.
    `terminal`: `FdeSolver.step_to` stops there."""

    g: Callable[..., float]
    direction: int = 0
    terminal: bool = False

    def __post_init__(self) -> None:
        if not callable(self.g):
            raise TypeError(f"g is {self.g!r}: it is a function g(t, y)")


@dataclass(frozen=True)
class Hit:
    """An event that was found: its number, its time, and y there, before any change."""

    event: int
    t: float
    y: Any


@dataclass(frozen=True)
class Gradient:
    """Derivatives of a function of the states by the initial values y0 [n] and velocity [n], and by
    the parameters [P] (numbers where y0 was one)."""

    y0: Any
    velocity: Any
    parameters: np.ndarray


class _Function:
    """A function with the state of the calls; what `user` points at."""

    def __init__(self, call: Call, function: Callable) -> None:
        self.call, self.function = call, function

    @property
    def raised(self) -> BaseException | None:
        return self.call.raised

    @raised.setter
    def raised(self, value: BaseException) -> None:
        self.call.raised = value


@ffi.def_extern(onerror=failed)
def fsnn_py_event(t: float, y: Any, value: Any, n: int, user: Any) -> int:
    event = ffi.from_handle(user)
    value[0] = event.call.value(event.function, t, y, n)
    return 0


@ffi.def_extern(onerror=failed)
def fsnn_py_parameter_jacobian(t: float, y: Any, P: Any, n: int, count: int, user: Any) -> int:
    call = ffi.from_handle(user)
    result = np.asarray(call.value(call.parameter_jacobian, t, y, n), dtype=np.float64)
    if result.size != n * count:
        raise ValueError(
            f"parameter_jacobian gave an array of shape {result.shape}, expected {(n, count)}"
        )
    np.frombuffer(ffi.buffer(P, 8 * n * count), np.float64)[:] = result.ravel()
    return 0


class FdeSolver:
    """Solves sum_m C_m D^alpha_m y = f(t, y), y(t0) = y0, Caputo, 0 < alpha <= 2, on demand.

        solver = fsnn.FdeSolver(lambda t, y: -y, 1.0, 0.5, step=0.01)
        solver.step_to(1.0)
        solver.state(), solver.state(0.3)

    f, y0, alpha, step, method, implicit, jacobian, velocity and tolerance are those of `fde_solve`;
    f is never called beyond the time that was asked for. `steps`: "fixed", of length `step`;
    "estimated", with an estimate of the error of each; "controlled", as long as the error that a
    step adds to component i stays below rtol |y_i| + atol_i (both for methods abm and trap).
    `events`: functions g(t, y), or `Event`; of a function its attributes `direction` and
    `terminal` count. With `parameters` [P], all functions get them as a third argument,
    `f(t, y, p)`, and `gradient` has the derivatives by them; `parameter_jacobian(t, y, p)` [n, P]
    spares it the differences. `history=False` forgets states that are more than a step old.

    What a function raises comes out of the call; StopIteration ends `step_to` early. Raises as
    `fde_solve`.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        y0: Any,
        alpha: Order | None = None,
        *,
        step: float,
        t0: float = 0.0,
        method: str = "gl",
        implicit: bool = False,
        jacobian: Callable[..., Any] | None = None,
        velocity: Any = None,
        steps: str = "fixed",
        rtol: float = 1e-6,
        atol: Any = 1e-9,
        step_least: float = 0.0,
        step_most: float = float("inf"),
        events: Sequence[Event | Callable[..., float]] = (),
        parameters: Any = None,
        parameter_jacobian: Callable[..., Any] | None = None,
        history: bool = True,
        tolerance: float = 0.0,
        window: int = 16,
        horizon: int = 0,
        newton_rtol: float = 1e-12,
        newton_atol: Any = 0.0,
    ) -> None:
        start = numbers(y0, np.float64, "y0")
        self._scalar, y0 = start.ndim == 0, np.ascontiguousarray(np.atleast_1d(start))
        if y0.ndim != 1:
            raise ValueError(f"y0 must be [n], and its shape is {start.shape}")
        self._shape = y0.shape
        given = () if parameters is None else parameters
        self._parameters = np.array(numbers(given, np.float64, "parameters")).reshape(-1)
        more = () if parameters is None else (self._parameters,)
        self._call = Call(f, jacobian, self._scalar, more)
        self._call.parameter_jacobian = parameter_jacobian
        fde, self._keep = equation(self._call, y0, alpha, step, method, implicit, velocity)
        fde.t0 = t0
        newton(fde, self._keep, y0, newton_rtol, newton_atol)
        if tolerance:
            fde.memory, fde.tolerance, fde.window = lib.FSNN_FDE_EXPONENTIALS, tolerance, window
        plan = self._plan(steps, rtol, atol, step_least, step_most, history, horizon)
        self._events(plan, events)
        made = ffi.new("fsnn_fde_solver **")
        check(lib.fsnn_fde_solver_create(fde, plan, pointer(y0, "double *"), made))
        self._c = ffi.gc(made[0], lib.fsnn_fde_solver_destroy)

    def _plan(
        self,
        steps: str,
        rtol: float,
        atol: Any,
        least: float,
        most: float,
        history: bool,
        horizon: int,
    ) -> Any:
        if steps not in _STEPS:
            raise missing("kind of steps", steps, _STEPS)
        plan = ffi.new("fsnn_fde_plan *", lib.fsnn_fde_plan_default())
        plan.steps, plan.history, plan.horizon = _STEPS[steps], history, horizon
        plan.rtol, plan.step_least, plan.step_most = rtol, least, most
        self._atol = np.ascontiguousarray(np.broadcast_to(atol, self._shape), dtype=np.float64)
        plan.atols = pointer(self._atol, "double *")
        if self._parameters.size:
            plan.parameter = pointer(self._parameters, "double *")
            plan.parameters = self._parameters.size
        if self._call.parameter_jacobian is not None:
            plan.parameter_jacobian = lib.fsnn_py_parameter_jacobian
        return plan

    def _events(self, plan: Any, events: Sequence[Event | Callable[..., float]]) -> None:
        array = ffi.new("fsnn_fde_event []", max(len(events), 1))
        for place, event in zip(array, events):
            g = event.g if isinstance(event, Event) else event
            handle = ffi.new_handle(_Function(self._call, g))
            self._keep.append(handle)
            place.g, place.user = lib.fsnn_py_event, handle
            place.direction = int(getattr(event, "direction", 0))
            place.terminal = bool(getattr(event, "terminal", False))
        self._keep.append(array)
        plan.event, plan.events = array, len(events)

    def _done(self, status: int) -> None:
        raised, self._call.raised = self._call.raised, None
        if isinstance(raised, StopIteration):
            return
        if raised is not None:
            raise raised
        check(status)

    def _out(self, y: np.ndarray) -> Any:
        return y[0] if self._scalar else y

    @property
    def t(self) -> float:
        """The present time: of the last step, or of the terminal event that stopped it."""
        return lib.fsnn_fde_solver_time(self._c)

    def step_to(self, t: float) -> int | None:
        """Makes the steps that end by t; the number of a terminal event that stopped them."""
        event = ffi.new("int64_t *", -1)
        self._done(lib.fsnn_fde_solver_step_to(self._c, t, event))
        return event[0] if event[0] >= 0 else None

    def state(self, t: float | None = None) -> Any:
        """y [n] at the present time, or at any time up to where it was solved."""
        y = np.empty(self._shape)
        when = self.t if t is None else t
        self._done(lib.fsnn_fde_solver_state(self._c, when, pointer(y, "double *")))
        return self._out(y)

    def states(self, times: Any) -> np.ndarray:
        """y [count, n] (or [count]) at several times."""
        return np.array([self.state(t) for t in numbers(times, np.float64, "times").ravel()])

    def error(self) -> Any:
        """Estimate of the error of the last step (steps "estimated" and "controlled")."""
        error = np.empty(self._shape)
        check(lib.fsnn_fde_solver_error(self._c, pointer(error, "double *")))
        return self._out(error)

    def jump(self, delta: Any) -> None:
        """Adds delta to y at the present time; what was before it is remembered unchanged."""
        change = like(delta, np.empty(self._shape), "delta")
        self._done(lib.fsnn_fde_solver_jump(self._c, pointer(change, "double *")))

    def restart(self, y: Any, velocity: Any = None) -> None:
        """Forgets the past: the equation begins anew at the present time."""
        start = like(y, np.empty(self._shape), "y")
        slope = np.zeros(self._shape) if velocity is None else like(velocity, start, "velocity")
        at = pointer(start, "double *"), pointer(slope, "double *")
        self._done(lib.fsnn_fde_solver_restart(self._c, *at))

    @property
    def hits(self) -> list[Hit]:
        """The events found so far."""
        found, hit = [], ffi.new("fsnn_fde_hit *")
        for i in range(lib.fsnn_fde_solver_hits(self._c)):
            y = np.empty(self._shape)
            check(lib.fsnn_fde_solver_hit(self._c, i, hit, pointer(y, "double *")))
            found.append(Hit(hit.event, hit.t, self._out(y)))
        return found

    def save(self) -> bytes:
        """All that it remembers, for `load` of a solver that was made alike."""
        buffer = np.empty(lib.fsnn_fde_solver_state_bytes(self._c), np.uint8)
        check(lib.fsnn_fde_solver_state_save(self._c, ffi.cast("void *", buffer.ctypes.data)))
        return buffer.tobytes()

    def load(self, state: bytes) -> None:
        """Goes on from a saved state, with the same bits."""
        check(lib.fsnn_fde_solver_state_load(self._c, ffi.from_buffer(state), len(state)))

    @property
    def parameters(self) -> np.ndarray:
        """The parameters that f gets, writable."""
        return self._parameters

    @property
    def report(self) -> dict[str, int]:
        """Steps, calls of f, Newton iterations, Jacobians and bytes since it was made."""
        report = ffi.new("fsnn_fde_report *")
        check(lib.fsnn_fde_solver_report(self._c, report))
        names = ("steps", "calls", "iterations", "jacobians", "bytes", "modes")
        return {name: getattr(report, name) for name in names}

    def gradient(self, times: Any, dL: Any) -> Gradient:
        """Derivatives of a function L of the states by initial values and parameters.

        `dL` [count, n] (or [count]) are its derivatives by the states at `times` [count]. Exact
        for the numbers as computed (discrete adjoint); times of events and lengths of steps count
        as constants. Methods gl, l1, ab, abm, trap.
        """
        at = np.atleast_1d(numbers(times, np.float64, "times"))
        seeds = np.ascontiguousarray(numbers(dL, np.float64, "dL"))
        if at.ndim != 1 or seeds.size != at.size * self._shape[0]:
            raise ValueError(
                f"dL must be [{at.size}, {self._shape[0]}], as many rows as times, and its shape "
                f"is {seeds.shape}"
            )
        y0, velocity = np.empty(self._shape), np.empty(self._shape)
        by_parameters = np.empty(max(self._parameters.size, 1))
        out = [pointer(a, "double *") for a in (at, seeds, y0, velocity, by_parameters)]
        self._done(lib.fsnn_fde_solver_gradient(self._c, out[0], at.size, *out[1:]))
        count = self._parameters.size
        return Gradient(self._out(y0), self._out(velocity), by_parameters[:count])
