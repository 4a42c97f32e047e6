/* base/port_once.c: by the locks of POSIX systems. */
#include "base/port_once.h"

#include <pthread.h>

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER, lists = PTHREAD_MUTEX_INITIALIZER;

void port_once(atomic_bool *done, void (*make)(void))
{
    if (atomic_load_explicit(done, memory_order_acquire))
        return;
    pthread_mutex_lock(&making);
    if (!atomic_load_explicit(done, memory_order_relaxed)) {
        make();
        atomic_store_explicit(done, true, memory_order_release);
    }
    pthread_mutex_unlock(&making);
}

void port_lists_lock(void)
{
    pthread_mutex_lock(&lists);
}

void port_lists_unlock(void)
{
    pthread_mutex_unlock(&lists);
}

void port_at_fork(void (*child)(void))
{
    pthread_atfork(NULL, NULL, child);
}
