/* cli/export/judge.c: what the report says of the test input: what the memory of the C changes,
 * whether that is proven to change no spike, how many answers are right, what a step costs. */
#include "cli/eval/operations.h"
#include "cli/export/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the memory changes ---- */

static void add_difference(FILE *out, const fsnn_array *a, const fsnn_array *b)
{
    const float *x = a->data, *y = b->data;
    const int64_t count = fsnn_shape_count(&a->shape);
    int64_t differ = 0;
    double most = 0;
    for (int64_t i = 0; i < count; i++) {
        differ += x[i] != y[i];
        most = fabs((double)x[i] - y[i]) > most ? fabs((double)x[i] - y[i]) : most;
    }
    fprintf(out, "| %s | %lld | %lld | %.2g |\n", a->name, (long long)count, (long long)differ,
            most);
}

static void add_differences(const export_work *w, const fsnn_array *x, FILE *out)
{
    fprintf(out,
            "## On the test input\n\n%lld samples of %lld steps: this memory beside that of the "
            "description, both by `fsnn run` on instruction set %s. net_test.c holds the C to the "
            "former, bit for bit in its spikes.\n\n| what | numbers | differ | largest difference "
            "|\n|---|---|---|---|\n",
            (long long)x->shape.dim[1], (long long)x->shape.dim[0], fsnn_isa());
    for (int i = 0; i < w->whole.count; i++) {
        const fsnn_array *a = &w->whole.item[i], *b = fsnn_arrays_find(&w->expected, a->name);
        bool told = !strcmp(a->name, "output") || !strncmp(a->name, "spikes.", 7);
        if (b && told && a->dtype == FSNN_F32 && fsnn_shape_equal(&a->shape, &b->shape))
            add_difference(out, a, b);
    }
}

/* ---- the certificate ---- */

static void add_certificates(const export_work *w, FILE *out)
{
    static const char prefix[] = "certificate.";
    bool begun = false;
    for (int i = 0; i < w->expected.count; i++) {
        const fsnn_array *a = &w->expected.item[i];
        if (strncmp(a->name, prefix, sizeof prefix - 1) != 0)
            continue;
        const double *c = a->data;
        if (!begun)
            fputs("\n## Certificate\n\nSpikes are proven to be those of the exact weights of the "
                  "past where no spike test came closer to its threshold than the exponentials "
                  "can move it (docs/math.md).\n\n| layer | smallest distance of a spike test | "
                  "largest effect of the memory | spikes are proven |\n|---|---|---|---|\n",
                  out);
        begun = true;
        fprintf(out, "| %s | %.2g | %.2g | %s |\n", a->name + sizeof prefix - 1, c[0], c[1],
                c[2] != 0 ? "yes" : "no");
    }
    if (begun && w->type != FSNN_EXPORT_FLOAT)
        fputs("\nThat is for single precision. Integers round weights and potentials too.\n", out);
}

/* ---- accuracy ---- */

static int64_t right(const export_work *w, const float *output, const fsnn_shape *shape,
                     int64_t *counted)
{
    const fsnn_array *y = fsnn_arrays_find(&w->samples, "y");
    const int64_t K = shape->dim[0], B = shape->dim[1], C = fsnn_shape_count(shape) / (K * B);
    const fsnn_target target = {.labels = y->data, .steps = y->shape.rank > 1};
    fsnn_measure measure;
    const fsnn_loss *loss = &fsnn_session_training(w->model.session)->loss;
    if (fsnn_loss_measure(loss, K, B, C, output, &target, NULL, &measure) < 0)
        return -1;
    *counted = measure.counted;
    return measure.correct;
}

static void add_right(const export_work *w, const char *what, const float *output,
                      const fsnn_shape *shape, FILE *out)
{
    int64_t counted = 0, correct = right(w, output, shape, &counted);
    if (correct >= 0 && counted > 0)
        fprintf(out, "| %s | %lld of %lld | %.2f %% |\n", what, (long long)correct,
                (long long)counted, 100 * (double)correct / (double)counted);
}

static void add_integers(const export_work *w, const fsnn_array *x, const fsnn_shape *shape,
                         FILE *out)
{
    float *output = malloc((size_t)fsnn_shape_count(shape) * sizeof *output);
    if (output &&
        fsnn_integer_run(w->integers, x->shape.dim[0], x->shape.dim[1], x->data, output) >= 0)
        add_right(w, "the C, integers", output, shape, out);
    free(output);
}

static void add_accuracy(const export_work *w, const fsnn_array *x, FILE *out)
{
    const fsnn_array *whole = fsnn_arrays_find(&w->whole, "output"),
                     *expected = fsnn_arrays_find(&w->expected, "output");
    int64_t counted = 0;
    if (!fsnn_arrays_find(&w->samples, "y") || !whole || !expected)
        return;
    if (right(w, whole->data, &whole->shape, &counted) < 0) {
        fprintf(out, "\n## Accuracy\n\nNot measured: %s\n", fsnn_error_text());
        return;
    }
    fputs("\n## Accuracy\n\nOn the test input, by the answers that `fsnn eval` takes.\n\n"
          "| what computes | right | accuracy |\n|---|---|---|\n",
          out);
    add_right(w, "`fsnn`, memory of the description", whole->data, &whole->shape, out);
    add_right(w, w->integers ? "`fsnn`, memory of the C" : "the C", expected->data,
              &expected->shape, out);
    if (w->integers)
        add_integers(w, x, &expected->shape, out);
}

/* ---- operations ---- */

int export_count(export_work *w)
{
    const fsnn_array *x = fsnn_arrays_find(&w->samples, "x");
    const float *y;
    fsnn_net *net = w->bounded.net;
    if (!x || fsnn_net_precision(net) != FSNN_PRECISION_SINGLE) /* double is refused later */
        return CLI_GOOD;
    fsnn_status status = fsnn_net_count_spikes(net, true);
    if (status >= 0)
        status = fsnn_net_reset(net);
    if (status >= 0)
        status = fsnn_net_forward(net, x->data, &y);
    for (int n = 0; status >= 0 && n < fsnn_net_node_count(net); n++) {
        fsnn_account a;
        status = fsnn_net_account(net, n, &a);
        if (status < 0)
            break;
        w->step.dense += a.dense;
        w->step.multiply_adds += a.multiply_adds;
        w->step.additions += a.additions;
        w->step.memory += a.memory;
    }
    if (status >= 0)
        status = fsnn_net_count_spikes(net, false);
    w->counted = status >= 0;
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

static void add_row(FILE *out, const char *what, double count, double each)
{
    char energy[CLI_NUMBER];
    fprintf(out, "| %s | %.1f | %s |\n", what, count, cli_energy(energy, count * each));
}

/* Horowitz, ISSCC 2014: 32 bits, 45 nm; floats as everywhere (FSNN_ENERGY_45NM), integers 3.1 + 0.1
 * and 0.1. */
static void add_energy(const export_work *w, FILE *out)
{
    static const fsnn_energy floats = FSNN_ENERGY_45NM, integers = {3.2, 0.1};
    const fsnn_energy *e = w->type == FSNN_EXPORT_FLOAT ? &floats : &integers;
    const fsnn_account *a = &w->step;
    char energy[CLI_NUMBER], dense[CLI_NUMBER];
    if (!w->counted)
        return;
    fputs("\n## Energy of a step\n\nMeans over the test input.\n\n"
          "| operations of a step | number | energy |\n|---|---|---|\n",
          out);
    add_row(out, "multiply-adds of inputs that are no spikes", a->multiply_adds, e->multiply_add);
    add_row(out, "additions, one for each spike and weight", a->additions, e->addition);
    add_row(out, "multiply-adds of the sums over the past", a->memory, e->multiply_add);
    fprintf(out,
            "| all | %.1f | %s |\n\nIf every input took a multiply-add: %s. A multiply-add is "
            "%g pJ and an addition %g pJ, %s of 32 bits in 45 nm (Horowitz, ISSCC 2014); reading "
            "memory and instructions come on top, and are most of what a microcontroller takes.\n",
            a->multiply_adds + a->additions + a->memory, cli_energy(energy, cli_energy_spent(e, a)),
            cli_energy(dense, e->multiply_add * (a->dense + a->memory)), e->multiply_add,
            e->addition, w->type == FSNN_EXPORT_FLOAT ? "floats" : "integers");
}

char *export_notes(const export_work *w)
{
    char *text = NULL;
    size_t size;
    const fsnn_array *x = fsnn_arrays_find(&w->samples, "x");
    FILE *out = x ? open_memstream(&text, &size) : NULL;
    if (!out)
        return NULL;
    add_differences(w, x, out);
    add_accuracy(w, x, out);
    add_certificates(w, out);
    add_energy(w, out);
    fclose(out);
    return text;
}
