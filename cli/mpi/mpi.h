/* cli/mpi/mpi.h: the parts of fsnn-mpi: the program in main.c, the ranks in ranks.c, what ranks but
 * the first would print in aside.c. */
#ifndef FSNN_CLI_MPI_H
#define FSNN_CLI_MPI_H

#include "cli/train/train.h"

/* Fills in rank, count and functions; MPI is initialised. */
void mpi_ranks(fsnn_ranks *ranks);
/* Bytes that this rank has sent, and seconds that it has spent on that, waiting for others
 * included. */
void mpi_traffic(double *bytes, double *seconds);

/* From here on stderr of this process is put aside. */
void mpi_aside_begin(void);
/* The end of what was put aside, at most size - 1 letters. */
void mpi_aside_read(char *text, size_t size);

#endif
