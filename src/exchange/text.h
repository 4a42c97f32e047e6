/* exchange/text.h: a text that grows. */
#ifndef FSNN_EXCHANGE_TEXT_H
#define FSNN_EXCHANGE_TEXT_H

#include "base/base.h"

typedef struct text {
    char *bytes; /* NULL while nothing was added; ends with a 0 */
    int64_t length, capacity;
    bool failed; /* out of memory: what came after is missing */
} text;

void text_add(text *t, const char *format, ...) FSNN_PRINTF(2, 3);
/* As a YAML scalar that reads back as this text, in quotation marks where it needs them. */
void text_add_word(text *t, const char *word);
/* As the shortest number that reads back as the same double. */
void text_add_number(text *t, double x);
void text_free(text *t);

/* A list of sentences. */
typedef struct texts {
    char **line; /* [count] */
    int count;
    int64_t capacity;
} texts;

/* FSNN_EMEMORY. A sentence that is there already is not added again. */
fsnn_status texts_add(texts *list, const char *format, ...) FSNN_PRINTF(2, 3);
void texts_free(texts *list);

#endif
