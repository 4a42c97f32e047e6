#!/bin/sh
# The playground's page "a network learns" (make playground) in a headless Chromium: it learns, its orders move, the same seed gives
# the same steps, faults are said, and no error is on the console. FSNN_PICTURES: a folder that keeps the screenshots.
set -u
build=${FSNN_BUILD:?}
skip() { echo "web/train: skipped: $*"; exit 77; }
[ -z "${FSNN_SANITIZE:-}" ] || skip "sanitizers are for the machine's own code"
for tool in chromium node; do
    command -v $tool >/dev/null 2>&1 || skip "no $tool here: tools/install-deps.sh --deploy installs it"
done
lack=$(tools/playground.sh --check 2>&1) || skip "$lack"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tools/playground.sh "$build/playground" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
node tests/web/train.mjs "$build/playground/train.html" "$work" || exit 1
[ -z "${FSNN_PICTURES:-}" ] || cp "$work"/*.png "$FSNN_PICTURES"
