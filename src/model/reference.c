/* The reference of all keys as Markdown, from the same tables that read them: what stands there is
 * what is accepted. */
#include "model/data_series.h"
#include "net/neuron_node.h"
#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct page {
    FILE *out;
    pool memory;
    bool failed; /* memory was out */
} page;

static const char intro[] =
    "## Rules\n\n"
    "A description is one YAML file. Where a key takes a mapping of options, a plain value sets\n"
    "the first of them: `tau: 2.0` is `tau: {value: 2.0}`, `- dropout: 0.5` is\n"
    "`- dropout: {p: 0.5}`. An unknown key, a key given twice and a value outside of its range\n"
    "are errors. Any key can be changed for one run with `--set`: `--set training.epochs=2`,\n"
    "`--set layers.2.lif.tau=1.5`, or by a node's name `--set lif1.tau=1.5`.\n\n"
    "Files named in `data` are absolute, or begin with `~`, or stand relative to the\n"
    "description's folder; what is not found there is looked for below the folder that the\n"
    "environment variable `FSNN_DATA` names (where it is set).\n";

/* Lines of at most 100 columns; breaks that are in the text stay. */
static void prose(page *p, const char *text)
{
    enum { COLUMNS = 100 };
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " \n"), blank = strspn(text + word, " ");
        fprintf(p->out, "%.*s", (int)word, text);
        column += word;
        text += word + blank;
        if (*text == '\n' || (blank && column + 1 + strcspn(text, " \n") > COLUMNS)) {
            fputc('\n', p->out);
            text += *text == '\n';
            column = 0;
        } else if (blank) {
            fputc(' ', p->out);
            column++;
        }
    }
}

static void head(page *p, int level, const char *title, const char *help)
{
    fprintf(p->out, "\n%.*s %s\n\n", level, "####", title);
    if (help) {
        prose(p, help);
        fputs("\n\n", p->out);
    }
}

static void table_head(page *p)
{
    fputs("| key | accepts | default | meaning |\n|---|---|---|---|\n", p->out);
}

/* | would end a cell */
static void cell(page *p, const char *text)
{
    for (; text && *text; text++) {
        if (*text == '|')
            fputc('\\', p->out);
        fputc(*text, p->out);
    }
}

/* A row of a table, and the rows of a table in their order. */
typedef struct row {
    const char *name, *accepts, *fallback, *help;
    struct row *next;
} row;

typedef struct rows {
    row *first, *last;
} rows;

static void print_row(page *p, const row *r)
{
    fprintf(p->out, "| `%s` | ", r->name);
    cell(p, r->accepts);
    fputs(" | ", p->out);
    cell(p, r->fallback);
    fputs(" | ", p->out);
    cell(p, r->help);
    fputs(" |\n", p->out);
}

static void print_rows(page *p, const rows *list)
{
    table_head(p);
    for (const row *r = list->first; r; r = r->next)
        print_row(p, r);
}

static void add(page *p, rows *list, row new)
{
    row *r = pool_alloc(&p->memory, sizeof *r);
    if (!r) {
        p->failed = true;
        return;
    }
    *r = new;
    r->next = NULL;
    if (list->last)
        list->last->next = r;
    else
        list->first = r;
    list->last = r;
}

static const char *shape_text(page *p, const fsnn_shape *shape)
{
    char text[128];
    return pool_format(&p->memory, "%s", fsnn_shape_text(shape, text, sizeof text));
}

/* The default of a key, from the struct that reading starts from. */
static const char *fallback(page *p, const fsnn_key *key, const void *at)
{
    const int64_t *pair = at;
    const char *const *text = at;
    if (key->required)
        return "must be given";
    if (key->otherwise)
        return key->otherwise;
    switch (key->type) {
    case FSNN_KEY_BOOL:
        return *(const bool *)at ? "true" : "false";
    case FSNN_KEY_INT:
    case FSNN_KEY_INTS:
        return pool_format(&p->memory, "%lld", (long long)pair[0]);
    case FSNN_KEY_INT32:
        return pool_format(&p->memory, "%d", *(const int *)at);
    case FSNN_KEY_UINT64:
        return pool_format(&p->memory, "%llu", (unsigned long long)pair[0]);
    case FSNN_KEY_REAL:
    case FSNN_KEY_REALS:
        return pool_format(&p->memory, "%g", *(const double *)at);
    case FSNN_KEY_ENUM:
        return fsnn_key_name(key, *(const int *)at);
    case FSNN_KEY_PAIR:
        if (pair[0] == pair[1])
            return pool_format(&p->memory, "%lld", (long long)pair[0]);
        return pool_format(&p->memory, "[%lld, %lld]", (long long)pair[0], (long long)pair[1]);
    case FSNN_KEY_SHAPE:
        return shape_text(p, at);
    case FSNN_KEY_TEXT:
        return *text ? *text : "";
    case FSNN_KEY_GROUP:
    case FSNN_KEY_NAMED:
    case FSNN_KEY_TEXTS:
    case FSNN_KEY_FAMILY:
        return "";
    }
    return "";
}

/* The rows of the keys in `table` up to the key `end` (NULL: all), in groups `prefix` deep. */
static void list_keys(page *p, const char *prefix, const fsnn_key *table, const fsnn_key *end,
                      const void *defaults, rows *list)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key && key != end;
         key = fsnn_keys_next(key)) {
        const char *at = (const char *)defaults + key->offset, *inner = NULL;
        const char *name = pool_format(&p->memory, "%s%s", prefix, key->name);
        row r = {name, keys_accepted(&p->memory, key), fallback(p, key, at), key->help, NULL};
        if (key->type == FSNN_KEY_GROUP) {
            r.accepts = "a mapping of the keys below, or a value for the first of them";
            inner = pool_format(&p->memory, "%s.", name);
        }
        if (key->type == FSNN_KEY_NAMED)
            inner = pool_format(&p->memory, "%s.NAME.", name);
        add(p, list, r);
        if (inner)
            list_keys(p, inner, key->group, NULL, at, list);
    }
}

static void list_specials(page *p, const special *also, rows *list)
{
    for (const special *s = also; s && s->name; s++) {
        const char *type = s->type_of ? s->type_of(&p->memory) : s->type;
        add(p, list,
            (row){s->name, type, s->required ? "must be given" : s->fallback, s->help, NULL});
    }
}

static void section(page *p, const char *title, const fsnn_key *table, const special *also,
                    const void *defaults)
{
    rows list = {0};
    head(p, 2, title, NULL);
    list_keys(p, "", table, NULL, defaults, &list);
    list_specials(p, also, &list);
    print_rows(p, &list);
}

/* ---- what several kinds share: said once, in a section of its own that kinds refer to ---- */

typedef struct share {
    const char *title, *text;
    const fsnn_key *table, *end; /* the keys up to `end`; NULL: all */
    rows list;
} share;

static void print_share(page *p, share *s, int level, const void *defaults)
{
    head(p, level, s->title, s->text);
    list_keys(p, "", s->table, s->end ? fsnn_keys_first(s->end) : NULL, defaults, &s->list);
    print_rows(p, &s->list);
}

static bool same(const row *a, const row *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->accepts, b->accepts) == 0 &&
           strcmp(a->fallback, b->fallback) == 0 && strcmp(a->help, b->help) == 0;
}

static const row *find(const rows *list, const row *wanted)
{
    const row *r = list->first;
    while (r && !same(r, wanted))
        r = r->next;
    return r;
}

static bool named(const rows *list, const row *wanted)
{
    for (const row *r = list->first; r; r = r->next)
        if (strcmp(r->name, wanted->name) == 0)
            return true;
    return false;
}

/* "Also the keys of [neurons](#neurons).", or, where a kind has not all of them, "Also `tau` of
 * ...": `fsnn help` reads these sentences. */
static void print_also(page *p, const share *s, const rows *list, bool *began)
{
    bool any = false, all = true;
    for (const row *r = s->list.first; r; r = r->next) {
        any = any || find(list, r);
        all = all && named(list, r);
    }
    if (!any)
        return;
    fputs(*began ? "" : "\n", p->out);
    *began = true;
    fputs(all ? "Also the keys" : "Also", p->out);
    const char *comma = " ";
    for (const row *r = s->list.first; !all && r; r = r->next)
        if (find(list, r) && !strchr(r->name, '.')) {
            fprintf(p->out, "%s`%s`", comma, r->name);
            comma = ", ";
        }
    fprintf(p->out, " of [%s](#", s->title);
    for (const char *c = s->title; *c; c++)
        if (*c != ',')
            fputc(*c == ' ' ? '-' : *c, p->out);
    fputs(").\n", p->out);
}

/* A kind: the rows of its own, and what it shares. */
static void print_kind(page *p, int level, const char *title, const char *help,
                       const fsnn_key *table, const void *defaults, const share *shares)
{
    rows list = {0}, own = {0};
    bool began = false;
    head(p, level, title, help);
    list_keys(p, "", table, NULL, defaults, &list);
    for (const row *r = list.first; r; r = r->next) {
        bool shared = false;
        for (const share *s = shares; s && s->title; s++)
            shared = shared || find(&s->list, r);
        if (!shared)
            add(p, &own, *r);
    }
    if (own.first)
        print_rows(p, &own);
    else
        fputs(list.first ? "No options of its own.\n" : "No options.\n", p->out);
    for (const share *s = shares; s && s->title; s++)
        print_also(p, s, &list, &began);
}

static void print_layers(page *p)
{
    share shares[] = {
        {.title = "neurons",
         .text = "Every kind of neuron takes these keys, `readout` only some of them:",
         .table = neuron_keys},
        {.title = "neurons with equations",
         .text = "Kinds that are equations, `user` among them, take also:",
         .table = neuron_param_keys,
         .end = neuron_keys},
        {.title = "neurons with states",
         .text = "Kinds with states beside v take also:",
         .table = neuron_state_keys,
         .end = neuron_param_keys},
        {0},
    };
    rows list = {0};
    const fsnn_op *op;
    head(
        p, 2, "layers",
        "Each item is a kind (`- flatten`) or a kind with its options\n(`- linear: {out: 10, name: "
        "fc1}`). Besides the options of its kind, every layer takes:");
    list_specials(p, layer_specials, &list);
    print_rows(p, &list);
    for (int i = 0; (op = net_kind_at(i)); i++) {
        bool neuron = op->flags & OP_NEURON;
        for (share *s = shares; neuron && s->title && !s->list.first; s++)
            print_share(p, s, 3, net_kind_find("user")->defaults);
        print_kind(p, 3, op->kind, op->help, op->keys, op->defaults, neuron ? shares : NULL);
    }
}

static void print_data(page *p)
{
    typedef struct plain {
        series_options options;
        data_set train, test;
    } plain;
    static const plain defaults = {DATA_SERIES};
    static const fsnn_key every[] = {DATA_KEYS(plain, NULL), {0}},
                          series[] = {DATA_SERIES_KEYS, {0}};
    share shares[] = {
        {.title = "data",
         .text = "Every kind of data takes these keys, `graph` only some of them:",
         .table = every},
        {.title = "data, series",
         .text = "Kinds whose samples are series take also:",
         .table = series},
        {0},
    };
    for (share *s = shares; s->title; s++)
        print_share(p, s, 2, &defaults);
    for (int i = 0; data_kinds[i]; i++) {
        const data_kind *kind = data_kinds[i];
        const char *title = pool_format(&p->memory, "data, kind %s", data_kind_names[i]);
        if (title)
            print_kind(p, 2, title, NULL, kind->keys, kind->defaults, shares);
    }
}

static void write_page(page *p)
{
    const fsnn_description empty = {0};
    const fsnn_training training = fsnn_training_default();
    fputs(intro, p->out);
    section(p, "Top level", top_keys, top_specials, &empty);
    print_layers(p);
    section(p, "dynamics", dynamics_keys, dynamics_specials, dynamics_defaults());
    print_data(p);
    section(p, "training", training_keys, training_specials, &training);
}

fsnn_status fsnn_description_reference(char **markdown)
{
    size_t size = 0;
    if (!markdown)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_reference: markdown is NULL");
    *markdown = NULL;
    page p = {.out = open_memstream(markdown, &size)};
    if (!p.out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    write_page(&p);
    bool failed = ferror(p.out) || p.failed;
    failed = fclose(p.out) != 0 || failed;
    pool_free(&p.memory);
    if (!failed && *markdown)
        return FSNN_OK;
    free(*markdown);
    *markdown = NULL;
    return fsnn_fail(FSNN_EMEMORY, "out of memory");
}
