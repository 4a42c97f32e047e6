/* Help, versions, and what every wrong command line is told. */

#include "shell.h"
#include "tiny.h"

static const char *const commands[] = {"train", "eval",     "run",    "inspect",
                                       "plot",  "simulate", "convert"};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void fits_80_columns(const char *text, const char *line)
{
    for (const char *start = text; *start;) {
        size_t length = strcspn(start, "\n");
        if (length > 80)
            fail_msg("%s: a line of %zu columns: %.*s", line, length, (int)length, start);
        start += length + (start[length] == '\n');
    }
}

static void help_of_each(void **state)
{
    (void)state;
    for (int i = 0; i < COMMANDS; i++) {
        char line[64], usage[64], first[sizeof shell_out];
        snprintf(usage, sizeof usage, "usage: fsnn %s ", commands[i]);
        snprintf(line, sizeof line, "$F %s --help", commands[i]);
        shell_good(line);
        shell_contains(shell_out, usage, line);
        shell_contains(shell_out, "options:", line);
        shell_contains(shell_out, "example", line);
        assert_string_equal(shell_err, "");
        fits_80_columns(shell_out, line);
        memcpy(first, shell_out, sizeof first);
        snprintf(line, sizeof line, "$F help %s", commands[i]);
        shell_good(line);
        assert_string_equal(shell_out, first);
    }
}

/* The reference of the description: what the library gives, and every layer and section in it. */
static void help_description(void **state)
{
    (void)state;
    static const char *const parts[] = {"### lif\n", "### conv2d\n", "## dynamics\n",
                                        "| `alpha_mode` |", "| `optimizer.lr` |"};
    char *wanted;
    GOOD(fsnn_description_reference(&wanted));
    shell_good("$F help description");
    assert_string_equal(shell_out, wanted);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        shell_contains(shell_out, parts[i], "$F help description");
    free(wanted);
}

static void overview(void **state)
{
    (void)state;
    static const char *const lines[] = {"$F", "$F help", "$F --help", "$F -h"};
    for (int l = 0; l < 4; l++) {
        shell_good(lines[l]);
        for (int i = 0; i < COMMANDS; i++)
            shell_contains(shell_out, commands[i], lines[l]);
        fits_80_columns(shell_out, lines[l]);
    }
}

static void versions(void **state)
{
    (void)state;
    char wanted[256], line[64];
    snprintf(wanted, sizeof wanted, "fsnn %s\n%s\n", fsnn_version(), fsnn_built());
    shell_good("$F --version");
    assert_string_equal(shell_out, wanted);
    for (int i = 0; i < COMMANDS; i++) {
        snprintf(line, sizeof line, "$F %s --version", commands[i]);
        shell_good(line);
        assert_string_equal(shell_out, wanted);
    }
}

/* Each fails with exit code 2 and a sentence that holds the second text. */
static const char *const wrong[][2] = {
    {"$F trian", "did you mean \"train\"?"},
    {"$F xyzzyx", "unknown command \"xyzzyx\""},
    {"$F help trian", "did you mean \"train\"?"},
    {"$F help descripton", "did you mean \"description\"?"},
    {"$F description", "unknown command \"description\" (see: fsnn help)"},
    {"$F --hlep", "unknown option \"--hlep\""},
    {"$F run", "MODEL.yaml is missing"},
    {"$F train", "DESC.yaml is missing"},
    {"$F run model.yaml other.yaml", "nothing is known to do with \"other.yaml\""},
    {"$F run model.yaml dynamics.alpha=0.5", "did you mean --set dynamics.alpha=0.5?"},
    {"$F run model.yaml --recrod v", "did you mean --record?"},
    {"$F train net.yaml --beta 0.9", "unknown option --beta; snnTorch's beta is tau here: tau = "},
    {"$F run model.yaml -z", "unknown option -z"},
    {"$F run model.yaml --input", "--input needs FILE"},
    {"$F run model.yaml --input --grads", "--input needs FILE"},
    {"$F run model.yaml --input=", "--input needs FILE"},
    {"$F run model.yaml --grads=yes", "--grads is a switch"},
    {"$F run model.yaml --chunk 0", "--chunk takes a whole number from 1"},
    {"$F run model.yaml --chunk 2.5", "not \"2.5\""},
    {"$F run model.yaml --seed -1", "--seed takes a whole number"},
    {"$F run model.yaml --threads none", "--threads takes a whole number"},
    {"$F run model.yaml --output y.npz", "--input FILE is missing"},
    {"$F run model.yaml --input x.npz", "--output FILE is missing"},
    {"$F run model.yaml --input x.npz --output y.npz --record w",
     "--record takes any of v,spikes,current"},
    {"$F run model.yaml --input x.npz --output y.npz --record v,spike", "did you mean spikes?"},
    {"$F run model.yaml --input x.npz --output y.npz --record v:", "behind the colon"},
    {"$F run model.yaml --input x.npz --output y.npz --record-steps 1:2", "give --record too"},
    {"$F run model.yaml --input x.npz --output y.npz --record v --record-steps 5",
     "--record-steps takes FROM:TO"},
    {"$F run model.yaml --input x.npz --output y.npz --record v --record-steps 5:5", "not \"5:5\""},
    {"$F run model.yaml --input x.npz --output y.npz --record v --record-steps -1:5", "10:20"},
    {"$F run model.yaml --input x.npz --output y.npz --grads", "--grads needs a loss"},
    {"$F run model.yaml --input x.npz --output y.npz --loss ce_rate", "--loss needs a target"},
    {"$F run model.yaml --input x.npz --output y.npz --target t.npz --loss hinge",
     "known are ce_rate, mse_rate, tet, ce_sum, mse_count"},
    {"$F run model.yaml --input x.npz --output y.npz --target t.npz --grads --chunk 2",
     "leave --chunk out"},
    {"$F eval tiny.yaml", "--weights FILE is missing"},
    {"$F eval tiny.yaml --weights w.npz --on valid", "--on takes train, validation or test"},
    {"$F eval tiny.yaml --weights w.npz --on validation", "the description has no validation data"},
    {"$F eval tiny.yaml --weights w.npz --repeats 0", "--repeats"},
    {"$F train tiny.yaml --resume nowhere", "there is no such directory"},
    {"$F train tiny.yaml --resume . --out x", "leave --out out"},
    {"$F train tiny.yaml --resume . --force", "give one of them"},
    {"$F run model.yaml --input x.npz -o -",
     "--output -: it takes a file with a name, not standard output"},
    {"$F train tiny.yaml --out -", "--out -: it takes a folder with a name"},
    {"$F simulate --out=-", "--out -: it takes"},
    {"$F convert x.npz -o -", "--output -: it takes"},
    {"$F plot x.npz --neurons 1,2", "--neurons needs --layer"},
    {"$F simulate model.yaml", "nothing is known to do with \"model.yaml\""},
    {"$F plot x.npz --step nan", "--step takes a number"},
};

static void wrong_usage(void **state)
{
    (void)state;
    NEEDS("YAML");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        shell_fails(wrong[i][0], 2, wrong[i][1]);
        assert_string_equal(shell_out, "");
        assert_ptr_equal(strchr(shell_err, '\n'), shell_err + strlen(shell_err) - 1); /* one line */
    }
}

static void wrong_descriptions(void **state)
{
    (void)state;
    NEEDS("YAML");
    static const char rest[] = "--input x.npz --output y.npz";
    static const char *const set[][2] = {
        {"dynamics.alhpa=0.5", "did you mean"}, {"dynamics.alpha=1.5", "1.5"},
        {"dynamics.method=g1", "gl"},           {"lif1.tau=-1", "tau"},
        {"no_equals_sign", "no_equals_sign"},
    };
    char line[256];
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        snprintf(line, sizeof line, "$F run model.yaml %s --set %s", rest, set[i][0]);
        shell_fails(line, 2, set[i][1]);
    }
    shell_fails("$F run missing.yaml --input x.npz --output y.npz", 2, "missing.yaml");
    folder_write_text("broken.yaml", "input: [6\nlayers: }\n");
    shell_fails("$F run broken.yaml --input x.npz --output y.npz", 2, "broken.yaml:");
    folder_write_text("unknown.yaml", "input: [6]\nlayers:\n  - linaer: {out: 3}\n");
    shell_fails("$F run unknown.yaml --input x.npz --output y.npz", 2, "unknown.yaml:3:");
    shell_contains(shell_err, "linear", "the nearest kind is named");
    shell_fails("$F train model.yaml", 2, "data");
}

static void operands_after_dashes(void **state)
{
    (void)state;
    NEEDS("YAML");
    folder_write_text("-odd.yaml", tiny_model);
    shell_good("$F inspect -- -odd.yaml");
    shell_contains(shell_out, "fc1", "inspect -- -odd.yaml");
}

/* /dev/full takes nothing. */
static void results_that_cannot_be_written(void **state)
{
    (void)state;
    NEEDS("YAML");
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_int_equal(shell("$F inspect model.yaml >/dev/full"), 1);
    shell_contains(shell_err, "standard output", "inspect >/dev/full");
    /* a stream that is closed is not the next file that is opened */
    shell_fails("$F train tiny.yaml --out closed --no-figures -q >&-", 1, "standard output");
    shell_good("test -s closed/best.safetensors && ! grep -q 'best epoch' -r closed");
    assert_int_equal(shell("$F train tiny.yaml --out closed --force --no-figures >&- 2>&- <&-"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_of_each),
        cmocka_unit_test(help_description),
        cmocka_unit_test(overview),
        cmocka_unit_test(versions),
        cmocka_unit_test(wrong_usage),
        cmocka_unit_test(wrong_descriptions),
        cmocka_unit_test(operands_after_dashes),
        cmocka_unit_test(results_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
