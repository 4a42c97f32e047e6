/* cli/run/stream_forms.h: the forms of fsnn run --stream: how a step is read from a stream, and an
 * answer written. */
#ifndef FSNN_CLI_STREAM_FORMS_H
#define FSNN_CLI_STREAM_FORMS_H

#include "cli/kit/kit.h"

/* One step of one sample, in the numbers of the network's precision. */
typedef struct stream {
    FILE *from, *to;
    bool wide;             /* double precision */
    int64_t in, out, step; /* numbers of a step, of an answer; steps that were read before */
    void *x;               /* [in] */
    char *line;            /* text: as it was read, ended */
    size_t capacity;       /* of it, with the end */
    const void *y;         /* [out] */
} stream;

/* What a reader has found; after an error its sentence was printed. */
typedef enum stream_got { STREAM_STEP, STREAM_END, STREAM_ERROR } stream_got;

typedef struct stream_form {
    const char *name;
    stream_got (*read)(stream *s);
    void (*write)(const stream *s);
} stream_form;

/* "numbers", "events", "raw"; NULL: there is no such form. */
const stream_form *stream_form_find(const char *name);
/* Room for a step, by `in` and `wide`; and its release. */
void stream_make_room(stream *s);
void stream_release(stream *s);
/* Bytes of a number. */
size_t stream_size(const stream *s);

#endif
