/* op/conv_events.h: convolutions event by event: what is not 0 in the input adds its products to
 * the outputs that see it, and nothing else is looked at. Input [rows, H, W, C] and output [rows,
 * OH, OW, out] lie channels-last.
 *
 * An input (y, x, c), counted from the corner of the padding as Y = y + padding, X = x + padding,
 * is seen by the output (Y/stride - my, X/stride - mx) through the place (ky, kx) of the kernel,
 * where my = ky dilation / stride, for all places whose ky dilation leaves the same remainder as Y,
 * and likewise in x. So for each pair of remainders, a *phase*, there is a list of places, the same
 * for all its pixels: GROUPs of at most CONV_EVENTS_PLACES, whose sums stay in registers. */
#ifndef FSNN_OP_CONV_EVENTS_H
#define FSNN_OP_CONV_EVENTS_H

#include "tensor/dense.h"

#include "base/whole.h"

enum {
    CONV_EVENTS_PLACES = 9,  /* of a group */
    CONV_EVENTS_KERNEL = 49, /* places of a kernel that is taken */
    CONV_EVENTS_CHUNKS = 32  /* pieces of the work, whatever the number of threads */
};

/* ---- the inner loops, one table for each instruction set ---- */

/* The events of a pixel that share a place in the padded row. */
typedef struct conv_pixel {
    int32_t at;  /* numbers from the beginning of the padded row */
    int32_t end; /* its events end here; they begin where those of the pixel before end */
} conv_pixel;

typedef struct conv_list {
    const int32_t *index; /* channel of an event, or where its pixel is */
    const real *value;
} conv_list;

/* One row of an image, `columns` of the channels of each of its pixels; those stand `stride`
 * numbers apart. */
typedef struct conv_row {
    int64_t pixels, stride, columns;
} conv_row;

typedef struct conv_events_kernels {
    int lanes;     /* of a vector; a slice of output channels is one or two */
    int places[2]; /* most of a group, for slices of one vector and of two */
    /* index, value [up to n + 16] of what is not 0 in x [n]; returns how many */
    int64_t (*list)(const real *x, int64_t n, int32_t *index, real *value);
    /* vectors 1..2, places 1..: to[at + offset[k]] += value w[channel][k] for the events of each of
     * `count` pixels, the first of which begin at event `first`; w [C, places, width] */
    void (*spread[2][CONV_EVENTS_PLACES])(const conv_pixel *pixel, int64_t count, int64_t first,
                                          const conv_list *events, const real *w,
                                          const int64_t *offset, real *to);
    /* gw [places, width] += sum over `count` events of value gy[at + offset[k]] */
    void (*gather[2][CONV_EVENTS_PLACES])(const conv_list *events, int64_t count, const real *gy,
                                          const int64_t *offset, real *gw);
    /* y = row of sums [pixels, width] + bias [width]; the sums become 0; past: past the caches */
    void (*put[2])(const conv_row *row, real *sums, const real *bias, real *y, bool past);
    void (*settle)(void); /* what went past the caches is there for other threads */
    /* row [pixels, width] = gy */
    void (*load_rows[2])(const conv_row *row, const real *gy, real *to);
} conv_events_kernels;

extern const conv_events_kernels conv_events_kernels_base, conv_events_kernels_avx2,
    conv_events_kernels_avx512;
const conv_events_kernels *conv_events_kernels_get(void);

/* ---- the plan ---- */

/* Places of the kernel that one pass over the events of a phase takes. */
typedef struct conv_group {
    /* phase: which of the remainders that occur */
    int places, phase[2];
    int place[CONV_EVENTS_PLACES];   /* ky kernel[1] + kx */
    int back[CONV_EVENTS_PLACES][2]; /* my, mx */
    int64_t before;                  /* places of the groups before */
} conv_group;

typedef struct conv_events {
    dense_conv_shape shape;
    int vectors;           /* of a slice */
    int64_t width, slices; /* output channels of a slice */
    int64_t places;        /* of the kernel */
    int64_t back[2];       /* largest my, mx */
    int64_t columns;       /* pixels of a padded row of outputs */
    int phases[2];         /* remainders that occur */
    int64_t remainder[2][CONV_EVENTS_KERNEL];
    int groups;
    conv_group group[CONV_EVENTS_KERNEL];
    /* forward: output rows of a part of an image, parts, chunks of parts, input rows that are
     * listed at a time */
    int64_t part, parts, chunks, listed;
    /* gradient: input rows of a band, bands, chunks of bands, rows of outputs that a band sees */
    int64_t band, bands, gradient_chunks, seen;
    int64_t forward_chunk, gradient_chunk; /* numbers of a chunk's space */
    size_t forward_bytes, gradient_bytes;  /* of space */
} conv_events;

/* Whether there is a way for these sizes; then with a plan of it. gradient_chunks 0: forward only,
 * there are too many weights. */
bool conv_events_plan(conv_events *plan, const dense_conv_shape *shape);
/* y = x * w + b; w [out, C, kh, kw], b [out] or NULL; space of forward_bytes. Each sum is one
 * chain, in the order of rows, pixels and channels of the input (with a stride, of one remainder of
 * x after the other). */
void conv_events_forward(const conv_events *plan, const real *x, const real *w, const real *b,
                         real *y, void *space);
/* gw += its gradient; space of gradient_bytes. */
void conv_events_weights(const conv_events *plan, const real *x, const real *gy, real *gw,
                         void *space);

/* ---- shared by both directions ---- */

/* Rows of the input, arranged for listing: pixels of one phase of x after the other; those of none
 * are left out. */
typedef struct conv_order {
    int64_t begin[CONV_EVENTS_KERNEL + 1]; /* of a phase, in numbers of the arranged row */
    /* [numbers]: of a number, its channel, and its pixel's place in a padded row */
    int32_t *channel, *at;
    int64_t pixels;
    int32_t *pixel; /* [pixels]: x, in this order */
} conv_order;

int64_t conv_order_size(const conv_events *plan); /* numbers of space */
void conv_order_make(const conv_events *plan, real *space, conv_order *order);
/* The row's numbers in this order, in `space` [W C] where they are not so already. */
const real *conv_order_row(const conv_events *plan, const conv_order *order, const real *row,
                           real *space);
/* Phase of row Y of the padded input; -1: no place of the kernel sees it. */
int conv_events_phase(const conv_events *plan, int d, int64_t padded);

static inline real *conv_events_cut(real **space, int64_t numbers)
{
    real *piece = *space;
    *space += whole_line_numbers(numbers);
    return piece;
}

#endif
