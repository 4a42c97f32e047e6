/* base/port_guard.c: see guard.h. The child is a fork without exec, so it has the caller's memory;
 * of the threads only the one that called is there, and no lock of another is waited for, as long
 * as it keeps to the C library's allocator (which is whole after a fork) and to a library that
 * nobody else uses. Its end is read from a page that both share: a status and a sentence when it
 * came to its end, nothing when it crashed. */
#include "base/guard.h"
#include "base/port_beyond.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, SENTENCE = 2048 };

typedef struct report {
    int32_t ended; /* 1: `send` returned */
    int32_t status;
    char sentence[SENTENCE];
} report;

struct guard {
    const guard_work *work;
    int end; /* of the pipe: where the child writes, where the caller reads */
    uint8_t *buffer;
    size_t at, filled;
    bool short_of; /* the pipe ended before all that was asked for had come */
    bool late;
    report *report;
};

/* ---- the child ---- */

static fsnn_status write_all(const guard *g, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(g->end, bytes, size);
        if (n < 0 && errno != EINTR)
            return fsnn_fail(FSNN_EIO, "%s: nobody reads what is found", g->work->subject);
        bytes += n < 0 ? 0 : n;
        size -= n < 0 ? 0 : (size_t)n;
    }
    return FSNN_OK;
}

static fsnn_status flush(guard *g)
{
    size_t n = g->filled;
    g->filled = 0;
    return write_all(g, g->buffer, n);
}

/* Its time begins anew: SIGPROF ends it when that much was used. */
static void count_anew(const guard *g)
{
    double whole = floor(g->work->busy);
    setitimer(ITIMER_PROF,
              &(struct itimerval){
                  .it_value = {(time_t)whole, (suseconds_t)(1e6 * (g->work->busy - whole))}},
              NULL);
}

fsnn_status guard_put(guard *g, const void *bytes, size_t size)
{
    count_anew(g);
    if (g->filled + size > BUFFER)
        FSNN_TRY(flush(g));
    if (size > BUFFER)
        return write_all(g, bytes, size);
    if (size)
        memcpy(g->buffer + g->filled, bytes, size);
    g->filled += size;
    return FSNN_OK;
}

/* Bytes of address space in use; 0 where the system does not say. */
static size_t space_in_use(void)
{
    char text[64] = "";
    unsigned long long pages = 0;
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0)
        close(file);
    if (n <= 0 || sscanf(text, "%llu", &pages) != 1)
        return 0;
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void limit_itself(size_t memory)
{
    struct rlimit limit;
    size_t used = space_in_use();
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (!used || getrlimit(RLIMIT_AS, &limit) != 0)
        return;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > used + memory)
        limit.rlim_cur = used + memory;
    setrlimit(RLIMIT_AS, &limit);
}

/* Crashes end it, silently, whoever watches over them in this process; a Ctrl-C is the caller's
 * matter. */
static void set_signals(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGFPE, SIGABRT,
                                SIGTRAP, SIGPIPE, SIGALRM, SIGPROF},
                     left[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (int i = 0; i < FSNN_COUNT(fatal); i++)
        signal(fatal[i], SIG_DFL);
    for (int i = 0; i < FSNN_COUNT(left); i++)
        signal(left[i], SIG_IGN);
}

/* What the C library, a sanitizer or the worker has to say of a crash is not for the user's
 * eyes. */
static void be_quiet(void)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0)
        return;
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
}

_Noreturn static void be_child(guard *g, pid_t parent)
{
    if (!port_end_with(parent))
        _exit(1);
    set_signals();
    be_quiet();
    limit_itself(g->work->memory);
    count_anew(g);
    fsnn_status status = g->work->send(g, g->work->user);
    if (status >= 0)
        status = flush(g);
    else
        snprintf(g->report->sentence, SENTENCE, "%s", fsnn_error_text());
    g->report->status = (int32_t)status;
    g->report->ended = 1;
    _exit(0); /* no handlers, no buffers: those are the caller's */
}

/* ---- the caller ---- */

/* Waits for bytes: how many came into `to`, 0 at the end. */
static size_t read_some(guard *g, void *to, size_t capacity)
{
    double until = fsnn_now() + g->work->silence;
    while (!g->late) {
        struct pollfd at = {.fd = g->end, .events = POLLIN};
        double left = until - fsnn_now();
        int ready = poll(&at, 1, left > 0 ? (int)(1000 * left) + 1 : 0);
        if (ready == 0)
            g->late = fsnn_now() >= until;
        if (ready <= 0)
            continue; /* a signal of the caller's, or time is up */
        ssize_t n = read(g->end, to, capacity);
        if (n >= 0 || errno != EINTR)
            return n > 0 ? (size_t)n : 0;
    }
    return 0;
}

fsnn_status guard_get(guard *g, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    while (size > 0) {
        if (g->at == g->filled && size < BUFFER) {
            g->at = 0;
            g->filled = read_some(g, g->buffer, BUFFER);
        }
        bool direct = g->at == g->filled && size >= BUFFER;
        size_t n = direct ? read_some(g, to, size) : g->filled - g->at;
        if (n == 0) {
            g->short_of = true;
            return fsnn_fail(FSNN_EFORMAT, "%s: %s says less than it should", g->work->subject,
                             g->work->worker);
        }
        n = n < size ? n : size;
        if (!direct) {
            memcpy(to, g->buffer + g->at, n);
            g->at += n;
        }
        to += n;
        size -= n;
    }
    return FSNN_OK;
}

/* Whether the child ends by itself, after its last byte. */
static bool comes_to_its_end(guard *g)
{
    return g->at == g->filled && read_some(g, g->buffer, BUFFER) == 0 && !g->late;
}

static fsnn_status did_not_get_on(const guard_work *work, double seconds)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: %s did not get on for %g s and was stopped: the file may be damaged",
                     work->subject, work->worker, seconds);
}

static fsnn_status crashed(const guard_work *work, int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
        return did_not_get_on(work, work->busy);
    if (WIFSIGNALED(status))
        return fsnn_fail(FSNN_EFORMAT, "%s: %s crashed reading it (signal %d): the file is damaged",
                         work->subject, work->worker, WTERMSIG(status));
    return fsnn_fail(FSNN_EFORMAT, "%s: %s crashed reading it: the file is damaged", work->subject,
                     work->worker);
}

/* What happened, given what `receive` says and how the child ended. */
static fsnn_status outcome(guard *g, fsnn_status received, int status)
{
    const guard_work *work = g->work;
    report *r = g->report;
    if (g->late)
        return did_not_get_on(work, work->silence);
    if (received < 0 && !g->short_of)
        return received;
    if (r->ended == 1 && r->status < 0 && *fsnn_status_name((fsnn_status)r->status)) {
        r->sentence[SENTENCE - 1] = 0;
        return fsnn_error_set((fsnn_status)r->status, "%s", r->sentence);
    }
    return r->ended == 1 ? received : crashed(work, status);
}

static fsnn_status be_caller(guard *g, pid_t child)
{
    int status = 0;
    fsnn_status received = g->work->receive(g, g->work->user);
    if (received >= 0 && !comes_to_its_end(g) && !g->late)
        received = fsnn_fail(FSNN_EFORMAT, "%s: %s says more than it should", g->work->subject,
                             g->work->worker);
    if (received < 0 && !g->short_of)
        kill(child, SIGKILL);
    if (g->late)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return outcome(g, received, status);
}

static fsnn_status run_pair(guard *g)
{
    int ends[2];
    if (!port_pipe(ends))
        return fsnn_fail(FSNN_EIO, "%s: there can be no pipe to a reading process: %s",
                         g->work->subject, strerror(errno));
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        close(ends[0]);
        g->end = ends[1];
        be_child(g, parent);
    }
    int reason = errno;
    close(ends[1]);
    g->end = ends[0];
    fsnn_status status = child > 0
                             ? be_caller(g, child)
                             : fsnn_fail(FSNN_EIO, "%s: there can be no process to read it: %s",
                                         g->work->subject, strerror(reason));
    close(ends[0]);
    return status;
}

fsnn_status guard_run(const guard_work *work)
{
    guard g = {.work = work, .buffer = fsnn_alloc(BUFFER)};
    if (!g.buffer)
        return FSNN_EMEMORY;
    g.report =
        mmap(NULL, sizeof *g.report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fsnn_status status = FSNN_EMEMORY;
    if (g.report == MAP_FAILED)
        fsnn_error_set(FSNN_EMEMORY, "%s: there is no memory to share with a reading process",
                       work->subject);
    else
        status = run_pair(&g);
    if (g.report != MAP_FAILED)
        munmap(g.report, sizeof *g.report);
    fsnn_free(g.buffer);
    return status;
}
