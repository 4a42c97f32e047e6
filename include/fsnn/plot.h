/* fsnn/plot.h: figures through gnuplot. Each call writes PATH.png and PATH.svg, and PATH.gp and
 * PATH.dat, so that you can restyle a figure with `gnuplot PATH.gp`.
 * Errors: FSNN_EIO (also if gnuplot is not installed; .gp and .dat are written even then). */
#ifndef FSNN_PLOT_H
#define FSNN_PLOT_H

#include <stdbool.h>
#include <stdint.h>

#include <fsnn/status.h>
#include <fsnn/units.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a figure can be drawn to PATH; call it before long work. Checks the name, the folder and
 * gnuplot, with NULL only gnuplot. Nothing is written.
 * Errors: FSNN_EARGUMENT, FSNN_EIO. */
FSNN_API fsnn_status fsnn_plot_check(const char *path);

/* Training curves over epochs from a metrics.csv: loss, accuracy, firing rate, learning rate; where
 * they are recorded, what neurons have learned and norms of gradients by layer. */
FSNN_API fsnn_status fsnn_plot_training(const char *metrics_csv, const char *title,
                                        const char *path);

/* Spike raster of one sample, one panel for each layer: spikes[l] [K, N_l], nonzero = spike; neuron
 * 0 is at the bottom. Layers of more than 1024 neurons, and those with very many spikes, are shown
 * by an even selection, and the panel says so. FSNN_EARGUMENT if there are too many layers for one
 * figure. */
FSNN_API fsnn_status fsnn_plot_raster(const char *title, int layers, const char *const *names,
                                      const int64_t *neurons, int64_t K, double step,
                                      const float *const *spikes, const char *path);
/* The same with a time axis that names the unit of `step`; `units` may be NULL. */
FSNN_API fsnn_status fsnn_plot_raster_in(const fsnn_units *units, const char *title, int layers,
                                         const char *const *names, const int64_t *neurons,
                                         int64_t K, double step, const float *const *spikes,
                                         const char *path);

/* Membrane traces of a few neurons of a layer. Arrays but v and index may be NULL. */
typedef struct fsnn_traces {
    int64_t K, n; /* steps, neurons */
    double step;
    double level;         /* the threshold where it does not move; NaN: none is drawn */
    const int64_t *index; /* [n] numbers of the neurons */
    const float *v;       /* [K, n] potential after each step */
    const float *spikes;  /* [K, n] */
    /* [K, n] what the spike test of each step compared (FSNN_RECORD_TEST, FSNN_RECORD_THRESHOLD);
     * test is drawn where it is not v, threshold takes the place of level */
    const float *test, *threshold;
    fsnn_units units; /* that both axes name; all 0: none */
} fsnn_traces;
FSNN_API fsnn_status fsnn_plot_traces(const char *title, const fsnn_traces *traces,
                                      const char *path);

/* Firing rates: one bar for each layer, and with `neurons` the distribution over the neurons of
 * each layer, with the numbers of neurons that never fire (rate 0) and that fire in every step
 * (rate 1). rate[l] [N_l]. FSNN_EARGUMENT if there are too many layers for one figure. */
FSNN_API fsnn_status fsnn_plot_rates(const char *title, int layers, const char *const *names,
                                     const int64_t *neurons, const float *const *rate,
                                     const char *path);
/* The same with rates in Hz: `hertz` is the rate of a spike in each step (fsnn_units_hertz); 0:
 * rates in spikes per step. FSNN_EARGUMENT also where `hertz` is below 0 or not finite. */
FSNN_API fsnn_status fsnn_plot_rates_in(double hertz, const char *title, int layers,
                                        const char *const *names, const int64_t *neurons,
                                        const float *const *rate, const char *path);

/* Confusion matrix [classes][classes], row = true class. `names` [classes], each or all NULL, label
 * both axes if they fit. */
FSNN_API fsnn_status fsnn_plot_confusion(const char *title, int64_t classes,
                                         const char *const *names, const int64_t *confusion,
                                         const char *path);

/* Answers of a regression [count] over the truth [count], with the diagonal; `subtitle` may be
 * NULL. */
FSNN_API fsnn_status fsnn_plot_scatter(const char *title, const char *subtitle, int64_t count,
                                       const float *truth, const float *answer, const char *path);

/* A strip of frames of events: x [K, 2, H, W], counts of OFF and ON; a heading for each in `labels`
 * [K] (or NULL); `subtitle` may be NULL. At most 64 frames and 2 million pixels in all. */
FSNN_API fsnn_status fsnn_plot_frames(const char *title, const char *subtitle, int K, int H, int W,
                                      const float *x, const char *const *labels, const char *path);

/* A strip of images: x [K, H, W], the smallest value white, the largest black; otherwise as
 * above. */
FSNN_API fsnn_status fsnn_plot_pictures(const char *title, const char *subtitle, int K, int H,
                                        int W, const float *x, const char *const *labels,
                                        const char *path);

/* ---- Charts: curves over a common axis, any number of panels ---- */

typedef enum fsnn_mark {
    FSNN_MARK_LINE,      /* a line in the curve's colour */
    FSNN_MARK_THIN,      /* a thinner one, for noise */
    FSNN_MARK_STEPS,     /* y[i] from x[i-1] to x[i] */
    FSNN_MARK_DOTS,      /* dots joined by a line */
    FSNN_MARK_POINTS,    /* dots alone */
    FSNN_MARK_REFERENCE, /* a thin dark line over the others: what is exact */
    FSNN_MARK_LIMIT,     /* a dashed line */
    FSNN_MARK_TICKS,     /* strokes around (x, y), for spikes */
    FSNN_MARKS
} fsnn_mark;

/* A curve. Values that are not finite are gaps. */
typedef struct fsnn_curve {
    const char *name; /* in the legend; NULL: not there */
    fsnn_mark mark;
    int colour; /* 1 .. 8; the same number is the same colour everywhere */
    int64_t count;
    const double *x, *y; /* [count] */
} fsnn_curve;

/* Position of a panel's legend: next to the heading, or in a corner. */
typedef enum fsnn_legend {
    FSNN_LEGEND_ABOVE,
    FSNN_LEGEND_UPPER_RIGHT,
    FSNN_LEGEND_LOWER_RIGHT,
    FSNN_LEGEND_LOWER_LEFT,
    FSNN_LEGENDS
} fsnn_legend;

/* A panel. On a logarithmic axis values <= 0 are gaps. */
typedef struct fsnn_chart {
    const char *heading, *x_label, *y_label; /* x_label NULL: its numbers are left out too */
    bool log_x, log_y;
    double x_low, x_high, y_low, y_high; /* ends of the axes; low = high: from the values */
    int rows; /* > 0: y = 0, 1, ... bear the names of `row` [rows], from above */
    const char *const *row;
    const char *empty; /* remark when there is no value; NULL: "nothing to draw" */
    fsnn_legend legend;
    int height; /* pixels, 60 .. 32000, the most of a whole figure */
    int curves;
    const fsnn_curve *curve;
} fsnn_chart;

/* Charts in rows of `columns` (1 .. 3); `subtitle` may be NULL. A line with very many points is
 * drawn by its extremes, which looks the same. */
FSNN_API fsnn_status fsnn_plot_charts(const char *title, const char *subtitle, int columns,
                                      int charts, const fsnn_chart *chart, const char *path);

#ifdef __cplusplus
}
#endif
#endif
