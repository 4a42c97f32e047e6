"""NIR graphs as their equations say, in NumPy and double precision: what the pack's answers come from.

A step of `dt` is forward Euler, nodes one after the other along the edges; an edge that closes a cycle brings the value of
the step before. Where stateless nodes lead from neurons and delays to such an edge, the step is taken behind those.

  LI       v <- v + dt/tau ((v_leak - v) + r x);                      the output is v
  LIF      the same; spike where v > v_threshold, then v_reset (value) or v - v_threshold (subtract)
  I, IF    v <- v + dt r x
  CubaLI   i <- i + dt/tau_syn (w_in x - i); then LI with tau_mem and x = i, the new one
  CubaLIF  likewise LIF
"""

import numpy as np

STATELESS = {"Affine", "Linear", "Scale", "Conv1d", "Conv2d", "SumPool2d", "AvgPool2d", "Flatten", "Threshold", "Input", "Output"}


def pair(value, dims):
    return [int(x) for x in np.broadcast_to(np.asarray(value), (dims,))]


class Node:
    def __init__(self, kind, **fields):
        self.kind, self.fields = kind, fields


def windows(x, kernel, stride, padding, dilation):
    """x [C, sizes...] -> [C, outputs..., kernel...]; padding is (before, after) an axis."""
    x = np.pad(x, [(0, 0)] + padding)
    sizes = [(x.shape[1 + d] - dilation[d] * (k - 1) - 1) // stride[d] + 1 for d, k in enumerate(kernel)]
    index = [np.arange(n)[:, None] * stride[d] + np.arange(kernel[d])[None] * dilation[d] for d, n in enumerate(sizes)]
    if len(kernel) == 1:
        return x[:, index[0]]
    return x[:, index[0][:, None, :, None], index[1][None, :, None, :]]


def padding_of(fields, kernel, dilation):
    padding = fields["padding"]
    if isinstance(padding, str):
        total = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, kernel)]
        return [(t // 2, t - t // 2) for t in total]
    return [(p, p) for p in pair(padding, len(kernel))]


def convolve(f, x):
    weight = np.asarray(f["weight"], float)
    kernel = weight.shape[2:]
    dims = len(kernel)
    dilation, groups = pair(f["dilation"], dims), int(f["groups"])
    cut = windows(x, kernel, pair(f["stride"], dims), padding_of(f, kernel, dilation), dilation)
    out, each = weight.shape[0] // groups, weight.shape[1]
    axes = list(range(-dims, 0))
    parts = [
        np.tensordot(weight[g * out : (g + 1) * out], cut[g * each : (g + 1) * each], axes=([1] + axes, [0] + axes))
        for g in range(groups)
    ]
    return np.concatenate(parts) + np.asarray(f.get("bias", np.zeros(weight.shape[0])), float).reshape(-1, *[1] * dims)


def pool(f, x):
    kernel = pair(f["kernel_size"], 2)
    cut = windows(x, kernel, pair(f["stride"], 2), [(p, p) for p in pair(f["padding"], 2)], [1, 1])
    return cut.sum((-1, -2))


def flatten(f, x):
    first, last = int(f.get("start_dim", 1)), int(f.get("end_dim", -1))
    first, last = first % x.ndim if first < 0 else first, last % x.ndim
    return x.reshape(*x.shape[:first], -1, *x.shape[last + 1 :])


class Simulation:
    """One sample of a flat graph: nodes {name: Node}, edges [(from, to)]."""

    def __init__(self, nodes, edges, dt, reset, unit=1.0):
        self.nodes, self.dt, self.reset, self.unit = nodes, dt, reset, unit
        self.edges = sorted(set(edges))
        self.state = {}
        self.margin = np.inf
        self.order()

    def order(self):
        state, late = {}, set()

        def visit(n):
            state[n] = 1
            for a, b in self.edges:
                if a == n and state.get(b) == 1:
                    late.add((a, b))
                elif a == n and b not in state:
                    visit(b)
            state[n] = 2

        for n in [n for n in self.nodes if self.nodes[n].kind == "Input"] + sorted(self.nodes):
            if n not in state:
                visit(n)
        self.late = self.moved(late)
        self.sorted, left = [], sorted(self.nodes)
        while left:
            n = next(n for n in left if not any(b == n and a in left and (a, b) not in self.late for a, b in self.edges))
            self.sorted.append(n)
            left.remove(n)

    def moved(self, late):
        """The step of all edges from a stateless node is taken by those to it, which changes no more than the first step."""
        passed = set()
        while True:
            for n in sorted({a for a, b in late} - passed):
                before = {e for e in self.edges if e[1] == n}
                after = {e for e in self.edges if e[0] == n}
                if self.nodes[n].kind in STATELESS and before and after <= late and not before & late:
                    late = late - after | before
                    passed.add(n)
                    break
            else:
                return late

    def step(self, x):
        values, self.v = {}, {}
        for n in self.sorted:
            node = self.nodes[n]
            sources = [self.before(a) if (a, b) in self.late else values[a] for a, b in self.edges if b == n]
            values[n] = self.apply(n, node, x if node.kind == "Input" and not sources else sum(sources))
        self.last = values
        return values

    def before(self, n):
        """The output of the step before; zeros, of a neuron's shape, at first."""
        if n in self.last:
            return self.last[n]
        shapes = [np.shape(value) for value in self.nodes[n].fields.values()]
        return np.zeros(max(shapes, key=lambda s: np.prod(s, initial=1.0)) if self.nodes[n].kind not in STATELESS else ())

    def get(self, node, field, like, default=None):
        value = np.asarray(node.fields.get(field, default), float)
        return np.broadcast_to(value if value.size == 1 else value.reshape(like.shape), like.shape)

    def leak(self, n, node, x, tau):
        get = lambda field, default=None: self.get(node, field, x, default)
        start = get("v_leak") if "v_threshold" in node.fields else np.zeros(x.shape)
        below = get("v_threshold", 1.0) <= 0
        v = self.state.get(n, np.where(below, start, 0.0))
        return v + self.dt / (get(tau) * self.unit) * ((get("v_leak") - v) + get("r") * x)

    def fire(self, n, node, v):
        threshold, reset = self.get(node, "v_threshold", v), self.get(node, "v_reset", v, 0.0)
        self.margin = min(self.margin, np.abs(v - threshold).min())
        s = v > threshold
        v = np.where(s, reset if self.reset == "value" else v - threshold, v)
        self.state[n] = self.v[n] = v
        return s.astype(float)

    def settle(self, n, v):
        self.state[n] = self.v[n] = v
        return v

    def apply(self, n, node, x):
        f, kind = node.fields, node.kind
        if kind in ("Input", "Output"):
            return np.asarray(x, float)
        if kind in ("Affine", "Linear"):
            width = np.asarray(f["weight"]).shape[-1]
            x = x if np.ndim(x) else np.zeros(width)
            return x @ np.asarray(f["weight"], float).T + np.asarray(f.get("bias", 0.0), float)
        if kind == "Scale":
            scale = np.asarray(f["scale"], float)
            return x * (scale.reshape(np.shape(x)) if np.ndim(x) else scale)
        if kind in ("Conv1d", "Conv2d"):
            return convolve(f, x)
        if kind == "SumPool2d":
            return pool(f, x)
        if kind == "AvgPool2d":
            return pool(f, x) / np.prod(pair(f["kernel_size"], 2))
        if kind == "Flatten":
            return flatten(f, x)
        if kind == "Threshold":
            return (x > self.get(node, "threshold", x)).astype(float)
        return getattr(self, kind.lower() + "_")(n, node, x)

    def delay_(self, n, node, x):
        steps = np.round(self.get(node, "delay", x) * self.unit / self.dt).astype(int)
        past = self.state.setdefault(n, [])
        past.append(x)
        out = np.zeros(x.shape)
        for d in np.unique(steps):
            if len(past) > d:
                out = np.where(steps == d, past[-1 - d], out)
        return out

    def i_(self, n, node, x):
        return self.settle(n, self.state.get(n, 0.0) + self.dt / self.unit * self.get(node, "r", x) * x)

    def if_(self, n, node, x):
        return self.fire(n, node, self.state.get(n, 0.0) + self.dt / self.unit * self.get(node, "r", x) * x)

    def li_(self, n, node, x):
        return self.settle(n, self.leak(n, node, x, "tau"))

    def lif_(self, n, node, x):
        return self.fire(n, node, self.leak(n, node, x, "tau"))

    def synapse(self, n, node, x):
        i = self.state.get((n, "i"), np.zeros(x.shape))
        w_in, tau = self.get(node, "w_in", x, 1.0), self.get(node, "tau_syn", x) * self.unit
        self.state[n, "i"] = i + self.dt / tau * (w_in * x - i)
        return self.state[n, "i"]

    def cubali_(self, n, node, x):
        return self.settle(n, self.leak(n, node, self.synapse(n, node, x), "tau_mem"))

    def cubalif_(self, n, node, x):
        return self.fire(n, node, self.leak(n, node, self.synapse(n, node, x), "tau_mem"))


def simulate(nodes, edges, x, dt, reset, unit=1.0, watch=None):
    """x [T, B, ...] -> output [T, B, ...], v [T, B, neurons of `watch`], the smallest distance of a spike test."""
    output, v, margin = [], [], np.inf
    end = next(n for n in nodes if nodes[n].kind == "Output")
    for b in range(x.shape[1]):
        simulation = Simulation(nodes, edges, dt, reset, unit)
        simulation.last = {}
        steps = []
        for t in range(x.shape[0]):
            values = simulation.step(np.asarray(x[t, b], float))
            steps.append(simulation.v[watch].ravel() if watch else np.zeros(0))
            output.append(values[end])
        v.append(steps)
        margin = min(margin, simulation.margin)
    output = np.asarray(output).reshape(x.shape[1], x.shape[0], *np.shape(output[0])).swapaxes(0, 1)
    return output, np.asarray(v).reshape(x.shape[1], x.shape[0], -1).swapaxes(0, 1), margin
