/* tensor/dense_onednn_gemm.c: the matrix product, and many at once. Cost: 2 M N K flops. */
#include "tensor/dense.h"
#include "tensor/dense_onednn.h"

#include <stdatomic.h>
#include <stdlib.h>

/* At its first product the library makes its kernels, and does not look whether there is memory for
 * them (2.6): where there is not, a signal ends the program. So there must be room for them. */
static fsnn_status make_room(void)
{
    enum { KERNELS = 32 << 20 }; /* bytes, more than they take */
    static atomic_bool made;
    if (atomic_load_explicit(&made, memory_order_relaxed))
        return FSNN_OK;
    void *room = malloc(KERNELS); /* not touched: it costs nothing */
    if (!room)
        return dense_check(dnnl_out_of_memory, "multiply matrices");
    free(room);
    atomic_store_explicit(&made, true, memory_order_relaxed);
    return FSNN_OK;
}

fsnn_status dense_prepare(void)
{
    return FSNN_OK; /* the library keeps what it needs */
}

/* As seen with 2.6 and 16 rows or more, AVX-512; only speed and equal bits hang on it. */
int64_t dense_piece(void)
{
    return 384;
}

fsnn_status dense_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, float alpha,
                       const float *A, int64_t lda, const float *B, int64_t ldb, float beta,
                       float *C, int64_t ldc)
{
    FSNN_TRY(make_room());
    return dense_check(caught_sgemm(ta, tb, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc),
                       "multiply matrices");
}

/* Any product of a transposed matrix has all of them made. */
fsnn_status dense_warm(void)
{
    enum { SIDE = 4 };
    static const float side[SIDE * SIDE];
    static atomic_bool warm;
    float c[SIDE * SIDE];
    if (atomic_load_explicit(&warm, memory_order_relaxed))
        return FSNN_OK;
    FSNN_TRY(dense_gemm('T', 'N', SIDE, SIDE, SIDE, 1, side, SIDE, side, SIDE, 0, c, SIDE));
    atomic_store_explicit(&warm, true, memory_order_relaxed);
    return FSNN_OK;
}

typedef struct job {
    const dense_batch *s;
    const float *A, *B;
    float *C;
    atomic_int status; /* of the first product that failed, as the library has it */
} job;

static int64_t place(const dense_operand *o, const dense_batch *s, int64_t i)
{
    return i / s->inner * o->outer + i % s->inner * o->inner;
}

static char letter(const dense_operand *o)
{
    return o->turned ? 'T' : 'N';
}

static void one(int64_t i, job *j)
{
    const dense_batch *s = j->s;
    const float *A = j->A + place(&s->a, s, i), *B = j->B + place(&s->b, s, i);
    float *C = j->C + place(&s->c, s, i);
    dnnl_status_t status;
    if (s->c.turned) { /* C^T = B^T A^T */
        dense_operand a = dense_turned(s->a), b = dense_turned(s->b);
        status = caught_sgemm(letter(&b), letter(&a), s->N, s->M, s->K, s->alpha, B, b.row, A,
                              a.row, 0, C, s->c.row);
    } else {
        status = caught_sgemm(letter(&s->a), letter(&s->b), s->M, s->N, s->K, s->alpha, A, s->a.row,
                              B, s->b.row, 0, C, s->c.row);
    }
    if (status)
        atomic_store(&j->status, (int)status);
}

static void some(int64_t begin, int64_t end, void *user)
{
    for (int64_t i = begin; i < end; i++)
        one(i, user);
}

/* One product uses all threads; several are shared among them, each by one. */
fsnn_status dense_gemm_batch(const dense_batch *s, const float *A, const float *B, float *C)
{
    enum { GRAIN = 1 << 16 }; /* multiply-adds that pay for a thread's attention */
    job j = {.s = s, .A = A, .B = B, .C = C};
    int64_t work = s->M * s->N * s->K;
    FSNN_TRY(make_room());
    fsnn_parallel_range(s->outer * s->inner, 1 + GRAIN / (work > 0 ? work : 1), some, &j);
    return dense_check((dnnl_status_t)atomic_load(&j.status), "multiply matrices");
}
