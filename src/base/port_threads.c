/* base/port_threads.c: threads of POSIX systems. */
#include "base/port_threads.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* ---- monitors ---- */

struct port_monitor {
    pthread_mutex_t lock;
    pthread_cond_t signal[PORT_SIGNALS];
};

port_monitor *port_monitor_create(void)
{
    port_monitor *m = fsnn_alloc(sizeof *m);
    if (!m)
        return NULL;
    pthread_mutex_init(&m->lock, NULL);
    for (int i = 0; i < PORT_SIGNALS; i++)
        pthread_cond_init(&m->signal[i], NULL);
    return m;
}

void port_monitor_destroy(port_monitor *m)
{
    if (!m)
        return;
    for (int i = 0; i < PORT_SIGNALS; i++)
        pthread_cond_destroy(&m->signal[i]);
    pthread_mutex_destroy(&m->lock);
    fsnn_free(m);
}

void port_enter(port_monitor *m)
{
    pthread_mutex_lock(&m->lock);
}

void port_leave(port_monitor *m)
{
    pthread_mutex_unlock(&m->lock);
}

void port_wait(port_monitor *m, int signal)
{
    pthread_cond_wait(&m->signal[signal], &m->lock);
}

void port_wake(port_monitor *m, int signal)
{
    pthread_cond_broadcast(&m->signal[signal]);
}

/* ---- threads ---- */

struct port_thread {
    pthread_t thread;
    void (*run)(void *user);
    void *user;
};

static void *begin(void *given)
{
    const port_thread *t = given;
    t->run(t->user);
    return NULL;
}

/* Signals are for the threads of the program: a thread inherits what its maker holds back. */
fsnn_status port_thread_start(const char *what, void (*run)(void *user), void *user,
                              port_thread **thread)
{
    sigset_t all, old;
    port_thread *t = fsnn_alloc(sizeof *t);
    *thread = NULL;
    if (!t)
        return FSNN_EMEMORY;
    *t = (port_thread){.run = run, .user = user};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&t->thread, NULL, begin, t);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        fsnn_free(t);
        return fsnn_fail(FSNN_EMEMORY, "%s cannot be started: %s%s", what, strerror(failed),
                         failed == EAGAIN ? " (memory is out, or threads are too many)" : "");
    }
    *thread = t;
    return FSNN_OK;
}

void port_thread_join(port_thread *t)
{
    pthread_join(t->thread, NULL);
    fsnn_free(t);
}
