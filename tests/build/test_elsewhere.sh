#!/bin/sh
# The tables of names in docs/from-*.md are what `fsnn help LIBRARY` prints: pages and answers to unknown names are made from
# the same rows. After a change of src/base/foreign_names.c:  tests/build/test_elsewhere.sh --update
fsnn=${FSNN_BIN:-build/fsnn}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# page FILE: the page with the table below each mark printed anew
page()
{
    table=
    while IFS= read -r line; do
        case $table$line in
        '<!-- names of '*)
            library=${line#<!-- names of }
            library=${library%%:*}
            printf '%s\n\n' "$line"
            "$fsnn" help "$library" || return 1
            table=old
            ;;
        old | 'old|'*) ;;
        *) if [ "$table" ]; then echo; fi; table=; printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

for file in docs/from-spikede.md docs/from-pytorch.md; do
    page $file >"$work/wanted" || { fail "$file: fsnn help"; continue; }
    if [ "${1:-}" = --update ]; then
        cp "$work/wanted" $file
    elif ! diff -u $file "$work/wanted"; then
        fail "$file is not what fsnn help prints; tests/build/test_elsewhere.sh --update writes it anew"
    fi
done
marks=$(cat docs/from-*.md | grep -c '^<!-- names of ')
[ "$marks" = 4 ] || fail "the pages have $marks tables of names, expected 4"
# What a row names here is a word of the description, and the libraries' own words are not.
"$fsnn" help description >"$work/reference" || fail "fsnn help description"
for library in spikeDE snnTorch SpikingJelly Norse; do "$fsnn" help $library; done |
    sed -n 's/^| `[^|]* | [^|]* | `\([^`]*\)` | .*/\1/p' | tr -cs 'a-z_0-9' '\n' | grep '[a-z]' | sort -u >"$work/ours"
[ "$(wc -l <"$work/ours")" -gt 40 ] || fail "the tables name $(wc -l <"$work/ours") words of the description"
while read -r word; do
    grep -qw -- "$word" "$work/reference" || fail "\"$word\" stands in a table of names, but not in the reference"
done <"$work/ours"
[ $failures -eq 0 ] && echo "the tables of names agree with the program"
exit $((failures > 0))
