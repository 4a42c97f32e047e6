/* Ranks as processes of this machine, which pipes connect: the bytes of one process, and errors
 * that all have. */
#include "toy.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Kinds of calls: those that are waited for, exchanges and gathers that are begun. */
enum { MOST = 4, WAITED = 0, EXCHANGES, GATHERS, KINDS, CALLS = 4, ROOM = 1 << 20 };

typedef struct call {
    int kind;
    char *in;
    size_t bytes;
    int asked;
} call;

/* pipe[kind][from][to]; calls that are begun, first in first out. */
typedef struct wires {
    int rank, count, pipe[KINDS][MOST][MOST][2];
    call call[KINDS][CALLS];
    int begun[KINDS], ended[KINDS];
    int most;    /* calls that ran at the same time */
    bool breaks; /* the first call that ends has failed, */
    int broken;  /* as have some by now; */
    int after;   /* what was begun or asked after that */
} wires;

static bool put(int file, const char *data, size_t bytes)
{
    while (bytes) {
        ssize_t n = write(file, data, bytes);
        if (n <= 0)
            return false;
        data += n;
        bytes -= (size_t)n;
    }
    return true;
}

static bool take(int file, char *data, size_t bytes)
{
    while (bytes) {
        ssize_t n = read(file, data, bytes);
        if (n <= 0)
            return false;
        data += n;
        bytes -= (size_t)n;
    }
    return true;
}

/* In pieces that a pipe holds, so that all may write before anyone reads. */
static int move(const wires *w, const char *out, size_t step, char *in, size_t bytes)
{
    enum { PIECE = 4096 };
    for (size_t at = 0; at < bytes; at += PIECE) {
        size_t n = bytes - at < PIECE ? bytes - at : PIECE;
        for (int k = 0; k < w->count; k++)
            if (!put(w->pipe[WAITED][w->rank][k][1], out + (size_t)k * step + at, n))
                return 1;
        for (int k = 0; k < w->count; k++)
            if (!take(w->pipe[WAITED][k][w->rank][0], in + (size_t)k * bytes + at, n))
                return 1;
    }
    return 0;
}

static int exchange(const void *out, void *in, size_t bytes, void *user)
{
    return move(user, out, bytes, in, bytes);
}

static int gather(const void *out, void *in, size_t bytes, void *user)
{
    return move(user, out, 0, in, bytes);
}

/* ---- begun and not waited for ---- */

static int begin(wires *w, int kind, const char *out, size_t step, char *in, size_t bytes,
                 void **made)
{
    assert_true(w->begun[kind] - w->ended[kind] < CALLS);
    w->after += w->broken;
    if (w->breaks)
        fsnn_error_set(FSNN_EIO, "an error of before");
    call *c = &w->call[kind][w->begun[kind]++ % CALLS];
    *c = (call){.kind = kind, .in = in, .bytes = bytes};
    *made = c;
    for (int k = 0; k < w->count; k++)
        if (!put(w->pipe[kind][w->rank][k][1], out + (size_t)k * step, bytes))
            return 1;
    int running = w->begun[EXCHANGES] - w->ended[EXCHANGES] + w->begun[GATHERS] - w->ended[GATHERS];
    w->most = running > w->most ? running : w->most;
    return 0;
}

static int exchange_begin(const void *out, void *in, size_t bytes, void **call, void *user)
{
    return begin(user, EXCHANGES, out, bytes, in, bytes, call);
}

static int gather_begin(const void *out, void *in, size_t bytes, void **call, void *user)
{
    return begin(user, GATHERS, out, 0, in, bytes, call);
}

static bool there(const wires *w, const call *c)
{
    for (int k = 0; k < w->count; k++) {
        int bytes = 0;
        assert_int_equal(ioctl(w->pipe[c->kind][k][w->rank][0], FIONREAD, &bytes), 0);
        if ((size_t)bytes < c->bytes)
            return false;
    }
    return true;
}

/* The first question finds that nothing has come yet. */
static int done(void *call, bool wait, void *user)
{
    wires *w = user;
    struct call *c = call;
    assert_ptr_equal(c, &w->call[c->kind][w->ended[c->kind] % CALLS]);
    w->after += w->broken;
    if (!wait && (!c->asked++ || !there(w, c)))
        return 0;
    for (int k = 0; k < w->count; k++)
        if (!take(w->pipe[c->kind][k][w->rank][0], c->in + (size_t)k * c->bytes, c->bytes))
            return -1;
    w->ended[c->kind]++;
    w->broken += w->breaks;
    return w->broken ? -1 : 1;
}

/* A training that ends, with an error or not, has nothing on its way. */
static void check_calls(const wires *w, bool apart)
{
    for (int kind = EXCHANGES; kind < KINDS; kind++) {
        assert_int_equal(w->begun[kind], w->ended[kind]);
        assert_true(w->count == 1 || w->begun[kind] > 0 || !apart);
    }
}

/* How a rank trains: its options, by its number. */
typedef struct how {
    int64_t shards;
    bool apart; /* calls are begun and not waited for */
    int deep;   /* layers of some ten thousand numbers */
    int threads;
    bool lossy, other_seed; /* of the last rank */
    bool other_calls;       /* the last rank has none that are begun */
    bool breaks;
    int64_t poison; /* a sample that overflows in the encoder, of the last rank, or */
    bool all;       /* of all */
    bool norm;      /* batch normalisation, synchronised */
} how;

static fsnn_status train_rank(const how *h, wires *w, bool resume)
{
    toy_options o = TOY;
    bool last = w->rank == w->count - 1;
    fsnn_train_options options = toy_training(2);
    fsnn_ranks ranks = {.rank = w->rank,
                        .count = w->count,
                        .exchange = exchange,
                        .gather = gather,
                        .user = w,
                        .lossy = h->lossy};
    w->breaks = h->breaks;
    if (h->apart && !(last && h->other_calls)) {
        ranks.exchange_begin = exchange_begin;
        ranks.gather_begin = gather_begin;
        ranks.done = done;
    }
    fsnn_threads_set(h->threads > 0 ? h->threads : 1);
    o.deep = h->deep;
    o.hidden = h->deep ? 130 : o.hidden;
    o.batch = TOY_BATCH / h->shards;
    o.poison = last || h->all ? h->poison : 0;
    o.direct = h->all;
    o.norm = h->norm;
    options.training.batchnorm = h->norm ? FSNN_NORM_SYNCHRONISED : FSNN_NORM_SHARD;
    options.training.batch = o.batch * h->shards;
    options.training.shards = h->shards;
    options.training.clip = 0.5;
    options.training.optimizer.lr = last && h->other_seed ? 0.02 : 0.01;
    options.training.epochs = resume ? 4 : 2;
    options.directory = w->rank ? NULL : folder;
    options.resume = resume && !w->rank;
    options.ranks = &ranks;
    fsnn_status status = toy_run(&o, &options, NULL);
    if (w->broken)
        return w->after ? FSNN_EINTERRUPTED : status;
    check_calls(w, h->apart && !status);
    assert_true(w->count == 1 || !h->apart || status || h->deep < 2 || w->most > 1);
    return status;
}

/* Each way for each kind of call. */
static void connect(wires *w)
{
    for (int i = 0; i < KINDS * w->count * w->count; i++) {
        int *ends = w->pipe[i % KINDS][i / KINDS / w->count][i / KINDS % w->count];
        assert_int_equal(pipe(ends), 0);
        assert_true(fcntl(ends[1], F_SETPIPE_SZ, ROOM) >= 0);
    }
}

static void disconnect(wires *w)
{
    for (int i = 0; i < KINDS * w->count * w->count; i++) {
        int *ends = w->pipe[i % KINDS][i / KINDS / w->count][i / KINDS % w->count];
        close(ends[0]);
        close(ends[1]);
    }
}

/* So many processes; what all of them say: the status, and of rank 0 the sentence. */
static fsnn_status train_ranks(const how *h, int count, bool resume)
{
    wires w = {.count = count};
    pid_t child[MOST] = {0};
    int code = 0, status;
    connect(&w);
    const int own = h->threads > 1; /* a process that had threads can have no children with some */
    for (w.rank = 1 - own; w.rank < count; w.rank++) {
        fflush(NULL);
        child[w.rank] = fork();
        assert_true(child[w.rank] >= 0);
        if (child[w.rank] == 0)
            _exit(-(int)train_rank(h, &w, resume));
    }
    w.rank = 0;
    fsnn_status mine = own ? FSNN_OK : train_rank(h, &w, resume);
    disconnect(&w);
    for (int k = 1 - own; k < count; k++) {
        assert_int_equal(waitpid(child[k], &status, 0), child[k]);
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
        assert_int_equal(code, -(int)mine);
    }
    return mine;
}

static void same_bytes(void **state)
{
    (void)state;
    static const struct {
        int64_t shards;
        int ranks;
        bool norm, apart;
        int deep, threads;
    } row[] = {
        {4, 2, false, false, 0, 1},  {4, 4, false, false, 0, 1}, {8, 2, false, false, 2, 1},
        {16, 4, false, false, 0, 1}, {4, 2, true, false, 0, 1},  {8, 4, true, false, 0, 1},
        {16, 2, true, false, 0, 1},  {4, 4, false, true, 0, 1},  {4, 2, false, true, 6, 1},
        {4, 2, true, true, 6, 1},    {8, 2, false, true, 2, 2},  {8, 4, true, true, 2, 2},
        {8, 2, false, true, 2, 3},   {6, 2, false, true, 2, 1},  {12, 4, false, false, 0, 1}};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%d shards, %d ranks, row %d", (int)row[i].shards, row[i].ranks, i);
        how h = {.shards = row[i].shards,
                 .norm = row[i].norm,
                 .apart = row[i].apart,
                 .deep = row[i].deep};
        GOOD(train_ranks(&h, 1, false));
        toy_file last = toy_read("last.safetensors"), best = toy_read("best.safetensors");
        toy_clean();
        h.threads = row[i].threads;
        GOOD(train_ranks(&h, row[i].ranks, false));
        assert_true(toy_same("last.safetensors", &last) && toy_same("best.safetensors", &best));
        toy_clean();
        h.lossy = true;
        GOOD(train_ranks(&h, row[i].ranks, false));
        assert_false(toy_same("last.safetensors", &last));
        toy_clean();
        fsnn_free(last.data);
        fsnn_free(best.data);
    }
}

static void resumed_by_others(void **state)
{
    (void)state;
    how h = {.shards = 4};
    GOOD(train_ranks(&h, 1, false));
    GOOD(train_ranks(&h, 1, true));
    toy_file last = toy_read("last.safetensors");
    toy_clean();
    GOOD(train_ranks(&h, 2, false));
    GOOD(train_ranks(&h, 4, true));
    assert_true(toy_same("last.safetensors", &last));
    fsnn_free(last.data);
    toy_clean();
}

/* One fails, and all say it; nobody waits for it. */
static void errors_of_one(void **state)
{
    (void)state;
    how h = {.shards = 3};
    REFUSED(train_ranks(&h, 2, false), FSNN_EARGUMENT, "shards");
    h = (how){.shards = 1};
    REFUSED(train_ranks(&h, 2, false), FSNN_EARGUMENT, "2 ranks cannot share the 1 shard");
    h = (how){.shards = 4, .other_seed = true};
    REFUSED(train_ranks(&h, 4, false), FSNN_EARGUMENT,
            "rank 3 has other options of training than rank 0");
    h = (how){.shards = 4, .apart = true, .other_calls = true};
    REFUSED(train_ranks(&h, 2, false), FSNN_EARGUMENT, "rank 1 has other");
    h = (how){.shards = 4, .poison = 7};
    REFUSED(train_ranks(&h, 2, false), FSNN_EARGUMENT, "rank 1 has other training data");
    assert_false(folder_has("last.safetensors"));
    h = (how){.shards = 4, .poison = 7, .all = true}; /* in a shard of one of them */
    fsnn_status status = train_ranks(&h, 4, false);
    assert_int_equal(status, FSNN_ENUMERIC);
    CONTAINS(fsnn_error_text(), "epoch 1, batch");
    h.norm = true; /* while the others wait for its sums */
    status = train_ranks(&h, 4, false);
    assert_int_equal(status, FSNN_ENUMERIC);
    CONTAINS(fsnn_error_text(), "epoch 1, batch");
    h = (how){.shards = 8, .poison = 7, .all = true, .apart = true, .deep = 6};
    for (int i = 0; i < 2; i++) { /* while the others have sent some gradients */
        h.norm = i;
        status = train_ranks(&h, 4, false);
        assert_int_equal(status, FSNN_ENUMERIC);
        CONTAINS(fsnn_error_text(), "epoch 1, batch");
    }
    toy_clean();
}

/* The ranks themselves fail, and are left in peace then. */
static void calls_that_fail(void **state)
{
    (void)state;
    for (int norm = 0; norm < 2; norm++) {
        how h = {.shards = 8, .apart = true, .deep = 6, .norm = norm, .breaks = true};
        CASE("norm %d", norm);
        REFUSED(train_ranks(&h, 2, false), FSNN_ECALLBACK, "the ranks cannot exchange gradients");
        assert_null(strstr(fsnn_error_text(), "an error of before"));
    }
    toy_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(resumed_by_others),
        cmocka_unit_test(errors_of_one),
        cmocka_unit_test(calls_that_fail),
    };
    fsnn_threads_set(1); /* processes are forked before there are threads */
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
