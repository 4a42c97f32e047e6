/* What a net computes beside its weights, as lines "KEY<tab>VALUE": its dynamics, the kind and the
 * options of each neuron layer, and notes of whoever built it. Files of weights carry it. */
#include "net/net.h"

#include <fsnn/frac.h>

#include <stdio.h>
#include <stdlib.h>

enum { MOST_VALUES = 32, NUMBER = 32 };

/* The shortest text that is read back as the same number. */
static const char *shortest(double value, bool single, char text[NUMBER])
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, NUMBER, "%.*g", digits, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    return text;
}

/* A line is one: what would break it in a name or a text is a blank. */
static void put(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
}

static void begin(FILE *out, const char *node, const char *prefix, const char *key)
{
    put(out, node);
    fprintf(out, ".%s%s\t", prefix, key);
}

/* The value of a key of one number or text; false: it has more. */
static bool plain(FILE *out, const fsnn_key *key, const void *at)
{
    char number[NUMBER];
    const char *text;
    switch (key->type) {
    case FSNN_KEY_BOOL:
        return fputs(*(const bool *)at ? "true" : "false", out), true;
    case FSNN_KEY_INT:
    case FSNN_KEY_INTS:
        return fprintf(out, "%lld", (long long)*(const int64_t *)at), true;
    case FSNN_KEY_INT32:
        return fprintf(out, "%d", *(const int *)at), true;
    case FSNN_KEY_UINT64:
        return fprintf(out, "%llu", (unsigned long long)*(const uint64_t *)at), true;
    case FSNN_KEY_REAL:
    case FSNN_KEY_REALS: /* a list belongs to a parameter, which is written with its values */
        return fputs(shortest(*(const double *)at, false, number), out), true;
    case FSNN_KEY_ENUM:
        return fputs(fsnn_key_name(key, *(const int *)at), out), true;
    case FSNN_KEY_TEXT:
        text = *(const char *const *)at;
        return put(out, text ? text : ""), true;
    default:
        return false;
    }
}

static bool is_param(const op_node *op, const char *name)
{
    for (int p = 0; p < op->params; p++)
        if (strcmp(op->param[p].name, name) == 0)
            return true;
    return false;
}

/* `dNAME` of a state w is dw. */
static void family(FILE *out, const op_node *op, const fsnn_key *key, const void *options)
{
    const char *base = options, *at = strstr(key->name, "NAME");
    int count = *(const int *)(base + key->count);
    for (int i = 0; at && i < count; i++) {
        const char *item = base + key->offset + (size_t)i * key->size;
        put(out, op->name);
        fprintf(out, ".%.*s", (int)(at - key->name), key->name);
        put(out, *(const char *const *)item);
        fprintf(out, "%s\t", at + strlen("NAME"));
        plain(out, key->group, item + key->group->offset);
        fputc('\n', out);
    }
}

static void texts(FILE *out, const op_node *op, const fsnn_key *key, const void *options)
{
    const char *base = options;
    const char *const *text = (const char *const *)(const void *)(base + key->offset);
    int count = *(const int *)(base + key->count);
    begin(out, op->name, "", key->name);
    for (int i = 0; i < count; i++) {
        fputs(i ? " " : "", out);
        put(out, text[i]);
    }
    fputc('\n', out);
}

/* Parameters are written with their values, not here. */
static void options(FILE *out, const op_node *op, const char *prefix, const fsnn_key *table,
                    const void *base)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key)) {
        const char *at = (const char *)base + key->offset;
        if (key->type == FSNN_KEY_NAMED || key->optional || key->instead ||
            (!*prefix && is_param(op, key->name)))
            continue;
        if (key->type == FSNN_KEY_FAMILY) {
            family(out, op, key, base);
        } else if (key->type == FSNN_KEY_TEXTS) {
            texts(out, op, key, base);
        } else if (key->type == FSNN_KEY_GROUP) {
            char inner[NUMBER];
            snprintf(inner, sizeof inner, "%s.", key->name);
            if (key->brief) {
                begin(out, op->name, prefix, key->name);
                plain(out, key->group, at + key->group->offset);
                fputc('\n', out);
                continue;
            }
            options(out, op, inner, key->group, at);
        } else {
            begin(out, op->name, prefix, key->name);
            plain(out, key, at);
            fputc('\n', out);
        }
    }
}

/* "lif1.tau<tab>2": one number where all are the same. */
static void values(FILE *out, const fsnn_param *param)
{
    char number[NUMBER];
    int64_t count = fsnn_shape_count(&param->shape), shown = 1;
    for (int64_t i = 1; i < count; i++)
        if (net_param_value(param, i) != net_param_value(param, 0))
            shown = count < MOST_VALUES ? count : MOST_VALUES;
    put(out, param->name);
    fputc('\t', out);
    for (int64_t i = 0; i < shown && i < count; i++)
        fprintf(out, "%s%s", i ? " " : "",
                shortest(net_param_value(param, i), !param->value64, number));
    fputs(shown > 1 && shown < count ? " ...\n" : "\n", out);
}

static void layer(FILE *out, const fsnn_net *net, const net_node *node, bool learned)
{
    const op_node *op = &node->op;
    begin(out, op->name, "", "kind");
    fprintf(out, "%s\n", op->op->kind);
    for (int p = 0; p < op->params; p++) {
        const fsnn_param *param = &net->param[node->first_param + p];
        if (param->neuron && (learned || !param->learn))
            values(out, param);
    }
    options(out, op, "", op->op->keys, op->options);
}

static void dynamics(FILE *out, const fsnn_dynamics *d)
{
    char number[NUMBER];
    fprintf(out, "dynamics.integrator\t%s\n", d->integrator == FSNN_FDEINT ? "fdeint" : "odeint");
    fprintf(out, "dynamics.method\t%s\n", fsnn_method_name(d->method));
    fprintf(out, "dynamics.implicit\t%s\n", d->implicit ? "true" : "false");
    fprintf(out, "dynamics.step\t%s\n", shortest(d->step, false, number));
    if (d->precision !=
        FSNN_PRECISION_SINGLE) /* what was written before there was another says nothing */
        fprintf(out, "dynamics.precision\t%s\n", fsnn_precision_name(d->precision));
    fputs("dynamics.memory\t", out);
    if (d->memory > 0)
        fprintf(out, "%lld\n", (long long)d->memory);
    else if (d->tolerance > 0)
        fprintf(out, "tolerance %s\n", shortest(d->tolerance, false, number));
    else
        fputs("full\n", out);
}

fsnn_status net_describe(const fsnn_net *net, bool learned, char **text)
{
    size_t size = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    dynamics(out, &net->dynamics);
    for (int i = 1; i < net->nodes; i++)
        if (net_neuron(net, i) && net->node[i]->shares < 0)
            layer(out, net, net->node[i], learned);
    if (net->notes)
        fputs(net->notes, out);
    bool failed = ferror(out);
    failed = fclose(out) != 0 || failed;
    if (!failed && *text)
        return FSNN_OK;
    free(*text);
    *text = NULL;
    return fsnn_fail(FSNN_EMEMORY, "out of memory");
}

fsnn_status fsnn_net_describe(const fsnn_net *net, char **text)
{
    if (!net || !text)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_describe: an argument is NULL");
    *text = NULL;
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: call fsnn_net_wrap first");
    return net_describe(net, false, text);
}

/* The line "KEY<tab>VALUE\n" of the notes, or their end. */
static const char *find_note(const char *notes, const char *key)
{
    size_t length = strlen(key);
    while (*notes && (strncmp(notes, key, length) != 0 || notes[length] != '\t'))
        notes = strchr(notes, '\n') + 1;
    return notes;
}

fsnn_status fsnn_net_note(fsnn_net *net, const char *key, const char *value)
{
    if (!net || !key || !value)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_note: an argument is NULL");
    if (!*key || strpbrk(key, "\t\n\r") || strpbrk(value, "\t\n\r"))
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_net_note: key and value are one line without tabs");
    const char *before = net->notes ? net->notes : "", *old = find_note(before, key),
               *after = *old ? strchr(old, '\n') + 1 : old;
    char *notes = fsnn_format("%.*s%s\t%s\n%s", (int)(old - before), before, key, value, after);
    if (!notes)
        return FSNN_EMEMORY;
    fsnn_free(net->notes);
    net->notes = notes;
    return FSNN_OK;
}
