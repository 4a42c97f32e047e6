/* The fuzz target on what fuzzing found worth keeping (tests/fuzz/equation_corpus.txt, one input a
 * line, with \n, \\ and \xNN), and on the same with a few bytes changed, the same ones each run. */
#include "equation_tools.h"

#define LLVMFuzzerTestOneInput fuzz_equation
#include "fuzz/fuzz_equation.c"
#undef LLVMFuzzerTestOneInput

enum { CAPACITY = 1024, MUTATIONS = 30 };

static size_t unescape(const char *line, uint8_t *out)
{
    size_t n = 0;
    for (const char *at = line; *at && *at != '\n' && n < CAPACITY; n++)
        if (*at != '\\')
            out[n] = (uint8_t)*at++;
        else if (at[1] == 'x') {
            char hex[3] = {at[2], at[3], 0};
            out[n] = (uint8_t)strtoul(hex, NULL, 16);
            at += 4;
        } else {
            out[n] = at[1] == 'n' ? '\n' : (uint8_t)at[1];
            at += 2;
        }
    return n;
}

/* An exact copy, so that sanitizers see reading past the end. */
static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    assert_int_equal(fuzz_equation(exact, size), 0);
    free(exact);
}

/* Replaces, takes out or doubles a piece. */
static size_t mutate(tools_dice *d, uint8_t *bytes, size_t size)
{
    static const char telling[] = "()^*/-+.,0159eEvwIs\n\xff_ ";
    for (int times = 1 + tools_roll(d, 3); times > 0 && size > 1; times--) {
        size_t at = (size_t)tools_roll(d, (int)size), n = 1 + (size_t)tools_roll(d, 8);
        n = n > size - at ? size - at : n;
        int kind = tools_roll(d, 3);
        if (kind == 0)
            bytes[at] = (uint8_t)telling[tools_roll(d, sizeof telling - 1)];
        else if (kind == 1) {
            memmove(bytes + at, bytes + at + n, size - at - n);
            size -= n;
        } else if (size + n <= CAPACITY) {
            memmove(bytes + at + n, bytes + at, size - at);
            size += n;
        }
    }
    return size;
}

static void corpus(void **state)
{
    (void)state;
    FILE *file = fopen("tests/fuzz/equation_corpus.txt", "r");
    assert_non_null(file);
    char line[4 * CAPACITY];
    uint8_t bytes[CAPACITY], changed[CAPACITY];
    int inputs = 0;
    for (; fgets(line, sizeof line, file); inputs++) {
        size_t size = unescape(line, bytes);
        feed(bytes, size);
        tools_dice d = {(uint64_t)inputs, 0};
        for (int i = 0; i < MUTATIONS; i++) {
            memcpy(changed, bytes, size);
            feed(changed, mutate(&d, changed, size));
        }
    }
    fclose(file);
    assert_true(inputs > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(corpus)};
    return cmocka_run_group_tests_name("neuron/equation_fuzz", tests, NULL, NULL);
}
