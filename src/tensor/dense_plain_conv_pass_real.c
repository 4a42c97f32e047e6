/* tensor/dense_plain_conv_pass_real.c: convolutions as products of matrices (Chellapilla, Puri and
 * Simard 2006), whose patches are packed as the product goes and never written down.
 *
 *   y[point, out]        = patches(x)[point, (place, in)]    w[(place, in), out]
 *   gx[point, in]        = patches(gy)[point, (place, out)]  w[(place, out), in], phase by phase
 *   gw[out, (place, in)] = gy[point, out]^T  patches(x)[point, (place, in)], chunk by chunk
 *
 * The weights [out, in, places] are turned once a call. Cost: that of the convolution; memory: a
 * copy of the weights, for their gradient one a chunk. */
#include "tensor/dense_plain_conv.h"

#include "base/isa.h"

/* As measured on a Zen 4, oneDNN held to the same instruction set: 32 channels of 14x14, 64 out,
 * 3x3. Numbers of twice the size take twice as long. */
double dense_conv_time(void)
{
    static const double time[] = {
        [FSNN_ISA_BASE] = 1, [FSNN_ISA_AVX2] = 1.6, [FSNN_ISA_AVX512] = 1.6};
    return time[fsnn_isa_level()] * (double)(sizeof(real) / sizeof(float));
}

/* ---- the weights, turned ---- */

typedef struct turn {
    const dense_conv *conv;
    const int64_t *place; /* [places] of the kernel; NULL: all */
    int64_t places;
    bool back; /* [group, place, out, in] in place of [group, place, in, out] */
    const real *w;
    real *to;
} turn;

/* One place of one group. */
static void turn_place(int64_t i, int worker, void *user)
{
    const turn *t = user;
    const dense_conv *conv = t->conv;
    int64_t n = i % t->places, from = i / t->places * conv->out;
    const real *w = t->w + from * conv->in * conv->places + (t->place ? t->place[n] : n);
    int64_t o = conv->in * conv->places, c = conv->places; /* apart */
    int64_t rows = t->back ? conv->out : conv->in, columns = t->back ? conv->in : conv->out;
    int64_t down = t->back ? o : c, across = t->back ? c : o;
    real *to = t->to + i * rows * columns;
    (void)worker;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++)
            *to++ = w[row * down + column * across];
}

static void turn_weights(turn *t)
{
    fsnn_parallel(t->places * t->conv->shape.groups, turn_place, t);
}

/* [place, channel] of all channels, each a group. */
static void turn_depthwise(const turn *t)
{
    int64_t C = t->conv->shape.C;
    for (int64_t i = 0; i < t->places; i++)
        for (int64_t c = 0; c < C; c++)
            t->to[i * C + c] = t->w[c * t->conv->places + (t->place ? t->place[i] : i)];
}

/* ---- patches times weights, a product a group ---- */

typedef struct call {
    const dense_conv *conv;
    product_patches patches; /* of all channels */
    const real *w;           /* [group, K, N] */
    const real *start;       /* [channels written]; NULL: nothing */
    real *to;
    int64_t images;
    int64_t read, written; /* channels of a group */
    product_rows rows;
} call;

static void make_group(int64_t i, const void *user, product *p)
{
    const call *c = user;
    product_patches patches = c->patches;
    int64_t K = c->patches.places * c->read, N = c->written;
    patches.first = i * c->read;
    patches.count = c->read;
    *p = (product){.M = c->images * patches.grid[0] * patches.grid[1],
                   .N = N,
                   .K = K,
                   .alpha = 1,
                   .start = c->start ? c->start + i * N : NULL,
                   .a = product_side_patches(&patches),
                   .b = product_side_matrix(c->w + i * K * N, N, false),
                   .C = c->to + i * N,
                   .rows = c->rows};
}

static fsnn_status run(const call *c, turn *t)
{
    if (c->conv->depthwise) {
        turn_depthwise(t);
        dense_depthwise(&c->patches, c->images, t->to, c->start, c->to, &c->rows);
        return FSNN_OK;
    }
    turn_weights(t);
    return product_many(c->conv->shape.groups, c->images * c->patches.grid[0] * c->patches.grid[1],
                        c->written, make_group, c);
}

fsnn_status dense_conv_forward(dense_conv *conv, const real *x, const real *w, const real *b,
                               real *y, void *scratch)
{
    turn t = {.conv = conv, .places = conv->places, .w = w, .to = scratch};
    call c = {.conv = conv,
              .patches = dense_conv_patches(conv, x),
              .w = scratch,
              .start = conv->shape.bias ? b : NULL,
              .to = y,
              .images = conv->shape.rows,
              .read = conv->in,
              .written = conv->out,
              .rows = dense_conv_rows(conv)};
    return run(&c, &t);
}

fsnn_status dense_conv_backward_data(dense_conv *conv, const real *gy, const real *w, real *gx,
                                     void *scratch)
{
    for (int64_t i = 0; i < conv->phases; i++) {
        const dense_phase *phase = &conv->phase[i];
        turn t = {.conv = conv,
                  .place = phase->place,
                  .places = phase->places,
                  .back = true,
                  .w = w,
                  .to = scratch};
        call c = {.conv = conv,
                  .patches = dense_phase_patches(conv, phase, gy),
                  .w = scratch,
                  .to = gx + dense_phase_at(conv, phase),
                  .images = conv->shape.rows,
                  .read = conv->out,
                  .written = conv->in,
                  .rows = dense_phase_rows(conv, phase)};
        FSNN_TRY(run(&c, &t));
    }
    return FSNN_OK;
}

/* ---- the weights' gradient ---- */

typedef struct weights_call {
    const dense_conv *conv;
    const real *x, *gy;
    real *sums;   /* [chunk, group, out, place, in]; depthwise [chunk, place, channel] */
    double *bias; /* [chunk, channel] */
    real *gw, *gb;
} weights_call;

static int64_t chunk_length(const dense_conv *conv, int64_t chunk)
{
    int64_t left = conv->pixels - chunk * conv->chunk;
    return left < conv->chunk ? left : conv->chunk;
}

static void make_chunk(int64_t i, const void *user, product *p)
{
    const weights_call *c = user;
    const dense_conv *conv = c->conv;
    int64_t chunk = i / conv->shape.groups, group = i % conv->shape.groups;
    int64_t begin = chunk * conv->chunk;
    product_patches patches = dense_conv_patches(conv, c->x);
    patches.first = group * conv->in;
    patches.count = conv->in;
    patches.turned = true;
    patches.begin = begin;
    const real *gy = c->gy + begin * conv->shape.out + group * conv->out;
    int64_t N = conv->places * conv->in;
    *p = (product){.M = conv->out,
                   .N = N,
                   .K = chunk_length(conv, chunk),
                   .alpha = 1,
                   .a = product_side_matrix(gy, conv->shape.out, false),
                   .b = product_side_patches(&patches),
                   .C = c->sums + i * conv->out * N,
                   .rows = product_rows_of(N)};
}

/* Of one channel of the output: the sums of all chunks, in their order. */
static void add_channel(int64_t o, int worker, void *user)
{
    const weights_call *c = user;
    const dense_conv *conv = c->conv;
    int64_t N = conv->places * conv->in, all = conv->shape.out * N;
    (void)worker;
    for (int64_t place = 0; place < conv->places; place++)
        for (int64_t in = 0; in < conv->in; in++) {
            const real *sum = c->sums + (conv->depthwise ? place * conv->shape.out + o
                                                         : o * N + place * conv->in + in);
            real total = sum[0];
            for (int64_t chunk = 1; chunk < conv->chunks; chunk++)
                total += sum[chunk * all];
            c->gw[(o * conv->in + in) * conv->places + place] += total;
        }
}

static fsnn_status add_weights(weights_call *c)
{
    const dense_conv *conv = c->conv;
    if (conv->depthwise)
        dense_depthwise_weights(conv, c->x, c->gy, c->sums);
    else
        FSNN_TRY(product_many(conv->chunks * conv->shape.groups, conv->out, conv->places * conv->in,
                              make_chunk, c));
    if (conv->chunks > 0)
        fsnn_parallel(conv->shape.out, add_channel, c);
    return FSNN_OK;
}

static void sum_bias(int64_t i, int worker, void *user)
{
    const weights_call *c = user;
    int64_t out = c->conv->shape.out;
    double *sum = c->bias + i * out;
    (void)worker;
    for (int64_t o = 0; o < out; o++)
        sum[o] = 0;
    product_kernels_get()->column_sums(c->gy + i * c->conv->chunk * out, chunk_length(c->conv, i),
                                       out, sum);
}

static void add_bias(weights_call *c)
{
    const dense_conv *conv = c->conv;
    fsnn_parallel(conv->chunks, sum_bias, c);
    for (int64_t o = 0; o < conv->shape.out; o++) {
        double total = 0;
        for (int64_t chunk = 0; chunk < conv->chunks; chunk++)
            total += c->bias[chunk * conv->shape.out + o];
        c->gb[o] += (real)total;
    }
}

fsnn_status dense_conv_backward_weights(dense_conv *conv, const real *x, const real *gy, real *gw,
                                        real *gb, void *scratch)
{
    /* the sums in double stand first, where alignment is given */
    weights_call c = {.conv = conv, .x = x, .gy = gy, .bias = scratch, .gw = gw, .gb = gb};
    c.sums = (real *)(c.bias + conv->chunks * conv->shape.out);
    if (gw)
        FSNN_TRY(add_weights(&c));
    if (gb)
        add_bias(&c);
    return FSNN_OK;
}
