/* 06_session: trains what a description says on samples in memory, and checks that it learned them:
 * which two of six currents are large.
 * Build: cc 06_session.c $(pkg-config --cflags --libs fsnn) */
#include <fsnn/fsnn.h>
#include <stdio.h>

static const char text[] =
    "input: [6]\n"
    "layers: [linear: {out: 16}, lif: {threshold: 0.1}, linear: {out: 3}, readout: {}]\n"
    "dynamics: {alpha: 0.6, learn_alpha: true}\n"
    "training: {epochs: 10, batch: 16, loss: ce_rate, optimizer: {lr: 0.02}}\n";

enum { SAMPLES = 240, INPUTS = 6, CLASSES = 3 };

int main(void)
{
    static float x[SAMPLES][INPUTS];
    static int32_t labels[SAMPLES];
    for (int i = 0; i < SAMPLES; i++)
        for (int j = 0; j < INPUTS; j++)
            x[i][j] = (float)(i * (j + 3) % 17) / 34 + (j / 2 == (labels[i] = i % CLASSES) ? 1 : 0);
    fsnn_data *data = NULL;
    fsnn_session *session = NULL;
    fsnn_assessment learned = {0};
    const fsnn_session_options opening = {.text = text};
    const fsnn_session_training_options training = {.directory = NULL}; /* or a run directory */
    const fsnn_assess_options assess = {.part = FSNN_PART_TRAIN, .repeats = 1};
    if (fsnn_data_memory(SAMPLES, FSNN_SHAPE(INPUTS), x[0], labels, &data) < 0 ||
        fsnn_session_open(&opening, &session) < 0 ||
        fsnn_session_give(session, FSNN_PART_TRAIN, data) < 0 ||
        fsnn_session_train(session, &training, NULL) < 0 || fsnn_session_best(session) < 0 ||
        fsnn_session_evaluate(session, &assess, &learned) < 0)
        fprintf(stderr, "%s\n", fsnn_error_text());
    printf("loss %.3f, %.1f %% right\n", learned.score.loss, 100 * learned.score.accuracy);
    int good = learned.score.accuracy > 0.95;
    fsnn_assessment_free(&learned);
    fsnn_session_close(session);
    fsnn_data_destroy(data);
    return !good;
}
