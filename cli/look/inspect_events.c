/* cli/look/inspect_events.c: recordings of event cameras, one or a folder of them. */
#include "cli/look/inspect.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static void print_event(const char *which, const fsnn_event *e)
{
    cli_out("%-12s%lld us, column %d, row %d, %s\n", which, (long long)e->t, e->x, e->y,
            e->p ? "ON" : "OFF");
}

/* Pixels with events, and the one that has most. */
static void print_pixels(const fsnn_events *e)
{
    size_t size = (size_t)e->width * (size_t)e->height, busy = 0, most = 0;
    int64_t *count = cli_allocate(size, sizeof *count);
    for (int64_t i = 0; i < e->count; i++)
        count[(size_t)e->event[i].y * (size_t)e->width + e->event[i].x]++;
    for (size_t i = 0; i < size; i++) {
        busy += count[i] > 0;
        most = count[i] > count[most] ? i : most;
    }
    char a[CLI_NUMBER], b[CLI_NUMBER], c[CLI_NUMBER];
    cli_out("pixels      %s of %s have events, at most %s (column %d, row %d)\n",
            cli_count(a, (int64_t)busy), cli_count(b, (int64_t)size), cli_count(c, count[most]),
            (int)(most % (size_t)e->width), (int)(most / (size_t)e->width));
    free(count);
}

static void print_cameras(const fsnn_events *e)
{
    char a[CLI_NUMBER], b[CLI_NUMBER];
    int64_t right = 0;
    for (int64_t i = 0; i < e->count; i++)
        right += e->event[i].camera;
    cli_out("cameras     2, %s events of the left one, %s of the right one\n",
            cli_count(a, e->count - right), cli_count(b, right));
}

static void print_all(const char *path, const fsnn_events *e)
{
    char number[CLI_NUMBER];
    int64_t on = 0;
    for (int64_t i = 0; i < e->count; i++)
        on += e->event[i].p;
    cli_out("%s: events, %s\n\nevents      %s\n", path, e->format, cli_count(number, e->count));
    if (e->sized || e->count)
        cli_out("sensor      %d columns, %d rows%s\n", e->width, e->height,
                e->sized ? "" : " (the file does not tell: as many as its events need)");
    if (e->cameras == 2)
        print_cameras(e);
    for (int i = 0; i < FSNN_LEFT_OUT && e->left_out[i].what; i++)
        cli_out("left out    %s %s\n", cli_count(number, e->left_out[i].count),
                e->left_out[i].what);
    if (!e->count)
        return;
    double seconds = (double)(e->event[e->count - 1].t - e->event[0].t) * 1e-6;
    cli_out("duration    %.6g s\n", seconds);
    if (seconds > 0)
        cli_out("rate        %s events/s\n", cli_short(number, (double)e->count / seconds));
    cli_out("polarity    %.1f %% ON, %.1f %% OFF\n", 100.0 * (double)on / (double)e->count,
            100.0 * (double)(e->count - on) / (double)e->count);
    print_event("first", &e->event[0]);
    print_event("last", &e->event[e->count - 1]);
    print_pixels(e);
    if (e->disorder)
        cli_out("order       %s events stand behind a later one; they were sorted\n",
                cli_count(number, e->disorder));
}

int inspect_events(const char *path, fsnn_camera camera)
{
    fsnn_events events;
    fsnn_status status = fsnn_events_read_camera(path, camera, &events);
    if (status < 0)
        return cli_fail(status);
    print_all(path, &events);
    fsnn_events_free(&events);
    return CLI_GOOD;
}

/* ---- folders ---- */

typedef struct tally {
    int64_t files, events, least, most;
    double seconds;
    int width, height;
    const char *format;
    fsnn_left_out left_out[FSNN_LEFT_OUT];
} tally;

/* Sums of what recordings leave out, by what it is. */
static void add_left_out(tally *t, const fsnn_left_out *more)
{
    for (int i = 0; i < FSNN_LEFT_OUT && more[i].what; i++) {
        int k = 0;
        while (k < FSNN_LEFT_OUT - 1 && t->left_out[k].what &&
               strcmp(t->left_out[k].what, more[i].what) != 0)
            k++;
        t->left_out[k].what = more[i].what;
        t->left_out[k].count += more[i].count;
    }
}

static void add(tally *t, const tally *more)
{
    t->least = !t->files || more->least < t->least ? more->least : t->least;
    t->most = more->most > t->most ? more->most : t->most;
    t->files += more->files;
    t->events += more->events;
    t->seconds += more->seconds;
    t->width = more->width > t->width ? more->width : t->width;
    t->height = more->height > t->height ? more->height : t->height;
    add_left_out(t, more->left_out);
    t->format = !t->format || t->format == more->format ? more->format : "several formats";
}

static void print_row(const char *name, const tally *t)
{
    char a[CLI_NUMBER], b[CLI_NUMBER];
    cli_out("%-22.22s %10s %14s %9.3g\n", name, cli_count(a, t->files), cli_count(b, t->events),
            t->seconds / (double)t->files);
}

static int read_file(const char *path, fsnn_camera camera, tally *t)
{
    fsnn_events e;
    fsnn_status status = fsnn_events_read_camera(path, camera, &e);
    if (status < 0)
        return cli_fail(status);
    double seconds = e.count ? (double)(e.event[e.count - 1].t - e.event[0].t) * 1e-6 : 0;
    tally one = {1, e.count, e.count, e.count, seconds, e.width, e.height, e.format, {{0}}};
    add_left_out(&one, e.left_out);
    add(t, &one);
    fsnn_events_free(&e);
    return CLI_GOOD;
}

static int visible(const struct dirent *entry)
{
    return cli_entry(entry);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

/* Recordings in a folder and, a row each, in the folders within it. */
static int read_folder(const char *path, fsnn_camera camera, bool within, tally *all)
{
    struct dirent **entry;
    int count = scandir(path, &entry, visible, by_name), code = CLI_GOOD;
    if (count < 0)
        return cli_error(CLI_FAILED, "%s: the folder cannot be read", path);
    for (int i = 0; i < count; i++) {
        char *name = cli_path(path, entry[i]->d_name);
        if (code == CLI_GOOD && cli_is_directory(name)) {
            tally one = {0};
            code = within ? CLI_GOOD : read_folder(name, camera, true, &one);
            if (code == CLI_GOOD && one.files) {
                print_row(entry[i]->d_name, &one);
                add(all, &one);
            }
        } else if (code == CLI_GOOD && fsnn_events_known(name)) {
            code = read_file(name, camera, all);
        }
        free(name);
        free(entry[i]);
    }
    free(entry);
    return code;
}

bool inspect_has_events(const char *directory, bool within)
{
    struct dirent **entry;
    int count = scandir(directory, &entry, visible, by_name);
    bool found = false;
    for (int i = 0; i < count; i++) {
        char *name = cli_path(directory, entry[i]->d_name);
        if (!found && cli_is_directory(name))
            found = !within && inspect_has_events(name, true);
        else
            found = found || fsnn_events_known(name);
        free(name);
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
    return found;
}

int inspect_events_folder(const char *directory, fsnn_camera camera)
{
    tally all = {0};
    cli_out("%s: recordings of events\n\n%-22s %10s %14s %9s\n", directory, "folder", "recordings",
            "events", "mean s");
    int code = read_folder(directory, camera, false, &all);
    if (code != CLI_GOOD)
        return code;
    char least[CLI_NUMBER], most[CLI_NUMBER], mean[CLI_NUMBER];
    print_row("all", &all);
    cli_out("\n%s, %d columns, %d rows; %s to %s events a recording, %s in the mean\n", all.format,
            all.width, all.height, cli_count(least, all.least), cli_count(most, all.most),
            cli_count(mean, all.events / (all.files ? all.files : 1)));
    for (int i = 0; i < FSNN_LEFT_OUT && all.left_out[i].what; i++)
        cli_out("left out: %s %s\n", cli_count(mean, all.left_out[i].count), all.left_out[i].what);
    return CLI_GOOD;
}

/* Passes *left recordings of a folder, then of the folders in it; the next one's path. */
static char *find_nth(const char *directory, bool within, int64_t *left)
{
    struct dirent **entry;
    int count = scandir(directory, &entry, visible, by_name);
    char *found = NULL;
    for (int step = 0; step < 2 * count && !found; step++) {
        char *name = cli_path(directory, entry[step % count]->d_name);
        bool folder = cli_is_directory(name);
        if (folder && !within && step >= count)
            found = find_nth(name, true, left);
        else if (!folder && step < count && fsnn_events_known(name) && (*left)-- == 0)
            found = cli_format("%s", name);
        free(name);
    }
    for (int i = 0; i < count; i++)
        free(entry[i]);
    if (count >= 0)
        free(entry);
    return found;
}

int inspect_nth_events(const char *directory, int64_t n, char **path)
{
    int64_t left = n;
    *path = find_nth(directory, false, &left);
    return *path ? CLI_GOOD
                 : cli_error(CLI_USAGE, "--sample %lld: %s holds %lld recordings, counted from 0",
                             (long long)n, directory, (long long)(n - left));
}
