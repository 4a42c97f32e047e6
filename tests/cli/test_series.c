/* fsnn inspect and plot on series and spike trains; fsnn eval --perturb. */

#include "tiny.h"

static const char ts[] = "# words\n@problemName p\n@classLabel true left right\n@data\n"
                         "1,2,?:0,0,0:right\n4,5:1,1:right\n";

/* 8 kHz, 16 bits: 0, 1/2, 0, -1/2, ... */
static void sound(const char *name, int samples)
{
    unsigned char head[44] =
        "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data";
    FILE *file = fopen(folder_path(name), "wb");
    assert_non_null(file);
    head[40] = (unsigned char)(2 * samples), head[41] = (unsigned char)(2 * samples >> 8);
    fwrite(head, 1, sizeof head, file);
    for (int k = 0; k < samples; k++) {
        const unsigned char value[4] = {0, 0x40, 0, 0xc0};
        fputc(0, file);
        fputc(value[k % 4], file);
    }
    fclose(file);
}

static void inspects(void **state)
{
    (void)state;
    folder_write_text("s.ts", ts);
    folder_write_text("odd", ts); /* by content, not by name */
    shell_says("$F inspect s.ts", "UCR/UEA series, 2 series of 2 channels, 2 classes",
               "length from 2 to 3 samples, mean 2.5", "1 values are missing",
               "right          2  ####", "left          0");
    shell_says("$F inspect odd", "UCR/UEA series");
    sound("a.wav", 800);
    shell_says("$F inspect a.wav", "sound, 1 series of 1 channel",
               "rate 8000 samples/s: 0.1 to 0.1 s", "-0.5", "0.5");
    shell_says("mkdir w; cp a.wav w/x.wav; cp a.wav w/y.wav; $F inspect w", "sound, 2 series");
    shell_fails("head -c 100 a.wav >cut.wav; $F inspect cut.wav", 1,
                "should be 1600 bytes from byte 44 on, but only 56");
    folder_write_text("b.ts", "@data\n1,x\n");
    shell_fails("$F inspect b.ts", 1, "b.ts:2: \"x\" is not a number");
    folder_write_text("r.hea", "r 1 10 4\nr.dat 16 10/mV\n");
    shell_says("printf '\\001\\000\\002\\000\\003\\000\\004\\000' >r.dat; $F inspect r.hea",
               "WFDB record, 1 series of 1 channel", "rate 10 samples/s", "0.1", "0.4");
    shell_fails("printf '\\211HDF\\r\\n\\032\\nxxxx' >h; $F inspect h", 1, "HDF5");
}

static void plots(void **state)
{
    (void)state;
    folder_write_text("s.ts", ts);
    sound("a.wav", 800);
    shell_says("$F plot s.ts --sample 1 --out p1; ls p1", "series.gp");
    if (check_built_with("plots"))
        shell_says("ls p1", "series.png", "series.svg");
    shell_says("$F plot a.wav --from 0.02 --to 0.03 --out p2; head -3 p2/series.dat", "0.02 0",
               "0.020125 0.5");
    shell_says(
        "mkdir v; cp a.wav v/x.wav; cp a.wav v/y.wav; $F plot v --sample 1 --out p3; grep series "
        "p3/series.gp",
        "series.png", "v, series 1");
    shell_good("grep -q 's.ts, series 1' p1/series.gp");
    shell_fails("$F plot s.ts --sample 2 --out p1", 2, "there are 2, counted from 0");
    shell_fails("$F plot a.wav --from 3 --out p1", 2, "the series lasts from 0 to 0.1");
}

static void perturbs(void **state)
{
    (void)state;
    shell_good("$F train tiny.yaml --quiet --out run");
    shell_says("$F eval tiny.yaml -w run/last.safetensors --perturb noise=0:0.5,frame_loss=0.2:0.9 "
               "--perturb truncate=1",
               "disturbed by", "nothing", "noise=0,frame_loss=0.2", "noise=0.5,frame_loss=0.2",
               "noise=0,frame_loss=0.9", "noise=0.5,frame_loss=0.9", "truncate=1");
    if (check_built_with("plots"))
        shell_says(
            "$F eval tiny.yaml -w run/last.safetensors --perturb jitter=0:2 --out pic --json; ls "
            "pic",
            "\"perturbed\"", "\"jitter\": 2", "robustness.png");
    /* no amount changes nothing, and the same call says the same */
    shell_good("$F eval tiny.yaml -w run/last.safetensors --perturb noise=0 | grep -A2 disturbed | "
               "tail -2 | "
               "awk '{print $2}' | uniq | wc -l | grep -x 1");
    shell_good("$F eval tiny.yaml -w run/last.safetensors --perturb noise=1:2 | grep noise= >one; "
               "$F eval tiny.yaml -w run/last.safetensors --perturb noise=1:2 --batch 7 | grep "
               "noise= >two; cmp one two");
    static const struct {
        const char *given, *words;
    } row[] = {
        {"noise", "takes KIND=AMOUNT"},
        {"noise=", "takes KIND=AMOUNT"},
        {"noise=a", "takes KIND=AMOUNT"},
        {"noise=1:", "takes KIND=AMOUNT"},
        {"nois=1", "did you mean noise?"},
        {"occlusion=2", "from 0 to 1"},
        {"noise=1,noise=2", "noise is given twice"},
        {"jitter=1.5", "whole number"},
        {",", "takes KIND=AMOUNT"},
    };
    for (int i = 0; i < (int)(sizeof row / sizeof row[0]); i++) {
        char line[256];
        snprintf(line, sizeof line, "$F eval tiny.yaml -w run/last.safetensors --perturb '%s'",
                 row[i].given);
        shell_fails(line, 2, row[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inspects),
        cmocka_unit_test(plots),
        cmocka_unit_test(perturbs),
    };
    return cmocka_run_group_tests_name("cli/series", tests, tiny_start, folder_remove);
}
