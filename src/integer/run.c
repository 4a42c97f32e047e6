/* integer/run.c: samples through a program, each from rest, shared by threads. */
#include "integer/run.h"

#include "base/isa.h"

#include <math.h>

extern const integer_kernels integer_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const integer_kernels integer_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const integer_kernels integer_kernels_avx512;
#endif

const integer_kernels *integer_kernels_get(void)
{
    static const integer_kernels *const level[] = FSNN_BY_ISA(&integer_kernels);
    return level[fsnn_isa_level()];
}

void integer_take(const fsnn_integer *p, const float *x, int32_t *in)
{
    for (int64_t i = 0; i < p->in_numbers; i++) {
        double number = rint(ldexp((double)x[i], p->in_fraction));
        in[i] = number > p->in_most    ? p->in_most
                : number < -p->in_most ? -p->in_most
                : isnan(number)        ? 0
                                       : (int32_t)number;
    }
}

typedef struct job {
    const fsnn_integer *p;
    int64_t steps, batch;
    const float *x;
    integer_seen *seen;
    void *user;
    int32_t *states; /* [workers][numbers] */
} job;

static void sample(int64_t b, int worker, void *user)
{
    const job *j = user;
    const fsnn_integer *p = j->p;
    const integer_kernels *kernels = integer_kernels_get();
    int32_t *state = j->states + worker * p->numbers;
    memset(state, 0, (size_t)p->numbers * sizeof *state);
    for (int64_t k = 0; k < j->steps; k++) {
        const float *x = j->x + (k * j->batch + b) * p->in_numbers;
        const size_t bytes = (size_t)p->in_numbers * sizeof *x;
        const bool same = k > 0 && memcmp(x, x - j->batch * p->in_numbers, bytes) == 0;
        if (!same)
            integer_take(p, x, state + p->place[p->root[p->in_value]]);
        kernels->run(p, state, same);
        j->seen(p, state, k, b, j->user);
    }
}

fsnn_status integer_run(const fsnn_integer *p, int64_t steps, int64_t batch, const float *x,
                        integer_seen *seen, void *user)
{
    job j = {.p = p, .steps = steps, .batch = batch, .x = x, .seen = seen, .user = user};
    j.states = fsnn_alloc((size_t)(fsnn_threads() * p->numbers) * sizeof *j.states);
    if (!j.states)
        return FSNN_EMEMORY;
    fsnn_parallel(batch, sample, &j);
    fsnn_free(j.states);
    return FSNN_OK;
}

int64_t integer_plain(const fsnn_integer *p, int64_t i)
{
    return net_plain(&p->out, p->out_last, i);
}

const int32_t *integer_output(const fsnn_integer *p, const int32_t *state)
{
    return state + p->place[p->root[p->out_value]];
}

typedef struct outputs {
    int64_t batch;
    float *y;
} outputs;

static void give(const fsnn_integer *p, const int32_t *state, int64_t k, int64_t b, void *user)
{
    const outputs *o = user;
    const int32_t *from = integer_output(p, state);
    float *to = o->y + (k * o->batch + b) * p->out_numbers;
    for (int64_t i = 0; i < p->out_numbers; i++)
        to[integer_plain(p, i)] = (float)ldexp(from[i], -p->value[p->out_value].fraction);
}

fsnn_status fsnn_integer_run(const fsnn_integer *integer, int64_t steps, int64_t batch,
                             const float *x, float *y)
{
    FSNN_NEED(integer);
    FSNN_NEED(x);
    FSNN_NEED(y);
    if (steps < 1 || batch < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a run has one step of one sample or more, not %lld of "
                         "%lld",
                         (long long)steps, (long long)batch);
    outputs o = {batch, y};
    return integer_run(integer, steps, batch, x, give, &o);
}
