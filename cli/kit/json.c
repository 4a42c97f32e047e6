/* cli/kit/json.c: writes JSON (RFC 8259). Objects go over several lines, lists stay on one. */
#include "cli/kit/kit.h"

#include <inttypes.h>
#include <math.h>

static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void next(cli_json *json, const char *key)
{
    if (json->depth > 0) {
        if (json->filled[json->depth])
            fputc(',', json->out);
        if (json->depth == 1 && key)
            fputs("\n  ", json->out);
        else if (json->filled[json->depth])
            fputc(' ', json->out);
    }
    json->filled[json->depth] = true;
    if (key) {
        quoted(json->out, key);
        fputs(": ", json->out);
    }
}

void cli_json_open(cli_json *json, const char *key, char bracket)
{
    next(json, key);
    fputc(bracket, json->out);
    json->depth++;
    json->filled[json->depth] = false;
}

void cli_json_close(cli_json *json, char bracket)
{
    json->depth--;
    if (json->depth == 0)
        fputc('\n', json->out);
    fputc(bracket, json->out);
    if (json->depth == 0)
        fputc('\n', json->out);
}

void cli_json_text(cli_json *json, const char *key, const char *value)
{
    next(json, key);
    quoted(json->out, value);
}

void cli_json_number(cli_json *json, const char *key, double value)
{
    next(json, key);
    if (isfinite(value))
        fprintf(json->out, "%.9g", value);
    else
        fputs("null", json->out);
}

void cli_json_integer(cli_json *json, const char *key, int64_t value)
{
    next(json, key);
    fprintf(json->out, "%" PRId64, value);
}
