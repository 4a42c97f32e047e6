"""What the order alpha does: a neuron below 1 remembers its whole past."""

# %% A constant current, which the neuron without spikes would follow up to 1.5 thresholds
import fsnn
import numpy as np

step, current = 0.1, np.full(400, 1.5)
trains = {}
for alpha in (1.0, 0.8, 0.6):
    run = fsnn.simulate(
        current, "lif", tau=2.0, reset="restart", dynamics={"alpha": alpha, "step": step}
    )
    trains[alpha] = run.t[run.spikes > 0]
    print(f"alpha {alpha}: {len(trains[alpha])} spikes, the first at {trains[alpha][0]:.1f}")

# %% A lower order starts faster and then creeps: the potential falls short like a power of time
times = np.array([0.5, 5.0, 50.0])
print("t        ", *(f"{t:8.1f}" for t in times))
for alpha in trains:
    v = 1 - fsnn.mittag_leffler(alpha, 1.0, -(times**alpha) / 2.0)
    print(f"alpha {alpha}", *(f"{value:8.4f}" for value in v))
assert fsnn.mittag_leffler(0.6, 1.0, -(50**0.6) / 2.0) > 0.05 > np.exp(-50 / 2.0)

# %% With the reset that begins the history anew, intervals are all alike
for alpha, spikes in trains.items():
    assert np.ptp(np.diff(spikes)) < 1.5 * step, alpha

# %% With a reset that leaves the history alone, a fractional neuron adapts: its intervals grow
run = fsnn.simulate(6 * current, tau=2.0, reset="jump", dynamics={"alpha": 0.6, "step": step})
intervals = np.diff(run.t[run.spikes > 0])
print("intervals with alpha 0.6, history kept:", intervals.round(1))
assert intervals[-1] > intervals[0]

# %% The same equation with a right-hand side of one's own
solved = fsnn.fde_solve(
    lambda t, v: (1.0 - v) / 2.0, 0.0, times, 0.6, step=0.005, method="trap", t0=0.0
)
exact = 1 - fsnn.mittag_leffler(0.6, 1.0, -(times**0.6) / 2.0)
print("solver", solved.y.round(5), "exact", exact.round(5))
assert np.abs(solved.y - exact).max() < 1e-4
