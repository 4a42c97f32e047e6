"""The golden files through Python, in single and double precision: spikes, potentials, losses and
gradients of the original; interpolation; the Mittag-Leffler function; the schemes themselves."""

import golden_nets as nets
from fsnn._plan import HAS_DOUBLE
from kit import fsnn, golden, main, np, unittest

KINDS = {"LIF": "lif", "IF": "if", "quadratic": "user"}
PRECISIONS = ("single", "double") if HAS_DOUBLE else ("single",)


def layer_of(node, file):
    name = {"name": node["name"]}
    if node["kind"] == "linear":
        return {"linear": {"out": node["out"], "bias": node["bias"], **name}}
    if node["kind"] == "conv2d":
        size = {"kernel": node["kernel"], "padding": node["padding"], "bias": node["bias"]}
        return {"conv2d": {"out": node["out"], **size, **name}}
    if node["kind"] == "maxpool2d":
        return {"maxpool": {"kernel": node["kernel"], **name}}
    if node["kind"] == "flatten":
        return {"flatten": name}
    options = {
        "tau": {"value": float(nets.tau_of(node, file)[0]), "learn": True},
        "threshold": node["threshold"],
        "surrogate": {"kind": node["surrogate"], "scale": node["surrogate_scale"]},
    }
    kind = KINDS[node["neuron"]]
    own = {"dv": "(-v^2 + I)/tau"} if kind == "user" else {}
    return {kind: {**own, **options, **name}}


def net_of(file, case, precision):
    dynamics = {"integrator": case["integrator"], "method": nets.method_of(case)}
    dynamics |= {"step": case["h"], "precision": precision}
    if case["integrator"] == "fdeint":
        dynamics |= {"alpha": case["alpha"], "coefficients": case["coefficient"]}
        dynamics |= {"learn_alpha": True, "learn_coefficients": case["multiterm"]}
    if case["memory"] > 0:
        dynamics["memory"] = case["memory"]
    layers = [layer_of(node, file) for node in file["layers"]]
    net = fsnn.Net(input=file["x_shape"][2:], layers=layers, dynamics=dynamics)
    net.wrap(case["T"], file["x_shape"][1], training=True, record=True)
    for name, value in nets.weights(file).items():
        net.params[name] = value
    return net


class Networks(unittest.TestCase):
    def check(self, file, case, precision):
        net, double = net_of(file, case, precision), precision == "double"
        y = net.forward(nets.seen(file, case))
        np.testing.assert_array_equal(y.ravel(), np.ravel(case["expected"]["out"]))
        layers = {
            node["name"]: (net.read(node["name"], "spikes"), net.read(node["name"], "v"))
            for node in nets.neurons(file)
        }
        nets.check_spikes(self, layers, file, case)
        gradient, loss = nets.error_of(y, file, case)
        self.assertAlmostEqual(loss, case["expected"]["loss"], delta=1e-15 if double else 1e-7)
        net.backward(gradient)
        got = {name: param.grad for name, param in net.params.items()}
        got |= {name[:-1]: g for name, g in got.items() if name.endswith(".coefficients")}
        nets.check_gradients(got, file, case, double)

    def test_networks(self):
        count = 0
        for name, file, case in nets.cases():
            for precision in PRECISIONS:
                with self.subTest(case=name, precision=precision):
                    self.check(file, case, precision)
                    count += 1
        self.assertGreaterEqual(count, 13)


class Functions(unittest.TestCase):
    def test_interpolation(self):
        file = golden("interpolation.json")
        x = np.reshape(file["x"], file["x_shape"])
        for case in file["cases"]:
            got = fsnn.interpolate(x, file["x_time"], file["t"], case["method"])
            # the original adds 1e-10 to the spacing
            atol = 1e-8 if HAS_DOUBLE else 1e-6
            np.testing.assert_allclose(got.ravel(), case["value"], rtol=0, atol=atol)

    def test_mittag_leffler(self):
        for entry in golden("analytic.json")["special_functions"]:
            alpha, beta, z = (float(entry[key]) for key in ("alpha", "beta", "z"))
            with self.subTest(alpha=alpha, beta=beta, z=z):
                got = fsnn.mittag_leffler(alpha, beta, z)
                self.assertAlmostEqual(got / float(entry["value"]), 1, delta=2e-13)

    # method and implicit by the scheme of the file, reset by its rule. Schemes that take the
    # current at both ends of a step are not those of neurons, which have one current a step.
    SCHEMES = {
        "gl_ex": ("gl", False), "l1_ex": ("l1", False), "rect_ex": ("ab", False),
        "gl_im": ("gl", True), "l1_im": ("l1", True), "rect_im": ("ab", True),
    }  # fmt: skip
    RULES = {"rhs": "current", "overwrite": "subtract", "restart": "restart", "jump": "jump"}

    @unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
    def test_schemes(self):
        """Trajectories of 48 steps: D^alpha v = (I - v)/tau, tau 2, h 1/4."""
        k = np.arange(49)
        sampled = ((7 * k * k + 3 * k) % 32) / 16 + 0.5
        count = 0
        for entry in golden("analytic.json")["discrete"]:
            if entry["scheme"] not in self.SCHEMES:
                continue
            (method, implicit), rule = self.SCHEMES[entry["scheme"]], entry.get("rule")
            dynamics = {"method": method, "implicit": implicit, "alpha": float(entry["alpha"])}
            dynamics |= {"step": 0.25, "precision": "double"}
            kind: dict = {"readout": {"tau": 2.0, "v0": 0.125, "name": "n"}}
            if rule:
                kind = {"lif": {"tau": 2.0, "reset": self.RULES[rule], "name": "n"}}
            net = fsnn.Net(input=[1], layers=[kind], dynamics=dynamics).wrap(48, record=True)
            current = sampled[1:] if implicit else sampled[:48]  # at the end of a step
            y = net.forward((current * (2 if rule else 1)).reshape(48, 1, 1))
            with self.subTest(scheme=entry["scheme"], rule=rule):
                v = np.array([float(value) for value in entry["v"]])[1:]
                np.testing.assert_allclose(net.read("n", "v").ravel(), v, rtol=0, atol=2e-12)
                if rule:
                    self.assertEqual(y.ravel().tolist(), list(entry["spikes"])[-48:])
                count += 1
        self.assertEqual(count, 10)


main()
