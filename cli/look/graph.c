/* cli/look/graph.c: what a graph holds, in a folder or an NPZ, and its degrees as a picture. */
#include "cli/look/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t degree_of(const fsnn_graph *g, int64_t node)
{
    return g->edge_start[node + 1] - g->edge_start[node];
}

/* How many nodes have 0, 1, ... `*most` neighbours; to be freed. */
static int64_t *degrees(const fsnn_graph *g, int64_t *most)
{
    *most = 0;
    for (int64_t i = 0; i < g->nodes; i++)
        *most = degree_of(g, i) > *most ? degree_of(g, i) : *most;
    int64_t *count = cli_allocate((size_t)*most + 1, sizeof *count);
    for (int64_t i = 0; i < g->nodes; i++)
        count[degree_of(g, i)]++;
    return count;
}

/* Smallest degree that a share of the nodes does not exceed. */
static int64_t quantile(const int64_t *count, int64_t most, int64_t nodes, double share)
{
    int64_t d = 0, sum = count[0];
    while (d < most && (double)sum < share * (double)nodes)
        sum += count[++d];
    return d;
}

static void print_degrees(const fsnn_graph *g)
{
    int64_t most, *count = degrees(g, &most);
    char alone[CLI_NUMBER];
    cli_out("%-12s mean %.2f, median %lld, nine tenths up to %lld, most %lld; %s without edges\n",
            "degrees", 2 * (double)g->edges / (double)g->nodes,
            (long long)quantile(count, most, g->nodes, 0.5),
            (long long)quantile(count, most, g->nodes, 0.9), (long long)most,
            cli_count(alone, count[0]));
    free(count);
}

/* The share of edges between nodes of one class: how much neighbours tell. */
static double homophily(const fsnn_graph *g)
{
    int64_t same = 0, known = 0;
    for (int64_t i = 0; i < g->nodes; i++)
        for (int64_t e = g->edge_start[i]; e < g->edge_start[i + 1]; e++) {
            int32_t a = g->label[i], b = g->label[g->neighbour[e]];
            known += a >= 0 && b >= 0;
            same += a >= 0 && a == b;
        }
    return known ? (double)same / (double)known : NAN;
}

static void print_classes(const fsnn_graph *g)
{
    int64_t *size = cli_allocate((size_t)g->classes + 1, sizeof *size);
    for (int64_t i = 0; i < g->nodes; i++)
        size[g->label[i] < 0 ? g->classes : g->label[i]]++;
    cli_out("%-12s %lld of", "classes", (long long)g->classes);
    for (int64_t c = 0; c < g->classes && c < 32; c++)
        cli_out(" %lld", (long long)size[c]);
    cli_out("%s nodes", g->classes > 32 ? " ..." : "");
    if (size[g->classes])
        cli_out(", %lld without", (long long)size[g->classes]);
    const double share = homophily(g);
    if (isnan(share)) /* no edges between nodes that have classes */
        cli_out("\n");
    else
        cli_out("; %.1f %% of the edges stay within one\n", 100 * share);
    free(size);
}

static void print_split(const fsnn_graph *g)
{
    bool any = false;
    cli_out("%-12s", "split");
    for (int p = 0; p < FSNN_PARTS; p++) {
        char count[CLI_NUMBER];
        if (!g->part[p])
            continue;
        cli_out("%s %s %s", any ? "," : "", cli_count(count, g->part_count[p]),
                fsnn_part_name((fsnn_part)p));
        any = true;
    }
    cli_out(any ? " nodes\n" : " none came with it: random ones are drawn\n");
}

int graph_inspect(const char *path)
{
    fsnn_graph *g;
    fsnn_status status = fsnn_graph_read(path, &g);
    if (status < 0)
        return cli_fail(status);
    char nodes[CLI_NUMBER], edges[CLI_NUMBER], features[CLI_NUMBER], values[CLI_NUMBER];
    int64_t count = g->feature_start[g->nodes];
    cli_out("%s: a graph of %s nodes and %s edges\n", path, cli_count(nodes, g->nodes),
            cli_count(edges, g->edges));
    print_degrees(g);
    cli_out("%-12s %s a node, %s values not 0 (%.2f %%)\n", "features",
            cli_count(features, g->features), cli_count(values, count),
            100 * (double)count / ((double)g->nodes * (double)g->features));
    print_classes(g);
    print_split(g);
    fsnn_graph_destroy(g);
    return CLI_GOOD;
}

/* ---- the picture ---- */

static int draw(const fsnn_graph *g, const char *title, const char *path)
{
    int64_t most, *count = degrees(g, &most);
    double *x = cli_allocate((size_t)most + 1, sizeof *x),
           *y = cli_allocate((size_t)most + 1, sizeof *y);
    int64_t n = 0;
    for (int64_t d = 1; d <= most; d++)
        if (count[d]) {
            x[n] = (double)d;
            y[n++] = (double)count[d];
        }
    char *subtitle = cli_format(
        "%lld nodes, %lld edges, mean degree %.2f, %lld nodes without edges", (long long)g->nodes,
        (long long)g->edges, 2 * (double)g->edges / (double)g->nodes, (long long)count[0]);
    const fsnn_curve curve = {NULL, FSNN_MARK_POINTS, 1, n, x, y};
    const fsnn_chart chart = {.heading = "Nodes by their number of neighbours",
                              .x_label = "neighbours",
                              .y_label = "nodes",
                              .log_x = true,
                              .log_y = true,
                              .empty = "no node has a neighbour",
                              .height = 360,
                              .curves = 1,
                              .curve = &curve};
    fsnn_status status = fsnn_plot_charts(title, subtitle, 1, 1, &chart, path);
    free(subtitle);
    free(count);
    free(x);
    free(y);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int graph_plot(const char *graph, const char *directory)
{
    fsnn_graph *g;
    fsnn_status status = fsnn_graph_read(graph, &g);
    if (status < 0)
        return cli_fail(status);
    int code = cli_make_directory(directory);
    char *path = cli_path(directory, "degrees");
    if (code == CLI_GOOD)
        code = draw(g, cli_base_name(graph), path);
    if (code == CLI_GOOD)
        cli_out("%s.png, %s.svg\n", path, path);
    free(path);
    fsnn_graph_destroy(g);
    return code;
}
