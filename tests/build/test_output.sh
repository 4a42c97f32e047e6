#!/bin/sh
# Programs print names through cli_out, cli_print and the messages, which write control characters out, and not by a %s of
# printf. Tables for files (fprintf to a stream that was opened) are free.
# shellcheck disable=SC2046 # file names of this tree have no spaces
found=$(grep -nE '(^|[^A-Za-z_])(printf|puts|vprintf) *\(|fprintf\(stdout,' $(find cli -name '*.c' ! -path 'cli/kit/*'))
[ -z "$found" ] && exit 0
echo "test_output: printed past cli_out:" >&2
echo "$found" >&2
exit 1
