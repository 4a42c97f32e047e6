/* exchange/text.c: texts that grow, and lists of sentences. */
#include "exchange/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sentence.h"

static void add_formatted(text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int length = fsnn_sentence((char[1]){0}, 1, format, again);
    va_end(again);
    if (t->failed || length < 0 ||
        fsnn_grow(&t->bytes, t->length, &t->capacity, t->length + length + 1, 1) < 0) {
        t->failed = true;
        return;
    }
    fsnn_sentence(t->bytes + t->length, (size_t)length + 1, format, args);
    t->length += length;
}

void text_add(text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_formatted(t, format, args);
    va_end(args);
}

/* Letters first, then letters, digits, _ and -, and not a word that means something in YAML. */
static bool is_plain(const char *word)
{
    static const char *const taken[] = {"true", "false", "null",  "yes",  "no",  "on",
                                        "off",  "True",  "False", "Null", "Yes", "No",
                                        "On",   "Off",   "y",     "n",    "Y",   "N"};
    for (int i = 0; i < FSNN_COUNT(taken); i++)
        if (!strcmp(word, taken[i]))
            return false;
    const char *at = word;
    if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')))
        return false;
    while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
           *at == '_' || *at == '-')
        at++;
    return !*at;
}

void text_add_word(text *t, const char *word)
{
    if (is_plain(word)) {
        text_add(t, "%s", word);
        return;
    }
    text_add(t, "\"");
    for (const unsigned char *at = (const unsigned char *)word; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_add(t, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            text_add(t, "\\x%02x", *at);
        else
            text_add(t, "%c", *at);
    }
    text_add(t, "\"");
}

void text_add_number(text *t, double x)
{
    char digits[40];
    for (int n = 6; n <= 17; n++) {
        snprintf(digits, sizeof digits, "%.*g", n, x);
        if (strtod(digits, NULL) == x)
            break;
    }
    text_add(t, "%s", digits);
}

void text_free(text *t)
{
    fsnn_free(t->bytes);
    *t = (text){0};
}

fsnn_status texts_add(texts *list, const char *format, ...)
{
    text t = {0};
    va_list args;
    va_start(args, format);
    add_formatted(&t, format, args);
    va_end(args);
    for (int i = 0; i < list->count && !t.failed; i++)
        if (!strcmp(list->line[i], t.bytes)) {
            text_free(&t);
            return FSNN_OK;
        }
    if (t.failed ||
        fsnn_grow(&list->line, list->count, &list->capacity, list->count + 1, sizeof(char *)) < 0) {
        text_free(&t);
        return FSNN_EMEMORY;
    }
    list->line[list->count++] = t.bytes;
    return FSNN_OK;
}

void texts_free(texts *list)
{
    for (int i = 0; i < list->count; i++)
        fsnn_free(list->line[i]);
    fsnn_free(list->line);
    *list = (texts){0};
}
