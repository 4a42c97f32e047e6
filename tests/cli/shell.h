/* tests/cli/shell.h: runs the program in a folder of its own and keeps what it said. */
#ifndef TESTS_SHELL_H
#define TESTS_SHELL_H

#include "folder.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fsnn/fsnn.h>

static char shell_out[1 << 18], shell_err[1 << 16];

/* The program: FSNN_BIN, made absolute because tests work in a directory of their own. */
static inline const char *shell_program(void)
{
    static char path[4096];
    const char *given = getenv("FSNN_BIN");
    if (!path[0] && !realpath(given ? given : "build/fsnn", path))
        fail_msg("there is no program %s: set FSNN_BIN", given ? given : "build/fsnn");
    return path;
}

/* The sanitizer's suppressions are named from the source directory; the program runs elsewhere. */
static inline void shell_absolute_suppressions(void)
{
    static const char key[] = "suppressions=";
    const char *options = getenv("LSAN_OPTIONS"), *at = options ? strstr(options, key) : NULL;
    char directory[2048], text[4096];
    if (!at || at[sizeof key - 1] == '/' || !getcwd(directory, sizeof directory))
        return;
    snprintf(text, sizeof text, "%.*s%s/%s", (int)(at - options) + (int)sizeof key - 1, options,
             directory, at + sizeof key - 1);
    setenv("LSAN_OPTIONS", text, 1);
}

static inline int shell_start(void **state)
{
    shell_program();
    shell_absolute_suppressions();
    return folder_open(state);
}

static inline void shell_slurp(const char *name, char *text, size_t size)
{
    FILE *file = fopen(folder_path(name), "r");
    assert_non_null(file);
    size_t n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    fclose(file);
}

/* Runs a line of shell in the folder, $F being the program. Returns its exit code (128 + signal
 * when killed). */
static inline int shell(const char *line)
{
    char command[8192];
    if (!folder[0]) // cd '' stays: in the source directory, where a line may remove what it finds
        fail_msg("%s: no folder is open", line);
    snprintf(command, sizeof command, "cd '%s' && F='%s' && ( %s ) >.out 2>.err </dev/null", folder,
             shell_program(), line);
    int status = system(command);
    shell_slurp(".out", shell_out, sizeof shell_out);
    shell_slurp(".err", shell_err, sizeof shell_err);
    if (strstr(shell_err, "Sanitizer") || strstr(shell_err, "runtime error:"))
        fail_msg("%s\n%s", line, shell_err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline void shell_contains(const char *text, const char *wanted, const char *line)
{
    if (!strstr(text, wanted))
        fail_msg("%s\n  said: %s\n  expected in it: %s", line, text, wanted);
}

/* The number that the last line printed behind a text, like "\"loss\": ". */
static inline double shell_number(const char *behind)
{
    const char *at = strstr(shell_out, behind);
    if (!at)
        fail_msg("said: %s\n  expected in it: %s", shell_out, behind);
    return strtod(at + strlen(behind), NULL);
}

static inline void shell_good(const char *line)
{
    int code = shell(line);
    if (code != 0)
        fail_msg("%s\n  exit code %d: %s", line, code, shell_err);
}

static inline void shell_good_says(const char *line, const char *const *wanted, int count)
{
    shell_good(line);
    for (int i = 0; i < count; i++)
        shell_contains(shell_out, wanted[i], line);
}

/* The line succeeds and prints these texts, among others. */
#define shell_says(line, ...)                                                                      \
    shell_good_says(line, (const char *const[]){__VA_ARGS__},                                      \
                    FSNN_COUNT(((const char *const[]){__VA_ARGS__})))

/* The line fails with this code and this sentence, in one line of stderr. */
static inline void shell_fails(const char *line, int code, const char *sentence)
{
    int got = shell(line);
    if (got != code)
        fail_msg("%s\n  exit code %d, expected %d: %s%s", line, got, code, shell_out, shell_err);
    shell_contains(shell_err, sentence, line);
    shell_contains(shell_err, "error: ", line);
}

/* Small random numbers for inputs: a linear congruential generator. */
static inline double shell_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / (1 << 24);
}

static inline float *shell_add(fsnn_arrays *list, const char *name, fsnn_shape shape)
{
    fsnn_array *array = fsnn_arrays_add(list, name, FSNN_F32, &shape);
    assert_non_null(array);
    return array->data;
}

static inline void shell_save(fsnn_arrays *list, const char *name)
{
    GOOD(fsnn_npz_write(folder_path(name), list));
    fsnn_arrays_free(list);
}

static inline fsnn_arrays shell_load(const char *name)
{
    fsnn_arrays list = {0};
    GOOD(fsnn_npz_read(folder_path(name), &list));
    return list;
}

/* Whether this build draws figures, and gnuplot is there to do it. */
static inline bool draws_figures(void)
{
    const char *without = strstr(fsnn_built(), "(without");
    return !(without && strstr(without, "plots")) &&
           system("gnuplot --version >/dev/null 2>&1") == 0;
}

#endif
