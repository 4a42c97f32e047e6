/* format/torch.h: PyTorch's files of tensors (torch.save), read without running what they pickle.
 *
 *   since 1.6    a zip archive: NAME/data.pkl, the pickle; NAME/data/KEY, the numbers of a storage;
 *                NAME/byteorder, "little" or "big"
 *   before       pickles one after the other (a number, a version, a dict of what the machine was,
 *                the object, the keys of the storages), then the storages: 8 bytes of length each,
 *                and the numbers
 *
 * In the pickle a tensor is a call of torch._utils._rebuild_tensor_v2 with a storage, an offset, a
 * shape and strides. Format: torch/serialization.py (PyTorch 2.x). */
#ifndef FSNN_FORMAT_TORCH_H
#define FSNN_FORMAT_TORCH_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* What fsnn_torch_read does after reading the file; `path` starts the error sentences. */
fsnn_status torch_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_arrays *out);

/* The key of the metadata that says what of the file was read. */
extern const char torch_remark_key[];

#endif
