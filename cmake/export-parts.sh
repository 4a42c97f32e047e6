#!/bin/sh
# export-parts.sh HEADER FUNCTIONS PART...: the pieces of C that fsnn export-c prints (src/export/parts), as strings of a
# C header: a row EXPORT_PART("name", "line\n" ...) each. FUNCTIONS is src/base/functions_kernel.h, of which the
# functions of single precision become one more piece, "functions", with names that C without a library has.
# A header that would say the same is left alone.
set -eu
header=$1 functions=$2
shift 2
quote() { sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/'; }
single() {
    awk '/^#ifdef FSNN_DOUBLE/ { skip = 1 } /^#else/ { skip = 0; next } /^#/ { next } !skip' "$functions" |
        sed -e 's/row_/net_/g' -e 's/real_abs(/net_abs(/g' -e 's/fabsf(/net_abs(/g' -e 's/copysignf(/net_copysign(/g' \
            -e 's/\breal\b/float/g' -e 's/\bbool\b/int32_t/g' -e 's/static inline/NET_INLINE/' \
            -e 's/INFINITY/net_number(0x7f800000u)/g' -e 's/\bNAN\b/net_number(0x7fc00000u)/g' |
        awk '/^NET_INLINE/ { begun = 1 } begun'
}
{
    echo '/* Made by cmake/export-parts.sh. */'
    for part in "$@"; do
        name=$(basename "$part" .part)
        if [ "$name" = pow ]; then
            echo 'EXPORT_PART("functions",'
            single | quote
            echo ')'
        fi
        echo "EXPORT_PART(\"$name\","
        quote <"$part"
        echo ')'
    done
} >"$header.new"
if cmp -s "$header.new" "$header"; then rm "$header.new"; else mv "$header.new" "$header"; fi
