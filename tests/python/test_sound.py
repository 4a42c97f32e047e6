"""libsndfile of the package soundfile, for a machine that may lack it."""

import os
import pathlib
import tempfile
from unittest import mock

from kit import ROOT, main, np, unittest

import fsnn
from fsnn import _sound

FLAC = ROOT / "tests" / "fuzz" / "sound" / "flac16.flac"


class Offer(unittest.TestCase):
    def test_what_users_set_stays(self):
        with mock.patch.dict(os.environ, {_sound.VARIABLE: "mine.so"}):
            _sound.offer()
            self.assertEqual(os.environ[_sound.VARIABLE], "mine.so")

    def test_without_the_package(self):
        with mock.patch.dict(os.environ), mock.patch("importlib.util.find_spec", return_value=None):
            os.environ.pop(_sound.VARIABLE, None)
            _sound.offer()
            self.assertNotIn(_sound.VARIABLE, os.environ)

    def test_it_reads(self):
        try:
            import soundfile
        except ImportError as error:
            self.skipTest(str(error))
        if "libsndfile" in fsnn.built().partition("without")[2]:
            self.skipTest("fsnn is built without libsndfile")
        wanted, rate = soundfile.read(str(FLAC))
        with tempfile.TemporaryDirectory() as folder:
            for name in ("0.flac", "1.flac"):
                (pathlib.Path(folder) / name).write_bytes(FLAC.read_bytes())
            place = {"path": folder}
            section = {"kind": "wav", "pattern": "{label}.flac", "train": place, "test": place}
            data = fsnn.Data.open({**section, "steps": len(wanted)})["train"]
            self.assertEqual(len(data), 2)
            x, _ = data[0]
        np.testing.assert_allclose(x.ravel(), wanted.mean(axis=1), atol=1e-6)


if __name__ == "__main__":
    main()
