# The beginning of a test of the playground's pages, sourced by tests/web/*.sh: $work is a folder of the test's own, and $build/playground
# has the pages, built anew where sources changed. Without a browser or a compiler for WebAssembly the test is skipped.
# shellcheck shell=sh
set -u
build=${FSNN_BUILD:?}
skip() { echo "web/$(basename "$0" .sh): skipped: $*"; exit 77; }
[ -z "${FSNN_SANITIZE:-}" ] || skip "sanitizers are for the machine's own code"
for tool in chromium node; do
    command -v $tool >/dev/null 2>&1 || skip "no $tool here: tools/install-deps.sh --deploy installs it"
done
lack=$(tools/playground.sh --check 2>&1) || skip "$lack"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
try() { "$@" >"$work/log" 2>&1 || { fail "$*"; tail -n 20 "$work/log"; exit 1; }; }
finish() # the end of a test; FSNN_PICTURES: a folder that keeps the screenshots
{
    [ -z "${FSNN_PICTURES:-}" ] || cp "$work"/*.png "$FSNN_PICTURES" || fail "pictures"
    exit $((failures > 0))
}
try tools/playground.sh "$build/playground"
