"""Fractional neurons in plain torch, double precision: explicit Gruenwald-Letnikov, L1 and product
rectangle with every state kept, differentiable in everything. Written from the equations, as slow
as they are."""

import math

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


METHODS = {"gl": gl, "l1": l1, "ab": ab}


def layer(x, rule, threshold, tau, method, alphas, coefficients, h, k=5.0, margins=None):
    """x [T, B, N] -> spikes; rule(v, I) gives dv without reset."""
    u, f, spikes = [torch.zeros_like(x[0])], [], []
    for current in x.unbind(0):
        dv = rule(u[-1], current)
        argument = u[-1] + dv - threshold
        if margins is not None:
            margins.append(argument.detach().abs().min())
        spike = Arctan.apply(argument, k)
        spikes.append(spike)
        f.append(dv - spike.detach() * threshold / tau)
        u.append(METHODS[method](u, f, alphas, coefficients, h))
    return torch.stack(spikes)
