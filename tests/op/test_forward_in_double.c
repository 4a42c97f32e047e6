/* What operators give in double precision: the same tests, closer. */
#include "test_forward.c"
