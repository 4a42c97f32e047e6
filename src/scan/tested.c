/* What the spike tests of the last forward compared: a potential and a threshold, whose difference
 * is the argument of the spike. Worked out again from the states, for those who look; the scan
 * keeps neither. Resets that look ahead test v + dv at the state before the step; the others the
 * potential that the step gave, of which a spike has taken something since. */
#include "scan/front.h"
#include "scan/history.h"
#include "scan/states.h"
#include "scan/tile.h"

#include <string.h>

typedef struct look {
    const scan *s;
    scan_tile tile;
    int64_t t;
    bool ahead;
    lanes none;
} look;

/* State `n` of the scan before step k, or after it. */
static void state_row(const look *l, int n, int64_t k, bool after, real *out)
{
    const scan *s = n ? &l->s->other[n - 1] : l->s;
    int64_t first = s->history.u.rows - l->s->K;
    const real *u = scan_rows_of(&s->history.u, l->t) + (first + k - !after) * ROW_LANES;
    const real *v0 = l->tile.row[ROW_V0];
    EACH_LANE out[i] = u[i] + (n ? s->v0 : v0[i]);
}

/* The argument of the spike at potential v, of neurons with several states; dv is written where the
 * test looks ahead. */
static void argue_states(const look *l, int64_t k, const real *v, const real *I, real *dv,
                         real *arg)
{
    const scan *s = l->s;
    const equation *e = neuron_equation_of(s->model);
    real **slot = neuron_equation_slots(l->tile.self);
    states_rows r;
    for (int n = 0; n < e->states; n++)
        state_row(l, n, k, false, r.X[n]);
    states_charge(e, slot, I, &r);
    states_test(e, slot, &r, l->ahead, v, l->none, l->tile.row[ROW_THRESHOLD], arg);
    if (l->ahead)
        memcpy(dv, r.D[0], sizeof(lanes));
}

static void argue(const look *l, const real *v, const real *I, real *dv, real *arg)
{
    const neuron_model *m = l->s->model;
    const real *theta = l->tile.row[ROW_THRESHOLD];
    if (l->ahead)
        m->charge(l->tile.self, v, I, l->tile.row, dv);
    if (m->spike) {
        m->spike(l->tile.self, v, I, dv, arg);
        return;
    }
    EACH_LANE arg[i] = (v[i] + dv[i]) - theta[i];
}

/* The tested potential of step k and the argument of its spike. */
static void step(const look *l, int64_t k, const real *I, const real *v, real *test, real *arg)
{
    lanes before, dv, space;
    const real *current = scan_current(l->s, &l->tile, I, k, space);
    lanes_zero(dv);
    if (l->ahead) {
        state_row(l, 0, k, false, before);
        v = before;
    }
    if (l->s->others)
        argue_states(l, k, v, current, dv, arg);
    else
        argue(l, v, current, dv, arg);
    EACH_LANE test[i] = v[i] + dv[i];
}

void scan_tested(const scan *s, const real *I, const real *spikes, real *test, real *threshold)
{
    FRONT_RETURN(s, twin_tested(s->twin, I, spikes, test, threshold));
    const reset_rule *reset = scan_resetting(s);
    const fsnn_reset kind = s->options.reset;
    const real back = kind == FSNN_RESET_JUMP || kind == FSNN_RESET_SUBTRACT;
    const int64_t total = s->B * s->N;
    const bool own =
        s->others ? !neuron_equation_of(s->model)->default_spike : s->model->spike != NULL;
    scan_potentials_from_rest(s, spikes, test);
    for (int64_t t = 0; t < s->tiles; t++) {
        look l = {.s = s, .t = t, .ahead = reset->ahead};
        scan_tile_open(s, t, 0, &l.tile);
        for (int64_t k = 0; k < s->K; k++) {
            lanes v = {0}, tested, arg;
            const int64_t at = k * total + l.tile.first;
            for (int i = 0; i < l.tile.width; i++)
                v[i] = test[at + i] + back * l.tile.row[ROW_THRESHOLD][i] * spikes[at + i];
            step(&l, k, I, v, tested, arg);
            for (int i = 0; i < l.tile.width; i++) {
                test[at + i] = tested[i];
                threshold[at + i] =
                    own ? tested[i] - arg[i] : l.tile.row[ROW_THRESHOLD][i]; /* not rounded */
            }
        }
    }
    scan_add_rest(s, test);
    scan_add_rest(s, threshold);
}
