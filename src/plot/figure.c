/* plot/figure.c: the frame of every figure: files, style, title, panels. The script draws itself
 * twice (`reread`), first as PNG and then as SVG, so that one text gives both. */
#include "plot/figure.h"

#include "base/port_files.h"

#include <math.h>
#include <string.h>

/* Okabe and Ito (2008), "Color universal design": told apart with every kind of colour vision. The
 * yellow is too pale for thin lines on white and gives way to a grey. */
static const char *const palette[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                      "#E69F00", "#56B4E9", "#000000", "#8C8C8C"};

static const char style[] = "set encoding utf8\n"
                            "set border 3 lc rgb '#606060' lw 1\n"
                            "set grid lt 1 lw 1 lc rgb '#E4E4E4'\n"
                            "set style fill solid 1.0 noborder\n"
                            "set boxwidth 1.0\n"
                            "unset key\n";

/* "./NAME.ENDING" */
static void beside(const fsnn_figure *f, const char *before, const char *ending)
{
    char name[FSNN_TEXT]; /* files have names of at most 255 bytes */

    snprintf(name, sizeof name, "./%s.%s", f->name, ending);
    fputs(before, f->script);
    fsnn_text_quote(f->script, name);
    fputc('\n', f->script);
}

static void terminals(const fsnn_figure *f)
{
    beside(f, "data = ", "dat");
    fprintf(f->script,
            "if (pass == 1) {\n"
            "    set terminal pngcairo noenhanced size %d,%d font 'Sans,12' background '#FFFFFF'\n",
            f->width, f->height);
    beside(f, "    set output ", "png");
    fprintf(f->script,
            "    bold = 'Sans:Bold'\n"
            "    face = 'Sans'\n"
            "    away = 0\n"
            "} else {\n"
            "    set terminal svg noenhanced size %d,%d font 'sans-serif,12' fontscale 1.333 "
            "background '#FFFFFF'\n",
            f->width, f->height);
    beside(f, "    set output ", "svg");
    fputs("    bold = 'sans-serif'\n"
          "    face = 'sans-serif'\n"
          "    away = 1.2 # widths of tic labels are guessed too small here\n"
          "}\n",
          f->script);
}

static void header(const fsnn_figure *f, const char *title)
{
    char text[FSNN_TEXT];

    fprintf(f->script,
            "# Draws %s.png and %s.svg from %s.dat: change what you like and run, in this folder,\n"
            "#     gnuplot %s.gp\n"
            "reset\n"
            "if (!exists('pass')) pass = 1 # 1: the PNG, 2: the SVG\n",
            f->name, f->name, f->name, f->name);
    terminals(f);
    fputs(style, f->script);
    for (int i = 0; i < FSNN_COUNT(palette); i++)
        fprintf(f->script, "set linetype %d lw 2 pt 7 ps 0.8 lc rgb '%s'\n", i + 1, palette[i]);
    fprintf(f->script, "set linetype cycle %d\n", FSNN_COUNT(palette));
    fsnn_text_clean(text, 90, title);
    fputs("set multiplot\nset label 99 ", f->script);
    fsnn_text_quote(f->script, text);
    fprintf(f->script, " at screen 0.5,%.5f center font bold.',15'\n", 1.0 - 26.0 / f->height);
}

/* The name stands in comments of the script, too, where a line break would end them. */
static fsnn_status split(fsnn_figure *f, const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;

    if (!path || !*name)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a figure needs a path that ends in its name without ending (like "
                         "\"runs/raster\"), but it was \"%s\"",
                         path ? path : "");
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return fsnn_fail(FSNN_EARGUMENT,
                             "the figure's file name \"%s\" holds a control character, which "
                             "gnuplot scripts cannot name; take another name",
                             name);
    f->path = fsnn_strdup(path);
    f->name = fsnn_strdup(name);
    f->folder = !slash          ? fsnn_strdup(".")
                : slash == path ? fsnn_strdup("/")
                                : fsnn_format("%.*s", (int)(slash - path), path);
    return f->path && f->name && f->folder ? FSNN_OK : FSNN_EMEMORY;
}

static fsnn_status create(fsnn_file *file, const char *path, const char *ending)
{
    char *name = fsnn_format("%s.%s", path, ending);

    if (!name)
        return FSNN_EMEMORY;
    fsnn_status status = fsnn_file_create(file, name);
    fsnn_free(name);
    return status;
}

static fsnn_status open_both(fsnn_figure *f, const char *path)
{
    FSNN_TRY(split(f, path));
    f->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!f->plain)
        return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while preparing the figure", path);
    f->before = uselocale(f->plain);
    FSNN_TRY(create(&f->script_file, path, "gp"));
    f->script = f->script_file.stream;
    FSNN_TRY(create(&f->data_file, path, "dat"));
    f->data = f->data_file.stream;
    return FSNN_OK;
}

fsnn_status fsnn_figure_begin(fsnn_figure *f, const char *path, int height, const char *title)
{
    *f = (fsnn_figure){.width = FSNN_FIGURE_WIDTH, .height = height};
    if (height > FSNN_FIGURE_MOST)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s: the figure would be %d pixels high, and at most %d can be drawn: "
                         "split its layers or panels over several figures",
                         path ? path : "", height, FSNN_FIGURE_MOST);
    fsnn_status status = open_both(f, path);
    if (status < 0) {
        fsnn_figure_abort(f);
        return status;
    }
    header(f, title);
    fprintf(f->data, "# Data of %s.gp: blocks are numbered from 0 and parted by two empty lines.\n",
            f->name);
    return FSNN_OK;
}

void fsnn_figure_abort(fsnn_figure *f)
{
    fsnn_file_abort(&f->script_file);
    fsnn_file_abort(&f->data_file);
    if (f->plain) {
        uselocale(f->before);
        freelocale(f->plain);
    }
    fsnn_free(f->path);
    fsnn_free(f->folder);
    fsnn_free(f->name);
    *f = (fsnn_figure){0};
}

fsnn_status fsnn_figure_end(fsnn_figure *f)
{
    fputs("unset multiplot\n"
          "unset output\n"
          "pass = pass + 1\n"
          "if (pass == 2) reread\n"
          "undefine pass\n",
          f->script);
    /* both or none: data without a script draw nothing, and an older script would draw nonsense */
    fsnn_status status = port_settle(&f->data_file);
    if (status == FSNN_OK)
        status = port_settle(&f->script_file);
    if (status == FSNN_OK)
        status = fsnn_file_commit(&f->data_file);
    if (status == FSNN_OK)
        status = fsnn_file_commit(&f->script_file);
    if (status == FSNN_OK)
        status = fsnn_gnuplot_run(f->folder, f->name, f->path);
    fsnn_figure_abort(f);
    return status;
}

void fsnn_figure_subtitle(fsnn_figure *f, const char *text)
{
    fputs("set label 98 ", f->script);
    fsnn_text_quote(f->script, text);
    fprintf(f->script, " at screen 0.5,%.5f center textcolor rgb '#606060'\n",
            1.0 - 52.0 / f->height);
}

void fsnn_figure_panel(fsnn_figure *f, int left, int right, int top, int bottom,
                       const char *heading)
{
    double w = f->width, h = f->height;

    fprintf(f->script,
            "\n%sunset label 1; unset label 2; unset xlabel; unset ylabel; unset key\n"
            "unset logscale; set format '%%g'; set border 3\n"
            "set xtics auto nomirror out scale 0.5 textcolor rgb '#303030'\n"
            "set ytics auto nomirror out scale 0.5 textcolor rgb '#303030'\n"
            "set lmargin at screen %.5f; set rmargin at screen %.5f\n"
            "set tmargin at screen %.5f; set bmargin at screen %.5f\n",
            f->panels++ == 1 ? "unset label 98; unset label 99\n" : "", left / w, right / w,
            1 - top / h, 1 - bottom / h);
    fputs("set label 1 ", f->script);
    fsnn_text_quote(f->script, heading);
    fprintf(f->script, " at screen %.5f,%.5f left font bold.',12'\n", left / w, 1 - (top - 14) / h);
}

void fsnn_figure_remark(fsnn_figure *f, const char *text)
{
    fputs("set label 2 ", f->script);
    fsnn_text_quote(f->script, text);
    fputs(" at graph 0.5,0.5 center front textcolor rgb '#707070'\n", f->script);
}

void fsnn_figure_empty(fsnn_figure *f)
{
    fputs("plot NaN notitle\n", f->script);
}

int fsnn_figure_block(fsnn_figure *f)
{
    fputs("\n\n", f->data);
    return f->blocks++;
}

void fsnn_figure_number(fsnn_figure *f, double value, char after)
{
    if (isfinite(value))
        fprintf(f->data, "%.9g%c", value, after);
    else
        fprintf(f->data, "NaN%c", after);
}

void fsnn_figure_time(fsnn_figure *f, int64_t K, double step, bool last, const fsnn_units *units)
{
    enum { TICS = 12 };
    char label[32];
    double every = (double)fsnn_axis_whole_step(K, TICS) * step;

    /* few steps: a tic at each; many: at round numbers (of steps, where a step is one) from 0 on */
    if (K > TICS && step != 1)
        every = fsnn_axis_step((double)K * step, TICS);
    fprintf(f->script, "set xrange [%.9g:%.9g]\nset xtics 0,%.9g\n", 0.5 * step,
            ((double)K + 0.5) * step, every);
    if (!last)
        fputs("set format x ''\n", f->script);
    else if (units && units->unit[FSNN_QUANTITY_TIME])
        fprintf(f->script, "set xlabel '%s'\n",
                fsnn_units_label(units, FSNN_QUANTITY_TIME, "time", label, sizeof label));
    else if (step == 1.0)
        fputs("set xlabel 'time step'\n", f->script);
    else
        fprintf(f->script, "set xlabel 'time (unit of tau; step h = %.6g)'\n", step);
}
