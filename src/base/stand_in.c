/* base/stand_in.c: files that stand where data should be and hold something else: what Git LFS and
 * git-annex keep in place of a large file until it is asked for, and what a server answered instead
 * of it. They are small and begin in known ways, so no reader need look at them: some formats have
 * no header and would take the text for data. */
#include "base/base.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { HEAD = 1024 };

typedef struct stand_in {
    bool (*is)(const char *text); /* the first bytes, terminated */
    fsnn_status (*fail)(const char *path, const char *text);
} stand_in;

static bool begins(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* github.com/git-lfs/git-lfs, docs/spec.md; the second name is that of its first versions. */
static bool is_lfs(const char *text)
{
    return begins(text, "version https://git-lfs.github.com/spec/") ||
           begins(text, "version https://hawser.github.com/spec/");
}

static fsnn_status fail_lfs(const char *path, const char *text)
{
    const char *size = strstr(text, "\nsize ");
    int digits = size ? (int)strspn(size + 6, "0123456789") : 0;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: is a Git LFS pointer, not the data%s%.*s%s: run git lfs pull in its "
                     "repository",
                     path, digits ? " (" : "", digits, digits ? size + 6 : "",
                     digits ? " bytes)" : "");
}

/* git-annex.branchable.com/internals/pointer_file; a link that is a file where links cannot be. */
static bool is_annex(const char *text)
{
    const char *end = strchr(text, '\n');
    size_t length = end ? (size_t)(end - text) : strlen(text);
    return begins(text, "/annex/objects/") ||
           (begins(text, "../") && memmem(text, length, ".git/annex/objects/", 19) != NULL) ||
           begins(text, ".git/annex/objects/");
}

static fsnn_status fail_annex(const char *path, const char *text)
{
    (void)text;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: is a git-annex pointer, not the data: run git annex get on it", path);
}

static bool is_page(const char *text)
{
    return begins(text, "<!doctype html") || begins(text, "<html") ||
           (begins(text, "<?xml") && (strcasestr(text, "<html") || strstr(text, "<Error>")));
}

static fsnn_status fail_page(const char *path, const char *text)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: is %s, not the data: a server answered so instead of sending the file; "
                     "take the address of the file itself",
                     path, strstr(text, "<Error>") ? "an error in XML" : "a web page (HTML)");
}

static const stand_in kinds[] = {{is_lfs, fail_lfs}, {is_annex, fail_annex}, {is_page, fail_page}};

fsnn_status fsnn_file_stand_in(const char *path, const uint8_t *bytes, size_t size)
{
    char text[HEAD + 1];
    size_t at = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0; /* a byte order mark */
    while (at < size && isspace(bytes[at]))
        at++;
    size_t n = size - at < HEAD ? size - at : HEAD;
    if (n)
        memcpy(text, bytes + at, n);
    text[n] = 0;
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (kinds[i].is(text))
            return kinds[i].fail(path, text);
    return FSNN_OK;
}
