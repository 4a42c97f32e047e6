#!/bin/sh
# Runs one test: env.sh PROGRAM [ARGUMENTS]. Called in the source directory.
: "${FSNN_DATA:=../shared/data}"
# Waiting threads sleep: several tests share the processors.
: "${OMP_WAIT_POLICY:=passive}"
: "${LSAN_OPTIONS:=suppressions=tests/lsan.supp:print_suppressions=0}"
: "${UBSAN_OPTIONS:=print_stacktrace=1}"
export FSNN_DATA OMP_WAIT_POLICY LSAN_OPTIONS UBSAN_OPTIONS
exec "$@"
