/* The figures of the epochs: one table of columns serves the checkpoint, the CSV and the JSON
 * lines. */
#include "train/history.h"

#include "train/arrays.h"

#include <math.h>
#include <string.h>

enum kind { REAL, INTEGER, FLAG, WATCHED /* REAL, of the data that are watched */ };

typedef struct column {
    const char *name;
    enum kind kind;
    size_t offset;
} column;

#define COLUMN(field, kind)                                                                        \
    {                                                                                              \
#field, kind, offsetof(fsnn_metrics, field)                                                \
    }

static const column columns[] = {
    COLUMN(epoch, INTEGER),
    COLUMN(loss, REAL),
    COLUMN(accuracy, REAL),
    {"loss", WATCHED, offsetof(fsnn_metrics, test_loss)},
    {"accuracy", WATCHED, offsetof(fsnn_metrics, test_accuracy)},
    COLUMN(lr, REAL),
    COLUMN(gradient_norm, REAL),
    COLUMN(rate, REAL),
    COLUMN(samples, INTEGER),
    COLUMN(seconds, REAL),
    COLUMN(samples_per_second, REAL),
    COLUMN(best, FLAG),
    COLUMN(multiply_adds, REAL),
    COLUMN(additions, REAL),
    COLUMN(memory, REAL),
};

/* The name of a column, "validation_loss", "loss", with this in front. */
static void name(FILE *out, const char *before, const history *h, const column *c)
{
    bool watched = c->kind == WATCHED;
    fprintf(out, "%s%s%s%s", before, watched ? h->watched : "", watched ? "_" : "", c->name);
}

/* Figures of each layer. */
typedef struct layer_column {
    const char *csv, *json;
    size_t offset; /* of the pointer to [layers] */
} layer_column;

static const layer_column layer_columns[] = {
    {"rate.", "layer_rate", offsetof(fsnn_metrics, layer_rate)},
    {"dead.", "layer_dead", offsetof(fsnn_metrics, layer_dead)},
    {"saturated.", "layer_saturated", offsetof(fsnn_metrics, layer_saturated)},
};

/* What evaluations say besides loss and accuracy. */
static const fsnn_metric judged[] = {FSNN_METRIC_TOP_K, FSNN_METRIC_BALANCED_ACCURACY,
                                     FSNN_METRIC_F1,    FSNN_METRIC_MSE,
                                     FSNN_METRIC_MAE,   FSNN_METRIC_R2};

static bool logs(const history *h, fsnn_metric metric)
{
    return h->logged & HISTORY_LOGS(metric);
}

static double *layer_figures(const fsnn_metrics *m, const layer_column *c)
{
    return *(double *const *)((const char *)m + c->offset);
}

static double get(const fsnn_metrics *m, const column *c)
{
    const char *at = (const char *)m + c->offset;
    if (c->kind == INTEGER)
        return (double)*(const int64_t *)at;
    return c->kind == FLAG ? *(const bool *)at : *(const double *)at;
}

static void set(fsnn_metrics *m, const column *c, double value)
{
    char *at = (char *)m + c->offset;
    if (c->kind == INTEGER)
        *(int64_t *)at = (int64_t)value;
    else if (c->kind == FLAG)
        *(bool *)at = value != 0;
    else
        *(double *)at = value;
}

/* A row with its arrays, still without figures. */
static fsnn_status new_row(history *h, const layers *l, const train_figures *f, fsnn_metrics **row)
{
    FSNN_TRY(fsnn_grow(&h->row, h->rows, &h->capacity, h->rows + 1, sizeof *h->row));
    *row = &h->row[h->rows];
    FSNN_TRY(metrics_create(*row, l, f));
    h->rows++;
    return FSNN_OK;
}

fsnn_status history_add(history *h, const layers *l, const train_figures *f,
                        const fsnn_metrics *metrics)
{
    fsnn_metrics *row;
    FSNN_TRY(new_row(h, l, f, &row));
    metrics_copy(row, metrics);
    return FSNN_OK;
}

void history_free(history *h)
{
    for (int64_t i = 0; i < h->rows; i++)
        metrics_release(&h->row[i]);
    fsnn_free(h->row);
    *h = (history){0};
}

/* ---- in a checkpoint ---- */

static const char in_rows[] = "train.history", in_layers[] = "train.history.layers",
                  in_metrics[] = "train.history.metrics", in_figures[] = "train.history.figures";

static fsnn_shape shape_of(int64_t rows)
{
    return FSNN_SHAPE(rows, FSNN_COUNT(columns));
}

static fsnn_shape layers_shape(int64_t rows, const layers *l)
{
    return FSNN_SHAPE(rows, FSNN_COUNT(layer_columns), l->count);
}

static fsnn_status save_layers(const history *h, const layers *l, fsnn_arrays *out)
{
    fsnn_shape shape = layers_shape(h->rows, l);
    if (!l->count)
        return FSNN_OK;
    fsnn_array *array = fsnn_arrays_add(out, in_layers, FSNN_F64, &shape);
    if (!array)
        return FSNN_EMEMORY;
    double *x = array->data;
    for (int64_t i = 0; i < h->rows; i++)
        for (int f = 0; f < FSNN_COUNT(layer_columns); f++, x += l->count)
            memcpy(x, layer_figures(&h->row[i], &layer_columns[f]), (size_t)l->count * sizeof *x);
    return FSNN_OK;
}

/* Of each row, a column a metric. */
static fsnn_status save_metrics(const history *h, fsnn_arrays *out)
{
    fsnn_shape shape = FSNN_SHAPE(h->rows, FSNN_METRICS);
    fsnn_array *array = fsnn_arrays_add(out, in_metrics, FSNN_F64, &shape);
    double *x = array ? array->data : NULL;
    for (int64_t i = 0; array && i < h->rows; i++)
        memcpy(x + i * FSNN_METRICS, h->row[i].test_metric, sizeof h->row[i].test_metric);
    return array ? FSNN_OK : FSNN_EMEMORY;
}

/* States of earlier versions, or of other terms, have none. */
static void load_figures(history *h, const train_figures *f, int64_t first, const fsnn_arrays *in)
{
    const fsnn_array *array = fsnn_arrays_find(in, in_figures);
    bool fits = array && array->dtype == FSNN_F64 && array->shape.rank == 2 &&
                array->shape.dim[0] == h->rows - first && array->shape.dim[1] == f->count;
    const double *x = fits ? array->data : NULL;
    for (int64_t i = first; i < h->rows; i++)
        for (int k = 0; k < f->count; k++)
            h->row[i].figure[k] = x ? *x++ : NAN;
}

/* States of earlier versions have none, or not all. */
static fsnn_status load_metrics(history *h, int64_t first, const fsnn_arrays *in)
{
    const fsnn_array *array = fsnn_arrays_find(in, in_metrics);
    int64_t width = array && array->shape.rank == 2 ? array->shape.dim[1] : 0;
    fsnn_shape shape = FSNN_SHAPE(h->rows - first, width);
    if (array && (width < 1 || width > FSNN_METRICS))
        return fsnn_fail(FSNN_ESHAPE, "the array \"%s\" has %lld columns, but 1 to %d are known",
                         in_metrics, (long long)width, FSNN_METRICS);
    if (array)
        FSNN_TRY(arrays_get(in, in_metrics, FSNN_F64, &shape, &array));
    for (int64_t i = first; i < h->rows; i++)
        for (int64_t m = 0; m < FSNN_METRICS; m++)
            h->row[i].test_metric[m] =
                m < width ? ((const double *)array->data)[(i - first) * width + m] : NAN;
    return FSNN_OK;
}

static fsnn_status save_figures(const history *h, fsnn_arrays *out)
{
    int64_t count = h->row[0].figures;
    fsnn_shape shape = FSNN_SHAPE(h->rows, count);
    fsnn_array *array = count ? fsnn_arrays_add(out, in_figures, FSNN_F64, &shape) : NULL;
    double *x = array ? array->data : NULL;
    for (int64_t i = 0; x && i < h->rows; i++)
        memcpy(x + i * count, h->row[i].figure, (size_t)count * sizeof *x);
    return array || !count ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status history_save(const history *h, const layers *l, fsnn_arrays *out)
{
    fsnn_shape shape = shape_of(h->rows);
    if (!h->rows)
        return FSNN_OK;
    fsnn_array *array = fsnn_arrays_add(out, in_rows, FSNN_F64, &shape);
    if (!array)
        return FSNN_EMEMORY;
    double *x = array->data;
    for (int64_t i = 0; i < h->rows; i++)
        for (int c = 0; c < FSNN_COUNT(columns); c++)
            *x++ = get(&h->row[i], &columns[c]);
    FSNN_TRY(save_metrics(h, out));
    FSNN_TRY(save_figures(h, out));
    return save_layers(h, l, out);
}

/* Counts are whole numbers that a double can hold; all others may be anything. */
static bool can_be(const column *c, double value)
{
    return c->kind != INTEGER || (value >= 0 && value <= 0x1p53 && floor(value) == value);
}

/* One row of columns from `x`. */
static fsnn_status load_row(history *h, const layers *l, const train_figures *f, const double *x)
{
    fsnn_metrics *row;
    FSNN_TRY(new_row(h, l, f, &row));
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        if (!can_be(&columns[c], x[c]))
            return fsnn_fail(FSNN_EFORMAT, "row %lld of its %s has %g as %s",
                             (long long)h->rows - 1, in_rows, x[c], columns[c].name);
        set(row, &columns[c], x[c]);
    }
    return FSNN_OK;
}

static fsnn_status load_layers(history *h, const layers *l, int64_t first, const fsnn_arrays *in)
{
    fsnn_shape shape = layers_shape(h->rows - first, l);
    const fsnn_array *array;
    if (!l->count)
        return FSNN_OK;
    FSNN_TRY(arrays_get(in, in_layers, FSNN_F64, &shape, &array));
    const double *x = array->data;
    for (int64_t i = first; i < h->rows; i++)
        for (int f = 0; f < FSNN_COUNT(layer_columns); f++, x += l->count)
            memcpy(layer_figures(&h->row[i], &layer_columns[f]), x, (size_t)l->count * sizeof *x);
    return FSNN_OK;
}

/* States of earlier versions kept at most 64 layers, readouts among them: their rates behind the
 * columns, and what evaluations say in an array of its own, where the state has it. */
static fsnn_status load_old(history *h, const fsnn_net *net, const layers *l,
                            const train_figures *f, int64_t rows, const fsnn_arrays *in)
{
    const fsnn_array *array, *evaluated = NULL;
    int64_t kept = layers_kept(net), width = FSNN_COUNT(columns) + kept, first = h->rows;
    fsnn_shape shape = FSNN_SHAPE(rows, width), figures = FSNN_SHAPE(rows, 2, kept);
    FSNN_TRY(arrays_get(in, in_rows, FSNN_F64, &shape, &array));
    if (fsnn_arrays_find(in, "train.history.neurons"))
        FSNN_TRY(arrays_get(in, "train.history.neurons", FSNN_F64, &figures, &evaluated));
    const double *x = array->data, *e = evaluated ? evaluated->data : NULL;
    for (int64_t i = 0; i < rows; i++) {
        FSNN_TRY(load_row(h, l, f, x + i * width));
        const fsnn_metrics *m = &h->row[first + i];
        for (int c = 0; c < l->count; c++) {
            int64_t at = layers_place(net, l, c); /* beyond the last that was kept: unknown */
            m->layer_rate[c] = at < kept ? x[i * width + FSNN_COUNT(columns) + at] : NAN;
            m->layer_dead[c] = e && at < kept ? e[2 * i * kept + at] : NAN;
            m->layer_saturated[c] = e && at < kept ? e[(2 * i + 1) * kept + at] : NAN;
        }
    }
    load_figures(h, f, first, in);
    return load_metrics(h, first, in);
}

fsnn_status history_load(history *h, const fsnn_net *net, const layers *l, const train_figures *f,
                         int64_t rows, const fsnn_arrays *in)
{
    fsnn_shape shape = shape_of(rows);
    const fsnn_array *array = fsnn_arrays_find(in, in_rows);
    int64_t first = h->rows;
    if (!rows)
        return FSNN_OK;
    if (array && array->shape.rank == 2 && array->shape.dim[1] > shape.dim[1])
        return load_old(h, net, l, f, rows, in);
    FSNN_TRY(arrays_get(in, in_rows, FSNN_F64, &shape, &array));
    const double *x = array->data;
    for (int64_t i = 0; i < rows; i++)
        FSNN_TRY(load_row(h, l, f, x + i * FSNN_COUNT(columns)));
    FSNN_TRY(load_metrics(h, first, in));
    load_figures(h, f, first, in);
    return load_layers(h, l, first, in);
}

/* ---- in logs ---- */

/* Names of nodes may hold what a quoted string must escape. */
static void quoted(FILE *out, const char *before, const char *name, const char *escape)
{
    fprintf(out, "\"%s", before);
    for (; *name; name++) {
        if ((unsigned char)*name < ' ')
            fprintf(out, "\\u%04x", (unsigned)*name);
        else
            fprintf(out, "%s%c",
                    *name == '"'                       ? escape
                    : *name == '\\' && *escape == '\\' ? "\\"
                                                       : "",
                    *name);
    }
    fprintf(out, "\"");
}

static void csv_name(FILE *out, const char *before, const char *name)
{
    fprintf(out, ",");
    if (strpbrk(name, "\",\r\n"))
        quoted(out, before, name, "\"");
    else
        fprintf(out, "%s%s", before, name);
}

static void csv_header(FILE *out, const history *h, const layers *l)
{
    for (int c = 0; c < FSNN_COUNT(columns); c++)
        name(out, c ? "," : "", h, &columns[c]);
    for (int f = 0; f < FSNN_COUNT(layer_columns); f++)
        for (int c = 0; c < l->count; c++)
            csv_name(out, layer_columns[f].csv, l->name[c]);
    for (int i = 0; i < FSNN_COUNT(judged); i++)
        if (logs(h, judged[i]))
            fprintf(out, ",%s_%s", h->watched, fsnn_metric_name(judged[i]));
    for (int i = 0; h->rows && i < h->row[0].figures; i++)
        csv_name(out, "", h->row[0].figure_name[i]);
    fprintf(out, "\n");
}

static void csv_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, "%.9g", x);
    else
        fprintf(out, "nan");
}

static void csv_row(FILE *out, const history *h, const fsnn_metrics *m, const layers *l)
{
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        fprintf(out, "%s", c ? "," : "");
        csv_number(out, get(m, &columns[c]));
    }
    for (int f = 0; f < FSNN_COUNT(layer_columns); f++)
        for (int c = 0; c < l->count; c++) {
            fprintf(out, ",");
            csv_number(out, layer_figures(m, &layer_columns[f])[c]);
        }
    for (int i = 0; i < FSNN_COUNT(judged); i++)
        if (logs(h, judged[i])) {
            fprintf(out, ",");
            csv_number(out, m->test_metric[judged[i]]);
        }
    for (int i = 0; i < m->figures; i++) {
        fprintf(out, ",");
        csv_number(out, m->figure[i]);
    }
    fprintf(out, "\n");
}

static void json_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, "%.9g", x);
    else
        fprintf(out, "null");
}

static void json_value(FILE *out, const fsnn_metrics *m, const column *c)
{
    double x = get(m, c);
    if (c->kind == FLAG)
        fprintf(out, "%s", x != 0 ? "true" : "false");
    else
        json_number(out, x);
}

static void json_layers(FILE *out, const layer_column *column, const fsnn_metrics *m,
                        const layers *l)
{
    fprintf(out, ", \"%s\": {", column->json);
    for (int c = 0; c < l->count; c++) {
        fprintf(out, "%s", c ? ", " : "");
        quoted(out, "", l->name[c], "\\");
        fprintf(out, ": ");
        json_number(out, layer_figures(m, column)[c]);
    }
    fprintf(out, "}");
}

static void json_figures(FILE *out, const fsnn_metrics *m)
{
    fprintf(out, ", \"figures\": {");
    for (int i = 0; i < m->figures; i++) {
        fprintf(out, "%s", i ? ", " : "");
        quoted(out, "", m->figure_name[i], "\\");
        fprintf(out, ": ");
        json_number(out, m->figure[i]);
    }
    fprintf(out, "}");
}

static void json_row(FILE *out, const history *h, const fsnn_metrics *m, const layers *l)
{
    fprintf(out, "{");
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        name(out, c ? ", \"" : "\"", h, &columns[c]);
        fputs("\": ", out);
        json_value(out, m, &columns[c]);
    }
    for (int f = 0; f < FSNN_COUNT(layer_columns); f++)
        json_layers(out, &layer_columns[f], m, l);
    for (int i = 0; i < FSNN_COUNT(judged); i++)
        if (logs(h, judged[i])) {
            fprintf(out, ", \"%s_%s\": ", h->watched, fsnn_metric_name(judged[i]));
            json_number(out, m->test_metric[judged[i]]);
        }
    json_figures(out, m);
    fprintf(out, "}\n");
}

fsnn_status history_write_csv(const history *h, const layers *l, const char *path)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    csv_header(file.stream, h, l);
    for (int64_t i = 0; i < h->rows; i++)
        csv_row(file.stream, h, &h->row[i], l);
    return fsnn_file_commit(&file);
}

fsnn_status history_write_jsonl(const history *h, const layers *l, const char *path)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    for (int64_t i = 0; i < h->rows; i++)
        json_row(file.stream, h, &h->row[i], l);
    return fsnn_file_commit(&file);
}
