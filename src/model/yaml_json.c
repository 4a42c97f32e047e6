/* JSON to tree (RFC 8259): headers of weight files, and descriptions where fsnn is built without
 * YAML. */
#include "model/yaml_json.h"

#include <stdlib.h>
#include <string.h>

typedef struct reading {
    yaml_builder *b;
    const char *text; /* [size] */
    size_t size, at;
    int line, column; /* of `at`, from 1; columns count characters */
} reading;

static fsnn_status fail(const reading *r, const char *sentence)
{
    return yaml_build_fail(r->b, r->line, r->column, sentence);
}

/* The next byte; 0 at the end, which no text holds (yaml_check). */
static char next(const reading *r)
{
    return r->at < r->size ? r->text[r->at] : 0;
}

static void pass(reading *r, size_t n)
{
    for (; n > 0 && r->at < r->size; n--) {
        char c = r->text[r->at++];
        r->line += c == '\n';
        r->column = c == '\n' ? 1 : r->column + ((c & 0xc0) != 0x80);
    }
}

static void pass_space(reading *r)
{
    while (next(r) && strchr(" \t\r\n", next(r)))
        pass(r, 1);
}

static size_t digits(const char *text, size_t size)
{
    size_t n = 0;
    while (n < size && text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

size_t json_number(const char *text, size_t size)
{
    size_t n = size && *text == '-', whole = digits(text + n, size - n);
    if (!whole || (whole > 1 && text[n] == '0'))
        return 0;
    n += whole;
    if (n < size && text[n] == '.') {
        size_t part = digits(text + n + 1, size - n - 1);
        if (!part)
            return 0;
        n += 1 + part;
    }
    if (n < size && (text[n] == 'e' || text[n] == 'E')) {
        size_t sign = n + 1 < size && (text[n + 1] == '+' || text[n + 1] == '-');
        size_t power = digits(text + n + 1 + sign, size - n - 1 - sign);
        if (!power)
            return 0;
        n += 1 + sign + power;
    }
    return n;
}

static fsnn_status new_scalar(reading *r, const char *text, size_t size, bool plain,
                              yaml_node **node)
{
    FSNN_TRY(yaml_build_new(r->b, YAML_SCALAR, r->line, r->column, node));
    (*node)->plain = plain;
    (*node)->text = pool_text(&r->b->doc->memory, text, size);
    return (*node)->text ? FSNN_OK : FSNN_EMEMORY;
}

/* Four hexadecimal digits; -1: they are none. */
static long hexadecimal(const char *at, const char *end)
{
    char four[5] = {0};
    if (end - at < 4)
        return -1;
    memcpy(four, at, 4);
    return strspn(four, "0123456789abcdefABCDEF") == 4 ? strtol(four, NULL, 16) : -1;
}

/* The character of \uXXXX, or of two of them that are a surrogate pair; *at is behind the u and
 * goes on. -1: none, or 0, which no text can hold. */
static long code_point(const char **at, const char *end)
{
    long code = hexadecimal(*at, end);
    if (code < 0)
        return -1;
    *at += 4;
    if (code < 0xd800 || code > 0xdfff)
        return code ? code : -1;
    long low =
        end - *at > 2 && (*at)[0] == '\\' && (*at)[1] == 'u' ? hexadecimal(*at + 2, end) : -1;
    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return -1;
    *at += 6;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static char *put_utf8(char *out, long code)
{
    static const struct {
        long below;
        int lead, more; /* bits of the first byte, bytes behind it */
    } form[] = {{0x80, 0, 0}, {0x800, 0xc0, 1}, {0x10000, 0xe0, 2}, {0x110000, 0xf0, 3}};
    int i = 0;
    while (code >= form[i].below)
        i++;
    *out++ = (char)(form[i].lead | code >> 6 * form[i].more);
    for (int n = form[i].more - 1; n >= 0; n--)
        *out++ = (char)(0x80 | (code >> 6 * n & 0x3f));
    return out;
}

/* What stands between the quotes, as text; NULL: with an escape that is none. A text gets no longer
 * by that. */
static char *unescape(pool *memory, const char *at, const char *end, bool *wrong)
{
    static const char escape[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    char *text = pool_alloc(memory, (size_t)(end - at) + 1), *out = text;
    while (text && at < end) {
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        const char *simple = strchr(escape, at[1]);
        long code = simple ? means[simple - escape] : -1;
        at += 2;
        if (at[-1] == 'u')
            code = code_point(&at, end);
        *wrong = code < 0;
        if (*wrong)
            return NULL;
        out = put_utf8(out, code);
    }
    return text;
}

static fsnn_status read_text(reading *r, yaml_node **node)
{
    const char *from = r->text + r->at + 1, *end = r->text + r->size, *at = from;
    while (at < end && *at != '"' && *at != '\n')
        at += *at == '\\' && end - at > 1 && at[1] != '\n' ? 2 : 1;
    if (at >= end || *at != '"')
        return fail(r, "the text that begins here is not closed: a \" is missing on its line");
    bool wrong = false;
    FSNN_TRY(new_scalar(r, "", 0, false, node));
    (*node)->text = unescape(&r->b->doc->memory, from, at, &wrong);
    if (wrong)
        return fail(r, "a text with an escape that JSON does not have: \\\" \\\\ \\/ \\b \\f \\n "
                       "\\r \\t and \\uXXXX, which is not \\u0000, are possible");
    pass(r, (size_t)(at + 1 - from) + 1);
    return (*node)->text ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status read_plain_value(reading *r)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *at = r->text + r->at;
    size_t left = r->size - r->at, n = json_number(at, left);
    for (int i = 0; !n && i < FSNN_COUNT(words); i++)
        if (left >= strlen(words[i]) && !memcmp(at, words[i], strlen(words[i])))
            n = strlen(words[i]);
    if (!n || (n < left && !strchr(" \t\r\n,]}:", at[n])))
        return fail(r, "no value of JSON begins here: these are numbers, texts in double quotes, "
                       "true, false, null, lists [...] and mappings {...}");
    yaml_node *node;
    FSNN_TRY(new_scalar(r, at, n, true, &node));
    pass(r, n);
    return yaml_build_put(r->b, node);
}

static fsnn_status open_container(reading *r, yaml_type type)
{
    yaml_node *node;
    FSNN_TRY(yaml_build_new(r->b, type, r->line, r->column, &node));
    pass(r, 1);
    return yaml_build_open(r->b, node);
}

static fsnn_status read_value(reading *r)
{
    yaml_node *node;
    switch (next(r)) {
    case '{':
        return open_container(r, YAML_MAP);
    case '[':
        return open_container(r, YAML_LIST);
    case '"':
        FSNN_TRY(read_text(r, &node));
        return yaml_build_put(r->b, node);
    default:
        return read_plain_value(r);
    }
}

/* The key of a mapping and its colon. */
static fsnn_status read_name(reading *r)
{
    yaml_node *node;
    if (next(r) != '"')
        return fail(r, "a key must stand here, a text in double quotes");
    FSNN_TRY(read_text(r, &node));
    FSNN_TRY(yaml_build_put(r->b, node));
    pass_space(r);
    if (next(r) != ':')
        return fail(r, "a : must follow the key");
    pass(r, 1);
    pass_space(r);
    return FSNN_OK;
}

/* The next thing within a list or mapping: its end, or another item. */
static fsnn_status read_inside(reading *r)
{
    const yaml_node *top = r->b->top;
    bool map = top->type == YAML_MAP;
    if (!next(r))
        return yaml_build_unclosed(r->b, top);
    if (next(r) == (map ? '}' : ']')) {
        pass(r, 1);
        return yaml_build_close(r->b);
    }
    if (top->count) {
        if (next(r) != ',')
            return fail(r, map ? "a , or } must stand here" : "a , or ] must stand here");
        pass(r, 1);
        pass_space(r);
    }
    if (map)
        FSNN_TRY(read_name(r));
    if (!next(r))
        return yaml_build_unclosed(r->b, top);
    return read_value(r);
}

fsnn_status json_read(yaml_builder *b, const char *text, size_t size)
{
    reading r = {.b = b, .text = text, .size = size, .line = 1, .column = 1};
    const char *wrong = yaml_check(text, size, &r.line, &r.column);
    if (wrong)
        return fail(&r, wrong);
    r.line = r.column = 1;
    pass_space(&r);
    if (next(&r))
        FSNN_TRY(read_value(&r));
    pass_space(&r);
    while (b->top) {
        FSNN_TRY(read_inside(&r));
        pass_space(&r);
    }
    return next(&r) ? fail(&r, "more follows behind the value that is the document") : FSNN_OK;
}

fsnn_status yaml_parse_json(yaml_doc *doc, const char *file, const char *text, size_t size)
{
    FSNN_TRY(yaml_begin(doc, file));
    yaml_builder b = {.doc = doc};
    FSNN_TRY(json_read(&b, text, size));
    doc->root = b.root;
    return FSNN_OK;
}
