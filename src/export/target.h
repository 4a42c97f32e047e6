/* export/target.h: what the compiler of a target makes of net.c.
 *
 *   target.c   the targets; runs compilers
 *   stack.c    the deepest stack, from gcc's graph of calls */
#ifndef FSNN_EXPORT_TARGET_H
#define FSNN_EXPORT_TARGET_H

#include "base/base.h"
#include "base/port_process.h"

#include <fsnn/export.h>

typedef struct code_measured {
    const char *target, *compiler; /* compiler NULL: nothing was measured, `why` says it */
    long long flash, data, zeroed; /* bytes of net.o */
    long long stack;               /* bytes of the deepest calls of net_step; -1: not measured */
    char outside[256];             /* functions of others that it calls: "memcpy, __aeabi_fmul" */
    char why[320];
} code_measured;

/* Compiles net.c of the directory for a target (NULL: none was named). */
void code_measure(const char *target, const char *directory, code_measured *m);
/* m->stack and m->outside from a graph of calls (gcc's -fcallgraph-info=su, as text). false: it has
 * no net_step, or is none. */
bool code_stack_of(const char *graph, code_measured *m);

#endif
