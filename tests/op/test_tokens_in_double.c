/* Tokens in double precision: the same tests, closer. */
#include "test_tokens.c"
