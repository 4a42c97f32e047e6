#!/bin/sh
# The header that gives the second compilation its names (cmake/double-names.sh): all global names of an object but the public
# ones; left alone where it would say the same; and the library has both of each name.
set -u
build=${FSNN_BUILD:?}
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
names() { cmake/double-names.sh "$place/names.h" nm include "$place/a.o" || fail "double-names.sh"; }

cat >"$place/a.c" <<'END'
int walk(void), fsnn_walk_inside(void), table[3] = {1};
const char *fsnn_version(void);
static int hidden(void) { return 3; }
int walk(void) { return hidden(); }
int fsnn_walk_inside(void) { return table[0]; }
const char *fsnn_version(void) { return "public"; }
END
"$CC" -O0 -c "$place/a.c" -o "$place/a.o" || fail "compiling"
names
printf '#define %s %s_double\n' fsnn_walk_inside fsnn_walk_inside table table walk walk | cmp - "$place/names.h" ||
    fail "other names: $(cat "$place/names.h")"
touch -d 2020-01-01 "$place/names.h"
before=$(ls -l --full-time "$place/names.h")
names
[ "$before" = "$(ls -l --full-time "$place/names.h")" ] || fail "a header that says the same is written anew"

header=$build/double_names.h
[ -e "$header" ] || { echo "built without double precision"; exit 77; }
library=$build/libfsnn_internal.a core=$build/libfsnn_core.a
[ -e "$library" ] && [ -e "$core" ] || fail "no $library or $core: build the tests"
# (the core has the plain kernels of single precision, which libfsnn may have oneDNN's in place of)
nm -g --defined-only "$library" "$core" 2>/dev/null | awk 'NF == 3 { sub(/^fsnn__/, "", $3); print $3 }' |
    LC_ALL=C sort -u >"$place/there"
# (a kernel's name may have its suffixes in the other order: FSNN_K makes walk_double_base where walk is a name, too)
awk '
    NR == FNR { there[$1]; next }
    {
        other = $3
        if (match(other, /_[a-z0-9]+_double$/))
            other = substr(other, 1, RSTART - 1) "_double" substr(other, RSTART, RLENGTH - 7)
        if (!($2 in there)) print $2
        if (!($3 in there) && !(other in there)) print $3
    }' "$place/there" "$header" >"$place/missing"
[ ! -s "$place/missing" ] || fail "the library lacks $(head -n 5 "$place/missing" | tr '\n' ' ')"
echo "$(wc -l <"$header") names, each in both precisions"
