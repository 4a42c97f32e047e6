/* train/training_hash.h: a hash of all options of a training, by which ranks see that they have the
 * same. */
#ifndef FSNN_TRAIN_TRAINING_HASH_H
#define FSNN_TRAIN_TRAINING_HASH_H

#include <fsnn/train.h>

/* Texts and class weights count by what they hold, not by where they stand. */
uint64_t training_hash(const fsnn_training *training);

#endif
