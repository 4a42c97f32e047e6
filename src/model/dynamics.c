/* The section `dynamics`: integrator and method by name, orders (alpha) in their three forms,
 * memory, time stamps of the input.
 *
 *   alpha: 0.7                      one order for all neuron layers
 *   alpha: [0.3, 0.8]               per_layer: one a layer; multiterm: the terms of every layer
 *   alpha: [[0.3, 0.5], 0.8]        a list a layer: its terms */
#include "model/description.h"

#include "base/foreign.h"
#include "frac/method.h"

#include <math.h>
#include <string.h>

enum { MODE_AUTO, MODE_PER_LAYER, MODE_MULTITERM };

/* memory: {tolerance: 1e-5} */
typedef struct far {
    double tolerance;
    int64_t horizon;
    int engine;
} far;

typedef struct options {
    int integrator, mode, interpolation, precision;
    double step;
    bool implicit;
    int64_t memory; /* steps; 0: full */
    far far;
    fsnn_method method;
    const double *times;
    int64_t count;
} options;

/* Indices are the values of fsnn_integrator. */
static const char *const integrator_names[] = {"fdeint", "odeint", NULL};
static const char *const mode_names[] = {"auto", "per_layer", "multiterm", NULL};
/* Indices are the values of fsnn_interpolation. */
static const char *interpolation_name(int i)
{
    return i < FSNN_INTERPOLATIONS ? fsnn_interpolation_name((fsnn_interpolation)i) : NULL;
}

/* Indices are the values of fsnn_precision. */
static const char *const precision_names[] = {"single", "double", NULL};

/* Indices are the values of fsnn_engine. */
static const char *const engine_names[] = {"auto", "direct", "exponentials", "few", NULL};

static const fsnn_key far_keys[] = {
    {.name = "tolerance",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(far, tolerance),
     .min = 1e-12,
     .max = 0.1,
     .help = "largest relative error of a weight of the past; must be given"},
    {.name = "horizon",
     .type = FSNN_KEY_INT,
     .offset = offsetof(far, horizon),
     .min = 0,
     .max = 1e15,
     .help = "steps that the tolerance holds for; older states fade. 0: the steps of the data, or "
             "1,000,000 if these are not known"},
    {.name = "engine",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(far, engine),
     .names = engine_names,
     .help = "direct: the history itself; exponentials: constant memory and work per step; auto: "
             "the cheaper one on this processor: exponentials for horizons of some hundred steps; "
             "few: fewer exponentials, found for the orders as they are, not for training"},
    {0},
};

static const options defaults = {
    .integrator = FSNN_FDEINT, .interpolation = FSNN_LINEAR, .step = 1};

const void *dynamics_defaults(void)
{
    return &defaults;
}

#define AT(field) .offset = offsetof(options, field)

const fsnn_key dynamics_keys[] = {
    {.name = "integrator",
     .type = FSNN_KEY_ENUM,
     AT(integrator),
     .names = integrator_names,
     .help = "fdeint: fractional order; odeint: integer order, alpha is ignored"},
    {.name = "alpha_mode",
     .type = FSNN_KEY_ENUM,
     AT(mode),
     .names = mode_names,
     .help = "how a flat list of alpha or coefficients is read"},
    {.name = "implicit",
     .type = FSNN_KEY_BOOL,
     AT(implicit),
     .help = "linearised implicit variant of the method, where it has one (trap is always "
             "implicit): stable for any step"},
    {.name = "step",
     .type = FSNN_KEY_REAL,
     AT(step),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "solver step h, in the unit of tau"},
    {.name = "interpolation",
     .type = FSNN_KEY_ENUM,
     AT(interpolation),
     .name_of = interpolation_name,
     .help = "input between samples that have time stamps; without stamps every step has a sample"},
    {.name = "precision",
     .type = FSNN_KEY_ENUM,
     AT(precision),
     .names = precision_names,
     .help = "numbers that the network computes in, 4 bytes or 8 each: states, weights, outputs; "
             "double takes several times as long, and callbacks have none"},
    {0},
};

static fsnn_status unknown_method(yaml_doc *doc, const yaml_node *node, const char *const *known,
                                  int count)
{
    const fsnn_foreign_among among = {known, count};
    char advice[1024];
    bool elsewhere = fsnn_foreign_advice(node->text, NULL, &among, advice, sizeof advice);
    return yaml_fail(doc, node, "found %s, expected one of the methods %s%s%s",
                     yaml_found(doc, node), keys_list(&doc->memory, known, count),
                     elsewhere ? "; " : "", advice);
}

static fsnn_status read_method(yaml_doc *doc, const yaml_node *node, void *out)
{
    const char *known[64], *name;
    int count = 0;
    while (count < 64 && strcmp(fsnn_method_name((fsnn_method)(count + 1)), "default") != 0) {
        known[count] = fsnn_method_name((fsnn_method)(count + 1));
        count++;
    }
    FSNN_TRY(read_text(doc, node, &name));
    int method = fsnn_method_find(name);
    if (method < 0)
        return unknown_method(doc, node, known, count);
    ((options *)out)->method = (fsnn_method)method;
    return FSNN_OK;
}

static fsnn_status read_far(yaml_doc *doc, const yaml_node *node, far *out)
{
    /* a misspelt key has its advice */
    FSNN_TRY(keys_read(doc, (yaml_node *)node, node, far_keys, NULL, out));
    if (!yaml_find(node, "tolerance"))
        return yaml_fail(doc, node,
                         "a memory in braces is given by its tolerance: {tolerance: 1e-5}, with "
                         "horizon and engine where wanted");
    return FSNN_OK;
}

static fsnn_status read_memory(yaml_doc *doc, const yaml_node *node, void *out)
{
    options *o = out;
    o->memory = 0;
    o->far = (far){0};
    if (node->type == YAML_MAP)
        return read_far(doc, node, &o->far);
    if (node->type == YAML_SCALAR && strcmp(node->text, "full") == 0)
        return FSNN_OK;
    if (!read_plain(node) || read_integer(doc, node, 2, INT64_MAX, &o->memory) < 0)
        return read_wrong(doc, node,
                          "full, a number of steps of at least 2 (the present one counts), or "
                          "{tolerance: 1e-5}");
    return FSNN_OK;
}

static fsnn_status read_times(yaml_doc *doc, const yaml_node *node, void *out)
{
    options *o = out;
    if (yaml_null(node))
        return FSNN_OK;
    if (node->type != YAML_LIST || !node->count)
        return read_wrong(doc, node, "a list of increasing numbers, one a sample, or null");
    double *t = pool_alloc(&doc->memory, (size_t)node->count * sizeof *t);
    if (!t)
        return FSNN_EMEMORY;
    for (const yaml_node *n = node->first; n; n = n->next) {
        FSNN_TRY(read_real(doc, n, -INFINITY, INFINITY, false, &t[o->count]));
        if (o->count && !(t[o->count] > t[o->count - 1]))
            return yaml_fail(doc, n,
                             "found %g after %g: time stamps must increase from sample to sample",
                             t[o->count], t[o->count - 1]);
        o->count++;
    }
    o->times = t;
    return FSNN_OK;
}

static const char *method_type(pool *memory)
{
    char fractional[FRAC_NAMES], integer[FRAC_NAMES];
    fsnn_method_list(FSNN_METHODS_FRACTIONAL, fractional, sizeof fractional);
    fsnn_method_list(FSNN_METHODS_INTEGER, integer, sizeof integer);
    return pool_format(memory, "%s (fdeint); %s (odeint)", fractional, integer);
}

const special dynamics_specials[] = {
    {.name = "method",
     .read = read_method,
     .type_of = method_type,
     .fallback = "gl for fdeint, euler for odeint",
     .help = "how the equation is solved"},
    {.name = "alpha",
     .type = "a number above 0 and at most 1, a list, or a list of lists",
     .fallback = "must be given with fdeint, where there are neurons",
     .help = "fractional order: one for all neuron layers; a list with `alpha_mode: per_layer` "
             "(one a layer) or `alpha_mode: multiterm` (the same terms for all); a list of lists: "
             "the terms of each layer"},
    {.name = "coefficients",
     .type = "numbers above 0, in the form of alpha; with terms for all layers also a list a layer",
     .fallback = "1",
     .help = "factor of each term"},
    {.name = "learn_alpha",
     .type = "true or false, or a list, one a layer",
     .fallback = "false",
     .help = "learn the orders"},
    {.name = "learn_coefficients",
     .type = "true or false, or a list, one a layer",
     .fallback = "false",
     .help = "learn the coefficients"},
    {.name = "memory",
     .read = read_memory,
     .type = "full, a number of steps of at least 2, or {tolerance: number, horizon: steps, "
             "engine: auto | direct | exponentials | few}",
     .fallback = "full",
     .help = "how many steps of the past count, the present one included. With a tolerance all of "
             "them count, far ones by a sum of exponentials, in constant memory"},
    {.name = "times",
     .read = read_times,
     .type = "a list of increasing numbers, one a sample, or null",
     .fallback = "null",
     .help = "time stamps of the samples, in training, evaluation, and `fsnn run` where the input "
             "has none of its own: the network then takes floor((last - first)/step + 1 + 1e-9) "
             "steps, step k with the input interpolated at first + k step. null: sample k is the "
             "input of step k"},
    {0},
};

/* Numbers for the terms of each layer; one row when all layers have the same. */
typedef struct grid {
    const yaml_node *node; /* NULL: not given */
    int rows;
    bool each; /* a row belongs to a layer */
    int *terms;
    double (*value)[FSNN_MAX_TERMS];
} grid;

static bool nested(const yaml_node *list)
{
    for (const yaml_node *n = list->first; n; n = n->next)
        if (n->type == YAML_LIST)
            return true;
    return false;
}

static fsnn_status grid_rows(yaml_doc *doc, grid *g, int rows, bool each)
{
    g->rows = rows;
    g->each = each;
    g->terms = pool_alloc(&doc->memory, (size_t)rows * sizeof *g->terms);
    g->value = pool_alloc(&doc->memory, (size_t)rows * sizeof *g->value);
    return g->terms && g->value ? FSNN_OK : FSNN_EMEMORY;
}

/* A number, or the list of a layer's terms. */
static fsnn_status grid_row(yaml_doc *doc, const yaml_node *node, double max, grid *g, int row)
{
    if (node->type != YAML_LIST) {
        g->terms[row] = 1;
        return read_real(doc, node, 0, max, true, &g->value[row][0]);
    }
    if (node->count < 1 || node->count > FSNN_MAX_TERMS)
        return yaml_fail(doc, node, "found a list of %d, expected 1 to %d terms", node->count,
                         FSNN_MAX_TERMS);
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_real(doc, n, 0, max, true, &g->value[row][g->terms[row]++]));
    return FSNN_OK;
}

static fsnn_status two_readings(yaml_doc *doc, const yaml_node *node)
{
    return yaml_fail(doc, node,
                     "a flat list can be read in two ways: one value a neuron layer (add "
                     "\"alpha_mode: per_layer\"), or the terms of every layer (add \"alpha_mode: "
                     "multiterm\")");
}

/* `layers`: a list a layer may stand where alpha_mode is multiterm. */
static fsnn_status grid_read(yaml_doc *doc, const yaml_node *node, int mode, bool layers,
                             double max, grid *g)
{
    g->node = node;
    if (!node)
        return FSNN_OK;
    if (node->type == YAML_MAP || yaml_null(node) || (node->type == YAML_LIST && !node->count))
        return read_wrong(doc, node, "a number, a list of numbers, or a list a layer");
    bool lists = node->type == YAML_LIST && nested(node);
    if (lists && mode == MODE_MULTITERM && !layers)
        return yaml_fail(doc, node,
                         "found a list a layer, but alpha_mode is multiterm, which takes one flat "
                         "list for all layers: leave alpha_mode out or flatten the list");
    if (node->type == YAML_LIST && !lists && mode == MODE_AUTO)
        return two_readings(doc, node);
    if (node->type != YAML_LIST || (mode == MODE_MULTITERM && !lists)) {
        FSNN_TRY(grid_rows(doc, g, 1, false));
        return grid_row(doc, node, max, g, 0);
    }
    FSNN_TRY(grid_rows(doc, g, node->count, true));
    int row = 0;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(grid_row(doc, n, max, g, row++));
    return FSNN_OK;
}

/* Each may be one row for all layers, or a row a layer; terms must be as many. */
static fsnn_status match(yaml_doc *doc, const grid *alpha, const grid *c)
{
    int rows = alpha->each ? alpha->rows : c->rows;
    if (!c->node)
        return FSNN_OK;
    if (alpha->each && c->each && alpha->rows != c->rows)
        return yaml_fail(doc, c->node, "found %s, but alpha is %s: both must have the same form",
                         yaml_found(doc, c->node), yaml_found(doc, alpha->node));
    for (int i = 0; i < rows; i++) {
        int terms = c->terms[c->each ? i : 0], wanted = alpha->terms[alpha->each ? i : 0];
        if (terms != wanted)
            return yaml_fail(doc, c->node,
                             "found %d term%s for layer %d, but alpha has %d: a coefficient for "
                             "each term",
                             terms, terms == 1 ? "" : "s", i, wanted);
    }
    return FSNN_OK;
}

/* true, false, or a list, one a layer: `*count` 0 when it holds for all. */
static fsnn_status read_learn(yaml_doc *doc, const yaml_node *node, bool **learn, int *count)
{
    bool list = node && node->type == YAML_LIST && node->count;
    *count = list ? node->count : 0;
    *learn = pool_alloc(&doc->memory, list ? (size_t)node->count : 1);
    if (!*learn)
        return FSNN_EMEMORY;
    if (!node)
        return FSNN_OK;
    if (!list && !read_plain(node))
        return read_wrong(doc, node, "true or false, or a list of them, one a neuron layer");
    if (!list)
        return read_bool(doc, node, *learn);
    int i = 0;
    for (const yaml_node *n = node->first; n; n = n->next)
        FSNN_TRY(read_bool(doc, n, &(*learn)[i++]));
    return FSNN_OK;
}

/* All lists that speak of layers must speak of the same number of them. */
static fsnn_status agree(yaml_doc *doc, const yaml_node *node, int count, dynamics_section *out)
{
    if (!count || !node)
        return FSNN_OK;
    if (out->layers && out->layers != count)
        return yaml_fail(doc, node,
                         "this list has %d entries, but %s has %d: both have one a "
                         "neuron layer",
                         count, yaml_where(doc, out->lists), out->layers);
    out->layers = count;
    out->lists = node;
    return FSNN_OK;
}

static bool flat(const yaml_node *node)
{
    return node && node->type == YAML_LIST && !nested(node);
}

/* alpha_mode says how a flat list is read: it has nothing to say of anything else. */
static fsnn_status remark_mode(yaml_doc *doc, const yaml_node *node)
{
    const yaml_node *mode = yaml_find(node, "alpha_mode");
    if (!mode || strcmp(mode->text, "auto") == 0 || flat(yaml_find(node, "alpha")) ||
        flat(yaml_find(node, "coefficients")))
        return FSNN_OK;
    return yaml_remark_key(doc, mode,
                           "says how a flat list of alpha or coefficients is read, and there is "
                           "none: here it does nothing");
}

static fsnn_status read_orders(yaml_doc *doc, const yaml_node *node, int mode,
                               dynamics_section *out)
{
    grid alpha = {0}, c = {0};
    bool *learn[2];
    int count[2];
    const yaml_node *const learn_node[2] = {yaml_find(node, "learn_alpha"),
                                            yaml_find(node, "learn_coefficients")};
    FSNN_TRY(grid_read(doc, yaml_find(node, "alpha"), mode, false, 1, &alpha));
    FSNN_TRY(grid_read(doc, yaml_find(node, "coefficients"), mode, true, INFINITY, &c));
    if (!alpha.node) {
        FSNN_TRY(grid_rows(doc, &alpha, 1, false));
        alpha.terms[0] = 1;
        alpha.value[0][0] = 1;
    }
    FSNN_TRY(match(doc, &alpha, &c));
    FSNN_TRY(remark_mode(doc, node));
    FSNN_TRY(agree(doc, alpha.node, alpha.each ? alpha.rows : 0, out));
    FSNN_TRY(agree(doc, c.node, c.each ? c.rows : 0, out));
    for (int i = 0; i < 2; i++) {
        FSNN_TRY(read_learn(doc, learn_node[i], &learn[i], &count[i]));
        FSNN_TRY(agree(doc, learn_node[i], count[i], out));
    }
    int orders = out->layers ? out->layers : 1;
    fsnn_order *order = pool_alloc(&doc->memory, (size_t)orders * sizeof *order);
    if (!order)
        return FSNN_EMEMORY;
    for (int i = 0; i < orders; i++) {
        int row = alpha.each ? i : 0;
        order[i].terms = alpha.terms[row];
        memcpy(order[i].alpha, alpha.value[row], sizeof order[i].alpha);
        for (int m = 0; m < order[i].terms; m++)
            order[i].coefficient[m] = c.node ? c.value[c.each ? i : 0][m] : 1;
        order[i].learn_alpha = learn[0][count[0] ? i : 0];
        order[i].learn_coefficient = learn[1][count[1] ? i : 0];
    }
    out->dynamics.order = order;
    out->dynamics.orders = orders;
    return FSNN_OK;
}

static const yaml_node *at(const yaml_node *node, const char *key)
{
    const yaml_node *child = yaml_find(node, key);
    return child ? child : node;
}

static fsnn_status check_method(yaml_doc *doc, const yaml_node *node, const options *o,
                                const fsnn_dynamics *dynamics)
{
    const frac_method *row;
    char list[128];
    fsnn_status status = frac_method_settle(dynamics->integrator, dynamics->method, &row);
    if (status)
        return fail_passed_on(doc, at(node, "method"), status);
    if (o->implicit && !row->linearised && row->scheme != FRAC_IMPLICIT)
        return yaml_fail(
            doc, at(node, "implicit"),
            "method %s has no implicit variant: expected false, or one of the methods %s",
            row->name, fsnn_method_list(FSNN_METHODS_IMPLICIT, list, sizeof list));
    for (int i = 0; i < dynamics->orders; i++) {
        status = frac_order_check(row, &dynamics->order[i]);
        if (!status && dynamics->precision == FSNN_PRECISION_SINGLE)
            status = frac_order_check_single(&dynamics->order[i]);
        if (status)
            return fail_passed_on(doc, at(node, "alpha"), status);
    }
    return FSNN_OK;
}

fsnn_status dynamics_check(fsnn_description *d)
{
    const yaml_node *root = d->doc.root, *node = yaml_find(root, "dynamics");
    bool neurons = false;
    for (int i = 0; i < d->layers; i++)
        neurons = neurons || (d->layer[i].op->flags & OP_NEURON);
    if (!neurons || d->dynamics.dynamics.integrator != FSNN_FDEINT || yaml_find(node, "alpha"))
        return FSNN_OK;
    return yaml_fail(&d->doc, node ? node : root,
                     "the fractional order is missing: add \"alpha: 0.5\" (above 0 and at most "
                     "1)%s, or \"integrator: odeint\" for integer order",
                     node ? "" : " to a section \"dynamics\"");
}

fsnn_status dynamics_read(yaml_doc *doc, yaml_node *node, dynamics_section *out)
{
    options o = defaults;
    if (node && node->type != YAML_MAP && !yaml_null(node))
        return read_wrong(doc, node, "a mapping, like {method: gl, alpha: 0.5}");
    FSNN_TRY(keys_read(doc, node, node, dynamics_keys, dynamics_specials, &o));
    out->dynamics = fsnn_dynamics_default(NULL);
    out->dynamics.integrator = (fsnn_integrator)o.integrator;
    out->dynamics.method = o.method;
    out->dynamics.implicit = o.implicit;
    out->dynamics.step = o.step;
    out->dynamics.memory = o.memory;
    out->dynamics.tolerance = o.far.tolerance;
    out->dynamics.horizon = o.far.horizon;
    out->dynamics.engine = (fsnn_engine)o.far.engine;
    out->dynamics.precision = (fsnn_precision)o.precision;
    out->interpolation = (fsnn_interpolation)o.interpolation;
    out->times = o.times;
    out->count = o.count;
    out->stamps = node ? yaml_find(node, "times") : NULL;
    FSNN_TRY(read_orders(doc, node, o.mode, out));
    return check_method(doc, node, &o, &out->dynamics);
}
