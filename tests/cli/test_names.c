/* Every name of the library's tables is on the help page of each option that takes it, and in the
 * reference. */
#include "shell.h"

typedef const char *name_fn(int i);

static const char *method(int i)
{
    const char *name = fsnn_method_name((fsnn_method)(i + 1));
    return strcmp(name, "default") == 0 ? NULL : name;
}

static const char *reset(int i)
{
    return fsnn_reset_name((fsnn_reset)i);
}

static const char *surrogate(int i)
{
    return fsnn_surrogate_name((fsnn_surrogate_kind)i);
}

static const char *noise(int i)
{
    return fsnn_noise_name((fsnn_noise_mode)i);
}

static const char *loss(int i)
{
    return i < FSNN_LOSSES ? fsnn_loss_name((fsnn_loss_kind)i) : NULL;
}

static const char *optimizer(int i)
{
    return i < FSNN_OPTIMIZERS ? fsnn_optimizer_name((fsnn_optimizer_kind)i) : NULL;
}

static const char *schedule(int i)
{
    return i < FSNN_SCHEDULES ? fsnn_schedule_name((fsnn_schedule_kind)i) : NULL;
}

static const char *encoder(int i)
{
    return i < FSNN_ENCODERS ? fsnn_encoder_name((fsnn_encoder_kind)i) : NULL;
}

static const char *interpolation(int i)
{
    return i < FSNN_INTERPOLATIONS ? fsnn_interpolation_name((fsnn_interpolation)i) : NULL;
}

static const char *perturbation(int i)
{
    return i < FSNN_PERTURBS ? fsnn_perturb_name((fsnn_perturb_kind)i) : NULL;
}

static const char *part(int i)
{
    return i < FSNN_PARTS ? fsnn_part_key((fsnn_part)i) : NULL;
}

/* A word of its own in the text. */
static bool has_word(const char *text, const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at++)
        if ((at == text || !strchr(letters, at[-1])) &&
            (!at[length] || !strchr(letters, at[length])))
            return true;
    return false;
}

/* The text from `from` to the next `to`, or its end. */
static void expect_names(const char *page, const char *from, const char *to, name_fn *name)
{
    static char text[1 << 16];
    const char *begin = strstr(page, from);
    if (!begin)
        fail_msg("\"%s\" is not there", from);
    const char *end = strstr(begin + strlen(from), to);
    snprintf(text, sizeof text, "%.*s", end ? (int)(end - begin) : (int)strlen(begin), begin);
    assert_non_null(name(0));
    for (int i = 0; name(i); i++)
        if (*name(i) && !has_word(text, name(i)))
            fail_msg("\"%s\" is not among the names behind \"%s\": %s", name(i), from, text);
}

static void help(void **state)
{
    (void)state;
    shell_good("$F help eval");
    expect_names(shell_out, "\n  --perturb KIND", "\n  -o", perturbation);
    expect_names(shell_out, "\n  --on PART", "\n  --data", part);
    shell_good("$F help simulate");
    expect_names(shell_out, "\n  --method NAME", "\n  --", method);
    expect_names(shell_out, "\n  --reset KIND", "\n  --", reset);
}

static void reference(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        name_fn *name;
    } row[] = {
        {"| `method` |", method},
        {"| `reset` |", reset},
        {"| `surrogate.kind` |", surrogate},
        {"| `noise.mode` |", noise},
        {"| `loss.kind` |", loss},
        {"| `optimizer.kind` |", optimizer},
        {"| `schedule.kind` |", schedule},
        {"| `encoder.kind` |", encoder},
        {"| `interpolation` |", interpolation},
    };
    char *page;
    GOOD(fsnn_description_reference(&page));
    for (size_t i = 0; i < FSNN_COUNT(row); i++)
        expect_names(page, row[i].from, "\n", row[i].name);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(help), cmocka_unit_test(reference)};
    return cmocka_run_group_tests_name("names", tests, shell_start, folder_remove);
}
