#!/bin/sh
# docs/description.md ends with what `fsnn help description` prints: the page and the tables that read descriptions say the
# same. After a change of the tables:  tests/build/test_reference.sh --update
page=docs/description.md
mark='<!-- From here on printed by `fsnn help description`: change the tables in src/, not this page. -->'
fsnn=${FSNN_BIN:-build/fsnn}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

"$fsnn" help description >"$work/printed" || { echo "FAILED: $fsnn help description"; exit 1; }
count=$(grep -cFx -- "$mark" $page)
[ "$count" = 1 ] || { echo "FAILED: $page holds this line $count times, expected once: $mark"; exit 1; }
{ sed "/^<!-- From here on printed/q" $page && echo && cat "$work/printed"; } >"$work/wanted"
if [ "${1:-}" = --update ]; then
    cp "$work/wanted" $page
    exit
fi
if ! diff -u $page "$work/wanted"; then
    echo "FAILED: $page is not what $fsnn help description prints; tests/build/test_reference.sh --update writes it anew"
    exit 1
fi
echo "$page agrees with the tables"
