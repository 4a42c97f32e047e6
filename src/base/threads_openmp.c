/* base/threads_openmp.c: by OpenMP. */
#include "base/threads_openmp.h"

#include <omp.h>

const bool openmp_there = true;

int openmp_processors(void)
{
    return omp_get_num_procs();
}

int openmp_threads(void)
{
    return omp_get_max_threads();
}

void openmp_choose(int threads)
{
    omp_set_num_threads(threads);
}

void openmp_run(int64_t count, int threads, int64_t share,
                void (*body)(int64_t i, int worker, void *user), void *user)
{
    if (count <= 1 || threads <= 1) { /* a region of one thread costs calls of the system too */
        for (int64_t i = 0; i < count; i++)
            body(i, 0, user);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, share)
    for (int64_t i = 0; i < count; i++)
        body(i, omp_get_thread_num(), user);
}
