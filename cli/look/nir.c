/* cli/look/nir.c: what a NIR graph holds, as a table of nodes with their sources, and as a
 * picture. */
#include "cli/look/nir.h"

#include <stdlib.h>
#include <string.h>

void nir_remarks(const fsnn_nir *nir, const char *path)
{
    const char *remark;
    for (int i = 0; (remark = fsnn_nir_remark(nir, i)) != NULL; i++)
        cli_warn("%s: %s", path, remark);
}

/* "fc1, lif1 (a step before)"; to be freed. */
static char *sources_of(const fsnn_nir *nir, int node)
{
    char *text = cli_format("%s", "");
    for (int i = 0; i < fsnn_nir_edge_count(nir); i++) {
        int from, to;
        bool late;
        fsnn_nir_node source;
        fsnn_nir_edge_at(nir, i, &from, &to, &late);
        if (to != node)
            continue;
        fsnn_nir_node_at(nir, from, &source);
        char *longer = cli_format("%s%s%s%s", text, *text ? ", " : "", source.name,
                                  late ? " (a step before)" : "");
        free(text);
        text = longer;
    }
    return text;
}

static void print_node(const fsnn_nir *nir, int node, int width)
{
    fsnn_nir_node n;
    char shape[160];
    char *sources = sources_of(nir, node);
    fsnn_nir_node_at(nir, node, &n);
    cli_out("  %-*s  %-9s  %-14s  %s%s%s%s\n", width, n.name, n.type,
            n.shape.rank < 0 ? "" : fsnn_shape_text(&n.shape, shape, sizeof shape), n.text,
            *n.text && *sources ? "; " : "", *sources ? "from " : "", sources);
    free(sources);
}

static int open_nir(const char *path, fsnn_nir **nir)
{
    fsnn_status status = fsnn_nir_read(path, nir);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

static void print(const fsnn_nir *nir, const char *path)
{
    const char *version = fsnn_nir_version(nir);
    int width = 4;
    for (int i = 0; i < fsnn_nir_node_count(nir); i++) {
        fsnn_nir_node n;
        fsnn_nir_node_at(nir, i, &n);
        width = (int)strlen(n.name) > width ? (int)strlen(n.name) : width;
    }
    cli_out("%s: a NIR graph of %d nodes and %d edges%s%s\n", path, fsnn_nir_node_count(nir),
            fsnn_nir_edge_count(nir), *version ? ", NIR " : "", version);
    for (int i = 0; i < fsnn_nir_node_count(nir); i++)
        print_node(nir, i, width);
}

int nir_inspect(const char *path)
{
    fsnn_nir *nir;
    int code = open_nir(path, &nir);
    if (code != CLI_GOOD)
        return code;
    print(nir, path);
    nir_remarks(nir, path);
    fsnn_nir_destroy(nir);
    return CLI_GOOD;
}

int nir_plot(const char *path, const char *directory)
{
    fsnn_nir *nir;
    int code = open_nir(path, &nir);
    if (code != CLI_GOOD)
        return code;
    nir_remarks(nir, path);
    char *name = cli_format("%s", cli_base_name(path)), *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = '\0';
    char *figure = cli_path(directory, name);
    fsnn_status status = FSNN_OK;
    code = cli_make_directory(directory);
    if (code == CLI_GOOD)
        status = fsnn_nir_draw(nir, figure);
    if (code == CLI_GOOD && status == FSNN_ENOTFOUND) {
        print(nir, path);
        cli_out("%s.dot (no picture: %s)\n", figure, fsnn_error_text());
    } else if (code == CLI_GOOD) {
        if (status < 0)
            code = cli_fail(status);
        else
            cli_out("%s.svg, %s.png\n", figure, figure);
    }
    free(figure);
    free(name);
    fsnn_nir_destroy(nir);
    return code;
}
