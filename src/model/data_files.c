#include "model/data_files.h"

static fsnn_status find(const data_place *at, fsnn_event_files *files)
{
    const data_files_set *set = (const data_files_set *)at->set;
    files->pattern = set->pattern;
    files->cuts = set->cuts;
    FSNN_TRY(data_set_file(at, "path", set->path, &files->path));
    return data_set_file(at, "list", set->list, &files->list);
}

fsnn_status data_find_files(const data_place *at, fsnn_event_files *files,
                            fsnn_event_files *training)
{
    data_place first;
    *training = *files;
    FSNN_TRY(find(at, files));
    if (!data_training(at, &first))
        return FSNN_OK;
    files->training = training;
    return data_fail_in(&first, find(&first, training));
}
