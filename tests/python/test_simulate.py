"""fsnn.simulate: currents by their kinds, resting potentials, resistances and units."""

from kit import main, np, unittest

import fsnn
from fsnn import Current

STEPS, H = 400, 0.05
T = H * np.arange(STEPS)  # where explicit methods take the current


def current_of(current, **options):
    options = {"dynamics": {"step": H, "alpha": 0.7}, **options}
    return fsnn.simulate(current, "readout", steps=STEPS, tau=2.0, **options).current


class Currents(unittest.TestCase):
    def test_formulas(self):
        cases = {
            "a number": (1.5, np.full(STEPS, 1.5)),
            "constant": (Current.constant(1.5), np.full(STEPS, 1.5)),
            "step": (Current.step(2.0, 4.0, 9.0), 2.0 * ((T >= 4 - 1e-9) & (T < 9 - 1e-9))),
            "step to the end": (Current.step(2.0, 4.0), 2.0 * (T >= 4 - 1e-9)),
            "ramp": (Current.ramp(1.0, 3.0, 10.0), 1 + 2 * np.minimum(T / 10, 1)),
            "ramp over the whole time": (Current.ramp(1.0, 3.0), 1 + 2 * T / (STEPS * H)),
            "sine": (Current.sine(0.5, 0.3, 1.0), 1 + 0.5 * np.sin(2 * np.pi * 0.3 * T)),
            "square": (
                Current.square(2.0, 0.11, -1.0, 0.3),
                -1 + 2.0 * (np.mod(0.11 * T, 1) < 0.3),
            ),
            "chirp": (
                Current.chirp(2.0, 0.1, 0.5),
                2 * np.sin(2 * np.pi * (0.1 * T + 0.4 * T**2 / (2 * H * STEPS))),
            ),
            "spikes": (
                Current.spikes(0.7, [0.0, 1.02, 1.03, 7.5]),
                0.7 / H * np.bincount([0, 20, 20, 150], minlength=STEPS),
            ),
            "samples at times": (
                Current.samples([0.0, 2.0, 1.0], [0.0, 5.0, 10.0]),
                np.interp(T, [0, 5, 10], [0, 2, 1]),
            ),
            "a sum": (
                2 + Current.sine(1.0, 0.2) + Current.step(3.0, 1.0, 2.0) + 0.5,
                2.5 + np.sin(0.4 * np.pi * T) + 3.0 * ((T >= 1 - 1e-9) & (T < 2 - 1e-9)),
            ),
        }
        for name, (current, expected) in cases.items():
            with self.subTest(kind=name):
                np.testing.assert_allclose(current_of(current), expected, atol=1e-9)

    def test_noise(self):
        plain, white = current_of(Current.noise(1.0, 0.5)), current_of(Current.white(1.0, 0.5))
        self.assertAlmostEqual(plain.std(), 0.5, delta=0.06)
        np.testing.assert_allclose((white - 1) * H**0.5, plain - 1, atol=1e-9)
        both = current_of(Current.noise(1.0, 0.5), neurons=2, seed=3)
        self.assertEqual(both.shape, (STEPS, 2))
        self.assertFalse(np.array_equal(both[:, 0], both[:, 1]))

    def test_shapes(self):
        columns = Current.samples(np.ones((STEPS, 3)))
        self.assertEqual(current_of(columns + 1).shape, (STEPS, 3))
        self.assertEqual(current_of(1.0, alpha=[0.5, 1.0]).shape, (STEPS,))
        several = fsnn.simulate(1.0, steps=7, neurons=2, alpha=[0.5, 1.0])
        self.assertEqual(several.v.shape, (2, 7, 2))
        self.assertEqual(fsnn.simulate([1.0] * 9, steps=7).v.shape, (7,))
        np.testing.assert_array_equal(
            fsnn.resets(Current.constant(1.5), steps=50).v["jump"],
            fsnn.resets([1.5] * 50).v["jump"],
        )

    def test_sentences(self):
        for kind, pattern, call in (
            (TypeError, "has no length: give steps", lambda: fsnn.simulate(Current.constant(1))),
            (ValueError, "steps is 2.5", lambda: fsnn.simulate(1.0, steps=2.5)),
            (ValueError, "a step from 3 to 2", lambda: Current.step(1, 3, 2)),
            (ValueError, "deviation is -1", lambda: Current.white(0, -1)),
            (ValueError, "share is 1", lambda: Current.square(1, 1, 0, 1)),
            (ValueError, "frequency 0", lambda: current_of(Current.square(1, 0))),
            (ValueError, "not negative and ascend", lambda: current_of(Current.spikes(1, [2, 1]))),
            (TypeError, "amplitude is 'a': it is a number", lambda: Current.constant("a")),
            (ValueError, "offset is nan", lambda: Current.sine(1, 1, float("nan"))),
            (ValueError, "2 rows of samples, and 1 times", lambda: Current.samples([1, 2], [0])),
            (ValueError, "at most 16 parts", lambda: sum([Current.constant(1)] * 16)),
            (ValueError, "2 rows, but there are 400", lambda: current_of(Current.samples([1, 2]))),
        ):
            with self.subTest(pattern=pattern), self.assertRaisesRegex(kind, pattern):
                call()
        shown = "Current.sine(1, 0.2, 0) + Current.spikes(1, times [2]) + Current.constant(2)"
        self.assertEqual(repr(Current.sine(1, 0.2) + Current.spikes(1, [0, 1]) + 2), shown)


class OfALayer(unittest.TestCase):
    def net(self):
        layers = [{"linear": {"out": 4}}, {"lif": {"tau": 2.0, "reset": "jump"}}]
        layers += [{"linear": {"out": 2}}, {"qif": {"tau": 3.0}}]
        return fsnn.Net(input=[3], layers=layers, dynamics={"alpha": 0.6, "step": 0.1})

    def test_its_neuron_as_it_is_now(self):
        net = self.net()
        how = {"tau": 2.0, "reset": "jump", "dynamics": {"alpha": 0.6, "step": 0.1}}
        expected = fsnn.simulate(1.7, steps=200, **how)
        self.assertGreater(expected.spikes.sum(), 0)
        np.testing.assert_array_equal(net.simulate(1.7, "lif1", steps=200).v, expected.v)
        net.wrap(2).params["lif1.tau"].value[...] = 2.5
        expected = fsnn.simulate(1.7, steps=200, **{**how, "tau": 2.5})
        np.testing.assert_array_equal(net.simulate(1.7, "lif1", steps=200).v, expected.v)
        several = net.simulate([1.7] * 200, "lif1", alpha=[0.6, 1.0])
        np.testing.assert_array_equal(several.v[0], expected.v)
        one = net.simulate(Current.sine(2.0, 0.1, 1.0), "qif1", steps=50, neurons=2, alpha=0.9)
        self.assertEqual(one.v.shape, (50, 2))
        single = net.simulate(1.7, "lif1", steps=200, precision="single").v
        np.testing.assert_allclose(single, expected.v, atol=1e-4)
        self.assertFalse(np.array_equal(single, expected.v))

    def test_sentences(self):
        net = self.net()
        with self.assertRaisesRegex(ValueError, "^the description has 2 .*one as node, like lif1"):
            net.simulate(1.0, steps=5)
        with self.assertRaisesRegex(ValueError, 'no neuron layer "lif9"'):
            net.simulate(1.0, "lif9", steps=5)
        with self.assertRaisesRegex(ValueError, 'did you mean "double"'):
            net.simulate(1.0, "lif1", steps=5, precision="doubel")


class Units(unittest.TestCase):
    def test_tables_take_a_resting_potential(self):
        how = dict(
            rest=-70, resistance=40, threshold=-50, tau=20, dynamics=dict(step=0.1, method="ml")
        )
        exact = 20 * np.log(24 / 4)
        rates = fsnn.firing_rates([0.6], 5000, **how)
        np.testing.assert_allclose(rates["exact, alpha 1"], [1 / exact])
        first = fsnn.first_spikes([0.6], **how)
        np.testing.assert_allclose(first["exact"], [exact])
        np.testing.assert_allclose(first["first spike"], [exact], atol=0.1)
        spikes = fsnn.spike_intervals(0.6, 2000, "if", **how)
        np.testing.assert_allclose(spikes["exact time"][:2], [20 * 20 / 24, 2 * 20 * 20 / 24])
        way = fsnn.relaxation(0.6, 100, **how)
        np.testing.assert_allclose(way["exact distance"], 24 * np.exp(-way["time"] / 20))
        np.testing.assert_allclose(way["potential"], -46 - way["exact distance"])

    def test_tables_in_named_units(self):
        how = dict(tau=20, alpha=[1.0, 0.8], dynamics=dict(step=0.1, method="ml"))
        units = {"time": "ms", "potential": "mV", "current": "nA"}
        plain = fsnn.firing_rates([1.5, 3.0], 4000, **how)
        named = fsnn.firing_rates([1.5, 3.0], 4000, units=units, **how)
        self.assertEqual(plain.units["alpha 0.8"], "1/time")
        self.assertEqual(
            named.units, {name: "nA" if name == "current" else "Hz" for name in plain.units}
        )
        for name in plain.columns:
            factor = 1 if name == "current" else 1000
            np.testing.assert_allclose(named[name], factor * plain[name])
        self.assertIn("current [nA]", str(named))
        self.assertIn("alpha 0.8 [Hz]", str(named))
        self.assertNotIn("[", str(plain))
        self.assertEqual(
            fsnn.firing_rates([1.5], 100, units={"current": "pA"}, **how).units["alpha 1"], "1/time"
        )
        self.assertEqual(
            fsnn.relaxation(0.6, 10, units=units, **how).units,
            {"alpha": "", "time": "ms", "potential": "mV"}
            | {name: "mV" for name in ("distance", "exact distance")},
        )
        first = fsnn.first_spikes([1.5], units=units, **how)
        self.assertEqual(first.units["first spike"], "ms")
        spikes = fsnn.spike_intervals(1.5, 300, units=units, **how)
        self.assertEqual(spikes.units["interval"], "ms")
        table = fsnn.resets([1.5] * 50, units=units).table
        self.assertEqual(table.units["last potential"], "mV")
        with self.assertRaisesRegex(ValueError, 'did you mean "time"'):
            fsnn.firing_rates([1.5], 100, units={"tiem": "ms"})

    def test_a_resting_potential_moves_what_stands_on_it(self):
        """tau D^alpha v = -(v - E) + R I, in mV, ms and nA."""
        how = {"tau": 20.0, "reset": "value", "dynamics": {"alpha": 0.8, "step": 0.1}}
        current = 0.6 + Current.sine(0.2, 0.01)
        moved = fsnn.simulate(
            current, steps=3000, rest=-70, resistance=40, threshold=-50, v_reset=-65, **how
        )
        plain = fsnn.simulate(
            24.0 + Current.sine(8.0, 0.01), steps=3000, threshold=20.0, v_reset=5.0, **how
        )
        self.assertGreater(plain.spikes.sum(), 3)
        np.testing.assert_array_equal(moved.spikes, plain.spikes)
        np.testing.assert_allclose(moved.v, plain.v - 70, atol=1e-9)
        self.assertAlmostEqual(fsnn.simulate(0.0, steps=5, rest=-70, **how).v[-1], -70.0)
        with self.assertRaisesRegex(ValueError, "-80 is not above the resting potential"):
            fsnn.simulate(1.0, steps=5, rest=-70, threshold=-80)
        with self.assertRaisesRegex(NotImplementedError, "of kinds lif, if and noisy, not of qif"):
            fsnn.simulate(1.0, "qif", steps=5, rest=-70)
        with self.assertRaisesRegex(TypeError, "v0 is 'low'"):
            fsnn.simulate(1.0, steps=5, rest=-70, v0="low")

    def test_units(self):
        units = {"time": "ms", "potential": "mV", "current": "nA"}
        self.assertEqual(fsnn.simulate(1.0, steps=5, units=units).units, units)
        with self.assertRaisesRegex(ValueError, 'did you mean "potential"'):
            fsnn.simulate(1.0, steps=5, units={"potentail": "mV"})
        with self.assertRaisesRegex(ValueError, "time is 'min': it is one of s, ms, us"):
            fsnn.simulate(1.0, steps=5, units={"time": "min"})


main()
