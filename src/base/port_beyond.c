/* base/port_beyond.c: what Linux has beyond POSIX, and what other systems do in its place. */
#include "base/port_beyond.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>

bool port_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0;
}

bool port_end_with(long parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return (long)getppid() == parent;
}

#else

/* Another thread that starts a program between the calls lets it inherit the pipe. */
bool port_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return true;
}

bool port_end_with(long parent)
{
    return (long)getppid() == parent;
}
#endif
