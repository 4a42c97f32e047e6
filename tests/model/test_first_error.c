/* The first error is the one that is told: functions that release or go back, which programs call
 * after an error, leave its sentence and what it is about. */
#include "folder.h"

#include "base/error_key.h"
#include <fsnn/fsnn.h>

static int start(void **state)
{
    if (folder_open(state))
        return -1;
    folder_make("graph");
    folder_write_text("graph/meta.txt", "nodes 3\nfeatures 1\nclasses 3\n");
    folder_write_text("graph/edges.txt", "0 1\n1 2\n");
    folder_write_text("graph/labels.txt", "0\n1\n2\n");
    folder_write_text("graph/features.coo", "0 0 1\n1 0 2\n");
    folder_write_text("net.yaml", "input: [4]\nlayers: [flatten, lif]\ndynamics: {alpha: 0.5}\n");
    return 0;
}

static const char sentence[] = "the first error";

static void begin(void)
{
    fsnn_fail_key(FSNN_EIO, "its.key", "%s", sentence);
}

static void unchanged(const char *what)
{
    if (strcmp(fsnn_error_text(), sentence) != 0 || strcmp(fsnn_error_key(), "its.key") != 0)
        fail_msg("%s left: %s (%s)", what, fsnn_error_text(), fsnn_error_key());
}

#define KEPT(call)                                                                                 \
    do {                                                                                           \
        begin();                                                                                   \
        call;                                                                                      \
        unchanged(#call);                                                                          \
    } while (0)

static fsnn_data *data_of(void)
{
    fsnn_data *data;
    float x[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    int32_t label[2] = {0, 1};
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(4), x, label, &data));
    return data;
}

/* Everything that is released, in use and empty. */
static void releases(void **state)
{
    (void)state;
    fsnn_description *description;
    fsnn_net *net;
    fsnn_loader *loader;
    fsnn_optimizer *optimizer;
    fsnn_evaluation evaluation;
    fsnn_data *data = data_of();
    fsnn_plan plan = {.steps = 2, .batch = 2, .training = true};
    fsnn_loader_options how = {.encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = 2, .gain = 1},
                               .batch = 2};
    fsnn_optimizer_options rule = fsnn_training_default().optimizer;
    fsnn_loss loss = {.kind = FSNN_CE_RATE};
    GOOD(fsnn_description_read(folder_path("net.yaml"), NULL, 0, &description));
    GOOD(fsnn_description_net(description, &net));
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan));
    GOOD(fsnn_loader_create(data, &how, &loader));
    GOOD(fsnn_optimizer_create(net, &rule, &optimizer));
    GOOD(fsnn_evaluate(net, loader, &loss, &evaluation));
    GOOD(fsnn_loader_start(loader, 0));
    KEPT(fsnn_evaluation_free(&evaluation));
    KEPT(fsnn_evaluation_free(&evaluation));
    KEPT(fsnn_net_zero_grad(net));
    KEPT(fsnn_net_counter_set(net, 3));
    KEPT(fsnn_optimizer_destroy(optimizer));
    KEPT(fsnn_loader_destroy(loader));
    KEPT(fsnn_net_destroy(net));
    KEPT(fsnn_data_destroy(data));
    KEPT(fsnn_description_destroy(description));
    KEPT(fsnn_optimizer_destroy(NULL));
    KEPT(fsnn_loader_destroy(NULL));
    KEPT(fsnn_net_destroy(NULL));
    KEPT(fsnn_data_destroy(NULL));
    KEPT(fsnn_description_destroy(NULL));
    KEPT(fsnn_evaluation_free(NULL));
}

static void releases_of_data(void **state)
{
    (void)state;
    fsnn_events events;
    fsnn_graph *graph;
    fsnn_graph_matrix matrix;
    fsnn_series *series;
    fsnn_arrays arrays = {0};
    fsnn_file file;
    fsnn_shape shape = FSNN_SHAPE(3);
    GOOD(fsnn_events_read("tests/fuzz/events/plain.aedat4", &events));
    GOOD(fsnn_graph_read(folder_path("graph"), &graph));
    GOOD(fsnn_graph_propagation(graph, (fsnn_propagation)0, true, false, &matrix));
    GOOD(fsnn_series_ts("tests/fuzz/series/one.ts", &series));
    assert_non_null(fsnn_arrays_add(&arrays, "a", FSNN_F32, &shape));
    GOOD(fsnn_file_create(&file, folder_path("file")));
    KEPT(fsnn_events_free(&events));
    KEPT(fsnn_graph_matrix_free(&matrix));
    KEPT(fsnn_graph_destroy(graph));
    KEPT(fsnn_series_destroy(series));
    KEPT(fsnn_arrays_free(&arrays));
    KEPT(fsnn_file_abort(&file));
    KEPT(fsnn_file_abort(&file));
    KEPT(fsnn_graph_destroy(NULL));
    KEPT(fsnn_series_destroy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(releases),
        cmocka_unit_test(releases_of_data),
    };
    return cmocka_run_group_tests(tests, start, folder_remove);
}
