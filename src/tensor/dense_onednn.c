/* tensor/dense_onednn.c: the differences between oneDNN 2.x and 3.x, all in one place. */
#include "tensor/dense_onednn.h"

#include "base/port_once.h"

#include <string.h>

fsnn_status dense_check(dnnl_status_t status, const char *what)
{
    static const struct {
        dnnl_status_t status;
        const char *words;
    } known[] = {
        {dnnl_invalid_arguments, "it finds the arguments invalid"},
        {dnnl_unimplemented, "it has no implementation for these sizes"},
        {dnnl_runtime_error, "it failed while running"},
    };
    if (status == dnnl_success)
        return FSNN_OK;
    const char *words = "for a reason it does not name";
    for (int i = 0; i < FSNN_COUNT(known); i++)
        if (known[i].status == status)
            words = known[i].words;
    if (status == dnnl_out_of_memory)
        return fsnn_fail(FSNN_EMEMORY, "out of memory: the dense-kernel library could not %s",
                         what);
    const dnnl_version_t *version = dnnl_version();
    return fsnn_fail(FSNN_EDENSE, "the dense-kernel library (oneDNN %d.%d.%d) could not %s: %s",
                     version->major, version->minor, version->patch, what, words);
}

static dnnl_engine_t shared_engine;
static dnnl_status_t engine_status;

static void make_engine(void)
{
    engine_status = caught_engine_create(&shared_engine, dnnl_cpu, 0);
}

fsnn_status dense_engine(dnnl_engine_t *engine)
{
    static atomic_bool engine_ready;

    port_once(&engine_ready, make_engine);
    *engine = shared_engine;
    return dense_check(engine_status, "make its engine");
}

dense_layout dense_layout_of(dnnl_primitive_desc_t pd, dnnl_query_t what)
{
    return dnnl_primitive_desc_query_md(pd, what, 0);
}

size_t dense_layout_bytes(dense_layout layout)
{
    return layout ? dnnl_memory_desc_get_size(layout) : 0;
}

bool dense_layout_equal(dense_layout a, dense_layout b)
{
    return dnnl_memory_desc_equal(a, b);
}

void dense_images_free(dense_images *images)
{
    dense_desc_free(&images->src);
    dense_desc_free(&images->weights);
    dense_desc_free(&images->bias);
    dense_desc_free(&images->dst);
}

/* ---- memory descriptors ---- */

fsnn_status dense_desc_create_of(dense_desc *desc, int rank, const int64_t *dims,
                                 dnnl_format_tag_t tag, dnnl_data_type_t type)
{
    dnnl_dims_t sizes = {0};
    for (int i = 0; i < rank; i++)
        sizes[i] = dims[i];
#if DNNL_VERSION_MAJOR < 3
    dnnl_status_t status = dnnl_memory_desc_init_by_tag(&desc->md, rank, sizes, type, tag);
#else
    dnnl_status_t status = caught_memory_desc_create_with_tag(&desc->md, rank, sizes, type, tag);
#endif
    desc->set = status == dnnl_success;
    return dense_check(status, "describe an array");
}

fsnn_status dense_desc_create(dense_desc *desc, int rank, const int64_t *dims,
                              dnnl_format_tag_t tag)
{
    return dense_desc_create_of(desc, rank, dims, tag, dnnl_f32);
}

void dense_desc_free(dense_desc *desc)
{
#if DNNL_VERSION_MAJOR >= 3
    if (desc->set)
        dnnl_memory_desc_destroy(desc->md);
#endif
    desc->set = false;
}

dense_layout dense_desc_layout(const dense_desc *desc)
{
#if DNNL_VERSION_MAJOR < 3
    return desc->set ? &desc->md : NULL;
#else
    return desc->set ? desc->md : NULL;
#endif
}

/* ---- primitive descriptors ---- */

static dnnl_status_t append_sum(dnnl_post_ops_t post)
{
#if DNNL_VERSION_MAJOR < 3
    return caught_post_ops_append_sum(post, 1.0f);
#else
    return caught_post_ops_append_sum(post, 1.0f, 0, dnnl_data_type_undef);
#endif
}

static dnnl_status_t set_add(dnnl_primitive_attr_t attr)
{
    dnnl_post_ops_t post;
    dnnl_status_t status = caught_post_ops_create(&post);
    if (status)
        return status;
    status = append_sum(post);
    if (!status)
        status = caught_primitive_attr_set_post_ops(attr, post);
    dnnl_post_ops_destroy(post);
    return status;
}

static fsnn_status make_attr(dnnl_primitive_attr_t *attr, bool add)
{
    FSNN_TRY(dense_check(caught_primitive_attr_create(attr), "make attributes"));
    dnnl_status_t status =
        dnnl_primitive_attr_set_scratchpad_mode(*attr, dnnl_scratchpad_mode_user);
    if (!status && add)
        status = set_add(*attr);
    if (status)
        dnnl_primitive_attr_destroy(*attr);
    return dense_check(status, "set attributes");
}

fsnn_status dense_reorder_pd(dnnl_primitive_desc_t *pd, dense_layout from, dense_layout to,
                             bool add)
{
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attr;
    FSNN_TRY(dense_engine(&engine));
    FSNN_TRY(make_attr(&attr, add));
    dnnl_status_t status = caught_reorder_primitive_desc_create(pd, from, engine, to, engine, attr);
    dnnl_primitive_attr_destroy(attr);
    return dense_check(status, "make a change of layout");
}

static dnnl_status_t describe_matmul(dnnl_primitive_desc_t *pd, dense_layout a, dense_layout b,
                                     dense_layout c, dnnl_engine_t engine,
                                     dnnl_primitive_attr_t attr)
{
#if DNNL_VERSION_MAJOR < 3
    dnnl_matmul_desc_t op;
    dnnl_status_t status = dnnl_matmul_desc_init(&op, a, b, NULL, c);
    return status ? status : caught_primitive_desc_create(pd, &op, attr, engine, NULL);
#else
    return caught_matmul_primitive_desc_create(pd, engine, a, b, NULL, c, attr);
#endif
}

fsnn_status dense_matmul_pd(dnnl_primitive_desc_t *pd, const dense_desc *a, const dense_desc *b,
                            const dense_desc *c, bool add)
{
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attr;
    FSNN_TRY(dense_engine(&engine));
    FSNN_TRY(make_attr(&attr, add));
    dnnl_status_t status = describe_matmul(pd, dense_desc_layout(a), dense_desc_layout(b),
                                           dense_desc_layout(c), engine, attr);
    dnnl_primitive_attr_destroy(attr);
    return dense_check(status, "prepare a product of matrices");
}

/* What a primitive is made of; one function below for each version turns it into a descriptor. */
typedef enum form { CONV, CONV_DATA, CONV_WEIGHTS, POOL, POOL_BACK } form;

typedef struct request {
    form form;
    const dense_images *images;
    const dense_window *window;
    dnnl_alg_kind_t algorithm;
    dnnl_prop_kind_t prop;
    dnnl_primitive_desc_t hint;
} request;

#if DNNL_VERSION_MAJOR < 3

static dnnl_status_t describe(const request *r, dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                              dnnl_primitive_attr_t attr)
{
    union {
        dnnl_convolution_desc_t conv;
        dnnl_pooling_desc_t pool;
    } op;
    const dense_window *w = r->window;
    dense_layout src = dense_desc_layout(&r->images->src), dst = dense_desc_layout(&r->images->dst);
    dense_layout weights = dense_desc_layout(&r->images->weights);
    dense_layout bias = dense_desc_layout(&r->images->bias);
    dnnl_status_t status = dnnl_invalid_arguments;
    switch (r->form) {
    case CONV:
        status = dnnl_dilated_convolution_forward_desc_init(&op.conv, r->prop, r->algorithm, src,
                                                            weights, bias, dst, w->stride,
                                                            w->dilation, w->padding, w->padding);
        break;
    case CONV_DATA:
        status = dnnl_dilated_convolution_backward_data_desc_init(
            &op.conv, r->algorithm, src, weights, dst, w->stride, w->dilation, w->padding,
            w->padding);
        break;
    case CONV_WEIGHTS:
        status = dnnl_dilated_convolution_backward_weights_desc_init(
            &op.conv, r->algorithm, src, weights, bias, dst, w->stride, w->dilation, w->padding,
            w->padding);
        break;
    case POOL:
        status = dnnl_pooling_forward_desc_init(&op.pool, r->prop, r->algorithm, src, dst,
                                                w->stride, w->kernel, w->padding, w->padding);
        break;
    case POOL_BACK:
        status = dnnl_pooling_backward_desc_init(&op.pool, r->algorithm, src, dst, w->stride,
                                                 w->kernel, w->padding, w->padding);
        break;
    }
    return status ? status : caught_primitive_desc_create(pd, &op, attr, engine, r->hint);
}

#else

static dnnl_status_t describe(const request *r, dnnl_primitive_desc_t *pd, dnnl_engine_t engine,
                              dnnl_primitive_attr_t attr)
{
    const dense_window *w = r->window;
    dense_layout src = dense_desc_layout(&r->images->src), dst = dense_desc_layout(&r->images->dst);
    dense_layout weights = dense_desc_layout(&r->images->weights);
    dense_layout bias = dense_desc_layout(&r->images->bias);
    switch (r->form) {
    case CONV:
        return caught_convolution_forward_primitive_desc_create(
            pd, engine, r->prop, r->algorithm, src, weights, bias, dst, w->stride, w->dilation,
            w->padding, w->padding, attr);
    case CONV_DATA:
        return caught_convolution_backward_data_primitive_desc_create(
            pd, engine, r->algorithm, src, weights, dst, w->stride, w->dilation, w->padding,
            w->padding, r->hint, attr);
    case CONV_WEIGHTS:
        return caught_convolution_backward_weights_primitive_desc_create(
            pd, engine, r->algorithm, src, weights, bias, dst, w->stride, w->dilation, w->padding,
            w->padding, r->hint, attr);
    case POOL:
        return caught_pooling_forward_primitive_desc_create(pd, engine, r->prop, r->algorithm, src,
                                                            dst, w->stride, w->kernel, w->dilation,
                                                            w->padding, w->padding, attr);
    case POOL_BACK:
        return caught_pooling_backward_primitive_desc_create(pd, engine, r->algorithm, src, dst,
                                                             w->stride, w->kernel, w->dilation,
                                                             w->padding, w->padding, r->hint, attr);
    }
    return dnnl_invalid_arguments;
}

#endif

static fsnn_status make(dnnl_primitive_desc_t *pd, const request *r, const char *what)
{
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attr;
    FSNN_TRY(dense_engine(&engine));
    FSNN_TRY(make_attr(&attr, false));
    dnnl_status_t status = describe(r, pd, engine, attr);
    dnnl_primitive_attr_destroy(attr);
    return dense_check(status, what);
}

static dnnl_prop_kind_t direction(bool training)
{
    return training ? dnnl_forward_training : dnnl_forward_inference;
}

/* oneDNN 3.7's "brg_conv_fwd" gives wrong numbers for one input channel and an output one column
 * wide, and crashes on windows that lie in the padding only: there another implementation is taken.
 */
static fsnn_status avoid_faulty(dnnl_primitive_desc_t pd)
{
#if DNNL_VERSION_MAJOR >= 3
    const char *name = "";
    dnnl_status_t status = dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
    while (!status && strstr(name, "brg")) {
        status = caught_primitive_desc_next_impl(pd);
        if (!status)
            status = dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name);
    }
    return dense_check(status, "prepare a convolution");
#else
    (void)pd;
    return FSNN_OK;
#endif
}

fsnn_status dense_conv_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                          const dense_window *window, bool training)
{
    request r = {CONV, images, window, dnnl_convolution_direct, direction(training), NULL};
    FSNN_TRY(make(pd, &r, "prepare a convolution"));
    fsnn_status status = window->edge ? avoid_faulty(*pd) : FSNN_OK;
    if (status)
        dnnl_primitive_desc_destroy(*pd);
    return status;
}

fsnn_status dense_conv_data_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                               const dense_window *window, dnnl_primitive_desc_t hint)
{
    request r = {CONV_DATA, images, window, dnnl_convolution_direct, dnnl_backward_data, hint};
    return make(pd, &r, "prepare a convolution's input gradient");
}

fsnn_status dense_conv_weights_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                                  const dense_window *window, dnnl_primitive_desc_t hint)
{
    request r = {CONV_WEIGHTS,          images, window, dnnl_convolution_direct,
                 dnnl_backward_weights, hint};
    return make(pd, &r, "prepare a convolution's weight gradient");
}

fsnn_status dense_pool_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                          const dense_window *window, dnnl_alg_kind_t algorithm, bool training)
{
    request r = {POOL, images, window, algorithm, direction(training), NULL};
    return make(pd, &r, "prepare a pooling");
}

fsnn_status dense_pool_back_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                               const dense_window *window, dnnl_alg_kind_t algorithm,
                               dnnl_primitive_desc_t hint)
{
    request r = {POOL_BACK, images, window, algorithm, dnnl_backward_data, hint};
    return make(pd, &r, "prepare a pooling's gradient");
}
