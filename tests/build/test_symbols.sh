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

# The flag of a library by its word in fsnn_built(); nothing where this build is without it.
built=$("${FSNN_BIN:-$build/fsnn}" --version)
flag_of()
{
    case ${built%%(without*} in *"$1"*) ;; *) return 0 ;; esac
    case $1 in
    oneDNN) echo "-ldnnl -lstdc++" ;;
    OpenMP) echo -fopenmp ;;
    YAML) echo -lfyaml ;;
    zlib) echo -lz ;;
    LZ4) echo -llz4 ;;
    zstd) echo -lzstd ;;
    libpng) pkg-config --libs libpng ;;
    FFT) pkg-config --libs kissfft-float ;;
    esac
}
flags_of() { for word; do flag_of "$word"; done; }

# One call in a program, linked with libm and these libraries.
link_call() # CALL FLAGS
{
    cat >"$place/alone.c" <<END
#include <fsnn/fsnn.h>
#include <stdio.h>
int main(void) { $1; return 0; }
END
    # shellcheck disable=SC2086 # lists of flags
    "$CC" $flags "$place/alone.c" "$library" $2 -lm -o "$place/alone" >"$place/log" 2>&1
}

# alone CALL LIBRARY...: what it draws in needs libm and these libraries, each of them, and nothing else.
alone()
{
    call=$1
    shift
    link_call "$call" "$(flags_of "$@")" || fail "with -lm and ${*:-nothing else}: $call"
    "$place/alone" >"$place/log" 2>&1 || fail "does not run: $call"
    for spare; do
        [ -n "$(flag_of "$spare")" ] || continue
        rest=
        for word; do [ "$word" = "$spare" ] || rest="$rest $word"; done
        # shellcheck disable=SC2086 # a list of words
        ! link_call "$call" "$(flags_of $rest)" || fail "does not need $spare: $call"
    done
}
alone 'puts(fsnn_version())'
alone 'printf("%g\n", fsnn_mittag_leffler(0.5, 1, -1))'
alone 'char text[64]; fsnn_shape s = FSNN_SHAPE(2, 3); puts(fsnn_shape_text(&s, text, sizeof text))'
alone 'fsnn_arrays list = {0}; fsnn_safetensors_read("", &list)'
alone 'puts(fsnn_error_text())'
if [ -z "${FSNN_SANITIZE:-}" ]; then
    size=$(wc -c <"$place/alone")
    [ "$size" -lt 500000 ] || fail "one call makes a program of $size bytes"
fi

alone 'fsnn_arrays list = {0}; fsnn_npz_read("", &list)' zlib
alone 'fsnn_arrays list = {0}; fsnn_idx_read("", &list)' zlib
alone 'fsnn_events e; fsnn_events_read("", &e)' zlib LZ4 zstd
alone 'fsnn_net *net; fsnn_net_create(&net); fsnn_net_destroy(net)' oneDNN OpenMP
alone 'fsnn_layer_destroy(NULL)' oneDNN OpenMP
alone 'fsnn_description *d; fsnn_description_read("", NULL, 0, &d)' oneDNN OpenMP YAML zlib FFT libpng LZ4 zstd

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
