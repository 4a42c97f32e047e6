"""The golden files through Python: spikes, potentials, losses and gradients of the original."""

from kit import fsnn, golden, main, np, unittest

NEURONS = {"LIF": "lif", "IF": "if"}


def layer_of(node):
    if node["kind"] == "linear":
        return {"linear": {"out": node["out"], "bias": node["bias"], "name": node["name"]}}
    surrogate = {"kind": node["surrogate"], "scale": node["surrogate_scale"]}
    options = {
        "tau": node["tau"],
        "threshold": node["threshold"],
        "surrogate": surrogate,
        "name": node["name"],
    }
    kind = NEURONS.get(node["neuron"])
    return {kind: options} if kind else {"user": {"dv": "(-v^2 + I)/tau", **options}}


def dynamics_of(case):
    method = {"trap": "l1", "glmulti": "gl"}.get(
        case["method"], case["method"]
    )  # the original's names
    options = {"integrator": case["integrator"], "method": method, "step": case["h"]}
    if case["integrator"] == "fdeint":
        options |= {"alpha": case["alpha"], "coefficients": case["coefficient"]}
    if case["memory"] > 0:
        options["memory"] = case["memory"]
    return options


def net_of(file, case):
    dims = file["x_shape"][2:]
    net = fsnn.Net(
        input=dims, layers=[layer_of(n) for n in file["layers"]], dynamics=dynamics_of(case)
    )
    net.wrap(case["T"], file["x_shape"][1], training=True, record=True)
    for name, shape in file["weight_shapes"].items():
        if name in net.params:
            net.params[name] = np.reshape(file["weights"][name], shape)
    return net


class Golden(unittest.TestCase):
    def check(self, file, case):
        expected = case["expected"]
        net = net_of(file, case)
        T = case["T"]
        x = np.reshape(file["x"], file["x_shape"])[:T]
        y = net.forward(x)
        np.testing.assert_array_equal(y.ravel(), np.asarray(expected["out"], np.float32).ravel())
        neurons = [n["name"] for n in file["layers"] if n["kind"] == "neuron"]
        for name, spikes, v in zip(neurons, expected["spikes"], expected["v"]):
            bits = "".join(str(int(s)) for s in net.read(name, "spikes").ravel())
            self.assertEqual(bits, spikes)
            np.testing.assert_allclose(net.read(name, "v").ravel(), v, rtol=1e-4, atol=2e-5)
        target = np.reshape(file["target"], file["target_shape"])
        error = y.mean(axis=0) - target
        self.assertAlmostEqual(float((error**2).mean()), expected["loss"], delta=1e-6)
        net.backward(np.broadcast_to(2 * error / error.size / T, y.shape))
        for name, gradient in expected["grad"].items():
            if name in net.params:
                largest = np.abs(gradient).max()
                np.testing.assert_allclose(
                    net.params[name].grad.ravel(),
                    np.ravel(gradient),
                    rtol=0,
                    atol=5e-6 * largest + 1e-9,
                )

    def file(self, name):
        data, seen = golden(name), 0
        for case in data["cases"]:
            with self.subTest(file=name, case=case["name"]):
                self.check(data, case)
                seen += 1
        self.assertGreater(seen, 0)

    def test_one_layer(self):
        self.file("net1_lif.json")

    def test_two_layers(self):
        self.file("net2_lif_gl.json")

    def test_equations(self):
        self.file("net2_quadratic.json")


main()
