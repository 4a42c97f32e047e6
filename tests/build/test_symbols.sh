#!/bin/sh
# libfsnn.a beside other people's code: only fsnn_ names are global in it; a program with functions of any of the library's
# internal names runs undisturbed; and one that calls a function needs no library that this function does not need.
set -u
build=${FSNN_BUILD:?} library=$FSNN_BUILD/libfsnn.a
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; [ ! -e "$place/log" ] || head -n 20 "$place/log"; exit 1; }
flags="-Iinclude${FSNN_SANITIZE:+ -fsanitize=$FSNN_SANITIZE}"

globals() { nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u; }
globals "$library" | grep -vE '^(fsnn_|__)' >"$place/log" && fail "global names of libfsnn.a without fsnn_"

# Alone: what each of these draws in needs libm and nothing else.
alone()
{
    cat >"$place/alone.c" <<END
#include <fsnn/fsnn.h>
#include <stdio.h>
int main(void) { $1; return 0; }
END
    # shellcheck disable=SC2086 # a list of flags
    "$CC" $flags "$place/alone.c" "$library" -lm -o "$place/alone" >"$place/log" 2>&1 || fail "with -lm alone: $1"
    "$place/alone" >"$place/log" 2>&1 || fail "does not run: $1"
}
alone 'puts(fsnn_version())'
alone 'printf("%g\n", fsnn_mittag_leffler(0.5, 1, -1))'
alone 'char text[64]; fsnn_shape s = FSNN_SHAPE(2, 3); puts(fsnn_shape_text(&s, text, sizeof text))'
alone 'puts(fsnn_error_text())'
if [ -z "${FSNN_SANITIZE:-}" ]; then
    size=$(wc -c <"$place/alone")
    [ "$size" -lt 500000 ] || fail "one call makes a program of $size bytes"
fi

# Functions of the program's own by all the internal names that the library has: none is called by mistake.
names=$build/libfsnn_internal.a
[ -e "$names" ] || fail "no $names: build the tests"
{
    echo '#include <stdlib.h>'
    nm -g --defined-only "$names" | awk 'NF == 3 && $2 == "T" && $3 !~ /^(fsnn_|_)/ { print $3 }' |
        LC_ALL=C sort -u | sed 's/.*/void &(void); void &(void) { abort(); }/'
} >"$place/own.c"
own=$(grep -c abort "$place/own.c")
[ "$own" -gt 100 ] || fail "found $own internal names only"
# shellcheck disable=SC2086 # a list of flags
"$CC" $flags -w -fno-builtin -c "$place/own.c" -o "$place/own.o" >"$place/log" 2>&1 || fail "own functions"
libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
for example in 01_lif 04_own_neuron; do
    # shellcheck disable=SC2086 # lists of flags
    "$CC" $flags "examples/$example.c" "$place/own.o" "$library" -fopenmp $libraries -o "$place/beside" \
        >"$place/log" 2>&1 || fail "$example with functions of its own named like internal ones"
    "$place/beside" >"$place/log" 2>&1 || fail "$example calls functions of the program by mistake"
done
echo "only fsnn_ names are global; $own functions of a program's own do no harm"
