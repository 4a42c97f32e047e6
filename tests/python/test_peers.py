"""bench/peers.py: it runs, names what it leaves out, and says first where another is faster."""

import pathlib
import subprocess
import sys
import tempfile

from kit import ROOT, main, need, unittest

need("torch")
sys.path.insert(0, str(ROOT / "bench"))
from peers.table import faster, markdown, ratio  # noqa: E402

KEY = (2, "layer 8, T 4", "forward")


def measured(**seconds):
    """Rounds of wall times by contender."""
    names = {"ours": "fsnn.torch", "theirs": "snnTorch", "half": "fsnn.torch, alpha 0.5"}
    return {
        (*KEY, names[name]): [{"wall": s, "cpu": 2 * s} for s in rounds]
        for name, rounds in seconds.items()
    }


class Table(unittest.TestCase):
    def test_a_ratio_is_of_the_same_rounds(self):
        results = measured(ours=[1, 2, 9], theirs=[2, 4, 9])
        self.assertEqual(ratio(results, (*KEY, "snnTorch"), "wall"), 2)
        self.assertIsNone(ratio(results, (*KEY, "Norse"), "wall"))

    def test_what_is_faster_stands_first(self):
        text = markdown(measured(ours=[1.0], theirs=[0.5]), [], "a machine", [])
        self.assertIn("- layer 8, T 4, forward, 2 cores: snnTorch 0.50", text)
        self.assertIn("Rounds: 1.", text)
        self.assertLess(text.index("snnTorch 0.50"), text.index("| workload |"))
        results = measured(ours=[1.0], theirs=[1.5])
        self.assertEqual(faster(results), [])
        self.assertIn("In none of these rows", markdown(results, [], "a machine", []))

    def test_own_orders_are_no_peers(self):
        self.assertEqual(faster(measured(ours=[1.0], half=[0.5])), [])

    def test_left_out(self):
        text = markdown(measured(ours=[1.0]), ["Norse: ImportError: no"], "word " * 50, [])
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        self.assertIn("Left out:\n\n- Norse: ImportError: no", text)


class Program(unittest.TestCase):
    def run_tiny(self, folder, *more):
        command = [sys.executable, str(ROOT / "bench" / "peers.py"), "--set", "tiny"]
        command += ["--rounds", "1", "--cores", "1", *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)

    def test_tiny(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text("before\n<!-- peers -->\nstale text\n<!-- /peers -->\nafter\n")
            names = "fsnn.torch;fsnn.Net;spikeDE, alpha 0.5"
            done = self.run_tiny(folder, "--contenders", names, "--markdown", str(page))
            self.assertEqual(done.returncode, 0, done.stderr)
            text = page.read_text()
            self.assertRegex(text, r"\| mlp 784-16-10, T 4 \| forward \| [\d.,]+ ms \| [\d.,]+ \|")
            self.assertRegex(text, r"\| cnn, T 2 \| forward \+ backward \| [\d.,]+ ms")
            self.assertTrue(text.startswith("before\n") and text.endswith("after\n"), text)
            self.assertNotIn("stale", text)
            self.assertRegex(text, r"- spikeDE, alpha 0.5(: |, )")

    def test_the_time_is_kept(self):
        """What has no time left is named, and the page is written."""
        more = ["--contenders", "fsnn.Net", "--minutes", "1e-9"]
        done = self.run_tiny(".", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("all, cnn, T 2, cores 1: the time is over", done.stdout)

    def test_refused(self):
        """A page that would be lost, and numbers that are none, before anything runs."""
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text("a page without marks\n")
            for more, sentence in (
                (["--markdown", str(page)], "has no marks <!-- peers --> and <!-- /peers -->"),
                (["--cores", "x"], "'x' is no whole number from 1 on"),
                (["--rounds", "-1"], "'-1' is no whole number from 1 on"),
            ):
                done = self.run_tiny(folder, *more)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(sentence, done.stderr)
            self.assertEqual(page.read_text(), "a page without marks\n")

    def test_some_workloads(self):
        done = self.run_tiny(".", "--contenders", "fsnn.Net", "--workloads", "cnn, T 2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("| cnn, T 2 | forward |", done.stdout)
        self.assertNotIn("mlp", done.stdout)
        done = self.run_tiny(".", "--workloads", "cnn, T 2;nothing")
        self.assertEqual(done.returncode, 2)
        self.assertIn("workloads of the set tiny are layer 32, T 20; mlp", done.stderr)

    def test_unknown_contender(self):
        done = self.run_tiny(".", "--contenders", "nobody")
        self.assertEqual(done.returncode, 2)
        self.assertIn("contenders are fsnn.torch;", done.stderr)


if __name__ == "__main__":
    main()
