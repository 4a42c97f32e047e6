/* model/yaml_emit_json.c: the tree as JSON, which every build reads. */
#include "model/yaml_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

/* +3, .5, 5. and 007 are numbers of YAML: JSON has 3, 0.5, 5 and 7. False: it is no number. */
static bool number(FILE *out, const char *text)
{
    static const char digits[] = "0123456789";
    char json[64];
    const char *sign = *text == '-' ? "-" : "", *at = text + (*text == '-' || *text == '+');
    at += strspn(at, "0");
    const size_t whole = strspn(at, digits), point = at[whole] == '.',
                 part = point ? strspn(at + whole + 1, digits) : 0;
    const char *power = at + whole + point + part;
    int length =
        snprintf(json, sizeof json, "%s%.*s%s%.*s%s", sign, whole ? (int)whole : 1,
                 whole ? at : "0", part ? "." : "", (int)part, part ? at + whole + 1 : "", power);
    bool good = strpbrk(text, digits) && length > 0 && length < (int)sizeof json &&
                json_number(json, (size_t)length) == (size_t)length;
    if (good)
        fputs(json, out);
    return good;
}

/* What is plain in YAML may be a word of JSON, a number or a text. */
static void scalar(FILE *out, const yaml_node *node)
{
    static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    const char *text = node->text;
    for (int i = 0; node->plain && i < FSNN_COUNT(words); i++)
        if (!strcmp(text, words[i])) {
            fputs(words[i / 3 * 3], out);
            return;
        }
    if (yaml_null(node))
        fputs("null", out);
    else if (node->plain && *text && json_number(text, strlen(text)) == strlen(text))
        fputs(text, out);
    else if (!node->plain || !number(out, text))
        json_text(out, text);
}

static bool holds_scalars(const yaml_node *list)
{
    bool scalars = list->type == YAML_LIST;
    for (const yaml_node *child = list->first; child; child = child->next)
        scalars = scalars && child->type == YAML_SCALAR;
    return scalars;
}

/* `without`: a key that is left out, NULL: none. */
static void write_node(FILE *out, const yaml_node *node, int depth, const char *without)
{
    if (node->type == YAML_SCALAR) {
        scalar(out, node);
        return;
    }
    bool map = node->type == YAML_MAP, lines = depth < 2 && !holds_scalars(node);
    const char *between = "";
    fputc(map ? '{' : '[', out);
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (map && without && !strcmp(child->key->text, without))
            continue;
        fputs(between, out);
        between = lines ? "," : ", ";
        if (lines)
            fprintf(out, "\n%*s", 2 * (depth + 1), "");
        if (map) {
            json_text(out, child->key->text);
            fputs(": ", out);
        }
        write_node(out, child, depth + 1, NULL);
    }
    if (lines)
        fprintf(out, "\n%*s", 2 * depth, "");
    fputc(map ? '}' : ']', out);
}

fsnn_status yaml_emit_json(const yaml_doc *doc, const char *without, char **text)
{
    char *memory = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&memory, &size);
    *text = NULL;
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (doc->root)
        write_node(out, doc->root, 0, without);
    fputc('\n', out);
    bool bad = ferror(out);
    bad = fclose(out) != 0 || bad;
    if (bad || !memory) {
        free(memory);
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    }
    *text = memory;
    return FSNN_OK;
}
