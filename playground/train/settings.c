/* What the page sets, and what failed. */
#include "learn.h"

#include <string.h>

static double numbers[LEARN_NUMBERS];

static const char *const names[LEARN_NUMBERS] = {
    [LEARN_HIDDEN] = "hidden", [LEARN_LAYERS] = "layers", [LEARN_STEPS] = "steps",
    [LEARN_ALPHA] = "alpha",   [LEARN_FREE] = "learned",  [LEARN_TAU] = "tau",
    [LEARN_RATE] = "rate",     [LEARN_SEED] = "seed",
};

LEARN_API(learn_numbers) double *learn_numbers(void)
{
    return numbers;
}

LEARN_API(learn_number_name) const char *learn_number_name(int number)
{
    return number >= 0 && number < LEARN_NUMBERS ? names[number] : NULL;
}

double learn_get(learn_number number)
{
    return numbers[number];
}

static char sentence[2048];

LEARN_API(learn_error) const char *learn_error(void)
{
    return sentence;
}

int learn_done(fsnn_status status)
{
    sentence[0] = 0;
    if (status < 0)
        strncat(sentence, fsnn_error_text(), sizeof sentence - 1);
    return status < 0 ? (int)status : 0;
}
