/* cli/look/plot_events.c: a recording of events as a strip of frames. */
#include "cli/look/plot_events.h"

#include <stdlib.h>
#include <string.h>

#include <fsnn/events.h>

enum { DEFAULT_FRAMES = 8, MOST_SIDE = 240 };

/* Frames no larger than a picture can show. */
static fsnn_frames options_of(const fsnn_events *e, int frames)
{
    fsnn_frames f = fsnn_frames_default();
    int side = e->width > e->height ? e->width : e->height;
    f.by = FSNN_FRAMES_TIME;
    f.count = frames;
    if (side > MOST_SIDE) {
        f.size[0] = (int64_t)e->height * MOST_SIDE / side;
        f.size[1] = (int64_t)e->width * MOST_SIDE / side;
        f.size[0] = f.size[0] < 1 ? 1 : f.size[0];
        f.size[1] = f.size[1] < 1 ? 1 : f.size[1];
    }
    return f;
}

static char *subtitle_of(const fsnn_events *e, double seconds)
{
    char count[CLI_NUMBER];
    return cli_format("%s, %s events in %.4g s, %d x %d pixels; ON blue, OFF orange", e->format,
                      cli_count(count, e->count), seconds, e->width, e->height);
}

/* One frame's heading: where it ends. */
static char **labels_of(int frames, double seconds)
{
    char **label = cli_allocate((size_t)frames, sizeof *label);
    for (int k = 0; k < frames; k++)
        label[k] = cli_format("to %.4g s", seconds * (k + 1) / frames);
    return label;
}

static int draw(const fsnn_events *e, const char *name, int frames, const char *path)
{
    fsnn_frames f = options_of(e, frames);
    fsnn_shape shape;
    fsnn_status status = fsnn_frames_shape(&f, e->width, e->height, &shape);
    if (status < 0)
        return cli_fail(status);
    float *x = cli_allocate((size_t)fsnn_shape_count(&shape), sizeof *x);
    double seconds = e->count ? (double)(e->event[e->count - 1].t - e->event[0].t) * 1e-6 : 0;
    char *subtitle = subtitle_of(e, seconds), **label = labels_of(frames, seconds);
    status = fsnn_frames_make(&f, e, x);
    if (status >= 0)
        status = fsnn_plot_frames(name, subtitle, frames, (int)shape.dim[2], (int)shape.dim[3], x,
                                  (const char *const *)label, path);
    for (int k = 0; k < frames; k++)
        free(label[k]);
    free(label);
    free(subtitle);
    free(x);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int plot_events(const char *file, fsnn_camera camera, int frames, const char *directory)
{
    fsnn_events events;
    fsnn_status status = fsnn_events_read_camera(file, camera, &events);
    if (status < 0)
        return cli_fail(status);
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    char *figure = cli_format("events-%s", name);
    for (char *c = figure; *c; c++) /* the name of a script of gnuplot */
        *c = strchr(" '\"\\$`", *c) || *c == '.' ? '-' : *c;
    char *path = cli_path(directory, figure);
    int code = cli_make_directory(directory);
    if (code == CLI_GOOD)
        code = draw(&events, name, frames ? frames : DEFAULT_FRAMES, path);
    if (code == CLI_GOOD)
        cli_out("%s.png, .svg\n", path);
    free(path);
    free(figure);
    fsnn_events_free(&events);
    return code;
}
