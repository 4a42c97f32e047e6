/* base/threads_openmp.h: the pool of threads that the dense kernels share. */
#ifndef FSNN_BASE_THREADS_OPENMP_H
#define FSNN_BASE_THREADS_OPENMP_H

#include "base/base.h"

/* Otherwise there is one thread, whatever is chosen. */
extern const bool openmp_there;

/* Processors that this process may use; threads that a loop takes where nothing was chosen. */
int openmp_processors(void);
int openmp_threads(void);
/* For this thread and the dense kernels that it calls. */
void openmp_choose(int threads);
/* body(i, worker, user) for i in 0..count-1 on so many threads, `share` neighbours at a time. */
void openmp_run(int64_t count, int threads, int64_t share,
                void (*body)(int64_t i, int worker, void *user), void *user);

#endif
