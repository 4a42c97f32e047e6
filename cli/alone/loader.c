/* cli/alone/loader.c: the loader of a program that is one static file (FSNN_LINK=alone): there is
 * none. HDF5 asks it for plug-ins, OpenMP for accelerators; libraries of the system would bring a
 * second C library into the process. */
#include <dlfcn.h>
#include <stddef.h>

void *dlopen(const char *name, int mode)
{
    (void)name, (void)mode;
    return NULL;
}

void *dlsym(void *restrict library, const char *restrict name)
{
    (void)library, (void)name;
    return NULL;
}

int dlclose(void *library)
{
    (void)library;
    return -1;
}

char *dlerror(void)
{
    return "this program is one static file, which loads no library";
}
