/* Data without a network: a section `data` alone, of any kind. */
#include "model/data_kinds.h"

#include <string.h>

const char *fsnn_data_kind_name(int index)
{
    int count = 0;
    while (data_kind_names[count])
        count++;
    return index >= 0 && index < count ? data_kind_names[index] : NULL;
}

/* The section as a description whose network is nothing; the section begins at its line 2. What is
 * written in braces may be JSON, and the whole is JSON then, which builds without YAML read. */
static fsnn_status read(const char *section, const char *path, fsnn_description **d)
{
    bool braces = section[strspn(section, " \t\r\n")] == '{';
    const char *head = braces ? "{\"data\":\n" : "data:\n";
    const char *tail = braces ? "\n, \"input\": [1], \"layers\": [\"flatten\"]}\n"
                              : "\ninput: [1]\nlayers: [flatten]\n";
    size_t length = strlen(section);
    char *text = fsnn_alloc(strlen(head) + 2 * length + strlen(tail) + 1);
    if (!text)
        return FSNN_EMEMORY;
    char *to = text + strlen(head);
    memcpy(text, head, strlen(head));
    for (const char *at = section; *at; at++) { /* each of its lines lies below the key */
        if (at == section || at[-1] == '\n')
            *to++ = ' ';
        *to++ = *at;
    }
    memcpy(to, tail, strlen(tail) + 1);
    fsnn_status status = description_parse(path, text, strlen(text), NULL, 0, d);
    fsnn_free(text);
    return status;
}

fsnn_status fsnn_data_open(const char *section, const char *path, fsnn_data *part[FSNN_PARTS])
{
    static const bool all[FSNN_PARTS] = {true, true, true};
    fsnn_description *d = NULL;
    FSNN_NEED(part);
    for (int p = 0; p < FSNN_PARTS; p++)
        part[p] = NULL;
    FSNN_NEED(section);
    FSNN_TRY(read(section, path ? path : "data", &d));
    fsnn_status status = fsnn_description_parts(d, all, part);
    fsnn_description_destroy(d);
    return status;
}
