/* cli/train/progress.c: the training's progress: a table with a line an epoch; between them a bar
 * that is redrawn in place at most ten times a second on a terminal, or a plain line every ten
 * seconds elsewhere. */
#include "cli/train/progress.h"
#include "cli/kit/kit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const double redraw = 0.1, reprint = 10;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The locale's own variables are enough to know whether lines of boxes can be drawn. */
static bool utf8(void)
{
    static const char *const variable[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < CLI_COUNT(variable); i++) {
        const char *value = getenv(variable[i]);
        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

void cli_progress_start(cli_progress *progress, const char *watched, bool values)
{
    *progress = (cli_progress){.printed = seconds(), .watched = watched, .values = values};
}

void cli_progress_clear(cli_progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
    cli_signals_line(false);
}

static void header(cli_progress *progress)
{
    if (!progress->header) {
        char watched[CLI_NUMBER];
        snprintf(watched, sizeof watched, "%.5s loss", progress->watched);
        cli_say("%9s  %8s  %8s  %9s  %8s  %6s  %8s", "epoch", "loss", "accuracy", watched,
                progress->values ? "R2" : "accuracy", "rate", "time");
    }
    progress->header = true;
}

static void percent(char *text, size_t size, double share)
{
    if (isfinite(share))
        snprintf(text, size, "%.2f %%", 100 * share);
    else
        snprintf(text, size, "-");
}

static void start_of_line(char *text, size_t size, const fsnn_metrics *m)
{
    char epoch[CLI_NUMBER], accuracy[CLI_NUMBER], loss[CLI_NUMBER];
    snprintf(epoch, sizeof epoch, "%lld/%lld", (long long)m->epoch, (long long)m->epochs);
    percent(accuracy, sizeof accuracy, m->accuracy);
    snprintf(text, size, "%9s  %8s  %8s", epoch, cli_decimal(loss, m->loss), accuracy);
}

static double done(const fsnn_metrics *m)
{
    return m->batches > 0 ? (double)m->batch / (double)m->batches : 0;
}

static void plain(cli_progress *progress, const fsnn_metrics *m)
{
    char start[96], speed[CLI_NUMBER], left[CLI_NUMBER];
    start_of_line(start, sizeof start, m);
    header(progress);
    cli_say("%s  (%.0f %% of the epoch, %s samples/s, %s left)", start, 100 * done(m),
            cli_short(speed, m->samples_per_second), cli_time(left, m->seconds_left));
}

/* Figures behind the bar, most important first: those that do not fit are left out. */
static int figures(char *text, size_t size, const fsnn_metrics *m, int capacity)
{
    char part[5][48], number[CLI_NUMBER];
    snprintf(part[0], sizeof part[0], "  loss %s", cli_decimal(number, m->loss));
    part[1][0] = '\0';
    if (isfinite(m->accuracy))
        snprintf(part[1], sizeof part[1], "  acc %.1f%%", 100 * m->accuracy);
    snprintf(part[2], sizeof part[2], "  %s left", cli_time(number, m->seconds_left));
    snprintf(part[3], sizeof part[3], "  rate %.3f", m->rate);
    snprintf(part[4], sizeof part[4], "  %s/s", cli_short(number, m->samples_per_second));
    static const int order[] = {0, 1, 3, 4, 2}; /* as they stand in the line */
    bool shown[5];
    int used = 0;
    for (int i = 0; i < 5; i++) {
        shown[i] = used + (int)strlen(part[i]) <= capacity;
        if (shown[i])
            used += (int)strlen(part[i]);
    }
    text[0] = '\0';
    for (int i = 0; i < 5; i++) {
        if (shown[order[i]])
            strncat(text, part[order[i]], size - strlen(text) - 1);
    }
    return used;
}

static void bar(double share, int width)
{
    bool boxes = utf8(), colour = cli_colour();
    int full = (int)(share * width + 0.5);
    if (colour)
        fputs("\033[36m", stderr);
    for (int i = 0; i < width; i++) {
        if (i == full && colour)
            fputs("\033[0;2m", stderr);
        if (i < full)
            fputs(boxes ? "\u2501" : "#", stderr);
        else
            fputs(boxes ? (colour ? "\u2501" : "\u00b7") : "-", stderr);
    }
    if (colour)
        fputs("\033[0m", stderr);
}

static void draw(cli_progress *progress, const fsnn_metrics *m)
{
    enum { SHORTEST_BAR = 8, LONGEST_BAR = 40 };
    char epoch[CLI_NUMBER], text[256];
    int width =
        cli_width() - 3; /* the last column would wrap on some terminals; ^C may be echoed */
    snprintf(epoch, sizeof epoch, "%lld/%lld", (long long)m->epoch, (long long)m->epochs);
    int left = (int)strlen(epoch) > 9 ? (int)strlen(epoch) : 9;
    if (width < left + 1 + SHORTEST_BAR)
        left = (int)strlen(epoch);
    int capacity = width - left - 1 - SHORTEST_BAR;
    int used = figures(text, sizeof text, m, capacity);
    int length = width - left - 1 - used;
    header(progress);
    cli_signals_line(true); /* before it is drawn: a signal may come at any time */
    fprintf(stderr, "\r%*s ", left, epoch);
    if (length > 0)
        bar(done(m), length > LONGEST_BAR ? LONGEST_BAR : length);
    fprintf(stderr, "%s\033[K", text);
    fflush(stderr);
    progress->visible = true;
}

void cli_progress_batch(cli_progress *progress, const fsnn_metrics *metrics)
{
    if (cli_quiet())
        return;
    double now = seconds();
    if (cli_terminal() && now - progress->drawn >= redraw) {
        draw(progress, metrics);
        progress->drawn = now;
    } else if (!cli_terminal() && now - progress->printed >= reprint) {
        plain(progress, metrics);
        progress->printed = now;
    }
}

void cli_progress_epoch(cli_progress *progress, const fsnn_metrics *m)
{
    if (cli_quiet())
        return;
    char start[96], accuracy[CLI_NUMBER], loss[CLI_NUMBER] = "-", time[CLI_NUMBER];
    if (m->seconds < 60)
        snprintf(time, sizeof time, "%.1f s", m->seconds);
    else
        cli_time(time, m->seconds);
    cli_progress_clear(progress);
    header(progress);
    start_of_line(start, sizeof start, m);
    percent(accuracy, sizeof accuracy, m->test_accuracy);
    if (progress->values && isfinite(m->test_metric[FSNN_METRIC_R2]))
        cli_decimal(accuracy, m->test_metric[FSNN_METRIC_R2]);
    if (isfinite(m->test_loss))
        cli_decimal(loss, m->test_loss);
    cli_say("%s  %9s  %8s  %6.3f  %8s%s", start, loss, accuracy, m->rate, time,
            m->best ? "  best" : "");
    progress->printed = seconds();
    progress->drawn = 0;
}
