#!/bin/sh
# `make` builds the libraries and the programs: what its target depends on holds no test, example, part of the bench or fuzz target,
# whose build takes longer than all of the rest. Nothing is built here: the dry runs say what would be.
set -u
unset MAKEFLAGS MFLAGS
build=${FSNN_BUILD:-build}
target=$(make --dry-run --no-print-directory | sed -n 's/.*--target \([^ ]*\).*/\1/p')
[ -n "$target" ] || { echo "FAILED: make names no target, so that it builds everything"; exit 1; }

# needed TARGET: the targets that it depends on, itself too, one a line
needed()
{
    if [ -f "$build/build.ninja" ]; then
        ninja -C "$build" -t inputs "$1" | sed 's|.*/||' | grep -vE '[.](c|cpp|h|o)$' # src/export/test_compare.c is no test
    else
        make --dry-run -C "$build" "$1" 2>/dev/null | sed -n 's/.*Built target \([^ "]*\).*/\1/p'
    fi
}

needed "$target" >"$build/products.txt"
failures=0
for wanted in fsnn fsnn_static fsnn_core; do
    case $wanted in fsnn) ending='fsnn|libfsnn\.so.*' ;; *) ending="$wanted|lib$wanted\.a|libfsnn\.a" ;; esac
    grep -Eqx "$ending" "$build/products.txt" || {
        echo "FAILED: $target does not build $wanted"
        failures=$((failures + 1))
    }
done
spare=$(grep -E '^(test|example|bench|replay|fuzz)_|^(test|example|replay)' "$build/products.txt")
[ -z "$spare" ] || {
    echo "FAILED: make builds more than the libraries and programs:" $spare
    failures=$((failures + 1))
}
# the same question of everything has another answer: the names are looked for as they are
needed all | grep -q '^test_' || {
    echo "FAILED: the dry run of everything names no test"
    failures=$((failures + 1))
}
rm -f "$build/products.txt"
[ $failures -eq 0 ] && echo "make builds libraries and programs only"
