/* Descriptions to networks, and weight files onto them: names, shapes, what is optional, what a
 * failure leaves. Keys of a state dict that do not fit were reported in SpikingJelly issue 95. */
#include "helper.h"

#include "folder.h"

static const char *path;

static int enter(void **state)
{
    if (folder_open(state))
        return -1;
    path = folder_path("w");
    return 0;
}

static int leave(void **state)
{
    folder_delete("w");
    return folder_close(state);
}

static const char text[] = "input: [3]\n"
                           "layers:\n"
                           "  - linear: {out: 4, name: fc1}\n"
                           "  - lif: {tau: {value: 2.0, learn: true}}\n"
                           "  - linear: {out: 2, bias: false, name: fc2}\n"
                           "  - lif: {threshold: 0.75}\n"
                           "dynamics: {alpha: [0.5, 0.7], alpha_mode: per_layer}\n";

static fsnn_net *build(const char *description, uint64_t seed)
{
    fsnn_net *net;
    fsnn_description *d = good(description);
    GOOD(fsnn_description_net(d, &net));
    const fsnn_plan plan = {.steps = 3, .batch = 2, .training = true, .seed = seed};
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
    fsnn_description_destroy(d);
    return net;
}

static void expect_same(const fsnn_net *a, const fsnn_net *b, bool same)
{
    int different = 0;
    assert_int_equal(fsnn_net_param_count(a), fsnn_net_param_count(b));
    for (int i = 0; i < fsnn_net_param_count(a); i++) {
        const fsnn_param *p = fsnn_net_param(a, i), *q = fsnn_net_param(b, i);
        different +=
            memcmp(p->value, q->value, (size_t)fsnn_shape_count(&p->shape) * sizeof(float)) != 0;
    }
    assert_int_equal(different == 0, same);
}

static void test_net(void **state)
{
    (void)state;
    fsnn_net *net = build(text, 1);
    fsnn_node_info info;
    assert_int_equal(fsnn_net_node_count(net), 5);
    static const char *const names[] = {"input", "fc1", "lif1", "fc2", "lif2"};
    for (int i = 0; i < 5; i++) {
        GOOD(fsnn_net_node(net, i, &info));
        assert_string_equal(info.name, names[i]);
    }
    assert_int_equal(fsnn_net_param_find(net, "fc1.weight")->shape.dim[1], 3);
    assert_null(fsnn_net_param_find(net, "fc2.bias"));
    assert_float_equal(fsnn_net_param_find(net, "lif1.tau")->value[0], 2, 0);
    assert_float_equal(fsnn_net_param_find(net, "lif2.threshold")->value[0], 0.75, 0);
    assert_float_equal(fsnn_net_param_find(net, "lif2.alpha")->value[0], 0.7, 1e-7);
    fsnn_net_destroy(net);
}

/* Errors of fsnn_net_add and of lists that speak of layers stand at their place in the file. */
static void test_net_errors(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"input: [3]\nlayers:\n  - lif\n  - add\n" ALPHA, "mlp.yaml:4:5: layers[1]: add \"add1\""},
        {"input: [3]\nlayers:\n  - lif: {from: [input, input]}\n" ALPHA,
         "mlp.yaml:3:5: layers[0]: lif \"lif1\""},
        {"input: [3]\nlayers: [lif]\ndynamics: {alpha: [0.3, 0.8], alpha_mode: per_layer}\n",
         "mlp.yaml:3:19: dynamics.alpha: found a list of 2, but the network has 1 neuron layer: "
         "expected one entry for each"},
        {"input: [3]\nlayers: [lif, lif]\ndynamics: {alpha: [[0.3]]}\n",
         "mlp.yaml:3:19: dynamics.alpha: found a list of 1, but the network has 2 neuron layers"},
        {"input: [3]\nlayers: [lif]\ndynamics: {alpha: 0.3, learn_alpha: [true, true]}\n",
         "mlp.yaml:3:37: dynamics.learn_alpha: found a list of 2, but the network has 1 neuron "
         "layer"},
        {"input: [1,1,1,1,1,1,1,1]\nlayers: [lif]\n" ALPHA,
         "mlp.yaml:1:8: input: the input shape has 8"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_net *net;
        fsnn_description *d = good(row[i][0]);
        FAILS(fsnn_description_net(d, &net), FSNN_EDESCRIPTION);
        assert_null(net);
        expect_text(fsnn_error_text(), row[i][1], row[i][0]);
        fsnn_description_destroy(d);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    fsnn_net *a = build(text, 1), *b = build(text, 2);
    fsnn_arrays list = {0};
    fsnn_net_param_find(a, "lif1.tau")->value[0] = 3;
    GOOD(fsnn_net_params_changed(a));
    expect_same(a, b, false);
    GOOD(fsnn_weights_save(a, path));
    GOOD(fsnn_weights_load(b, path));
    expect_same(a, b, true);
    GOOD(fsnn_safetensors_read(path, &list));
    assert_int_equal(list.count, 4); /* fixed neuron parameters stand in the description */
    assert_non_null(fsnn_arrays_find(&list, "fc1.bias"));
    assert_non_null(fsnn_arrays_find(&list, "lif1.tau"));
    assert_null(fsnn_arrays_find(&list, "lif2.tau"));
    fsnn_arrays_free(&list);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

/* A loop, and weights that two nodes share: one set of them in the file. */
static void test_shared(void **state)
{
    (void)state;
    static const char loop[] = "input: [3]\n"
                               "layers:\n"
                               "  - delay: {of: lif1, name: before}\n"
                               "  - linear: {out: 4, name: w}\n"
                               "  - linear: {out: 4, name: fc1, from: input}\n"
                               "  - add: {from: [w, fc1]}\n"
                               "  - lif: {tau: {value: 2.0, learn: true}}\n"
                               "  - linear: {out: 4, weights: w}\n"
                               "  - lif: {weights: lif1}\n"
                               "dynamics: {alpha: 0.5}\n";
    fsnn_net *a = build(loop, 1), *b = build(loop, 2);
    fsnn_arrays list = {0};
    fsnn_node_info info;
    GOOD(fsnn_net_node(a, 1, &info));
    assert_string_equal(info.sources, "lif1");
    assert_int_equal(info.shape.dim[0], 4);
    GOOD(fsnn_net_node(a, 6, &info));
    assert_string_equal(info.shares, "w");
    assert_int_equal(info.params, 0);
    GOOD(fsnn_weights_save(a, path));
    GOOD(fsnn_weights_load(b, path));
    expect_same(a, b, true);
    GOOD(fsnn_safetensors_read(path, &list));
    assert_int_equal(list.count, 5); /* w and fc1, weight and bias, and the learned tau */
    assert_non_null(fsnn_arrays_find(&list, "w.weight"));
    assert_null(fsnn_arrays_find(&list, "linear3.weight"));
    fsnn_arrays_free(&list);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

/* Running statistics are saved and wanted, too. */
static void test_running_statistics(void **state)
{
    (void)state;
    static const char norm[] = "input: [2, 3, 3]\nlayers: [{batchnorm: {name: bn}}, lif]\n" ALPHA;
    fsnn_net *a = build(norm, 1), *b = build(norm, 1);
    fsnn_net_param_find(a, "bn.running_mean")->value[1] = 0.25f;
    GOOD(fsnn_weights_save(a, path));
    GOOD(fsnn_weights_load(b, path));
    assert_float_equal(fsnn_net_param_find(b, "bn.running_mean")->value[1], 0.25, 0);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

static void add(fsnn_arrays *list, const char *name, fsnn_dtype dtype, fsnn_shape shape,
                double value)
{
    fsnn_array *array = fsnn_arrays_add(list, name, dtype, &shape);
    for (int64_t i = 0; i < fsnn_shape_count(&shape); i++) {
        if (dtype == FSNN_F64)
            ((double *)array->data)[i] = value + (double)i;
        if (dtype == FSNN_F32)
            ((float *)array->data)[i] = (float)(value + (double)i);
    }
}

static void complete(fsnn_arrays *list)
{
    add(list, "fc1.weight", FSNN_F64, FSNN_SHAPE(4, 3), 1);
    add(list, "fc1.bias", FSNN_F32, FSNN_SHAPE(4), 2);
    add(list, "fc2.weight", FSNN_F32, FSNN_SHAPE(2, 4), 3);
}

static void test_npz_and_scalars(void **state)
{
    (void)state;
    fsnn_net *net = build(text, 1);
    fsnn_arrays list = {0};
    complete(&list);
    add(&list, "lif1.tau", FSNN_F64, (fsnn_shape){0}, 1.5);
    add(&list, "lif2.alpha", FSNN_F32, FSNN_SHAPE(1), 0.25);
    GOOD(fsnn_npz_write(path, &list));
    GOOD(fsnn_weights_load(net, path));
    assert_float_equal(fsnn_net_param_find(net, "fc1.weight")->value[11], 12, 0);
    assert_float_equal(fsnn_net_param_find(net, "fc2.weight")->value[0], 3, 0);
    assert_float_equal(fsnn_net_param_find(net, "lif1.tau")->value[0], 1.5, 0);
    assert_float_equal(fsnn_net_param_find(net, "lif2.alpha")->value[0], 0.25, 0);
    assert_float_equal(fsnn_net_param_find(net, "lif1.alpha")->value[0], 0.5, 0);
    fsnn_arrays_free(&list);
    fsnn_net_destroy(net);
}

typedef struct bad {
    const char *without, *name;
    fsnn_dtype dtype;
    fsnn_shape shape;
    double value;
    fsnn_status status;
    const char *wanted;
} bad;

/* The complete list without an array, plus another; the network must stay as it was. */
static void test_errors(void **state)
{
    (void)state;
    const bad row[] = {
        {"fc1.bias", NULL, FSNN_F32, {0}, 0, FSNN_ENOTFOUND, "\"fc1.bias\" is missing"},
        {"fc1.bias", "fc1.bas", FSNN_F32, FSNN_SHAPE(4), 0, FSNN_ENOTFOUND,
         "no parameter \"fc1.bas\", did you mean \"fc1.bias\"?"},
        {NULL, "other", FSNN_F32, FSNN_SHAPE(4), 0, FSNN_ENOTFOUND, "no parameter \"other\""},
        {"fc1.bias", "fc1.bias", FSNN_F32, FSNN_SHAPE(5), 0, FSNN_ESHAPE,
         "\"fc1.bias\" has shape [5], but the network's has shape [4]"},
        {"fc1.weight", "fc1.weight", FSNN_F32, FSNN_SHAPE(3, 4), 0, FSNN_ESHAPE,
         "has shape [3, 4], but the network's has shape [4, 3]"},
        {"fc1.bias", "fc1.bias", FSNN_I64, FSNN_SHAPE(4), 0, FSNN_EFORMAT,
         "\"fc1.bias\" is int64, expected float32 or float64"},
        {"fc1.weight", "fc1.weight", FSNN_F32, FSNN_SHAPE(4, 3), (double)NAN, FSNN_ENUMERIC,
         "\"fc1.weight\"[0, 0] is nan, not a finite number"},
        {"fc1.bias", "fc1.bias", FSNN_F64, FSNN_SHAPE(4), -1e39, FSNN_ENUMERIC,
         "\"fc1.bias\"[0] is -1e+39, beyond single precision"},
        {NULL, "lif2.alpha", FSNN_F32, FSNN_SHAPE(1), (double)INFINITY, FSNN_ENUMERIC,
         "\"lif2.alpha\"[0] is inf"},
        {NULL, "lif1.tau", FSNN_F64, FSNN_SHAPE(1), 1e-300, FSNN_ENUMERIC,
         "\"lif1.tau\" is 1e-300 at number 0 (from 0), which is 0 in single precision"},
        {NULL, "lif2.alpha", FSNN_F64, FSNN_SHAPE(1), 1e-300, FSNN_ENUMERIC,
         "\"lif2.alpha\" is 1e-300 at number 0"},
        {NULL, "lif1.tau", FSNN_F32, FSNN_SHAPE(1), -1, FSNN_EARGUMENT, "tau"},
        {NULL, "lif2.alpha", FSNN_F32, FSNN_SHAPE(1), 1.5, FSNN_EARGUMENT, "alpha"},
    };
    fsnn_net *net = build(text, 1), *same = build(text, 1);
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_arrays list = {0}, kept = {0};
        complete(&list);
        for (int j = 0; j < list.count; j++)
            if (!row[i].without || strcmp(list.item[j].name, row[i].without) != 0)
                add(&kept, list.item[j].name, list.item[j].dtype, list.item[j].shape, 9);
        if (row[i].name)
            add(&kept, row[i].name, row[i].dtype, row[i].shape, row[i].value);
        GOOD(fsnn_safetensors_write(path, &kept));
        assert_int_equal(fsnn_weights_load(net, path), row[i].status);
        expect_text(fsnn_error_text(), row[i].wanted, row[i].wanted);
        expect_text(fsnn_error_text(), path, "the file's name");
        expect_same(net, same, true);
        fsnn_arrays_free(&list);
        fsnn_arrays_free(&kept);
    }
    FAILS(fsnn_weights_load(net, "/nonexistent/w"), FSNN_EIO);
    FAILS(fsnn_weights_load(NULL, path), FSNN_EARGUMENT);
    FAILS(fsnn_weights_save(net, "/nonexistent/w"), FSNN_EIO);
    fsnn_net_destroy(net);
    fsnn_net_destroy(same);
}

/* Several names that do not fit are all listed, each with the parameter that was likely meant. */
static void test_names(void **state)
{
    (void)state;
    fsnn_net *net = build(text, 1);
    fsnn_arrays list = {0};
    add(&list, "0.weight", FSNN_F32, FSNN_SHAPE(4, 3), 1);
    add(&list, "0.bias", FSNN_F32, FSNN_SHAPE(4), 1);
    add(&list, "fc2.wieght", FSNN_F32, FSNN_SHAPE(2, 4), 1);
    add(&list, "head", FSNN_F32, FSNN_SHAPE(9), 1);
    GOOD(fsnn_npz_write(path, &list));
    REFUSED(fsnn_weights_load(net, path), FSNN_ENOTFOUND,
            "4 of its 4 arrays are no parameters of the network: \"0.weight\" (\"fc1.weight\"?), "
            "\"0.bias\" (\"fc1.bias\"?), \"fc2.wieght\" (\"fc2.weight\"?), \"head\"; 3 of the "
            "network's parameters are missing: \"fc1.weight\", \"fc1.bias\", \"fc2.weight\"");
    for (int i = 0; i < 20; i++) {
        char name[16];
        snprintf(name, sizeof name, "more%d", i);
        add(&list, name, FSNN_F32, FSNN_SHAPE(9), 1);
    }
    GOOD(fsnn_npz_write(path, &list));
    REFUSED(fsnn_weights_load(net, path), FSNN_ENOTFOUND, "\"more3\" and 16 more; 3 of");
    fsnn_arrays_free(&list);
    fsnn_net_destroy(net);
}

static void expect_warning(const fsnn_net *net, const char *words)
{
    for (int i = 0; fsnn_net_warning(net, i); i++)
        if (strstr(fsnn_net_warning(net, i), words))
            return;
    print_error("no warning says: %s\n", words);
    assert_true(false);
}

/* Files that PyTorch wrote (tests/golden/make_torch.py), of both forms. */
static void test_torch(void **state)
{
    (void)state;
    static const char *const files[] = {"state.pt", "old.pt", "protocol4.pt", "checkpoint.pt"};
    for (int i = 0; i < FSNN_COUNT(files); i++) {
        CASE("%s", files[i]);
        char file[64];
        fsnn_net *net = build("input: [3]\nlayers:\n  - linear: {out: 4, name: fc1}\n  - lif\n"
                              "  - linear: {out: 2, name: fc2}\ndynamics: {alpha: 0.5}\n",
                              1);
        fsnn_arrays list = {0};
        snprintf(file, sizeof file, "tests/golden/torch/%s", files[i]);
        int before = 0;
        while (fsnn_net_warning(net, before))
            before++;
        GOOD(fsnn_weights_load(net, file));
        GOOD(fsnn_torch_read(file, &list));
        assert_int_equal(list.count, 4);
        for (int k = 0; k < list.count; k++) {
            const fsnn_param *param = fsnn_net_param_find(net, list.item[k].name);
            assert_memory_equal(param->value, list.item[k].data,
                                (size_t)fsnn_shape_count(&param->shape) * sizeof(float));
        }
        if (list.meta_count)
            expect_warning(net, "checkpoint.pt: its dict \"state_dict\" is read; beside it, and "
                                "left out: epoch, optimizer, loss, done; its names");
        else
            assert_null(fsnn_net_warning(net, before));
        fsnn_arrays_free(&list);
        fsnn_net_destroy(net);
    }
}

static void test_torch_norm(void **state)
{
    (void)state;
    fsnn_net *net = build("input: [1, 5, 5]\nlayers:\n  - conv2d: {out: 2, kernel: 3, name: conv}\n"
                          "  - batchnorm: {name: bn}\n  - lif\ndynamics: {alpha: 0.5}\n",
                          1);
    GOOD(fsnn_weights_load(net, "tests/golden/torch/norm.pt"));
    expect_warning(net, "norm.pt: 1 num_batches_tracked are left out");
    assert_float_equal(fsnn_net_param_find(net, "conv.bias")->value[1], 0.2531, 0.02);
    REFUSED(fsnn_weights_load(net, "tests/golden/torch/module.pt"), FSNN_EUNSUPPORTED,
            "module.pt: holds code: __main__.Net");
    REFUSED(fsnn_weights_load(net, "tests/golden/make_torch.py"), ANY_ERROR, "make_torch");
    fsnn_net_destroy(net);
}

static void test_before_wrap(void **state)
{
    (void)state;
    fsnn_net *net;
    fsnn_description *d = good(text);
    GOOD(fsnn_description_net(d, &net));
    FAILS(fsnn_weights_load(net, path), FSNN_ESTATE);
    FAILS(fsnn_weights_save(net, path), FSNN_ESTATE);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

/* Whatever allocation fails while loading, the network keeps its values. */
static void test_out_of_memory(void **state)
{
    (void)state;
    fsnn_net *a = build(text, 1), *b = build(text, 2), *same = build(text, 2);
    GOOD(fsnn_weights_save(a, path));
    for (int n = 1;; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_weights_load(b, path);
        fsnn_alloc_fail_at(0);
        if (!status)
            break;
        assert_int_equal(status, FSNN_EMEMORY);
        expect_same(b, same, true);
        assert_true(n < 1000);
    }
    expect_same(a, b, true);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
    fsnn_net_destroy(same);
}

/* The descriptions of the examples build, wrap and have the sizes they speak of. */
static void test_examples(void **state)
{
    (void)state;
    static const char *const file[] = {"examples/fashion_mlp.yaml", "examples/fashion_cnn.yaml"};
    static const int64_t weights[] = {784 * 2560 + 2560 * 10,
                                      320 + 18496 + 3136 * 128 + 128 + 1290};
    for (int i = 0; i < 2; i++) {
        fsnn_description *d;
        fsnn_net *net = NULL;
        fsnn_shape in, out;
        GOOD(fsnn_description_read(file[i], NULL, 0, &d));
        GOOD(fsnn_description_net(d, &net));
        const fsnn_plan plan = {.steps = fsnn_description_encoder(d)->steps, .batch = 2, .seed = 1};
        GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
        assert_int_equal(plan.steps, 4);
        GOOD(fsnn_net_shapes(net, &in, &out));
        assert_int_equal(out.rank, 1);
        assert_int_equal(out.dim[0], 10);
        int64_t values = 0;
        for (int p = 0; p < fsnn_net_param_count(net); p++)
            if (!fsnn_net_param(net, p)->neuron)
                values += fsnn_shape_count(&fsnn_net_param(net, p)->shape);
        assert_int_equal(values, weights[i]);
        fsnn_net_destroy(net);
        fsnn_description_destroy(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_net),
        cmocka_unit_test(test_net_errors),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_running_statistics),
        cmocka_unit_test(test_npz_and_scalars),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_torch),
        cmocka_unit_test(test_torch_norm),
        cmocka_unit_test(test_before_wrap),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_examples),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
