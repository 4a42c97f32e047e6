/* integer/run.h: running a program, step by step for those who look on. */
#ifndef FSNN_INTEGER_RUN_H
#define FSNN_INTEGER_RUN_H

#include "integer/integer.h"

typedef struct integer_kernels {
    /* One step. `same`: the input is that of the step before. */
    void (*run)(const fsnn_integer *p, int32_t *state, bool same);
} integer_kernels;
const integer_kernels *integer_kernels_get(void);

/* The numbers of x [in_numbers] as the network takes them. */
void integer_take(const fsnn_integer *p, const float *x, int32_t *in);
/* Called after step k of sample b; samples come in any order, from any thread. */
typedef void integer_seen(const fsnn_integer *p, const int32_t *state, int64_t k, int64_t b,
                          void *user);
/* x [steps, batch, input]. FSNN_EMEMORY. */
fsnn_status integer_run(const fsnn_integer *p, int64_t steps, int64_t batch, const float *x,
                        integer_seen *seen, void *user);
/* The output as it lies, and where number i of it stands in the order of the shape. */
const int32_t *integer_output(const fsnn_integer *p, const int32_t *state);
int64_t integer_plain(const fsnn_integer *p, int64_t i);

#endif
