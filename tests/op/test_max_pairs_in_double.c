/* Maxima of pairs in double precision: the same tests, closer. */
#include "test_max_pairs.c"
