/* tensor/dense_onednn.h: the part of oneDNN that the dense kernels use, in a form that is the same
 * for versions 2.x and 3.x. Memory descriptors are structs in 2.x and handles in 3.x; primitive
 * descriptors are made from operation descriptors in 2.x and directly in 3.x. */
#ifndef FSNN_DENSE_ONEDNN_H
#define FSNN_DENSE_ONEDNN_H

#include "base/base.h"
#include "tensor/dense_onednn_catch.h"

#include <dnnl.h>

#if DNNL_VERSION_MAJOR < 3
typedef const dnnl_memory_desc_t *dense_layout; /* borrowed */
#else
typedef const_dnnl_memory_desc_t dense_layout; /* borrowed */
#endif

/* A memory descriptor of our own; zeroed: none. */
typedef struct dense_desc {
    dnnl_memory_desc_t md;
    bool set;
} dense_desc;

fsnn_status dense_desc_create(dense_desc *desc, int rank, const int64_t *dims,
                              dnnl_format_tag_t tag);
fsnn_status dense_desc_create_of(dense_desc *desc, int rank, const int64_t *dims,
                                 dnnl_format_tag_t tag, dnnl_data_type_t type);
void dense_desc_free(dense_desc *desc);
dense_layout dense_desc_layout(const dense_desc *desc); /* NULL when not set */

/* The status of a oneDNN call as ours, with a sentence: "could not " what. */
fsnn_status dense_check(dnnl_status_t status, const char *what);
/* The one engine, the processor; made at the first call. */
fsnn_status dense_engine(dnnl_engine_t *engine);

/* What convolution and pooling have in common. Dilation counts from 0, as oneDNN has it. */
typedef struct dense_window {
    dnnl_dims_t kernel, stride, padding, dilation;
    bool edge; /* a convolution's corner case: see avoid_faulty in dense_onednn.c */
} dense_window;

typedef struct dense_images {
    dense_desc src, weights, bias, dst; /* pooling has no weights */
} dense_images;

void dense_images_free(dense_images *images);

/* Primitive descriptors; scratchpads are given by the caller. `hint` is the forward one. */
fsnn_status dense_conv_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                          const dense_window *window, bool training);
fsnn_status dense_conv_data_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                               const dense_window *window, dnnl_primitive_desc_t hint);
fsnn_status dense_conv_weights_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                                  const dense_window *window, dnnl_primitive_desc_t hint);
fsnn_status dense_pool_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                          const dense_window *window, dnnl_alg_kind_t algorithm, bool training);
fsnn_status dense_pool_back_pd(dnnl_primitive_desc_t *pd, const dense_images *images,
                               const dense_window *window, dnnl_alg_kind_t algorithm,
                               dnnl_primitive_desc_t hint);
/* c = a b, written or (add) added. */
fsnn_status dense_matmul_pd(dnnl_primitive_desc_t *pd, const dense_desc *a, const dense_desc *b,
                            const dense_desc *c, bool add);
/* from -> to, written or (add) added. */
fsnn_status dense_reorder_pd(dnnl_primitive_desc_t *pd, dense_layout from, dense_layout to,
                             bool add);

dense_layout dense_layout_of(dnnl_primitive_desc_t pd, dnnl_query_t what);
size_t dense_layout_bytes(dense_layout layout);
bool dense_layout_equal(dense_layout a, dense_layout b);

#endif
