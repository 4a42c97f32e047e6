/* What stands where a file should be and is none: refused before any reader sees it. */
#include "folder.h"

static const struct {
    const char *text, *words; /* NULL: an ordinary file */
} row[] = {
    {"version https://git-lfs.github.com/spec/v1\noid sha256:43fd\nsize 21620\n",
     "f: is a Git LFS pointer, not the data (21620 bytes): run git lfs pull in its repository"},
    {"version https://hawser.github.com/spec/v1\noid sha256:43fd\n",
     "is a Git LFS pointer, not the "
     "data: run git lfs pull"},
    {"/annex/objects/"
     "SHA256E-s31390--f50d7ac4c6b9031379986bc362fcefb65f1e52621ce1708d537e740fefc5.bin\n",
     "f: is a git-annex pointer, not the data: run git annex get on it"},
    {"../../.git/annex/objects/aa/bb/SHA256E-s5--c/SHA256E-s5--c", "is a git-annex pointer"},
    {"\n <!DOCTYPE html>\n<html><title>404</title>", "f: is a web page (HTML), not the data"},
    {"<HTML><body>moved", "is a web page (HTML)"},
    {"\xef\xbb\xbf<html>", "is a web page (HTML)"},
    {"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>", "is an error in XML"},
    {"", NULL},
    {"version 2\n", NULL},
    {"../data/a.bin\n../.git/annex/objects/b\n", NULL}, /* a list of files */
    {"<events>", NULL},
    {"<?xml version=\"1.0\"?><net/>", NULL},
};

static void refused(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        uint8_t *data = NULL;
        size_t size;
        folder_write_text("f", row[i].text);
        CASE("%s", row[i].text);
        if (row[i].words) {
            REFUSED(fsnn_file_read(folder_path("f"), &data, &size), FSNN_EFORMAT, row[i].words);
            REFUSED(fsnn_file_look(folder_path("f")), FSNN_EFORMAT, row[i].words);
            assert_null(data);
        } else {
            GOOD(fsnn_file_read(folder_path("f"), &data, &size));
            GOOD(fsnn_file_look(folder_path("f")));
        }
        fsnn_free(data);
    }
    folder_delete("f");
    GOOD(fsnn_file_look(folder_path("f"))); /* whoever opens it says why not */
}

/* What git-annex leaves where links can be. */
static void link_to_nowhere(void **state)
{
    (void)state;
    const char *path = folder_path("l");
    uint8_t *data;
    size_t size;
    assert_int_equal(symlink("../.git/annex/objects/xy/SHA256E-s5--c/SHA256E-s5--c", path), 0);
    REFUSED(fsnn_file_read(path, &data, &size), FSNN_EIO,
            "l: is a link of git-annex to a file that is not here: run git annex get on it");
    folder_delete("l");
    assert_int_equal(symlink("elsewhere", path), 0);
    REFUSED(fsnn_file_read(path, &data, &size), FSNN_EIO, "cannot be read");
    folder_delete("l");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
        cmocka_unit_test(link_to_nowhere),
    };
    return cmocka_run_group_tests_name("base/stand_in", tests, folder_open, folder_close);
}
