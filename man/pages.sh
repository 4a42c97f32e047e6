#!/bin/sh
# Manual pages from the tables of the program: one of each command, fsnn-mpi.1, and fsnn-description.5 of the description file.
#
#   man/pages.sh DIR MPI FSNN...     MPI: yes (fsnn-mpi is built) or no; FSNN: the program, behind its emulator if it has one
set -eu
source=$(dirname "$0")
folder=$1
with_mpi=$2
shift 2
mkdir -p "$folder"
rm -f "$folder"/fsnn-*.[15] # of a program that is not built any more
version=$("$@" --version | sed -n '1s/^fsnn //p')
date=$(sed -n 's/^\.Dd //p' "$source/fsnn.1")

# page NAME COMMAND SUMMARY: from the page of help on stdin
page()
{
    awk -v name="$1" -v command="$2" -v summary="$3" -v version="$version" -v date="$date" -f "$source/command.awk" \
        >"$folder/.page" && mv "$folder/.page" "$folder/$1.1"
}

"$@" help >"$folder/.overview"
sed -n '/^usage/,/^  help/{/^  help/d;s/^  \([a-z][a-z-]*\)  *\(.*\)/\1 \2/p;}' "$folder/.overview" >"$folder/.commands"
while read -r name summary; do
    if ! "$@" help "$name" >"$folder/.help" 2>"$folder/.said" </dev/null; then
        [ "$name" = bench ] && continue # a program of its own that is not built everywhere
        cat "$folder/.said" >&2
        exit 1
    fi
    page "fsnn-$name" "fsnn $name" "$summary" <"$folder/.help"
done <"$folder/.commands"
if [ "$with_mpi" = yes ]; then
    "$@" help fsnn-mpi >"$folder/.help"
    page fsnn-mpi "fsnn-mpi train" "train a network by several processes" <"$folder/.help"
fi
"$@" help description >"$folder/.help"
awk -v version="$version" -v date="$date" -f "$source/description.awk" <"$folder/.help" >"$folder/.page"
mv "$folder/.page" "$folder/fsnn-description.5"
rm -f "$folder"/.[a-z]*
