"""fsnn.torch against plain torch in double precision: spikes and every gradient, for the programs
that people of this field write."""

import contextlib
import io
import os
import sys
import types

from kit import main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
import oracle  # noqa: E402
import programs  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from fsnn.torch import IFNeuron, LIFNeuron, SNNWrapper  # noqa: E402

K, B = 40, 4
CustomNeuron = programs.quadratic(ft)


class Oracle(unittest.TestCase):
    def first(self, attempt):
        """The first seed whose spike tests all keep their distance from the threshold."""
        if not any(attempt(seed) for seed in range(30)):
            self.fail("no seed keeps its distance")


class Everything(Oracle):
    """Two layers in which everything is learned: weights, tau, threshold, alpha, coefficients."""

    def compare(
        self, neuron, method, alphas, coefficients=None, h=1.0, scale=1.5, positive=False,
        dtype=torch.float32,
    ):  # fmt: skip
        """alphas: the terms of each of the two layers."""
        several = any(len(a) > 1 for a in alphas)

        def attempt(seed):
            torch.manual_seed(seed)
            options = {"tau": 2.0, "tau_learnable": True, "threshold_learnable": True}
            module = programs.Two(neuron(**options), neuron(**options))
            with torch.no_grad():
                for fc, factor in ((module.fc1, scale), (module.fc2, 2.5 * scale)):
                    fc.weight.normal_(0, factor / fc.in_features**0.5)
                    fc.bias.uniform_(0, 0.3)
                    if positive:  # -v^2 runs away below 0
                        fc.weight.abs_()
            net = SNNWrapper(
                module, "fdeint", alpha=alphas, multi_coefficient=coefficients, learn_alpha=True,
                learn_coefficient=several,
            ).to(dtype)  # fmt: skip
            x = (torch.rand(K, B, 10) * 1.5).to(dtype)
            return oracle.compare(self, net, x, torch.arange(K) * h, {"method": method})

        self.first(attempt)

    def test_gl(self):
        for alpha in (1.0, 0.7, 0.3):
            with self.subTest(alpha=alpha):
                self.compare(LIFNeuron, "gl", [[alpha], [alpha]])

    @unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
    def test_in_double(self):
        double = {"dtype": torch.float64}
        for method in ("gl", "l1", "ab"):
            with self.subTest(method=method):
                self.compare(LIFNeuron, method, [[0.7], [0.5]], **double)
        terms = [[1.0, 0.5], [1.0, 0.5]]
        own = {"h": 0.5, "scale": 0.5, "positive": True}
        self.compare(CustomNeuron, "gl", [[0.7], [0.7]], **own, **double)
        self.compare(LIFNeuron, "gl", [[0.9, 0.4], [0.9, 0.4]], terms, **double)

    def test_methods(self):
        for method in ("l1", "ab"):
            with self.subTest(method=method):
                self.compare(LIFNeuron, method, [[0.6], [0.6]], h=0.5)

    def test_an_order_a_layer(self):
        self.compare(LIFNeuron, "gl", [[0.8], [0.5]])

    def test_several_terms(self):
        self.compare(LIFNeuron, "gl", [[0.9, 0.4], [0.9, 0.4]], [[1.0, 0.5], [1.0, 0.5]])
        self.compare(LIFNeuron, "gl", [[0.9, 0.4], [0.6]], [[1.0, 0.5], [1.5]])

    def test_other_neurons(self):
        self.compare(IFNeuron, "gl", [[0.7], [0.7]], scale=0.3)
        self.compare(CustomNeuron, "gl", [[0.7], [0.7]], h=0.5, scale=0.5, positive=True)


class Programs(Oracle):
    def test_in_single_precision(self):
        for program in programs.PROGRAMS:
            with self.subTest(program=program.name):

                def attempt(seed, program=program):
                    _, wrapper, x, times = programs.made(program, ft, seed)
                    return oracle.compare(self, wrapper, x, times, program.call)

                self.first(attempt)

    @unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
    def test_in_double_precision(self):
        for program in programs.PROGRAMS:
            with self.subTest(program=program.name):

                def attempt(seed, program=program):
                    _, wrapper, x, times = programs.made(program, ft, seed)
                    wrapper = wrapper.double()
                    times = torch.linspace(0, float(times[-1]), len(times), dtype=torch.float64)
                    return oracle.compare(self, wrapper, x.double(), times, program.call)

                self.first(attempt)


def original(folders):
    """spikeDE from its sources, in one of several folders with colons between, without what its
    fractional solvers do not use: compilers, and the packages of its other integrators."""
    places = [os.path.abspath(place) for place in folders.split(os.pathsep) if place]
    for name, functions in (
        ("torchdiffeq", "odeint odeint_adjoint"),
        ("torchfde", "fdeint fdeint_adjoint"),
    ):
        module = types.ModuleType(name)
        for function in functions.split():
            setattr(module, function, None)
        sys.modules.setdefault(name, module)
    torch.compile = lambda f=None, **options: f if f is not None else lambda g: g
    sys.path[:0] = places
    try:
        import spikeDE
        import spikeDE.neuron
    finally:
        del sys.path[: len(places)]
    spikeDE.BaseNeuron = spikeDE.neuron.BaseNeuron
    return spikeDE


class SideBySide(unittest.TestCase):
    """The same programs with the sources of spikeDE: FSNN_ORIGINAL is the folder that holds the
    package, or several with colons between."""

    def results(self, program, lib, number):
        """Output, and gradients of weights and learned orders by name."""
        with contextlib.redirect_stdout(io.StringIO()):
            module, wrapper, x, times = programs.made(program, lib, number)
            y = wrapper(x, times, **program.call)
        g = torch.randn(y.shape, generator=torch.Generator().manual_seed(7))
        (y * g).sum().backward()
        grads = {n: p.grad for n, p in module.named_parameters() if p.grad is not None}
        grads |= {f"alpha {i}": a.grad for i, a in enumerate(wrapper.get_per_layer_alpha())}
        each = wrapper.get_per_layer_coefficient()
        grads |= {f"coefficient {i}": c.grad for i, c in enumerate(each)}
        return y.detach(), grads

    def test_programs(self):
        folder = os.environ.get("FSNN_ORIGINAL")
        if not folder:
            print("skipped: FSNN_ORIGINAL is not set: programs do not run beside spikeDE")
            self.skipTest("FSNN_ORIGINAL is not set")
        lib = original(folder)
        for program in programs.PROGRAMS:
            with self.subTest(program=program.name):
                number = self.decided(program)
                y, grads = self.results(program, ft, number)
                z, theirs = self.results(program, lib, number)
                np.testing.assert_allclose(y, z, rtol=0, atol=1e-5)
                for name, want in theirs.items():
                    if want is None:
                        continue
                    layer = name.rpartition(".")[0]
                    of_layer = [g for n, g in theirs.items() if n.startswith(f"{layer}.")]
                    largest = max(g.abs().max() for g in [want, *of_layer] if g is not None)
                    far = (grads[name] - want).abs().max() / largest
                    # both round, and terms of a single number's gradient may cancel
                    self.assertLess(far.item(), 5e-6 if want.numel() > 3 else 2e-4, name)

    @staticmethod
    def decided(program):
        """The first seed with no spike test nearer than 1e-5 to its threshold."""
        for number in range(30):
            _, wrapper, x, times = programs.made(program, ft, number)
            h = float(times[-1] - times[0]) / (len(times) - 1)
            net = oracle.Network(wrapper, len(x), h, program.call["method"], oracle.RULES)
            net(x.double())
            if min(net.margins).item() > 1e-5:
                return number
        raise AssertionError("no seed keeps its distance")


main()
