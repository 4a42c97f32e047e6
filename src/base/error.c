/* base/error.c: statuses in words, and the sentence of the last error of each thread. */
#include "base/error_key.h"
#include "base/sentence.h"

#include <stdarg.h>
#include <string.h>

enum {
    TEXT_SIZE = sizeof((fsnn_error *)0)->text,
    KEY_SIZE = sizeof((fsnn_error *)0)->key,
};

static _Thread_local fsnn_error last;
static _Thread_local uint64_t said; /* sentences so far */

static const struct {
    fsnn_status status;
    const char *name, *meaning;
} statuses[] = {
#define ROW(name, value, meaning) {FSNN_##name, "FSNN_" #name, meaning},
    FSNN_STATUS_LIST(ROW)
#undef ROW
};

const char *fsnn_status_name(fsnn_status status)
{
    for (int i = 0; i < FSNN_COUNT(statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].name;
    return "FSNN_UNKNOWN";
}

const char *fsnn_status_meaning(fsnn_status status)
{
    for (int i = 0; i < FSNN_COUNT(statuses); i++)
        if (statuses[i].status == status)
            return statuses[i].meaning;
    return "not a status of this library";
}

const char *fsnn_error_text(void)
{
    return last.text;
}

fsnn_status fsnn_error_set(fsnn_status status, const char *format, ...)
{
    char text[TEXT_SIZE]; /* first here: an argument may be fsnn_error_text() itself */
    va_list args;

    va_start(args, format);
    int length = fsnn_sentence(text, sizeof text, format, args);
    va_end(args);
    if (length < 0)
        snprintf(text, sizeof text, "%s", fsnn_status_meaning(status));
    else if (length >= TEXT_SIZE)
        memcpy(text + TEXT_SIZE - 4, "...", 4);
    memcpy(last.text, text, strlen(text) + 1);
    said++;
    last.key[0] = last.file[0] = last.where[0] = 0;
    last.line = last.column = 0;
    last.cause = status;
    return status;
}

uint64_t fsnn_errors_said(void)
{
    return said;
}

const char *fsnn_error_since(uint64_t before)
{
    return said == before ? "" : last.text;
}

void fsnn_error_set_cause(fsnn_status cause)
{
    last.cause = cause;
}

const char *fsnn_error_key(void)
{
    return last.key;
}

fsnn_status fsnn_error_set_key(fsnn_status status, const char *key)
{
    snprintf(last.key, KEY_SIZE, "%s", key);
    return status;
}

fsnn_status fsnn_fail_in(fsnn_status status, const char *group)
{
    char key[KEY_SIZE];
    if (status >= 0)
        return status;
    memcpy(key, last.key, sizeof key);
    snprintf(last.key, KEY_SIZE, "%s%s%.*s", group, *key ? "." : "", KEY_SIZE / 2, key);
    return status;
}

fsnn_status fsnn_error_set_place(fsnn_status status, const char *file, int line, int column,
                                 const char *key)
{
    snprintf(last.file, sizeof last.file, "%s", file);
    snprintf(last.where, sizeof last.where, "%s", key);
    last.line = line;
    last.column = column;
    return status;
}

fsnn_place fsnn_error_place(void)
{
    return (fsnn_place){.file = last.file,
                        .line = last.line,
                        .column = last.column,
                        .key = *last.where ? last.where : last.key,
                        .cause = last.cause};
}

void fsnn_error_keep(fsnn_error *error)
{
    *error = last;
}

void fsnn_error_restore(const fsnn_error *error)
{
    last = *error;
}

fsnn_status fsnn_error_first(fsnn_status status, const fsnn_error *kept, fsnn_status undone)
{
    if (status == FSNN_OK)
        return undone;
    fsnn_error_restore(kept);
    return status;
}
