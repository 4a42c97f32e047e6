/* data/events/event_files.c: the recordings of a set: one file, a list, or a folder with folders of
 * classes; tables that cut them. */
#include "data/events/event_files.h"

#include "base/port_files.h"
#include "data/events/events.h"
#include "data/file_names.h"
#include "format/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const endings[] = {".bin", ".bs2", ".aedat", ".aedat4", ".raw", ".dat",
                                      ".es",  ".npz", ".npy",   ".h5",     ".hdf5"};
/* Files of the last ones may be anything: those that are no recordings are passed over. */
static const file_endings recordings = {endings, FSNN_COUNT(endings), 8, "recordings",
                                        fsnn_events_known};

typedef struct finding {
    const fsnn_event_files *files;
    const file_endings *wanted;
} finding;

fsnn_status event_pieces_add(event_pieces *p, char *path, char *text, int64_t from, int64_t to)
{
    if (!path || fsnn_grow(&p->piece, p->count, &p->capacity, p->count + 1, sizeof *p->piece) < 0) {
        fsnn_free(path);
        fsnn_free(text);
        return FSNN_EMEMORY;
    }
    p->piece[p->count++] = (event_piece){path, text, from, to, -1};
    return FSNN_OK;
}

void event_pieces_free(event_pieces *pieces)
{
    for (int64_t i = 0; i < pieces->count; i++) {
        fsnn_free(pieces->piece[i].path);
        fsnn_free(pieces->piece[i].text);
    }
    for (int64_t c = 0; pieces->name && c < pieces->classes; c++)
        fsnn_free(pieces->name[c]);
    fsnn_free(pieces->name);
    fsnn_free(pieces->piece);
    *pieces = (event_pieces){0};
}

fsnn_status event_pieces_labels(const event_pieces *pieces, int32_t **labels)
{
    *labels = NULL;
    if (!pieces->labelled)
        return FSNN_OK;
    int32_t *label = *labels = fsnn_alloc(fsnn_bytes(pieces->count, sizeof *label));
    for (int64_t i = 0; label && i < pieces->count; i++)
        label[i] = pieces->piece[i].label;
    return label ? FSNN_OK : FSNN_EMEMORY;
}

/* ---- lines of text ---- */

/* The next line of [*at, end), trimmed, in `line`; false after the last. Longer ones are cut, which
 * no name of a file survives. */
static bool next_line(const char **at, const char *end, char *line, size_t size)
{
    if (*at >= end)
        return false;
    const char *stop = line_end(*at, end), *from = *at;
    *at = stop < end ? stop + 1 : end;
    while (from < stop && (*from == ' ' || *from == '\t'))
        from++;
    while (stop > from && strchr(" \t\r", stop[-1]) && stop[-1])
        stop--;
    size_t n = (size_t)(stop - from) < size - 1 ? (size_t)(stop - from) : size - 1;
    memcpy(line, from, n);
    line[n] = 0;
    return true;
}

/* ---- tables of cuts ---- */

/* "CLASS,FROM,TO" of numbers; false for a heading. */
static bool read_cut(char *line, char **text, int64_t *from, int64_t *to)
{
    char *first = strchr(line, ','), *second = first ? strchr(first + 1, ',') : NULL, *end;
    if (!second)
        return false;
    *first = *second = 0;
    errno = 0;
    *from = strtoll(first + 1, &end, 10);
    bool good = !errno && end != first + 1 && !*end;
    *to = strtoll(second + 1, &end, 10);
    *text = line;
    return good && !errno && end != second + 1 && (!*end || *end == ',');
}

static fsnn_status add_cut(const char *path, const char *text, int64_t from, int64_t to,
                           event_pieces *out)
{
    char *copy = fsnn_strdup(text);
    return copy ? event_pieces_add(out, fsnn_strdup(path), copy, from, to) : FSNN_EMEMORY;
}

static fsnn_status add_cuts(const char *path, const char *table, const char *bytes, size_t size,
                            event_pieces *out)
{
    char line[1024], *text;
    int64_t number = 0, cuts = 0, from, to;
    for (const char *at = bytes; next_line(&at, bytes + size, line, sizeof line);) {
        number++;
        if (!*line || *line == '#')
            continue;
        char *copy = fsnn_strdup(line);
        bool good = copy && read_cut(copy, &text, &from, &to);
        fsnn_status status = FSNN_OK;
        if (good && from >= to)
            status = fsnn_fail(FSNN_EFORMAT, "%s: line %lld: \"%s\" ends before it begins", table,
                               (long long)number, line);
        else if (good)
            status = add_cut(path, text, from, to, out);
        else if (copy && cuts + number > 1) /* the first line may be a heading */
            status = fsnn_fail(FSNN_EFORMAT, "%s: line %lld: found \"%s\", expected CLASS,FROM,TO",
                               table, (long long)number, line);
        cuts += good;
        fsnn_free(copy);
        FSNN_TRY(copy ? status : FSNN_EMEMORY);
    }
    return FSNN_OK;
}

/* The name of a file without its ending. */
static int stem(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    return (int)(dot && (!slash || dot > slash + 1) ? (size_t)(dot - path) : strlen(path));
}

/* A recording with the text of its class, or the pieces that its table cuts. Takes over both. */
static fsnn_status add(const finding *f, char *path, char *text, event_pieces *out)
{
    if (!f->files->cuts || !path)
        return event_pieces_add(out, path, text, INT64_MIN, INT64_MAX);
    char *table = fsnn_format("%.*s%s", stem(path), path, f->files->cuts);
    uint8_t *bytes = NULL;
    size_t size = 0;
    fsnn_status status = table ? fsnn_file_read(table, &bytes, &size) : FSNN_EMEMORY;
    if (status == FSNN_OK)
        status = text_check(table, bytes, size);
    if (status == FSNN_OK)
        status = add_cuts(path, table, (const char *)bytes, size, out);
    fsnn_free(bytes);
    fsnn_free(table);
    fsnn_free(path);
    fsnn_free(text);
    return status;
}

/* ---- lists ---- */

/* The file NAME below the folder; its ending may be left out. NULL: not there (or memory is
 * out). */
static char *find_listed(const finding *f, const char *folder, const char *name)
{
    char *path = fsnn_format("%s/%s", folder, name);
    for (int i = 0; path && !port_is_file(path) && i < f->wanted->count; i++) {
        fsnn_free(path);
        path = fsnn_format("%s/%s%s", folder, name, f->wanted->ending[i]);
    }
    if (path && port_is_file(path))
        return path;
    fsnn_free(path);
    return NULL;
}

/* The word at *at, ended there; *at is behind it. "" at the end of the line, where a remark may
 * stand: "NAME CLASS # so". */
static char *next_word(char **at)
{
    static const char blanks[] = " \t,";
    char *word = *at + strspn(*at, blanks);
    if (*word == '#')
        *word = 0;
    size_t length = strcspn(word, blanks);
    *at = word + length + (word[length] != 0);
    word[length] = 0;
    return word;
}

static fsnn_status add_listed(const finding *f, int64_t number, char *line, event_pieces *out)
{
    char *at = line;
    line = next_word(&at);
    if (!*line)
        return FSNN_OK;
    const char *class = next_word(&at), *more = next_word(&at);
    if (*more)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: line %lld: \"%s\" stands behind the name and the class \"%s\": a "
                         "line is NAME CLASS, a remark begins with #",
                         f->files->list, (long long)number, more, class);
    char *path = find_listed(f, f->files->path, line);
    if (!path)
        return fsnn_fail(FSNN_ENOTFOUND, "%s: line %lld: there is no recording \"%s\" in %s",
                         f->files->list, (long long)number, line, f->files->path);
    char *text = NULL;
    const char *slash = strrchr(path, '/');
    int status = 1;
    if (*class && !f->files->cuts)
        status = (text = fsnn_strdup(class)) ? 1 : FSNN_EMEMORY;
    else if (f->files->pattern && !f->files->cuts)
        status = event_pattern_match(f->files->pattern, slash ? slash + 1 : path, &text);
    if (status < 0) {
        fsnn_free(path);
        return (fsnn_status)status;
    }
    return add(f, path, text, out);
}

static fsnn_status find_in_list(const finding *f, event_pieces *out)
{
    uint8_t *bytes;
    size_t size;
    char line[4096];
    int64_t number = 0;
    FSNN_TRY(fsnn_file_read(f->files->list, &bytes, &size));
    fsnn_status status = text_check(f->files->list, bytes, size);
    const char *at = (const char *)bytes, *end = at + size;
    while (status == FSNN_OK && next_line(&at, end, line, sizeof line)) {
        number++;
        status = add_listed(f, number, line, out);
    }
    fsnn_free(bytes);
    return status;
}

/* ---- folders ---- */

/* "2.bin" before "10.bin". */
static int by_name(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

static bool is_wanted(const file_endings *w, const char *path, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < w->count; i++) {
        size_t n = strlen(w->ending[i]);
        if (length > n && !strcmp(name + length - n, w->ending[i]))
            return i < w->decided || w->known(path);
    }
    return false;
}

/* A file of a folder: `class` is the folder's name where folders are classes. */
static fsnn_status add_found(const finding *f, char *path, const char *name, const char *class,
                             event_pieces *out)
{
    char *text = NULL;
    int wanted = is_wanted(f->wanted, path, name);
    if (wanted && f->files->pattern)
        wanted = event_pattern_match(f->files->pattern, name, &text);
    if (wanted > 0 && !text && class && !f->files->cuts)
        wanted = (text = fsnn_strdup(class)) ? 1 : FSNN_EMEMORY;
    if (wanted > 0)
        return add(f, path, text, out);
    fsnn_free(path);
    return (fsnn_status)wanted;
}

static fsnn_status find_in_folder(const finding *f, const char *folder, const char *class,
                                  event_pieces *out);

/* An entry of a folder: a file, or a class's folder of files. */
static fsnn_status find_in_entry(const finding *f, const char *folder, const char *name,
                                 const char *class, event_pieces *out)
{
    char *path = fsnn_format("%s/%s", folder, name);
    if (!path)
        return FSNN_EMEMORY;
    if (!port_is_folder(path))
        return add_found(f, path, name, class, out);
    fsnn_status status = class ? FSNN_OK : find_in_folder(f, path, name, out);
    fsnn_free(path);
    return status;
}

static fsnn_status find_in_folder(const finding *f, const char *folder, const char *class,
                                  event_pieces *out)
{
    port_names names;
    fsnn_status status = port_list(folder, &names);
    if (status < 0)
        return status == FSNN_EMEMORY ? status
                                      : fsnn_fail(FSNN_EIO, "%s: the folder cannot be read: %s",
                                                  folder, strerror(errno));
    if (names.count)
        qsort(names.name, (size_t)names.count, sizeof *names.name, by_name);
    for (int64_t i = 0; i < names.count && !status; i++)
        status = find_in_entry(f, folder, names.name[i], class, out);
    port_names_free(&names);
    return status;
}

static const char *source(const finding *f)
{
    return f->files->list ? f->files->list : f->files->path;
}

static fsnn_status fail_empty(const finding *f)
{
    const file_endings *w = f->wanted;
    char names[128] = "";
    size_t used = 0;
    for (int i = 0; i < w->count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                 !i                  ? ""
                                 : i + 1 == w->count ? " or "
                                                     : ", ",
                                 w->ending[i]);
    const char *pattern = f->files->pattern;
    return fsnn_fail(FSNN_ENOTFOUND, "%s: holds no %s%s%s%s; their names end in %s", source(f),
                     w->what, pattern ? " named like \"" : "", pattern ? pattern : "",
                     pattern ? "\"" : "", names);
}

static fsnn_status find(const finding *f, event_pieces *out)
{
    *out = (event_pieces){0};
    fsnn_status status;
    if (f->files->list)
        status = find_in_list(f, out);
    else if (port_is_folder(f->files->path))
        status = find_in_folder(f, f->files->path, NULL, out);
    else
        status = add(f, fsnn_strdup(f->files->path), NULL, out);
    FSNN_TRY(status);
    return out->count ? FSNN_OK : fail_empty(f);
}

fsnn_status file_pieces_find(const fsnn_event_files *files, const file_endings *wanted,
                             event_pieces *out)
{
    event_pieces other = {0};
    const finding f = {files, wanted}, training = {files->training, wanted};
    const finding *of_training = files->training ? &training : &f;
    fsnn_status status = find(&f, out);
    if (status == FSNN_OK && files->training)
        status = find(&training, &other);
    if (status == FSNN_OK)
        status = event_labels_settle(source(&f), out, source(of_training),
                                     files->training ? &other : out, files->first_class);
    event_pieces_free(&other);
    return status;
}

fsnn_status event_pieces_find(const fsnn_event_files *files, event_pieces *out)
{
    return file_pieces_find(files, &recordings, out);
}
