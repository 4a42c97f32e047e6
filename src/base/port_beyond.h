/* base/port_beyond.h: what the library uses that POSIX does not have, but for memory
 * (port_memory.h). */
#ifndef FSNN_BASE_PORT_BEYOND_H
#define FSNN_BASE_PORT_BEYOND_H

#include <stdbool.h>

/* A pipe that programs which are started do not inherit; false: errno says why. */
bool port_pipe(int ends[2]);

/* In a child just after the fork: it is killed when its parent ends. False: it has ended. Where the
 * system cannot do that, the child goes on until it writes to a pipe that nobody reads. */
bool port_end_with(long parent);

#endif
