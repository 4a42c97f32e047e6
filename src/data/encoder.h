/* data/encoder.h: one sample at a time, for the loader. */
#ifndef FSNN_ENCODER_H
#define FSNN_ENCODER_H

#include "base/base.h"

#include <fsnn/data.h>

/* FSNN_EARGUMENT with a sentence when the options cannot work. */
fsnn_status encoder_check(const fsnn_encoder *encoder);
/* Writes x [N] as T rows of N values, their beginnings `stride` floats apart. Random numbers are
 * those of `stream`. */
void encoder_sample(const fsnn_encoder *encoder, int64_t N, const float *x, uint64_t seed,
                    uint64_t stream, float *out, int64_t stride);

#endif
