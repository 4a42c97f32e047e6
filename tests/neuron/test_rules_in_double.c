/* Double precision: slopes and primitives of the rows are those of the reference to the last
 * digits, and a neuron's rule keeps what single precision would round. */
#include "check.h"

#include "base/isa.h"
#include "neuron/model.h"

extern const neuron_surrogate neuron_surrogates_base[FSNN_SURROGATES];
#ifdef FSNN_HAVE_AVX2
extern const neuron_surrogate neuron_surrogates_avx2[FSNN_SURROGATES];
#endif
#ifdef FSNN_HAVE_AVX512
extern const neuron_surrogate neuron_surrogates_avx512[FSNN_SURROGATES];
#endif

static void near(const char *what, double x, double got, double want)
{
    if (!(fabs(got - want) <= 4e-15 * fmax(1, fabs(want))))
        fail_msg("%s at %.17g: %.17g, reference %.17g", what, x, got, want);
}

static void rows_are_the_reference(void **state)
{
    (void)state;
    static const neuron_surrogate *const level[] = FSNN_BY_ISA(neuron_surrogates);
    for (int isa = 0; isa <= fsnn_isa_level(); isa++)
        for (int kind = 0; kind < FSNN_SURROGATES; kind++)
            for (int block = -20; block < 20; block++) {
                const fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)kind, .scale = 1.1};
                CASE("instructions %d, %s", isa, fsnn_surrogate_name(s.kind));
                lanes x, slope, smooth;
                for (int i = 0; i < ROW_LANES; i++)
                    x[i] = 0.0103 * (block * ROW_LANES + i) + 0.0011;
                level[isa][kind].slope(s.scale, x, slope);
                level[isa][kind].smooth(s.scale, x, smooth);
                for (int i = 0; i < ROW_LANES; i++) {
                    near("slope", x[i], slope[i], fsnn_surrogate_slope(&s, x[i]));
                    near("primitive", x[i], smooth[i], fsnn_surrogate_smooth(&s, x[i]));
                }
            }
}

static void rules_keep_their_digits(void **state)
{
    (void)state;
    static const char *const kinds[] = {"if", "lif"};
    assert_int_equal(sizeof(real), sizeof(double));
    for (int k = 0; k < FSNN_COUNT(kinds); k++) {
        CASE("%s", kinds[k]);
        const neuron_model *m = neuron_model_find(kinds[k]);
        lanes par[NEURON_PARS] = {0}, row[NEURON_ROWS] = {0}, v, I, dv;
        for (int i = 0; i < ROW_LANES; i++) {
            par[PAR_TAU][i] = 3 + i / 7.0;
            par[PAR_THRESHOLD][i] = 1;
            v[i] = 0.1 * i;
            I[i] = 1 + 1e-12 * i;
        }
        m->prepare(NULL, par, row);
        m->charge(NULL, v, I, row, dv);
        for (int i = 0; i < ROW_LANES; i++)
            near("dv", v[i], dv[i], (I[i] - k * v[i]) / par[PAR_TAU][i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_reference),
        cmocka_unit_test(rules_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
