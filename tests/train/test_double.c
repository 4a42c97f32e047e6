/* Training in double precision: a step of each optimiser and losses against the formulas written
 * out, and gradients of losses against differences. */
#include "nets.h"

#include <fsnn/train.h>

enum { K = 4, B = 3, C = 5, STEPS = 7 };

/* ---- losses ---- */

static double loss_of(const fsnn_loss *loss, const double *y, const int32_t *labels,
                      const double *target)
{
    double value;
    GOOD(fsnn_loss_compute_double(loss, K, B, C, y, labels, target, NULL, &value, NULL));
    return value;
}

static void losses(void **state)
{
    (void)state;
    static const int32_t labels[B] = {1, FSNN_UNLABELLED, 4};
    double y[K * B * C], gradient[K * B * C], target[B * C];
    for (int i = 0; i < K * B * C; i++)
        y[i] = fsnn_random_normal(1, 0, (uint64_t)i);
    for (int i = 0; i < B * C; i++)
        target[i] = 1.0 / C;
    for (int kind = 0; kind < FSNN_LOSSES; kind++)
        for (int given = 0; given < 2; given++) {
            fsnn_loss loss = {.kind = (fsnn_loss_kind)kind};
            const int32_t *l = given ? NULL : labels;
            const double *t = given ? target : NULL;
            double value;
            if (kind == FSNN_TET && given)
                continue;
            CASE("%s, %s", fsnn_loss_name(loss.kind), given ? "target" : "labels");
            GOOD(fsnn_loss_compute_double(&loss, K, B, C, y, l, t, gradient, &value, NULL));
            assert_true(value == loss_of(&loss, y, l, t));
            for (int i = 0; i < K * B * C; i++) {
                const double e = 1e-5, at = y[i];
                double side[2];
                for (int s = 0; s < 2; s++) {
                    y[i] = at + (s ? -e : e);
                    side[s] = loss_of(&loss, y, l, t);
                }
                y[i] = at;
                if (!(fabs((side[0] - side[1]) / (2 * e) - gradient[i]) < 1e-9))
                    fail_msg("number %d: %.17g, expected %.17g", i, gradient[i],
                             (side[0] - side[1]) / (2 * e));
            }
        }
}

/* ---- optimisers ---- */

typedef struct number {
    double x, m, v;
} number;

static double change(const fsnn_optimizer_options *o, double g, number *n, double decay, int t)
{
    if (o->kind == FSNN_SGD) {
        n->m = o->momentum * n->m + g + decay * n->x;
        return -o->lr * n->m;
    }
    double pull = o->kind == FSNN_ADAMW ? o->lr * decay * n->x : 0;
    if (o->kind == FSNN_ADAM)
        g += decay * n->x;
    n->m = o->beta1 * n->m + (1 - o->beta1) * g;
    n->v = o->beta2 * n->v + (1 - o->beta2) * g * g;
    double m = n->m / (1 - pow(o->beta1, t)), v = n->v / (1 - pow(o->beta2, t));
    return -pull - o->lr * m / (sqrt(v) + o->eps);
}

static fsnn_net *net_of(fsnn_precision precision)
{
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.precision = precision;
    fsnn_net *net = net_new();
    VALID(fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(9)), 11, true));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1, .training = true, .seed = 2}));
    return net;
}

static void optimisers(void **state)
{
    (void)state;
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        number n[99] = {0};
        fsnn_optimizer *optimizer;
        fsnn_optimizer_options o = fsnn_training_default().optimizer;
        fsnn_net *net = net_of(FSNN_PRECISION_DOUBLE);
        const fsnn_param *p = fsnn_net_param_find(net, "fc.weight");
        o.kind = (fsnn_optimizer_kind)kind;
        o.momentum = 0.9;
        o.weight_decay = 0.01;
        o.lr = 0.05;
        GOOD(fsnn_optimizer_create(net, &o, &optimizer));
        for (int i = 0; i < 99; i++)
            n[i].x = p->value64[i];
        for (int t = 1; t <= STEPS; t++) {
            fsnn_net_zero_grad(net);
            for (int i = 0; i < 99; i++) {
                p->grad64[i] = fsnn_random_normal(3, (uint64_t)t, (uint64_t)i);
                n[i].x += change(&o, p->grad64[i], &n[i], o.weight_decay, t);
            }
            GOOD(fsnn_optimizer_step(optimizer, o.lr, 0, NULL));
        }
        for (int i = 0; i < 99; i++)
            if (!(fabs(p->value64[i] - n[i].x) < 1e-13))
                fail_msg("kind %d, number %d: %.17g, expected %.17g", kind, i, p->value64[i],
                         n[i].x);
        /* of a net that was wrapped in the other precision it is no more */
        fsnn_order order = fsnn_order_of(0.7);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1, .training = true}));
        REFUSED(fsnn_optimizer_step(optimizer, 0.1, 0, NULL), FSNN_ESTATE,
                "made for a net in double precision, and the net now computes in single");
        fsnn_optimizer_destroy(optimizer);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(losses), cmocka_unit_test(optimisers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
