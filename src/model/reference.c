/* The reference of all keys as Markdown, from the same tables that read them: what stands there is
 * what is accepted. */
#include "model/data_kinds.h"
#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct page {
    FILE *out;
    pool memory;
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

static void head(page *p, int level, const char *title, const char *help)
{
    fprintf(p->out, "\n%.*s %s\n\n%s%s", level, "####", title, help ? help : "",
            help ? "\n\n" : "");
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

static void row(page *p, const char *name, const char *accepts, const char *fallback,
                const char *help)
{
    fprintf(p->out, "| `%s` | ", name);
    cell(p, accepts);
    fputs(" | ", p->out);
    cell(p, fallback);
    fputs(" | ", p->out);
    cell(p, help);
    fputs(" |\n", p->out);
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
        return pool_format(&p->memory, "%lld", (long long)pair[0]);
    case FSNN_KEY_INT32:
        return pool_format(&p->memory, "%d", *(const int *)at);
    case FSNN_KEY_UINT64:
        return pool_format(&p->memory, "%llu", (unsigned long long)pair[0]);
    case FSNN_KEY_REAL:
        return pool_format(&p->memory, "%g", *(const double *)at);
    case FSNN_KEY_ENUM:
        return key->names[*(const int *)at];
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

static void keys(page *p, const char *prefix, const fsnn_key *table, const void *defaults)
{
    for (const fsnn_key *key = fsnn_keys_first(table); key; key = fsnn_keys_next(key)) {
        const char *at = (const char *)defaults + key->offset;
        const char *name = pool_format(&p->memory, "%s%s", prefix, key->name);
        if (!name)
            return;
        if (key->type == FSNN_KEY_NAMED) {
            row(p, name, keys_accepted(&p->memory, key), "", key->help);
            const char *each = pool_format(&p->memory, "%s.NAME.", name);
            if (each)
                keys(p, each, key->group, at);
            continue;
        }
        if (key->type != FSNN_KEY_GROUP) {
            row(p, name, keys_accepted(&p->memory, key), fallback(p, key, at), key->help);
            continue;
        }
        row(p, name, "a mapping of the keys below, or a value for the first of them", "",
            key->help);
        const char *inner = pool_format(&p->memory, "%s.", name);
        if (inner)
            keys(p, inner, key->group, at);
    }
}

static void specials(page *p, const special *list)
{
    for (const special *s = list; s->name; s++)
        row(p, s->name, s->type, s->required ? "must be given" : s->fallback, s->help);
}

static void section(page *p, const char *title, const fsnn_key *table, const special *also,
                    const void *defaults)
{
    head(p, 2, title, NULL);
    table_head(p);
    keys(p, "", table, defaults);
    if (also)
        specials(p, also);
}

static void kinds(page *p)
{
    const fsnn_op *op;
    head(
        p, 2, "layers",
        "Each item is a kind (`- flatten`) or a kind with its options\n(`- linear: {out: 10, name: "
        "fc1}`). Besides the options of its kind, every layer takes:");
    table_head(p);
    specials(p, layer_specials);
    for (int i = 0; (op = net_kind_at(i)); i++) {
        head(p, 3, op->kind, op->help);
        if (!fsnn_keys_first(op->keys)) {
            fputs("No options.\n", p->out);
            continue;
        }
        table_head(p);
        keys(p, "", op->keys, op->defaults);
    }
}

static void write_page(page *p)
{
    const fsnn_description empty = {0};
    const fsnn_training training = fsnn_training_default();
    fputs(intro, p->out);
    section(p, "Top level", top_keys, top_specials, &empty);
    kinds(p);
    section(p, "dynamics", dynamics_keys, dynamics_specials, dynamics_defaults());
    for (const data_kind *const *kind = data_kinds; *kind; kind++) {
        const char *title = pool_format(&p->memory, "data, kind %s", (*kind)->name);
        if (title)
            section(p, title, (*kind)->keys, NULL, data_defaults());
    }
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
    bool failed = ferror(p.out);
    failed = fclose(p.out) != 0 || failed;
    pool_free(&p.memory);
    if (!failed && *markdown)
        return FSNN_OK;
    free(*markdown);
    *markdown = NULL;
    return fsnn_fail(FSNN_EMEMORY, "out of memory");
}
