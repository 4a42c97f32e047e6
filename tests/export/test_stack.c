/* The deepest stack, from the graph of calls that gcc writes. */
#include "export/target.h"

#include "check.h"

static const char graph[] =
    "graph: { title: \"net.c\"\n"
    "node: { title: \"net_step\" label: \"net_step\\nnet.c:90:6\\n40 bytes (static)\" }\n"
    "node: { title: \"net.c:layer_1\" label: \"layer_1\\nnet.c:9:13\\n136 bytes (static)\" }\n"
    "node: { title: \"net.c:layer_2\" label: \"layer_2\\nnet.c:50:13\\n8 bytes (static)\" }\n"
    "node: { title: \"__aeabi_uidivmod\" label: \"__aeabi_uidivmod\\n<built-in>\" }\n"
    "node: { title: \"__aeabi_uidiv\" label: \"__aeabi_uidiv\\n<built-in>\" }\n"
    "edge: { sourcename: \"net_step\" targetname: \"net.c:layer_1\" label: \"net.c:91:5\" }\n"
    "edge: { sourcename: \"net_step\" targetname: \"net.c:layer_2\" label: \"net.c:92:5\" }\n"
    "edge: { sourcename: \"net.c:layer_1\" targetname: \"__aeabi_uidivmod\" label: \"net.c:10:5\" "
    "}\n"
    "edge: { sourcename: \"net.c:layer_1\" targetname: \"__aeabi_uidivmod\" label: \"net.c:11:5\" "
    "}\n"
    "edge: { sourcename: \"net.c:layer_2\" targetname: \"__aeabi_uidiv\" label: \"net.c:51:5\" }\n"
    "}\n";

/* Functions of others are named once each, also where one's name is a part of another's. */
static void deepest_calls(void **state)
{
    (void)state;
    code_measured m = {.stack = -1};
    assert_true(code_stack_of(graph, &m));
    assert_int_equal(m.stack, 40 + 136);
    assert_string_equal(m.outside, "__aeabi_uidivmod, __aeabi_uidiv");
}

static void no_graph(void **state)
{
    (void)state;
    code_measured m = {.stack = -1};
    assert_false(code_stack_of("", &m));
    assert_false(
        code_stack_of("node: { title: \"other\" label: \"other\\n8 bytes (static)\" }\n", &m));
    assert_int_equal(m.stack, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deepest_calls),
        cmocka_unit_test(no_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
