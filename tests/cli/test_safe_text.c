/* What files and the command line name is printed so that no terminal obeys it and no line is
 * forged, by every command, in tables and in sentences. */
#include "shell.h"
#include "tiny.h"

#define ESC "\\e[31m"     /* in YAML */
#define SHOWN "\\x1b[31m" /* as it is printed */

static void write_model(const char *file, const char *rest)
{
    char text[4096];
    snprintf(text, sizeof text,
             "name: \"net" ESC "\\n\"\ninput: [6]\nlayers:\n"
             "  - linear: {out: 12, name: \"fc" ESC "\"}\n"
             "  - lif: {name: \"lif" ESC "\", tau: 2.0, threshold: 1e6}\n"
             "  - linear: {out: 3, name: fc2}\n  - lif: {name: lif2, tau: 2.0}\n"
             "dynamics: {alpha: 0.6}\n%s",
             rest);
    folder_write_text(file, text);
}

/* No control characters but line ends in what was printed, and it is shown what is there. */
static void safe(const char *line)
{
    const char *said[] = {shell_out, shell_err};
    for (int i = 0; i < 2; i++)
        for (const char *c = said[i]; *c; c++)
            if ((unsigned char)*c < ' ' && *c != '\n')
                fail_msg("%s\n  prints the byte %02x: %s", line, *c, said[i]);
    if (!strstr(shell_out, SHOWN) && !strstr(shell_err, SHOWN))
        fail_msg("%s\n  does not show %s:\n%s%s", line, SHOWN, shell_out, shell_err);
}

static void names_of_layers(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "$F inspect odd.yaml",
        "$F train odd.yaml -o out --set training.epochs=1",
        "$F inspect out",
        "$F eval odd.yaml -w out/best.safetensors --confusion",
        "$F run odd.yaml -i x.npz -o r.npz --record v,spikes",
        "$F inspect r.npz",
        "$F inspect out/best.safetensors",
    };
    write_model("odd.yaml", tiny_training);
    for (int i = 0; i < FSNN_COUNT(lines); i++) {
        shell_good(lines[i]);
        safe(lines[i]);
    }
    if (check_built_with("plots"))
        shell_good("test $(ls out/figures/traces-*.png | wc -l) = 2");
    shell_good("! ls out/figures | grep -q \"$(printf '\\033')\"");
}

static void sentences(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "$F train odd.yaml -o other --set \"$(printf 'fc2.\\033[31m\\nx=3')\"",
        "$F eval odd.yaml -w \"$(printf 'a\\033[31m\\nb.npz')\"",
        "$F run \"$(printf 'a\\033[31m\\nb.yaml')\" -i x.npz -o r.npz",
        "$F inspect \"$(printf 'a\\033[31m\\nb')\"",
        "$F plot \"$(printf 'a\\033[31m\\nb')\"",
        "$F simulate \"--$(printf '\\033[31m\\nb')\"",
        "$F \"$(printf '\\033[31m\\nb')\"",
    };
    write_model("odd.yaml", tiny_training);
    for (int i = 0; i < FSNN_COUNT(lines); i++) {
        assert_int_not_equal(shell(lines[i]), 0);
        safe(lines[i]);
    }
}

/* Letters of any language stay, and tables keep their columns. */
static void letters_stay(void **state)
{
    (void)state;
    char text[4096];
    snprintf(text, sizeof text,
             "name: net\ninput: [6]\nlayers:\n  - linear: {out: 3, name: fc1}\n"
             "  - lif: {name: \"sch\xc3\xb6n\xe7\xa5\x9e\", tau: 2.0}\ndynamics: {alpha: 0.6}\n%s",
             tiny_training);
    folder_write_text("letters.yaml", text);
    shell_good("$F train letters.yaml -o letters --no-figures -q --set training.epochs=1");
    shell_good("$F eval letters.yaml -w letters/best.safetensors");
    shell_contains(shell_out, "\nsch\xc3\xb6n\xe7\xa5\x9e                              3  ",
                   "eval");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_layers),
        cmocka_unit_test(sentences),
        cmocka_unit_test(letters_stay),
    };
    return cmocka_run_group_tests(tests, tiny_start, folder_remove);
}
