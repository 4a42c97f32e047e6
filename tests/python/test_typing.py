"""Types: the package, the examples and a program that uses them pass mypy, where it is
installed."""

import os
import pathlib
import subprocess
import sys
import tempfile

from kit import ROOT, main, need, unittest

need("mypy")
need("torch")


class Typing(unittest.TestCase):
    def test_a_program_and_the_examples(self):
        examples = sorted((ROOT / "examples" / "python").glob("[0-9]*.py"))
        with tempfile.TemporaryDirectory() as cache:
            for path in [pathlib.Path(__file__).with_name("typed.py"), *examples]:
                with self.subTest(path=path.name):
                    self.check(path, cache)

    def check(self, path, cache):
        command = [sys.executable, "-m", "mypy", "--cache-dir", cache, "--warn-unused-ignores"]
        command += ["--config-file", ROOT / "python" / "pyproject.toml", path]
        environment = {**os.environ, "MYPYPATH": str(ROOT / "python")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


main()
