#!/bin/sh
# The wheel as others get it: a source distribution, the wheel with the libraries inside that is built from it alone,
# installed in clean virtual environments outside of the tree. There run the first program of the README (on every Python
# from 3.9 on that this machine has), the command with the tutorial, and, beside PyTorch, the examples. Skipped where pip
# reaches no package index.
. tests/long/kit/begin.sh
python=${FSNN_PYTHON_EXECUTABLE:-python3}
source=$(pwd)
[ -z "${FSNN_DATA:-}" ] || FSNN_DATA=$(realpath "$FSNN_DATA")
unset PYTHONPATH

"$python" -c 'import setuptools, venv, ensurepip' 2>/dev/null || skip "$python lacks setuptools or venv"
try "$python" -m venv "$place/clean"
"$place/clean/bin/pip" download -q --no-deps -d "$place/probe" cffi >/dev/null 2>&1 ||
    skip "pip reaches no package index"

# tools/wheel.py checks tag, size, abi3
try make -s wheel BUILD="$place" PYTHON="$python"
wheel=$(ls "$place"/dist/fsnn-*.whl)
try "$python" -m zipfile -l "$wheel"
for bundled in libdnnl libgomp libfyaml libpng16 libkissfft-float liblz4 libzstd; do
    grep -q "licenses/bundled/$bundled/copyright" "$place/log" || fail "the wheel has no licence of $bundled"
done
grep -qiE 'libhdf5|libsndfile' "$place/log" && fail "HDF5 or libsndfile is in the wheel"
mkdir "$place/sources" && try tar -xf "$place"/dist/fsnn-*.tar.gz -C "$place/sources"
installed=$(sed -n 's/^ *install(FILES \(completions[^ ]*\) .*/\1/p' cmake/Install.cmake)
[ -n "$installed" ] || fail "cmake/Install.cmake installs no completions"
for file in $installed; do
    [ -s "$(echo "$place"/sources/fsnn-*/c)/$file" ] || fail "the source distribution lacks $file, which cmake --install wants"
done
awk '/^```python/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md >"$place/first.py"

cd "$place" || exit 1
tried=
for minor in 9 10 11 12 13 14; do
    for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/python3; do
        rm -rf other
        "$candidate" -m venv other 2>/dev/null || continue
        try other/bin/pip install "$wheel"
        try other/bin/python first.py
        tried="$tried 3.$minor"
        break
    done
done
[ "$tried" ] || fail "no Python from 3.9 to 3.14 is here"

try clean/bin/pip install "$wheel"
clean/bin/fsnn --version >log || fail "the command fsnn does not run"
version=$(clean/bin/python -c 'import fsnn; print(fsnn.__version__)')
[ "$(head -n 1 log)" = "fsnn $version" ] || fail "the command is not of version $version"
try clean/bin/python -m fsnn --version
try clean/bin/fsnn bench --list
module=$(clean/bin/python -c 'import _fsnn; print(_fsnn.__file__)')
nm -D --defined-only "$module" | awk '{ print $NF }' >log
[ "$(cat log)" = PyInit__fsnn ] || fail "_fsnn exports more than its entry"
tutorial=
if [ -d /usr/share/datasets/fashion-mnist ]; then
    (cd "$source" && FSNN_BIN=$place/clean/bin/fsnn sh tests/build/test_docs.sh) >log 2>&1 || fail "the tutorial"
    tutorial=", the tutorial"
fi

# HDF5: a sentence, and with h5py the file
nir=${FSNN_DATA:-$source/../shared/data}/field/nir/lif_norse.nir
if [ -f "$nir" ]; then
    clean/bin/fsnn inspect "$nir" >log 2>&1 && fail "HDF5 is read without h5py"
    grep -q "pip install h5py" log || fail "without h5py there is no word of it"
    try clean/bin/pip install h5py
    try clean/bin/fsnn inspect "$nir"
    grep -q "a NIR graph of" log || fail "h5py does not read $nir"
fi

# Sound: that of the system; a sentence where there is none; that of the package soundfile
sound=$source/tests/fuzz/sound/flac16.flac
FSNN_SOUND_LIBRARY=libsndfile-none.so clean/bin/fsnn inspect "$sound" >log 2>&1 && fail "FLAC is read without libsndfile"
grep -q "pip install soundfile" log || fail "without libsndfile there is no word of soundfile"
try clean/bin/pip install soundfile
clean/bin/python -c 'import fsnn, os; print(os.environ["FSNN_SOUND_LIBRARY"])' >log
grep -q _soundfile_data log || fail "the library of soundfile is not offered"
try clean/bin/fsnn inspect "$sound"

# PyTorch has an oneDNN and an OpenMP of its own: neither gives the other a function, and results are those of each alone.
clean/bin/pip install -q torch==2.13.0 >log 2>&1 ||
    { echo "a wheel of $(stat -c %s "$wheel") bytes runs on Python$tried$tutorial; PyTorch cannot be installed here"; exit 0; }
beside=$source/tests/long/beside_torch.py
{ clean/bin/python "$beside" fsnn && clean/bin/python "$beside" torch; } >alone 2>log || fail "fsnn or torch alone"
for order in "fsnn torch" "torch fsnn"; do
    # shellcheck disable=SC2086 # a list of modules
    LD_DEBUG=bindings LD_DEBUG_OUTPUT=$place/bindings clean/bin/python "$beside" $order >together 2>log ||
        fail "fsnn and torch in one process, imported as $order"
    cmp -s alone together || fail "results change, imported as $order: $(cat alone together)"
    ours='/fsnn[.]libs/|/_fsnn[.]' theirs='/torch/lib/'
    [ "$(grep -chE "binding file [^ ]*($ours)" bindings.* | head -n 1)" -gt 100 ] || fail "the linker told nothing"
    grep -hE "binding file [^ ]*($ours).* to [^ ]*($theirs)|binding file [^ ]*($theirs).* to [^ ]*($ours)" bindings.* >log &&
        fail "names of one library are bound to the other's"
    rm -f bindings.*
done
for example in "$source"/examples/python/*.py; do
    try clean/bin/python "$example"
done
echo "a wheel of $(stat -c %s "$wheel") bytes runs on Python$tried$tutorial, beside PyTorch in both orders, and the examples"
