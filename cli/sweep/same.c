/* cli/sweep/same.c: whether the run of a job is of the settings that the job has now. A sweep or
 * its description may have changed since, and names of many settings are numbers only. */
#include "cli/sweep/sweep.h"

#include <stdlib.h>
#include <string.h>

/* A description with settings; NULL: it cannot be read. To be freed. */
static char *text_of(const char *path, const char *const *set, int sets)
{
    fsnn_description *d;
    char *text = NULL;
    if (fsnn_description_read(path, set, sets, &d) < 0)
        return NULL;
    if (fsnn_description_text(d, &text) < 0)
        text = NULL;
    fsnn_description_destroy(d);
    return text;
}

/* The lines at which two texts begin to differ. */
static void find_difference(const char **a, const char **b)
{
    const char *x = *a, *y = *b;
    for (; *x && *x == *y; x++, y++)
        if (*x == '\n') {
            *a = x + 1;
            *b = y + 1;
        }
}

static char *line_of(const char *text)
{
    text += strspn(text, " ");
    int length = (int)strcspn(text, "\n");
    return length ? cli_format("\"%.*s\"", length, text) : cli_format("no such line");
}

char *job_difference(const sweep_work *w, const fsnn_sweep_job *job)
{
    char *path = job_path(w, job, "/description.yaml"), *words = NULL;
    char *was = cli_exists(path) ? text_of(path, NULL, 0) : NULL;
    char *is = was ? text_of(fsnn_sweep_description(w->sweep), job->set, job->sets) : NULL;
    if (is && strcmp(was, is) != 0) {
        const char *a = was, *b = is;
        find_difference(&a, &b);
        char *before = line_of(a), *now = line_of(b);
        words = cli_format("%s there, %s now", before, now);
        free(before);
        free(now);
    }
    free(was);
    free(is);
    free(path);
    return words;
}

int job_check(const sweep_work *w, int index)
{
    fsnn_sweep_job job;
    if (fsnn_sweep_at(w->sweep, index, &job) < 0)
        return cli_fail(FSNN_EARGUMENT);
    char *words = job_difference(w, &job), *run = job_path(w, &job, "");
    int code = CLI_GOOD;
    if (words)
        code = cli_error(CLI_USAGE,
                         "%s is a run of other settings than job %d has: %s; give another --out, "
                         "or move it and %s.done away",
                         run, index + 1, words, run);
    free(words);
    free(run);
    return code;
}
