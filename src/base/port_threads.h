/* base/port_threads.h: a thread beside the OpenMP pool, and what it waits for. */
#ifndef FSNN_BASE_PORT_THREADS_H
#define FSNN_BASE_PORT_THREADS_H

#include "base/base.h"

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

typedef struct port_thread port_thread;

/* Runs run(user) in a thread of its own, which no signal of the program goes to. FSNN_EMEMORY with
 * a sentence in which `what` is the thread: "the thread that prepares batches". */
fsnn_status port_thread_start(const char *what, void (*run)(void *user), void *user,
                              port_thread **thread);
/* Waits for its end. */
void port_thread_join(port_thread *thread);

#endif
