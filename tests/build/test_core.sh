#!/bin/sh
# libfsnn_core: it asks nothing of the C library but memory, strings, numbers and streams in memory, and nothing of any other
# library but libm; only fsnn_ names are global in it; a program links with it and libm alone and computes what libfsnn does;
# the examples that need no files run on it.
set -u
build=${FSNN_BUILD:?} core=$FSNN_BUILD/libfsnn_core.a
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; [ ! -e "$place/log" ] || head -n 20 "$place/log"; exit 1; }
[ -e "$core" ] || fail "no $core: build it"
flags="-std=c11 -O1 -Iinclude${FSNN_SANITIZE:+ -fsanitize=$FSNN_SANITIZE}"

# Of ISO C: memory, strings, numbers, sorting, the environment, and text into memory by snprintf. Of POSIX, without a call of
# the system: streams in memory (and what is printed to them), numbers in a locale, words without regard to case.
iso='malloc free qsort getenv memcmp memcpy memmove memset strchr strcmp strcpy strcspn strlen strncmp strpbrk strspn strstr
strtod strtof strtol snprintf sprintf vsnprintf atan atanf cos cosf erfc erfcf exp expf expm1 expm1f fabs floor fmax fmaxf fmin
fminf fmod frexp ldexp lgamma log logf nearbyint log10 log1p log1pf pow powf rint sin sinf sinh sqrt sqrtf tan tanh tanhf tgamma round
bcmp exp2 log2 memchr fma fmaf strrchr strtoll cosh ceil lround llround'
posix='open_memstream fclose ferror fprintf fputc fputs fwrite newlocale freelocale strtod_l memmem strcasecmp strcasestr
strncasecmp stpcpy'
compiler='_GLOBAL_OFFSET_TABLE_ __cpu_indicator_init __cpu_model __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc
__tls_get_addr __stack_chk_fail __isoc23_strtol __isoc23_strtoll'
names() { nm "$core" 2>/dev/null | awk "$1" | LC_ALL=C sort -u; }
names 'NF == 3 && $2 != "U" { print $3 }' >"$place/defined"
names 'NF == 2 && $1 == "U" { print $2 }' | LC_ALL=C comm -23 - "$place/defined" >"$place/wanted"
[ "$(wc -l <"$place/wanted")" -gt 20 ] || fail "nm finds nothing in $core"
if [ -z "${FSNN_SANITIZE:-}" ]; then
    echo "$iso $posix $compiler" | tr -s ' ' '\n' | LC_ALL=C sort -u | LC_ALL=C comm -23 "$place/wanted" - >"$place/log"
    [ ! -s "$place/log" ] || fail "the core asks for what it must do without"
fi
nm -g --defined-only "$core" 2>/dev/null | awk 'NF == 3 && $3 !~ /^(fsnn_|__)/ { print $3 }' >"$place/log"
[ ! -s "$place/log" ] || fail "global names without fsnn_"

# on the core: compiles SOURCE into PROGRAM
on_core()
{
    # shellcheck disable=SC2086 # a list of flags
    "$CC" $flags "$1" "$core" -lm -o "$2" >"$place/log" 2>&1 || fail "$1 with libfsnn_core.a and -lm alone"
}
on_core tests/build/core/try.c "$place/core"
"$place/core" >"$place/core.txt" 2>"$place/log" || fail "the program on the core"
[ "$(grep -c '^ spikes' "$place/core.txt")" -gt 100 ] || fail "few neurons ran"

# The same program with libfsnn.a, where the build has it. In single precision libfsnn may have oneDNN's kernels, which sum in
# another order.
beside_libfsnn()
{
    libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
    # shellcheck disable=SC2086 # lists of flags
    "$CC" $flags tests/build/core/try.c "$build/libfsnn.a" -fopenmp $libraries -o "$place/whole" >"$place/log" 2>&1 ||
        fail "the same with libfsnn.a"
    "$place/whole" >"$place/whole.txt" 2>"$place/log" || fail "the program on libfsnn.a"
    for which in core whole; do
        sed '/^net single/,/^neuron/d' "$place/$which.txt" >"$place/$which.exact"
        sed -n '/^net single/,/^neuron/p' "$place/$which.txt" >"$place/$which.single"
    done
    cmp "$place/core.exact" "$place/whole.exact" >"$place/log" 2>&1 || fail "other bits than libfsnn's"
    [ "${FSNN_DENSE:-plain}" = plain ] && tolerance=0 || tolerance=1e-5
    awk -v tolerance=$tolerance -f tests/build/core/compare.awk "$place/whole.single" "$place/core.single" >"$place/log" ||
        fail "a network in single precision differs from libfsnn's"
}
beside=
[ ! -e "$build/libfsnn.a" ] || { beside_libfsnn && beside="; the same bits as libfsnn.a"; }

for example in 01_lif 04_own_neuron 07_own_loop; do
    on_core "examples/$example.c" "$place/example"
    (cd "$place" && ./example >log 2>&1) || fail "$example on the core"
done
echo "libfsnn_core.a: $(wc -l <"$place/wanted") names of the C library$beside"
