/* tests/plot/figures.h: questions about pictures in the program's folder. */
#ifndef FIGURES_H
#define FIGURES_H

#include "folder.h"

#include <sys/stat.h>

#include <fsnn/plot.h>

static inline int holds(const char *name, const char *wanted)
{
    char *text = folder_text(name);
    int found = strstr(text, wanted) != NULL;

    fsnn_free(text);
    return found;
}

static inline int times(const char *name, const char *wanted)
{
    char *text = folder_text(name);
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
    GOOD(fsnn_file_read(folder_path(file), &png, &size));
    assert_true(size > 200);
    assert_memory_equal(png, signature, sizeof signature);
    assert_memory_equal(png + 12, "IHDR", 4);
    int width = png[16] << 24 | png[17] << 16 | png[18] << 8 | png[19];
    int height = png[20] << 24 | png[21] << 16 | png[22] << 8 | png[23];
    fsnn_free(png);
    assert_int_equal(width, 1200);
    assert_in_range(height, 150, 20000);
    snprintf(file, sizeof file, "%s.svg", name);
    char *svg = folder_text(file);
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
    mkdir(folder_path("bin"), 0755);
    folder_write_text("bin/gnuplot", script);
    assert_int_equal(chmod(folder_path("bin/gnuplot"), 0755), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", folder_path("bin"));
    setenv("PATH", path, 1);
}

#endif
