/* data/series/shd.c: spike trains in HDF5 as in the Heidelberg Digits and Spiking Speech Commands
 * (B. Cramer et al. 2020): `spikes/times` and `spikes/units`, each a list of lists, and `labels`.
 * A child process reads them (shd_read.c); what comes of it is checked here: sizes, ranges. Times
 * become steps when the file is read; a sample is laid out when it is asked for. */
#include "data/series/shd.h"

#include "base/error_key.h"
#include "data/class_names.h"
#include "data/store.h"
#include "format/plain_file.h"

#include <math.h>
#include <string.h>

typedef struct spike {
    uint32_t step;
    uint32_t channel;
} spike;

typedef struct trains {
    int64_t steps, channels;
    bool count;
    int64_t rows, capacity; /* samples; capacity of `all` */
    int64_t *end;           /* [rows] spikes up to the end of each sample */
    spike *all;
} trains;

typedef struct file {
    const char *path;
    plain_file there; /* what the child opens */
    const fsnn_shd_options *o;
    int64_t rows;
    trains *t;
    int32_t *label;  /* [rows] */
    double last;     /* time of the last spike */
    int64_t highest; /* unit; -1: no spike */
    name_list names; /* of classes, in the order of the file */
    bool names_only;
    double *time;  /* [longest] of the sample at hand */
    int64_t *unit; /* likewise */
    int64_t longest;
} file;

enum {
    MEMORY = 1 << 30, /* for the child: it holds 64 samples at a time */
    ROWS_A_BYTE = 16, /* samples in a file: empty ones take 32 bytes, packed less */
};

struct shd_patience shd_patience = {.busy = 10, .silence = 120};

/* ---- what the child gives ---- */

/* Spikes of sample `row`, `count` in time and unit; those after the end of the last step are left
 * out. */
static fsnn_status keep(file *f, int64_t row, int64_t count)
{
    trains *t = f->t;
    const fsnn_shd_options *o = f->o;
    int64_t used = row ? t->end[row - 1] : 0;
    const double *time = f->time;
    const int64_t *unit = f->unit;
    FSNN_TRY(fsnn_grow(&t->all, used, &t->capacity, used + count, sizeof *t->all));
    for (int64_t i = 0; i < count; i++) {
        if (!(time[i] >= 0 && isfinite(time[i])))
            return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld, spike %lld: its time is %g s", f->path,
                             (long long)row, (long long)i, time[i]);
        if (unit[i] < 0 || unit[i] >= o->units)
            return fsnn_fail(
                FSNN_EFORMAT, "%s: sample %lld, spike %lld: unit %lld; units are 0 to %lld",
                f->path, (long long)row, (long long)i, (long long)unit[i], (long long)o->units - 1);
        f->last = fmax(f->last, time[i]);
        f->highest = unit[i] > f->highest ? unit[i] : f->highest;
        double step = floor(time[i] / o->duration * (double)o->steps);
        if (step < (double)o->steps)
            t->all[used++] = (spike){(uint32_t)step, (uint32_t)(unit[i] * o->channels / o->units)};
    }
    t->end[row] = used;
    return FSNN_OK;
}

static fsnn_status make_longer(file *f, int64_t count)
{
    if (count <= f->longest)
        return FSNN_OK;
    fsnn_free(f->time);
    fsnn_free(f->unit);
    f->longest = 0;
    f->time = fsnn_alloc((size_t)count * sizeof *f->time);
    f->unit = fsnn_alloc((size_t)count * sizeof *f->unit);
    if (!f->time || !f->unit)
        return FSNN_EMEMORY;
    f->longest = count;
    return FSNN_OK;
}

static fsnn_status receive_row(guard *g, file *f, int64_t row)
{
    int64_t count[2];
    FSNN_TRY(guard_get(g, count, sizeof count));
    if (count[0] != count[1])
        return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld has %lld times, but %lld units", f->path,
                         (long long)row, (long long)count[0], (long long)count[1]);
    /* more than the child can have read */
    if (count[0] < 0 || count[0] > MEMORY / (int64_t)sizeof(double))
        return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld has %lld spikes, which cannot be", f->path,
                         (long long)row, (long long)count[0]);
    FSNN_TRY(make_longer(f, count[0]));
    FSNN_TRY(guard_get(g, f->time, (size_t)count[0] * sizeof *f->time));
    FSNN_TRY(guard_get(g, f->unit, (size_t)count[0] * sizeof *f->unit));
    return keep(f, row, count[0]);
}

static fsnn_status receive_label(guard *g, file *f, int64_t row)
{
    int64_t label;
    FSNN_TRY(guard_get(g, &label, sizeof label));
    if (label < 0 || label >= INT32_MAX)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: sample %lld has the class %lld; classes are whole numbers from 0",
                         f->path, (long long)row, (long long)label);
    f->label[row] = (int32_t)label;
    return FSNN_OK;
}

static fsnn_status receive_rows(guard *g, file *f)
{
    FSNN_TRY(guard_get(g, &f->rows, sizeof f->rows));
    int64_t most = f->there.size;
    most = most < INT32_MAX / ROWS_A_BYTE ? most * ROWS_A_BYTE : INT32_MAX;
    if (f->rows < 1 || f->rows > most)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: promises %lld samples, more than it can hold: the file is damaged",
                         f->path, (long long)f->rows);
    f->t->rows = f->rows;
    f->t->end = fsnn_alloc((size_t)f->rows * sizeof *f->t->end);
    f->label = fsnn_alloc((size_t)f->rows * sizeof *f->label);
    return f->t->end && f->label ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status receive_names(guard *g, file *f)
{
    int64_t count, length;
    char text[SHD_NAME + 1];
    FSNN_TRY(guard_get(g, &count, sizeof count));
    if (count < 0 || count > SHD_NAMES)
        return fsnn_fail(FSNN_EFORMAT, "%s: %lld names of classes cannot be", f->path,
                         (long long)count);
    for (int64_t i = 0; i < count; i++) {
        FSNN_TRY(guard_get(g, &length, sizeof length));
        if (length < 0 || length > SHD_NAME)
            return fsnn_fail(FSNN_EFORMAT, "%s: the name of class %lld has %lld bytes", f->path,
                             (long long)i, (long long)length);
        FSNN_TRY(guard_get(g, text, (size_t)length));
        FSNN_TRY(name_list_add(&f->names, text, (size_t)length));
    }
    return FSNN_OK;
}

static fsnn_status receive(guard *g, void *user)
{
    file *f = user;
    FSNN_TRY(receive_names(g, f));
    if (f->names_only)
        return FSNN_OK;
    FSNN_TRY(receive_rows(g, f));
    for (int64_t row = 0; row < f->rows; row++)
        FSNN_TRY(receive_label(g, f, row));
    for (int64_t row = 0; row < f->rows; row++)
        FSNN_TRY(receive_row(g, f, row));
    return FSNN_OK;
}

static fsnn_status send(guard *g, void *user)
{
    const file *f = user;
    return shd_send(g, f->path, f->there.path, f->names_only);
}

static fsnn_status read_guarded(file *f)
{
    FSNN_TRY(plain_file_open(&f->there, f->path));
    fsnn_status status = guard_run(&(guard_work){.subject = f->path,
                                                 .worker = "the HDF5 library",
                                                 .send = send,
                                                 .receive = receive,
                                                 .user = f,
                                                 .memory = MEMORY,
                                                 .busy = shd_patience.busy,
                                                 .silence = shd_patience.silence});
    plain_file_close(&f->there);
    fsnn_free(f->time);
    fsnn_free(f->unit);
    return status;
}

/* ---- data set ---- */

static fsnn_status fetch(const fsnn_data *data, int64_t row, float *x)
{
    const trains *t = data->store->more;
    memset(x, 0, (size_t)data->size * sizeof *x);
    for (int64_t i = row ? t->end[row - 1] : 0; i < t->end[row]; i++) {
        float *at = x + t->all[i].step * t->channels + t->all[i].channel;
        *at = t->count ? *at + 1 : 1;
    }
    for (int64_t i = 0; i < data->size && (data->mean != 0 || data->deviation != 1); i++)
        x[i] = (float)((x[i] - data->mean) / data->deviation);
    return FSNN_OK;
}

static void release(void *more)
{
    trains *t = more;
    fsnn_free(t->end);
    fsnn_free(t->all);
    fsnn_free(t);
}

static fsnn_status check(const fsnn_shd_options *o)
{
    int64_t size;
    if (o->steps < 1 || o->steps > INT32_MAX || o->units < 1 || o->units > INT32_MAX ||
        o->channels < 1 || o->channels > o->units || !(o->duration > 0 && isfinite(o->duration)) ||
        __builtin_mul_overflow(o->steps, o->channels, &size) || size > INT64_MAX / 8)
        return fsnn_fail_key(
            FSNN_EARGUMENT, o->channels < 1 || o->channels > o->units ? "channels" : "steps",
            "spike trains over %g s in %lld steps, %lld units in %lld channels: all must be "
            "above 0, and channels no more than units",
            o->duration, (long long)o->steps, (long long)o->units, (long long)o->channels);
    return FSNN_OK;
}

static bool start(file *f, const char *path, const fsnn_shd_options *o)
{
    *f = (file){.path = path, .o = o, .highest = -1};
    f->t = fsnn_alloc(sizeof *f->t);
    if (f->t)
        *f->t = (trains){.steps = o->steps, .channels = o->channels, .count = o->count};
    return f->t != NULL;
}

static void end(file *f)
{
    if (f->t)
        release(f->t);
    name_list_free(&f->names);
    fsnn_free(f->label);
}

/* Files name their classes each for itself; those of the training set number them. */
static fsnn_status number_as(file *f, const char *training)
{
    file other = {.path = training, .names_only = true};
    fsnn_status status = read_guarded(&other);
    if (!status && f->names.count && other.names.count)
        status = class_names_number(f->path, &f->names, training, &other.names, f->label, f->rows);
    name_list_free(&other.names);
    return status;
}

static fsnn_status make(file *f, fsnn_data **data)
{
    const store_lazy lazy = {.rows = f->rows,
                             .shape = FSNN_SHAPE(f->o->steps, f->o->channels),
                             .sequence = true,
                             .labels = f->label,
                             .classes = f->names.count,
                             .more = f->t,
                             .release = release,
                             .fetch = fetch};
    f->t = NULL;
    FSNN_TRY(store_create_lazy(&lazy, data));
    return store_name_classes(*data, f->names.item, f->names.count);
}

fsnn_status fsnn_data_shd(const char *path, const fsnn_shd_options *options, fsnn_data **data)
{
    file f;
    if (!path || !options || !data)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_shd needs a path, options and a place for the data");
    *data = NULL;
    FSNN_TRY(check(options));
    if (!start(&f, path, options))
        return FSNN_EMEMORY;
    fsnn_status status = read_guarded(&f);
    if (!status && options->training)
        status = number_as(&f, options->training);
    if (!status)
        status = make(&f, data);
    end(&f);
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

fsnn_status fsnn_shd_survey(const char *path, fsnn_shd_info *info)
{
    /* all spikes in one bin, which begins at 0 and has no end */
    static const fsnn_shd_options all = {
        .steps = 1, .duration = 1e300, .units = INT32_MAX, .channels = 1};
    file f;
    if (!path || !info)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_shd_survey needs a path and a place for what it finds");
    *info = (fsnn_shd_info){0};
    if (!start(&f, path, &all))
        return FSNN_EMEMORY;
    fsnn_status status = read_guarded(&f);
    if (!status) {
        *info = (fsnn_shd_info){.count = f.rows,
                                .classes = f.names.count,
                                .spikes = f.t->end[f.rows - 1],
                                .units = f.highest + 1,
                                .seconds = f.last};
        for (int64_t i = 0; i < f.rows; i++)
            if (info->classes <= f.label[i])
                info->classes = (int64_t)f.label[i] + 1;
    }
    end(&f);
    return status;
}
