/* export/window.h. */
#include "export/window.h"

void code_print_window(code_job *j, int number, const code_window *w)
{
    code_use(j, "window");
    code_add(&j->tables, "static const net_window window_%d = {{", number);
    for (int d = 0; d < 2; d++) {
        const code_axis *a = &w->axis[d];
        code_add(&j->tables, "%s{%lld, %lld, %lld, %lld, %lld, %lld}", d ? ", " : "",
                 (long long)a->in, (long long)a->out, (long long)a->kernel, (long long)a->stride,
                 (long long)a->padding, (long long)a->dilation);
    }
    code_add(&j->tables, "}, %lld, %lld, %lld, %lld};\n", (long long)w->channels,
             (long long)w->outputs, (long long)w->groups, (long long)w->counted);
    enum { NUMBERS = 16 };
    j->flash += NUMBERS * (int64_t)sizeof(int32_t);
}
