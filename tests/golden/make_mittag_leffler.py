"""Writes mittag_leffler.txt: E_{alpha,beta}(z) with 20 digits, by mpmath (1.3.0), independent of the library.

Below |z|^(1/alpha) = 80 the power series is summed with as many digits as cancel and 40 more. Above it, where its error is below
1e-34 of the leading term, the asymptotic expansion (Gorenflo, Loutchko and Luchko 2002): exponentials of the roots of zeta^alpha = z,
less sum_k z^-k / Gamma(beta - alpha k) up to its smallest term. Values beyond the range of double are left out.
"""
from mpmath import mp, mpf, mpc, rgamma, gamma, exp, pi, ceil, log, nstr

ALPHAS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0, 1.001, 1.05, 1.25, 1.5, 1.75, 1.95, 1.999, 2.0]
SCALES = [0.3, 0.8, 1.2, 2.0, 3.5, 6.0, 10.0, 17.0, 30.0, 55.0, 120.0, 400.0]
SIZES = [0.01, 0.95, 2.3, 7.7, 50.0, 2.5e3, 1e6]


def series(a, b, z, x):
    mp.dps = 60 + int(2 * x / 2.3)
    total, k = mpf(0), 0
    while True:
        term = z**k * rgamma(a * k + b)
        total += term
        if a * k > 1.5 * x + 3 and abs(term) < mpf(10) ** (-mp.dps + 5):
            return total
        k += 1


def asymptotic(a, b, z, x):
    mp.dps = 60
    r = abs(z) ** (1 / a)
    total = mpc(0)
    angle = mpf(0) if z > 0 else pi
    for m in range(-3, 4):
        phase = (angle + 2 * pi * m) / a
        if abs(phase) <= mpf(3) / 4 * pi or (a == 2 and abs(phase) <= pi):
            zeta = r * mp.expjpi(phase / pi)
            total += zeta ** (1 - b) * exp(zeta) / a
    k, last = 1, None
    while True:
        size = abs(z) ** -k * gamma(abs(a * k - b) + 1)
        if k * a > b + 2 and last is not None and size > last:
            break
        last = size
        total -= z**-k * rgamma(b - a * k)
        if size < mpf(10) ** -55:
            break
        k += 1
    return total.real


def main():
    for alpha in ALPHAS:
        few = 3 if alpha < 0.1 else 1  # terms of the series go with 1/alpha
        for beta in sorted({alpha, 1.0, 0.5, 2.0, 1.0 + alpha})[::few]:
            zs = [s * v for v in SIZES for s in (-1, 1) if s * v <= 50]
            zs += [-(v**alpha) for v in SCALES[::few]]
            zs += [v**alpha for v in SCALES[:: 2 * few] if v**alpha <= 50]
            for z in sorted(set(zs)):
                mp.dps = 60
                a, b = mpf(alpha), mpf(beta)
                x = abs(mpf(z)) ** (1 / a)
                if z > 0 and x > 705:
                    continue
                value = series(a, b, mpf(z), float(x)) if x < 80 else asymptotic(a, b, mpf(z), float(x))
                print(repr(alpha), repr(beta), repr(z), nstr(value, 20))


main()
