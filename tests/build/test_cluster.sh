#!/bin/sh
# The scripts of docs/cluster.md, each block of sh, pass shellcheck.
# 77: there is no shellcheck.
command -v shellcheck >/dev/null || { echo "skipped: shellcheck is not there (Debian: shellcheck)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
awk -v to="$work/script" '
    /^```sh$/ { count++; file = to count; next }
    /^```/ { file = "" }
    file != "" { print >file }' docs/cluster.md
count=0
for script in "$work"/script*; do
    count=$((count + 1))
    head -n 1 "$script" | grep -q '^#!' && shell= || shell="--shell=sh"
    shellcheck $shell "$script" || { echo "FAILED: a script of docs/cluster.md"; exit 1; }
done
[ $count -ge 2 ] || { echo "FAILED: docs/cluster.md has $count scripts, expected 2 or more"; exit 1; }
echo "$count scripts pass shellcheck"
