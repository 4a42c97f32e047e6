/* cli/run/run_record.c: fsnn run --record, --record-steps: what is recorded, of which layers and
 * steps. */
#include "cli/run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The whole number at *text, which goes on behind it, or `none` where there is no digit; -1 of what
 * is too large. */
static int64_t read_number(const char **text, int64_t none)
{
    if (**text < '0' || **text > '9')
        return none;
    char *end;
    errno = 0;
    long long value = strtoll(*text, &end, 10);
    *text = end;
    return errno || value > (int64_t)1e15 ? -1 : value;
}

/* FROM:TO, where one of them may be left out. */
static int read_steps(run_work *w)
{
    const char *text = w->o->record_steps;
    int64_t first = read_number(&text, 0), end = 0;
    bool good = *text == ':' && first >= 0;
    bool bounded = good && text[1];
    text += good;
    if (bounded)
        end = read_number(&text, -1);
    if (!good || *text || (bounded && end <= first))
        return cli_error(CLI_USAGE,
                         "--record-steps takes FROM:TO, whole numbers of which TO is larger, like "
                         "10:20 for the steps 10 to 19, 10: from 10 on, :20 before 20; not \"%s\"",
                         w->o->record_steps);
    w->record_first = first;
    w->record_steps = bounded ? end - first : 0;
    return CLI_GOOD;
}

/* The library's name of the option is here its own with dashes. */
static int failed(fsnn_status status)
{
    return status < 0 ? cli_error(CLI_USAGE, "--%s", fsnn_error_text()) : CLI_GOOD;
}

int run_record_read(run_work *w)
{
    const run_options *o = w->o;
    if (o->record_steps && (!o->record || !*o->record))
        return cli_error(CLI_USAGE,
                         "--record-steps says of which steps --record keeps something: give "
                         "--record too, like --record v,spikes");
    int code = o->record ? failed(fsnn_record_check(o->record, NULL)) : CLI_GOOD;
    return code == CLI_GOOD && o->record_steps ? read_steps(w) : code;
}

int run_record_fits(const run_work *w)
{
    return w->o->record ? failed(fsnn_record_check(w->o->record, w->model.net)) : CLI_GOOD;
}
