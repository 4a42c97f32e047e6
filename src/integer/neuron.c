/* integer/neuron.c: layers of neurons (parts/integer_neuron.part): the fraction of a layer
 * follows from a bound of its states, which is proved where the leak does it, and seen in the
 * calibration otherwise. */
#include "base/quantise.h"
#include "integer/past.h"
#include "net/neuron_node.h"
#include "scan/tile.h"

#include <math.h>

enum { RATE, GAIN, THRESHOLD, REST, TAKEN, ROWS };

typedef struct making {
    fsnn_integer *p;
    const net_step *s;
    integer_step *t;
    const scan *scan;
    int64_t N;
    double *row[ROWS]; /* [N] each */
    double input;      /* bound of |I| */
    double largest;    /* of all that has the layer's fraction */
} making;

static const reset_rule *reset_of(const making *m)
{
    return scan_resetting(m->scan);
}

/* By equations, of one state. */
static bool own(const making *m)
{
    return m->scan->model->open && ((const neuron_layer *)m->s->op->state)->user.equation &&
           !m->scan->model->others && !m->scan->model->readout;
}

static fsnn_status check(const making *m)
{
    const neuron_model *model = m->scan->model;
    if (!own(m) && !model->linear && !(model->readout && !model->others && !model->open))
        return integer_refuse(m->s, "of neurons if, lif, noisy, readout, integrator and those by "
                                    "equations of one state have them; type float works");
    if (((const neuron_layer *)m->s->op->state)->resistance >= 0)
        return integer_refuse(m->s, "a resistance has no integers: multiply the weights before "
                                    "it by it; type float works");
    if (reset_of(m)->counts)
        return integer_refuse(m->s, "reset jump counts spikes without end; current, subtract, "
                                    "value, delta, restart and none work");
    return FSNN_OK;
}

/* ---- numbers of the neurons ---- */

/* What a spike takes from the state, or where it lands. */
static double taken_of(const making *m, const scan_tile *tile, int i)
{
    const double gain = m->t->gain, theta = tile->row[ROW_THRESHOLD][i];
    switch (m->scan->options.reset) {
    case FSNN_RESET_CURRENT:
        return gain * (double)tile->row[ROW_RESET_DRIVE][i];
    case FSNN_RESET_SUBTRACT:
        return theta;
    case FSNN_RESET_DELTA:
        return gain * theta / m->scan->memory.h;
    case FSNN_RESET_VALUE:
        return (double)tile->row[ROW_V_RESET][i] - (double)tile->row[ROW_V0][i];
    default:
        return 0;
    }
}

/* The leak, as one number where it is. */
static integer_slope slope_of(const making *m)
{
    integer_slope slope = {.own = own(m), .leaky = !own(m) && m->scan->model->leaky, .same = true};
    for (int64_t t = 0; t * ROW_LANES < m->N && !slope.own; t++) {
        scan_tile tile;
        scan_tile_open(m->scan, t, 0, &tile);
        slope.rate = t ? slope.rate : tile.row[ROW_RATE][0];
        for (int i = 0; i < tile.width; i++)
            slope.same = slope.same && tile.row[ROW_RATE][i] == slope.rate;
    }
    return slope;
}

static fsnn_status make_past(const making *m)
{
    integer_past past;
    const integer_slope slope = slope_of(m);
    FSNN_TRY(integer_past_make(m->p, m->s, &m->scan->memory, &slope, &past));
    return integer_memory_make(m->p, m->s, &past, m->t);
}

static fsnn_status read_rows(making *m)
{
    for (int r = 0; r < ROWS; r++) {
        m->row[r] = integer_alloc(m->p, (size_t)m->N * sizeof(double));
        if (!m->row[r])
            return FSNN_EMEMORY;
    }
    for (int64_t t = 0; t * ROW_LANES < m->N; t++) {
        scan_tile tile;
        scan_tile_open(m->scan, t, 0, &tile);
        for (int i = 0; i < tile.width; i++) {
            const int64_t n = t * ROW_LANES + i;
            m->row[RATE][n] = own(m) ? 0 : tile.row[ROW_RATE][i];
            m->row[GAIN][n] = m->t->gain * m->row[RATE][n];
            m->row[THRESHOLD][n] = m->scan->model->readout ? 0 : tile.row[ROW_THRESHOLD][i];
            m->row[REST][n] = tile.row[ROW_V0][i];
            m->row[TAKEN][n] = m->scan->model->readout ? 0 : taken_of(m, &tile, i);
        }
    }
    return FSNN_OK;
}

static double largest_of(const making *m, int row)
{
    double largest = 0;
    for (int64_t n = 0; n < m->N; n++)
        largest = fabs(m->row[row][n]) > largest ? fabs(m->row[row][n]) : largest;
    return largest;
}

/* As whole numbers: one of each neuron, or one of all where these are equal. */
static fsnn_status give_row(making *m, int row, int fraction, net_row *to)
{
    int32_t *value = integer_alloc(m->p, (size_t)m->N * sizeof *value);
    if (!value)
        return FSNN_EMEMORY;
    *to = (net_row){.value = value};
    for (int64_t n = 0; n < m->N; n++) {
        value[n] = integer_number(m->row[row][n], fraction);
        to->each |= value[n] != value[0];
    }
    return FSNN_OK;
}

/* ---- the bound of the states ---- */

/* |u| of neuron n for all times, where `others` is the sum of all coefficients but the first lag's:
 * u_{n+1} = sum c_l u + drive, |u| <= drive / (1 - sum |c_l|). 0: not proved. */
static double bound_of(const making *m, int64_t n, double others)
{
    const net_memory *memory = &m->t->memory;
    const fsnn_reset reset = m->scan->options.reset;
    const bool leaky = m->t->neuron.leaky;
    const double first = integer_memory_weight(memory, 1),
                 slack = ldexp(memory->lags + memory->modes, -NET_ONE),
                 sum = others + fabs(first - (leaky ? m->row[GAIN][n] : 0)) + slack,
                 taken = fabs(m->row[TAKEN][n]);
    double drive = m->row[GAIN][n] * (m->input + (leaky ? fabs(m->row[REST][n]) : 0));
    if (!(sum < 1 - 1e-9))
        return 0;
    drive += reset == FSNN_RESET_VALUE ? 0 : taken;
    double bound = (drive + 0x1p-24) / (1 - sum);
    return reset == FSNN_RESET_VALUE && taken > bound ? taken : bound;
}

/* Four times the largest |u| of the calibration. */
static fsnn_status see(making *m, double *bound)
{
    char name[512];
    snprintf(name, sizeof name, "v.%s", m->s->op->name);
    const fsnn_array *v = m->p->options.seen ? fsnn_arrays_find(m->p->options.seen, name) : NULL;
    if (!v || v->dtype != FSNN_F32)
        return integer_refuse(m->s,
                              "its potentials have no bound that can be proved (%s); inputs "
                              "for calibration show one, and type float needs none",
                              own(m)               ? "its equation may be any"
                              : m->t->neuron.leaky ? "the step is large for tau"
                                                   : "there is no leak");
    const double most = quantise_largest(v->data, fsnn_shape_count(&v->shape));
    *bound = 4 * (most + largest_of(m, REST) + largest_of(m, TAKEN));
    return isfinite(*bound) ? FSNN_OK
                            : integer_refuse(m->s, "potentials of the calibration are not finite");
}

static fsnn_status find_bound(making *m)
{
    integer_step *t = m->t;
    const double first = integer_memory_weight(&t->memory, 1),
                 others = integer_memory_sum(t, first);
    t->proven = !own(m);
    for (int64_t n = 0; n < m->N && t->proven; n++) {
        double bound = bound_of(m, n, others);
        t->proven = bound > 0;
        t->reach = bound > t->reach ? bound : t->reach;
    }
    if (!t->proven)
        FSNN_TRY(see(m, &t->reach));
    double most = t->reach + largest_of(m, REST);
    most = m->input > most && !own(m) ? m->input : most;
    most = largest_of(m, THRESHOLD) > most ? largest_of(m, THRESHOLD) : most;
    m->largest = largest_of(m, TAKEN) > most ? largest_of(m, TAKEN) : most;
    return m->largest < 0x1p60
               ? FSNN_OK
               : integer_refuse(m->s,
                                "its potentials, currents, thresholds or resets reach %g: below "
                                "1e18 works, and so does type float",
                                m->largest);
}

/* Sums of products are below 2^62. */
static fsnn_status check_sums(const making *m)
{
    const double sums = integer_memory_sum(m->t, 0) * 0x1p60, rate = largest_of(m, RATE),
                 gain = largest_of(m, GAIN);
    if (rate >= 2)
        return integer_refuse(m->s, "tau is %g: above 0.5 works", 1 / rate);
    if (gain >= 2 || sums + gain * 0x1p61 >= 0x1p62)
        return integer_refuse(m->s,
                              "a step moves potentials by %g times the current: a smaller "
                              "dynamics.step or a larger tau works",
                              gain);
    return FSNN_OK;
}

/* ---- the rule ---- */

static int reset_number(const making *m)
{
    switch (m->scan->options.reset) {
    case FSNN_RESET_SUBTRACT:
    case FSNN_RESET_DELTA:
        return NET_RESET_SUBTRACT;
    case FSNN_RESET_VALUE:
        return NET_RESET_VALUE;
    case FSNN_RESET_RESTART:
        return NET_RESET_RESTART;
    default:
        return NET_RESET_NONE;
    }
}

static fsnn_status give_rule(making *m)
{
    net_rule *r = &m->t->neuron;
    const int fraction = m->t->fraction = integer_fraction(m->largest);
    r->down = integer_in(m->p, m->s, 0)->fraction - fraction;
    FSNN_TRY(give_row(m, RATE, NET_ONE, &r->rate));
    FSNN_TRY(give_row(m, GAIN, NET_ONE, &r->gain));
    FSNN_TRY(give_row(m, THRESHOLD, fraction, &r->threshold));
    FSNN_TRY(give_row(m, REST, fraction, &r->rest));
    FSNN_TRY(give_row(m, TAKEN, fraction, &r->taken));
    integer_value spikes = {.fraction = 0, .bound = 1},
                  potentials = integer_value_of(m->largest, fraction);
    integer_give(m->p, m->s, r->readout ? potentials : spikes);
    if (r->readout && !m->t->proven)
        m->p->value[m->s->out[0]].bound = NET_MOST;
    return FSNN_OK;
}

fsnn_status integer_make_neuron(fsnn_integer *p, const net_step *s, integer_step *t)
{
    making m = {.p = p,
                .s = s,
                .t = t,
                .scan = &((const neuron_layer *)s->op->state)->scan,
                .input = integer_real_bound(integer_in(p, s, 0))};
    m.N = m.scan->N;
    net_neuron_bind(p->net, s);
    FSNN_TRY(check(&m));
    t->form = INTEGER_NEURON;
    t->name = s->op->name;
    FSNN_TRY(make_past(&m));
    t->neuron = (net_rule){.leaky = !own(&m) && m.scan->model->leaky,
                           .readout = m.scan->model->readout,
                           .ahead = reset_of(&m)->ahead,
                           .above = m.scan->least > 0,
                           .reset = reset_number(&m),
                           .refractory = (int32_t)m.scan->rest,
                           .holds = reset_of(&m)->holds};
    if (m.scan->rest > 0)
        t->wait = integer_state(p, m.N);
    FSNN_TRY(read_rows(&m));
    FSNN_TRY(find_bound(&m));
    FSNN_TRY(check_sums(&m));
    FSNN_TRY(give_rule(&m));
    return own(&m) ? integer_equation_make(p, s, t) : FSNN_OK;
}
