/* cli/mpi/aside.c: ranks fail alike, and one sentence is enough: what a rank but the first prints
 * on stderr is kept, and rank 0 prints it where that rank alone knows it. */
#include "cli/mpi/mpi.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *kept;
static int real = -1;

void mpi_aside_begin(void)
{
    kept = tmpfile();
    real = kept ? dup(STDERR_FILENO) : -1;
    if (real >= 0)
        dup2(fileno(kept), STDERR_FILENO);
}

void mpi_aside_read(char *text, size_t size)
{
    *text = 0;
    if (real < 0)
        return;
    fflush(stderr);
    off_t end = lseek(fileno(kept), 0, SEEK_END), room = (off_t)size - 1;
    ssize_t got = pread(fileno(kept), text, size - 1, end > room ? end - room : 0);
    text[got > 0 ? got : 0] = 0;
}
