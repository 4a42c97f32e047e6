/* data/graph/graph_read.c: a graph from its folder or its file, and whether there is one. */
#include "format/file_kind.h"
#include "data/graph/graph.h"

#include "base/port_files.h"

#include <string.h>

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
        if (i > GRAPH_LABELS && !port_exists(f->path[i]))
            continue;
        FSNN_TRY(fsnn_file_read(f->path[i], &f->bytes[i], &f->text[i].size));
        static const uint8_t nothing;
        f->text[i].bytes = f->bytes[i] ? f->bytes[i] : &nothing;
    }
    return FSNN_OK;
}

static fsnn_status read_folder(const char *folder, fsnn_graph **graph)
{
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

static fsnn_status read_file(const char *path, fsnn_graph **graph)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = size >= 2 && !memcmp(bytes, "PK", 2)
                             ? graph_npz_parse(path, bytes, size, graph)
                             : file_kind_fail(path, bytes, size,
                                              "a graph: an NPZ file, or a folder with meta.txt, "
                                              "edges.txt, labels.txt and features");
    fsnn_free(bytes);
    return status;
}

fsnn_status fsnn_graph_read(const char *path, fsnn_graph **graph)
{
    if (!path || !graph)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_graph_read needs a folder or file and a place for the graph");
    *graph = NULL;
    return port_is_folder(path) ? read_folder(path, graph) : read_file(path, graph);
}

static bool has_files(const char *folder)
{
    bool all = true;
    for (int i = GRAPH_META; i <= GRAPH_LABELS; i++) {
        char *path = fsnn_format("%s/%s", folder, graph_file_name[i]);
        all = all && path && port_exists(path);
        fsnn_free(path);
    }
    return all;
}

bool fsnn_graph_known(const char *path)
{
    uint8_t head[2], *bytes;
    size_t size;
    if (!path || port_is_folder(path))
        return path && has_files(path);
    FILE *file = fopen(path, "rb");
    bool zip = file && fread(head, 1, sizeof head, file) == sizeof head && !memcmp(head, "PK", 2);
    if (file)
        fclose(file);
    if (!zip || fsnn_file_read(path, &bytes, &size) < 0)
        return false;
    bool known = graph_npz_is(bytes, size);
    fsnn_free(bytes);
    return known;
}
