/* plot/gnuplot_absent.c: figures where fsnn is built without plots: script and data stay, and the
 * picture is not drawn. */
#include "plot/figure.h"

#include "base/absent.h"
#include "base/port_files.h"

/* A picture of other data must not stay beside these. */
static fsnn_status remove_old(const char *path, const char *ending)
{
    char *picture = fsnn_format("%s.%s", path, ending);
    if (!picture)
        return FSNN_EMEMORY;
    port_remove(picture);
    fsnn_free(picture);
    return FSNN_OK;
}

fsnn_status fsnn_gnuplot_run(const char *folder, const char *name, const char *path)
{
    (void)folder;
    (void)name;
    FSNN_TRY(remove_old(path, "png"));
    FSNN_TRY(remove_old(path, "svg"));
    return fsnn_absent(path, "plots", "FSNN_PLOT");
}

fsnn_status fsnn_gnuplot_check(void)
{
    return fsnn_absent("figures", "plots", "FSNN_PLOT");
}
