"""Double precision from Python: the golden files as far as their digits go, gradients by
differences, arrays."""

from kit import fsnn, golden, inputs, main, np, unittest

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

    def test_golden(self):
        data = golden("net2_lif_gl.json")
        for case in data["cases"]:
            layers = []
            for node in data["layers"]:
                if node["kind"] == "linear":
                    layers.append({"linear": {"out": node["out"], "name": node["name"]}})
                else:
                    surrogate = {"kind": "arctan", "scale": node["surrogate_scale"]}
                    layers.append(
                        {"lif": {"tau": node["tau"], "surrogate": surrogate, "name": node["name"]}}
                    )
            dynamics = {"alpha": case["alpha"], "step": case["h"], "precision": "double"}
            if case["memory"] > 0:
                dynamics["memory"] = case["memory"]
            with self.subTest(case=case["name"]):
                net = fsnn.Net(input=data["x_shape"][2:], layers=layers, dynamics=dynamics)
                net.wrap(case["T"], data["x_shape"][1], training=True, record=True)
                for name, shape in data["weight_shapes"].items():
                    net.params[name] = np.reshape(data["weights"][name], shape)
                y = net.forward(np.reshape(data["x"], data["x_shape"])[: case["T"]])
                expected = case["expected"]
                np.testing.assert_array_equal(y.ravel(), np.ravel(expected["out"]))
                for name, v in zip(("n1", "n2"), expected["v"]):
                    np.testing.assert_allclose(net.read(name, "v").ravel(), v, rtol=1e-9, atol=5e-9)
                error = y.mean(axis=0) - np.reshape(data["target"], data["target_shape"])
                net.backward(np.broadcast_to(2 * error / error.size / case["T"], y.shape))
                for name, gradient in expected["grad"].items():
                    want = np.ravel(gradient)
                    atol = 1e-8 * np.abs(want).max()
                    np.testing.assert_allclose(
                        net.params[name].grad.ravel(), want, rtol=0, atol=atol
                    )

    def test_time_stamps(self):
        times, x = [0.0, 0.5, 2.0, 3.0], inputs(4, 2, 3).astype(np.float64)
        between = fsnn.interpolate(x, times, [1.0])
        self.assertEqual(between.dtype, np.float64)
        np.testing.assert_allclose(between[0], x[1] + (x[2] - x[1]) / 3, rtol=1e-14)


main()
