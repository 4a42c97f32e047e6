"""What `pip install ./python` says where the machine lacks libraries: the build's own steps, with
pkg-config that finds nothing, up to where it would compile."""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

from kit import ROOT, main, need, unittest

need("setuptools")
need("cffi")

CMAKE = """#!/bin/sh
[ "$1" = --build ] && {{ echo "cmake: would compile here"; exit 1; }}
exec {cmake} "$@"
"""


class Build(unittest.TestCase):
    def setUp(self):
        cmake = shutil.which("cmake")
        if cmake is None:
            self.skipTest("there is no cmake")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.script("cmake", CMAKE.format(cmake=cmake))
        self.script("pkg-config", "#!/bin/sh\n[ $1 = --version ] && echo 1.8.1\n")

    def script(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(stat.S_IRWXU)

    def build(self, options="", path=None):
        """What pip would show: of its step that builds the extension."""
        environment = {**os.environ, "CMAKE_ARGS": f"{options} -DFSNN_DENSE=plain"}
        environment["PATH"] = path or f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        environment.pop("PKG_CONFIG", None)
        command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        command += ["--build-temp", str(self.folder / "temp")]
        done = subprocess.run(
            command,
            cwd=ROOT / "python",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.assertNotEqual(done.returncode, 0)
        return done.stdout

    def test_what_is_left_out_is_listed(self):
        said = self.build()
        for package in (
            "libfyaml (libfyaml-dev)",
            "HDF5 (libhdf5-dev)",
            "kissfft (libkissfft-dev)",
        ):
            sentence = f"{package} is not found and left out (tools/install-deps.sh installs it)"
            self.assertIn(sentence, said)
        self.assertIn("would compile here", said)

    def test_what_is_asked_for_and_missing(self):
        said = self.build("-DFSNN_YAML=ON")
        self.assertIn(
            "libfyaml (libfyaml-dev) is missing: run tools/install-deps.sh", " ".join(said.split())
        )
        self.assertIn("fsnn: the configuration failed (see above). tools/install-deps.sh", said)
        self.assertNotIn("would compile here", said)

    def test_without_cmake(self):
        (self.bin / "cmake").unlink()
        said = self.build(path=str(self.bin))
        self.assertIn("fsnn: cmake is not installed. tools/install-deps.sh installs", said)


if __name__ == "__main__":
    main()
