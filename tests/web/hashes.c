/* tests/web/hashes.c: the hashes of runs of the playground's neuron, computed here. Reads lines of
 * settings, KEY=VALUE with tabs between, named as in the page's address; prints lines "HASH
 * SPIKES". */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The page's names of a current's numbers, and which one it is of that current. */
static const struct {
    const char *name;
    play_number number;
} of_currents[] = {{"amplitude", PLAY_P0}, {"from", PLAY_P1}, {"until", PLAY_P2},
                   {"first", PLAY_P0},     {"last", PLAY_P1}, {"mean", PLAY_P0},
                   {"deviation", PLAY_P1}};

static int number_of(const char *key)
{
    for (size_t i = 0; i < sizeof of_currents / sizeof of_currents[0]; i++)
        if (strcmp(of_currents[i].name, key) == 0)
            return of_currents[i].number;
    for (int i = 0; i < PLAY_NUMBERS; i++)
        if (strcmp(play_number_name(i), key) == 0)
            return i;
    return -1;
}

/* Points at even times from 0 to the end. */
static void set_drawn(char *text)
{
    double *time = play_drawn(), *value = time + PLAY_POINTS;
    int count = 0;
    for (char *at = strtok(text, ","); at && count < PLAY_POINTS; at = strtok(NULL, ","))
        value[count++] = atof(at);
    for (int i = 0; i < count; i++)
        time[i] = play_numbers()[PLAY_TIME] * i / (count - 1);
    play_drawn_count(count);
}

static void set(const char *key, char *value)
{
    int number = number_of(key);
    if (strcmp(key, "drawn") == 0) {
        set_drawn(value);
        return;
    }
    if (number >= 0) {
        play_numbers()[number] = atof(value);
        return;
    }
    for (int i = 0; i < PLAY_WORDS; i++)
        if (strcmp(play_word_name(i), key) == 0) {
            snprintf(play_text(i), PLAY_WORD_SIZE, "%s", value);
            return;
        }
    fprintf(stderr, "hashes: there is no setting %s\n", key);
    exit(1);
}

static void clear(void)
{
    memset(play_numbers(), 0, PLAY_NUMBERS * sizeof(double));
    for (int i = 0; i < PLAY_WORDS; i++)
        play_text(i)[0] = 0;
}

int main(void)
{
    static char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        char *rest = line, *one;
        clear();
        line[strcspn(line, "\n")] = 0;
        while ((one = rest) != NULL) {
            rest = strchr(one, '\t');
            if (rest)
                *rest++ = 0;
            char *value = strchr(one, '=');
            *value++ = 0;
            set(one, value);
        }
        if (play_run() < 0) {
            fprintf(stderr, "hashes: %s\n", play_error());
            return 1;
        }
        int spikes = 0;
        for (int k = 0; k < play_steps(); k++)
            spikes += play_array(3)[k] != 0;
        printf("%s %d\n", play_hash(), spikes);
    }
    return 0;
}
