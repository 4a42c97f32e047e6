"""Tables of neurons, methods and surrogates beside exact values where these are known
(fsnn/simulate.h)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from _fsnn import ffi, lib

from ._arrays import Results, numbers, pointer, view
from .currents import Drive
from .errors import check, text
from .simulate import What, current_of, orders_of, units_of

PLAIN = ("time", "1/time", "current", "potential", "")  # what numbers are, where no unit was named
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}


@dataclass(frozen=True)
class Table:
    """Columns by name, "current", "alpha 0.8", of numbers or of names; `units` are "time",
    "1/time", "current", "potential" or "", or what was named ("ms", "Hz", "nA", "mV")."""

    columns: dict[str, np.ndarray]
    units: dict[str, str]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __str__(self) -> str:
        names = [a for a in self.columns.values() if a.dtype.kind == "U"]
        least = max([12, *(len(str(one)) for a in names for one in a)])
        heads = [self._head(name) for name in self.columns]
        widths = [max(least, len(head)) for head in heads]
        lines = ["  ".join(f"{head:>{w}}" for head, w in zip(heads, widths))]
        for row in zip(*self.columns.values()):
            lines.append("  ".join(f"{_shown(value):>{w}}" for value, w in zip(row, widths)))
        return "\n".join(lines)

    def _head(self, name: str) -> str:
        unit = self.units[name]
        return name if unit in PLAIN else f"{name} [{unit}]"


def _counted(table: Table, units: Mapping[str, str]) -> Table:
    """The table in the units that were named; rates are in Hz where that of time is."""
    for name, kind in table.units.items():
        if kind == "1/time" and "time" in units:
            table.columns[name] = table.columns[name] / SECONDS[units["time"]]
            table.units[name] = "Hz"
        elif kind in units:
            table.units[name] = units[kind]
    return table


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


def _under_each(what: What, currents: Any, function: Any) -> Table:
    """A table of a neuron under each of several constant currents."""
    levels, table = numbers(currents, np.float64, "currents").ravel(), ffi.new("fsnn_table *")
    what.run(function(what.c, pointer(levels, "double *"), levels.size, table))
    return _table(table)


def _under_one(what: What, current: float, function: Any) -> Table:
    """A table of a neuron under one constant current."""
    table = ffi.new("fsnn_table *")
    what.c.current.kind, what.c.current.p[0] = lib.FSNN_CURRENT_CONSTANT, current
    what.run(function(what.c, table))
    return _table(table)


def firing_rates(
    currents: Any,
    steps: int,
    neuron: str = "lif",
    *,
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Table:
    """Spikes per time over `steps` steps under each constant current, for every order, beside the
    exact rate at alpha = 1 where it is known; in Hz, where `units` name that of time. Arguments as
    of `simulate`, but that the reset of if and lif is jump by default. ValueError of resets under
    which spikes are no events of their own (current, none)."""
    named = units_of(units)
    what = What(neuron, _spiking(neuron, options), dynamics, alpha, steps, seed, rest, resistance)
    return _counted(_under_each(what, currents, lib.fsnn_simulate_rates), named)


def first_spikes(
    currents: Any,
    neuron: str = "lif",
    *,
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Table:
    """When if or lif at rest spikes first under each constant current, for every order, beside the
    exact time; NaN: never, or after more than 200,000 steps. Where the dynamics say no step it
    follows the time. Arguments as of `simulate`."""
    named = units_of(units)
    what = What(neuron, _spiking(neuron, options), dynamics, alpha, 1, 0, rest, resistance)
    if "step" not in (dynamics or {}):
        what.c.dynamics.step = 0
    return _counted(_under_each(what, currents, lib.fsnn_simulate_latency), named)


def spike_intervals(
    current: float,
    steps: int,
    neuron: str = "lif",
    *,
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Table:
    """The spikes of a neuron under a constant current, their times and the intervals before them,
    order by order; beside the exact ones of if with reset jump. Arguments as of `simulate`."""
    named = units_of(units)
    what = What(neuron, _spiking(neuron, options), dynamics, alpha, steps, seed, rest, resistance)
    return _counted(_under_one(what, current, lib.fsnn_simulate_intervals), named)


def relaxation(
    current: float,
    steps: int,
    *,
    alpha: float | Sequence[float] | None = None,
    dynamics: Mapping[str, Any] | None = None,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Table:
    """A leaky neuron without spikes on its way from v0 to the constant current: alpha, time,
    potential, distance |v - I| and the exact distance, a row a step, order by order.

    `options` are those of lif (tau, v0, ...); its reset and threshold do not count. Arguments as of
    `simulate`."""
    named = units_of(units)
    what = What("lif", options, dynamics, alpha, steps, 0, rest, resistance)
    found = _under_one(what, current, lib.fsnn_simulate_relaxation)
    rows = zip(found["alpha"], found["time"])
    exact = [lib.fsnn_relaxation_exact(what.c, order, time) for order, time in rows]
    found.columns["exact distance"] = np.array(exact)
    found.units["exact distance"] = found.units["distance"]
    return _counted(found, named)


@dataclass(frozen=True)
class Resets:
    """`table` has a row for each reset: reset, spikes, first spike, first interval, last interval,
    last potential; v, spikes and test (what the spike test saw) are arrays [K] by its name."""

    table: Table
    v: dict[str, np.ndarray]
    spikes: dict[str, np.ndarray]
    test: dict[str, np.ndarray]

    def __str__(self) -> str:
        return str(self.table)


def resets(
    current: Drive,
    neuron: str = "lif",
    *,
    steps: int | None = None,
    dynamics: Mapping[str, Any] | None = None,
    seed: int = 0,
    rest: float = 0.0,
    resistance: float = 1.0,
    units: Mapping[str, str] | None = None,
    **options: Any,
) -> Resets:
    """One neuron under the same `current` ([K], or a number or `Current` for `steps` steps) with
    every reset. Arguments as of `simulate`, but no reset. Raises ValueError of what never spikes (a
    readout), or of a method that cannot do one of the resets."""
    if "reset" in options:
        raise TypeError("every reset is tried: leave reset out")
    drive, count = current_of(current, steps)
    if drive.columns != 1:
        raise ValueError(f"current must be [K], and is [{count}, {drive.columns}]")
    named = units_of(units)
    what, result = What(neuron, options, dynamics, None, count, seed, rest, resistance), Results()
    what.drive(drive)
    table = ffi.new("fsnn_table *")
    what.run(lib.fsnn_simulate_resets(what.c, result.c, table))
    found = result.taken()
    of: Callable[[str], dict[str, np.ndarray]] = lambda what: {
        name.partition(".")[2]: array
        for name, array in found.items()
        if name.partition(".")[0] == what
    }
    rows = _counted(_named(_table(table), lib.fsnn_reset_name), named)
    return Resets(rows, of("v"), of("spikes"), of("test"))


def method_weights(alpha: Sequence[float], lags: int, method: str = "gl") -> Table:
    """The weights with which a method sums the past at step 1, lag by lag for each order, beside
    the power law alpha/Gamma(1 - alpha) lag^(-1 - alpha) that those of gl approach."""
    orders, number = orders_of(alpha), lib.fsnn_method_find(method.encode())
    if number < 0:
        known = ffi.new("char []", 256)
        lib.fsnn_method_list(lib.FSNN_METHODS_FRACTIONAL, known, len(known))
        raise ValueError(f"there is no method {method!r} of fractional order: take {text(known)}")
    table = ffi.new("fsnn_table *")
    values = pointer(orders, "double *")
    check(lib.fsnn_weights_table(number, values, orders.size, lags, table))
    return _table(table)


@dataclass(frozen=True)
class Exponentials:
    """`table`: lag, weight, sum of exponentials, relative error. `modes` exponentials, the
    `largest` relative error, and what the fit promises, `stated`."""

    table: Table
    modes: int
    largest: float
    stated: float

    def __str__(self) -> str:
        return str(self.table)


def weight_exponentials(alpha: float, tolerance: float, lags: int) -> Exponentials:
    """The weights of gl at step 1 as a sum of exponentials within a relative `tolerance`: what a
    memory by a tolerance keeps. ValueError (alpha not within (0, 1), lags)."""
    found, table = ffi.new("fsnn_exponentials *"), ffi.new("fsnn_table *")
    check(lib.fsnn_exponentials_table(alpha, tolerance, lags, found, table))
    return Exponentials(_table(table), found.modes, found.largest, found.stated)


def surrogate_gradients(low: float = -2.0, high: float = 2.0, rows: int = 401) -> Table:
    """Every surrogate at its default scale, evenly from `low` to `high`: x (potential - threshold),
    "slope.NAME", and "smooth.NAME", whose derivative it is."""
    table = ffi.new("fsnn_table *")
    check(lib.fsnn_surrogates_table(low, high, rows, table))
    return _table(table)


def surrogate_summary() -> Table:
    """A row for each surrogate: its default scale, slope at 0, half width (where the slope is half
    of that at 0; infinity: nowhere), slope at 1, area under the slope."""
    table = ffi.new("fsnn_table *")
    check(lib.fsnn_surrogates_summary(table))
    return _named(_table(table), lib.fsnn_surrogate_name)


def _named(table: Table, name_of: Callable[[int], Any]) -> Table:
    """The first column has names in place of the library's numbers."""
    first, numbers_of = next(iter(table.columns.items()))
    table.columns[first] = np.array([text(name_of(int(number))) for number in numbers_of])
    return table


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:.6g}"
