/* Tree to text: block style, but whatever fits a line as a flow list or mapping becomes one. */
#include "model/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_WIDTH 96

static void indent(FILE *out, int depth)
{
    fprintf(out, "%*s", depth * 2, "");
}

static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", out);
        else if (*c == '\t')
            fputs("\\t", out);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\x%02x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

/* A letter, then letters, digits, _ and -: nothing but a text, unless YAML has it for a value. */
static bool is_word(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char *const values[] = {"true", "false", "null", "yes", "no",
                                         "on",   "off",   "nan",  "inf"};
    for (int i = 0; i < FSNN_COUNT(values); i++)
        if (!strcasecmp(text, values[i]))
            return false;
    const size_t first = strspn(text, letters);
    const char *rest = text + first;
    while (*rest && (strchr(letters, *rest) || strchr("0123456789_-", *rest)))
        rest++;
    return first && !*rest;
}

/* Plain stays plain (it may be a number) unless a flow list would read it otherwise, and so is a
 * word that JSON had in quotation marks. */
static void scalar(FILE *out, const yaml_node *node)
{
    if (yaml_null(node))
        fputs("null", out);
    else if ((node->plain && !strpbrk(node->text, ",[]{}\n\"#")) || is_word(node->text))
        fputs(node->text, out);
    else
        quoted(out, node->text);
}

static void flow(FILE *out, const yaml_node *node)
{
    if (node->type == YAML_SCALAR) {
        scalar(out, node);
        return;
    }
    bool map = node->type == YAML_MAP;
    fputc(map ? '{' : '[', out);
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (map) {
            scalar(out, child->key);
            fputs(": ", out);
        }
        flow(out, child);
        if (child->next)
            fputs(", ", out);
    }
    fputc(map ? '}' : ']', out);
}

/* Length of the flow form; stops counting past a line so that the whole stays linear. */
static int flow_length(const yaml_node *node)
{
    if (node->type == YAML_SCALAR)
        return (int)strnlen(node->text, LINE_WIDTH) + 2;
    int length = 2;
    for (const yaml_node *child = node->first; child && length <= LINE_WIDTH; child = child->next)
        length +=
            flow_length(child) + 2 + (child->key ? (int)strnlen(child->key->text, LINE_WIDTH) : 0);
    return length;
}

static bool holds_map(const yaml_node *node)
{
    for (const yaml_node *child = node->first; child; child = child->next)
        if (child->type == YAML_MAP)
            return true;
    return false;
}

static void block(FILE *out, const yaml_node *node, int depth);

/* After "key:" or "-": on the same line where it fits, else below. */
static void value(FILE *out, const yaml_node *node, int depth, bool top)
{
    bool fits = depth * 2 + flow_length(node) <= LINE_WIDTH;
    if (node->type == YAML_SCALAR || !node->first || (fits && !top && !holds_map(node))) {
        fputc(' ', out);
        flow(out, node);
        fputc('\n', out);
        return;
    }
    fputc('\n', out);
    block(out, node, depth);
}

/* "- linear: {out: 10}": a mapping of one key stands on the line of its dash. */
static void item(FILE *out, const yaml_node *node, int depth)
{
    fputc('-', out);
    if (node->type == YAML_MAP && node->count == 1) {
        fputc(' ', out);
        scalar(out, node->first->key);
        fputc(':', out);
        value(out, node->first, depth + 2, false);
        return;
    }
    value(out, node, depth + 1, false);
}

static void block(FILE *out, const yaml_node *node, int depth)
{
    for (const yaml_node *child = node->first; child; child = child->next) {
        indent(out, depth);
        if (node->type == YAML_LIST) {
            item(out, child, depth);
            continue;
        }
        scalar(out, child->key);
        fputc(':', out);
        value(out, child, depth + 1, depth == 0 && child->type == YAML_MAP);
    }
}

fsnn_status yaml_emit(const yaml_doc *doc, char **text)
{
    char *memory = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&memory, &size);
    *text = NULL;
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (!doc->root || doc->root->type == YAML_SCALAR || !doc->root->first) {
        if (doc->root)
            flow(out, doc->root);
        fputc('\n', out);
    } else {
        block(out, doc->root, 0);
    }
    bool bad = ferror(out);
    bad = fclose(out) != 0 || bad;
    if (bad || !memory) {
        free(memory);
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    }
    *text = memory;
    return FSNN_OK;
}
