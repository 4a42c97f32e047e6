/* The program on a terminal: tables and lines fit it, long pages go through the pager, and the end
 * by a second Ctrl-C leaves nothing on the line of the bar. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "shell.h"
#include "tiny.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

static char screen[1 << 18];
static size_t written;

/* Starts a line of shell on a terminal of its own; returns its process, and the terminal. */
static pid_t start_on_terminal(const char *line, int columns, int *terminal)
{
    char command[8192];
    snprintf(command, sizeof command, "cd '%s' && F='%s' && exec %s", folder, shell_program(),
             line);
    *terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*terminal >= 0 && grantpt(*terminal) == 0 && unlockpt(*terminal) == 0);
    const struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setsid();
        int side = open(ptsname(*terminal), O_RDWR);
        ioctl(side, TIOCSWINSZ, &size);
        for (int i = 0; i < 3; i++)
            dup2(side, i);
        setenv("TERM", "xterm", 1);
        setenv("NO_COLOR", "1", 1);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    written = 0;
    return child;
}

/* Reads until the text is there, or the end. */
static bool read_until(int terminal, const char *text)
{
    struct pollfd from = {.fd = terminal, .events = POLLIN};
    while (written < sizeof screen - 1 && poll(&from, 1, 60000) > 0) {
        ssize_t n = read(terminal, screen + written, sizeof screen - 1 - written);
        if (n <= 0)
            break;
        written += (size_t)n;
        screen[written] = '\0';
        if (text && strstr(screen, text))
            return true;
    }
    screen[written] = '\0';
    return false;
}

static int ended(pid_t child, int terminal)
{
    int status;
    read_until(terminal, NULL);
    waitpid(child, &status, 0);
    close(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int on_terminal(const char *line, int columns)
{
    int terminal;
    pid_t child = start_on_terminal(line, columns, &terminal);
    return ended(child, terminal);
}

static void expect_fit(const char *line, int columns)
{
    assert_in_range(on_terminal(line, columns), 0, 2);
    assert_true(written > 0);
    for (const char *at = screen; *at;) {
        size_t length = strcspn(at, "\r\n");
        int count = 0;
        for (size_t i = 0; i < length; i++)
            count += ((unsigned char)at[i] & 0xc0) != 0x80;
        if (count > columns)
            fail_msg("%s: a line of %d columns on a terminal of %d: %.*s", line, count, columns,
                     (int)length, at);
        at += length;
        at += strspn(at, "\r\n");
    }
}

static void lines_fit(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml -o fit --no-figures -q");
    static const char *const line[] = {
        "$F inspect tiny.yaml",
        "$F inspect fit",
        "$F inspect fit/best.safetensors",
        "$F eval fit",
        "$F train tiny.yaml --out fit",
        "$F train tiny.yaml --out anew --no-figures --force",
        "$F eval tiny.yaml -w nowhere.safetensors",
        "$F help",
        "$F simulate -c constant:2 --no-figure",
        "$F simulate --show fi -c ramp:0:2 --time 1 --no-figure",
    };
    for (int i = 0; i < FSNN_COUNT(line); i++)
        expect_fit(line[i], 80);
    expect_fit("$F train tiny.yaml --out fit", 60);
    /* all of the sentence is there */
    assert_non_null(strstr(screen, "--force"));
    shell_good("$F inspect tiny.yaml >/dev/null");
}

static void long_pages_go_through_the_pager(void **state)
{
    (void)state;
    assert_int_equal(on_terminal("env PAGER='tr a-z A-Z' $F help description", 80), 0);
    assert_non_null(strstr(screen, "## TRAINING"));
    assert_int_equal(on_terminal("env PAGER='tr a-z A-Z' $F help gl", 80), 0);
    assert_non_null(strstr(screen, "dynamics.method")); /* short: as it is */
    assert_int_equal(on_terminal("env PAGER=false $F help description", 80), 0);
    assert_non_null(strstr(screen, "## training"));
    shell_says("PAGER='tr a-z A-Z' $F help description", "## training"); /* no terminal */
}

static void topics(void **state)
{
    (void)state;
    shell_says("$F help lif", "leaky integrate-and-fire", "surrogate.kind", "refractory");
    shell_says("$F help description training", "training", "epochs", "loss.kind");
    shell_says("$F help gl", "dynamics.method");
    /* what kinds share, and what is different in one of them */
    shell_says("$F help readout", "\n  tau.learn\n", "\n  v0.learn\n");
    assert_null(strstr(shell_out, "threshold"));
    shell_says("$F help noisy", "\n  noise.mode\n", "; hard_st)", "\n  noise.gamma\n");
    assert_null(strstr(strstr(shell_out, "noise.mode\n") + 1, "noise.mode\n"));
    shell_says("$F help cuba", "\n  params\n", "\n  fractional\n", "\n  reset\n");
    shell_says("$F help idx", "\n  train.images\n", "\n  encoder.kind\n", "\n  augment.flip\n");
    shell_says("$F help hdf5", "\n  encoder.kind\n");
    assert_null(strstr(shell_out, "front.kind"));
    shell_says("$F help validation", "data.validation");
    shell_says("$F help ab", "dynamics.method");
    shell_says("$F help restart", "reset", "what a spike does to the potential");
    shell_says("$F help arctan", "surrogate.kind");
    shell_says("$F help adamw", "training.optimizer.kind");
    shell_says("$F help events", "data, kind events");
    shell_says("$F help learn_alpha", "dynamics.learn_alpha");
    shell_says("$F help train", "usage: fsnn train");
    shell_fails("$F help liff", 2, "unknown topic \"liff\"; did you mean \"lif\"?");
    shell_fails("$F help lif gl", 2, "\"gl\" is one more");
    /* each name of the tables is one */
    shell_good("$F help description | sed -n 's/^##* //p; s/^| `\\([^`]*\\)`.*/\\1/p' | sort -u "
               ">words && test $(wc -l <words) -gt 100 && while read word; do $F help \"$word\" "
               ">page && test -s page || { echo \"$word\" >&2; exit 1; }; done <words");
}

static void keys_as_options(void **state)
{
    (void)state;
    shell_fails("$F train tiny.yaml --epochs 3", 2, "did you mean --set training.epochs=3?");
    shell_fails("$F train tiny.yaml --alpha=0.4", 2, "did you mean --set dynamics.alpha=0.4?");
    shell_fails("$F eval tiny.yaml --lr 3", 2, "did you mean --set training.optimizer.lr=3?");
    shell_fails("$F train tiny.yaml --ouut x", 2, "did you mean --out?");
}

static void unclosed_brackets(void **state)
{
    (void)state;
    folder_write_text("list.yaml", "input: [4\nlayers:\n  - flatten\n");
    folder_write_text("map.yaml", "input: [4]\nlayers:\n  - linear: {out: 3, name: \"}\"\n");
    folder_write_text("other.yaml", "input: [4 5, 6]\nlayers: [{linear: {out: 3}}}]\n");
    shell_fails("$F inspect list.yaml", 2,
                "list.yaml:1:8: the list that begins here is not closed: a ] is missing");
    shell_fails("$F inspect map.yaml", 2,
                "map.yaml:3:13: the mapping that begins here is not closed: a } is missing");
    assert_int_equal(shell("$F inspect other.yaml"), 2);
    assert_null(strstr(shell_err, "not closed"));
}

static void second_interrupt(void **state)
{
    (void)state;
    int terminal;
    pid_t child = start_on_terminal("$F train tiny.yaml --out stop --no-figures --set "
                                    "training.epochs=1000000 --threads 1",
                                    80, &terminal);
    assert_true(read_until(terminal, " left"));
    /* both arrive before the batch is at its end: it stands still until they are there */
    assert_int_equal(kill(child, SIGSTOP), 0);
    assert_int_equal(waitpid(child, NULL, WUNTRACED), child);
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(ended(child, terminal), 130);
    static const char clear[] = "\r\033[K";
    size_t end = sizeof clear - 1;
    assert_true(written > end);
    assert_memory_equal(screen + written - end, clear, end);
}

static void paragraphs_are_parted(void **state)
{
    (void)state;
    shell_good("$F help cuba");
    shell_contains(shell_out, "of fractional order v. No options of its own.", "help cuba");
    shell_good("$F help lif"); /* quotes at the end of a cell */
    shell_contains(shell_out, "above\n      `rest`\n", "help lif");
}

static void figures_are_told(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --out drawn --set training.epochs=1");
    shell_contains(shell_err, "drawing figures into drawn/figures", "train");
    shell_good("$F train tiny.yaml --out undrawn --no-figures --set training.epochs=1");
    assert_null(strstr(shell_err, "drawing figures"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_fit),
        cmocka_unit_test(long_pages_go_through_the_pager),
        cmocka_unit_test(topics),
        cmocka_unit_test(keys_as_options),
        cmocka_unit_test(unclosed_brackets),
        cmocka_unit_test(second_interrupt),
        cmocka_unit_test(paragraphs_are_parted),
        cmocka_unit_test(figures_are_told),
    };
    return cmocka_run_group_tests_name("terminal", tests, tiny_start, folder_remove);
}
