"""Fractional neurons in plain torch, double precision: explicit Gruenwald-Letnikov, L1 and product
rectangle with every state kept, differentiable in everything. Written from the equations, as slow
as they are."""

import copy
import math

import numpy as np
import torch


class Arctan(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        ctx.k = k
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (ctx.k / 2) / (1 + (math.pi / 2 * ctx.k * x) ** 2), None


class Sigmoid(Arctan):
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(ctx.k * x)
        return g * ctx.k * s * (1 - s), None


SPIKES = {"arctan": Arctan, "sigmoid": Sigmoid}


def gl_history(u, alpha):
    """sum_{j>=1} c_j u_{n+1-j} for the states u_0 ... u_n."""
    c, total = torch.ones_like(alpha), 0
    for j in range(1, len(u) + 1):
        c = c * (1 - (alpha + 1) / j)
        total = total + c * u[-j]
    return total


def gl(u, f, alphas, coefficients, h):
    lead = sum(c * h**-a for a, c in zip(alphas, coefficients))
    past = sum(c * h**-a * gl_history(u, a) for a, c in zip(alphas, coefficients))
    return (f[-1] - past) / lead


def l1(u, f, alphas, coefficients, h):
    (a,), n = alphas, len(u) - 1
    b = [(j + 1.0) ** (1 - a) - (float(j) ** (1 - a) if j else 0) for j in range(n + 1)]
    past = sum(b[j] * (u[n + 1 - j] - u[n - j]) for j in range(1, n + 1))
    return torch.exp(torch.lgamma(2 - a)) * h**a * f[-1] + u[-1] - past


def ab(u, f, alphas, coefficients, h):
    (a,), n = alphas, len(f)
    weight = [(j + 1.0) ** a - (float(j) ** a if j else 0) for j in range(n)]
    return h**a / torch.exp(torch.lgamma(a + 1)) * sum(weight[j] * f[n - 1 - j] for j in range(n))


def euler(u, f, alphas, coefficients, h):
    return u[-1] + h * f[-1]


METHODS = {"gl": gl, "l1": l1, "ab": ab, "euler": euler}


def layer(
    x, rule, threshold, tau, method, alphas, coefficients, h, k=5.0, margins=None, kind="arctan"
):
    """x [T, B, N] -> spikes; rule(v, I) gives dv without reset."""
    u, f, spikes = [torch.zeros_like(x[0])], [], []
    for current in x.unbind(0):
        dv = rule(u[-1], current)
        argument = u[-1] + dv - threshold
        if margins is not None:
            margins.append(argument.detach().abs().min())
        spike = SPIKES[kind].apply(argument, k)
        spikes.append(spike)
        f.append(dv - spike.detach() * threshold / tau)
        u.append(METHODS[method](u, f, alphas, coefficients, h))
    return torch.stack(spikes)


# ---- whole networks


def full(value, like):
    """One number a neuron and sample, [B, ...]: the terms of its gradient can be seen then."""
    value = torch.as_tensor(value, dtype=like.dtype)
    wide = value.expand(like.shape).clone()
    if wide.requires_grad:
        wide.retain_grad()
    return wide


class Alone(torch.nn.Module):
    """A neuron of a network whose time is folded into the batch, in plain torch."""

    def __init__(self, neuron, rule, alphas, coefficients, network):
        super().__init__()
        self.rule, self.network = rule, network
        self.surrogate = {"k": neuron.surrogate_grad_scale, "kind": neuron.surrogate_opt}
        self.values = {"tau": [neuron.get_tau()], "threshold": [neuron.threshold]}
        self.values |= {"alpha": alphas, "coefficient": coefficients}

    def forward(self, x):
        net = self.network
        rows = x.reshape(net.T, -1, *x.shape[1:])
        values = {name: [full(v, rows[0]) for v in them] for name, them in self.values.items()}
        (tau,), (threshold,) = values["tau"], values["threshold"]
        orders, how = (values["alpha"], values["coefficient"], net.h), self.surrogate
        rule = self.rule(tau)
        y = layer(rows, rule, threshold, tau, net.method, *orders, margins=net.margins, **how)
        self.full, self.spikes = values, y.detach().sum().item()
        return y.reshape(x.shape)

    def terms(self, name):
        """The sum of the absolute terms of each number's gradient."""
        return torch.stack([v.grad.abs().sum() for v in self.full[name]])


class PerStep(torch.nn.Module):
    """BatchNorm over one step after the other."""

    def __init__(self, norm, T):
        super().__init__()
        self.norm, self.T = norm, T

    def forward(self, x):
        return torch.cat([self.norm(part) for part in x.chunk(self.T)])


class Network:
    """The network of a wrapper in double precision and plain torch, with weights of its own.
    `rules` give dv without reset by the name of the neuron's class."""

    def __init__(self, wrapper, T, h, method, rules):
        self.T, self.h, self.method, self.margins = T, h, method, []
        self.module = copy.deepcopy(wrapper.module).double()
        self.weights = dict(self.module.named_parameters())
        self.neurons, self.orders = {}, []
        for (name, neuron), order in zip(self._neurons(wrapper), wrapper.orders()):
            learned = [isinstance(v, torch.Tensor) for v in (order.alpha, order.coefficient)]
            terms = [
                [torch.tensor(float(v), dtype=torch.float64, requires_grad=learns) for v in values]
                for values, learns in zip((_plain(order.alpha), _plain(order.coefficient)), learned)
            ]
            alone = Alone(neuron, rules[type(neuron).__name__], *terms, self)
            self.neurons[name] = alone
            self.orders.append(terms)
            self._replace(name, alone)
        for name, m in list(self.module.named_modules()):
            if isinstance(m, torch.nn.BatchNorm1d):
                self._replace(name, PerStep(m, T))

    def _neurons(self, wrapper):
        kinds = {name for name, _ in wrapper._neurons().items()}
        return [(n, m) for n, m in self.module.named_modules() if n in kinds]

    def _replace(self, name, module):
        parent, _, last = name.rpartition(".")
        setattr(self.module.get_submodule(parent), last, module)

    def __call__(self, x):
        y = self.module(x.reshape(-1, *x.shape[2:]))
        return y.reshape(self.T, -1, *y.shape[1:])

    def gradients(self, wrapper):
        """(name, gradient of the wrapper, ours, what counts as its largest entry)."""
        for name, p in wrapper.module.named_parameters():
            want = self.weights[name].grad
            module, _, last = name.rpartition(".")
            # of a layer's bias too: before a BatchNorm its gradient is 0, but for rounding
            largest = max(
                w.grad.abs().max()
                for n, w in self.weights.items()
                if n.rpartition(".")[0] == module
            )
            if module in self.neurons and last.startswith("log_"):
                terms = self.neurons[module].terms(last[4:]) * self.weights[name].detach().exp()
                largest = terms.max()
            yield name, p.grad, want, largest
        for i, alone in enumerate(self.neurons.values()):
            for which, name in enumerate(("alpha", "coefficient")):
                held = getattr(wrapper, name)[i]
                if isinstance(held, torch.Tensor) and held.requires_grad:
                    want = torch.stack([t.grad for t in self.orders[i][which]])
                    yield f"{name} {i}", held.grad, want, alone.terms(name)


def _plain(values):
    return values.detach().double().tolist() if isinstance(values, torch.Tensor) else values


# dv of a neuron without its reset, by the name of its class
RULES = {
    "LIFNeuron": lambda tau: lambda v, I: (-v + I) / tau,
    "IFNeuron": lambda tau: lambda v, I: I / tau,
    "CustomNeuron": lambda tau: lambda v, I: (-(v**2) + I) / tau,
}


def compare(test, wrapper, x, times, call, near=1e-5):
    """Spikes and all gradients of a wrapper beside the oracle. Where a spike test is nearer than
    `near` to its threshold, nothing is decided: False.

    In single precision a gradient is within 5e-6 of its largest entry. One of a single number is a
    sum over steps, samples and neurons: the terms may cancel, and what rounding leaves of them is
    measured by the sum of their absolute values. In double precision it is 1e-12.
    """
    h = float(times[-1] - times[0]) / (len(times) - 1)
    network = Network(wrapper, len(x), h, call["method"], RULES)
    x = x.clone().requires_grad_()
    y = wrapper(x, times, **call)
    g = torch.randn(y.shape, generator=torch.Generator().manual_seed(7)).to(y.dtype)
    (y * g).sum().backward()
    twin = x.detach().double().requires_grad_()
    z = network(twin)
    (z * g.double()).sum().backward()
    if min(network.margins).item() <= near:
        return False
    single = y.dtype == torch.float32
    exact = bool(((z == 0) | (z == 1)).all())  # spikes, and not a layer behind them
    test.assertGreater(sum(n.spikes for n in network.neurons.values()), 20)
    np.testing.assert_allclose(
        y.detach().double(), z.detach(), rtol=0, atol=0 if exact else 1e-5 if single else 1e-13
    )
    bound = 5e-6 if single else 1e-12
    x_largest = twin.grad.abs().max()
    for name, got, want, largest in [
        ("x", x.grad, twin.grad, x_largest),
        *network.gradients(wrapper),
    ]:
        far = (got.double() - want).abs() / (largest + 1e-12)
        test.assertLess(far.max().item(), bound, name)
    return True
