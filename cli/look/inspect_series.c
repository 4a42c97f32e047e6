/* cli/look/inspect_series.c: numbers, lengths, ranges and classes of series; what HDF5 spike trains
 * hold. */
#include "cli/look/inspect.h"
#include "cli/look/series.h"

#include <math.h>
#include <stdlib.h>

enum { CHANNELS = 16, BAR = 40 };

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_lengths(const fsnn_series_info *info)
{
    char total[CLI_NUMBER];
    cli_out("length from %lld to %lld samples, mean %.1f, %s together\n", (long long)info->shortest,
            (long long)info->longest, (double)info->total / (double)info->count,
            cli_count(total, info->total));
    if (info->rate > 0)
        cli_out("rate %g samples/s: %.4g to %.4g s each, %.4g s together\n", info->rate,
                (double)info->shortest / info->rate, (double)info->longest / info->rate,
                (double)info->total / info->rate);
    if (info->missing)
        cli_out("%lld values are missing; straight lines are drawn over them\n",
                (long long)info->missing);
}

typedef struct range {
    double min, max, sum, square;
} range;

static void print_channels(const fsnn_series *s, const fsnn_series_info *info)
{
    range r[CHANNELS];
    int64_t C = info->channels, shown = C < CHANNELS ? C : CHANNELS, length;
    for (int64_t c = 0; c < shown; c++)
        r[c] = (range){INFINITY, -INFINITY, 0, 0};
    for (int64_t i = 0; i < info->count; i++) {
        const float *x = fsnn_series_values(s, i, &length, NULL);
        for (int64_t k = 0; k < length; k++)
            for (int64_t c = 0; c < shown; c++) {
                double v = x[k * C + c];
                r[c] = (range){fmin(r[c].min, v), fmax(r[c].max, v), r[c].sum + v,
                               r[c].square + v * v};
            }
    }
    cli_out("\n%8s %12s %12s %12s %12s\n", "channel", "min", "mean", "max", "deviation");
    for (int64_t c = 0; c < shown; c++) {
        double n = (double)info->total, mean = r[c].sum / n;
        const char *name = fsnn_series_channel(s, c), *unit = fsnn_series_unit(s, c);
        cli_out("%8lld %12.5g %12.5g %12.5g %12.5g%s%s%s%s\n", (long long)c, r[c].min, mean,
                r[c].max, sqrt(fmax(0, r[c].square / n - mean * mean)), unit ? "  " : "",
                unit ? unit : "", name ? "  " : "", name ? name : "");
    }
    if (shown < C)
        cli_out("(and %lld more channels)\n", (long long)(C - shown));
}

static void print_classes(const fsnn_series *s, const fsnn_series_info *info)
{
    int64_t *count = cli_allocate((size_t)info->classes, sizeof *count), most = 1, length;
    for (int64_t i = 0; i < info->count; i++) {
        int32_t label;
        fsnn_series_values(s, i, &length, &label);
        most = label >= 0 && ++count[label] > most ? count[label] : most;
    }
    cli_out("\n%8s %12s %10s\n", "class", "name", "series");
    for (int64_t c = 0; c < info->classes; c++) {
        cli_out("%8lld %12s %10lld  ", (long long)c, fsnn_series_class(s, c), (long long)count[c]);
        for (int64_t i = 0; i < (count[c] * BAR + most - 1) / most; i++)
            putchar('#');
        cli_out("\n");
    }
    free(count);
}

/* Of a regression. */
static void print_targets(const fsnn_series *s, const fsnn_series_info *info)
{
    double target, min = INFINITY, max = -INFINITY, sum = 0;
    for (int64_t i = 0; i < info->count && fsnn_series_target(s, i, &target); i++) {
        min = fmin(min, target);
        max = fmax(max, target);
        sum += target;
    }
    if (max >= min)
        cli_out("a target for each series (a regression): %.5g to %.5g, mean %.5g\n", min, max,
                sum / (double)info->count);
}

static int inspect_spikes(const char *path)
{
    fsnn_shd_info info;
    char spikes[CLI_NUMBER];
    fsnn_status status = fsnn_shd_survey(path, &info);
    if (status < 0)
        return cli_fail(status);
    cli_out("%s: HDF5 spike trains, %lld sample%s, %lld classes\n", path, (long long)info.count,
            plural(info.count), (long long)info.classes);
    cli_out("%s spikes, %.1f a sample, of units 0 to %lld, the last after %.4g s\n",
            cli_count(spikes, info.spikes), (double)info.spikes / (double)info.count,
            (long long)info.units - 1, info.seconds);
    return CLI_GOOD;
}

int inspect_series(const char *path, series_kind kind)
{
    fsnn_series *s;
    fsnn_series_info info;
    const char *what;
    if (kind == SERIES_HDF5)
        return inspect_spikes(path);
    fsnn_status status = series_open(path, kind, &what, &s);
    if (status < 0)
        return cli_fail(status);
    fsnn_series_info_get(s, &info);
    cli_out("%s: %s, %lld series of %lld channel%s", path, what, (long long)info.count,
            (long long)info.channels, plural(info.channels));
    if (info.classes)
        cli_out(", %lld class%s", (long long)info.classes, info.classes == 1 ? "" : "es");
    cli_out("\n");
    print_lengths(&info);
    print_targets(s, &info);
    const char *note;
    for (int64_t i = 0; (note = fsnn_series_note(s, i)) != NULL; i++)
        cli_out("%s\n", note);
    print_channels(s, &info);
    if (info.classes)
        print_classes(s, &info);
    fsnn_series_destroy(s);
    return CLI_GOOD;
}
