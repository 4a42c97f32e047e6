/* tensor/dense_onednn_bf16.c: products of a linear layer with factors in bfloat16, by oneDNN's
 * matrix product. A call rounds its two factors into the scratch (a pass over memory each) and
 * multiplies them; sums and results are float32. Cost: 2 rows in out flops a product, at about
 * twice the rate of float32. */
#include "tensor/dense.h"
#include "base/whole.h"
#include "tensor/dense_onednn_call.h"

/* oneDNN computes bfloat16 without these instructions too, slower than float32. */
fsnn_status dense_bf16_check(void)
{
    unsigned has = (unsigned)dnnl_get_effective_cpu_isa(), needs = dnnl_cpu_isa_avx512_core_bf16;
    if ((has & needs) == needs)
        return FSNN_OK;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "bf16: this processor has no instructions for bfloat16 (AVX512-BF16 or "
                     "AMX), without which it would be slower than float32: leave it out");
}

/* The three arrays of a linear layer, [rows, columns]. */
typedef enum array { X, W, Y, ARRAYS } array;

/* c = op(a) b or a op(b), with the numbers of a and b rounded. */
typedef struct product {
    array a, b;
    dense_call kernel;
    size_t own; /* bytes of the primitive's own scratch */
} product;

struct dense_bf16 {
    int64_t rows[ARRAYS], columns[ARRAYS];
    dense_round round[ARRAYS];
    product forward, data, weights;
    size_t scratch;
};

/* One array; turned: as its transpose, over the same numbers. */
static fsnn_status describe(const dense_bf16 *p, array which, bool turned, dnnl_data_type_t type,
                            dense_desc *desc)
{
    int64_t rows = p->rows[which], columns = p->columns[which];
    if (turned)
        return dense_desc_create_of(desc, 2, (int64_t[]){columns, rows}, dnnl_ba, type);
    return dense_desc_create_of(desc, 2, (int64_t[]){rows, columns}, dnnl_ab, type);
}

/* What `of` computes, into array c; the sides that are turned. */
static fsnn_status make_product(const dense_bf16 *p, product *of, array c, bool turn_a, bool turn_b,
                                bool add)
{
    static const int number[] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST};
    static const dnnl_query_t layout[] = {dnnl_query_src_md, dnnl_query_weights_md,
                                          dnnl_query_dst_md};
    dense_desc side[3] = {{.set = false}};
    dnnl_primitive_desc_t pd = NULL;
    fsnn_status status = describe(p, of->a, turn_a, dnnl_bf16, &side[0]);
    if (!status)
        status = describe(p, of->b, turn_b, dnnl_bf16, &side[1]);
    if (!status)
        status = describe(p, c, false, dnnl_f32, &side[2]);
    if (!status)
        status = dense_matmul_pd(&pd, &side[0], &side[1], &side[2], add);
    if (!status)
        status = dense_call_make(&of->kernel, pd, number, layout, 3, &of->own);
    if (pd)
        dnnl_primitive_desc_destroy(pd);
    for (int i = 0; i < FSNN_COUNT(side); i++)
        dense_desc_free(&side[i]);
    return status;
}

static fsnn_status make(dense_bf16 *p, bool backward, bool backward_data)
{
    for (int i = 0; i < ARRAYS; i++)
        FSNN_TRY(
            dense_round_create(&p->round[i], 2, (int64_t[]){p->rows[i], p->columns[i]}, dnnl_ab));
    FSNN_TRY(make_product(p, &p->forward, Y, false, true, false));
    if (backward)
        FSNN_TRY(make_product(p, &p->weights, W, true, false, true));
    if (backward && backward_data)
        FSNN_TRY(make_product(p, &p->data, X, false, false, false));
    return FSNN_OK;
}

static void reserve(dense_bf16 *p)
{
    const product *all[] = {&p->forward, &p->data, &p->weights};
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        const dense_round *a = &p->round[all[i]->a], *b = &p->round[all[i]->b];
        size_t own = whole_most_bytes(all[i]->own, whole_most_bytes(a->own, b->own));
        p->scratch = whole_most_bytes(p->scratch, a->bytes + b->bytes + own);
    }
}

fsnn_status dense_bf16_create(int64_t rows, int64_t in, int64_t out, bool backward,
                              bool backward_data, dense_bf16 **made)
{
    dense_bf16 *p = *made = fsnn_alloc(sizeof *p);
    if (!p)
        return FSNN_EMEMORY;
    *p = (dense_bf16){.rows = {[X] = rows, [W] = out, [Y] = rows},
                      .columns = {[X] = in, [W] = in, [Y] = out},
                      .forward = {.a = X, .b = W},
                      .data = {.a = Y, .b = W},
                      .weights = {.a = Y, .b = X}};
    fsnn_status status = make(p, backward, backward_data);
    if (status) {
        dense_bf16_destroy(p);
        *made = NULL;
        return status;
    }
    reserve(p);
    return FSNN_OK;
}

void dense_bf16_destroy(dense_bf16 *p)
{
    if (!p)
        return;
    for (int i = 0; i < ARRAYS; i++)
        dense_round_free(&p->round[i]);
    dense_call_free(&p->forward.kernel);
    dense_call_free(&p->data.kernel);
    dense_call_free(&p->weights.kernel);
    fsnn_free(p);
}

size_t dense_bf16_scratch(const dense_bf16 *p)
{
    return p->scratch;
}

static fsnn_status run(const dense_bf16 *p, const product *of, const float *a, const float *b,
                       float *c, void *scratch)
{
    const dense_round *round_a = &p->round[of->a], *round_b = &p->round[of->b];
    char *a16 = scratch, *b16 = a16 + round_a->bytes, *own = b16 + round_b->bytes;
    FSNN_TRY(dense_round_run(round_a, a, a16, own));
    FSNN_TRY(dense_round_run(round_b, b, b16, own));
    return dense_call_run(&of->kernel, (void *[]){a16, b16, c, own});
}

fsnn_status dense_bf16_forward(const dense_bf16 *p, const float *x, const float *w, float *y,
                               void *scratch)
{
    return run(p, &p->forward, x, w, y, scratch);
}

fsnn_status dense_bf16_backward_data(const dense_bf16 *p, const float *gy, const float *w,
                                     float *gx, void *scratch)
{
    return run(p, &p->data, gy, w, gx, scratch);
}

fsnn_status dense_bf16_backward_weights(const dense_bf16 *p, const float *x, const float *gy,
                                        float *gw, void *scratch)
{
    return run(p, &p->weights, gy, x, gw, scratch);
}
