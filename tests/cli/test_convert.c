/* fsnn convert, and what inspect and plot show of NIR graphs: what is written where, what is asked
 * for, what is refused. */
#include "shell.h"

static char pack[4096], events[4096]; /* $P; $E */

static int start(void **state)
{
    char here[3000];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(pack, sizeof pack, "P='%s/nir-pack'; ", here);
    snprintf(events, sizeof events, "E='%s/tests/fuzz/events'; ", here);
    return shell_start(state);
}

/* A line of shell in which $P is the conformance pack. */
static const char *in_pack(const char *line)
{
    static char text[4][8000];
    static int next;
    char *out = text[next++ % 4];
    snprintf(out, sizeof text[0], "%s%s", pack, line);
    return out;
}

static void clear(void **state)
{
    (void)state;
    shell("rm -rf *");
}

/* A folder with one description and its weights, which other commands take. */
static void from_nir(void **state)
{
    (void)state;
    shell_good(in_pack("$F convert $P/lif_value/model.nir -o d/ --dt 0.0009765625 --reset value"));
    shell_contains(shell_out, "d/model.yaml", "convert");
    shell_good(
        "test \"$(ls d | wc -l)\" = 2 && test -s d/model.yaml && test -s d/model.safetensors");
    shell_good("$F inspect d/model.yaml");
    shell_contains(shell_out, "lif", "inspect");
    shell_good(
        in_pack("$F convert $P/repair_inner_name/model.nir -o r --dt 1e-3 --reset subtract"));
    shell_contains(shell_err, "which is no node: taken as", "convert");
    clear(state);
}

static void asks(void **state)
{
    (void)state;
    static const struct {
        const char *line, *said;
    } wrong[] = {
        {"$F convert $P/lif_value/model.nir -o d", "error: --dt: "},
        {"$F convert $P/lif_value/model.nir -o d --dt 1e-3", "error: --reset: "},
        {"$F convert $P/lif_value/model.nir -o d --dt 1e-3 --reset jump", "value and subtract"},
        {"$F convert $P/lif_value/model.nir -o d --dt 1e-3 --reset value --unit h", "s, ms, us or"},
        {"$F convert $P/lif_value/model.nir -o d --dt 1e-3 --reset value -w w.npz",
         "--weights are for the way to NIR"},
        {"$F convert $P/lif_value/model.nir -o d --expand-memory 1e-3",
         "--expand-memory is for the way to NIR"},
        {"$F convert $P/lif_value/model.nir", "--output is missing"},
        {"$F convert $P/lif_value/input.npy -o d", "it is no file that convert knows"},
        {"echo 'input: 3' >m.yaml; $F convert m.yaml -o m.nir", "--weights are missing"},
        {"echo 'input: 3' >m.yaml; $F convert m.yaml -o m.nir -w w.npz --reset value",
         "--reset is for the way from NIR"},
        {"echo 'input: 3' >m.yaml; $F convert m.yaml -o d --web", "--weights are missing"},
        {"$F convert $P/lif_value/model.nir -o d --web", "--web is for a model and its weights"},
        {"echo 'input: 3' >m.yaml; $F convert m.yaml -o m.onnx -w w.npz", "cannot become m.onnx"},
    };
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].line);
        assert_int_equal(shell(in_pack(wrong[i].line)), 2);
        shell_contains(shell_err, wrong[i].said, wrong[i].line);
        assert_int_not_equal(shell("test -e d || test -e m.nir"), 0);
    }
    assert_int_equal(shell("$F convert nothing.nir -o d"), 1);
    clear(state);
}

static const char model[] =
    "printf 'input: 3\\nlayers:\\n  - linear: {out: 4, bias: false, name: a}\\n  - lif: {reset: "
    "subtract}\\ndynamics: {alpha: 0.6}\\n' >m.yaml; ";

/* Weights from NPZ or safetensors; there and back without an option. */
static void to_nir_and_back(void **state)
{
    (void)state;
    char line[2048];
    fsnn_arrays list = {0};
    fsnn_array *w = fsnn_arrays_add(&list, "a.weight", FSNN_F32, &FSNN_SHAPE(4, 3));
    for (int i = 0; i < 12; i++)
        ((float *)w->data)[i] = 0.1F * (float)i;
    GOOD(fsnn_npz_write(folder_path("w.npz"), &list));
    GOOD(fsnn_safetensors_write(folder_path("w.safetensors"), &list));
    fsnn_arrays_free(&list);
    snprintf(line, sizeof line, "%s$F convert m.yaml --weights w.npz -o a.nir", model);
    shell_good(line);
    shell_contains(shell_err, "other tools read a neuron of order 1", line);
    shell_good("$F convert m.yaml -w w.safetensors -o b.nir -q && cmp a.nir b.nir");
    shell_good("$F convert a.nir -o back && test \"$(ls back | wc -l)\" = 2");
    shell_good("grep -q 'alpha: 0.6' back/a.yaml");
    shell_good("$F convert back/a.yaml -w back/a.safetensors -o c.nir -q");
    shell_good("$F convert c.nir -o again -q && cmp back/a.safetensors again/c.safetensors");
    shell_good("$F convert m.yaml -w w.npz -o e.nir --expand-memory 1e-3 --dt 1e-3");
    shell_contains(shell_err, "nodes LI; the weights of the last 10000 steps are wrong by",
                   "expand");
    shell_good("$F inspect e.nir");
    shell_contains(shell_out, "lif1_m1", "inspect");
    shell_contains(shell_out, "Threshold", "inspect");
    shell_fails("$F convert m.yaml -w w.npz -o no/such/m.nir", 1, "no/such");
    clear(state);
}

static void shown(void **state)
{
    (void)state;
    shell_good(in_pack("$F inspect $P/recurrent/model.nir"));
    shell_contains(shell_out, "a NIR graph of 5 nodes and 5 edges, NIR 1.0.8", "inspect");
    shell_contains(shell_out, "(a step before)", "inspect");
    shell_good(in_pack("cp $P/recurrent/model.nir graph.h5 && $F inspect graph.h5"));
    shell_contains(shell_out, "a NIR graph of 5 nodes", "inspect");
    shell_good(in_pack("$F plot $P/recurrent/model.nir --out p && test -s p/model.dot"));
    /* a program called dot */
    shell_good("mkdir bin && printf '#!/bin/sh\nfor a; do case $a in -o*) echo x >${a#-o};; esac; "
               "done\n' >bin/dot && chmod +x bin/dot");
    shell_good(in_pack("PATH=$PWD/bin:$PATH; $F plot $P/recurrent/model.nir --out q && test -s "
                       "q/model.svg && test -s q/model.png"));
    assert_int_equal(shell(in_pack("$F inspect $P/refuse_cut/model.nir")), 1);
    shell_contains(shell_err, "damaged", "inspect");
    clear(state);
}

/* A recording and the NPZ that it becomes hold the same events on the same sensor. */
static void events_become_arrays(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int events;
        bool sized;
    } files[] = {{"evt2.raw", 6, false}, {"legacy21.raw", 6, true}, {"evt3.raw", 6, true},
                 {"turn.dat", 6, true},  {"dvs.es", 4, true},       {"davis.aedat", 6, true},
                 {"bin.bin", 6, false},  {"arrays.npz", 6, false}};
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("%s", files[i].name);
        char line[9000];
        snprintf(line, sizeof line,
                 "%sset -e; $F convert $E/%s -o a.npz; $F inspect $E/%s | grep -E "
                 "'^(events|sensor|first|last|polarity|pixels)' >1; $F inspect a.npz | grep -E "
                 "'^(events|sensor|first|last|polarity|pixels)' >2; cmp 1 2; grep -q '^events *%d' "
                 "2; test $(grep -c 'does not tell' 2) = %d",
                 events, files[i].name, files[i].name, files[i].events, !files[i].sized);
        shell_good(line);
    }
    char line[9000];
    snprintf(line, sizeof line,
             "%smkfifo p.npz; cat p.npz >q.npz & $F convert $E/evt2.raw -o p.npz && wait && $F "
             "convert $E/evt2.raw -o b.npz && cmp q.npz b.npz",
             events);
    shell_good(line);
    snprintf(line, sizeof line, "%s$F convert $E/evt2.raw -o b.npz", events);
    shell_good(line);
    shell_contains(shell_err, "evt2.raw: left out: 1 events before the first word of time", line);
    snprintf(line, sizeof line, "%scat $E/evt2.raw | $F convert /dev/stdin -o c.npz", events);
    shell_fails(line, 1, "/dev/stdin: is a pipe or a device, and it takes more than one look");
    snprintf(line, sizeof line, "%s$F convert $E/evt2.raw -o b.npz --dt 1", events);
    shell_fails(line, 2, "--dt is for networks");
    snprintf(line, sizeof line, "%s$F convert $E/evt2.raw -o b.csv", events);
    shell_fails(line, 2, "cannot become b.csv: convert makes");
    snprintf(line, sizeof line, "%s$F convert $E/generic.es -o none.npz", events);
    shell_fails(line, 1, "holds no events of pixels");
    snprintf(line, sizeof line,
             "%stest ! -e none.npz && $F inspect $E/generic.es >g && ! grep sensor g", events);
    shell_good(line);
    clear(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_nir),
        cmocka_unit_test(asks),
        cmocka_unit_test(to_nir_and_back),
        cmocka_unit_test(shown),
        cmocka_unit_test(events_become_arrays),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
