"""HDF5 by h5py, for a library that was built without it."""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from kit import ROOT, main, need, np, unittest

import fsnn

h5py = need("h5py")
READER = ROOT / "python" / "fsnn" / "_hdf5" / "read.py"
TIMES = [[0.0, 0.25, 0.26, 0.99], [], [0.5, 0.7]]
UNITS = [[0, 3, 3, 9], [], [4, 1]]


def write(path):
    with h5py.File(path, "w") as file:
        for name, rows, dtype in (("times", TIMES, np.float32), ("units", UNITS, ">u2")):
            made = file.create_dataset(f"spikes/{name}", (3,), dtype=h5py.vlen_dtype(dtype))
            for i, row in enumerate(rows):
                made[i] = np.asarray(row, dtype)
        file["labels"] = np.array([1, 0, 1], np.uint8)
        file.create_dataset("extra/keys", data=["no", "yes"])
        file["link"] = h5py.SoftLink("/labels")


def said(what, path):
    """The pieces that the reader writes, joined, and the sentence that it ends with."""
    done = subprocess.run([sys.executable, READER, what, path], capture_output=True, check=True)
    rest, found = done.stdout, b""
    while True:
        (length,) = struct.unpack_from("=q", rest)
        if length < 0:
            return found, rest[16:].decode()
        rest, piece = rest[8 + length :], rest[8 : 8 + length]
        if not length:
            assert not rest
            return found, ""
        found += piece


class Reader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = str(pathlib.Path(self.folder.name) / "a.h5")
        write(self.path)

    def test_trains(self):
        wanted = struct.pack("=q", 2) + struct.pack("=q2sq3s", 2, b"no", 3, b"yes")
        self.assertEqual(said("names", self.path), (wanted, ""))
        wanted += struct.pack("=qqqq", 3, 1, 0, 1)
        for times, units in zip(TIMES, UNITS):
            wanted += struct.pack("=qq", len(times), len(units))
            wanted += np.float64(np.float32(times)).tobytes() + np.int64(units).tobytes()
        self.assertEqual(said("trains", self.path), (wanted, ""))

    def test_a_link_to_another_file_is_not_followed(self):
        other = self.path + ".b"
        with h5py.File(other, "w") as file:
            file["spikes/times"] = h5py.ExternalLink(self.path, "/spikes/times")
        self.assertIn("is a link to another file", said("trains", other)[1])
        self.assertEqual(said("tree", other)[1], "")

    def test_damage(self):
        pathlib.Path(self.path).write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 100)
        self.assertIn("cannot read it", said("tree", self.path)[1])
        with h5py.File(self.path, "w") as file:
            file["spikes/times"] = np.zeros(3)
        self.assertIn("spikes/times is not what it should be", said("trains", self.path)[1])

    def test_events(self):
        corpus = ROOT / "tests" / "fuzz" / "hdf5_events"
        files = {"dsec": (5, 5, 7, 3), "metavision": (5, 5, 8, 4), "v2e": (7, 7, 7, 7)}
        for name, kinds in files.items():
            found, sentence = said("events", str(corpus / f"{name}.h5"))
            self.assertEqual(sentence, "")
            self.assertEqual(struct.unpack_from("=q", found)[0], 6)
            self.assertEqual(struct.unpack_from("=4i", found, 44), kinds)
            self.assertEqual(struct.unpack_from("=q", found, 320)[0], 6)
            widths = [(0, 0, 0, 1, 2, 2, 4, 4, 8)[kind] for kind in kinds]
            x = np.frombuffer(found[328 : 328 + 6 * widths[0]], f"u{widths[0]}")
            self.assertEqual(x.tolist(), [3, 0, 127, 64, 5, 33])
            self.assertEqual(struct.unpack_from("=q", found, len(found) - 320)[0], -1)
        self.assertEqual(said("events?", str(corpus / "dsec.h5"))[0], struct.pack("=q", 1))
        self.assertEqual(said("events?", self.path)[0], struct.pack("=q", 0))
        for name, words in (("lack", "no data set p"), ("huge", "more values"), ("link", "a link")):
            self.assertIn(words, said("events", str(corpus / f"{name}.h5"))[1])

    def test_through_the_library(self):
        layers = [{"linear": {"out": 2}}, "lif"]
        data = {"kind": "hdf5", "train": self.path, "steps": 4, "duration": 1.0}
        data |= {"units": 10, "channels": 5, "count": True}
        training = {"epochs": 1, "batch": 2}
        net = fsnn.Net(
            input=[5], layers=layers, data=data, training=training, dynamics={"alpha": 0.5}
        )
        self.assertEqual(net.train().samples, 3)

    def test_the_library_is_told(self):
        without = "HDF5" in fsnn.built().partition("without")[2]
        self.assertEqual("FSNN_HDF5_READER" in os.environ, without)


if __name__ == "__main__":
    main()
