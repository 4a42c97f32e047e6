/* test_scan.c in double precision (every kind, reset, surrogate, method, memory): numbers within
 * 1e-11, gradients within 1e-7. */
#include "test_scan.c"
