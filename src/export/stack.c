/* export/stack.c: the deepest stack below net_step, from the graph of calls that gcc writes:
 *
 *   node: { title: "net.c:layer_1" label: "layer_1\nnet.c:90:13\n136 bytes (static)\n..." }
 *   edge: { sourcename: "net_step" targetname: "net.c:layer_1" label: "net.c:200:5" }
 *
 * where \n is two letters. A function that is not in net.c has no line of bytes. */
#include "export/target.h"

#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS = 512, NAME = 96, DEPTH = 64 };

typedef struct function {
    char name[NAME];
    long long bytes; /* -1: of another file */
    bool told;       /* in m->outside */
} function;

typedef struct graph {
    const char *text;
    function *function; /* [functions] */
    int functions;
} graph;

/* The quoted text behind `key` in a line; false: there is none. */
static bool quoted(const char *line, const char *key, char *text)
{
    const char *end = line + strcspn(line, "\n"), *at = strstr(line, key);
    if (!at || at >= end)
        return false;
    at += strlen(key);
    const size_t length = strcspn(at, "\"\n");
    if (at[length] != '"' || length >= NAME)
        return false;
    memcpy(text, at, length);
    text[length] = 0;
    return true;
}

/* "...\n136 bytes (static)..." -> 136; -1: there are none. */
static long long bytes_of(const char *line)
{
    const char *end = line + strcspn(line, "\n"), *at = strstr(line, " bytes (");
    if (!at || at >= end)
        return -1;
    while (at > line && at[-1] >= '0' && at[-1] <= '9')
        at--;
    return strtoll(at, NULL, 10);
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static void read_functions(graph *g)
{
    for (const char *line = g->text; *line && g->functions < FUNCTIONS; line = next_line(line))
        if (!strncmp(line, "node:", 5) && quoted(line, "title: \"", g->function[g->functions].name))
            g->function[g->functions++].bytes = bytes_of(line);
}

static function *find(const graph *g, const char *name)
{
    for (int i = 0; i < g->functions; i++)
        if (strcmp(g->function[i].name, name) == 0)
            return &g->function[i];
    return NULL;
}

static void tell(code_measured *m, function *f)
{
    const size_t used = strlen(m->outside);
    if (!f->told)
        snprintf(m->outside + used, sizeof m->outside - used, "%s%s", used ? ", " : "", f->name);
    f->told = true;
}

/* Bytes below and with a function; calls in a circle, which the C has none of, end at DEPTH. */
static long long deepest(const graph *g, function *f, int depth, code_measured *m)
{
    char from[NAME], to[NAME];
    long long most = 0;
    if (f->bytes < 0)
        tell(m, f);
    for (const char *line = g->text; *line && depth < DEPTH; line = next_line(line)) {
        if (strncmp(line, "edge:", 5) != 0 || !quoted(line, "sourcename: \"", from) ||
            strcmp(from, f->name) != 0 || !quoted(line, "targetname: \"", to))
            continue;
        function *called = find(g, to);
        const long long below = called ? deepest(g, called, depth + 1, m) : 0;
        most = below > most ? below : most;
    }
    return most + (f->bytes > 0 ? f->bytes : 0);
}

bool code_stack_of(const char *text, code_measured *m)
{
    graph g = {text, fsnn_alloc(FUNCTIONS * sizeof(function)), 0};
    if (!g.function)
        return false;
    read_functions(&g);
    function *step = find(&g, "net_step");
    if (step)
        m->stack = deepest(&g, step, 0, m);
    fsnn_free(g.function);
    return step != NULL;
}
