#!/bin/sh
# Full memory over 100,000 steps beside a recurrence in double precision (tests/net/test_million.c).
set -u
FSNN_LONG=1 exec "${FSNN_BUILD:?}/tests/test_net_million"
