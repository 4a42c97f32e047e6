/* test_memory.c in double precision (memories): numbers within 1e-11,
 * gradients within 1e-7. */
#include "test_memory.c"
