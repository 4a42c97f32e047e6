/* One run at alpha, and the ghost beside it, at alpha 1. */
#include "play.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static fsnn_arrays result;
static char warnings[PLAY_WORD_SIZE];

static void warn(const char *text, void *user)
{
    (void)user;
    if (strstr(warnings, text))
        return; /* both orders may have it */
    strncat(warnings, text, sizeof warnings - strlen(warnings) - 1);
    strncat(warnings, "\n", sizeof warnings - strlen(warnings) - 1);
}

PLAY_API(play_warnings) const char *play_warnings(void)
{
    return warnings;
}

PLAY_API(play_run) int play_run(void)
{
    fsnn_simulation what;
    fsnn_arrays_free(&result);
    result = (fsnn_arrays){0};
    warnings[0] = 0;
    fsnn_status status = play_simulation(&what);
    what.warn = warn;
    if (status >= 0)
        status = fsnn_simulate(&what, &result);
    return play_done(status);
}

static const double *numbers(const char *name, int64_t *count)
{
    const fsnn_array *array = fsnn_arrays_find(&result, name);
    *count = array ? fsnn_shape_count(&array->shape) : 0;
    return array ? array->data : NULL;
}

const double *play_second(const fsnn_arrays *arrays)
{
    static const char state[] = "state.";
    for (int i = 0; i < arrays->count; i++)
        if (strncmp(arrays->item[i].name, state, sizeof state - 1) == 0)
            return arrays->item[i].data;
    return NULL;
}

PLAY_API(play_steps) int play_steps(void)
{
    int64_t count;
    numbers("t", &count);
    return (int)count;
}

PLAY_API(play_orders) int play_orders(void)
{
    int64_t count;
    numbers("alpha", &count);
    return (int)count;
}

PLAY_API(play_array) const double *play_array(int which)
{
    static const char *const names[] = {"t", "current", "v", "spikes"};
    const int known = (int)(sizeof names / sizeof names[0]);
    int64_t count;
    if (which == known)
        return play_second(&result);
    return which >= 0 && which < known ? numbers(names[which], &count) : NULL;
}

/* ---- hash ---- */

static uint64_t add(uint64_t hash, const double *x, int count)
{
    for (int i = 0; i < count; i++) {
        float single = (float)x[i];
        uint32_t bits;
        memcpy(&bits, &single, sizeof bits);
        for (int byte = 0; byte < 4; byte++) {
            hash ^= bits >> 8 * byte & 255;
            hash *= 1099511628211u;
        }
    }
    return hash;
}

PLAY_API(play_hash) const char *play_hash(void)
{
    static char text[17];
    int64_t count;
    uint64_t hash = 14695981039346656037u;
    const double *v = numbers("v", &count), *spikes = numbers("spikes", &count);
    if (v && spikes)
        hash = add(add(hash, v, play_steps()), spikes, play_steps());
    snprintf(text, sizeof text, "%08lx%08lx", (unsigned long)(hash >> 32),
             (unsigned long)(hash & 0xffffffff));
    return text;
}
