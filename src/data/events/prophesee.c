/* data/events/prophesee.c: the lines of text of Prophesee's files: "% evt 3.0" or "% format
 * EVT3;height=720;width=1280" names the words that follow, "% Version 2" a DAT file; "% geometry
 * 1280x720", "% Width 304", "% Height 240" the sensor; "% end" may be the last line. */
#include "data/events/prophesee.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE = 256, SENSOR = 16384 };

/* What stands behind `name` and a blank, in any case of letters; NULL: another line. */
static const char *behind(const char *line, const char *name)
{
    size_t length = strlen(name);
    return !strncasecmp(line, name, length) && line[length] == ' ' ? line + length + 1 : NULL;
}

static int size_of(const char *text)
{
    long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 && n <= SENSOR ? (int)n : -1; /* -1: none that a sensor has */
}

static void read_kind(const char *version, prophesee_header *h)
{
    static const struct {
        const char *name;
        prophesee_kind kind;
    } names[] = {{"2.0", PROPHESEE_EVT2},    {"2.1", PROPHESEE_EVT21}, {"3.0", PROPHESEE_EVT3},
                 {"EVT21", PROPHESEE_EVT21}, {"EVT2", PROPHESEE_EVT2}, {"EVT3", PROPHESEE_EVT3}};
    for (int i = 0; i < FSNN_COUNT(names); i++) {
        size_t length = strlen(names[i].name);
        if (!strncmp(version, names[i].name, length) && strchr("; \t", version[length])) {
            h->kind = names[i].kind;
            return;
        }
    }
}

static void read_format(const char *text, prophesee_header *h)
{
    const char *width = strstr(text, "width="), *height = strstr(text, "height=");
    read_kind(text, h);
    if (width)
        h->width = size_of(width + 6);
    if (height)
        h->height = size_of(height + 7);
    h->legacy = strstr(text, "endianness=legacy") != NULL;
    h->big_endian = strstr(text, "endianness=big") != NULL;
}

static void read_line(const char *line, prophesee_header *h)
{
    const char *text;
    if ((text = behind(line, "evt")) && h->kind != PROPHESEE_EVT21) {
        read_kind(text, h);
    } else if ((text = behind(line, "format"))) {
        read_format(text, h);
    } else if ((text = behind(line, "geometry"))) {
        const char *x = strchr(text, 'x');
        h->width = size_of(text);
        h->height = size_of(x ? x + 1 : NULL);
    } else if ((text = behind(line, "width"))) {
        h->width = size_of(text);
    } else if ((text = behind(line, "height"))) {
        h->height = size_of(text);
    } else if ((text = behind(line, "endianness"))) {
        h->big_endian = !strncmp(text, "big", 3);
    } else if ((text = behind(line, "version"))) {
        h->version = strtoll(text, NULL, 10);
    }
    h->dat |= h->version > 0 || behind(line, "data file") != NULL;
}

/* The bytes that end a line, from `at` on: "\n", or "\r" alone where the next line or the kind of
 * DAT's events follows; 0: none. */
static size_t line_end(const uint8_t *at, size_t size, bool dat)
{
    if (at[0] == '\n')
        return 1;
    if (at[0] != '\r' || size < 2 || at[1] == '\n')
        return 0;
    return at[1] == '%' || (dat && (at[1] == 0 || at[1] == '\f'));
}

/* The length of the line of text at `at`, "% ..." with its end; 0: there is none. The end of a
 * header need not be marked, and a word may begin with "%". So a line without the blank is one only
 * in a DAT file, whose next byte is no '%', or where another line follows. */
static size_t line_length(const uint8_t *at, size_t size, bool dat)
{
    if (size < 2 || at[0] != '%')
        return 0;
    for (size_t i = 1, end; i < size; i++) {
        if ((end = line_end(at + i, size - i, dat)) > 0) {
            i += end;
            return at[1] == ' ' || dat || (i < size && at[i] == '%') ? i : 0;
        }
        if ((at[i] < ' ' && at[i] != '\t' && at[i] != '\r') || at[i] == 0x7f)
            return 0;
    }
    return 0;
}

/* The text of a line of `length` bytes: without '%', blanks and its end, cut to LINE. */
static void line_text(const uint8_t *at, size_t length, char line[LINE])
{
    while (length && strchr("\n\r \t", at[length - 1]))
        length--;
    for (at++, length--; length && (*at == ' ' || *at == '\t'); length--)
        at++;
    length = length < LINE - 1 ? length : LINE - 1;
    memcpy(line, at, length);
    line[length] = 0;
}

prophesee_header prophesee_read_header(const uint8_t *bytes, size_t size)
{
    prophesee_header h = {0};
    size_t length;
    bool last = false;
    while (!last && (length = line_length(bytes + h.start, size - h.start, h.dat)) > 0) {
        char line[LINE];
        line_text(bytes + h.start, length, line);
        last = !strcmp(line, "end");
        read_line(line, &h);
        h.start += length;
    }
    if (h.kind == PROPHESEE_NONE && h.dat)
        h.kind = PROPHESEE_DAT;
    return h;
}

static fsnn_status set_sensor(const char *path, const prophesee_header *h, fsnn_events *out)
{
    if (h->width < 0 || h->height < 0 || !h->width != !h->height)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the header tells no size of a sensor: expected a width and a height "
                         "of 1 to %d",
                         path, SENSOR);
    out->width = h->width;
    out->height = h->height;
    return FSNN_OK;
}

fsnn_status prophesee_begin(const events_words *words, const char *path, const uint8_t *bytes,
                            size_t size, size_t whole, prophesee_state *state, fsnn_events *out)
{
    *state = (prophesee_state){.header = prophesee_read_header(bytes, size), .high = -1};
    state->start = state->header.start;
    size_t rest = (whole - state->start) % words->word;
    if (state->header.big_endian)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: the header says endianness=big: only words with their lowest byte "
                         "first are read",
                         path);
    if (!words->begin && rest)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the word at offset %zu ends after %zu of its %zu bytes: the file is "
                         "cut short",
                         path, whole - rest, rest, words->word);
    FSNN_TRY(set_sensor(path, &state->header, out));
    return words->begin ? words->begin(path, bytes, whole, state) : FSNN_OK;
}

void prophesee_leave_out(fsnn_events *events, const int64_t count[PROPHESEE_OTHERS])
{
    static const struct {
        const char *what;
        bool event;
    } others[PROPHESEE_OTHERS] = {
        [PROPHESEE_EARLY] = {"events before the first word of time", true},
        [PROPHESEE_TRIGGER] = {"triggers", false},
        [PROPHESEE_MESSAGE] = {"words of messages of the camera (OTHERS, CONTINUED)", false},
        [PROPHESEE_RESERVED] = {"words of reserved types", false},
    };
    for (int i = 0; i < PROPHESEE_OTHERS; i++)
        events_leave_out(events, others[i].what, others[i].event, count[i]);
}

fsnn_status prophesee_parse(const events_words *words, const char *path, const uint8_t *bytes,
                            size_t size, fsnn_events *out)
{
    prophesee_state s;
    FSNN_TRY(prophesee_begin(words, path, bytes, size, size, &s, out));
    const uint8_t *at = bytes + s.start, *end = bytes + size;
    FSNN_TRY(events_reserve(out, words->count(&s, at, end)));
    FSNN_TRY(words->take(path, &s, at, end, s.start, out));
    prophesee_leave_out(out, s.others);
    return FSNN_OK;
}
