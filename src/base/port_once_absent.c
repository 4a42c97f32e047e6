/* base/port_once_absent.c: in one thread, where no process forks. */
#include "base/port_once.h"

void port_once(atomic_bool *done, void (*make)(void))
{
    if (!atomic_exchange(done, true))
        make();
}

void port_lists_lock(void)
{
}

void port_lists_unlock(void)
{
}

void port_at_fork(void (*child)(void))
{
    (void)child;
}
