/* tests/plot/figures.h: a temporary folder, and questions about the pictures in it. */
#ifndef FIGURES_H
#define FIGURES_H

#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fsnn/plot.h>

static char folder[256];

/* folder/name, in one of a few buffers taken in turn. */
static inline const char *at(const char *name)
{
    static char texts[8][512];
    static int turn;

    turn = (turn + 1) % 8;
    snprintf(texts[turn], sizeof texts[turn], "%s/%s", folder, name);
    return texts[turn];
}

static inline int make_folder(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    snprintf(folder, sizeof folder, "%s/fsnn-plot-XXXXXX", base ? base : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
{
    char command[600];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : -1;
}

static inline int there(const char *name)
{
    return access(at(name), F_OK) == 0;
}

static inline void write_text(const char *name, const char *text)
{
    FILE *stream = fopen(at(name), "w");

    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

/* The file as text; free with fsnn_free. */
static inline char *text_of(const char *name)
{
    uint8_t *data = NULL;
    size_t size;

    GOOD(fsnn_file_read(at(name), &data, &size));
    return (char *)data;
}

static inline int holds(const char *name, const char *wanted)
{
    char *text = text_of(name);
    int found = strstr(text, wanted) != NULL;

    fsnn_free(text);
    return found;
}

static inline int times(const char *name, const char *wanted)
{
    char *text = text_of(name);
    int count = 0;

    for (const char *here = text; (here = strstr(here, wanted)); here++)
        count++;
    fsnn_free(text);
    return count;
}

/* A whole PNG 1200 pixels wide and an SVG that is closed; gives the height. */
static inline int check_pictures(const char *name)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    char file[256];
    uint8_t *png = NULL;
    size_t size;

    snprintf(file, sizeof file, "%s.png", name);
    GOOD(fsnn_file_read(at(file), &png, &size));
    assert_true(size > 200);
    assert_memory_equal(png, signature, sizeof signature);
    assert_memory_equal(png + 12, "IHDR", 4);
    int width = png[16] << 24 | png[17] << 16 | png[18] << 8 | png[19];
    int height = png[20] << 24 | png[21] << 16 | png[22] << 8 | png[23];
    fsnn_free(png);
    assert_int_equal(width, 1200);
    assert_in_range(height, 150, 20000);
    snprintf(file, sizeof file, "%s.svg", name);
    char *svg = text_of(file);
    assert_memory_equal(svg, "<?xml", 5);
    assert_true(strstr(svg, "</svg>") != NULL);
    fsnn_free(svg);
    return height;
}

/* Makes `code` the gnuplot of this process: a shell script first on PATH. */
static inline void fake_gnuplot(const char *code)
{
    char path[2048];
    char script[1024];

    snprintf(script, sizeof script, "#!/bin/sh\n%s\n", code);
    mkdir(at("bin"), 0755);
    write_text("bin/gnuplot", script);
    assert_int_equal(chmod(at("bin/gnuplot"), 0755), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", at("bin"));
    setenv("PATH", path, 1);
}

#endif
