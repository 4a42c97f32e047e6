#!/bin/sh
# Each option of the build off in turn: it builds without a warning, links nothing of what was left out, says so in
# --version, and the tests of the rooms that are left pass; what needs the library is skipped by name.
#
#   tests/long/options.sh [OPTION ...]      default: all of the table below
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
jobs=${JOBS:-$(nproc)}

# option=value, the library that is not linked, the words of --version, tests that are skipped
table='
FSNN_HDF5=OFF    libhdf5   HDF5    data/shd
FSNN_FFT=OFF     kissfft   FFT     data/series
FSNN_PLOT=OFF    -         plots   plot/plot
FSNN_OPENMP=OFF  -         OpenMP  -
FSNN_DENSE=plain libdnnl   oneDNN  -
'

fail() { echo "options: FAILED: $*" >&2; exit 1; }

try() { # OPTION LIBRARY WORDS SKIPPED
    build=$place/build
    rm -rf "$build"
    cmake -S . -B "$build" "-D$1" -DFSNN_EXAMPLES=OFF >"$place/log" 2>&1 || { cat "$place/log" >&2; fail "$1: configuring"; }
    cmake --build "$build" -j "$jobs" >"$place/log" 2>&1 || { tail -n 50 "$place/log" >&2; fail "$1: building"; }
    "$build/fsnn" --version >"$place/version"
    grep -q "(without.*$3" "$place/version" || fail "$1: --version says $(cat "$place/version")"
    [ "$2" = - ] || ! readelf -d "$build/fsnn" | grep -q "NEEDED.*$2" || fail "$1: the program is linked with $2"
    ctest --test-dir "$build" -R '^(base|tensor|op|format|data|plot|model|cli)/' --output-on-failure -j "$jobs" \
        --no-tests=error >"$place/tests" || { tail -n 50 "$place/tests" >&2; fail "$1: tests"; }
    [ "$4" = - ] || grep -q " $4 .*Skipped" "$place/tests" || fail "$1: $4 was not skipped"
    echo "options: $1: $(grep 'tests passed' "$place/tests")"
}

# what is not there and asked for is an error that names the way
if cmake -S . -B "$place/none" -DFSNN_HDF5=perhaps >"$place/log" 2>&1; then
    fail "FSNN_HDF5=perhaps is taken"
fi
grep -q 'AUTO, ON and OFF are possible' "$place/log" || fail "FSNN_HDF5=perhaps: $(cat "$place/log")"

printf '%s' "$table" | while read -r option library words skipped; do
    [ -n "$option" ] || continue
    case " ${*:-$option} " in
    *" $option "*) try "$option" "$library" "$words" "$skipped" ;;
    esac
done
