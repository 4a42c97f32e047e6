/* Equations: names, texts, parts. */
#include "equation/equation.h"
#include "base/isa.h"
#include "equation/code.h"
#include "equation/parse.h"

#include <math.h>
#include <string.h>

static const char default_spike[] = "v + dv - threshold", default_after[] = "dv - s*threshold/tau";

/* What is known while an equation is being made. */
typedef struct maker {
    const equation_source *source;
    equation_place *place;
    equation *e;
    graph g;
    char derivative[EQUATION_STATES][EQUATION_NAME + 2]; /* "dv" */
    parse_name name[PARSE_NAMES];
    int names;
    lowering l;
    emitter m;
} maker;

/* ---- names ---- */

static fsnn_status add_name(maker *k, const char *name, int leaf, const char *where)
{
    const char *trouble = parse_name_trouble(name);
    if (trouble)
        return fsnn_fail(FSNN_EDESCRIPTION, "the neuron's name \"%.80s\" %s", name, trouble);
    for (int i = 0; i < k->names; i++)
        if (strcmp(k->name[i].name, name) == 0)
            return fsnn_fail(
                FSNN_EDESCRIPTION,
                "the neuron has the name \"%s\" twice: states, their derivatives, I, s, tau, "
                "threshold and parameters need names of their own",
                name);
    k->name[k->names++] = (parse_name){name, leaf, where};
    graph_leaf(&k->g, leaf);
    return FSNN_OK;
}

/* Leaves in the order in which sums name them: v + dv - threshold. */
static fsnn_status add_names(maker *k)
{
    const equation_source *s = k->source;
    for (int i = 0; i < s->states; i++)
        FSNN_TRY(add_name(k, s->state[i].name, EQUATION_X + i, NULL));
    for (int i = 0; i < s->states; i++) {
        snprintf(k->derivative[i], sizeof k->derivative[i], "d%s", s->state[i].name);
        FSNN_TRY(add_name(k, k->derivative[i], EQUATION_D + i, "spike and after_spike"));
    }
    FSNN_TRY(add_name(k, "I", EQUATION_I, NULL));
    FSNN_TRY(add_name(k, "s", EQUATION_S,
                      s->states > 1 ? "after_spike and the equations of the other states"
                                    : "after_spike"));
    FSNN_TRY(add_name(k, "tau", EQUATION_PAR, NULL));
    FSNN_TRY(add_name(k, "threshold", EQUATION_PAR + 1, NULL));
    for (int i = 0; i < s->owns; i++)
        FSNN_TRY(add_name(k, s->own[i], EQUATION_PAR + 2 + i, NULL));
    return FSNN_OK;
}

static fsnn_status check_source(const equation_source *s)
{
    if (s->states < 1 || s->states > EQUATION_STATES)
        return fsnn_fail(FSNN_EDESCRIPTION, "a neuron with %d states: from 1 (v) to %d can be had",
                         s->states, EQUATION_STATES);
    if (s->owns < 0 || s->owns > EQUATION_PARS - 2)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "a neuron with %d parameters of its own: up to %d can be had", s->owns,
                         EQUATION_PARS - 2);
    if (strcmp(s->state[0].name, "v") != 0)
        return fsnn_fail(
            FSNN_EDESCRIPTION,
            "the first state is called \"%.63s\": it must be v, the membrane potential",
            s->state[0].name);
    for (int i = 0; i < s->states; i++)
        if (!s->state[i].derivative)
            return fsnn_fail(FSNN_EDESCRIPTION,
                             "the neuron's state %.63s has no equation: write d%.63s: \"...\"",
                             s->state[i].name, s->state[i].name);
    return FSNN_OK;
}

/* ---- texts ---- */

/* Names that a text knows beside states, current and parameters. */
typedef enum reach {
    REACH_NONE,
    REACH_QUIET, /* s, which is 0: what another state's equation is before the spike is known */
    REACH_SPIKE, /* s: what it is afterwards */
    REACH_DERIVATIVES, /* dv, dw: spike */
    REACH_ALL          /* both: after_spike */
} reach;

static void allow(parse_name *name, reach r)
{
    bool spike = name->leaf == EQUATION_S;
    if (spike ? r == REACH_QUIET || r == REACH_SPIKE || r == REACH_ALL : r >= REACH_DERIVATIVES)
        name->where = NULL;
    if (spike && r == REACH_QUIET)
        name->leaf = PARSE_ZERO;
}

static fsnn_status parse(maker *k, const char *key, const char *text, reach r, int *node)
{
    parse_name names[PARSE_NAMES];
    memcpy(names, k->name, sizeof names);
    for (int i = 0; i < k->names; i++)
        allow(&names[i], r);
    FSNN_TRY(parse_expression(&k->g, key, text, names, k->names, k->place, node));
    return graph_status(&k->g);
}

/* The drive that is left after a spike: of v, less threshold/tau; of another state, its derivative,
 * which may name the spike. */
static fsnn_status parse_usual(maker *k, int i, const char *key, int *usual)
{
    int loud, quiet = k->e->node[EQUATION_D + i];
    if (i == 0)
        return parse(k, key, default_after, REACH_ALL, usual);
    FSNN_TRY(parse(k, k->derivative[i], k->source->state[i].derivative, REACH_SPIKE, &loud));
    *usual = loud;
    return loud == quiet ? parse(k, key, k->derivative[i], REACH_ALL, usual) : FSNN_OK;
}

static fsnn_status parse_state(maker *k, int i)
{
    const equation_state *state = &k->source->state[i];
    char key[sizeof "after_spike_" + EQUATION_NAME];
    int usual, *drive = &k->e->node[EQUATION_F + i];
    FSNN_TRY(parse(k, k->derivative[i], state->derivative, i ? REACH_QUIET : REACH_NONE,
                   &k->e->node[EQUATION_D + i]));
    snprintf(key, sizeof key, i ? "after_spike_%s" : "after_spike", state->name);
    FSNN_TRY(parse_usual(k, i, key, &usual));
    *drive = usual;
    if (state->after_spike)
        FSNN_TRY(parse(k, key, state->after_spike, REACH_ALL, drive));
    k->e->default_after[i] = *drive == (i ? graph_leaf(&k->g, EQUATION_D + i) : usual);
    return FSNN_OK;
}

static fsnn_status parse_all(maker *k)
{
    const char *spike = k->source->spike ? k->source->spike : default_spike;
    int expected;
    for (int i = 0; i < EQUATION_VALUES; i++)
        k->e->node[i] = -1;
    for (int i = 0; i < k->source->states; i++)
        FSNN_TRY(parse_state(k, i));
    FSNN_TRY(parse(k, "spike", default_spike, REACH_DERIVATIVES, &expected));
    FSNN_TRY(parse(k, "spike", spike, REACH_DERIVATIVES, &k->e->node[EQUATION_ARG]));
    k->e->default_spike = expected == k->e->node[EQUATION_ARG];
    return FSNN_OK;
}

/* Equal expressions are one node: that of a hand-written neuron tells whether this is it. */
static fsnn_status recognise(maker *k)
{
    equation *e = k->e;
    int lif, plain_if;
    FSNN_TRY(parse(k, "dv", "(I - v)/tau", 0, &lif));
    FSNN_TRY(parse(k, "dv", "I/tau", 0, &plain_if));
    bool usual = e->states == 1 && e->default_spike && e->default_after[0];
    e->lif = usual && e->node[EQUATION_D] == lif;
    e->plain_if = usual && e->node[EQUATION_D] == plain_if;
    return FSNN_OK;
}

static fsnn_status differentiate(maker *k)
{
    equation *e = k->e;
    for (int i = 0; i < e->states; i++)
        for (int j = 0; j < e->states; j++) {
            int J = graph_derivative(&k->g, e->node[EQUATION_D + i], EQUATION_X + j);
            FSNN_TRY(graph_status(&k->g));
            e->node[EQUATION_J + i * EQUATION_STATES + j] = J;
            equation_slope slope = graph_is(&k->g, J, 0)         ? EQUATION_FLAT
                                   : graph_varies(&k->g.node[J]) ? EQUATION_CURVED
                                                                 : EQUATION_LINEAR;
            e->slope = slope > e->slope ? slope : e->slope;
        }
    int rate;
    FSNN_TRY(parse(k, "dv", "-1/tau", REACH_NONE, &rate));
    e->leaks = e->states == 1 && e->node[EQUATION_J] == rate;
    FSNN_TRY(recognise(k));
    for (int slot = 0; slot < EQUATION_VALUES; slot++)
        if (e->node[slot] >= 0)
            e->uses |= k->g.node[e->node[slot]].leaves;
    e->uses &= ((UINT64_C(1) << EQUATION_PARS) - 1) << EQUATION_PAR;
    return FSNN_OK;
}

/* ---- parts ---- */

/* What a backward does with the gradients of these slots. */
typedef struct part_rule {
    int first, count;      /* outputs */
    uint64_t writes, adds; /* bits of slots below EQUATION_PAR */
} part_rule;

#define STATES (((UINT64_C(1) << EQUATION_STATES) - 1) << EQUATION_X)
#define CURRENT (UINT64_C(1) << EQUATION_I)
#define SPIKES (UINT64_C(1) << EQUATION_S)
#define DERIVATIVES (((UINT64_C(1) << EQUATION_STATES) - 1) << EQUATION_D)

static const part_rule rules[EQUATION_BACK] = {
    [EQUATION_CHARGE] = {EQUATION_D, EQUATION_STATES, STATES | CURRENT, 0},
    [EQUATION_SPIKE] = {EQUATION_ARG, 1, 0, STATES | CURRENT | DERIVATIVES},
    [EQUATION_AFTER] = {EQUATION_F, EQUATION_STATES, 0, STATES | CURRENT | DERIVATIVES | SPIKES},
    [EQUATION_LEAK] = {EQUATION_J, EQUATION_STATES *EQUATION_STATES, 0, STATES | CURRENT},
};

static void add_gradient(tape *t, int to, int gradient)
{
    if (gradient >= 0)
        tape_output_add(t, tape_add(t, tape_slot(t, to), gradient), to);
}

/* A slot's gradient on a tape whose forward had `forward` values; -1: none. */
static int gradient_of(tape *t, int slot, const int *adjoint, int forward)
{
    int leaf = tape_slot(t, slot);
    return leaf < forward ? adjoint[leaf] : -1;
}

/* Which slots there are: states of this neuron only. */
static bool present(const equation *e, int slot)
{
    return !(slot < EQUATION_I && slot >= e->states) &&
           !(slot >= EQUATION_D && slot - EQUATION_D >= e->states);
}

static void step_gradients(const maker *k, const part_rule *rule, tape *t, const int *adjoint,
                           int forward)
{
    for (int slot = 0; slot < EQUATION_PAR; slot++) {
        if (!present(k->e, slot))
            continue;
        int gradient = gradient_of(t, slot, adjoint, forward);
        if (rule->writes >> slot & 1)
            tape_output_add(t, gradient < 0 ? tape_const(t, 0) : gradient, EQUATION_G + slot);
        else if (rule->adds >> slot & 1)
            add_gradient(t, EQUATION_G + slot, gradient);
    }
    for (int r = 0; r < k->e->rows; r++)
        add_gradient(t, EQUATION_OWN + k->e->rows + r,
                     gradient_of(t, EQUATION_OWN + r, adjoint, forward));
}

static void parameter_gradients(const maker *k, tape *t, const int *adjoint, int forward)
{
    for (int p = 0; p < k->e->pars; p++)
        add_gradient(t, EQUATION_G + EQUATION_PAR + p,
                     gradient_of(t, EQUATION_PAR + p, adjoint, forward));
}

/* Emits one part; counts its operations. */
static void emit_part(maker *k, equation_part part, const tape *t)
{
    int before = k->m.count;
    emit_tape(&k->m, t);
    k->e->part[part].count = k->m.count - before;
}

static fsnn_status make_backward(maker *k, equation_part part, tape *t)
{
    int forward = t->count;
    int *adjoint = fsnn_alloc(sizeof *adjoint * (size_t)(forward + 1));
    if (!adjoint)
        return FSNN_EMEMORY;
    tape_backward(t, k->e->rows, adjoint);
    if (part == EQUATION_PREPARE)
        parameter_gradients(k, t, adjoint, forward);
    else
        step_gradients(k, &rules[part], t, adjoint, forward);
    emit_part(k, part + EQUATION_BACK, t);
    fsnn_free(adjoint);
    return k->m.status;
}

static fsnn_status make_part(maker *k, equation_part part, const int *nodes, const int *slots,
                             int count)
{
    fsnn_status status = FSNN_EMEMORY;
    for (int back = 0; back < 2; back++) {
        tape *t = fsnn_alloc(sizeof *t);
        if (!t || tape_init(t) < 0) {
            fsnn_free(t);
            return FSNN_EMEMORY;
        }
        lower_outputs(&k->l, t, nodes, slots, count, part == EQUATION_PREPARE);
        if (back)
            status = make_backward(k, part, t);
        else
            emit_part(k, part, t);
        tape_free(t);
        fsnn_free(t);
    }
    return status;
}

static fsnn_status make_step_part(maker *k, equation_part part)
{
    int nodes[EQUATION_VALUES], slots[EQUATION_VALUES], count = 0;
    for (int i = 0; i < rules[part].count; i++)
        if (k->e->node[rules[part].first + i] >= 0) {
            slots[count] = rules[part].first + i;
            nodes[count++] = k->e->node[rules[part].first + i];
        }
    return make_part(k, part, nodes, slots, count);
}

static fsnn_status make_rows(maker *k)
{
    int nodes[EQUATION_VALUES], count = 0;
    for (int slot = 0; slot < EQUATION_VALUES; slot++)
        if (k->e->node[slot] >= 0)
            nodes[count++] = k->e->node[slot];
    int rows = lower_rows(&k->l, nodes, count);
    k->e->rows = k->m.rows = rows;
    if (rows > TAPE_OUTPUTS)
        return FSNN_EUNSUPPORTED;
    int *row = fsnn_alloc(2 * sizeof *row * (size_t)(rows + 1));
    if (!row)
        return FSNN_EMEMORY;
    for (int i = 0; i < k->g.count; i++)
        if (k->l.row[i] >= 0) {
            row[k->l.row[i]] = i;
            row[rows + k->l.row[i]] = EQUATION_OWN + k->l.row[i];
        }
    fsnn_status status = make_part(k, EQUATION_PREPARE, row, row + rows, rows);
    fsnn_free(row);
    return status;
}

/* In the order of the parts, so that each one's operations stand behind those of the one before. */
static void place_parts(maker *k)
{
    static const equation_part order[] = {
        EQUATION_PREPARE, EQUATION_PREPARE_BACK, EQUATION_CHARGE, EQUATION_CHARGE_BACK,
        EQUATION_SPIKE,   EQUATION_SPIKE_BACK,   EQUATION_AFTER,  EQUATION_AFTER_BACK,
        EQUATION_LEAK,    EQUATION_LEAK_BACK,
    };
    const equation_op *op = k->m.op;
    for (int i = 0; i < EQUATION_PARTS; i++) {
        k->e->part[order[i]].op = op;
        op += k->e->part[order[i]].count;
    }
}

static fsnn_status keep_constants(maker *k)
{
    equation *e = k->e;
    e->constants = k->m.constants;
    e->temporaries = k->m.temporaries;
    e->constant = fsnn_alloc(sizeof *e->constant * (size_t)(e->constants + 1));
    if (!e->constant)
        return FSNN_EMEMORY;
    for (int c = 0; c < e->constants; c++)
        for (int i = 0; i < ROW_LANES; i++)
            e->constant[c][i] = k->m.constant[c];
    return FSNN_OK;
}

static fsnn_status compile(maker *k)
{
    size_t nodes = (size_t)k->g.count;
    int *work = fsnn_alloc(3 * sizeof *work * nodes);
    if (!work)
        return FSNN_EMEMORY;
    k->l = (lowering){&k->g, work, work + nodes, work + 2 * nodes};
    fsnn_status status = make_rows(k);
    for (equation_part part = EQUATION_CHARGE; part < EQUATION_BACK && !status; part++)
        status = make_step_part(k, part);
    if (!status) {
        emit_place(&k->m);
        place_parts(k);
        status = keep_constants(k);
    }
    fsnn_free(work);
    return status;
}

/* ---- whole ---- */

/* Failures that come without a sentence. */
static fsnn_status explain(fsnn_status status)
{
    if (status == FSNN_EMEMORY)
        return fsnn_fail(status, "out of memory while compiling a neuron's equations");
    if (status == FSNN_ENUMERIC)
        return fsnn_fail(FSNN_EDESCRIPTION,
                         "the neuron's equations come to a number beyond " REAL_MAX_TEXT
                         ", where " REAL_NAME " precision "
                         "ends: other units would do");
    return fsnn_fail(status, "the neuron's equations are too long once differentiated: fewer or "
                             "shorter products and sums would do");
}

static fsnn_status make(maker *k)
{
    FSNN_TRY(check_source(k->source));
    FSNN_TRY(add_names(k));
    fsnn_status status = parse_all(k);
    if (status < 0)
        return graph_status(&k->g) ? explain(status) : status;
    status = differentiate(k);
    if (!status)
        status = compile(k);
    return status < 0 ? explain(status) : FSNN_OK;
}

void equation_choose(equation *e, int level)
{
    static equation_operation *const *const operations[] = FSNN_BY_ISA(equation_operations);
    for (int i = 0; i < e->count; i++)
        e->ops[i].run = operations[level][e->ops[i].op];
}

/* The second compilation's functions. What they make is opaque here. */
#if defined(FSNN_HAVE_DOUBLE) && !defined(FSNN_DOUBLE)
fsnn_status equation_create_double(const equation_source *source, equation_place *place,
                                   struct equation **out);
void equation_destroy_double(struct equation *e);
#define TWINS 1
#else
#define TWINS 0
#endif

fsnn_status equation_create(const equation_source *source, equation_place *place, equation **out)
{
    *out = NULL;
    if (place)
        *place = (equation_place){.column = 0};
    equation *e = fsnn_alloc(sizeof *e);
    maker *k = fsnn_alloc(sizeof *k);
    graph *g = fsnn_alloc(sizeof *g);
    if (!e || !k || !g) {
        fsnn_free(e);
        fsnn_free(k);
        fsnn_free(g);
        return FSNN_EMEMORY;
    }
    *k = (maker){.source = source, .place = place, .e = e};
    e->states = source->states;
    e->pars = source->owns + 2;
    e->graph = g;
    fsnn_status status = graph_init(&k->g);
    if (!status)
        status = make(k);
    *g = k->g;
    e->ops = k->m.op;
    e->count = k->m.count;
    fsnn_free(k->m.constant);
    fsnn_free(k);
    if (status < 0) {
        equation_destroy(e);
        return status;
    }
    equation_choose(e, fsnn_isa_level());
#if TWINS
    status = equation_create_double(source, place, &e->twin);
    if (status < 0) {
        equation_destroy(e);
        return status;
    }
#endif
    *out = e;
    return FSNN_OK;
}

void equation_destroy(equation *e)
{
    if (!e)
        return;
#if TWINS
    equation_destroy_double(e->twin);
#endif
    graph_free(e->graph);
    fsnn_free(e->graph);
    fsnn_free(e->ops);
    fsnn_free(e->constant);
    fsnn_free(e);
}

/* ---- running ---- */

typedef real lane_row[ROW_LANES];

static int slots_of(const equation *e)
{
    return EQUATION_OWN + 2 * e->rows + e->constants + e->temporaries;
}

/* The table, in whole rows. */
static size_t table_bytes(const equation *e)
{
    size_t bytes = sizeof(real *) * (size_t)slots_of(e);
    return (bytes + sizeof(lane_row) - 1) / sizeof(lane_row) * sizeof(lane_row);
}

/* Constants are the equation's own where rows are of one tile. */
static int rows_of(const equation *e, int tiles)
{
    return 2 * e->rows + e->temporaries + (tiles > 1 ? e->constants : 0);
}

size_t equation_wide_bytes(const equation *e, int tiles)
{
    return table_bytes(e) + sizeof(lane_row) * (size_t)(rows_of(e, tiles) * tiles);
}

real **equation_wide_open(const equation *e, void *scratch, int tiles)
{
    real **slot = scratch;
    lane_row *row = (lane_row *)((char *)scratch + table_bytes(e));
    memset(slot, 0, sizeof *slot * EQUATION_OWN);
    int next = EQUATION_OWN;
    for (int i = 0; i < 2 * e->rows; i++, row += tiles)
        slot[next++] = *row;
    for (int i = 0; i < e->constants; i++) {
        slot[next++] = tiles > 1 ? *row : e->constant[i];
        for (int t = 0; tiles > 1 && t < tiles; t++)
            memcpy(row++, e->constant[i], sizeof(lane_row));
    }
    for (int i = 0; i < e->temporaries; i++, row += tiles)
        slot[next++] = *row;
    return slot;
}

void equation_wide_clear(const equation *e, real *const *slot, int tiles)
{
    for (int i = 0; i < e->rows; i++)
        memset(slot[EQUATION_OWN + e->rows + i], 0, sizeof(lane_row) * (size_t)tiles);
}

size_t equation_bytes(const equation *e)
{
    return equation_wide_bytes(e, 1);
}

real **equation_open(const equation *e, void *scratch)
{
    return equation_wide_open(e, scratch, 1);
}

void equation_clear(const equation *e, real *const *slot)
{
    equation_wide_clear(e, slot, 1);
}

double equation_value(const equation *e, int slot, const double *values)
{
    int node = e->node[slot];
    double *value = node < 0 ? NULL : fsnn_alloc(sizeof *value * (size_t)(node + 1));
    double result = value ? graph_value(e->graph, node, values, value) : NAN;
    fsnn_free(value);
    return result;
}
