#!/bin/sh
# What `make install` leaves serves other programs: a small one is built against it with pkg-config (shared and static) and
# with CMake's find_package, in a tree that was moved after installing.
set -u
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; cat "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }

try cmake --install "$FSNN_BUILD" --prefix "$place/first"
mv "$place/first" "$place/moved"
for file in include/fsnn/fsnn.h include/fsnn/status.h bin/fsnn; do
    [ -e "$place/moved/$file" ] || fail "$file was not installed"
done
library=$(dirname "$(find "$place/moved" -name libfsnn.so)")
[ -e "$library/libfsnn.a" ] && [ -e "$library/libfsnn_core.a" ] || fail "the archives were not installed"
if nm -D --defined-only "$library/libfsnn.so" | awk '{ print $NF }' | grep -v '^fsnn_' >"$place/log"; then
    grep -vE '^(_init|_fini|__.*|_edata|_end|_bss_start)$' "$place/log" && fail "libfsnn.so exports foreign names"
fi
if [ -d man ]; then
    find "$place/moved" -name fsnn.1 | grep -q . || fail "the manual page was not installed"
    for page in man1/fsnn-train.1 man1/fsnn-doctor.1 man5/fsnn-description.5 ${FSNN_MPI:+man1/fsnn-mpi.1}; do
        find "$place/moved" -path "*/$page" -size +0 | grep -q . || fail "$page was not installed"
    done
fi

cat >"$place/main.c" <<'END'
#include <fsnn/fsnn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    fsnn_shape shape = FSNN_SHAPE(1, 28, 28);
    char text[64];

    printf("%s %s\n", fsnn_version(), fsnn_shape_text(&shape, text, sizeof text));
    return (void)argv, fsnn_shape_count(&shape) == 784 && lgamma(argc + 2.0) > 0 ? 0 : 1;
}
END
cat >"$place/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(fsnn ${WANTED} REQUIRED)
add_executable(shared main.c)
target_link_libraries(shared PRIVATE fsnn::fsnn)
add_executable(static main.c)
target_link_libraries(static PRIVATE fsnn::static)
add_executable(core main.c)
target_link_libraries(core PRIVATE fsnn::core)
END

flags=${FSNN_SANITIZE:+-fsanitize=$FSNN_SANITIZE}
PKG_CONFIG_PATH=$library/pkgconfig
export PKG_CONFIG_PATH
wanted="$(pkg-config --modversion fsnn) [1, 28, 28]"

runs()
{
    "$1" >"$place/log" 2>&1 || fail "$1 does not run"
    [ "$(cat "$place/log")" = "$wanted" ] || fail "$1: expected: $wanted"
}

# shellcheck disable=SC2046,SC2086 # lists of flags
{
    # the line that the README has, for a library in a private place
    try "$CC" $flags "$place/main.c" -o "$place/with-shared" $(pkg-config --cflags --libs fsnn) \
        -Wl,-rpath,"$(pkg-config --variable=libdir fsnn)"
    # the archive by name, then what pkg-config says stands behind it
    try "$CC" $flags $(pkg-config --cflags fsnn) "$place/main.c" -o "$place/with-static" \
        "$library/libfsnn.a" $(pkg-config --static --libs fsnn | sed "s/-lfsnn //")
}
runs "$place/with-shared"
runs "$place/with-static"
ldd "$place/with-static" >"$place/log"
grep -q libfsnn "$place/log" && fail "with-static uses the shared library"

try cmake -S "$place" -B "$place/build" -DCMAKE_PREFIX_PATH="$place/moved" -DCMAKE_C_COMPILER="$CC" \
    -DCMAKE_C_FLAGS="$flags" -DWANTED="$(pkg-config --modversion fsnn | cut -d . -f 1,2)"
try cmake --build "$place/build"
runs "$place/build/shared"
runs "$place/build/static"
runs "$place/build/core"

# every example that a page of help names is there
for command in "" train eval run inspect plot simulate; do
    "$place/moved/bin/fsnn" $command --help
done | grep -o 'examples/[a-z0-9_]*\.[a-z]*' | sort -u >"$place/log"
[ -s "$place/log" ] || fail "no page of help names an example"
while read -r example; do
    [ -e "$place/moved/share/fsnn/$example" ] || fail "share/fsnn/$example was not installed"
done <"$place/log"

if [ -n "${FSNN_SUITE:-}" ]; then
    [ -x "$place/moved/libexec/fsnn/fsnn-bench" ] || fail "libexec/fsnn/fsnn-bench was not installed"
    "$place/moved/bin/fsnn" bench --help >"$place/log" 2>&1 || fail "fsnn bench does not run from its new place"
    grep -q '^usage: fsnn bench' "$place/log" || fail "fsnn bench --help"
fi
runs_program=$("$place/moved/bin/fsnn" --version | head -n 1) || fail "the installed program does not run"
echo "installed: $runs_program; pkg-config and find_package serve shared and static programs"
