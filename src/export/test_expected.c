/* export/test_expected.c: what net_test.c expects, in the order in which the C gives it: the
 * numbers of a run of the network, or, of integers, of a run of them. */
#include "export/test.h"
#include "integer/run.h"
#include "net/neuron_ops.h"

fsnn_status code_test_find(code_test *t)
{
    const fsnn_net *net = t->j->net;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        if (!(s->op->op->flags & OP_NEURON) || s->op->op->neuron->readout(s->op))
            continue;
        char name[512];
        snprintf(name, sizeof name, "spikes.%s", s->op->name);
        const fsnn_array *a = fsnn_arrays_find(t->j->options->expected, name);
        int64_t N = fsnn_shape_count(&s->op->out[0]);
        if (!a || !a->data || a->dtype != FSNN_F32 ||
            fsnn_shape_count(&a->shape) != t->T * t->B * N)
            return fsnn_fail(FSNN_EARGUMENT, "the expected arrays lack \"%s\", float32 [T, B, ...]",
                             name);
        if (t->layers == FSNN_COUNT(t->spikes))
            return fsnn_fail(FSNN_EUNSUPPORTED, "a test takes at most %d layers of neurons",
                             FSNN_COUNT(t->spikes));
        t->layer[t->layers] = s;
        t->N[t->layers] = N;
        t->all += N;
        t->spikes[t->layers++] = a;
    }
    return FSNN_OK;
}

int64_t code_test_plain(const net_step *s, int64_t i)
{
    return net_plain(&s->op->out[0], s->op->out_last[0], i);
}

/* ---- what is expected ---- */

static void expect_floats(code_test *t)
{
    float *output = t->output;
    uint8_t *fired = t->fired;
    for (int64_t n = 0; n < t->B; n++)
        for (int64_t k = 0; k < t->T; k++) {
            const int64_t row = k * t->B + n;
            memcpy(output + (n * t->T + k) * t->out, (const float *)t->y->data + row * t->out,
                   (size_t)t->out * sizeof *output);
            for (int l = 0; l < t->layers; l++) {
                const float *spikes = (const float *)t->spikes[l]->data + row * t->N[l];
                for (int64_t i = 0; i < t->N[l]; i++)
                    *fired++ = spikes[code_test_plain(t->layer[l], i)] != 0;
            }
        }
}

/* What the integers give at a step of a sample. */
static void keep_integers(const fsnn_integer *p, const int32_t *state, int64_t k, int64_t n,
                          void *user)
{
    const code_test *t = user;
    const int32_t *from = integer_output(p, state);
    int32_t *output = (int32_t *)t->output + (n * t->T + k) * t->out;
    uint8_t *fired = t->fired + (n * t->T + k) * t->all;
    for (int64_t i = 0; i < t->out; i++)
        output[integer_plain(p, i)] = from[i];
    for (int s = 0; s < p->steps; s++) {
        const integer_step *layer = &p->step[s];
        if (layer->form != INTEGER_NEURON || layer->neuron.readout)
            continue;
        for (int64_t i = 0; i < layer->numbers; i++)
            *fired++ = state[layer->out_at + i] != 0;
    }
}

fsnn_status code_test_expect(code_test *t)
{
    t->fired = fsnn_alloc((size_t)(t->B * t->T * t->all + 1));
    t->output = fsnn_alloc((size_t)(t->B * t->T * t->out) * sizeof(float));
    if (!t->fired || !t->output)
        return FSNN_EMEMORY;
    if (t->j->integer)
        return integer_run(t->j->integer, t->T, t->B, t->x->data, keep_integers, t);
    expect_floats(t);
    return FSNN_OK;
}
