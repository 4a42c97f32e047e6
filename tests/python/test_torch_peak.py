"""The peak of an upstroke as the threshold of QIF and EIF in PyTorch."""

from kit import main, need, unittest

torch = need("torch")

import fsnn.torch as ft  # noqa: E402


def wrapped(base, **options):
    """A quadratic cell whose rest is `base`, in mV."""
    cell = ft.QIFNeuron(
        tau=10.0,
        a=0.0625,
        rest=base,
        critical=base + 15.0,
        v0=base,
        v_reset=base - 5.0,
        reset="value",
        **options,
    )
    return ft.SNNWrapper(torch.nn.Sequential(cell), alpha=0.8)


class Peak(unittest.TestCase):
    def test_below_zero(self):
        x = 20.0 + 5.0 * torch.rand(80, 2, 4, generator=torch.Generator().manual_seed(1))
        own, plain = wrapped(-60.0, v_peak=0.0), wrapped(0.0, threshold=60.0)
        with torch.no_grad():
            y, expected = own(x), plain(x)
        self.assertGreater(expected.sum(), 10)
        torch.testing.assert_close(y, expected)

    def test_gradient(self):
        x = torch.full((20, 1, 2), 20.0, requires_grad=True)
        wrapped(-60.0, v_peak=-10.0)(x).sum().backward()
        self.assertTrue(torch.isfinite(x.grad).all())
        self.assertGreater(x.grad.abs().max(), 0)

    def test_moved(self):
        x = 20.0 + 5.0 * torch.rand(80, 2, 4, generator=torch.Generator().manual_seed(1))
        moved, other = wrapped(-60.0, v_peak=0.0), wrapped(-60.0, v_peak=-20.0)
        self.assertNotEqual(moved(x).sum(), other(x).sum())
        moved.module[0].threshold = -20
        self.assertIn("v_peak=-20", repr(moved.module[0]))
        torch.testing.assert_close(moved(x), other(x))
        given = wrapped(-60.0, v_peak=torch.tensor(-20.0))
        torch.testing.assert_close(given(x), other(x))

    def test_refused(self):
        with self.assertRaisesRegex(TypeError, "v_peak is another name for it"):
            ft.QIFNeuron(v_peak=0.0, threshold=2.0, reset="value")
        with self.assertRaisesRegex(TypeError, "v_peak is another name for it"):
            ft.EIFNeuron(v_peak=0.0, threshold_learnable=True, reset="value")
        with self.assertRaisesRegex(ValueError, "v_peak ends an upstroke"):
            ft.EIFNeuron(v_peak=0.0)
        with self.assertRaisesRegex(TypeError, "LIFNeuron has no option 'v_peak'"):
            ft.LIFNeuron(v_peak=0.0)


main()
