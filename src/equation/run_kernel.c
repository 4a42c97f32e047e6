/* Operations of equations: one function each, on rows of n numbers, 32 or several times 32. The
 * loop over 32 of them becomes 2 to 8 vector operations. Rows are aligned where they are the
 * equation's own; the caller's need not be. */
#include "base/isa_kernel.h"
#include "equation/code.h"
#include "base/functions_kernel.h"
#include "base/rows.h"

/* A row as operand: slot number of `o`. */
#define ROW(name) const real *name = slot[o->name]
#define DEST real *d = slot[o->d]
#define EACH_OF(n)                                                                                 \
    for (int r = 0; r < (n); r += ROW_LANES)                                                       \
    _Pragma("omp simd") for (int i = r; i < r + ROW_LANES; i++)

/* ---- chains: links by number (equation_code.h) ---- */

#define LINK_0(x, y) ((x) + (y))
#define LINK_1(x, y) ((x) - (y))
#define LINK_2(x, y) ((x) * (y))
#define LINK_3(x, y) ((y) - (x))

#define ONE(o1)                                                                                    \
    static void one_##o1(const equation_op *o, real *const *slot, int n)                           \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        ROW(b);                                                                                    \
        EACH_OF(n) d[i] = LINK_##o1(a[i], b[i]);                                                   \
    }
#define TWO(o1, o2)                                                                                \
    static void two_##o1##o2(const equation_op *o, real *const *slot, int n)                       \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        ROW(b);                                                                                    \
        ROW(c);                                                                                    \
        EACH_OF(n) d[i] = LINK_##o2(LINK_##o1(a[i], b[i]), c[i]);                                  \
    }
#define THREE(o1, o2, o3)                                                                          \
    static void three_##o1##o2##o3(const equation_op *o, real *const *slot, int n)                 \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        ROW(b);                                                                                    \
        ROW(c);                                                                                    \
        ROW(e);                                                                                    \
        EACH_OF(n) d[i] = LINK_##o3(LINK_##o2(LINK_##o1(a[i], b[i]), c[i]), e[i]);                 \
    }
#define SUM(o1, o2, o3)                                                                            \
    static void sum_##o1##o2##o3(const equation_op *o, real *const *slot, int n)                   \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        ROW(b);                                                                                    \
        ROW(c);                                                                                    \
        ROW(e);                                                                                    \
        ROW(f);                                                                                    \
        EACH_OF(n) d[i] = LINK_##o3(LINK_##o2(LINK_##o1(a[i], b[i]), c[i]), e[i]) + f[i];          \
    }
#define THREE_EACH(o1, o2, o3) THREE(o1, o2, o3) SUM(o1, o2, o3)
#define THREE_ALL(o1, o2)                                                                          \
    THREE_EACH(o1, o2, 0) THREE_EACH(o1, o2, 1) THREE_EACH(o1, o2, 2) THREE_EACH(o1, o2, 3)
#define TWO_ALL(o1)                                                                                \
    TWO(o1, 0)                                                                                     \
    TWO(o1, 1)                                                                                     \
    TWO(o1, 2)                                                                                     \
    TWO(o1, 3)                                                                                     \
    THREE_ALL(o1, 0) THREE_ALL(o1, 1) THREE_ALL(o1, 2) THREE_ALL(o1, 3)

ONE(0)
ONE(1)
ONE(2)
TWO_ALL(0)
TWO_ALL(1)
TWO_ALL(2)

/* ---- others ---- */

#define UNARY(name, value)                                                                         \
    static void op_##name(const equation_op *o, real *const *slot, int n)                          \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        EACH_OF(n) d[i] = value;                                                                   \
    }
#define BINARY(name, value)                                                                        \
    static void op_##name(const equation_op *o, real *const *slot, int n)                          \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        ROW(b);                                                                                    \
        EACH_OF(n) d[i] = value;                                                                   \
    }
/* lane by lane: libm's */
#define SCALAR(name, value)                                                                        \
    static void op_##name(const equation_op *o, real *const *slot, int n)                          \
    {                                                                                              \
        DEST;                                                                                      \
        ROW(a);                                                                                    \
        for (int i = 0; i < n; i++)                                                                \
            d[i] = value;                                                                          \
    }

UNARY(copy, a[i])
UNARY(neg, -a[i])
UNARY(sqrt, real_sqrt(a[i]))
UNARY(exp, row_exp(a[i]))
UNARY(log, row_log(a[i]))
UNARY(tanh, row_tanh(a[i]))
UNARY(sigmoid, row_sigmoid(a[i]))
UNARY(abs, real_abs(a[i]))
UNARY(step, a[i] >= 0 ? REAL(1.0) : REAL(0.0))
UNARY(atleast, a[i] > REAL(0x1p-63) ? a[i] : REAL(0x1p-63))
SCALAR(sin, real_sin(a[i]))
SCALAR(cos, real_cos(a[i]))
BINARY(div, a[i] / b[i])
BINARY(min, a[i] <= b[i] ? a[i] : b[i])
BINARY(max, a[i] >= b[i] ? a[i] : b[i])
BINARY(signed, a[i] >= 0 ? b[i] : -b[i])

static void op_zero(const equation_op *o, real *const *slot, int n)
{
    DEST;
    EACH_OF(n) d[i] = 0;
}

static void op_pick(const equation_op *o, real *const *slot, int n)
{
    DEST;
    ROW(a);
    ROW(b);
    ROW(c);
    EACH_OF(n) d[i] = a[i] <= b[i] ? c[i] : 0;
}

#ifdef FSNN_DOUBLE
static void pow_row(const double *a, const double *b, double *d)
{
    for (int i = 0; i < ROW_LANES; i++)
        d[i] = pow(a[i], b[i]);
}
#else
/* In passes of one type each: what is ordinary first, in double precision. */
static void pow_row(const float *a, const float *b, float *d)
{
    double base[ROW_LANES], power[ROW_LANES];
    EACH_LANE
    {
        float size = fabsf(a[i]);
        size = size > 0 ? size : 1;
        base[i] = size <= 3.40282347e+38f ? size : 1;
    }
    EACH_LANE power[i] = b[i];
    EACH_LANE base[i] = row_log2(base[i]);
    EACH_LANE power[i] = row_exp2(power[i] * base[i]);
    EACH_LANE d[i] = row_pow_ends(a[i], b[i], (float)power[i]);
}
#endif

static void op_pow(const equation_op *o, real *const *slot, int n)
{
    DEST;
    ROW(a);
    ROW(b);
    for (int r = 0; r < n; r += ROW_LANES)
        pow_row(a + r, b + r, d + r);
}

#define TWO_ROW(o1) two_##o1##0, two_##o1##1, two_##o1##2, two_##o1##3
#define THREE_ROW(o1, o2) three_##o1##o2##0, three_##o1##o2##1, three_##o1##o2##2, three_##o1##o2##3
#define SUM_ROW(o1, o2) sum_##o1##o2##0, sum_##o1##o2##1, sum_##o1##o2##2, sum_##o1##o2##3
#define SUM_ROWS(o1) SUM_ROW(o1, 0), SUM_ROW(o1, 1), SUM_ROW(o1, 2), SUM_ROW(o1, 3)
#define THREE_ROWS(o1) THREE_ROW(o1, 0), THREE_ROW(o1, 1), THREE_ROW(o1, 2), THREE_ROW(o1, 3)

equation_operation *const FSNN_K(equation_operations)[OPS] = {
    [OP_ADD] = one_0,
    [OP_SUB] = one_1,
    [OP_MUL] = one_2,
    [OP_TWO] = TWO_ROW(0),
    TWO_ROW(1),
    TWO_ROW(2),
    [OP_THREE] = THREE_ROWS(0),
    THREE_ROWS(1),
    THREE_ROWS(2),
    [OP_SUM] = SUM_ROWS(0),
    SUM_ROWS(1),
    SUM_ROWS(2),
    [OP_COPY] = op_copy,
    [OP_ZERO] = op_zero,
    [OP_NEG] = op_neg,
    [OP_DIV] = op_div,
    [OP_SQRT] = op_sqrt,
    [OP_EXP] = op_exp,
    [OP_LOG] = op_log,
    [OP_TANH] = op_tanh,
    [OP_SIGMOID] = op_sigmoid,
    [OP_ABS] = op_abs,
    [OP_STEP] = op_step,
    [OP_SIN] = op_sin,
    [OP_COS] = op_cos,
    [OP_MIN] = op_min,
    [OP_MAX] = op_max,
    [OP_POW] = op_pow,
    [OP_SIGNED] = op_signed,
    [OP_PICK] = op_pick,
    [OP_ATLEAST] = op_atleast,
};
