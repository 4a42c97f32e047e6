/* export/layer_neuron.c: a neuron layer as a function: for each tile of neurons the sums over the
 * past, then neuron by neuron derivative, spike, new state. Numbers of neurons are in the order in
 * which they lie. */
#include "export/neuron.h"
#include "scan/tile.h"

#include <string.h>

/* ---- constants ---- */

static const real *row_of(const scan_tile *tile, code_row row, int index)
{
    if (row == CODE_ROW)
        return tile->row[index];
    if (row == CODE_PAR)
        return tile->par[index];
    return neuron_equation_slots(tile->self)[EQUATION_OWN + index];
}

static bool alike(const float *value, int64_t count)
{
    for (int64_t i = 1; i < count; i++)
        if (memcmp(&value[i], &value[0], sizeof *value) != 0)
            return false;
    return true;
}

/* A number of each neuron, [N]. */
static code_constant constant_of(code_neuron *p, const char *what, const float *value)
{
    code_constant c = {""};
    if (alike(value, p->N))
        snprintf(c.text, sizeof c.text, "%s", code_float(value[0]).text);
    else
        snprintf(c.text, sizeof c.text, "%s[n]", code_floats(p->j, what, p->number, value, p->N));
    return c;
}

code_constant code_constant_of(code_neuron *p, code_row row, int index)
{
    static const char *const name[] = {"row", "parameter", "prepared"};
    float *value = fsnn_alloc((size_t)p->N * sizeof *value);
    char what[32];
    if (!value) {
        p->j->failed = true;
        return (code_constant){""};
    }
    for (int64_t t = 0; t * ROW_LANES < p->N; t++) {
        scan_tile tile;
        scan_tile_open(p->scan, t, 0, &tile);
        memcpy(value + t * ROW_LANES, row_of(&tile, row, index),
               (size_t)tile.width * sizeof *value);
    }
    snprintf(what, sizeof what, "%s_%d", name[row], index);
    code_constant c = constant_of(p, what, value);
    fsnn_free(value);
    return c;
}

code_constant code_resistance(code_neuron *p)
{
    if (p->layer->resistance < 0)
        return (code_constant){""};
    float *value = fsnn_alloc((size_t)p->N * sizeof *value);
    if (!value) {
        p->j->failed = true;
        return (code_constant){""};
    }
    for (int64_t n = 0; n < p->N; n++)
        value[n] = p->layer->drive.value[neuron_drive_number(p->layer, n)];
    const code_constant each = constant_of(p, "resistance", value);
    code_constant c;
    snprintf(c.text, sizeof c.text, " * %.*s", (int)sizeof c.text - 4, each.text);
    fsnn_free(value);
    return c;
}

/* ---- the function ---- */

static void print_sums(code_neuron *p)
{
    code_text *t = &p->j->layers;
    for (int i = 0; i < p->states; i++) {
        const int number = code_memory_number(p, i);
        const frac_memory *m = &(i ? &p->scan->other[i - 1] : p->scan)->memory;
        char far[32];
        snprintf(far, sizeof far, m->compressed && m->modes.fit.modes ? "s->modes_%d" : "NULL",
                 number);
        code_add(t, "        net_recall(&memory_%d, past%d, %s, s->at_%d, from, count, sum%d);\n",
                 number, i, far, number, i);
    }
}

static void print_function(code_neuron *p)
{
    code_text *t = &p->j->layers;
    code_add(t,
             "\n/* %s \"%s\" */\nstatic void layer_%d(net_state *s, const float *in, float *out)\n"
             "{\n",
             p->s->op->op->kind, p->s->op->name, p->number);
    for (int i = 0; i < p->states; i++)
        code_memory_rows(p, i);
    code_add(t,
             "    for (uint32_t from = 0; from < %lldu; from += NET_TILE) {\n"
             "        const uint32_t count = net_least(%lldu - from, NET_TILE);\n",
             (long long)p->N, (long long)p->N);
    for (int i = 0; i < p->states; i++)
        code_add(t, "        float sum%d[NET_TILE];\n", i);
    print_sums(p);
    code_add(t, "        for (uint32_t i = 0; i < count; i++) {\n");
    code_add_text(t, &p->body);
    code_add(t, "        }\n    }\n}\n");
}

static void print_call(code_neuron *p)
{
    code_job *j = p->j;
    code_add(&j->step, "    layer_%d(s, %s, %s);\n", p->number, code_in(j, p->s, 0).text,
             code_out(j, p->s).text);
    if (!p->scan->model->readout)
        code_add(&j->step, "    NET_WATCH_LAYER(%d, %s, %lldu);\n", j->layers_seen++,
                 code_out(j, p->s).text, (long long)p->N);
}

static fsnn_status check(const code_neuron *p)
{
    FSNN_TRY(code_rule_check(p));
    for (int i = 0; i < p->states; i++)
        FSNN_TRY(code_memory_check(p, i));
    return FSNN_OK;
}

fsnn_status code_print_neuron(code_job *j, const net_step *s)
{
    const neuron_layer *layer = s->op->state;
    code_neuron p = {.j = j,
                     .s = s,
                     .layer = layer,
                     .scan = &layer->scan,
                     .number = code_number(j, s),
                     .N = layer->scan.N,
                     .states = 1 + layer->scan.others,
                     .rests = layer->scan.rest > 0};
    if (layer->scan.model->open && layer->user.equation)
        p.e = layer->scan.model->of;
    net_neuron_bind(j->net, s);
    FSNN_TRY(check(&p));
    for (int i = 0; i < p.states; i++)
        code_memory_print(&p, i);
    if (p.rests)
        code_state(j, "uint32_t", "wait", p.number, p.N);
    code_rule_print(&p);
    if (p.missing) {
        code_text_free(&p.body);
        return code_refuse(s,
                           "its equations call %s, which is the C library's; exp, log, sqrt, "
                           "tanh, sigmoid, abs, pow, min, max and step work",
                           p.missing);
    }
    print_function(&p);
    print_call(&p);
    j->failed = j->failed || p.body.failed;
    code_text_free(&p.body);
    return FSNN_OK;
}
