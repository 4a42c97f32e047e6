/* test_long.c in double precision. */
#include "test_long.c"
