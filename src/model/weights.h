/* model/weights.h: files of weights: their formats, their names, and what they say of the net that
 * they were made in. */
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

/* A warning of the net, before they are taken, where numbers of neurons that the net does not learn
 * have other values in the file, which replace those of the options. The parameters that `stays`
 * [parameters] has something for are not spoken of; NULL: none. */
fsnn_status weights_remark_fixed(fsnn_net *net, const char *path, const fsnn_arrays *list,
                                 void *const *stays);
/* fsnn_weights_load for a caller who then puts back the parameters that `stays` has. */
fsnn_status weights_load(fsnn_net *net, const char *path, void *const *stays);

/* The arrays of a file of any format of weights, by its first bytes. */
fsnn_status weights_read(const char *path, fsnn_arrays *list);

/* Takes out of the list what other tools save beside parameters and nothing here needs; a warning
 * of the net says so, and what the reader of the file said of it and did not read. */
fsnn_status weights_leave_out(fsnn_net *net, const char *path, fsnn_arrays *list);
/* FSNN_ENOTFOUND, with all names that do not fit, unless each array is a parameter's and each
 * parameter that must be there is; FSNN_EFORMAT for a name that is there twice. */
fsnn_status weights_check_names(const fsnn_net *net, const char *path, const fsnn_arrays *list);

#endif
