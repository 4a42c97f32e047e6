/* tests/base/test_port_process.c: other programs: what they say, where they run, how they end. */
#include "base/port_process.h"
#include "check.h"

#include <signal.h>

static port_end shell(const char *script, char *said, size_t capacity)
{
    char text[256];
    snprintf(text, sizeof text, "%s", script);
    return port_run("/tmp", (char *[]){"sh", "-c", text, NULL}, said, capacity);
}

static void exit_codes(void **state)
{
    char said[64];
    (void)state;
    for (int code = 0; code < 256; code += 51) {
        CASE("exit code %d", code);
        char script[32];
        snprintf(script, sizeof script, "exit %d", code);
        port_end end = shell(script, said, sizeof said);
        assert_int_equal(end.stage, PORT_ENDED);
        assert_int_equal(end.number, code);
        assert_string_equal(said, "");
    }
}

static void only_stderr_is_heard(void **state)
{
    char said[64];
    (void)state;
    port_end end = shell("echo output; echo complaint >&2", said, sizeof said);
    assert_int_equal(end.stage, PORT_ENDED);
    assert_string_equal(said, "complaint\n");
}

static void nothing_is_read(void **state)
{
    char said[64];
    (void)state;
    port_end end = shell("cat", said, sizeof said);
    assert_int_equal(end.stage, PORT_ENDED);
    assert_int_equal(end.number, 0);
}

static void it_runs_in_the_folder(void **state)
{
    char said[64];
    (void)state;
    assert_int_equal(shell("pwd -P >&2", said, sizeof said).stage, PORT_ENDED);
    assert_string_equal(said, "/tmp\n");
}

/* More than a pipe holds: the end of it is kept. */
static void the_end_of_much(void **state)
{
    char said[64];
    (void)state;
    port_end end = shell("i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i + 1)); done",
                         said, sizeof said);
    assert_int_equal(end.stage, PORT_ENDED);
    assert_true(strlen(said) >= sizeof said / 2 - 1);
    assert_string_equal(said + strlen(said) - strlen("line 19999\n"), "line 19999\n");
}

static void signals_are_told(void **state)
{
    char said[64];
    (void)state;
    port_end end = shell("kill -TERM $$", said, sizeof said);
    assert_int_equal(end.stage, PORT_SIGNAL);
    assert_int_equal(end.number, SIGTERM);
    assert_string_equal(end.error, strsignal(SIGTERM));
}

static void without_reports(void **state)
{
    char said[64];
    (void)state;
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    port_end end = shell("exit 3", said, sizeof said);
    signal(SIGCHLD, before);
    assert_int_equal(end.stage, PORT_UNKNOWN);
}

static void what_cannot_start(void **state)
{
    char said[64];
    (void)state;
    port_end end = port_run("/tmp", (char *[]){"no-such-program-here", NULL}, said, sizeof said);
    assert_int_equal(end.stage, PORT_NO_START);
    assert_true(end.missing);
    end = port_run("/tmp", (char *[]){"/dev/null", NULL}, said, sizeof said);
    assert_int_equal(end.stage, PORT_NO_START);
    assert_false(end.missing);
    assert_non_null(end.error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes),      cmocka_unit_test(only_stderr_is_heard),
        cmocka_unit_test(nothing_is_read), cmocka_unit_test(it_runs_in_the_folder),
        cmocka_unit_test(the_end_of_much), cmocka_unit_test(signals_are_told),
        cmocka_unit_test(without_reports), cmocka_unit_test(what_cannot_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
