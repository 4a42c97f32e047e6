/* Files of sound by libsndfile: what tests/fuzz/make_sound.c wrote, recordings of other people's
 * programs below FSNN_DATA, the same bits as the reader of plain WAV, folders, damage. */
#include "data/mutate.h"

#include "base/bytes.h"
#include "data/series/wav.h"
#include "format/sound.h"

#include <fsnn/series.h>

#define LLVMFuzzerTestOneInput fuzz_sound
#include "fuzz/fuzz_sound.c"
#undef LLVMFuzzerTestOneInput

#define CORPUS "tests/fuzz/sound/"
enum { FRAMES = 200 };

static const struct {
    const char *name;
    double rate, tolerance; /* 0: exact */
} made[] = {
    {"flac16.flac", 8000, 0},  {"flac24.flac", 8000, 0},   {"be.aiff", 8000, 0},
    {"be.au", 8000, 0},        {"rf64.wav", 8000, 0},      {"rifx.wav", 8000, 0},
    {"alac.caf", 8000, 0},     {"alaw.wav", 8000, 0.008},  {"adpcm.wav", 8000, 0.003},
    {"opus.ogg", 48000, 0.06}, {"vorbis.ogg", 8000, 0.02}, {"layer3.mp3", 8000, 0.006},
};

/* What make_sound.c wrote, the mean of the channels. */
static double value(int file, int k)
{
    if (made[file].tolerance > 0)
        return 0.5 * sin(6.283185307179586 * 160 * k / made[file].rate);
    return ((37 * k) % 200 + (37 * k + 11) % 200 - 200) / 256.0;
}

static void forms(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(made); i++) {
        CASE("%s", made[i].name);
        char path[128];
        fsnn_series *s;
        fsnn_series_info info;
        snprintf(path, sizeof path, CORPUS "%s", made[i].name);
        assert_true(fsnn_sound_known(path));
        GOOD(fsnn_series_wav(path, NULL, &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.rate == made[i].rate && info.count == 1 && info.channels == 1);
        assert_true(info.total == FRAMES || (info.total > FRAMES && made[i].tolerance > 0));
        const float *x = fsnn_series_values(s, 0, NULL, NULL);
        for (int k = 0; k < FRAMES; k++)
            assert_true(fabs(x[k] - value(i, k)) <= made[i].tolerance);
        bool averaged = made[i].tolerance == 0;
        assert_true(averaged == (fsnn_series_note(s, 0) != NULL));
        fsnn_series_destroy(s);
    }
}

/* ---- the reader of plain WAV beside it ---- */

static fsnn_status begin(void *user, int64_t index, const sound_head *head)
{
    (void)user, (void)head;
    assert_int_equal(index, 0);
    return FSNN_OK;
}

typedef struct means {
    const wav *w;
    float x[2048];
    int64_t count;
} means;

static fsnn_status frames(void *user, const double *x, int64_t count)
{
    means *m = user;
    for (int64_t k = 0; k < count; k++) {
        double sum = 0;
        for (int c = 0; c < m->w->channels; c++)
            sum += *x++;
        assert_true(m->count < FSNN_COUNT(m->x));
        m->x[m->count++] = (float)(sum / m->w->channels);
    }
    return FSNN_OK;
}

static fsnn_status end(void *user)
{
    (void)user;
    return FSNN_OK;
}

static size_t plain_wav(int format, int bits, int channels, uint8_t *out)
{
    int block = channels * bits / 8, count = 240;
    uint8_t *p = out;
    memcpy(p, "RIFF....WAVEfmt \x10\0\0\0", 20);
    p = bytes_put_le(p + 20, (uint64_t)format, 2);
    p = bytes_put_le(p, (uint64_t)channels, 2);
    p = bytes_put_le(p, 8000, 4);
    p = bytes_put_le(p, (uint64_t)(8000 * block), 4);
    p = bytes_put_le(p, (uint64_t)block, 2);
    p = bytes_put_le(p, (uint64_t)bits, 2);
    memcpy(p, "data", 4);
    p = bytes_put_le(p + 4, (uint64_t)(count * block), 4);
    for (int i = 0; i < count * channels; i++) {
        uint64_t any = (uint64_t)(i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        double x = (double)(int64_t)any / 9e18;
        float f = (float)x;
        uint32_t low;
        if (format == 3 && bits == 64)
            memcpy(&any, &x, sizeof any);
        memcpy(&low, &f, sizeof low);
        p = bytes_put_le(p, format == 3 && bits == 32 ? low : any >> (format == 3 ? 0 : 64 - bits),
                         bits / 8);
    }
    bytes_put_le(out + 4, (uint64_t)(p - out - 8), 4);
    return (size_t)(p - out);
}

/* Either reader gives the same bits, so it does not matter which one a build has. */
static void the_same_bits(void **state)
{
    (void)state;
    static const struct {
        int format, bits, channels;
    } row[] = {{1, 8, 1},  {1, 8, 2},  {1, 16, 1}, {1, 16, 3}, {1, 24, 1},
               {1, 24, 3}, {1, 32, 1}, {1, 32, 2}, {3, 32, 2}, {3, 64, 2}};
    static uint8_t bytes[8192];
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("format %d, %d bits, %d channels", row[i].format, row[i].bits, row[i].channels);
        size_t size = plain_wav(row[i].format, row[i].bits, row[i].channels, bytes);
        char *path = (char *)(uintptr_t)folder_path("plain.wav"), what[] = "is a WAV file";
        float x[240];
        wav w;
        means m = {.w = &w};
        const sound_taker taker = {begin, frames, end, &m};
        folder_write("plain.wav", bytes, size);
        GOOD(wav_open("plain.wav", bytes, size, &w));
        assert_true(!w.foreign && w.frames == 240);
        GOOD(wav_mix("plain.wav", &w, x));
        GOOD(sound_read(&(sound_file){path, what}, 1, &taker));
        assert_int_equal(m.count, 240);
        assert_memory_equal(x, m.x, sizeof x);
    }
    folder_delete("plain.wav");
}

/* ---- folders ---- */

static void copy(const char *from, const char *to)
{
    char path[128];
    snprintf(path, sizeof path, CORPUS "%s", from);
    folder_copy(to, path, 0, "", 0);
}

/* Series stand in the order of names, whoever reads a file. */
static void folders(void **state)
{
    (void)state;
    static uint8_t bytes[8192];
    static const int lengths[] = {200, 240, 200, 240, 200};
    fsnn_series *s;
    fsnn_series_info info;
    copy("flac16.flac", "one_1.x"), copy("be.au", "two_3.x"), copy("alaw.wav", "two_5.x");
    size_t size = plain_wav(1, 16, 1, bytes);
    folder_write("one_2.x", bytes, size), folder_write("two_4.x", bytes, size);
    const fsnn_wav_options o = {.pattern = "{label}_{n}.x"};
    GOOD(fsnn_series_wav(folder_path(""), &o, &s));
    fsnn_series_info_get(s, &info);
    assert_true(info.count == 5 && info.classes == 2);
    for (int i = 0; i < 5; i++) {
        int64_t length;
        int32_t label;
        fsnn_series_values(s, i, &length, &label);
        assert_int_equal(length, lengths[i]);
        assert_int_equal(label, i > 1);
    }
    fsnn_series_destroy(s);
    copy("opus.ogg", "two_6.x");
    REFUSED(fsnn_series_wav(folder_path(""), &o, &s), FSNN_EFORMAT,
            "two_6.x: has 48000 samples/s, the files before it 8000: one rate for all is needed");
    for (int i = 1; i <= 6; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s_%d.x", i < 3 ? "one" : "two", i);
        folder_delete(name);
    }
}

/* ---- what cannot be read ---- */

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int at, value;
        size_t keep; /* bytes; 0: all */
        const char *words;
        fsnn_status status;
    } row[] = {
        {"flac16.flac", 0, 'f', 364,
         "is a FLAC file that is damaged after 0 samples: ", FSNN_EFORMAT},
        {"flac16.flac", 0, 'f', 20,
         "is a FLAC file; libsndfile cannot read it: ", FSNN_EUNSUPPORTED},
        {"alaw.wav", 0, 'R', 200, "its samples should be 200 bytes from byte", FSNN_EFORMAT},
        {"rf64.wav", 0, 'R', 500, "its samples should be 800 bytes from byte", FSNN_EFORMAT},
        {"rifx.wav", 0, 'R', 500, "its samples should be 800 bytes from byte", FSNN_EFORMAT},
        {"vorbis.ogg", 0, 'O', 100,
         "is an Ogg file; libsndfile cannot read it: ", FSNN_EUNSUPPORTED},
        {"alaw.wav", 20, 99, 0, "holds unknown samples (format 99) of 8 bits; libsndfile cannot",
         FSNN_EUNSUPPORTED},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char path[128];
        const char put[] = {(char)row[i].value, 0};
        fsnn_series *s;
        snprintf(path, sizeof path, CORPUS "%s", row[i].name);
        folder_copy("cut", path, (size_t)row[i].at, put, row[i].keep);
        REFUSED(fsnn_series_wav(folder_path("cut"), NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    folder_delete("cut");
}

/* Another file of libsndfile than the system's. */
static void named(void **state)
{
    (void)state;
    fsnn_series *s;
    setenv("FSNN_SOUND_LIBRARY", "libsndfile-none.so", 1);
    REFUSED(fsnn_series_wav(CORPUS "flac16.flac", NULL, &s), FSNN_EUNSUPPORTED,
            "cannot be loaded (libsndfile-none.so");
    setenv("FSNN_SOUND_LIBRARY", "", 1);
    GOOD(fsnn_series_wav(CORPUS "flac16.flac", NULL, &s));
    fsnn_series_destroy(s);
    unsetenv("FSNN_SOUND_LIBRARY");
}

static void damaged(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(made); i++) {
        char path[128];
        uint8_t *bytes;
        size_t size;
        CASE("%s", made[i].name);
        snprintf(path, sizeof path, CORPUS "%s", made[i].name);
        GOOD(fsnn_file_read(path, &bytes, &size));
        fuzz_times(fuzz_sound, bytes, size, (uint64_t)i, 12);
        fsnn_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms),   cmocka_unit_test(the_same_bits),
                                       cmocka_unit_test(folders), cmocka_unit_test(refused),
                                       cmocka_unit_test(named),   cmocka_unit_test(damaged)};
    return cmocka_run_group_tests_name("data/sound", tests, folder_open, folder_close);
}
