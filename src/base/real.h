/* base/real.h: the number that computes: float, or double under -DFSNN_DOUBLE.
 *
 * The build compiles the rooms of cmake/Real.cmake, and files named *_real.c and *_real_kernel.c
 * elsewhere, twice: with real = float and, under other names (f becomes f_double), with real =
 * double. In single precision nothing may differ from what was written with float: REAL(0.1) is
 * 0.1f. */
#ifndef FSNN_BASE_REAL_H
#define FSNN_BASE_REAL_H

#include <float.h>
#include <math.h>

#ifdef FSNN_DOUBLE
typedef double real;
#define REAL(x) x
#define REAL_OF(function) function
#define REAL_MAX DBL_MAX
#define REAL_MAX_TEXT "1.8e308"
#define REAL_NAME "double"
#define REAL_MIN DBL_MIN
#define REAL_TRUE_MIN DBL_TRUE_MIN
#define REAL_EPSILON DBL_EPSILON
#else
typedef float real;
#define REAL(x) x##f
#define REAL_OF(function) function##f
#define REAL_MAX FLT_MAX
#define REAL_MAX_TEXT "3.4e38"
#define REAL_NAME "single"
#define REAL_MIN FLT_MIN
#define REAL_TRUE_MIN FLT_TRUE_MIN
#define REAL_EPSILON FLT_EPSILON
#endif

/* Functions of libm in the precision of real. */
#define real_abs REAL_OF(fabs)
#define real_atan REAL_OF(atan)
#define real_ceil REAL_OF(ceil)
#define real_copysign REAL_OF(copysign)
#define real_cos REAL_OF(cos)
#define real_erf REAL_OF(erf)
#define real_erfc REAL_OF(erfc)
#define real_exp REAL_OF(exp)
#define real_expm1 REAL_OF(expm1)
#define real_floor REAL_OF(floor)
#define real_fma REAL_OF(fma)
#define real_log REAL_OF(log)
#define real_log1p REAL_OF(log1p)
#define real_max REAL_OF(fmax)
#define real_min REAL_OF(fmin)
#define real_pow REAL_OF(pow)
#define real_rint REAL_OF(rint)
#define real_sin REAL_OF(sin)
#define real_sqrt REAL_OF(sqrt)
#define real_tanh REAL_OF(tanh)

#endif
