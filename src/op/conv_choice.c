/* op/conv_choice.c: the choice between events and dense kernels. The times of both are sums of a few counts with a cost each,
 * fitted to bench/bench_sparse_conv.c; only their ratio matters. */
#include "op/conv_choice.h"

#include "base/isa.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOKED = 1 << 15,       /* numbers of a sample */
    LEAST_LINES = 64,       /* and lines, */
    MOST_LINES = 512,       /* which must be fetched from main memory */
    LEAST_WORK = 1 << 22    /* multiply-adds of the dense kernels in a call */
};

/* The model errs by a fifth; what is taken must win. */
static const double clearly = 0.9;

/* Nanoseconds for each of the counts in `counted`, of one image. */
enum { COUNTS = 6, DENSE_COUNTS = 3 };

static const struct {
    double events[2][COUNTS], dense[2][DENSE_COUNTS];
} cost[] = {
    [FSNN_ISA_BASE] = {{{0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}}, {{1, 1, 1}, {1, 1, 1}}},
    [FSNN_ISA_AVX2] = {{{0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}}, {{1, 1, 1}, {1, 1, 1}}},
    [FSNN_ISA_AVX512] = {{{0.242, 0.789, 1.37, 0, 0.535, 0.367}, {0.525, 1.08, 2.77, 1.34, 0.681, 0.12}},
                         {{0.0139, 0.419, 0.0759}, {0.0188, 0.48, 0}}},
};

conv_wish conv_wished(void)
{
    static const char *const name[] = {[CONV_DENSE] = "dense", [CONV_EVENTS] = "events"};
    const char *wish = getenv("FSNN_CONVOLUTION");
    for (int i = CONV_DENSE; wish && i < FSNN_COUNT(name); i++)
        if (strcmp(wish, name[i]) == 0)
            return (conv_wish)i;
    return CONV_BY_INPUT;
}

static double of_dense(const conv_events *p, conv_way way)
{
    const dense_conv_shape *s = &p->shape;
    int64_t lanes = conv_events_kernels_get()->lanes, points = s->OH * s->OW;
    double padded = (double)(points * ((s->out + lanes - 1) / lanes * lanes)), terms = (double)(s->C * p->places);
    const double *c = cost[fsnn_isa_level()].dense[way];
    return c[0] * padded * terms + c[1] * padded + c[2] * (double)points * terms;
}

static double of_events(const conv_events *p, conv_way way, conv_density density)
{
    const dense_conv_shape *s = &p->shape;
    double numbers = (double)(s->H * s->W * s->C), slices = (double)p->slices;
    double events = numbers * density.events, pixels = (double)(s->H * s->W) * density.pixels;
    double vectors = (double)(p->places * p->vectors) / (double)(s->stride[0] * s->stride[1]); /* that an event adds to, of a slice */
    double outputs = (double)(s->OH * s->OW * s->out), weights = (double)(s->C * p->places * p->vectors) * slices;
    const double counted[2][COUNTS] = {
        {outputs, numbers, pixels * slices * vectors, pixels * slices, events * slices * vectors, events * slices},
        {outputs, numbers, weights, events, events * slices * vectors, events * slices}};
    double sum = 0;
    for (int i = 0; i < COUNTS; i++)
        sum += cost[fsnn_isa_level()].events[way][i] * counted[way][i];
    return sum;
}

double conv_ratio(const conv_events *plan, conv_way way, conv_density density)
{
    return of_events(plan, way, density) / of_dense(plan, way);
}

bool conv_quicker(const conv_events *plan, conv_way way, conv_density density)
{
    return conv_ratio(plan, way, density) < clearly;
}

bool conv_worth_look(const conv_events *plan, conv_way way)
{
    const dense_conv_shape *s = &plan->shape;
    double work = (double)(s->rows * s->OH * s->OW * s->out) * (double)(s->C * plan->places);
    return work >= LEAST_WORK && conv_quicker(plan, way, (conv_density){0.01, 0.02});
}

static void count_line(const float *x, int64_t pixels, int64_t C, int64_t *events, int64_t *busy)
{
    for (int64_t p = 0; p < pixels; p++, x += C) {
        int32_t found = 0;
        for (int64_t c = 0; c < C; c++)
            found += x[c] != 0;
        *events += found;
        *busy += found > 0;
    }
}

conv_density conv_look(const conv_events *plan, const float *x)
{
    const dense_conv_shape *s = &plan->shape;
    int64_t lines = s->rows * s->H, wanted = LOOKED / (s->W * s->C), events = 0, busy = 0;
    wanted = wanted < LEAST_LINES ? LEAST_LINES : wanted > MOST_LINES ? MOST_LINES : wanted;
    if (wanted > lines)
        wanted = lines;
    for (int64_t i = 0; i < wanted; i++) {
        /* steps of the golden section reach all rows of images of any height, and are nowhere dense */
        uint32_t place = (uint32_t)((uint64_t)(i + 1) * 2654435769u);
        int64_t line = (int64_t)((double)place * 0x1p-32 * (double)lines);
        count_line(x + line * s->W * s->C, s->W, s->C, &events, &busy);
    }
    double pixels = (double)(wanted * s->W);
    return (conv_density){(double)events / (pixels * (double)s->C), (double)busy / pixels};
}
