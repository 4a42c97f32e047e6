/* fsnn run --stream: the numbers of fsnn run, in every form and precision; each answer before the
 * next step is asked for; what bad input is told, and that what was answered stands. */
#include "shell.h"
#include "tiny.h"

/* A file of TINY_T lines: sample 0 of x.npz. */
static void write_lines(const char *name, const char *gap)
{
    fsnn_arrays x = shell_load("x.npz");
    const float *number = fsnn_arrays_find(&x, "x")->data;
    FILE *file = fopen(folder_path(name), "w");
    assert_non_null(file);
    for (int k = 0; k < TINY_T; k++)
        for (int i = 0; i < TINY_IN; i++)
            fprintf(file, "%.9g%s", (double)number[k * TINY_B * TINY_IN + i],
                    i + 1 < TINY_IN ? gap : "\n");
    fclose(file);
    fsnn_arrays_free(&x);
}

static void line(char *text, size_t size, const char *format, ...) FSNN_PRINTF(3, 4);
static void line(char *text, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(text, size, format, list);
    va_end(list);
}

/* What `fsnn run` writes of sample 0 is what the stream says, line by line. */
static void as_run(void **state)
{
    (void)state;
    static const char *const precision[] = {"single", "double"}, *const gap[] = {" ", ", "};
    char command[512];
    for (int p = 0; p < (check_built_with("double precision") ? 2 : 1); p++) {
        CASE("precision %s", precision[p]);
        write_lines("x.txt", gap[p]);
        line(command, sizeof command,
             "$F run lively.yaml -i x.npz -o y.npz --set dynamics.memory=20 --precision %s",
             precision[p]);
        shell_good(command);
        line(command, sizeof command,
             "$F run lively.yaml --stream numbers --set dynamics.memory=20 --precision %s <x.txt",
             precision[p]);
        shell_good(command);
        fsnn_arrays y = shell_load("y.npz");
        const void *data = fsnn_arrays_find(&y, "output")->data;
        const char *at = shell_out;
        double spikes = 0;
        for (int k = 0; k < TINY_T; k++)
            for (int o = 0; o < TINY_OUT; o++) {
                int i = k * TINY_B * TINY_OUT + o, used = 0;
                double wanted = p ? ((const double *)data)[i] : (double)((const float *)data)[i];
                double said = -1;
                assert_int_equal(sscanf(at, "%lf%n", &said, &used), 1);
                assert_true(said == wanted);
                spikes += said;
                at += used;
            }
        assert_string_equal(at, "\n");
        assert_true(spikes > 0);
        fsnn_arrays_free(&y);
    }
}

/* The same steps in each form give the same answers; a list need not be in order. */
static void forms(void **state)
{
    (void)state;
    folder_write_text("n.txt", "0 1 0 0 2.5 1\n0 0 0 0 0 0\n3 0 0 0 0 0\n1 1 1 1 1 1");
    folder_write_text("e.txt", "5 1 4:2.5\n\n0:3\n0 1, 2 3 4 5");
    shell_good("$F run lively.yaml --stream numbers --set dynamics.memory=20 <n.txt >n.out");
    shell_good("$F run lively.yaml --stream events --set dynamics.memory=20 <e.txt >e.out");
    shell_good(
        "awk '{ gap = \"\"; for (i = 1; i <= NF; i++) if ($i != 0) { printf gap i - 1; gap = "
        "\" \" } print \"\" }' n.out | diff - e.out");
    shell_good("grep -q 1 n.out");
    float x[4][TINY_IN] = {{0, 1, 0, 0, 2.5f, 1}, {0}, {3}, {1, 1, 1, 1, 1, 1}};
    folder_write("r.bin", x, sizeof x);
    shell_good("$F run lively.yaml --stream raw --set dynamics.memory=20 <r.bin >r.out");
    float y[4 * TINY_OUT];
    FILE *raw = fopen(folder_path("r.out"), "rb"), *numbers = fopen(folder_path("n.out"), "r");
    assert_non_null(raw);
    assert_non_null(numbers);
    assert_int_equal(fread(y, sizeof *y, 4 * TINY_OUT + 1, raw), 4 * TINY_OUT);
    for (int i = 0; i < 4 * TINY_OUT; i++) {
        float said;
        assert_int_equal(fscanf(numbers, "%f", &said), 1);
        assert_true(said == y[i]);
    }
    fclose(raw);
    fclose(numbers);
}

/* Two pipes: the answer to a step comes while the next is not there. */
static void answers_at_once(void **state)
{
    (void)state;
    folder_write_text("talk.sh", "rm -f in out\n"
                                 "mkfifo in out || exit 1\n"
                                 "\"$1\" run lively.yaml --stream numbers -q <in >out &\n"
                                 "exec 3>in 4<out\n"
                                 "for k in 1 2 3; do\n"
                                 "    echo 1 2 3 4 5 6 >&3\n"
                                 "    read -r answer <&4 || exit 1\n"
                                 "    echo \"$answer\"\n"
                                 "done\n"
                                 "exec 3>&-\n"
                                 "wait\n");
    shell_good("timeout 60 sh talk.sh $F | wc -l | grep -q '^ *3$'");
    shell_good(
        "for k in 1 2 3; do echo 1 2 3 4 5 6; done | $F run lively.yaml --stream numbers -q >a");
    shell_good("timeout 60 sh talk.sh $F | diff - a");
}

static void bad_input(void **state)
{
    (void)state;
    static const struct {
        const char *form, *text, *words;
    } bad[] = {
        {"numbers", "1 2 3 4 5 6\n1 2 3\n", "step 2: the line has 3 numbers: a step has 6"},
        {"numbers", "1 2 3 4 5 6 7\n", "step 1: the line has 7 numbers: a step has 6"},
        {"numbers", "\n", "step 1: the line has 0 numbers: a step has 6"},
        {"numbers", "1 2 three 4 5 6\n", "step 1: \"three\" is no number"},
        {"numbers", "1 2 3x 4 5 6\n", "step 1: \"3x\" is no number"},
        {"numbers", "1,,2 3 4 5 6\n", "is no number"},
        {"numbers", "1 nan 3 4 5 6\n", "step 1: number 2 is nan: numbers are finite"},
        {"numbers", "1 2 3 4 5 1e99\n", "step 1: number 6 is inf: numbers are finite"},
        {"events", "6\n", "there is no element 6: they are 0 to 5"},
        {"events", "-1\n", "there is no element -1"},
        {"events", "99999999999999999999\n", "there is no element 99999999999999999999"},
        {"events", "1 2 1\n", "element 1 is there twice"},
        {"events", "1:\n", "is no number"},
        {"events", "1:inf\n", "element 1 is inf"},
        {"events", "a\n", "\"a\" is no event: INDEX, or INDEX:VALUE"},
        {"raw", "abcdefg", "ends within a step: 7 of its 24 bytes (6 numbers of float32)"},
    };
    char command[256];
    for (int i = 0; i < (int)(sizeof bad / sizeof *bad); i++) {
        CASE("%s: %s", bad[i].form, bad[i].text);
        folder_write_text("bad.txt", bad[i].text);
        line(command, sizeof command,
             "$F run lively.yaml --stream %s --set dynamics.memory=20 <bad.txt", bad[i].form);
        shell_fails(command, 1, bad[i].words);
    }
    /* the step before was answered */
    folder_write_text("bad.txt", "1 2 3 4 5 6\n1 2 3\n");
    shell_fails("$F run lively.yaml --stream numbers <bad.txt >answered", 1, "step 2");
    shell_good("wc -l <answered | grep -q '^ *1$'");
    shell_fails("head -c 100000 /dev/zero | tr '\\0' 1 | $F run lively.yaml --stream numbers", 1,
                "the line is longer than");
    shell_fails("head -c 9 /dev/zero | $F run lively.yaml --stream numbers", 1, "a byte 0");
    shell_fails("echo 1 2 3 4 5 6 | $F run lively.yaml --stream numbers >/dev/full", 1,
                "standard output, step 1");
}

static void options(void **state)
{
    (void)state;
    shell_fails("$F run lively.yaml --stream text </dev/null", 2,
                "--stream text: it is numbers, events or raw");
    shell_fails("$F run lively.yaml --stream raw -i x.npz </dev/null", 2, "leave --input out");
    shell_fails("$F run lively.yaml --stream raw --chunk 2 </dev/null", 2, "leave --chunk out");
    shell_fails("$F run lively.yaml --stream raw --set 'dynamics.times=[0, 1]' </dev/null", 2,
                "leave them out");
    shell_good("$F run lively.yaml --stream raw </dev/null");
    shell_contains(shell_err, "the memory is full: each step takes longer", "a full memory");
    shell_good("$F run lively.yaml --stream raw --set dynamics.memory.tolerance=1e-4 </dev/null");
    assert_null(strstr(shell_err, "the memory is full"));
    shell_good("$F run lively.yaml --stream raw --set dynamics.memory=64 </dev/null");
    assert_null(strstr(shell_err, "the memory is full"));
}

static int start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    folder_write_text("lively.yaml", "name: lively\n"
                                     "input: [6]\n"
                                     "layers:\n"
                                     "  - linear: {out: 12, name: fc1}\n"
                                     "  - lif: {name: lif1, tau: 2.0, threshold: 0.2}\n"
                                     "  - linear: {out: 3, name: fc2}\n"
                                     "  - lif: {name: lif2, tau: 2.0, threshold: 0.05}\n"
                                     "dynamics: {alpha: 0.6}\n");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_run),    cmocka_unit_test(forms),   cmocka_unit_test(answers_at_once),
        cmocka_unit_test(bad_input), cmocka_unit_test(options),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
