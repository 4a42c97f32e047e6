/* export/table.c: what can become C, one row a kind of step. */
#include "export/export.h"

static const code_kind kinds[] = {
    {"linear", code_print_linear},
    {"conv1d", code_print_conv},
    {"conv2d", code_print_conv},
    {"convtranspose1d", code_print_transposed},
    {"convtranspose2d", code_print_transposed},
    {"maxpool", code_print_pool},
    {"avgpool", code_print_pool},
    {"sumpool", code_print_pool},
    {"flatten", code_print_view},
    {"reshape", code_print_view},
    {"dropout", code_print_copy},
    {"droppath", code_print_copy},
    {"batchnorm", code_print_batchnorm},
    {"scale", code_print_scale},
    {"add", code_print_add},
    {"concat", code_print_concat},
    {"voting", code_print_voting},
    {"upsample", code_print_upsample},
    {"delay", code_print_delay},
    {"put", code_print_put},
    {"learned_delay", code_print_learned_delay},
    {"delayed_linear", code_print_delayed_linear},
    {"tdbn", code_print_batchnorm},
    {"to channels-last", code_print_turn},
    {"to plain", code_print_turn},
};

static const code_kind neuron = {"neuron", code_print_neuron};

const code_kind *code_kind_of(const net_step *s)
{
    if (s->op->op->flags & OP_NEURON)
        return &neuron;
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, s->op->op->kind) == 0)
            return &kinds[i];
    return NULL;
}

/* Kinds without C, and what does their work on a device. */
static const struct instead {
    const char *kind, *instead;
} instead[] = {
    {"layernorm", "`batchnorm` works"},
};

const char *code_kind_instead(const char *kind)
{
    for (int i = 0; i < FSNN_COUNT(instead); i++)
        if (strcmp(instead[i].kind, kind) == 0)
            return instead[i].instead;
    return NULL;
}

void code_kinds_text(code_text *t)
{
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (!strchr(kinds[i].kind, ' ') && strcmp(kinds[i].kind, "put") != 0)
            code_add(t, "%s%s", i ? ", " : "", kinds[i].kind);
    code_add(t, " and all kinds of neurons");
}
