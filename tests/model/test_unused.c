/* Options that are given but do nothing beside the others are said, with their places: the tables
 * of keys name the condition, and every key whose help begins with one ("sgd: ...") has it. */
#include "helper.h"

#include "model/data_series.h"
#include "net/neuron_node.h"

extern const data_kind data_events, data_graph;

/* The groups of the tables whose keys depend on one of them, and where they stand. */
typedef struct group {
    const fsnn_key *(*table)(void);
    const char *format; /* of a description, with room for "KEY: VALUE, OTHER: VALUE" */
} group;

static const fsnn_key *sub_table(const fsnn_key *table, const char *name)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        if (strcmp(key->name, name) == 0)
            return key->group;
    fail_msg("there is no key \"%s\"", name);
    return NULL;
}

static const fsnn_key *optimizer(void)
{
    return sub_table(training_keys, "optimizer");
}

static const fsnn_key *schedule(void)
{
    return sub_table(training_keys, "schedule");
}

static const fsnn_key *early_stop(void)
{
    return sub_table(training_keys, "early_stop");
}

static const fsnn_key *loss(void)
{
    return sub_table(training_keys, "loss");
}

static const fsnn_key *surrogate(void)
{
    return sub_table(neuron_keys, "surrogate");
}

static const fsnn_key *noise(void)
{
    return sub_table(neuron_keys, "noise");
}

static const fsnn_key *encoder(void)
{
    return data_encoder_keys;
}

static const fsnn_key *front(void)
{
    return data_front_keys;
}

static const fsnn_key *frames(void)
{
    return sub_table(data_events.keys, "frames");
}

static const fsnn_key *graph(void)
{
    return data_graph.keys;
}

static const fsnn_key *graph_split(void)
{
    return sub_table(data_graph.keys, "split");
}

static const fsnn_key *arrays(void)
{
    return data_kinds[0]->keys;
}

static const fsnn_key *neuron(void)
{
    return neuron_keys;
}

static const group groups[] = {
    {optimizer, INPUT ALPHA "training: {optimizer: {%s}}\n"},
    {schedule, INPUT ALPHA "training: {optimizer: {lr: 1}, schedule: {%s}}\n"},
    {early_stop, INPUT ALPHA "training: {early_stop: {%s}}\n"},
    {loss, INPUT ALPHA "training: {loss: {%s}}\n"},
    {surrogate, "input: [4]\nlayers:\n  - lif: {surrogate: {%s}}\n" ALPHA},
    {noise, "input: [4]\nlayers:\n  - lif: {noise: {%s}}\n" ALPHA},
    {encoder, INPUT ALPHA "data: {kind: npz, train: x.npz, encoder: {%s}}\n"},
    {front, INPUT ALPHA "data: {kind: ts, train: x.ts, front: {%s}}\n"},
    {frames, INPUT ALPHA "data: {kind: events, train: x, frames: {%s}}\n"},
    {graph, INPUT ALPHA "data: {kind: graph, path: x, %s}\n"},
    {graph_split, INPUT ALPHA "data: {kind: graph, path: x, split: {%s}}\n"},
    {arrays, INPUT ALPHA "data: {kind: idx, train: {images: a, labels: b}, %s}\n"},
    {neuron, "input: [4]\nlayers:\n  - lif: {%s}\n" ALPHA},
};

static const fsnn_key *find(const fsnn_key *table, const char *name)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key))
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

/* A value that the key accepts and that is not nothing. */
static const char *value_of(const fsnn_key *key)
{
    switch (key->type) {
    case FSNN_KEY_BOOL:
        return "true";
    case FSNN_KEY_ENUM:
        return fsnn_key_name(key, 1);
    case FSNN_KEY_INT:
    case FSNN_KEY_INT32:
    case FSNN_KEY_UINT64:
        return "3";
    case FSNN_KEY_GROUP:
        return value_of(key->group);
    default:
        return key->min > 0.5 ? "2" : "0.5";
    }
}

/* Reads the group with the key and, where there is one, the other key; the remark, or NULL. */
static const char *remark_of(const group *g, const char *inside)
{
    static char kept[1024];
    char text[1024];
    snprintf(text, sizeof text, g->format, inside);
    fsnn_description *d = good(text);
    const char *remark = fsnn_description_warning(d, 0);
    assert_true(!remark || !fsnn_description_warning(d, 1));
    snprintf(kept, sizeof kept, "%s", remark ? remark : "");
    fsnn_description_destroy(d);
    return *kept ? kept : NULL;
}

/* "KEY: VALUE, WITH: WORD", where WITH may be "noise.mode". */
static void together(char *out, size_t size, const fsnn_key *key, const char *word)
{
    const char *dot = strchr(key->with, '.');
    if (dot)
        snprintf(out, size, "%s: %s, %.*s: {%s: %s}", key->name, value_of(key),
                 (int)(dot - key->with), key->with, dot + 1, word);
    else
        snprintf(out, size, "%s: %s, %s: %s", key->name, value_of(key), key->with, word);
}

static void expect_remark(const group *g, const fsnn_key *key, const char *word, bool counts)
{
    char inside[256], place[128];
    together(inside, sizeof inside, key, word);
    CASE("%s", inside);
    const char *remark = remark_of(g, inside);
    if (counts) {
        assert_null(remark);
        return;
    }
    assert_non_null(remark);
    snprintf(place, sizeof place, ".%s: counts only w", key->name);
    CONTAINS(remark, place);
    CONTAINS(remark, "mlp.yaml:");
    CONTAINS(remark, "it does nothing");
}

static const char *other_than_zero(const fsnn_key *key)
{
    return key->type == FSNN_KEY_BOOL ? "true" : key->max == 1 || key->max < 1 ? "0.5" : "2";
}

/* Where they do nothing these are errors. */
static bool is_refused(const fsnn_key *key)
{
    static const char *const name[] = {"mix", "readout", "correct_rate", "incorrect_rate"};
    for (int i = 0; i < FSNN_COUNT(name); i++)
        if (strcmp(key->name, name[i]) == 0)
            return true;
    return false;
}

/* Every key with a condition, with every value of what it depends on. */
static void every_condition(void **state)
{
    (void)state;
    int keys = 0;
    for (size_t i = 0; i < FSNN_COUNT(groups); i++) {
        const fsnn_key *table = groups[i].table();
        for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key)) {
            if (!key->with || is_refused(key))
                continue;
            keys++;
            const char *dot = strchr(key->with, '.');
            const fsnn_key *other =
                dot ? find(sub_table(table, "noise"), dot + 1) : find(table, key->with);
            assert_non_null(other);
            if (other->type != FSNN_KEY_ENUM) {
                expect_remark(&groups[i], key, other_than_zero(other), key->when >> 1 & 1);
                if (other->above || other->min > 0) { /* it is 0 where it is not given */
                    char inside[128];
                    snprintf(inside, sizeof inside, "%s: %s", key->name, value_of(key));
                    assert_non_null(remark_of(&groups[i], inside));
                } else {
                    expect_remark(&groups[i], key, other->type == FSNN_KEY_BOOL ? "false" : "0",
                                  key->when & 1);
                }
                continue;
            }
            /* a temperature without a mode is an error */
            for (int v = strcmp(key->name, "temperature") == 0; fsnn_key_name(other, v); v++)
                expect_remark(&groups[i], key, fsnn_key_name(other, v), key->when >> v & 1);
        }
    }
    assert_true(keys >= 34);
}

/* The bits of the names in "adam, adamw: help"; 0: it does not begin with names of the enum. */
static unsigned named_in(const char *help, const fsnn_key *kind)
{
    char before[64];
    const char *colon = strchr(help, ':');
    if (!colon || (size_t)(colon - help) >= sizeof before)
        return 0;
    snprintf(before, sizeof before, "%.*s", (int)(colon - help), help);
    unsigned bits = 0;
    for (char *word = strtok(before, ", "); word; word = strtok(NULL, ", ")) {
        int v = 0;
        while (fsnn_key_name(kind, v) && strcmp(fsnn_key_name(kind, v), word) != 0)
            v++;
        if (!fsnn_key_name(kind, v))
            return 0;
        bits |= 1u << v;
    }
    return bits;
}

/* What the help says is what the table holds. */
static void help_and_table_agree(void **state)
{
    (void)state;
    int told = 0;
    for (size_t i = 0; i < FSNN_COUNT(groups); i++) {
        const fsnn_key *table = groups[i].table(), *kind = find(table, "kind");
        for (const fsnn_key *key = fsnn_keys_first(table); kind && key; key = fsnn_keys_next(key)) {
            unsigned bits = named_in(key->help, kind);
            if (!bits || key == kind)
                continue;
            CASE("%s: %s", key->name, key->help);
            told++;
            assert_non_null(key->with);
            for (int v = 0; fsnn_key_name(kind, v); v++)
                assert_int_equal(key->when >> v & 1, bits >> v & 1);
        }
    }
    assert_true(told >= 12);
}

/* Keys of data that depend on more than one other. */
static void of_data(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"kind: npz, test: x, limit: {train: 5}", "data.limit.train: counts only with a training"},
        {"kind: npz, test: x, limit: 5", "data.limit: counts only with a training set"},
        {"kind: npz, test: x, balance: true", "data.balance: counts only with a training set"},
        {"kind: npz, test: x, augment: {flip: 0.5}", "data.augment: counts only with a training"},
        {"kind: npz, test: x, shuffle: false", "data.shuffle: counts only with a training set"},
        {"kind: npz, train: x, limit: {test: 5}", "data.limit.test: counts only with a test set"},
        {"kind: npz, train: x, sequence: first, encoder: {steps: 5}",
         "data.encoder.steps: counts only with samples that are without time"},
        {"kind: ts, train: x, encoder: {steps: 5}", "data.encoder.steps: counts only with samples"},
        {"kind: events, train: x, encoder: {kind: rate, steps: 5}", "data.encoder.steps: counts"},
        {"kind: npz, train: x, test: y, limit: {train: 5, test: 5}, balance: true, shuffle: false, "
         "augment: {flip: 0.5}, encoder: {steps: 5}",
         NULL},
        {"kind: npz, train: x, validation: 0.1, limit: {test: 5}", NULL},
        {"kind: npz, train: x, sequence: first, encoder: {kind: latency, steps: 5}", NULL},
        {"kind: graph, path: x, shuffle: false, encoder: {steps: 5}", NULL},
    };
    static const group data = {NULL, INPUT ALPHA "data: {%s}\n"};
    for (size_t i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i][0]);
        const char *remark = remark_of(&data, row[i][0]);
        if (!row[i][1]) {
            assert_null(remark);
            continue;
        }
        assert_non_null(remark);
        CONTAINS(remark, row[i][1]);
        CONTAINS(remark, "here it does nothing");
    }
}

/* Latency makes as many steps of each frame as is said. */
static void steps_of_frames(void **state)
{
    (void)state;
    static const struct {
        const char *encoder;
        int64_t steps;
    } row[] = {{"latency", 16}, {"{kind: latency, steps: 3}", 3}, {"rate", 16}};
    for (size_t i = 0; i < FSNN_COUNT(row); i++) {
        char text[256];
        snprintf(text, sizeof text, INPUT ALPHA "data: {kind: events, train: x, encoder: %s}\n",
                 row[i].encoder);
        fsnn_description *d = good(text);
        assert_int_equal(fsnn_description_encoder(d)->steps, row[i].steps);
        fsnn_description_destroy(d);
    }
}

/* A flat list's reading, where there is no flat list. */
static void mode_of_lists(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"alpha: 0.5, alpha_mode: multiterm", "dynamics.alpha_mode: says how a flat list"},
        {"alpha: [[0.5]], alpha_mode: per_layer", "dynamics.alpha_mode: says how a flat list"},
        {"alpha: 0.5, alpha_mode: auto", NULL},
        {"alpha: [0.5, 0.6], alpha_mode: multiterm", NULL},
    };
    static const group dynamics = {NULL, INPUT "dynamics: {%s}\n"};
    for (size_t i = 0; i < FSNN_COUNT(row); i++) {
        const char *remark = remark_of(&dynamics, row[i][0]);
        if (row[i][1])
            CONTAINS(remark, row[i][1]);
        else
            assert_null(remark);
    }
}

/* ---- integer order, and layers that share parameters ---- */

static fsnn_net *wrapped(const char *text)
{
    fsnn_net *net;
    fsnn_description *d = good(text);
    GOOD(fsnn_description_net(d, &net));
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 2, .batch = 1}));
    fsnn_description_destroy(d);
    return net;
}

static void integer_order(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"learn_alpha: true", "learning alpha or coefficients does nothing"},
        {"learn_coefficients: true", "learning alpha or coefficients does nothing"},
        {"coefficients: 2", "coefficients do nothing"},
        {"memory: 5", "memory does nothing"},
        {"memory: {tolerance: 1e-4}", "memory does nothing"},
        {"learn_alpha: true, coefficients: 3, memory: 9",
         "learning alpha or coefficients does, coefficients do, memory does nothing"},
        {"memory: full, coefficients: 1", NULL},
    };
    for (size_t i = 0; i < FSNN_COUNT(row); i++) {
        char text[256];
        CASE("%s", row[i][0]);
        snprintf(text, sizeof text, INPUT "dynamics: {integrator: odeint, alpha: 0.5, %s}\n",
                 row[i][0]);
        fsnn_net *net = wrapped(text);
        if (row[i][1]) {
            CONTAINS(fsnn_net_warning(net, 0), "odeint is of integer order");
            CONTAINS(fsnn_net_warning(net, 0), row[i][1]);
        } else {
            assert_null(fsnn_net_warning(net, 0));
        }
        fsnn_net_destroy(net);
    }
}

#define SHARED "input: [4]\nlayers:\n  - lif: {tau: 3, name: a}\n  - lif: {weights: a%s}\n" ALPHA

static void shared(void **state)
{
    (void)state;
    static const char *const given[] = {"tau: 2", "threshold: {learn: true}", "v_reset: 0.1"};
    char text[256], words[128];
    for (size_t i = 0; i < FSNN_COUNT(given); i++) {
        char option[64];
        snprintf(option, sizeof option, ", %s", given[i]);
        snprintf(text, sizeof text, SHARED, option);
        fsnn_description *d;
        FAILS(description_parse("mlp.yaml", text, strlen(text), NULL, 0, &d), FSNN_EDESCRIPTION);
        snprintf(words, sizeof words, "mlp.yaml:4:23: layers[1].lif.%.*s: is a parameter, and",
                 (int)strcspn(given[i], ":"), given[i]);
        expect_text(fsnn_error_text(), words, text);
    }
    snprintf(text, sizeof text, SHARED, ", surrogate: sigmoid");
    fsnn_net *net = wrapped(text);
    assert_null(fsnn_net_warning(net, 0));
    fsnn_net_destroy(net);

    /* v_reset, and v0 of each neuron, are the other layer's, and not its potential at rest */
    static const char *const rests[] = {
        "{rest: -70, threshold: -60, reset: value, v_reset: -75, name: a}",
        "{rest: -70, threshold: -60, reset: value, v0: {value: -65, per: neuron}, name: a}"};
    for (int i = 0; i < FSNN_COUNT(rests); i++) {
        CASE("%s", rests[i]);
        snprintf(text, sizeof text,
                 "input: [4]\nlayers:\n  - lif: %s\n  - lif: {weights: a, reset: value}\n" ALPHA,
                 rests[i]);
        net = wrapped(text);
        assert_null(fsnn_net_warning(net, 0));
        fsnn_net_destroy(net);
    }

    /* in C the options of both are there: the difference is said */
    GOOD(fsnn_net_create(&net));
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    int a = fsnn_net_lif(net, "a", fsnn_net_input(net, FSNN_SHAPE(4)), &o);
    o.tau.value = 7;
    int b = (int)VALID(fsnn_net_lif(net, "b", a, &o));
    GOOD(fsnn_net_share(net, b, a));
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
    CONTAINS(fsnn_net_warning(net, 0), "its own tau, 7, does nothing beside the 2 there");
    fsnn_net_destroy(net);
}

/* Rates that leave nothing of the weights are remarked on: no loss needs to show them. */
static void rates(void **state)
{
    static const struct {
        const char *optimizer, *remark;
    } cases[] = {
        {"{kind: adam, lr: 1e30}", "mlp.yaml:5:36: training.optimizer.lr: with adam a step moves "
                                   "each weight by about 1e+30"},
        {"{kind: adamw, lr: 11}", "with adamw a step moves each weight by about 11"},
        {"{kind: sgd, lr: 1e5}", "moves each weight by its gradient times 100000"},
        {"{kind: adam, lr: 10}", NULL},
        {"{kind: sgd, lr: 100}", NULL},
        {"{kind: adam}", NULL},
    };
    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("%s", cases[i].optimizer);
        char text[512];
        fsnn_description *d;
        snprintf(text, sizeof text,
                 "input: [4]\nlayers: [{linear: {out: 2}}, lif]\ndynamics: {alpha: 1}\n\n"
                 "training: {optimizer: %s}\n",
                 cases[i].optimizer);
        GOOD(fsnn_description_parse("mlp.yaml", text, NULL, 0, &d));
        const char *remark = fsnn_description_warning(d, 0);
        if (cases[i].remark)
            CONTAINS(remark, cases[i].remark);
        else
            assert_null(remark);
        fsnn_description_destroy(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition), cmocka_unit_test(help_and_table_agree),
        cmocka_unit_test(of_data),         cmocka_unit_test(steps_of_frames),
        cmocka_unit_test(mode_of_lists),   cmocka_unit_test(integer_order),
        cmocka_unit_test(shared),          cmocka_unit_test(rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
