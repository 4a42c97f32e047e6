#!/bin/sh
# Programs that are linked with libfsnn.so, installed and moved: fsnn, fsnn-mpi and what fsnn starts find the library and each other.
#
# FSNN_SHARED: a build with -DFSNN_LINK=shared that is there already.
. tests/long/kit/begin.sh
unset LD_LIBRARY_PATH

build=${FSNN_SHARED:-$place/build}
if [ -z "${FSNN_SHARED:-}" ]; then
    # shellcheck disable=SC2086 # a list of flags
    try cmake -S . -B "$build" -DFSNN_LINK=shared -DFSNN_TESTS=OFF -DFSNN_EXAMPLES=OFF -DFSNN_PYTHON=OFF ${CMAKE_FLAGS:-}
    try cmake --build "$build" -j "${JOBS:-2}" --target fsnn_products
fi
try cmake --install "$build" --prefix "$place/first"
rm -rf "$place/build"
mkdir "$place/another"
mv "$place/first" "$place/another/place"
bin=$place/another/place/bin
for program in "$bin/fsnn" "$place/another/place/libexec/fsnn/fsnn-bench"; do
    ldd "$program" >"$place/log" || fail "ldd $program"
    grep -q "libfsnn.so.* => $place/another/" "$place/log" || fail "$program does not find the library that was moved with it"
done
try "$bin/fsnn" --version
try "$bin/fsnn" bench --list
if [ -e "$bin/fsnn-mpi" ]; then
    try "$bin/fsnn-mpi" --complete tr
    grep -q train "$place/log" || fail "fsnn-mpi does not run from its new place"
fi
echo "programs linked with libfsnn.so run where they were moved to"
