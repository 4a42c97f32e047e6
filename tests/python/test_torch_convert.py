"""Networks and weights both ways between fsnn.torch and fsnn.Net."""

import os
import pathlib
import subprocess
import tempfile

from kit import fsnn, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn.torch import _context  # noqa: E402
from torch import nn  # noqa: E402


class Skip(nn.Module):
    """Convolutions, norms, pooling, a skip, a concatenation, neurons of three kinds."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4))
        self.lif = ft.LIFNeuron(tau=2.0, tau_learnable=True, threshold_learnable=True)
        self.conv = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.own = Own(tau=3.0)
        self.pool = nn.MaxPool2d(2)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 10)
        self.vote = ft.VotingLayer(2)
        self.readout = ft.ReadoutNeuron(tau=4.0)

    def forward(self, x):
        a = self.lif(self.stem(x))
        b = self.own(self.conv(a) + a)
        c = torch.cat([self.pool(a), self.pool(b)], dim=1)
        return self.vote(self.readout(self.fc(torch.flatten(self.mean(c), 1))))


class Own(ft.BaseNeuron):
    def __init__(self, **options):
        super().__init__(**options)
        self.gain = nn.Parameter(torch.tensor(1.4))

    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (-v_mem * torch.sigmoid(v_mem) + self.gain * current_input) / self.get_tau()
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        return dv - spike.detach() * self.threshold / self.get_tau(), spike


class Cell(ft.BaseNeuron):
    """lif with a resting potential and a resistance, in mV; the threshold is counted from rest."""

    def __init__(self, **options):
        super().__init__(tau=20.0, threshold=20.0, v0=-70, v_reset=-65, reset="value", **options)
        self.rest = nn.Parameter(torch.tensor(-70.0))
        self.resistance = nn.Parameter(torch.tensor(40.0))

    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (-(v_mem - self.rest) + self.resistance * current_input) / self.get_tau()
        argument = v_mem + dv - (self.rest + self.threshold)
        return dv, self.surrogate_f(argument, self.surrogate_grad_scale)


def network(**options):
    torch.manual_seed(0)
    net = ft.SNNWrapper(Skip(), integrator="fdeint", **{"alpha": [0.8, 0.6, 0.9], **options})
    with torch.no_grad():
        net.module.stem[0].weight.mul_(4)
        net.module.conv.weight.mul_(3)
    x = torch.rand(6, 3, 2, 8, 8, generator=torch.Generator().manual_seed(1)) * 3
    net(x)  # moves the running statistics
    return net.eval(), x


class UNet(nn.Module):
    """Down and up again: transposed convolutions, upsampling by module and by function."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(2, 6, 3, padding=1)
        self.lif = ft.LIFNeuron(tau=2.0)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1, groups=2)
        self.plain = nn.Upsample(scale_factor=2)
        self.end = nn.ConvTranspose2d(16, 3, (2, 3), padding=(0, 1), dilation=(2, 1), bias=False)
        self.readout = ft.ReadoutNeuron(tau=4.0)

    def forward(self, x):
        a = self.lif(self.down(x))
        b = self.pool(a)
        smooth = torch.nn.functional.interpolate(
            b, size=(8, 8), mode="bilinear", align_corners=False
        )
        c = torch.cat([self.plain(b), self.up(b), smooth], dim=1)
        return self.readout(torch.flatten(self.end(c), 1))


class Convert(unittest.TestCase):
    def test_a_unet(self):
        torch.manual_seed(3)
        net = ft.SNNWrapper(UNet(), integrator="fdeint", alpha=0.8)
        with torch.no_grad():
            net.module.down.weight.mul_(4)
        x = torch.rand(5, 3, 2, 8, 8, generator=torch.Generator().manual_seed(1)) * 3
        c = ft.to_net(net.eval(), (2, 8, 8))
        expected = net(x).detach().numpy()
        self.assertGreater(np.abs(expected).max(), 0)
        np.testing.assert_allclose(c.forward(x), expected, rtol=1e-4, atol=1e-5)

    def test_upsampling_like_torch(self):
        for mode, size, corners in (
            ("nearest", (7, 9), None),
            ("bilinear", (7, 9), False),
            ("bilinear", (3, 11), True),
            ("bilinear", (1, 2), True),
        ):
            with self.subTest(mode=mode, size=size, corners=corners):
                layer = nn.Upsample(size=size, mode=mode, align_corners=corners)
                net = ft.SNNWrapper(
                    nn.Sequential(layer, nn.Flatten(), ft.ReadoutNeuron(tau=1.0)),
                    integrator="odeint",
                )
                x = torch.rand(2, 3, 2, 4, 5, generator=torch.Generator().manual_seed(2))
                expected = layer(x.flatten(0, 1)).reshape(2, 3, -1).numpy()
                c = ft.to_net(net.eval(), (2, 4, 5))
                np.testing.assert_allclose(c.forward(x), expected, rtol=1e-5, atol=1e-6)

    def test_what_upsampling_lacks(self):
        for layer, why in (
            (nn.Upsample(scale_factor=1.5), "whole factors"),
            (nn.Upsample(size=(3, 3), mode="bicubic"), "not bicubic"),
            (nn.ConvTranspose2d(2, 2, 3, output_padding=1, dilation=2), "below its stride"),
        ):
            with self.subTest(why=why):
                net = ft.SNNWrapper(
                    nn.Sequential(layer, nn.Flatten(), ft.ReadoutNeuron(tau=1.0)),
                    integrator="odeint",
                )
                with self.assertRaisesRegex(NotImplementedError, why):
                    ft.to_net(net.eval(), (2, 4, 4))

    def test_the_same_numbers(self):
        for options in ({}, {"learn_alpha": True}):
            with self.subTest(**options):
                net, x = network(**options)
                c = ft.to_net(net, (2, 8, 8))
                expected = net(x).detach().numpy()
                self.assertGreater(np.abs(expected).max(), 0)
                np.testing.assert_allclose(c.forward(x), expected, rtol=1e-4, atol=1e-5)
                self.assertGreater(c.rates()["own"], 0)

    def test_a_cell_in_millivolts(self):
        """Spikes as of fsnn.simulate with rest and resistance; both are learned."""
        cell = nn.Sequential(Cell(surrogate_grad_scale=0.1))
        net = ft.SNNWrapper(cell, integrator="fdeint", alpha=0.8)
        current = torch.tensor([0.4, 0.8, 1.5]).expand(100, 1, 3)
        spikes = net(current)
        spikes.sum().backward()
        for name in ("rest", "resistance"):
            self.assertGreater(abs(getattr(net.module[0], name).grad.item()), 0, name)
        c = ft.to_net(net, (3,))
        np.testing.assert_array_equal(c.forward(current), spikes.detach().numpy())
        own = fsnn.simulate(
            current[:, 0].numpy(),
            rest=-70,
            resistance=40,
            tau=20,
            threshold=-50,
            v_reset=-65,
            reset="value",
            dynamics=dict(alpha=0.8, step=1, precision="single"),
        )
        self.assertGreater(spikes.sum(), 5)
        np.testing.assert_array_equal(own.spikes.reshape(100, 3), spikes[:, 0].detach().numpy())

    def test_a_reset_beside_that_of_dv(self):
        net = ft.SNNWrapper(Own(tau=3.0, reset="value"), integrator="fdeint", alpha=0.8)
        with self.assertRaisesRegex(ValueError, "dv of Own has its spike in it, and reset value"):
            net(torch.ones(4, 1, 3))

    def test_the_command_line_runs_it(self):
        """Trained in torch, run by the program: the same spikes."""
        program = os.environ.get("FSNN_BIN")
        if not program:
            self.skipTest("there is no FSNN_BIN")
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Linear(6, 12), ft.LIFNeuron(tau=2.0), nn.Linear(12, 3), ft.LIFNeuron(tau=2.0)
        )
        net = ft.SNNWrapper(model, integrator="fdeint", alpha=0.7, learn_alpha=True)
        optimizer, x = torch.optim.Adam(net.parameters(), lr=0.05), torch.rand(8, 20, 6) * 3
        y = torch.arange(20) % 3
        for _ in range(10):
            loss = nn.functional.cross_entropy(net(x).mean(0), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        expected = net(x).detach().numpy()
        self.assertGreater(expected.sum(), 0)
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            c = ft.to_net(net, (6,))
            (place / "net.yaml").write_text(c.description.text)
            c.save(place / "net.safetensors")
            np.savez(place / "x.npz", x=x.numpy())
            command = [os.path.abspath(program), "run", "net.yaml", "--weights", "net.safetensors"]
            command += ["--input", "x.npz", "--output", "y.npz"]
            done = subprocess.run(command, cwd=place, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            np.testing.assert_array_equal(np.load(place / "y.npz")["output"], expected)

    def test_trained_by_the_library_and_back(self):
        torch.manual_seed(0)
        lif = ft.LIFNeuron(tau=2.0, tau_learnable=True)
        net = ft.SNNWrapper(
            nn.Sequential(nn.Linear(6, 3), lif), "fdeint", alpha=0.7, learn_alpha=True
        )
        c = ft.to_net(net, (6,))
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, 60)
        x = (rng.random((60, 6)) + 3 * np.eye(3)[y].repeat(2, 1)).astype(np.float32)
        c.train((x, y), epochs=2, batch=20, encoder={"steps": 6})
        ft.load_weights(net, c)
        self.assertNotAlmostEqual(lif.get_tau().item(), 2.0, places=4)
        out = c.run(np.broadcast_to(x, (6, 60, 6))).y
        np.testing.assert_array_equal(
            net(torch.from_numpy(x).expand(6, 60, 6)).detach().numpy(), out
        )

    def test_what_has_no_place(self):
        for layer, pattern in (
            (nn.GELU(), "0 is a GELU"),
            (nn.Conv2d(1, 1, 3, padding="same"), "padding of zeros"),
        ):
            net = ft.SNNWrapper(nn.Sequential(layer, ft.LIFNeuron(tau=2.0)), alpha=0.5)
            with self.assertRaisesRegex(NotImplementedError, pattern):
                ft.to_net(net, (1, 8, 8))


class Checkpoints(unittest.TestCase):
    """Files of torch.save, by fsnn.Net.load."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "w.pt"
        torch.manual_seed(7)
        self.model = nn.Sequential()
        self.model.add_module("fc1", nn.Linear(3, 5))
        self.model.add_module("fc2", nn.Linear(5, 2))

    def loaded(self, saved, **options):
        torch.save(saved, self.path, **options)
        layers = [{"linear": {"out": out, "name": name}} for name, out in (("fc1", 5), ("fc2", 2))]
        return fsnn.Net(input=[3], layers=layers, dynamics={"alpha": 0.5}).load(self.path)

    def test_forms(self):
        state = self.model.state_dict()
        forms = {
            "as it is": (state, {}),
            "before torch 1.6": (state, {"_use_new_zipfile_serialization": False}),
            "within a checkpoint": ({"epoch": 3, "model": state}, {}),
            "double": ({name: value.double() for name, value in state.items()}, {}),
        }
        for form, (saved, options) in forms.items():
            with self.subTest(form):
                net = self.loaded(saved, **options)
                for name, value in state.items():
                    np.testing.assert_array_equal(net.params[name].value, value)

    def test_what_does_not_load(self):
        with self.assertRaisesRegex(NotImplementedError, "holds code.*save the state_dict instead"):
            self.loaded(self.model)
        state = self.model.state_dict()
        del state["fc2.bias"]
        with self.assertRaisesRegex(ValueError, '"fc2.bias" is missing'):
            self.loaded(state)
        with self.assertRaisesRegex(ValueError, "fc1.weight"):
            self.loaded({**self.model.state_dict(), "fc1.weight": torch.zeros(5, 4)})
        with self.assertRaisesRegex(OSError, "cannot be read"):
            fsnn.Net(input=[3], layers=["lif"], dynamics={"alpha": 0.5}).load(
                self.path.parent / "none.pt"
            )


class Several(unittest.TestCase):
    """tau and threshold that are not one for all neurons."""

    def test_each_neuron_is_as_one_alone(self):
        x = torch.rand(9, 2, 3, generator=torch.Generator().manual_seed(4)) * 2
        taus, thresholds = [2.0, 3.5, 9.0], [0.4, 0.5, 0.9]
        y = several(ft.LIFNeuron(taus, torch.tensor(thresholds)))(x)
        self.assertGreater(y.sum(), 5)
        for i, (tau, threshold) in enumerate(zip(taus, thresholds)):
            one = several(ft.LIFNeuron(tau, threshold))(x[..., i : i + 1])
            torch.testing.assert_close(one, y[..., i : i + 1], rtol=0, atol=0)

    def test_gradients(self):
        """Of each channel and of each place, by the rule step by step through torch."""
        x = torch.rand(5, 2, 2, 3, 3, generator=torch.Generator().manual_seed(5)) * 3
        for learned in (torch.tensor([2.0, 3.0]).reshape(2, 1, 1), torch.rand(1, 3, 3) + 2):
            by_c = ft.LIFNeuron(learned, tau_learnable=True)
            by_torch = Branching(learned, tau_learnable=True)
            for neuron in (by_c, by_torch):
                y = several(neuron)(x)
                (y * torch.arange(5.0)[:, None, None, None, None]).sum().backward()
            self.assertGreater(by_c.log_tau.grad.abs().min(), 0)
            torch.testing.assert_close(by_c.log_tau.grad, by_torch.log_tau.grad)

    def test_both_ways(self):
        shapes = ((5, 1, 1), (5, 4, 4), (1, 4, 4))
        x = torch.rand(6, 2, 5, 4, 4, generator=torch.Generator().manual_seed(6)) * 3
        for shape in shapes:
            net = several(ft.LIFNeuron(torch.rand(shape) + 2, torch.rand(5, 1, 1) / 2 + 0.5))
            c = ft.to_net(net, (5, 4, 4))
            alone = fsnn.Net(c.description.text)  # fixed numbers are in the description
            for other in (c, alone):
                np.testing.assert_array_equal(other.forward(x), net(x))
        net = several(ft.LIFNeuron(torch.rand(5, 1, 1) + 2, tau_learnable=True))
        c = ft.to_net(net, (5, 4, 4))
        c.params["0.tau"].value[...] *= 1.25
        ft.load_weights(net, c)
        np.testing.assert_array_equal(c.forward(x), net(x).detach())
        shared = several(ft.LIFNeuron(torch.rand(1, 4, 4) + 2, tau_learnable=True))
        with self.assertRaisesRegex(NotImplementedError, "0.tau has the shape .5, 4, 4."):
            ft.load_weights(shared, ft.to_net(shared, (5, 4, 4)))

    def test_one_number_keeps_its_digits(self):
        order, call = (
            _context.Order([0.5], [1.0]),
            several(ft.LIFNeuron(tau=1.1))._call(1, {"integrator": "odeint"}),
        )
        layer, _ = ft.LIFNeuron(tau=1.1, threshold=0.7)._described("a", order, call)
        self.assertEqual(
            [layer["layers"][0]["lif"][key] for key in ("tau", "threshold")], [1.1, 0.7]
        )

    def test_shapes(self):
        neuron = ft.LIFNeuron(tau=[1.0, 2.0, 3.0])
        with self.assertRaisesRegex(ValueError, r"one a neuron, \[3, 1, 1\] one a channel"):
            several(neuron)(torch.rand(4, 2, 3, 5, 5))
        with self.assertRaisesRegex(ValueError, "must be above 0"):
            ft.LIFNeuron(tau=[1.0, -2.0])
        with self.assertRaisesRegex(TypeError, "a number above 0, or a tensor"):
            ft.LIFNeuron(threshold=[[1.0], [1.0, 2.0]])
        self.assertIn("tau=[3] from 1 to 3", repr(neuron))
        neuron.tau = 4.0
        self.assertEqual(neuron.get_tau(), 4.0)
        learned = ft.LIFNeuron(tau=[1.0, 2.0], tau_learnable=True)
        learned.tau = 3.0  # of both
        self.assertEqual(several(learned)(torch.rand(4, 2, 2)).shape, (4, 2, 2))
        self.assertEqual(
            several(ft.LIFNeuron(tau=[1.0, 2.0])).double()._neurons()["0"].tau.dtype, torch.float64
        )


def several(neuron):
    return ft.SNNWrapper(nn.Sequential(neuron), integrator="fdeint", alpha=0.6)


class Branching(ft.LIFNeuron):
    """A rule that no equation records."""

    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (-v_mem + current_input) / self.get_tau()
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        if bool((dv > 1e9).any()):
            raise OverflowError
        return dv - spike.detach() * self.threshold / self.get_tau(), spike


main()
