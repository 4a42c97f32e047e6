#!/bin/sh
# The playground's page "a network learns" (make playground) in a headless Chromium: it learns, its orders move, the same seed gives
# the same steps, faults are said, and no error is on the console. FSNN_PICTURES: a folder that keeps the screenshots.
. tests/web/kit/begin.sh

node tests/web/train.mjs "$build/playground/train.html" "$work" || fail "the page"
finish
