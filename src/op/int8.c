/* op/int8.c: products with weights of 8 bits. The input becomes bytes in the scratch, images with
 * their padding, in one pass that also finds what is no spike; then the sums, in pieces of pixels
 * and slices of columns that threads share. */
#include "op/int8.h"

#include "base/isa.h"
#include "base/vec_kernel.h"
#include "base/whole.h"

#include <stdatomic.h>
#include <string.h>

/* Pixels of a piece: a multiple of INT8_ROWS. */
enum { PIECE = 192, MOST_SUM = INT32_MAX / (INT8_MOST * INT8_MOST), MORE = 16, SLACK = 64 };

/* Inputs from which lists are worth their making; the time of an entry of a list beside that of
 * four bytes in a dense sum. */
enum { LEAST_IN = 64 };
#define LISTED_TIME 2.2

/* Bytes of y from which it goes past the caches. */
enum { LARGE = 8 << 20 };

static const int8_kernels *kernels(void)
{
    static const int8_kernels *const level[] = FSNN_BY_ISA(&int8_kernels);
    return level[fsnn_isa_level()];
}

/* ---- plan ---- */

void int8_linear(int64_t in, int64_t out, dense_conv_shape *s)
{
    memset(s, 0, sizeof *s); /* compared as bytes */
    s->C = in;
    s->out = out;
    s->H = s->W = s->OH = s->OW = s->groups = 1;
    for (int d = 0; d < 2; d++)
        s->kernel[d] = s->stride[d] = s->dilation[d] = 1;
}

static int64_t to_fours(int64_t n)
{
    return (n + 3) / 4 * 4;
}

/* The side of an image with what its windows reach. */
static int64_t padded(const dense_conv_shape *s, int d, int64_t side, int64_t outputs)
{
    int64_t reach = (outputs - 1) * s->stride[d] + (s->kernel[d] - 1) * s->dilation[d] + 1,
            given = s->padding[d] + side;
    return reach > given ? reach : given;
}

/* Whether sums fit into 32 bits, and bytes into the memory of the numbers beside them. */
static bool can_be_exact(const dense_conv_shape *s)
{
    double terms = (double)s->C * (double)s->kernel[0] * (double)s->kernel[1],
           bytes =
               (double)padded(s, 0, s->H, s->OH) * (double)padded(s, 1, s->W, s->OW) * (double)s->C,
           numbers = (double)s->H * (double)s->W * (double)s->C +
                     (double)s->OH * (double)s->OW * (double)s->out;
    return s->groups == 1 && terms + 4 * (double)(s->kernel[0] * s->kernel[1]) <= MOST_SUM &&
           bytes <= 4 * (double)sizeof(real) * numbers;
}

/* Neighbours of a line are one stretch of bytes unless the kernel is dilated. */
static void lay_out(int8_product *p)
{
    const dense_conv_shape *s = &p->shape;
    bool joined = s->dilation[1] == 1 || s->kernel[1] == 1;
    p->segments = joined ? s->kernel[0] : s->kernel[0] * s->kernel[1];
    p->length = to_fours(joined ? s->kernel[1] * s->C : s->C);
    p->line = padded(s, 1, s->W, s->OW) * s->C;
    p->image = to_fours(padded(s, 0, s->H, s->OH) * p->line);
    while (p->kind + 1 < p->kernels->kinds && s->out > p->kernels->lanes << p->kind)
        p->kind++;
    p->width = p->kernels->lanes << p->kind;
    p->slices = (s->out + p->width - 1) / p->width;
}

static void find_offsets(int8_product *p)
{
    const dense_conv_shape *s = &p->shape;
    int64_t across = p->segments / s->kernel[0];
    for (int64_t i = 0; i < p->segments; i++)
        p->offset[i] = i / across * s->dilation[0] * p->line + i % across * s->dilation[1] * s->C;
}

static fsnn_status allocate(int8_product *p)
{
    const dense_conv_shape *s = &p->shape;
    int64_t places = s->kernel[0] * s->kernel[1], terms = s->C / s->groups * places;
    p->scale = fsnn_alloc(fsnn_bytes(s->out, sizeof(real)));
    p->rounded = fsnn_alloc(fsnn_bytes(s->out * terms, sizeof(real)));
    if (p->exact) {
        p->offset = fsnn_alloc(fsnn_bytes(p->segments, sizeof(int64_t)));
        p->weights = fsnn_alloc(fsnn_bytes(p->slices * p->width * p->segments * p->length, 1));
    }
    if (!p->scale || !p->rounded || (p->exact && (!p->offset || !p->weights))) {
        int8_close(p);
        return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

fsnn_status int8_plan_by(int8_product *p, const dense_conv_shape *shape, const int8_kernels *by,
                         bool vnni)
{
    const int8_sums *sums = vnni ? &by->vnni : &by->plain;
    dense_conv_shape wish;
    memcpy(&wish, shape, sizeof wish); /* compared as bytes */
    wish.rows = 0;
    p->from = NULL;
    if (p->planned && p->sums == sums && memcmp(&wish, &p->shape, sizeof wish) == 0)
        return FSNN_OK;
    int8_close(p);
    memcpy(&p->shape, &wish, sizeof wish);
    p->kernels = by;
    p->sums = sums;
    p->exact = can_be_exact(&wish);
    if (p->exact)
        lay_out(p);
    FSNN_TRY(allocate(p));
    if (p->exact)
        find_offsets(p);
    p->planned = true;
    return FSNN_OK;
}

fsnn_status int8_plan(int8_product *p, const dense_conv_shape *shape)
{
    const int8_kernels *by = kernels();
    return int8_plan_by(p, shape, by, by->vnni.dense[0] && fsnn_isa_vnni(fsnn_isa_level()));
}

void int8_changed(int8_product *p)
{
    p->from = NULL;
}

void int8_close(int8_product *p)
{
    fsnn_free(p->offset);
    fsnn_free(p->weights);
    fsnn_free(p->scale);
    fsnn_free(p->rounded);
    *p = (int8_product){0};
}

const real *int8_rounded(int8_product *p, const real *weight)
{
    int8_make(p, weight);
    return p->rounded;
}

/* ---- scratch ---- */

/* Whether rows are listed: where a row is one stretch of bytes. */
static bool lists_rows(const int8_product *p)
{
    const dense_conv_shape *s = &p->shape;
    return s->H * s->W * s->OH * s->OW * s->kernel[0] * s->kernel[1] == 1 && s->C >= LEAST_IN;
}

static int64_t entries_of(const int8_product *p)
{
    return p->length / 4 + MORE;
}

static size_t bytes_of(const int8_product *p, int64_t rows)
{
    return whole_lines((size_t)rows * (size_t)p->image + SLACK);
}

size_t int8_scratch(const int8_product *p, int64_t rows)
{
    if (!p->exact)
        return 0;
    int64_t lists = lists_rows(p) ? rows * (entries_of(p) + 1) : 0;
    return bytes_of(p, rows) + (size_t)lists * sizeof(int32_t);
}

/* ---- a call ---- */

typedef struct call {
    const int8_product *p;
    int64_t rows, pixels, pieces;
    const real *x, *bias;
    const fsnn_spikes *lists;
    real *y;
    uint8_t *bytes;         /* [rows, image] and some more */
    int32_t *count, *index; /* [rows], [rows, entries]; NULL: no lists */
    bool past;
    atomic_bool failed;
} call;

/* The bytes of a row that was given as a list. */
static bool spread(const fsnn_spikes *lists, int64_t r, uint8_t *to)
{
    const int32_t *index = lists->index + lists->start[r];
    const float *value = lists->value ? lists->value + lists->start[r] : NULL;
    for (int32_t e = 0; e < lists->count[r]; e++) {
        float v = (value ? value[e] : 1) + (float)to[index[e]];
        if (!(v >= 0 && v <= INT8_MOST) || v != (float)(int)v)
            return false;
        to[index[e]] = (uint8_t)v;
    }
    return true;
}

static bool take(const call *c, int64_t r, uint8_t *to)
{
    const dense_conv_shape *s = &c->p->shape;
    int64_t n = s->W * s->C;
    memset(to, 0, (size_t)c->p->image);
    if (c->lists)
        return spread(c->lists, r, to);
    to += s->padding[0] * c->p->line + s->padding[1] * s->C;
    for (int64_t h = 0; h < s->H; h++)
        if (!c->p->kernels->bytes(c->x + (r * s->H + h) * n, n, to + h * c->p->line))
            return false;
    return true;
}

static void take_rows(int64_t begin, int64_t end, void *user)
{
    call *c = user;
    const int8_product *p = c->p;
    for (int64_t r = begin; r < end; r++) {
        uint8_t *to = c->bytes + r * p->image;
        if (atomic_load_explicit(&c->failed, memory_order_relaxed))
            return;
        if (!take(c, r, to)) {
            atomic_store(&c->failed, true);
            return;
        }
        if (c->count)
            c->count[r] =
                (int32_t)p->kernels->list(to, p->length / 4, c->index + r * entries_of(p));
    }
}

/* An output pixel. */
typedef struct pixel {
    int64_t image, y, x;
} pixel;

static pixel pixel_of(const dense_conv_shape *s, int64_t i)
{
    return (pixel){i / (s->OH * s->OW), i / s->OW % s->OH, i % s->OW};
}

static void step(const dense_conv_shape *s, pixel *at)
{
    if (++at->x < s->OW)
        return;
    at->x = 0;
    if (++at->y < s->OH)
        return;
    at->y = 0;
    at->image++;
}

static const uint8_t *bytes_at(const call *c, const pixel *at)
{
    const dense_conv_shape *s = &c->p->shape;
    return c->bytes + at->image * c->p->image + at->y * s->stride[0] * c->p->line +
           at->x * s->stride[1] * s->C;
}

/* Rows first ... first + b->rows - 1, one by one; false: they are too full for that. */
static bool add_lists(const call *c, const int8_block *b, int64_t first)
{
    const int8_product *p = c->p;
    int64_t found = 0;
    for (int64_t r = 0; r < b->rows; r++)
        found += c->count[first + r];
    if (LISTED_TIME * (double)found > (double)(INT8_ROWS * p->length / 4))
        return false;
    int8_block one = *b;
    for (int64_t r = 0; r < b->rows; r++, one.y += one.pitch) {
        one.row[0] = b->row[r];
        one.index = c->index + (first + r) * entries_of(p);
        one.count = c->count[first + r];
        p->sums->listed[p->kind](&one);
    }
    return true;
}

/* A piece of pixels for a slice of columns. */
static void add_up(int64_t i, int worker, void *user)
{
    (void)worker;
    const call *c = user;
    const int8_product *p = c->p;
    int64_t slice = i / c->pieces, first = i % c->pieces * PIECE, o = slice * p->width;
    int64_t end = c->pixels - first < PIECE ? c->pixels : first + PIECE;
    int8_block b = {.offset = p->offset,
                    .segments = p->segments,
                    .length = p->length,
                    .weights = p->weights + slice * p->segments * p->length * p->width,
                    .scale = p->scale + o,
                    .bias = c->bias ? c->bias + o : NULL,
                    .past = c->past,
                    .columns = p->shape.out - o < p->width ? p->shape.out - o : p->width,
                    .pitch = p->shape.out};
    pixel at = pixel_of(&p->shape, first);
    for (int64_t r = first; r < end; r += b.rows) {
        b.rows = end - r < INT8_ROWS ? end - r : INT8_ROWS;
        b.y = c->y + r * b.pitch + o;
        for (int k = 0; k < INT8_ROWS; k++) {
            b.row[k] = k < b.rows ? bytes_at(c, &at) : b.row[k - 1];
            if (k < b.rows)
                step(&p->shape, &at);
        }
        if (!c->count || !add_lists(c, &b, r))
            p->sums->dense[p->kind](&b);
    }
    if (c->past)
        vec_settle();
}

/* Whether every vector of y [..., out] is aligned. */
static bool goes_past(const int8_product *p, const real *y)
{
    size_t vector = (size_t)p->kernels->lanes * sizeof *y;
    return (uintptr_t)y % vector == 0 && (size_t)p->shape.out * sizeof *y % vector == 0;
}

bool int8_forward(int8_product *p, int64_t rows, const real *x, const fsnn_spikes *lists,
                  const real *weight, const real *bias, real *y, void *scratch)
{
    if (!p->exact)
        return false;
    call c = {.p = p,
              .rows = rows,
              .pixels = rows * p->shape.OH * p->shape.OW,
              .x = x,
              .bias = bias,
              .lists = lists,
              .y = y,
              .bytes = scratch};
    size_t bytes = bytes_of(p, rows);
    c.past = (size_t)(c.pixels * p->shape.out) * sizeof *y > LARGE && goes_past(p, y);
    if (lists_rows(p)) {
        c.count = (int32_t *)(void *)((char *)scratch + bytes);
        c.index = c.count + rows;
    }
    atomic_init(&c.failed, false);
    memset(c.bytes + (size_t)rows * (size_t)p->image, 0, SLACK);
    fsnn_parallel_range(rows, 1 + 16384 / p->image, take_rows, &c);
    if (atomic_load(&c.failed))
        return false;
    int8_make(p, weight);
    c.pieces = (c.pixels + PIECE - 1) / PIECE;
    fsnn_parallel(c.pieces * p->slices, add_up, &c);
    return true;
}
