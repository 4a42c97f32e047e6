#!/bin/sh
# 100,000 steps through the exported C in whole numbers (tests/cli/export_stream.sh).
set -u
FSNN_EXPORT_STEPS=100000 exec sh tests/cli/export_stream.sh
