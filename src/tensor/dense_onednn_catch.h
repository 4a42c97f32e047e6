/* tensor/dense_onednn_catch.h: functions of oneDNN that allocate, under names of ours: where it
 * throws a C++ exception, which would end a program in C, they return a status instead. */
#ifndef FSNN_DENSE_ONEDNN_CATCH_H
#define FSNN_DENSE_ONEDNN_CATCH_H

#include <dnnl.h>

#define DENSE_CAUGHT(X)                                                                            \
    X(engine_create)                                                                               \
    X(stream_create)                                                                               \
    X(stream_wait)                                                                                 \
    X(memory_create)                                                                               \
    X(memory_set_data_handle)                                                                      \
    X(primitive_attr_create)                                                                       \
    X(primitive_attr_set_post_ops)                                                                 \
    X(primitive_create)                                                                            \
    X(primitive_execute)                                                                           \
    X(post_ops_create)                                                                             \
    X(post_ops_append_sum)                                                                         \
    X(reorder_primitive_desc_create)                                                               \
    X(sgemm)                                                                                       \
    DENSE_CAUGHT_OF_VERSION(X)

#if DNNL_VERSION_MAJOR < 3
#define DENSE_CAUGHT_OF_VERSION(X) X(primitive_desc_create)
#else
#define DENSE_CAUGHT_OF_VERSION(X)                                                                 \
    X(primitive_desc_next_impl)                                                                    \
    X(memory_desc_create_with_tag)                                                                 \
    X(matmul_primitive_desc_create)                                                                \
    X(convolution_forward_primitive_desc_create)                                                   \
    X(convolution_backward_data_primitive_desc_create)                                             \
    X(convolution_backward_weights_primitive_desc_create)                                          \
    X(pooling_forward_primitive_desc_create)                                                       \
    X(pooling_backward_primitive_desc_create)
#endif

#ifndef __cplusplus
#define DENSE_DECLARE(name) extern __typeof__(dnnl_##name) *const caught_##name;
DENSE_CAUGHT(DENSE_DECLARE)
#undef DENSE_DECLARE
#endif

#endif
