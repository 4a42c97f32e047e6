/* base/port_library.h: a library that is loaded when it is needed and not when a program starts. */
#ifndef FSNN_BASE_PORT_LIBRARY_H
#define FSNN_BASE_PORT_LIBRARY_H

#include <stdbool.h>

/* By the name that the system's loader knows it by, "libsndfile.so.1". NULL, and the loader's
 * reason, where it cannot be loaded. It stays until the process ends. */
void *port_library_open(const char *name, const char **reason);
/* Sets *function, a pointer to a function, to what the library calls by this name; false where it
 * has no such function. */
bool port_library_find(void *library, const char *name, void *function);

#endif
