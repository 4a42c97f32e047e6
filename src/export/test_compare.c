/* export/test_compare.c: spikes and answers of the integers beside those in single precision. */
#include "export/test.h"

#include <math.h>

/* The output that is largest in the sum over the steps: the answer of a sample. */
static int64_t answer(const code_test *t, int64_t n, bool integers)
{
    double most = -INFINITY;
    int64_t best = 0;
    for (int64_t i = 0; i < t->out; i++) {
        double sum = 0;
        for (int64_t k = 0; k < t->T; k++)
            sum += integers ? (double)((const int32_t *)t->output)[(n * t->T + k) * t->out + i]
                            : (double)((const float *)t->y->data)[(k * t->B + n) * t->out + i];
        best = sum > most ? i : best;
        most = sum > most ? sum : most;
    }
    return best;
}

static int64_t differing(const code_test *t, int layer, int64_t before, int64_t *fired)
{
    const net_step *s = t->layer[layer];
    int64_t differ = 0;
    for (int64_t row = 0; row < t->T * t->B; row++) {
        const int64_t k = row / t->B, n = row % t->B;
        const uint8_t *integers = t->fired + (n * t->T + k) * t->all + before;
        const float *floats = (const float *)t->spikes[layer]->data + row * t->N[layer];
        for (int64_t i = 0; i < t->N[layer]; i++) {
            differ += integers[i] != (floats[code_test_plain(s, i)] != 0);
            *fired += floats[code_test_plain(s, i)] != 0;
        }
    }
    return differ;
}

void code_test_compare(const code_test *t, code_text *text)
{
    int64_t same = 0, before = 0;
    code_add(text,
             "## Integers beside single precision\n\n%lld samples of %lld steps.\n\n"
             "| layer | numbers | spikes in single precision | differ |\n|---|---|---|---|\n",
             (long long)t->B, (long long)t->T);
    for (int l = 0; l < t->layers; before += t->N[l++]) {
        int64_t fired = 0, differ = differing(t, l, before, &fired);
        code_add(text, "| %s | %lld | %lld | %lld |\n", t->layer[l]->op->name,
                 (long long)(t->T * t->B * t->N[l]), (long long)fired, (long long)differ);
    }
    for (int64_t n = 0; n < t->B; n++)
        same += answer(t, n, true) == answer(t, n, false);
    code_add(text,
             "\nThe output that is largest in the sum over the steps is the same in %lld of "
             "%lld samples.\n",
             (long long)same, (long long)t->B);
}
