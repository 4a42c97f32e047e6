/* export/integer_step.c: steps of a network in integers (integer/integer.h), one row a form. */
#include "export/export.h"

/* As whole numbers of 32 bits; NULL: out of memory. */
static const char *print_bytes(code_job *j, const char *what, int number, const int8_t *value,
                               int64_t count)
{
    int32_t *wide = fsnn_alloc((size_t)(count + 1) * sizeof *wide);
    if (!wide) {
        j->failed = true;
        return "";
    }
    for (int64_t i = 0; i < count; i++)
        wide[i] = value[i];
    const char *name = code_integers(j, "int8_t", what, number, wide, count);
    fsnn_free(wide);
    return name;
}

/* Two weights in a byte, the first in the low half. */
static const char *print_halves(code_job *j, int number, const int8_t *value, int64_t count)
{
    const int64_t bytes = (count + 1) / 2;
    int8_t *packed = fsnn_alloc((size_t)bytes);
    if (!packed) {
        j->failed = true;
        return "";
    }
    for (int64_t i = 0; i < bytes; i++) {
        const int low = value[2 * i] & 15, high = 2 * i + 1 < count ? value[2 * i + 1] & 15 : 0;
        packed[i] = (int8_t)(high < 8 ? high * 16 + low : high * 16 + low - 256);
    }
    const char *name = print_bytes(j, "weight", number, packed, bytes);
    fsnn_free(packed);
    return name;
}

static const char *print_weights(code_job *j, const integer_step *t, int number)
{
    const bool halves = j->integer->options.bits == 4;
    code_use(j, "simd");
    code_use(j, halves ? "weight4" : "weight8");
    return halves ? print_halves(j, number, t->weight, t->weights)
                  : print_bytes(j, "weight", number, t->weight, t->weights);
}

static void print_factors(code_job *j, const integer_step *t, int number)
{
    const net_factors *f = &t->factors;
    const int64_t C = t->channels;
    const char *multiplier = code_integers(j, "int32_t", "multiplier", number, f->multiplier, C);
    const char *bias = code_integers(j, "int32_t", "bias", number, f->bias, C);
    const char *shift = print_bytes(j, "shift", number, f->shift, C);
    code_add(&j->tables, "static const net_factors factors_%d = {%s, %s, %s};\n", number,
             multiplier, bias, shift);
}

static int number_of(const code_job *j, const integer_step *t)
{
    return (int)(t - j->integer->step);
}

static code_place in_of(const code_job *j, const integer_step *t, int k)
{
    return code_place_of(j, t->in[k]);
}

static code_place out_of(const code_job *j, const integer_step *t)
{
    return code_place_of(j, t->out);
}

/* ---- layers ---- */

static void print_linear(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    const char *w = print_weights(j, t, number);
    print_factors(j, t, number);
    code_use(j, "integer_products");
    code_use(j, "integer_linear");
    for (int64_t r = 0; r < t->rows; r++)
        code_add(&j->step,
                 "    net_linear(%s + %lld, %lldu, %d, %s, &factors_%d, %lldu, %s + %lld);\n",
                 in_of(j, t, 0).text, (long long)(r * t->input_numbers),
                 (long long)t->input_numbers, (int)t->down[0], w, number, (long long)t->outputs,
                 out_of(j, t).text, (long long)(r * t->outputs));
    j->multiply_adds += (double)(t->rows * t->weights);
}

static void print_conv(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    const bool apart = t->form == INTEGER_DEPTHWISE;
    const char *w = print_weights(j, t, number);
    print_factors(j, t, number);
    code_print_window(j, number, &t->window);
    if (!apart)
        code_use(j, "integer_products");
    code_use(j, apart ? "integer_depthwise" : "integer_conv");
    code_add(&j->step, "    %s(&window_%d, %s, %d, %s, &factors_%d, %s);\n",
             apart ? "net_depthwise" : "net_conv", number, in_of(j, t, 0).text, (int)t->down[0], w,
             number, out_of(j, t).text);
    j->multiply_adds += (double)(t->weights * (t->numbers / t->outputs));
}

static void print_pool(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    code_print_window(j, number, &t->window);
    code_use(j, "span");
    code_use(j, "integer_mean");
    code_use(j, "integer_pool");
    code_add(&j->step, "    net_pool(&window_%d, %d, %d, %s, %s);\n", number, t->pool,
             (int)t->down[0], in_of(j, t, 0).text, out_of(j, t).text);
}

static void print_voting(code_job *j, const integer_step *t)
{
    code_use(j, "integer_mean");
    code_use(j, "integer_voting");
    code_add(&j->step, "    net_voting(%s, %lldu, %lldu, %lld, %s);\n", in_of(j, t, 0).text,
             (long long)t->numbers, (long long)t->voters, (long long)t->more, out_of(j, t).text);
}

static void print_affine(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    print_factors(j, t, number);
    code_use(j, "integer_affine");
    code_add(&j->step, "    net_affine(%s, %lldu, %lldu, %lldu, &factors_%d, %s);\n",
             in_of(j, t, 0).text, (long long)t->numbers, (long long)t->stride,
             (long long)t->channels, number, out_of(j, t).text);
    j->multiply_adds += (double)t->numbers;
}

static void print_move(code_job *j, const integer_step *t)
{
    code_use(j, "integer_move");
    for (int64_t k = 0, at = 0; k < t->inputs; at += t->width[k], k++)
        code_add(&j->step, "    net_move(%s, %lldu, %lldu, %lldu, %d, %s + %lld);\n",
                 in_of(j, t, (int)k).text, (long long)t->rows, (long long)t->width[k],
                 (long long)t->whole, (int)t->down[k], out_of(j, t).text, (long long)at);
}

static void print_add(code_job *j, const integer_step *t)
{
    const long long count = t->numbers;
    code_use(j, "integer_move");
    code_add(&j->step, "    net_move(%s, 1u, %lldu, %lldu, %d, %s);\n", in_of(j, t, 0).text, count,
             count, (int)t->down[0], out_of(j, t).text);
    for (int k = 1; k < t->inputs; k++)
        code_add(&j->step, "    net_add(%s, %lldu, %d, %s);\n", in_of(j, t, k).text, count,
                 (int)t->down[k], out_of(j, t).text);
}

static void print_turn(code_job *j, const integer_step *t)
{
    code_use(j, "integer_turn");
    code_add(&j->step, "    net_turn(%s, %lldu, %lldu, %s);\n", in_of(j, t, 0).text,
             (long long)t->rows, (long long)t->columns, out_of(j, t).text);
}

static void print_view(code_job *j, const integer_step *t)
{
    (void)j, (void)t;
}

/* ---- delays ---- */

/* The step whose past a delay and what it takes in share: its number names it. */
static int past_number(const code_job *j, const integer_step *t)
{
    int i = 0;
    while (j->integer->step[i].form != INTEGER_DELAY || j->integer->step[i].past != t->past)
        i++;
    return i;
}

static void print_put(code_job *j, const integer_step *t)
{
    const int number = past_number(j, t);
    code_add(&j->step, "    net_delay_put(%s, s->delay_%d, %lldu, &s->turn_%d, %lldu);\n",
             in_of(j, t, 0).text, number, (long long)t->depth, number, (long long)t->numbers);
}

static void print_delay(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    const char *lags =
        t->lag ? code_integers(j, "uint32_t", "lag", number, (const int32_t *)t->lag, t->numbers)
               : "NULL";
    code_use(j, "integer_delay");
    code_state(j, "int32_t", "delay", number, t->depth * t->numbers);
    code_counter(j, "int32_t", "turn", number);
    code_add(&j->step,
             "    net_delay_read(%s, s->delay_%d, %lldu, s->turn_%d, %s, %lldu, %lldu, %s);\n",
             t->inputs ? in_of(j, t, 0).text : "NULL", number, (long long)t->depth, number, lags,
             (long long)t->same, (long long)t->numbers, out_of(j, t).text);
    if (t->inputs)
        print_put(j, t);
}

/* ---- neurons ---- */

static void print_memory(code_job *j, const integer_step *t, int number)
{
    const net_memory *m = &t->memory;
    const char *out = "NULL", *in = "NULL", *whole = "NULL", *shift = "NULL";
    const char *w = code_integers(j, "int32_t", "past_weight", number, m->w, m->lags ? m->lags : 1);
    if (m->modes) {
        out = code_integers(j, "int32_t", "mode_out", number, m->out, NET_SPAN * m->modes);
        in = code_integers(j, "int32_t", "mode_in", number, m->in, NET_SPAN * m->modes);
        whole = code_integers(j, "int32_t", "mode_whole", number, m->whole, m->modes);
        shift = print_bytes(j, "mode_shift", number, m->shift, m->modes);
    }
    code_add(&j->tables,
             "static const net_memory memory_%d = {%s, %s, %s, %s, %s, %u, %u, %u, %u, %u};\n",
             number, w, out, in, whole, shift, m->rows, m->lags, m->modes, m->neurons, m->blocks);
    code_counter(j, "int32_t", "at", number);
    code_add(&j->state, "    int32_t past_%d[%lld];\n", number, (long long)m->rows * m->neurons);
    j->numbers += (int64_t)m->rows * m->neurons;
    if (m->modes)
        code_state(j, "int32_t", "modes", number, (int64_t)m->modes * m->neurons);
    j->multiply_adds += (double)m->neurons * (double)(m->lags + m->modes * 2);
}

static void print_row(code_job *j, const net_row *r, const char *what, const integer_step *t,
                      code_text *to)
{
    const char *name =
        code_integers(j, "int32_t", what, number_of(j, t), r->value, r->each ? t->numbers : 1);
    code_add(to, "{%s, %u}, ", name, (unsigned)r->each);
}

static void print_rule(code_job *j, const integer_step *t, int number)
{
    const net_rule *r = &t->neuron;
    code_text rows = {0};
    print_row(j, &r->rate, "rate", t, &rows);
    print_row(j, &r->gain, "gain", t, &rows);
    print_row(j, &r->threshold, "threshold", t, &rows);
    print_row(j, &r->rest, "rest", t, &rows);
    print_row(j, &r->taken, "taken", t, &rows);
    code_add(&j->tables, "static const net_rule neuron_%d = {%s%d, %d, %d, %d, %d, %d, %d, %d};\n",
             number, code_string(&rows), (int)r->down, (int)r->leaky, (int)r->readout,
             (int)r->ahead, (int)r->above, (int)r->reset, (int)r->refractory, (int)r->holds);
    j->failed = j->failed || rows.failed;
    code_text_free(&rows);
}

static void print_operations(code_job *j, const char *what, int number, const net_operation *op,
                             uint32_t count)
{
    code_add(&j->tables, "static const net_operation %s_%d[%u] = {", what, number,
             (unsigned)(count ? count : 1));
    for (uint32_t i = 0; i < count; i++)
        code_add(&j->tables, "%s%s{%d, %d, %d, %d, %d, %d}", i ? "," : "", i % 4 ? " " : "\n    ",
                 op[i].code, op[i].to, op[i].a, op[i].b, op[i].left, op[i].right);
    code_add(&j->tables, count ? "};\n" : "{0}};\n");
    j->flash += (int64_t)sizeof *op * count;
}

static void print_equation(code_job *j, const integer_step *t, int number)
{
    const net_equation *e = t->equation;
    code_text rows = {0};
    code_use(j, "integer_equation");
    print_operations(j, "charge", number, e->charge, e->charges);
    print_operations(j, "argument", number, e->spike, e->spikes);
    print_operations(j, "after", number, e->after, e->afters);
    for (int64_t r = 0; r < t->rows; r++) {
        char what[32];
        snprintf(what, sizeof what, "constant_%d", (int)r);
        print_row(j, &e->row[r], what, t, &rows);
    }
    code_add(&j->tables, "static const net_row row_%d[%d] = {%s};\n", number,
             (int)(t->rows ? t->rows : 1), t->rows ? code_string(&rows) : "{NULL, 0}");
    code_add(&j->tables,
             "static const net_equation equation_%d = {charge_%d, argument_%d, after_%d, %u, %u, "
             "%u, row_%d, %d, %d};\n",
             number, number, number, number, (unsigned)e->charges, (unsigned)e->spikes,
             (unsigned)e->afters, number, (int)e->gain, (int)e->shift);
    j->multiply_adds += (double)t->numbers * (e->charges + e->spikes + e->afters);
    j->failed = j->failed || rows.failed;
    code_text_free(&rows);
}

static void print_neuron(code_job *j, const integer_step *t)
{
    const int number = number_of(j, t);
    char modes[32] = "NULL", wait[32] = "NULL", call[64] = "net_neurons(";
    code_use(j, "integer_values");
    code_use_weigh(j, t->numbers);
    code_use(j, "integer_memory");
    code_use(j, "integer_neuron");
    print_memory(j, t, number);
    print_rule(j, t, number);
    if (t->equation) {
        print_equation(j, t, number);
        snprintf(call, sizeof call, "net_own_neurons(&equation_%d, ", number);
    }
    if (t->memory.modes)
        snprintf(modes, sizeof modes, "s->modes_%d", number);
    if (t->neuron.refractory) {
        code_state(j, "int32_t", "wait", number, t->numbers);
        snprintf(wait, sizeof wait, "s->wait_%d", number);
    }
    code_add(
        &j->layers,
        "\n/* \"%s\" */\nstatic void layer_%d(net_state *s, const int32_t *in, int32_t *out)\n{\n"
        "    const net_past past = {s->past_%d, %s, %s, (uint32_t)s->at_%d};\n"
        "    %s&neuron_%d, &memory_%d, &past, in, out);\n}\n",
        t->name, number, number, modes, wait, number, call, number, number);
    code_add(&j->step, "    layer_%d(s, %s, %s);\n", number, in_of(j, t, 0).text,
             out_of(j, t).text);
    if (!t->neuron.readout)
        code_add(&j->step, "    NET_WATCH_LAYER(%d, %s, %lldu);\n", j->layers_seen++,
                 out_of(j, t).text, (long long)t->numbers);
    code_add(&j->advance, "    net_advance(&memory_%d, s->past_%d, %s, &s->at_%d);\n", number,
             number, modes, number);
}

static void (*const forms[INTEGER_FORMS])(code_job *j, const integer_step *t) = {
    [INTEGER_VIEW] = print_view,     [INTEGER_LINEAR] = print_linear,
    [INTEGER_CONV] = print_conv,     [INTEGER_DEPTHWISE] = print_conv,
    [INTEGER_POOL] = print_pool,     [INTEGER_VOTING] = print_voting,
    [INTEGER_AFFINE] = print_affine, [INTEGER_MOVE] = print_move,
    [INTEGER_ADD] = print_add,       [INTEGER_TURN] = print_turn,
    [INTEGER_DELAY] = print_delay,   [INTEGER_PUT] = print_put,
    [INTEGER_NEURON] = print_neuron,
};

fsnn_status code_print_integer(code_job *j, const integer_step *t)
{
    forms[t->form](j, t);
    return j->failed ? FSNN_EMEMORY : FSNN_OK;
}
