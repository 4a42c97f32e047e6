#!/bin/sh
# Runs one test: env.sh PROGRAM [ARGUMENTS]. Called in the source directory.
: "${FSNN_DATA:=../shared/data}"
# Waiting threads sleep: several tests share the processors.
: "${OMP_WAIT_POLICY:=passive}"
: "${LSAN_OPTIONS:=suppressions=tests/lsan.supp:print_suppressions=0}"
# More memory than there is: an error to be handled, in the sanitizers too.
: "${ASAN_OPTIONS:=allocator_may_return_null=1}"
: "${UBSAN_OPTIONS:=print_stacktrace=1}"
export FSNN_DATA OMP_WAIT_POLICY ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
exec "$@"
