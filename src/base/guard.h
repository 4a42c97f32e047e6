/* base/guard.h: work that may crash, hang or take all memory, a library that reads a damaged file
 * say, done in a child process which hands over what it finds through a pipe. What happens to the
 * child is an error here. */
#ifndef FSNN_BASE_GUARD_H
#define FSNN_BASE_GUARD_H

#include "base/base.h"

typedef struct guard guard;

typedef struct guard_work {
    const char *subject; /* what is worked on, a file's path: begins the sentences */
    const char *worker;  /* who may crash: "the HDF5 library" */
    /* In the child: guard_put. It sees memory as it was at the start, and nothing it changes is
     * seen here. It must neither use threads nor print. When it fails its error is that of
     * guard_run. */
    fsnn_status (*send)(guard *g, void *user);
    /* Here, at the same time: guard_get of the same bytes in the same order. What comes may be
     * anything. */
    fsnn_status (*receive)(guard *g, void *user);
    void *user;
    size_t memory; /* bytes of address space the child may take beyond what it has at the start */
    double busy;   /* seconds of processor time without a guard_put, after which it is stopped */
    /* seconds of any time without one: longer, as the machine or the disk may be slow */
    double silence;
} guard_work;

/* Errors: those of send and receive; FSNN_EFORMAT when the child crashed, did not get on or said
 * less than was asked for; FSNN_EMEMORY, FSNN_EIO when there can be no child. No child is left
 * behind in any case, nor does it outlive this process. */
fsnn_status guard_run(const guard_work *work);

/* Both return a failure when the other side is gone, which is to be passed on. */
fsnn_status guard_put(guard *g, const void *bytes, size_t size);
fsnn_status guard_get(guard *g, void *bytes, size_t size);

#endif
