/* model/yaml_emit_absent.c: the tree as JSON, which a build without libfyaml can read again. */
#include "model/yaml_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quoted(FILE *out, const char *text)
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

/* +3, .5, 5. and 007 are numbers of YAML: JSON has 3, 0.5, 5 and 7. */
static void number(FILE *out, const char *text)
{
    static const char digits[] = "0123456789";
    if (*text == '-')
        fputc('-', out);
    text += *text == '-' || *text == '+';
    text += strspn(text, "0");
    size_t whole = strspn(text, digits), part = 0;
    fprintf(out, "%.*s", whole ? (int)whole : 1, whole ? text : "0");
    text += whole;
    if (*text == '.' && (part = strspn(text + 1, digits)) > 0)
        fprintf(out, "%.*s", (int)part + 1, text);
    text += part + (*text == '.');
    fputs(text, out); /* the exponent */
}

/* An override may have written as YAML has it what JSON writes otherwise. */
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
    else if (node->plain && strspn(text, "+-.0123456789eE") == strlen(text) &&
             strpbrk(text, "0123456789"))
        number(out, text);
    else
        quoted(out, text);
}

static void write_node(FILE *out, const yaml_node *node, int depth)
{
    if (node->type == YAML_SCALAR) {
        scalar(out, node);
        return;
    }
    bool map = node->type == YAML_MAP, lines = depth < 2 && node->first;
    fputc(map ? '{' : '[', out);
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (lines)
            fprintf(out, "\n%*s", 2 * (depth + 1), "");
        if (map) {
            quoted(out, child->key->text);
            fputs(": ", out);
        }
        write_node(out, child, depth + 1);
        if (child->next)
            fputs(lines ? "," : ", ", out);
    }
    if (lines)
        fprintf(out, "\n%*s", 2 * depth, "");
    fputc(map ? '}' : ']', out);
}

fsnn_status yaml_emit(const yaml_doc *doc, char **text)
{
    char *memory = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&memory, &size);
    *text = NULL;
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    if (doc->root)
        write_node(out, doc->root, 0);
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
