/* What the page sets: numbers and texts by their names. */
#include "play.h"

#include <string.h>

static double numbers[PLAY_NUMBERS];
static char texts[PLAY_WORDS][PLAY_WORD_SIZE];

static const char *const number_names[PLAY_NUMBERS] = {
    [PLAY_ALPHA] = "alpha",
    [PLAY_TAU] = "tau",
    [PLAY_THRESHOLD] = "threshold",
    [PLAY_V_RESET] = "v_reset",
    [PLAY_REFRACTORY] = "refractory",
    [PLAY_STEP] = "step",
    [PLAY_TIME] = "time",
    [PLAY_SEED] = "seed",
    [PLAY_P0] = "p0",
    [PLAY_P1] = "p1",
    [PLAY_P2] = "p2",
};

static const char *const word_names[PLAY_WORDS] = {
    [PLAY_KIND] = "kind",       [PLAY_METHOD] = "method", [PLAY_RESET] = "reset",
    [PLAY_CURRENT] = "current", [PLAY_PARAMS] = "params", [PLAY_DV] = "dv",
    [PLAY_DW] = "dw",
};

PLAY_API(play_numbers) double *play_numbers(void)
{
    return numbers;
}

PLAY_API(play_number_name) const char *play_number_name(int number)
{
    return number >= 0 && number < PLAY_NUMBERS ? number_names[number] : NULL;
}

PLAY_API(play_text) char *play_text(int word)
{
    return word >= 0 && word < PLAY_WORDS ? texts[word] : NULL;
}

PLAY_API(play_word_name) const char *play_word_name(int word)
{
    return word >= 0 && word < PLAY_WORDS ? word_names[word] : NULL;
}

double play_get(play_number number)
{
    return numbers[number];
}

const char *play_say(play_word word)
{
    texts[word][PLAY_WORD_SIZE - 1] = 0;
    return texts[word];
}

/* ---- errors ---- */

static char sentence[PLAY_WORD_SIZE];

PLAY_API(play_error) const char *play_error(void)
{
    return sentence;
}

int play_done(fsnn_status status)
{
    sentence[0] = 0;
    if (status < 0)
        strncat(sentence, fsnn_error_text(), sizeof sentence - 1);
    return status < 0 ? (int)status : 0;
}
