/* The figures of the epochs: one table of columns serves the checkpoint, the CSV and the JSON
 * lines. */
#include "train/history.h"

#include "train/arrays.h"

#include <math.h>
#include <string.h>

enum kind { REAL, INTEGER, FLAG };

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
    COLUMN(test_loss, REAL),
    COLUMN(test_accuracy, REAL),
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

/* Figures of each layer. Those of evaluations stand in an array of their own: states written before
 * there were any have none. */
typedef struct layer_column {
    const char *csv, *json;
    size_t offset; /* double [FSNN_MAX_NEURON_NODES] */
} layer_column;

static const layer_column layer_columns[] = {
    {"rate.", "layer_rate", offsetof(fsnn_metrics, layer_rate)},
    {"dead.", "layer_dead", offsetof(fsnn_metrics, layer_dead)},
    {"saturated.", "layer_saturated", offsetof(fsnn_metrics, layer_saturated)},
};
enum { EVALUATED = 2 }; /* the last ones */

static double *layer_figures(const fsnn_metrics *m, const layer_column *c)
{
    return (double *)((char *)m + c->offset);
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

fsnn_status history_add(history *h, const fsnn_metrics *metrics)
{
    FSNN_TRY(fsnn_grow(&h->row, h->rows, &h->capacity, h->rows + 1, sizeof *h->row));
    h->row[h->rows++] = *metrics;
    return FSNN_OK;
}

void history_free(history *h)
{
    fsnn_free(h->row);
    *h = (history){0};
}

/* ---- in a checkpoint ---- */

static fsnn_shape shape_of(int64_t rows, const layers *l)
{
    return (fsnn_shape){.rank = 2, .dim = {rows, FSNN_COUNT(columns) + l->count}};
}

static fsnn_shape evaluated_shape(int64_t rows, const layers *l)
{
    return (fsnn_shape){.rank = 3, .dim = {rows, EVALUATED, l->count}};
}

static fsnn_status save_evaluated(const history *h, const layers *l, fsnn_arrays *out)
{
    fsnn_shape shape = evaluated_shape(h->rows, l);
    if (!l->count)
        return FSNN_OK;
    fsnn_array *array = fsnn_arrays_add(out, "train.history.neurons", FSNN_F64, &shape);
    if (!array)
        return FSNN_EMEMORY;
    double *x = array->data;
    for (int64_t i = 0; i < h->rows; i++)
        for (int f = 0; f < EVALUATED; f++, x += l->count)
            memcpy(x, layer_figures(&h->row[i], &layer_columns[1 + f]),
                   (size_t)l->count * sizeof *x);
    return FSNN_OK;
}

static fsnn_status load_evaluated(history *h, const layers *l, int64_t first, const fsnn_arrays *in)
{
    fsnn_shape shape = evaluated_shape(h->rows - first, l);
    const fsnn_array *array = NULL;
    if (fsnn_arrays_find(in, "train.history.neurons"))
        FSNN_TRY(arrays_get(in, "train.history.neurons", FSNN_F64, &shape, &array));
    const double *x = array ? array->data : NULL;
    for (int64_t i = first; i < h->rows; i++)
        for (int f = 0; f < EVALUATED; f++) {
            double *figures = layer_figures(&h->row[i], &layer_columns[1 + f]);
            for (int c = 0; c < l->count; c++)
                figures[c] = x ? *x++ : NAN;
        }
    return FSNN_OK;
}

fsnn_status history_save(const history *h, const layers *l, fsnn_arrays *out)
{
    fsnn_shape shape = shape_of(h->rows, l);
    if (!h->rows)
        return FSNN_OK;
    fsnn_array *array = fsnn_arrays_add(out, "train.history", FSNN_F64, &shape);
    if (!array)
        return FSNN_EMEMORY;
    double *x = array->data;
    for (int64_t i = 0; i < h->rows; i++) {
        for (int c = 0; c < FSNN_COUNT(columns); c++)
            *x++ = get(&h->row[i], &columns[c]);
        for (int c = 0; c < l->count; c++)
            *x++ = h->row[i].layer_rate[c];
    }
    return save_evaluated(h, l, out);
}

fsnn_status history_load(history *h, const layers *l, int64_t rows, const fsnn_arrays *in)
{
    fsnn_shape shape = shape_of(rows, l);
    const fsnn_array *array;
    if (!rows)
        return FSNN_OK;
    FSNN_TRY(arrays_get(in, "train.history", FSNN_F64, &shape, &array));
    const double *x = array->data;
    for (int64_t i = 0; i < rows; i++) {
        fsnn_metrics m = {.layers = l->count};
        for (int c = 0; c < FSNN_COUNT(columns); c++)
            set(&m, &columns[c], *x++);
        for (int c = 0; c < l->count; c++)
            m.layer_rate[c] = *x++;
        FSNN_TRY(history_add(h, &m));
    }
    return load_evaluated(h, l, h->rows - rows, in);
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

static void csv_header(FILE *out, const layers *l)
{
    for (int c = 0; c < FSNN_COUNT(columns); c++)
        fprintf(out, "%s%s", c ? "," : "", columns[c].name);
    for (int f = 0; f < FSNN_COUNT(layer_columns); f++)
        for (int c = 0; c < l->count; c++) {
            fprintf(out, ",");
            if (strpbrk(l->name[c], "\"\r\n"))
                quoted(out, layer_columns[f].csv, l->name[c], "\"");
            else
                fprintf(out, "%s%s", layer_columns[f].csv, l->name[c]);
        }
    fprintf(out, "\n");
}

static void csv_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, "%.9g", x);
    else
        fprintf(out, "nan");
}

static void csv_row(FILE *out, const fsnn_metrics *m, const layers *l)
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
    fprintf(out, "\n");
}

static void json_value(FILE *out, const fsnn_metrics *m, const column *c)
{
    double x = get(m, c);
    if (c->kind == FLAG)
        fprintf(out, "%s", x != 0 ? "true" : "false");
    else if (isfinite(x))
        fprintf(out, "%.9g", x);
    else
        fprintf(out, "null");
}

static void json_layers(FILE *out, const layer_column *column, const fsnn_metrics *m,
                        const layers *l)
{
    fprintf(out, ", \"%s\": {", column->json);
    for (int c = 0; c < l->count; c++) {
        double x = layer_figures(m, column)[c];
        fprintf(out, "%s", c ? ", " : "");
        quoted(out, "", l->name[c], "\\");
        if (isfinite(x))
            fprintf(out, ": %.9g", x);
        else
            fprintf(out, ": null");
    }
    fprintf(out, "}");
}

static void json_row(FILE *out, const fsnn_metrics *m, const layers *l)
{
    fprintf(out, "{");
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        fprintf(out, "%s\"%s\": ", c ? ", " : "", columns[c].name);
        json_value(out, m, &columns[c]);
    }
    for (int f = 0; f < FSNN_COUNT(layer_columns); f++)
        json_layers(out, &layer_columns[f], m, l);
    fprintf(out, "}\n");
}

fsnn_status history_write_csv(const history *h, const layers *l, const char *path)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    csv_header(file.stream, l);
    for (int64_t i = 0; i < h->rows; i++)
        csv_row(file.stream, &h->row[i], l);
    return fsnn_file_commit(&file);
}

fsnn_status history_write_jsonl(const history *h, const layers *l, const char *path)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    for (int64_t i = 0; i < h->rows; i++)
        json_row(file.stream, &h->row[i], l);
    return fsnn_file_commit(&file);
}
