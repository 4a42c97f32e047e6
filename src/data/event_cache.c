/* data/event_cache.c: the packed events of a set in a file. Its name holds a hash (FNV-1a, 64 bits)
 * of all that decides what is in it: for each piece the file's name, size and time of change, the
 * cut, and the sensor. Frames are made from it, so one file serves all ways to make them, and
 * changes of samples too. In the file, in the machine's byte order: the header, start [count + 1],
 * the events.
 *
 * The file is written beside and renamed, so that programs that run at once find all of it or none;
 * whoever has mapped an older one keeps that. */
#include "data/event_set.h"

#include "base/port_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    char magic[8];
    uint64_t hash;
    int64_t count, events;
    int32_t width, height;
} header;

/* Its number grows when readers change what they make of a file. */
static const char magic[8] = "fsnn-ev2";

static uint64_t hash_bytes(uint64_t h, const void *data, size_t size)
{
    for (const uint8_t *p = data, *end = p + size; p < end; p++)
        h = (h ^ *p) * UINT64_C(0x100000001b3);
    return h;
}

static fsnn_status hash_pieces(const event_pieces *pieces, const int64_t sensor[2], uint64_t *hash)
{
    uint64_t h = hash_bytes(UINT64_C(0xcbf29ce484222325), magic, sizeof magic);
    const char *before = NULL;
    h = hash_bytes(h, sensor, 2 * sizeof *sensor);
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

/* Whether what is mapped is a whole file of this hash. */
static bool valid(const event_set *set, const event_pieces *pieces, uint64_t hash)
{
    header h;
    if (set->mapped < sizeof h)
        return false;
    memcpy(&h, set->map, sizeof h);
    uint64_t rest = set->mapped - sizeof h;
    if (memcmp(h.magic, magic, sizeof magic) != 0 || h.hash != hash || h.count != pieces->count ||
        h.events < 0 || h.width < 1 || h.height < 1 || (uint64_t)h.count > rest / 8 - 1 ||
        (uint64_t)h.events > rest / 8 || rest != 8 * ((uint64_t)h.count + 1 + (uint64_t)h.events))
        return false;
    const int64_t *start = (const void *)((const char *)set->map + sizeof h);
    bool good = start[0] == 0 && start[h.count] == h.events;
    for (int64_t i = 0; i < h.count && good; i++)
        good = start[i] <= start[i + 1];
    return good;
}

/* False when there is no such file, or none that is whole: it will be written anew. */
static bool map_file(const char *path, const event_pieces *pieces, uint64_t hash, event_set *out)
{
    *out = (event_set){0};
    const void *map = port_map(path, &out->mapped);
    if (!map)
        return false;
    out->map = map;
    if (!valid(out, pieces, hash)) {
        event_set_free(out);
        return false;
    }
    const header *h = map;
    out->count = h->count;
    out->width = h->width;
    out->height = h->height;
    out->start = (const void *)((const char *)map + sizeof *h);
    out->event = (const void *)(out->start + h->count + 1);
    return true;
}

static fsnn_status write_file(const char *path, uint64_t hash, const event_set *set)
{
    header h = {.hash = hash,
                .count = set->count,
                .events = set->start[set->count],
                .width = set->width,
                .height = set->height};
    fsnn_file file;
    memcpy(h.magic, magic, sizeof magic);
    FSNN_TRY(fsnn_file_create(&file, path));
    fwrite(&h, sizeof h, 1, file.stream);
    fwrite(set->start, sizeof *set->start, (size_t)set->count + 1, file.stream);
    fwrite(set->event, sizeof *set->event, (size_t)h.events, file.stream);
    return fsnn_file_commit(&file);
}

static fsnn_status read_and_write(const event_pieces *pieces, const int64_t sensor[2],
                                  const char *path, uint64_t hash, event_set *out)
{
    event_set fresh;
    fsnn_status status = event_set_read(pieces, sensor, &fresh);
    if (status == FSNN_OK)
        status = write_file(path, hash, &fresh);
    if (status == FSNN_OK && map_file(path, pieces, hash, out)) {
        event_set_free(&fresh);
        return FSNN_OK;
    }
    *out = fresh; /* in memory, where the file cannot be mapped */
    return status;
}

fsnn_status event_set_cached(const event_pieces *pieces, const int64_t sensor[2], const char *cache,
                             event_set *out)
{
    uint64_t hash;
    *out = (event_set){0};
    FSNN_TRY(hash_pieces(pieces, sensor, &hash));
    if (!port_make_folder(cache))
        return fsnn_fail(FSNN_EIO, "%s: the folder of the cache cannot be made: %s", cache,
                         strerror(errno));
    char *path = fsnn_format("%s/events-%016llx.cache", cache, (unsigned long long)hash);
    if (!path)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    if (!map_file(path, pieces, hash, out))
        status = read_and_write(pieces, sensor, path, hash, out);
    fsnn_free(path);
    return status;
}

void event_set_free(event_set *set)
{
    port_unmap(set->map, set->mapped);
    fsnn_free(set->owned[0]);
    fsnn_free(set->owned[1]);
    *set = (event_set){0};
}
