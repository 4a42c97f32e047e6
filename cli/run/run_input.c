/* cli/run/run_input.c: the input of fsnn run: the array x, checked against the network. */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>

int run_read_arrays(const char *path, const char *name, fsnn_arrays *arrays,
                    const fsnn_array **array)
{
    fsnn_status status = fsnn_npz_read(path, arrays);
    if (status < 0)
        return cli_fail(status);
    *array = fsnn_arrays_find(arrays, name);
    if (*array)
        return CLI_GOOD;
    const char *unread = fsnn_arrays_unread(arrays, name);
    if (unread)
        return cli_error(CLI_FAILED, "%s: the array \"%s\" %s", path, name, unread);
    if (arrays->count == 0)
        return cli_error(CLI_FAILED, "%s: no array \"%s\": the file is empty", path, name);
    return cli_error(CLI_FAILED, "%s: no array \"%s\"; the first of the file's %d is \"%s\"", path,
                     name, arrays->count, arrays->item[0].name);
}

/* The shape of one sample at one step: [T, B, ...] without the first `lead` dimensions. */
fsnn_shape run_rest(const fsnn_shape *shape, int lead)
{
    fsnn_shape r = {.rank = shape->rank - lead};
    for (int i = 0; i < r.rank; i++)
        r.dim[i] = shape->dim[i + lead];
    return r;
}

int run_check_finite(const char *path, const char *name, const float *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(x[i]))
            return cli_error(CLI_FAILED, "%s: %s holds %s at element %lld (counted from 0)", path,
                             name, isnan(x[i]) ? "NaN" : "an infinite number", (long long)i);
    }
    return CLI_GOOD;
}

int run_read_input(run_work *w)
{
    const fsnn_array *x;
    int code = run_read_arrays(w->o->input, "x", &w->input, &x);
    if (code != CLI_GOOD)
        return code;
    fsnn_shape out, given = x->shape.rank >= 2 ? run_rest(&x->shape, 2) : (fsnn_shape){0};
    fsnn_status status = fsnn_net_shapes(w->model.net, &w->in, &out);
    if (status < 0)
        return cli_fail(status);
    char found[128], wanted[128];
    fsnn_shape_text(&x->shape, found, sizeof found);
    fsnn_shape_text(&w->in, wanted, sizeof wanted);
    if (x->shape.rank < 2 || !fsnn_shape_equal(&given, &w->in))
        return cli_error(
            CLI_FAILED, "%s: x has shape %s, but the network's input is %s: expected [T, B%s%s",
            w->o->input, found, wanted, w->in.rank ? ", " : "]", w->in.rank ? wanted + 1 : "");
    w->T = x->shape.dim[0];
    w->B = x->shape.dim[1];
    if (w->T < 1 || w->B < 1)
        return cli_error(CLI_FAILED, "%s: x has shape %s: nothing to run", w->o->input, found);
    int64_t count = fsnn_shape_count(&x->shape);
    w->x = cli_allocate((size_t)count, sizeof *w->x);
    fsnn_array_to_f32(x, w->x);
    code = run_check_finite(w->o->input, "x", w->x, count);
    return code == CLI_GOOD ? run_resample(w) : code;
}
