/* Series and sound of other people's programs, in field/ below FSNN_DATA, against what other
 * readers found in them (tests/golden/make_field_series.py): each file there is read right, or
 * refused by its name. */
#include "data/files.h"

#include "base/bytes.h"
#include "data/file_names.h"

#include <fsnn/series.h>

#define GOLDEN "tests/golden/field_series.txt"

typedef fsnn_status opener(const char *path, fsnn_series **s);

static fsnn_status open_sound(const char *path, fsnn_series **s)
{
    return fsnn_series_wav(path, NULL, s);
}

static fsnn_status open_record(const char *path, fsnn_series **s)
{
    return fsnn_series_wfdb(path, NULL, s);
}

static opener *opener_of(const char *name)
{
    static const struct {
        const char *ending;
        opener *open;
    } readers[] = {{".ts", fsnn_series_ts},
                   {".tsv", fsnn_series_ts},
                   {".arff", fsnn_series_ts},
                   {".wav", open_sound},
                   {".hea", open_record}};
    const char *ending = strrchr(name, '.');
    for (int i = 0; ending && i < FSNN_COUNT(readers); i++)
        if (!strcmp(ending, readers[i].ending))
            return readers[i].open;
    return NULL;
}

/* Of zip; of the float32 values, low byte first, of channels that are not named in `gaps`. */
static uint32_t crc32_of(const float *x, int64_t count, int64_t channels, const char *gaps)
{
    uint32_t crc = ~0U;
    for (int64_t i = 0; i < count * channels; i++) {
        uint8_t bytes[4];
        uint32_t bits;
        if (strchr(gaps, '0' + (int)(i % channels)))
            continue;
        memcpy(&bits, &x[i], 4);
        bytes_put_le(bytes, bits, 4);
        for (int b = 0; b < 32; b++)
            crc = crc >> 1 ^ ((crc ^ bytes[b / 8] >> b % 8) & 1 ? 0xedb88320U : 0);
    }
    return ~crc;
}

static void check(const fsnn_series *s, const char *numbers)
{
    long long count, channels, shortest, longest, missing, classes, labels, sum = 0;
    unsigned crc;
    char targets[32], gaps[32];
    double target, all = 0;
    fsnn_series_info info;
    assert_int_equal(sscanf(numbers, "%lld %lld %lld %lld %lld %lld %lld %x %31s %31s", &count,
                            &channels, &shortest, &longest, &missing, &classes, &labels, &crc,
                            targets, gaps),
                     10);
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, count);
    assert_int_equal(info.channels, channels);
    assert_int_equal(info.shortest, shortest);
    assert_int_equal(info.longest, longest);
    assert_int_equal(info.missing, missing);
    assert_int_equal(info.classes, classes);
    for (int64_t i = 0; i < info.count; i++) {
        int32_t label;
        fsnn_series_values(s, i, NULL, &label);
        sum += (i + 1) * label;
        bool has = fsnn_series_target(s, i, &target);
        assert_true(has == (*targets != '-'));
        all += has ? target : 0;
    }
    assert_int_equal(sum, labels);
    assert_true(*targets == '-' || fabs(all - atof(targets)) < 1e-5);
    const float *x = fsnn_series_values(s, 0, NULL, NULL); /* all follow */
    assert_int_equal(crc32_of(x, info.total, info.channels, gaps), crc);
}

/* One row; false: what it needs is not there. */
static bool check_file(const char *name, const char *rest)
{
    static const char refused[] = "refused ";
    char path[512];
    fsnn_series *s;
    CASE("%s", name);
    snprintf(path, sizeof path, "%s/field/%s", files_data(), name);
    if (access(path, R_OK) != 0)
        return false;
    opener *open = opener_of(name);
    assert_non_null(open);
    if (!strncmp(rest, refused, strlen(refused))) {
        REFUSED(open(path, &s), ANY_ERROR, rest + strlen(refused));
        return true;
    }
    fsnn_status status = open(path, &s);
    if (status == FSNN_EUNSUPPORTED && strstr(fsnn_error_text(), "without libsndfile"))
        return false;
    GOOD(status);
    check(s, rest);
    fsnn_series_destroy(s);
    return true;
}

static void every_row(void **state)
{
    (void)state;
    char line[512], name[256];
    int read = 0, rest;
    FILE *golden = fopen(GOLDEN, "r");
    assert_non_null(golden);
    while (fgets(line, sizeof line, golden)) {
        line[strcspn(line, "\n")] = 0;
        assert_int_equal(sscanf(line, "%255s %n", name, &rest), 1);
        read += check_file(name, line + rest);
    }
    fclose(golden);
    if (!read) {
        print_message("skipped: no %s/field (set FSNN_DATA to the folder that holds it)\n",
                      files_data());
        skip();
    }
}

/* A file of the folders without a row would go unseen. */
static void every_file_has_a_row(void **state)
{
    (void)state;
    static const char *const folders[] = {"ts/{f}", "wav-scipy/{f}", "wfdb/{f}", "wfdb/041s/{f}"};
    char field[512], *golden;
    uint8_t *bytes;
    size_t size;
    snprintf(field, sizeof field, "%s/field", files_data());
    if (access(field, R_OK) != 0)
        skip();
    GOOD(fsnn_file_read(GOLDEN, &bytes, &size));
    golden = fsnn_format("\n%.*s", (int)size, (const char *)bytes);
    assert_non_null(golden);
    for (int f = 0; f < FSNN_COUNT(folders); f++) {
        name_list files = {0};
        name_pattern pattern;
        name_match m;
        GOOD(name_pattern_read(folders[f], &pattern));
        GOOD(name_list_walk(&files, field, &pattern));
        for (int64_t i = 0; i < files.count; i++) {
            CASE("%s", files.item[i]);
            char row[300];
            snprintf(row, sizeof row, "\n%s ", files.item[i]);
            bool ours =
                name_pattern_match(&pattern, files.item[i], &m) && opener_of(files.item[i]) != NULL;
            assert_true(!ours || strstr(golden, row));
        }
        name_list_free(&files);
    }
    fsnn_free(golden);
    fsnn_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row),
                                       cmocka_unit_test(every_file_has_a_row)};
    return cmocka_run_group_tests_name("data/series_field", tests, NULL, NULL);
}
