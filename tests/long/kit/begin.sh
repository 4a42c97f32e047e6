# The beginning of a long test, sourced by tests/long/*.sh: $place is a folder of the test's own, which goes when the test ends,
# after `clean`. What `try` runs is silent, but where it fails.
# shellcheck shell=sh
set -u
place=$(mktemp -d) || exit 1
clean() { :; }
trap 'clean; rm -rf --one-file-system "$place"' EXIT
fail() { echo "FAILED: $*"; [ ! -f "$place/log" ] || tail -n 40 "$place/log"; exit 1; }
try() { "$@" >"$place/log" 2>&1 || fail "$*"; }
skip() { echo "skipped: $*"; exit 77; }
# need_programs NAME...: those of tools/install-deps.sh --packages
need_programs()
{
    for program; do
        command -v "$program" >/dev/null || skip "no $program (tools/install-deps.sh --packages)"
    done
}
