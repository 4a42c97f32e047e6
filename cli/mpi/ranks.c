/* cli/mpi/ranks.c: fsnn_ranks by MPI. A failure of MPI itself ends all ranks (its default error
 * handler). */
#include "cli/mpi/mpi.h"

#include <limits.h>
#include <mpi.h>

static double sent, spent;

/* What is begun goes over communicators of its own, so that it meets its like whatever else the
 * ranks say to each other meanwhile. */
enum { EXCHANGES, GATHERS, KINDS, CALLS = 16 };
static MPI_Comm apart[KINDS];
static MPI_Request running[CALLS];

/* What one call of MPI moves is an int. */
static int too_long(size_t bytes)
{
    if (bytes <= INT_MAX)
        return 0;
    fsnn_error_set(FSNN_ECALLBACK, "%zu bytes are too many for one message", bytes);
    return 1;
}

static void count(const fsnn_ranks *r, size_t bytes, double begin)
{
    spent += MPI_Wtime() - begin;
    sent += (double)bytes * (r->count - 1);
}

/* MPI_Alltoall, MPI_Allgather. */
typedef int collective(const void *, int, MPI_Datatype, void *, int, MPI_Datatype, MPI_Comm);
/* The same, begun: MPI_Ialltoall, MPI_Iallgather. */
typedef int collective_begin(const void *, int, MPI_Datatype, void *, int, MPI_Datatype, MPI_Comm,
                             MPI_Request *);

static int move(collective *how, const void *out, void *in, size_t bytes, const fsnn_ranks *r)
{
    double begin = MPI_Wtime();
    if (too_long(bytes))
        return 1;
    how(out, (int)bytes, MPI_BYTE, in, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
    count(r, bytes, begin);
    return 0;
}

static int exchange(const void *out, void *in, size_t bytes, void *user)
{
    return move(MPI_Alltoall, out, in, bytes, user);
}

static int gather(const void *out, void *in, size_t bytes, void *user)
{
    return move(MPI_Allgather, out, in, bytes, user);
}

/* ---- begun and not waited for ---- */

static MPI_Request *next(void)
{
    for (int i = 0; i < CALLS; i++)
        if (running[i] == MPI_REQUEST_NULL)
            return &running[i];
    fsnn_error_set(FSNN_ECALLBACK, "more than %d messages are on their way", CALLS);
    return NULL;
}

/* NULL: an error. */
static void *begin_move(collective_begin *how, MPI_Comm over, const void *out, void *in,
                        size_t bytes, const fsnn_ranks *r)
{
    double begin = MPI_Wtime();
    MPI_Request *made = too_long(bytes) ? NULL : next();
    if (!made)
        return NULL;
    how(out, (int)bytes, MPI_BYTE, in, (int)bytes, MPI_BYTE, over, made);
    count(r, bytes, begin);
    return made;
}

static int exchange_begin(const void *out, void *in, size_t bytes, void **call, void *user)
{
    *call = begin_move(MPI_Ialltoall, apart[EXCHANGES], out, in, bytes, user);
    return *call == NULL;
}

static int gather_begin(const void *out, void *in, size_t bytes, void **call, void *user)
{
    *call = begin_move(MPI_Iallgather, apart[GATHERS], out, in, bytes, user);
    return *call == NULL;
}

static int done(void *call, bool wait, void *user)
{
    double begin = MPI_Wtime();
    int yes = 1;
    if (wait)
        MPI_Wait(call, MPI_STATUS_IGNORE);
    else
        MPI_Test(call, &yes, MPI_STATUS_IGNORE);
    count(user, 0, begin);
    return yes;
}

void mpi_ranks(fsnn_ranks *ranks)
{
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->count);
    for (int i = 0; i < KINDS; i++)
        MPI_Comm_dup(MPI_COMM_WORLD, &apart[i]);
    for (int i = 0; i < CALLS; i++)
        running[i] = MPI_REQUEST_NULL;
    ranks->exchange = exchange;
    ranks->gather = gather;
    ranks->exchange_begin = exchange_begin;
    ranks->gather_begin = gather_begin;
    ranks->done = done;
    ranks->user = ranks;
}

void mpi_traffic(double *bytes, double *seconds)
{
    *bytes = sent;
    *seconds = spent;
}
