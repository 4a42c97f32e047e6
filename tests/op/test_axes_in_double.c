/* Axes in double precision: the same tests, closer. */
#include "test_axes.c"
