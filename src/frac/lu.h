/* frac/lu.h: dense LU with row exchanges, A[n][n] row by row. False when A is singular. */
#ifndef FSNN_FRAC_LU_H
#define FSNN_FRAC_LU_H

#include <stdbool.h>
#include <stddef.h>

bool frac_lu_factor(double *A, size_t *pivot, size_t n);
void frac_lu_solve(const double *A, const size_t *pivot, size_t n, double *b);

#endif
