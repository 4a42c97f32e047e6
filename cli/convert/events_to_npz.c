/* cli/convert/events_to_npz.c: a recording of an event camera as arrays x, y, t, p of an NPZ. */
#include "cli/convert/convert.h"

#include <fsnn/events.h>

#include <string.h>

static int check(const convert_options *o)
{
    const struct {
        const char *name;
        bool given;
    } others[] = {{"weights", o->weights != NULL},
                  {"unit", o->unit != NULL},
                  {"reset", o->reset != NULL},
                  {"dt", o->dt.given},
                  {"expand-memory", o->expand.given}};
    for (int i = 0; i < CLI_COUNT(others); i++)
        if (others[i].given)
            return cli_error(CLI_USAGE, "--%s is for networks; %s is a recording of events",
                             others[i].name, convert_input(o));
    return cli_check_writable(o->output);
}

/* 0 and 1 for the left and the right camera. */
static fsnn_status fill_camera(const fsnn_events *e, fsnn_arrays *list)
{
    fsnn_array *a = fsnn_arrays_add(list, "camera", FSNN_U8, &FSNN_SHAPE(e->count));
    for (int64_t i = 0; a && i < e->count; i++)
        ((uint8_t *)a->data)[i] = e->event[i].camera;
    return a ? FSNN_OK : FSNN_EMEMORY;
}

/* Arrays [n] of the events, `width` and `height` [1] where the file tells them. */
static fsnn_status fill(const fsnn_events *e, fsnn_arrays *list)
{
    static const struct {
        const char *name;
        fsnn_dtype type;
    } columns[] = {{"x", FSNN_U16}, {"y", FSNN_U16}, {"t", FSNN_I64}, {"p", FSNN_U8}};
    void *data[CLI_COUNT(columns)];
    for (int c = 0; c < CLI_COUNT(columns); c++) {
        fsnn_array *a =
            fsnn_arrays_add(list, columns[c].name, columns[c].type, &FSNN_SHAPE(e->count));
        if (!a)
            return FSNN_EMEMORY;
        data[c] = a->data;
    }
    for (int64_t i = 0; i < e->count; i++) {
        ((uint16_t *)data[0])[i] = e->event[i].x;
        ((uint16_t *)data[1])[i] = e->event[i].y;
        ((int64_t *)data[2])[i] = e->event[i].t;
        ((uint8_t *)data[3])[i] = e->event[i].p;
    }
    if (e->cameras == 2 && fill_camera(e, list) < 0)
        return FSNN_EMEMORY;
    const int size[] = {e->width, e->height};
    for (int k = 0; k < 2 && e->sized; k++) {
        fsnn_array *a = fsnn_arrays_add(list, k ? "height" : "width", FSNN_I32, &FSNN_SHAPE(1));
        if (!a)
            return FSNN_EMEMORY;
        *(int32_t *)a->data = size[k];
    }
    return FSNN_OK;
}

static void warn(const char *path, const fsnn_events *e)
{
    char number[CLI_NUMBER];
    for (int i = 0; i < FSNN_LEFT_OUT && e->left_out[i].what; i++)
        cli_warn("%s: left out: %s %s", path, cli_count(number, e->left_out[i].count),
                 e->left_out[i].what);
    if (e->disorder)
        cli_warn("%s: %s events stand behind a later one; they were sorted", path,
                 cli_count(number, e->disorder));
}

int convert_events_to_npz(const convert_options *o)
{
    fsnn_events events = {0};
    fsnn_arrays list = {0};
    char number[CLI_NUMBER];
    fsnn_camera camera;
    int code = check(o);
    if (code == CLI_GOOD)
        code = cli_camera_find(o->camera, &camera);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_events_read_camera(convert_input(o), camera, &events);
    if (status == FSNN_OK && !events.count) {
        warn(convert_input(o), &events);
        code = cli_error(CLI_FAILED, "%s: holds no events of pixels", convert_input(o));
    } else if (status == FSNN_OK) {
        warn(convert_input(o), &events);
        status = fill(&events, &list);
        if (status == FSNN_OK)
            status = fsnn_npz_write(o->output, &list);
        if (status == FSNN_OK)
            cli_out("%s: %s events\n", o->output, cli_count(number, events.count));
    }
    fsnn_arrays_free(&list);
    fsnn_events_free(&events);
    return status < 0 ? cli_fail(status) : code;
}
