/* playground/train/learn.h: what the page "a network learns" asks of the library.
 *
 * A learner is a network of fractional neurons with an optimiser and samples that are held as a
 * constant current. There is one at a time. Functions that can fail return 0, or a negative
 * fsnn_status with the sentence in learn_error(). */
#ifndef PLAYGROUND_LEARN_H
#define PLAYGROUND_LEARN_H

#include <fsnn/net.h>
#include <fsnn/train.h>

#ifdef __wasm__
#define LEARN_API(name) __attribute__((export_name(#name)))
#else
#define LEARN_API(name)
#endif

typedef enum learn_number {
    LEARN_HIDDEN, /* neurons of a hidden layer */
    LEARN_LAYERS, /* hidden layers, 1 to LEARN_LAYERS_MOST */
    LEARN_STEPS,  /* K */
    LEARN_ALPHA,  /* at the beginning */
    LEARN_FREE,   /* 1: alpha is learned */
    LEARN_TAU,    /* of all neurons */
    LEARN_RATE,   /* of Adam */
    LEARN_SEED,
    LEARN_NUMBERS
} learn_number;

enum {
    LEARN_LAYERS_MOST = 3,
    LEARN_HIDDEN_MOST = 128,
    LEARN_STEPS_MOST = 64,
    LEARN_SAMPLES = 2048, /* at most */
    LEARN_INPUT = 196,    /* numbers of a sample, at most */
    LEARN_CLASSES = 10,   /* at most */
    LEARN_BATCH = 64,
    LEARN_GRID = 2500 /* samples that are answered at once, at most */
};

double *learn_numbers(void);               /* [LEARN_NUMBERS] */
const char *learn_number_name(int number); /* NULL beyond the last */
const char *learn_error(void);

/* ---- samples: learn_samples() [LEARN_SAMPLES][LEARN_INPUT] are read as [count][inputs] ---- */

float *learn_samples(void);
int *learn_labels(void); /* [LEARN_SAMPLES] */

/* ---- the network ---- */

/* A new network of `inputs` numbers and `classes` answers with drawn weights, on the first `count`
 * samples. */
int learn_create(int inputs, int classes, int count);
/* More samples, or fewer; the network stays. */
int learn_count(int count);
/* `batches` steps of Adam on samples that are drawn. Then learn_loss() is their mean loss. */
int learn_train(int batches);
double learn_loss(void);
/* The order of hidden layer `layer`, as it is now. */
double learn_alpha(int layer);

/* Answers to `count` samples from learn_asked(): learn_answers() [count][classes], shares that
 * sum to 1. */
float *learn_asked(void); /* [LEARN_GRID][inputs] */
int learn_answer(int count);
const float *learn_answers(void);
/* The share of all samples that are answered rightly; negative: a status. */
double learn_accuracy(void);
/* What the neurons do under the first asked sample: spikes [layers][steps][hidden], then the
 * potentials of the readout [steps][classes]. */
int learn_look(void);
const float *learn_spikes(void);
const float *learn_potentials(void);

/* Parameters one after the other, in the order of the net, to keep or to exchange. */
int learn_parameters(void);           /* how many numbers there are */
float *learn_parameter_values(void);  /* of them */
int learn_take_parameters(int count); /* learn_parameter_values() becomes the network's */

/* ---- inside ---- */
double learn_get(learn_number number);
int learn_done(fsnn_status status);

#endif
