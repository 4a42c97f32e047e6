/* tests/fuzz/fuzz_fde_state.c: fsnn_fde_solver_state_load on any bytes. The first byte says which
 * steps and memory the solver has, and whether the head is left as it is or made one that fits.
 * What is refused changes nothing, what is taken can be gone on from. */
#include "fuzz_state.h"

#include <fsnn/fde_solver.h>

enum { SOLVERS = 4, AS_IT_IS = 4 };

static const struct {
    const char *name;
    fsnn_method method;
    fsnn_fde_memory memory;
    fsnn_fde_steps steps;
} form[SOLVERS] = {
    {"dense", FSNN_GL, FSNN_FDE_DENSE, FSNN_FDE_FIXED},
    {"exponentials", FSNN_ABM, FSNN_FDE_EXPONENTIALS, FSNN_FDE_FIXED},
    {"newton", FSNN_TRAP, FSNN_FDE_DENSE, FSNN_FDE_FIXED},
    {"mesh", FSNN_ABM, FSNN_FDE_DENSE, FSNN_FDE_CONTROLLED},
};

/* A changed state may ask for steps without end, as far as step control is concerned: the equation
 * stops it, as a user's own would. */
enum { CALLS = 3000 };
static int calls;

static int f(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    if (++calls > CALLS)
        return 1;
    d[0] = y[1];
    d[1] = -y[0];
    return 0;
}

static int g(double t, const double *y, double *value, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    *value = y[0];
    return 0;
}

/* The solver after some steps and a jump; its saved state [*size]. */
static fsnn_fde_solver *solver_of(int which, const uint8_t **saved, size_t *size)
{
    static fsnn_fde_solver *made[SOLVERS];
    static uint8_t *kept[SOLVERS];
    static size_t bytes[SOLVERS];
    if (!made[which]) {
        static const fsnn_order order = {.terms = 1, .alpha = {0.8}, .coefficient = {1}};
        static const fsnn_fde_event event = {g, 0, false, NULL};
        static const double y0[2] = {1, 0}, delta[2] = {0.5, 0};
        fsnn_fde fde = fsnn_fde_default(2, f, NULL);
        fsnn_fde_plan plan = fsnn_fde_plan_default();
        fde.method = form[which].method;
        fde.memory = form[which].memory;
        fde.order = &order;
        fde.step = 0.125;
        plan.steps = form[which].steps;
        plan.rtol = plan.atol = 0.01;
        plan.history = which != 1;
        plan.horizon = 1000;
        plan.event = &event;
        plan.events = 1;
        fuzz_must(fsnn_fde_solver_create(&fde, &plan, y0, &made[which]));
        fuzz_must(fsnn_fde_solver_step_to(made[which], 1, NULL));
        fuzz_must(fsnn_fde_solver_jump(made[which], delta));
        fuzz_must(fsnn_fde_solver_step_to(made[which], 2, NULL));
        bytes[which] = (size_t)fsnn_fde_solver_state_bytes(made[which]);
        kept[which] = malloc(bytes[which]);
        fuzz_check(kept[which] && !fsnn_fde_solver_state_save(made[which], kept[which]));
    }
    *saved = kept[which];
    *size = bytes[which];
    return made[which];
}

static void go_on(fsnn_fde_solver *solver)
{
    double y[2], t = fsnn_fde_solver_time(solver);
    calls = 0;
    fuzz_forget();
    (void)fuzz_good(fsnn_fde_solver_state(solver, t, y));
    fuzz_forget();
    (void)fuzz_good(fsnn_fde_solver_step_to(solver, t + 0.5, NULL));
    uint8_t *again = malloc((size_t)fsnn_fde_solver_state_bytes(solver));
    fuzz_check(again && !fsnn_fde_solver_state_save(solver, again));
    free(again);
}

static void unchanged(const fsnn_fde_solver *solver, const uint8_t *saved, size_t size)
{
    uint8_t *now = malloc(size);
    fuzz_check((size_t)fsnn_fde_solver_state_bytes(solver) == size);
    fuzz_check(now && !fsnn_fde_solver_state_save(solver, now) && !memcmp(now, saved, size));
    free(now);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int i = 0; i < SOLVERS; i++) {
        const uint8_t *saved;
        size_t size;
        (void)solver_of(i, &saved, &size);
        state_seed(*argc, *argv, form[i].name, i, saved, size);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *saved;
    size_t own;
    if (!size)
        return 0;
    fsnn_fde_solver *solver = solver_of(data[0] % SOLVERS, &saved, &own);
    calls = 0;
    fuzz_must(fsnn_fde_solver_state_load(solver, saved, (int64_t)own));
    uint8_t *bytes = malloc(size);
    fuzz_check(bytes != NULL);
    memcpy(bytes, data + 1, --size);
    if (!(data[0] & AS_IT_IS) && size >= sizeof(state_head))
        state_mend(bytes, size, saved);
    fuzz_forget();
    if (fuzz_good(fsnn_fde_solver_state_load(solver, bytes, (int64_t)size)))
        go_on(solver);
    else
        unchanged(solver, saved, own);
    free(bytes);
    return 0;
}
