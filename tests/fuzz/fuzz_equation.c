/* tests/fuzz/fuzz_equation.c: the texts of a neuron's equations, one a line: dv, spike,
 * after_spike, dw, after_spike_w (an empty line: not given). What compiles is run, all parts, on
 * rows of ordinary and of extreme numbers; what does not must say where. Built by the preset fuzz:
 *   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_equation
 *   build-fuzz/fuzz/fuzz_equation -dict=tests/fuzz/equation.dict -max_total_time=60 */
#include "equation/equation.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_LINES = 5, FUZZ_LANES = 32 };

static void fuzz_run(const equation *e)
{
    static const float samples[] = {0, 1, -1, 0.3f, 2.5f, -80, 1e-30f, 3e38f, -3e38f, 1e-42f};
    static float rows[EQUATION_OWN][FUZZ_LANES];
    void *scratch = fsnn_alloc(equation_bytes(e));
    if (!scratch)
        abort();
    float **slot = equation_open(e, scratch);
    for (int s = 0; s < EQUATION_OWN; s++) {
        slot[s] = rows[s];
        for (int i = 0; i < FUZZ_LANES; i++)
            rows[s][i] = samples[(s + i) % FSNN_COUNT(samples)];
    }
    equation_clear(e, slot);
    for (int part = 0; part < EQUATION_PARTS; part++)
        equation_run(e, (equation_part)part, slot);
    fsnn_free(scratch);
    double values[EQUATION_VALUES];
    for (int s = 0; s < EQUATION_VALUES; s++)
        values[s] = 0.25 * s;
    (void)equation_value(e, EQUATION_D, values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const own[] = {"a", "b"};
    const char *line[FUZZ_LINES] = {0};
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    char *at = text;
    for (int i = 0; i < FUZZ_LINES && at; i++) {
        char *end = i + 1 < FUZZ_LINES ? strchr(at, '\n') : NULL;
        if (end)
            *end = 0;
        line[i] = *at || i == 0 ? at : NULL;
        at = end ? end + 1 : NULL;
    }
    const equation_state states[] = {{"v", line[0], line[2]}, {"w", line[3], line[4]}};
    const equation_source source = {states, line[3] ? 2 : 1, line[1], own, 2};
    equation_place place;
    equation *e;
    fsnn_error_set(FSNN_OK, "%s", "");
    if (equation_create(&source, &place, &e) == FSNN_OK) {
        fuzz_run(e);
        equation_destroy(e);
    } else if (!*fsnn_error_text() || (*place.key && place.column < 1))
        abort();
    free(text);
    return 0;
}
