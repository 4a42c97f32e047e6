/* base/port_process.c: other programs on POSIX systems. */
#include "base/port_beyond.h"
#include "base/port_process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts it with its stdout (1) or stderr (2), `heard`, into `writing`. Returns 0 or an error
 * number. */
static int start(const char *folder, char *const *argument, int heard, int writing, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(&actions, 3 - heard, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, writing, heard);
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

/* The end of a pipe to read what it says. */
static port_end begin(const char *folder, char *const *argument, int heard, int *reading,
                      pid_t *child)
{
    int ends[2];
    if (!port_pipe(ends))
        return (port_end){.stage = PORT_NO_PIPE, .error = strerror(errno)};
    int failed = start(folder, argument, heard, ends[1], child);
    close(ends[1]);
    *reading = ends[0];
    if (!failed)
        return (port_end){.stage = PORT_ENDED};
    close(ends[0]);
    return (port_end){.stage = PORT_NO_START,
                      .number = failed,
                      .error = strerror(failed),
                      .missing = failed == ENOENT};
}

port_end port_run(const char *folder, char *const *argument, char *said, size_t capacity)
{
    int reading = -1;
    pid_t child = 0;
    *said = 0;
    port_end end = begin(folder, argument, STDERR_FILENO, &reading, &child);
    if (end.error)
        return end;
    listen_to(reading, said, capacity);
    close(reading);
    return wait_for(child);
}

port_end port_output_open(char *const *argument, port_output *output)
{
    pid_t child = 0;
    port_end end = begin(".", argument, STDOUT_FILENO, &output->end, &child);
    output->child = child;
    return end;
}

bool port_output_read(port_output *output, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    while (size > 0) {
        ssize_t got = read(output->end, to, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        size -= (size_t)got;
    }
    return true;
}

port_end port_output_close(port_output *output)
{
    close(output->end);
    return wait_for((pid_t)output->child);
}
