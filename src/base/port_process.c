/* base/port_process.c: other programs on POSIX systems. */
#include "base/port_process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts it with its stderr into `writing`. Returns 0 or an error number. */
static int start(const char *folder, char *const *argument, int writing, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, writing, 2);
    if (!failed)
        failed = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!failed)
        failed = posix_spawnp(child, argument[0], &actions, NULL, argument, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Keeps the end of what was said (the complaint comes last) and lets none of it block the
 * program. */
static void listen_to(int reading, char *said, size_t capacity)
{
    size_t used = 0, half = capacity / 2;
    for (;;) {
        if (used > half) {
            memmove(said, said + used - half, half);
            used = half;
        }
        ssize_t got = read(reading, said + used, capacity - 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    said[used] = 0;
}

static port_end wait_for(pid_t child)
{
    int report = 0;
    pid_t ended;
    do
        ended = waitpid(child, &report, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        return (port_end){.stage = PORT_UNKNOWN};
    if (WIFSIGNALED(report))
        return (port_end){
            .stage = PORT_SIGNAL, .number = WTERMSIG(report), .error = strsignal(WTERMSIG(report))};
    return (port_end){.stage = PORT_ENDED, .number = WEXITSTATUS(report)};
}

port_end port_run(const char *folder, char *const *argument, char *said, size_t capacity)
{
    int ends[2];
    pid_t child;
    *said = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return (port_end){.stage = PORT_NO_PIPE, .error = strerror(errno)};
    int failed = start(folder, argument, ends[1], &child);
    close(ends[1]);
    if (!failed)
        listen_to(ends[0], said, capacity);
    close(ends[0]);
    if (failed)
        return (port_end){.stage = PORT_NO_START,
                          .number = failed,
                          .error = strerror(failed),
                          .missing = failed == ENOENT};
    return wait_for(child);
}
