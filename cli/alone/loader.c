/* cli/alone/loader.c: the loader of a program that is one static file (FSNN_LINK=alone): there is
 * none. HDF5 asks it for plug-ins, OpenMP for accelerators; libraries of the system would bring a
 * second C library into the process. The linker sends their calls here (--wrap in
 * cmake/Programs.cmake); libc, which loads tables of characters, keeps its own loader. */
#include <stddef.h>

void *__wrap_dlopen(const char *name, int mode);
void *__wrap_dlsym(void *restrict library, const char *restrict name);
int __wrap_dlclose(void *library);
char *__wrap_dlerror(void);

void *__wrap_dlopen(const char *name, int mode)
{
    (void)name, (void)mode;
    return NULL;
}

void *__wrap_dlsym(void *restrict library, const char *restrict name)
{
    (void)library, (void)name;
    return NULL;
}

int __wrap_dlclose(void *library)
{
    (void)library;
    return -1;
}

char *__wrap_dlerror(void)
{
    return "this program is one static file, which loads no library";
}
