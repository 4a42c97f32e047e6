"""The Mackey-Glass equation as data for examples/mackey_glass.yaml: predict 15 units ahead.

    python3 examples/python/05_mackey_glass.py FOLDER    # writes FOLDER/train.npz and FOLDER/test.npz

    dx/dt = beta x(t - tau)/(1 + x(t - tau)^n) - gamma x(t),   beta 0.2, gamma 0.1, n 10, tau 17

(Mackey and Glass, Science 197, 1977), which is chaotic. Each series begins with a constant history
of its own; classical Runge-Kutta with a step of 0.1 and straight lines between past values solves
it, and after 300 units every unit of time is a sample. x [N, 256, 1] and y [N, 256, 1], the series
15 units later, both less 0.93, their mean.
"""

# %% The equation, for many constant histories at once
import pathlib
import sys
import tempfile

import numpy as np

BETA, GAMMA, POWER, LAG, PER_UNIT = 0.2, 0.1, 10, 17, 10
STEPS, AHEAD, TRANSIENT, MEAN = 256, 15, 300, 0.93


def slope(now, then):
    return BETA * then / (1 + then**POWER) - GAMMA * now


def mackey_glass(start, units):
    """x [units, series] at t = 0, 1, ... from the constant histories `start` [series]."""
    h, lag = 1 / PER_UNIT, LAG * PER_UNIT
    x = np.empty((units * PER_UNIT + lag + 1, len(start)))
    x[: lag + 1] = start
    for k in range(lag, len(x) - 1):
        first, last = x[k - lag], x[k - lag + 1]
        middle = (first + last) / 2
        a = slope(x[k], first)
        b = slope(x[k] + h / 2 * a, middle)
        c = slope(x[k] + h / 2 * b, middle)
        d = slope(x[k] + h * c, last)
        x[k + 1] = x[k] + h / 6 * (a + 2 * b + 2 * c + d)
    return x[lag::PER_UNIT][:units]


# %% It is what it says: the fixed point (beta/gamma - 1)^(1/n) = 1 stays, a small deviation grows
assert np.allclose(mackey_glass(np.ones(1), 200), 1, atol=1e-12)
pair = mackey_glass(np.array([0.9, 0.9001]), 2000)
apart = np.abs(pair[:, 0] - pair[:, 1])
assert apart[:50].max() < 1e-3 and apart[-500:].max() > 0.1

# %% Two sets of series that share no history
starts = np.random.default_rng(17).uniform(0.5, 1.3, 160)
x = mackey_glass(starts, TRANSIENT + STEPS + AHEAD)[TRANSIENT:].T[..., None] - MEAN
with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else temporary)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", slice(0, 128)), ("test", slice(128, 160))):
        series = x[rows].astype(np.float32)
        np.savez(folder / f"{name}.npz", x=series[:, :STEPS], y=series[:, AHEAD:])
        print(f"{folder / name}.npz: {len(series)} series of {STEPS} steps")
