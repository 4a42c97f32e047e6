/* Whether the description takes what a sweep makes of it. */
#include "model/sweep.h"

#include "base/error_key.h"

static fsnn_status read_with(const fsnn_sweep *s, const char *const *set, int sets)
{
    fsnn_description *description;
    fsnn_status status = fsnn_description_read(s->description, set, sets, &description);
    if (status >= 0)
        fsnn_description_destroy(description);
    return status;
}

/* The value that is refused by itself stands at a line of the sweep; of values that only do not go
 * together the sentence stays as it is. */
static fsnn_status locate(fsnn_sweep *s, fsnn_status status)
{
    fsnn_error together;
    fsnn_error_keep(&together);
    bool good = status != FSNN_EMEMORY && read_with(s, NULL, 0) >= 0; /* the description itself */
    for (int a = 0; a < s->axes && good; a++)
        for (int i = 0; i < s->axis[a].values; i++) {
            fsnn_error alone;
            if (read_with(s, &s->axis[a].set[i], 1) >= 0)
                continue;
            fsnn_error_keep(&alone);
            return yaml_fail(&s->doc, s->axis[a].node[i], "%s", alone.text);
        }
    fsnn_error_restore(&together);
    return status;
}

fsnn_status fsnn_sweep_check(fsnn_sweep *sweep)
{
    FSNN_NEED(sweep);
    for (int j = 0; j < sweep->jobs; j++) {
        fsnn_status status = read_with(sweep, &sweep->set[j * sweep->axes], sweep->axes);
        if (status < 0)
            return locate(sweep, status);
    }
    return FSNN_OK;
}
