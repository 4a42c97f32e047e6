/* tests/base/test_port_files.c: what the port of the system says of files and folders. */
#include "base/port_files.h"
#include "check.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/fsnn-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const made[] = {"file", "link", "below/one", "below", ".hidden", "pipe"};
    char name[128];
    (void)state;
    for (int i = 0; i < FSNN_COUNT(made); i++) {
        snprintf(name, sizeof name, "%s/%s", folder, made[i]);
        remove(name);
    }
    return rmdir(folder);
}

static const char *in_folder(const char *name)
{
    static char full[128];
    snprintf(full, sizeof full, "%s/%s", folder, name);
    return full;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void look(void **state)
{
    port_about about;
    (void)state;
    errno = 0;
    assert_false(port_look(path, &about));
    assert_int_equal(errno, ENOENT);
    assert_false(port_exists(path) || port_is_file(path) || port_is_folder(path));
    write_text(path, "seven b");
    assert_true(port_look(path, &about));
    assert_true(about.file && !about.folder);
    assert_int_equal(about.size, 7);
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(about.changed[0], s.st_mtim.tv_sec);
    assert_int_equal(about.changed[1], s.st_mtim.tv_nsec);
    assert_true(port_exists(path) && port_is_file(path) && !port_is_folder(path));
    assert_true(port_exists(folder) && port_is_folder(folder) && !port_is_file(folder));
    assert_int_equal(symlink(folder, in_folder("link")), 0);
    assert_true(port_is_folder(in_folder("link")));
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_true(port_look(in_folder("pipe"), &about));
    assert_false(about.file || about.folder);
}

static void folders_made(void **state)
{
    (void)state;
    assert_true(port_make_folder(in_folder("below")));
    assert_true(port_is_folder(in_folder("below")));
    assert_true(port_make_folder(in_folder("below")));
    errno = 0;
    assert_false(port_make_folder(in_folder("not/there")));
    assert_int_equal(errno, ENOENT);
}

static void real_paths(void **state)
{
    char *real, *same;
    (void)state;
    write_text(path, "x");
    assert_int_equal(symlink("file", in_folder("link")), 0);
    assert_int_equal(port_real_path(in_folder("link"), &real), FSNN_OK);
    assert_int_equal(port_real_path(path, &same), FSNN_OK);
    assert_string_equal(real, same);
    assert_int_equal(real[0], '/');
    fsnn_free(real);
    fsnn_free(same);
    assert_int_equal(port_real_path(in_folder("nowhere"), &real), FSNN_OK);
    assert_null(real);
    fsnn_alloc_fail_at(1);
    assert_int_equal(port_real_path(path, &real), FSNN_EMEMORY);
    assert_null(real);
    fsnn_alloc_fail_at(0);
}

static void files_removed(void **state)
{
    (void)state;
    write_text(path, "x");
    assert_true(port_remove(path));
    assert_false(port_exists(path) || port_remove(path));
    assert_true(port_make_folder(in_folder("below")));
    assert_false(port_remove(in_folder("below")));
    assert_true(port_is_folder(in_folder("below")));
}

static void lists(void **state)
{
    port_names names;
    (void)state;
    assert_int_equal(port_list(folder, &names), FSNN_OK);
    assert_int_equal(names.count, 0);
    port_names_free(&names);
    assert_true(port_make_folder(in_folder("below")));
    write_text(in_folder("below/one"), "1");
    write_text(in_folder(".hidden"), "1");
    write_text(path, "1");
    assert_int_equal(port_list(folder, &names), FSNN_OK);
    assert_int_equal(names.count, 2);
    int first = strcmp(names.name[0], "below") == 0 ? 0 : 1;
    assert_string_equal(names.name[first], "below");
    assert_string_equal(names.name[!first], "file");
    port_names_free(&names);
    errno = 0;
    assert_int_equal(port_list(path, &names), FSNN_ENOTFOUND);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(names.count, 0);
    assert_int_equal(port_list(in_folder("nowhere"), &names), FSNN_ENOTFOUND);
    assert_int_equal(errno, ENOENT);
}

static void lists_without_memory(void **state)
{
    port_names names;
    fsnn_status status = FSNN_EMEMORY;
    (void)state;
    write_text(path, "1");
    for (int64_t n = 1; status < 0 && n < 10; n++) {
        fsnn_alloc_fail_at(n);
        status = port_list(folder, &names);
        assert_true(status == FSNN_OK || (status == FSNN_EMEMORY && names.count == 0));
        assert_true(n > 2 || status == FSNN_EMEMORY);
    }
    fsnn_alloc_fail_at(0);
    assert_int_equal(status, FSNN_OK);
    port_names_free(&names);
}

/* What was mapped stays when its name comes to stand for another file. */
static void maps(void **state)
{
    size_t size = 0;
    (void)state;
    assert_null(port_map(path, &size));
    write_text(path, "");
    assert_null(port_map(path, &size));
    write_text(path, "old");
    const char *map = port_map(path, &size);
    assert_non_null(map);
    assert_int_equal(size, 3);
    write_text(in_folder("link"), "new one");
    assert_int_equal(rename(in_folder("link"), path), 0);
    assert_memory_equal(map, "old", 3);
    port_unmap(map, size);
    assert_null(port_map(folder, &size));
    port_unmap(NULL, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(look),  TEST(folders_made),         TEST(real_paths), TEST(files_removed),
        TEST(lists), TEST(lists_without_memory), TEST(maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
