/* train/trainer_data.c: what data a run is trained on. A state keeps fingerprints of them; going on
 * with other training data is refused, since neither the old data nor the new ones would then be
 * what the figures say. States of before there were any say nothing. */
#include "train/trainer.h"

#define TRAINED "train.data"
#define WATCHED "train.watched_data"

fsnn_status trainer_data_find(trainer *t)
{
    if (!t->run && !ranks_many(t->options->ranks))
        return FSNN_OK;
    FSNN_TRY(fsnn_data_fingerprint(fsnn_loader_data(t->train), t->data));
    return t->test ? fsnn_data_fingerprint(fsnn_loader_data(t->test), t->watched) : FSNN_OK;
}

fsnn_status trainer_data_save(const trainer *t, fsnn_arrays *out)
{
    FSNN_TRY(fsnn_arrays_meta(out, TRAINED, t->data));
    return fsnn_arrays_meta(out, WATCHED, t->watched);
}

fsnn_status trainer_data_check(const trainer *t, const fsnn_arrays *in)
{
    char words[FSNN_FINGERPRINT_SIZE];
    const char *trained = fsnn_arrays_meta_find(in, TRAINED);
    const char *watched = fsnn_arrays_meta_find(in, WATCHED);
    if (fsnn_fingerprint_differs(trained, t->data, words, sizeof words)) {
        if (!t->options->other_data)
            return fsnn_fail(FSNN_EARGUMENT,
                             "the training data are not those that it was trained on: %s: go on "
                             "with the same data, train a new run, or allow other data "
                             "(--other-data; other_data in C)",
                             words);
        if (!t->run) /* rank 0 says it */
            return FSNN_OK;
        FSNN_TRY(run_warn(t->run, "%s goes on with other training data than it had: %s",
                          t->run->directory, words));
    }
    if (t->run && watched && *watched && *t->watched &&
        fsnn_fingerprint_differs(watched, t->watched, words, sizeof words))
        return run_warn(t->run,
                        "%s: the data that are watched are not those that it had: %s: figures of "
                        "epochs before and after do not compare",
                        t->run->directory, words);
    return FSNN_OK;
}
