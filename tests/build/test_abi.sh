#!/bin/sh
# The interface of libfsnn.so against the baseline of its minor version, tools/abi/libfsnn.so.X.Y.abi, by abidiff of libabigail
# (77 where that is not installed). A program that was compiled against the baseline must go on running: no function goes or
# changes its arguments, no struct changes its layout. Until the version is released (CHANGELOG.md) structs may grow at their end.
#
#   tests/build/test_abi.sh              compares
#   tests/build/test_abi.sh --update     records the baseline anew, before a release; what changed is printed
set -u
build=${FSNN_BUILD:-build}
library=$build/libfsnn.so
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

if ! command -v abidw >/dev/null || ! command -v abidiff >/dev/null; then
    echo "skipped: no abidw and abidiff (package abigail-tools)"
    exit 77
fi
if [ -n "${FSNN_SANITIZE:-}" ] || ! readelf -S "$library" | grep -q debug_info; then
    echo "skipped: $library has no descriptions of types for debuggers, or sanitizers in it"
    exit 77
fi

# What the public headers say of a library: names, types and layouts; nothing of this machine. libabigail knows headers by the
# last part of their names, which files of src/ have too: types of other names, and those that headers leave open, are dropped.
record() # LIBRARY HEADERS FILE
{
    cat "$2"/*.h | sed -nE 's/^typedef struct ([a-z0-9_]+) \1;.*/\1/p' | LC_ALL=C sort -u >"$place/named"
    cat "$2"/*.h | sed -nE 's/^(typedef )?struct ([a-z0-9_]+) \{.*/\2/p' | LC_ALL=C sort -u >"$place/defined"
    open=$(LC_ALL=C comm -23 "$place/named" "$place/defined" | tr '\n' '|')
    {
        printf '[suppress_type]\nname_not_regexp = ^fsnn_\ntype_kind = struct\ndrop = yes\n'
        printf '[suppress_type]\nname_regexp = ^(%s)$\ndrop = yes\n' "${open%|}"
    } >"$place/drop"
    abidw --headers-dir "$2" --drop-private-types --exported-interfaces-only --suppressions "$place/drop" --no-show-locs \
        --no-corpus-path --no-comp-dir-path --type-id-style hash --no-elf-needed --out-file "$3" "$1" || fail "abidw reads $1"
}

# compare OLD NEW: what is no addition goes to $place/said; 0: nothing.
compare()
{
    abidiff --no-show-locs --no-added-syms "$1" "$2" >"$place/said" 2>&1
    code=$?
    [ $((code & 3)) -eq 0 ] || fail "abidiff ends with $code: $(cat "$place/said")"
    return $((code != 0))
}

# What of $place/said a struct that grows at its end does not explain.
harm()
{
    grep -E 'offset changed|member (change|deletion|replacement)|Removed|removed|[Ff]unction changed|type (name|kind) changed|parameter [0-9]+ .* (added|removed|changed)|return type changed|enumerator (change|deletion)|pointed-to type changed|SONAME changed' \
        "$place/said" | grep -vE '^(Functions|Variables|Function symbols) changes summary: 0 Removed|no data member change'
}

# ---- the test sees what it should ----
cat >"$place/a.h" <<'H'
typedef struct fsnn_thing fsnn_thing;
typedef struct fsnn_options {
    int a, b;
} fsnn_options;
int twice(const fsnn_options *o);
int gone(int x);
int use(fsnn_thing *t);
H
cat >"$place/a.c" <<'C'
#include "a.h"
struct inner { int k; };
struct fsnn_thing { struct inner in; };
int twice(const fsnn_options *o) { return 2 * o->a + o->b; }
int gone(int x) { return x; }
int use(fsnn_thing *t) { return t->in.k; }
C
# verdict SAID SED-OF-HEADER SED-OF-FILE: what is said of a library whose header and file were changed so
verdict()
{
    mkdir -p "$place/new"
    sed "$2" "$place/a.h" >"$place/new/a.h"
    sed "$3" "$place/a.c" >"$place/new/a.c"
    for folder in . new; do
        ${CC:-cc} -g -shared -fPIC "$place/$folder/a.c" -o "$place/$folder/liba.so" || fail "the compiler"
        record "$place/$folder/liba.so" "$place/$folder" "$place/$folder/a.abi"
    done
    compare "$place/a.abi" "$place/new/a.abi"
    changed=$?
    if harm >"$place/harm"; then said=harm; elif [ $changed -eq 0 ]; then said=same; else said=grown; fi
    [ "$said" = "$1" ] || fail "after $2 the interface is \"$said\", not \"$1\": $(cat "$place/said")"
}
verdict same '' ''
verdict same '$aint more(void);' '$aint more(void) { return 3; }'
verdict same '' 's/struct inner { int k; }/struct inner { float more; int k; }/'
verdict grown 's/int a, b;/int a, b, c;/' ''
verdict harm 's/int a, b;/int c, a, b;/' ''
verdict harm 's/int a, b;/float a; int b;/' ''
verdict harm 's/int a, b;/int a;/' 's/ + o->b//'
verdict harm 's/gone(int x)/gone(long x)/' 's/gone(int x)/gone(long x)/'
verdict harm 's/int gone/long gone/' 's/int gone/long gone/'
verdict harm '/gone/d' '/gone/d'

# ---- libfsnn.so ----
soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
baseline=tools/abi/$soname.abi
record "$library" include/fsnn "$place/now.abi"
if [ "${1:-}" = --update ]; then
    [ ! -e "$baseline" ] || compare "$baseline" "$place/now.abi" || cat "$place/said"
    mkdir -p tools/abi && cp "$place/now.abi" "$baseline" && echo "recorded: $baseline"
    exit
fi
[ -e "$baseline" ] || fail "no $baseline: tests/build/test_abi.sh --update records it"
if compare "$baseline" "$place/now.abi"; then
    echo "$soname: as in $baseline, or with more functions"
    exit 0
fi
advice="A struct of options grows at its end only. Before a release, tests/build/test_abi.sh --update records a change that is
meant; after it, it wants the next minor version"
harm >"$place/harm" && fail "the interface of $soname changed:
$(cat "$place/said")
$advice"
grep -q "^## .*(unreleased)" CHANGELOG.md || fail "structs of $soname, which is released, have grown:
$(cat "$place/said")
$advice"
echo "$soname: structs have grown at their end since $baseline, which an unreleased version may"
