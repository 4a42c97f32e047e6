#!/bin/sh
# Prose in README.md, CONTRIBUTING.md, SECURITY.md, THIRD-PARTY.md and docs/*.md has at most 100 columns. Tables, code and pictures may
# be wider, and so may a line without a space to break it at.
columns=100
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# too_wide FILE...: "FILE:LINE: WIDTH columns" of each line of prose that is too wide
too_wide()
{
    LC_ALL=C.UTF-8 awk -v most=$columns '
        FNR == 1 { fence = 0 }
        /^ *```/ { fence = !fence; next }
        fence || /^    / || /^ *\|/ || /^!\[/ || /^<!--/ { next }
        length($0) > most && $0 ~ /[^ ] +[^ ]/ { printf "%s:%d: %d columns\n", FILENAME, FNR, length($0) }' "$@"
}

# The test sees what it should: prose, lists and headings, nothing else.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
long=$(printf 'word %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21)
# shellcheck disable=SC2016 # the backquotes are text
printf '%s\n- %s\n\n    %s\n\n```\n%s\n```\n| %s |\n# %s\n' "$long" "$long" "$long" "$long" "$long" "$long" >"$work/page.md"
found=$(too_wide "$work/page.md" | sed 's/.*page.md:\([0-9]*\):.*/\1/' | tr '\n' ' ')
[ "$found" = "1 2 10 " ] || fail "of a page the lines $found were found too wide, expected 1 2 10"

wide=$(too_wide README.md CONTRIBUTING.md SECURITY.md THIRD-PARTY.md docs/*.md)
[ -z "$wide" ] || fail "prose of more than $columns columns:
$wide"
[ $failures -eq 0 ] && echo "prose has at most $columns columns"
exit $((failures > 0))
