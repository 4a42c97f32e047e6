/* export/window.h: windows over images and lines (parts/window.part), of convolutions and pools. */
#ifndef FSNN_EXPORT_WINDOW_H
#define FSNN_EXPORT_WINDOW_H

#include "export/export.h"

typedef struct code_axis {
    int64_t in, out, kernel, stride, padding, dilation;
} code_axis;

typedef struct code_window {
    code_axis axis[2]; /* height, width */
    int64_t channels, outputs, groups, counted;
} code_window;

/* Height (d 0) and width (d 1) of [C, H, W]; a line [C, L] has a height of 1. */
static inline int64_t code_side(const fsnn_shape *shape, int d)
{
    int axis = shape->rank - 2 + d;
    return axis > 0 ? shape->dim[axis] : 1;
}

/* The constant window_NUMBER. */
void code_print_window(code_job *j, int number, const code_window *w);

#endif
