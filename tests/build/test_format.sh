#!/bin/sh
# The code is laid out as tools/format.sh lays it out; skipped without clang-format 14.
exec tools/format.sh --check
