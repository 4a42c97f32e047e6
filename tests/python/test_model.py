"""bench/model.py: prices are found again from times that were made of them, errors are those of
networks that the fit has not seen, and mistakes are told."""

import json
import pathlib
import subprocess
import sys
import tempfile

from kit import ROOT, main, np, unittest

sys.path.insert(0, str(ROOT / "bench"))
from cost.fit import Errors, errors, non_negative, parted, predict, prices  # noqa: E402
from cost.table import markdown  # noqa: E402
from cost.terms import TERMS, Case, counts, lags, multiply_adds, read  # noqa: E402

MACHINE = {"machine": "a machine", "threads": 1, "isa": "avx2", "version": "0", "clock": "wall"}
PRICE = [500, 700, 0.02, 0.3, 0.2, 0.5, 0.05, 0.6, 0.8, 1.5, 0.9, 0.02, 0.08]
PRICE = np.array([*PRICE, 900, 800, 0.06, 0.3, 4, 2.5, 1.1, 0.025, 0.1, 1.2])


def networks(count, seed=1):
    """Rows as `fsnn bench grid --json` writes them, without times."""
    random, rows = np.random.default_rng(seed), []
    while len(rows) < 2 * count:
        layers = int(random.integers(1, 5))
        widths = [int(n) for n in random.choice([32, 100, 256, 784, 2560], layers + 1)]
        memory = str(random.choice(["none", "direct", "exponentials"]))
        far = memory == "exponentials"
        ones = [float(one) for one in random.choice([0.02, 0.1, 0.25, 0.4], layers)]
        row = {"bench": "grid", "T": int(random.choice([8, 64, 512, 1024])), "memory": memory}
        row |= {"batch": int(random.choice([1, 16, 256])), "widths": widths}
        row |= {"ones": [None, *ones[1:]] if random.random() < 0.3 else ones}
        row |= {"exponentials": 18 * far, "near": 24 * far, **MACHINE}
        rows += [row | {"pass": "forward"}, row | {"pass": "step"}]
    return rows


def timed(rows, price=PRICE, noise=0.0, seed=2):
    random = np.random.default_rng(seed)
    for row in rows:
        case = read([json.dumps(row | {"median_ms": 1})])[0][0]
        ms = float(np.dot(counts(case), price)) * 1e-6
        yield json.dumps(row | {"median_ms": ms * (1 + noise * random.uniform(-1, 1))})


class Terms(unittest.TestCase):
    def test_lags_one_by_one(self):
        case = Case(5, 2, (3, 64), (None,), "direct")
        self.assertEqual(lags(case), 2 * 64 * (1 + 2 + 3 + 4 + 5))
        far = Case(5, 2, (3, 64), (None,), "exponentials", 9, 2)
        self.assertEqual(lags(far), 2 * 64 * (1 + 2 + 2 + 2 + 2))
        few = Case(5, 2, (3, 17), (None,), "direct")  # 34 neurons of two samples take two tiles
        self.assertEqual(lags(few), lags(Case(5, 1, (3, 64), (None,), "direct")))
        self.assertEqual(lags(Case(5, 2, (3, 4), (None,), "none")), 0)

    def test_events_take_the_place_of_products(self):
        def dense(ones, training):
            case = Case(64, 64, (256, 128), (ones,), "none", training=training)
            return multiply_adds(case) / (64 * 64 * 256 * 128)

        self.assertEqual([dense(ones, False) for ones in (None, 0.4, 0.25, 0.1)], [1, 1, 0, 0])
        self.assertEqual([dense(ones, True) for ones in (None, 0.4, 0.25, 0.1)], [2, 2, 1, 0])
        deeper = Case(64, 64, (256, 128, 10), (0.1, 0.1), "none", training=True)
        self.assertEqual(multiply_adds(deeper), 64 * 64 * 128 * 16 * 3)  # 10 outputs fill a vector


class Fit(unittest.TestCase):
    def test_nothing_is_negative(self):
        random = np.random.default_rng(3)
        a, wanted = random.random((40, 5)), np.array([1.0, 0, 2, 0, 3])
        np.testing.assert_allclose(non_negative(a, a @ wanted), wanted, atol=1e-9)
        b = random.normal(size=40)
        x = non_negative(a, b)
        slope = a.T @ (b - a @ x)
        self.assertTrue((x >= 0).all() and (x == 0).any())
        # optimal: no descent along any x, and the bound holds those at 0
        np.testing.assert_allclose(slope[x > 0], 0, atol=1e-9)
        self.assertTrue((slope[x == 0] <= 1e-9).all())

    def test_prices_come_back(self):
        cases, _ = read(timed(networks(200)))
        np.testing.assert_allclose(prices(cases), PRICE, rtol=1e-4)

    def test_scattered_times(self):
        cases, _ = read(timed(networks(200), noise=0.1))
        fitted, held = parted(cases)
        found = errors(prices(fitted), held)
        self.assertLess(found.median, 0.1)
        self.assertGreater(found.median, 0.01)

    def test_a_wrong_time_shows_in_the_error(self):
        cases, _ = read(timed(networks(60)))
        price = prices(cases)
        case = cases[7]
        slow = Case(**{**vars(case), "seconds": 2 * case.seconds})
        error, worst = errors(price, [*cases[:7], slow]).worst
        self.assertAlmostEqual(error, 0.5, 4)
        self.assertEqual(worst, slow)
        self.assertAlmostEqual(predict(price, case) / case.seconds, 1, 4)

    def test_held_out_networks_are_not_in_the_fit(self):
        cases, _ = read(timed(networks(30)))
        fitted, held = parted(cases)
        self.assertEqual(len(fitted) + len(held), len(cases))
        self.assertGreater(len(held), len(cases) // 4)
        names = [{str(case).rsplit(",", 1)[0] for case in part} for part in (fitted, held)]
        self.assertFalse(names[0] & names[1])


class Page(unittest.TestCase):
    def test_table(self):
        cases, row = read(timed(networks(30)))
        found = Errors([(0.05, cases[0]), (0.25, cases[1])])
        text = markdown(row, cases, PRICE, found, found)
        self.assertIn("a machine, 1 thread, avx2, fsnn 0", text)
        self.assertIn("| multiply-add of a dense product |  | 0.02 |", text)
        self.assertIn(f"25 %: {cases[1]} |", text)
        self.assertEqual(text.count("\n| "), 1 + len(TERMS) + 1 + 3)


class Program(unittest.TestCase):
    def run_it(self, folder, *arguments):
        command = [sys.executable, str(ROOT / "bench" / "model.py"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)

    def test_from_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            rows, page = pathlib.Path(folder) / "rows", pathlib.Path(folder) / "page.md"
            rows.write_text("\n".join(timed(networks(200))) + "\n")
            page.write_text("before\n<!-- model -->\nstale\n<!-- /model -->\nafter\n")
            run = self.run_it(folder, "--rows", rows, "--markdown", page)
            self.assertEqual(run.returncode, 0, run.stderr)
            text = page.read_text()
            self.assertNotIn("stale", text)
            self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
            self.assertIn("| held out, training step |", text)
            predict_it = ["--predict", "784-2560-10", "--ones", "no,0.1", "--steps", "64"]
            run = self.run_it(folder, "--rows", rows, *predict_it)
            self.assertEqual(run.returncode, 0, run.stderr)
            case = Case(64, 64, (784, 2560, 10), (None, 0.1), "direct", training=True)
            ms = float(np.dot(counts(case), PRICE)) * 1e-6
            self.assertIn(f"training step {ms:.3g} ms", run.stdout)

    def test_mistakes(self):
        with tempfile.TemporaryDirectory() as folder:
            rows = pathlib.Path(folder) / "rows"
            rows.write_text('5\n{"bench": "mlp"}\n')
            page = pathlib.Path(folder) / "page.md"
            page.write_text("a page without marks\n")
            read_it = ["--rows", rows]
            cases = (
                ([], "give the program fsnn, or --rows of an earlier run"),
                (["--rows", "none"], "none"),
                (["--rows", rows], "no row of the workload grid"),
                (["no-such-program"], "no-such-program"),
                ([*read_it, "--predict", "784"], "'784' has no layer"),
                ([*read_it, "--predict", "784-x"], "'x' is no whole number from 1 on"),
                ([*read_it, "--predict", "784-10", "--steps", "0"], "'0' is no whole number"),
                ([*read_it, "--predict", "8-2", "--ones", "1.5"], "'1.5' is neither a share"),
                ([*read_it, "--predict", "8-2", "--ones", "0,0.1"], "more shares than"),
                ([*read_it, "--markdown", page], "has no marks"),
            )
            for arguments, words in cases:
                run = self.run_it(folder, *arguments)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(words, run.stderr)
                self.assertNotIn("Traceback", run.stderr)
            self.assertEqual(page.read_text(), "a page without marks\n")
            rows.write_text("\n".join(timed(networks(5))))
            self.assertIn("too few", self.run_it(folder, "--rows", rows).stderr)


if __name__ == "__main__":
    main()
