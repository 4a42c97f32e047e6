/* A solver as bytes: a head with a version, a print of equation and plan, and a checksum; counts;
 * numbers [n]; points; jumps; what the memory, the scheme and Newton's method keep. One list of
 * pieces serves sizes, saving and loading. */
#include "base/crc32c.h"
#include "frac/fde_solver.h"

#include <math.h>
#include <string.h>

typedef struct head {
    char magic[8];
    uint32_t version, checksum; /* CRC-32C of all, with 0 here */
    uint64_t print;
    int64_t bytes;
} head;

typedef struct counts {
    int64_t k, first, ready, jumps, kept;
    double t0, t, asked, h;
    uint8_t estimated, broken, primed, blank[5];
    int64_t steps, calls, iterations, jacobians;
} counts;

static const char magic[8] = "FSNNfde";
enum { VERSION = 1 };

static void mix(uint64_t *print, const void *data, size_t size)
{
    uint32_t low = fsnn_crc32c((uint32_t)*print, data, size);
    uint32_t high = fsnn_crc32c((uint32_t)(*print >> 32) ^ 0x9e3779b9u, data, size);
    *print = (uint64_t)high << 32 | low;
}

static void mix_number(uint64_t *print, double x)
{
    mix(print, &x, sizeof x);
}

/* Of all that the numbers that follow depend on, but for f. */
static uint64_t print_of(const fsnn_fde_solver *s)
{
    const fsnn_fde *o = &s->o;
    uint64_t print = 1;
    const double number[] = {(double)o->n,
                             o->method,
                             o->implicit,
                             o->step,
                             o->memory,
                             o->tolerance,
                             o->window,
                             o->newton_tolerance,
                             s->plan.steps,
                             s->plan.rtol,
                             s->plan.step_least,
                             s->plan.step_most,
                             s->plan.history,
                             (double)s->plan.horizon,
                             (double)s->plan.events};
    for (int i = 0; i < FSNN_COUNT(number); i++)
        mix_number(&print, number[i]);
    for (size_t i = 0; i < o->n; i++) {
        const fsnn_order *order = &s->run.order[s->run.slot[i]];
        mix_number(&print, s->atol[i]);
        mix_number(&print, s->newton_atol[i]);
        for (int m = 0; m < order->terms; m++) {
            mix_number(&print, order->alpha[m]);
            mix_number(&print, order->coefficient[m]);
        }
    }
    return print;
}

/* Copies piece after piece: to bytes, from them, or, without any, counts. */
typedef struct tape {
    char *at;
    bool load;
    size_t size;
} tape;

static void piece(tape *tape, void *data, size_t size)
{
    if (tape->at && tape->load)
        memcpy(data, tape->at, size);
    else if (tape->at)
        memcpy(tape->at, data, size);
    if (tape->at)
        tape->at += size;
    tape->size += size;
}

static void move_past(tape *tape, fsnn_fde_solver *s, int64_t kept)
{
    const fde_engine *engine = fde_engine_of(&s->o);
    size_t size = engine->bytes(&s->run, kept);
    if (tape->at && tape->load)
        engine->load(&s->run, kept, tape->at);
    else if (tape->at)
        engine->save(&s->run, tape->at);
    if (tape->at)
        tape->at += size;
    tape->size += size;
}

static void move_newton(tape *tape, fsnn_fde_solver *s)
{
    if (tape->at && tape->load)
        fde_newton_load(&s->run, tape->at);
    else if (tape->at)
        fde_newton_save(&s->run, tape->at);
    if (tape->at)
        tape->at += fde_newton_bytes(&s->run);
    tape->size += fde_newton_bytes(&s->run);
}

/* All pieces behind the counts, whose sizes are by these. */
static void move(tape *tape, fsnn_fde_solver *s, const counts *c)
{
    size_t n = s->run.n, row = n * sizeof(double), points = (size_t)(c->k - c->first + 1);
    piece(tape, s->own, 6 * row); /* y0, velocity, shift, now, next, error */
    piece(tape, s->run.f0, row);
    piece(tape, s->from, 2 * s->plan.events * sizeof *s->from);
    piece(tape, s->z, points * row);
    piece(tape, s->time, points * sizeof *s->time);
    if (fde_on_mesh(s))
        piece(tape, s->f, (size_t)c->ready * row);
    piece(tape, s->jump, (size_t)c->jumps * sizeof *s->jump);
    piece(tape, s->delta, (size_t)c->jumps * row);
    if (s->run.past)
        move_past(tape, s, c->kept);
    if (s->run.newton)
        move_newton(tape, s);
}

static counts counts_of(const fsnn_fde_solver *s)
{
    const fsnn_fde_report *r = &s->run.report;
    return (counts){
        .k = s->k,
        .first = s->first,
        .ready = s->ready,
        .jumps = s->jumps,
        .kept = s->run.past ? fde_engine_of(&s->o)->kept(s->run.past) : 0,
        .t0 = s->o.t0,
        .t = s->t,
        .asked = s->asked,
        .h = s->h,
        .estimated = s->estimated,
        .broken = s->broken,
        .primed = s->primed,
        .steps = r->steps,
        .calls = r->calls,
        .iterations = r->iterations,
        .jacobians = r->jacobians,
    };
}

/* `next` alternates with `now`: saved in the order of the struct. */
static void settle(fsnn_fde_solver *s)
{
    size_t n = s->run.n, row = n * sizeof *s->now;
    double *now = s->own + 3 * n;
    if (s->now == now)
        return;
    memcpy(s->next, s->now, row); /* next is where now belongs */
    s->next = s->now;
    s->now = now;
}

static size_t bytes_of(fsnn_fde_solver *s, const counts *c)
{
    tape count = {.size = sizeof(head) + sizeof *c};
    move(&count, s, c);
    return count.size;
}

int64_t fsnn_fde_solver_state_bytes(const fsnn_fde_solver *solver)
{
    FSNN_NEED(solver);
    counts c = counts_of(solver);
    return (int64_t)bytes_of((fsnn_fde_solver *)solver, &c); /* only counts */
}

fsnn_status fsnn_fde_solver_state_save(const fsnn_fde_solver *solver, void *bytes)
{
    FSNN_NEED(solver);
    FSNN_NEED(bytes);
    fsnn_fde_solver *s = (fsnn_fde_solver *)solver; /* two rows may change places */
    counts c = counts_of(s);
    head h = {.version = VERSION, .print = print_of(s), .bytes = (int64_t)bytes_of(s, &c)};
    settle(s);
    memcpy(h.magic, magic, sizeof magic);
    memcpy(bytes, &h, sizeof h);
    memcpy((char *)bytes + sizeof h, &c, sizeof c);
    tape out = {.at = (char *)bytes + sizeof h + sizeof c};
    move(&out, s, &c);
    h.checksum = fsnn_crc32c(0, bytes, (size_t)h.bytes);
    memcpy(bytes, &h, sizeof h);
    return FSNN_OK;
}

static fsnn_status read_head(const fsnn_fde_solver *s, const char *bytes, int64_t count)
{
    head h;
    if (count < (int64_t)(sizeof h + sizeof(counts)) || memcmp(bytes, magic, sizeof magic) != 0)
        return fsnn_fail(FSNN_EFORMAT,
                         "these %lld bytes are no state that fsnn_fde_solver_state_save wrote",
                         (long long)count);
    memcpy(&h, bytes, sizeof h);
    if (h.version > VERSION)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "the state was saved by a newer fsnn, in format %lu: this one reads "
                         "formats up to %d",
                         (unsigned long)h.version, VERSION);
    uint32_t sum = h.checksum;
    h.checksum = 0;
    uint32_t found = fsnn_crc32c(0, &h, sizeof h);
    found = fsnn_crc32c(found, bytes + sizeof h, (size_t)count - sizeof h);
    if (found != sum || h.bytes != count)
        return fsnn_fail(FSNN_EFORMAT,
                         "the state does not agree with its checksum: it is cut off or damaged");
    if (h.print != print_of(s))
        return fsnn_fail(FSNN_ESHAPE,
                         "the state is that of another equation or plan: components, orders, "
                         "method, step, memory, tolerances and events must be those it was saved "
                         "with");
    return FSNN_OK;
}

/* Counts that agree with each other, so that no index leaves its rows. */
static bool sound(const fsnn_fde_solver *s, const counts *c, int64_t count)
{
    int64_t most = count / (int64_t)(s->run.n * sizeof(double));
    bool all = s->plan.history, mesh = fde_on_mesh(s), past = s->run.past != NULL;
    if (c->k < 0 || c->first < 0 || c->first > c->k || c->jumps < 0 || c->jumps > most ||
        c->ready < 0 || c->kept < 0 || c->k - c->first >= most)
        return false;
    if (all ? c->first != 0 : c->k - c->first > 1)
        return false;
    if (mesh ? c->ready < c->k || c->ready > c->k + 1 || c->ready > most : c->ready != 0)
        return false;
    if (past ? c->kept > c->k : c->kept != 0)
        return false;
    if (s->o.memory == FSNN_FDE_DENSE && c->kept > most)
        return false;
    return isfinite(c->t0) && isfinite(c->t) && isfinite(c->asked) && c->h > 0;
}

static double number(const char *bytes, size_t index)
{
    double x;
    memcpy(&x, bytes + index * sizeof x, sizeof x);
    return x;
}

/* Times that ascend, on the grid where there is one, with what was searched and the jumps among
 * them. `bytes` are those behind the counts, of which `move` says the order. */
static bool in_order(const fsnn_fde_solver *s, const counts *c, const char *bytes)
{
    size_t n = s->run.n, points = (size_t)(c->k - c->first + 1), events = s->plan.events;
    size_t from = 7 * n, times = from + 2 * events + points * n;
    double first = number(bytes, times), last = number(bytes, times + points - 1), h = s->o.step;
    for (size_t i = 0; i < points; i++) {
        double t = number(bytes, times + i), grid = c->t0 + (double)(c->first + (int64_t)i) * h;
        bool ascends = i == 0 || t >= number(bytes, times + i - 1);
        if (!isfinite(t) || !ascends || (!fde_on_mesh(s) && !(fabs(t - grid) <= 1e-6 * h)))
            return false;
    }
    for (size_t e = 0; c->primed && e < events; e++)
        if (!(number(bytes, from + e) >= first && number(bytes, from + e) <= last))
            return false;
    size_t jumps = (times + points) * sizeof(double);
    jumps += fde_on_mesh(s) ? (size_t)c->ready * n * sizeof(double) : 0;
    for (int64_t j = 0; j < c->jumps; j++) {
        fde_jump jump;
        memcpy(&jump, bytes + jumps + (size_t)j * sizeof jump, sizeof jump);
        if (jump.at < 0 || jump.at > c->k || !isfinite(jump.t))
            return false;
    }
    return c->t0 <= first && c->t >= first && c->t <= last;
}

static fsnn_status make_room(fsnn_fde_solver *s, const counts *c)
{
    const fde_engine *engine = fde_engine_of(&s->o);
    int64_t jumps = c->jumps + 1, steps = s->run.steps;
    size_t row = s->run.n * sizeof(double);
    if (c->k - c->first + 2 > s->capacity) /* rows from 0 are needed in place of `first` */
        FSNN_TRY(fde_points_reserve(s, s->first + c->k - c->first + 2));
    FSNN_TRY(fsnn_grow(&s->jump, s->jumps, &s->jump_capacity, jumps, sizeof *s->jump));
    FSNN_TRY(fsnn_grow(&s->delta, s->jumps, &s->delta_capacity, jumps, row));
    while (steps < c->k + 1)
        steps *= 2;
    if (s->run.past && engine->grow && steps > s->run.steps)
        FSNN_TRY(engine->grow(&s->run, steps));
    return FSNN_OK;
}

static void take(fsnn_fde_solver *s, const counts *c, const char *bytes)
{
    fsnn_fde_report *r = &s->run.report;
    tape in = {.at = (char *)bytes, .load = true};
    settle(s);
    move(&in, s, c);
    s->k = c->k;
    s->first = c->first;
    s->ready = c->ready;
    s->jumps = c->jumps;
    s->o.t0 = c->t0;
    s->t = c->t;
    s->asked = s->run.last = c->asked;
    s->h = c->h;
    s->estimated = c->estimated;
    s->broken = c->broken;
    s->primed = c->primed;
    s->hits = 0;
    r->steps = c->steps;
    r->calls = c->calls;
    r->iterations = c->iterations;
    r->jacobians = c->jacobians;
    s->run.velocity = NULL;
    for (size_t i = 0; i < s->run.n; i++)
        if (s->velocity[i] != 0)
            s->run.velocity = s->velocity;
}

fsnn_status fsnn_fde_solver_state_load(fsnn_fde_solver *solver, const void *bytes, int64_t count)
{
    counts c;
    FSNN_NEED(solver);
    FSNN_NEED(bytes);
    FSNN_TRY(read_head(solver, bytes, count));
    memcpy(&c, (const char *)bytes + sizeof(head), sizeof c);
    if (!sound(solver, &c, count) || (int64_t)bytes_of(solver, &c) != count ||
        !in_order(solver, &c, (const char *)bytes + sizeof(head) + sizeof c))
        return fsnn_fail(FSNN_EFORMAT, "the state is damaged: its counts and times contradict "
                                       "each other");
    FSNN_TRY(make_room(solver, &c));
    take(solver, &c, (const char *)bytes + sizeof(head) + sizeof c);
    return FSNN_OK;
}
