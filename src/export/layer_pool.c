/* export/layer_pool.c: maxima, means and sums over windows. */
#include "export/export.h"
#include "integer/window.h"

fsnn_status code_print_pool(code_job *j, const net_step *s)
{
    const int number = code_number(j, s);
    const net_window w = integer_pool_window(s);
    code_print_window(j, number, &w);
    code_use(j, "span");
    code_use(j, "pool");
    code_add(&j->step, "    net_pool(&window_%d, %d, %s, %s);\n", number, integer_pool_kind(s),
             code_in(j, s, 0).text, code_out(j, s).text);
    return FSNN_OK;
}
