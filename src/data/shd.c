/* data/shd.c: spike trains in HDF5 as in the Heidelberg Digits and Spiking Speech Commands (B.
 * Cramer et al. 2020): `spikes/times` and `spikes/units`, each a list of lists, and `labels`. What
 * the library reads is checked here: kinds, sizes, ranges. Times become steps when the file is
 * read; a sample is laid out when it is asked for. */
#include "data/store.h"

#include <hdf5.h>

#include <math.h>
#include <string.h>

typedef struct spike {
    uint32_t step;
    uint32_t channel;
} spike;

typedef struct trains {
    int64_t steps, channels;
    bool count;
    int64_t rows, room; /* samples; room of `all` */
    int64_t *end;       /* [rows] spikes up to the end of each sample */
    spike *all;
} trains;

typedef struct file {
    const char *path;
    const fsnn_shd_options *o;
    hid_t id, times, units, labels;
    int64_t rows;
    trains *t;
    int32_t *label;  /* [rows] */
    double last;     /* time of the last spike */
    int64_t highest; /* unit; -1: no spike */
} file;

/* ---- opening ---- */

/* A list of the length of the others; `kinds` are the type classes that will do. */
static fsnn_status open_list(file *f, const char *name, H5T_class_t kind, H5T_class_t inner,
                             hid_t *out)
{
    *out = H5Dopen2(f->id, name, H5P_DEFAULT);
    if (*out < 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has no data set %s that can be read; spike trains need spikes/times, "
                         "spikes/units and labels",
                         f->path, name);
    hid_t space = H5Dget_space(*out), type = H5Dget_type(*out), base = -1;
    hsize_t length = 0;
    bool good = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, &length, NULL) == 1 && type >= 0 &&
                H5Tget_class(type) == kind;
    if (good && kind == H5T_VLEN) {
        base = H5Tget_super(type);
        H5T_class_t c = base >= 0 ? H5Tget_class(base) : H5T_NO_CLASS;
        good = c == inner || c == H5T_INTEGER;
    }
    if (base >= 0)
        H5Tclose(base);
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    if (!good)
        return fsnn_fail(FSNN_EFORMAT, "%s: %s is not what it should be, %s", f->path, name,
                         kind == H5T_VLEN ? "a list of lists of numbers"
                                          : "a list of whole numbers");
    if (length < 1 || length > INT32_MAX || (f->rows && (int64_t)length != f->rows))
        return fsnn_fail(FSNN_EFORMAT, "%s: %s has %llu entries%s", f->path, name,
                         (unsigned long long)length,
                         f->rows ? ", not as many as the lists before it" : ", which cannot be");
    f->rows = (int64_t)length;
    return FSNN_OK;
}

static fsnn_status open_file(file *f)
{
    if (H5Fis_hdf5(f->path) <= 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: is no HDF5 file, or cannot be opened", f->path);
    f->id = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (f->id < 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the HDF5 library cannot open it: it is damaged or cut short",
                         f->path);
    FSNN_TRY(open_list(f, "spikes/times", H5T_VLEN, H5T_FLOAT, &f->times));
    FSNN_TRY(open_list(f, "spikes/units", H5T_VLEN, H5T_INTEGER, &f->units));
    return open_list(f, "labels", H5T_INTEGER, H5T_NO_CLASS, &f->labels);
}

static void close_file(file *f)
{
    hid_t sets[] = {f->times, f->units, f->labels};
    for (int i = 0; i < FSNN_COUNT(sets); i++)
        if (sets[i] >= 0)
            H5Dclose(sets[i]);
    if (f->id >= 0)
        H5Fclose(f->id);
}

/* ---- reading ---- */

static bool make_room(trains *t, int64_t used, int64_t more)
{
    if (used + more <= t->room)
        return true;
    int64_t room = 2 * t->room > used + more ? 2 * t->room : used + more;
    spike *all = fsnn_alloc((size_t)room * sizeof *all);
    if (!all)
        return false;
    if (used)
        memcpy(all, t->all, (size_t)used * sizeof *all);
    fsnn_free(t->all);
    t->all = all;
    t->room = room;
    return true;
}

/* Spikes of sample `row`; those after the end of the last step are left out. */
static fsnn_status take(file *f, int64_t row, const hvl_t *times, const hvl_t *units)
{
    trains *t = f->t;
    const fsnn_shd_options *o = f->o;
    int64_t used = row ? t->end[row - 1] : 0;
    const double *time = times->p;
    const int64_t *unit = units->p;
    if (times->len != units->len)
        return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld has %zu times, but %zu units", f->path,
                         (long long)row, times->len, units->len);
    if (!make_room(t, used, (int64_t)times->len))
        return FSNN_EMEMORY;
    for (size_t i = 0; i < times->len; i++) {
        if (!(time[i] >= 0 && isfinite(time[i])))
            return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld, spike %zu: its time is %g s", f->path,
                             (long long)row, i, time[i]);
        if (unit[i] < 0 || unit[i] >= o->units)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: sample %lld, spike %zu: unit %lld; units are 0 to %lld", f->path,
                             (long long)row, i, (long long)unit[i], (long long)o->units - 1);
        f->last = fmax(f->last, time[i]);
        f->highest = unit[i] > f->highest ? unit[i] : f->highest;
        double step = floor(time[i] / o->duration * (double)o->steps);
        if (step < (double)o->steps)
            t->all[used++] = (spike){(uint32_t)step, (uint32_t)(unit[i] * o->channels / o->units)};
    }
    t->end[row] = used;
    return FSNN_OK;
}

/* Rows from `first` on of a list of lists, converted to `type`; to be given back by
 * H5Dvlen_reclaim. */
static bool read_rows(hid_t set, hid_t type, int64_t first, int64_t count, hid_t *memory,
                      hvl_t *rows)
{
    hsize_t start = (hsize_t)first, length = (hsize_t)count;
    hid_t space = H5Dget_space(set);
    *memory = H5Screate_simple(1, &length, NULL);
    bool good = space >= 0 && *memory >= 0 &&
                H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &length, NULL) >= 0 &&
                H5Dread(set, type, *memory, space, H5P_DEFAULT, rows) >= 0;
    if (space >= 0)
        H5Sclose(space);
    return good;
}

enum { PIECE = 64 };

static fsnn_status read_piece(file *f, hid_t reals, hid_t whole, int64_t first, int64_t count)
{
    hvl_t times[PIECE] = {{0}}, units[PIECE] = {{0}};
    hid_t a = -1, b = -1;
    fsnn_status status = FSNN_OK;
    bool has_times = read_rows(f->times, reals, first, count, &a, times);
    bool has_units = has_times && read_rows(f->units, whole, first, count, &b, units);
    if (!has_units)
        status =
            fsnn_fail(FSNN_EFORMAT,
                      "%s: samples %lld to %lld cannot be read: the file is damaged or cut short",
                      f->path, (long long)first, (long long)(first + count - 1));
    for (int64_t i = 0; i < count && !status; i++)
        status = take(f, first + i, &times[i], &units[i]);
    if (has_times)
        H5Dvlen_reclaim(reals, a, H5P_DEFAULT, times);
    if (has_units)
        H5Dvlen_reclaim(whole, b, H5P_DEFAULT, units);
    if (a >= 0)
        H5Sclose(a);
    if (b >= 0)
        H5Sclose(b);
    return status;
}

static fsnn_status read_trains(file *f)
{
    hid_t reals = H5Tvlen_create(H5T_NATIVE_DOUBLE), whole = H5Tvlen_create(H5T_NATIVE_INT64);
    fsnn_status status = reals >= 0 && whole >= 0 ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t row = 0; row < f->rows && !status; row += PIECE)
        status = read_piece(f, reals, whole, row, f->rows - row < PIECE ? f->rows - row : PIECE);
    if (reals >= 0)
        H5Tclose(reals);
    if (whole >= 0)
        H5Tclose(whole);
    return status;
}

static fsnn_status read_labels(file *f)
{
    int64_t *label = fsnn_alloc((size_t)f->rows * sizeof *label);
    if (!label)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    if (H5Dread(f->labels, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, label) < 0)
        status = fsnn_fail(FSNN_EFORMAT,
                           "%s: labels cannot be read: the file is damaged or cut short", f->path);
    for (int64_t i = 0; i < f->rows && !status; i++) {
        if (label[i] < 0 || label[i] >= INT32_MAX)
            status =
                fsnn_fail(FSNN_EFORMAT,
                          "%s: sample %lld has the class %lld; classes are whole numbers from 0",
                          f->path, (long long)i, (long long)label[i]);
        f->label[i] = (int32_t)label[i];
    }
    fsnn_free(label);
    return status;
}

static fsnn_status read_file(file *f)
{
    FSNN_TRY(open_file(f));
    f->t->rows = f->rows;
    f->t->end = fsnn_alloc((size_t)f->rows * sizeof *f->t->end);
    f->label = fsnn_alloc((size_t)f->rows * sizeof *f->label);
    if (!f->t->end || !f->label)
        return FSNN_EMEMORY;
    FSNN_TRY(read_labels(f));
    return read_trains(f);
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
        return fsnn_fail(
            FSNN_EARGUMENT,
            "spike trains over %g s in %lld steps, %lld units in %lld channels: all must be "
            "above 0, and channels no more than units",
            o->duration, (long long)o->steps, (long long)o->units, (long long)o->channels);
    return FSNN_OK;
}

/* The library's own messages on stderr are switched off meanwhile. */
static fsnn_status read_quietly(file *f)
{
    H5E_auto2_t print;
    void *user;
    H5Eget_auto2(H5E_DEFAULT, &print, &user);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    fsnn_status status = read_file(f);
    close_file(f);
    H5Eset_auto2(H5E_DEFAULT, print, user);
    return status;
}

static bool start(file *f, const char *path, const fsnn_shd_options *o)
{
    *f = (file){
        .path = path, .o = o, .id = -1, .times = -1, .units = -1, .labels = -1, .highest = -1};
    f->t = fsnn_alloc(sizeof *f->t);
    if (f->t)
        *f->t = (trains){.steps = o->steps, .channels = o->channels, .count = o->count};
    return f->t != NULL;
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
    fsnn_status status = read_quietly(&f);
    if (status < 0)
        release(f.t);
    else
        status =
            store_create_made(&(store_made){.rows = f.rows,
                                            .shape = FSNN_SHAPE(options->steps, options->channels),
                                            .sequence = true,
                                            .labels = f.label,
                                            .more = f.t,
                                            .release = release,
                                            .fetch = fetch},
                              data);
    fsnn_free(f.label);
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
    fsnn_status status = read_quietly(&f);
    if (!status) {
        *info = (fsnn_shd_info){.count = f.rows,
                                .spikes = f.t->end[f.rows - 1],
                                .units = f.highest + 1,
                                .seconds = f.last};
        for (int64_t i = 0; i < f.rows; i++)
            if (info->classes <= f.label[i])
                info->classes = (int64_t)f.label[i] + 1;
    }
    release(f.t);
    fsnn_free(f.label);
    return status;
}
