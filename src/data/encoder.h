/* data/encoder.h: one sample at a time, for the loader. */
#ifndef FSNN_ENCODER_H
#define FSNN_ENCODER_H

#include "base/base.h"

#include <fsnn/data.h>

/* FSNN_EARGUMENT with a sentence when the options cannot work. */
fsnn_status encoder_check(const fsnn_encoder *encoder);
/* Steps and values of one step (in: those of the sample) that come out of a sample, still or a
 * sequence of `steps`. False where they are too many to count. */
bool encoder_size(const fsnn_encoder *encoder, bool sequence, int64_t *steps, fsnn_shape *shape);
/* Writes x [N] as T rows of N values, their beginnings `stride` floats apart. Random numbers are
 * those of `stream`. */
void encoder_sample(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                    uint64_t stream, float *out, int64_t stride);
/* The same of a sequence x [T, N]. */
void encoder_sequence(const fsnn_encoder *encoder, int64_t T, int64_t N, const float *x,
                      uint64_t seed, uint64_t stream, float *out, int64_t stride);

#endif
