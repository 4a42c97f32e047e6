/* tests/base/test_port_files.c: what the port of the system says of files and folders. */
#include "base/port_files.h"
#include "check.h"
#include "folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static void look(void **state)
{
    port_about about;
    (void)state;
    errno = 0;
    assert_false(port_look(folder_path("file"), &about));
    assert_int_equal(errno, ENOENT);
    assert_false(port_exists(folder_path("file")) || port_is_file(folder_path("file")) ||
                 port_is_folder(folder_path("file")));
    folder_write_text("file", "seven b");
    assert_true(port_look(folder_path("file"), &about));
    assert_true(about.file && !about.folder);
    assert_int_equal(about.size, 7);
    struct stat s;
    assert_int_equal(stat(folder_path("file"), &s), 0);
    assert_int_equal(about.changed[0], s.st_mtim.tv_sec);
    assert_int_equal(about.changed[1], s.st_mtim.tv_nsec);
    assert_true(port_exists(folder_path("file")) && port_is_file(folder_path("file")) &&
                !port_is_folder(folder_path("file")));
    FILE *stream = fopen(folder_path("file"), "rb");
    port_look_stream(stream, &about);
    fclose(stream);
    assert_true(about.file && !about.folder);
    assert_int_equal(about.size, 7);
    assert_true(port_exists(folder) && port_is_folder(folder) && !port_is_file(folder));
    assert_int_equal(symlink(folder, folder_path("link")), 0);
    assert_true(port_is_folder(folder_path("link")));
    assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
    assert_true(port_look(folder_path("pipe"), &about));
    assert_false(about.file || about.folder);
}

static void folders_made(void **state)
{
    (void)state;
    assert_true(port_make_folder(folder_path("below")));
    assert_true(port_is_folder(folder_path("below")));
    assert_true(port_make_folder(folder_path("below")));
    errno = 0;
    assert_false(port_make_folder(folder_path("not/there")));
    assert_int_equal(errno, ENOENT);
}

static void real_paths(void **state)
{
    char *real, *same;
    (void)state;
    folder_write_text("file", "x");
    assert_int_equal(symlink("file", folder_path("link")), 0);
    assert_int_equal(port_real_path(folder_path("link"), &real), FSNN_OK);
    assert_int_equal(port_real_path(folder_path("file"), &same), FSNN_OK);
    assert_string_equal(real, same);
    assert_int_equal(real[0], '/');
    fsnn_free(real);
    fsnn_free(same);
    assert_int_equal(port_real_path(folder_path("nowhere"), &real), FSNN_OK);
    assert_null(real);
    fsnn_alloc_fail_at(1);
    assert_int_equal(port_real_path(folder_path("file"), &real), FSNN_EMEMORY);
    assert_null(real);
    fsnn_alloc_fail_at(0);
}

static void files_removed(void **state)
{
    (void)state;
    folder_write_text("file", "x");
    assert_true(port_remove(folder_path("file")));
    assert_false(port_exists(folder_path("file")) || port_remove(folder_path("file")));
    assert_true(port_make_folder(folder_path("below")));
    assert_false(port_remove(folder_path("below")));
    assert_true(port_is_folder(folder_path("below")));
}

static void lists(void **state)
{
    port_names names;
    (void)state;
    assert_int_equal(port_list(folder, &names), FSNN_OK);
    assert_int_equal(names.count, 0);
    port_names_free(&names);
    assert_true(port_make_folder(folder_path("below")));
    folder_write_text("below/one", "1");
    folder_write_text(".hidden", "1");
    folder_write_text("file", "1");
    assert_int_equal(port_list(folder, &names), FSNN_OK);
    assert_int_equal(names.count, 2);
    int first = strcmp(names.name[0], "below") == 0 ? 0 : 1;
    assert_string_equal(names.name[first], "below");
    assert_string_equal(names.name[!first], "file");
    port_names_free(&names);
    errno = 0;
    assert_int_equal(port_list(folder_path("file"), &names), FSNN_ENOTFOUND);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(names.count, 0);
    assert_int_equal(port_list(folder_path("nowhere"), &names), FSNN_ENOTFOUND);
    assert_int_equal(errno, ENOENT);
}

static void lists_without_memory(void **state)
{
    port_names names;
    fsnn_status status = FSNN_EMEMORY;
    (void)state;
    folder_write_text("file", "1");
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

/* What was opened stays when its name comes to stand for another file; a file that is cut short is
 * read up to its end, and no further. */
static void reads_anywhere(void **state)
{
    int64_t size = 0;
    char text[8] = "";
    (void)state;
    assert_null(port_open(folder_path("file"), &size));
    folder_write_text("file", "old one");
    port_file *file = port_open(folder_path("file"), &size);
    assert_non_null(file);
    assert_int_equal(size, 7);
    assert_true(port_read(file, text, 3, 4));
    assert_string_equal(text, "one");
    assert_false(port_read(file, text, 4, 4));
    assert_int_equal(errno, 0);
    assert_true(port_read(file, text, 0, 99));
    assert_int_equal(truncate(folder_path("file"), 2), 0);
    assert_false(port_read(file, text, 3, 0));
    assert_true(port_read(file, text, 2, 0));
    folder_write_text("link", "new one");
    assert_int_equal(rename(folder_path("link"), folder_path("file")), 0);
    assert_true(port_read(file, text, 2, 0));
    assert_memory_equal(text, "ol", 2);
    port_close(file);
    port_close(NULL);
}

static void links(void **state)
{
    char target[64];
    (void)state;
    port_link_target(folder_path("link"), target, sizeof target);
    assert_string_equal(target, "");
    assert_int_equal(symlink("there/it is", folder_path("link")), 0);
    port_link_target(folder_path("link"), target, sizeof target);
    assert_string_equal(target, "there/it is");
    port_link_target(folder_path("link"), target, 6);
    assert_string_equal(target, "there");
    assert_int_equal(unlink(folder_path("link")), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, folder_open, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(look),  TEST(folders_made),         TEST(real_paths),     TEST(files_removed),
        TEST(lists), TEST(lists_without_memory), TEST(reads_anywhere), TEST(links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
