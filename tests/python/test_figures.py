"""Figures by matplotlib or gnuplot, whichever is there; without either an ImportError names
both."""

import importlib.util
import os
import pathlib
import shutil
import tempfile
from unittest import mock

from kit import fsnn, inputs, main, np, small, unittest

PNG, ENDS = b"\x89PNG", {"png": b"\x89PNG", "svg": b"<?xml"}


class Figures(unittest.TestCase):
    def all(self):
        run = small(out=6).run(inputs(20, 2, 3), record=["spikes"])
        confusion = np.array([[5, 1], [2, 7]])
        return (
            fsnn.simulate([3.0] * 30, tau=2.0, dynamics={"alpha": 0.7}).figure(),
            run.figure(sample=1),
            fsnn.figures.traces(inputs(20, 6), threshold=1.0, neurons=[5]),
            fsnn.figures.confusion(confusion),
            fsnn.figures.confusion(confusion, names=["a shoe", "ä bag"]),
        )

    def drawn(self):
        with tempfile.TemporaryDirectory() as folder:
            for figure in self.all():
                for kind, begin in ENDS.items():
                    path = pathlib.Path(folder) / f"figure.{kind}"
                    figure.save(path)
                    self.assertTrue(path.read_bytes().startswith(begin))
                    self.assertGreater(path.stat().st_size, 1000)
                self.assertTrue(figure._repr_png_().startswith(PNG))

    def test_matplotlib(self):
        if not importlib.util.find_spec("matplotlib"):
            self.skipTest("matplotlib is not installed")
        self.drawn()

    def test_gnuplot(self):
        if not shutil.which("gnuplot"):
            self.skipTest("gnuplot is not installed")
        if "plots" in fsnn.built().partition("(without")[2]:
            self.skipTest("fsnn is built without plots")
        with mock.patch("importlib.util.find_spec", return_value=None):
            self.drawn()

    def test_neither(self):
        with mock.patch("importlib.util.find_spec", return_value=None):
            with mock.patch.dict(os.environ, {"PATH": "/nowhere"}):
                with self.assertRaisesRegex(ImportError, "matplotlib.*gnuplot"):
                    self.all()[0].render()

    def test_names_of_classes(self):
        """Those of the files; an evaluation of arrays has none."""
        series = "@problemName p\n@classLabel true shoe bag\n@data\n"
        series += "".join(f"0.{n},0.5,0.9:{('shoe', 'bag')[n % 2]}\n" for n in range(1, 7))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "p.ts"
            path.write_text(series)
            section = {"kind": "ts", "train": str(path), "test": str(path)}
            a = fsnn.Net(
                input=[1],
                layers=[{"linear": {"out": 2}}, {"lif": {"tau": 2.0}}],
                dynamics={"alpha": 0.8},
                data=section,
            )
            found = a.evaluate(part="test")
        self.assertEqual(sorted(found.class_names), ["bag", "shoe"])
        arrays = fsnn.Data(inputs(4, 3, 1), [0, 1, 1, 0], sequence=True)
        self.assertEqual(a.evaluate(arrays).class_names, [])
        with mock.patch.object(fsnn.figures, "confusion") as drawn:
            found.figure()
        self.assertEqual(drawn.call_args.kwargs["names"], found.class_names)

    def test_wrong_arguments(self):
        with self.assertRaisesRegex(ValueError, "png or svg"):
            self.all()[0].save("figure.pdf")
        with self.assertRaisesRegex(ValueError, "classes, classes"):
            fsnn.figures.confusion([1, 2])
        with self.assertRaisesRegex(ValueError, "2 classes, and 1 names"):
            fsnn.figures.confusion([[1, 2], [3, 4]], names=["one"])
        with self.assertRaisesRegex(ValueError, "neurons"):
            fsnn.figures.traces(np.zeros((3, 2)), neurons=[2])
        with self.assertRaisesRegex(ValueError, "no spikes were recorded"):
            small().run(inputs(3, 1, 3)).figure()


main()
