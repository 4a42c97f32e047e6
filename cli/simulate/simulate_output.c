/* cli/simulate/simulate_output.c: what fsnn simulate writes: a summary, and the numbers as CSV or
 * NPZ. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

char *sim_setup_text(const sim_setup *s)
{
    char memory[48] = "";
    if (s->tolerance > 0)
        snprintf(memory, sizeof memory, ", memory by exponentials to %g", s->tolerance);
    if (s->memory)
        snprintf(memory, sizeof memory, ", memory %lld", (long long)s->memory);
    char *neuron = sim_neuron_text(s);
    char *text = cli_format("%s; method %s%s, step %g%s", neuron, fsnn_method_name(s->method),
                            s->implicit ? " (implicit)" : "", s->step, memory);
    free(neuron);
    return text;
}

/* ---- summary ---- */

/* A number, or a dash for what is not there. */
void sim_cell(double value, const char *end)
{
    if (isfinite(value))
        printf(" %12.6g%s", value, end);
    else
        printf(" %12s%s", "-", end);
}

static void summary_row(const sim_setup *s, const float *spikes, double alpha, int64_t neuron)
{
    int64_t n;
    double *t = sim_spike_times(s, spikes, neuron, &n);
    printf("%8g", alpha);
    if (s->neurons > 1)
        printf("%8lld", (long long)neuron);
    printf("%8lld", (long long)n);
    sim_cell(n ? t[0] : NAN, "");
    sim_cell((double)n / ((double)s->steps * s->step), "");
    sim_cell(n > 1 ? t[1] - t[0] : NAN, "");
    sim_cell(n > 1 ? t[n - 1] - t[n - 2] : NAN, "\n");
    free(t);
}

void sim_summary(const sim_setup *s, const sim_result *r)
{
    char *text = sim_setup_text(s);
    printf("%s; %lld steps, time %g\n\n", text, (long long)s->steps, (double)s->steps * s->step);
    free(text);
    printf("%8s%s%8s %12s %12s %12s %12s\n", "alpha", s->neurons > 1 ? "  neuron" : "", "spikes",
           "first at", "mean rate", "first ISI", "last ISI");
    for (int i = 0; i < s->alphas; i++) {
        for (int64_t n = 0; n < s->neurons; n++)
            summary_row(s, r->spikes[i], s->alpha[i], n);
    }
}

/* ---- CSV ---- */

static void header(FILE *file, const sim_setup *s)
{
    fputc('t', file);
    for (int64_t n = 0; n < s->neurons; n++) {
        if (s->neurons > 1)
            fprintf(file, ",current[%lld]", (long long)n);
        else
            fputs(",current", file);
    }
    for (int i = 0; i < s->alphas; i++) {
        for (int64_t n = 0; n < s->neurons; n++) {
            char index[32] = "";
            if (s->neurons > 1)
                snprintf(index, sizeof index, "[%lld]", (long long)n);
            fprintf(file, ",v.%.9g%s,spike.%.9g%s", s->alpha[i], index, s->alpha[i], index);
        }
    }
    fputc('\n', file);
}

static void row(FILE *file, const sim_setup *s, const sim_result *r, int64_t k)
{
    int64_t at = k * s->neurons;
    fprintf(file, "%.12g", (double)(k + 1) * s->step);
    for (int64_t n = 0; n < s->neurons; n++)
        fprintf(file, ",%.9g", (double)r->input[at + n]);
    for (int i = 0; i < s->alphas; i++) {
        for (int64_t n = 0; n < s->neurons; n++)
            fprintf(file, ",%.9g,%g", (double)r->v[i][at + n], (double)r->spikes[i][at + n]);
    }
    fputc('\n', file);
}

static int write_csv(const sim_setup *s, const sim_result *r, const char *path)
{
    fsnn_file file;
    fsnn_status status = fsnn_file_create(&file, path);
    if (status < 0)
        return cli_fail(status);
    header(file.stream, s);
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

static int write_npz(const sim_setup *s, const sim_result *r, const char *path)
{
    fsnn_arrays list = {0};
    size_t count = (size_t)(s->steps * s->neurons);
    fsnn_shape full = FSNN_SHAPE(s->alphas, s->steps, s->neurons);
    double *t = add(&list, "t", FSNN_F64, FSNN_SHAPE(s->steps));
    for (int64_t k = 0; k < s->steps; k++)
        t[k] = (double)(k + 1) * s->step;
    memcpy(add(&list, "alpha", FSNN_F64, FSNN_SHAPE(s->alphas)), s->alpha,
           (size_t)s->alphas * sizeof *s->alpha);
    memcpy(add(&list, "current", FSNN_F32, FSNN_SHAPE(s->steps, s->neurons)), r->input,
           count * sizeof(float));
    float *v = add(&list, "v", FSNN_F32, full), *spikes = add(&list, "spikes", FSNN_F32, full);
    for (int i = 0; i < s->alphas; i++) {
        memcpy(v + (size_t)i * count, r->v[i], count * sizeof(float));
        memcpy(spikes + (size_t)i * count, r->spikes[i], count * sizeof(float));
    }
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
