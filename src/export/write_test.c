/* export/write_test.c: net_test.c: inputs, expected spikes as bits, expected outputs, and a program
 * that compares. */
#include "export/export.h"
#include "net/neuron_ops.h"

#include <math.h>

typedef struct test {
    const code_job *j;
    const fsnn_array *x, *y;
    const fsnn_array *spikes[256]; /* [layers], [T, B, N] */
    int64_t N[256];
    int layers;
    int64_t T, B, in, out;
    bool binary, still; /* inputs are 0 and 1; the same at all steps */
    double largest;     /* |output| */
} test;

static fsnn_status find_spikes(test *t)
{
    const fsnn_net *net = t->j->net;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        if (!(s->op->op->flags & OP_NEURON) || s->op->op->neuron->readout(s->op))
            continue;
        char name[512];
        snprintf(name, sizeof name, "spikes.%s", s->op->name);
        const fsnn_array *a = fsnn_arrays_find(t->j->options->expected, name);
        int64_t N = fsnn_shape_count(&s->op->out[0]);
        if (!a || a->dtype != FSNN_F32 || fsnn_shape_count(&a->shape) != t->T * t->B * N)
            return fsnn_fail(FSNN_EARGUMENT, "the expected arrays lack \"%s\", float32 [T, B, ...]",
                             name);
        if (t->layers == FSNN_COUNT(t->spikes))
            return fsnn_fail(FSNN_EUNSUPPORTED, "a test takes at most %d layers of neurons",
                             FSNN_COUNT(t->spikes));
        t->N[t->layers] = N;
        t->spikes[t->layers++] = a;
    }
    return FSNN_OK;
}

static void look(test *t)
{
    const float *x = t->x->data, *y = t->y->data;
    const int64_t row = t->B * t->in;
    t->binary = t->still = true;
    for (int64_t i = 0; i < t->T * row; i++) {
        t->binary = t->binary && (x[i] == 0 || x[i] == 1);
        t->still = t->still && x[i] == x[i % row];
    }
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

/* The number that lies i-th in the C, where it is in the order of the shape. */
static int64_t plain(const net_step *s, int64_t i)
{
    const fsnn_shape *shape = &s->op->out[0];
    const int64_t C = shape->dim[0], P = fsnn_shape_count(shape) / C;
    return s->op->out_last[0] && shape->rank > 1 ? i % C * P + i / C : i;
}

static const net_step *layer_step(const test *t, int layer)
{
    const fsnn_net *net = t->j->net;
    for (int i = 0; i < net->steps; i++) {
        const net_step *s = &net->step[i];
        if ((s->op->op->flags & OP_NEURON) && !s->op->op->neuron->readout(s->op) && layer-- == 0)
            return s;
    }
    return NULL;
}

/* Spikes in the order in which the C makes them: sample, step, layer, neuron. */
static void add_spikes(const test *t, code_text *text)
{
    bits b = {.t = text};
    code_add(text, "static const uint32_t expected_spikes[] = {");
    for (int64_t n = 0; n < t->B; n++)
        for (int64_t k = 0; k < t->T; k++)
            for (int l = 0; l < t->layers; l++) {
                const net_step *s = layer_step(t, l);
                const float *row = (const float *)t->spikes[l]->data + (k * t->B + n) * t->N[l];
                for (int64_t i = 0; i < t->N[l]; i++)
                    put_bit(&b, row[plain(s, i)] != 0);
            }
    end_bits(&b);
    code_add(text, "};\n");
}

static void add_floats(code_text *text, int64_t i, float x)
{
    code_add(text, "%s%s%s", i ? "," : "", i % 8 ? " " : "\n    ", code_float(x).text);
}

/* [B][T or 1][in] */
static void add_inputs(const test *t, code_text *text)
{
    const float *x = t->x->data;
    const int64_t steps = t->still ? 1 : t->T;
    bits b = {.t = text};
    code_add(text, "static const %s inputs[] = {", t->binary ? "uint32_t" : "float");
    for (int64_t n = 0, at = 0; n < t->B; n++)
        for (int64_t k = 0; k < steps; k++)
            for (int64_t i = 0; i < t->in; i++, at++) {
                float number = x[(k * t->B + n) * t->in + i];
                if (t->binary)
                    put_bit(&b, number != 0);
                else
                    add_floats(text, at, number);
            }
    if (t->binary)
        end_bits(&b);
    code_add(text, "};\n");
}

static void add_outputs(const test *t, code_text *text)
{
    const float *y = t->y->data;
    code_add(text, "static const float expected_outputs[] = {");
    for (int64_t n = 0, at = 0; n < t->B; n++)
        for (int64_t k = 0; k < t->T; k++)
            for (int64_t i = 0; i < t->out; i++, at++)
                add_floats(text, at, y[(k * t->B + n) * t->out + i]);
    code_add(text, "};\n");
}

/* ---- the program ---- */

static const char head[] =
    "#include <stdint.h>\n"
    "#include <stdio.h>\n"
    "#include <string.h>\n\n"
    "static void watch(int layer, const float *spikes, uint32_t count);\n"
    "#define NET_WATCH_LAYER(layer, spikes, count) watch(layer, spikes, count)\n"
    "#include \"net.c\"\n\n";

static const char body[] =
    "\nstatic unsigned long at, fired, differ;\n"
    "static uint32_t hash = 2166136261u;\n\n"
    "/* Every spike is compared, and is in the hash (FNV-1a). */\n"
    "static void watch(int layer, const float *spikes, uint32_t count)\n"
    "{\n"
    "    (void)layer;\n"
    "    for (uint32_t i = 0; i < count; i++, at++) {\n"
    "        const uint32_t spike = spikes[i] != 0;\n"
    "        fired += spike;\n"
    "        differ += spike != (expected_spikes[at / 32] >> at % 32 & 1);\n"
    "        hash = (hash ^ spike) * 16777619u;\n"
    "    }\n"
    "}\n\n"
    "static float input(unsigned long i)\n"
    "{\n"
    "#if BINARY\n"
    "    return (float)(inputs[i / 32] >> i % 32 & 1);\n"
    "#else\n"
    "    return inputs[i];\n"
    "#endif\n"
    "}\n\n"
    "static net_state state;\n"
    "static float in[NET_IN], out[NET_OUT], error;\n\n"
    "static void step(unsigned long sample, unsigned long k)\n"
    "{\n"
    "    const float *y = expected_outputs + (sample * STEPS + k) * NET_OUT;\n"
    "    for (unsigned long i = 0; i < NET_IN; i++)\n"
    "        in[i] = input((STILL ? sample : sample * STEPS + k) * NET_IN + i);\n"
    "    net_step(&state, in, out);\n"
    "    for (unsigned long i = 0; i < NET_OUT; i++) {\n"
    "        const float difference = out[i] < y[i] ? y[i] - out[i] : out[i] - y[i];\n"
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

static void add_program(const test *t, code_text *text)
{
    code_add(text,
             "/* Compares net.c with what fsnn run gave: the spikes of all layers, and the "
             "outputs. */\n%s"
             "enum { SAMPLES = %lld, STEPS = %lld, STILL = %d };\n#define BINARY %d\n"
             "#define TOLERANCE %s\n",
             head, (long long)t->B, (long long)t->T, t->still, t->binary,
             code_float((float)(t->j->options->tolerance * t->largest)).text);
    add_inputs(t, text);
    add_outputs(t, text);
    add_spikes(t, text);
    code_add_string(text, body);
}

fsnn_status code_write_test(const code_job *j, const char *directory)
{
    const fsnn_array *x = j->options->x;
    test *t = fsnn_alloc(sizeof *t);
    if (!t)
        return FSNN_EMEMORY;
    *t = (test){.j = j,
                .x = x,
                .y = fsnn_arrays_find(j->options->expected, "output"),
                .T = x->shape.dim[0],
                .B = x->shape.dim[1],
                .in = fsnn_shape_count(&j->net->input_shape),
                .out = fsnn_shape_count(&j->net->value[j->net->out_value].shape)};
    fsnn_status status = find_spikes(t);
    if (!status) {
        code_text text = {0};
        look(t);
        add_program(t, &text);
        status = code_write_file(directory, "net_test.c", &text);
        code_text_free(&text);
    }
    fsnn_free(t);
    return status;
}
