/* What an export refuses of the arrays of its test, before it writes. */
#include "folder.h"
#include "nets.h"

#include <fsnn/export.h>

enum { T = 3, B = 2, IN = 4, OUT = 2 };

static fsnn_net *stream_net(bool stream)
{
    fsnn_net *net = net_new();
    int x = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(IN)));
    VALID(fsnn_net_lif(net, "lif", fsnn_net_linear(net, "fc", x, OUT, true), NULL));
    const fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = 8;
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .stream = stream}));
    return net;
}

static void refused_arrays(void **state)
{
    (void)state;
    float x[T * B * IN] = {0}, y[T * B * OUT] = {0};
    fsnn_array good = {.dtype = FSNN_F32, .shape = FSNN_SHAPE(T, B, IN), .data = x}, none = good,
               wide = good, short_one = good, flat = good;
    none.data = NULL;
    wide.dtype = FSNN_F64;
    short_one.shape = FSNN_SHAPE(0, B, IN);
    flat.shape = FSNN_SHAPE(IN);
    fsnn_array item[2] = {
        {.name = "output", .dtype = FSNN_F32, .shape = FSNN_SHAPE(T, B, OUT), .data = y},
        {.name = "spikes.lif", .dtype = FSNN_F32, .shape = FSNN_SHAPE(T, B, OUT), .data = y}};
    const fsnn_arrays expected = {.item = item, .count = 2};
    fsnn_export_options o = fsnn_export_options_default();
    o.expected = &expected;
    const struct {
        const fsnn_array *x;
        fsnn_status status;
        const char *words;
    } wrong[] = {{&none, FSNN_EARGUMENT, "x has no numbers"},
                 {&wide, FSNN_ESHAPE, "x is float64"},
                 {&short_one, FSNN_ESHAPE, "no step or no sample"},
                 {&flat, FSNN_ESHAPE, "less than two dimensions"}};
    fsnn_net *net = stream_net(true);
    for (int i = 0; i < (int)FSNN_COUNT(wrong); i++) {
        CASE("%s", wrong[i].words);
        o.x = wrong[i].x;
        REFUSED(fsnn_export_c(net, &o, folder), wrong[i].status, wrong[i].words);
    }
    o.x = &good;
    item[1].data = NULL;
    REFUSED(fsnn_export_c(net, &o, folder), FSNN_EARGUMENT, "lack \"spikes.lif\"");
    item[0].data = NULL;
    REFUSED(fsnn_export_c(net, &o, folder), FSNN_EARGUMENT, "output has no numbers");
    fsnn_net_destroy(net);
    net = stream_net(false);
    REFUSED(fsnn_export_c(net, &o, folder), FSNN_ESTATE, "for a stream");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refused_arrays)};
    return cmocka_run_group_tests(tests, folder_open, folder_close);
}
