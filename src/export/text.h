/* export/text.h: text that grows. */
#ifndef FSNN_EXPORT_TEXT_H
#define FSNN_EXPORT_TEXT_H

#include "base/base.h"

typedef struct code_text {
    char *bytes; /* NULL while nothing was added; ends with a 0 */
    size_t length, capacity;
    bool failed; /* out of memory: what came after is missing */
} code_text;

void code_add(code_text *t, const char *format, ...) FSNN_PRINTF(2, 3);
void code_add_text(code_text *t, const code_text *more);
void code_add_string(code_text *t, const char *string);
static inline const char *code_string(const code_text *t)
{
    return t->bytes ? t->bytes : "";
}
void code_text_free(code_text *t);

#endif
