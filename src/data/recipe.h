/* data/recipe.h: from a row of a data set to the input of a network: fetched, changed, encoded, put
 * on the solver's steps, disturbed. A recipe says how and does not change; each thread that makes
 * samples has a maker of its own. */
#ifndef FSNN_DATA_RECIPE_H
#define FSNN_DATA_RECIPE_H

#include "data/augment.h"
#include "data/resample.h"
#include "data/spikes.h"

typedef struct recipe {
    const fsnn_data *data;
    fsnn_loader_options options;
    fsnn_perturbation perturb[FSNN_PERTURBS];
    int64_t steps, values;        /* T as the network sees it, N of one step */
    int64_t rows;                 /* samples in time of one sample: T, where there are no stamps */
    int64_t raw_rows, raw_values; /* of a sample before its encoding; rows of still samples: 1 */
    fsnn_shape shape;             /* of one step */
    bool stamped, sparse;         /* time stamps; lists */
    bool still;                   /* one row for all steps */
    bool rate;                    /* lists that the rate encoder makes without dense rows */
} recipe;

/* Borrows `data`. FSNN_EARGUMENT when the options cannot work, FSNN_EUNSUPPORTED when there is too
 * much to number. */
fsnn_status recipe_plan(recipe *r, const fsnn_data *data, const fsnn_loader_options *options);

/* What one thread needs. */
typedef struct maker {
    float *sample; /* [size] the sample in the making */
    resample grid; /* where there are time stamps: from rows to steps */
    augmenter augment;
    spike_space space;
    float *disturbed, *scratch; /* [steps, values] where there is something to disturb */
} maker;

/* `r` has been planned. Errors: FSNN_EARGUMENT (time stamps and changes that cannot be),
 * FSNN_EMEMORY; maker_close is due after an error too. */
fsnn_status maker_open(maker *m, const recipe *r);
void maker_close(maker *m);
/* Memory of one, roughly: its arrays of samples. */
int64_t maker_bytes(const recipe *r);
/* Dense rows of a sample that are made. */
int64_t recipe_rows(const recipe *r);
/* Sample `index` of the set in `epoch` as dense rows of the steps (still: one), their beginnings
 * `stride` floats apart. */
fsnn_status maker_dense(maker *m, const recipe *r, int64_t epoch, int64_t index, float *out,
                        int64_t stride);
/* The same as sample `b` of lists, into a piece of them. */
fsnn_status maker_lists(maker *m, const recipe *r, int64_t epoch, int64_t index, int64_t b,
                        spike_lists *lists, spike_piece *piece);

#endif
