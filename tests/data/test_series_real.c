/* Readers of series on real recordings below FSNN_DATA, beside figures that
 * tests/golden/make_series.py found without fsnn. What is not there is skipped with a word. */
#include "data/files.h"

#include <fsnn/series.h>

static char line[8192];

/* The file below FSNN_DATA, or NULL with a word. */
static const char *found(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", files_data(), name);
    if (access(path, R_OK) == 0)
        return path;
    print_message("skipped: no %s (set FSNN_DATA to the folder that holds it)\n", path);
    return NULL;
}

static double sum_of(const fsnn_series *s, int64_t channel, int64_t stride)
{
    fsnn_series_info info;
    int64_t length;
    double sum = 0;
    fsnn_series_info_get(s, &info);
    for (int64_t i = 0; i < info.count; i++) {
        const float *x = fsnn_series_values(s, i, &length, NULL);
        for (int64_t k = channel; k < length * info.channels; k += stride)
            sum += x[k];
    }
    return sum;
}

static bool check_ts(const char *text)
{
    char name[256];
    long long count, channels, classes, shortest, longest, total, labels, sum_labels = 0;
    double sum, first, last;
    assert_int_equal(sscanf(text, "ts %255s %lld %lld %lld %lld %lld %lld %lf %lf %lf %lld", name,
                            &count, &channels, &classes, &shortest, &longest, &total, &sum, &first,
                            &last, &labels),
                     11);
    const char *path = found(name);
    if (!path)
        return false;
    fsnn_series *s;
    fsnn_series_info info;
    GOOD(fsnn_series_ts(path, &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, count);
    assert_int_equal(info.channels, channels);
    assert_int_equal(info.classes, classes);
    assert_int_equal(info.shortest, shortest);
    assert_int_equal(info.longest, longest);
    assert_int_equal(info.total, total);
    assert_int_equal(info.missing, 0);
    assert_true(fabs(sum_of(s, 0, 1) - sum) < 2e-7 * (double)(total * channels));
    int64_t length;
    for (int64_t i = 0; i < count; i++) {
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        sum_labels += (i + 1) * label;
        if (i == 0)
            assert_true(x[0] == (float)first);
        if (i == count - 1)
            assert_true(x[length * channels - 1] == (float)last);
    }
    assert_int_equal(sum_labels, labels);
    fsnn_series_destroy(s);
    return true;
}

static bool check_wav(const char *text)
{
    char name[256];
    long long count, rate, total, sum, square;
    assert_int_equal(sscanf(text, "wav %255s %lld %lld %lld %lld %lld", name, &count, &rate, &total,
                            &sum, &square),
                     6);
    const char *path = found(name);
    if (!path)
        return false;
    fsnn_series *s;
    fsnn_series_info info;
    fsnn_wav_options options = {.pattern = "{label}_{speaker}_{take}.wav"};
    GOOD(fsnn_series_wav(path, &options, &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, count);
    assert_int_equal(info.classes, 10);
    assert_int_equal(info.total, total);
    assert_true(info.rate == (double)rate);
    assert_true(sum_of(s, 0, 1) * 32768 == (double)sum); /* all numbers are exact */
    double found_square = 0;
    int64_t length, per_class[10] = {0};
    for (int64_t i = 0; i < count; i++) {
        int32_t label;
        const float *x = fsnn_series_values(s, i, &length, &label);
        per_class[label]++;
        for (int64_t k = 0; k < length; k++)
            found_square += (double)x[k] * x[k] * 32768 * 32768;
    }
    assert_true(found_square == (double)square);
    for (int c = 0; c < 10; c++) {
        char digit[2] = {(char)('0' + c)};
        assert_int_equal(per_class[c], 300);
        assert_string_equal(fsnn_series_class(s, c), digit);
    }
    fsnn_series_destroy(s);
    options.only = "take=0-4"; /* the official test set */
    GOOD(fsnn_series_wav(path, &options, &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, 300);
    assert_int_equal(info.classes, 10);
    fsnn_series_destroy(s);
    return true;
}

static bool check_wfdb(const char *text)
{
    char name[256];
    long long length, channels, rate, sum[2], first[2];
    assert_int_equal(sscanf(text, "wfdb %255s %lld %lld %lld %lld %lld %lld %lld", name, &length,
                            &channels, &rate, &sum[0], &sum[1], &first[0], &first[1]),
                     8);
    const char *path = found(name);
    if (!path)
        return false;
    fsnn_series *s;
    int64_t got;
    GOOD(fsnn_series_wfdb(path, NULL, &s));
    const float *x = fsnn_series_values(s, 0, &got, NULL);
    assert_int_equal(got, length);
    for (int c = 0; c < 2; c++) { /* 200 numbers a mV, 1024 at 0 mV */
        double numbers = 0;
        for (int64_t k = 0; k < length; k++)
            numbers += round((double)x[2 * k + c] * 200 + 1024);
        assert_true(numbers == (double)sum[c]);
        assert_true(round((double)x[c] * 200 + 1024) == (double)first[c]);
    }
    fsnn_series_destroy(s);
    return true;
}

static bool check_beats(const char *text)
{
    char name[256], symbol[8];
    long long count, sum;
    assert_int_equal(sscanf(text, "beats %255s %7s %lld %lld", name, symbol, &count, &sum), 4);
    const char *path = found(name);
    if (!path)
        return false;
    fsnn_series *s;
    fsnn_series_info info;
    int64_t length;
    fsnn_wfdb_options options = {.classes = symbol, .after = 1.0 / 360};
    GOOD(fsnn_series_wfdb(path, &options, &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, count);
    double numbers = 0;
    for (int64_t i = 0; i < count; i++)
        numbers += round((double)fsnn_series_values(s, i, &length, NULL)[0] * 200 + 1024);
    assert_int_equal(length, 1);
    assert_true(numbers == (double)sum);
    fsnn_series_destroy(s);
    return true;
}

static bool check_mel(const char *text)
{
    char name[256];
    double frame, hop;
    int bands, k, used;
    assert_int_equal(
        sscanf(text, "mel %255s %lf %lf %d %d%n", name, &frame, &hop, &bands, &k, &used), 5);
    const char *path = found(name);
    if (!path)
        return false;
    fsnn_series *s;
    int64_t length;
    fsnn_mel mel = {.frame = frame, .hop = hop, .bands = bands, .floor = 1e-6};
    GOOD(fsnn_series_wav(path, NULL, &s));
    GOOD(fsnn_series_mel(s, &mel));
    const float *x = fsnn_series_values(s, 0, &length, NULL);
    assert_true(k < length);
    const char *rest = text + used;
    for (int b = 0; b < bands; b++) {
        char *end;
        double wanted = strtod(rest, &end);
        assert_true(end != rest);
        rest = end;
        assert_true(fabs(x[k * bands + b] - wanted) < 2e-4);
    }
    fsnn_series_destroy(s);
    return true;
}

static void golden(void **state)
{
    static const struct {
        const char *word;
        bool (*check)(const char *text);
    } kind[] = {
        {"ts ", check_ts},       {"wav ", check_wav}, {"wfdb ", check_wfdb},
        {"beats ", check_beats}, {"mel ", check_mel},
    };
    int checked[FSNN_COUNT(kind)] = {0}, lines = 0;
    (void)state;
    FILE *file = fopen("tests/golden/series.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        for (int i = 0; i < FSNN_COUNT(kind); i++)
            if (!strncmp(line, kind[i].word, strlen(kind[i].word))) {
                lines++;
                checked[i] += kind[i].check(line);
            }
    fclose(file);
    assert_int_equal(lines, 20);
    for (int i = 0; i < FSNN_COUNT(kind); i++)
        print_message("%s%d checked\n", kind[i].word, checked[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(golden)};
    return cmocka_run_group_tests_name("data/series_real", tests, NULL, NULL);
}
