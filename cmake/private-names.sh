#!/bin/sh
# private-names.sh ARCHIVE [NM OBJCOPY]: gives every global name of the archive that is not fsnn_... the prefix fsnn__, member
# by member. A program that links the archive may then have a zip_open or yaml_parse of its own, and still draws in only
# the members that it calls. Names that begin with two underscores are the compiler's and stay.
set -eu
archive=$1 nm=${2:-nm} objcopy=${3:-objcopy}
names=$(mktemp)
trap 'rm -f "$names"' EXIT
"$nm" -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u |
    grep -Ev '^(fsnn_|__)' | awk '{ print $1, "fsnn__" $1 }' >"$names" || true
[ ! -s "$names" ] || "$objcopy" --redefine-syms="$names" "$archive"
