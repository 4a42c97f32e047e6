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
[ $failures -eq 0 ] && echo "$page has every option of every command"
exit $((failures > 0))
