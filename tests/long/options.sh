#!/bin/sh
# Each option of the build off in turn: it builds without a warning, links nothing of what was left out, says so in
# --version, and the whole suite passes; what needs what was left out is skipped by name.
#
#   tests/long/options.sh [OPTION ...]      default: wrong values, and all of the table below; for example FSNN_YAML=OFF bare
#
# Prints a line a row, of tests passed, skipped by name and failed. A row that fails does not end the run.
#
# FSNN_OPTIONS_TESTS: a regular expression of the tests that are run, default all. JOBS: at a time, default all processors.
# FSNN_OPTIONS_FOLDER: where the builds and the logs of their tests stay, default nowhere. CMAKE_FLAGS: more for CMake.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
jobs=${JOBS:-$(nproc)}
folder=${FSNN_OPTIONS_FOLDER:-$place/builds}

# option=value, the library that is not linked, the word of --version, tests that must be skipped
table='
FSNN_YAML=OFF             libfyaml         YAML    model/description,cli/train,build/docs
FSNN_ZLIB=OFF             libz[.]          zlib    build/docs
FSNN_HDF5=OFF             libhdf5          HDF5    data/shd,format/file_kind
FSNN_FFT=OFF              kissfft          FFT     data/series
FSNN_SOUND=OFF            sndfile          libsndfile data/sound
FSNN_PNG=OFF              png              libpng     data/png
FSNN_PLOT=OFF             -                plots   plot/plot,cli/figures
FSNN_OPENMP=OFF           -                OpenMP  base/threads
FSNN_LZ4=OFF              liblz4           LZ4     -
FSNN_ZSTD=OFF             libzstd          zstd    -
FSNN_DENSE=plain          libdnnl|libstdc  oneDNN  -
FSNN_PRECISION_DOUBLE=OFF -                double  net/double,cli/simulate,op/dense_in_double
bare                      lib[^cm]         YAML    model/description,net/double
on                        -                -       -
FSNN_MPI=OFF              -                -       cli/mpi
FSNN_CLI=OFF              -                -       cli/train,build/docs
FSNN_CORE_ONLY=ON         -                -       -
'
libraries="YAML ZLIB HDF5 FFT SOUND PNG PLOT OPENMP LZ4 ZSTD"

fail() { echo "options: FAILED: $*" >&2; exit 1; }

# The flags of a row: the option itself; nothing but C and libm; all that AUTO would take, demanded.
flags_of()
{
    case $1 in
    bare) printf ' -DFSNN_%s=OFF' $libraries && echo " -DFSNN_DENSE=plain -DFSNN_PRECISION_DOUBLE=OFF" ;;
    on) printf ' -DFSNN_%s=ON' $libraries ;;
    *) echo "-D$1" ;;
    esac
}

# What a program or library is linked with itself; HDF5 for one brings zlib along.
links() { readelf -d "$1" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -vE '^ld-linux'; }

skips() { # NAMES LOG: each was skipped by name
    for name in $(echo "$1" | tr ',' ' '); do
        grep -q " $name .*Skipped" "$2" || fail "$option: $name was not skipped"
    done
}

# What a row of the table claims of its build.
claims() # OPTION LIBRARY WORD
{
    "$build/fsnn" --version >"$place/version" || fail "$1: --version"
    if [ "$3" = - ]; then
        ! grep -q '(without' "$place/version" || fail "$1: --version says $(cat "$place/version")"
    else
        grep -q "(without.*$3" "$place/version" || fail "$1: --version says $(cat "$place/version")"
    fi
    for linked in fsnn fsnn-bench libfsnn.so; do
        [ "$2" = - ] || ! links "$build/$linked" | grep -E "$2" >"$place/links" ||
            fail "$1: $linked is linked with $(cat "$place/links")"
    done
}

count() { grep -acE "^ *[0-9]+/[0-9]+ Test .*$1" "$build/tests.log" || true; }

try() # OPTION LIBRARY WORD SKIPPED
{
    build=$folder/build-$(echo "$1" | tr '=' '_')
    mkdir -p "$build"
    # shellcheck disable=SC2046,SC2086 # lists of flags
    cmake -S . -B "$build" $(flags_of "$1") ${CMAKE_FLAGS:-} >"$place/log" 2>&1 || { cat "$place/log" >&2; fail "$1: configuring"; }
    cmake --build "$build" -j "$jobs" >"$place/log" 2>&1 || { tail -n 50 "$place/log" >&2; fail "$1: building"; }
    case $1 in
    FSNN_CLI=OFF | FSNN_CORE_ONLY=ON | FSNN_MPI=OFF) ;; # no program says anything
    *) claims "$1" "$2" "$3" ;;
    esac
    ctest --test-dir "$build" -R "${FSNN_OPTIONS_TESTS:-.}" --output-on-failure -j "$jobs" --no-tests=error >"$build/tests.log" &&
        failed= || failed=1
    echo "options: $1: $(count ' Passed ') passed, $(count 'Skipped') skipped by name, $(count '\*\*\*(Failed|Timeout|Exception|Not Run)') failed"
    [ -z "$failed" ] || { grep -aE -B 40 '\*\*\*(Failed|Timeout|Exception)|^The following' "$build/tests.log" | tail -n 200 >&2; fail "$1: tests"; }
    [ "$4" = - ] || [ -n "${FSNN_OPTIONS_TESTS:-}" ] || skips "$4" "$build/tests.log"
    [ -n "${FSNN_OPTIONS_FOLDER:-}" ] || rm -rf "$build"
}

# what is no value, and what is asked for and not there, are errors that name the way
refused() # SENTENCE FLAG ...
{
    sentence=$1
    shift
    ! cmake -S . -B "$place/none" -DFSNN_TESTS=OFF "$@" >"$place/log" 2>&1 || fail "$* is taken"
    tr '\n' ' ' <"$place/log" | tr -s ' ' | grep -q "$sentence" || fail "$*: $(cat "$place/log")"
    rm -rf "$place/none"
}
missing() # NAME PACKAGE FLAG ...: without what the flag hides
{
    name=$1 package=$2
    shift 2
    refused "FSNN_$name is ON and .*$package.* is missing: run tools/install-deps.sh, or give -DFSNN_$name=OFF" "-DFSNN_$name=ON" "$@"
}
refusals()
{
    for name in $libraries PYTHON MPI; do
        refused "FSNN_$name is \"perhaps\": AUTO, ON and OFF are possible" "-DFSNN_$name=perhaps"
    done
    for name in PRECISION_DOUBLE CORE_ONLY TESTS; do
        refused "FSNN_$name is \"perhaps\": ON and OFF are possible" "-DFSNN_$name=perhaps"
    done
    refused 'FSNN_DENSE is "perhaps": onednn and plain are possible' -DFSNN_DENSE=perhaps
    refused 'FSNN_LINK is "perhaps": static, shared and alone are possible' -DFSNN_LINK=perhaps
    refused 'FSNN_LINK=alone wants -DFSNN_DENSE=plain' -DFSNN_LINK=alone
    refused 'FSNN_LINK=alone and FSNN_SOUND=ON: a static program loads no library' -DFSNN_LINK=alone -DFSNN_DENSE=plain -DFSNN_SOUND=ON
    cmake -S . -B "$place/none" -DFSNN_CORE_ONLY=ON -DFSNN_TESTS=OFF -DBUILD_SHARED_LIBS=ON >"$place/log" 2>&1 &&
        grep -q 'BUILD_SHARED_LIBS changes nothing' "$place/log" || fail "BUILD_SHARED_LIBS: $(cat "$place/log")"
    rm -rf "$place/none"
    missing MPI libopenmpi-dev -DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON
    missing ZLIB zlib1g-dev -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON
    missing OPENMP OpenMP -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON
    missing PLOT gnuplot-nox -DGNUPLOT=
    refused 'oneDNN .*libdnnl-dev.* is missing: run tools/install-deps.sh' -DFSNN_DENSE=onednn -DDNNL_LIBRARY=
    (
        PKG_CONFIG_LIBDIR=/nowhere
        export PKG_CONFIG_LIBDIR
        missing YAML libfyaml-dev
        missing HDF5 libhdf5-dev
        missing FFT libkissfft-dev
        missing SOUND libsndfile1-dev
        missing PNG libpng-dev
        missing LZ4 liblz4-dev
        missing ZSTD libzstd-dev
        refused 'CMocka (package libcmocka-dev).* is missing: run tools/install-deps.sh' -DFSNN_TESTS=ON -DFSNN_DENSE=plain
    )
}
[ $# -gt 0 ] || refusals

for row in ${*:-$(printf '%s' "$table" | awk 'NF { print $1 }')}; do
    printf '%s' "$table" | grep -q "^$row " || fail "$row is no row of the table"
done
printf '%s' "$table" | while read -r option library word skipped; do
    [ -n "$option" ] || continue
    case " ${*:-$option} " in
    *" $option "*) (try "$option" "$library" "$word" "$skipped") || : >"$place/failed" ;;
    esac
done
[ ! -e "$place/failed" ] || fail "see above"
