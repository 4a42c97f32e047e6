/* Convolutions event by event in double precision: the same tests, closer. */
#include "test_conv_events.c"
