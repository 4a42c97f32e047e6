/* Ranks as processes of this machine, which pipes connect: the bytes of one process, and errors
 * that all have. */
#include "toy.h"

#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4 };

/* pipe[from][to] */
typedef struct wires {
    int rank, count, pipe[MOST][MOST][2];
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
            if (!put(w->pipe[w->rank][k][1], out + (size_t)k * step + at, n))
                return 1;
        for (int k = 0; k < w->count; k++)
            if (!take(w->pipe[k][w->rank][0], in + (size_t)k * bytes + at, n))
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

/* How a rank trains: its options, by its number. */
typedef struct how {
    int64_t shards;
    bool lossy, other_seed; /* of the last rank */
    int64_t poison;         /* a sample that overflows in the encoder, of the last rank, or */
    bool all;               /* of all */
    bool norm;              /* batch normalisation, synchronised */
} how;

static fsnn_status train_rank(const how *h, wires *w, bool resume)
{
    toy_options o = TOY;
    bool last = w->rank == w->count - 1;
    fsnn_train_options options = toy_training(2);
    const fsnn_ranks ranks = {w->rank, w->count, exchange, gather, w, h->lossy};
    o.batch = TOY_BATCH / h->shards;
    o.poison = last || h->all ? h->poison : 0;
    o.direct = h->all;
    o.norm = h->norm;
    options.training.batchnorm = h->norm ? FSNN_NORM_SYNCHRONISED : FSNN_NORM_SHARD;
    options.training.shards = h->shards;
    options.training.clip = 0.5;
    options.training.optimizer.lr = last && h->other_seed ? 0.02 : 0.01;
    options.training.epochs = resume ? 4 : 2;
    options.directory = w->rank ? NULL : folder;
    options.resume = resume && !w->rank;
    options.ranks = &ranks;
    return toy_run(&o, &options, NULL);
}

/* So many processes; what all of them say: the status, and of rank 0 the sentence. */
static fsnn_status train_ranks(const how *h, int count, bool resume)
{
    wires w = {.count = count};
    pid_t child[MOST] = {0};
    int code = 0, status;
    for (int i = 0; i < count * count; i++)
        assert_int_equal(pipe(w.pipe[i / count][i % count]), 0);
    for (w.rank = 1; w.rank < count; w.rank++) {
        fflush(NULL);
        child[w.rank] = fork();
        assert_true(child[w.rank] >= 0);
        if (child[w.rank] == 0)
            _exit(-(int)train_rank(h, &w, resume));
    }
    w.rank = 0;
    fsnn_status mine = train_rank(h, &w, resume);
    for (int i = 0; i < count * count; i++) {
        close(w.pipe[i / count][i % count][0]);
        close(w.pipe[i / count][i % count][1]);
    }
    for (int k = 1; k < count; k++) {
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
        bool norm;
    } row[] = {{4, 2, false}, {4, 4, false}, {8, 2, false}, {16, 4, false},
               {4, 2, true},  {8, 4, true},  {16, 2, true}};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%d shards, %d ranks, row %d", (int)row[i].shards, row[i].ranks, i);
        how h = {.shards = row[i].shards, .norm = row[i].norm};
        GOOD(train_ranks(&h, 1, false));
        toy_file last = toy_read("last.safetensors"), best = toy_read("best.safetensors");
        toy_clean();
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
    toy_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),
        cmocka_unit_test(resumed_by_others),
        cmocka_unit_test(errors_of_one),
    };
    fsnn_threads_set(1); /* processes are forked before there are threads */
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
