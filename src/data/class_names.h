/* data/class_names.h: one numbering of classes for all parts of a data set: the training set's. */
#ifndef FSNN_DATA_CLASS_NAMES_H
#define FSNN_DATA_CLASS_NAMES_H

#include "data/file_names.h"

/* Labels [count] that count in `names` become those of the same names in `training`, and `names`
 * too. Labels that have no name stay. FSNN_EFORMAT, with both paths, for the class of a sample that
 * `training` has not. */
fsnn_status class_names_number(const char *path, name_list *names, const char *training_path,
                               const name_list *training, int32_t *label, int64_t count);

/* The sentence for a class that is not among those of the training set, with what these are;
 * path "": of data that have no name. */
fsnn_status class_names_fail(const char *path, const char *class, const char *training_path,
                             char *const *known, int64_t count);

#endif
