/* Descriptions in JSON, which every build reads: a training, its run directory, and what comes
 * after it. */
#include "tiny.h"

static const char description[] =
    "{\"name\": \"tiny\", \"input\": [6],\n"
    " \"layers\": [{\"linear\": {\"out\": 12, \"name\": \"fc1\"}},\n"
    "  {\"lif\": {\"name\": \"lif1\", \"tau\": {\"value\": 2.0, \"learn\": true}}},\n"
    "  {\"linear\": {\"out\": 3, \"name\": \"fc2\"}}, \"lif\"],\n"
    " \"dynamics\": {\"alpha\": 0.6, \"learn_alpha\": true},\n"
    " \"data\": {\"kind\": \"npz\", \"train\": {\"path\": \"train.npz\"},\n"
    "  \"test\": {\"path\": \"test.npz\"},\n"
    "  \"encoder\": {\"kind\": \"direct\", \"steps\": 6}},\n"
    " \"training\": {\"epochs\": 2, \"batch\": 16, \"seed\": 5,\n"
    "  \"optimizer\": {\"kind\": \"adam\", \"lr\": 0.02}}}\n";

/* The data of tiny.h, and this description of them. */
static int start(void **state)
{
    if (tiny_start(state) != 0)
        return -1;
    folder_write_text("net.json", description);
    return 0;
}

static void whole_way(void **state)
{
    (void)state;
    shell_says("$F inspect net.json", "\"tiny\"", "fc1", "lif1");
    shell_good("$F train net.json --out r --no-figures -q --set training.epochs=1 "
               "--set fc2.bias=false --set lif1.threshold=.75");
    shell_good("$F eval r -q --json >a && $F eval net.json -w r -q --set fc2.bias=false --set "
               "lif1.threshold=.75 --json >b && test -s a");
    shell_good("$F train --resume r --no-figures -q --set training.epochs=2");
    shell_good("$F run r --input x.npz --output y.npz --record v");
    shell_good("$F run net.json --set fc2.bias=false --set lif1.threshold=0.75 "
               "-w r/best.safetensors -i x.npz -o z.npz --record v && cmp y.npz z.npz");
    shell_good("$F simulate --model r --node lif1 --precision single --time 2 -q");
}

static void wrong(void **state)
{
    (void)state;
    shell_fails("$F inspect net.json --set lif1.tau=-1", 2, "net.json: override \"lif1.tau=-1\"");
    shell_fails("sed 's/\"out\"/\"aus\"/' net.json >w.json; $F inspect w.json", 2,
                "w.json:2:25: layers[0].linear.aus");
    shell_fails("sed 's/0.6,/0.6/' net.json >w.json; $F inspect w.json", 2, "w.json:5:");
    shell_fails("head -c 100 net.json >w.json; $F inspect w.json", 2, "w.json:");
    if (check_built_with("YAML"))
        return;
    shell_fails(
        "$F train tiny.yaml --out t", 2,
        "tiny.yaml:1:1: no value of JSON begins here: these are numbers, texts in double "
        "quotes, true, false, null, lists [...] and mappings {...}; fsnn was built without "
        "YAML and reads JSON here: write it as JSON, or configure fsnn with -DFSNN_YAML=ON");
    assert_false(folder_has("t"));
}

/* Weights need no YAML, in either form. */
static void weights(void **state)
{
    (void)state;
    shell_good("$F train net.json --out r --no-figures -q");
    shell_good("$F run r -w r/best.safetensors -i x.npz -o y.npz");
    fsnn_arrays list = {0};
    GOOD(fsnn_safetensors_read(folder_path("r/best.safetensors"), &list));
    assert_true(list.count > 0);
    shell_save(&list, "w.npz");
    shell_good("$F run r -w w.npz -i x.npz -o z.npz && cmp y.npz z.npz");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_way, start, folder_remove),
        cmocka_unit_test_setup_teardown(wrong, start, folder_remove),
        cmocka_unit_test_setup_teardown(weights, start, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
