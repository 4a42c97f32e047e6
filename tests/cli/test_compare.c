/* fsnn compare, and fsnn plot of several runs: which runs are one setting, means and deviations,
 * the picture, what is refused. */
#include "tiny.h"

/* A run of `epochs` epochs as a training leaves it; the best epoch is the one before the last. */
static void make_run(const char *name, const char *alpha, int seed, int epochs, double last)
{
    char text[4096], line[256];
    snprintf(line, sizeof line, "mkdir -p %s", name);
    shell_good(line);
    snprintf(text, sizeof text,
             "name: %s\ninput: [4]\nlayers: [flatten, lif]\ndynamics: {alpha: %s}\n"
             "training: {seed: %d, epochs: %d}\n",
             name, alpha, seed, epochs);
    snprintf(line, sizeof line, "%s/description.yaml", name);
    folder_write_text(line, text);
    snprintf(text, sizeof text,
             "epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,best,\"rate.a,b\"\n");
    for (int e = 1; e <= epochs; e++) {
        double accuracy = last + (e == epochs - 1 ? 0.1 : e == epochs ? 0 : -0.2);
        snprintf(line, sizeof line, "%d,%g,%g,%g,%g,2,%d,nan\n", e, 1.0 / e, accuracy, 2.0 / e,
                 accuracy, e < epochs);
        strcat(text, line);
    }
    snprintf(line, sizeof line, "%s/metrics.csv", name);
    folder_write_text(line, text);
}

static int start(void **state)
{
    if (shell_start(state) != 0)
        return -1;
    for (int seed = 1; seed <= 3; seed++) {
        char name[32];
        snprintf(name, sizeof name, "half-seed%d", seed);
        make_run(name, "0.5", seed, 4, 0.5 + 0.1 * seed);
        snprintf(name, sizeof name, "one-%d", seed);
        make_run(name, "1", seed, 4, 0.4);
    }
    make_run("alone7", "0.7", 7, 2, 0.25);
    return 0;
}

/* Last epochs 0.6, 0.7, 0.8: mean 0.7, deviation 0.1; the best ones are 0.1 above. */
static void table(void **state)
{
    (void)state;
    shell_says("$F compare half-seed1 half-seed2/ half-seed3 one-? alone7",
               "validation_accuracy in %, more is better", "setting", "half", "80.00 +- 10.00",
               "70.00 +- 10.00", "one", "50.00 +- 0.00", "alone7", "35.00", "25.00");
    shell_says("cp -r one-1 r1-0.5 && cp -r one-2 r2-0.5 && $F compare r1-0.5 r2-0.5", "\nr*-0.5 ",
               "50.00");
    shell_good("cp -r one-1 cut && echo 7,8 >>cut/metrics.csv && $F compare one-2 cut");
    shell_contains(shell_err, "cut/metrics.csv: 1 of its lines do not have 8 cells", "a cut line");
    shell_good("$F plot one-2 cut --out cut-pictures");
    shell_contains(shell_err, "cut/metrics.csv: 1 of its lines do not have 8 cells", "a cut line");
    shell_says("$F compare half-seed*/metrics.csv", "seed1", "70.00", "seed3", "90.00");
    shell_says("$F compare half-seed? --by validation_loss", "validation_loss, less is better",
               "0.66667 +- 0", "0.5 +- 0");
    shell_says("$F compare --json one-1 one-2 alone7", "\"by\": \"validation_accuracy\"",
               "\"setting\": \"one\"", "\"best_epoch\": 3", "\"setting\": \"alone7\"");
}

static void picture(void **state)
{
    (void)state;
    if (!draws_figures())
        skip();
    shell_says("$F compare half-seed? one-? --figure seeds && grep -c 0.7 seeds.dat && ls",
               "seeds.png", "seeds.svg");
    shell_says("$F plot half-seed? one-? --out laid && ls laid", "runs.png", "runs.svg");
}

/* The same run twice is no second one with a deviation of 0. */
static void given_twice(void **state)
{
    (void)state;
    shell_good("$F compare alone7 ./alone7 alone7/metrics.csv");
    shell_contains(shell_err, "./alone7: is the same run as alone7: it counts once", "compare");
    assert_null(strstr(shell_out, "+- 0.00"));
}

static void refused(void **state)
{
    (void)state;
    shell_fails("$F compare", 2, "RUN");
    shell_fails("mkdir -p nothing; $F compare alone7 nothing", 1,
                "nothing: no metrics.csv is in it");
    if (geteuid() != 0) { /* root may read anything */
        shell_good("mkdir barred; chmod 000 barred");
        shell_fails("$F compare alone7 barred", 1, "barred: cannot be read: Permission denied");
        shell_fails("$F eval barred", 1, "barred: cannot be read: Permission denied");
        shell_fails("$F inspect barred", 1, "barred: cannot be read: Permission denied");
        shell_good("chmod 755 barred");
    }
    shell_fails("$F compare alone7 absent", 1, "cannot open absent");
    shell_fails("$F compare alone7 --by validation_acuracy", 2, "did you mean validation_accuracy");
    shell_fails("$F compare alone7 --by rate.a,b", 2, "--by rate.a,b");
    folder_write_text("short.csv", "epoch,loss\n");
    shell_fails("$F compare short.csv", 1, "short.csv: no epoch is recorded in it");
    folder_write_text("other.csv", "time,loss\n1,2\n");
    shell_fails("$F compare other.csv", 1, "no column \"epoch\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(picture),
        cmocka_unit_test(given_twice),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
