/* tests/fuzz/fuzz_training_state.c: fsnn_train resumed from any bytes as last.state.safetensors, in
 * a run of one epoch; it goes on for another one. What is refused leaves the network as it was. The
 * seeds have no checksum, as files of before there was one: it would keep nearly everything out. */
#include "fuzz_net.h"

static struct {
    fsnn_net *net;
    fsnn_loader *loader;
} training;

static void training_data(void)
{
    static float x[FUZZ_SAMPLES * FUZZ_FEATURES];
    static int32_t label[FUZZ_SAMPLES];
    fsnn_data *data;
    fuzz_values(x, FSNN_COUNT(x));
    for (int i = 0; i < FUZZ_SAMPLES; i++)
        label[i] = i % 2;
    fuzz_must(fsnn_data_memory(FUZZ_SAMPLES, FSNN_SHAPE(FUZZ_FEATURES), x, label, &data));
    const fsnn_loader_options o = {
        .encoder = {.kind = FSNN_ENCODE_DIRECT, .steps = FUZZ_STEPS, .gain = 1},
        .batch = FUZZ_BATCH,
        .shuffle = true,
        .seed = 1};
    fuzz_must(fsnn_loader_create(data, &o, &training.loader));
}

static fsnn_status train(int64_t epochs, bool resume)
{
    fsnn_train_options o = {
        .training = fsnn_training_default(), .directory = fuzz_folder, .resume = resume};
    o.training.epochs = epochs;
    o.training.batch = FUZZ_BATCH;
    o.training.optimizer.lr = 1e-2;
    o.training.schedule = (fsnn_schedule){.kind = FSNN_PLATEAU, .factor = 0.5, .patience = 1};
    return fsnn_train(training.net, training.loader, NULL, &o, NULL);
}

/* "fsnn_crc32c" and "fsnn_format" become other names. */
static void forget_checksum(uint8_t *bytes, size_t size)
{
    static const char *const keys[] = {"\"fsnn_crc32c\"", "\"fsnn_format\""};
    for (int i = 0; i < FSNN_COUNT(keys); i++) {
        uint8_t *at = memmem(bytes, size, keys[i], strlen(keys[i]));
        fuzz_check(at != NULL);
        at[1] = 'x';
    }
}

/* Seeds are the states of a training that ended its epoch; its other files stay in the folder. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static fsnn_description *d;
    uint8_t *bytes;
    size_t size;
    const char *state = fuzz_path("last.state.safetensors");
    training_data();
    training.net = fuzz_net("{\"name\": \"t\", \"input\": [4], \"layers\": [{\"linear\": 3}, "
                            "{\"lif\": {\"tau\": {\"value\": 2, \"learn\": true}}}, "
                            "{\"linear\": 2}], "
                            "\"dynamics\": {\"alpha\": 0.7, \"learn_alpha\": true}}",
                            &d);
    fuzz_must(train(1, false));
    fuzz_must(fsnn_file_read(state, &bytes, &size));
    fuzz_seed(*argc, *argv, "summed", bytes, size);
    forget_checksum(bytes, size);
    fuzz_seed(*argc, *argv, "plain", bytes, size);
    fsnn_free(bytes);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t count, again;
    fuzz_file("last.state.safetensors", data, size);
    float *before = fuzz_parameters(training.net, &count);
    fuzz_forget();
    fsnn_status status = train(2, true);
    if (!fuzz_good(status) && status != FSNN_ENUMERIC) { /* numbers that training cannot use */
        float *after = fuzz_parameters(training.net, &again);
        fuzz_check(!memcmp(before, after, (size_t)count * sizeof *after));
        free(after);
    }
    free(before);
    return 0;
}
