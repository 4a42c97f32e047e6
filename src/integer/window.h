/* integer/window.h: windows over images and lines of convolutions, transposed ones and pools, as
 * the exported C has them (parts/window.part): float and integers alike. */
#ifndef FSNN_INTEGER_WINDOW_H
#define FSNN_INTEGER_WINDOW_H

#include "integer/types.h"
#include "net/net.h"

net_window integer_conv_window(const net_step *s);
net_window integer_transposed_window(const net_step *s);
net_window integer_pool_window(const net_step *s);
/* 0: sums, 1: means, 2: maxima. */
int integer_pool_kind(const net_step *s);
/* Each channel is by itself. */
bool integer_conv_apart(const net_window *w);
/* W [out, C/groups, kh, kw] -> [kh][kw][C/groups][out], of a convolution; by fsnn_free, NULL:
 * out of memory. */
float *integer_conv_turned(const net_window *w, const float *weight);

#endif
