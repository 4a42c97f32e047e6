/* tests/base/test_file.c: files are replaced whole or not at all. */
#include "folder.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path;

static int open_folder(void **state)
{
    if (folder_open(state))
        return -1;
    path = folder_path("file");
    return 0;
}

static void write_file(const char *text)
{
    fsnn_file file;

    GOOD(fsnn_file_create(&file, path));
    fputs(text, file.stream);
    GOOD(fsnn_file_commit(&file));
}

static void expect_file(const char *text)
{
    uint8_t *data;
    size_t size;

    GOOD(fsnn_file_read(path, &data, &size));
    assert_int_equal(size, strlen(text));
    assert_memory_equal(data, text, size);
    fsnn_free(data);
}

static void commit_replaces(void **state)
{
    (void)state;
    write_file("first");
    expect_file("first");
    write_file("second, longer");
    expect_file("second, longer");
    write_file("");
    expect_file("");
    assert_int_equal(folder_count(), 1);
}

static void nothing_is_seen_before_the_commit(void **state)
{
    fsnn_file file;

    (void)state;
    write_file("old");
    GOOD(fsnn_file_create(&file, path));
    fputs("new", file.stream);
    fflush(file.stream);
    expect_file("old");
    GOOD(fsnn_file_commit(&file));
    expect_file("new");
}

static void abort_keeps_the_old_file(void **state)
{
    fsnn_file file;

    (void)state;
    write_file("old");
    GOOD(fsnn_file_create(&file, path));
    fputs("new", file.stream);
    fsnn_file_abort(&file);
    fsnn_file_abort(&file); /* harmless */
    expect_file("old");
    assert_int_equal(folder_count(), 1);
}

/* A limit on file size makes writing fail in the middle, as a full disk does. */
static void failed_write_keeps_the_old_file(void **state)
{
    struct rlimit old, small;
    char block[4096];
    fsnn_file file;

    (void)state;
    write_file("old");
    memset(block, 'x', sizeof block);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = (struct rlimit){10000, old.rlim_max};
    GOOD(fsnn_file_create(&file, path));
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 10; i++)
        fwrite(block, 1, sizeof block, file.stream);
    fsnn_status status = fsnn_file_commit(&file);
    setrlimit(RLIMIT_FSIZE, &old);

    assert_int_equal(status, FSNN_EIO);
    CONTAINS(fsnn_error_text(), path);
    CONTAINS(fsnn_error_text(), strerror(EFBIG));
    CONTAINS(fsnn_error_text(), "untouched");
    expect_file("old");
    assert_int_equal(folder_count(), 1);
}

static void full_disk(size_t bytes)
{
    fsnn_file file;

    GOOD(fsnn_file_create(&file, "/dev/full"));
    for (size_t i = 0; i < bytes; i++)
        fputc('x', file.stream);
    REFUSED(fsnn_file_commit(&file), FSNN_EIO, "/dev/full");
    CONTAINS(fsnn_error_text(), strerror(ENOSPC));
}

static void full_disk_is_named(void **state)
{
    struct stat about;

    (void)state;
    full_disk(10);    /* fails when flushed */
    full_disk(10000); /* fails while written */
    assert_int_equal(stat("/dev/full", &about), 0);
    assert_true(S_ISCHR(about.st_mode)); /* devices are written to, not replaced */
}

static void links_and_modes_survive(void **state)
{
    const char *link = folder_path("link");
    struct stat about;

    (void)state;
    write_file("old");
    chmod(path, 0640);
    assert_int_equal(symlink(path, link), 0);

    fsnn_file file;
    GOOD(fsnn_file_create(&file, link));
    fputs("new", file.stream);
    GOOD(fsnn_file_commit(&file));
    expect_file("new");
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
}

static void refusals_say_why(void **state)
{
    fsnn_file file;
    uint8_t *data;
    size_t size;

    (void)state;
    REFUSED(fsnn_file_create(&file, "/no-such-place/file"), FSNN_EIO, "/no-such-place/file");
    CONTAINS(fsnn_error_text(), strerror(ENOENT));
    REFUSED(fsnn_file_create(&file, folder), FSNN_EIO, "directory");
    REFUSED(fsnn_file_read("/no-such-place/file", &data, &size), FSNN_EIO, strerror(ENOENT));
    REFUSED(fsnn_file_read(folder, &data, &size), FSNN_EIO, "directory");
    assert_int_equal(folder_count(), 0);
}

static void out_of_memory_leaves_nothing(void **state)
{
    fsnn_file file;
    uint8_t *data;
    size_t size;
    int64_t n = 0;
    fsnn_status status;

    (void)state;
    write_file("old");
    do {
        fsnn_alloc_fail_at(++n);
        status = fsnn_file_create(&file, path);
        fsnn_alloc_fail_at(0);
    } while (status == FSNN_EMEMORY && n < 10);
    GOOD(status);
    assert_true(n > 1);
    fsnn_file_abort(&file);
    fsnn_alloc_fail_at(1);
    FAILS(fsnn_file_read(path, &data, &size), FSNN_EMEMORY);
    fsnn_alloc_fail_at(0);
    assert_int_equal(folder_count(), 1);
    expect_file("old");
}

/* A pipe has no size: it is read to its end. */
static void pipes_are_read_whole(void **state)
{
    enum { MANY = 30000 };
    int end[2];
    char name[64], block[MANY];
    uint8_t *data;
    size_t size;

    (void)state;
    memset(block, 'p', sizeof block);
    assert_int_equal(pipe(end), 0);
    assert_int_equal(write(end[1], block, MANY), MANY);
    close(end[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", end[0]);
    GOOD(fsnn_file_read(name, &data, &size));
    close(end[0]);
    assert_int_equal(size, MANY);
    assert_memory_equal(data, block, MANY);
    fsnn_free(data);
}

/* Someone who knows how files beside the target were called cannot have them written elsewhere. */
static void planted_links_are_not_followed(void **state)
{
    char planted[512];
    const char *victim = folder_path("victim");
    fsnn_file file;
    struct stat about;

    (void)state;
    snprintf(planted, sizeof planted, "%s.tmp-%ld", path, (long)getpid());
    folder_write_text("victim", "precious");
    assert_int_equal(symlink(victim, planted), 0);
    assert_int_equal(fsnn_file_create(&file, path), FSNN_OK);
    fputs("new", file.stream);
    assert_int_equal(lstat(file.temporary, &about), 0);
    assert_true(S_ISREG(about.st_mode));
    assert_int_equal(fsnn_file_commit(&file), FSNN_OK);
    expect_file("new");
    path = victim;
    expect_file("precious");
}

/* Two at once have a file each; the last that ends is what stays. */
static void two_at_once(void **state)
{
    fsnn_file one, two;

    (void)state;
    assert_int_equal(fsnn_file_create(&one, path), FSNN_OK);
    assert_int_equal(fsnn_file_create(&two, path), FSNN_OK);
    fputs("one", one.stream);
    fputs("two", two.stream);
    assert_int_equal(folder_count(), 2);
    assert_int_equal(fsnn_file_commit(&two), FSNN_OK);
    expect_file("two");
    assert_int_equal(fsnn_file_commit(&one), FSNN_OK);
    expect_file("one");
    assert_int_equal(folder_count(), 1);
}

/* A process that is killed leaves its file; the next that writes the target removes it, and those
 * of older versions, and nothing else. */
static void what_the_dead_left_goes(void **state)
{
    static const char *const other[] = {"file.tmp-", "file.tmp-12x", "file.tmp-1-12345",
                                        "mine.tmp-1"};
    char name[512];

    (void)state;
    pid_t child = fork();
    if (child == 0) {
        fsnn_file file;
        if (fsnn_file_create(&file, path) == FSNN_OK)
            raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(folder_count(), 1);
    snprintf(name, sizeof name, "%s.tmp-99999999", path);
    fclose(fopen(name, "w"));
    for (int i = 0; i < FSNN_COUNT(other); i++) {
        fclose(fopen(folder_path(other[i]), "w"));
    }
    assert_int_equal(folder_count(), 2 + FSNN_COUNT(other));
    write_file("new");
    assert_int_equal(folder_count(), 1 + FSNN_COUNT(other));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(commit_replaces),
        TEST(nothing_is_seen_before_the_commit),
        TEST(abort_keeps_the_old_file),
        TEST(failed_write_keeps_the_old_file),
        TEST(full_disk_is_named),
        TEST(links_and_modes_survive),
        TEST(refusals_say_why),
        TEST(out_of_memory_leaves_nothing),
        TEST(pipes_are_read_whole),
        TEST(planted_links_are_not_followed),
        TEST(two_at_once),
        TEST(what_the_dead_left_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
