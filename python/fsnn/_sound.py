"""libsndfile for a machine without it: the one that the package soundfile brings, where that is
installed."""

import importlib.util
import os
import pathlib

VARIABLE = "FSNN_SOUND_LIBRARY"


def offer() -> None:
    """Names its file to the library, for this process and those it starts."""
    found = importlib.util.find_spec("_soundfile_data")  # of soundfile's wheels
    places = found.submodule_search_locations if found else None
    files = [file for place in places or [] for file in pathlib.Path(place).glob("libsndfile*.so*")]
    if files and VARIABLE not in os.environ:
        os.environ[VARIABLE] = str(files[0])
