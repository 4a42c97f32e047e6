"""examples/python: they check their own answers. Those that need torch are skipped without it."""

import importlib.util
import json
import pathlib
import re
import runpy
import subprocess
import sys
import tempfile

from kit import ROOT, main, unittest

HAS_TORCH = importlib.util.find_spec("torch") is not None


class Examples(unittest.TestCase):
    def test_pages(self):
        """The programs that README and guide show, block by block."""
        for page in ("README.md", "docs/python.md"):
            blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
            self.assertTrue(blocks)
            names: dict = {}
            for block in blocks:
                code = compile(block, page, "exec")
                if (
                    "tqdm" not in block
                    and "open(" not in block
                    and (HAS_TORCH or "torch" not in block)
                ):
                    exec(code, names)

    def test_notebooks(self):
        """Made of the programs, with all of their code."""
        with tempfile.TemporaryDirectory() as folder:
            tool = ROOT / "tools" / "notebooks.py"
            subprocess.run([sys.executable, tool, folder], check=True, stdout=subprocess.DEVNULL)
            for path in sorted((ROOT / "examples" / "python").glob("[0-9]*.py")):
                made = json.loads((pathlib.Path(folder) / f"{path.stem}.ipynb").read_text())
                code = [c for c in made["cells"] if c["cell_type"] == "code"]
                lines = [line.strip() for c in code for line in "".join(c["source"]).splitlines()]
                body = path.read_text().split("# %%", 1)[1].partition("\n")[2]
                kept = [s.strip() for s in body.splitlines() if not s.startswith("# %%")]
                self.assertEqual([s for s in lines if s], [s for s in kept if s])
                compile("\n".join("".join(c["source"]) for c in code), path.name, "exec")

    def test_all(self):
        paths = sorted((ROOT / "examples" / "python").glob("[0-9]*.py"))
        self.assertGreaterEqual(len(paths), 4)
        for path in paths:
            if "import torch" in path.read_text() and not HAS_TORCH:
                print(f"skipped: {path.name} needs torch")
                continue
            with self.subTest(example=path.name):
                runpy.run_path(str(path), run_name="__main__")


main()
