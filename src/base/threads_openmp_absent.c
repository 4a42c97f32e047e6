/* base/threads_openmp_absent.c: one thread, where fsnn is built without OpenMP. */
#include "base/threads_openmp.h"

const bool openmp_there = false;

int openmp_processors(void)
{
    return 1;
}

int openmp_threads(void)
{
    return 1;
}

void openmp_choose(int threads)
{
    (void)threads;
}

void openmp_run(int64_t count, int threads, int64_t share,
                void (*body)(int64_t i, int worker, void *user), void *user)
{
    (void)threads;
    (void)share;
    for (int64_t i = 0; i < count; i++)
        body(i, 0, user);
}
