/* base/port_lock.h: locks that the system frees when the process that holds them is gone. */
#ifndef FSNN_BASE_PORT_LOCK_H
#define FSNN_BASE_PORT_LOCK_H

#include "base/base.h"

typedef enum port_locked {
    PORT_LOCK_TAKEN,
    PORT_LOCK_HELD,   /* by someone else */
    PORT_LOCK_NONE,   /* this file system has no locks */
    PORT_LOCK_FAILED, /* the file cannot be made or opened: errno */
} port_locked;

typedef struct port_lock {
    char *path;
    int descriptor; /* -1: no lock */
} port_lock;

/* Takes the lock that a file stands for; it is made where it is not there. Of a lock that is held
 * `holder` [capacity] gets who says to hold it ("process 123 on mill"; "" where that is not
 * known). PORT_LOCK_FAILED with errno ENOMEM where memory is out. */
port_locked port_lock_take(port_lock *lock, const char *path, char *holder, size_t capacity);
/* Removes the file and frees the lock. Harmless where there is none. */
void port_lock_release(port_lock *lock);

#endif
