/* The training that one gets without asking for anything. */
#include <fsnn/train.h>

#include <math.h>

fsnn_training fsnn_training_default(void)
{
    fsnn_training training = {
        .epochs = 10,
        .batch = 64,
        .loss = {.kind = FSNN_CE_RATE, .correct_rate = 1},
        .optimizer = {.kind = FSNN_ADAM,
                      .lr = 1e-3,
                      .momentum = 0.9,
                      .beta1 = 0.9,
                      .beta2 = 0.999,
                      .eps = 1e-8,
                      .neuron_lr = 1},
        .schedule = {.kind = FSNN_CONSTANT,
                     .every = 10,
                     .factor = 0.1,
                     .patience = 5,
                     .threshold = 1e-4,
                     .peak = 0.3,
                     .start_div = 25,
                     .end_div = 1e4},
        .seed = 1,
        .top_k = 5,
        .accumulate = 1,
        .shards = 1,
    };
    for (int i = 0; i < FSNN_PARAM_RULES; i++) /* what is not said of a pattern */
        training.optimizer.rule[i] = (fsnn_param_rule){.lr = 1, .learn = true};
    for (int i = 0; i < FSNN_TERMS; i++)
        training.term[i] = (fsnn_term){.min = -INFINITY, .max = INFINITY, .weight = 1};
    return training;
}
