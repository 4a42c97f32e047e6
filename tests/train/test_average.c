/* Averaged weights: the average as its formula says, the weights that learn as without it, and
 * stops that lead to the same bytes. */
#include "toy.h"

#include "base/isa.h"
#include "train/average.h"

enum { MOST = 4096 };

/* Every instruction set has the bits of the formula, whatever the length. */
static void kernels(void **state)
{
    (void)state;
    enum { N = 1003 };
    static const average_kernels *const level[FSNN_ISA_LEVELS] = FSNN_BY_ISA(&average_kernels);
    static float a[N], w[N];
    static double wide[N], wide_w[N];
    const double d = 0.9993;
    for (int l = 0; l <= fsnn_isa_level(); l++) {
        CASE("level %d", l);
        if (!level[l])
            continue;
        for (int i = 0; i < N; i++) {
            wide[i] = a[i] = (float)fsnn_random_normal(5, 1, (uint64_t)i);
            wide_w[i] = w[i] = (float)fsnn_random_normal(5, 2, (uint64_t)i);
        }
        level[l]->of_float(a, w, N - l, d);
        level[l]->of_double(wide, wide_w, N - l, d);
        for (int i = 0; i < N; i++) {
            double x = (float)fsnn_random_normal(5, 1, (uint64_t)i), y = wide_w[i];
            volatile double old = d * x, new = (1 - d) * y; /* never joined with the sum */
            assert_true(wide[i] == (i < N - l ? old + new : x));
            assert_true(a[i] == (float)(i < N - l ? old + new : x));
        }
    }
}

static int64_t values_of(const fsnn_net *net, double *x)
{
    int64_t n = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; k < fsnn_shape_count(&p->shape); k++)
            x[n++] = p->value64 ? p->value64[k] : (double)p->value[k];
    }
    assert_in_range(n, 1, MOST);
    return n;
}

typedef struct following {
    const fsnn_net *net;
    double average[MOST], decay;
} following;

static int follow(const fsnn_metrics *m, void *user)
{
    following *f = user;
    double x[MOST];
    (void)m;
    int64_t n = values_of(f->net, x);
    for (int64_t i = 0; i < n; i++)
        f->average[i] = f->decay * f->average[i] + (1 - f->decay) * x[i];
    return 0;
}

/* After each batch callbacks see the weights, which are those of a training without an average; at
 * the end the net has the average of them. */
static void formula(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        toy_options o = TOY;
        o.wide = wide;
        toy t;
        toy_open(&t, &o);
        static following f, plain;
        f = (following){.net = t.net, .decay = 0.9};
        values_of(t.net, f.average);
        fsnn_train_options options = toy_training(2);
        options.directory = NULL;
        options.training.ema = 0.9;
        options.on_batch = follow;
        options.user = &f;
        GOOD(fsnn_train(t.net, t.train, t.test, &options, NULL));
        double x[MOST];
        int64_t n = values_of(t.net, x);
        for (int64_t i = 0; i < n; i++)
            WITHIN("average", x[i], f.average[i], wide ? 1e-12 : 2e-5);
        toy_close(&t);
        /* the weights themselves: averages of decay 0 are the last ones */
        toy_open(&t, &o);
        plain = (following){.net = t.net, .decay = 0.9};
        values_of(t.net, plain.average);
        options.training.ema = 0;
        options.user = &plain;
        GOOD(fsnn_train(t.net, t.train, t.test, &options, NULL));
        assert_memory_equal(plain.average, f.average, (size_t)n * sizeof *x);
        toy_close(&t);
    }
}

static int64_t stop_epoch, stop_batch;

static int stop(const fsnn_metrics *m, void *user)
{
    (void)user;
    return m->epoch == stop_epoch && m->batch == stop_batch;
}

/* Wherever it stops, resuming leads to the same bytes; the file of the best weights has what was
 * evaluated. */
static void resumes(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(3);
    options.training.ema = 0.95;
    GOOD(toy_run(&TOY, &options, NULL));
    toy_file last = toy_read("last.safetensors"), best = toy_read("best.safetensors");
    toy_clean();
    for (stop_epoch = 1; stop_epoch <= 3; stop_epoch++) {
        stop_batch = 4 * stop_epoch + 1;
        CASE("stopped in epoch %d", (int)stop_epoch);
        options.on_batch = stop;
        FAILS(toy_run(&TOY, &options, NULL), FSNN_EINTERRUPTED);
        options.on_batch = NULL;
        options.resume = true;
        GOOD(toy_run(&TOY, &options, NULL));
        assert_true(toy_same("last.safetensors", &last) && toy_same("best.safetensors", &best));
        toy_clean();
        options.resume = false;
    }
    fsnn_free(last.data);
    fsnn_free(best.data);
}

/* A state without averages cannot go on with them. */
static void refused(void **state)
{
    (void)state;
    fsnn_train_options options = toy_training(1);
    GOOD(toy_run(&TOY, &options, NULL));
    options.training.epochs = 2;
    options.training.ema = 0.9;
    options.resume = true;
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_ENOTFOUND,
            "what was saved has no averaged weights");
    assert_string_equal(fsnn_error_place().key, "ema");
    toy_clean();
    options.resume = false;
    options.training.ema = 1;
    REFUSED(toy_run(&TOY, &options, NULL), FSNN_EARGUMENT, "ema is 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels),
        cmocka_unit_test(formula),
        cmocka_unit_test(resumes),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, folder_open, toy_teardown);
}
