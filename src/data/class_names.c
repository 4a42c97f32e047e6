/* data/class_names.c: classes by name. */
#include "data/class_names.h"

#include "data/store.h"

#include <string.h>

fsnn_status class_names_fail(const char *path, const char *class, const char *training_path,
                             char *const *known, int64_t count)
{
    char list[256] = "";
    size_t used = 0;
    for (int64_t c = 0; c < count && used < sizeof list; c++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", c ? ", " : "",
                                 known[c] ? known[c] : "?");
    if (used >= sizeof list)
        memcpy(list + sizeof list - 4, "...", 4);
    return fsnn_fail(FSNN_EFORMAT,
                     "%s%s samples of the class \"%s\", which the training set%s%s lacks; its "
                     "classes are %s",
                     path, *path ? ": has" : "there are", class, *training_path ? " " : "",
                     training_path, list);
}

static int64_t find(const name_list *names, const char *name)
{
    for (int64_t c = 0; c < names->count; c++)
        if (!strcmp(names->item[c], name))
            return c;
    return -1;
}

static fsnn_status number(const char *path, const name_list *names, const char *training_path,
                          const name_list *training, const int64_t *twin, int32_t *label,
                          int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (label[i] < 0 || label[i] >= names->count)
            continue;
        if (twin[label[i]] < 0)
            return class_names_fail(path, names->item[label[i]], training_path, training->item,
                                    training->count);
        label[i] = (int32_t)twin[label[i]];
    }
    return FSNN_OK;
}

fsnn_status class_names_number(const char *path, name_list *names, const char *training_path,
                               const name_list *training, int32_t *label, int64_t count)
{
    int64_t *twin = fsnn_alloc((size_t)(names->count ? names->count : 1) * sizeof *twin);
    if (!twin)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < names->count; c++)
        twin[c] = find(training, names->item[c]);
    fsnn_status status = number(path, names, training_path, training, twin, label, count);
    fsnn_free(twin);
    FSNN_TRY(status);
    name_list_free(names);
    for (int64_t c = 0; c < training->count; c++)
        FSNN_TRY(name_list_add(names, training->item[c], strlen(training->item[c])));
    return FSNN_OK;
}

/* ---- numbers ---- */

/* The first label of a sample that is not among the classes `has` [classes]; -1: all are. With
 * `mark` they become so. */
static int32_t walk(const fsnn_data *data, bool *has, int64_t classes, bool mark)
{
    const store *s = data->store;
    for (int64_t i = 0; i < data->count; i++)
        for (int64_t p = 0; p < s->places; p++) {
            int32_t label = s->labels[store_row(data, i) * s->places + p];
            if (label >= 0 && mark)
                has[label] = true;
            else if (label >= 0 && (label >= classes || !has[label]))
                return label;
        }
    return -1;
}

fsnn_status fsnn_data_check_classes(const fsnn_data *data, const fsnn_data *training)
{
    if (!data || !training)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_check_classes needs two data sets");
    if (!data->store->labels || !training->store->labels)
        return FSNN_OK;
    int64_t classes = training->store->classes;
    bool *has = fsnn_alloc((size_t)(classes + 1));
    if (!has)
        return FSNN_EMEMORY;
    walk(training, has, classes, true);
    int32_t missing = walk(data, has, classes, false);
    fsnn_free(has);
    return missing < 0 ? FSNN_OK
                       : fsnn_fail(FSNN_EFORMAT,
                                   "there are samples of class %d, which no sample of the training "
                                   "set has",
                                   missing);
}
