/* base/port_once.h: what belongs to the whole process: made once, its lists, its forks. */
#ifndef FSNN_BASE_PORT_ONCE_H
#define FSNN_BASE_PORT_ONCE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Calls `make` once in the life of the process, whoever asks first; back here it has returned.
 * *done is a static of the caller's, false at first. `make` must not call this. */
void port_once(atomic_bool *done, void (*make)(void));

/* The lock of the lists that belong to the whole process: held for a moment only, by code that does
 * not ask for it again. */
void port_lists_lock(void);
void port_lists_unlock(void);

/* Calls `child` in every process that is forked from this one, in its only thread. */
void port_at_fork(void (*child)(void));

#endif
