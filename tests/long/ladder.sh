#!/bin/sh
# Every allocation of every command fails once (tests/cli/ladder.sh takes a sample): with plain kernels all of them; with oneDNN all that
# are not within it, and a thousand of each command (FSNN_LADDER: others) spread over all, which are nearly all oneDNN's.
set -u
plain=build-plain
cmake --preset plain -DCMAKE_C_COMPILER="$CC" >/dev/null && cmake --build $plain -j "$(nproc)" --target fsnn_cli fsnn_static >/dev/null || exit 1
echo "plain kernels:"
FSNN_BUILD=$plain FSNN_BIN=$plain/fsnn FSNN_LADDER=all sh tests/cli/ladder.sh || exit 1
[ "${FSNN_DENSE:-}" != plain ] || exit 0
echo "oneDNN:"
FSNN_LADDER=own sh tests/cli/ladder.sh || exit 1
FSNN_LADDER=${FSNN_LADDER:-1000} exec sh tests/cli/ladder.sh
