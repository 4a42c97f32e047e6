/* The key `units` and the key `v_peak` of a description. */
#include "helper.h"

#include <fsnn/simulate.h>

static void units(void **state)
{
    (void)state;
    fsnn_description *d = good(INPUT ALPHA "units: {time: ms, potential: mV, current: nA}\n");
    fsnn_units u = fsnn_description_units(d);
    assert_string_equal(fsnn_unit_name(FSNN_QUANTITY_TIME, u.unit[FSNN_QUANTITY_TIME]), "ms");
    assert_string_equal(fsnn_unit_name(FSNN_QUANTITY_CURRENT, u.unit[FSNN_QUANTITY_CURRENT]), "nA");
    fsnn_description_destroy(d);
    d = good(INPUT ALPHA);
    u = fsnn_description_units(d);
    for (int q = 0; q < FSNN_QUANTITIES; q++)
        assert_int_equal(u.unit[q], 0);
    fsnn_description_destroy(d);
    d = good_with(INPUT ALPHA "units: ms\n", "units.potential=V");
    u = fsnn_description_units(d);
    assert_int_equal(u.unit[FSNN_QUANTITY_TIME], 2);
    assert_int_equal(u.unit[FSNN_QUANTITY_POTENTIAL], 1);
    fsnn_description_destroy(d);
    u = fsnn_description_units(NULL);
    assert_int_equal(u.unit[0], 0);
    expect_error(INPUT ALPHA "units: {time: minutes}\n", NULL, "none, s, ms, us");
    expect_error(INPUT ALPHA "units: {length: m}\n", NULL, "units.length: unknown key");
    expect_error(INPUT ALPHA "units: {time: mV}\n", NULL, "units.time: found \"mV\"");
    expect_error(INPUT ALPHA "unit: {time: ms}\n", NULL, "did you mean \"units\"?");
}

/* What a net says of itself, and its bits, have no units in them. */
static void weights(void **state)
{
    (void)state;
    char *text[2];
    static const char *const of[] = {INPUT ALPHA, INPUT ALPHA "units: {time: ms}\n"};
    for (int i = 0; i < 2; i++) {
        fsnn_description *d = good(of[i]);
        fsnn_net *net;
        GOOD(fsnn_description_net(d, &net));
        const fsnn_plan plan = {.steps = 2, .batch = 1};
        GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
        GOOD(fsnn_net_describe(net, &text[i]));
        fsnn_net_destroy(net);
        fsnn_description_destroy(d);
    }
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

#define NET(neuron) "input: [4]\nlayers:\n  - " neuron "\n" ALPHA

static const fsnn_neuron *neuron_of(const fsnn_description *d)
{
    return d->layer[0].options;
}

static void peak(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        NET("qif: {v_peak: -12, reset: value, v_reset: -65}"),
        NET("eif: {v_peak: {value: -12, learn: true}, reset: value, v_reset: -65}"),
        NET("user: {dv: \"(v^2 + I)/tau\", v_peak: -12, reset: restart}")};
    for (int i = 0; i < FSNN_COUNT(kinds); i++) {
        CASE("%s", kinds[i]);
        fsnn_description *d = good(kinds[i]);
        assert_true(neuron_of(d)->peak);
        assert_true(neuron_of(d)->threshold.value == -12);
        assert_int_equal(neuron_of(d)->threshold.learn, i == 1);
        fsnn_net *net;
        GOOD(fsnn_description_net(d, &net));
        const fsnn_plan plan = {.steps = 2, .batch = 1};
        GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &plan));
        char *text;
        GOOD(fsnn_net_describe(net, &text)); /* it is the parameter threshold */
        assert_null(strstr(text, "v_peak"));
        assert_non_null(strstr(text, i == 1 ? ".reset\tvalue" : ".threshold\t-12"));
        free(text);
        fsnn_net_destroy(net);
        fsnn_description_destroy(d);
    }
}

static void peak_refused(void **state)
{
    (void)state;
    expect_error(NET("qif: {v_peak: 30, threshold: 1, reset: value}"), NULL,
                 "v_peak: is another name for the number of threshold: give one of them");
    expect_error(NET("qif: {threshold: 1, reset: value, name: q}"), "q.v_peak=30",
                 "is another name for the number of threshold");
    expect_error(NET("qif: {v_peak: 30}"), NULL,
                 "v_peak ends an upstroke, after which the potential has to land somewhere, but "
                 "the reset is current: write `reset: value`");
    expect_error(NET("eif: {v_peak: 30, reset: subtract}"), NULL, "but the reset is subtract");
    expect_error(NET("lif: {v_peak: 30}"), NULL,
                 "v_peak: is of qif, eif and user, whose potential runs up by itself: lif spikes "
                 "where its potential reaches `threshold`");
    expect_error(NET("alif: {v_peak: 30}"), NULL, "alif spikes where");
    expect_error(NET("readout: {v_peak: 30}"), NULL, "readout never spikes");
    expect_error(NET("user: {dv: \"-v\", spike: \"v - 2\", v_peak: 30, reset: value}"), NULL,
                 "leave one of them out");
    expect_error(NET("qif: {threshold: -10, reset: value}"), NULL, "threshold");
    assert_true(fsnn_kind_has("qif", "v_peak"));
    assert_false(fsnn_kind_has("lif", "v_peak"));
    assert_false(fsnn_kind_has("nothing", "v_peak"));
    assert_false(fsnn_kind_has(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(units), cmocka_unit_test(weights),
                                       cmocka_unit_test(peak), cmocka_unit_test(peak_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
