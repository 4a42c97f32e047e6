"""fsnn.torch against plain torch in double precision: spikes and every gradient, for the programs
that people of this field write."""

from kit import main, need, np, unittest

torch = need("torch")
import oracle  # noqa: E402
from fsnn._plan import HAS_DOUBLE  # noqa: E402
from fsnn.torch import BaseNeuron, IFNeuron, LIFNeuron, SNNWrapper  # noqa: E402
from torch import nn  # noqa: E402

K, B = 40, 4
NEAR = (
    1e-5  # a spike test closer than this to its threshold may fall either way in single precision
)


class MySNN(nn.Module):
    def __init__(self, neuron, **options):
        super().__init__()
        self.fc1 = nn.Linear(10, 20)
        self.lif1 = neuron(tau=2.0, **options)
        self.fc2 = nn.Linear(20, 5)
        self.lif2 = neuron(tau=2.0, **options)

    def forward(self, x):
        x = self.lif1(self.fc1(x))
        x = self.lif2(self.fc2(x))
        return x


class CustomNeuron(BaseNeuron):
    def forward(self, v_mem, current_input):
        if current_input is None:
            return v_mem
        tau = self.get_tau()
        dv_no_reset = (-(v_mem**2) + current_input) / tau
        v_post_charge = v_mem + dv_no_reset
        spike = self.surrogate_f(v_post_charge - self.threshold, self.surrogate_grad_scale)
        dv_dt = dv_no_reset - (spike.detach() * self.threshold) / tau
        return dv_dt, spike


RULES = {
    LIFNeuron: lambda tau: lambda v, I: (-v + I) / tau,
    IFNeuron: lambda tau: lambda v, I: I / tau,
    CustomNeuron: lambda tau: lambda v, I: (-(v**2) + I) / tau,
}


def doubles(values, learned=True):
    return [torch.tensor(v, dtype=torch.float64, requires_grad=learned) for v in values]


class Oracle(unittest.TestCase):
    def weights(self, module, seed, scale, positive):
        torch.manual_seed(seed)
        with torch.no_grad():
            for fc, factor in ((module.fc1, scale), (module.fc2, 2.5 * scale)):
                fc.weight.normal_(0, factor / fc.in_features**0.5)
                fc.bias.uniform_(0, 0.3)
                if positive:  # -v^2 runs away below 0
                    fc.weight.abs_()

    def compare(
        self,
        neuron,
        method,
        alphas,
        coefficients=None,
        h=1.0,
        seed=0,
        scale=1.5,
        positive=False,
        dtype=torch.float32,
    ):
        """alphas: the terms of each of the two layers."""
        coefficients = coefficients or [[1.0] * len(a) for a in alphas]
        several = any(len(a) > 1 for a in alphas)
        module = MySNN(neuron, tau_learnable=True, threshold_learnable=True)
        self.weights(module, seed, scale, positive)
        net = SNNWrapper(
            module, "fdeint", alpha=alphas, multi_coefficient=coefficients if several else None,
            learn_alpha=True, learn_coefficient=several,
        ).to(dtype)  # fmt: skip
        x = (torch.rand(K, B, 10) * 1.5).to(dtype).requires_grad_()
        w = torch.randn(K, B, 5).to(dtype)
        y = net(x, torch.arange(K) * h, method=method)
        (y * w).sum().backward()

        copies = {n: p.detach().double().requires_grad_() for n, p in module.named_parameters()}
        x64, margins = x.detach().double().requires_grad_(), []
        z, learned = x64, []
        for fc, lif, a, c in (
            ("fc1", "lif1", *self.order(net, 0)),
            ("fc2", "lif2", *self.order(net, 1)),
        ):
            current = z @ copies[f"{fc}.weight"].T + copies[f"{fc}.bias"]
            tau, threshold = copies[f"{lif}.log_tau"].exp(), copies[f"{lif}.log_threshold"].exp()
            z = oracle.layer(
                current, RULES[neuron](tau), threshold, tau, method, a, c, h, margins=margins
            )
            learned.append((a, c))
        (z * w.double()).sum().backward()

        self.assertGreater(
            min(margins).item(), NEAR, "this case decides nothing: choose another seed"
        )
        self.assertGreater(z.sum().item(), 20)
        np.testing.assert_array_equal(y.detach().double().numpy(), z.detach().numpy())
        pairs = [("x", x.grad, x64.grad)] + [
            (n, p.grad, copies[n].grad) for n, p in module.named_parameters()
        ]
        for i, (a, c) in enumerate(learned):
            pairs.append((f"alpha {i}", net.alpha[i].grad, torch.stack([t.grad for t in a])))
            if several:
                pairs.append(
                    (f"coefficient {i}", net.coefficient[i].grad, torch.stack([t.grad for t in c]))
                )
        for name, got, want in pairs:
            tolerance = (
                5e-6 * want.abs().max().item()
                if dtype == torch.float32
                else 1e-12 * want.abs().max().item()
            )
            # a gradient of one number is a sum of many terms that may cancel
            floor = 1e-4 if dtype == torch.float32 and want.numel() <= 2 else 1e-9
            np.testing.assert_allclose(
                got.double().numpy(), want.numpy(), rtol=floor, atol=tolerance + 1e-12, err_msg=name
            )

    @staticmethod
    def order(net, i):
        alpha = doubles(net.alpha[i].detach().double().tolist())
        coefficient = doubles([float(c) for c in net.coefficient[i]])
        return alpha, coefficient

    def first(self, *args, **kwargs):
        """The first seed whose spike tests all keep their distance from the threshold."""
        for seed in range(30):
            try:
                return self.compare(*args, seed=seed, **kwargs)
            except AssertionError as error:
                if "decides nothing" not in str(error):
                    raise
        self.fail("no seed keeps its distance")

    def test_gl(self):
        for alpha in (1.0, 0.7, 0.3):
            with self.subTest(alpha=alpha):
                self.first(LIFNeuron, "gl", [[alpha], [alpha]])

    @unittest.skipUnless(HAS_DOUBLE, "this build has no networks in double precision")
    def test_in_double(self):
        for method in ("gl", "l1", "ab"):
            with self.subTest(method=method):
                self.first(LIFNeuron, method, [[0.7], [0.5]], dtype=torch.float64)
        terms = [[1.0, 0.5], [1.0, 0.5]]
        self.first(
            CustomNeuron, "gl", [[0.7], [0.7]], h=0.5, scale=0.5, positive=True, dtype=torch.float64
        )
        self.first(LIFNeuron, "gl", [[0.9, 0.4], [0.9, 0.4]], terms, dtype=torch.float64)

    def test_methods(self):
        for method in ("l1", "ab"):
            with self.subTest(method=method):
                self.first(LIFNeuron, method, [[0.6], [0.6]], h=0.5)

    def test_an_order_a_layer(self):
        self.first(LIFNeuron, "gl", [[0.8], [0.5]])

    def test_several_terms(self):
        self.first(LIFNeuron, "gl", [[0.9, 0.4], [0.9, 0.4]], [[1.0, 0.5], [1.0, 0.5]])

    def test_other_neurons(self):
        self.first(IFNeuron, "gl", [[0.7], [0.7]], scale=0.3)
        self.first(CustomNeuron, "gl", [[0.7], [0.7]], h=0.5, scale=0.5, positive=True)


main()
