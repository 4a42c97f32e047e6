/* integer/equation.c: users' equations as operations on whole numbers
 * (parts/integer_equation.part).
 *
 * Each value has an interval that holds it for all potentials and currents that there can be, and
 * the largest fraction with which it is at most 2^30. Intervals are of the numbers as they are
 * rounded: that of an operation on the intervals of its operands, one unit wider. */
#include "base/whole.h"
#include "equation/basic.h"
#include "equation/print.h"
#include "integer/past.h"
#include "net/neuron_node.h"
#include "scan/tile.h"

#include <math.h>

typedef struct number {
    int fraction;
    double low, high;
} number;

enum { MOST_ROWS = 64, MOST_OPERATIONS = 512, MOST_SHIFT = 62, LEAST_SHIFT = -31 };

typedef struct making {
    fsnn_integer *p;
    const net_step *s;
    const scan *scan;
    const equation *e;
    number value[NET_VALUES];
    int values;
    net_row row[MOST_ROWS];
    int row_slot[MOST_ROWS], row_value[MOST_ROWS]; /* of the equations' slots; -1: none */
    int rows;
    net_operation op[MOST_OPERATIONS];
    int ops;
    int temporary[NET_VALUES]; /* the value that a temporary of the equations is */
    const char *wrong;         /* what has no integers; NULL: nothing so far */
    bool lacks;                /* it is an operation */
} making;

static double size_of(number x)
{
    return fmax(fabs(x.low), fabs(x.high));
}

/* The interval as rounded with the largest fraction up to `most`. */
static number settled(double low, double high, int most)
{
    number x = {.low = low, .high = high};
    x.fraction = (int)whole_least(integer_fraction(size_of(x)), most);
    x.low -= ldexp(1, -x.fraction);
    x.high += ldexp(1, -x.fraction);
    return x;
}

static int new_value(making *m)
{
    if (m->values == NET_VALUES) {
        m->wrong = "is too long";
        return 0;
    }
    return m->values++;
}

static void emit(making *m, int code, int to, int a, int b, int left, int right)
{
    if (m->ops == MOST_OPERATIONS)
        m->wrong = "is too long";
    if (left > MOST_SHIFT || left < LEAST_SHIFT || right > MOST_SHIFT || right < LEAST_SHIFT)
        m->wrong = "adds numbers of too different size";
    if (m->wrong)
        return;
    m->op[m->ops++] = (net_operation){.code = (uint8_t)code,
                                      .to = (uint8_t)to,
                                      .a = (uint8_t)a,
                                      .b = (uint8_t)b,
                                      .left = (int8_t)left,
                                      .right = (int8_t)right};
}

/* ---- constants ---- */

/* The value of a row of constants of slot `slot`; x [N] are its numbers. */
static int load(making *m, int slot, const double *x, int64_t count)
{
    int32_t *whole = integer_alloc(m->p, (size_t)count * sizeof *whole);
    const int v = new_value(m);
    if (!whole || m->rows == MOST_ROWS)
        m->wrong = whole ? "has too many constants" : "needs memory";
    double most = 0;
    for (int64_t n = 0; n < count; n++) {
        most = fmax(most, fabs(x[n]));
        if (!isfinite(x[n]))
            m->wrong = "has a parameter that is not finite";
    }
    if (m->wrong)
        return 0;
    number is = {integer_fraction(most), INFINITY, -INFINITY};
    net_row *row = &m->row[m->rows];
    *row = (net_row){.value = whole};
    for (int64_t n = 0; n < count; n++) {
        whole[n] = integer_number(x[n], is.fraction);
        row->each |= whole[n] != whole[0];
        is.low = fmin(is.low, ldexp(whole[n], -is.fraction));
        is.high = fmax(is.high, ldexp(whole[n], -is.fraction));
    }
    m->value[v] = is;
    m->row_slot[m->rows] = slot;
    m->row_value[m->rows++] = v;
    return v;
}

/* A prepared row, a parameter, a row of the scan: one number of each neuron. */
typedef real number_fn(const scan_tile *tile, int index, int lane);

static real prepared(const scan_tile *tile, int slot, int lane)
{
    return neuron_equation_slots(tile->self)[slot][lane];
}

static real parameter(const scan_tile *tile, int slot, int lane)
{
    return tile->par[neuron_user_par(slot - EQUATION_PAR)][lane];
}

enum { SLOT_THRESHOLD = -1 - ROW_THRESHOLD, SLOT_RESET_DRIVE = -1 - ROW_RESET_DRIVE };

static real row_number(const scan_tile *tile, int slot, int lane)
{
    return tile->row[-1 - slot][lane];
}

static int load_rows(making *m, int slot, number_fn *of)
{
    const int64_t N = m->scan->N;
    double *x = fsnn_alloc((size_t)N * sizeof *x);
    if (!x) {
        m->wrong = "needs memory";
        return 0;
    }
    for (int64_t t = 0; t * ROW_LANES < N; t++) {
        scan_tile tile;
        scan_tile_open(m->scan, t, 0, &tile);
        for (int i = 0; i < tile.width; i++)
            x[t * ROW_LANES + i] = of(&tile, slot, i);
    }
    const int v = load(m, slot, x, N);
    fsnn_free(x);
    return v;
}

static int constant(making *m, int slot, int index)
{
    const double x = m->e->constant[index][0];
    return load(m, slot, &x, 1);
}

/* ---- values ---- */

static int given(making *m, int slot)
{
    static const struct {
        int slot, value;
    } known[] = {{EQUATION_X, NET_V}, {EQUATION_I, NET_I}, {EQUATION_S, NET_S},
                 {EQUATION_D, NET_D}, {EQUATION_F, NET_F}, {EQUATION_ARG, NET_ARGUMENT}};
    for (int i = 0; i < FSNN_COUNT(known); i++)
        if (known[i].slot == slot)
            return known[i].value;
    return load_rows(m, slot, parameter);
}

/* What an operand is. */
static int value_of(making *m, int slot)
{
    int index;
    for (int r = 0; r < m->rows; r++)
        if (m->row_slot[r] == slot)
            return m->row_value[r];
    switch (equation_slot_is(m->e, slot, &index)) {
    case EQUATION_SLOT_PREPARED:
        return load_rows(m, slot, prepared);
    case EQUATION_SLOT_CONSTANT:
        return constant(m, slot, index);
    case EQUATION_SLOT_TEMPORARY:
        return index < NET_VALUES ? m->temporary[index] : new_value(m);
    default:
        return given(m, slot);
    }
}

/* Where a result goes. */
static int place_of(making *m, int slot)
{
    int index;
    if (equation_slot_is(m->e, slot, &index) != EQUATION_SLOT_TEMPORARY)
        return given(m, slot);
    const int v = new_value(m);
    if (index >= NET_VALUES)
        m->wrong = "is too long";
    else
        m->temporary[index] = v;
    return v;
}

/* ---- operations ---- */

static number multiplied(number a, number b)
{
    const double p = a.low * b.low, q = a.low * b.high, r = a.high * b.low, s = a.high * b.high;
    return settled(fmin(fmin(p, q), fmin(r, s)), fmax(fmax(p, q), fmax(r, s)),
                   a.fraction + b.fraction);
}

static number combined(int code, number a, number b)
{
    const int most = (int)whole_most(a.fraction, b.fraction);
    switch (code) {
    case NET_ADD:
        return settled(a.low + b.low, a.high + b.high, most);
    case NET_SUB:
        return settled(a.low - b.high, a.high - b.low, most);
    case NET_MIN:
        return settled(fmin(a.low, b.low), fmin(a.high, b.high), most);
    case NET_MAX:
        return settled(fmax(a.low, b.low), fmax(a.high, b.high), most);
    default:
        return multiplied(a, b);
    }
}

/* value[to] = a op b */
static void operate(making *m, int code, int to, int a, int b)
{
    const number x = m->value[a], y = m->value[b], z = combined(code, x, y);
    m->value[to] = z;
    if (code == NET_MUL)
        emit(m, code, to, a, b, x.fraction + y.fraction - z.fraction, 0);
    else
        emit(m, code, to, a, b, x.fraction - z.fraction, y.fraction - z.fraction);
}

/* value[to] = op a, with a's fraction */
static void alone(making *m, int code, int to, int a)
{
    const number x = m->value[a];
    const double most = size_of(x), least = x.low > 0 ? x.low : x.high < 0 ? -x.high : 0;
    m->value[to] = code == NET_NEG   ? (number){x.fraction, -x.high, -x.low}
                   : code == NET_ABS ? (number){x.fraction, least, most}
                                     : (number){0, 0, 1};
    emit(m, code, to, a, a, 0, 0);
}

/* One operation; *last is the value of the one before. */
static void basic(making *m, const equation_basic *o, int *last)
{
    static const int
        two[] = {[EQUATION_ADD] = NET_ADD,
                 [EQUATION_SUB] = NET_SUB,
                 [EQUATION_MUL] = NET_MUL,
                 [EQUATION_MIN] = NET_MIN,
                 [EQUATION_MAX] = NET_MAX},
        one[] = {
            [EQUATION_NEG] = NET_NEG, [EQUATION_ABS] = NET_ABS, [EQUATION_STEP] = NET_POSITIVE};
    m->wrong = o->what;
    m->lacks = o->what != NULL;
    if (m->wrong)
        return;
    const bool both = o->code < EQUATION_NEG, zero = o->code == EQUATION_ZERO;
    const int a = zero ? NET_S : o->a == EQUATION_LAST ? *last : value_of(m, o->a);
    const int b = !both ? a : o->b == EQUATION_LAST ? *last : value_of(m, o->b);
    const int to = *last = o->d == EQUATION_LAST ? new_value(m) : place_of(m, o->d);
    if (m->wrong)
        return;
    if (both)
        operate(m, two[o->code], to, a, b);
    else if (zero || o->code == EQUATION_COPY) /* s - s, max(a, a) */
        operate(m, zero ? NET_SUB : NET_MAX, to, a, a);
    else
        alone(m, one[o->code], to, a);
}

static void part(making *m, equation_part number)
{
    equation_basic o[EQUATION_BASICS];
    int last = 0;
    for (int i = 0; i < m->e->part[number].count && !m->wrong; i++)
        for (int k = 0, n = equation_basics(m->e, number, i, o); k < n && !m->wrong; k++)
            basic(m, &o[k], &last);
}

/* ---- parts ---- */

/* v + d - threshold */
static void usual_spike(making *m)
{
    const int theta = load_rows(m, SLOT_THRESHOLD, row_number), sum = new_value(m);
    if (m->wrong)
        return;
    operate(m, NET_ADD, sum, NET_V, NET_D);
    operate(m, NET_SUB, NET_ARGUMENT, sum, theta);
}

/* d - s threshold/tau, or d where a spike takes nothing from it */
static void usual_after(making *m, bool takes)
{
    if (!takes) {
        operate(m, NET_MAX, NET_F, NET_D, NET_D);
        return;
    }
    const int amount = load_rows(m, SLOT_RESET_DRIVE, row_number), taken = new_value(m);
    if (m->wrong)
        return;
    operate(m, NET_MUL, taken, NET_S, amount);
    operate(m, NET_SUB, NET_F, NET_D, taken);
}

/* The operations from `from` to `end`, those of rows first. */
static fsnn_status take(making *m, int from, int end, bool rows, const net_operation **op,
                        uint32_t *count)
{
    const int loads = rows ? m->rows : 0;
    net_operation *to = integer_alloc(m->p, (size_t)(end - from + loads) * sizeof *to);
    if (!to)
        return FSNN_EMEMORY;
    for (int r = 0; r < loads; r++)
        to[r] = (net_operation){.code = NET_ROW, .to = (uint8_t)m->row_value[r], .a = (uint8_t)r};
    memcpy(to + loads, m->op + from, (size_t)(end - from) * sizeof *to);
    *op = to;
    *count = (uint32_t)(end - from + loads);
    return FSNN_OK;
}

/* gain f moves the state, whose fraction is `fraction`. */
static void give_gain(making *m, double gain, int fraction, net_equation *e)
{
    const int own = integer_fraction(gain);
    e->gain = integer_number(gain, own);
    e->shift = own + m->value[NET_F].fraction - fraction;
    if (e->shift < 0 || e->shift > MOST_SHIFT)
        m->wrong = "moves potentials by too much or too little in a step";
}

static fsnn_status say(const making *m)
{
    return integer_refuse(m->s, "its equation %s: %s, and so does type float", m->wrong,
                          m->lacks ? "sums, products, division by constants, whole powers, abs, "
                                     "min, max and step work"
                                   : "a shorter one, whose numbers are bounded by min and max and "
                                     "closer to 1, works");
}

/* Charge, spike, after: the operations, in m->op from first[i] on. */
static void build(making *m, const reset_rule *reset, int first[4])
{
    const equation *e = m->e;
    first[0] = 0;
    part(m, EQUATION_CHARGE);
    m->value[NET_D].low = fmin(m->value[NET_D].low, 0); /* it is 0 behind a step */
    m->value[NET_D].high = fmax(m->value[NET_D].high, 0);
    first[1] = m->ops;
    if (e->default_spike)
        usual_spike(m);
    else
        part(m, EQUATION_SPIKE);
    first[2] = m->ops;
    if (reset->reset_drive && !e->default_after[0])
        part(m, EQUATION_AFTER);
    else
        usual_after(m, reset->reset_drive);
    first[3] = m->ops;
}

/* v and I may be anything in their ranges. */
static void begin(making *m, const integer_value *in, int fraction)
{
    const double current = integer_real_bound(in), most = ldexp(NET_MOST, -fraction);
    m->values = NET_OWN;
    m->value[NET_V] = (number){fraction, -most, most};
    m->value[NET_I] = (number){in->fraction, -current, current};
    m->value[NET_S] = (number){0, 0, 1};
}

/* What was built becomes e's. */
static fsnn_status finish(making *m, const int first[4], net_equation *e)
{
    net_row *row = integer_alloc(m->p, MOST_ROWS * sizeof *row);
    if (!row)
        return FSNN_EMEMORY;
    memcpy(row, m->row, sizeof m->row);
    e->row = row;
    FSNN_TRY(take(m, first[0], first[1], true, &e->charge, &e->charges));
    FSNN_TRY(take(m, first[1], first[2], false, &e->spike, &e->spikes));
    return take(m, first[2], first[3], false, &e->after, &e->afters);
}

fsnn_status integer_equation_make(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const scan *scan = &((const neuron_layer *)s->op->state)->scan;
    net_equation *e = t->equation = integer_alloc(p, sizeof *e);
    making *m = fsnn_alloc(sizeof *m);
    int first[4];
    if (!m || !e) {
        fsnn_free(m);
        return FSNN_EMEMORY;
    }
    m->p = p;
    m->s = s;
    m->scan = scan;
    m->e = neuron_equation_of(scan->model);
    begin(m, integer_in(p, s, 0), t->fraction);
    build(m, scan_resetting(scan), first);
    give_gain(m, t->gain, t->fraction, e);
    fsnn_status status = m->wrong ? say(m) : finish(m, first, e);
    t->rows = m->rows;
    fsnn_free(m);
    return status;
}
