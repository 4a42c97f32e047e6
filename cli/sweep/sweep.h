/* cli/sweep/sweep.h: the parts of fsnn sweep: the command in sweep.c, processes in jobs.c, the
 * script for Slurm in slurm.c, words for shells in shell_word.c, what a run was trained with in
 * same.c. */
#ifndef FSNN_CLI_SWEEP_H
#define FSNN_CLI_SWEEP_H

#include "cli/cli.h"

typedef enum job_state {
    JOB_NEW,   /* nothing is there */
    JOB_SAVED, /* a run that is not at its end: it is gone on with */
    JOB_DONE,
} job_state;

/* A sweep that is run: where, and how a job is started. */
typedef struct sweep_work {
    const fsnn_sweep *sweep;
    char *program;      /* fsnn itself; NULL: /proc does not say where it stands */
    const char *folder; /* of the runs */
    int threads;        /* of a job */
} sweep_work;

/* FOLDER/NAME and FOLDER/NAME.ENDING; to be freed. */
char *job_path(const sweep_work *w, const fsnn_sweep_job *job, const char *ending);
job_state job_look(const sweep_work *w, const fsnn_sweep_job *job);
/* The arguments of its process, NULL behind them; all to be freed (job_free). */
char **job_arguments(const sweep_work *w, const fsnn_sweep_job *job, job_state state);
void job_free(char **argument);
/* Where the run of a job has other settings than the job now, in words, to be freed; NULL: nowhere,
 * or there is no run that can be read. */
char *job_difference(const sweep_work *w, const fsnn_sweep_job *job);
/* CLI_USAGE, with a sentence, where it has. */
int job_check(const sweep_work *w, int index);
/* Runs one job, with its output here; or all that are not done, so many at a time, each with its
 * output in NAME.log. Exit codes. */
int job_run(const sweep_work *w, int index);
int jobs_run(const sweep_work *w, int at_a_time);

/* A word as a shell takes it, in quotation marks where it needs them (shell_word.c). */
void shell_word(FILE *out, const char *text);

/* Writes an array script, a task a job. */
int slurm_write(const sweep_work *w, const char *spec, const char *path);

#endif
