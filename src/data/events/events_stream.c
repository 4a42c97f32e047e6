/* data/events/events_stream.c: see events_stream.h. Pieces of the file and blocks of events are
 * small enough to stay in the caches: large memory that is used once costs more than decoding. */
#include "data/events/events_stream.h"

#include "base/port_files.h"

#include <errno.h>
#include <string.h>

enum { HEAD = 1 << 16, PIECE = 1 << 16, BLOCK = 1 << 15, LINES_END = 256 };

static fsnn_status fail_reading(const events_stream *s)
{
    return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s", s->path,
                     errno ? strerror(errno) : "it became shorter while it was read");
}

/* Whether the lines of text, and what follows them, lie within the first bytes. A line that does
 * not end there is none to the reader of lines, however early it begins. */
static bool has_lines(const uint8_t *head, int64_t size, int64_t whole)
{
    const size_t end = prophesee_read_header(head, (size_t)size).start;
    return size == whole || (end + LINES_END <= (size_t)size && head[end] != '%');
}

static fsnn_status begin(events_stream *s, uint8_t *head, bool *there)
{
    const int64_t size = s->size < HEAD ? s->size : HEAD;
    if (!port_read(s->file, head, (size_t)size, 0))
        return fail_reading(s);
    if (!has_lines(head, size, s->size))
        return FSNN_OK;
    FSNN_TRY(prophesee_begin(s->words, s->path, head, (size_t)size, (size_t)s->size, &s->first,
                             &s->block));
    FSNN_TRY(events_reserve(&s->block, BLOCK));
    s->piece = fsnn_alloc(PIECE);
    if (!s->piece)
        return FSNN_EMEMORY;
    events_stream_rewind(s);
    *there = true;
    return FSNN_OK;
}

fsnn_status events_stream_open(const char *path, events_stream *s, bool *there)
{
    port_about about;
    *there = false;
    *s = (events_stream){.path = path};
    if (!port_look(path, &about) || !about.file) /* what is read of a pipe is gone */
        return FSNN_OK;
    s->format = events_format_at(path);
    s->words = s->format ? s->format->words : NULL;
    s->file = s->words ? port_open(path, &s->size) : NULL;
    if (!s->file)
        return FSNN_OK;
    uint8_t *head = fsnn_alloc(HEAD);
    fsnn_status status = head ? begin(s, head, there) : FSNN_EMEMORY;
    fsnn_free(head);
    return status;
}

void events_stream_rewind(events_stream *s)
{
    s->state = s->first;
    s->at = (int64_t)s->first.start;
    s->piece_at = s->piece_end = 0;
}

static fsnn_status read_piece(events_stream *s)
{
    const int64_t left = s->size - s->at, most = PIECE - PIECE % (int64_t)s->words->word;
    s->piece_at = 0;
    s->piece_end = left < most ? left : most;
    if (!port_read(s->file, s->piece, (size_t)s->piece_end, s->at))
        return fail_reading(s);
    s->at += s->piece_end;
    return FSNN_OK;
}

fsnn_status events_stream_next(events_stream *s, const fsnn_event **event, int64_t *n)
{
    const int64_t word = (int64_t)s->words->word;
    s->block.count = 0;
    for (;;) {
        const int64_t space = (BLOCK - s->block.count) / s->words->most * word;
        if (!space || (s->piece_at == s->piece_end && s->at == s->size))
            break;
        if (s->piece_at == s->piece_end)
            FSNN_TRY(read_piece(s));
        const int64_t left = s->piece_end - s->piece_at, taken = left < space ? left : space;
        const uint8_t *from = s->piece + s->piece_at;
        FSNN_TRY(s->words->take(s->path, &s->state, from, from + taken,
                                (size_t)(s->at - s->piece_end + s->piece_at), &s->block));
        s->piece_at += taken;
    }
    *event = s->block.event;
    *n = s->block.count;
    return FSNN_OK;
}

void events_stream_close(events_stream *s)
{
    port_close(s->file);
    fsnn_free(s->piece);
    fsnn_events_free(&s->block);
    *s = (events_stream){0};
}
