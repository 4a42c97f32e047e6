/* base/port_library.c: the loader of POSIX systems. */
#include "base/port_library.h"

#include <dlfcn.h>
#include <string.h>

void *port_library_open(const char *name, const char **reason)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        *reason = dlerror();
    return library;
}

bool port_library_find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found); /* POSIX: both kinds of pointers are alike */
    return found != NULL;
}
