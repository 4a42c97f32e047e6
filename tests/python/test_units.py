"""Units of a description in Python: named, not converted; rates in Hz. The peak of an upstroke."""

from kit import inputs, main, np, unittest

import fsnn

UNITS = {"time": "ms", "potential": "mV", "current": "nA"}


def net_of(**more):
    return fsnn.Net(
        input=[3],
        layers=[{"linear": {"out": 4}}, {"lif": {"tau": 4.0, "name": "cell"}}],
        dynamics={"alpha": 0.6, "step": 0.5},
        **more,
    )


class Units(unittest.TestCase):
    def test_of_a_net(self):
        self.assertEqual(net_of(units=UNITS).units, UNITS)
        self.assertEqual(net_of().units, {})
        self.assertEqual(net_of().description.hertz, 0)
        self.assertAlmostEqual(net_of(units={"time": "ms"}).description.hertz, 2000)
        with self.assertRaisesRegex(ValueError, "none, s, ms, us"):
            net_of(units={"time": "hours"}).wrap(1)

    def test_nothing_is_converted(self):
        x = inputs(8, 2, 3)
        np.testing.assert_array_equal(net_of(units=UNITS).forward(x), net_of().forward(x))

    def test_rates_in_hertz(self):
        data = inputs(16, 3), np.arange(16) % 4
        encoder = {"kind": "direct", "steps": 6}
        plain = net_of().evaluate(data, encoder=encoder)
        found = net_of(units=UNITS).evaluate(data, encoder=encoder)
        self.assertEqual(plain.rates_hz, {})
        self.assertGreater(plain.rates["cell"], 0)
        self.assertAlmostEqual(found.rates_hz["cell"], plain.rates["cell"] * 2000)
        batches = [(inputs(6, 4, 3), np.arange(4))]
        self.assertIn("cell", net_of(units=UNITS).evaluate(iter(batches)).rates_hz)

    def test_of_runs_and_simulations(self):
        net = net_of(units=UNITS)
        found = net.run(inputs(8, 1, 3), record=["spikes"])
        self.assertEqual(found.units, UNITS)
        self.assertEqual(set(found.records), {"cell.spikes"})
        self.assertEqual(net.simulate(2.0, steps=20).units, UNITS)
        self.assertEqual(net.simulate(2.0, steps=20, units={"time": "s"}).units["time"], "s")
        with self.assertRaisesRegex(ValueError, "units"):
            fsnn.figures.raster(np.zeros((3, 2)), units={"time": "hours"})
        for figure in (fsnn.figures.raster, fsnn.figures.traces):
            with self.assertRaisesRegex(TypeError, "units is 'time=ms': it is a mapping"):
                figure(np.zeros((3, 2)), units="time=ms")
        with self.assertRaisesRegex(TypeError, "units is 'time=ms': it is a mapping"):
            fsnn.simulate(2.0, steps=20, units="time=ms")


class Peak(unittest.TestCase):
    """A quadratic cell in mV, whose peak is 0 mV, is the same that counts from -60."""

    def of(self, base, **options):
        return fsnn.simulate(
            12.0,
            "qif",
            steps=6000,
            dynamics={"step": 0.02},
            tau=10.0,
            reset="value",
            v_reset=base - 5.0,
            v0=base,
            params={"a": 0.0625, "rest": base, "critical": base + 15.0},
            **options,
        )

    def test_below_zero(self):
        own, plain = self.of(-60.0, v_peak=0.0), self.of(0.0, threshold=60.0)
        self.assertGreater(own.spikes.sum(), 2)
        np.testing.assert_array_equal(own.spikes, plain.spikes)
        np.testing.assert_allclose(own.v, plain.v - 60.0, atol=1e-6)

    def test_refused(self):
        with self.assertRaisesRegex(ValueError, "give one of them"):
            self.of(-60.0, v_peak=0.0, threshold=1.0)
        with self.assertRaisesRegex(ValueError, "lif spikes where its potential reaches"):
            fsnn.simulate(1.0, "lif", steps=5, v_peak=1.0)


main()
