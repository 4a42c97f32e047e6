/* Plain loops with sums in double: what the dense kernels and the operators must give. Images are
 * addressed through strides, so that one loop serves both layouts. */
#ifndef FSNN_TESTS_REFERENCE_H
#define FSNN_TESTS_REFERENCE_H

#include <float.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct ref_images { /* [rows, C, H, W], channels-last in memory when `last` */
    int64_t rows, C, H, W;
    bool last;
} ref_images;

static inline int64_t ref_at(const ref_images *i, int64_t r, int64_t c, int64_t h, int64_t w)
{
    return i->last ? ((r * i->H + h) * i->W + w) * i->C + c
                   : ((r * i->C + c) * i->H + h) * i->W + w;
}

typedef struct ref_window {
    int64_t kernel[2], stride[2], padding[2], dilation[2], groups;
} ref_window;

static inline int64_t ref_size(int64_t in, const ref_window *w, int d)
{
    return (in + 2 * w->padding[d] - w->dilation[d] * (w->kernel[d] - 1) - 1) / w->stride[d] + 1;
}

static inline bool ref_input(const ref_window *w, const ref_images *x, int64_t oh, int64_t ow,
                             int64_t kh, int64_t kw, int64_t *h, int64_t *v)
{
    *h = oh * w->stride[0] - w->padding[0] + kh * w->dilation[0];
    *v = ow * w->stride[1] - w->padding[1] + kw * w->dilation[1];
    return *h >= 0 && *h < x->H && *v >= 0 && *v < x->W;
}

/* Calls body(y index, x index, weight index) for every product of a convolution. */
#define REF_CONV(x, y, win, body)                                                                  \
    do {                                                                                           \
        int64_t cin_ = (x)->C / (win)->groups, cout_ = (y)->C / (win)->groups, h_, v_;             \
        for (int64_t r = 0; r < (y)->rows; r++)                                                    \
            for (int64_t o = 0; o < (y)->C; o++)                                                   \
                for (int64_t oh = 0; oh < (y)->H; oh++)                                            \
                    for (int64_t ow = 0; ow < (y)->W; ow++)                                        \
                        for (int64_t c = 0; c < cin_; c++)                                         \
                            for (int64_t kh = 0; kh < (win)->kernel[0]; kh++)                      \
                                for (int64_t kw = 0; kw < (win)->kernel[1]; kw++) {                \
                                    if (!ref_input(win, x, oh, ow, kh, kw, &h_, &v_))              \
                                        continue;                                                  \
                                    int64_t yi = ref_at(y, r, o, oh, ow);                          \
                                    int64_t xi = ref_at(x, r, o / cout_ * cin_ + c, h_, v_);       \
                                    int64_t wi = ((o * cin_ + c) * (win)->kernel[0] + kh) *        \
                                                     (win)->kernel[1] +                            \
                                                 kw;                                               \
                                    body;                                                          \
                                }                                                                  \
    } while (0)

/* y, gx, gw, gb are double and must be zeroed by the caller. */
static inline void ref_conv_forward(const ref_images *x, const ref_images *y, const ref_window *win,
                                    const real *xv, const real *w, const real *b, double *out)
{
    REF_CONV(x, y, win, out[yi] += (double)xv[xi] * w[wi]);
    for (int64_t r = 0; b && r < y->rows; r++)
        for (int64_t c = 0; c < y->C; c++)
            for (int64_t h = 0; h < y->H; h++)
                for (int64_t v = 0; v < y->W; v++)
                    out[ref_at(y, r, c, h, v)] += b[c];
}

static inline void ref_conv_backward(const ref_images *x, const ref_images *y,
                                     const ref_window *win, const real *xv, const real *w,
                                     const real *gy, double *gx, double *gw, double *gb)
{
    REF_CONV(x, y, win, (gx[xi] += (double)gy[yi] * w[wi], gw[wi] += (double)gy[yi] * xv[xi]));
    for (int64_t r = 0; r < y->rows; r++)
        for (int64_t c = 0; c < y->C; c++)
            for (int64_t h = 0; h < y->H; h++)
                for (int64_t v = 0; v < y->W; v++)
                    gb[c] += gy[ref_at(y, r, c, h, v)];
}

typedef enum ref_pool { REF_MAX, REF_AVERAGE, REF_AVERAGE_INSIDE } ref_pool;

/* Forward into `out`, and backward of `gy` into `gx` (zeroed by the caller). Of equal maxima the
 * first in row-major order wins. */
static inline void ref_pooling(ref_pool kind, const ref_images *x, const ref_images *y,
                               const ref_window *win, const real *xv, const real *gy, double *out,
                               double *gx)
{
    int64_t h, v;
    for (int64_t r = 0; r < y->rows; r++)
        for (int64_t c = 0; c < y->C; c++)
            for (int64_t oh = 0; oh < y->H; oh++)
                for (int64_t ow = 0; ow < y->W; ow++) {
                    int64_t yi = ref_at(y, r, c, oh, ow), best = -1, inside = 0;
                    double sum = 0;
                    for (int64_t kh = 0; kh < win->kernel[0]; kh++)
                        for (int64_t kw = 0; kw < win->kernel[1]; kw++) {
                            if (!ref_input(win, x, oh, ow, kh, kw, &h, &v))
                                continue;
                            int64_t xi = ref_at(x, r, c, h, v);
                            inside++;
                            sum += xv[xi];
                            if (best < 0 || xv[xi] > xv[best])
                                best = xi;
                        }
                    int64_t all = win->kernel[0] * win->kernel[1];
                    double n = (double)(kind == REF_AVERAGE ? all : inside);
                    out[yi] = kind == REF_MAX ? xv[best] : sum / n;
                    if (kind == REF_MAX) {
                        gx[best] += gy[yi];
                        continue;
                    }
                    for (int64_t kh = 0; kh < win->kernel[0]; kh++)
                        for (int64_t kw = 0; kw < win->kernel[1]; kw++)
                            if (ref_input(win, x, oh, ow, kh, kw, &h, &v))
                                gx[ref_at(x, r, c, h, v)] += gy[yi] / n;
                }
}

/* out[M, N] = alpha op(A) op(B) + beta out. */
static inline void ref_gemm(char ta, char tb, int64_t M, int64_t N, int64_t K, double alpha,
                            const real *A, int64_t lda, const real *B, int64_t ldb, double beta,
                            double *out, int64_t ldc)
{
    for (int64_t m = 0; m < M; m++)
        for (int64_t n = 0; n < N; n++) {
            double sum = 0;
            for (int64_t k = 0; k < K; k++)
                sum += (double)(ta == 'N' ? A[m * lda + k] : A[k * lda + m]) *
                       (tb == 'N' ? B[k * ldb + n] : B[n * ldb + k]);
            out[m * ldc + n] = alpha * sum + beta * out[m * ldc + n];
        }
}

#endif
