/* base/port_lock.c: locks by flock(2). A file is removed by who holds its lock, so that one who
 * opened it before may get the lock of a file that has no name any more: that one is not the
 * lock. */
#include "base/port_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_its_name(int descriptor, const char *path)
{
    struct stat one, other;
    return fstat(descriptor, &one) == 0 && lstat(path, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static void sign(int descriptor)
{
    char text[128], host[64] = "";
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = 0;
    int length =
        snprintf(text, sizeof text, "process %ld%s%s\n", (long)getpid(), *host ? " on " : "", host);
    if (ftruncate(descriptor, 0) == 0)
        (void)!pwrite(descriptor, text, (size_t)length, 0);
}

static void read_sign(int descriptor, char *holder, size_t capacity)
{
    ssize_t length = pread(descriptor, holder, capacity - 1, 0);
    holder[length > 0 ? length : 0] = 0;
    holder[strcspn(holder, "\n")] = 0;
}

static port_locked take(port_lock *lock, char *holder, size_t capacity)
{
    lock->descriptor = open(lock->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (lock->descriptor < 0)
        return PORT_LOCK_FAILED;
    if (flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0)
        return PORT_LOCK_TAKEN;
    if (errno != EWOULDBLOCK)
        return PORT_LOCK_NONE;
    read_sign(lock->descriptor, holder, capacity);
    return PORT_LOCK_HELD;
}

static void let_go(port_lock *lock)
{
    int reason = errno;
    if (lock->path && lock->descriptor >= 0)
        close(lock->descriptor);
    fsnn_free(lock->path);
    *lock = (port_lock){.descriptor = -1};
    errno = reason;
}

port_locked port_lock_take(port_lock *lock, const char *path, char *holder, size_t capacity)
{
    port_locked got;
    *lock = (port_lock){.path = fsnn_strdup(path), .descriptor = -1};
    holder[0] = 0;
    errno = ENOMEM;
    if (!lock->path)
        return PORT_LOCK_FAILED;
    while ((got = take(lock, holder, capacity)) == PORT_LOCK_TAKEN &&
           !has_its_name(lock->descriptor, path))
        close(lock->descriptor);
    if (got == PORT_LOCK_TAKEN) {
        sign(lock->descriptor);
    } else {
        if (got == PORT_LOCK_NONE)
            unlink(path);
        let_go(lock);
    }
    return got;
}

void port_lock_release(port_lock *lock)
{
    if (lock->path)
        unlink(lock->path);
    let_go(lock);
}
