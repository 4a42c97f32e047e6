/* cli/look/inspect_png.c: a picture. */
#include "cli/look/inspect.h"

#include <string.h>

#include <fsnn/events.h>

bool inspect_is_png(const char *path)
{
    const char *kind = fsnn_file_kind(path, NULL);
    return kind && strcmp(kind, "a PNG picture") == 0;
}

int inspect_png(const char *path)
{
    const fsnn_event_files files = {.path = path};
    fsnn_data *data;
    fsnn_data_info info;
    fsnn_status status = fsnn_data_png(&files, &data);
    if (status < 0)
        return cli_fail(status);
    fsnn_data_info_get(data, &info);
    const long long channels = info.shape.dim[0];
    cli_out("%s: PNG picture\n\nrows        %lld\ncolumns     %lld\nchannels    %lld, %s\n", path,
            (long long)info.shape.dim[1], (long long)info.shape.dim[2], channels,
            channels == 1 ? "gray" : "red, green, blue");
    for (int i = 0; fsnn_data_warning(data, i); i++)
        cli_warn("%s", fsnn_data_warning(data, i));
    fsnn_data_destroy(data);
    return CLI_GOOD;
}
