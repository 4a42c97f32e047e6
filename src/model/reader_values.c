/* Scalars to numbers and names, strictly: what is not wholly the wanted type is an error that says
 * what is accepted. */
#include "model/reader.h"

#include "base/foreign.h"
#include "base/sentence.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ADVICE = 1024 };

/* "; did you mean ..." for a value that another library takes there: v_reset: None. */
static const char *elsewhere(yaml_doc *doc, const yaml_node *node, char text[ADVICE])
{
    bool scalar = node && node->key && node->type == YAML_SCALAR;
    const char *value = scalar && yaml_null(node) ? "None" : scalar ? node->text : NULL;
    if (!value || !fsnn_foreign_advice(node->key->text, value, NULL, text, ADVICE))
        return "";
    return pool_format(&doc->memory, "; %s", text);
}

fsnn_status read_wrong(yaml_doc *doc, const yaml_node *node, const char *accepted)
{
    bool text = node && node->type == YAML_SCALAR && !node->plain;
    char advice[ADVICE];
    return yaml_fail(doc, node, "found %s%s, expected %s%s", yaml_found(doc, node),
                     text ? " in quotes, a text" : "", accepted ? accepted : "something else",
                     elsewhere(doc, node, advice));
}

bool read_plain(const yaml_node *node)
{
    return node && node->type == YAML_SCALAR && node->plain;
}

fsnn_status read_bool(yaml_doc *doc, const yaml_node *node, bool *out)
{
    static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
    for (int i = 0; read_plain(node) && i < FSNN_COUNT(words); i++)
        if (strcmp(node->text, words[i]) == 0) {
            *out = i >= 3;
            return FSNN_OK;
        }
    return read_wrong(doc, node, "true or false");
}

const char *accepted_integer(pool *memory, int64_t min, int64_t max)
{
    if (max == INT64_MAX && min == INT64_MIN)
        return "an integer";
    if (max == INT64_MAX)
        return pool_format(memory, "an integer of at least %lld", (long long)min);
    return pool_format(memory, "an integer from %lld to %lld", (long long)min, (long long)max);
}

fsnn_status read_integer(yaml_doc *doc, const yaml_node *node, int64_t min, int64_t max,
                         int64_t *out)
{
    if (read_plain(node) && strpbrk(node->text, "0123456789")) {
        const char *text = node->text;
        char *end;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (!errno && !*end && text[0] != ' ' && value >= min && value <= max) {
            *out = value;
            return FSNN_OK;
        }
    }
    return read_wrong(doc, node, accepted_integer(&doc->memory, min, max));
}

fsnn_status read_unsigned(yaml_doc *doc, const yaml_node *node, uint64_t *out)
{
    if (read_plain(node) && node->text[0] >= '0' && node->text[0] <= '9') {
        char *end;
        errno = 0;
        unsigned long long value = strtoull(node->text, &end, 10);
        if (!errno && !*end) {
            *out = value;
            return FSNN_OK;
        }
    }
    return read_wrong(doc, node, "an integer from 0 to 18446744073709551615");
}

const char *accepted_real(pool *memory, double min, double max, bool above)
{
    char low[FSNN_NUMBER_SIZE], high[FSNN_NUMBER_SIZE];
    const char *from = isinf(min) || min <= -1e300 ? NULL : fsnn_number_text(low, min);
    if (isinf(max) || max >= 1e300)
        return from ? pool_format(memory, "a number %s %s", above ? "above" : "of at least", from)
                    : "a number";
    const char *to = fsnn_number_text(high, max);
    if (!from)
        return pool_format(memory, "a number of at most %s", to);
    if (above)
        return pool_format(memory, "a number above %s and at most %s", from, to);
    return pool_format(memory, "a number from %s to %s", from, to);
}

/* Decimal numbers only (no hexadecimal, no names), with a point in every locale. */
static bool parse_real(const char *text, double *out)
{
    if (!*text || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return false;
    char *end;
    *out = strtod_l(text, &end, c);
    freelocale(c);
    return !*end && end != text && isfinite(*out);
}

fsnn_status read_real(yaml_doc *doc, const yaml_node *node, double min, double max, bool above,
                      double *out)
{
    double value;
    if (read_plain(node) && parse_real(node->text, &value) && value >= min && value <= max &&
        !(above && value == min)) {
        *out = value;
        return FSNN_OK;
    }
    return read_wrong(doc, node, accepted_real(&doc->memory, min, max, above));
}

fsnn_status read_text(yaml_doc *doc, const yaml_node *node, const char **out)
{
    if (yaml_null(node) || node->type != YAML_SCALAR)
        return read_wrong(doc, node, "a text");
    *out = node->text;
    return FSNN_OK;
}

int keys_count_names(const char *const *names)
{
    int count = 0;
    while (names[count])
        count++;
    return count;
}

fsnn_status read_name(yaml_doc *doc, const yaml_node *node, const char *const *names, int *out)
{
    int count = keys_count_names(names);
    const char *all = keys_list(&doc->memory, names, count);
    if (!node || node->type != YAML_SCALAR)
        return yaml_fail(doc, node, "found %s, expected one of %s", yaml_found(doc, node), all);
    for (int i = 0; i < count; i++)
        if (strcmp(node->text, names[i]) == 0) {
            *out = i;
            return FSNN_OK;
        }
    char advice[ADVICE];
    const fsnn_foreign_among among = {names, count};
    if (fsnn_foreign_advice(node->text, NULL, &among, advice, sizeof advice))
        return yaml_fail(doc, node, "found %s, expected one of %s; %s", yaml_found(doc, node), all,
                         advice);
    const char *near = fsnn_nearest(node->text, names, count);
    return yaml_fail(doc, node, "found %s, expected one of %s%s%s%s", yaml_found(doc, node), all,
                     near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
}

const char *keys_list(pool *memory, const char *const *names, int count)
{
    size_t size = 1;
    for (int i = 0; i < count; i++)
        size += strlen(names[i]) + 2;
    char *text = pool_alloc(memory, size), *at = text;
    if (!text)
        return "";
    for (int i = 0; i < count; i++) {
        if (i)
            at = stpcpy(at, ", ");
        at = stpcpy(at, names[i]);
    }
    return text;
}

const char *keys_advice(pool *memory, const char *name, const char *const *known, int count)
{
    const char *near = fsnn_nearest(name, known, count);
    const char *text =
        near ? pool_format(memory, ", did you mean \"%s\"?", near)
             : pool_format(memory, "; known are: %s", keys_list(memory, known, count));
    return text ? text : "";
}

static bool same_but_case(const char *name, const char *const *known, int count)
{
    for (int i = 0; i < count; i++)
        if (strcasecmp(name, known[i]) == 0)
            return true;
    return false;
}

const char *keys_advice_word(pool *memory, const char *name, const char *const *known, int count)
{
    char advice[ADVICE];
    if (same_but_case(name, known, count) ||
        !fsnn_foreign_advice(name, NULL, NULL, advice, sizeof advice))
        return keys_advice(memory, name, known, count);
    const char *text = pool_format(memory, "%s %s", strncmp(advice, "did", 3) ? ";" : ",", advice);
    return text ? text : "";
}
