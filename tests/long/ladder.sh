#!/bin/sh
# Every allocation of every command fails once (tests/cli/ladder.sh takes a sample), with plain kernels and with oneDNN. The latter are
# 90,000, nearly all of them within oneDNN, where a few thousand places ask again and again: of these, one for each place, and every
# 97th. FSNN_LADDER=all: one by one.
set -u
plain=build-plain
cmake --preset plain -DCMAKE_C_COMPILER="$CC" >/dev/null && cmake --build $plain -j "$(nproc)" --target fsnn_cli fsnn_static >/dev/null || exit 1
echo "plain kernels:"
FSNN_BUILD=$plain FSNN_BIN=$plain/fsnn FSNN_LADDER=all sh tests/cli/ladder.sh || exit 1
[ "${FSNN_DENSE:-}" != plain ] || exit 0
echo "oneDNN:"
[ -z "${FSNN_LADDER:-}" ] || exec sh tests/cli/ladder.sh
FSNN_LADDER=own sh tests/cli/ladder.sh || exit 1
FSNN_LADDER=places exec sh tests/cli/ladder.sh
