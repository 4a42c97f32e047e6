/* tests/train/kill.h: a process that is killed before its n-th operation on files: these are
 * counted here, in the place of the system's. Include in one program only. */
#ifndef TESTS_KILL_H
#define TESTS_KILL_H

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int64_t kill_at;    /* 0: never */
static int64_t kill_count; /* operations so far */

static void kill_tick(void)
{
    if (++kill_count != kill_at)
        return;
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = flags & O_CREAT ? va_arg(list, int) : 0;
    va_end(list);
    if (flags & (O_WRONLY | O_RDWR | O_CREAT))
        kill_tick();
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int rename(const char *from, const char *to)
{
    kill_tick();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fsync(int file)
{
    kill_tick();
    return (int)syscall(SYS_fsync, file);
}

int mkdir(const char *path, mode_t mode)
{
    kill_tick();
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int unlinkat(int folder_, const char *path, int flags)
{
    kill_tick();
    return (int)syscall(SYS_unlinkat, folder_, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    struct stat about;
    bool is_folder = lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
    return is_folder ? rmdir(path) : unlink(path);
}

#endif
