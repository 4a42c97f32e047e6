/* cli/look/series.h: files of series (.ts, .tsv, ARFF, WAV, WFDB headers) and spike trains (HDF5):
 * known by their content, shown, drawn. */
#ifndef FSNN_CLI_SERIES_H
#define FSNN_CLI_SERIES_H

#include "cli/cli.h"

typedef enum series_kind {
    SERIES_NONE,
    SERIES_TS,
    SERIES_WAV,
    SERIES_WFDB,
    SERIES_EDF,
    SERIES_CSV,
    SERIES_HDF5
} series_kind;

/* What a file is by its first bytes or lines (a folder: WAV when such files lie in it). */
series_kind series_kind_of(const char *path);
/* Reads the first three kinds; the name of the format in *what. */
fsnn_status series_open(const char *path, series_kind kind, const char **what, fsnn_series **out);

int inspect_series(const char *path, series_kind kind);

typedef struct series_view {
    int64_t sample;  /* number of the series */
    double from, to; /* seconds, or samples where the rate is not known; to 0: the end */
    const char *directory;
} series_view;
/* Draws one series, or the raster of one sample of spike trains. */
int plot_series(const char *path, series_kind kind, const series_view *view);

#endif
