/* data/events/event_cache.c: the packed events of a set in a file. Its name holds a hash (FNV-1a,
 * 64 bits) of all that decides what is in it: for each piece the file's name, size and time of
 * change, the cut, and the sensor. Frames are made from it, so one file serves all ways to make
 * them, and changes of samples too. In the file, in the machine's byte order: the header, start
 * [count + 1], checksum [count] of each sample's events (CRC-32), the events.
 *
 * The file is written beside and renamed, so that programs that run at once find all of it or none;
 * whoever has opened an older one keeps that. Events are read when a sample is asked for, not
 * mapped: a file that is cut short by someone else is an error then and no crash, and what is read
 * is held against its checksum. */
#include "data/events/event_set.h"

#include "base/hash.h"
#include "base/port_files.h"
#include "format/inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 120 };

typedef struct header {
    char magic[8];
    uint64_t hash;
    int64_t count, events;
    int32_t width, height;
    int64_t recordings, mostly;
    struct {
        char what[TEXT];
        int64_t count, events;
    } left_out[FSNN_LEFT_OUT];
    uint64_t checksum; /* of the header with 0 here, start and checksum [count] */
} header;

/* Its number grows when readers change what they make of a file, or the file its form. */
static const char magic[8] = "fsnn-ev4";

static fsnn_status hash_pieces(const event_pieces *pieces, const event_reading *how, uint64_t *hash)
{
    uint64_t h = hash_bytes(HASH_START, magic, sizeof magic);
    const char *before = NULL;
    h = hash_bytes(h, how, sizeof *how);
    for (int64_t i = 0; i < pieces->count; i++) {
        const event_piece *p = &pieces->piece[i];
        const int64_t cut[2] = {p->from, p->to};
        port_about about;
        h = hash_bytes(h, p->path, strlen(p->path) + 1);
        h = hash_bytes(h, cut, sizeof cut);
        if (before && !strcmp(before, p->path))
            continue;
        before = p->path;
        if (!port_look(p->path, &about))
            return fsnn_fail(FSNN_EIO, "%s: %s", p->path, strerror(errno));
        const int64_t state[3] = {about.size, about.changed[0], about.changed[1]};
        h = hash_bytes(h, state, sizeof state);
    }
    *hash = h;
    return FSNN_OK;
}

static uint32_t sum_tables(header h, const int64_t *start, const uint32_t *checksum)
{
    h.checksum = 0;
    uint32_t s = inflate_crc32(0, &h, sizeof h);
    s = inflate_crc32(s, start, (size_t)(h.count + 1) * sizeof *start);
    return inflate_crc32(s, checksum, (size_t)h.count * sizeof *checksum);
}

/* ---- reading ---- */

/* Whether the file's size is that of the header's numbers, which are held against what is
 * wanted. */
static bool fits(const header *h, int64_t size, const event_pieces *pieces, uint64_t hash)
{
    int64_t tables = (int64_t)sizeof *h + 8 * (pieces->count + 1) + 4 * pieces->count;
    return memcmp(h->magic, magic, sizeof magic) == 0 && h->hash == hash &&
           h->count == pieces->count && h->width > 0 && h->height > 0 &&
           h->width <= PACKED_PLACE_MAX + 1 && h->height <= PACKED_PLACE_MAX + 1 &&
           size >= tables && h->events == (size - tables) / 8 && (size - tables) % 8 == 0;
}

static bool read_tables(const header *h, event_set *out)
{
    size_t starts = (size_t)(h->count + 1) * sizeof *out->start,
           sums = (size_t)h->count * sizeof *out->checksum;
    out->start = fsnn_alloc(starts);
    out->checksum = fsnn_alloc(sums);
    if (!out->start || !out->checksum || !port_read(out->file, out->start, starts, sizeof *h) ||
        !port_read(out->file, out->checksum, sums, (int64_t)(sizeof *h + starts)) ||
        sum_tables(*h, out->start, out->checksum) != h->checksum)
        return false;
    out->first = (int64_t)(sizeof *h + starts + sums);
    bool good = out->start[0] == 0 && out->start[h->count] == h->events;
    for (int64_t i = 0; i < h->count && good; i++)
        good = out->start[i] <= out->start[i + 1];
    return good;
}

static bool read_losses(const header *h, event_set *out)
{
    out->losses.recordings = h->recordings;
    out->losses.mostly = h->mostly;
    out->text = fsnn_alloc(sizeof h->left_out[0].what * FSNN_LEFT_OUT);
    for (int i = 0; i < FSNN_LEFT_OUT && out->text; i++) {
        char *text = out->text + (size_t)i * TEXT;
        memcpy(text, h->left_out[i].what, TEXT);
        text[TEXT - 1] = 0;
        out->losses.left_out[i] =
            (fsnn_left_out){*text ? text : NULL, h->left_out[i].count, h->left_out[i].events != 0};
    }
    return out->text != NULL;
}

static bool open_tables(const event_pieces *pieces, uint64_t hash, int64_t size, event_set *out)
{
    header h;
    if (!port_read(out->file, &h, sizeof h, 0) || !fits(&h, size, pieces, hash) ||
        !read_tables(&h, out) || !read_losses(&h, out))
        return false;
    out->count = h.count;
    out->width = h.width;
    out->height = h.height;
    return true;
}

/* False when there is no such file, or none that is whole: it will be written anew. */
static bool open_file(const char *path, const event_pieces *pieces, int cameras, uint64_t hash,
                      event_set *out)
{
    int64_t size;
    *out = (event_set){.file = port_open(path, &size), .cameras = cameras};
    if (!out->file)
        return false;
    out->path = fsnn_strdup(path);
    if (out->path && open_tables(pieces, hash, size, out))
        return true;
    event_set_free(out);
    return false;
}

fsnn_status event_cache_sample(const event_set *set, int64_t sample, packed_event *out)
{
    int64_t first = set->start[sample], n = set->start[sample + 1] - first;
    if (!port_read(set->file, out, (size_t)n * sizeof *out, set->first + 8 * first))
        return fsnn_fail(
            FSNN_EIO,
            "%s: the cache of events was cut short while it was in use%s%s: remove it, "
            "it is made anew",
            set->path, errno ? ": " : "", errno ? strerror(errno) : "");
    bool good = inflate_crc32(0, out, (size_t)n * sizeof *out) == set->checksum[sample];
    for (int64_t i = 0; i < n && good; i++)
        good = packed_x(out[i]) < set->width && packed_row(out[i], set->cameras) < set->height;
    if (good)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: the cache of events is damaged (sample %lld does not agree with its "
                     "checksum): remove it, it is made anew",
                     set->path, (long long)sample);
}

/* ---- writing ---- */

static header describe(uint64_t hash, const event_set *set)
{
    header h;
    memset(&h, 0, sizeof h); /* padding too */
    memcpy(h.magic, magic, sizeof magic);
    h.hash = hash;
    h.count = set->count;
    h.events = set->start[set->count];
    h.width = set->width;
    h.height = set->height;
    h.recordings = set->losses.recordings;
    h.mostly = set->losses.mostly;
    for (int i = 0; i < FSNN_LEFT_OUT && set->losses.left_out[i].what; i++) {
        const fsnn_left_out *l = &set->losses.left_out[i];
        snprintf(h.left_out[i].what, TEXT, "%s", l->what);
        h.left_out[i].count = l->count;
        h.left_out[i].events = l->events;
    }
    return h;
}

static fsnn_status write_file(const char *path, uint64_t hash, const event_set *set)
{
    header h = describe(hash, set);
    fsnn_file file;
    uint32_t *checksum = fsnn_alloc((size_t)set->count * sizeof *checksum);
    if (!checksum)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < set->count; i++)
        checksum[i] =
            inflate_crc32(0, set->event + set->start[i],
                          (size_t)(set->start[i + 1] - set->start[i]) * sizeof *set->event);
    h.checksum = sum_tables(h, set->start, checksum);
    fsnn_status status = fsnn_file_create(&file, path);
    if (status == FSNN_OK) {
        fwrite(&h, sizeof h, 1, file.stream);
        fwrite(set->start, sizeof *set->start, (size_t)set->count + 1, file.stream);
        fwrite(checksum, sizeof *checksum, (size_t)set->count, file.stream);
        fwrite(set->event, sizeof *set->event, (size_t)h.events, file.stream);
        status = fsnn_file_commit(&file);
    }
    fsnn_free(checksum);
    return status;
}

static fsnn_status read_and_write(const event_pieces *pieces, const event_reading *how,
                                  const char *path, uint64_t hash, event_set *out)
{
    event_set fresh;
    fsnn_status status = event_set_read(pieces, how, &fresh);
    if (status == FSNN_OK)
        status = write_file(path, hash, &fresh);
    if (status == FSNN_OK && open_file(path, pieces, cameras_of(how), hash, out)) {
        event_set_free(&fresh);
        return FSNN_OK;
    }
    *out = fresh; /* in memory, where the file cannot be opened */
    return status;
}

fsnn_status event_set_cached(const event_pieces *pieces, const event_reading *how,
                             const char *cache, event_set *out)
{
    uint64_t hash;
    *out = (event_set){0};
    FSNN_TRY(hash_pieces(pieces, how, &hash));
    if (!port_make_folder(cache))
        return fsnn_fail(FSNN_EIO, "%s: the folder of the cache cannot be made: %s", cache,
                         strerror(errno));
    char *path = fsnn_format("%s/events-%016llx.cache", cache, (unsigned long long)hash);
    if (!path)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    if (!open_file(path, pieces, cameras_of(how), hash, out))
        status = read_and_write(pieces, how, path, hash, out);
    fsnn_free(path);
    return status;
}
