"""Writes mittag_leffler_wide.txt: E_{alpha,beta}(z) with 20 digits over the whole documented domain, by mpmath (1.3.0),
independent of the library.

alpha in (0, 2], beta in [0.1, 40], z in [-1e6, 1e3]: random points, evenly and in the logarithm; alpha near 0, 1 and 2 and
rational; points around |z|^(1/alpha) = v^2 (beta + 6.5), where the library's poles cross its contour or enter its strip; zeros
in z for alpha > 1; z near 1 for small alpha. Values beyond double are "inf".

The inverse Laplace transform is taken on a parabola well away from all poles, in 80 digits and more. At every fifth point it
is compared, to 25 digits of the scale, with
series      the power series with as many digits as cancel and 60 more, or
asymptotic  exponentials of the roots of s^alpha = z less sum_k z^-k / Gamma(beta - alpha k), from |z|^(1/alpha) = 250 on
"""
import random
from itertools import chain

from mpmath import cos, exp, gamma, inf, log, mp, mpc, mpf, nstr, pi, rgamma

random.seed(20240229)
LARGEST = mpf("1.7976931348623157e308")


def series(a, b, z, x):
    mp.dps = 70 + int((2 * x + 40) / 2.3)
    total, k, power = mpf(0), 0, mpf(1)
    while True:
        term = power * rgamma(a * k + b)
        total += term
        if (a * k + b > 1.5 * x + 5 or abs(z) < 0.9) and abs(term) < abs(total) * mpf(10) ** -45 + mpf(10) ** -110:
            return total
        k += 1
        power *= z


def asymptotic(a, b, z, x):
    mp.dps = 80
    r = abs(z) ** (1 / a)
    total, angle = mpc(0), mpf(0) if z > 0 else pi
    for m in (-1, 0, 1):
        phase = (angle + 2 * pi * m) / a
        if abs(phase) < 0.999 * pi or (a == 2 and abs(phase) <= pi):
            root = mpc(0, phase) + log(r)
            total += exp(r * exp(mpc(0, phase)) + (1 - b) * root) / a
    k, last = 1, None
    while True:
        size = abs(z) ** -k * gamma(abs(a * k - b) + 1)
        if k * a > b + 2 and last is not None and size > last:
            assert size < mpf(10) ** -30, (a, b, z)
            return total.real
        last = size
        total -= z**-k * rgamma(b - a * k)
        if size < mpf(10) ** -70 and size < abs(total) * mpf(10) ** -35:
            return total.real
        k += 1


def contour(a, b, z, x):
    angle = mpf(0) if z > 0 else pi / a if a > 1 else pi
    near = x * cos(angle / 2) ** 2 if z > 0 or a > 1 else 0  # a pole lies on the parabola of this vertex
    mu, outside = b + 40, near > 2.25 * (b + 40)
    if not outside:
        mu = max(mu, near / 0.49)
    mp.dps = 80 + int(mu / 2)
    h, total, k = 1 / (60 + 2 * mu), mpf(0), 0
    while True:
        root = mpc(1, k * h)
        s = mu * root**2
        power = exp(a * log(s))
        total += (exp(s - b * log(s)) * power / (power - z) * root).real * (2 if k else 1)
        k += 1
        if mu * (1 - (k * h) ** 2) < -180 - 2 * b:
            break
    total *= h * mu / pi
    if outside:
        log_s = mpc(log(x), angle)
        total += (exp(x * exp(mpc(0, angle)) + (1 - b) * log_s) / a).real * (1 if z > 0 else 2)
    return total


def other_way(a, b, z, x):
    if x < 100 and x / a < 2000 and (a > 0.02 or abs(z) < 0.9):
        return series
    if x >= 250 and (a > 0.1 or abs(z) > 1.5):
        return asymptotic
    return None


def value(alpha, beta, z, check):
    mp.dps = 80
    a, b, z = mpf(alpha), mpf(beta), mpf(z)
    x = abs(z) ** (1 / a)
    if z > 0 and (log(x) > 8 or x > 2 * b and x + (1 - b) * log(x) - log(a) > 712):
        return inf
    e = contour(a, b, z, x)
    other = check and other_way(a, b, z, float(min(x, mpf(10) ** 30)))
    if other:
        again = other(a, b, z, float(min(x, mpf(10) ** 30)))
        assert abs(e - again) < mpf(10) ** -25 * max(abs(e), rgamma(b)), (alpha, beta, z, e, again)
    return e if abs(e) <= LARGEST else inf


def short(v, digits=6):
    return float("%.*g" % (digits, v))


def random_alpha():
    kind = random.randrange(8)
    if kind == 0:
        return short(10 ** random.uniform(-4, 0))
    if kind == 1:
        return short(1 + random.choice((-1, 1)) * 10 ** random.uniform(-12, -1), 14)
    if kind == 2:
        return short(2 - 10 ** random.uniform(-12, -1), 14)
    if kind == 3:
        return random.choice((1 / 3, 0.25, 0.5, 2 / 3, 0.75, 1.0, 1.25, 4 / 3, 1.5, 5 / 3, 1.75, 2.0))
    return short(random.uniform(0.02, 2))


def random_beta(alpha):
    kind = random.randrange(5)
    if kind == 0:
        return random.choice((1.0, 2.0, alpha, 1 + alpha, 3.0, 2.25, 2.26, 0.1, 0.5))
    return short(random.uniform(0.1, 3) if kind < 3 else random.uniform(0.1, 40))


def random_z(alpha, beta):
    kind = random.randrange(6)
    if kind == 0:
        return short(random.uniform(-20, 20))
    if kind == 1:
        return short(random.uniform(-1e6, 1e3))
    sign = random.choice((-1, -1, 1))
    if kind == 2:
        return short(sign * 10 ** random.uniform(-12, 6 if sign < 0 else 3))
    mu = beta + 6.5 if beta > 2.25 else 7.0
    v = random.choice((0.05, 0.3, 1, 1, 1.2)) * (1 + random.choice((1, 1e-3, 1e-8)) * random.uniform(-0.3, 0.3))
    if kind == 3:
        v = random.uniform(0.2, 3)
    return float("%.12g" % (sign * (v * v * mu) ** alpha))


def points():
    for _ in range(2400):
        alpha = random_alpha()
        beta = max(0.1, random_beta(alpha))
        yield alpha, beta, random_z(alpha, beta)
    for alpha in (1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 0.01):
        for beta in (0.1, 1.0, 2.5, 9.0, 40.0):
            for z in (-1e6, -3.0, -1.0, -0.5, 1e-5, 0.5, 0.999, 1.0, 1 + 0.5 * alpha, 1 + 2 * alpha, 1 + 5 * alpha, 1.5):
                yield alpha, beta, z
    for beta in (8.0, 9.0, 12.0, 15.0, 20.0, 40.0):
        for alpha in (0.25, 0.5, 0.9, 1.0):
            for x in (20.5, 25.0, 31.0, 37.5):
                yield alpha, beta, float("%.12g" % -(x**alpha))
    yield 0.5, 8.0, -4.5277
    yield 1.0, 9.0, -25.0
    yield 1e-9, 1.0, 0.5


def zeros():
    """Doubles next to zeros in z, where the value is as small as it becomes."""
    for alpha in (1.2, 1.5, 1.8, 1.95, 1.999, 2.0):
        for beta in (0.1, 0.5, 1.0, 2.0):
            x, last, found = 0.3, None, 0
            while x < (900 if alpha > 1.9 else 30) and found < 3:
                z = -(x**alpha)
                e = value(alpha, beta, z, False)
                if last is not None and e * last[1] < 0:
                    yield alpha, beta, refined(alpha, beta, *last, z, e)
                    found, x, last = found + 1, x * 6, None
                else:
                    last = z, e
                    x *= 1.15


def refined(alpha, beta, a, fa, b, fb):
    """Regula falsi (Illinois)."""
    for _ in range(12):
        c = float((a * fb - b * fa) / (fb - fa))
        fc = value(alpha, beta, c, False)
        if fc * fb < 0:
            a, fa = b, fb
        else:
            fa /= 2
        if c == b:
            break
        b, fb = c, fc
    return b


def main():
    for i, (alpha, beta, z) in enumerate(chain(points(), zeros())):
        if not -1e6 <= z <= 1e3:
            continue
        e = value(alpha, beta, z, i % 5 == 0)
        if e is not None:
            print(repr(alpha), repr(beta), repr(z), "inf" if e == inf else nstr(e, 20), flush=True)


if __name__ == "__main__":
    main()
