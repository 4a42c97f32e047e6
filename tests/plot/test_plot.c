/* Figures from synthetic data: the pictures are whole, show what they should, survive odd data, and
 * can be redrawn by hand. Needs gnuplot. */
#include "figures.h"

#include "plot/csv.h"

#include <locale.h>

static const char header[] = "epoch,loss,accuracy,test_loss,test_accuracy,lr,gradient_norm,rate,"
                             "seconds,samples_per_second,rate.lif1,rate.lif_out\n";

static void metrics(const char *name, const char *rows)
{
    char text[2048];

    snprintf(text, sizeof text, "%s%s", header, rows);
    folder_write_text(name, text);
}

static void training_curves(void **state)
{
    (void)state;
    metrics("metrics.csv", "1,0.9,0.7,0.8,0.72,0.001,1,0.1,9,6000,0.12,0.08\n"
                           "2,0.6,0.8,0.6,0.8125,0.001,1,0.1,9,6000,0.13,0.07\n"
                           "3,0.5,0.85,0.7,0.79,0.0005,1,0.1,9,6000,0.14,0.06\n");
    GOOD(fsnn_plot_training(folder_path("metrics.csv"), "a run", folder_path("training")));
    check_pictures("training");
    static const char *const shown[] = {"a run",     "best epoch 2: test accuracy 81.25 %",
                                        ">loss<",    ">accuracy (%)<",
                                        ">epoch<",   ">spikes per step<",
                                        ">lif_out<", ">learning rate<",
                                        ">test<",    ">training<"};
    for (int i = 0; i < FSNN_COUNT(shown); i++)
        assert_true(holds("training.svg", shown[i]));
    assert_true(holds("training.dat", "\n2 81.25\n")); /* shares in % */
    assert_false(holds("training.gp", folder));        /* names are relative */
}

static void training_validation(void **state)
{
    (void)state;
    folder_write_text("watched.csv", "epoch,loss,accuracy,validation_loss,validation_accuracy,lr\n"
                                     "1,0.9,0.7,0.8,0.72,0.001\n2,0.6,0.8,0.6,0.8125,0.001\n");
    GOOD(fsnn_plot_training(folder_path("watched.csv"), "a run", folder_path("watched")));
    assert_true(holds("watched.svg", "best epoch 2: validation accuracy 81.25 %"));
    assert_true(holds("watched.svg", ">validation<"));
    assert_false(holds("watched.svg", ">test<"));
}

/* What neurons learned and norms of gradients are two panels more. */
static void training_with_parameters(void **state)
{
    (void)state;
    folder_write_text("more.csv",
                      "epoch,loss,accuracy,lr,rate,term.quiet,gradient.fc1,gradient.fc2,"
                      "lif1.alpha,lif1.alpha.min,lif1.tau\n"
                      "1,2,0.5,0.1,0.1,0.01,3,1,0.7,0.5,2\n"
                      "2,1,0.6,0.1,0.1,0.02,2,0.5,0.65,0.4,2.5\n");
    GOOD(fsnn_plot_training(folder_path("more.csv"), "more", folder_path("more")));
    check_pictures("more");
    static const char *const shown[] = {">lif1.alpha<", ">lif1.tau<", ">fc2<",
                                        ">norm of the gradient<"};
    for (int i = 0; i < FSNN_COUNT(shown); i++)
        assert_true(holds("more.svg", shown[i]));
    assert_false(holds("more.svg", "alpha.min"));
    assert_true(holds("more.dat", "\n2 0.65\n"));
}

static void training_columns_in_any_order(void **state)
{
    (void)state;
    folder_write_text("order.csv", "\xef\xbb\xbf\"rate.a, \"\"b\"\"\",accuracy,epoch,loss\r\n"
                                   "0.5,0.25,1,2.5\r\n0.25,0.5,2,1.5\r\n");
    GOOD(fsnn_plot_training(folder_path("order.csv"), "order", folder_path("order")));
    check_pictures("order");
    assert_true(holds("order.svg", "best epoch 2: training accuracy 50.00 %"));
    assert_true(holds("order.svg", "a, \"b\""));
    assert_true(holds("order.svg", "no learning rate recorded"));
    assert_false(holds("order.svg", ">test<"));
    assert_true(holds("order.dat", "\n1 2.5\n2 1.5\n"));
}

static void training_without_test_data_and_one_epoch(void **state)
{
    (void)state;
    metrics("one.csv", "1,0.9,0.7,nan,nan,0.001,1,0.1,9,6000,0.12,0.08\n");
    GOOD(fsnn_plot_training(folder_path("one.csv"), "one", folder_path("one")));
    check_pictures("one");
    assert_false(holds("one.svg", ">test<"));
    assert_true(holds("one.gp", "linespoints")); /* a single epoch must be seen */
}

static void training_odd_values(void **state)
{
    (void)state;
    metrics("odd.csv", "1,nan,1,inf,1,0,nan,0,9,6000,nan,0\n2,0.5,1,-inf,1,0,1,0,9,1,nan,0\n");
    GOOD(fsnn_plot_training(folder_path("odd.csv"), "odd", folder_path("odd")));
    check_pictures("odd");
    metrics("log.csv",
            "1,1,0.1,nan,nan,0.1,1,0,9,6,0,0\n2,0.0001,0.2,nan,nan,0.0001,1,0,9,6,0,0\n");
    GOOD(fsnn_plot_training(folder_path("log.csv"), "log", folder_path("log")));
    check_pictures("log");
    assert_int_equal(times("log.gp", "set logscale y"), 2); /* loss and learning rate */
    metrics("cosine.csv", "1,1,0.1,nan,nan,1e-3,1,0,9,6,0,0\n2,0.5,0.2,nan,nan,5e-4,1,0,9,6,0,0\n"
                          "3,0.4,0.3,nan,nan,1e-10,1,0,9,6,0,0\n");
    GOOD(fsnn_plot_training(folder_path("cosine.csv"), "cosine", folder_path("cosine")));
    check_pictures("cosine");
    assert_int_equal(times("cosine.gp", "set logscale y"), 0); /* the rate goes to zero */
}

static void training_many_layers(void **state)
{
    (void)state;
    FILE *stream = fopen(folder_path("many.csv"), "w");
    assert_non_null(stream);
    fputs("epoch,loss", stream);
    for (int l = 0; l < 20; l++)
        fprintf(stream, ",rate.100%%_lif%d", l);
    for (int e = 1; e <= 60; e++) {
        fprintf(stream, "\n%d,%g", e, 1.0 / e);
        for (int l = 0; l < 20; l++)
            fprintf(stream, ",%g", 0.01 * l + 0.001 * e);
    }
    assert_int_equal(fclose(stream), 0);
    GOOD(fsnn_plot_training(folder_path("many.csv"), "many", folder_path("many")));
    check_pictures("many");
    assert_true(holds("many.svg", "100%_lif0")); /* ends of the colour bar */
    assert_true(holds("many.svg", "100%_lif19"));
}

static void wrong_metrics(void **state)
{
    static const struct {
        const char *text, *said;
        fsnn_status status;
    } cases[] = {
        {"", "is empty", FSNN_EFORMAT},
        {"hello world\n", "is not a file of training metrics", FSNN_EFORMAT},
        {"epoch,seconds\n1,2\n", "is not a file of training metrics", FSNN_EFORMAT},
        {"epoch,loss\n", "holds no epoch yet", FSNN_EFORMAT},
        {"epoch,loss\nnan,1\n", "no epoch number", FSNN_EFORMAT},
        {"epoch,loss\n1,2\n2,x1\n", "line 3, column \"loss\": \"x1\" is not a number",
         FSNN_EFORMAT},
        {"epoch,loss\n1,2,3\n", "line 2 has 3 cells, but line 1 names 2 columns", FSNN_EFORMAT},
        {"epoch,loss\n1\n", "line 2 has 1 cells", FSNN_EFORMAT},
    };

    (void)state;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("cases[%d]", i);
        folder_write_text("wrong.csv", cases[i].text);
        assert_int_equal(fsnn_plot_training(folder_path("wrong.csv"), "t", folder_path("wrong")),
                         cases[i].status);
        CONTAINS(fsnn_error_text(), cases[i].said);
        CONTAINS(fsnn_error_text(), "wrong.csv");
        assert_false(folder_has("wrong.gp"));
    }
    FILE *stream = fopen(folder_path("wrong.csv"), "w");
    assert_non_null(stream);
    fwrite("epoch,loss\n1\0002\n", 1, 15, stream);
    assert_int_equal(fclose(stream), 0);
    REFUSED(fsnn_plot_training(folder_path("wrong.csv"), "t", folder_path("wrong")), FSNN_EFORMAT,
            "not a text file");
    FAILS(fsnn_plot_training(folder_path("absent.csv"), "t", folder_path("wrong")), FSNN_EIO);
    FAILS(fsnn_plot_training(NULL, "t", folder_path("wrong")), FSNN_EARGUMENT);
}

static void raster(void **state)
{
    static float first[4 * 2560], last[4 * 10];
    const char *names[] = {"lif1", "lif_out"};
    const int64_t neurons[] = {2560, 10};
    const float *spikes[] = {first, last};

    (void)state;
    for (int i = 0; i < 4 * 2560; i++)
        first[i] = i / 2560 == 1; /* all neurons at step 2 */
    last[2 * 10 + 7] = 1;         /* neuron 7 at step 3 */
    last[3 * 10 + 1] = NAN;
    GOOD(fsnn_plot_raster("sample", 2, names, neurons, 4, 0.5, spikes, folder_path("raster")));
    check_pictures("raster");
    assert_true(holds("raster.svg", "lif1 (1024 of 2560 neurons, evenly chosen)"));
    assert_true(holds("raster.svg", "lif_out (10 neurons)"));
    assert_true(holds("raster.svg", "time (unit of tau; step h = 0.5)"));
    assert_int_equal(times("raster.dat", "\n1 "), 1024); /* the selection at its time */
    assert_true(holds("raster.dat", "\n1.5 7\n"));
    assert_int_equal(times("raster.dat", "\n2 "), 0);
}

static void raster_at_the_edges(void **state)
{
    static float busy[3000 * 200], silent[3000 * 5], one[3000];
    const char *names[] = {"busy", "silent", "one"};
    const int64_t neurons[] = {200, 5, 1};
    const float *spikes[] = {busy, silent, one};

    (void)state;
    for (int i = 0; i < 3000 * 200; i++)
        busy[i] = 1;
    one[0] = 1;
    GOOD(fsnn_plot_raster("long", 3, names, neurons, 3000, 1.0, spikes, folder_path("long")));
    check_pictures("long");
    assert_true(
        holds("long.svg", "busy (25 of 200 neurons, evenly chosen)")); /* too many ticks for all */
    assert_true(holds("long.svg", "no spikes"));
    assert_true(holds("long.svg", "one (1 neuron)"));
    GOOD(
        fsnn_plot_raster(NULL, 1, names + 2, neurons + 2, 1, 1.0, spikes + 2, folder_path("tiny")));
    check_pictures("tiny");
    GOOD(fsnn_plot_raster("silent", 1, names + 1, neurons + 1, 3000, 1e-3, spikes + 1,
                          folder_path("quiet")));
    check_pictures("quiet");
}

static void traces(void **state)
{
    const int64_t index[] = {3, 1200};
    float v[6 * 2], spikes[6 * 2] = {0};

    (void)state;
    for (int k = 0; k < 6; k++) {
        v[2 * k] = 0.2f * (float)k;
        v[2 * k + 1] = -0.5f;
    }
    v[2 * 2] = NAN;
    v[2 * 4] = INFINITY;
    spikes[2 * 5] = 1;
    const fsnn_traces two = {
        .K = 6, .n = 2, .step = 1, .level = 1, .index = index, .v = v, .spikes = spikes};
    const fsnn_traces none = {
        .K = 1, .n = 1, .step = 0.1, .level = NAN, .index = index, .v = v + 4};
    GOOD(fsnn_plot_traces("v", &two, folder_path("traces")));
    check_pictures("traces");
    static const char *const shown[] = {"neuron 3", "neuron 1200", ">threshold<", ">spike<",
                                        ">time step<"};
    for (int i = 0; i < FSNN_COUNT(shown); i++)
        assert_true(holds("traces.svg", shown[i]));
    assert_true(holds("traces.dat", "\n3 NaN NaN\n"));
    assert_true(holds("traces.dat", "\n6 1 1\n"));
    GOOD(fsnn_plot_traces("", &none, folder_path("none")));
    check_pictures("none");
    assert_true(holds("none.svg", "no finite potential"));
    assert_false(holds("none.svg", ">threshold<"));
}

/* What is tested stands beside the potential where it is another one; a threshold may move. */
static void traces_of_what_is_tested(void **state)
{
    (void)state;
    const int64_t index[] = {0};
    float v[] = {0.25f, 0.5f, 0.125f}, test[] = {0.25f, 0.5f, 1.125f};
    float spikes[] = {0, 0, 1}, threshold[] = {1, 1.0625f, 1};
    fsnn_traces t = {.K = 3,
                     .n = 1,
                     .step = 1,
                     .level = 7,
                     .index = index,
                     .v = v,
                     .spikes = spikes,
                     .test = test,
                     .threshold = threshold};
    GOOD(fsnn_plot_traces("v", &t, folder_path("same")));
    check_pictures("same");
    assert_false(holds("same.svg", ">tested<")); /* but for what the spike took */
    assert_true(holds("same.dat", "\n2 0.5 NaN NaN 1.0625\n3 0.125 1 NaN 1\n"));
    assert_false(holds("same.gp", "7 with lines"));
    test[2] = 1.25f; /* more than a threshold above v */
    GOOD(fsnn_plot_traces("v", &t, folder_path("ahead")));
    check_pictures("ahead");
    assert_true(holds("ahead.svg", ">tested<"));
    assert_true(holds("ahead.dat", "3 0.125 1 1.25 1"));
}

static void rates(void **state)
{
    static const float first[] = {0, 0, 0.25f, 1}, second[] = {NAN, NAN}, third[] = {0.5f};
    const char *names[] = {"a", "b", "c"};
    const int64_t neurons[] = {4, 2, 1};
    const float *rate[] = {first, second, third};

    (void)state;
    GOOD(fsnn_plot_rates("rates", 3, names, neurons, rate, folder_path("rates")));
    check_pictures("rates");
    assert_true(holds("rates.svg", "a: 2 of 4 never fire, 1 at every step"));
    assert_true(holds("rates.svg", "b: 0 of 2 never fire, 0 at every step, 2 not a number"));
    assert_true(holds("rates.svg", "c: 0 of 1 never fire"));
    assert_true(holds("rates.svg", "no finite rate"));
    assert_true(holds("rates.svg", "0.312<"));     /* the mean of the first */
    assert_true(holds("rates.dat", "\n0.01 0\n")); /* who never fires has no bar */
    assert_true(holds("rates.dat", "\n0.25 1\n"));
    assert_false(holds("rates.gp", "\nset logscale"));
    GOOD(fsnn_plot_rates("means", 1, names, NULL, rate, folder_path("means")));
    check_pictures("means");
    assert_false(holds("means.svg", "never fire"));
}

/* All layers are drawn, or it is said that they are too many for one picture. */
static void many_layers(void **state)
{
    enum { LAYERS = 100, MOST = 1000 };
    static float v[2] = {1, 0};
    static char text[MOST][24];
    static const char *names[MOST];
    static int64_t neurons[MOST];
    static const float *data[MOST];

    (void)state;
    for (int l = 0; l < MOST; l++) {
        snprintf(text[l], sizeof text[l], "layer%d", l);
        names[l] = text[l];
        neurons[l] = 2;
        data[l] = v;
    }
    GOOD(fsnn_plot_raster("t", LAYERS, names, neurons, 1, 1, data, folder_path("deep")));
    check_pictures("deep");
    assert_true(holds("deep.svg", "layer99 (2 neurons)"));
    GOOD(fsnn_plot_rates("t", LAYERS, names, neurons, data, folder_path("deeprates")));
    check_pictures("deeprates");
    assert_true(holds("deeprates.svg", "layer99: 1 of 2 never fire, 1 at every step"));
    REFUSED(fsnn_plot_raster("t", MOST, names, neurons, 1, 1, data, folder_path("deeper")),
            FSNN_EARGUMENT, "pixels high, and at most 32000 can be drawn");
    REFUSED(fsnn_plot_rates("t", MOST, names, neurons, data, folder_path("deeper")), FSNN_EARGUMENT,
            "split its layers");
    assert_false(folder_has("deeper.gp"));
}

/* As many columns as there are layers. */
static void training_of_many_layers(void **state)
{
    enum { LAYERS = 1500 };
    (void)state;
    FILE *stream = fopen(folder_path("wide.csv"), "w");
    assert_non_null(stream);
    fputs("epoch,loss,accuracy,best", stream);
    for (int l = 0; l < LAYERS; l++)
        fprintf(stream, ",rate.n%d", l);
    for (int e = 1; e <= 2; e++) { /* the second is as accurate and has the lower loss */
        fprintf(stream, "\n%d,%g,0.5,1", e, 1.0 / e);
        for (int l = 0; l < LAYERS; l++)
            fprintf(stream, ",%g", 0.5 / (1 + l));
    }
    assert_int_equal(fclose(stream), 0);
    GOOD(fsnn_plot_training(folder_path("wide.csv"), "wide", folder_path("wide")));
    check_pictures("wide");
    assert_true(holds("wide.svg", "n1499")); /* the end of the colour bar */
    assert_true(holds("wide.svg", "best epoch 2: training accuracy 50.00 %"));
}

static void confusion(void **state)
{
    static int64_t many[60 * 60];
    const int64_t two[] = {90, 10, 0, 0}, one[] = {7};

    (void)state;
    GOOD(fsnn_plot_confusion("two", 2, NULL, two, folder_path("two")));
    check_pictures("two");
    assert_true(holds("two.svg", "accuracy 90.00 % (10 of 100 samples wrong)"));
    assert_true(holds("two.svg", ">true class<"));
    assert_true(holds("two.svg", ">predicted class<"));
    assert_true(holds("two.svg", ">90<"));
    assert_true(holds("two.dat", "\n1 0 0.1 10 "));
    GOOD(fsnn_plot_confusion("one", 1, NULL, one, folder_path("single")));
    check_pictures("single");
    GOOD(fsnn_plot_confusion("many", 60, NULL, many, folder_path("sixty")));
    check_pictures("sixty");
    assert_true(holds("sixty.svg", "no samples"));
}

static void names_are_shown_literally(void **state)
{
    static const float v[] = {1, 0};
    const float *spikes[] = {v};
    const char *names[] = {"l_{1}^2 %d \\n @x $y `id` \"q\" 'r' <b>&amp; \xce\xb1 \xff\n."};
    static const char *const quotes[] = {"'first", "''", "'", "two '' in it", "last'", "\\", "`id"};
    const int64_t neurons[] = {1};

    (void)state;
    GOOD(fsnn_plot_raster(names[0], 1, names, neurons, 2, 1.0, spikes, folder_path("literal")));
    check_pictures("literal");
    assert_int_equal(times("literal.svg", "l_{1}^2 %d \\n @x $y `id` \"q\" 'r' &lt;b>&amp;amp; "
                                          "\xce\xb1 ? ."),
                     2); /* title and panel */
    for (int i = 0; i < FSNN_COUNT(quotes); i++) {
        char panel[64];
        snprintf(panel, sizeof panel, ">%s (1 neuron)<", quotes[i]);
        GOOD(fsnn_plot_raster(quotes[i], 1, &quotes[i], neurons, 2, 1.0, spikes,
                              folder_path("quotes")));
        assert_true(holds("quotes.svg", panel));
        GOOD(fsnn_plot_rates(quotes[i], 1, &quotes[i], NULL, spikes, folder_path("tics")));
        check_pictures("tics");
    }
}

static void paths_are_only_names(void **state)
{
    const int64_t one[] = {7};
    static const char *const odd[] = {"<x", "|x",   "-x",   "with space", "a\"b",
                                      "$x", "100%", "it's", "'first",     "a''b"};

    (void)state;
    for (int i = 0; i < FSNN_COUNT(odd); i++) {
        CASE("odd[%d]", i);
        GOOD(fsnn_plot_confusion("odd", 1, NULL, one, folder_path(odd[i])));
        check_pictures(odd[i]);
    }
    char before[512];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    fsnn_status status = fsnn_plot_confusion("here", 1, NULL, one, "here");
    assert_int_equal(chdir(before), 0);
    GOOD(status);
    check_pictures("here");
}

static void scripts_run_by_hand_anywhere(void **state)
{
    const int64_t two[] = {90, 10, 0, 5};
    char command[1200];

    (void)state;
    GOOD(fsnn_plot_confusion("again", 2, NULL, two, folder_path("again")));
    int height = check_pictures("again");
    assert_int_equal(mkdir(folder_path("moved"), 0755), 0);
    assert_int_equal(rename(folder_path("again.gp"), folder_path("moved/again.gp")), 0);
    assert_int_equal(rename(folder_path("again.dat"), folder_path("moved/again.dat")), 0);
    snprintf(command, sizeof command, "cd '%s' && gnuplot again.gp 2>&1", folder_path("moved"));
    assert_int_equal(system(command), 0);
    assert_int_equal(check_pictures("moved/again"), height);
}

static void numbers_have_a_point_in_every_language(void **state)
{
    static const float v[] = {0.5f, 0.25f};
    const int64_t index[] = {0};
    locale_t own = newlocale(LC_NUMERIC_MASK, "de_DE.UTF-8", (locale_t)0);

    (void)state;
    if (!own) /* not on this system: still a locale of our own, to be given back */
        own = duplocale(LC_GLOBAL_LOCALE);
    assert_non_null(own);
    locale_t before = uselocale(own);
    const fsnn_traces t = {.K = 2, .n = 1, .step = 0.5, .level = 1, .index = index, .v = v};
    GOOD(fsnn_plot_traces("v", &t, folder_path("point")));
    assert_true(uselocale(before) == own);
    freelocale(own);
    assert_true(holds("point.dat", "\n0.5 0.5 NaN\n1 0.25 NaN\n"));
}

static void out_of_memory_anywhere(void **state)
{
    fsnn_status status = FSNN_EMEMORY;
    int64_t n;

    (void)state;
    metrics("memory.csv", "1,0.9,0.7,nan,nan,0.001,1,0.1,9,6000,0.12,0.08\n");
    for (n = 1; status != FSNN_OK && n < 100; n++) {
        fsnn_alloc_fail_at(n);
        status = fsnn_plot_training(folder_path("memory.csv"), "m", folder_path("memory"));
        assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
    }
    fsnn_alloc_fail_at(0);
    GOOD(status);
    assert_true(n > 10);
    check_pictures("memory");
}

/* A wide table with blank lines takes the room of its cells, not columns times lines. */
static void wide(void **state)
{
    (void)state;
    enum { COLUMNS = 1 << 20, LINES = 1 << 24 };
    char *text = malloc(2 * COLUMNS + LINES);
    assert_non_null(text);
    memset(text, ',', COLUMNS - 1);
    memset(text + COLUMNS - 1, '\n', LINES);
    memset(text + COLUMNS - 1 + LINES, ',', COLUMNS - 1);
    folder_write("wide.csv", text, 2 * (COLUMNS - 1) + LINES);
    fsnn_csv csv;
    GOOD(fsnn_csv_read(&csv, folder_path("wide.csv")));
    assert_int_equal(csv.columns, COLUMNS);
    assert_int_equal(csv.rows, 1);
    assert_true(isnan(csv.values[COLUMNS - 1]));
    fsnn_csv_free(&csv);
    folder_delete("wide.csv");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_curves),
        cmocka_unit_test(training_validation),
        cmocka_unit_test(training_with_parameters),
        cmocka_unit_test(training_columns_in_any_order),
        cmocka_unit_test(training_without_test_data_and_one_epoch),
        cmocka_unit_test(training_odd_values),
        cmocka_unit_test(training_many_layers),
        cmocka_unit_test(wrong_metrics),
        cmocka_unit_test(raster),
        cmocka_unit_test(raster_at_the_edges),
        cmocka_unit_test(traces),
        cmocka_unit_test(traces_of_what_is_tested),
        cmocka_unit_test(rates),
        cmocka_unit_test(confusion),
        cmocka_unit_test(many_layers),
        cmocka_unit_test(training_of_many_layers),
        cmocka_unit_test(names_are_shown_literally),
        cmocka_unit_test(paths_are_only_names),
        cmocka_unit_test(scripts_run_by_hand_anywhere),
        cmocka_unit_test(numbers_have_a_point_in_every_language),
        cmocka_unit_test(wide),
        cmocka_unit_test(out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, folder_open, folder_remove);
}
