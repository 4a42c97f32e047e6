/* tests/folder.h: a temporary folder of the program's own, and files in it by their names. Paths
 * stay valid until the folder is closed. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include "check.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_PATHS = 1024 };

static char folder[512];
static char *folder_paths[FOLDER_PATHS]; /* every one that was asked for, once */

/* A group's setup: below TMPDIR, or /tmp. */
static inline int folder_open(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    snprintf(folder, sizeof folder, "%s/fsnn-test-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static inline void folder_forget_paths(void)
{
    for (int i = 0; i < FOLDER_PATHS && folder_paths[i]; i++) {
        free(folder_paths[i]);
        folder_paths[i] = NULL;
    }
}

/* A group's teardown: fails when a test, or the library, left a file behind. */
static inline int folder_close(void **state)
{
    (void)state;
    folder_forget_paths();
    return rmdir(folder);
}

/* A group's teardown where files may stay: removes the folder with all that is in it. */
static inline int folder_remove(void **state)
{
    char command[sizeof folder + 16];
    (void)state;
    folder_forget_paths();
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : -1;
}

/* folder/name. */
static inline const char *folder_path(const char *name)
{
    size_t before = strlen(folder) + 1;
    int i = 0;
    while (i < FOLDER_PATHS && folder_paths[i] && strcmp(folder_paths[i] + before, name) != 0)
        i++;
    assert_in_range(i, 0, FOLDER_PATHS - 1);
    if (!folder_paths[i]) { /* not fsnn_alloc, whose calls are counted */
        size_t size = before + strlen(name) + 1;
        assert_non_null(folder_paths[i] = malloc(size));
        snprintf(folder_paths[i], size, "%s/%s", folder, name);
    }
    return folder_paths[i];
}

static inline bool folder_has(const char *name)
{
    return access(folder_path(name), F_OK) == 0;
}

/* Files in the folder, those that are hidden left out. */
static inline int folder_count(void)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *e; (e = readdir(directory));)
        count += e->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* A folder in the folder. */
static inline void folder_make(const char *name)
{
    assert_int_equal(mkdir(folder_path(name), 0777), 0);
}

static inline void folder_delete(const char *name)
{
    unlink(folder_path(name));
}

static inline void folder_write(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(folder_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void folder_write_text(const char *name, const char *text)
{
    folder_write(name, text, strlen(text));
}

/* A copy of the file `from` (a path, not of the folder): `put` stands at byte `at`, and `keep`
 * bytes are left (0: all). */
static inline void folder_copy(const char *name, const char *from, size_t at, const char *put,
                               size_t keep)
{
    uint8_t *bytes = NULL;
    size_t size;
    GOOD(fsnn_file_read(from, &bytes, &size));
    assert_true(at + strlen(put) <= size && keep <= size);
    memcpy(bytes + at, put, strlen(put));
    folder_write(name, bytes, keep ? keep : size);
    fsnn_free(bytes);
}

/* The file as text; free with fsnn_free. */
static inline char *folder_text(const char *name)
{
    uint8_t *bytes = NULL;
    size_t size;
    GOOD(fsnn_file_read(folder_path(name), &bytes, &size));
    return (char *)bytes;
}

#endif
