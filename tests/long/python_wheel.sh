#!/bin/sh
# The Python package as users get it: a source distribution, a wheel built from it alone, installed in a clean virtual
# environment outside of the tree; the first program of the README and the command run there. Skipped where pip reaches no
# package registry.
set -u
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; [ ! -f "$place/log" ] || tail -n 40 "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }
python=${FSNN_PYTHON_EXECUTABLE:-python3}

"$python" -c 'import setuptools, venv, ensurepip' 2>/dev/null || { echo "skipped: $python lacks setuptools or venv"; exit 77; }
try "$python" -m venv "$place/build"
"$place/build/bin/pip" download -q --no-deps -d "$place/probe" cffi >/dev/null 2>&1 ||
    { echo "skipped: pip reaches no package registry"; exit 77; }

try make -s sdist BUILD="$place" PYTHON="$python"
sdist=$(ls "$place"/dist/fsnn-*.tar.gz)
try "$place/build/bin/pip" wheel --no-deps -w "$place/wheel" "$sdist"
wheel=$(ls "$place"/wheel/fsnn-*.whl)
case $wheel in
*-cp39-abi3-*) ;;
*) fail "$wheel is not for all Pythons from 3.9 on" ;;
esac
[ "$(stat -c %s "$wheel")" -lt 15000000 ] || fail "$wheel is larger than 15 MB"

try "$python" -m venv "$place/clean"
try "$place/clean/bin/pip" install "$wheel"
awk '/^```python/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md >"$place/first.py"
cd "$place" || exit 1
try env -u PYTHONPATH "$place/clean/bin/python" first.py
"$place/clean/bin/fsnn" --version >"$place/log" || fail "the command fsnn does not run"
version=$("$place/clean/bin/python" -c 'import fsnn; print(fsnn.__version__)')
[ "$(cat "$place/log")" = "fsnn $version" ] || fail "the command is not of version $version"
module=$("$place/clean/bin/python" -c 'import _fsnn; print(_fsnn.__file__)')
nm -D --defined-only "$module" | awk '{ print $NF }' >"$place/log"
[ "$(cat "$place/log")" = PyInit__fsnn ] || fail "_fsnn exports more than its entry"
echo "a wheel of $(stat -c %s "$wheel") bytes runs the first program and the command, version $version"
