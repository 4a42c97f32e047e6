"""fsnn.torch for programs that come from spikeDE: its names, arguments, defaults and their meaning,
and a sentence where a name has no counterpart."""

import copy
import importlib
import inspect
import io
import contextlib
import warnings

from kit import fsnn, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from fsnn.torch import LIFNeuron, SNNWrapper, _context  # noqa: E402
from torch import nn  # noqa: E402

# Arguments and defaults of spikeDE fcd743b, in their order.
CONSTRUCTORS = {
    "LIFNeuron": "tau=0.5 threshold=1.0 surrogate_grad_scale=5.0 surrogate_opt tau_learnable=False",
    "IFNeuron": "tau=0.5 threshold=1.0 surrogate_grad_scale=5.0 surrogate_opt tau_learnable=False",
    "HardResetLIFNeuron": "tau=0.5 threshold=1.0 surrogate_grad_scale=5.0 reset_strength=50.0",
    "LIFNeuronFDE": "tau=0.5 threshold=1.0 surrogate_grad_scale=5.0 surrogate_opt "
    "tau_learnable=False method='gl' beta=0.5 batchsize T step_size=1.0 memory=-1 name=''",
    "NoisyLIFNeuron": "tau=10.0 threshold=1.0 gamma=0.2 train_spike_mode='hard_concrete' "
    "concrete_temp=0.25 z_clip=10.0 hard_eval=True detach_reset=True",
    "SNNWrapper": "base integrator='odeint' interpolation_method='linear' alpha=0.5 "
    "multi_coefficient=None learn_alpha=False learn_coefficient=False alpha_mode='auto'",
    "VotingLayer": "voting_size=10 strict=True",
    "ClassificationHead": "embed_dims num_classes",
    "interpolate": "x x_time t method='linear'",
}


def samples(T=12, B=3, n=10, seed=1, scale=3.0):
    return torch.rand(T, B, n, generator=torch.Generator().manual_seed(seed)) * scale


def alone(neuron, **options):
    return SNNWrapper(nn.Sequential(neuron), **{"integrator": "fdeint", "alpha": 0.7, **options})


def two(**options):
    torch.manual_seed(0)
    layers = nn.Linear(10, 6), LIFNeuron(tau=2.0), nn.Linear(6, 4), LIFNeuron(tau=2.0)
    net = SNNWrapper(nn.Sequential(*layers), integrator="fdeint", **options)
    with torch.no_grad():
        layers[0].weight.mul_(3)
        layers[2].weight.mul_(4)
    return net


def two_layers(**options):
    return SNNWrapper(nn.Sequential(LIFNeuron(tau=2.0), LIFNeuron(tau=2.0)), **options)


class Refusals(unittest.TestCase):
    def test_orders_that_are_none(self):
        for alpha in 1.5, 0.0, -0.3, float("nan"), [0.5, 2.0], [[0.5, 0.7], [1.5]]:
            for integrator in "fdeint", "odeint":
                with self.subTest(alpha=alpha, integrator=integrator):
                    with self.assertRaisesRegex(ValueError, "above 0 and at most 1"):
                        two_layers(integrator=integrator, alpha=alpha, alpha_mode="per_layer")
        with self.assertRaisesRegex(ValueError, "no terms"):
            two_layers(integrator="fdeint", alpha=[[], [0.5]])
        with self.assertRaisesRegex(TypeError, "alpha is None"):
            two_layers(integrator="fdeint", alpha=None)
        with self.assertRaisesRegex(ValueError, "multi_coefficient of neuron layer 1"):
            two_layers(integrator="fdeint", multi_coefficient=[[1.0], [float("nan")]])

    def test_integer_order_says_what_it_leaves_out(self):
        for options, names in (
            ({"alpha": 0.7}, "alpha does"),
            ({"alpha": 0.5}, "alpha does"),
            (
                {"alpha": [0.3, 0.4], "alpha_mode": "per_layer", "learn_alpha": True},
                "learn_alpha do",
            ),
            ({"multi_coefficient": [1.0]}, "multi_coefficient does"),
        ):
            with self.subTest(options=options):
                _context._said.clear()
                with self.assertWarnsRegex(fsnn.NetWarning, f"{names} nothing here.*fdeint"):
                    two_layers(**options)
        _context._said.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("error", fsnn.NetWarning)
            two_layers()
            two_layers(alpha=1)
            two_layers(alpha=1.0, integrator="odeint")

    def test_neurons_that_are_none(self):
        for key in "tau", "threshold":
            for value in 0, -1.0, float("nan"), float("inf"):
                with self.assertRaisesRegex(ValueError, f"{key} is .*above 0"):
                    LIFNeuron(**{key: value})
            with self.assertRaisesRegex(TypeError, f"{key} is 'a'"):
                LIFNeuron(**{key: "a"})

    def test_traces_are_refused(self):
        with self.assertRaisesRegex(NotImplementedError, "to_net"):
            torch.jit.trace(two(), samples())

    def test_a_neuron_shows_what_it_is(self):
        text = repr(LIFNeuron(tau=2.0, threshold=0.8, tau_learnable=True))
        for part in "tau=2 (learned)", "threshold=0.8", "surrogate=arctan, scale=5":
            self.assertIn(part, text)


class Names(unittest.TestCase):
    def test_arguments_and_defaults(self):
        for name, expected in CONSTRUCTORS.items():
            parameters = list(inspect.signature(getattr(ft, name)).parameters.values())
            for want, got in zip(expected.split(), parameters):
                with self.subTest(name=name, argument=want):
                    key, _, default = want.partition("=")
                    self.assertEqual(got.name, key)
                    self.assertNotEqual(got.kind, got.KEYWORD_ONLY)
                    if default:
                        self.assertEqual(repr(got.default), default)

    def test_every_public_name_is_there_or_answered(self):
        there = "SNNWrapper LIFNeuron IFNeuron HardResetLIFNeuron LIFNeuronFDE LIFNeuron_OrderOne "
        there += "NoisyLIFNeuron_OrderOne NoisyLIFNeuron BaseNeuron VotingLayer ClassificationHead"
        for name in [*there.split(), "interpolate"]:
            self.assertIn(name, ft.__all__)
        surrogates = "sigmoid arctan piecewise_linear gaussian".split()
        for name in [f"{s}_surrogate" for s in surrogates] + ["noisy_threshold_spike"]:
            self.assertTrue(callable(getattr(ft.surrogate, name)))
        with self.assertRaisesRegex(ImportError, "nothing is rewritten here"):
            from fsnn.torch import ODEFuncFromFX  # noqa: F401
        with self.assertRaisesRegex(AttributeError, "without an adjoint"):
            getattr(ft, "fdeint_adjoint")
        self.assertFalse(hasattr(ft, "what_nobody_has"))

    def test_one_list_of_names(self):
        module = importlib.import_module("fsnn.torch")
        self.assertEqual(len(module.__all__), len(set(module.__all__)))
        for name in module.__all__:
            self.assertTrue(hasattr(module, name), name)
        kinds = [n for n, v in vars(ft.neuron).items() if inspect.isclass(v) and n[0] != "_"]
        own = [n for n in kinds if issubclass(getattr(ft.neuron, n), ft.BaseNeuron)]
        self.assertEqual(sorted(own), sorted(ft.neuron.__all__))
        self.assertLessEqual(set(ft.neuron.__all__), set(module.__all__))


class Orders(unittest.TestCase):
    """Every way in which alpha and coefficients are written."""

    CASES = (
        (dict(alpha=0.5), [[0.5]] * 2, [[1]] * 2),
        (dict(alpha=[0.3, 0.7], alpha_mode="per_layer"), [[0.3], [0.7]], [[1]] * 2),
        (dict(alpha=[0.3, 0.7]), [[0.3], [0.7]], [[1]] * 2),
        (dict(alpha=[0.3, 0.5, 0.7]), [[0.3, 0.5, 0.7]] * 2, [[1, 1, 1]] * 2),
        (
            dict(alpha=[0.3, 0.5], multi_coefficient=[1, 0.5], alpha_mode="multiterm"),
            [[0.3, 0.5]] * 2,
            [[1, 0.5]] * 2,
        ),
        (
            dict(alpha=[0.3, 0.5], multi_coefficient=[[1, 0.5], [0.8, 0.3]]),
            [[0.3, 0.5]] * 2,
            [[1, 0.5], [0.8, 0.3]],
        ),
        (
            dict(alpha=[[0.3, 0.5], [0.4, 0.6, 0.8]], multi_coefficient=[None, [1, 0.3, 0.1]]),
            [[0.3, 0.5], [0.4, 0.6, 0.8]],
            [[1, 1], [1, 0.3, 0.1]],
        ),
        (dict(alpha=[[0.3, 0.5], 0.8], multi_coefficient=[[2, 1], 1]), [[0.3, 0.5], [0.8]], None),
    )

    def test_written_in_every_way(self):
        for options, alphas, coefficients in self.CASES:
            with self.subTest(**options):
                net = two(**options)
                got = [[round(float(t), 6) for t in a] for a in net.get_per_layer_alpha()]
                self.assertEqual(got, alphas)
                if coefficients:
                    got = [[round(float(t), 6) for t in c] for c in net.get_per_layer_coefficient()]
                    self.assertEqual(got, coefficients)
                self.assertEqual(net(samples()).shape, (12, 3, 4))

    def test_a_guess_is_said(self):
        for alpha, meaning in (([0.3, 0.7], "one order a layer"), ([0.3, 0.5, 0.7], "the terms")):
            _context._said.clear()
            with self.assertWarnsRegex(fsnn.NetWarning, meaning):
                two(alpha=alpha)

    def test_learned_in_some_layers(self):
        net = two(alpha=[0.4, 0.7], alpha_mode="per_layer", learn_alpha=[True, False])
        first, second = net.get_per_layer_alpha()
        self.assertEqual([p.requires_grad for p in (first, second)], [True, False])
        net(samples()).sum().backward()
        self.assertTrue(first.grad.any())
        self.assertIsNone(second.grad)
        names = [n for n, p in net.named_parameters() if p.requires_grad and "alpha" in n]
        self.assertEqual(names, ["alpha.0"])
        weighed = two(alpha=[[0.3, 0.5], [0.8]], learn_coefficient=[True, False])
        weighed(samples()).sum().backward()
        self.assertTrue(weighed.coefficient[0].grad.any())
        c = ft.to_net(net, (10,))
        learn = {k: p.learn for k, p in c.params.items() if k.endswith("alpha")}
        self.assertEqual(list(learn.values()), [True, False])
        with self.assertRaisesRegex(ValueError, "learn_alpha has 3 layers"):
            two(alpha=0.5, learn_alpha=[True, True, False])

    def test_attributes_that_programs_read(self):
        for options, case in (
            ({"alpha": 0.5}, "A_scalar"),
            ({"alpha": [0.3, 0.7], "alpha_mode": "per_layer"}, "A"),
            ({"alpha": [0.3, 0.7]}, "A"),
            ({"alpha": [0.3, 0.7], "alpha_mode": "multiterm"}, "B"),
            ({"alpha": [0.3, 0.7], "multi_coefficient": [1.0, 0.5]}, "B"),
            ({"alpha": [0.3, 0.5, 0.7]}, "B"),
            ({"alpha": [[0.3, 0.5], [0.7]]}, "C"),
        ):
            self.assertEqual(two(**options)._alpha_case, case)
        net = two(alpha=[0.3, 0.7], alpha_mode="per_layer", learn_alpha=[True, False])
        self.assertEqual([p.requires_grad for p in net.per_layer_alpha_params], [True, False])
        net(samples()).sum().backward()
        self.assertIsNotNone(net.per_layer_alpha_params[0].grad)
        self.assertEqual([c.tolist() for c in net.per_layer_coefficient_params], [[1.0], [1.0]])

    def test_alpha_info(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            two(alpha=[0.3, 0.5], multi_coefficient=[1, 0.5], learn_alpha=True).print_alpha_info()
        self.assertRegex(out.getvalue(), r"1: alpha 0.3, 0.5 \(learned\), coefficients 1, 0.5")


class Calls(unittest.TestCase):
    def test_memory_in_every_way(self):
        net, x = alone(LIFNeuron(tau=2.0)), samples(20)
        whole = net(x)
        for memory in (-1, None):
            torch.testing.assert_close(net(x, options={"memory": memory}), whole, rtol=0, atol=0)
        short = net(x, options={"memory": 3})
        self.assertTrue((short != whole).any())
        c = ft.to_net(net, (10,), options={"memory": 3})
        np.testing.assert_array_equal(short.detach().numpy(), c.run(x).y)

    def test_more_times_than_steps(self):
        net, x = two(alpha=0.6), samples()
        expected = net(x, torch.arange(12) * 0.5)
        _context._said.clear()
        with self.assertWarnsRegex(fsnn.NetWarning, "the first 12 are taken"):
            got = net(x, torch.arange(20) * 0.5)
        torch.testing.assert_close(got, expected, rtol=0, atol=0)

    def test_a_single_step_has_the_step_size(self):
        """One sample has no spacing."""
        net, x = alone(ft.ReadoutNeuron(tau=2.0)), samples(1)
        torch.testing.assert_close(
            net(x, options={"step_size": 0.5}), x * 0.5**0.7 / 2, rtol=1e-6, atol=1e-7
        )
        torch.testing.assert_close(net(x), x / 2)

    def test_remarks_come_once(self):
        _context._said.clear()
        net, x = two(alpha=0.6), samples()
        for expected in (1, 0):
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                net(x, options={"step_size": 0.1})
            said = [w for w in seen if "step_size 0.1 is not used" in str(w.message)]
            self.assertEqual(len(said), expected)
        with warnings.catch_warnings(record=True) as seen:  # the spacing itself is no remark
            warnings.simplefilter("always")
            net(x, torch.arange(12) * 0.25, options={"step_size": 0.25})
        self.assertFalse([w for w in seen if "step_size" in str(w.message)])

    def test_the_base_by_its_name(self):
        self.assertIsInstance(SNNWrapper(base=nn.Sequential(LIFNeuron())).module, nn.Sequential)


class Neurons(unittest.TestCase):
    def test_order_one_is_the_discrete_neuron(self):
        """v <- v + (I - v)/tau - threshold s in every wrapper, whatever the times."""
        x, neuron = samples(), ft.LIFNeuron_OrderOne(tau=2.0)
        v, spikes = torch.zeros_like(x[0]), []
        for current in x:
            v, s = neuron(v, current)
            spikes.append(s)
        for options in ({}, {"integrator": "odeint_mem"}):
            y = alone(ft.LIFNeuron_OrderOne(tau=2.0), **options)(x, torch.arange(12) * 0.1)
            torch.testing.assert_close(y, torch.stack(spikes), rtol=0, atol=0)
        self.assertGreater(y.sum(), 0)

    def test_fde_has_an_order_of_its_own(self):
        """Its recurrence, written out: h^beta dv - sum of c_j v_{k-j}, then less the threshold."""
        x, beta, h, memory = samples(20), 0.6, 0.5, 5
        c = [1.0]
        for j in range(1, 21):
            c.append(c[-1] * (1 - (1 + beta) / j))
        v, states, spikes = torch.zeros_like(x[0]).double(), [], []
        for current in x.double():
            past = states[-memory:]
            history = sum(c[j] * past[-j] for j in range(1, len(past) + 1))
            v = h**beta * (-v + current) / 2.0 - history
            spikes.append((v >= 1).double())
            v = v - spikes[-1]
            states.append(v)
        options = {"beta": beta, "step_size": h, "memory": memory, "T": 16, "batchsize": 32}
        y = alone(ft.LIFNeuronFDE(tau=2.0, **options), integrator="fdeint_mem", alpha=0.9)(x)
        torch.testing.assert_close(y.double(), torch.stack(spikes), rtol=0, atol=0)
        self.assertGreater(y.sum(), 0)

    def test_noise_outside_of_training(self):
        x = samples(seed=3)
        sharp, noisy = ft.NoisyLIFNeuron(tau=2.0), ft.NoisyLIFNeuron(tau=2.0, hard_eval=False)
        expected = alone(LIFNeuron(tau=2.0))(x)
        torch.testing.assert_close(alone(sharp).eval()(x), expected, rtol=0, atol=0)
        self.assertTrue((alone(noisy).eval()(x) != expected).any())

    def test_equality(self):
        """A potential exactly at the threshold."""
        x = torch.full((4, 1, 3), 1.0)
        for equality, spikes in ((">=", 4), (">", 0)):
            neuron = LIFNeuron(tau=1.0, reset="value", equality=equality)
            y = alone(neuron, integrator="odeint")(x)
            self.assertEqual(y[:, 0, 0].sum(), spikes)

    def test_learned_tau_starts_at_tau(self):
        """Not at twice the value, and moves with it."""
        neuron = LIFNeuron(tau=2.5, tau_learnable=True)
        self.assertAlmostEqual(neuron.get_tau().item(), 2.5, places=6)
        self.assertEqual((neuron.initial_tau, neuron.tau_learnable), (2.5, True))
        fixed = alone(LIFNeuron(tau=2.5))
        torch.testing.assert_close(alone(neuron)(samples()), fixed(samples()), rtol=0, atol=0)

    def test_a_parameter_of_one_s_own_is_learned_as_it_is(self):
        threshold, tau = nn.Parameter(torch.tensor(0.8)), nn.Parameter(torch.tensor(2.0))
        torch.manual_seed(0)
        layers = nn.Linear(10, 6), LIFNeuron(tau, threshold), nn.Linear(6, 4)
        module = nn.Sequential(*layers, LIFNeuron(2.0, threshold))
        net = SNNWrapper(module, "fdeint", alpha=0.7)
        logarithms = {"tau_learnable": True, "threshold_learnable": True}
        torch.manual_seed(0)
        layers = nn.Linear(10, 6), LIFNeuron(2.0, 0.8, **logarithms), nn.Linear(6, 4)
        other = nn.Sequential(*layers, LIFNeuron(2.0, 0.8, threshold_learnable=True))
        for each in net, SNNWrapper(other, "fdeint", alpha=0.7):
            each(samples(scale=9.0)).sum().backward()
        of_log = [other[i].log_threshold.grad / 0.8 for i in (1, 3)]
        torch.testing.assert_close(threshold.grad, sum(of_log))
        torch.testing.assert_close(tau.grad, other[1].log_tau.grad / 2.0)
        self.assertIs(module[1].threshold, threshold)  # shared, and in state_dict once a layer
        self.assertIn("module.3.threshold", net.state_dict())
        again = copy.deepcopy(net)
        self.assertIs(again.module[1].threshold, again.module[3].threshold)
        self.assertIn("threshold=0.8 (learned)", repr(again))
        neuron = LIFNeuron(threshold_learnable=True)
        neuron.threshold = nn.Parameter(torch.tensor(1.5))
        self.assertEqual([name for name, _ in neuron.named_parameters()], ["threshold"])
        ft.load_weights(net, ft.to_net(net, (10,)))
        with self.assertRaisesRegex(TypeError, "give a torch.nn.Parameter"):
            LIFNeuron(threshold=threshold * 2)
        with self.assertRaisesRegex(ValueError, "threshold is -1: it must be above 0"):
            LIFNeuron(threshold=nn.Parameter(torch.tensor(-1.0)))
        with torch.no_grad():
            threshold.fill_(-1.0)
        with self.assertRaisesRegex(ValueError, "threshold.* is -1: it must be positive"):
            net(samples())

    def test_a_surrogate_of_one_s_own_choice_is_recorded(self):
        class Own(ft.BaseNeuron):
            def forward(self, v_mem, current_input=None):
                dv = (-v_mem + current_input) / self.get_tau()
                spike = ft.surrogate.sigmoid_surrogate(v_mem + dv - self.threshold, 3.0)
                return dv - spike.detach() * self.threshold / self.get_tau(), spike

        grads = []
        options = {"surrogate_opt": "sigmoid", "surrogate_grad_scale": 3.0}
        for neuron in (Own(tau=2.0), LIFNeuron(tau=2.0, **options)):
            x = samples().requires_grad_()
            (alone(neuron)(x) * samples(seed=4)).sum().backward()
            grads.append(x.grad)
        torch.testing.assert_close(*grads, rtol=1e-6, atol=1e-7)


class Heads(unittest.TestCase):
    def test_a_head_takes_the_mean_over_time(self):
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv1d(2, 6, 3, padding=1), LIFNeuron(tau=2.0))
        whole = nn.Sequential(module, ft.ClassificationHead(6, 4))
        with torch.no_grad():
            module[0].weight.mul_(4)
        x = torch.rand(5, 3, 2, 7) * 3
        for substeps in (1, 3):
            plain = SNNWrapper(module, "fdeint", alpha=0.7, substeps=substeps)
            net = SNNWrapper(whole, "fdeint", alpha=0.7, substeps=substeps)
            y = net(x)
            self.assertEqual(y.shape, (3, 4))
            expected = whole[1](plain(x))
            torch.testing.assert_close(y, expected, rtol=1e-5, atol=1e-6)
        y.sum().backward()
        self.assertTrue(module[0].weight.grad.any())
        net = SNNWrapper(whole, "fdeint", alpha=0.7)
        c = ft.to_net(net, (2, 7))
        np.testing.assert_allclose(c.run(x).y.mean(0), net(x).detach(), rtol=1e-4, atol=1e-5)

    def test_voters_that_are_left_over(self):
        x = torch.arange(7.0)[None]
        torch.testing.assert_close(ft.VotingLayer(3, strict=False)(x), torch.tensor([[1.0, 4.0]]))
        with self.assertRaisesRegex(ValueError, "7 voters"):
            ft.VotingLayer(3)(x)


class Interpolation(unittest.TestCase):
    KINDS = ("linear", "nearest", "hold", "cubic", "akima")

    @unittest.skipUnless(HAS_DOUBLE, "this build interpolates in single precision only")
    def test_as_the_library_s(self):
        generator = torch.Generator().manual_seed(0)
        for n in (1, 2, 3, 4, 9):
            x = torch.randn(n, 3, 2, dtype=torch.float64, generator=generator)
            t = torch.rand(n, dtype=torch.float64, generator=generator).cumsum(0)
            for query in [*t.tolist(), *np.linspace(-0.1, float(t[-1]) + 0.1, 23)]:
                for kind in self.KINDS:
                    with self.subTest(kind=kind, n=n, t=query):
                        want = fsnn.interpolate(x.numpy(), t.numpy(), [query], kind)[0]
                        got = ft.interpolate(x, t, query, kind)
                        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)

    def test_times_of_each_sample(self):
        x = torch.randn(9, 3, 2, dtype=torch.float64)
        times, query = torch.rand(3, 9, dtype=torch.float64).cumsum(1), torch.rand(3) * 4
        for kind in self.KINDS:
            for stamps in (times, times.T):
                got = ft.interpolate(x, stamps, query, kind)
                for b in range(3):
                    want = ft.interpolate(x[:, b : b + 1], times[b], float(query[b]), kind)
                    torch.testing.assert_close(got[b], want[0])

    def test_gradients(self):
        times = torch.rand(9, dtype=torch.float64).add(0.1).cumsum(0)
        x = torch.randn(9, 3, 2, dtype=torch.float64, requires_grad=True)
        t = torch.tensor([0.53, 1.01, 2.2], dtype=torch.float64, requires_grad=True)
        for kind in self.KINDS:
            with self.subTest(kind=kind):
                self.assertTrue(
                    torch.autograd.gradcheck(lambda x, t: ft.interpolate(x, times, t, kind), (x, t))
                )

    def test_every_kind_in_a_wrapper(self):
        """Times that are not uniform: the samples on a uniform grid, with gradients."""
        times = np.array([0.0, 0.5, 1.2, 3.0, 4.1])
        for kind in self.KINDS:
            net, x = alone(ft.ReadoutNeuron(tau=4.0)), samples(5).requires_grad_()
            y = net(x, times, interpolation_method=kind)
            step = times[-1] / 4
            grid = fsnn.interpolate(x.detach(), times, np.arange(5) * step, kind)
            expected = net(torch.from_numpy(grid), np.arange(5) * step)
            with self.subTest(kind=kind):
                torch.testing.assert_close(y, expected, rtol=1e-5, atol=1e-6)
                y.sum().backward()
                self.assertTrue(x.grad.any())

    def test_sentences(self):
        x = torch.rand(4, 2, 3)
        for pattern, call in (
            ("no interpolation 'spline'", lambda: ft.interpolate(x, range(4), 1.0, "spline")),
            (r"x_time has the shape \[3\]", lambda: ft.interpolate(x, range(3), 1.0)),
            ("must increase", lambda: ft.interpolate(x, [0, 1, 1, 2], 1.0)),
            (r"t has the shape \[3\]", lambda: ft.interpolate(x, range(4), [1.0, 2.0, 3.0])),
        ):
            with self.assertRaisesRegex(ValueError, pattern):
                call()


main()
