/* test_user.c in double precision (equations): numbers within 1e-11,
 * gradients within 1e-7. */
#include "test_user.c"
