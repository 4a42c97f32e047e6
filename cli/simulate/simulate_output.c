/* cli/simulate/simulate_output.c: what fsnn simulate writes: a summary, and the numbers as CSV or
 * NPZ. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what is printed ---- */

static struct {
    FILE *stream; /* NULL: nothing yet */
    char *text;
    size_t size;
} kept;

void sim_print(const char *format, ...)
{
    va_list list;
    if (!kept.stream)
        kept.stream = open_memstream(&kept.text, &kept.size);
    if (!kept.stream)
        exit(cli_error(CLI_FAILED, "out of memory for what is printed"));
    va_start(list, format);
    vfprintf(kept.stream, format, list);
    va_end(list);
}

int sim_print_end(int code)
{
    if (!kept.stream)
        return code;
    fclose(kept.stream);
    if (code == CLI_GOOD)
        cli_put_lines(stdout, kept.text, cli_columns(STDOUT_FILENO));
    free(kept.text);
    kept.stream = NULL;
    return code;
}

/* ---- texts ---- */

const char *sim_precision(const sim_setup *s)
{
    return s->precision == FSNN_PRECISION_DOUBLE ? "precision: double" : "precision: single";
}

/* Digits that tell any two numbers apart. */
static int digits_of(const sim_setup *s)
{
    return s->precision == FSNN_PRECISION_DOUBLE ? 17 : 9;
}

/* "a", "a and b", "a, b and c" of those that are `wanted`. */
static void list_names(char *text, size_t size, const char *const *name, const bool *is,
                       bool wanted, int count)
{
    int left = 0;
    for (int i = 0; i < count; i++)
        left += is[i] == wanted;
    text[0] = '\0';
    for (int i = 0; i < count; i++)
        if (is[i] == wanted)
            cli_list_add(text, size, --left ? ", " : " and ", name[i]);
}

char *sim_sources_text(const sim_setup *s)
{
    const sim_options *o = s->given;
    static const char *const taken[] = {"reset", "method", "alpha", "step", "memory"};
    static const char *const own[] = {
        "reset", "method",  "alpha",      "step",  "memory",     "tau",    "threshold",
        "v0",    "v_reset", "refractory", "noise", "parameters", "starts", "fractional states"};
    const bool given[] = {o->reset != NULL,   o->method || o->implicit,
                          o->alpha != NULL,   o->step.given,
                          o->memory != NULL,  o->tau.given,
                          o->threshold.given, o->v0.given,
                          o->v_reset.given,   o->refractory.given,
                          o->gamma.given,     o->param.count > 0,
                          o->w0.count > 0,    o->fractional != NULL};
    char theirs[96], ours[256];
    list_names(theirs, sizeof theirs, taken, given, false, CLI_COUNT(taken));
    list_names(ours, sizeof ours, own, given, true, CLI_COUNT(own));
    return cli_format("layer %s of %s%s%s%s%s%s%s", s->layer, o->model,
                      *theirs ? ", with its " : "", theirs,
                      s->weights ? "; what it learned is of " : "", s->weights ? s->weights : "",
                      *ours ? "; from the options: " : "", ours);
}

char *sim_setup_text(const sim_setup *s)
{
    char memory[48] = "";
    if (s->tolerance > 0)
        snprintf(memory, sizeof memory, ", memory by exponentials to %g", s->tolerance);
    if (s->memory)
        snprintf(memory, sizeof memory, ", memory %lld", (long long)s->memory);
    char *neuron = sim_neuron_text(s), order[96] = "";
    for (int m = 0, used = 0; m < s->several.terms && used < (int)sizeof order; m++)
        used += snprintf(order + used, sizeof order - (size_t)used, "%s%g D^%g",
                         m ? " + " : ", order ", s->several.coefficient[m], s->several.alpha[m]);
    char *text = cli_format("%s; method %s%s%s, step %g%s", neuron, fsnn_method_name(s->method),
                            s->implicit ? " (implicit)" : "", order, s->step, memory);
    free(neuron);
    return text;
}

/* ---- summary ---- */

/* A number, or a dash for what is not there. */
void sim_cell(double value, const char *end)
{
    if (isfinite(value))
        sim_print(" %12.6g%s", value, end);
    else
        sim_print(" %12s%s", "-", end);
}

static void summary_row(const sim_setup *s, const double *spikes, int alpha, int64_t neuron)
{
    char text[CLI_NUMBER];
    int64_t n;
    double *t = sim_spike_times(s, spikes, neuron, &n);
    sim_print("%8s", sim_alpha_text(s, alpha, 6, text));
    if (s->neurons > 1)
        sim_print("%8lld", (long long)neuron);
    sim_print("%8lld", (long long)n);
    sim_cell(n ? t[0] : NAN, "");
    sim_cell((double)n / ((double)s->steps * s->step) * sim_rate_unit(s), "");
    sim_cell(n > 1 ? t[1] - t[0] : NAN, "");
    sim_cell(n > 1 ? t[n - 1] - t[n - 2] : NAN, "\n");
    free(t);
}

void sim_summary(const sim_setup *s, const sim_result *r)
{
    char *text = sim_setup_text(s);
    char *units = sim_units_text(s);
    sim_print("%s; %lld steps, time %g%s; %s\n\n", text, (long long)s->steps,
              (double)s->steps * s->step, units, sim_precision(s));
    free(units);
    free(text);
    sim_print("%8s%s%8s %12s %12s %12s %12s\n", "alpha", s->neurons > 1 ? "  neuron" : "", "spikes",
              "first at", "mean rate", "first ISI", "last ISI");
    for (int i = 0; i < s->alphas; i++) {
        for (int64_t n = 0; n < s->neurons; n++)
            summary_row(s, r->trace[i].spikes, i, n);
    }
}

/* ---- CSV ---- */

static void header(FILE *file, const sim_setup *s, const sim_result *r)
{
    char alpha[CLI_NUMBER];
    fputc('t', file);
    for (int64_t n = 0; n < s->neurons; n++) {
        if (s->neurons > 1)
            fprintf(file, ",current[%lld]", (long long)n);
        else
            fputs(",current", file);
    }
    for (int i = 0; i < s->alphas; i++) {
        sim_alpha_text(s, i, 9, alpha);
        for (int64_t n = 0; n < s->neurons; n++) {
            char index[32] = "";
            if (s->neurons > 1)
                snprintf(index, sizeof index, "[%lld]", (long long)n);
            fprintf(file, ",v.%s%s,spike.%s%s", alpha, index, alpha, index);
            for (int k = 0; k < FSNN_USER_STATES && r->trace[i].state[k]; k++)
                fprintf(file, ",%s.%s%s", r->trace[i].name[k], alpha, index);
        }
    }
    fputc('\n', file);
}

static void row(FILE *file, const sim_setup *s, const sim_result *r, int64_t k)
{
    int64_t at = k * s->neurons;
    int digits = digits_of(s);
    fprintf(file, "%.12g", (double)(k + 1) * s->step);
    for (int64_t n = 0; n < s->neurons; n++)
        fprintf(file, ",%.*g", digits, r->input[at + n]);
    for (int i = 0; i < s->alphas; i++) {
        const sim_trace *t = &r->trace[i];
        for (int64_t n = 0; n < s->neurons; n++) {
            fprintf(file, ",%.*g,%g", digits, t->v[at + n], t->spikes[at + n]);
            for (int j = 0; j < FSNN_USER_STATES && t->state[j]; j++)
                fprintf(file, ",%.*g", digits, t->state[j][at + n]);
        }
    }
    fputc('\n', file);
}

static int write_csv(const sim_setup *s, const sim_result *r, const char *path)
{
    fsnn_file file;
    fsnn_status status = fsnn_file_create(&file, path);
    if (status < 0)
        return cli_fail(status);
    header(file.stream, s, r);
    for (int64_t k = 0; k < s->steps && !ferror(file.stream); k++)
        row(file.stream, s, r, k);
    status = fsnn_file_commit(&file);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* ---- NPZ ---- */

static void *add(fsnn_arrays *list, const char *name, fsnn_dtype dtype, fsnn_shape shape)
{
    fsnn_array *array = fsnn_arrays_add(list, name, dtype, &shape);
    if (!array)
        exit(cli_error(CLI_FAILED, "out of memory for the array %s", name));
    return array->data;
}

/* An array of numbers of the run's precision. */
static void add_numbers(fsnn_arrays *list, const char *name, const sim_setup *s, fsnn_shape shape,
                        const double *const *row, int rows, size_t count)
{
    bool wide = s->precision == FSNN_PRECISION_DOUBLE;
    void *data = add(list, name, wide ? FSNN_F64 : FSNN_F32, shape);
    for (int i = 0; i < rows; i++)
        for (size_t k = 0; k < count; k++)
            if (wide)
                ((double *)data)[(size_t)i * count + k] = row[i][k];
            else
                ((float *)data)[(size_t)i * count + k] = (float)row[i][k];
}

/* An array [A, T, N] of what traces hold at `offset`; nothing where they hold none. */
static void add_traces(fsnn_arrays *list, const char *name, const sim_setup *s, const sim_result *r,
                       size_t offset)
{
    const double *from[SIM_ALPHAS];
    for (int i = 0; i < s->alphas; i++)
        from[i] = *(double *const *)((const char *)&r->trace[i] + offset);
    if (from[0])
        add_numbers(list, name, s, FSNN_SHAPE(s->alphas, s->steps, s->neurons), from, s->alphas,
                    (size_t)(s->steps * s->neurons));
}

static void add_states(fsnn_arrays *list, const sim_setup *s, const sim_result *r)
{
    for (int j = 0; j < FSNN_USER_STATES && r->trace[0].state[j]; j++) {
        char *name = cli_format("state.%s", r->trace[0].name[j]);
        add_traces(list, name, s, r, offsetof(sim_trace, state) + (size_t)j * sizeof(double *));
        free(name);
    }
}

/* Several terms of one order. */
static void add_terms(fsnn_arrays *list, const sim_setup *s)
{
    const fsnn_order *order = &s->several;
    size_t bytes = (size_t)order->terms * sizeof *order->alpha;
    if (!order->terms)
        return;
    memcpy(add(list, "terms.alpha", FSNN_F64, FSNN_SHAPE(order->terms)), order->alpha, bytes);
    memcpy(add(list, "terms.coefficient", FSNN_F64, FSNN_SHAPE(order->terms)), order->coefficient,
           bytes);
}

/* In s, V and A, as of fsnn run. */
static void add_units(fsnn_arrays *list, const sim_setup *s)
{
    char name[CLI_NUMBER];
    for (int q = 0; q < FSNN_QUANTITIES; q++)
        if (s->units.unit[q]) {
            snprintf(name, sizeof name, "unit.%s", fsnn_quantity_name((fsnn_quantity)q));
            *(double *)add(list, name, FSNN_F64, (fsnn_shape){0}) =
                fsnn_unit_size((fsnn_quantity)q, s->units.unit[q]);
        }
}

static int write_npz(const sim_setup *s, const sim_result *r, const char *path)
{
    fsnn_arrays list = {0};
    size_t count = (size_t)(s->steps * s->neurons);
    double *t = add(&list, "t", FSNN_F64, FSNN_SHAPE(s->steps));
    for (int64_t k = 0; k < s->steps; k++)
        t[k] = (double)(k + 1) * s->step;
    memcpy(add(&list, "alpha", FSNN_F64, FSNN_SHAPE(s->alphas)), s->alpha,
           (size_t)s->alphas * sizeof *s->alpha);
    add_terms(&list, s);
    add_numbers(&list, "current", s, FSNN_SHAPE(s->steps, s->neurons), &r->input, 1, count);
    add_traces(&list, "v", s, r, offsetof(sim_trace, v));
    add_traces(&list, "spikes", s, r, offsetof(sim_trace, spikes));
    add_traces(&list, "test", s, r, offsetof(sim_trace, test));
    add_traces(&list, "threshold", s, r, offsetof(sim_trace, threshold));
    add_states(&list, s, r);
    add_units(&list, s);
    fsnn_status status = fsnn_npz_write(path, &list);
    fsnn_arrays_free(&list);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

int sim_write(const sim_setup *s, const sim_result *r, bool npz, const char *path)
{
    char *file = cli_format("%s.%s", path, npz ? "npz" : "csv");
    int code = npz ? write_npz(s, r, file) : write_csv(s, r, file);
    if (code == CLI_GOOD)
        cli_say("wrote %s", file);
    free(file);
    return code;
}
