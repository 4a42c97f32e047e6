/* A digit seen by an event camera, by the C that fsnn export-c makes of nmnist_events.yaml
 * (docs/deploy.md). A recording of N-MNIST comes from stdin: 5 bytes an event, x, y, and polarity
 * with the time in microseconds. A device has its events from the camera, one by one.
 *
 *     cc -std=c99 -O2 -DNET_EVENTS -I digits examples/chip/nmnist_main.c digits/net.c -o digit
 *     ./digit <60001.bs2
 */
#include "net.h"

#include <stdio.h>

enum { STEP = 10000 /* us */, STEPS = 32, SIDE = 17, CLASSES = 10 };

#ifdef NET_IN_FRACTION
typedef int32_t answer;
#else
typedef float answer;
#endif

static net_state state;
static double sum[CLASSES];

/* The step ends: what the network says of it. */
static void tick(void)
{
    answer out[NET_OUT];
    net_tick(&state, out);
    for (int i = 0; i < CLASSES; i++)
        sum[i] += (double)out[i];
}

static int best(void)
{
    int at = 0;
    for (int i = 1; i < CLASSES; i++)
        at = sum[i] > sum[at] ? i : at;
    return at;
}

int main(void)
{
    long begin = -1, step = 0, events = 0;
    int byte[5];
    net_reset(&state);
    while (step < STEPS) {
        for (int i = 0; i < 5; i++)
            byte[i] = getchar();
        if (byte[4] == EOF)
            break;
        const long time = (byte[2] & 127L) << 16 | (long)byte[3] << 8 | byte[4];
        const int polarity = byte[2] >> 7;
        begin = begin < 0 ? time : begin;
        for (; step < STEPS && time - begin >= (step + 1) * STEP; step++)
            tick();
        if (step < STEPS)
            net_event(&state, (uint32_t)((polarity * SIDE + byte[1] / 2) * SIDE + byte[0] / 2));
        events++;
    }
    for (; step < STEPS; step++)
        tick();
    printf("%d (%ld events)\n", best(), events);
    return 0;
}
