/* Fingerprints of data sets: what tells them apart, and what does not. */
#include "check.h"

#include <fsnn/data.h>

enum { COUNT = 40, SIZE = 6 };

static float values[COUNT * SIZE];
static int32_t labels[COUNT];

static void fill(void)
{
    for (int i = 0; i < COUNT * SIZE; i++)
        values[i] = (float)((i * 37 + 11) % 101) / 101;
    for (int i = 0; i < COUNT; i++)
        labels[i] = i % 3;
}

static fsnn_data *made(int64_t count, const char *origin)
{
    fsnn_data *data;
    GOOD(fsnn_data_memory(count, FSNN_SHAPE(SIZE), values, labels, &data));
    GOOD(fsnn_data_origin_set(data, origin));
    return data;
}

static void of(int64_t count, const char *origin, char text[FSNN_FINGERPRINT_SIZE])
{
    fsnn_data *data = made(count, origin);
    GOOD(fsnn_data_fingerprint(data, text));
    fsnn_data_destroy(data);
}

static void expect(const char *was, const char *here, const char *words)
{
    char found[256];
    assert_int_equal(fsnn_fingerprint_differs(was, here, found, sizeof found), *words != 0);
    assert_string_equal(found, words);
}

static void what_differs(void **state)
{
    (void)state;
    char was[FSNN_FINGERPRINT_SIZE], here[FSNN_FINGERPRINT_SIZE];
    fill();
    of(COUNT, "npz a.npz", was);
    of(COUNT, "npz a.npz", here);
    expect(was, here, "");
    assert_string_equal(was, here);
    of(COUNT, "npz renamed.npz", here);
    expect(was, here, "");
    of(COUNT - 2, "npz b.npz", here);
    expect(was, here,
           "40 samples (here 38), other labels, other values, of npz a.npz (here npz b.npz)");
    labels[7] = 2;
    of(COUNT, "npz a.npz", here);
    expect(was, here, "other labels");
    labels[7] = 3;
    of(COUNT, "npz a.npz", here);
    expect(was, here, "3 classes (here 4), other labels");
    fill();
    for (int i = 0; i < COUNT * SIZE; i++) { /* one value a little, whichever it is */
        CASE("value %d", i);
        values[i] += 0.02F;
        of(COUNT, "npz a.npz", here);
        expect(was, here, "other values");
        values[i] -= 0.02F;
    }
    fill();
    for (int i = 0; i < COUNT * SIZE; i++) /* rounding */
        values[i] *= 1 + (i % 3 - 1) * 1e-7F;
    of(COUNT, "npz a.npz", here);
    expect(was, here, "");
    fill();
    float first = values[0]; /* values that change places */
    values[0] = values[1];
    values[1] = first;
    of(COUNT, "npz a.npz", here);
    expect(was, here, "other values");
}

/* Normalising, drawing and repeating samples make other data; the order of labels counts. */
static void of_parts(void **state)
{
    (void)state;
    char was[FSNN_FINGERPRINT_SIZE], here[FSNN_FINGERPRINT_SIZE], words[256];
    fill();
    of(COUNT, "x", was);
    for (int what = 0; what < 3; what++) {
        fsnn_data *data = made(COUNT, "x"), *share = NULL;
        if (what == 0)
            GOOD(fsnn_data_normalize(data, 0.5, 2));
        else if (what == 1)
            GOOD(fsnn_data_split(data, 0.25, 1, &share));
        else
            GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
        GOOD(fsnn_data_fingerprint(data, here));
        assert_true(fsnn_fingerprint_differs(was, here, words, sizeof words));
        CONTAINS(words, what == 0   ? "other values"
                        : what == 1 ? "40 samples (here 30)"
                                    : "shape [6] (here [6, 1] in time)");
        fsnn_data_destroy(share);
        fsnn_data_destroy(data);
    }
}

static void odd_texts(void **state)
{
    (void)state;
    char was[FSNN_FINGERPRINT_SIZE], words[8];
    fill();
    of(COUNT, "a;b\n=c", was);
    CONTAINS(was, "origin=a,b?=c");
    assert_false(fsnn_fingerprint_differs(NULL, was, words, sizeof words));
    assert_false(fsnn_fingerprint_differs("", was, words, sizeof words));
    assert_false(fsnn_fingerprint_differs("nonsense; and more", was, words, sizeof words));
    assert_true(fsnn_fingerprint_differs("samples=41", was, words, sizeof words));
    assert_string_equal(words, "41 samp"); /* as much as there is space for */
    FAILS(fsnn_data_fingerprint(NULL, was), FSNN_EARGUMENT);
    FAILS(fsnn_data_origin_set(NULL, "x"), FSNN_EARGUMENT);
    assert_null(fsnn_data_origin(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_differs),
        cmocka_unit_test(of_parts),
        cmocka_unit_test(odd_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
