/* exchange/nir.c: the public functions on a NIR graph: files, and what is in it. */
#include "exchange/nir.h"

#include <stdlib.h>
#include <string.h>

#include "base/error_key.h"

fsnn_status nir_look(fsnn_nir *nir)
{
    FSNN_TRY(nir_flatten(nir));
    FSNN_TRY(nir_check_fields(nir));
    FSNN_TRY(nir_sort(nir));
    FSNN_TRY(nir_infer(nir));
    return nir_tell(nir);
}

void fsnn_nir_destroy(fsnn_nir *nir)
{
    if (!nir)
        return;
    for (int i = 0; i < nir->nodes; i++) {
        fsnn_free(nir->node[i].path);
        fsnn_free(nir->node[i].text);
    }
    hdf_tree_free(&nir->tree);
    texts_free(&nir->remark);
    fsnn_free(nir->node);
    fsnn_free(nir->edge);
    fsnn_free(nir->order);
    fsnn_free(nir->place);
    fsnn_free(nir->several);
    fsnn_free(nir->version);
    fsnn_free(nir->file);
    fsnn_free(nir);
}

bool fsnn_nir_known(const char *path)
{
    enum { LOOK = 1 << 20 };
    static const unsigned char magic[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    static const char graph[] = "NIRGraph";
    const char *dot = path ? strrchr(path, '.') : NULL;
    FILE *file = path ? fopen(path, "rb") : NULL;
    char *head = file ? malloc(LOOK) : NULL;
    size_t size = head ? fread(head, 1, LOOK, file) : 0;
    bool known = size > sizeof magic && !memcmp(head, magic, sizeof magic) &&
                 ((dot && !strcmp(dot, ".nir")) || memmem(head, size, graph, sizeof graph - 1));
    free(head);
    if (file)
        fclose(file);
    return known;
}

fsnn_status fsnn_nir_read(const char *path, fsnn_nir **out)
{
    FSNN_NEED(out);
    *out = NULL;
    FSNN_NEED(path);
    fsnn_nir *nir = fsnn_alloc(sizeof *nir);
    if (!nir)
        return FSNN_EMEMORY;
    nir->file = fsnn_strdup(path);
    fsnn_status status = nir->file ? FSNN_OK : FSNN_EMEMORY;
    if (!status)
        status = hdf_tree_read(path, "a NIR graph (HDF5)", &nir->tree);
    if (!status)
        status = nir_look(nir);
    if (!status) {
        *out = nir;
        return FSNN_OK;
    }
    fsnn_error error;
    fsnn_error_keep(&error);
    fsnn_nir_destroy(nir);
    fsnn_error_restore(&error);
    return status;
}

fsnn_status fsnn_nir_write(const fsnn_nir *nir, const char *path)
{
    FSNN_NEED(nir);
    FSNN_NEED(path);
    return hdf_tree_write(path, &nir->tree);
}

const char *fsnn_nir_remark(const fsnn_nir *nir, int index)
{
    return nir && index >= 0 && index < nir->remark.count ? nir->remark.line[index] : NULL;
}

const char *fsnn_nir_version(const fsnn_nir *nir)
{
    return nir ? nir->version : "";
}

int fsnn_nir_node_count(const fsnn_nir *nir)
{
    return nir ? nir->nodes : 0;
}

fsnn_status fsnn_nir_node_at(const fsnn_nir *nir, int index, fsnn_nir_node *node)
{
    FSNN_NEED(nir);
    FSNN_NEED(node);
    if (index < 0 || index >= nir->nodes)
        return fsnn_fail(FSNN_EARGUMENT, "there is no node %d: there are %d", index, nir->nodes);
    const nir_node *n = &nir->node[nir->order[index]];
    *node = (fsnn_nir_node){n->path, n->type->name, n->out, n->text};
    return FSNN_OK;
}

int fsnn_nir_edge_count(const fsnn_nir *nir)
{
    return nir ? nir->edges : 0;
}

fsnn_status fsnn_nir_edge_at(const fsnn_nir *nir, int index, int *from, int *to, bool *late)
{
    FSNN_NEED(nir);
    FSNN_NEED(from);
    FSNN_NEED(to);
    if (index < 0 || index >= nir->edges)
        return fsnn_fail(FSNN_EARGUMENT, "there is no edge %d: there are %d", index, nir->edges);
    *from = nir->place[nir->edge[index].from];
    *to = nir->place[nir->edge[index].to];
    if (late)
        *late = nir->edge[index].late;
    return FSNN_OK;
}
