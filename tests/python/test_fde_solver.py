"""fsnn.FdeSolver: functions in Python, events, changes, gradients, saved states, errors."""

from kit import fsnn, main, np, unittest


def decay(t, y):
    return -y


def exact(alpha, t):
    return fsnn.mittag_leffler(alpha, 1.0, -(np.asarray(t) ** alpha))


class Solver(unittest.TestCase):
    def test_as_fde_solve(self):
        times = np.linspace(0, 2, 9)
        want = fsnn.fde_solve(decay, [1.0, 2.0], times, [0.5, 0.9], step=0.01, method="trap")
        solver = fsnn.FdeSolver(decay, [1.0, 2.0], [0.5, 0.9], step=0.01, method="trap")
        for t in times:
            self.assertIsNone(solver.step_to(t))
            self.assertAlmostEqual(solver.t, t, places=12)
        np.testing.assert_array_equal(solver.states(times), want.y)
        self.assertEqual(solver.report["steps"], 200)

    def test_order_above_one(self):
        got = fsnn.fde_solve(decay, 1.0, [0.0, 3.0], 1.5, step=0.002, method="abm", velocity=0.5).y[
            1
        ]
        want = fsnn.mittag_leffler(1.5, 1.0, -(3**1.5)) + 1.5 * fsnn.mittag_leffler(
            1.5, 2.0, -(3**1.5)
        )
        self.assertAlmostEqual(got, want, places=5)

    def test_one_step_after_the_other(self):
        """A user of another package wanted one solver for many short intervals, with what is done
        between them; each of its calls began anew."""
        solver = fsnn.FdeSolver(decay, 1.0, 0.6, step=0.01, method="trap")
        for k in range(1, 101):
            solver.step_to(k * 0.02)
        whole = fsnn.fde_solve(decay, 1.0, [0.0, 2.0], 0.6, step=0.01, method="trap")
        self.assertEqual(solver.state(), whole.y[1])
        self.assertAlmostEqual(solver.state(), exact(0.6, 2.0), places=4)

    def test_step_control_and_its_estimate(self):
        solver = fsnn.FdeSolver(
            decay, 1.0, 0.5, step=0.1, method="trap", steps="controlled", rtol=1e-7, atol=1e-7
        )
        with self.assertRaisesRegex(fsnn.StateError, "no step"):
            solver.error()
        solver.step_to(2.0)
        self.assertEqual(solver.t, 2.0)
        times = np.array([0.001, 0.1, 0.7, 2.0])
        np.testing.assert_allclose(solver.states(times), exact(0.5, times), atol=1e-5)
        self.assertLess(solver.error(), 2e-7)

    def test_events_and_changes(self):
        def half(t, y):
            return y - 0.5

        half.terminal = True
        options = {"step": 0.01, "method": "trap", "steps": "controlled", "events": [half]}
        solver = fsnn.FdeSolver(decay, 1.0, 0.8, **options)
        self.assertEqual(solver.step_to(5.0), 0)
        self.assertAlmostEqual(exact(0.8, solver.t), 0.5, places=4)
        first = solver.t
        solver.restart(1.0)
        self.assertEqual(solver.step_to(5.0), 0)
        self.assertAlmostEqual(solver.t, 2 * first, places=4)
        solver.jump(1.0)
        self.assertAlmostEqual(solver.state(), 1.5, places=5)
        self.assertEqual([hit.event for hit in solver.hits], [0, 0])
        self.assertAlmostEqual(solver.hits[1].y, 0.5, places=6)

    def test_gradient(self):
        def f(t, y, p):
            return np.array([-p[0] * y[0] + 0.3 * y[0] * y[1] + np.sin(t), p[1] * y[0] - y[1] ** 3])

        def solve(y0, p):
            solver = fsnn.FdeSolver(f, y0, [0.7, 1.0], step=0.05, method="abm", parameters=p)
            solver.step_to(1.0)
            return solver

        y0, p, seed = np.array([0.8, -0.6]), np.array([0.9, 0.7]), np.array([0.4, -1.0])
        got = solve(y0, p).gradient(1.0, seed)
        for at, by in ((y0, got.y0), (p, got.parameters)):
            for i in range(2):
                h = np.zeros(2)
                h[i] = 1e-5
                up, down = (
                    solve(y0 + s * h * (at is y0), p + s * h * (at is p)).state() @ seed
                    for s in (1, -1)
                )
                self.assertAlmostEqual(by[i], (up - down) / 2e-5, places=7)

    def test_saved_states(self):
        solver = fsnn.FdeSolver(decay, 1.0, 0.5, step=0.01)
        solver.step_to(1.0)
        state = solver.save()
        solver.step_to(2.0)
        other = fsnn.FdeSolver(decay, 5.0, 0.5, step=0.01)
        other.load(state)
        other.step_to(2.0)
        self.assertEqual(other.state(), solver.state())
        with self.assertRaisesRegex(ValueError, "checksum"):
            other.load(state[:-8])
        with self.assertRaisesRegex(ValueError, "another equation"):
            fsnn.FdeSolver(decay, 1.0, 0.6, step=0.01).load(state)

    def test_what_functions_raise(self):
        def broken(t, y):
            if t > 0.5:
                raise ZeroDivisionError("here")
            return -y

        solver = fsnn.FdeSolver(broken, 1.0, 0.5, step=0.1)
        with self.assertRaisesRegex(ZeroDivisionError, "here"):
            solver.step_to(2.0)
        self.assertLess(solver.t, 0.8)

        def event(t, y):
            raise KeyError("event")

        solver = fsnn.FdeSolver(decay, 1.0, 0.5, step=0.1, events=[event])
        with self.assertRaisesRegex(KeyError, "event"):
            solver.step_to(2.0)

    def test_errors(self):
        for kind, options in (
            (ValueError, {"steps": "some"}),
            (NotImplementedError, {"steps": "controlled"}),
            (ValueError, {"velocity": 1.0}),
            (ValueError, {"velocity": [1.0, 2.0]}),
            (ValueError, {"step": 0.0}),
            (NotImplementedError, {"alpha": 1.5, "method": "l1"}),
        ):
            with self.subTest(**options), self.assertRaises(kind) as caught:
                fsnn.FdeSolver(decay, 1.0, **{"alpha": 0.5, "step": 0.1, **options})
            self.assertGreater(len(str(caught.exception)), 20)
        solver = fsnn.FdeSolver(decay, 1.0, 0.5, step=0.1)
        solver.step_to(1.0)
        for call in (lambda: solver.step_to(0.5), lambda: solver.state(3.0)):
            with self.assertRaises(ValueError):
                call()


main()
