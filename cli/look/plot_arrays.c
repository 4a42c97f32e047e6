/* cli/look/plot_arrays.c: see plot_arrays.h. */
#include "cli/look/plot_arrays.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_PICTURES = 16, MOST_PICTURES = 64, LEAST_SIDE = 6, MOST_SIDE = 512 };

/* ---- images ---- */

typedef struct images {
    int64_t count, channels, H, W;
} images;

static int out_of_range(int64_t first, int64_t count)
{
    return cli_error(CLI_USAGE, "--sample %lld: there are %lld, counted from 0", (long long)first,
                     (long long)count);
}

/* x [shown, H, W]: the first channel of each. */
static int draw_images(const char *path, const images *all, int64_t first, int shown,
                       const float *x, const int64_t *class, const char *directory)
{
    char *label[MOST_PICTURES];
    for (int k = 0; k < shown; k++)
        label[k] =
            class ? cli_format("%lld: class %lld", (long long)(first + k), (long long)class[k])
                  : cli_format("%lld", (long long)(first + k));
    char count[CLI_NUMBER];
    char *subtitle =
        cli_format("%lld to %lld of %s pictures, %lld x %lld pixels%s", (long long)first,
                   (long long)first + shown - 1, cli_count(count, all->count), (long long)all->W,
                   (long long)all->H, all->channels > 1 ? ", the first channel" : "");
    char *file = cli_path(directory, "pictures");
    int code = cli_make_directory(directory);
    if (code == CLI_GOOD) {
        fsnn_status status = fsnn_plot_pictures(cli_base_name(path), subtitle, shown, (int)all->H,
                                                (int)all->W, x, (const char *const *)label, file);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD)
        cli_out("%s.png, .svg\n", file);
    for (int k = 0; k < shown; k++)
        free(label[k]);
    free(file);
    free(subtitle);
    return code;
}

static int how_many(int64_t first, int count, int64_t all)
{
    int64_t shown = count ? count : DEFAULT_PICTURES;
    return (int)(all - first < shown ? all - first : shown);
}

int plot_idx(const char *path, int64_t first, int count, const char *directory)
{
    fsnn_data *data;
    fsnn_data_info info;
    fsnn_status status = fsnn_data_idx(path, NULL, &data);
    if (status < 0)
        return cli_error(
            CLI_FAILED,
            "%s; plot draws IDX files of pictures, [N, H, W] (fsnn inspect shows what is in any)",
            fsnn_error_text());
    fsnn_data_info_get(data, &info);
    const images all = {info.count, info.shape.dim[0], info.shape.dim[1], info.shape.dim[2]};
    int shown = first < info.count ? how_many(first, count, info.count) : 0, code = CLI_GOOD;
    size_t size = (size_t)fsnn_shape_count(&info.shape), pixels = (size_t)(all.H * all.W);
    float *x = cli_allocate(pixels * (size_t)(shown + 1), sizeof *x),
          *one = cli_allocate(size, sizeof *one);
    for (int k = 0; k < shown && code == CLI_GOOD; k++) {
        status = fsnn_data_sample(data, first + k, one, NULL);
        memcpy(x + pixels * (size_t)k, one, pixels * sizeof *x);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD)
        code = shown ? draw_images(path, &all, first, shown, x, NULL, directory)
                     : out_of_range(first, info.count);
    free(x);
    free(one);
    fsnn_data_destroy(data);
    return code;
}

/* [N, H, W] or [N, C, H, W], pictures that can be seen. */
static bool is_images(const fsnn_array *array, images *all)
{
    const fsnn_shape *s = &array->shape;
    if (s->rank != 3 && s->rank != 4)
        return false;
    *all =
        (images){s->dim[0], s->rank == 4 ? s->dim[1] : 1, s->dim[s->rank - 2], s->dim[s->rank - 1]};
    return all->count > 0 && all->channels > 0 && all->channels <= 4 && all->H >= LEAST_SIDE &&
           all->W >= LEAST_SIDE && all->H <= MOST_SIDE && all->W <= MOST_SIDE;
}

static int plot_images(const char *path, const fsnn_array *array, const fsnn_array *y,
                       const images *all, int64_t first, int count, const char *directory)
{
    if (first >= all->count)
        return out_of_range(first, all->count);
    int shown = how_many(first, count, all->count);
    size_t pixels = (size_t)(all->H * all->W), size = pixels * (size_t)all->channels;
    float *x = cli_allocate(size * (size_t)all->count, sizeof *x);
    bool classes = y && y->shape.rank == 1 && y->shape.dim[0] == all->count;
    double *class = cli_allocate((size_t)all->count, sizeof *class);
    int64_t whole[MOST_PICTURES];
    fsnn_array_to_f32(array, x);
    if (classes)
        fsnn_array_to_f64(y, class);
    for (int k = 0; k < shown; k++) {
        memmove(x + pixels * (size_t)k, x + size * (size_t)(first + k), pixels * sizeof *x);
        whole[k] = (int64_t) class[first + k];
    }
    int code = draw_images(path, all, first, shown, x, classes ? whole : NULL, directory);
    free(class);
    free(x);
    return code;
}

/* ---- distributions ---- */

enum {
    BINS = 60,
    SHORT = 64,
    PANELS = 18,
    ROWS = 40,
    COLUMNS = 3,
    LONG_HEADING = 30,
    LONG_ROW = 15
};

/* One panel: a histogram of an array, or all short arrays as points in rows. */
typedef struct panel {
    fsnn_curve curve;
    double *x, *y; /* [curve.count] */
    char *heading;
} panel;

static double *values_of(const fsnn_array *array, int64_t *count)
{
    int64_t n = fsnn_shape_count(&array->shape), kept = 0;
    double *v = cli_allocate((size_t)n + 1, sizeof *v);
    fsnn_array_to_f64(array, v);
    for (int64_t i = 0; i < n; i++)
        if (isfinite(v[i]))
            v[kept++] = v[i];
    *count = kept;
    return v;
}

static void histogram(const fsnn_array *array, panel *p)
{
    int64_t n;
    double *v = values_of(array, &n);
    char shape[96];
    p->x = cli_allocate(BINS + 2, sizeof *p->x);
    p->y = cli_allocate(BINS + 2, sizeof *p->y);
    p->curve = cli_histogram(v, n, BINS, 1, p->x, p->y);
    free(v);
    p->heading =
        cli_format("%s %s", array->name, fsnn_shape_text(&array->shape, shape, sizeof shape));
}

static bool is_short(const fsnn_array *array)
{
    return fsnn_shape_count(&array->shape) < SHORT;
}

/* Values of all short arrays, a row each. */
static void points(const fsnn_arrays *arrays, panel *p, const char **row, int *rows)
{
    p->x = cli_allocate(ROWS * SHORT, sizeof *p->x);
    p->y = cli_allocate(ROWS * SHORT, sizeof *p->y);
    int64_t count = 0;
    int all = 0;
    *rows = 0;
    for (int i = 0; i < arrays->count; i++) {
        if (!is_short(&arrays->item[i]) || !fsnn_shape_count(&arrays->item[i].shape))
            continue;
        if (all++ >= ROWS)
            continue;
        int64_t n;
        double *v = values_of(&arrays->item[i], &n);
        for (int64_t k = 0; k < n; k++, count++) {
            p->x[count] = v[k];
            p->y[count] = *rows;
        }
        free(v);
        row[(*rows)++] = arrays->item[i].name;
    }
    p->heading = all > ROWS ? cli_format("values of the first %d of %d short arrays", ROWS, all)
                            : cli_format("values of short arrays");
    p->curve =
        (fsnn_curve){.mark = FSNN_MARK_POINTS, .colour = 2, .count = count, .x = p->x, .y = p->y};
}

static int draw_panels(const char *path, panel *p, fsnn_chart *chart, int panels,
                       const char *subtitle, const char *directory)
{
    char *file = cli_path(directory, "distributions");
    int code = cli_make_directory(directory), columns = panels < COLUMNS ? panels : COLUMNS;
    for (int i = 0; i < panels; i++) {
        bool wide = strlen(p[i].heading) > LONG_HEADING;
        for (int r = 0; r < chart[i].rows; r++)
            wide = wide || strlen(chart[i].row[r]) > LONG_ROW;
        if (wide && columns > 1)
            columns = 2;
    }
    if (code == CLI_GOOD) {
        fsnn_status status =
            fsnn_plot_charts(cli_base_name(path), subtitle, columns, panels, chart, file);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD)
        cli_out("%s.png, .svg\n", file);
    for (int i = 0; i < panels; i++) {
        free(p[i].x);
        free(p[i].y);
        free(p[i].heading);
    }
    free(file);
    return code;
}

static int plot_distributions(const char *path, const fsnn_arrays *arrays, const char *directory)
{
    panel p[PANELS + 1];
    fsnn_chart chart[PANELS + 1];
    const char *row[ROWS];
    int panels = 0, rows = 0, large = 0;
    int64_t values = 0;
    for (int i = 0; i < arrays->count; i++) {
        values += fsnn_shape_count(&arrays->item[i].shape);
        large += !is_short(&arrays->item[i]);
        if (!is_short(&arrays->item[i]) && panels < PANELS)
            histogram(&arrays->item[i], &p[panels++]);
    }
    for (int i = 0; i < panels; i++)
        chart[i] = (fsnn_chart){.heading = p[i].heading,
                                .x_label = "value",
                                .y_label = "number",
                                .empty = "no finite value",
                                .height = 170,
                                .curves = 1,
                                .curve = &p[i].curve};
    points(arrays, &p[panels], row, &rows);
    if (rows) {
        chart[panels] = (fsnn_chart){.heading = p[panels].heading,
                                     .x_label = "value",
                                     .rows = rows,
                                     .row = row,
                                     .height = 60 + 22 * rows,
                                     .curves = 1,
                                     .curve = &p[panels].curve};
        panels++;
    } else {
        free(p[panels].x), free(p[panels].y), free(p[panels].heading);
    }
    if (!panels)
        return cli_error(CLI_FAILED, "%s: there are no values in it to draw", path);
    char count[CLI_NUMBER];
    char *more = large > PANELS ? cli_format("; the first %d of %d large ones", PANELS, large)
                                : cli_format("%s", "");
    char *subtitle = cli_format("%d array%s, %s values%s", arrays->count,
                                arrays->count == 1 ? "" : "s", cli_count(count, values), more);
    int code = draw_panels(path, p, chart, panels, subtitle, directory);
    free(subtitle);
    free(more);
    return code;
}

int plot_arrays(const char *path, const fsnn_arrays *arrays, int64_t first, int count,
                const char *directory)
{
    images all;
    const fsnn_array *x = arrays->count == 1 ? &arrays->item[0] : fsnn_arrays_find(arrays, "x");
    if (x && is_images(x, &all))
        return plot_images(path, x, fsnn_arrays_find(arrays, "y"), &all, first, count, directory);
    return plot_distributions(path, arrays, directory);
}

int plot_weights(const char *path, const char *directory)
{
    fsnn_arrays arrays = {0};
    fsnn_status status = fsnn_torch_known(path) ? fsnn_torch_read(path, &arrays)
                                                : fsnn_safetensors_read(path, &arrays);
    int code = status < 0 ? cli_fail(status) : plot_distributions(path, &arrays, directory);
    fsnn_arrays_free(&arrays);
    return code;
}
