/* base/threads.c: parallel loops over the OpenMP pool, which the dense kernels share. What one call
 * of a body covers depends on the problem only, and any thread may make it: these loops give the
 * same bits whatever the number of threads. oneDNN, which uses the same pool, may cut the sums of
 * its convolutions by that number; a training with shards has one thread therefore
 * (src/train/trainer.c). */
#include "base/base.h"
#include "base/port_once.h"
#include "base/threads_openmp.h"

#include <stdatomic.h>

#define MAX_THREADS 1024

static atomic_int chosen; /* 0: as OpenMP says */
static atomic_int forks;  /* between the process that loaded the library and this one */

/* A child has the thread that forked and none of the pool, for which OpenMP would wait for ever: it
 * computes with the one it has, and so do the dense kernels. */
static void in_child(void)
{
    atomic_fetch_add(&forks, 1);
    openmp_choose(1);
}

__attribute__((constructor)) static void watch_forks(void)
{
    port_at_fork(in_child);
}

int fsnn_forks(void)
{
    return atomic_load(&forks);
}

fsnn_status fsnn_threads_set(int threads)
{
    if (threads < 0 || threads > MAX_THREADS)
        return fsnn_fail(FSNN_EARGUMENT,
                         "threads: %d is out of range; give 1 to %d, or 0 for all processors",
                         threads, MAX_THREADS);
    atomic_store(&chosen, threads);
    if (fsnn_forks())
        return FSNN_OK;
    /* OpenMP keeps this number per calling thread: it is what the dense kernels called from here
     * use. */
    openmp_choose(threads ? threads : openmp_processors());
    return FSNN_OK;
}

int fsnn_threads(void)
{
    int threads = atomic_load(&chosen);

    if (fsnn_forks() || !openmp_there)
        return 1;
    return threads ? threads : openmp_threads();
}

int fsnn_processors(void)
{
    return openmp_processors();
}

/* A few shares a thread: enough to even out a busy machine, few enough to keep neighbours together.
 */
static int64_t share(int64_t count, int threads)
{
    int64_t size = count / ((int64_t)threads * 8);

    return size > 1 ? size : 1;
}

void fsnn_parallel(int64_t count, void (*body)(int64_t i, int worker, void *user), void *user)
{
    int threads = fsnn_threads();

    openmp_run(count, threads, share(count, threads), body, user);
}

typedef struct range {
    int64_t n, grain;
    void (*body)(int64_t begin, int64_t end, void *user);
    void *user;
} range;

static void run_range(int64_t i, int worker, void *user)
{
    const range *r = user;
    int64_t begin = i * r->grain, left = r->n - begin;

    (void)worker;
    r->body(begin, begin + (left < r->grain ? left : r->grain), r->user);
}

void fsnn_parallel_range(int64_t n, int64_t grain,
                         void (*body)(int64_t begin, int64_t end, void *user), void *user)
{
    if (n <= 0)
        return;
    if (grain < 1)
        grain = 1;
    range r = {n, grain, body, user};
    fsnn_parallel((n - 1) / grain + 1, run_range, &r);
}
