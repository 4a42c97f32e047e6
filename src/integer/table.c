/* integer/table.c: what has integers, one row a kind of step. */
#include "integer/integer.h"

typedef struct kind {
    const char *kind;
    integer_make_fn *make;
} kind;

static const kind kinds[] = {
    {"linear", integer_make_linear}, {"conv1d", integer_make_conv},
    {"conv2d", integer_make_conv},   {"maxpool", integer_make_pool},
    {"avgpool", integer_make_pool},  {"sumpool", integer_make_pool},
    {"flatten", integer_make_view},  {"reshape", integer_make_view},
    {"dropout", integer_make_copy},  {"batchnorm", integer_make_norm},
    {"tdbn", integer_make_norm},     {"scale", integer_make_scale},
    {"add", integer_make_add},       {"concat", integer_make_concat},
    {"voting", integer_make_voting}, {"delay", integer_make_delay},
    {"put", integer_make_put},       {"to channels-last", integer_make_turn},
    {"to plain", integer_make_turn},
};

integer_make_fn *integer_kind_of(const net_step *s)
{
    if (s->op->op->flags & OP_NEURON)
        return integer_make_neuron;
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, s->op->op->kind) == 0)
            return kinds[i].make;
    return NULL;
}

void integer_kinds_text(char *text, size_t bytes)
{
    size_t length = 0;
    text[0] = 0;
    for (int i = 0; i < FSNN_COUNT(kinds) && length < bytes; i++)
        if (!strchr(kinds[i].kind, ' ') && strcmp(kinds[i].kind, "put") != 0)
            length += (size_t)snprintf(text + length, bytes - length, "%s%s", i ? ", " : "",
                                       kinds[i].kind);
}
