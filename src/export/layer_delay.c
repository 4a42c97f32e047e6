/* export/layer_delay.c: delays, with a source of their own or closing a loop. */
#include "export/export.h"
#include "net/delay.h"

static void print_lags(code_job *j, const op_node *node, int number, int64_t count)
{
    code_add(&j->tables, "static const uint32_t lag_%d[%lld] = {", number, (long long)count);
    for (int64_t i = 0; i < count; i++)
        code_add(&j->tables, "%s%s%lldu", i ? "," : "", i % 8 ? " " : "\n    ",
                 (long long)net_delay_lag(node, i));
    code_add(&j->tables, "};\n");
    j->flash += count * (int64_t)sizeof(uint32_t);
}

void code_delay_past(code_job *j, int number, int64_t depth, int64_t count)
{
    code_use(j, "delay");
    code_state(j, "float", "delay", number, depth * count);
    code_counter(j, "uint32_t", "turn", number);
}

void code_delay_put(code_job *j, const net_step *s, int number, int64_t depth, int64_t count)
{
    code_add(&j->step, "    net_delay_put(%s, s->delay_%d, %lldu, &s->turn_%d, %lldu);\n",
             code_in(j, s, 0).text, number, (long long)depth, number, (long long)count);
}

fsnn_status code_print_delay(code_job *j, const net_step *s)
{
    const op_node *node = s->op;
    const fsnn_delay *o = node->options;
    const int number = code_number(j, s);
    const int64_t count = fsnn_shape_count(&node->out[0]), depth = net_delay_depth(node);
    const code_place in = node->inputs ? code_in(j, s, 0) : (code_place){"NULL"},
                     to = code_out(j, s);
    if (!o->each && o->steps == 0)
        return code_print_copy(j, s);
    code_delay_past(j, number, depth, count);
    if (o->each) {
        print_lags(j, node, number, count);
        code_use(j, "delay_each");
        code_add(&j->step,
                 "    net_delay_read_each(%s, s->delay_%d, %lldu, s->turn_%d, lag_%d, %lldu, "
                 "%s);\n",
                 in.text, number, (long long)depth, number, number, (long long)count, to.text);
    } else {
        code_add(&j->step,
                 "    net_delay_read(s->delay_%d, %lldu, s->turn_%d, %lldu, %lldu, %s);\n", number,
                 (long long)depth, number, (long long)o->steps, (long long)count, to.text);
    }
    if (node->inputs)
        code_delay_put(j, s, number, depth, count);
    return FSNN_OK;
}

/* The step that takes in what a delay of a loop gives later. */
fsnn_status code_print_put(code_job *j, const net_step *s)
{
    const net_step *delay = &j->net->step[s->partner];
    const int64_t count = fsnn_shape_count(&delay->op->out[0]);
    code_delay_put(j, s, s->partner, net_delay_depth(delay->op), count);
    return FSNN_OK;
}
