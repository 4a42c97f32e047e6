/* base/port_process.h: other programs. */
#ifndef FSNN_BASE_PORT_PROCESS_H
#define FSNN_BASE_PORT_PROCESS_H

#include "base/base.h"

typedef enum port_stage {
    PORT_NO_PIPE,  /* to what it says; `error` has the reason */
    PORT_NO_START, /* `error` has the reason: ENOENT where there is no such program */
    PORT_SIGNAL,   /* a signal ended it, `number` */
    PORT_ENDED,    /* by itself, with the exit code `number` */
    PORT_UNKNOWN,  /* it ended, but this process gets no reports of that (SIGCHLD is ignored) */
} port_stage;

typedef struct port_end {
    port_stage stage;
    int number;
    const char *error; /* a sentence of the system */
    bool missing;      /* there is no such program */
} port_end;

/* Runs a program, found by its name as a shell would but without one, in `folder`, with nothing to
 * read and its output dropped, and waits for its end. `argument` ends with NULL; the first is the
 * name. `said` [capacity] becomes the last of what it writes to stderr, at least half of the
 * capacity where that much was said; it does not wait for it to be read. */
port_end port_run(const char *folder, char *const *argument, char *said, size_t capacity);

/* A program that runs, and what it writes to stdout. */
typedef struct port_output {
    int64_t child;
    int end;
} port_output;

/* Starts it likewise, here, with what it writes to stderr dropped. The result has an `error` where
 * it did not start; else port_output_close is to be called. */
port_end port_output_open(char *const *argument, port_output *output);
/* Exactly `size` bytes; false: it ended before. */
bool port_output_read(port_output *output, void *bytes, size_t size);
/* Reads no more, and waits for its end. */
port_end port_output_close(port_output *output);

#endif
