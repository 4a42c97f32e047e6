#!/bin/sh
# fsnn doctor: the features are those of --version, what is missing here fails, and FSNN_ISA is believed only where it can be.
set -u
fsnn=$(realpath "${FSNN_BIN:-build/fsnn}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

"$fsnn" doctor >text 2>said || [ $? -eq 1 ] || fail "doctor: $(cat said)"
# "with A, B (without C)": there or failing, and left out, each with what brings it in
"$fsnn" --version | sed -n '2s/^with \([^(]*\).*/\1/p' | tr ',' '\n' | sed 's/^ *//; s/ *$//' >with
"$fsnn" --version | sed -n '2s/.*(without \(.*\))$/\1/p' | tr ',' '\n' | sed 's/^ *//' >without
while read -r name; do
    [ "$name" = "C and libm alone" ] || grep -q "^$name  *\(there\|fails\)  *[A-Z]" text || fail "$name is not there: $(cat text)"
done <with
while read -r name; do
    grep -q "^$name  *left out  *[A-Z].*: .*-DFSNN_" text || fail "$name is not left out: $(cat text)"
done <without
grep -q '^processor  *[^ ]' text || fail "no processor: $(cat text)"

# no program is found: figures cannot be drawn
mkdir empty
if grep -q '^plots  *\(there\|fails\)' text; then
    PATH=$work/empty "$fsnn" doctor >bare 2>said && fail "without gnuplot all is good"
    grep -q '^plots  *fails  *.*install gnuplot-nox' bare || fail "without gnuplot: $(cat bare)"
    grep -q 'cannot work here' said || fail "without gnuplot: $(cat said)"
fi

# fsnn-mpi is a program beside fsnn, which something else starts
if [ -x "$(dirname "$fsnn")/fsnn-mpi" ]; then
    printf '#!/bin/sh\n' >empty/mpirun
    PATH=$work/empty "$fsnn" doctor >bare 2>said
    grep -q '^MPI  *fails  *Training.*neither mpirun nor srun.*install openmpi-bin' bare || fail "a file mpirun that does not run: $(cat bare)"
    chmod +x empty/mpirun
    PATH=/nowhere:$work/empty "$fsnn" doctor >bare 2>said
    grep -q '^MPI  *there  *Training by several processes (fsnn-mpi)$' bare || fail "with mpirun: $(cat bare)"
fi
mkdir alone && cp "$fsnn" alone/fsnn
alone/fsnn doctor >bare 2>said
grep -q '^MPI  *left out  *Training.*: install libopenmpi-dev and openmpi-bin and build with -DFSNN_MPI=ON' bare || fail "without fsnn-mpi: $(cat bare)"

# libraries that are loaded late, by the file that a variable names
late() # FEATURE VARIABLE
{
    grep -q "^$1  *there" text || { echo "$1 is not there: $2 was not tried"; return; }
    for wrong in "$work/none.so" libm.so.6; do
        env "$2=$wrong" "$fsnn" doctor >bare 2>said && fail "$2=$wrong: all is good"
        grep -q "^$1  *fails  *.*: $wrong, which $2 names, .*: unset the variable" bare || fail "$2=$wrong: $(cat bare)"
    done
    env "$2=" "$fsnn" doctor >bare 2>said
    grep -q "^$1  *there" bare || fail "$2 is empty: $(cat bare)"
}
late libsndfile FSNN_SOUND_LIBRARY
if command -v ldconfig >/dev/null && sound=$(ldconfig -p | sed -n 's/.*libsndfile[.]so[.]1 .*=> //p' | head -n 1) && [ -n "$sound" ]; then
    FSNN_SOUND_LIBRARY=$sound "$fsnn" doctor >bare 2>said
    grep -q "^libsndfile  *\(there  *.*: $sound, which FSNN_SOUND_LIBRARY names\|left out.*\)$" bare || fail "FSNN_SOUND_LIBRARY=$sound: $(cat bare)"
fi
! ldd "$fsnn" 2>/dev/null | grep -q libhdf5 && late HDF5 FSNN_HDF5_LIBRARY

FSNN_ISA=base "$fsnn" doctor >text 2>said
grep -q '^instructions  *base, FSNN_ISA=base' text || fail "FSNN_ISA=base: $(cat text)"
! grep -q FSNN_ISA said || fail "FSNN_ISA=base: $(cat said)"
FSNN_ISA=sse9 "$fsnn" doctor >text 2>said
grep -q 'FSNN_ISA=sse9 changes nothing' said || fail "FSNN_ISA=sse9: $(cat said)"

"$fsnn" doctor --json >json 2>/dev/null
if command -v python3 >/dev/null; then
    python3 -c '
import json
d = json.load(open("json"))
assert d["features"] and all(f["state"] in ("there", "fails", "left out") for f in d["features"]), d
assert d["threads"] >= 1 and d["memory"] > 0 and d["instructions"] in ("base", "avx2", "avx512"), d' || fail "--json: $(cat json)"
fi
[ $failures -eq 0 ] && echo "doctor: all good"
exit $((failures > 0))
