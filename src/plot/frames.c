/* plot/frames.c: strips: of frames of events, ON blue, OFF orange, the stronger the more events; of
 * pictures in grey. */
#include <fsnn/plot.h>

#include <math.h>
#include <stdlib.h>

#include "plot/figure.h"

#define MOST_FRAMES 64
#define MOST_PIXELS (1 << 21) /* of all frames: the data file has a line for each */
#define IN_A_ROW 8 /* of small frames; of larger ones as many as have a pixel for each of theirs */
#define LEAST_IN_A_ROW 3
#define MARGIN 24
#define GAP 12
#define HEADING 34

static fsnn_status check(int K, int H, int W, const float *x)
{
    if (K < 1 || K > MOST_FRAMES || H < 1 || W < 1 || !x || (int64_t)H * W > MOST_PIXELS / K)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a strip of frames needs 1 to %d frames and at most %d pixels in all, but "
                         "got %d of %d x %d",
                         MOST_FRAMES, MOST_PIXELS, K, H, W);
    return FSNN_OK;
}

/* What counts as full colour: twice the mean of the pixels that have events, at least one. */
static double full(int64_t n, const float *x)
{
    double sum = 0, count = 0;
    for (int64_t i = 0; i < n; i++)
        if (x[i] > 0 && isfinite(x[i])) {
            sum += x[i];
            count++;
        }
    return count > 0 ? fmax(2 * sum / count, 1) : 1;
}

/* One part (red, green, blue) of a pixel's colour. */
static int part(double off, double on, double off_part, double on_part)
{
    double strong = fmax(off, on), both = off + on;
    double colour = both > 0 ? (off * off_part + on * on_part) / both : 255;
    return (int)(255 + strong * (colour - 255) + 0.5);
}

/* What is drawn: frames of events [K, 2, H, W], or grey pictures [K, H, W]. */
typedef struct strip {
    int K, H, W;
    bool grey;
    const float *x;
    double low, most; /* white (of pictures) and full colour */
} strip;

/* Columns: column, row, red, green, blue. */
static void colours(fsnn_figure *f, const strip *s, int k)
{
    int64_t n = (int64_t)s->H * s->W;
    const float *x = s->x + 2 * n * k;
    for (int64_t i = 0; i < n; i++) {
        double off = fmin(1, x[i] / s->most), on = fmin(1, x[n + i] / s->most);
        off = off > 0 ? 0.25 + 0.75 * off : 0;
        on = on > 0 ? 0.25 + 0.75 * on : 0;
        fprintf(f->data, "%d %d %d %d %d\n", (int)(i % s->W), (int)(i / s->W),
                part(off, on, 213, 0), part(off, on, 94, 114), part(off, on, 0, 178));
    }
    fsnn_figure_block(f);
}

static void greys(fsnn_figure *f, const strip *s, int k)
{
    int64_t n = (int64_t)s->H * s->W;
    const float *x = s->x + n * k;
    for (int64_t i = 0; i < n; i++) {
        double dark = s->most > s->low ? (x[i] - s->low) / (s->most - s->low) : 0;
        int grey = isfinite(dark) ? (int)(255 * (1 - fmax(0, fmin(1, dark))) + 0.5) : 255;
        fprintf(f->data, "%d %d %d %d %d\n", (int)(i % s->W), (int)(i / s->W), grey, grey, grey);
    }
    fsnn_figure_block(f);
}

static void draw(fsnn_figure *f, int k, int H, int W)
{
    fprintf(f->script,
            "set xrange [-0.5:%d.5]\nset yrange [%d.5:-0.5]\nunset xtics\nunset ytics\nunset grid\n"
            "set border 15\nplot data index %d using 1:2:3:4:5 with rgbimage\n",
            W - 1, H - 1, k);
}

static int columns_of(const strip *s)
{
    int most = (FSNN_FIGURE_WIDTH - 2 * MARGIN + GAP) / (s->W + GAP);
    most = most > IN_A_ROW ? IN_A_ROW : most < LEAST_IN_A_ROW ? LEAST_IN_A_ROW : most;
    return s->K >= most ? most : s->K < LEAST_IN_A_ROW ? LEAST_IN_A_ROW : s->K;
}

static fsnn_status draw_strip(const char *title, const char *subtitle, const strip *s,
                              const char *const *labels, const char *path)
{
    fsnn_figure f;
    int columns = columns_of(s), rows = (s->K - 1) / columns + 1;
    int width = (FSNN_FIGURE_WIDTH - 2 * MARGIN + GAP) / columns - GAP;
    int height = (int)fmin(4.0 * width, fmax(20, (double)width * s->H / s->W + 0.5));
    int top = FSNN_FIGURE_TOP + HEADING;
    FSNN_TRY(fsnn_figure_begin(&f, path, top + rows * (height + HEADING) + 6, title));
    if (subtitle)
        fsnn_figure_subtitle(&f, subtitle);
    for (int k = 0; k < s->K; k++) {
        int left = MARGIN + k % columns * (width + GAP);
        int above = top + k / columns * (height + HEADING);
        (s->grey ? greys : colours)(&f, s, k);
        fsnn_figure_panel(&f, left, left + width, above, above + height, labels ? labels[k] : "");
        draw(&f, k, s->H, s->W);
    }
    return fsnn_figure_end(&f);
}

fsnn_status fsnn_plot_frames(const char *title, const char *subtitle, int K, int H, int W,
                             const float *x, const char *const *labels, const char *path)
{
    FSNN_TRY(check(K, H, W, x));
    const strip s = {K, H, W, false, x, 0, full(2 * (int64_t)K * H * W, x)};
    return draw_strip(title, subtitle, &s, labels, path);
}

fsnn_status fsnn_plot_pictures(const char *title, const char *subtitle, int K, int H, int W,
                               const float *x, const char *const *labels, const char *path)
{
    FSNN_TRY(check(K, H, W, x));
    strip s = {K, H, W, true, x, INFINITY, -INFINITY};
    for (int64_t i = 0; i < (int64_t)K * H * W; i++)
        if (isfinite(x[i])) {
            s.low = fmin(s.low, x[i]);
            s.most = fmax(s.most, x[i]);
        }
    return draw_strip(title, subtitle, &s, labels, path);
}
