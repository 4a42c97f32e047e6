/* The units of a description in what the program shows and writes: tables, JSON, records, axes. The
 * numbers stay what they are. */
#include "tiny.h"

static double scalar(const fsnn_arrays *list, const char *name)
{
    const fsnn_array *a = fsnn_arrays_find(list, name);
    assert_non_null(a);
    assert_int_equal(a->dtype, FSNN_F64);
    assert_int_equal(fsnn_shape_count(&a->shape), 1);
    return *(const double *)a->data;
}

/* tiny.yaml, and the same in ms and mV, whose step is half a ms. */
static int begin(void **state)
{
    char text[2048];
    if (tiny_start(state) != 0)
        return -1;
    snprintf(text, sizeof text, "%s%sunits: {time: ms, potential: mV, current: nA}\n", tiny_model,
             tiny_training);
    folder_write_text("units.yaml", text);
    shell_good("$F train tiny.yaml --set dynamics.step=0.5 --out plain --no-figures");
    shell_good("$F train units.yaml --set dynamics.step=0.5 --out run");
    return 0;
}

/* A spike in each step of 0.5 ms is 2000 Hz. */
static void tables(void **state)
{
    (void)state;
    shell_good("cmp run/best.safetensors plain/best.safetensors");
    shell_good("$F eval plain --json");
    double rate = shell_number("\"rate\": ");
    assert_null(strstr(shell_out, "rate_hz"));
    assert_null(strstr(shell_out, "\"units\""));
    shell_good("$F eval run --json");
    assert_float_equal(shell_number("\"rate\": "), rate, 1e-12);
    assert_float_equal(shell_number("\"rate_hz\": "), rate * 2000, 1e-6);
    shell_contains(shell_out,
                   "\"units\": {\"time\": \"ms\", \"potential\": \"mV\", \"current\": \"nA\"}",
                   "eval --json");
    shell_good("$F eval run");
    shell_contains(shell_out, "rate [Hz]\n", "eval");
    shell_good("$F eval plain");
    assert_null(strstr(shell_out, "Hz"));
    shell_good("$F inspect units.yaml");
    shell_contains(shell_out,
                   "units       time in ms, potential in mV, current in nA, rates in Hz\n",
                   "inspect");
    shell_good("$F inspect tiny.yaml");
    assert_null(strstr(shell_out, "units "));
}

static void records(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    shell_good("$F run run -i x.npz -o out.npz --record v,spikes");
    GOOD(fsnn_npz_read(folder_path("out.npz"), &list));
    assert_true(scalar(&list, "unit.time") == 1e-3);
    assert_true(scalar(&list, "unit.potential") == 1e-3);
    assert_true(scalar(&list, "unit.current") == 1e-9);
    fsnn_arrays_free(&list);
    shell_good("$F run plain -i x.npz -o plain.npz --record v,spikes");
    GOOD(fsnn_npz_read(folder_path("plain.npz"), &list));
    assert_null(fsnn_arrays_find(&list, "unit.time"));
    fsnn_arrays_free(&list);
    shell_good("$F run run -i x.npz -o bare.npz");
    GOOD(fsnn_npz_read(folder_path("bare.npz"), &list));
    assert_null(fsnn_arrays_find(&list, "unit.time"));
    fsnn_arrays_free(&list);
}

static void script_says(const char *file, const char *wanted)
{
    static char text[1 << 16];
    shell_slurp(file, text, sizeof text);
    shell_contains(text, wanted, file);
}

/* Scripts of figures are there without gnuplot, too. */
static void axes(void **state)
{
    (void)state;
    script_says("run/figures/raster.gp", "set xlabel 'time [ms]'");
    script_says("run/figures/traces-lif1.gp", "set ylabel 'potential v [mV]'");
    script_says("run/figures/rates.gp", "set xlabel 'firing rate (Hz)'");
    shell_good("$F run run -i x.npz -o out.npz --record v,spikes");
    shell("$F plot out.npz -o pictures");
    script_says("pictures/raster.gp", "set xlabel 'time [ms]'");
    script_says("pictures/traces-lif1.gp", "set ylabel 'potential v [mV]'");
    shell_good("$F run plain -i x.npz -o plain.npz --record v,spikes");
    shell("$F plot plain.npz -o others");
    script_says("others/raster.gp", "set xlabel 'time (unit of tau; step h = 0.5)'");
    script_says("others/rates.gp", "set xlabel 'firing rate (spikes per step)'");
}

/* What --units names comes before what the description names. */
static void simulated(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    shell_good("$F simulate --model units.yaml --node lif1 --current 2 --time 10 --format npz "
               "--no-figure -o own");
    shell_contains(shell_out, "time in ms, potential in mV, current in nA, rates in Hz", "units");
    GOOD(fsnn_npz_read(folder_path("own.npz"), &list));
    assert_true(scalar(&list, "unit.time") == 1e-3);
    fsnn_arrays_free(&list);
    shell_good("$F simulate --model units.yaml --node lif1 --current 2 --time 10 --no-figure -o s "
               "--units time=s");
    shell_contains(shell_out, "time in s, potential in mV, current in nA, rates in Hz", "units");
    shell_good("$F simulate --model tiny.yaml --node lif1 --current 2 --time 10 --no-figure -o s");
    assert_null(strstr(shell_out, "Hz"));
    shell_fails("$F simulate --model units.yaml --node lif1 --set units.time=min", 2,
                "none, s, ms, us");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables), cmocka_unit_test(records),
                                       cmocka_unit_test(axes), cmocka_unit_test(simulated)};
    return cmocka_run_group_tests(tests, begin, folder_close);
}
