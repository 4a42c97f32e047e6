/* tensor/dense_plain_patches_real.c: patches of images laid out as panels. Cost: one pass over the
 * numbers of the panel. */
#include "tensor/dense_plain_product.h"

/* A point of the grid: its image, and where its patch begins there. */
typedef struct origin {
    const real *image;
    int64_t at[2];
} origin;

static origin origin_of(const product_patches *p, int64_t i)
{
    i += p->begin;
    int64_t line = i / p->grid[1], row = line / p->grid[0];
    return (origin){p->x + row * p->side[0] * p->side[1] * p->C + p->first,
                    {line % p->grid[0] * p->step[0], i % p->grid[1] * p->step[1]}};
}

/* The channels at a place of a patch; NULL: outside of the image. */
static const real *channels(const product_patches *p, const origin *o, int64_t place)
{
    int64_t h = o->at[0] + p->offset[place][0], w = o->at[1] + p->offset[place][1];
    if (h < 0 || h >= p->side[0] || w < 0 || w >= p->side[1])
        return NULL;
    return o->image + (h * p->side[1] + w) * p->C;
}

const real *product_patch_at(const product_patches *p, int64_t i, int64_t place)
{
    origin o = origin_of(p, i);
    return channels(p, &o, place);
}

/* Numbers k..k+n-1 of a patch, `apart` in `to`. */
static void pack_patch(const product_patches *p, const origin *o, int64_t k, int64_t n,
                       int64_t apart, real *to)
{
    int64_t place = k / p->count, c = k % p->count;
    while (n > 0) {
        int64_t run = p->count - c < n ? p->count - c : n;
        const real *x = channels(p, o, place);
        for (int64_t j = 0; j < run; j++, to += apart)
            *to = x ? x[c + j] : 0;
        n -= run;
        c = 0;
        place++;
    }
}

static void pack(const product_side *side, int64_t i, int64_t count, int64_t k, int64_t depth,
                 int64_t width, real *panel)
{
    const product_patches *p = &side->patches;
    for (int64_t m = 0; m < count; m++) {
        origin o = origin_of(p, i + m);
        pack_patch(p, &o, k, depth, width, panel + m);
    }
    for (int64_t m = count; m < width; m++)
        for (int64_t j = 0; j < depth; j++)
            panel[j * width + m] = 0;
}

static void pack_turned(const product_side *side, int64_t i, int64_t count, int64_t k,
                        int64_t depth, int64_t width, real *panel)
{
    const product_patches *p = &side->patches;
    for (int64_t j = 0; j < depth; j++, panel += width) {
        origin o = origin_of(p, k + j);
        pack_patch(p, &o, i, count, 1, panel);
        for (int64_t m = count; m < width; m++)
            panel[m] = 0;
    }
}

product_side product_side_patches(const product_patches *patches)
{
    return (product_side){.pack = patches->turned ? pack_turned : pack, .patches = *patches};
}
