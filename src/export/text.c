/* export/text.h. */
#include "export/text.h"

#include <stdarg.h>
#include <string.h>

static bool reserve(code_text *t, size_t more)
{
    size_t need = t->length + more + 1;
    if (t->failed || need <= t->capacity)
        return !t->failed;
    size_t capacity = t->capacity ? t->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    char *bytes = fsnn_alloc(capacity);
    if (!bytes) {
        t->failed = true;
        return false;
    }
    if (t->length)
        memcpy(bytes, t->bytes, t->length);
    bytes[t->length] = 0;
    fsnn_free(t->bytes);
    t->bytes = bytes;
    t->capacity = capacity;
    return true;
}

void code_add(code_text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0 || !reserve(t, (size_t)length))
        return;
    va_start(list, format);
    vsnprintf(t->bytes + t->length, (size_t)length + 1, format, list);
    va_end(list);
    t->length += (size_t)length;
}

void code_add_string(code_text *t, const char *string)
{
    size_t length = strlen(string);
    if (!reserve(t, length))
        return;
    memcpy(t->bytes + t->length, string, length + 1);
    t->length += length;
}

void code_add_text(code_text *t, const code_text *more)
{
    t->failed = t->failed || more->failed;
    code_add_string(t, code_string(more));
}

void code_text_free(code_text *t)
{
    fsnn_free(t->bytes);
    *t = (code_text){0};
}
