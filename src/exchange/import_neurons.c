/* exchange/import_neurons.c: neurons of NIR as layers.
 *
 * NIR gives equations in time, here forward Euler with a step dt solves them, as its simulators do:
 *
 *   LIF      v <- v + dt/tau ((v_leak - v) + r I);  spike where v > v_threshold
 *   CubaLIF  i <- i + dt/tau_syn (w_in I - i);  then LIF with tau_mem and I = i
 *
 * A layer lif is tau v' = -v + I. r and v_leak become a layer `scale` before it, NAME_current, that
 * makes r I + v_leak, left out where it changes nothing. A synapse is a readout, NAME_syn, behind
 * w_in, NAME_input; the membrane sees its new value, in the same step. IF has r as 1/tau. Where a
 * threshold is not positive, which a layer's must be, potentials are counted from v_leak on.
 * Exporting recognises these names and makes one node again. */
#include "exchange/import.h"

#include <math.h>
#include <string.h>

static int64_t neurons(const importer *im, int node)
{
    return fsnn_shape_count(&im->nir->node[node].out);
}

/* A layer `scale` named NAME_word with factors and, unless NULL, what is added; returns its name,
 * or `from` where it would change nothing. Frees both. */
static const char *scaled(importer *im, int node, const char *word, const char *from,
                          double *factor, double *add)
{
    const int64_t n = neurons(im, node);
    bool plain = true, plus = false;
    for (int64_t i = 0; factor && i < n; i++) {
        plain = plain && factor[i] == 1;
        plus = plus || (add && add[i] != 0);
    }
    if ((plain && !plus) || !factor) {
        fsnn_free(factor);
        fsnn_free(add);
        return from;
    }
    const char *name = import_name(im, node, word);
    import_begin(im, "scale", name, from);
    if (plus)
        text_add(&im->layers, ", bias: true");
    import_end(im);
    import_set(im, name, "weight", factor, n);
    if (plus)
        import_set(im, name, "bias", add, n);
    else
        fsnn_free(add);
    return name;
}

/* How far each neuron's potentials are moved so that its threshold is positive: 0, or by the
 * potential it rests at. */
static double *shifts(importer *im, int node)
{
    const fsnn_nir *nir = im->nir;
    const int64_t n = neurons(im, node);
    const char *rest = nir_item(nir, node, "v_leak") ? "v_leak" : "v_reset";
    double *shift = import_values(im, node, "v_threshold", n);
    bool any = false, value = im->options.reset == FSNN_RESET_VALUE;
    for (int64_t i = 0; shift && i < n; i++) {
        bool below = nir_value(nir, node, "v_threshold", i) <= 0;
        shift[i] = below ? nir_value(nir, node, rest, i) : 0;
        any = any || below;
        if (below && !(nir_value(nir, node, "v_threshold", i) > shift[i]) && !im->failed)
            im->failed = fsnn_fail(FSNN_EUNSUPPORTED,
                                   "%s: its v_threshold %g is neither above 0 nor above its %s %g: "
                                   "it would spike at rest",
                                   nir_at(nir, node), nir_value(nir, node, "v_threshold", i), rest,
                                   shift[i]);
    }
    if (any && !im->failed)
        im->failed =
            texts_add(&im->nir->remark,
                      "%s \"%s\": potentials are counted from %s on, as thresholds here "
                      "are above 0; it starts there%s%s",
                      nir->node[node].type->name, nir->node[node].path, rest,
                      value ? "" : ", and a spike takes v_threshold less ", value ? "" : rest);
    return shift;
}

/* threshold, reset and v_reset of a neuron that spikes; frees `shift`. */
static void spiking(importer *im, int node, double *shift)
{
    const int64_t n = neurons(im, node);
    double *threshold = import_values(im, node, "v_threshold", n),
           *reset = import_values(im, node, "v_reset", n);
    bool value = im->options.reset == FSNN_RESET_VALUE, zero = true;
    for (int64_t i = 0; threshold && reset && shift && i < n; i++) {
        zero = zero && reset[i] == 0;
        threshold[i] -= shift[i];
        reset[i] -= shift[i];
    }
    if (!value && !zero && !im->failed)
        im->failed = texts_add(&im->nir->remark,
                               "%s \"%s\": v_reset is not used, as spikes subtract the threshold",
                               im->nir->node[node].type->name, im->nir->node[node].path);
    import_parameter(im, "threshold", threshold, n);
    text_add(&im->layers, ", equality: \">\", reset: %s", value ? "value" : "subtract");
    zero = true;
    for (int64_t i = 0; reset && i < n; i++)
        zero = zero && reset[i] == 0;
    if (value && !zero)
        import_parameter(im, "v_reset", reset, n);
    else
        fsnn_free(reset);
    fsnn_free(shift);
}

/* Times of a field in seconds. */
static double *times(importer *im, int node, const char *field)
{
    const int64_t n = neurons(im, node);
    double *time = import_values(im, node, field, n);
    for (int64_t i = 0; time && i < n; i++)
        time[i] *= im->options.unit;
    return time;
}

/* r I + v_leak, counted from `shift` on (NULL: 0). */
static const char *current(importer *im, int node, const char *from, const double *shift)
{
    const int64_t n = neurons(im, node);
    double *leak = import_values(im, node, "v_leak", n);
    for (int64_t i = 0; leak && shift && i < n; i++)
        leak[i] -= shift[i];
    return scaled(im, node, "current", from, import_values(im, node, "r", n), leak);
}

/* The synapse of CubaLI and CubaLIF; returns the layer that is its current. */
static const char *synapse(importer *im, int node, const char *from)
{
    const int64_t n = neurons(im, node);
    from = scaled(im, node, "input", from, import_values(im, node, "w_in", n), NULL);
    const char *name = import_name(im, node, "syn");
    import_begin(im, "readout", name, from);
    import_parameter(im, "tau", times(im, node, "tau_syn"), n);
    import_end(im);
    return name;
}

static void membrane(importer *im, int node, const char *from, const char *tau, bool spikes)
{
    double *shift = spikes ? shifts(im, node) : NULL;
    from = current(im, node, from, shift);
    import_begin(im, spikes ? "lif" : "readout", im->name[node], from);
    import_parameter(im, "tau", times(im, node, tau), neurons(im, node));
    if (spikes)
        spiking(im, node, shift);
    import_end(im);
}

void import_li(importer *im, int node, const char *from)
{
    membrane(im, node, from, "tau", false);
}

void import_lif(importer *im, int node, const char *from)
{
    membrane(im, node, from, "tau", true);
}

void import_cubali(importer *im, int node, const char *from)
{
    membrane(im, node, synapse(im, node, from), "tau_mem", false);
}

void import_cubalif(importer *im, int node, const char *from)
{
    membrane(im, node, synapse(im, node, from), "tau_mem", true);
}

/* v' = r I as tau v' = I; where some r is not positive, tau 1 behind a scale. r is a rate in the
 * unit of the file. */
static const char *integrating(importer *im, int node, const char *from, double **tau)
{
    const int64_t n = neurons(im, node);
    double *r = import_values(im, node, "r", n);
    bool positive = true;
    *tau = import_values(im, node, "r", n);
    for (int64_t i = 0; r && *tau && i < n; i++) {
        positive = positive && r[i] > 0;
        (*tau)[i] = im->options.unit / r[i];
    }
    if (positive || !r || !*tau) {
        fsnn_free(r);
        return from;
    }
    for (int64_t i = 0; i < n; i++)
        (*tau)[i] = im->options.unit;
    return scaled(im, node, "current", from, r, NULL);
}

void import_if(importer *im, int node, const char *from)
{
    double *tau, *shift = shifts(im, node);
    from = integrating(im, node, from, &tau);
    import_begin(im, "if", im->name[node], from);
    import_parameter(im, "tau", tau, neurons(im, node));
    spiking(im, node, shift);
    import_end(im);
}

void import_i(importer *im, int node, const char *from)
{
    double *tau;
    from = integrating(im, node, from, &tau);
    import_begin(im, "integrator", im->name[node], from);
    import_parameter(im, "tau", tau, neurons(im, node));
    import_end(im);
}

/* A neuron without a state of its own: it spikes where its input is above the threshold. Its
 * parameter `threshold` has to be positive, so the level is one of its own. */
void import_threshold(importer *im, int node, const char *from)
{
    const int64_t n = neurons(im, node);
    import_begin(im, "user", im->name[node], from);
    text_add(&im->layers, ", dv: \"0*v\", spike: \"I - level\", reset: none, "
                          "equality: \">\", params: {level: ");
    import_number(im, import_values(im, node, "threshold", n), n);
    text_add(&im->layers, "}");
    import_end(im);
}
