/* cli/mpi/ranks.c: fsnn_ranks by MPI. A failure of MPI itself ends all ranks (its default error
 * handler). */
#include "cli/mpi/mpi.h"

#include <limits.h>
#include <mpi.h>

static double sent, spent;

/* What one call of MPI moves is an int. */
static int too_long(size_t bytes)
{
    if (bytes <= INT_MAX)
        return 0;
    fsnn_error_set(FSNN_ECALLBACK, "%zu bytes are too many for one message", bytes);
    return 1;
}

static int exchange(const void *out, void *in, size_t bytes, void *user)
{
    const fsnn_ranks *r = user;
    double begin = MPI_Wtime();
    if (too_long(bytes))
        return 1;
    MPI_Alltoall(out, (int)bytes, MPI_BYTE, in, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
    spent += MPI_Wtime() - begin;
    sent += (double)bytes * (r->count - 1);
    return 0;
}

static int gather(const void *out, void *in, size_t bytes, void *user)
{
    const fsnn_ranks *r = user;
    double begin = MPI_Wtime();
    if (too_long(bytes))
        return 1;
    MPI_Allgather(out, (int)bytes, MPI_BYTE, in, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
    spent += MPI_Wtime() - begin;
    sent += (double)bytes * (r->count - 1);
    return 0;
}

void mpi_ranks(fsnn_ranks *ranks)
{
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->count);
    ranks->exchange = exchange;
    ranks->gather = gather;
    ranks->user = ranks;
}

void mpi_traffic(double *bytes, double *seconds)
{
    *bytes = sent;
    *seconds = spent;
}
