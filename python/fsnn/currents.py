"""Input currents of simulated neurons by their kinds (fsnn/simulate.h)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Union

import numpy as np
from _fsnn import ffi, lib

from ._arrays import number, numbers, pointer

MOST = 16  # parts of a sum
KINDS = "constant step ramp sine noise samples square chirp white spikes".split()
NAMES = {getattr(lib, f"FSNN_CURRENT_{name.upper()}"): name for name in KINDS}


@dataclass(frozen=True, eq=False)
class Current:
    """A current over time, the same for all neurons but for noise and for columns of samples:

        fsnn.Current.sine(0.5, frequency=2) + fsnn.Current.noise(0, 0.1) + 1.2

    Amplitudes are in the unit of the current, times in that of tau, frequencies in cycles per unit
    of time. It is sampled where the method takes it: at the beginning of a step (explicit gl, l1,
    ab, euler), at its end (implicit ones, trap, abm) or in its middle (ml, heun, rk4).
    """

    _kind: int
    _p: tuple[float, ...] = ()
    _sample: np.ndarray | None = None  # [rows, columns]
    _time: np.ndarray | None = None
    _rest: tuple[Current, ...] = ()  # what is added

    # ---- kinds

    @classmethod
    def constant(cls, amplitude: float) -> Current:
        return cls(lib.FSNN_CURRENT_CONSTANT, _given(amplitude=amplitude))

    @classmethod
    def step(cls, amplitude: float, start: float, end: float = math.inf) -> Current:
        """`amplitude` from time `start` until `end`, else 0."""
        p = _given(amplitude=amplitude, start=start)
        if not 0 <= p[1] < end:
            raise ValueError(
                f"a step from {start} to {end}: it begins at 0 or later, and ends after"
            )
        return cls(lib.FSNN_CURRENT_STEP, (*p, float(end)))

    @classmethod
    def ramp(cls, first: float, last: float, duration: float = 0.0) -> Current:
        """From `first` to `last` over a time (0: the whole of it), and then `last`."""
        p = _given(first=first, last=last, duration=duration)
        if p[2] < 0:
            raise ValueError(f"duration is {duration}: it is at least 0")
        if p[2] > 0:
            return cls.samples(p[:2], (0.0, p[2]))
        return cls(lib.FSNN_CURRENT_RAMP, p)

    @classmethod
    def sine(cls, amplitude: float, frequency: float, offset: float = 0.0) -> Current:
        return cls(
            lib.FSNN_CURRENT_SINE,
            _given(amplitude=amplitude, frequency=frequency, offset=offset),
        )

    @classmethod
    def square(
        cls, amplitude: float, frequency: float, offset: float = 0.0, share: float = 0.5
    ) -> Current:
        """`offset`, plus `amplitude` in the first `share` of each period."""
        p = _given(amplitude=amplitude, frequency=frequency, offset=offset, share=share)
        if not 0 < p[3] < 1:
            raise ValueError(f"share is {share}: it is the part of a period, above 0 and below 1")
        return cls(lib.FSNN_CURRENT_SQUARE, p)

    @classmethod
    def chirp(cls, amplitude: float, first: float, last: float, offset: float = 0.0) -> Current:
        """A sine whose frequency goes from `first` to `last` over the whole time."""
        return cls(
            lib.FSNN_CURRENT_CHIRP,
            _given(amplitude=amplitude, first=first, last=last, offset=offset),
        )

    @classmethod
    def noise(cls, mean: float, deviation: float) -> Current:
        """A normal random number for each step and neuron."""
        return cls(lib.FSNN_CURRENT_NOISE, _spread(mean, deviation))

    @classmethod
    def white(cls, mean: float, deviation: float) -> Current:
        """Noise of deviation/sqrt(step): its integral does not depend on the step."""
        return cls(lib.FSNN_CURRENT_WHITE, _spread(mean, deviation))

    @classmethod
    def spikes(cls, charge: float, times: Any) -> Current:
        """A charge at each of the times, which ascend: charge/step in the step that it is in."""
        at = _times(times)
        return cls(lib.FSNN_CURRENT_SPIKES, _given(charge=charge), None, at)

    @classmethod
    def samples(cls, values: Any, times: Any = None) -> Current:
        """Rows of numbers [K] or [K, N], one a step, or with `times` [K], which ascend from 0 on,
        straight lines between them; the last one holds."""
        rows = drive_of(values)
        rows = rows.reshape(len(rows), -1)
        at = None if times is None else _times(times)
        if at is not None and len(at) != len(rows):
            raise ValueError(f"there are {len(rows)} rows of samples, and {len(at)} times")
        return cls(lib.FSNN_CURRENT_SAMPLES, (), rows, at)

    # ---- sums

    def __add__(self, other: Any) -> Current:
        if isinstance(other, (int, float)):
            other = Current.constant(other)
        if not isinstance(other, Current):
            return NotImplemented
        parts = (*self._rest, replace(other, _rest=()), *other._rest)
        if len(parts) >= MOST:
            raise ValueError(f"a current is a sum of at most {MOST} parts")
        return replace(self, _rest=parts)

    __radd__ = __add__

    def __repr__(self) -> str:
        one = "Current." + NAMES[self._kind] + "(" + ", ".join(f"{x:g}" for x in self._p)
        for what, array in (("values", self._sample), ("times", self._time)):
            if array is not None:
                one += f"{'' if one.endswith('(') else ', '}{what} {list(array.shape)}"
        return " + ".join([one + ")", *map(repr, self._rest)])

    # ---- for the library

    @property
    def columns(self) -> int:
        """Neurons that have samples of their own; 1: all have the same."""
        parts = (self, *self._rest)
        return max((p._sample.shape[1] for p in parts if p._sample is not None), default=1)

    def write(self, current: Any) -> list[Any]:
        """Into a fsnn_current; what is given lives as long as that."""
        keep: list[Any] = []
        for place, part in enumerate((self, *self._rest)):
            if place:
                following = ffi.new("fsnn_current *")
                current.plus, current = following, following
                keep.append(following)
            current.kind = part._kind
            for i, value in enumerate(part._p):
                current.p[i] = value
            if part._time is not None:
                current.time, current.count = pointer(part._time, "double *"), len(part._time)
            if part._sample is not None:
                current.sample = pointer(part._sample, "double *")
                current.count, current.neurons = part._sample.shape
        return keep


Drive = Union[Current, float, Any]  # Any: an array [K] or [K, N]


def drive_of(current: Any) -> np.ndarray:
    """A current [K] or [K, N]."""
    drive = numbers(current, np.float64, "current")
    if drive.ndim not in (1, 2) or not drive.size:
        raise ValueError(f"current must be [K] or [K, N], and has the shape {list(drive.shape)}")
    return drive


def _given(**values: Any) -> tuple[float, ...]:
    found = []
    for name, value in values.items():
        found.append(number(name, value))
        if not math.isfinite(found[-1]):
            raise ValueError(f"{name} is {value}: it is a finite number")
    return tuple(found)


def _spread(mean: float, deviation: float) -> tuple[float, ...]:
    p = _given(mean=mean, deviation=deviation)
    if p[1] < 0:
        raise ValueError(f"deviation is {deviation}: it is at least 0")
    return p


def _times(times: Any) -> np.ndarray:
    at = numbers(times, np.float64, "times")
    if at.ndim != 1:
        raise ValueError(f"times are [n], and have the shape {list(at.shape)}")
    return at
