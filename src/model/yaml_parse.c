/* Text to tree, through the events of libfyaml's parser. libfyaml never prints: a collector takes
 * its first error, which becomes our sentence. */
#include "model/yaml_build.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COPIES 100000 /* values that aliases make: a few lines of them could make any number */

typedef struct anchor {
    const char *name;
    yaml_node *node;
    struct anchor *next;
} anchor;

typedef struct reading {
    yaml_builder b;
    anchor *anchors;
    int copies;
    const char *text; /* [size] what is parsed, the parser's copy */
    size_t size, at;  /* where the event before this one ends, and its line and column, from 1 */
    int line, column;
} reading;

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
static const yaml_node *unclosed(const reading *r)
{
    for (const yaml_node *node = r->b.top; node; node = node->parent) {
        const char *at = place_in(r->text, node->line, node->column);
        if (at && strchr("[{", *at) && *at && !closed(at))
            return node;
    }
    return NULL;
}

static fsnn_status syntax_error(const reading *r, struct fy_diag *diag)
{
    const yaml_node *bracket = unclosed(r);
    if (bracket)
        return yaml_build_unclosed(&r->b, bracket);
    void *previous = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &previous);
    if (!error || !error->msg)
        return yaml_build_fail(&r->b, 1, 1, "this is no valid YAML text");
    int line = error->line > 0 ? error->line : 1;
    int column = error->column > 0 ? error->column : 1;
    return yaml_build_fail(&r->b, line, column, error->msg);
}

static void step_on(reading *r)
{
    char c = r->text[r->at++];
    r->line += c == '\n';
    r->column = c == '\n' ? 1 : r->column + ((c & 0xc0) != 0x80);
}

/* What is empty has no mark: it stands at the next character, be it a dash, a comma or a colon.
 * Only what is behind the last event is looked at, so that all of them together are one pass. */
static void place_of_nothing(reading *r, yaml_node *node)
{
    for (bool comment = false; r->at < r->size; step_on(r)) {
        char c = r->text[r->at];
        comment = c == '#' || (comment && c != '\n');
        if (!comment && !strchr(" \t\r\n", c))
            break;
    }
    node->line = r->line;
    node->column = r->column;
    if (r->at < r->size)
        step_on(r); /* the next one stands behind it */
}

/* An empty value stands nowhere: its key does. */
static void place_empty(reading *r, yaml_node *node)
{
    if (node->line || !r->b.top)
        return;
    if (r->b.key) {
        node->line = r->b.key->line;
        node->column = r->b.key->column;
    } else {
        place_of_nothing(r, node);
    }
}

/* Where the next event can begin. */
static void pass_event(reading *r, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_end_mark(event);
    if (!mark || mark->input_pos < r->at || mark->input_pos > r->size)
        return;
    r->at = mark->input_pos;
    r->line = mark->line + 1;
    r->column = mark->column + 1;
}

static fsnn_status remember(reading *r, struct fy_event *event, yaml_node *node)
{
    struct fy_token *token = fy_event_get_anchor_token(event);
    size_t size = 0;
    const char *name = token ? fy_token_get_text(token, &size) : NULL;
    if (!name)
        return FSNN_OK;
    anchor *a = pool_alloc(&r->b.doc->memory, sizeof *a);
    char *copy = pool_text(&r->b.doc->memory, name, size);
    if (!a || !copy)
        return FSNN_EMEMORY;
    *a = (anchor){copy, node, r->anchors};
    r->anchors = a;
    return FSNN_OK;
}

static fsnn_status new_node(reading *r, struct fy_event *event, yaml_type type, yaml_node **out)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    FSNN_TRY(
        yaml_build_new(&r->b, type, mark ? mark->line + 1 : 0, mark ? mark->column + 1 : 0, out));
    if (fy_event_get_tag_token(event))
        return yaml_build_fail(&r->b, (*out)->line, (*out)->column,
                               "tags (!name) are not used here: leave it out");
    return FSNN_OK;
}

static fsnn_status on_scalar(reading *r, struct fy_event *event)
{
    yaml_node *node;
    FSNN_TRY(new_node(r, event, YAML_SCALAR, &node));
    struct fy_token *token = fy_event_get_token(event);
    size_t size = 0;
    const char *text = token ? fy_token_get_text(token, &size) : NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    node->plain = style == FYSS_PLAIN;
    if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && node->column > 1)
        node->column--; /* the mark is behind the quote */
    if (text && memchr(text, 0, size))
        return yaml_build_fail(&r->b, node->line, node->column,
                               "a text with a zero byte cannot be used");
    if (!(node->text = pool_text(&r->b.doc->memory, text, text ? size : 0)))
        return FSNN_EMEMORY;
    FSNN_TRY(remember(r, event, node));
    place_empty(r, node);
    return yaml_build_put(&r->b, node);
}

static fsnn_status on_start(reading *r, struct fy_event *event, yaml_type type)
{
    yaml_node *node;
    FSNN_TRY(new_node(r, event, type, &node));
    FSNN_TRY(remember(r, event, node));
    return yaml_build_open(&r->b, node);
}

/* A copy keeps the positions of what it copies: errors point at the text that holds the value. */
static fsnn_status copy(reading *r, const yaml_node *from, int depth, yaml_node **out)
{
    FSNN_TRY(yaml_build_count(&r->b, from));
    if (++r->copies > MAX_COPIES)
        return yaml_build_fail(
            &r->b, from->line, from->column,
            "aliases (*name) repeat this more often than a description can need: more "
            "than 100000 values come of them");
    if (depth > YAML_MAX_DEPTH)
        return yaml_build_fail(&r->b, from->line, from->column, YAML_TOO_DEEP);
    yaml_node *node = *out = yaml_new(r->b.doc, from->type);
    if (!node)
        return FSNN_EMEMORY;
    node->text = from->text;
    node->plain = from->plain;
    node->line = from->line;
    node->column = from->column;
    node->set = from->set;
    for (const yaml_node *child = from->first; child; child = child->next) {
        yaml_node *twin;
        FSNN_TRY(copy(r, child, depth + 1, &twin));
        twin->key = child->key;
        yaml_append(node, twin);
    }
    return FSNN_OK;
}

static fsnn_status on_alias(reading *r, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    int line = mark ? mark->line + 1 : 1; /* the mark is behind the * */
    int column = mark && mark->column ? mark->column : 1;
    struct fy_token *token = fy_event_get_token(event);
    size_t size = 0;
    const char *name = token ? fy_token_get_text(token, &size) : NULL;
    for (const anchor *a = name ? r->anchors : NULL; a; a = a->next) {
        if (strlen(a->name) != size || memcmp(a->name, name, size) != 0)
            continue;
        if (a->node->open)
            return yaml_build_fail(&r->b, line, column,
                                   "an alias cannot stand inside of its own anchor");
        yaml_node *node;
        FSNN_TRY(copy(r, a->node, r->b.depth + 1, &node));
        return yaml_build_put(&r->b, node);
    }
    return yaml_build_fail(&r->b, line, column, "this alias has no anchor (&name) before it");
}

static fsnn_status on_event(reading *r, struct fy_event *event)
{
    switch (event->type) {
    case FYET_SCALAR:
        return on_scalar(r, event);
    case FYET_SEQUENCE_START:
        return on_start(r, event, YAML_LIST);
    case FYET_MAPPING_START:
        return on_start(r, event, YAML_MAP);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        return yaml_build_close(&r->b);
    case FYET_ALIAS:
        return on_alias(r, event);
    default: /* begin and end of stream and document */
        return FSNN_OK;
    }
}

/* Where an allocation fails the parser reports an error of the text, or leaves a value or the rest
 * out; errno says what happened. */
static fsnn_status run(reading *r, struct fy_parser *parser, struct fy_diag *diag)
{
    struct fy_event *event;
    while ((event = fy_parser_parse(parser)) && errno != ENOMEM) {
        fsnn_status status = on_event(r, event);
        pass_event(r, event);
        fy_parser_event_free(parser, event);
        if (errno == ENOMEM)
            return no_memory();
        FSNN_TRY(status);
    }
    if (errno == ENOMEM)
        return no_memory();
    if (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag))
        return syntax_error(r, diag);
    return FSNN_OK;
}

/* A copy that the parser owns: its function for borrowed text crashes where memory is out. */
static bool feed_text(reading *r, struct fy_parser *parser, const char *text, size_t size)
{
    char *copy = parser ? malloc(size + 1) : NULL;
    if (!copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = 0;
    r->text = copy;
    if (fy_parser_set_malloc_string(parser, copy, size) == 0)
        return true;
    free(copy);
    return false;
}

static fsnn_status build(reading *r, const char *text, size_t size)
{
    int line, column;
    const char *wrong = yaml_check(text, size, &line, &column);
    if (wrong)
        return yaml_build_fail(&r->b, line, column, wrong);
    errno = 0;
    r->size = size;
    r->line = r->column = 1;
    struct fy_diag *diag = collector();
    if (!diag)
        return no_memory();
    struct fy_parse_cfg config = {.flags = FYPCF_JSON_NONE, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    fsnn_status status = FSNN_OK;
    if (!feed_text(r, parser, text, size))
        status = no_memory();
    else if (size)
        status = run(r, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}

fsnn_status yaml_parse(yaml_doc *doc, const char *file, const char *text, size_t size)
{
    FSNN_TRY(yaml_begin(doc, file));
    reading r = {.b.doc = doc};
    FSNN_TRY(build(&r, text, size));
    doc->root = r.b.root;
    return FSNN_OK;
}

fsnn_status yaml_parse_value(yaml_doc *doc, const char *set, const char *text, yaml_node **node)
{
    reading r = {.b = {.doc = doc, .set = set}};
    FSNN_TRY(build(&r, text, strlen(text)));
    if (!r.b.root) {
        FSNN_TRY(yaml_build_new(&r.b, YAML_SCALAR, 0, 0, &r.b.root));
        r.b.root->plain = true;
    }
    r.b.root->set = set;
    *node = r.b.root;
    return FSNN_OK;
}
