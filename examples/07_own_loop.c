/* 07_own_loop: a neuron layer in a loop of one's own. Which constant current makes a fractional
 * neuron spike 10 times in 60 steps? Gradient descent through the spikes finds it.
 *
 * Build: cc 07_own_loop.c $(pkg-config --cflags --libs fsnn) */
#include <fsnn/fsnn.h>
#include <stdio.h>

enum { STEPS = 60, WANTED = 10 };

int main(void)
{
    fsnn_order order = fsnn_order_of(0.8);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = STEPS, .batch = 1, .training = true, .still = true};
    fsnn_layer *lif;
    fsnn_tape *tape;
    if (fsnn_layer_create("lif", NULL, &dynamics, FSNN_SHAPE(1), &lif) < 0 ||
        fsnn_tape_create(lif, &plan, &tape) < 0)
        return puts(fsnn_error_text()), 1;
    float current = 0.4f, spikes[STEPS], gradient[STEPS], slope, count = 0;
    for (int i = 0; i < 500 && count != WANTED; i++) {
        if (fsnn_tape_reset(tape) < 0 || fsnn_tape_forward(tape, &current, spikes) < 0)
            return puts(fsnn_error_text()), 1;
        for (int k = count = 0; k < STEPS; k++)
            count += spikes[k];
        for (int k = 0; k < STEPS; k++) /* of the loss (count - WANTED)^2 / 2 */
            gradient[k] = count - WANTED;
        if (fsnn_tape_backward(tape, gradient, &slope) < 0)
            return puts(fsnn_error_text()), 1;
        if (i % 20 == 0 || count == WANTED)
            printf("current %.4f: %2.0f spikes\n", current, count);
        current -= 2e-5f * slope;
    }
    fsnn_tape_destroy(tape);
    fsnn_layer_destroy(lif);
    return puts(count == WANTED ? "ok" : "FAILED"), count != WANTED;
}
