/* HDF5 files read by another program: what it says goes on, and every way in which it can fail is a
 * sentence. The program is a shell script here. */
#include "base/guard.h"
#include "format/hdf_program.h"

#include "check.h"
#include "folder.h"

#include <stdlib.h>

static char got[32];

static fsnn_status send(guard *g, void *user)
{
    return hdf_by_program(g, user, user, "trains");
}

static fsnn_status receive(guard *g, void *user)
{
    (void)user;
    return guard_get(g, got, 11);
}

static fsnn_status read_by(const char *script)
{
    char named[512];
    const char *path = folder_path("reader.sh");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(script, file);
    fclose(file);
    snprintf(named, sizeof named, "/bin/sh:%s", path);
    setenv("FSNN_HDF5_READER", named, 1);
    memset(got, 0, sizeof got);
    fsnn_status status = guard_run(&(guard_work){.subject = "a.h5",
                                                 .worker = "the program",
                                                 .send = send,
                                                 .receive = receive,
                                                 .user = "a.h5",
                                                 .memory = (size_t)1 << 30,
                                                 .busy = 20,
                                                 .silence = 120});
    folder_delete("reader.sh");
    return status;
}

/* An int64 below 256. */
#define LENGTH(octal) "printf '\\" octal "\\000\\000\\000\\000\\000\\000\\000'\n"

static void passes_on(void **state)
{
    (void)state;
    GOOD(read_by(LENGTH("006") "printf \"$1\"\n" LENGTH("005") "printf \" $2\"\n" LENGTH("000")));
    assert_string_equal(got, "trains a.h5");
}

static void complains(void **state)
{
    (void)state;
    const char *all = "\\377\\377\\377\\377\\377\\377\\377\\377";
    char script[256];
    snprintf(script, sizeof script, "printf '%s'\n%sprintf 'is damaged'\n", all, LENGTH("012"));
    assert_int_equal(read_by(script), FSNN_EFORMAT);
    assert_string_equal(fsnn_error_text(), "a.h5: is damaged");
}

static void ends_early(void **state)
{
    (void)state;
    const char *scripts[] = {"exit 3\n", LENGTH("006") "printf tra\n", "printf abc\n",
                             "kill -9 $$\n"};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(read_by(scripts[i]), FSNN_EIO);
        assert_non_null(strstr(fsnn_error_text(), "a.h5: the program that FSNN_HDF5_READER names "
                                                  "ended before the file was read"));
    }
}

static fsnn_status named(const char *program)
{
    if (program)
        setenv("FSNN_HDF5_READER", program, 1);
    else
        unsetenv("FSNN_HDF5_READER");
    return hdf_by_program(NULL, "a.h5", "a.h5", "tree");
}

static void is_not_there(void **state)
{
    (void)state;
    assert_int_equal(named(NULL), FSNN_EUNSUPPORTED);
    assert_non_null(strstr(fsnn_error_text(), "built without HDF5"));
    assert_non_null(strstr(fsnn_error_text(), "pip install h5py"));
    assert_int_equal(named("/no/such/program"), FSNN_EIO);
    assert_non_null(strstr(fsnn_error_text(), "/no/such/program, which FSNN_HDF5_READER names"));
    assert_int_equal(named("a:a:a:a:a:a:a:a:a:a:a:a:a:a:a:a:a"), FSNN_EUNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_on),
        cmocka_unit_test(complains),
        cmocka_unit_test(ends_early),
        cmocka_unit_test(is_not_there),
    };
    return cmocka_run_group_tests(tests, folder_open, folder_close);
}
