"""Builds the extension module and the program `fsnn` with the project's own CMake.

The C tree is the folder above, or, in a source distribution, the folder `c` beside this file.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

HERE = pathlib.Path(__file__).resolve().parent
# What of the C tree a build needs, and `cmake --install` of it.
C_TREE = "CMakeLists.txt LICENSE cmake include src cli bench/suite man completions".split()
C_TREE += ["tools/install-deps.sh", "bench/floor.h", "bench/floor_absent.h", "bench/measure.h"]
PROGRAMS = {"fsnn_cli": "fsnn", "fsnn_suite": "fsnn-bench"}  # targets of CMake, and what they make


def c_tree():
    return HERE / "c" if (HERE / "c" / "CMakeLists.txt").exists() else HERE.parent


def version():
    text = (c_tree() / "CMakeLists.txt").read_text()
    return re.search(r"project\(fsnn VERSION ([0-9.]+)", text).group(1)


def run(what, command):
    """Runs a step of the build; what it prints goes on to pip, which shows it when asked (-v)."""
    print("fsnn:", *command, flush=True)
    try:
        done = subprocess.run(command, check=False)
    except FileNotFoundError:
        raise SystemExit(
            f"fsnn: {command[0]} is not installed. tools/install-deps.sh installs what the build "
            "needs"
        )
    if done.returncode:
        raise SystemExit(
            f"fsnn: {what} failed (see above). tools/install-deps.sh in the source tree installs "
            "what the build needs: "
            "compiler, cmake, libfyaml and the other libraries"
        )


class build(build_ext):
    """The one extension module is a target of CMake; so is the program."""

    def build_extension(self, ext):
        folder = pathlib.Path(self.build_temp).resolve() / "cmake"
        options = {
            "FSNN_TESTS": "OFF",
            "FSNN_EXAMPLES": "OFF",
            "FSNN_WERROR": "OFF",
        }
        options |= {"FSNN_PYTHON": "ON", "FSNN_PYTHON_EXECUTABLE": sys.executable}
        defines = [f"-D{key}={value}" for key, value in options.items()]
        defines += shlex.split(os.environ.get("CMAKE_ARGS", ""))
        run("the configuration", ["cmake", "-S", str(c_tree()), "-B", str(folder), *defines])
        jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
        targets = ["--target", "fsnn_python", *PROGRAMS]
        run("the build", ["cmake", "--build", str(folder), "-j", jobs, *targets])
        self.place(
            folder / "python" / "_fsnn.abi3.so", pathlib.Path(self.get_ext_fullpath(ext.name))
        )
        package = HERE if self.inplace else pathlib.Path(self.build_lib)
        for program in PROGRAMS.values():
            self.place(folder / program, package / "fsnn" / "bin" / program)
        # what this machine lacks is left out
        run("the program", [str(folder / "fsnn"), "--version"])

    @staticmethod
    def place(built, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(built, target)
        subprocess.run(["strip", "--strip-unneeded", str(target)], check=False)


class with_c_tree(sdist):
    """A source distribution holds the C tree too, as the folder c."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in C_TREE:
            source, target = c_tree() / name, pathlib.Path(base_dir) / "c" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)
        for name in ("python/cdef.py", "python/exports.map"):
            target = pathlib.Path(base_dir) / "c" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HERE / pathlib.Path(name).name, target)


setup(
    version=version(),
    license_files=["c/LICENSE"] if (HERE / "c" / "LICENSE").exists() else [],
    ext_modules=[Extension("_fsnn", [], py_limited_api=True)],
    cmdclass={"build_ext": build, "sdist": with_c_tree},
    options={"bdist_wheel": {"py_limited_api": "cp39"}},
)
