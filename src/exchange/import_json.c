/* exchange/import_json.c: the description of an import as JSON, for builds that do not read YAML.
 * It is written in a part of YAML that differs from JSON little: lines "key: value" and, below
 * "layers:", " - {...}", whose words are bare. */
#include "exchange/import.h"

#include <string.h>

#define ITEM "  - "

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* A text in quotation marks: JSON has \u00NN for YAML's \xNN. Returns what is behind it. */
static const char *quoted(text *out, const char *at)
{
    text_add(out, "\"");
    for (at++; *at && *at != '"'; at++) {
        if (*at != '\\')
            text_add(out, "%c", *at);
        else if (*++at == 'x')
            text_add(out, "\\u00");
        else
            text_add(out, "\\%c", *at);
    }
    text_add(out, "\"");
    return *at ? at + 1 : at;
}

/* A word, which gets its quotation marks unless it is a value of JSON. */
static const char *word(text *out, const char *at)
{
    static const char *const values[] = {"true", "false", "null"};
    size_t n = 0;
    bool value = false;
    while (in_word(at[n]))
        n++;
    for (int i = 0; i < FSNN_COUNT(values); i++)
        value = value || (strlen(values[i]) == n && !memcmp(values[i], at, n));
    text_add(out, value ? "%.*s" : "\"%.*s\"", (int)n, at);
    return at + n;
}

/* A number, with its exponent. */
static const char *number(text *out, const char *at)
{
    size_t n = strspn(at, "+-.0123456789eE");
    text_add(out, "%.*s", (int)n, at);
    return at + n;
}

static void line(text *out, const char *at, const char *end)
{
    while (at < end) {
        bool digit = (*at >= '0' && *at <= '9') || *at == '-';
        if (*at == '"')
            at = quoted(out, at);
        else if (digit)
            at = number(out, at);
        else if (in_word(*at))
            at = word(out, at);
        else
            text_add(out, "%c", *at++);
    }
}

fsnn_status import_to_json(const char *yaml, text *out)
{
    bool within = false, first = true;
    text_add(out, "{");
    for (const char *at = yaml, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "\n");
        bool item = !strncmp(at, ITEM, strlen(ITEM));
        if (within && !item)
            text_add(out, "\n  ]");
        text_add(out, item ? (within ? ",\n    {" : "\n    {") : first ? "\n  " : ",\n  ");
        line(out, item ? at + strlen(ITEM) : at, end);
        text_add(out, item ? "}" : end[-1] == ':' ? " [" : "");
        first = end[-1] == ':'; /* "layers:": the list begins */
        within = item;
    }
    text_add(out, "\n}\n");
    return out->failed ? FSNN_EMEMORY : FSNN_OK;
}
