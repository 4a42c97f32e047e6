"""What the golden files of networks (tests/golden/README.md) say, for the tests that read them."""

from kit import golden, np

FILES = "net1_lif net2_lif_gl net2_lif_tau net2_quadratic conv_lif".split()
METHODS = {"trap": "l1", "glmulti": "gl", "pred": "ab"}  # the original's names


def cases():
    for name in FILES:
        file = golden(f"{name}.json")
        for case in file["cases"]:
            yield f"{name} {case['name']}", file, case


def method_of(case):
    return METHODS.get(case["method"], case["method"])


def seen(file, case):
    """The samples as the original's neurons saw them, [T, B, ...] in double precision.

    It interpolates at its samples' own times, with 1e-10 added to a denominator so that it is never
    zero: between the first and the last a sample x_k is off by 1e-10 (x_{k-1} - x_k)/h. That is
    5e-10 in the potentials; without it they agree in all twelve digits that the files have.
    """
    x = np.reshape(file["x"], file["x_shape"])[: case["T"]].astype(np.float64)
    share = case["h"] / (case["h"] + 1e-10)
    out = x.copy()
    out[1:-1] = x[:-2] + share * (x[1:-1] - x[:-2])
    return out


def tau_of(node, file):
    """The original's tau: tau0 (1 + e^p) where it is learned."""
    if not node["tau_learnable"]:
        return node["tau"], 1.0
    p = file["weights"][f"{node['name']}.tau_param"][0]
    return node["tau"] * (1 + np.exp(p)), node["tau"] * np.exp(p)  # and d tau/dp


def neurons(file):
    return [node for node in file["layers"] if node["kind"] == "neuron"]


def weights(file):
    """Arrays by name, without those that say tau."""
    shapes = file["weight_shapes"]
    return {
        name: np.reshape(values, shapes[name])
        for name, values in file["weights"].items()
        if not name.endswith("tau_param")
    }


def error_of(y, file, case):
    """The gradient of the loss at the output, and the loss."""
    error = y.mean(axis=0) - np.reshape(file["target"], file["target_shape"])
    return np.broadcast_to(2 * error / error.size / case["T"], y.shape), float((error**2).mean())


def gradients(file, case):
    """What the gradients of weights, tau, alpha and coefficients are: (name, value)."""
    expected = case["expected"]
    slopes = {f"{n['name']}.tau_param": tau_of(n, file)[1] for n in neurons(file)}
    for name, value in expected["grad"].items():
        layer = name.rpartition(".")[0]
        want = np.asarray(value, np.float64)
        yield (f"{layer}.tau", want / slopes[name]) if name in slopes else (name, want)
    # its own gradients of alpha are right for gl alone; the file has right ones beside them
    right = expected["grad_alpha_full"] or expected["grad_alpha"] or []
    for node, value in zip(neurons(file), right):
        yield f"{node['name']}.alpha", np.asarray(value)
    for node, value in zip(neurons(file), expected["grad_coefficient"] or []):
        yield f"{node['name']}.coefficient", np.asarray(value)


def check_spikes(test, layers, file, case):
    """layers: spikes and potentials of each neuron layer by name."""
    expected = case["expected"]
    for node, bits, v in zip(neurons(file), expected["spikes"], expected["v"]):
        spikes, potential = layers[node["name"]]
        test.assertEqual("".join(str(int(s)) for s in spikes.ravel()), bits)
        if potential is not None:
            double = potential.dtype == np.float64
            far = {"rtol": 6e-12, "atol": 1e-13} if double else {"rtol": 1e-5, "atol": 2e-6}
            np.testing.assert_allclose(potential.ravel(), v, **far)


def check_gradients(got, file, case, double):
    """got: gradients by the library's names."""
    for name, want in gradients(file, case):
        largest = np.abs(want).max()
        # a gradient of few numbers is a sum of many terms that may cancel
        few = 2e-5 if want.size <= 3 else 5e-6
        bound = 6e-12 if double else few
        np.testing.assert_allclose(
            np.ravel(got[name]), np.ravel(want), rtol=0, atol=bound * largest, err_msg=name
        )
