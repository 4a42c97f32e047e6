/* Text to tree, through the events of libfyaml's parser. libfyaml never prints: a collector takes
 * its first error, which becomes our sentence. Depth and size are bounded, aliases included, so
 * that no file can exhaust the stack. */
#include "model/yaml.h"

#include "base/error_key.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64
#define MAX_NODES 4000000
#define MAX_COPIES 100000 /* values that aliases make: a few lines of them could make any number */

typedef struct anchor {
    const char *name;
    yaml_node *node;
    struct anchor *next;
} anchor;

typedef struct builder {
    yaml_doc *doc;
    const char *set; /* the override being parsed, or NULL */
    yaml_node *root, *top, *key;
    anchor *anchors;
    int depth, nodes, copies;
    const char *text; /* [size] what is parsed, the parser's copy */
    size_t size, at;  /* where the event before this one ends, and its line and column, from 1 */
    int line, column;
} builder;

static void silent(struct fy_diag *diag, void *user, const char *text, size_t size)
{
    (void)diag, (void)user, (void)text, (void)size;
}

static struct fy_diag *collector(void)
{
    struct fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = NULL;
    config.output_fn = silent;
    struct fy_diag *diag = fy_diag_create(&config);
    if (diag)
        fy_diag_set_collect_errors(diag, true);
    return diag;
}

/* An error at a place that is no node of the tree yet. */
static fsnn_status fail_at(const builder *b, int line, int column, const char *sentence)
{
    fsnn_status status =
        b->set ? fsnn_fail(FSNN_EDESCRIPTION, "%s: override \"%s\": %s", b->doc->path, b->set,
                           sentence)
               : fsnn_fail(FSNN_EDESCRIPTION, "%s:%d:%d: %s", b->doc->path, line, column, sentence);
    return fsnn_error_set_place(status, b->doc->path, b->set ? 0 : line, b->set ? 0 : column, "");
}

static fsnn_status no_memory(void)
{
    return fsnn_fail(FSNN_EMEMORY, "out of memory: the text could not be parsed");
}

/* Where a bracket at `at` is closed, quoted texts and remarks apart; NULL: nowhere. */
static const char *closed(const char *at)
{
    int depth = 0;
    char quote = 0, before = ' ';
    for (; *at; before = *at++) {
        if (quote) {
            if (*at == '\\' && quote == '"' && at[1])
                at++;
            else if (*at == quote)
                quote = 0;
        } else if ((*at == '"' || *at == '\'') && strchr(" ,[{:\n", before)) {
            quote = *at;
        } else if (*at == '#' && strchr(" \n", before)) {
            at += strcspn(at, "\n") - 1;
        } else if (strchr("[{", *at)) {
            depth++;
        } else if (strchr("]}", *at) && --depth == 0) {
            return at;
        }
    }
    return NULL;
}

static const char *place_in(const char *text, int line, int column)
{
    for (; line > 1 && text; line--)
        text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    return text && strlen(text) >= (size_t)column ? text + column - 1 : NULL;
}

/* What a parser finds behind a bracket that is never closed is no place to look at. Returns the
 * innermost such list or mapping, or NULL. */
static const yaml_node *unclosed(const builder *b)
{
    for (const yaml_node *node = b->top; node; node = node->parent) {
        const char *at = place_in(b->text, node->line, node->column);
        if (at && strchr("[{", *at) && *at && !closed(at))
            return node;
    }
    return NULL;
}

static fsnn_status syntax_error(const builder *b, struct fy_diag *diag)
{
    const yaml_node *bracket = unclosed(b);
    if (bracket)
        return fail_at(b, bracket->line, bracket->column,
                       bracket->type == YAML_LIST
                           ? "the list that begins here is not closed: a ] is missing"
                           : "the mapping that begins here is not closed: a } is missing");
    void *previous = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &previous);
    if (!error || !error->msg)
        return fail_at(b, 1, 1, "this is no valid YAML text");
    int line = error->line > 0 ? error->line : 1;
    int column = error->column > 0 ? error->column : 1;
    return fail_at(b, line, column, error->msg);
}

static fsnn_status count_node(builder *b, const yaml_node *at)
{
    if (++b->nodes > MAX_NODES)
        return fail_at(b, at->line, at->column, "the document has too many values");
    return FSNN_OK;
}

static void step_on(builder *b)
{
    char c = b->text[b->at++];
    b->line += c == '\n';
    b->column = c == '\n' ? 1 : b->column + ((c & 0xc0) != 0x80);
}

/* What is empty has no mark: it stands at the next character, be it a dash, a comma or a colon.
 * Only what is behind the last event is looked at, so that all of them together are one pass. */
static void place_of_nothing(builder *b, yaml_node *node)
{
    for (bool comment = false; b->at < b->size; step_on(b)) {
        char c = b->text[b->at];
        comment = c == '#' || (comment && c != '\n');
        if (!comment && !strchr(" \t\r\n", c))
            break;
    }
    node->line = b->line;
    node->column = b->column;
    if (b->at < b->size)
        step_on(b); /* the next one stands behind it */
}

/* Where the next event can begin. */
static void pass_event(builder *b, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_end_mark(event);
    if (!mark || mark->input_pos < b->at || mark->input_pos > b->size)
        return;
    b->at = mark->input_pos;
    b->line = mark->line + 1;
    b->column = mark->column + 1;
}

/* Puts a finished scalar or an opened container where it belongs. */
static fsnn_status place(builder *b, yaml_node *node)
{
    FSNN_TRY(count_node(b, node));
    if (!b->top) {
        if (b->root)
            return fail_at(b, node->line, node->column, "a second document begins here");
        b->root = node;
        return FSNN_OK;
    }
    if (b->top->type == YAML_MAP && !b->key) {
        if (node->type != YAML_SCALAR)
            return fail_at(b, node->line, node->column,
                           "a key must be a name, not a list or mapping");
        if (!node->line)
            place_of_nothing(b, node);
        b->key = node;
        return FSNN_OK;
    }
    node->key = b->key;
    if (node->key && !node->line) { /* an empty value stands nowhere: its key does */
        node->line = node->key->line;
        node->column = node->key->column;
    } else if (!node->line) {
        place_of_nothing(b, node);
    }
    b->key = NULL;
    yaml_append(b->top, node);
    return FSNN_OK;
}

static int by_key(const void *a, const void *b)
{
    const yaml_node *x = *(yaml_node *const *)a, *y = *(yaml_node *const *)b;
    int order = strcmp(x->key->text, y->key->text);
    if (order)
        return order;
    if (x->key->line != y->key->line)
        return x->key->line < y->key->line ? -1 : 1;
    return (x->key->column > y->key->column) - (x->key->column < y->key->column);
}

/* Sorted by name, equal keys stand side by side: n log n also for the large headers of weight
 * files. */
static fsnn_status check_duplicates(builder *b, const yaml_node *map)
{
    if (map->count < 2)
        return FSNN_OK;
    const yaml_node **sorted = fsnn_alloc((size_t)map->count * sizeof *sorted);
    if (!sorted)
        return FSNN_EMEMORY;
    int n = 0;
    for (const yaml_node *child = map->first; child; child = child->next)
        sorted[n++] = child;
    qsort(sorted, (size_t)n, sizeof *sorted, by_key);
    const yaml_node *first = NULL, *again = NULL;
    for (int i = 1; i < n && !again; i++)
        if (strcmp(sorted[i - 1]->key->text, sorted[i]->key->text) == 0) {
            first = sorted[i - 1];
            again = sorted[i];
        }
    fsnn_free(sorted);
    if (!again)
        return FSNN_OK;
    return yaml_fail_key(b->doc, again, "this key stands here twice, first at line %d: keep one",
                         first->key->line);
}

static fsnn_status remember(builder *b, struct fy_event *event, yaml_node *node)
{
    struct fy_token *token = fy_event_get_anchor_token(event);
    size_t size = 0;
    const char *name = token ? fy_token_get_text(token, &size) : NULL;
    if (!name)
        return FSNN_OK;
    anchor *a = pool_alloc(&b->doc->memory, sizeof *a);
    char *copy = pool_text(&b->doc->memory, name, size);
    if (!a || !copy)
        return FSNN_EMEMORY;
    *a = (anchor){copy, node, b->anchors};
    b->anchors = a;
    return FSNN_OK;
}

static fsnn_status new_node(builder *b, struct fy_event *event, yaml_type type, yaml_node **out)
{
    yaml_node *node = *out = yaml_new(b->doc, type);
    if (!node)
        return FSNN_EMEMORY;
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark) {
        node->line = mark->line + 1;
        node->column = mark->column + 1;
    }
    node->set = b->set;
    if (fy_event_get_tag_token(event))
        return fail_at(b, node->line, node->column, "tags (!name) are not used here: leave it out");
    return FSNN_OK;
}

static fsnn_status on_scalar(builder *b, struct fy_event *event)
{
    yaml_node *node;
    FSNN_TRY(new_node(b, event, YAML_SCALAR, &node));
    struct fy_token *token = fy_event_get_token(event);
    size_t size = 0;
    const char *text = token ? fy_token_get_text(token, &size) : NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    node->plain = style == FYSS_PLAIN;
    if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && node->column > 1)
        node->column--; /* the mark is behind the quote */
    if (text && memchr(text, 0, size))
        return fail_at(b, node->line, node->column, "a text with a zero byte cannot be used");
    if (!(node->text = pool_text(&b->doc->memory, text, text ? size : 0)))
        return FSNN_EMEMORY;
    FSNN_TRY(remember(b, event, node));
    return place(b, node);
}

static fsnn_status on_start(builder *b, struct fy_event *event, yaml_type type)
{
    yaml_node *node;
    FSNN_TRY(new_node(b, event, type, &node));
    if (++b->depth > MAX_DEPTH)
        return fail_at(b, node->line, node->column, "lists and mappings are nested too deeply");
    FSNN_TRY(remember(b, event, node));
    FSNN_TRY(place(b, node));
    node->open = true;
    node->parent = b->top;
    b->top = node;
    return FSNN_OK;
}

static fsnn_status on_end(builder *b)
{
    yaml_node *node = b->top;
    node->open = false;
    b->top = node->parent;
    b->depth--;
    return node->type == YAML_MAP ? check_duplicates(b, node) : FSNN_OK;
}

/* A copy keeps the positions of what it copies: errors point at the text that holds the value. */
static fsnn_status copy(builder *b, const yaml_node *from, int depth, yaml_node **out)
{
    FSNN_TRY(count_node(b, from));
    if (++b->copies > MAX_COPIES)
        return fail_at(b, from->line, from->column,
                       "aliases (*name) repeat this more often than a description can need: more "
                       "than 100000 values come of them");
    if (depth > MAX_DEPTH)
        return fail_at(b, from->line, from->column, "lists and mappings are nested too deeply");
    yaml_node *node = *out = yaml_new(b->doc, from->type);
    if (!node)
        return FSNN_EMEMORY;
    node->text = from->text;
    node->plain = from->plain;
    node->line = from->line;
    node->column = from->column;
    node->set = from->set;
    for (const yaml_node *child = from->first; child; child = child->next) {
        yaml_node *twin;
        FSNN_TRY(copy(b, child, depth + 1, &twin));
        twin->key = child->key;
        yaml_append(node, twin);
    }
    return FSNN_OK;
}

static fsnn_status on_alias(builder *b, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    int line = mark ? mark->line + 1 : 1; /* the mark is behind the * */
    int column = mark && mark->column ? mark->column : 1;
    struct fy_token *token = fy_event_get_token(event);
    size_t size = 0;
    const char *name = token ? fy_token_get_text(token, &size) : NULL;
    for (const anchor *a = name ? b->anchors : NULL; a; a = a->next) {
        if (strlen(a->name) != size || memcmp(a->name, name, size) != 0)
            continue;
        if (a->node->open)
            return fail_at(b, line, column, "an alias cannot stand inside of its own anchor");
        yaml_node *node;
        FSNN_TRY(copy(b, a->node, b->depth + 1, &node));
        return place(b, node);
    }
    return fail_at(b, line, column, "this alias has no anchor (&name) before it");
}

static fsnn_status on_event(builder *b, struct fy_event *event)
{
    switch (event->type) {
    case FYET_SCALAR:
        return on_scalar(b, event);
    case FYET_SEQUENCE_START:
        return on_start(b, event, YAML_LIST);
    case FYET_MAPPING_START:
        return on_start(b, event, YAML_MAP);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        return on_end(b);
    case FYET_ALIAS:
        return on_alias(b, event);
    default: /* begin and end of stream and document */
        return FSNN_OK;
    }
}

/* Where an allocation fails the parser reports an error of the text, or leaves a value or the rest
 * out; errno says what happened. */
static fsnn_status run(builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
    struct fy_event *event;
    while ((event = fy_parser_parse(parser)) && errno != ENOMEM) {
        fsnn_status status = on_event(b, event);
        pass_event(b, event);
        fy_parser_event_free(parser, event);
        if (errno == ENOMEM)
            return no_memory();
        FSNN_TRY(status);
    }
    if (errno == ENOMEM)
        return no_memory();
    if (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag))
        return syntax_error(b, diag);
    return FSNN_OK;
}

/* A copy that the parser owns: its function for borrowed text crashes where memory is out. */
static bool feed_text(builder *b, struct fy_parser *parser, const char *text, size_t size)
{
    char *copy = parser ? malloc(size + 1) : NULL;
    if (!copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    b->text = copy;
    if (fy_parser_set_malloc_string(parser, copy, size) == 0)
        return true;
    free(copy);
    return false;
}

static fsnn_status build(builder *b, const char *text, size_t size, bool json)
{
    int line, column;
    const char *wrong = yaml_check(text, size, &line, &column);
    if (wrong)
        return fail_at(b, line, column, wrong);
    errno = 0;
    b->size = size;
    b->line = b->column = 1;
    struct fy_diag *diag = collector();
    if (!diag)
        return no_memory();
    struct fy_parse_cfg config = {.flags = json ? FYPCF_JSON_FORCE : FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    fsnn_status status = FSNN_OK;
    if (!feed_text(b, parser, text, size))
        status = no_memory();
    else if (size)
        status = run(b, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}

fsnn_status yaml_parse(yaml_doc *doc, const char *file, const char *text, size_t size, bool json)
{
    *doc = (yaml_doc){.path = file};
    if (!(doc->path = pool_text(&doc->memory, file, strlen(file))))
        return FSNN_EMEMORY;
    builder b = {.doc = doc};
    FSNN_TRY(build(&b, text, size, json));
    doc->root = b.root;
    return FSNN_OK;
}

fsnn_status yaml_parse_value(yaml_doc *doc, const char *set, const char *text, yaml_node **node)
{
    builder b = {.doc = doc, .set = set};
    FSNN_TRY(build(&b, text, strlen(text), false));
    if (!b.root) {
        if (!(b.root = yaml_new(doc, YAML_SCALAR)))
            return FSNN_EMEMORY;
        b.root->plain = true;
    }
    b.root->set = set;
    *node = b.root;
    return FSNN_OK;
}
