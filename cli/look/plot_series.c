/* cli/look/plot_series.c: waveforms, a panel a channel; rasters of spike trains. */
#include "cli/look/series.h"

#include <math.h>
#include <stdlib.h>

enum { PANELS = 8 };

typedef struct picture {
    int64_t from, to; /* samples */
    double unit;      /* of time, for a sample */
    const char *x_label;
    const fsnn_series *of;
    const float *x; /* [length, channels] */
    int64_t channels;
} picture;

static int draw(const picture *p, const char *title, const char *subtitle, const char *path)
{
    int64_t n = p->to - p->from;
    int panels = p->channels < PANELS ? (int)p->channels : PANELS;
    double *time = cli_allocate((size_t)n, sizeof *time);
    double *value = cli_allocate((size_t)(n * panels), sizeof *value);
    fsnn_curve curve[PANELS];
    fsnn_chart chart[PANELS];
    char *heading[PANELS];
    for (int64_t k = 0; k < n; k++)
        time[k] = (double)(p->from + k) * p->unit;
    for (int c = 0; c < panels; c++) {
        for (int64_t k = 0; k < n; k++)
            value[c * n + k] = p->x[(p->from + k) * p->channels + c];
        const char *name = fsnn_series_channel(p->of, c), *unit = fsnn_series_unit(p->of, c);
        heading[c] = name ? cli_format("%s (channel %d)", name, c) : cli_format("channel %d", c);
        curve[c] = (fsnn_curve){
            .mark = FSNN_MARK_THIN, .colour = 1, .count = n, .x = time, .y = value + c * n};
        chart[c] = (fsnn_chart){.heading = heading[c],
                                .x_label = c == panels - 1 ? p->x_label : NULL,
                                .y_label = unit ? unit : "value",
                                .x_low = time[0],
                                .x_high = n > 1 ? time[n - 1] : time[0] + 1,
                                .height = panels > 3 ? 110 : 220,
                                .curves = 1,
                                .curve = &curve[c]};
    }
    int done = cli_figure_done(fsnn_plot_charts(title, subtitle, 1, panels, chart, path), path);
    for (int c = 0; c < panels; c++)
        free(heading[c]);
    free(time);
    free(value);
    return done;
}

static int missing(int64_t sample, int64_t count)
{
    return cli_error(CLI_USAGE, "--sample %lld: there are %lld, counted from 0", (long long)sample,
                     (long long)count);
}

static int plot_one(const fsnn_series *s, const char *path, const series_view *view)
{
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    fsnn_series_info_get(s, &info);
    const float *x = fsnn_series_values(s, view->sample, &length, &label);
    if (!x)
        return missing(view->sample, info.count);
    double rate = info.rate > 0 ? info.rate : 1;
    picture p = {.to = length,
                 .unit = 1 / rate,
                 .x_label = info.rate > 0 ? "time (s)" : "step",
                 .of = s,
                 .x = x,
                 .channels = info.channels};
    double first = floor(view->from * rate),
           last = view->to > 0 ? ceil(view->to * rate) : (double)length;
    if (first < 0 || first >= (double)length || last <= first)
        return cli_error(CLI_USAGE, "--from %g and --to %g: the series lasts from 0 to %g",
                         view->from, view->to, (double)length / rate);
    p.from = (int64_t)first;
    p.to = last < (double)length ? (int64_t)last : length;
    const char *class = fsnn_series_class(s, label);
    char *title = info.count > 1
                      ? cli_format("%s, series %lld", cli_base_name(path), (long long)view->sample)
                      : cli_format("%s", cli_base_name(path));
    char *shown = info.channels > PANELS ? cli_format(", the first %d of %lld channels", PANELS,
                                                      (long long)info.channels)
                                         : cli_format("%s", "");
    char *subtitle = cli_format("%s%s%s%lld samples%s", class ? "class " : "", class ? class : "",
                                class ? ", " : "", (long long)length, shown);
    char *file = cli_path(view->directory, "series");
    int code = cli_make_directory(view->directory);
    if (code == CLI_GOOD && !draw(&p, title, subtitle, file))
        code = cli_error(CLI_FAILED, "no figure could be written to %s", view->directory);
    if (code == CLI_GOOD)
        cli_out("%s.png: series %lld\n", file, (long long)view->sample);
    free(file);
    free(subtitle);
    free(shown);
    free(title);
    return code;
}

/* One sample in steps of a ms. */
static int plot_raster(const char *path, const series_view *view, const fsnn_shd_info *info)
{
    static const char *const names[] = {"units"};
    fsnn_data *data;
    int32_t label;
    int64_t units = info->units ? info->units : 1, K = (int64_t)(info->seconds * 1000) + 1;
    fsnn_shd_options o = {
        .steps = K, .duration = (double)K / 1000, .units = units, .channels = units};
    if (K >= 1000000)
        return cli_error(CLI_FAILED, "%s: %g s are too long for a raster", path, info->seconds);
    fsnn_status status = fsnn_data_shd(path, &o, &data);
    if (status < 0)
        return cli_fail(status);
    float *x = cli_allocate((size_t)(K * units), sizeof *x);
    status = fsnn_data_sample(data, view->sample, x, &label);
    const char *class = status < 0 ? NULL : fsnn_data_class(data, label);
    char *number = cli_format("%d", status < 0 ? -1 : (int)label);
    const float *rows[] = {x};
    char *title = cli_format("%s, sample %lld, class %s (steps of 1 ms)", cli_base_name(path),
                             (long long)view->sample, class ? class : number);
    free(number);
    fsnn_data_destroy(data);
    char *file = cli_path(view->directory, "raster");
    int code = status < 0 ? cli_fail(status) : cli_make_directory(view->directory);
    if (code == CLI_GOOD &&
        !cli_figure_done(fsnn_plot_raster(title, 1, names, &units, K, 1, rows, file), file))
        code = CLI_FAILED;
    if (code == CLI_GOOD)
        cli_out("%s.png: sample %lld\n", file, (long long)view->sample);
    free(file);
    free(title);
    free(x);
    return code;
}

int plot_series(const char *path, series_kind kind, const series_view *view)
{
    fsnn_series *s;
    fsnn_shd_info info;
    const char *what;
    if (kind == SERIES_HDF5) {
        fsnn_status found = fsnn_shd_survey(path, &info);
        if (found < 0)
            return cli_fail(found);
        return view->sample < info.count ? plot_raster(path, view, &info)
                                         : missing(view->sample, info.count);
    }
    fsnn_status status = series_open(path, kind, &what, &s);
    if (status < 0)
        return cli_fail(status);
    int code = plot_one(s, path, view);
    fsnn_series_destroy(s);
    return code;
}
