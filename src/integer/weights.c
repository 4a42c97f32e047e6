/* integer/weights.c: linear layers, convolutions, and what has a factor for each channel or number:
 * normalisation, which goes into the layer before it where that can be, and scale. */
#include "integer/integer.h"
#include "integer/window.h"

#include <math.h>

fsnn_status integer_make_linear(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_linear *o = s->op->options;
    const fsnn_shape *in = &s->op->in[0];
    t->form = INTEGER_LINEAR;
    t->input_numbers = in->dim[in->rank - 1];
    t->rows = fsnn_shape_count(in) / t->input_numbers;
    t->outputs = o->out;
    t->weights = t->input_numbers * o->out;
    t->stride = 1;
    FSNN_TRY(integer_gains_make(p, t, o->out));
    FSNN_TRY(integer_weigh(p, t, integer_param(p, s, 0), o->bias ? integer_param(p, s, 1) : NULL));
    return integer_gains_settle(p, s, t);
}

fsnn_status integer_make_conv(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const bool biased = s->op->params > 1;
    t->window = integer_conv_window(s);
    t->form = integer_conv_apart(&t->window) ? INTEGER_DEPTHWISE : INTEGER_CONV;
    t->outputs = t->window.outputs;
    t->weights = fsnn_shape_count(&s->op->param[0].shape);
    t->stride = 1;
    FSNN_TRY(integer_gains_make(p, t, t->outputs));
    FSNN_TRY(integer_weigh(p, t, integer_param(p, s, 0), biased ? integer_param(p, s, 1) : NULL));
    /* as rows of [out][C/groups kernel], which the C has with the kernel's points first */
    const int64_t in = t->window.channels / t->window.groups, points = t->weights / t->outputs / in;
    int8_t *turned = integer_alloc(p, (size_t)t->weights);
    if (!turned)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < in; c++)
        for (int64_t k = 0; k < points; k++)
            memcpy(turned + (k * in + c) * t->outputs, t->weight + (c * points + k) * t->outputs,
                   (size_t)t->outputs);
    t->weight = turned;
    return integer_gains_settle(p, s, t);
}

/* ---- a factor for each channel ---- */

/* The layer of weights that gives nothing but this step's input, channel by channel; NULL: none. */
static integer_step *layer_before(const fsnn_integer *p, const net_step *s)
{
    const net_value *v = &p->net->value[s->in[0]];
    if (v->step < 0 || v->root != s->in[0] || v->readers != 1 || s->in[0] == p->out_value)
        return NULL;
    integer_step *t = &p->step[v->step];
    const bool weighs = t->form == INTEGER_CONV || t->form == INTEGER_DEPTHWISE ||
                        (t->form == INTEGER_LINEAR && t->rows == 1);
    return weighs && t->weight && t->outputs == s->op->in[0].dim[0] ? t : NULL;
}

/* y = gain x + offset of each channel, by itself or as part of the layer before. */
static fsnn_status apply(fsnn_integer *p, const net_step *s, integer_step *t, const double *gain,
                         const double *offset)
{
    const int64_t C = s->op->in[0].dim[0], numbers = fsnn_shape_count(&s->op->in[0]);
    integer_step *before = layer_before(p, s), *to = before ? before : t;
    if (!before) {
        t->form = INTEGER_AFFINE;
        t->stride = s->op->in_last[0] ? 1 : numbers / C;
        FSNN_TRY(integer_gains_make(p, t, C));
    }
    for (int64_t c = 0; c < C; c++) {
        if (!before)
            to->gains.gain[c] = to->gains.reach[c] = 1;
        to->gains.gain[c] *= gain[c];
        to->gains.offset[c] = to->gains.offset[c] * gain[c] + offset[c];
    }
    if (before)
        p->root[s->out[0]] = p->root[s->in[0]];
    return integer_gains_settle(p, s, to);
}

/* The running statistics, as op/batchnorm.c applies them; tdbn's deviation is a factor of
 * weight. */
fsnn_status integer_make_norm(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_batchnorm *o = s->op->options; /* an fsnn_tdbn begins with one */
    const fsnn_tdbn *td = strcmp(s->op->op->kind, "tdbn") == 0 ? s->op->options : NULL;
    const int64_t C = s->op->in[0].dim[0];
    const float *mean = integer_param(p, s, s->op->params - 2),
                *var = integer_param(p, s, s->op->params - 1);
    double *gain = integer_alloc(p, (size_t)(2 * C) * sizeof *gain);
    if (!gain)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < C; c++) {
        gain[c] = (td ? td->alpha * td->threshold : 1) / sqrt((double)var[c] + o->eps);
        gain[c] *= o->affine ? integer_param(p, s, 0)[c] : 1;
        gain[C + c] = (o->affine ? integer_param(p, s, 1)[c] : 0) - mean[c] * gain[c];
    }
    return apply(p, s, t, gain, gain + C);
}

/* A factor for each number: as many channels as numbers. */
fsnn_status integer_make_scale(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const fsnn_scaling *o = s->op->options;
    const int64_t numbers = fsnn_shape_count(&s->op->in[0]);
    t->form = INTEGER_AFFINE;
    t->stride = 1;
    FSNN_TRY(integer_gains_make(p, t, numbers));
    for (int64_t i = 0; i < numbers; i++) {
        t->gains.gain[i] = integer_param(p, s, 0)[i];
        t->gains.offset[i] = o->bias ? integer_param(p, s, 1)[i] : 0;
        t->gains.reach[i] = 1;
    }
    return integer_gains_settle(p, s, t);
}
