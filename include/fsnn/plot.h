/* fsnn/plot.h: figures through gnuplot. Each call writes PATH.png and PATH.svg, and keeps PATH.gp and PATH.dat beside
 * them so that a figure can be restyled with `gnuplot PATH.gp`. Errors: FSNN_EIO (also when gnuplot is not installed:
 * the .gp and .dat are there all the same). */
#ifndef FSNN_PLOT_H
#define FSNN_PLOT_H

#include <stdint.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Training curves (loss, accuracy, firing rate, learning rate over epochs) from a metrics.csv. */
FSNN_API fsnn_status fsnn_plot_training(const char *metrics_csv, const char *title, const char *path);

/* Spike raster of one sample, one panel a layer: spikes[l] [K, N_l], nonzero = spike. Layers with many neurons are
 * shown by an even selection, and the panel says so. */
FSNN_API fsnn_status fsnn_plot_raster(const char *title, int layers, const char *const *names,
                                      const int64_t *neurons, int64_t K, double step,
                                      const float *const *spikes, const char *path);

/* Membrane traces of a few neurons of a layer: v [K, n], spikes [K, n] (or NULL), neuron numbers in `index` [n]. */
FSNN_API fsnn_status fsnn_plot_traces(const char *title, int64_t K, int64_t n, double step,
                                      double threshold, const int64_t *index, const float *v,
                                      const float *spikes, const char *path);

/* Firing rates: a bar a layer, and with `neurons` the distribution over each layer's neurons. rate[l] [N_l]. */
FSNN_API fsnn_status fsnn_plot_rates(const char *title, int layers, const char *const *names,
                                     const int64_t *neurons, const float *const *rate,
                                     const char *path);

/* Confusion matrix [classes][classes], row = true class. */
FSNN_API fsnn_status fsnn_plot_confusion(const char *title, int64_t classes,
                                         const int64_t *confusion, const char *path);

#ifdef __cplusplus
}
#endif
#endif
