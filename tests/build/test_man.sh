#!/bin/sh
# The manual page has every option of every command, in the command's section or among those of all commands: the help pages,
# which are made from the tables of options, say which there are. And the other way round.
fsnn=${FSNN_BIN:-build/fsnn}
page=man/fsnn.1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# section NAME: the options that have an item there, one a line
section()
{
    awk -v wanted=".Sh $1" '
        /^\.Sh / { on = $0 == wanted }
        on && /^\.It .*Fl / {
            for (i = 2; i <= NF; i++)
                if ($i ~ /^-[a-z]/) { sub(/^-/, "", $i); print $i }
        }' "$page" | sort -u
}

section "OPTIONS OF ALL COMMANDS" >"$work/all"
failures=0
for command in train eval run inspect plot compare sweep simulate convert export-c doctor bench; do
    if ! "$fsnn" $command --help >"$work/help" 2>"$work/said"; then
        [ $command = bench ] && continue # a program of its own that is not built everywhere
        echo "FAILED: $fsnn $command --help"
        exit 1
    fi
    sed -n 's/^  \(-[a-z], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p' "$work/help" | sort -u >"$work/options"
    section "$(echo $command | tr a-z A-Z)" >"$work/own"
    sort -u "$work/own" "$work/all" >"$work/told"
    for option in $(comm -23 "$work/options" "$work/told"); do
        echo "FAILED: $page has no item for --$option of fsnn $command"
        failures=$((failures + 1))
    done
    for option in $(comm -13 "$work/options" "$work/own"); do
        echo "FAILED: $page has an item for --$option, which fsnn $command does not take"
        failures=$((failures + 1))
    done
done

# the pages that the build makes: one of each command, with its options in bold; of the description file, with its keys
pages=${FSNN_BUILD:-build}/man
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
"$fsnn" --complete '' | cut -f 1 | grep -v '^help$' >"$work/commands"
[ -s "$work/commands" ] || fail "the program names no commands"
[ -z "${FSNN_MPI:-}" ] || echo fsnn-mpi >>"$work/commands"
while read -r command; do
    "$fsnn" help "$command" >"$work/help" 2>&1 || { [ "$command" = bench ] && continue; }
    own=$pages/fsnn-${command#fsnn-}.1
    [ -f "$own" ] || { fail "there is no $own"; continue; }
    sed -n 's/^  \(-[a-z], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p' "$work/help" | sort >"$work/options"
    awk '/^\.TP$/ { getline; gsub(/\\f[BIP]/, ""); gsub(/\\-/, "-"); print }' "$own" |
        sed -n 's/^\(-[a-z], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p' | sort >"$work/own"
    [ -s "$work/own" ] || fail "$own has no options"
    diff "$work/options" "$work/own" >"$work/said" || fail "$own and fsnn help $command: $(cat "$work/said")"
done <"$work/commands"
for own in "$pages"/fsnn-*.1; do
    name=$(basename "$own" .1)
    grep -qx -e "${name#fsnn-}" -e "$name" "$work/commands" || fail "$own is of no command"
done
: >"$work/fsnn-old.1" && sh man/pages.sh "$work" no "$fsnn" >"$work/said" 2>&1 || fail "man/pages.sh: $(cat "$work/said")"
[ ! -e "$work/fsnn-old.1" ] || fail "man/pages.sh leaves pages of before"

# key SECTION NAME: has the section an item of that name?
key()
{
    awk -v title="\"$1\"" -v name="$2" '
        /^\.S[HS] / { on = substr($0, 5) == title }
        on && substr($0, 4, length($0) - 6) == name { found = 1 }
        END { exit !found }' "$pages/fsnn-description.5"
}
key TRAINING epochs || fail "fsnn-description.5 does not have training.epochs"
key neurons tau || fail "fsnn-description.5 does not have tau of neurons"
rows=$("$fsnn" help description | grep -c '^| `')
items=$(grep -c '^\.TP' "$pages/fsnn-description.5")
[ "$rows" -gt 100 ] && [ "$items" -ge "$rows" ] || fail "fsnn-description.5 has $items items, the reference $rows rows"

# they are read without a complaint
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$pages"/*.[15] >"$work/said" || fail "mandoc: $(head -5 "$work/said")"
elif command -v groff >/dev/null; then
    for own in "$pages"/*.[15]; do
        groff -man -Tascii -ww "$own" >/dev/null 2>"$work/said"
        [ ! -s "$work/said" ] || fail "groff: $(head -5 "$work/said")"
    done
else
    echo "no mandoc and no groff: the pages were not read"
fi
[ $failures -eq 0 ] && echo "$page has every option of every command"
exit $((failures > 0))
