/* What a file of weights says of the net that they were made in, beside the net they are for. */
#include "model/weights.h"

#include "net/net.h"

#include <fsnn/data.h>

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 4 };

/* A line "KEY<tab>VALUE"; what is behind it, or NULL. */
typedef struct line {
    const char *key, *value;
    int key_length, value_length;
} line;

static const char *next_line(const char *text, line *out)
{
    const char *tab = strchr(text, '\t'), *end = text + strcspn(text, "\n");
    if (!*text || !tab || tab > end)
        return NULL;
    *out = (line){text, tab + 1, (int)(tab - text), (int)(end - tab - 1)};
    return *end ? end + 1 : end;
}

static bool find(const char *text, const line *wanted, line *found)
{
    while ((text = next_line(text, found)))
        if (found->key_length == wanted->key_length &&
            strncmp(found->key, wanted->key, (size_t)wanted->key_length) == 0)
            return true;
    return false;
}

static bool loaded(const fsnn_arrays *list, const line *of)
{
    for (int i = 0; i < list->count; i++)
        if (strlen(list->item[i].name) == (size_t)of->key_length &&
            strncmp(list->item[i].name, of->key, (size_t)of->key_length) == 0)
            return true;
    return false;
}

static bool is_of_data(const line *of)
{
    int length = (int)strlen(WEIGHTS_DATA);
    return of->key_length > length &&
           strncmp(of->key + of->key_length - length, WEIGHTS_DATA, (size_t)length) == 0;
}

/* "made (here that)", "" where both are the same. */
static void differ(const line *made, const line *here, char *words, size_t size)
{
    char a[FSNN_FINGERPRINT_SIZE], b[FSNN_FINGERPRINT_SIZE];
    *words = 0;
    if (made->value_length == here->value_length &&
        strncmp(made->value, here->value, (size_t)made->value_length) == 0)
        return;
    snprintf(a, sizeof a, "%.*s", made->value_length, made->value);
    snprintf(b, sizeof b, "%.*s", here->value_length, here->value);
    if (is_of_data(made))
        fsnn_fingerprint_differs(a, b, words, size);
    else
        snprintf(words, size, "%s (here %s)", a, b);
}

/* Writes what differs; returns how many do. */
static int compare(FILE *out, const char *made, const char *here, const fsnn_arrays *list)
{
    int count = 0;
    line a, b;
    while ((made = next_line(made, &a))) {
        char words[2 * FSNN_FINGERPRINT_SIZE + sizeof " (here )"];
        if (!find(here, &a, &b) || loaded(list, &a))
            continue;
        differ(&a, &b, words, sizeof words);
        if (*words && count++ < SHOWN)
            fprintf(out, "%s%.*s%s %s", count > 1 ? ", " : "", a.key_length, a.key,
                    is_of_data(&a) ? ":" : "", words);
    }
    if (count > SHOWN)
        fprintf(out, " and %d more that differ", count - SHOWN);
    return count;
}

fsnn_status weights_remark(fsnn_net *net, const char *path, const fsnn_arrays *list)
{
    const char *made = fsnn_arrays_meta_find(list, WEIGHTS_NET);
    char *here, *differs = NULL;
    size_t size = 0;
    if (!made)
        return FSNN_OK;
    FSNN_TRY(net_describe(net, true, &here));
    FILE *out = open_memstream(&differs, &size);
    int count = out ? compare(out, made, here, list) : 0;
    free(here);
    bool failed = !out || ferror(out);
    failed = (out && fclose(out) != 0) || failed;
    fsnn_status status = failed ? fsnn_fail(FSNN_EMEMORY, "out of memory") : FSNN_OK;
    if (!failed && count)
        status =
            net_warn_once(net, fsnn_format("%s: these weights were made with %s", path, differs));
    free(differs);
    return status;
}

/* ---- numbers that are fixed here ---- */

/* The parameter is fixed here and the array has another number for it, which is written. */
static bool other(FILE *out, const fsnn_param *param, const fsnn_array *array, int before)
{
    int64_t count = fsnn_shape_count(&param->shape);
    bool wide = array->dtype == FSNN_F64;
    for (int64_t i = 0; i < count; i++) {
        double there = wide ? ((const double *)array->data)[i] : ((const float *)array->data)[i];
        double here = net_param_value(param, i);
        if (there == here || (float)there == (float)here)
            continue;
        if (before < SHOWN)
            fprintf(out, "%s%s %.6g (%.6g in the description)", before ? ", " : "", param->name,
                    there, here);
        return true;
    }
    return false;
}

static int compare_fixed(FILE *out, const fsnn_net *net, const fsnn_arrays *list,
                         void *const *stays)
{
    int count = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        const fsnn_array *array = fsnn_arrays_find(list, param->name);
        if (array && param->neuron && !param->learn && !(stays && stays[i]))
            count += other(out, param, array, count);
    }
    if (count > SHOWN)
        fprintf(out, " and %d more", count - SHOWN);
    return count;
}

fsnn_status weights_remark_fixed(fsnn_net *net, const char *path, const fsnn_arrays *list,
                                 void *const *stays)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int count = out ? compare_fixed(out, net, list, stays) : 0;
    bool failed = !out || ferror(out);
    failed = (out && fclose(out) != 0) || failed;
    fsnn_status status = failed ? fsnn_fail(FSNN_EMEMORY, "out of memory") : FSNN_OK;
    if (!failed && count)
        status = net_warn_once(
            net, fsnn_format("%s: numbers that are not learned here are those of the weights: %s",
                             path, text));
    free(text);
    return status;
}
