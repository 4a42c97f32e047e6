"""rest and resistance: of layers in a dict, of fsnn.torch's neurons, beside cells counted from rest."""

from kit import fsnn, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn.torch import IFNeuron, LIFNeuron, SNNWrapper  # noqa: E402
from torch import nn  # noqa: E402

CELL = {"rest": -70.0, "resistance": 4.0, "threshold": -50.0}


def current(seed=1):
    return 16 * torch.rand(20, 3, 7, generator=torch.Generator().manual_seed(seed))


def run(neuron, x, **options):
    net = SNNWrapper(nn.Sequential(neuron), **{"integrator": "fdeint", "alpha": 0.7, **options})
    return net(x)


class Layers(unittest.TestCase):
    def test_a_layer_of_a_dict(self):
        x = current().numpy()
        spikes = []
        for options, scale in ((CELL, 1), ({"threshold": 20.0}, 4)):
            net = fsnn.Net(
                input=[7],
                layers=[{"lif": {**options, "tau": 3.0, "reset": "value", "name": "cell"}}],
                dynamics={"alpha": 0.7},
            )
            spikes.append(net.run(scale * x).y)
        self.assertGreater(spikes[0].sum(), 10)
        np.testing.assert_array_equal(*spikes)

    def test_a_neuron_of_a_layer_alone(self):
        layer = {**CELL, "resistance": 40.0, "tau": 20.0, "reset": "value", "name": "cell"}
        how = {"alpha": 0.8, "step": 0.1}
        net = fsnn.Net(input=[1], layers=[{"lif": layer}], dynamics=how)
        alone = net.simulate(0.6, "cell", steps=6000)
        beside = fsnn.simulate(
            0.6, steps=6000, rest=-70, resistance=40, threshold=-50, tau=20, reset="value", dynamics=how
        )
        self.assertGreater(alone.spikes.sum(), 2)
        np.testing.assert_array_equal(alone.spikes, beside.spikes)
        np.testing.assert_allclose(alone.v, beside.v, atol=1e-9)


class Torch(unittest.TestCase):
    def test_it_is_counted_from_rest(self):
        for kind in LIFNeuron, IFNeuron, ft.LIFNeuron_OrderOne:
            for reset in "current", "value", "subtract", "jump", "restart":
                if kind is ft.LIFNeuron_OrderOne and reset != "subtract":
                    continue
                with self.subTest(kind=kind.__name__, reset=reset):
                    x = current()
                    cell = kind(tau=3.0, reset=reset, **CELL)
                    plain = kind(tau=3.0, reset=reset, threshold=20.0)
                    spikes = run(cell, x)
                    self.assertGreater(float(spikes.detach().sum()), 10)
                    self.assertTrue(torch.equal(spikes, run(plain, 4 * x)))

    def test_gradients_and_learning(self):
        x, gradient = current(), []
        for options, scale in ((CELL, 1), ({"threshold": 20.0}, 4)):
            neuron = LIFNeuron(tau=3.0, threshold_learnable=True, tau_learnable=True, **options)
            at = x.clone().requires_grad_()
            run(neuron, scale * at).square().sum().backward()
            gradient.append([at.grad, neuron.log_threshold.grad, neuron.log_tau.grad])
            neuron.threshold = options["threshold"] + 1
            self.assertAlmostEqual(float(neuron.threshold.detach()), options["threshold"] + 1, places=4)
        for one, other in zip(*gradient):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)

    def test_the_rule_alone(self):
        v, x = torch.tensor([-70.0, -60.0, -51.0]), torch.tensor([0.0, 2.0, 8.0])
        for kind in LIFNeuron, IFNeuron:
            dv, spike = kind(tau=2.0, **CELL)(v, x)
            plain, expected = kind(tau=2.0, threshold=20.0)(v + 70, 4 * x)
            self.assertTrue(torch.equal(dv, plain) and torch.equal(spike, expected))
        self.assertEqual(spike.tolist(), [0, 0, 1])

    def test_sentences(self):
        with self.assertRaisesRegex(ValueError, "threshold is -80.*: it must be above -70"):
            LIFNeuron(rest=-70.0, threshold=-80.0)
        with self.assertRaisesRegex(ValueError, "threshold is -50.*: it must be above 0"):
            LIFNeuron(threshold=-50.0)
        with self.assertRaisesRegex(TypeError, "rest is 'low'"):
            LIFNeuron(rest="low")
        with self.assertRaisesRegex(ValueError, "resistance"):
            LIFNeuron(resistance=-1.0)
        with self.assertRaisesRegex(ValueError, "unknown key"):
            ft.HardLIFNeuron(rest=-0.5, threshold=1.0)
        self.assertEqual(ft.QIFNeuron(rest=0.25).own["rest"], 0.25)


main()
