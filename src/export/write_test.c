/* export/write_test.c: net_test.c: inputs, expected spikes as bits, expected outputs, and a program
 * that compares. */
#include "export/test.h"
#include "integer/run.h"

#include <math.h>

static void look(code_test *t)
{
    const float *x = t->x->data, *y = t->y->data;
    const int64_t row = t->B * t->in;
    t->binary = t->still = true;
    for (int64_t i = 0; i < t->T * row; i++) {
        t->binary = t->binary && (x[i] == 0 || x[i] == 1);
        t->still = t->still && x[i] == x[i % row];
    }
    t->binary = t->binary && !(t->j->integer && t->j->integer->in_fraction);
    for (int64_t i = 0; i < t->T * t->B * t->out; i++)
        t->largest = fabs((double)y[i]) > t->largest ? fabs((double)y[i]) : t->largest;
}

/* ---- bits ---- */

typedef struct bits {
    code_text *t;
    uint32_t word;
    int count;
    int64_t words;
} bits;

static void put_bit(bits *b, bool bit)
{
    b->word |= (uint32_t)bit << b->count;
    if (++b->count < 32)
        return;
    code_add(b->t, "%s%s0x%xu", b->words ? "," : "", b->words % 8 ? " " : "\n    ", b->word);
    b->words++;
    b->word = 0;
    b->count = 0;
}

static void end_bits(bits *b)
{
    while (b->count || !b->words)
        put_bit(b, false);
}

/* Spikes in the order in which the C makes them: sample, step, layer, neuron. */
static void add_spikes(const code_test *t, code_text *text)
{
    bits b = {.t = text};
    code_add(text, "static const uint32_t expected_spikes[] = {");
    for (int64_t i = 0; i < t->B * t->T * t->all; i++)
        put_bit(&b, t->fired[i]);
    end_bits(&b);
    code_add(text, "};\n");
}

static void add_float(code_text *text, int64_t i, float x)
{
    code_add(text, "%s%s%s", i ? "," : "", i % 8 ? " " : "\n    ", code_float(x).text);
}

static void add_integer(code_text *text, int64_t i, int32_t x)
{
    code_add(text, "%s%s%d", i ? "," : "", i % 8 ? " " : "\n    ", (int)x);
}

/* Sample n at step k. */
static void add_input(const code_test *t, code_text *text, int64_t n, int64_t k, int32_t *space)
{
    const float *x = (const float *)t->x->data + (k * t->B + n) * t->in;
    if (t->j->integer)
        integer_take(t->j->integer, x, space);
    for (int64_t i = 0; i < t->in; i++)
        if (t->j->integer)
            add_integer(text, (n + k) * t->in + i, space[i]);
        else
            add_float(text, (n + k) * t->in + i, x[i]);
}

static void add_bits(const code_test *t, code_text *text, int64_t steps)
{
    bits b = {.t = text};
    for (int64_t n = 0; n < t->B; n++)
        for (int64_t k = 0; k < steps; k++)
            for (int64_t i = 0; i < t->in; i++)
                put_bit(&b, ((const float *)t->x->data)[(k * t->B + n) * t->in + i] != 0);
    end_bits(&b);
}

/* [B][T or 1][in] */
static fsnn_status add_inputs(const code_test *t, code_text *text)
{
    const int64_t steps = t->still ? 1 : t->T;
    int32_t *space = fsnn_alloc((size_t)t->in * sizeof *space);
    if (!space)
        return FSNN_EMEMORY;
    code_add(text, "static const %s inputs[] = {", t->binary ? "uint32_t" : t->j->types.input);
    if (t->binary)
        add_bits(t, text, steps);
    for (int64_t n = 0; !t->binary && n < t->B; n++)
        for (int64_t k = 0; k < steps; k++)
            add_input(t, text, n, k, space);
    code_add(text, "};\n");
    fsnn_free(space);
    return FSNN_OK;
}

static void add_outputs(const code_test *t, code_text *text)
{
    code_add(text, "static const %s expected_outputs[] = {", t->j->types.number);
    for (int64_t i = 0; i < t->B * t->T * t->out; i++)
        if (t->j->integer)
            add_integer(text, i, ((const int32_t *)t->output)[i]);
        else
            add_float(text, i, ((const float *)t->output)[i]);
    code_add(text, "};\n");
}

/* ---- the program ---- */

static const char head[] =
    "#include <stdint.h>\n"
    "#include <stdio.h>\n"
    "#include <string.h>\n\n"
    "typedef %s test_in;\n"
    "typedef %s test_out;\n"
    "static void watch(int layer, const test_out *spikes, uint32_t count);\n"
    "#define NET_WATCH_LAYER(layer, spikes, count) watch(layer, spikes, count)\n"
    "#include \"net.c\"\n\n";

static const char body[] =
    "\nstatic unsigned long at, fired, differ;\n"
    "static uint32_t hash = 2166136261u;\n\n"
    "/* Every spike is compared, and is in the hash (FNV-1a). */\n"
    "static void watch(int layer, const test_out *spikes, uint32_t count)\n"
    "{\n"
    "    (void)layer;\n"
    "    for (uint32_t i = 0; i < count; i++, at++) {\n"
    "        const uint32_t spike = spikes[i] != 0;\n"
    "        fired += spike;\n"
    "        differ += spike != (expected_spikes[at / 32] >> at % 32 & 1);\n"
    "        hash = (hash ^ spike) * 16777619u;\n"
    "    }\n"
    "}\n\n"
    "static test_in input(unsigned long i)\n"
    "{\n"
    "#if BINARY\n"
    "    return (test_in)(inputs[i / 32] >> i % 32 & 1);\n"
    "#else\n"
    "    return inputs[i];\n"
    "#endif\n"
    "}\n\n"
    "static net_state state;\n"
    "static test_in in[NET_IN];\n"
    "static test_out out[NET_OUT], error;\n\n"
    "static void step(unsigned long sample, unsigned long k)\n"
    "{\n"
    "    const test_out *y = expected_outputs + (sample * STEPS + k) * NET_OUT;\n"
    "    for (unsigned long i = 0; i < NET_IN; i++)\n"
    "        in[i] = input((STILL ? sample : sample * STEPS + k) * NET_IN + i);\n"
    "    net_step(&state, in, out);\n"
    "    for (unsigned long i = 0; i < NET_OUT; i++) {\n"
    "        const test_out difference = out[i] < y[i] ? y[i] - out[i] : out[i] - y[i];\n"
    "        if (!(difference <= error))\n"
    "            error = difference;\n"
    "    }\n"
    "}\n\n"
    "int main(void)\n"
    "{\n"
    "    for (unsigned long sample = 0; sample < SAMPLES; sample++) {\n"
    "        net_reset(&state);\n"
    "        for (unsigned long k = 0; k < STEPS; k++)\n"
    "            step(sample, k);\n"
    "    }\n"
    "    const int good = differ == 0 && error <= TOLERANCE;\n"
    "    printf(\"%lu samples of %lu steps, state of %lu bytes\\n\", (unsigned long)SAMPLES,\n"
    "           (unsigned long)STEPS, (unsigned long)NET_STATE_BYTES);\n"
    "    printf(\"outputs differ by at most %g, %g is allowed\\n\", (double)error, "
    "(double)TOLERANCE);\n"
    "    printf(\"%s: %lu of %lu spikes differ, %lu spikes, hash %08lx\\n\",\n"
    "           good ? \"equal\" : \"NOT EQUAL\", differ, at, fired, (unsigned long)hash);\n"
    "    return good ? 0 : 1;\n"
    "}\n";

static fsnn_status add_program(const code_test *t, code_text *text)
{
    const double tolerance = t->j->integer ? 0 : t->j->options->tolerance * t->largest;
    code_add(text,
             "/* Compares net.c with what fsnn %s gave: the spikes of all layers, and the "
             "outputs. */\n",
             t->j->integer ? "export-c" : "run");
    code_add(text, head, t->j->types.input, t->j->types.number);
    code_add(text,
             "enum { SAMPLES = %lld, STEPS = %lld, STILL = %d };\n#define BINARY %d\n"
             "#define TOLERANCE %s\n",
             (long long)t->B, (long long)t->T, t->still, t->binary,
             t->j->integer ? "0" : code_float((float)tolerance).text);
    FSNN_TRY(add_inputs(t, text));
    add_outputs(t, text);
    add_spikes(t, text);
    code_add_string(text, body);
    return FSNN_OK;
}

static fsnn_status write(code_test *t, const char *directory)
{
    code_text text = {0};
    FSNN_TRY(code_test_find(t));
    look(t);
    FSNN_TRY(code_test_expect(t));
    fsnn_status status = add_program(t, &text);
    if (!status)
        status = code_write_file(directory, "net_test.c", &text);
    code_text_free(&text);
    return status;
}

fsnn_status code_write_test(code_job *j, const char *directory)
{
    const fsnn_array *x = j->options->x;
    code_test *t = fsnn_alloc(sizeof *t);
    if (!t)
        return FSNN_EMEMORY;
    *t = (code_test){.j = j,
                     .x = x,
                     .y = fsnn_arrays_find(j->options->expected, "output"),
                     .T = x->shape.dim[0],
                     .B = x->shape.dim[1],
                     .in = fsnn_shape_count(&j->net->input_shape),
                     .out = fsnn_shape_count(&j->net->value[j->net->out_value].shape)};
    fsnn_status status = write(t, directory);
    if (!status && j->integer)
        code_test_compare(t, &j->compared);
    fsnn_free(t->fired);
    fsnn_free(t->output);
    fsnn_free(t);
    return status;
}
