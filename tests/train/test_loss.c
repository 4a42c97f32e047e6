/* Losses: cases worked by hand, gradients against central differences, and what they refuse. */
#include "check.h"

#include <fsnn/train.h>

enum { K = 3, B = 2, C = 4, N = K * B * C };

#define LOSS(kind_, smoothing, mix_)                                                               \
    {                                                                                              \
        .kind = kind_, .label_smoothing = smoothing, .mix = mix_                                   \
    }

static const int32_t labels[B] = {2, 0};

static void fill(float *x)
{
    for (int i = 0; i < N; i++)
        x[i] = 2 * fsnn_random_uniform(7, 0, (uint64_t)i) - 0.5f;
}

static double value_of(const fsnn_loss *loss, const float *x, const float *target)
{
    double value;
    GOOD(fsnn_loss_compute(loss, K, B, C, x, target ? NULL : labels, target, NULL, &value, NULL));
    return value;
}

static void check_gradient(const fsnn_loss *loss, const float *target)
{
    float x[N], g[N];
    double value;
    fill(x);
    memset(g, 0x7f, sizeof g); /* written, not added to */
    GOOD(fsnn_loss_compute(loss, K, B, C, x, target ? NULL : labels, target, g, &value, NULL));
    assert_true(value == value_of(loss, x, target));
    for (int i = 0; i < N; i++) {
        float was = x[i], up = was + 0x1p-8f, down = was - 0x1p-8f;
        x[i] = up;
        double above = value_of(loss, x, target);
        x[i] = down;
        double below = value_of(loss, x, target);
        x[i] = was;
        double slope = (above - below) / ((double)up - down);
        assert_true(fabs(slope - g[i]) < 1e-5 * (fabs(slope) + 0.01));
    }
}

static void gradients(void **state)
{
    (void)state;
    static const fsnn_loss with_labels[] = {
        LOSS(FSNN_CE_RATE, 0, 0),   LOSS(FSNN_CE_RATE, 0.2, 0), LOSS(FSNN_MSE_RATE, 0, 0),
        LOSS(FSNN_TET, 0, 0),       LOSS(FSNN_TET, 0, 0.3),     LOSS(FSNN_TET, 0.1, 0.05),
        LOSS(FSNN_TET, 0, 1),       LOSS(FSNN_CE_SUM, 0, 0),    LOSS(FSNN_CE_SUM, 0.2, 0),
        LOSS(FSNN_MSE_COUNT, 0, 0),
    };
    static const float target[B * C] = {0.1f, 0.2f, 0.7f, 0, 0.25f, 0.25f, 0.25f, 0.25f};
    for (int i = 0; i < FSNN_COUNT(with_labels); i++)
        check_gradient(&with_labels[i], NULL);
    check_gradient(&(fsnn_loss){.kind = FSNN_CE_RATE}, target);
    check_gradient(&(fsnn_loss){.kind = FSNN_CE_RATE, .label_smoothing = 0.3}, target);
    check_gradient(&(fsnn_loss){.kind = FSNN_MSE_RATE}, target);
    check_gradient(&(fsnn_loss){.kind = FSNN_CE_SUM}, target);
    check_gradient(&(fsnn_loss){.kind = FSNN_MSE_COUNT}, target);
    /* Weights of classes that do not add up to 1 are taken as they are. */
    static const float weights[B * C] = {1, 2, 0.5f, 0, 0.1f, 0, 0, 0};
    check_gradient(&(fsnn_loss){.kind = FSNN_CE_RATE}, weights);
}

/* K = 2, B = 1, C = 2: o = (1, 0), (0, 0): r = (1/2, 0). */
static void by_hand(void **state)
{
    (void)state;
    static const float o[] = {1, 0, 0, 0};
    static const int32_t label[] = {1};
    double value, e = exp(0.5), p1 = 1 / (1 + e), step1 = log(1 + exp(1)), step2 = log(2);
    int64_t correct;
    float g[4];

    fsnn_loss loss = {.kind = FSNN_CE_RATE};
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, g, &value, &correct), 0);
    assert_true(fabs(value + log(p1)) < 1e-12);
    assert_int_equal(correct, 0);
    for (int k = 0; k < 2; k++) {
        assert_true(fabs(g[2 * k] - (1 - p1) / 2) < 1e-7);
        assert_true(fabs(g[2 * k + 1] - (p1 - 1) / 2) < 1e-7);
    }
    loss.label_smoothing = 0.5; /* q = (1/4, 3/4) */
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, NULL, &value, NULL), 0);
    assert_true(fabs(value + 0.25 * log(1 - p1) + 0.75 * log(p1)) < 1e-12);

    loss = (fsnn_loss){.kind = FSNN_MSE_RATE}; /* ((1/2)^2 + 1^2)/2 */
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, g, &value, NULL), 0);
    assert_true(value == 0.625);
    assert_true(g[0] == 0.25f && g[1] == -0.5f && g[2] == 0.25f && g[3] == -0.5f);

    loss = (fsnn_loss){.kind = FSNN_CE_SUM}; /* of (1, 0) */
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, g, &value, NULL), 0);
    assert_true(fabs(value - step1) < 1e-12);
    for (int k = 0; k < 2; k++)
        assert_true(fabs(g[2 * k] - 1 / (1 + exp(-1))) < 1e-7 &&
                    fabs(g[2 * k + 1] + g[2 * k]) < 1e-7);

    loss = (fsnn_loss){.kind = FSNN_MSE_COUNT}; /* (1^2 + 2^2)/2: the class should fire twice */
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, g, &value, NULL), 0);
    assert_true(value == 2.5);
    assert_true(g[0] == 1 && g[1] == -2 && g[2] == 1 && g[3] == -2);
    static const float counts[] = {1, 1};
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, NULL, counts, g, &value, NULL), 0);
    assert_true(value == 0.5 && g[0] == 0 && g[1] == -1);

    loss = (fsnn_loss){.kind = FSNN_TET, .mix = 0.5}; /* (o - 1)^2 has mean 3/4 */
    assert_int_equal(fsnn_loss_compute(&loss, 2, 1, 2, o, label, NULL, NULL, &value, NULL), 0);
    assert_true(fabs(value - 0.5 * (step1 + step2) / 2 - 0.5 * 0.75) < 1e-12);
}

/* A target that is the one-hot label is the label. */
static void target_is_label(void **state)
{
    (void)state;
    float x[N], target[B * C] = {0};
    fill(x);
    for (int b = 0; b < B; b++)
        target[b * C + labels[b]] = 1;
    for (int kind = FSNN_CE_RATE; kind <= FSNN_MSE_RATE; kind++) {
        fsnn_loss loss = {.kind = (fsnn_loss_kind)kind};
        assert_true(value_of(&loss, x, target) == value_of(&loss, x, NULL));
    }
}

static void large_and_not_finite(void **state)
{
    (void)state;
    static const float large[] = {5000, -5000}, nan_[] = {NAN, 0}, inf_[] = {INFINITY, 0};
    static const int32_t zero[] = {0}, one[] = {1};
    static const fsnn_loss_kind kinds[] = {FSNN_CE_RATE, FSNN_TET};
    float g[2];
    double value;
    for (int i = 0; i < 2; i++) {
        fsnn_loss loss = {.kind = kinds[i]};
        fsnn_loss_compute(&loss, 1, 1, 2, large, zero, NULL, g, &value, NULL);
        assert_true(value == 0 && g[0] == 0 && g[1] == 0);
        fsnn_loss_compute(&loss, 1, 1, 2, large, one, NULL, g, &value, NULL);
        assert_true(value == 10000 && g[0] == 1 && g[1] == -1);
        fsnn_loss_compute(&loss, 1, 1, 2, nan_, one, NULL, NULL, &value, NULL);
        assert_true(isnan(value));
        fsnn_loss_compute(&loss, 1, 1, 2, inf_, one, NULL, NULL, &value, NULL);
        assert_false(isfinite(value));
    }
    fsnn_loss mse = {.kind = FSNN_MSE_RATE};
    fsnn_loss_compute(&mse, 1, 1, 2, nan_, one, NULL, NULL, &value, NULL);
    assert_true(isnan(value));
}

/* First of equals; the mean decides, not a single step. */
static void right_answers(void **state)
{
    (void)state;
    static const float o[] = {0, 1, 1, /**/ 3, 0, 0, /**/ 0, 1, 1, /**/ 0, 2, 2};
    fsnn_loss loss = {.kind = FSNN_CE_RATE};
    double value;
    int64_t correct;
    static const int32_t right[] = {1, 0}, tie[] = {2, 0}, wrong[] = {0, 1};
    fsnn_loss_compute(&loss, 2, 2, 3, o, right, NULL, NULL, &value, &correct);
    assert_int_equal(correct, 2);
    fsnn_loss_compute(&loss, 2, 2, 3, o, tie, NULL, NULL, &value, &correct);
    assert_int_equal(correct, 1);
    fsnn_loss_compute(&loss, 2, 2, 3, o, wrong, NULL, NULL, &value, &correct);
    assert_int_equal(correct, 0);
}

static void refuse(const fsnn_loss *loss, const int32_t *l, const float *t, const char *says)
{
    float x[N] = {0}, g[N] = {0};
    double value = 5;
    REFUSED(fsnn_loss_compute(loss, K, B, C, x, l, t, g, &value, NULL), FSNN_EARGUMENT, says);
    assert_true(value == 5);
}

static void refuses(void **state)
{
    (void)state;
    static const int32_t high[B] = {1, 4}, low[B] = {-1, 0};
    static const float target[B * C] = {0};
    fsnn_loss ce = {.kind = FSNN_CE_RATE}, tet = {.kind = FSNN_TET};
    refuse(&ce, high, NULL, "sample 1 of the batch has the label 4");
    refuse(&ce, high, NULL, "4 classes");
    refuse(&ce, low, NULL, "sample 0 of the batch has the label -1");
    refuse(&ce, NULL, NULL, "neither");
    refuse(&ce, labels, target, "both");
    refuse(&tet, NULL, target, "takes no target");
    refuse(&(fsnn_loss){.kind = FSNN_CE_RATE, .label_smoothing = 1}, labels, NULL,
           "smoothing is 1");
    refuse(&(fsnn_loss){.kind = FSNN_TET, .mix = NAN}, labels, NULL, "mix");
    refuse(&(fsnn_loss){.kind = FSNN_MSE_COUNT, .label_smoothing = 0.5}, labels, NULL,
           "label_smoothing is 0.5, but the loss is mse_count");
    refuse(&(fsnn_loss){.kind = FSNN_CE_RATE, .mix = 0.5}, labels, NULL,
           "mix is 0.5, but the loss is ce_rate");
    refuse(&(fsnn_loss){.kind = (fsnn_loss_kind)9}, labels, NULL, "no loss number 9");
}

static void names(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_LOSSES; i++)
        assert_int_equal(fsnn_loss_find(fsnn_loss_name((fsnn_loss_kind)i)), i);
    assert_string_equal(fsnn_loss_name(FSNN_TET), "tet");
    REFUSED(fsnn_loss_find("hinge"), FSNN_ENOTFOUND, "ce_rate, mse_rate, tet, ce_sum, mse_count");
}

/* Samples that do not count change nothing: loss and gradients are those of the others alone. */
static void unlabelled(void **state)
{
    (void)state;
    enum { STEPS = 3, ALL = 5, SOME = 3, CLASSES = 4 };
    static const int32_t all[ALL] = {FSNN_UNLABELLED, 2, 0, FSNN_UNLABELLED, 3},
                         some[SOME] = {2, 0, 3};
    static const int place[SOME] = {1, 2, 4};
    float x[STEPS][ALL][CLASSES], y[STEPS][SOME][CLASSES], gx[STEPS][ALL][CLASSES],
        gy[STEPS][SOME][CLASSES];
    for (int i = 0; i < STEPS * ALL * CLASSES; i++)
        (&x[0][0][0])[i] = (float)fsnn_random_normal(3, 1, (uint64_t)i);
    for (int k = 0; k < STEPS; k++)
        for (int b = 0; b < SOME; b++)
            memcpy(y[k][b], x[k][place[b]], sizeof y[k][b]);
    for (int kind = 0; kind < FSNN_LOSSES; kind++) {
        bool softmax =
            kind == FSNN_CE_RATE || kind == FSNN_CE_SUM || kind == FSNN_TET || kind == FSNN_CE;
        fsnn_loss loss = {.kind = (fsnn_loss_kind)kind,
                          .label_smoothing = softmax ? 0.1 : 0,
                          .mix = kind == FSNN_TET ? 0.3 : 0};
        double a, b;
        int64_t right, same;
        GOOD(fsnn_loss_compute(&loss, STEPS, ALL, CLASSES, &x[0][0][0], all, NULL, &gx[0][0][0], &a,
                               &right));
        GOOD(fsnn_loss_compute(&loss, STEPS, SOME, CLASSES, &y[0][0][0], some, NULL, &gy[0][0][0],
                               &b, &same));
        if (!(fabs(a - b) < 1e-12))
            fail_msg("loss %d: %.15g of all, %.15g of those that count", kind, a, b);
        assert_int_equal(right, same);
        for (int k = 0; k < STEPS; k++) {
            for (int s = 0; s < SOME; s++)
                for (int c = 0; c < CLASSES; c++)
                    assert_true(fabsf(gx[k][place[s]][c] - gy[k][s][c]) < 1e-7F);
            for (int c = 0; c < CLASSES; c++)
                assert_true(gx[k][0][c] == 0 && gx[k][3][c] == 0);
        }
        int32_t none[ALL] = {FSNN_UNLABELLED, FSNN_UNLABELLED, FSNN_UNLABELLED, FSNN_UNLABELLED,
                             FSNN_UNLABELLED};
        FAILS(
            fsnn_loss_compute(&loss, STEPS, ALL, CLASSES, &x[0][0][0], none, NULL, NULL, &a, NULL),
            FSNN_EARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),         cmocka_unit_test(gradients),
        cmocka_unit_test(target_is_label), cmocka_unit_test(large_and_not_finite),
        cmocka_unit_test(right_answers),   cmocka_unit_test(refuses),
        cmocka_unit_test(unlabelled),      cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
