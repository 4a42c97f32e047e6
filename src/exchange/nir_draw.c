/* exchange/nir_draw.c: a graph in the language of Graphviz, and as a picture by its program. */
#include "exchange/nir.h"

#include <stdlib.h>
#include <string.h>

#include "base/port_process.h"

/* A text between quotation marks of Graphviz. */
static void add_quoted(text *t, const char *word)
{
    for (; *word; word++)
        text_add(t, *word == '"' || *word == '\\' ? "\\%c" : "%c", *word);
}

fsnn_status fsnn_nir_dot(const fsnn_nir *nir, char **dot)
{
    FSNN_NEED(dot);
    *dot = NULL;
    FSNN_NEED(nir);
    text t = {0};
    char shape[160];
    text_add(&t, "digraph nir {\n  rankdir=TB;\n  node [shape=box, style=rounded, "
                 "fontname=\"sans-serif\", fontsize=10];\n");
    for (int i = 0; i < nir->nodes; i++) {
        const nir_node *n = &nir->node[i];
        text_add(&t, "  n%d [label=\"", i);
        add_quoted(&t, n->path);
        text_add(&t, "\\n%s %s\"%s];\n", n->type->name,
                 n->out.rank < 0 ? "" : fsnn_shape_text(&n->out, shape, sizeof shape),
                 n->type->spikes ? ", style=\"rounded,filled\", fillcolor=\"#dce9f7\"" : "");
    }
    for (int i = 0; i < nir->edges; i++)
        text_add(&t, "  n%d -> n%d%s;\n", nir->edge[i].from, nir->edge[i].to,
                 nir->edge[i].late ? " [style=dashed]" : "");
    text_add(&t, "}\n");
    *dot = t.failed ? NULL : malloc((size_t)t.length + 1);
    if (*dot)
        memcpy(*dot, t.bytes, (size_t)t.length + 1);
    text_free(&t);
    return *dot ? FSNN_OK : fsnn_fail(FSNN_EMEMORY, "out of memory");
}

static fsnn_status write_text(const char *path, const char *text)
{
    fsnn_file file = {0};
    FSNN_TRY(fsnn_file_create(&file, path));
    fputs(text, file.stream);
    return fsnn_file_commit(&file);
}

/* dot -Tsvg -oFIGURE SOURCE */
static fsnn_status draw(const char *source, const char *path, const char *form)
{
    char said[512];
    char *output = fsnn_format("-o%s.%s", path, form), *as = fsnn_format("-T%s", form);
    fsnn_status status = output && as ? FSNN_OK : FSNN_EMEMORY;
    if (!status) {
        port_end end = port_run(".", (char *const[]){"dot", as, output, (char *)source, NULL}, said,
                                sizeof said);
        if (end.missing)
            status = fsnn_fail(FSNN_ENOTFOUND, "Graphviz (the program dot) is not installed");
        else if (end.stage != PORT_ENDED || end.number)
            status = fsnn_fail(FSNN_ECALLBACK, "%s: dot failed: %s", source,
                               end.stage == PORT_ENDED ? said
                               : end.error             ? end.error
                                                       : "a signal");
    }
    fsnn_free(output);
    fsnn_free(as);
    return status;
}

fsnn_status fsnn_nir_draw(const fsnn_nir *nir, const char *path)
{
    FSNN_NEED(path);
    char *dot, *source = fsnn_format("%s.dot", path);
    fsnn_status status = source ? fsnn_nir_dot(nir, &dot) : FSNN_EMEMORY;
    if (!status) {
        status = write_text(source, dot);
        free(dot);
    }
    if (!status)
        status = draw(source, path, "svg");
    if (!status)
        status = draw(source, path, "png");
    fsnn_free(source);
    return status;
}
