/* The hash by which ranks compare their options: each key of the section `training` changes it. */
#include "check.h"

#include "model/description.h"
#include "train/training_hash.h"

#include <math.h>

static fsnn_training training; /* the keys change it, one at a time */

/* Another value for a key whose struct is at `base`; false: the key has none of its own. */
static bool change(const fsnn_key *key, char *base)
{
    char *at = base + key->offset;
    switch (key->type) {
    case FSNN_KEY_BOOL:
        *(bool *)at = !*(bool *)at;
        return true;
    case FSNN_KEY_INT:
        *(int64_t *)at += 2; /* no shards are one shard */
        return true;
    case FSNN_KEY_UINT64:
        *(uint64_t *)at += 1;
        return true;
    case FSNN_KEY_INT32:
    case FSNN_KEY_ENUM:
        *(int *)at += 1;
        return true;
    case FSNN_KEY_REAL:
        *(double *)at = isfinite(*(double *)at) ? *(double *)at + 0.25 : 0.25;
        return true;
    case FSNN_KEY_TEXT:
        *(const char **)at = "other";
        return true;
    default:
        return false;
    }
}

static int walk(const fsnn_key *table, char *base)
{
    int keys = 0;
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key), keys++) {
        const fsnn_training before = training;
        const uint64_t hash = training_hash(&training);
        CASE("%s", key->name);
        if (key->type == FSNN_KEY_NAMED) {
            *(int *)(base + key->count) = 1;
            *(const char **)(base + key->offset) = "name";
        }
        if (key->type == FSNN_KEY_GROUP || key->type == FSNN_KEY_NAMED)
            keys += walk(key->group, base + key->offset);
        else
            assert_true(change(key, base));
        if (key->type != FSNN_KEY_GROUP)
            assert_false(training_hash(&training) == hash);
        training = before;
    }
    return keys;
}

static void every_key(void **state)
{
    (void)state;
    training = fsnn_training_default();
    assert_true(walk(training_keys, (char *)&training) > 40);
}

/* What is behind a pointer counts, and where it stands does not. */
static void behind_pointers(void **state)
{
    (void)state;
    double one[] = {1, 2}, same[] = {1, 2}, other[] = {1, 3};
    char pattern[] = "fc1";
    fsnn_training a = fsnn_training_default();
    a.loss.class_weight = one;
    a.loss.class_weights = 2;
    a.optimizer.rules = 1;
    a.optimizer.rule[0].pattern = "fc1";
    fsnn_training b = a;
    b.loss.class_weight = same;
    b.optimizer.rule[0].pattern = pattern;
    assert_true(training_hash(&a) == training_hash(&b));
    b.loss.class_weight = other;
    assert_false(training_hash(&a) == training_hash(&b));
    b.loss.class_weight = one;
    pattern[2] = '2';
    assert_false(training_hash(&a) == training_hash(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key),
        cmocka_unit_test(behind_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
