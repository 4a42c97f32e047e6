/* plot/gnuplot.c: runs gnuplot on a script, without a shell, in the script's folder (names in
 * scripts are relative), and turns what it complains about into our error sentence. */
#include "plot/figure.h"

#include "base/port_files.h"
#include "base/port_process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMPLAINT 1024

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

static fsnn_status not_started(const char *folder, const char *name, const char *path,
                               const port_end *end)
{
    if (!end->missing)
        return fsnn_fail(
            FSNN_EIO,
            "%s.png: gnuplot could not be started: %s; %s.gp and %s.dat are there: run "
            "`gnuplot %s.gp` in %s to draw the figure",
            path, end->error, path, path, name, folder);
    return fsnn_fail(
        FSNN_EIO,
        "%s.png: not drawn because gnuplot is not installed (no program of that name on "
        "PATH); install it (Debian, Ubuntu: `apt install gnuplot-nox`) and run `gnuplot "
        "%s.gp` in %s: %s.gp and %s.dat are there",
        path, name, folder, path, path);
}

/* Where its end is not known the pictures themselves tell. */
static fsnn_status ended(const char *path, const port_end *end, char *said)
{
    if (end->stage == PORT_SIGNAL)
        return fsnn_fail(FSNN_EIO, "%s.png: gnuplot was stopped by signal %d (%s)", path,
                         end->number, end->error);
    if (end->stage == PORT_UNKNOWN || end->number == 0)
        return FSNN_OK;
    const char *what = complaint(said);
    return fsnn_fail(FSNN_EIO, "%s.png: gnuplot failed with exit code %d: %s", path, end->number,
                     *what ? what : "it gave no reason");
}

static fsnn_status remove_picture(const char *path, const char *ending)
{
    char *picture = fsnn_format("%s.%s", path, ending);

    if (!picture)
        return FSNN_EMEMORY;
    port_remove(picture);
    fsnn_free(picture);
    return FSNN_OK;
}

static bool ends_with(FILE *stream, const char *tail)
{
    char last[64] = {0};
    size_t length = 0;

    if (fseek(stream, -16, SEEK_END) == 0)
        length = fread(last, 1, sizeof last, stream);
    return memmem(last, length, tail, strlen(tail)) != NULL;
}

/* gnuplot does not notice a full disk: a whole picture has these bytes at its end. */
static fsnn_status look(const char *path, const char *picture, const char *tail)
{
    FILE *stream = fopen(picture, "rbe");

    if (!stream && errno != ENOENT)
        return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s; %s.gp and %s.dat are there", picture,
                         strerror(errno), path, path);
    bool good = stream && ends_with(stream, tail);
    if (stream)
        fclose(stream);
    if (good)
        return FSNN_OK;
    return fsnn_fail(FSNN_EIO,
                     "%s: gnuplot ended well but did not write the whole picture (is the disk "
                     "full?); %s.gp and %s.dat are there",
                     picture, path, path);
}

static fsnn_status whole(const char *path, const char *ending, const char *tail)
{
    char *picture = fsnn_format("%s.%s", path, ending);
    fsnn_status status = picture ? look(path, picture, tail) : FSNN_EMEMORY;

    fsnn_free(picture);
    return status;
}

static fsnn_status run(const char *folder, const char *name, const char *path, char *script)
{
    /* -d: the user's own start-up file is for their plots and may change ours */
    char *arguments[] = {"gnuplot", "-d", script, NULL}, said[COMPLAINT];
    port_end end = port_run(folder, arguments, said, sizeof said);
    if (end.stage == PORT_NO_PIPE)
        return fsnn_fail(FSNN_EIO, "%s.png: no pipe to gnuplot could be opened: %s", path,
                         end.error);
    return end.stage == PORT_NO_START ? not_started(folder, name, path, &end)
                                      : ended(path, &end, said);
}

/* Neither pictures of other data nor halves of these stay. */
static fsnn_status remove_both(const char *path)
{
    FSNN_TRY(remove_picture(path, "png"));
    return remove_picture(path, "svg");
}

static fsnn_status draw(const char *folder, const char *name, const char *path)
{
    char *script = fsnn_format("./%s.gp", name); /* ./: a name may start with a dash */
    if (!script)
        return FSNN_EMEMORY;
    fsnn_status status = run(folder, name, path, script);
    fsnn_free(script);
    FSNN_TRY(status);
    FSNN_TRY(whole(path, "png", "IEND"));
    return whole(path, "svg", "</svg>");
}

fsnn_status fsnn_gnuplot_run(const char *folder, const char *name, const char *path)
{
    FSNN_TRY(remove_both(path));
    fsnn_status status = draw(folder, name, path);
    if (status < 0)
        remove_both(path);
    return status;
}

fsnn_status fsnn_gnuplot_check(void)
{
    char *arguments[] = {"gnuplot", "--version", NULL}, said[COMPLAINT];
    port_end end = port_run(".", arguments, said, sizeof said);
    if (end.stage == PORT_NO_START && end.missing)
        return fsnn_fail(FSNN_EIO, "gnuplot, which draws figures, is not installed (no program of "
                                   "that name on PATH): install it (Debian, Ubuntu: `apt install "
                                   "gnuplot-nox`)");
    if (end.stage == PORT_NO_START || end.stage == PORT_NO_PIPE)
        return fsnn_fail(FSNN_EIO, "gnuplot, which draws figures, could not be started: %s",
                         end.error);
    return FSNN_OK;
}
