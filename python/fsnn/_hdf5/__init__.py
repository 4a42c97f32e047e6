"""HDF5 for a library that was built without it: h5py reads for it, where that is installed."""

import importlib.util
import os
import pathlib
import sys

VARIABLE = "FSNN_HDF5_READER"


def offer(built: str) -> None:
    """Names the program to a library without HDF5, for this process and those it starts."""
    if "HDF5" not in built.partition("without")[2]:
        return
    words = [sys.executable, str(pathlib.Path(__file__).with_name("read.py"))]
    told = VARIABLE in os.environ or not all(words) or any(":" in word for word in words)
    if not told and importlib.util.find_spec("h5py"):
        os.environ[VARIABLE] = ":".join(words)
