/* tests/fuzz/make_sound.c: the corpus of fuzz_sound and the files of tests/data/test_sound.c, by
 * libsndfile. Frame k of 200 at 8000 a second has in channel c of 2 the value
 * ((37 k + 11 c) % 200 - 100)/128, which 8 bits hold; where a codec is lossy it is a sine of 160 Hz
 * and half the height in one channel, at 48000 a second in Opus.
 *   cc tests/fuzz/make_sound.c -lsndfile -lm -o make_sound && ./make_sound tests/fuzz/sound */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>

enum { FRAMES = 200 };

static const struct {
    const char *name;
    int format, lossy, rate;
} made[] = {
    {"flac16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0, 8000},
    {"flac24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 0, 8000},
    {"be.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0, 8000},
    {"be.au", SF_FORMAT_AU | SF_FORMAT_PCM_24, 0, 8000},
    {"rf64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 0, 8000},
    {"rifx.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 0, 8000},
    {"alac.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 0, 8000},
    {"alaw.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW, 1, 8000},
    {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, 1, 8000},
    {"vorbis.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1, 8000},
    {"opus.ogg", SF_FORMAT_OGG | SF_FORMAT_OPUS, 1, 48000},
    {"layer3.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 1, 8000},
};

int main(int count, char **argument)
{
    for (size_t i = 0; i < sizeof made / sizeof *made && count == 2; i++) {
        char path[512];
        double x[FRAMES];
        int whole[2 * FRAMES];
        int channels = made[i].lossy ? 1 : 2;
        SF_INFO info = {.samplerate = made[i].rate, .channels = channels, .format = made[i].format};
        snprintf(path, sizeof path, "%s/%s", argument[1], made[i].name);
        SNDFILE *file = sf_open(path, SFM_WRITE, &info);
        if (!file) {
            fprintf(stderr, "%s: %s\n", path, sf_strerror(NULL));
            return 1;
        }
        for (int k = 0; k < FRAMES; k++)
            for (int c = 0; c < channels; c++) {
                x[k] = 0.5 * sin(6.283185307179586 * 160 * k / made[i].rate);
                whole[k * channels + c] = ((37 * k + 11 * c) % 200 - 100) * (1 << 24);
            }
        if (made[i].lossy)
            sf_writef_double(file, x, FRAMES);
        else
            sf_writef_int(file, whole, FRAMES); /* doubles would be scaled by 2^15 - 1 */
        sf_close(file);
    }
    return count != 2;
}
