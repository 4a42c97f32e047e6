/* cli/look/inspect_record.c: which WFDB record a file is a part of, to say so of signal files and
 * annotations, which hold nothing that tells what they are. */
#include "cli/look/inspect.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 10000, HEAD = 65536 }; /* at most as many are looked at, and of each as much */

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && !strcmp(name + n - m, ending);
}

/* The header beside 100.dat and 100.atr. */
static char *header_beside(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    bool stem = dot && (!slash || dot > slash);
    char *header = stem ? cli_format("%.*s.hea", (int)(dot - path), path) : NULL;
    if (header && cli_exists(header))
        return header;
    free(header);
    return NULL;
}

/* Whether a line of the header begins with the name and a blank: a signal in this file. */
static bool names_file(const char *header, const char *name)
{
    size_t length = strlen(name);
    FILE *file = fopen(header, "rb");
    char *text = calloc(1, HEAD + 1);
    size_t size = file && text ? fread(text, 1, HEAD, file) : 0;
    bool found = false;
    for (const char *at = text; size && at && *at && !found; at += strspn(at, "\r\n")) {
        found = !strncmp(at, name, length) && (at[length] == ' ' || at[length] == '\t');
        at += strcspn(at, "\r\n");
    }
    if (file)
        fclose(file);
    free(text);
    return found;
}

/* A header of the same folder that names the file among its signals. */
static char *header_naming(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *place = slash ? cli_format("%.*s", (int)(slash - path) + 1, path) : cli_format("./");
    DIR *folder = opendir(place);
    char *found = NULL;
    int seen = 0;
    for (struct dirent *e; folder && !found && seen < HEADERS && (e = readdir(folder));) {
        if (!cli_entry(e) || !ends_in(e->d_name, ".hea"))
            continue;
        char *header = cli_format("%s%s", slash ? place : "", e->d_name);
        seen++;
        if (names_file(header, name))
            found = header;
        else
            free(header);
    }
    if (folder)
        closedir(folder);
    free(place);
    return found;
}

char *inspect_record_of(const char *path)
{
    char *header = header_beside(path);
    return header ? header : header_naming(path);
}
