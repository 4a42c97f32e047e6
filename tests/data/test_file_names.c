/* Patterns of file names, those of series and those of events: values against a search through all
 * of them, and long paths. */
#include "check.h"
#include "folder.h"

#include "data/events/event_files.h"
#include "data/file_names.h"
#include "fuzz/mutate.h"

/* All values in turn, the shortest first: the definition, as slow as it is. */
static bool search(const char *text, const char *path, int field, name_match *out)
{
    for (; *text && *text != '{'; text++, path++)
        if (*text != *path)
            return false;
    if (!*text)
        return !*path;
    for (int n = 1; path[n - 1] && path[n - 1] != '/'; n++) {
        out->at[field] = path;
        out->length[field] = n;
        if (search(strchr(text, '}') + 1, path + n, field + 1, out))
            return true;
    }
    return false;
}

/* Whether the pattern fits the path; if so, the values are those of the definition. */
static bool same_values(const char *text, const char *path)
{
    name_pattern p;
    name_match found, wanted;
    GOOD(name_pattern_read(text, &p));
    CASE("\"%s\" on \"%s\"", text, path);
    bool fits = name_pattern_match(&p, path, &found);
    assert_int_equal(fits, search(text, path, 0, &wanted));
    for (int i = 0; fits && i < p.fields; i++) {
        assert_ptr_equal(found.at[i], wanted.at[i]);
        assert_int_equal(found.length[i], wanted.length[i]);
    }
    return fits;
}

/* Few letters, so that literal text occurs at many places. */
static void values(void **state)
{
    (void)state;
    static const char *const part[] = {"a", "b", "ab", "/", "{x}", "{y}", "{z}", "_"};
    static const char letter[] = "aaabbb_/";
    int fits = 0;
    dice d = dice_of(1);
    for (int i = 0; i < 60000; i++) {
        char text[64] = "", path[16] = "";
        for (size_t n = 1 + roll(&d, 6); n > 0; n--)
            strcat(text, part[roll(&d, FSNN_COUNT(part))]);
        for (size_t n = roll(&d, 10), at = 0; at < n; at++)
            path[at] = letter[roll(&d, sizeof letter - 1)];
        fits += same_values(text, path);
    }
    assert_true(fits > 2000);
}

static void texts(void **state)
{
    (void)state;
    name_pattern p;
    name_match m;
    GOOD(name_pattern_read("{label}/{speaker}_{take}.wav", &p));
    assert_true(name_pattern_match(&p, "yes/anna_maria_3.wav", &m));
    assert_int_equal(m.length[0], 3);
    assert_int_equal(m.length[1], 4); /* the shortest: anna */
    assert_memory_equal(m.at[2], "maria_3", 7);
    assert_false(name_pattern_match(&p, "yes/anna/maria_3.wav", &m));
    assert_false(name_pattern_match(&p, "yes/anna_.wav", &m));
}

/* A path that does not fit is refused without trying all ways to cut it in eight: there are
 * 10^20 of them. */
static void long_path(void **state)
{
    (void)state;
    name_pattern p;
    name_match m;
    char path[4001];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    GOOD(name_pattern_read("{a}{b}{c}{d}{e}{f}{g}{h}.wav", &p));
    assert_false(name_pattern_match(&p, path, &m));
    GOOD(name_pattern_read("{a}a{b}a{c}a{d}a{e}a{f}a{g}a{h}.wav", &p));
    assert_false(name_pattern_match(&p, path, &m));
    memcpy(path + sizeof path - 5, ".wav", 4);
    assert_true(name_pattern_match(&p, path, &m));
    assert_int_equal(m.length[7], 4000 - 4 - 14);
}

/* The same for a pattern with '*' and {class}. */
static bool search_class(const char *pattern, const char *name, const char **from, size_t *length)
{
    size_t first = *pattern != '*';
    bool is_class = !strncmp(pattern, "{class}", 7);
    if (*pattern && first && !is_class)
        return *pattern == *name && search_class(pattern + 1, name + 1, from, length);
    if (!*pattern)
        return !*name;
    for (size_t n = first; n <= strlen(name); n++) {
        if (search_class(pattern + (is_class ? 7 : 1), name + n, from, length)) {
            *from = is_class ? name : *from;
            *length = is_class ? n : *length;
            return true;
        }
    }
    return false;
}

static bool same_class(const char *pattern, const char *name)
{
    char *text;
    const char *from = NULL;
    size_t length = 0;
    CASE("\"%s\" on \"%s\"", pattern, name);
    bool fits = search_class(pattern, name, &from, &length);
    assert_int_equal(event_pattern_match(pattern, name, &text), fits);
    assert_int_equal(text != NULL, fits && from);
    if (text)
        assert_true(strlen(text) == length && !memcmp(text, from, length));
    fsnn_free(text);
    return fits;
}

static void classes(void **state)
{
    (void)state;
    static const char *const part[] = {"a", "b", "ab", "*", "*", "{class}", "_"};
    static const char letter[] = "aaabbb_{";
    int fits = 0;
    dice d = dice_of(2);
    for (int i = 0; i < 60000; i++) {
        char text[64] = "", name[16] = "";
        for (size_t n = 1 + roll(&d, 6); n > 0; n--)
            strcat(text, part[roll(&d, FSNN_COUNT(part))]);
        for (size_t n = roll(&d, 10), at = 0; at < n; at++)
            name[at] = letter[roll(&d, sizeof letter - 1)];
        fits += same_class(text, name);
    }
    assert_true(fits > 2000);
}

static void long_name(void **state)
{
    (void)state;
    char name[4001], *text;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(event_pattern_match("*a*a*a*a{class}a*a*a*a.bin", name, &text), 0);
    memcpy(name + sizeof name - 5, ".bin", 4);
    assert_int_equal(event_pattern_match("*a*a*a*a{class}a*a*a*a.bin", name, &text), 1);
    assert_string_equal(text, "a");
    fsnn_free(text);
}

static void lists(void **state)
{
    (void)state;
    static const char *const text[] = {"b\na\n", "b\r\n\r\na", "b\ra\r", "b\r\ra"};
    for (int i = 0; i < FSNN_COUNT(text); i++) {
        CASE("text[%d]", i);
        name_list list = {0};
        folder_write_text("list.txt", text[i]);
        GOOD(name_list_read(&list, folder_path("list.txt")));
        assert_int_equal(list.count, 2);
        assert_string_equal(list.item[0], "a");
        assert_string_equal(list.item[1], "b");
        name_list_free(&list);
    }
    folder_delete("list.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),  cmocka_unit_test(texts),     cmocka_unit_test(long_path),
        cmocka_unit_test(classes), cmocka_unit_test(long_name), cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests_name("data/file_names", tests, folder_open, folder_close);
}
