#!/bin/sh
# Every allocation of every command fails once (tests/cli/ladder.sh takes a sample), with plain kernels and with oneDNN. The latter are
# 90,000, nearly all of them within oneDNN; FSNN_LADDER=own: those outside; a number: so many of each command.
set -u
plain=build-plain
cmake --preset plain -DCMAKE_C_COMPILER="$CC" >/dev/null && cmake --build $plain -j "$(nproc)" --target fsnn_cli fsnn_static >/dev/null || exit 1
echo "plain kernels:"
FSNN_BUILD=$plain FSNN_BIN=$plain/fsnn FSNN_LADDER=all sh tests/cli/ladder.sh || exit 1
[ "${FSNN_DENSE:-}" != plain ] || exit 0
echo "oneDNN:"
FSNN_LADDER=${FSNN_LADDER:-all} exec sh tests/cli/ladder.sh
