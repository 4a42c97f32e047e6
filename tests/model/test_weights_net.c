/* Files of weights say what they were made in; a net that computes something else has a warning. */

#include "folder.h"
#include "helper.h"

#include <fsnn/model.h>

#include <stdlib.h>
#include <string.h>

static const char model[] = "input: [3]\n"
                            "layers:\n"
                            "  - linear: {out: 4}\n"
                            "  - lif: {name: lif1, tau: {value: 2, learn: true}}\n"
                            "  - lif: {name: lif2, tau: 3}\n"
                            "dynamics: {alpha: 0.5, step: 0.25}\n";

/* The net of the model with one override, wrapped. */
static fsnn_net *net_of(const char *set)
{
    fsnn_description *d;
    fsnn_net *net;
    const fsnn_plan plan = {.steps = 2, .batch = 1};
    const char *item[1] = {set};
    GOOD(fsnn_description_read(folder_path("m.yaml"), item, set != NULL, &d));
    GOOD(fsnn_description_net(d, &net));
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
    fsnn_description_destroy(d);
    return net;
}

static int warnings(const fsnn_net *net)
{
    int count = 0;
    while (fsnn_net_warning(net, count))
        count++;
    return count;
}

/* Loads the model's weights with `set`: the warning that this adds, or "". */
static void expect_remark(const char *set, const char *wanted)
{
    fsnn_net *net = net_of(set);
    int before = warnings(net);
    GOOD(fsnn_weights_load(net, folder_path("w.safetensors")));
    int added = warnings(net) - before;
    if (added != (*wanted ? 1 : 0))
        fail_msg("%s: %d remarks", set ? set : "as it was", added);
    if (*wanted && !strstr(fsnn_net_warning(net, before), wanted))
        fail_msg("%s: \"%s\" is not in \"%s\"", set, wanted, fsnn_net_warning(net, before));
    GOOD(fsnn_weights_load(net, folder_path("w.safetensors")));
    assert_int_equal(warnings(net), before + added); /* said once */
    fsnn_net_destroy(net);
}

/* Files of nets in double precision hold doubles; read into a net in single precision they are
 * rounded, and that is said; floats are exact in double. */
static void precisions(void **state)
{
    (void)state;
#ifndef FSNN_HAVE_DOUBLE
    skip();
#endif
    folder_write_text("m.yaml", model);
    fsnn_net *wide = net_of("dynamics.precision=double"), *single = net_of(NULL);
    const fsnn_param *a = fsnn_net_param_find(wide, "linear1.weight"),
                     *b = fsnn_net_param_find(single, "linear1.weight");
    int before = 0;
    a->value64[0] = 0.1;
    for (int i = 1; i < 12; i++)
        a->value64[i] = i;
    GOOD(fsnn_weights_save(wide, folder_path("wide.safetensors")));
    a->value64[0] = 0;
    GOOD(fsnn_weights_load(wide, folder_path("wide.safetensors")));
    assert_true(a->value64[0] == 0.1);
    while (fsnn_net_warning(single, before))
        before++;
    GOOD(fsnn_weights_load(single, folder_path("wide.safetensors")));
    assert_true(b->value[0] == 0.1f && b->value[11] == 11);
    assert_non_null(fsnn_net_warning(single, before));
    CONTAINS(fsnn_net_warning(single, before), "numbers are rounded: they are in double precision");
    GOOD(fsnn_weights_save(single, folder_path("single.safetensors")));
    GOOD(fsnn_weights_load(wide, folder_path("single.safetensors")));
    assert_true(a->value64[0] == (double)0.1f);
    folder_delete("wide.safetensors");
    folder_delete("single.safetensors");
    folder_delete("m.yaml");
    fsnn_net_destroy(wide);
    fsnn_net_destroy(single);
}

static void a_mismatch_is_said(void **state)
{
    (void)state;
    folder_write_text("m.yaml", model);
    fsnn_net *net = net_of(NULL);
    GOOD(fsnn_weights_save(net, folder_path("w.safetensors")));
    fsnn_net_destroy(net);
    expect_remark(NULL, "");
    expect_remark("dynamics.alpha=1", "made with lif1.alpha 0.5 (here 1), lif2.alpha 0.5 (here 1)");
    expect_remark("dynamics.step=0.5", "dynamics.step 0.25 (here 0.5)");
    expect_remark("dynamics.method=l1", "dynamics.method gl (here l1)");
    expect_remark("dynamics.implicit=true", "dynamics.implicit false (here true)");
    expect_remark("dynamics.memory=4", "dynamics.memory full (here 4)");
    expect_remark("lif1.reset=value", "lif1.reset current (here value)");
    expect_remark("lif2.refractory=1", "lif2.refractory 0 (here 1)");
    expect_remark("lif2.surrogate.kind=erf", "lif2.surrogate.kind arctan (here erf)");
    expect_remark("lif2.tau=4", "lif2.tau 3 (here 4)");
    expect_remark("lif1.tau.value=5", ""); /* learned: the file's is loaded */
}

static void files_without_it_load(void **state)
{
    (void)state;
    fsnn_arrays list = {0}, bare = {0};
    GOOD(fsnn_safetensors_read(folder_path("w.safetensors"), &list));
    assert_non_null(fsnn_arrays_meta_find(&list, "net"));
    for (int i = 0; i < list.count; i++) {
        fsnn_array *copy =
            fsnn_arrays_add(&bare, list.item[i].name, list.item[i].dtype, &list.item[i].shape);
        assert_non_null(copy);
        memcpy(copy->data, list.item[i].data,
               (size_t)fsnn_shape_count(&copy->shape) * sizeof(float));
    }
    GOOD(fsnn_safetensors_write(folder_path("w.safetensors"), &bare));
    expect_remark("dynamics.alpha=1", "");
    GOOD(fsnn_arrays_meta(&bare, "net", "nonsense without end"));
    GOOD(fsnn_safetensors_write(folder_path("w.safetensors"), &bare));
    expect_remark("dynamics.alpha=1", "");
    fsnn_arrays_free(&list);
    fsnn_arrays_free(&bare);
    folder_delete("w.safetensors");
    folder_delete("m.yaml");
}

static void notes(void **state)
{
    (void)state;
    folder_write_text("m.yaml", model);
    fsnn_net *net = net_of(NULL);
    char *text;
    GOOD(fsnn_net_note(net, "data", "of two"));
    GOOD(fsnn_net_note(net, "data.part", "second"));
    GOOD(fsnn_net_note(net, "part", "last"));
    GOOD(fsnn_net_note(net, "data.part", "first")); /* in its place */
    GOOD(fsnn_net_describe(net, &text));
    assert_non_null(strstr(text, "lif2.tau\t3\n"));
    assert_null(strstr(text, "lif1.tau\t")); /* learned */
    assert_non_null(strstr(text, "\ndata\tof two\ndata.part\tfirst\npart\tlast\n"));
    free(text);
    FAILS(fsnn_net_note(net, "data.part", "two\nlines"), FSNN_EARGUMENT);
    FAILS(fsnn_net_note(net, "", "x"), FSNN_EARGUMENT);
    FAILS(fsnn_net_describe(net, NULL), FSNN_EARGUMENT);
    fsnn_net_destroy(net);
    folder_delete("m.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precisions),
        cmocka_unit_test(a_mismatch_is_said),
        cmocka_unit_test(files_without_it_load),
        cmocka_unit_test(notes),
    };
    return cmocka_run_group_tests_name("weights say their net", tests, folder_open, folder_close);
}
