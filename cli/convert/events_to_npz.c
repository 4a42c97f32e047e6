/* cli/convert/events_to_npz.c: a recording of an event camera as arrays x, y, t, p of an NPZ. */
#include "cli/convert/convert.h"

#include <fsnn/events.h>

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
    fsnn_events about;
    char number[CLI_NUMBER];
    fsnn_camera camera;
    int code = check(o);
    if (code == CLI_GOOD)
        code = cli_camera_find(o->camera, &camera);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_events_convert(convert_input(o), camera, o->output, &about);
    warn(convert_input(o), &about);
    if (status < 0)
        return cli_fail(status);
    if (!about.count)
        return cli_error(CLI_FAILED, "%s: holds no events of pixels", convert_input(o));
    cli_out("%s: %s events\n", o->output, cli_count(number, about.count));
    return CLI_GOOD;
}
