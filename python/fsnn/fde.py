"""Fractional differential equations with a right-hand side of one's own, and the Mittag-Leffler
function. Double precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from _fsnn import ffi, lib

from ._arrays import numbers, pointer
from ._names import missing
from .errors import check

METHODS = "abm ab euler gl heun l1 rk4 trap".split()
Order = Union[float, Sequence[float], "Terms", Sequence["Terms"]]


@dataclass(frozen=True)
class Terms:
    """sum_m coefficient[m] D^alpha[m], at most 8 terms."""

    alpha: Sequence[float]
    coefficient: Sequence[float]


@dataclass(frozen=True)
class Solution:
    """What `fde_solve` gives.

    t [count], y [count, n] (or [count] where y0 was a number); `steps` that were done, `calls` of
    f, Newton `iterations`, `jacobians` evaluated, `bytes` that the memory of the equation took,
    exponentials in use (`modes`, 0: dense) and the largest relative error of their weights.
    `interrupted`: f raised StopIteration, and t and y end there.
    """

    t: np.ndarray
    y: np.ndarray
    steps: int
    calls: int
    iterations: int
    jacobians: int
    bytes: int
    modes: int
    weight_error: float
    interrupted: bool


def mittag_leffler(alpha: float, beta: float, z: Any) -> Any:
    """E_{alpha,beta}(z) = sum_k z^k / Gamma(alpha k + beta) for real z, element by element.

    0 < alpha <= 2 and beta > 0, NaN outside of that; infinity where the value is beyond double.
    Accurate to 1e-12 relative or 1e-14 absolute. Source: Weideman and Trefethen, Math. Comp. 76
    (2007). A number gives a float, an array an array of its shape.
    """
    array = numbers(z, np.float64, "z")
    values = [lib.fsnn_mittag_leffler(alpha, beta, v) for v in array.ravel()]
    return values[0] if array.ndim == 0 else np.array(values).reshape(array.shape)


class Call:
    """What a run's callbacks need, and the exception that one of them raised."""

    def __init__(
        self,
        f: Callable,
        jacobian: Callable | None,
        scalar: bool,
        more: tuple = (),
    ) -> None:
        self.f, self.jacobian_of, self.scalar = f, jacobian, scalar
        self.more = more  # what functions get behind t and y
        self.parameter_jacobian: Callable | None = None
        self.raised: BaseException | None = None

    def value(self, function: Callable, t: float, y: Any, n: int) -> Any:
        state = np.frombuffer(ffi.buffer(y, 8 * n), np.float64).copy()
        return function(t, state[0] if self.scalar else state, *self.more)

    def fill(self, function: Callable, t: float, y: Any, out: Any, shape: tuple[int, ...]) -> int:
        given = self.value(function, t, y, shape[0])
        if given is None:
            raise TypeError(f"{getattr(function, '__name__', 'f')} gave None: it returns numbers")
        result = np.asarray(given, dtype=np.float64)
        if result.size != int(np.prod(shape)) or (not self.scalar and result.shape != shape):
            raise ValueError(
                f"{getattr(function, '__name__', 'f')} gave an array of shape {result.shape}, "
                f"expected {shape}"
            )
        np.frombuffer(ffi.buffer(out, 8 * result.size), np.float64)[:] = result.ravel()
        return 0


def failed(exception: type[BaseException], value: BaseException, trace: Any) -> int:
    call = ffi.from_handle(trace.tb_frame.f_locals["user"])
    call.raised = value
    return 1 if isinstance(value, StopIteration) else -1


@ffi.def_extern(onerror=failed)
def fsnn_py_derivative(t: float, y: Any, dydt: Any, n: int, user: Any) -> int:
    call = ffi.from_handle(user)
    return call.fill(call.f, t, y, dydt, (n,))


@ffi.def_extern(onerror=failed)
def fsnn_py_jacobian(t: float, y: Any, J: Any, n: int, user: Any) -> int:
    call = ffi.from_handle(user)
    return call.fill(call.jacobian_of, t, y, J, (n, n))


def _order(alpha: Any) -> Any:
    """One order: a number or Terms."""
    terms = alpha if isinstance(alpha, Terms) else Terms([alpha], [1.0])
    if (
        len(terms.alpha) != len(terms.coefficient)
        or not 1 <= len(terms.alpha) <= lib.FSNN_MAX_TERMS
    ):
        raise ValueError(
            f"an order has 1 to {lib.FSNN_MAX_TERMS} terms, each with a coefficient: "
            f"there are {len(terms.alpha)} and {len(terms.coefficient)}"
        )
    order = ffi.new("fsnn_order *", lib.fsnn_order_of(1.0))
    order.terms = len(terms.alpha)
    for m, (a, c) in enumerate(zip(terms.alpha, terms.coefficient)):
        order.alpha[m], order.coefficient[m] = a, c
    return order[0]


def _orders(alpha: Any, n: int) -> list[Any]:
    """One order for all components, or one for each."""
    if isinstance(alpha, Terms) or np.ndim(alpha) == 0:
        return [_order(alpha)]
    if len(alpha) not in (1, n):
        raise ValueError(f"alpha has {len(alpha)} orders, and the equation {n} components")
    return [_order(a) for a in alpha]


def _named(find: Callable, what: str, name: str) -> int:
    value = find(str(name).encode())
    if value < 0:
        raise missing(what, name, METHODS)
    return value


def fde_solve(
    f: Callable[[float, Any], Any],
    y0: Any,
    t: Any,
    alpha: Order | None = None,
    *,
    step: float,
    method: str = "gl",
    implicit: bool = False,
    jacobian: Callable[[float, Any], Any] | None = None,
    velocity: Any = None,
    tolerance: float = 0.0,
    window: int = 16,
    t0: float | None = None,
    rtol: float = 1e-12,
    atol: Any = 0.0,
    iterations: int = 50,
) -> Solution:
    """Solves sum_m C_m D^alpha_m y = f(t, y), y(t0) = y0, Caputo, 0 < alpha <= 2, by steps `step`.

    f(t, y) gives dy/dt as an array like y [n] (a number where y0 is one). `t` [count] are the times
    of the result, ascending from t0 on (default: t[0]). `alpha` is one order, one for each
    component, or `Terms`; None for the methods of integer order. `method`: gl, l1, ab, abm, trap,
    euler, heun, rk4; `implicit` the implicit form of gl, l1 and ab. `jacobian(t, y)` [n, n] with
    J[i, j] = d f_i / d y_j spares implicit methods the differences. `velocity` [n] is y'(t0), for
    orders above 1 (gl, ab, abm, trap). `tolerance` > 0 sums lags from
    `window` on by exponentials with that relative error (1e-12 to 0.1): constant memory and time a
    step. Newton's method ends by `rtol` and `atol` (a number, or [n]), or after `iterations`.

    What f raises comes out here; StopIteration ends the run and keeps what there is.
    Raises ValueError, NotImplementedError (a combination that is not there), fsnn.NumericError (y
    not finite, Newton not converging; the sentence names t), MemoryError.
    """
    start = numbers(y0, np.float64, "y0")
    if np.ndim(t) == 0 and t0 is None:
        raise ValueError(f"t is one time, and time starts at the first: give [0.0, {t}], or t0")
    times = np.atleast_1d(numbers(t, np.float64, "t"))
    scalar, y0 = start.ndim == 0, np.atleast_1d(start)
    if y0.ndim != 1 or times.ndim != 1 or not times.size:
        raise ValueError(
            f"y0 must be [n] and t [count]; their shapes are {start.shape} and {times.shape}"
        )
    call = Call(f, jacobian, scalar)
    fde, keep = equation(call, y0, alpha, step, method, implicit, velocity)
    fde.t0 = times[0] if t0 is None else t0
    newton(fde, keep, y0, rtol, atol, iterations)
    if tolerance:
        fde.memory, fde.tolerance, fde.window = lib.FSNN_FDE_EXPONENTIALS, tolerance, window
    return _run(fde, call, y0, times, scalar)


def equation(
    call: Call,
    y0: np.ndarray,
    alpha: Order | None,
    step: float,
    method: str,
    implicit: bool,
    velocity: Any,
) -> tuple[Any, list]:
    """An fsnn_fde, and what must live as long as it."""
    handle = ffi.new_handle(call)
    fde = ffi.new("fsnn_fde *", lib.fsnn_fde_default(y0.size, lib.fsnn_py_derivative, handle))
    keep: list = [handle, call]
    if call.jacobian_of is not None:
        fde.jacobian = lib.fsnn_py_jacobian
    if alpha is not None:
        orders = _orders(alpha, y0.size)
        keep.append(ffi.new("fsnn_order []", orders))
        fde.order, fde.orders = keep[-1], len(orders)
    fde.method, fde.implicit = _named(lib.fsnn_method_find, "method", method), implicit
    fde.step = step
    if velocity is not None:
        keep.append(like(velocity, y0, "velocity"))
        fde.velocity = pointer(keep[-1], "double *")
    return fde, keep


def like(x: Any, y0: np.ndarray, what: str) -> np.ndarray:
    """Numbers of the shape of y0."""
    array = np.atleast_1d(numbers(x, np.float64, what))
    if array.shape != y0.shape:
        raise ValueError(f"{what} has the shape {array.shape}, and the state {y0.shape}")
    return np.ascontiguousarray(array)


def newton(
    fde: Any, keep: list, y0: np.ndarray, rtol: float, atol: Any, iterations: int = 50
) -> None:
    fde.newton_tolerance, fde.newton_iterations = rtol, iterations
    if np.ndim(atol) == 0:
        fde.newton_atol = atol
    else:
        keep.append(np.ascontiguousarray(np.broadcast_to(atol, y0.shape), dtype=np.float64))
        fde.newton_atols = pointer(keep[-1], "double *")


def _run(fde: Any, call: Call, y0: np.ndarray, times: np.ndarray, scalar: bool) -> Solution:
    y = np.empty((times.size, y0.size))
    report = ffi.new("fsnn_fde_report *")
    status = lib.fsnn_fde_solve(
        fde,
        pointer(y0, "double *"),
        pointer(times, "double *"),
        times.size,
        pointer(y, "double *"),
        report,
    )
    stopped = isinstance(call.raised, StopIteration)
    if call.raised is not None and not stopped:
        raise call.raised
    if not stopped:
        check(status)
    rows = report.times
    return Solution(
        times[:rows],
        y[:rows, 0] if scalar else y[:rows],
        report.steps,
        report.calls,
        report.iterations,
        report.jacobians,
        report.bytes,
        report.modes,
        report.weight_error,
        stopped,
    )
