/* format/shd_read.c: what spike trains in HDF5 hold, by the HDF5 library, which damaged files can
 * bring to crash: this runs in a child process (base/guard.h) and gives, in this order,
 *   int64 names; for each int64 length, char name [length];
 * and, unless the names alone are asked for,
 *   int64 rows; int64 label [rows]; for each row int64 times, int64 units,
 *   double time [times], int64 unit [units]
 * Whoever takes it trusts none of it. */
#include "format/shd_read.h"

#include "format/hdf_storage.h"

#include <string.h>

typedef struct h5_file {
    const char *path, *place; /* for sentences; where it is opened */
    hid_t id, access, times, units, labels;
    int64_t rows;
    bool led_away; /* a link to another file was met */
} h5_file;

/* ---- opening ---- */

static herr_t refuse_link(const char *from, const char *through, const char *file,
                          const char *object, unsigned *flags, hid_t access, void *user)
{
    (void)from, (void)through, (void)file, (void)object, (void)flags, (void)access;
    *(bool *)user = true;
    return -1;
}

/* The data set of this name; *out -1 where there is none. */
static fsnn_status open_set(h5_file *f, const char *name, hid_t *out)
{
    f->led_away = false;
    *out = h5.Dopen2(f->id, name, f->access);
    if (*out < 0 && f->led_away)
        return hdf_elsewhere(f->path, name, "a link to another file");
    return *out < 0 ? FSNN_OK : hdf_check_storage(f->path, name, *out);
}

static fsnn_status no_trains(const h5_file *f, const char *name)
{
    if (h5.Lexists(f->id, "node", H5P_DEFAULT) > 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: is a NIR graph, a network (HDF5 with /node): expected were spike "
                         "trains, spikes/times, spikes/units and labels",
                         f->path);
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: has no data set %s that can be read; spike trains need spikes/times, "
                     "spikes/units and labels",
                     f->path, name);
}

/* A list of the length of the others; `kinds` are the type classes that will do. */
static fsnn_status open_list(h5_file *f, const char *name, H5T_class_t kind, H5T_class_t inner,
                             hid_t *out)
{
    FSNN_TRY(open_set(f, name, out));
    if (*out < 0)
        return no_trains(f, name);
    hid_t space = h5.Dget_space(*out), type = h5.Dget_type(*out), base = -1;
    hsize_t length = 0;
    bool good = space >= 0 && h5.Sget_simple_extent_ndims(space) == 1 &&
                h5.Sget_simple_extent_dims(space, &length, NULL) == 1 && type >= 0 &&
                h5.Tget_class(type) == kind;
    if (good && kind == H5T_VLEN) {
        base = h5.Tget_super(type);
        H5T_class_t c = base >= 0 ? h5.Tget_class(base) : H5T_NO_CLASS;
        good = c == inner || c == H5T_INTEGER;
    }
    if (base >= 0)
        h5.Tclose(base);
    if (type >= 0)
        h5.Tclose(type);
    if (space >= 0)
        h5.Sclose(space);
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

static fsnn_status open_file(h5_file *f)
{
    FSNN_TRY(hdf_open(f->path, f->place, "an HDF5 file of spike trains", &f->id));
    f->access = h5.Pcreate(*h5.P_DATASET_ACCESS);
    return f->access >= 0 && h5.Pset_elink_cb(f->access, refuse_link, &f->led_away) >= 0
               ? FSNN_OK
               : FSNN_EMEMORY;
}

static fsnn_status open_lists(h5_file *f)
{
    FSNN_TRY(open_list(f, "spikes/times", H5T_VLEN, H5T_FLOAT, &f->times));
    FSNN_TRY(open_list(f, "spikes/units", H5T_VLEN, H5T_INTEGER, &f->units));
    return open_list(f, "labels", H5T_INTEGER, H5T_NO_CLASS, &f->labels);
}

static void close_file(h5_file *f)
{
    hid_t sets[] = {f->times, f->units, f->labels};
    for (int i = 0; i < FSNN_COUNT(sets); i++)
        if (sets[i] >= 0)
            h5.Dclose(sets[i]);
    if (f->access >= 0)
        h5.Pclose(f->access);
    if (f->id >= 0)
        h5.Fclose(f->id);
}

/* ---- reading ---- */

/* Rows from `first` on of a list of lists, converted to `type`; to be given back by
 * H5Dvlen_reclaim. */
static bool read_rows(hid_t set, hid_t type, int64_t first, int64_t count, hid_t *memory,
                      hvl_t *rows)
{
    hsize_t start = (hsize_t)first, length = (hsize_t)count;
    hid_t space = h5.Dget_space(set);
    *memory = h5.Screate_simple(1, &length, NULL);
    bool good = space >= 0 && *memory >= 0 &&
                h5.Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &length, NULL) >= 0 &&
                h5.Dread(set, type, *memory, space, H5P_DEFAULT, rows) >= 0;
    if (space >= 0)
        h5.Sclose(space);
    return good;
}

enum { PIECE = 64 };

static fsnn_status send_row(guard *g, const hvl_t *times, const hvl_t *units)
{
    const int64_t count[2] = {(int64_t)times->len, (int64_t)units->len};
    FSNN_TRY(guard_put(g, count, sizeof count));
    FSNN_TRY(guard_put(g, times->p, times->len * sizeof(double)));
    return guard_put(g, units->p, units->len * sizeof(int64_t));
}

static fsnn_status send_piece(guard *g, h5_file *f, hid_t reals, hid_t whole, int64_t first,
                              int64_t count)
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
        status = send_row(g, &times[i], &units[i]);
    if (has_times)
        h5.Dvlen_reclaim(reals, a, H5P_DEFAULT, times);
    if (has_units)
        h5.Dvlen_reclaim(whole, b, H5P_DEFAULT, units);
    if (a >= 0)
        h5.Sclose(a);
    if (b >= 0)
        h5.Sclose(b);
    return status;
}

static fsnn_status send_trains(guard *g, h5_file *f)
{
    hid_t reals = h5.Tvlen_create(*h5.T_NATIVE_DOUBLE), whole = h5.Tvlen_create(*h5.T_NATIVE_INT64);
    fsnn_status status = reals >= 0 && whole >= 0 ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t row = 0; row < f->rows && !status; row += PIECE)
        status = send_piece(g, f, reals, whole, row, f->rows - row < PIECE ? f->rows - row : PIECE);
    if (reals >= 0)
        h5.Tclose(reals);
    if (whole >= 0)
        h5.Tclose(whole);
    return status;
}

static fsnn_status send_labels(guard *g, h5_file *f)
{
    size_t size = (size_t)f->rows * sizeof(int64_t);
    int64_t *label = fsnn_alloc(size);
    if (!label)
        return FSNN_EMEMORY;
    fsnn_status status = FSNN_OK;
    if (h5.Dread(f->labels, *h5.T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, label) < 0)
        status = fsnn_fail(FSNN_EFORMAT,
                           "%s: labels cannot be read: the file is damaged or cut short", f->path);
    else
        status = guard_put(g, label, size);
    fsnn_free(label);
    return status;
}

/* ---- names of classes: extra/keys, texts of a fixed length or of their own ---- */

static fsnn_status send_text(guard *g, const char *text, size_t most)
{
    size_t n = text ? strnlen(text, most) : 0;
    const int64_t length = n < SHD_NAME ? (int64_t)n : SHD_NAME;
    FSNN_TRY(guard_put(g, &length, sizeof length));
    return guard_put(g, text, (size_t)length);
}

static fsnn_status send_texts(guard *g, hid_t set, hid_t type, hid_t space, int64_t count)
{
    bool own = h5.Tis_variable_str(type) > 0;
    size_t size = own ? sizeof(char *) : h5.Tget_size(type);
    char *bytes = size && size <= (1 << 16) ? fsnn_alloc((size_t)count * size) : NULL;
    hid_t memory = h5.Tcopy(type);
    bool good =
        bytes && memory >= 0 && h5.Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    const int64_t names = good ? count : 0;
    fsnn_status status = guard_put(g, &names, sizeof names);
    for (int64_t i = 0; i < names && !status; i++) {
        const char *text = bytes + (size_t)i * size;
        status = own ? send_text(g, *(char *const *)(const void *)text, SHD_NAME)
                     : send_text(g, text, size);
    }
    if (good && own)
        h5.Dvlen_reclaim(memory, space, H5P_DEFAULT, bytes);
    if (memory >= 0)
        h5.Tclose(memory);
    fsnn_free(bytes);
    return status;
}

/* None where there are none, or no texts: the names are an extra. */
static fsnn_status send_names(guard *g, h5_file *f)
{
    static const int64_t none = 0;
    hid_t set = -1;
    f->led_away = false;
    bool there = h5.Lexists(f->id, "extra", H5P_DEFAULT) > 0 &&
                 h5.Lexists(f->id, "extra/keys", f->access) > 0;
    if (f->led_away)
        return hdf_elsewhere(f->path, "extra", "a link to another file");
    if (!there)
        return guard_put(g, &none, sizeof none);
    FSNN_TRY(open_set(f, "extra/keys", &set));
    hid_t space = set >= 0 ? h5.Dget_space(set) : -1, type = set >= 0 ? h5.Dget_type(set) : -1;
    hsize_t length = 0;
    bool texts = space >= 0 && type >= 0 && h5.Tget_class(type) == H5T_STRING &&
                 h5.Sget_simple_extent_ndims(space) == 1 &&
                 h5.Sget_simple_extent_dims(space, &length, NULL) == 1 && length <= SHD_NAMES;
    fsnn_status status =
        texts ? send_texts(g, set, type, space, (int64_t)length) : guard_put(g, &none, sizeof none);
    if (type >= 0)
        h5.Tclose(type);
    if (space >= 0)
        h5.Sclose(space);
    if (set >= 0)
        h5.Dclose(set);
    return status;
}

static fsnn_status send_file(guard *g, h5_file *f, bool names_only)
{
    FSNN_TRY(open_file(f));
    if (!names_only)
        FSNN_TRY(open_lists(f));
    FSNN_TRY(send_names(g, f));
    if (names_only)
        return FSNN_OK;
    FSNN_TRY(guard_put(g, &f->rows, sizeof f->rows));
    FSNN_TRY(send_labels(g, f));
    return send_trains(g, f);
}

fsnn_status shd_send(guard *g, const char *path, const char *place, bool names_only)
{
    h5_file f = {.path = path,
                 .place = place,
                 .id = -1,
                 .access = -1,
                 .times = -1,
                 .units = -1,
                 .labels = -1};
    FSNN_TRY(hdf_library_load(path));
    h5.Eset_auto2(H5E_DEFAULT, NULL, NULL);
    fsnn_status status = send_file(g, &f, names_only);
    close_file(&f);
    return status;
}
