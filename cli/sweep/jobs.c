/* cli/sweep/jobs.c: the jobs of a sweep as processes of fsnn train. A job that has come to its end
 * has a file NAME.done beside its run; what is there without it is gone on with. */
#include "cli/sweep/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char *job_path(const sweep_work *w, const fsnn_sweep_job *job, const char *ending)
{
    return cli_format("%s/%s%s", w->folder, job->name, ending);
}

static bool there(const sweep_work *w, const fsnn_sweep_job *job, const char *ending)
{
    char *path = job_path(w, job, ending);
    bool is = cli_exists(path);
    free(path);
    return is;
}

job_state job_look(const sweep_work *w, const fsnn_sweep_job *job)
{
    if (there(w, job, ".done"))
        return JOB_DONE;
    return there(w, job, "/description.yaml") ? JOB_SAVED : JOB_NEW;
}

char **job_arguments(const sweep_work *w, const fsnn_sweep_job *job, job_state state)
{
    char **argument = cli_allocate(12 + 2 * (size_t)job->sets, sizeof *argument);
    int n = 0;
    argument[n++] = cli_format("%s", w->program ? w->program : "fsnn");
    argument[n++] = cli_format("train");
    if (state == JOB_SAVED) {
        argument[n++] = cli_format("--resume");
        argument[n++] = job_path(w, job, "");
    } else {
        argument[n++] = cli_format("%s", fsnn_sweep_description(w->sweep));
        argument[n++] = cli_format("--out");
        argument[n++] = job_path(w, job, "");
        for (int i = 0; i < job->sets; i++) {
            argument[n++] = cli_format("--set");
            argument[n++] = cli_format("%s", job->set[i]);
        }
    }
    argument[n++] = cli_format("--no-figures");
    argument[n++] = cli_format("--threads");
    argument[n++] = cli_format("%d", w->threads);
    return argument;
}

void job_free(char **argument)
{
    for (int i = 0; argument && argument[i]; i++)
        free(argument[i]);
    free(argument);
}

static void mark_done(const sweep_work *w, const fsnn_sweep_job *job)
{
    char *path = job_path(w, job, ".done");
    int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0)
        cli_warn("%s: %s: the job will be looked at again", path, strerror(errno));
    else
        close(file);
    free(path);
}

/* ---- one process ---- */

/* In the child: its output into the log. */
static void redirect(const char *log)
{
    int file = open(log, O_CREAT | O_WRONLY | O_APPEND, 0666);
    if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0)
        _exit(CLI_FAILED);
    close(file);
}

static pid_t start(const sweep_work *w, const fsnn_sweep_job *job, job_state state, bool logs)
{
    char **argument = job_arguments(w, job, state), *log = job_path(w, job, ".log");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0); /* Ctrl-C reaches the sweep, which tells the job once */
        if (logs)
            redirect(log);
        execv(argument[0], argument);
        _exit(127);
    }
    job_free(argument);
    free(log);
    return child;
}

static int code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Waits for one; a signal that asks to stop is passed on. */
static int wait_for(pid_t child)
{
    int status;
    bool told = false;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0) {
        if (*cli_stop() && !told)
            told = kill(child, SIGTERM) == 0;
        usleep(50000);
    }
    return ended < 0 ? CLI_FAILED : code_of(status);
}

int job_run(const sweep_work *w, int index)
{
    fsnn_sweep_job job;
    if (fsnn_sweep_at(w->sweep, index, &job) < 0)
        return cli_error(CLI_USAGE, "--job %d: the jobs are 1 to %d", index + 1,
                         fsnn_sweep_jobs(w->sweep));
    int code = job_check(w, index);
    if (code != CLI_GOOD)
        return code;
    job_state state = job_look(w, &job);
    if (state == JOB_DONE) {
        cli_say("%s is done", job.name);
        return CLI_GOOD;
    }
    pid_t child = start(w, &job, state, false);
    if (child < 0)
        return cli_error(CLI_FAILED, "a process cannot be started: %s", strerror(errno));
    code = wait_for(child);
    if (code == CLI_GOOD)
        mark_done(w, &job);
    return code;
}

/* ---- all of them ---- */

typedef struct running {
    pid_t process;
    int index;
} running;

typedef struct pool {
    const sweep_work *w;
    running *list; /* [most] */
    int most, count, failed, done;
    bool stopped;
} pool;

static void begin(pool *p, int index)
{
    fsnn_sweep_job job;
    if (fsnn_sweep_at(p->w->sweep, index, &job) < 0)
        return;
    job_state state = job_look(p->w, &job);
    if (state == JOB_DONE) {
        p->done++;
        return;
    }
    cli_say("job %d of %d, %s%s", index + 1, fsnn_sweep_jobs(p->w->sweep), job.name,
            state == JOB_SAVED ? " (goes on)" : "");
    pid_t child = start(p->w, &job, state, true);
    if (child < 0) {
        cli_error(CLI_FAILED, "%s cannot be started: %s", job.name, strerror(errno));
        p->failed++;
        return;
    }
    p->list[p->count++] = (running){child, index};
}

static void end(pool *p, int at, int code)
{
    fsnn_sweep_job job;
    int index = p->list[at].index;
    p->list[at] = p->list[--p->count];
    if (fsnn_sweep_at(p->w->sweep, index, &job) < 0)
        return;
    if (code == CLI_GOOD) {
        mark_done(p->w, &job);
        p->done++;
    } else if (!p->stopped) {
        char *log = job_path(p->w, &job, ".log");
        cli_error(CLI_FAILED, "job %d, %s, ended with exit code %d: see %s", index + 1, job.name,
                  code, log);
        free(log);
        p->failed++;
    }
}

static void tell_all(pool *p)
{
    p->stopped = true;
    for (int i = 0; i < p->count; i++)
        kill(p->list[i].process, SIGTERM);
}

/* Waits until one of them has ended. */
static void wait_any(pool *p)
{
    int status;
    pid_t child = waitpid(-1, &status, p->stopped ? 0 : WNOHANG);
    if (child <= 0) {
        usleep(50000);
        return;
    }
    for (int i = 0; i < p->count; i++)
        if (p->list[i].process == child) {
            end(p, i, code_of(status));
            return;
        }
}

int jobs_run(const sweep_work *w, int at_a_time)
{
    int jobs = fsnn_sweep_jobs(w->sweep), next = 0;
    pool p = {.w = w, .most = at_a_time};
    for (int i = 0; i < jobs; i++) { /* before the first is trained */
        int code = job_check(w, i);
        if (code != CLI_GOOD)
            return code;
    }
    p.list = cli_allocate((size_t)at_a_time, sizeof *p.list);
    while (p.count || (next < jobs && !p.stopped)) {
        while (next < jobs && p.count < p.most && !p.stopped)
            begin(&p, next++);
        if (p.count)
            wait_any(&p);
        if (*cli_stop() && !p.stopped)
            tell_all(&p);
    }
    free(p.list);
    if (p.stopped)
        return cli_error(CLI_INTERRUPTED,
                         "interrupted: %d of %d jobs are done; the same command goes on", p.done,
                         jobs);
    cli_say("%d of %d jobs are done", p.done, jobs);
    return p.failed ? CLI_FAILED : CLI_GOOD;
}
