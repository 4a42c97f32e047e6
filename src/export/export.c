/* export/export.c: the steps of a network, one after the other, and the files that they become. */
#include "export/export.h"

#include <string.h>

static const char *const types[FSNN_EXPORT_TYPES] = {
    [FSNN_EXPORT_FLOAT] = "float", [FSNN_EXPORT_INT8] = "int8", [FSNN_EXPORT_INT4] = "int4"};

const char *fsnn_export_type_name(fsnn_export_type type)
{
    return (unsigned)type < FSNN_EXPORT_TYPES ? types[type] : NULL;
}

static const char *name_at(int i)
{
    return i < FSNN_EXPORT_TYPES ? types[i] : NULL;
}

int fsnn_export_type_find(const char *name)
{
    return fsnn_name_find("type", name, name_at, NULL);
}

int fsnn_export_type_bits(fsnn_export_type type)
{
    static const int bits[FSNN_EXPORT_TYPES] = {
        [FSNN_EXPORT_FLOAT] = 0, [FSNN_EXPORT_INT8] = 8, [FSNN_EXPORT_INT4] = 4};
    return (unsigned)type < FSNN_EXPORT_TYPES ? bits[type] : 0;
}

fsnn_export_options fsnn_export_options_default(void)
{
    return (fsnn_export_options){.type = FSNN_EXPORT_FLOAT, .tolerance = 1e-4};
}

/* ---- checks ---- */

static fsnn_status check_plan(const fsnn_net *net)
{
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "the net is not wrapped: fsnn_net_wrap comes first");
    if (net->dynamics.precision != FSNN_PRECISION_SINGLE)
        return fsnn_fail(FSNN_EUNSUPPORTED, "a net in double precision has no C of single "
                                            "precision; dynamics.precision: single works");
    const fsnn_plan *p = &net->plan;
    if (p->steps != 1 || p->batch != 1 || p->training || !p->stream)
        return fsnn_fail(FSNN_ESTATE,
                         "the net is wrapped for %lld steps of %lld samples%s: for C "
                         "it is wrapped for a stream of one step of one sample",
                         (long long)p->steps, (long long)p->batch,
                         p->training ? ", for training" : "");
    return FSNN_OK;
}

static fsnn_status check_kinds(const code_job *j)
{
    for (int i = 0; i < j->net->steps; i++) {
        const net_step *s = &j->net->step[i];
        if (code_kind_of(s))
            continue;
        const char *instead = code_kind_instead(s->op->op->kind);
        code_text known = {0};
        code_kinds_text(&known);
        fsnn_status status =
            code_refuse(s, "there is no C for this kind%s%s; %s have it", instead ? ": " : "",
                        instead ? instead : "", code_string(&known));
        code_text_free(&known);
        return status;
    }
    return FSNN_OK;
}

static fsnn_status check_array(const fsnn_array *x, const char *name, const fsnn_shape *shape,
                               int64_t T, int64_t B)
{
    fsnn_shape wanted = {.rank = shape->rank + 2, .dim = {T, B}};
    char is[128], text[128];
    for (int i = 0; i < shape->rank; i++)
        wanted.dim[2 + i] = shape->dim[i];
    if (!x->data)
        return fsnn_fail(FSNN_EARGUMENT, "the test's array %s has no numbers", name);
    if (x->dtype == FSNN_F32 && fsnn_shape_equal(&x->shape, &wanted))
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE, "the test's array %s is %s %s, not float32 %s", name,
                     fsnn_dtype_name(x->dtype), fsnn_shape_text(&x->shape, is, sizeof is),
                     fsnn_shape_text(&wanted, text, sizeof text));
}

static fsnn_status check_test(const code_job *j)
{
    const fsnn_array *x = j->options->x;
    fsnn_shape in, out;
    if (!x)
        return FSNN_OK;
    FSNN_NEED(j->options->expected);
    if (x->shape.rank < 2)
        return fsnn_fail(FSNN_ESHAPE, "the test's array x has less than two dimensions: it is "
                                      "[T, B, input shape]");
    if (x->shape.dim[0] < 1 || x->shape.dim[1] < 1)
        return fsnn_fail(FSNN_ESHAPE, "the test's array x has no step or no sample");
    FSNN_TRY(fsnn_net_shapes(j->net, &in, &out));
    const int64_t T = x->shape.dim[0], B = x->shape.dim[1];
    const fsnn_array *y = fsnn_arrays_find(j->options->expected, "output");
    if (!y)
        return fsnn_fail(FSNN_EARGUMENT, "the expected arrays lack \"output\"");
    FSNN_TRY(check_array(x, "x", &in, T, B));
    return check_array(y, "output", &out, T, B);
}

/* ---- the walk ---- */

static fsnn_status print_steps(code_job *j)
{
    if (j->integer)
        code_add(&j->step, "    net_take(in, NET_IN, NET_IN_MOST, s->input);\n");
    for (int i = 0; i < j->net->steps; i++) {
        const net_step *s = &j->net->step[i];
        if (s->op->name)
            code_add(&j->step, "    /* %s %s */\n", s->op->op->kind, s->op->name);
        if (j->integer)
            FSNN_TRY(code_print_integer(j, &j->integer->step[i]));
        else
            FSNN_TRY(code_kind_of(s)->print(j, s));
    }
    return FSNN_OK;
}

/* ---- integers ---- */

static fsnn_status make_integers(code_job *j)
{
    const fsnn_export_options *o = j->options;
    const fsnn_integer_options options = {
        .bits = fsnn_export_type_bits(o->type), .x = o->x, .seen = o->expected};
    if (!o->integers)
        FSNN_TRY(fsnn_integer_create(j->net, &options, &j->own));
    j->integer = o->integers ? o->integers : j->own;
    if (j->integer->options.bits != options.bits || j->integer->values != j->net->values ||
        j->integer->steps != j->net->steps)
        return fsnn_fail(FSNN_EARGUMENT, "the integers are of another net, or of %d bits",
                         j->integer->options.bits);
    j->types = (code_types){"int32_t", "int16_t"};
    code_use(j, "integer");
    code_use(j, "integer_input");
    code_add(&j->state, "    int32_t input[NET_IN];\n");
    j->numbers += j->integer->in_numbers;
    return FSNN_OK;
}

/* Whose memory each value is. */
static fsnn_status find_roots(code_job *j)
{
    int *root = fsnn_alloc((size_t)j->net->values * sizeof *root);
    if (!root)
        return FSNN_EMEMORY;
    for (int v = 0; v < j->net->values; v++)
        root[v] = j->integer ? j->integer->root[v] : j->net->value[v].root;
    j->root = root;
    return FSNN_OK;
}

static bool ran_out(const code_job *j)
{
    return j->failed || j->tables.failed || j->layers.failed || j->state.failed || j->step.failed ||
           j->advance.failed || j->reset.failed || j->memory.failed || j->costs.failed ||
           j->compared.failed;
}

static fsnn_status print(code_job *j, const char *directory)
{
    FSNN_TRY(check_plan(j->net));
    FSNN_TRY(check_test(j));
    FSNN_TRY(j->options->type == FSNN_EXPORT_FLOAT ? check_kinds(j) : make_integers(j));
    FSNN_TRY(find_roots(j));
    FSNN_TRY(code_place_values(j));
    code_use(j, "prelude");
    FSNN_TRY(print_steps(j));
    if (ran_out(j))
        return FSNN_EMEMORY;
    FSNN_TRY(code_write_source(j, directory));
    FSNN_TRY(code_write_build(j, directory));
    if (j->options->x)
        FSNN_TRY(code_write_test(j, directory));
    return code_write_report(j, directory);
}

static void free_job(code_job *j)
{
    code_text *const text[] = {&j->tables, &j->layers, &j->state, &j->step,    &j->advance,
                               &j->reset,  &j->memory, &j->costs, &j->compared};
    for (int i = 0; i < FSNN_COUNT(text); i++)
        code_text_free(text[i]);
    for (int64_t i = 0; i < j->table_count; i++) {
        fsnn_free(j->table[i]->value);
        fsnn_free(j->table[i]);
    }
    fsnn_free(j->table);
    fsnn_free(j->place);
    fsnn_free(j->root);
    fsnn_integer_destroy(j->own);
}

fsnn_status fsnn_export_c(const fsnn_net *net, const fsnn_export_options *options,
                          const char *directory)
{
    FSNN_NEED(net);
    FSNN_NEED(options);
    FSNN_NEED(directory);
    if (!fsnn_export_type_name(options->type))
        return fsnn_fail(FSNN_EARGUMENT, "there is no type number %d", (int)options->type);
    if (options->target && fsnn_export_target_find(options->target) < 0)
        return FSNN_EARGUMENT;
    code_job j = {.net = net, .options = options, .types = {"float", "float"}};
    fsnn_status status = print(&j, directory);
    free_job(&j);
    return status;
}
