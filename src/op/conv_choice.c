/* op/conv_choice.c: the choice between events and dense kernels. The times of both are sums of a
 * few counts with a cost each, from measurements; only their ratio matters. */
#include "op/conv_choice.h"

#include "base/isa.h"
#include "base/wish.h"

enum {
    LOOKED = 1 << 15,     /* numbers of a sample, */
    WORK_OF_LOOK = 512,   /* but no more than one for so many multiply-adds */
    LEAST_LINES = 16,     /* lines of a sample, */
    MOST_LINES = 512,     /* which must be fetched from main memory */
    LEAST_WORK = 1 << 22, /* multiply-adds of the dense kernels in a call */
    /* channels: for fewer the dense kernels have ways that the model does not know */
    LEAST_OUT = 16,
    LEAST_CHUNKS = 8 /* for threads to share */
};

/* The model errs by a fifth; what is taken must win. */
static const double clearly = 0.9;

/* Nanoseconds for each of the counts of `of_events` and `of_dense`, a row each for forward and the
 * weights: least squares of relative errors over the sizes and densities of
 * bench/bench_sparse_conv.c, both ways called by themselves, one thread of an Intel Xeon with
 * AVX-512; for the others the dense kernels were held to the same instruction set. The dense
 * kernels are oneDNN's; others take dense_conv_time() as long. */
enum { COUNTS = 7, DENSE_COUNTS = 3 };

static const struct {
    double events[2][COUNTS], dense[2][DENSE_COUNTS];
} cost[] = {
    [FSNN_ISA_BASE] = {{{1.25, 1.38, 0.593, 5.33, 0.358, 0.0447, 7.94},
                        {0.664, 2.02, 1.01, 0, 0.41, 0.706, 1.75}},
                       {{0.0929, 0.311, 0.64}, {0.114, 0.494, 1.1}}},
    [FSNN_ISA_AVX2] = {{{0.422, 1.35, 1.21, 0, 0.319, 0.503, 4.88},
                        {0.726, 1.65, 1.13, 0, 0.457, 0.717, 1.72}},
                       {{0.0251, 0.295, 0.0963}, {0.0338, 0.585, 0}}},
    [FSNN_ISA_AVX512] = {{{0.258, 0.891, 1.54, 0, 0.578, 0.963, 6.86},
                          {0.561, 1.09, 3.49, 2.36, 0.646, 1.1, 1.13}},
                         {{0.0171, 0.445, 0.043}, {0.0214, 0.459, 0}}},
};

conv_wish conv_wished(void)
{
    static const char *const name[] = {[CONV_DENSE] = "dense", [CONV_EVENTS] = "events"};
    int wish = wish_of("FSNN_CONVOLUTION", name, FSNN_COUNT(name));
    return wish < 0 ? CONV_BY_INPUT : (conv_wish)wish;
}

static double of_dense(const conv_events *p, conv_way way)
{
    const dense_conv_shape *s = &p->shape;
    int64_t lanes = conv_events_kernels_get()->lanes, points = s->OH * s->OW;
    double padded = (double)(points * ((s->out + lanes - 1) / lanes * lanes)),
           terms = (double)(s->C * p->places);
    const double counted[DENSE_COUNTS] = {padded * terms, padded, (double)points * terms};
    double sum = 0;
    for (int i = 0; i < DENSE_COUNTS; i++)
        sum += cost[fsnn_isa_level()].dense[way][i] * counted[i];
    return sum * dense_conv_time() * (s->bf16 ? 0.5 : 1);
}

/* Slices of channels are gone through one after the other, in each of them events and pixels. */
static double of_events(const conv_events *p, conv_way way, conv_density density)
{
    const dense_conv_shape *s = &p->shape;
    double slices = (double)p->slices, size = sizeof(real) / sizeof(float); /* bytes of a number */
    double numbers = (double)(s->H * s->W * s->C), outputs = (double)(s->OH * s->OW * s->out);
    double events = numbers * density.events, pixels = (double)(s->H * s->W) * density.pixels;
    /* of a slice, for one event */
    double vectors = (double)(p->places * p->vectors) / (double)(s->stride[0] * s->stride[1]);
    double sums = (double)(s->C * p->places * p->vectors) * slices,
           weights = (double)(s->C * p->places * p->width) * slices;
    double packed = weights / (double)s->rows, added = packed * (double)p->gradient_chunks;
    const double counted[2][COUNTS] = {{outputs * size, numbers * size, pixels * slices * vectors,
                                        pixels * slices, events * slices * vectors, events * slices,
                                        packed * size},
                                       {outputs * size, numbers * size, sums, events * size,
                                        events * slices * vectors, events * slices, added * size}};
    double sum = 0;
    for (int i = 0; i < COUNTS; i++)
        sum += cost[fsnn_isa_level()].events[way][i] * counted[way][i];
    return sum;
}

/* Multiply-adds of the dense kernels. */
static double work_of(const conv_events *p)
{
    const dense_conv_shape *s = &p->shape;
    return (double)(s->rows * s->OH * s->OW * s->out) * (double)(s->C * p->places);
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
    int64_t chunks = way == CONV_FORWARD ? plan->chunks : plan->gradient_chunks;
    bool enough =
        work_of(plan) >= LEAST_WORK && plan->shape.out >= LEAST_OUT && chunks >= LEAST_CHUNKS;
    return enough && conv_quicker(plan, way, (conv_density){0.01, 0.02});
}

static void count_line(const real *x, int64_t pixels, int64_t C, int64_t *events, int64_t *busy)
{
    for (int64_t p = 0; p < pixels; p++, x += C) {
        int32_t found = 0;
        for (int64_t c = 0; c < C; c++)
            found += x[c] != 0;
        *events += found;
        *busy += found > 0;
    }
}

/* Line i of a sample of `wanted`: all of them, or steps of the golden section, which are even over
 * time and over the height of images whatever that is. */
static int64_t line_of(int64_t i, int64_t wanted, int64_t lines)
{
    uint32_t place = (uint32_t)((uint64_t)i * 2654435769u);
    return wanted == lines ? i : (int64_t)((double)place * 0x1p-32 * (double)lines);
}

conv_density conv_look(const conv_events *plan, const real *x)
{
    const dense_conv_shape *s = &plan->shape;
    double most = work_of(plan) / WORK_OF_LOOK;
    int64_t lines = s->rows * s->H, events = 0, busy = 0;
    int64_t wanted = (most < LOOKED ? (int64_t)most : LOOKED) / (s->W * s->C);
    wanted = wanted < LEAST_LINES ? LEAST_LINES : wanted > MOST_LINES ? MOST_LINES : wanted;
    if (wanted > lines)
        wanted = lines;
    for (int64_t i = 0; i < wanted; i++)
        count_line(x + line_of(i, wanted, lines) * s->W * s->C, s->W, s->C, &events, &busy);
    double pixels = (double)(wanted * s->W);
    return (conv_density){(double)events / (pixels * (double)s->C), (double)busy / pixels};
}
