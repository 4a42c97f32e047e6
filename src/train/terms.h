/* train/terms.h: the terms beside a loss, as penalties of a net's layers. */
#ifndef FSNN_TRAIN_TERMS_H
#define FSNN_TRAIN_TERMS_H

#include "base/base.h"
#include <fsnn/train.h>

/* Whether the terms fit the net: FSNN_EARGUMENT with the key. */
fsnn_status terms_check(const fsnn_net *net, const fsnn_training *training);
/* The penalties of all terms [capacity], in their order; how many of each in count [terms].
 * Returns their number, also where `list` is NULL. */
int terms_list(const fsnn_net *net, const fsnn_training *training, fsnn_penalty *list, int *count);
/* Puts them on the net; takes all off again. */
fsnn_status terms_begin(fsnn_net *net, const fsnn_training *training);
fsnn_status terms_end(fsnn_net *net, const fsnn_training *training);

#endif
