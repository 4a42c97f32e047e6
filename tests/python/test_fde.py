"""fsnn.fde_solve with functions in Python, fsnn.mittag_leffler."""

from kit import fsnn, main, np, unittest

T = np.linspace(0, 2, 5)


def exact(alpha):
    return fsnn.mittag_leffler(alpha, 1.0, -(T**alpha))


class Solve(unittest.TestCase):
    def test_exact_values(self):
        for method, implicit, step, error in (
            ("gl", False, 1e-3, 1e-2),
            ("l1", True, 1e-3, 1e-2),
            ("trap", False, 1e-3, 1e-5),
        ):
            with self.subTest(method=method):
                got = fsnn.fde_solve(
                    lambda t, y: -y, 1.0, T, 0.5, step=step, method=method, implicit=implicit
                )
                self.assertEqual(got.y.shape, (5,))
                np.testing.assert_allclose(got.y, exact(0.5), atol=error)

    def test_integer_order(self):
        got = fsnn.fde_solve(lambda t, y: -y, 1.0, T, step=0.01, method="rk4")
        np.testing.assert_allclose(got.y, np.exp(-T), rtol=1e-9)

    def test_a_system_with_orders_and_a_jacobian(self):
        A = np.array([[-1.0, 0.5], [0.0, -2.0]])
        calls = []

        def jacobian(t, y):
            calls.append(t)
            return A

        options = {"step": 1e-2, "method": "trap"}
        with_jacobian = fsnn.fde_solve(
            lambda t, y: A @ y, [1.0, 1.0], T, [0.5, 0.9], jacobian=jacobian, **options
        )
        without = fsnn.fde_solve(lambda t, y: A @ y, [1.0, 1.0], T, [0.5, 0.9], **options)
        self.assertTrue(calls)
        self.assertLess(with_jacobian.calls, without.calls)
        np.testing.assert_allclose(with_jacobian.y, without.y, atol=1e-9)
        np.testing.assert_allclose(
            with_jacobian.y[:, 1], fsnn.mittag_leffler(0.9, 1.0, -2 * T**0.9), atol=1e-3
        )

    def test_terms_and_exponentials(self):
        terms = fsnn.Terms([0.5, 1.0], [1.0, 0.0 + 1e-9])
        got = fsnn.fde_solve(lambda t, y: -y, 1.0, T, terms, step=1e-3)
        np.testing.assert_allclose(got.y, exact(0.5), atol=1e-2)
        dense = fsnn.fde_solve(lambda t, y: -y, 1.0, T, 0.5, step=1e-3)
        far = fsnn.fde_solve(lambda t, y: -y, 1.0, T, 0.5, step=1e-3, tolerance=1e-8)
        self.assertGreater(far.modes, 0)
        self.assertLessEqual(far.weight_error, 1e-8)
        np.testing.assert_allclose(far.y, dense.y, atol=1e-7)

    def test_what_f_raises_comes_out(self):
        with self.assertRaises(ZeroDivisionError):
            fsnn.fde_solve(lambda t, y: 1 / 0, 1.0, T, 0.5, step=0.1)
        with self.assertRaises(KeyboardInterrupt):
            fsnn.fde_solve(self.interrupt, 1.0, T, 0.5, step=0.1)
        with self.assertRaisesRegex(ValueError, r"shape \(2,\), expected \(1,\)"):
            fsnn.fde_solve(lambda t, y: [y, y], 1.0, T, 0.5, step=0.1)

    @staticmethod
    def interrupt(t, y):
        raise KeyboardInterrupt

    def test_stop(self):
        def f(t, y):
            if t > 1:
                raise StopIteration
            return -y

        got = fsnn.fde_solve(f, 1.0, T, 0.5, step=0.1)
        self.assertTrue(got.interrupted)
        self.assertEqual(len(got.t), len(got.y))
        self.assertLess(got.t[-1], 1.2)

    def test_errors(self):
        for kind, options in (
            (ValueError, {"alpha": 2.5, "step": 0.1}),
            (ValueError, {"alpha": 0.5, "step": -1.0}),
            (NotImplementedError, {"alpha": 0.5, "step": 0.1, "method": "rk4"}),
            (ValueError, {"alpha": 0.5, "step": 0.1, "method": "rk5"}),
            (ValueError, {"alpha": [0.5, 0.6], "step": 0.1}),
        ):
            with self.subTest(**options), self.assertRaises(kind) as caught:
                fsnn.fde_solve(lambda t, y: -y, 1.0, T, **options)
            self.assertGreater(len(str(caught.exception)), 20)
        with self.assertRaises(fsnn.NumericError):
            fsnn.fde_solve(lambda t, y: y * y * 1e300, 1e10, T, 0.5, step=0.1)
        with self.assertRaisesRegex(TypeError, "<lambda> gave None"):
            fsnn.fde_solve(lambda t, y: None, 1.0, T, 0.5, step=0.1)
        with self.assertRaisesRegex(ValueError, r"give \[0.0, 2.0\], or t0"):
            fsnn.fde_solve(lambda t, y: -y, 1.0, 2.0, 0.5, step=0.1)
        self.assertEqual(fsnn.fde_solve(lambda t, y: -y, 1.0, 2.0, 0.5, t0=0, step=0.1).y.size, 1)
        with self.assertRaisesRegex(TypeError, "g is 5: it is a function"):
            fsnn.Event(5)


class MittagLeffler(unittest.TestCase):
    def test_values(self):
        z = np.linspace(-3, 1, 9).reshape(3, 3)
        np.testing.assert_allclose(fsnn.mittag_leffler(1.0, 1.0, z), np.exp(z), rtol=1e-13)
        self.assertIsInstance(fsnn.mittag_leffler(0.5, 1.0, -1.0), float)
        self.assertAlmostEqual(fsnn.mittag_leffler(0.5, 1.0, -1.0), 0.427583576155807, places=14)
        self.assertTrue(np.isnan(fsnn.mittag_leffler(3.0, 1.0, 1.0)))


main()
