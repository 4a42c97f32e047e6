#!/bin/sh
# Every allocation of every command fails once (tests/cli/ladder.sh takes a sample); FSNN_LADDER: so many of each.
FSNN_LADDER=${FSNN_LADDER:-all} exec sh tests/cli/ladder.sh
