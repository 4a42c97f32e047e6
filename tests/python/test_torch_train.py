"""A training in torch and the same by the library: losses and weights agree to rounding."""

import json
import os
import pathlib
import subprocess
import tempfile

from kit import fsnn, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from torch import nn  # noqa: E402

BATCH, BATCHES, EPOCHS, T = 32, 10, 5, 8  # 50 steps

# The network of docs/tutorial.md, on pictures that the test makes.
DESCRIPTION = """
name: clothes
input: [1, 28, 28]
layers:
  - flatten
  - linear: {out: 256, name: fc1}
  - lif: {tau: 2.0, surrogate: {kind: arctan, scale: 2.0}, name: lif1}
  - linear: {out: 10, name: fc2}
  - lif: {tau: 2.0, surrogate: {kind: arctan, scale: 2.0}, name: lif2}
dynamics: {method: gl, alpha: 0.5}
data:
  kind: npz
  train: data.npz
  shuffle: false
  encoder: {kind: direct, steps: 8}
training: {epochs: 5, batch: 32, loss: mse_rate, optimizer: {kind: adam, lr: 0.001}}
"""
PRECISIONS = ((torch.float64, 1e-12), (torch.float32, 1e-5))


def pictures():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, BATCH * BATCHES)
    drawn = rng.random((10, 1, 28, 28))[y] * (rng.random((len(y), 1, 28, 28)) < 0.4)
    return (2 * drawn).astype(np.float32), y


class Clothes(nn.Module):
    def __init__(self):
        super().__init__()
        spikes = {"surrogate_opt": "arctan", "surrogate_grad_scale": 2.0}
        self.fc1, self.lif1 = nn.Linear(784, 256), ft.LIFNeuron(2.0, **spikes)
        self.fc2, self.lif2 = nn.Linear(256, 10), ft.LIFNeuron(2.0, **spikes)

    def forward(self, x):
        return self.lif2(self.fc2(self.lif1(self.fc1(x.flatten(1)))))


def steps(net, x, y, optimizer, loss_of):
    """The losses of one pass over the samples in their order."""
    losses = []
    for first in range(0, len(x), BATCH):
        now = slice(first, first + BATCH)
        rate = net(x[now].expand(T, *x[now].shape)).mean(0)
        loss = loss_of(rate, y[now])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def squared_error(rate, y):
    return nn.functional.mse_loss(rate, nn.functional.one_hot(y, 10).to(rate.dtype))


LOSSES = {"mse_rate": squared_error, "ce_rate": nn.functional.cross_entropy}


class Train(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.x, self.y = pictures()
        np.savez(self.folder / "data.npz", x=self.x, y=self.y)
        path = str(self.folder / "data.npz")
        self.description = self.folder / "net.yaml"
        self.description.write_text(DESCRIPTION.replace("data.npz", json.dumps(path)))

    def by_torch(self, start, dtype, loss):
        """Losses of the training in torch from the weights `start` on, and the module after it."""
        net = ft.SNNWrapper(Clothes(), "fdeint", alpha=0.5).to(dtype)
        weights = {k: torch.from_numpy(v) for k, v in start.items() if k.startswith("fc")}
        net.module.load_state_dict(weights)
        optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.001), []
        x, y = torch.from_numpy(self.x).to(dtype), torch.from_numpy(self.y)
        for _ in range(EPOCHS):
            losses += steps(net, x, y, optimizer, LOSSES[loss])
        return losses, net.module.state_dict()

    def test_the_tutorial_s_network_step_by_step(self):
        for dtype, rounding in PRECISIONS:
            for loss in LOSSES:
                if dtype == torch.float64 and not HAS_DOUBLE:
                    continue
                with self.subTest(dtype=dtype, loss=loss):
                    precision = "double" if dtype == torch.float64 else "single"
                    change = {"dynamics.precision": precision, "training.loss": loss}
                    net, seen = fsnn.Net(self.description, set=change).wrap(T, BATCH), []
                    start = net.state_dict()
                    net.train(on_batch=lambda m, seen=seen: seen.append(m.loss))
                    losses, weights = self.by_torch(start, dtype, loss)
                    self.assertEqual(len(losses), 50)
                    # on_batch has the mean of the epoch so far
                    means = [np.mean(losses[k - k % BATCHES : k + 1]) for k in range(50)]
                    np.testing.assert_allclose(seen, means, rtol=rounding)
                    self.assertLess(means[-1], 0.9 * means[0])
                    for name, value in weights.items():
                        np.testing.assert_allclose(
                            value, net.params[name].value, rtol=0, atol=100 * rounding, err_msg=name
                        )

    def test_the_command(self):
        """`fsnn train`, whose table has the mean loss of each epoch with nine digits."""
        program = os.environ.get("FSNN_BIN")
        if not program:
            self.skipTest("there is no FSNN_BIN")
        command = [os.path.abspath(program), "train", self.description, "--out", "run", "-q"]
        command += ["--no-figures"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = (self.folder / "run" / "metrics.jsonl").read_text().splitlines()
        seen = [json.loads(line)["loss"] for line in lines]
        start = fsnn.Net(self.description).wrap(T, BATCH).state_dict()
        losses, _ = self.by_torch(start, torch.float32, "mse_rate")
        means = np.reshape(losses, (EPOCHS, BATCHES)).mean(1)
        np.testing.assert_allclose(seen, means, rtol=1e-5)

    def test_tau_threshold_and_alpha_learn_alike(self):
        """Positive parameters move in their logarithm, in torch and in the library."""
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, 20)
        x = (rng.random((20, 6)) + 3 * np.eye(3)[y].repeat(2, 1)).astype(np.float32)
        for dtype, rounding in PRECISIONS:
            if dtype == torch.float64 and not HAS_DOUBLE:
                continue
            torch.manual_seed(1)
            learned = ft.LIFNeuron(tau=2.0, tau_learnable=True, threshold_learnable=True)
            layers = nn.Linear(6, 16), learned, nn.Linear(16, 3), ft.ReadoutNeuron(tau=2.0)
            net = ft.SNNWrapper(nn.Sequential(*layers), "fdeint", alpha=0.7, learn_alpha=True)
            net = net.to(dtype)
            c, seen = ft.to_net(net, (6,)), []
            options = {"batch": 20, "loss": "ce_rate", "optimizer": {"kind": "adam", "lr": 0.01}}
            options |= {"epochs": 50, "encoder": {"steps": 6}}
            c.train((x, y), on_epoch=lambda m, seen=seen: seen.append(m.loss), **options)
            optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.01), []
            current, labels = torch.from_numpy(x).to(dtype), torch.from_numpy(y)
            for _ in range(50):
                loss = nn.functional.cross_entropy(net(current.expand(6, 20, 6)).mean(0), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            with self.subTest(dtype=dtype):
                self.assertLess(losses[-1], 0.7 * losses[0])
                np.testing.assert_allclose(losses, seen, rtol=rounding)
                tau = c.params["1.tau"].value[0]
                self.assertNotAlmostEqual(tau, 2.0, places=2)
                self.assertAlmostEqual(learned.get_tau().item() / tau, 1, delta=10 * rounding)


main()
