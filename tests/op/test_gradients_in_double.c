/* Gradients of all operators in double precision: the same tests, closer. */
#include "test_gradients.c"
