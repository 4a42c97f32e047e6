/* Spike trains in HDF5 files that the HDF5 library writes here: bins, channels, kinds of numbers,
 * damage. */
#include "data/files.h"

#include <hdf5.h>

enum { COUNT = 3 };

/* What the file is to be like, beside the one that is right. */
typedef struct making {
    bool no_units, flat_times, real_labels, short_labels, ragged;
    double time;     /* of the first spike */
    int unit, label; /* of the first spike and sample */
    int repeat;      /* the lists so many times */
} making;

static void write_list(hid_t file, const char *name, hid_t type, hid_t memory, hsize_t count,
                       const void *data)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(set >= 0);
    assert_true(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

/* Three samples: spikes at (0.00 s, 0), (0.25, 3), (0.26, 3), (0.99, 9); none; (0.5, 4), (1.7,
 * 1). */
static const char *make(const char *name, const making *m)
{
    const char *path = folder_path(name);
    float first[4] = {(float)m->time, 0.25F, 0.26F, 0.99F}, last[2] = {0.5F, 1.7F};
    uint16_t units[4] = {(uint16_t)m->unit, 3, 3, 9}, late[2] = {4, 1};
    hvl_t times[200] = {{4, first}, {0, NULL}, {2, last}},
          where[200] = {{4, units}, {m->ragged, late}, {2, late}};
    uint8_t labels[200] = {(uint8_t)m->label, 0, 5};
    float real[COUNT] = {1, 0, 5};
    int n = COUNT;
    for (int r = 1; r < m->repeat; r++)
        for (int i = 0; i < COUNT; i++, n++)
            times[n] = times[i], where[n] = where[i], labels[n] = labels[i];
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t group = H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hid_t reals = H5Tvlen_create(H5T_NATIVE_FLOAT), small = H5Tvlen_create(H5T_NATIVE_UINT16);
    hid_t big = H5Tvlen_create(H5T_STD_U16BE); /* another byte order on disk */
    assert_true(file >= 0 && group >= 0);
    if (m->flat_times)
        write_list(file, "spikes/times", H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, COUNT, first);
    else
        write_list(file, "spikes/times", reals, reals, (hsize_t)n, times);
    if (!m->no_units)
        write_list(file, "spikes/units", big, small, (hsize_t)n, where);
    if (m->real_labels)
        write_list(file, "labels", H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, COUNT, real);
    else
        write_list(file, "labels", H5T_NATIVE_UINT8, H5T_NATIVE_UINT8,
                   (hsize_t)(m->short_labels ? n - 1 : n), labels);
    H5Tclose(reals), H5Tclose(small), H5Tclose(big), H5Gclose(group), H5Fclose(file);
    return path;
}

static void bins(void **state)
{
    (void)state;
    const char *path = make("a.h5", &(making){.label = 2});
    fsnn_data *data;
    fsnn_data_info info;
    float x[40];
    int32_t label;
    const double sums[COUNT] = {3, 0, 2};
    const int classes[COUNT] = {2, 0, 5};
    for (int count = 0; count < 2; count++) {
        fsnn_shd_options o = {
            .steps = 4, .duration = 1, .units = 10, .channels = 5, .count = count};
        GOOD(fsnn_data_shd(path, &o, &data));
        fsnn_data_info_get(data, &info);
        assert_true(info.count == 3 && info.sequence && info.classes == 6);
        assert_true(info.shape.rank == 2 && info.shape.dim[0] == 4 && info.shape.dim[1] == 5);
        GOOD(fsnn_data_sample(data, 0, x, &label));
        assert_int_equal(label, 2);
        for (int i = 0; i < 20; i++) { /* [4, 5]: unit 3 is channel 1, 9 is 4 */
            float wanted = i == 0 || i == 3 * 5 + 4 ? 1 : i == 1 * 5 + 1 ? (float)(1 + count) : 0;
            assert_true(x[i] == wanted);
        }
        GOOD(fsnn_data_sample(data, 1, x, &label));
        for (int i = 0; i < 20; i++)
            assert_true(x[i] == 0);
        GOOD(fsnn_data_sample(data, 2, x, &label)); /* 1.7 s is after the end */
        assert_int_equal(label, 5);
        for (int i = 0; i < 20; i++)
            assert_true(x[i] == (i == 2 * 5 + 2 ? 1 : 0));
        GOOD(fsnn_data_normalize(data, 0.5, 2));
        GOOD(fsnn_data_sample(data, 2, x, NULL));
        assert_true(x[0] == -0.25F && x[12] == 0.25F);
        fsnn_data_destroy(data);
    }
    path = make("a.h5", &(making){.label = 2, .repeat = 50}); /* more than are read at once */
    fsnn_shd_options o = {.steps = 1, .duration = 2, .units = 10, .channels = 10};
    GOOD(fsnn_data_shd(path, &o, &data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, 150);
    for (int i = 0; i < 150; i++) {
        double sum = 0;
        GOOD(fsnn_data_sample(data, i, x, &label));
        for (int c = 0; c < 10; c++)
            sum += x[c];
        assert_true(sum == sums[i % 3]);
        assert_int_equal(label, classes[i % 3]);
    }
    fsnn_data_destroy(data);
    folder_delete("a.h5");
}

static void survey(void **state)
{
    (void)state;
    fsnn_shd_info info;
    GOOD(fsnn_shd_survey(make("s.h5", &(making){.label = 2, .repeat = 2}), &info));
    assert_true(info.count == 6 && info.classes == 6 && info.spikes == 12 && info.units == 10);
    assert_true(info.seconds == 1.7F);
    folder_delete("s.h5");
    FAILS(fsnn_shd_survey("/nowhere/x.h5", &info), FSNN_EIO);
}

/* ---- as SHD is published: packed by gzip ---- */

static void pack(const char *from, const char *to, size_t cut)
{
    static uint8_t packed[1 << 16];
    uint8_t *bytes;
    size_t size;
    GOOD(fsnn_file_read(folder_path(from), &bytes, &size));
    size_t n = files_gzip(bytes, size, packed, sizeof packed);
    folder_write(to, packed, n - cut);
    fsnn_free(bytes);
}

static void packed(void **state)
{
    (void)state;
    NEEDS("zlib");
    const fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    fsnn_data *data, *plain;
    float x[20], y[20];
    int32_t label, same;
    make("p.h5", &(making){.label = 2});
    pack("p.h5", "p.h5.gz", 0);
    GOOD(fsnn_data_shd(folder_path("p.h5"), &o, &plain));
    GOOD(fsnn_data_shd(folder_path("p.h5.gz"), &o, &data));
    for (int i = 0; i < COUNT; i++) {
        GOOD(fsnn_data_sample(data, i, x, &label));
        GOOD(fsnn_data_sample(plain, i, y, &same));
        assert_memory_equal(x, y, sizeof x);
        assert_int_equal(label, same);
    }
    fsnn_data_destroy(data), fsnn_data_destroy(plain);
    pack("p.h5", "p.h5.gz", 9);
    REFUSED(fsnn_data_shd(folder_path("p.h5.gz"), &o, &data), FSNN_EFORMAT, "p.h5.gz: the gzip");
    folder_write_text("p.h5", "not at all");
    pack("p.h5", "p.h5.gz", 0);
    REFUSED(fsnn_data_shd(folder_path("p.h5.gz"), &o, &data), FSNN_EFORMAT,
            "what gzip packed there is not an HDF5 file of spike trains");
    folder_delete("p.h5"), folder_delete("p.h5.gz");
}

/* ---- files that name other files ---- */

typedef enum away {
    LINK_TO_FILE, /* spikes/times is a link to another file */
    GROUP_AWAY,   /* spikes itself is */
    LINK_TO_LINK, /* labels is a link within the file to such a one */
    STORED_AWAY,  /* the numbers of labels lie in another file */
    VIRTUAL,      /* labels is put together from another file */
    NAMES_AWAY,   /* extra is a link to another file */
    SOFT,         /* a link within the file, which is good */
    AWAYS
} away;

static void write_away(hid_t file, away which, const char *other)
{
    hsize_t count = COUNT;
    hid_t space = H5Screate_simple(1, &count, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
    H5Ldelete(file,
              which == LINK_TO_FILE ? "spikes/times"
              : which == GROUP_AWAY ? "spikes"
                                    : "labels",
              H5P_DEFAULT);
    if (which == LINK_TO_FILE)
        H5Lcreate_external(other, "spikes/times", file, "spikes/times", H5P_DEFAULT, H5P_DEFAULT);
    if (which == GROUP_AWAY)
        H5Lcreate_external(other, "spikes", file, "spikes", H5P_DEFAULT, H5P_DEFAULT);
    if (which == LINK_TO_LINK || which == NAMES_AWAY)
        H5Lcreate_external(other, "labels", file, "extra", H5P_DEFAULT, H5P_DEFAULT);
    if (which == LINK_TO_LINK)
        H5Lcreate_soft("/extra", file, "labels", H5P_DEFAULT, H5P_DEFAULT);
    if (which == STORED_AWAY)
        H5Pset_external(how, other, 0, COUNT);
    if (which == VIRTUAL)
        H5Pset_virtual(how, space, other, "labels", space);
    if (which == STORED_AWAY || which == VIRTUAL)
        H5Dclose(
            H5Dcreate2(file, "labels", H5T_NATIVE_UINT8, space, H5P_DEFAULT, how, H5P_DEFAULT));
    if (which == SOFT || which == NAMES_AWAY) {
        const uint8_t labels[COUNT] = {3, 0, 1};
        write_list(file, "mine", H5T_NATIVE_UINT8, H5T_NATIVE_UINT8, COUNT, labels);
        H5Lcreate_soft("/mine", file, "labels", H5P_DEFAULT, H5P_DEFAULT);
    }
    H5Pclose(how), H5Sclose(space);
}

static void other_files_are_not_opened(void **state)
{
    (void)state;
    static const struct {
        away which;
        const char *words; /* NULL: good */
    } row[AWAYS] = {
        {LINK_TO_FILE, "spikes/times is a link to another file, which is not opened"},
        {GROUP_AWAY, "spikes/times is a link to another file"},
        {LINK_TO_LINK, "labels is a link to another file"},
        {STORED_AWAY, "labels is kept in another file (external storage)"},
        {VIRTUAL, "labels is put together from other data sets (virtual)"},
        {NAMES_AWAY, "extra is a link to another file"},
        {SOFT, NULL},
    };
    fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    make("other.h5", &(making){0});
    for (int i = 0; i < AWAYS; i++) {
        fsnn_data *data;
        fsnn_shd_info info;
        CASE("%s", row[i].words ? row[i].words : "a link within the file");
        const char *path = make("b.h5", &(making){0});
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        assert_true(file >= 0);
        write_away(file, row[i].which, folder_path("other.h5"));
        H5Fclose(file);
        if (row[i].words) {
            REFUSED(fsnn_data_shd(path, &o, &data), FSNN_EUNSUPPORTED, row[i].words);
            REFUSED(fsnn_shd_survey(path, &info), FSNN_EUNSUPPORTED, row[i].words);
            continue;
        }
        GOOD(fsnn_data_shd(path, &o, &data));
        int32_t label;
        GOOD(fsnn_data_sample(data, 0, NULL, &label));
        assert_int_equal(label, 3);
        fsnn_data_destroy(data);
    }
    folder_delete("b.h5"), folder_delete("other.h5");
}

/* ---- names of classes ---- */

/* extra/keys, of a length of their own or all of one. */
static void name_classes(const char *path, const char *const *names, hsize_t count, bool fixed)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), text = H5Tcopy(H5T_C_S1);
    hid_t extra = H5Gcreate2(file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    char same[8][6] = {{0}};
    H5Tset_size(text, fixed ? sizeof same[0] : H5T_VARIABLE);
    for (hsize_t i = 0; i < count; i++)
        memcpy(same[i], names[i], strlen(names[i]));
    write_list(file, "extra/keys", text, text, count, fixed ? (const void *)same : names);
    H5Tclose(text), H5Gclose(extra), H5Fclose(file);
}

/* Labels are 2, 0, 5 in both files; what they are called differs. */
static void names_number_the_classes(void **state)
{
    (void)state;
    static const char *const mine[] = {"zero", "one", "two", "three", "four", "five"},
                             *const theirs[] = {"five", "four", "zero", "two"};
    fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    fsnn_data *data;
    fsnn_data_info info;
    int32_t label[COUNT];
    const char *path = make("test.h5", &(making){.label = 2});
    o.training = make("train.h5", &(making){.label = 2});
    name_classes(path, mine, 6, true);
    name_classes(o.training, theirs, 4, false);
    GOOD(fsnn_data_shd(path, &o, &data));
    for (int i = 0; i < COUNT; i++)
        GOOD(fsnn_data_sample(data, i, NULL, &label[i]));
    assert_true(label[0] == 3 && label[1] == 2 && label[2] == 0); /* two, zero, five */
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.classes, 4);
    assert_string_equal(fsnn_data_class(data, 3), "two");
    fsnn_data_destroy(data);
    o.training = NULL;
    GOOD(fsnn_data_shd(path, &o, &data));
    GOOD(fsnn_data_sample(data, 0, NULL, label));
    assert_int_equal(label[0], 2);
    assert_string_equal(fsnn_data_class(data, 2), "two");
    fsnn_data_destroy(data);
    static const char *const few[] = {"zero", "five"};
    o.training = make("train.h5", &(making){.label = 2});
    name_classes(o.training, few, 2, false);
    REFUSED(fsnn_data_shd(path, &o, &data), FSNN_EFORMAT,
            "test.h5: has samples of the class \"two\", which the training set");
    CONTAINS(fsnn_error_text(), "train.h5 lacks; its classes are zero, five");
    folder_delete("test.h5"), folder_delete("train.h5");
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        making m;
        const char *words;
    } row[] = {
        {{.no_units = true}, "no data set spikes/units"},
        {{.flat_times = true}, "spikes/times is not what it should be, a list of lists"},
        {{.real_labels = true}, "labels is not what it should be, a list of whole numbers"},
        {{.short_labels = true}, "labels has 2 entries, not as many"},
        {{.ragged = true}, "sample 1 has 0 times, but 1 units"},
        {{.time = -1}, "sample 0, spike 0: its time is -1 s"},
        {{.time = NAN}, "its time is nan s"},
        {{.unit = 10}, "sample 0, spike 0: unit 10; units are 0 to 9"},
    };
    fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    fsnn_data *data;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        REFUSED(fsnn_data_shd(make("b.h5", &row[i].m), &o, &data), FSNN_EFORMAT, row[i].words);
        CONTAINS(fsnn_error_text(), "b.h5");
        assert_null(data);
    }
    const char *path = make("b.h5", &(making){0});
    const fsnn_shd_options bad[] = {
        {.steps = 0, .duration = 1, .units = 10, .channels = 5},
        {.steps = 4, .duration = 0, .units = 10, .channels = 5},
        {.steps = 4, .duration = NAN, .units = 10, .channels = 5},
        {.steps = 4, .duration = 1, .units = 10, .channels = 11},
    };
    for (int i = 0; i < FSNN_COUNT(bad); i++)
        FAILS(fsnn_data_shd(path, &bad[i], &data), FSNN_EARGUMENT);
    FAILS(fsnn_data_shd("/nowhere/x.h5", &o, &data), FSNN_EIO);
    folder_write("b.h5", "no HDF5", 7);
    REFUSED(fsnn_data_shd(path, &o, &data), FSNN_EFORMAT,
            "begins with the text \"no HDF5\": it is not an HDF5 file of spike trains");
    folder_delete("b.h5");
}

/* Cut files: an error, and nothing printed by the library. (Bytes changed inside can bring HDF5
 * 1.10 itself to crash.) */
static void cuts(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t size;
    fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    char path[256];
    const char *copy = folder_path("d.h5");
    strcpy(path, make("c.h5", &(making){0}));
    GOOD(fsnn_file_read(path, &bytes, &size));
    for (uint64_t i = 0; i < 100; i++) {
        fsnn_data *data;
        folder_write("d.h5", bytes, fsnn_random_u32(1, 2, i) % size);
        FAILS(fsnn_data_shd(copy, &o, &data), FSNN_EFORMAT);
        assert_null(data);
        CONTAINS(fsnn_error_text(), "d.h5");
    }
    fsnn_free(bytes);
    folder_delete("c.h5"), folder_delete("d.h5");
}

#ifdef FSNN_HDF5_LOADED
/* Another file of the library than that which fsnn was built with. */
static void named(void **state)
{
    (void)state;
    fsnn_data *data;
    fsnn_shd_options o = {.steps = 4, .duration = 1, .units = 10, .channels = 5};
    const char *path = make("e.h5", &(making){0});
    setenv("FSNN_HDF5_LIBRARY", "libhdf5-none.so", 1);
    REFUSED(fsnn_data_shd(path, &o, &data), FSNN_EUNSUPPORTED,
            "e.h5: the HDF5 library libhdf5-none.so, which the environment variable "
            "FSNN_HDF5_LIBRARY names, cannot be loaded (libhdf5-none.so");
    assert_null(data);
    setenv("FSNN_HDF5_LIBRARY", "libm.so.6", 1);
    REFUSED(fsnn_data_shd(path, &o, &data), FSNN_EUNSUPPORTED,
            "the HDF5 library libm.so.6, which the environment variable FSNN_HDF5_LIBRARY names, "
            "cannot be loaded (it lacks functions of HDF5): unset it");
    setenv("FSNN_HDF5_LIBRARY", "", 1);
    GOOD(fsnn_data_shd(path, &o, &data));
    fsnn_data_destroy(data);
    unsetenv("FSNN_HDF5_LIBRARY");
    folder_delete("e.h5");
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins),
        cmocka_unit_test(survey),
        cmocka_unit_test(packed),
        cmocka_unit_test(refuses),
        cmocka_unit_test(other_files_are_not_opened),
        cmocka_unit_test(names_number_the_classes),
        cmocka_unit_test(cuts),
#ifdef FSNN_HDF5_LOADED
        cmocka_unit_test(named),
#endif
    };
    return cmocka_run_group_tests_name("data/shd", tests, folder_open, folder_close);
}
