/* Numbers in sentences read back as what they are. */
#include "../check.h"
#include "base/sentence.h"

static FSNN_PRINTF(3, 4) int say(char *out, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = fsnn_sentence(out, size, format, args);
    va_end(args);
    return length;
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1"},
        {0.1, "0.1"},
        {(double)0.1f, "0.1"}, /* a float shows as one */
        {1.0000001, "1.0000001"},
        {1 + 2.220446049250313e-16, "1.0000000000000002"},
        {(double)(1 + 1.1920929e-7f), "1.0000001"},
        {1e15, "1e+15"},
        {123456789, "123456789"},
        {-2.5e-7, "-2.5e-07"},
        {0.30000000000000004, "0.30000000000000004"},
        {INFINITY, "inf"},
    };
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        char text[FSNN_NUMBER_SIZE];
        CASE("%.17g", rows[i].x);
        assert_string_equal(fsnn_number_text(text, rows[i].x), rows[i].text);
    }
    char text[FSNN_NUMBER_SIZE];
    assert_string_equal(fsnn_number_text(text, NAN), "nan");
    assert_string_equal(fsnn_number_text(text, -(double)NAN), "nan");
    assert_string_equal(fsnn_number_text(text, copysign(NAN, -1)), "nan");
}

/* Limits are rounded to the side that is within them; numbers that differ do not look the same. */
static void limits(void **state)
{
    (void)state;
    static const double x[] = {1,       0.12345, 0.12346,    9.9999, 99995,
                               1.00001, 3e-9,    1.41421356, 7.5e12};
    for (int i = 0; i < FSNN_COUNT(x); i++) {
        CASE("%.17g", x[i]);
        char below[32], above[32];
        snprintf(below, sizeof below, "%.4g", fsnn_limit_below(x[i]));
        snprintf(above, sizeof above, "%.4g", fsnn_limit_above(x[i]));
        assert_true(atof(below) <= x[i] && atof(above) >= x[i]);
        assert_true(atof(below) >= x[i] * (1 - 1.1e-3) && atof(above) <= x[i] * (1 + 1.1e-3));
    }
    assert_int_equal(fsnn_digits_apart(1, 2), 4);
    assert_int_equal(fsnn_digits_apart(1.4142, 1.4143), 5);
    assert_int_equal(fsnn_digits_apart(1, 1.0000001), 8);
    assert_int_equal(fsnn_digits_apart(1, 1 + 2.3e-16), 17);
}

/* Every conversion with what stands before and after it. */
static void conversions(void **state)
{
    (void)state;
    char text[256];
    int length = say(
        text, sizeof text, "%s|%d|%lld|%zu|%g|%.2g|%5.1f|%-4d|%%|%.*s|%08x|%llu|%c|%ld", "a", -3,
        1LL << 40, (size_t)7, 1.0000001, 1.0000001, 2.25, 5, 2, "xyz", 0xabu, ~0ULL, 'q', -9L);
    assert_string_equal(text, "a|-3|1099511627776|7|1.0000001|1|  2.2|5   |%|xy|000000ab|"
                              "18446744073709551615|q|-9");
    assert_int_equal(length, strlen(text));
}

/* As vsnprintf: cut, ended, with the length that there would have been. */
static void cut(void **state)
{
    (void)state;
    char text[8] = "#######";
    assert_int_equal(say(text, 6, "ab%dcd%gef", 123, 0.5), 12);
    assert_string_equal(text, "ab123");
    assert_int_equal(say(text, 3, "%s", "abcdef"), 6);
    assert_string_equal(text, "ab");
    assert_int_equal(say(text, 4, "abcdefgh%d%g", 1, 2.0), 10);
    assert_string_equal(text, "abc");
}

static void errors(void **state)
{
    (void)state;
    fsnn_fail(FSNN_EARGUMENT, "alpha is %g: it must lie in (0, 1]", 1.0000000000000002);
    assert_string_equal(fsnn_error_text(), "alpha is 1.0000000000000002: it must lie in (0, 1]");
}

static void pieces_of_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"", ""},
        {"a b~", "a b~"},
        {"T\303\244st \316\251 \342\202\254", "T\303\244st \316\251 \342\202\254"},
        {"\360\237\230\200", "\360\237\230\200"},
        {"a\tb\x1b[2J\x7f", "a?b?[2J?"},
        {"\344\370", "??"},      /* Latin-1 */
        {"\302\233x", "??x"},    /* a control of eight bits */
        {"\300\257", "??"},      /* too long a form */
        {"\355\240\200", "???"}, /* a surrogate */
        {"\342\202", "??"},      /* cut short */
        {"0123456789abcdefghij", "0123456789abcdefghij"},
        {"0123456789abcdefghijk", "0123456789abcdefghij..."},
        {"0123456789abcdefghi\303\244", "0123456789abcdefghi..."},
    };
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        char out[24];
        CASE("rows[%d]", i);
        assert_ptr_equal(fsnn_shown(out, sizeof out, rows[i].text, strlen(rows[i].text)), out);
        assert_string_equal(out, rows[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_files), cmocka_unit_test(numbers), cmocka_unit_test(limits),
        cmocka_unit_test(conversions),     cmocka_unit_test(cut),     cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
