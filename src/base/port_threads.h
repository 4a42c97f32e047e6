/* base/port_threads.h: a thread beside the OpenMP pool, and what keeps threads apart. */
#ifndef FSNN_BASE_PORT_THREADS_H
#define FSNN_BASE_PORT_THREADS_H

#include "base/base.h"

#include <stdatomic.h>

/* Calls `make` once in the life of the process, whoever asks first; back here it has returned.
 * *done is a static of the caller's, false at first. `make` must not call this. */
void port_once(atomic_bool *done, void (*make)(void));

/* The lock of the lists that belong to the whole process: held for a moment only, by code that does
 * not ask for it again. */
void port_lists_lock(void);
void port_lists_unlock(void);

/* A lock with things to wait for, which `wake` tells all waiting threads of. */
typedef struct port_monitor port_monitor;

enum { PORT_SIGNALS = 2 };

/* NULL: memory is out. */
port_monitor *port_monitor_create(void);
void port_monitor_destroy(port_monitor *m);
void port_enter(port_monitor *m);
void port_leave(port_monitor *m);
/* Inside: leaves, sleeps until `signal` (below PORT_SIGNALS) may have come, enters again. */
void port_wait(port_monitor *m, int signal);
void port_wake(port_monitor *m, int signal);

/* Calls `child` in every process that is forked from this one, in its only thread. */
void port_at_fork(void (*child)(void));

typedef struct port_thread port_thread;

/* Runs run(user) in a thread of its own, which no signal of the program goes to. FSNN_EMEMORY with
 * a sentence in which `what` is the thread: "the thread that prepares batches". */
fsnn_status port_thread_start(const char *what, void (*run)(void *user), void *user,
                              port_thread **thread);
/* Waits for its end. */
void port_thread_join(port_thread *thread);

#endif
