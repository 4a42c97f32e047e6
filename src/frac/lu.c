/* Dense LU factorisation with partial pivoting (Golub and Van Loan, Matrix Computations,
 * alg. 3.4.1): n^3/3 products. */
#include "frac/lu.h"

#include <math.h>

bool frac_lu_factor(double *A, size_t *pivot, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(A[i * n + k]) > fabs(A[best * n + k]))
                best = i;
        pivot[k] = best;
        if (!(fabs(A[best * n + k]) > 0) || !isfinite(A[best * n + k]))
            return false;
        for (size_t j = 0; best != k && j < n; j++) {
            double swap = A[k * n + j];
            A[k * n + j] = A[best * n + j];
            A[best * n + j] = swap;
        }
        for (size_t i = k + 1; i < n; i++) {
            double factor = A[i * n + k] /= A[k * n + k];
            for (size_t j = k + 1; j < n; j++)
                A[i * n + j] -= factor * A[k * n + j];
        }
    }
    return true;
}

void frac_lu_solve(const double *A, const size_t *pivot, size_t n, double *b)
{
    for (size_t k = 0; k < n; k++) {
        double swap = b[k];
        b[k] = b[pivot[k]];
        b[pivot[k]] = swap;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            b[i] -= A[i * n + j] * b[j];
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            b[i] -= A[i * n + j] * b[j];
        b[i] /= A[i * n + i];
    }
}
