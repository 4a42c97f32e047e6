"""Training, evaluation, whole runs and simulation from Python."""

import contextlib
import io
import os
import pathlib
import signal
import sys
import tempfile
from unittest import mock

from kit import fsnn, inputs, main, np, small, unittest

LAYERS = [{"linear": {"out": 3}}, {"lif": {"tau": 2.0}}]
OPTIONS = {
    "epochs": 3,
    "batch": 20,
    "optimizer": {"kind": "adam", "lr": 0.05},
    "encoder": {"steps": 6},
}


def classes(count=120):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, count)
    return (rng.random((count, 6)) + 3 * np.eye(3)[y].repeat(2, 1)).astype(np.float32), y


def net():
    return fsnn.Net(input=[6], layers=LAYERS, dynamics={"alpha": 0.8})


class Train(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_train_and_evaluate(self):
        x, y = classes()
        a, seen = net(), []
        best = a.train(
            (x, y), (x[:40], y[:40]), on_epoch=seen.append, directory=self.folder / "run", **OPTIONS
        )
        self.assertEqual([m.epoch for m in seen], [1, 2, 3])
        self.assertLess(best.loss, seen[0].loss + 1e-9)
        figures = a.evaluate((x, y), encoder=OPTIONS["encoder"])
        self.assertEqual(figures.confusion.sum(), len(x))
        self.assertAlmostEqual(np.trace(figures.confusion) / len(x), figures.accuracy)
        self.assertEqual(figures.neuron_rates["lif1"].shape, (3,))
        # what was trained is what forward runs
        out = a.run(np.broadcast_to(x, (6, *x.shape))).y.mean(axis=0)
        self.assertAlmostEqual((out.argmax(1) == y).mean(), figures.accuracy)
        # and what the folder holds
        again = fsnn.Net(self.folder / "run").load(self.folder / "run" / "last.safetensors")
        for name, value in a.state_dict().items():
            np.testing.assert_array_equal(again.params[name].value, value)

    def test_values(self):
        """A regression: R2 as NumPy computes it from the answers; classes a step."""
        rng = np.random.default_rng(3)
        x = rng.random((80, 6)).astype(np.float32)
        y = np.stack([x[:, :3].mean(1), x[:, 3:].sum(1) / 2], 1)
        a = fsnn.Net(
            input=[6],
            layers=[{"linear": {"out": 12}}, {"lif": {"tau": 2.0}}, {"linear": {"out": 2}}],
            dynamics={"alpha": 0.8},
        )
        options = {**OPTIONS, "loss": {"kind": "mse", "readout": "last"}, "best": "r2"}
        best = a.train((x, y), (x[:40], y[:40]), **options)
        self.assertTrue(np.isnan(best.test_accuracy))
        self.assertEqual(set(best.test_metrics), {"loss", "mse", "mae", "r2"})
        figures = a.evaluate((x, y), encoder=OPTIONS["encoder"])
        out = a.run(np.broadcast_to(x, (6, *x.shape))).y[-1]
        r2 = 1 - ((out - y) ** 2).sum(0) / ((y - y.mean(0)) ** 2).sum(0)
        self.assertAlmostEqual(figures.metrics["r2"], r2.mean(), places=5)
        np.testing.assert_allclose(figures.answers.reshape(-1, 2), out, atol=1e-6)
        if "plots" not in fsnn.built().partition("(without")[2]:
            self.assertTrue(figures.figure().render().startswith(b"\x89PNG"))
        with self.assertRaisesRegex(ValueError, "whole numbers"):
            fsnn.Data(x, y[:, 0], targets="classes")
        steps = fsnn.Data(
            np.zeros((4, 5, 6)), np.ones((4, 5), int), sequence=True, targets="classes"
        )
        self.assertEqual((steps.classes, steps.target_shape), (2, ()))
        self.assertEqual(fsnn.Data(x, y).target_shape, (2,))

    def test_same_as_one_by_one(self):
        """The first batch of a training, by hand: the same weights to rounding."""
        x, y = classes(20)
        by_c = net()
        by_c.train(
            (x, y),
            epochs=1,
            batch=20,
            optimizer={"kind": "sgd", "lr": 0.5},
            loss="mse_rate",
            encoder={"steps": 6},
        )
        by_hand = net().wrap(6, 20, training=True)
        out = by_hand.forward(np.broadcast_to(x, (6, *x.shape)))
        error = out.mean(axis=0) - np.eye(3)[y]
        by_hand.backward(np.broadcast_to(2 * error / error.size / 6, out.shape))
        for name, param in by_hand.params.items():
            if param.learn:
                np.testing.assert_allclose(
                    by_c.params[name].value,
                    param.value - 0.5 * param.grad,
                    rtol=1e-5,
                    atol=1e-6,
                    err_msg=name,
                )

    def test_interrupt_saves_and_resume_goes_on_to_the_same_bytes(self):
        x, y = classes()
        through, halted, count = net(), net(), []

        def interrupt(metrics):
            count.append(metrics)
            if len(count) == 8:
                os.kill(os.getpid(), signal.SIGINT)

        through.train((x, y), directory=self.folder / "a", **OPTIONS)
        with self.assertRaises(KeyboardInterrupt):
            halted.train((x, y), directory=self.folder / "b", on_batch=interrupt, **OPTIONS)
        self.assertLess(len(count), 18)
        with self.assertRaisesRegex(ValueError, "already holds a run"):
            halted.train((x, y), directory=self.folder / "b", **OPTIONS)
        halted.train((x, y), directory=self.folder / "b", mode="resume", **OPTIONS)
        for name, value in through.state_dict().items():
            np.testing.assert_array_equal(halted.params[name].value, value)

    def test_what_a_callback_raises_comes_out(self):
        def fails(metrics):
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            net().train(classes(), on_epoch=fails, **OPTIONS)

    def test_data_of_other_shapes(self):
        x, y = classes()
        with self.assertRaisesRegex(ValueError, "6|5"):
            net().train((x[:, :5], y), **OPTIONS)
        with self.assertRaisesRegex(ValueError, "whole numbers"):
            fsnn.Data(x, y.astype(float), targets="classes")
        with self.assertRaisesRegex(ValueError, "nothing to train on"):
            net().train()

    def test_what_cannot_be_together(self):
        """The key is named, nothing is written, and the net trains after it as before."""
        double = fsnn.Net(input=[6], layers=LAYERS, dynamics={"alpha": 0.8, "precision": "double"})
        with self.assertRaisesRegex(fsnn.UnsupportedError, "training.quantise: weights of int8"):
            double.train(classes(), directory=self.folder / "run", quantise="int8", **OPTIONS)
        self.assertEqual(list(self.folder.iterdir()), [])
        layers = [LAYERS[0], {"batchnorm": {"name": "bn", "per_step": True}}, LAYERS[1]]
        norm = fsnn.Net(input=[6], layers=layers, dynamics={"alpha": 0.8})
        options = {**OPTIONS, "shards": 2, "batchnorm": "synchronised", "checkpoint": 3}
        with self.assertRaisesRegex(fsnn.UnsupportedError, 'training.batchnorm: batchnorm "bn"'):
            norm.train(classes(), **options)
        options["optimizer"] = {"parameters": {"fc9.*": {"lr": 1}}}
        with self.assertRaisesRegex(
            fsnn.ArgumentError, r'parameters.fc9.\*: no parameter of the network fits "fc9'
        ):
            norm.train(classes(), **options)
        double.train(classes(), **OPTIONS)

    def test_sequences_and_pairs(self):
        x, y = classes(30)
        pairs = fsnn.Data(list(zip(x, y)))
        self.assertEqual((len(pairs), pairs.shape, pairs.classes), (30, (6,), 3))
        sample, label = pairs[7]
        np.testing.assert_array_equal(sample, x[7])
        self.assertEqual(label, y[7])
        sequences = fsnn.Data(np.repeat(x[:, None], 6, axis=1), y, sequence=True)
        still = net().evaluate((x, y), encoder={"steps": 6})
        self.assertEqual(net().evaluate(sequences).accuracy, still.accuracy)

    def test_evaluation_of_an_iterator(self):
        x, y = classes(50)
        a = net()
        a.train((x, y), **OPTIONS)
        whole = a.evaluate((x, y), encoder=OPTIONS["encoder"])
        batches = (
            (np.broadcast_to(x[i : i + 16], (6, *x[i : i + 16].shape)), y[i : i + 16])
            for i in range(0, 50, 16)
        )
        once = a.evaluate(batches)
        for name in ("accuracy", "samples", "classes", "dead", "saturated", "steps"):
            self.assertEqual(getattr(once, name), getattr(whole, name), name)
        for name in ("loss", "multiply_adds", "additions", "memory_operations"):
            self.assertAlmostEqual(getattr(once, name), getattr(whole, name), places=4, msg=name)
        self.assertAlmostEqual(once.rates["lif1"], whole.rates["lif1"], places=12)
        np.testing.assert_array_equal(once.confusion, whole.confusion)
        np.testing.assert_allclose(once.neuron_rates["lif1"], whole.neuron_rates["lif1"])
        with self.assertRaisesRegex(ValueError, "no batches"):
            a.evaluate(iter(()))

    def test_targets_of_an_iterator(self):
        """Values, readouts, a class a step: the figures of the same data as arrays."""
        rng = np.random.default_rng(5)
        x = (rng.random((7, 12, 6)) * 8).astype(np.float32)
        values, classes = rng.random((12, 3)).astype(np.float32), np.arange(12) % 3
        stepwise = rng.integers(0, 3, (12, 7))
        cases = [
            ("mse", values),
            ({"kind": "mse", "readout": "last"}, values),
            ("bce", values.round()),
        ]
        cases += [
            ({"kind": "ce", "readout": readout}, classes) for readout in ("last", "max", "sum")
        ]
        cases += [({"kind": "ce", "readout": "each"}, stepwise), ("ce", stepwise)]
        for loss, y in cases:
            with self.subTest(loss):
                layers = [*LAYERS, {"linear": {"out": 3}}]
                a = fsnn.Net(
                    input=[6], layers=layers, dynamics={"alpha": 0.8}, training={"loss": loss}
                )
                kind = "classes" if y is stepwise else "auto"
                data = fsnn.Data(x.swapaxes(0, 1), y, sequence=True, targets=kind)
                whole = a.evaluate(data)
                once = a.evaluate((x[:, i : i + 5], y[i : i + 5]) for i in (0, 5, 10))
                self.assertAlmostEqual(once.loss, whole.loss, places=5)
                if loss != "bce":
                    np.testing.assert_allclose(once.accuracy, whole.accuracy)
                    np.testing.assert_allclose(once.answers, whole.answers, rtol=1e-5)
                if loss != "mse":
                    np.testing.assert_array_equal(once.confusion, whole.confusion)
                for name, value in once.metrics.items():
                    self.assertAlmostEqual(value, whole.metrics[name], places=4, msg=name)
        with self.assertRaisesRegex(ValueError, r"targets of shape \[12, 4\]: they are classes"):
            a.evaluate(iter([(x, np.ones((12, 4)))]))

    def test_a_loader_is_read_once(self):
        """What has a length and is gone through: a DataLoader."""

        class Batches:
            def __len__(self):
                return 2

            def __iter__(self):
                for seed in (1, 2):
                    yield inputs(4, 5, 3, seed=seed), np.arange(5) % 4

        net = small()
        self.assertEqual(net.evaluate(Batches()).samples, 10)
        pieces = [x for x, _ in Batches()]
        y = net.run(iter(pieces)).y
        np.testing.assert_array_equal(y, net.run(np.concatenate(pieces)).y)
        with self.assertRaisesRegex(TypeError, "an iterator gives them once"):
            net.train(Batches(), epochs=1)

    def test_progress(self):
        x, y = inputs(20, 3), np.arange(20) % 4
        net, said = small(), io.StringIO()
        missing = mock.patch("importlib.util.find_spec", return_value=None)
        with missing, contextlib.redirect_stderr(said):
            net.train((x, y), (x, y), epochs=2, batch=10, progress=True)
            net.evaluate((x, y), progress=True)
        lines = said.getvalue().splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[1], r"^epoch 2/2: training loss [\d.]+, accuracy [\d.]+ %; valid")

    def test_progress_by_tqdm(self):
        bars = mock.MagicMock()
        bars.tqdm.return_value.n = 0
        modules = {"tqdm": mock.MagicMock(__spec__=mock.Mock()), "tqdm.auto": bars}
        x, y = inputs(20, 3), np.arange(20) % 4
        seen = []
        with mock.patch.dict(sys.modules, modules):
            net = small()
            net.train((x, y), epochs=2, batch=10, progress=True, on_batch=seen.append)
            net.evaluate((x, y), progress=True)
        self.assertEqual(len(seen), 4)
        totals = [call.kwargs["total"] for call in bars.tqdm.call_args_list]
        self.assertEqual(totals, [2, 2, 20])
        self.assertEqual(bars.tqdm.write.call_count, 2)
        self.assertEqual(bars.tqdm.return_value.close.call_count, 3)

    def test_samples_that_are_asked_for(self):
        """A data set by `__getitem__` trains to the same weights as its array; nothing is kept."""
        x, y = classes(60)

        class Dataset:
            asked = 0

            def __len__(self):
                return len(x)

            def __getitem__(self, i):
                Dataset.asked += 1
                return x[i], int(y[i])

        a, b, c = net(), net(), net()
        a.train((x, y), **OPTIONS)
        data = fsnn.Data(Dataset())
        first = Dataset.asked
        b.train(data, **OPTIONS)
        self.assertGreaterEqual(Dataset.asked, first + 3 * 60)
        file = self.folder / "x.npy"
        np.save(file, x)
        c.train((np.load(file, mmap_mode="r"), y), **OPTIONS)
        for name, value in a.state_dict().items():
            np.testing.assert_array_equal(b.params[name].value, value)
            np.testing.assert_array_equal(c.params[name].value, value)
        part = data.split(0.5)
        self.assertEqual(len(part) + len(data), 60)
        del data
        self.assertEqual(part[0][0].shape, (6,))

    def test_what_a_sample_raises_comes_out(self):
        class Broken:
            def __len__(self):
                return 40

            def __getitem__(self, i):
                if i == 33:
                    raise ZeroDivisionError
                return np.ones(6) * i

        data = fsnn.Data(Broken(), np.arange(40) % 3)
        with self.assertRaises(ZeroDivisionError):
            net().train(data, **OPTIONS)
        with self.assertRaises(ZeroDivisionError):
            net().evaluate(data)
        self.assertEqual(data[35][1], 35 % 3)
        other = fsnn.Data([np.ones(6), np.ones(5)])
        with self.assertRaisesRegex(ValueError, r"sample 1 has the shape \(5,\), and the first"):
            other[1]


class Runs(unittest.TestCase):
    def test_run_in_pieces(self):
        def alone():
            return fsnn.Net(input=[3], layers=[{"lif": {"tau": 2.0}}], dynamics={"alpha": 0.6})

        x = inputs(30, 2, 3)
        whole = alone().run(x, record=["v", "spikes"])
        pieces = (x[k : k + 4] for k in range(0, 30, 4))
        for other in (alone().run(x, chunk=7, record=["v"]), alone().run(pieces, record=["v"])):
            np.testing.assert_array_equal(other.y, whole.y)
            np.testing.assert_array_equal(other.records["lif1.v"], whole.records["lif1.v"])

    def test_the_loss_of_a_run(self):
        """That of the description, with its readout."""
        x = inputs(9, 4, 3, scale=9.0)
        y = inputs(4, 2, seed=2)
        losses = {}
        for readout in ("mean", "last"):
            net = fsnn.Net(
                input=[3],
                layers=[{"lif": {"tau": 2.0}}, {"linear": {"out": 2}}],
                dynamics={"alpha": 0.6},
                training={"loss": {"kind": "mse", "readout": readout}, "seed": 3},
            )
            run = net.run(x, target=y, gradients=True)
            answer = run.y[-1] if readout == "last" else run.y.mean(axis=0)
            self.assertAlmostEqual(run.loss, ((answer - y) ** 2).mean(), places=5)
            losses[readout] = run.gradients["linear1.bias"]
        self.assertNotAlmostEqual(losses["mean"][0], losses["last"][0], places=4)
        with self.assertRaisesRegex(TypeError, "it is a name; options of a loss are those of"):
            net.run(x, target=y, loss={"kind": "mse"})
        with self.assertRaisesRegex(TypeError, "steps is 2.5: it is a whole number"):
            net.wrap(2.5, 1)

    def test_what_is_asked_for_wrongly(self):
        net, x = small(), inputs(8, 5, 3)
        y = np.arange(8) % 2
        for kind, pattern, call in (
            (ValueError, "'resume' is about a run in a dir", lambda: net.train((x, y), mode="resume")),
            (ValueError, 'did you mean "resume"', lambda: net.train((x, y), mode="resum")),
            (TypeError, "on_batch is 3", lambda: net.train((x, y), on_batch=3)),
            (ValueError, "sequence=True", lambda: net.train((x, y), epochs=1)),
            (ValueError, "named .npz", lambda: net.save("weights.npz")),
            (TypeError, "out is a list", lambda: net.forward(inputs(4, 2, 3), out=[1])),
            (ValueError, "dynamics.alpha is nan", lambda: small(dynamics={"alpha": np.nan})),
            (ValueError, r"^lif.tau is inf", lambda: small(tau=np.inf)),
            (ValueError, "^lif1.tau is nan", lambda: fsnn.Net(net.description.text, set={"lif1.tau": np.nan})),
        ):  # fmt: skip
            with self.subTest(pattern=pattern), self.assertRaisesRegex(kind, pattern):
                call()

    def test_a_target_for_each_step(self):
        x, y = inputs(9, 4, 3, scale=9.0), np.arange(36).reshape(4, 9) % 2
        y[1, 3] = -1  # does not count
        net = fsnn.Net(
            input=[3],
            layers=[{"lif": {"tau": 2.0}}, {"linear": {"out": 2}}],
            dynamics={"alpha": 0.6},
            training={"loss": {"kind": "ce", "readout": "each"}, "seed": 3},
        )
        run = net.run(x, target=y, gradients=True)
        shares = np.log(np.exp(run.y).sum(axis=2)) - np.take_along_axis(
            run.y, np.maximum(y, 0).T[..., None], axis=2
        ).squeeze(2)
        self.assertAlmostEqual(run.loss, shares[y.T >= 0].mean(), places=5)
        self.assertTrue(run.gradients["linear1.weight"].any())
        values = inputs(4, 9, 2, seed=2)
        run = net.run(x, target=values, loss="mse")
        self.assertAlmostEqual(
            run.loss, ((run.y - values.transpose(1, 0, 2)) ** 2).mean(), places=5
        )
        with self.assertRaisesRegex(ValueError, r"target\[0, 1\] is class 7.*\(-1: none\)"):
            net.run(x, target=np.full((4, 9), 7) * (np.arange(9) == 1))
        with self.assertRaisesRegex(ValueError, r"or one for each step: .*, or classes \[4, 9\]"):
            net.run(x, target=y.T)

    def test_time_stamps(self):
        times = [0.0, 0.5, 2.0, 3.0]
        stamped = small(dynamics={"alpha": 0.6, "times": times, "interpolation": "linear"})
        x = inputs(4, 2, 3)
        at = fsnn.grid(times, 1.0)
        np.testing.assert_array_equal(at, [0, 1, 2, 3])
        between = fsnn.interpolate(x, times, at)
        np.testing.assert_allclose(between[1], x[1] + (x[2] - x[1]) / 3, rtol=1e-6)
        np.testing.assert_array_equal(stamped.run(x).y, small().run(between).y)

    def test_simulate(self):
        current = np.full(12, 3.0)
        one = fsnn.simulate(current, tau=2.0, reset="jump", dynamics={"alpha": 0.6, "step": 0.5})
        self.assertEqual(one.v.shape, (12,))
        self.assertGreater(one.spikes.sum(), 0)
        np.testing.assert_allclose(one.t, 0.5 * np.arange(1, 13))
        many = fsnn.simulate(
            np.tile(current[:, None], 3),
            tau=2.0,
            reset="jump",
            dynamics={"alpha": 0.6, "step": 0.5},
        )
        np.testing.assert_array_equal(many.v[:, 2], one.v)
        same = fsnn.simulate(current, tau=2.0, reset="jump", alpha=0.6, dynamics={"step": 0.5})
        np.testing.assert_array_equal(same.v, one.v)
        self.assertIn("a", fsnn.simulate(current, "alif", dynamics={"alpha": 0.6}).states)
        own = fsnn.simulate(
            current,
            "user",
            dv="(-v + I)/tau",
            tau=2.0,
            reset="jump",
            dynamics={"alpha": 0.6, "step": 0.5},
        )
        np.testing.assert_allclose(own.v, one.v, rtol=1e-6)


main()
