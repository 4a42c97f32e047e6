/* 08_stream_sensor: a network that watches a sensor, one reading at a time, for as long as it runs.
 *
 *     line of text -> reading [3] -> network, one step -> alarm or not
 *
 * What it shows: (1) chunks of one step, in which the state of the neurons goes on from call to
 * call, with memory and work that stay the same however long it runs; (2) the state saved to a file
 * and restored in another network, with the same bits after; (3) warnings, looked at after every
 * wrap; (4) bad input: lines that are no reading, and what to do where a number that is not finite
 * has reached the network; a state that is damaged or of another network. docs/streaming.md
 * explains it. It checks itself: the run that is interrupted gives the alarms of the one that is
 * not, they come where the machine shakes, and every fault is noticed.
 *
 * Build: cc 08_stream_sensor.c $(pkg-config --cflags --libs fsnn) -lm */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AXES = 3, PAIRS = 2 * AXES, STEPS = 3000, CUT = 2100, FROM = 2000, TO = 2300 };
static const float RANGE = 16; /* the sensor's, in g */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            fprintf(stderr, "%s\n", fsnn_error_text());                                            \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* All that is needed to go on: the network with its state, and what the program itself keeps. */
typedef struct monitor {
    fsnn_net *net;
    struct {
        long step, bad;   /* readings so far, and lines that were none */
        float good[AXES]; /* the last good reading */
    } own;
} monitor;

/* ---- the network ---- */

/* Two neurons an axis, for either sign, and one that sums them. A program would train the weights
 * and load them: fsnn_weights_load. */
static void set_weights(fsnn_net *net)
{
    float *first = fsnn_net_param_find(net, "fc1.weight")->value;  /* [PAIRS, AXES] */
    float *second = fsnn_net_param_find(net, "fc2.weight")->value; /* [1, PAIRS] */
    memset(first, 0, PAIRS * AXES * sizeof *first);
    for (int i = 0; i < PAIRS; i++) {
        first[i * AXES + i / 2] = i % 2 ? -4.0f : 4.0f;
        second[i] = 1.5f;
    }
}

static void monitor_create(monitor *m, int64_t batch)
{
    *m = (monitor){0};
    TRY(fsnn_net_create(&m->net));
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    int x = fsnn_net_linear(m->net, "fc1", fsnn_net_input(m->net, FSNN_SHAPE(AXES)), PAIRS, false);
    x = fsnn_net_lif(m->net, "lif1", x, &lif);
    x = fsnn_net_linear(m->net, "fc2", x, 1, false);
    lif.tau.value = 8;
    TRY(fsnn_net_lif(m->net, "alarm", x, &lif));

    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = 1e-4; /* the whole past at constant cost; full memory grows for ever */
    fsnn_plan plan = {.steps = 1, .batch = batch, .record = true, .stream = true};
    TRY(fsnn_net_wrap(m->net, &dynamics, &plan));
    for (int i = 0; fsnn_net_warning(m->net, i); i++) {
        fprintf(stderr, "warning: %s\n", fsnn_net_warning(m->net, i));
        exit(1); /* nobody reads the messages of a device: stop before it is installed */
    }
    set_weights(m->net);
    TRY(fsnn_net_params_changed(m->net));
}

/* ---- the state in a file ---- */

/* The program's own variables, then the network's state: one file, replaced whole or not at all. */
static void monitor_save(const monitor *m, const char *path)
{
    int64_t bytes = fsnn_net_state_bytes(m->net);
    TRY(bytes);
    void *state = malloc((size_t)bytes);
    fsnn_file file;
    TRY(state ? FSNN_OK : FSNN_EMEMORY);
    TRY(fsnn_net_state_save(m->net, state));
    TRY(fsnn_file_create(&file, path));
    fwrite(&m->own, sizeof m->own, 1, file.stream);
    fwrite(state, (size_t)bytes, 1, file.stream);
    TRY(fsnn_file_commit(&file)); /* tells of a full disk, too */
    free(state);
}

/* A file that is cut off, damaged or of another network is refused, and `m` stays as it is. */
static fsnn_status monitor_load(monitor *m, const char *path)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t count = file ? fread(bytes, 1, sizeof bytes, file) : 0, own = sizeof m->own;
    if (file)
        fclose(file);
    fsnn_status status =
        count < own ? FSNN_EIO : fsnn_net_state_load(m->net, bytes + own, (int64_t)(count - own));
    if (status == FSNN_OK)
        memcpy(&m->own, bytes, own);
    return status;
}

/* ---- readings ---- */

/* "0.013,-0.204,0.981" into x; NULL, or what is wrong. */
static const char *parse(const char *line, float x[AXES])
{
    char *end;
    for (int i = 0; i < AXES; i++, line = end + 1) {
        x[i] = strtof(line, &end);
        if (end == line || *end != (i + 1 < AXES ? ',' : 0))
            return i + 1 < AXES || end == line ? "too few numbers" : "more than three numbers";
        if (!isfinite(x[i]) || fabsf(x[i]) > RANGE)
            return "a number that the sensor cannot give";
    }
    return NULL;
}

/* One line, one step. A line that is no reading is counted, and the last good reading is held: the
 * network's time goes on with the clock of the sensor. Returns whether there is an alarm. */
static int monitor_step(monitor *m, const char *line)
{
    float x[AXES];
    const float *spike;
    const char *wrong = parse(line, x);
    if (wrong && m->own.bad++ < 5)
        printf("step %4ld: \"%s\" is no reading: %s; the last one is held\n", m->own.step, line,
               wrong);
    memcpy(wrong ? x : m->own.good, wrong ? m->own.good : x, sizeof x);
    TRY(fsnn_net_forward(m->net, x, &spike));
    m->own.step++;
    return *spike != 0;
}

/* The sensor: at rest, shaking from step FROM to TO, now and then a line that is no reading. */
static int sensor(long step, char line[64])
{
    float shake = step >= FROM && step < TO ? sinf(0.9f * (float)step) : 0;
    float rest = 0.02f * sinf(12.9898f * (float)step);
    snprintf(line, 64, "%.3f,%.3f,%.3f", rest, rest + shake, 0.5f * shake - rest);
    if (step % 500 == 123)
        strcpy(line, "nan,0.010,0.020");
    else if (step % 700 == 50)
        strcpy(line, "0.013,0.002");
    else if (step == 1111)
        strcpy(line, "0.013,99999,0.001");
    else
        return 0;
    return 1;
}

/* Steps up to `end`; alarm[k] gets what step k gave. Returns how many lines were no readings. */
static int watch(monitor *m, long end, char *alarm)
{
    char line[64];
    int bad = 0;
    while (m->own.step < end) {
        bad += sensor(m->own.step, line);
        long k = m->own.step;
        alarm[k] = (char)monitor_step(m, line);
    }
    return bad;
}

/* ---- what is checked ---- */

static int expect(int good, const char *what)
{
    printf("%-60s %s\n", what, good ? "yes" : "NO");
    return good;
}

/* Whether the last potentials have the same bits: each is a sum over all the past. */
static int same_potentials(const monitor *a, const monitor *b)
{
    float v[2][PAIRS];
    int lif1 = fsnn_net_node_find(a->net, "lif1");
    TRY(fsnn_net_read(a->net, lif1, FSNN_RECORD_V, v[0]));
    TRY(fsnn_net_read(b->net, lif1, FSNN_RECORD_V, v[1]));
    return memcmp(v[0], v[1], sizeof v[0]) == 0;
}

/* A number that is not finite has passed every check of one's own: the call is an error, the state
 * is spoilt, and a state from before repairs it. */
static int survives_nan(monitor *m, const char *path)
{
    const float x[AXES] = {NAN, 0, 0}, *spike;
    fsnn_status status = fsnn_net_forward(m->net, x, &spike);
    printf("%s\n", fsnn_error_text());
    return status == FSNN_ENUMERIC && monitor_load(m, path) == FSNN_OK;
}

static int refuses(monitor *m, const char *path)
{
    monitor two;
    FILE *file = fopen(path, "r+b");
    if (!file || fseek(file, 200, SEEK_SET) != 0 || fputc(0x55, file) == EOF || fclose(file) != 0)
        return 0;
    int good = expect(monitor_load(m, path) == FSNN_EFORMAT, "a damaged state is refused");
    printf("%s\n", fsnn_error_text());
    monitor_create(&two, 2);
    monitor_save(&two, path);
    good &= expect(monitor_load(m, path) == FSNN_ESHAPE, "a state for two sensors is refused");
    printf("%s\n", fsnn_error_text());
    fsnn_net_destroy(two.net);
    return good;
}

static int alarms(const char *alarm, int from, int to)
{
    int count = 0;
    for (int k = from; k < to; k++)
        count += alarm[k];
    return count;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "stream_sensor.state";
    static char whole[STEPS], parts[STEPS];
    monitor a, b;
    monitor_create(&a, 1);
    int bad = watch(&a, STEPS, whole);
    int good = expect(a.own.bad == bad && bad > 10, "every line that is no reading is noticed");

    monitor_create(&b, 1);
    watch(&b, CUT, parts);
    monitor_save(&b, path);
    fsnn_net_destroy(b.net); /* the power is cut */
    monitor_create(&b, 1);   /* and the program starts again */
    TRY(monitor_load(&b, path));
    good &= expect(survives_nan(&b, path), "a state repairs what NaN has spoilt");
    watch(&b, STEPS, parts);
    good &= expect(!memcmp(whole, parts, STEPS), "the interrupted run gives the same alarms");
    good &= expect(same_potentials(&a, &b), "and its potentials have the same bits");
    good &= expect(alarms(whole, FROM, TO) > 10, "it alarms while the machine shakes");
    good &= expect(alarms(whole, 0, FROM) == 0, "it does not before");
    good &= refuses(&b, path);
    remove(path);
    fsnn_net_destroy(a.net);
    fsnn_net_destroy(b.net);
    puts(good ? "ok" : "FAILED");
    return !good;
}
