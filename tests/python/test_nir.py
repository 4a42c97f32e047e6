"""NIR files of fsnn by the reference reader, by snnTorch, Norse and SpikingJelly: they load, and run there they spike as here.
A Python that lacks one of them skips its tests, with a line. FSNN_BIN is the program."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {sys.executable}: {error}")
    sys.exit(77)
try:
    import nir
except ImportError as error:
    print(f"skipped: {sys.executable}: {error}; pip install nir")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
FSNN = os.environ.get("FSNN_BIN", str(ROOT / "build" / "fsnn"))
DT = 1e-4

if (
    "HDF5"
    in subprocess.run([FSNN, "--version"], capture_output=True, text=True).stdout.partition(
        "without"
    )[2]
):
    print("skipped: fsnn is built without HDF5")
    sys.exit(77)

MODEL = """
name: m
input: 6
layers:
  - linear: {out: 16, name: a}
  - lif: {tau: 4, threshold: 0.5, reset: value, name: lif1}
  - linear: {out: 8, bias: false, name: b}
  - lif: {tau: 3, threshold: 0.4, reset: value, name: lif2}
dynamics: {alpha: 1}
"""


def call(*args):
    done = subprocess.run([FSNN, *map(str, args)], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done


class Pack(unittest.TestCase):
    """The runner of the pack, with the reference reader as a tool."""

    def run_pack(self, *args):
        return subprocess.run(
            [sys.executable, str(ROOT / "nir-pack" / "run.py"), *args],
            capture_output=True,
            text=True,
        )

    def test_another_tool(self):
        done = self.run_pack(str(ROOT / "nir-pack" / "example.py"))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("no   repair_extra_field: refused, as it may be: TypeError", done.stdout)
        self.assertIn("no   limit_two_inputs: not tried", done.stdout)
        self.assertIn("ok   refuse_nan", done.stdout)
        self.assertIn(" 0 missed", done.stdout)

    def test_misses(self):
        with tempfile.TemporaryDirectory() as place:
            tool = pathlib.Path(place) / "tool.py"
            tool.write_text("def run(model, x, case):\n    return 0 * x\n")
            done = self.run_pack(str(tool), "scale", "refuse_nan")
            self.assertEqual(done.returncode, 1)
            self.assertIn("MISS scale: the output differs by", done.stdout)
            self.assertIn("MISS refuse_nan: expected to be refused", done.stdout)

    def test_wrong_arguments(self):
        done = self.run_pack(FSNN, "nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn("has no case nonsense", done.stderr)
        self.assertEqual(self.run_pack("/nowhere/fsnn").returncode, 2)
        self.assertEqual(self.run_pack().returncode, 2)


class FromTheReference(unittest.TestCase):
    """Graphs that the reference writes, in double precision."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)

    def test_double(self):
        weight = np.random.default_rng(1).standard_normal((4, 3))
        nodes = {
            "input": nir.Input({"input": np.array([3])}),
            "fc": nir.Linear(weight),
            "output": nir.Output({"output": np.array([4])}),
        }
        graph = nir.NIRGraph(nodes, [("input", "fc"), ("fc", "output")])
        nir.write(self.place / "m.nir", graph)
        said = call("convert", self.place / "m.nir", "-o", self.place / "single").stderr
        self.assertIn("12 of its 12 numbers in double precision are rounded", said)
        made = subprocess.run([FSNN, "--version"], capture_output=True, text=True).stdout
        if "double" in made.partition("without")[2]:
            self.skipTest("fsnn is built without double precision")
        said = call(
            "convert", self.place / "m.nir", "-o", self.place / "d", "--precision", "double"
        ).stderr
        self.assertEqual(said, "")
        np.savez(self.place / "x.npz", x=np.eye(3)[:, None])
        call(
            "run", self.place / "d" / "m.yaml", "-w", self.place / "d" / "m.safetensors",
            "-i", self.place / "x.npz", "-o", self.place / "y.npz",
        )  # fmt: skip
        with np.load(self.place / "y.npz") as y:
            np.testing.assert_array_equal(y["output"][:, 0], weight.T)

    def test_filter(self):
        """What packed an array is named where it is not there, here LZF, which h5py has of its own."""
        import h5py

        graph = nir.NIRGraph.from_list(nir.Linear(np.ones((4, 3))))
        nir.write(self.place / "m.nir", graph)
        with h5py.File(self.place / "m.nir", "r+") as f:
            weight = next(node for node in f["node/nodes"].values() if "weight" in node)
            del weight["weight"]
            weight.create_dataset("weight", data=np.ones((4, 3)), compression="lzf")
        done = subprocess.run(
            [FSNN, "inspect", str(self.place / "m.nir")], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("weight is packed by the filter 32000 (LZF)", done.stderr)


class Files(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)

    def export(self, text, weights, *options):
        (self.place / "m.yaml").write_text(text)
        np.savez(self.place / "w.npz", **weights)
        call(
            "convert",
            self.place / "m.yaml",
            "-w",
            self.place / "w.npz",
            "-o",
            self.place / "m.nir",
            *options,
        )
        return self.place / "m.nir"

    def run_here(self, text, x):
        """Spikes [T, B, N] of the network of the last export."""
        np.savez(self.place / "x.npz", x=x)
        call(
            "run",
            self.place / "m.yaml",
            "-w",
            self.place / "w.npz",
            "-i",
            self.place / "x.npz",
            "-o",
            self.place / "y.npz",
        )
        with np.load(self.place / "y.npz") as y:
            return y["output"]

    def two_layers(self):
        rng = np.random.default_rng(3)
        weights = {
            "a.weight": rng.standard_normal((16, 6)),
            "a.bias": rng.standard_normal(16) * 0.1,
            "b.weight": rng.standard_normal((8, 16)),
        }
        path = self.export(MODEL, {k: v.astype("f4") for k, v in weights.items()}, "--dt", DT)
        x = (rng.random((60, 1, 6)) * 2).astype("f4")
        here = self.run_here(MODEL, x)
        self.assertGreater(here.sum(), 20)
        return nir.read(path), x, here

    def spikes_equal(self, there, here):
        there = np.asarray(there)
        self.assertEqual(there.shape, here.shape)
        self.assertTrue(np.isin(there, (0, 1)).all())
        np.testing.assert_array_equal(there, here)


class Reference(Files):
    def test_reads(self):
        graph, _, _ = self.two_layers()
        self.assertEqual(
            set(graph.edges),
            {("input", "a"), ("a", "lif1"), ("lif1", "b"), ("b", "lif2"), ("lif2", "output")},
        )
        lif = graph.nodes["lif1"]
        np.testing.assert_allclose(lif.tau, np.full(16, 4 * DT), rtol=1e-6)
        np.testing.assert_array_equal(lif.v_reset, np.zeros(16))
        self.assertEqual(lif.metadata["frac_alpha"], 1)
        self.assertEqual(lif.metadata["reset"], "value")
        self.assertIsInstance(graph.nodes["b"], nir.Linear)

    def test_fractional_order_is_metadata(self):
        text = MODEL.replace("alpha: 1", "alpha: 0.6, memory: 20, method: l1")
        rng = np.random.default_rng(3)
        weights = {
            "a.weight": rng.random((16, 6)),
            "a.bias": rng.random(16),
            "b.weight": rng.random((8, 16)),
        }
        metadata = nir.read(self.export(text, weights)).nodes["lif2"].metadata
        self.assertAlmostEqual(metadata["frac_alpha"], 0.6)
        self.assertEqual(metadata["frac_method"], "l1")
        self.assertEqual(metadata["frac_memory"], 20)

    def test_written_again_by_the_reference(self):
        graph, x, here = self.two_layers()
        nir.write(self.place / "again.nir", graph)
        out = self.place / "back"
        call("convert", self.place / "again.nir", "-o", out)
        np.savez(self.place / "x.npz", x=x)
        call(
            "run",
            out / "again.yaml",
            "-w",
            out / "again.safetensors",
            "-i",
            self.place / "x.npz",
            "-o",
            self.place / "y.npz",
        )
        with np.load(self.place / "y.npz") as y:
            np.testing.assert_array_equal(y["output"], here)

    def test_the_pack_is_read(self):
        """What the cases call good is good for the reference reader."""
        read = 0
        for folder in sorted((ROOT / "nir-pack").glob("*/case.json")):
            if '"expect": "ok"' not in folder.read_text(encoding="utf8"):
                continue
            with self.subTest(folder.parent.name):
                nir.read(folder.parent / "model.nir", type_check=False)
                read += 1
        self.assertGreater(read, 50)

    def test_layers(self):
        """Every layer that has a node, with shapes that the reference checks."""
        text = (
            "input: [2, 8, 9]\nlayers:\n  - conv2d: {out: 4, kernel: [3, 2], padding: [1, 0], stride: [1, 2]}\n  - batchnorm\n  - lif\n"
            "  - avgpool: {kernel: 2}\n  - sumpool: 2\n  - flatten\n  - linear: {out: 20, name: fc}\n  - batchnorm\n  - delay: {of: batchnorm2}\n"
            "  - readout\n  - voting: 10\ndynamics: {alpha: 0.5}\n"
        )
        (self.place / "m.yaml").write_text(text)
        rng = np.random.default_rng(1)
        bn = lambda name, n: {
            f"{name}.weight": rng.random(n),
            f"{name}.bias": rng.random(n),
            f"{name}.running_mean": rng.random(n),
            f"{name}.running_var": rng.random(n) + 0.5,
        }
        weights = {
            "conv2d1.weight": rng.random((4, 2, 3, 2)),
            "conv2d1.bias": rng.random(4),
            "fc.weight": rng.random((20, 16 // 4 * 4 // 2)),
            "fc.bias": rng.random(20),
            **bn("batchnorm1", 4),
            **bn("batchnorm2", 20),
        }
        graph = nir.read(self.export(text, weights))
        kinds = {name: type(node).__name__ for name, node in graph.nodes.items()}
        self.assertEqual(kinds["batchnorm1"], "Conv2d")
        self.assertEqual(kinds["batchnorm2"], "Affine")
        self.assertEqual(kinds["readout1"], "LI")
        self.assertEqual(kinds["delay1"], "Delay")
        self.assertEqual(kinds["voting1"], "Linear")

    def test_learned_delays(self):
        """Delays of whole steps are a Delay, others parts of plain nodes, whose shapes the reference checks."""
        text = (
            "input: 6\nlayers:\n  - tdbn: {affine: false}\n  - learned_delay: {max: 2, name: whole}\n"
            "  - learned_delay: {max: 3, name: part}\n  - delayed_linear: {out: 4, max: 2, name: fc}\n"
            "  - lif: {reset: value}\ndynamics: {alpha: 1}\n"
        )
        rng = np.random.default_rng(1)
        weights = {
            "tdbn1.running_mean": rng.random(6),
            "tdbn1.running_var": rng.random(6) + 0.5,
            "whole.delay": rng.integers(0, 3, 6).astype("f4"),
            "part.delay": rng.random(6) * 3,
            "fc.weight": rng.random((4, 6)),
            "fc.delay": rng.random((4, 6)) * 2,
            "fc.bias": rng.random(4),
        }
        graph = nir.read(self.export(text, weights, "--dt", DT))
        kinds = {name: type(node).__name__ for name, node in graph.nodes.items()}
        self.assertEqual(kinds["tdbn1"], "Affine")
        self.assertEqual(kinds["whole"], "Delay")
        np.testing.assert_allclose(graph.nodes["whole"].delay, weights["whole.delay"] * DT, 1e-6)
        self.assertEqual(
            [kinds[f"fc_part{lag}"] for lag in range(3)], ["Affine", "Linear", "Linear"]
        )
        total = sum(graph.nodes[f"part_part{lag}"].scale for lag in range(4))
        np.testing.assert_allclose(total, np.ones(6), 1e-6)
        total = sum(graph.nodes[f"fc_part{lag}"].weight for lag in range(3))
        np.testing.assert_allclose(total, weights["fc.weight"], 1e-5)


def tool(name):
    try:
        return __import__(name, fromlist=["_"])
    except ImportError as error:
        raise unittest.SkipTest(f"{error}; pip install {name.partition('.')[0]}") from error


def through(net, x):
    """The spikes of a net of torch that takes one step and its state: [T, B, N]."""
    torch = tool("torch")
    state, spikes = (), []
    with torch.no_grad():
        for step in torch.from_numpy(x):
            out = net(step, *state)
            out, *state = out if isinstance(out, tuple) else (out,)
            spikes.append(out.numpy())
    return spikes


class Tools(Files):
    """The same weights and input: spikes at order 1 are equal."""

    def test_snntorch(self):
        importer = tool("snntorch.import_nir")
        graph, x, here = self.two_layers()
        self.spikes_equal(through(importer.import_from_nir(graph), x), here)

    def test_norse(self):
        norse = tool("norse.torch")
        graph, x, here = self.two_layers()
        self.spikes_equal(through(norse.from_nir(graph, dt=DT), x), here)

    def test_spikingjelly(self):
        exchange = tool("spikingjelly.activation_based.nir_exchange")
        graph, x, here = self.two_layers()
        self.spikes_equal(through(exchange.import_from_nir(graph, dt=DT), x), here)


if __name__ == "__main__":
    unittest.main()
