"""What the library does with a description, from Python: whole runs with targets and gradients,
evaluations with draws and disturbances, the best weights, runs that go on, tables of neurons."""

import os
import pathlib
import signal
import tempfile
import warnings

from kit import fsnn, inputs, main, np, small, unittest

LAYERS = [{"linear": {"out": 8}}, {"lif": {"tau": 2.0, "threshold": 0.05}}, {"linear": {"out": 3}}]
ENCODER = {"kind": "rate", "steps": 6}


def classes(count=120):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, count)
    x = 0.3 * rng.random((count, 6)) + 0.6 * np.eye(3)[y].repeat(2, 1)
    return x.astype(np.float32), y


def net(**training):
    last = {"lif": {"tau": 2.0, "threshold": 0.05}}
    return fsnn.Net(
        input=[6],
        layers=[*LAYERS, last],
        dynamics={"alpha": 0.8},
        training={"batch": 20, "optimizer": {"lr": 0.02}, **training},
    )


class Runs(unittest.TestCase):
    def test_target_and_gradients(self):
        """The loss and its gradients are those of forward and backward by hand."""
        x, g = inputs(6, 2, 3), np.zeros((2, 4), np.float32)
        found = small().run(x, target=g, loss="mse_rate", gradients=True)
        hand = small().wrap(6, 2, training=True)
        y = hand.forward(x)
        rate = y.mean(axis=0)
        self.assertAlmostEqual(found.loss, (rate**2).mean(), places=6)
        hand.backward(np.broadcast_to(2 * rate / rate.size / 6, y.shape))
        np.testing.assert_array_equal(found.y, y)
        self.assertGreater(np.abs(found.gradients["linear1.weight"]).max(), 0)
        for name, gradient in found.gradients.items():
            np.testing.assert_allclose(gradient, hand.params[name].grad, rtol=1e-4, atol=1e-7)
        with self.assertRaisesRegex(ValueError, "target"):
            small().run(x, gradients=True)
        with self.assertRaisesRegex(TypeError, "goes with an array"):
            small().run(iter([x]), target=g)

    def test_time_stamps_of_each_sample(self):
        x = inputs(5, 2, 3)
        times = np.array([[0, 1, 2, 3, 4], [0, 0.5, 2, 3.5, 4]]).T
        found = small().run(x, times=times)
        self.assertEqual(found.times.shape, (5, 2))
        np.testing.assert_array_equal(found.y[:, :1], small().run(x[:, :1]).y)
        with self.assertRaisesRegex(ValueError, "increas|after"):
            small().run(x, times=[0, 1, 1, 2, 3])

    def test_records_of_all_states(self):
        a = fsnn.Net(input=[3], layers=[{"alif": {"tau": 2.0}}], dynamics={"alpha": 0.7})
        x = inputs(6, 1, 3)
        found = a.run(x, record=["states", "spikes"])
        self.assertEqual(sorted(found.records), ["alif1.a", "alif1.spikes", "alif1.v"])
        np.testing.assert_array_equal(found.records["alif1.a"], a.read("alif1", "a"))
        with self.assertRaisesRegex(ValueError, "no layer has a state 'volts'"):
            a.run(x, record=["volts"])
        self.assertEqual(small().run(x, record=["v"]).thresholds["lif1"].tolist(), [1.0] * 4)

    def test_a_state_that_there_is_not(self):
        with self.assertRaisesRegex(ValueError, "'vv': there are .*spikes.*test"):
            small().run(inputs(4, 1, 3), record=["vv"])

    def test_records_of_chosen_layers_and_steps(self):
        layers = [{"alif": {"tau": 2.0}}, {"linear": {"out": 2}}, {"lif": {"tau": 2.0}}]
        a = fsnn.Net(input=[3], layers=layers, dynamics={"alpha": 0.7})
        x = inputs(8, 1, 3)
        every = a.run(x, record=["states", "spikes"]).records
        for how in ({"record_steps": (2, 5)}, {"record_steps": range(2, 5), "chunk": 3}):
            some = a.run(x, record=["v:lif1", "spikes", "a:alif*"], **how)
            names = ["alif1.a", "alif1.spikes", "lif1.spikes", "lif1.v"]
            self.assertEqual(sorted(some.records), names)
            for name in names:
                np.testing.assert_allclose(some.records[name], every[name][2:5], atol=1e-6)
            self.assertEqual(list(some.thresholds), ["lif1"])
            self.assertEqual(len(some.y), 8)
        self.assertEqual(len(a.run(x, record="v", record_steps=(6, None)).records["lif1.v"]), 2)
        pieces = a.run(iter([x[:4], x[4:]]), record=["v:lif1"]).records
        self.assertEqual(list(pieces), ["lif1.v"])
        for wrong, words in (
            ({"record": ["v:lif7"]}, "layers with v: alif1, lif1"),
            ({"record": ["v"], "record_steps": (3, 99)}, "the steps 0 to 7"),
            ({"record": ["v"], "record_steps": (3, 3)}, "first < end"),
            ({"record": ["v"], "record_steps": range(0, 4, 2)}, "one behind the other"),
            ({"record_steps": (3, 5)}, "not what is recorded"),
        ):
            with self.subTest(words), self.assertRaisesRegex((ValueError, KeyError), words):
                a.run(x, **wrong)
        with self.assertRaisesRegex((ValueError, KeyError), "no such layer"):
            a.run(iter([x]), record=["v:lif7"])
        with self.assertRaisesRegex(TypeError, "first, end"):
            a.run(x, record=["v"], record_steps=4)
        with self.assertRaisesRegex(TypeError, "goes with an array"):
            a.run(iter([x]), record=["v"], record_steps=(0, 2))

    def test_a_run_has_the_weights_of_the_net(self):
        a, x = small(), inputs(6, 2, 3)
        a.wrap(6, 2)
        a.params["linear1.weight"].value[...] *= 2
        expected = a.forward(x)
        np.testing.assert_array_equal(a.run(x, chunk=4).y, expected)
        a.reset()
        np.testing.assert_array_equal(a.forward(x), expected)  # planned for pieces of 2 by now


class Evaluations(unittest.TestCase):
    def test_draws(self):
        x, y = classes(60)
        a = net()
        mean = a.evaluate((x, y), encoder=ENCODER, repeats=3, draw=1)
        each = [a.evaluate((x, y), encoder=ENCODER, draw=d).loss for d in (1, 2, 3)]
        self.assertEqual(mean.losses, each)
        self.assertNotEqual(each[0], each[1])
        self.assertAlmostEqual(mean.loss, np.mean(each), places=12)
        self.assertAlmostEqual(mean.score.spread_loss, np.std(each, ddof=1), places=12)

    def test_a_seed_draws_no_other_samples(self):
        """That of an evaluation is of encodings; data.limit keeps what the training's seed drew."""
        x, y = classes(60)
        with tempfile.TemporaryDirectory() as folder:
            np.savez(pathlib.Path(folder) / "a.npz", x=x, y=y)
            test = {"path": str(pathlib.Path(folder) / "a.npz")}
            how = {"kind": "npz", "test": test, "limit": {"test": 20}}
            made = {"input": [6], "layers": [*LAYERS, LAYERS[1]], "dynamics": {"alpha": 0.8}}
            plain = fsnn.Net({**made, "data": {**how, "encoder": {"steps": 4}}})
            losses = {plain.evaluate(seed=seed).loss for seed in (None, 1, 2, 3)}
            self.assertEqual(len(losses), 1)
            random = fsnn.Net({**made, "data": {**how, "encoder": {**ENCODER, "gain": 0.5}}})
            losses = {random.evaluate(seed=seed).loss for seed in (None, 1, 2, 2)}
            self.assertEqual(len(losses), 2)
        with self.assertRaisesRegex(ValueError, "seed is -1: it is a whole number"):
            plain.evaluate((x, y), seed=-1)
        with self.assertRaisesRegex(TypeError, "seed goes with data that are held"):
            plain.evaluate(iter([(np.zeros((4, 2, 6), np.float32), [0, 1])]), seed=3)

    def test_disturbances_and_progress(self):
        x, y = classes(60)
        calls = []
        found = net().evaluate(
            (x, y), perturb="noise=0.1:0.4", progress=lambda done, all: calls.append((done, all))
        )
        self.assertEqual(list(found.perturbed), ["noise=0.1", "noise=0.4"])
        self.assertNotEqual(found.perturbed["noise=0.4"].loss, found.loss)
        self.assertEqual(calls[-1], (180, 180))
        with self.assertRaisesRegex(ValueError, "perturb takes KIND=AMOUNT"):
            net().evaluate((x, y), perturb="noise")
        with self.assertRaisesRegex(ValueError, "part is 'tests'"):
            net().evaluate((x, y), part="tests")
        with self.assertRaisesRegex(ValueError, "no data to evaluate on"):
            net().evaluate()

    def test_ctrl_c(self):
        x, y = classes(60)

        def interrupt(done, all):
            if done == 20:
                os.kill(os.getpid(), signal.SIGINT)

        with self.assertRaises(KeyboardInterrupt):
            net().evaluate((x, y), progress=interrupt)


class Trainings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_best_weights(self):
        """With the best weights the loss is the best epoch's; of a folder and of none."""
        x, y = classes()
        wild = {"optimizer": {"kind": "adam", "lr": 0.5}, "epochs": 6}
        last, best, kept = net(**wild), net(**wild), net(**wild)
        metrics = best.train((x, y), (x, y), best=True)
        self.assertLess(metrics.epoch, metrics.epochs)
        last.train((x, y), (x, y))
        kept.train((x, y), (x, y), best=True, directory=self.folder / "run")
        self.assertAlmostEqual(best.evaluate((x, y)).loss, metrics.test_loss, places=12)
        weights = [n.params["linear1.weight"].value for n in (last, best, kept)]
        self.assertFalse(np.array_equal(weights[0], weights[1]))
        np.testing.assert_array_equal(weights[1], weights[2])
        loaded = net().load(self.folder / "run")  # a run's directory: its best weights
        np.testing.assert_array_equal(loaded.params["linear1.weight"].value, weights[2])

    def test_the_best_by_a_figure(self):
        """A name of `best` is the key of the section training."""
        x, y = classes(60)
        made = net(epochs=4)
        figures = []
        watch = lambda m: figures.append(m.test_metrics["f1"])
        found = made.train((x, y), (x, y), encoder=ENCODER, best="f1", on_epoch=watch)
        self.assertEqual(found.test_metrics["f1"], max(figures))
        self.assertEqual(made.description.text.count("best: f1"), 1)
        with self.assertRaisesRegex(ValueError, 'training.best: found "f11".*did you mean "f1"'):
            net().train((x, y), best="f11")
        with self.assertRaisesRegex(ValueError, "best is top_k, and k is 5: of 3 outputs"):
            net().train((x, y), (x, y), encoder=ENCODER, best="top_k")

    def test_a_run_goes_on_with_its_validation_set(self):
        """A run of a description with data is gone on with by its directory alone."""
        x, y = classes()
        np.savez(self.folder / "train.npz", x=x, y=y)
        data = {
            "kind": "npz",
            "train": {"path": str(self.folder / "train.npz")},
            "validation": 0.25,
        }
        source = {
            "input": [6],
            "layers": [*LAYERS, {"lif": {"tau": 2.0, "threshold": 0.05}}],
            "dynamics": {"alpha": 0.8},
            "data": data,
            "training": {"batch": 20, "epochs": 2},
        }
        through = fsnn.Net(source)
        through.train(directory=self.folder / "a", epochs=4)
        fsnn.Net(source).train(directory=self.folder / "b")
        other = fsnn.Net(source, set={"data.split_seed": 9})
        with self.assertRaisesRegex(ValueError, "validation"):
            other.train(directory=self.folder / "b", mode="resume", epochs=4)
        again = fsnn.Net(self.folder / "b")
        again.train(directory=self.folder / "b", mode="resume", epochs=4)
        for name, value in through.state_dict().items():
            np.testing.assert_array_equal(again.params[name].value, value, err_msg=name)
        self.assertEqual(again.evaluate(part="validation").samples, 30)

    def test_data_of_any_kind(self):
        x, y = classes(40)
        np.savez(self.folder / "a.npz", x=x, y=y)
        section = {"kind": "npz", "train": {"path": "a.npz"}, "validation": 0.25}
        parts = fsnn.Data.open(section, self.folder / "data.yaml")
        self.assertEqual({k: len(d) for k, d in parts.items()}, {"train": 30, "validation": 10})
        self.assertEqual(parts["train"].classes, 3)
        with self.assertRaisesRegex(ValueError, 'did you mean "train"'):
            fsnn.Data.open({"kind": "npz", "trian": {"path": "a.npz"}})

    def test_sentences_about_a_section_that_is_a_dict(self):
        """A dict has keys and no lines; a text has both."""
        absent = {"kind": "npz", "train": {"path": "absent.npz"}}
        for path in (None, "x/<y>.yaml", self.folder / "a b" / "data.yaml"):
            with self.assertRaises(ValueError) as caught:
                fsnn.Data.open(absent, path)
            self.assertRegex(str(caught.exception), '^data.train.path: there is no file "absent')
            with self.assertRaisesRegex(ValueError, '^data.validation: found "2", expected'):
                fsnn.Data.open({**absent, "validation": 2}, path)
        with self.assertRaisesRegex(ValueError, "^data:3:16: data.train.path: "):
            fsnn.Data.open("kind: npz\ntrain: {path: absent.npz}")

    def test_what_a_set_gives_stays(self):
        a = small(tau=2.0).wrap(1)
        a.save(self.folder / "w.safetensors")
        b = fsnn.Net(a.description.text, set={"lif1.tau": 3.5}).load(self.folder / "w.safetensors")
        self.assertEqual(b.params["lif1.tau"].value[0], 3.5)
        np.testing.assert_array_equal(
            b.params["linear1.weight"].value, a.params["linear1.weight"].value
        )

    def test_warnings_are_once(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            small(tau=0.2).run(inputs(4, 1, 3))
        self.assertEqual([w.category for w in caught], [fsnn.NetWarning])
        self.assertEqual(caught[0].filename, __file__)


class Neurons(unittest.TestCase):
    def test_orders(self):
        current = np.full((50, 2), 1.5)
        options = {"tau": 2.0, "reset": "jump", "dynamics": {"step": 0.1}}
        several = fsnn.simulate(current, alpha=[1.0, 0.6], **options)
        self.assertEqual(several.v.shape, (2, 50, 2))
        one = fsnn.simulate(current, tau=2.0, reset="jump", dynamics={"alpha": 0.6, "step": 0.1})
        np.testing.assert_array_equal(several.v[1], one.v)
        np.testing.assert_array_equal(one.spikes > 0, one.test >= one.threshold)
        self.assertIsNone(fsnn.simulate(current, "readout").test)
        with self.assertRaisesRegex(ValueError, "alpha is 2"):
            fsnn.simulate(current, alpha=[2.0])
        with self.assertRaisesRegex(ValueError, 'did you mean "tau"'):
            fsnn.simulate(current, tua=2.0)

    def test_tables(self):
        how = {"dynamics": {"method": "ml", "step": 0.001}, "tau": 1.0}
        rates = fsnn.firing_rates([0.5, 2.0], 20000, alpha=[1.0], **how)
        np.testing.assert_allclose(rates["alpha 1"], rates["exact, alpha 1"], atol=0.06)
        self.assertEqual((rates["alpha 1"][0], rates.units["alpha 1"]), (0, "1/time"))
        first = fsnn.first_spikes([2.0], alpha=[1.0, 0.6], dynamics={"method": "ml"}, tau=1.0)
        np.testing.assert_allclose(first["first spike"], first["exact"], rtol=5e-3)
        self.assertAlmostEqual(first["exact"][0], np.log(2), places=9)
        spikes = fsnn.spike_intervals(2.0, 4000, "if", alpha=[0.7], **how)
        np.testing.assert_allclose(spikes["time"], spikes["exact time"], atol=2e-3)
        self.assertIn("exact interval", str(spikes))
        with self.assertRaisesRegex(ValueError, "reset none"):
            fsnn.firing_rates([1.0], 10, reset="none")

    def test_relaxation(self):
        found = fsnn.relaxation(
            1.0, 400, alpha=[1.0, 0.6], tau=2.0, v0=0.25, dynamics={"step": 0.005}
        )
        np.testing.assert_allclose(found["distance"], found["exact distance"], atol=2e-3)
        exact = 0.75 * fsnn.mittag_leffler(0.6, 1.0, -(2.0**0.6) / 2.0)
        self.assertAlmostEqual(found["exact distance"][-1], exact, places=9)
        np.testing.assert_allclose(np.abs(found["potential"] - 1.0), found["distance"])
        self.assertEqual(found["alpha"].tolist(), [1.0] * 400 + [0.6] * 400)
        with self.assertRaisesRegex(ValueError, "tau"):
            fsnn.relaxation(1.0, 4, tau=-1)

    def test_resets(self):
        current, options = np.full(200, 1.5), {"tau": 2.0, "dynamics": {"alpha": 0.8, "step": 0.1}}
        found = fsnn.resets(current, **options)
        for k, reset in enumerate(found.table["reset"]):
            one = fsnn.simulate(current, reset=reset, **options)
            np.testing.assert_array_equal(found.v[reset], one.v)
            np.testing.assert_array_equal(found.spikes[reset], one.spikes)
            np.testing.assert_array_equal(found.test[reset], one.test)
            self.assertEqual(found.table["spikes"][k], one.spikes.sum())
            self.assertEqual(found.table["first spike"][k], one.t[one.spikes > 0][0])
        self.assertIn("restart", str(found))
        with self.assertRaisesRegex(TypeError, "leave reset out"):
            fsnn.resets(current, reset="jump")
        with self.assertRaisesRegex(ValueError, "readout never spikes"):
            fsnn.resets(current, "readout")
        with self.assertRaisesRegex(ValueError, r"current must be \[K\]"):
            fsnn.resets([[1.0, 2.0]])
        with self.assertRaisesRegex(NotImplementedError, "method ab"):
            fsnn.resets(current, dynamics={"alpha": 0.8, "method": "ab"})

    def test_weights(self):
        found = fsnn.method_weights([0.5, 0.8], 200)
        c, want = -1.0, []
        for j in range(1, 201):  # (-1)^(j + 1) binomial(0.5, j)
            c *= 1 - 1.5 / j
            want.append(c)
        np.testing.assert_allclose(found["alpha 0.5"], want, rtol=1e-12)
        np.testing.assert_allclose(
            found["alpha 0.8"][-1], found["power law, alpha 0.8"][-1], rtol=0.01
        )
        self.assertNotEqual(fsnn.method_weights([0.5], 1, "l1")["alpha 0.5"][0], 0.5)
        with self.assertRaisesRegex(ValueError, "'l9' of fractional order.*gl.*l1"):
            fsnn.method_weights([0.5], 3, "l9")
        with self.assertRaisesRegex(ValueError, "1 to 20000 lags"):
            fsnn.method_weights([0.5], 0)
        modes = fsnn.weight_exponentials(0.5, 1e-5, 200)
        np.testing.assert_allclose(modes.table["sum of exponentials"], want, rtol=1e-5)
        self.assertLessEqual(modes.largest, 1e-5)
        self.assertEqual(modes.largest, modes.table["relative error"].max())
        self.assertGreater(modes.modes, 3)
        with self.assertRaisesRegex(ValueError, "alpha is 2"):
            fsnn.weight_exponentials(2, 1e-5, 200)

    def test_surrogates(self):
        found = fsnn.surrogate_gradients(-1.0, 1.0, 2001)
        x, slope = found["x"], found["slope.arctan"]
        np.testing.assert_allclose(slope, 2.5 / (1 + (np.pi / 2 * 5 * x) ** 2), rtol=1e-6)
        np.testing.assert_allclose(
            np.gradient(found["smooth.erf"], x)[1:-1], found["slope.erf"][1:-1], atol=1e-5
        )
        summary = fsnn.surrogate_summary()
        at = summary["surrogate"].tolist().index("arctan")
        self.assertEqual((summary["scale"][at], summary["slope at 0"][at]), (5, 2.5))
        self.assertIn("straight_through", str(summary))
        with self.assertRaisesRegex(ValueError, "2 to 20000 rows"):
            fsnn.surrogate_gradients(1.0, 0.0)


main()
