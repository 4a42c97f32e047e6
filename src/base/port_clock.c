/* base/port_clock.c: seconds on the monotonic clock of POSIX systems. */
#include "base/base.h"

#include <time.h>

double fsnn_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
