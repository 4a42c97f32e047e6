/* model/safetensors.h: the safetensors format from and to memory.
 *
 *   8 bytes   N, length of the header, little-endian
 *   N bytes   JSON: {"__metadata__": {"key": "text", ...},
 *                    "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [a, b]}, ...}
 *   rest      numbers, little-endian, row-major; offsets count from here; no gaps, no overlaps */
#ifndef FSNN_SAFETENSORS_H
#define FSNN_SAFETENSORS_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* `file` names the bytes in errors. Everything is checked before `out` is changed. */
fsnn_status safetensors_parse(const char *file, const uint8_t *data, size_t size, fsnn_arrays *out);

#endif
