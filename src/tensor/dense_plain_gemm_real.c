/* tensor/dense_plain_gemm_real.c: the matrix product, and many at once, without a library. */
#include "tensor/dense.h"
#include "tensor/dense_plain_product.h"

#include <stdatomic.h>

fsnn_status dense_prepare(void)
{
    return product_prepare();
}

fsnn_status dense_warm(void)
{
    return FSNN_OK; /* its kernels are compiled */
}

int64_t dense_piece(void)
{
    return PRODUCT_DEPTH;
}

static fsnn_status check_apart(const char *name, int64_t apart, int64_t numbers)
{
    if (apart >= numbers && apart > 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EDENSE,
                     "could not multiply matrices: rows of %s stand %lld apart and hold %lld", name,
                     (long long)apart, (long long)numbers);
}

static fsnn_status check(char ta, char tb, int64_t M, int64_t N, int64_t K, int64_t lda,
                         int64_t ldb, int64_t ldc)
{
    FSNN_TRY(check_apart("A", lda, ta == 'N' ? K : M));
    FSNN_TRY(check_apart("B", ldb, tb == 'N' ? N : K));
    return check_apart("C", ldc, N);
}

fsnn_status dense_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, real alpha, const real *A,
                       int64_t lda, const real *B, int64_t ldb, real beta, real *C, int64_t ldc)
{
    FSNN_TRY(check(ta, tb, M, N, K, lda, ldb, ldc));
    product p = {.M = M,
                 .N = N,
                 .K = K,
                 .alpha = alpha,
                 .beta = beta,
                 .a = product_side_matrix(A, lda, ta == 'N'),
                 .b = product_side_matrix(B, ldb, tb == 'T'),
                 .C = C,
                 .rows = product_rows_of(ldc)};
    return product_run(&p);
}

typedef struct job {
    const dense_batch *s;
    const real *A, *B;
    real *C;
    atomic_int status; /* of a product that failed */
} job;

static int64_t place(const dense_operand *o, const dense_batch *s, int64_t i)
{
    return i / s->inner * o->outer + i % s->inner * o->inner;
}

static fsnn_status multiply(const job *j, int64_t i)
{
    const dense_batch *s = j->s;
    bool turned = s->c.turned; /* C^T = B^T A^T */
    product_side sides[] = {product_side_matrix(j->A + place(&s->a, s, i), s->a.row, !s->a.turned),
                            product_side_matrix(j->B + place(&s->b, s, i), s->b.row, s->b.turned)};
    product p = {.M = turned ? s->N : s->M,
                 .N = turned ? s->M : s->N,
                 .K = s->K,
                 .alpha = s->alpha,
                 .a = sides[turned],
                 .b = sides[!turned],
                 .C = j->C + place(&s->c, s, i),
                 .rows = product_rows_of(s->c.row)};
    return product_run_here(&p);
}

static void some(int64_t begin, int64_t end, void *user)
{
    job *j = user;
    for (int64_t i = begin; i < end; i++)
        if (multiply(j, i) < 0)
            atomic_store(&j->status, FSNN_EMEMORY);
}

static fsnn_status check_operand(const char *name, const dense_operand *o, int64_t rows,
                                 int64_t columns)
{
    return check_apart(name, o->row, o->turned ? rows : columns);
}

/* Products are shared among the threads whole. */
fsnn_status dense_gemm_batch(const dense_batch *s, const real *A, const real *B, real *C)
{
    enum { GRAIN = 1 << 16 }; /* multiply-adds that pay for a thread's attention */
    job j = {.s = s, .A = A, .B = B, .C = C};
    int64_t work = s->M * s->N * s->K;
    FSNN_TRY(check_operand("A", &s->a, s->M, s->K));
    FSNN_TRY(check_operand("B", &s->b, s->K, s->N));
    FSNN_TRY(check_operand("C", &s->c, s->M, s->N));
    FSNN_TRY(product_prepare());
    fsnn_parallel_range(s->outer * s->inner, 1 + GRAIN / (work > 0 ? work : 1), some, &j);
    if (atomic_load(&j.status))
        return fsnn_fail(FSNN_EMEMORY, "out of memory: could not multiply matrices");
    return FSNN_OK;
}
