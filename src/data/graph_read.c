/* data/graph_read.c: the files of a graph's folder. */
#include "data/graph.h"

#include <unistd.h>

typedef struct files {
    char *path[GRAPH_FILES];
    uint8_t *bytes[GRAPH_FILES];
    graph_text text[GRAPH_FILES];
} files;

static fsnn_status load(files *f, const char *folder)
{
    for (int i = 0; i < GRAPH_FILES; i++) {
        f->path[i] = fsnn_format("%s/%s", folder, graph_file_name[i]);
        if (!f->path[i])
            return FSNN_EMEMORY;
        f->text[i].name = f->path[i];
        /* those that must be there say so themselves when they are not */
        if (i > GRAPH_LABELS && access(f->path[i], F_OK) != 0)
            continue;
        FSNN_TRY(fsnn_file_read(f->path[i], &f->bytes[i], &f->text[i].size));
        static const uint8_t nothing;
        f->text[i].bytes = f->bytes[i] ? f->bytes[i] : &nothing;
    }
    return FSNN_OK;
}

fsnn_status fsnn_graph_read(const char *folder, fsnn_graph **graph)
{
    if (!folder || !graph)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_read needs a folder and a place for the graph");
    *graph = NULL;
    files f = {0};
    fsnn_status status = load(&f, folder);
    if (!status)
        status = graph_parse(f.text, graph);
    for (int i = 0; i < GRAPH_FILES; i++) {
        fsnn_free(f.path[i]);
        fsnn_free(f.bytes[i]);
    }
    return status;
}
