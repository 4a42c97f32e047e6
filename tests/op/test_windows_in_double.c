/* Windows in double precision: the same tests, closer. */
#include "test_windows.c"
