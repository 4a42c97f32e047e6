"""The golden files through fsnn.torch, in single and double precision."""

import golden_nets as nets
from kit import golden, main, need, np, unittest

torch = need("torch")
import fsnn.torch as ft  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from torch import nn  # noqa: E402

DTYPES = (torch.float32, torch.float64) if HAS_DOUBLE else (torch.float32,)


class Quadratic(ft.BaseNeuron):
    def forward(self, v_mem, current_input=None):
        if current_input is None:
            return v_mem
        dv = (-(v_mem**2) + current_input) / self.get_tau()
        spike = self.surrogate_f(v_mem + dv - self.threshold, self.surrogate_grad_scale)
        return dv - spike.detach() * self.threshold / self.get_tau(), spike


KINDS = {"LIF": ft.LIFNeuron, "IF": ft.IFNeuron, "quadratic": Quadratic}


def module_of(node, file):
    if node["kind"] == "linear":
        return nn.Linear(node["in"], node["out"], bias=node["bias"])
    if node["kind"] == "conv2d":
        size = {"padding": node["padding"], "bias": node["bias"]}
        return nn.Conv2d(node["in"], node["out"], node["kernel"], **size)
    if node["kind"] == "maxpool2d":
        return nn.MaxPool2d(node["kernel"])
    if node["kind"] == "flatten":
        return nn.Flatten()
    how = (node["threshold"], node["surrogate_scale"], node["surrogate"])
    return KINDS[node["neuron"]](float(nets.tau_of(node, file)[0]), *how, tau_learnable=True)


def network(file, case, dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # of what is learned: tau and alpha begin at their digits
    try:
        module = nn.Sequential()
        for node in file["layers"]:
            module.add_module(node["name"], module_of(node, file))
        options = {"alpha": case["alpha_arg"], "alpha_mode": case["alpha_mode"]}
        options |= {"multi_coefficient": case["coefficient_arg"], "learn_alpha": True}
        options |= {"learn_coefficient": case["multiterm"]}
        net = ft.SNNWrapper(module, case["integrator"], **options)
    finally:
        torch.set_default_dtype(before)
    with torch.no_grad():
        for name, value in nets.weights(file).items():
            module.get_parameter(name).copy_(torch.from_numpy(value))
    return net


def gradients(net, file, case):
    """By the library's names, of the values themselves."""
    got = {n: p.grad for n, p in net.module.named_parameters()}
    for i, node in enumerate(nets.neurons(file)):
        neuron, name = getattr(net.module, node["name"]), node["name"]
        got[f"{name}.tau"] = got[f"{name}.log_tau"] / neuron.get_tau().detach()
        if case["integrator"] == "fdeint":
            got[f"{name}.alpha"] = net.alpha[i].grad
        if case["multiterm"]:
            got[f"{name}.coefficient"] = net.coefficient[i].grad
    return {name: g.double().numpy() for name, g in got.items()}


class Networks(unittest.TestCase):
    def check(self, file, case, dtype):
        net, spikes = network(file, case, dtype), {}
        for node in nets.neurons(file):
            keep = lambda m, args, y, name=node["name"]: spikes.update({name: y.detach()})  # noqa
            getattr(net.module, node["name"]).register_forward_hook(keep)
        options = {"memory": case["memory"]}
        times = np.arange(case["T"]) * case["h"]
        x = torch.from_numpy(nets.seen(file, case)).to(dtype)
        y = net(x, times, method=nets.method_of(case), options=options)
        np.testing.assert_array_equal(y.detach().ravel(), np.ravel(case["expected"]["out"]))
        nets.check_spikes(self, {n: (s, None) for n, s in spikes.items()}, file, case)
        gradient, loss = nets.error_of(y.detach().double().numpy(), file, case)
        self.assertAlmostEqual(loss, case["expected"]["loss"], delta=1e-7)
        y.backward(torch.from_numpy(gradient.copy()).to(dtype))
        nets.check_gradients(gradients(net, file, case), file, case, dtype == torch.float64)

    def test_networks(self):
        for name, file, case in nets.cases():
            for dtype in DTYPES:
                with self.subTest(case=name, dtype=dtype):
                    self.check(file, case, dtype)


class Functions(unittest.TestCase):
    def test_surrogates(self):
        """Values and slopes of the spike functions, by our names and by the original's."""
        file = golden("surrogates.json")
        names = {"rectangle": "piecewise_linear", "piecewise_linear": "piecewise_linear"}
        for case in file["cases"]:
            x = torch.tensor(file["x"], dtype=torch.float64, requires_grad=True)
            kind = names.get(case["surrogate"], case["surrogate"])
            function = getattr(ft.surrogate, f"{kind}_surrogate")
            y = function(x, case["scale"])
            y.sum().backward()
            with self.subTest(case=case["name"]):
                np.testing.assert_array_equal(y.detach(), case["forward"])
                np.testing.assert_allclose(x.grad, case["derivative"], rtol=1e-11, atol=1e-15)

    def test_interpolation(self):
        file = golden("interpolation.json")
        x = torch.tensor(file["x"], dtype=torch.float64).reshape(file["x_shape"])
        for case in file["cases"]:
            got = [ft.interpolate(x, file["x_time"], t, case["method"]) for t in file["t"]]
            # the original adds 1e-10 to the spacing
            np.testing.assert_allclose(torch.stack(got).ravel(), case["value"], rtol=0, atol=1e-8)


main()
