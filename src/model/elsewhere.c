/* Names of other libraries as text: the sentences of one name, the table of one library. */
#include "base/foreign.h"

#include <fsnn/model.h>

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

typedef bool choose_fn(const fsnn_foreign *row, const char *name);
typedef void print_fn(const fsnn_foreign *row, FILE *out);

static bool is_called(const fsnn_foreign *row, const char *name)
{
    return strcasecmp(row->name, name) == 0;
}

static bool is_of(const fsnn_foreign *row, const char *library)
{
    return strcasecmp(row->library, library) == 0;
}

static void print_sentence(const fsnn_foreign *row, FILE *out)
{
    char sentence[512];
    fsnn_foreign_sentence(row, sentence, sizeof sentence);
    fprintf(out, "%s.\n", sentence);
}

static void print_row(const fsnn_foreign *row, FILE *out)
{
    fprintf(out, "| `%s%s%s` | %s | ", row->name, row->value ? "=" : "",
            row->value ? row->value : "", row->standard);
    fprintf(out, row->ours ? "`%s`" : "-", row->ours);
    fprintf(out, " | %s |\n", row->note);
}

static int print(const char *name, choose_fn *choose, print_fn *row, const char *head, FILE *out)
{
    const fsnn_foreign *at;
    int count = 0;
    for (int i = 0; (at = fsnn_foreign_at(i)); i++) {
        if (!choose(at, name))
            continue;
        if (!count++)
            fputs(head, out);
        row(at, out);
    }
    return count;
}

static fsnn_status write_text(const char *name, choose_fn *choose, print_fn *row, const char *head,
                              char **text)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    int count = print(name, choose, row, head, out);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(written);
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    }
    if (count) {
        *text = written;
        return FSNN_OK;
    }
    free(written);
    return fsnn_fail(FSNN_ENOTFOUND,
                     "\"%s\" is in no table of names of spikeDE, snnTorch, SpikingJelly, Norse and "
                     "NEST",
                     name);
}

fsnn_status fsnn_name_elsewhere(const char *name, char **text)
{
    if (!name || !text)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_name_elsewhere: an argument is NULL");
    *text = NULL;
    return write_text(name, is_called, print_sentence, "", text);
}

fsnn_status fsnn_library_names(const char *library, char **markdown)
{
    if (!library || !markdown)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_library_names: an argument is NULL");
    *markdown = NULL;
    return write_text(library, is_of, print_row,
                      "| there | default there | here | what to know |\n|---|---|---|---|\n",
                      markdown);
}
