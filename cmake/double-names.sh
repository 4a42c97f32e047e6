#!/bin/sh
# double-names.sh HEADER NM INCLUDE OBJECT...: writes a header that gives every global name of the objects the suffix
# _double, for the second compilation of the same sources (src/base/real.h). Names of INCLUDE/fsnn/*.h are public and stay as they
# are: a file that defines one must not be compiled twice. Names with two underscores in front are the compiler's. A
# header that would say the same is left alone, so that nothing is compiled for it again.
set -eu
header=$1 nm=$2 include=$3
shift 3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cat "$include"/fsnn/*.h | grep -oE '\<fsnn_[A-Za-z0-9_]+' | LC_ALL=C sort -u >"$place/public"
"$nm" -g --defined-only "$@" | awk 'NF == 3 { print $3 }' | grep -E '^[A-Za-z_][A-Za-z0-9_]*$' | grep -v '^__' |
    LC_ALL=C sort -u | LC_ALL=C comm -23 - "$place/public" |
    awk '{ printf "#define %s %s_double\n", $1, $1 }' >"$place/names"
[ -s "$place/names" ] || { echo "double-names.sh: $nm finds no global names" >&2; exit 1; }
cmp -s "$place/names" "$header" || cp "$place/names" "$header"
