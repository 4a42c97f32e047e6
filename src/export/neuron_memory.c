/* export/neuron_memory.c: constants and state of the sums over the past (parts/memory.part). */
#include "export/neuron.h"

static const frac_memory *memory_of(const code_neuron *p, int state)
{
    return &(state ? &p->scan->other[state - 1] : p->scan)->memory;
}

fsnn_status code_memory_check(const code_neuron *p, int state)
{
    const frac_memory *m = memory_of(p, state);
    if (m->sums > 1 || m->method->start)
        return code_refuse(p->s,
                           "method %s gives the first drive a weight of its own at every step; "
                           "gl, l1, ab, ml and euler work",
                           m->method->name);
    if (!m->compressed && m->keep < 0)
        return code_refuse(p->s, "its memory is full and grows without end; dynamics.memory of "
                                 "a number of steps, or {tolerance: 1e-5}, works");
    if (integer_memory_rows(m) * p->N > NET_MOST_NUMBERS)
        return code_refuse(p->s, "%lld states of %lld neurons are too many",
                           (long long)integer_memory_rows(m), (long long)p->N);
    if (!m->compressed && m->lags < m->keep)
        return code_refuse(p->s, "its weights are settled for %lld steps and not for %lld",
                           (long long)m->lags, (long long)m->keep);
    return FSNN_OK;
}

/* `out`: [SPAN][modes] of what is [padded][stride]; else [modes][SPAN] of [SPAN][padded]. */
static const char *print_modes(code_job *j, const char *name, int number, const frac_modes *m,
                               const real *from, bool out)
{
    float *turned = fsnn_alloc((size_t)(FRAC_SPAN * m->fit.modes) * sizeof *turned);
    if (!turned) {
        j->failed = true;
        return "";
    }
    for (int i = 0; i < FRAC_SPAN; i++)
        for (int k = 0; k < m->fit.modes; k++)
            if (out)
                turned[i * m->fit.modes + k] = from[k * m->stride + i];
            else
                turned[k * FRAC_SPAN + i] = from[i * m->padded + k];
    const char *text = code_floats(j, name, number, turned, FRAC_SPAN * m->fit.modes);
    fsnn_free(turned);
    return text;
}

/* Weights of the past, the oldest first; lag 0 has none. */
static const char *print_weights(code_job *j, int number, const frac_sum *sum)
{
    const int64_t lags = sum->window;
    float *w = fsnn_alloc((size_t)(lags + 1) * sizeof *w);
    if (!w) {
        j->failed = true;
        return "";
    }
    w[0] = 0;
    for (int64_t l = 1; l <= lags; l++)
        w[lags - l] = (float)sum->w[l];
    const char *text = code_floats(j, "past_weight", number, w, lags ? lags : 1);
    fsnn_free(w);
    return text;
}

void code_memory_print(code_neuron *p, int state)
{
    code_job *j = p->j;
    const frac_memory *m = memory_of(p, state);
    const int number = code_memory_number(p, state);
    const int modes = m->compressed ? m->modes.fit.modes : 0;
    const char *out = "NULL", *in = "NULL", *decay = "NULL";
    code_use(j, "float_values");
    code_use_weigh(j, p->N);
    code_use(j, "memory");
    const char *w = print_weights(j, number, &m->sum[0]);
    if (modes) {
        out = print_modes(j, "mode_out", number, &m->modes, m->modes.out[0], true);
        in = print_modes(j, "mode_in", number, &m->modes, m->modes.in, false);
        decay = code_floats(j, "mode_decay", number, m->modes.decay, modes);
    }
    code_add(&j->tables,
             "static const net_memory memory_%d = {%s, %s, %s, %s, %lld, %lld, %d, %lld, %d};\n",
             number, w, out, in, decay, (long long)integer_memory_rows(m),
             (long long)m->sum[0].window, modes, (long long)p->N, m->compressed);
    code_counter(j, "uint32_t", "at", number);
    code_add(&j->state, "    float past_%d[%lld];\n", number,
             (long long)(integer_memory_rows(m) * p->N));
    j->numbers += integer_memory_rows(m) * p->N;
    if (modes)
        code_state(j, "float", "modes", number, modes * p->N);
    if (m->method->drive)
        code_state(j, "float", "u", number, p->N);
    char far[32];
    snprintf(far, sizeof far, modes ? "s->modes_%d" : "NULL", number);
    code_add(&j->advance, "    net_advance(&memory_%d, s->past_%d, %s, &s->at_%d);\n", number,
             number, far, number);
    j->multiply_adds += (double)p->N * (double)(m->sum[0].window + modes * 2);
}

void code_memory_rows(code_neuron *p, int state)
{
    const frac_memory *m = memory_of(p, state);
    code_text *t = &p->j->layers;
    const long long rows = (long long)integer_memory_rows(m), N = (long long)p->N;
    char at[32];
    snprintf(at, sizeof at, "s->at_%d", code_memory_number(p, state));
    code_add(t, "    float *const past%d = s->past_%d;\n", state, code_memory_number(p, state));
    if (m->compressed)
        code_add(t, "    float *const new%d = past%d + (%du + %s) * %lldu;\n", state, state,
                 FRAC_SPAN, at, N);
    else
        code_add(t, "    float *const new%d = past%d + %s * %lldu;\n", state, state, at, N);
    if (m->method->drive)
        return;
    if (m->compressed)
        code_add(t, "    const float *const last%d = new%d - %lldu;\n", state, state, N);
    else
        code_add(t, "    const float *const last%d = past%d + ((%s ? %s : %lldu) - 1) * %lldu;\n",
                 state, state, at, at, rows, N);
}

void code_memory_read(code_neuron *p, int state)
{
    const frac_memory *m = memory_of(p, state);
    const int number = code_memory_number(p, state);
    if (m->method->drive)
        code_add(&p->body, "            const float u%d = s->u_%d[n];\n", state, number);
    else
        code_add(&p->body, "            const float u%d = last%d[n];\n", state, state);
}

void code_memory_write(code_neuron *p, int state, const char *u, const char *x)
{
    const frac_memory *m = memory_of(p, state);
    const int number = code_memory_number(p, state);
    code_add(&p->body, "            new%d[n] = %s;\n", state, m->method->drive ? x : u);
    if (m->method->drive)
        code_add(&p->body, "            s->u_%d[n] = %s;\n", number, u);
}
