/* Surrogate slopes against tests/golden/surrogates.json. */

#include "../json.h"
#include <fsnn/neuron.h>

enum { MOST = 64 };

static int read_list(json_node *list, double *out)
{
    int count = json_count(list);
    assert_in_range(count, 1, MOST);
    for (int i = 0; i < count; i++)
        out[i] = json_number(json_at(list, i));
    return count;
}

static void check_case(json_node *c, const double *x, int count)
{
    const char *name = json_text(json_get(c, "surrogate"));
    int kind = fsnn_surrogate_find(name);
    assert_true(kind >= 0);
    fsnn_surrogate surrogate = {.kind = (fsnn_surrogate_kind)kind,
                                .scale = json_member(c, "scale")};
    double slope[MOST];
    assert_int_equal(read_list(json_get(c, "derivative"), slope), count);
    for (int i = 0; i < count; i++) {
        double got = fsnn_surrogate_slope(&surrogate, x[i]);
        /* stored with 12 digits, and rounded absolutely where s(1 - s) was formed near s = 1 */
        if (!(fabs(got - slope[i]) <= 1e-11 * fabs(slope[i]) + 1e-15))
            fail_msg("%s at %g: %.15g, expected %.15g", name, x[i], got, slope[i]);
    }
}

static void slopes(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/surrogates.json");
    json_node *root = doc->root, *cases = json_get(root, "cases");
    double x[MOST];
    int count = read_list(json_get(root, "x"), x), checked = 0;
    for (int i = 0; i < json_count(cases); i++) {
        json_node *c = json_at(cases, i);
        const char *name = json_text(json_get(c, "surrogate"));
        if (fsnn_surrogate_find(name) < 0) {
            print_message("skipped: there is no surrogate \"%s\" here\n", name);
            continue;
        }
        check_case(c, x, count);
        checked++;
    }
    assert_true(checked >= 4);
    json_close(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slopes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
