"""Double precision from Python: arrays, gradients by differences."""

from kit import fsnn, inputs, main, np, unittest

from fsnn._plan import HAS_DOUBLE


@unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
class Double(unittest.TestCase):
    def net(self, **options):
        layers = [{"linear": {"out": 4}}, {"lif": {"tau": 2.0, **options}}]
        return fsnn.Net(input=[3], layers=layers, dynamics={"alpha": 0.6, "precision": "double"})

    def test_arrays_are_doubles(self):
        net, x = self.net(), inputs(5, 2, 3).astype(np.float64)
        self.assertEqual(net.dtype, np.float64)
        net.wrap(5, 2, training=True, input_gradient=True, record=True)
        y = net.forward(x)
        self.assertEqual((y.dtype, net.read("lif1").dtype), (np.float64, np.float64))
        self.assertEqual(net.backward(np.ones_like(y)).dtype, np.float64)
        weight = net.params["linear1.weight"]
        self.assertEqual((weight.value.dtype, weight.grad.dtype), (np.float64, np.float64))
        net.reset()
        np.testing.assert_array_equal(net.forward(x.astype(np.float32)), y)  # exact in double

    def test_gradient_by_differences(self):
        net = self.net(detach_reset=False, threshold={"value": 1.0, "learn": True})
        net.wrap(8, 2, training=True, smooth=True)
        x, g = inputs(8, 2, 3).astype(np.float64), inputs(8, 2, 4, seed=2).astype(np.float64)
        net.forward(x)
        net.backward(g)
        for name, index in (("linear1.weight", (1, 2)), ("lif1.threshold", (0,))):
            param, h, losses = net.params[name], 1e-5, []
            for sign in (1, -1):
                param.value[index] += sign * h
                net.reset()
                losses.append((net.forward(x) * g).sum())
                param.value[index] -= sign * h
            slope = (losses[0] - losses[1]) / (2 * h)
            self.assertAlmostEqual(slope / param.grad[index], 1, delta=1e-6, msg=name)

    def test_time_stamps(self):
        times, x = [0.0, 0.5, 2.0, 3.0], inputs(4, 2, 3).astype(np.float64)
        between = fsnn.interpolate(x, times, [1.0])
        self.assertEqual(between.dtype, np.float64)
        np.testing.assert_allclose(between[0], x[1] + (x[2] - x[1]) / 3, rtol=1e-14)


main()
