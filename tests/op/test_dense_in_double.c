/* The dense kernels in double precision: the same tests, closer. */
#include "test_dense.c"
