/* plot/gnuplot.c: runs gnuplot on a script, without a shell, in the script's folder (names in
 * scripts are relative), and turns what it complains about into our error sentence. */
#include "plot/figure.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPLAINT 1024

extern char **environ;

/* Starts gnuplot with its stderr into `writing`. Returns 0 or an error number. */
static int start(const char *folder, char *script, int writing, pid_t *child)
{
    /* -d: the user's own start-up file is for their plots and may change ours */
    char *arguments[] = {"gnuplot", "-d", script, NULL};
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
        failed = posix_spawnp(child, "gnuplot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Keeps the end of what was said (the complaint comes last) and lets none of it block gnuplot. */
static void listen_to(int reading, char said[COMPLAINT])
{
    size_t used = 0;

    for (;;) {
        if (used > COMPLAINT / 2) {
            memmove(said, said + used - COMPLAINT / 2, COMPLAINT / 2);
            used = COMPLAINT / 2;
        }
        ssize_t got = read(reading, said + used, COMPLAINT - 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    said[used] = 0;
}

/* The last line that says something. */
static const char *complaint(char *said)
{
    for (;;) {
        size_t end = strlen(said);
        while (end > 0 && strchr("\n\r \t^", said[end - 1]))
            said[--end] = 0;
        char *line = strrchr(said, '\n');
        return line ? line + 1 : said;
    }
}

static fsnn_status missing(const char *folder, const char *name, const char *path, int failed)
{
    if (failed != ENOENT)
        return fsnn_fail(
            FSNN_EIO,
            "%s.png: gnuplot could not be started: %s; %s.gp and %s.dat are there: run "
            "`gnuplot %s.gp` in %s to draw the figure",
            path, strerror(failed), path, path, name, folder);
    return fsnn_fail(
        FSNN_EIO,
        "%s.png: not drawn because gnuplot is not installed (no program of that name on "
        "PATH); install it (Debian, Ubuntu: `apt install gnuplot-nox`) and run `gnuplot "
        "%s.gp` in %s: %s.gp and %s.dat are there",
        path, name, folder, path, path);
}

/* Waits for the end. A program that ignores SIGCHLD gets no report: then the pictures themselves
 * tell. */
static fsnn_status finish(pid_t child, const char *path, char *said)
{
    int report = 0;
    pid_t ended;

    do
        ended = waitpid(child, &report, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        return FSNN_OK;
    if (WIFSIGNALED(report))
        return fsnn_fail(FSNN_EIO, "%s.png: gnuplot was stopped by signal %d (%s)", path,
                         WTERMSIG(report), strsignal(WTERMSIG(report)));
    if (WEXITSTATUS(report) == 0)
        return FSNN_OK;
    const char *what = complaint(said);
    return fsnn_fail(FSNN_EIO, "%s.png: gnuplot failed with exit code %d: %s", path,
                     WEXITSTATUS(report), *what ? what : "it gave no reason");
}

/* A picture of other data must not stay beside these, whatever happens next. */
static fsnn_status remove_old(const char *path, const char *ending)
{
    char *picture = fsnn_format("%s.%s", path, ending);

    if (!picture)
        return FSNN_EMEMORY;
    unlink(picture);
    fsnn_free(picture);
    return FSNN_OK;
}

/* gnuplot does not notice a full disk: a whole picture has these bytes at its end. */
static bool ends_with(const char *picture, const char *tail)
{
    char last[64] = {0};
    size_t length = 0;
    FILE *stream = fopen(picture, "rbe");

    if (!stream)
        return false;
    if (fseek(stream, -16, SEEK_END) == 0)
        length = fread(last, 1, sizeof last, stream);
    fclose(stream);
    return memmem(last, length, tail, strlen(tail)) != NULL;
}

static fsnn_status whole(const char *path, const char *ending, const char *tail)
{
    char *picture = fsnn_format("%s.%s", path, ending);
    fsnn_status status = FSNN_OK;

    if (!picture)
        return FSNN_EMEMORY;
    if (!ends_with(picture, tail))
        status =
            fsnn_fail(FSNN_EIO,
                      "%s: gnuplot ended well but did not write the whole picture (is the disk "
                      "full?); %s.gp and %s.dat are there",
                      picture, path, path);
    fsnn_free(picture);
    return status;
}

static fsnn_status run(const char *folder, const char *name, const char *path, char *script)
{
    char said[COMPLAINT] = "";
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return fsnn_fail(FSNN_EIO, "%s.png: no pipe to gnuplot could be opened: %s", path,
                         strerror(errno));
    int failed = start(folder, script, ends[1], &child);
    close(ends[1]);
    if (!failed)
        listen_to(ends[0], said);
    close(ends[0]);
    return failed ? missing(folder, name, path, failed) : finish(child, path, said);
}

fsnn_status fsnn_gnuplot_run(const char *folder, const char *name, const char *path)
{
    FSNN_TRY(remove_old(path, "png"));
    FSNN_TRY(remove_old(path, "svg"));
    char *script = fsnn_format("./%s.gp", name); /* ./: a name may start with a dash */
    if (!script)
        return FSNN_EMEMORY;
    fsnn_status status = run(folder, name, path, script);
    fsnn_free(script);
    FSNN_TRY(status);
    FSNN_TRY(whole(path, "png", "IEND"));
    return whole(path, "svg", "</svg>");
}
