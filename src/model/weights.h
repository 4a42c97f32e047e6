/* model/weights.h: what files of weights say of the net that they were made in. */
#ifndef FSNN_MODEL_WEIGHTS_H
#define FSNN_MODEL_WEIGHTS_H

#include "base/base.h"

#include <fsnn/net.h>
#include <fsnn/tensor.h>

#define WEIGHTS_NET "net" /* the key of fsnn_net_describe's text in a file's metadata */
/* Its lines whose key ends so ("test data") are fingerprints of data. */
#define WEIGHTS_DATA " data"
enum { WEIGHTS_DATA_SIZE = 32 };

/* A warning of the net (fsnn_net_warning) where the file was made with other options; the net still
 * has its own values. */
fsnn_status weights_remark(fsnn_net *net, const char *path, const fsnn_arrays *list);

#endif
