/* test_noise.c in double precision (noise on the threshold): numbers within 1e-11,
 * gradients within 1e-7. */
#include "test_noise.c"
