/* Groups of a vector of shards: its numbers once each, from the end, and when each is final. */
#include "nets.h"

#include "train/groups.h"

enum { K = 3, B = 2 };

/* Linear layers of sides[i] x sides[i + 1], normalised, and neurons that learn tau between them. */
static fsnn_net *make(const int64_t *sides, int layers)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.learn = true;
    int x = fsnn_net_input(net, FSNN_SHAPE(sides[0]));
    for (int i = 1; i <= layers; i++) {
        char name[2][8] = {{'f', (char)('0' + i)}, {'n', (char)('0' + i)}};
        x = (int)VALID(fsnn_net_linear(net, name[0], x, sides[i], true));
        x = (int)VALID(fsnn_net_batchnorm(net, name[1], x));
        x = (int)VALID(fsnn_net_lif(net, (char[]){'l', (char)('0' + i), 0}, x, &lif));
    }
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = B, .training = true}));
    return net;
}

typedef struct open_groups {
    fsnn_net *net;
    shards shards;
    groups groups;
    groups_watch watch;
} open_groups;

static void open_all(open_groups *o, const int64_t *sides, int layers)
{
    fsnn_training training = fsnn_training_default();
    training.shards = 2;
    *o = (open_groups){.net = make(sides, layers)};
    GOOD(shards_open(&o->shards, o->net, &training));
    GOOD(groups_open(&o->groups, &o->shards));
    GOOD(groups_watch_open(&o->watch, &o->groups));
    groups_watch_begin(&o->watch);
}

static void close_all(open_groups *o)
{
    groups_watch_close(&o->watch);
    groups_close(&o->groups);
    shards_close(&o->shards);
    fsnn_net_destroy(o->net);
}

/* Sizes: small, of several groups, and a layer that is larger than one message. */
static const int64_t small[] = {7, 5, 3}, several[] = {150, 150, 150, 150, 4},
                     large[] = {9, 1200, 1200};

static const struct {
    const int64_t *sides;
    int layers, groups;
} row[] = {{small, 2, 1}, {several, 4, 3}, {large, 2, 3}};

static void cut_from_the_end(void **state)
{
    (void)state;
    for (int r = 0; r < FSNN_COUNT(row); r++) {
        CASE("row %d", r);
        open_groups o;
        open_all(&o, row[r].sides, row[r].layers);
        int64_t end = o.shards.count, pieces = o.shards.pieces, most = 0;
        assert_int_equal(o.groups.count, row[r].groups);
        for (int k = 0; k < o.groups.count; k++) {
            const shard_range *g = &o.groups.range[k];
            assert_int_equal(g->begin + g->count, end);
            assert_int_equal(g->first + g->pieces, pieces);
            assert_int_equal(o.shards.piece[g->first].at, g->begin);
            end = g->begin;
            pieces = g->first;
            most = g->count > most ? g->count : most;
        }
        assert_int_equal(end, 0);
        assert_int_equal(pieces, 0);
        assert_int_equal(o.groups.most, most);
        assert_true(o.groups.range[0].begin <= o.shards.learned); /* statistics and what is last */
        close_all(&o);
    }
}

/* A group is final with the last of its parameters, and not before those before it. */
static void final_one_by_one(void **state)
{
    (void)state;
    for (int r = 0; r < FSNN_COUNT(row); r++) {
        CASE("row %d", r);
        open_groups o;
        open_all(&o, row[r].sides, row[r].layers);
        for (int p = fsnn_net_param_count(o.net) - 1; p >= 0; p--) {
            groups_watch_final(&o.watch, p, 1);
            int64_t left =
                o.shards.learned; /* numbers before those of parameter p and all behind */
            for (int64_t i = o.shards.pieces - 1; i >= 0; i--)
                if (o.shards.piece[i].param >= p && o.shards.piece[i].at < left)
                    left = o.shards.piece[i].at;
            int ready = 0;
            while (ready < o.groups.count && o.groups.range[ready].begin >= left)
                ready++;
            assert_int_equal(o.watch.ready, ready);
        }
        assert_int_equal(o.watch.ready, o.groups.count);
        groups_watch_begin(&o.watch);
        for (int p = 0; p < fsnn_net_param_count(o.net); p++) { /* the first group comes last */
            groups_watch_final(&o.watch, p, 1);
            assert_int_equal(o.watch.left[0] == 0, o.watch.ready == o.groups.count);
        }
        assert_int_equal(o.watch.ready, o.groups.count);
        close_all(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_from_the_end),
        cmocka_unit_test(final_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
