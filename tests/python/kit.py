"""What the tests of the Python package share. A Python that lacks NumPy skips them, with a line."""

import json
import os
import pathlib
import sys
import unittest
import warnings

# torch and the library each have threads; where others run beside the tests, threads that wait
# busily keep those that work from their processors. Read when the libraries are loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

try:
    import numpy as np
except ImportError as error:
    print(
        f"skipped: {sys.executable}: {error}; tools/install-deps.sh installs python3-numpy and "
        "python3-cffi"
    )
    sys.exit(77)

import fsnn

ROOT = pathlib.Path(__file__).resolve().parents[2]


def golden(name):
    return json.loads((ROOT / "tests" / "golden" / name).read_text())


def small(kind="lif", out=4, dynamics=None, **options):
    """input [3] -> linear -> neuron."""
    return fsnn.Net(
        input=[3],
        layers=[{"linear": {"out": out}}, {kind: options}],
        dynamics=dynamics or {"alpha": 0.6},
    )


def inputs(*shape, seed=1, scale=4.0):
    return (np.random.default_rng(seed).random(shape) * scale).astype(np.float32)


def need(module):
    """The module, or the whole test is skipped with a line."""
    try:
        return __import__(module)
    except ImportError as error:
        print(f"skipped: {error}")
        sys.exit(77)


def data_folder():
    return pathlib.Path(os.environ.get("FSNN_DATA", ROOT / ".." / "shared" / "data"))


def main():
    """Remarks about steps and memories are not what most tests are about."""
    warnings.simplefilter("ignore", fsnn.NetWarning)
    unittest.main(verbosity=1, warnings=False)
