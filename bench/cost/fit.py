"""Prices that are not negative, by least squares of relative errors."""

from __future__ import annotations

import dataclasses

import numpy as np

from .terms import Case, counts

HELD_OUT = 3  # one case of so many


def non_negative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """x >= 0 that minimises |a x - b| (Lawson and Hanson, 1974, chapter 23)."""
    x, free = np.zeros(a.shape[1]), np.zeros(a.shape[1], bool)
    enough = 1e-10 * np.abs(a.T @ b).max()
    for _ in range(10 * a.shape[1]):
        slope = a.T @ (b - a @ x)
        slope[free] = -np.inf
        if free.all() or slope.max() <= enough:
            break
        free[slope.argmax()] = True
        while True:
            wanted = np.zeros_like(x)
            wanted[free] = np.linalg.lstsq(a[:, free], b, rcond=None)[0]
            below = free & (wanted <= 0)
            if not below.any():
                break
            step = (x[below] / (x[below] - wanted[below])).min()
            x += step * (wanted - x)
            free &= x > 1e-15 * np.abs(x).max()
            x[~free] = 0
        x = wanted
    return x


def prices(cases: list[Case]) -> np.ndarray:
    """Nanoseconds a unit of each term."""
    a = np.array([counts(case) for case in cases], float)
    a /= np.array([case.seconds * 1e9 for case in cases])[:, None]
    scale = np.abs(a).max(axis=0)
    scale[scale == 0] = 1  # a term that no case has costs nothing
    return non_negative(a / scale, np.ones(len(cases))) / scale


def predict(price: np.ndarray, case: Case) -> float:
    """Seconds."""
    return float(np.dot(counts(case), price)) * 1e-9


@dataclasses.dataclass
class Errors:
    """Relative errors of cases, |predicted - measured| / measured, least first."""

    relative: list[tuple[float, Case]]

    @property
    def median(self) -> float:
        return float(np.median([error for error, _ in self.relative]))

    def share(self, part: float) -> float:
        return float(np.quantile([error for error, _ in self.relative], part))

    @property
    def worst(self) -> tuple[float, Case]:
        return self.relative[-1]


def errors(price: np.ndarray, cases: list[Case]) -> Errors:
    found = [(abs(predict(price, case) / case.seconds - 1), case) for case in cases]
    return Errors(sorted(found, key=lambda pair: pair[0]))


def parted(cases: list[Case]) -> tuple[list[Case], list[Case]]:
    """Those to fit, and those held out: one network of three, with both of its passes."""
    networks: dict[tuple, int] = {}
    fitted, held = [], []
    for case in cases:
        key = (case.steps, case.batch, case.widths, case.ones[0], case.memory)
        number = networks.setdefault(key, len(networks))
        (held if number % HELD_OUT == HELD_OUT - 1 else fitted).append(case)
    return fitted, held
