/* Heart beats found as they come, by the C that fsnn export-c makes of ecg_stream.yaml
 * (docs/deploy.md). The readings come from stdin, as ecg_frames.py writes them: nine differences a
 * line, 25 ms, and how many beats the annotator saw in it. A device has them from its converter.
 *
 *     cc -std=c99 -O2 -I ecg examples/chip/ecg_main.c ecg/net.c -o beats && ./beats <ecg_stream.txt
 */
#include "net.h"

#include <stdio.h>

enum { BEATS = 4000, NEAR = 3 /* lines, 75 ms */ };

static net_state state;
static long found[BEATS], there[BEATS];
static int finds, beats;

/* A reading of the lead, 200 a millivolt: the network was trained on 1/32 of it. */
#ifdef NET_IN_FRACTION
typedef int16_t number;
typedef int32_t answer;
static number scaled(int reading)
{
    const long x = (long)reading * (1 << NET_IN_FRACTION) / 32;
    return (number)(x > NET_IN_MOST ? NET_IN_MOST : x < -NET_IN_MOST ? -NET_IN_MOST : x);
}
#else
typedef float number, answer;
static number scaled(int reading)
{
    return (number)reading / 32;
}
#endif

/* Beats of `a` that have one of `b` near. */
static int matched(const long *a, int count, const long *b, int others)
{
    int near = 0;
    for (int i = 0, j = 0; i < count; i++) {
        while (j < others && b[j] < a[i] - NEAR)
            j++;
        near += j < others && b[j] <= a[i] + NEAR;
    }
    return near;
}

int main(void)
{
    int reading[NET_IN], holds, before = 0;
    long line = 0;
    net_reset(&state);
    for (;; line++) {
        number in[NET_IN];
        answer out[NET_OUT];
        for (int i = 0; i < NET_IN; i++)
            if (scanf("%d", &reading[i]) != 1)
                goto end;
        if (scanf("%d", &holds) != 1)
            goto end;
        for (int i = 0; i < NET_IN; i++)
            in[i] = scaled(reading[i]);
        net_step(&state, in, out);
        const int beat = out[1] > out[0];
        if (beat && !before && finds < BEATS)
            found[finds++] = line;
        before = beat;
        for (; holds > 0 && beats < BEATS; holds--)
            there[beats++] = line;
    }
end:
    printf("%ld steps of 25 ms, state of %lu bytes\n", line, (unsigned long)sizeof state);
    printf("%d of %d beats found, %d of %d finds are beats\n", matched(there, beats, found, finds),
           beats, matched(found, finds, there, beats), finds);
    return 0;
}
