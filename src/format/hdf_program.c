/* format/hdf_program.c: what another program reads of an HDF5 file goes on to the parent, which
 * trusts it as little as what the library reads. */
#include "format/hdf_program.h"

#include "base/port_process.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 16, PIECE = 1 << 14, SENTENCE = 1000 };

static const char variable[] = "FSNN_HDF5_READER";

static fsnn_status too_early(const char *path)
{
    return fsnn_fail(FSNN_EIO, "%s: the program that %s names ended before the file was read", path,
                     variable);
}

static fsnn_status complaint(port_output *from, const char *path)
{
    char text[SENTENCE + 1] = "";
    int64_t length = 0;
    if (!port_output_read(from, &length, sizeof length) || length < 0 || length > SENTENCE ||
        !port_output_read(from, text, (size_t)length))
        return too_early(path);
    return fsnn_fail(FSNN_EFORMAT, "%s: %s", path, text);
}

static fsnn_status pass_on(guard *g, port_output *from, const char *path, int64_t length)
{
    uint8_t piece[PIECE];
    while (length > 0) {
        size_t n = length < PIECE ? (size_t)length : PIECE;
        if (!port_output_read(from, piece, n))
            return too_early(path);
        FSNN_TRY(guard_put(g, piece, n));
        length -= (int64_t)n;
    }
    return FSNN_OK;
}

static fsnn_status pieces(guard *g, port_output *from, const char *path)
{
    for (;;) {
        int64_t length;
        if (!port_output_read(from, &length, sizeof length))
            return too_early(path);
        if (length <= 0)
            return length ? complaint(from, path) : FSNN_OK;
        FSNN_TRY(pass_on(g, from, path, length));
    }
}

/* The words of `text`, which it is cut into, before what is to be read; false: too many. */
static bool command(char *text, const char *what, const char *path, char **argument)
{
    int n = 0;
    for (char *word = text; word; n++) {
        char *end = strchr(word, ':');
        if (n == WORDS)
            return false;
        argument[n] = word;
        if (end)
            *end = '\0';
        word = end ? end + 1 : NULL;
    }
    argument[n] = (char *)what;
    argument[n + 1] = (char *)path;
    argument[n + 2] = NULL;
    return true;
}

static fsnn_status run(guard *g, const char *path, char **argument)
{
    port_output from;
    port_end end = port_output_open(argument, &from);
    if (end.error)
        return fsnn_fail(FSNN_EIO, "%s: %s, which %s names, does not start: %s", path, argument[0],
                         variable, end.error);
    fsnn_status status = pieces(g, &from, path);
    port_output_close(&from);
    return status;
}

fsnn_status hdf_by_program(guard *g, const char *path, const char *place, const char *what)
{
    const char *named = getenv(variable);
    char *argument[WORDS + 3];
    if (!named || !*named)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: fsnn was built without HDF5: configure it with -DFSNN_HDF5=ON, or, "
                         "for the Python package, pip install h5py, which then reads such files",
                         path);
    char *text = fsnn_alloc(strlen(named) + 1);
    if (!text)
        return FSNN_EMEMORY;
    memcpy(text, named, strlen(named));
    fsnn_status status =
        command(text, what, place, argument)
            ? run(g, path, argument)
            : fsnn_fail(FSNN_EUNSUPPORTED, "%s: %s has more than %d words", path, variable, WORDS);
    fsnn_free(text);
    return status;
}
