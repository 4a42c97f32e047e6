/* Series from files made here: what is read, what is refused and with which words; front ends,
 * scales, padding. */
#include "data/files.h"

#include <sys/stat.h>

#include "base/bytes.h"

#include <fsnn/series.h>

static const char *put(const char *name, const char *text)
{
    folder_write(name, text, strlen(text));
    return folder_path(name);
}

/* ---- ts ---- */

#define HEAD "# a comment\n@problemName x\n@univariate false\n@classLabel true b a c\n@data\n"

static void ts_reads(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    GOOD(fsnn_series_ts(put("a.ts", "\xef\xbb\xbf" HEAD "1,?,3, ?,-5e-1:?,2,?,4,NaN:a\r\n\n1:2:b"),
                        &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.count, 2);
    assert_int_equal(info.channels, 2);
    assert_int_equal(info.classes, 3);
    assert_int_equal(info.shortest, 1);
    assert_int_equal(info.longest, 5);
    assert_int_equal(info.missing, 5);
    assert_string_equal(fsnn_series_class(s, 1), "a");
    assert_null(fsnn_series_class(s, 3));
    const float *x = fsnn_series_values(s, 0, &length, &label);
    assert_int_equal(length, 5);
    assert_int_equal(label, 1);
    const float wanted[10] = {1, 2,     2, 2,     3,
                              3, 1.25F, 4, -0.5F, 4}; /* lines between neighbours, ends held */
    for (int i = 0; i < 10; i++)
        assert_true(x[i] == wanted[i]);
    fsnn_series_values(s, 1, &length, &label);
    assert_int_equal(label, 0);
    assert_null(fsnn_series_values(s, 2, &length, &label));
    fsnn_data *data;
    float sample[10];
    fsnn_data_info d;
    for (int pad = 0; pad < 2; pad++) {
        GOOD(fsnn_data_series(s, 0, (fsnn_pad)pad, &data));
        fsnn_data_info_get(data, &d);
        assert_true(d.sequence && d.shape.rank == 2 && d.shape.dim[0] == 5 && d.shape.dim[1] == 2);
        assert_int_equal(d.classes, 3); /* c has no series, but is a class */
        GOOD(fsnn_data_sample(data, 1, sample, &label));
        for (int i = 0; i < 10; i++)
            assert_true(sample[i] == (i / 2 == (pad ? 4 : 0) ? (float)(1 + i % 2) : 0.0F));
        fsnn_data_destroy(data);
        GOOD(fsnn_data_series(s, 2, (fsnn_pad)pad,
                              &data)); /* cut: the end or the beginning is kept */
        GOOD(fsnn_data_sample(data, 0, sample, &label));
        for (int i = 0; i < 4; i++)
            assert_true(sample[i] == wanted[(pad ? 6 : 0) + i]);
        fsnn_data_destroy(data);
    }
    fsnn_series_destroy(s);
    GOOD(fsnn_series_ts(put("a.ts", "@classLabel false\n@data\n1,2\n3,4,5\n"), &s));
    fsnn_series_values(s, 1, &length, &label);
    assert_true(length == 3 && label == -1);
    fsnn_series_destroy(s);
    folder_delete("a.ts");
}

static void ts_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        fsnn_status status;
    } row[] = {
        {"", "is empty (0 bytes)", FSNN_EFORMAT},
        {"% remark\n\n# another\n", "no line @data", FSNN_EFORMAT},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n",
         "is a Git LFS pointer, not the data (7 bytes): run git lfs pull", FSNN_EFORMAT},
        {"hello\n", ":1: \"hello\" stands before @data", FSNN_EFORMAT},
        {"@data\n", "no series follows", FSNN_EFORMAT},
        {"@timeStamps true\n@data\n(1,2,3\n", ":3: \"(1,2,3\" is no time stamp and value in",
         FSNN_EFORMAT},
        {"@timeStamps true\n@data\n(x,2)\n", ":3: the time stamp \"x\" is neither", FSNN_EFORMAT},
        {"@timeStamps true\n@data\n(2007-13-01,2)\n", "\"2007-13-01\" is neither", FSNN_EFORMAT},
        {"@timeStamps true\n@data\n(2,2),(2,3)\n", ":3: the time stamp \"2\" is not after",
         FSNN_EFORMAT},
        {"@targetLabel true\n@data\n1:x\n", ":3: the target \"x\" is not a number", FSNN_EFORMAT},
        {"@targetLabel true\n@data\n1\n", ":3: no \":\" on this line: a target is", FSNN_EFORMAT},
        {"@targetLabel true\n@classLabel true a\n@data\n1:a\n", "both classes", FSNN_EFORMAT},
        {"@timeStamps maybe\n", "@timeStamps is \"maybe\", expected true or false", FSNN_EFORMAT},
        {"@classLabel true\n", "must name the classes", FSNN_EFORMAT},
        {"@classLabel true a a\n", "names the class \"a\" twice", FSNN_EFORMAT},
        {"@classLabel true a\n@classLabel false\n", ":2: @classLabel a second time", FSNN_EFORMAT},
        {"@dimensions 0\n", "expected a whole number from 1", FSNN_EFORMAT},
        {HEAD "1,2:3:a\n", ":6: dimension 2 has 1 values, the first has 2", FSNN_EFORMAT},
        {HEAD "1,2:3,4:a\n1,2:a\n", ":7: has 1 dimensions, expected are 2", FSNN_EFORMAT},
        {HEAD "1,2:3,4:d\n", ":6: the class \"d\" is not among the 3", FSNN_EFORMAT},
        {HEAD "1,x:3,4:a\n", ":6: \"x\" is not a number that can be used (dimension 1, value 2)",
         FSNN_EFORMAT},
        {HEAD "1,:3,4:a\n", "\"\" is not a number", FSNN_EFORMAT},
        {HEAD "1,1e99:3,4:a\n", "\"1e99\" is not a number", FSNN_EFORMAT},
        {HEAD "?,?:3,4:a\n", "dimension 1 has no value at all", FSNN_EFORMAT},
        {HEAD ":3,4:a\n", "dimension 1 has 0 values", FSNN_EFORMAT},
        {HEAD "1,2\n", "no \":\" on this line", FSNN_EFORMAT},
        {"@dimensions 3\n@data\n1:2\n", "has 2 dimensions, expected are 3 (there is no @classLabel",
         FSNN_EFORMAT},
        {"@equalLength true\n@seriesLength 4\n@data\n1,2\n", "has 2 values, but @seriesLength is 4",
         FSNN_EFORMAT},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        REFUSED(fsnn_series_ts(put("b.ts", row[i].text), &s), row[i].status, row[i].words);
        CONTAINS(fsnn_error_text(), "b.ts");
        assert_null(s);
    }
    folder_delete("b.ts");
    fsnn_series *s;
    FAILS(fsnn_series_ts("/nowhere/x.ts", &s), FSNN_EIO);
}

static void ts_stamps_and_targets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double rate;
        const char *note;
        float x[4];
    } row[] = {
        {"(2007-01-31 23:59:00,1),(2007-02-01 00:01:00,2):(2007-01-31 23:59:00,3),(2007-02-01 "
         "00:01:00,4)",
         1 / 120.0,
         NULL,
         {1, 3, 2, 4}},
        {"(2008-02-29T10:00:00.5,1),(2008-02-29T10:00:01,?):(1,3),(3,4)",
         0,
         "not evenly spaced",
         {1, 3, 1, 4}},
        {"(0,1),(0.5,2):(0,3),(0.5,4)", 0, NULL, {1, 3, 2, 4}},
        {"(2024-02-28,1),(2024-02-29,2):(2024-02-28,3),(2024-02-29,4)",
         1 / 86400.0,
         NULL,
         {1, 3, 2, 4}},
    };
    fsnn_series *s;
    fsnn_series_info info;
    fsnn_data *data;
    double target;
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        char text[512];
        snprintf(text, sizeof text, "@timeStamps true\n@targetLabel true\n@data\n%s:-1.5e1\n",
                 row[i].text);
        folder_write_text("s.ts", text);
        GOOD(fsnn_series_ts(folder_path("s.ts"), &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.channels == 2 && info.longest == 2 && info.classes == 0);
        assert_true(fabs(info.rate - row[i].rate) < 1e-9);
        assert_memory_equal(fsnn_series_values(s, 0, NULL, NULL), row[i].x, sizeof row[i].x);
        assert_true(fsnn_series_target(s, 0, &target) && target == -15);
        assert_false(fsnn_series_target(s, 1, &target));
        const char *note = fsnn_series_note(s, 0);
        assert_true(row[i].note ? note && strstr(note, row[i].note) : !note);
        fsnn_data_info about;
        float value;
        GOOD(fsnn_data_series(s, 0, FSNN_PAD_END, &data));
        fsnn_data_info_get(data, &about);
        assert_true(about.classes == 0 && about.target.rank == 1 && about.target.dim[0] == 1);
        GOOD(fsnn_data_values(data, 0, &value));
        assert_true(value == -15);
        fsnn_data_destroy(data);
        fsnn_series_destroy(s);
    }
    folder_delete("s.ts");
}

/* ---- wav ---- */

typedef struct sound {
    int format, channels, bits;
    bool extensible;
} sound;

/* Frame k, channel c has the value (8 k - 16 + c) / 32; returns the size. */
static size_t make_wav(const sound *w, uint32_t rate, int frames, uint8_t *out)
{
    size_t block = (size_t)(w->channels * w->bits / 8), data = block * (size_t)frames;
    uint8_t *p = out;
    memcpy(p, "RIFF....WAVEfmt ", 16);
    p = bytes_put_le(p + 16, w->extensible ? 40 : 16, 4);
    p = bytes_put_le(p, w->extensible ? 0xfffe : (uint64_t)w->format, 2);
    p = bytes_put_le(p, (uint64_t)w->channels, 2);
    p = bytes_put_le(p, rate, 4);
    p = bytes_put_le(p, rate * block, 4);
    p = bytes_put_le(p, block, 2);
    p = bytes_put_le(p, (uint64_t)w->bits, 2);
    if (w->extensible) {
        p = bytes_put_le(p, 22, 2);
        p = bytes_put_le(p, (uint64_t)w->bits, 2);
        p = bytes_put_le(p, 3, 4);
        p = bytes_put_le(p, (uint64_t)w->format, 2);
        p = bytes_put_le(p, 0x800000100000, 6), p = bytes_put_le(p, 0, 8);
    }
    memcpy(p, "LIST\3\0\0\0abc", 12); /* an odd chunk and its padding */
    p += 12;
    memcpy(p, "data", 4);
    p = bytes_put_le(p + 4, data, 4);
    for (int k = 0; k < frames; k++)
        for (int c = 0; c < w->channels; c++) {
            double x = (8 * k - 16 + c) / 32.0;
            float f = (float)x;
            uint64_t bits;
            uint32_t low;
            memcpy(&bits, &x, sizeof bits);
            memcpy(&low, &f, sizeof low);
            if (w->format == 1)
                bits = (uint64_t)(int64_t)(x * (double)(1LL << (w->bits - 1))) +
                       (w->bits == 8 ? 128 : 0);
            else if (w->bits == 32)
                bits = low;
            p = bytes_put_le(p, bits, w->bits / 8);
        }
    bytes_put_le(out + 4, (uint64_t)(p - out - 8), 4);
    return (size_t)(p - out);
}

static void wav_reads(void **state)
{
    (void)state;
    static const sound kind[] = {{1, 1, 8, false}, {1, 2, 16, false}, {1, 1, 24, true},
                                 {1, 3, 32, true}, {3, 2, 32, false}, {3, 1, 64, true},
                                 {1, 2, 24, false}};
    uint8_t bytes[512];
    for (int i = 0; i < FSNN_COUNT(kind); i++) {
        CASE("kind[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        int64_t length;
        folder_write("a.wav", bytes, make_wav(&kind[i], 8000, 5, bytes));
        GOOD(fsnn_series_wav(folder_path("a.wav"), NULL, &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.rate == 8000 && info.count == 1 && info.channels == 1 &&
                    info.classes == 0);
        const float *x = fsnn_series_values(s, 0, &length, NULL);
        assert_int_equal(length, 5);
        for (int k = 0; k < 5; k++) /* the mean of the channels */
            assert_true(fabs(x[k] - (8 * k - 16 + (kind[i].channels - 1) / 2.0) / 32) < 1e-6);
        fsnn_series_destroy(s);
    }
    folder_delete("a.wav");
}

/* What a program wrote into a pipe: its sizes were not known, the samples end with the file (an
 * incomplete last one apart). */
static void wav_from_a_pipe(void **state)
{
    (void)state;
    static const sound plain = {1, 1, 16, false};
    uint8_t bytes[512];
    static const uint8_t unknown[][4] = {{0xff, 0xff, 0xff, 0xff}, {0x00, 0xf0, 0xff, 0x7f}};
    size_t size = make_wav(&plain, 8000, 5, bytes);
    for (size_t i = 0; i < 4; i++) {
        size_t cut = i % 2;
        memcpy(bytes + 4, unknown[i / 2], 4);
        memcpy(bytes + 52, unknown[i / 2], 4);
        fsnn_series *s;
        int64_t length;
        folder_write("p.wav", bytes, size - cut);
        GOOD(fsnn_series_wav(folder_path("p.wav"), NULL, &s));
        const float *x = fsnn_series_values(s, 0, &length, NULL);
        assert_int_equal(length, 5 - (int64_t)cut);
        assert_true(x[1] == -8 / 32.0f);
        fsnn_series_destroy(s);
    }
    folder_delete("p.wav");
}

static void wav_refuses(void **state)
{
    (void)state;
    static const sound plain = {1, 1, 16, false};
    static const struct {
        int at, value;
        size_t keep;
        const char *words;
        fsnn_status status;
    } row[] = {
        {0, 'X', 0, "is not a file of sound (WAV, FLAC, Ogg, ...)", FSNN_EFORMAT},
        {8, 'A', 0, "is a RIFF file, but not of sound (WAVE)", FSNN_EUNSUPPORTED},
        {0, 'R', 11, "is not a file of sound (WAV, FLAC, Ogg, ...)", FSNN_EFORMAT},
        {20, 99, 0, "holds unknown samples (format 99) of 16 bits", FSNN_EUNSUPPORTED},
        {34, 36, 0, "holds PCM samples (format 1) of 36 bits; 32 is the most", FSNN_EUNSUPPORTED},
        {22, 0, 0, "0 channels", FSNN_EFORMAT},
        {32, 3, 0, "blocks of 3 bytes", FSNN_EFORMAT},
        {16, 8, 0, "format chunk has 8 bytes", FSNN_EFORMAT},
        {52, 200, 0, "should be 200 bytes from byte 56 on, but only 10 follow", FSNN_EFORMAT},
        {52, 9, 0, "9 bytes, no multiple of 2", FSNN_EFORMAT},
        {52, 0, 0, "holds no samples", FSNN_EFORMAT},
        {12, 'F', 0, "stand before their format", FSNN_EFORMAT},
        {0, 'R', 36, "has no chunk of samples", FSNN_EFORMAT},
        {0, 'R', 40, "ends inside the head of a chunk", FSNN_EFORMAT},
        {40, 99, 0, "ends inside the chunk at byte 36, which should have 99 bytes", FSNN_EFORMAT},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        uint8_t bytes[512];
        fsnn_series *s;
        size_t size = make_wav(&plain, 8000, 5, bytes);
        bytes[row[i].at] = (uint8_t)row[i].value;
        folder_write("b.wav", bytes, row[i].keep ? row[i].keep : size);
        REFUSED(fsnn_series_wav(folder_path("b.wav"), NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    folder_delete("b.wav");
}

static void wav_folders(void **state)
{
    (void)state;
    static const sound plain = {1, 1, 16, false};
    static const char *const names[] = {"w/10_b_0.wav", "w/2_a_1.wav", "w/2_b_0.wav", "w/notes.txt",
                                        "w/x/9_c_7.wav"};
    uint8_t bytes[512];
    assert_int_equal(mkdir(folder_path("w"), 0777), 0);
    assert_int_equal(mkdir(folder_path("w/x"), 0777), 0);
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_write(names[i], bytes, make_wav(&plain, 8000, 3 + i, bytes));
    folder_write("list", "2_b_0.wav\r\n\nnowhere.wav\n", 24);
    const char *list = folder_path("list");
    static const struct {
        const char *pattern, *only;
        int lists, count, classes;
        const char *words;
    } row[] = {
        {"{label}_{who}_{take}.wav", NULL, 0, 3, 2, NULL},
        {"{label}_{who}_{take}.wav", "take=0 who=a|b", 0, 2, 2, NULL},
        {"{label}_{who}_{take}.wav", "label=3-10", 0, 1, 2, NULL},
        {"{label}_{who}_{take}.wav", NULL, 1, 1, 2, NULL},
        {"{label}_{who}_{take}.wav", NULL, 2, 2, 2, NULL},
        {"{label}/{name}.wav", NULL, 0, 1, 1, NULL},
        {NULL, NULL, 0, 3, 0, NULL},
        {"{label}-{x}.wav", NULL, 0, 0, 0, "no file in this folder fits the pattern"},
        {"{label}_{who}_{take}.wav", "take=8-9", 0, 0, 0, "3 files fit the pattern"},
        {"{label}_{who}_{take}.wav", "takes=8", 0, 0, 0, "a field of the pattern"},
        {"{label_{x}.wav", NULL, 0, 0, 0, "{ without a name"},
        {"label}_{x}.wav", NULL, 0, 0, 0, "} without a {"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        fsnn_wav_options o = {row[i].pattern, row[i].only, row[i].lists == 1 ? list : NULL,
                              row[i].lists == 2 ? list : NULL};
        fsnn_status status = fsnn_series_wav(folder_path("w"), &o, &s);
        if (row[i].words) {
            assert_true(status < 0);
            CONTAINS(fsnn_error_text(), row[i].words);
            continue;
        }
        GOOD(status);
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.count, row[i].count);
        assert_int_equal(info.classes, row[i].classes);
        if (row[i].classes == 2)
            assert_string_equal(fsnn_series_class(s, 0), "2"); /* before 10, as numbers */
        fsnn_series_destroy(s);
    }
    fsnn_series *s;
    folder_write("list", "2\0_\0b\0", 6); /* UTF-16 */
    REFUSED(fsnn_series_wav(folder_path("w"), &(fsnn_wav_options){.list = list}, &s), FSNN_EFORMAT,
            "list: byte 1 is 0: this is no plain text");
    folder_write(names[0], bytes, make_wav(&plain, 4000, 3, bytes));
    REFUSED(fsnn_series_wav(folder_path("w"), NULL, &s), FSNN_EFORMAT, "one rate for all");
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_delete(names[i]);
    folder_delete("list");
    assert_int_equal(rmdir(folder_path("w/x")), 0);
    assert_int_equal(rmdir(folder_path("w")), 0);
}

/* ---- wfdb ---- */

/* Two signals of 100 samples in format 16: signal s is 10 k + s; beats at 10 N, 30 A, 60 V, 95 N.
 * */
static void make_record(const char *head)
{
    uint8_t bytes[400], notes[64], *p = bytes;
    for (int k = 0; k < 100; k++)
        for (int c = 0; c < 2; c++)
            p = bytes_put_le(p, (uint64_t)(10 * k + c), 2);
    folder_write("r.dat", bytes, sizeof bytes);
    folder_write("r.hea", head, strlen(head));
    p = bytes_put_le(notes, 1 << 10 | 10, 2);
    p = bytes_put_le(p, 63 << 10 | 3, 2); /* a text of 3 bytes and its padding */
    memcpy(p, "abc", 4);
    p = bytes_put_le(p + 4, 8 << 10 | 20, 2);
    p = bytes_put_le(p, 59 << 10, 2); /* skip 30: high half first */
    p = bytes_put_le(p, 0, 2);
    p = bytes_put_le(p, 30, 2);
    p = bytes_put_le(p, 5 << 10, 2);
    p = bytes_put_le(p, 1 << 10 | 35, 2);
    p = bytes_put_le(p, 0, 2);
    folder_write("r.atr", notes, (size_t)(p - notes));
}

#define RECORD                                                                                     \
    "#c\r\n\n r 2 10 100\nr.dat 16 10(5)/mV 16 0 0 -16036 0 a\r\nr.dat 16 10/mV 16 5 1 -15936 0 "  \
    "b\n"

static void wfdb_reads(void **state)
{
    (void)state;
    const char *path = folder_path("r.hea");
    fsnn_series *s;
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    make_record(RECORD); /* sums 49500 and 49600 less 65536 */
    GOOD(fsnn_series_wfdb(path, NULL, &s));
    fsnn_series_info_get(s, &info);
    assert_true(info.rate == 10 && info.count == 1 && info.longest == 100 && info.channels == 2);
    const float *x = fsnn_series_values(s, 0, &length, &label);
    assert_int_equal(label, -1);
    assert_true(x[6] == 2.5F && x[7] == 2.6F); /* (30 - 5) / 10, (31 - 5) / 10 */
    fsnn_series_destroy(s);
    static const struct {
        fsnn_wfdb_options o;
        int count;
        int beats[4], labels[4];
    } row[] = {
        {{"N A V", 1, 0.5, 0, 0, 0}, 4, {10, 30, 60, 95}, {0, 1, 2, 0}},
        {{"N AV", 1, 0.6, 0, 0, 0},
         3,
         {10, 30, 60},
         {0, 1, 1}}, /* the last window would end behind the record */
        {{"V", 1, 0.5, 0, 0, 0}, 1, {60}, {0}},
        {{"NAV", 1, 0.5, 0.1, 6.4, 0},
         1,
         {30},
         {0}}, /* 0..15 begins too early, 50..65 ends too late */
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        GOOD(fsnn_series_wfdb(path, &row[i].o, &s));
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.count, row[i].count);
        for (int b = 0; b < row[i].count; b++) {
            x = fsnn_series_values(s, b, &length, &label);
            assert_int_equal(length, llround(10 * (row[i].o.before + row[i].o.after)));
            assert_int_equal(label, row[i].labels[b]);
            assert_true(x[20] ==
                        (float)(10 * row[i].beats[b] - 5) / 10); /* sample 10, signal 0: the beat */
        }
        fsnn_series_destroy(s);
    }
    folder_delete("r.hea"), folder_delete("r.dat"), folder_delete("r.atr");
}

/* Format 212: value pairs in three bytes, -2048 is no sample. */
static uint8_t *put_212(uint8_t *p, int a, int b)
{
    *p++ = (uint8_t)a;
    *p++ = (uint8_t)((a >> 8 & 15) | (b >> 8 & 15) << 4);
    *p++ = (uint8_t)b;
    return p;
}

/* The mark of no sample is a gap, over which lines are drawn as over the `?` of .ts files; the
 * checksums are those of the file's numbers. */
static void wfdb_marks(void **state)
{
    (void)state;
    const char *path = folder_path("r.hea");
    static const int value[2][6] = {{-32768, 10, -32768, -32768, 40, -32768},
                                    {-2048, 10, -2048, -2048, 40, -2048}};
    static const float want[6] = {10, 10, 20, 30, 40, 40};
    for (int f = 0; f < 2; f++) {
        uint8_t bytes[18], *p = bytes;
        char head[100];
        fsnn_series *s;
        fsnn_series_info info;
        int sum = 0;
        CASE("format %d", f ? 212 : 16);
        for (int k = 0; k < 6; k++)
            sum += value[f][k];
        for (int k = 0; k < 6; k += 2)
            p = f ? put_212(p, value[f][k], value[f][k + 1])
                  : bytes_put_le(bytes_put_le(p, (uint64_t)value[f][k], 2),
                                 (uint64_t)value[f][k + 1], 2);
        snprintf(head, sizeof head, "r 1 1 6\nr.dat %d 1/mV 12 0 %d %d 0 a\n", f ? 212 : 16,
                 value[f][0], (int16_t)sum);
        folder_write("r.dat", bytes, (size_t)(p - bytes));
        folder_write_text("r.hea", head);
        GOOD(fsnn_series_wfdb(path, NULL, &s));
        fsnn_series_info_get(s, &info);
        assert_int_equal(info.missing, 4);
        const float *x = fsnn_series_values(s, 0, NULL, NULL);
        for (int k = 0; k < 6; k++)
            assert_true(x[k] == want[k]);
        fsnn_series_destroy(s);
        /* beats at 1 (within a gap's reach) and at 2, whose window has no sample at all */
        folder_write("r.atr", "\x01\x04\x01\x04\0", 6);
        const fsnn_wfdb_options o = {.classes = "N", .before = 0, .after = 2};
        GOOD(fsnn_series_wfdb(path, &o, &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.count == 1 && info.missing == 1 && info.total == 2);
        x = fsnn_series_values(s, 0, NULL, NULL);
        assert_true(x[0] == 10 && x[1] == 10);
        CONTAINS(fsnn_series_note(s, 0), "1 beats are left out: a signal has no sample");
        assert_null(fsnn_series_note(s, 1));
        fsnn_series_destroy(s);
        /* no sample at all */
        folder_write_text("r.hea", f ? "r 1 1 1\nr.dat 212 1/mV\n" : "r 1 1 1\nr.dat 16 1/mV\n");
        REFUSED(fsnn_series_wfdb(path, NULL, &s), FSNN_EFORMAT,
                "signal 0 has no sample at all, only the mark of none");
    }
    folder_delete("r.hea"), folder_delete("r.dat"), folder_delete("r.atr");
}

/* A record of a patient monitor with gaps in three signals. */
static void wfdb_marks_of_a_monitor(void **state)
{
    (void)state;
    char path[512];
    fsnn_series *s;
    fsnn_series_info info;
    int64_t length;
    snprintf(path, sizeof path, "%s/field/wfdb/s00001-2896-10-10-00-31n.hea", files_data());
    if (access(path, R_OK) != 0)
        skip();
    GOOD(fsnn_series_wfdb(path, NULL, &s));
    fsnn_series_info_get(s, &info);
    assert_int_equal(info.missing, 5352);
    const float *x = fsnn_series_values(s, 0, &length, NULL);
    for (int64_t k = 0; k < length; k++)
        assert_true(x[10 * k + 7] > 0 && x[10 * k + 7] < 300); /* mmHg; not -32768 */
    fsnn_series_destroy(s);
}

/* Classes of a part are those of the training set, whatever order and number its file has. */
static void classes_as_in_training(void **state)
{
    (void)state;
    fsnn_series *train, *test;
    fsnn_series_info info;
    int64_t length;
    int32_t label;
    GOOD(fsnn_series_ts(put("a.ts", "@classLabel true u v w\n@data\n1:u\n2:v\n"), &train));
    GOOD(fsnn_series_ts(put("b.ts", "@classLabel true w x u\n@data\n1:u\n2:w\n"), &test));
    GOOD(fsnn_series_number_as(test, train));
    fsnn_series_info_get(test, &info);
    assert_int_equal(info.classes, 3);
    assert_string_equal(fsnn_series_class(test, 1), "v");
    assert_non_null(fsnn_series_values(test, 0, &length, &label));
    assert_int_equal(label, 0);
    assert_non_null(fsnn_series_values(test, 1, &length, &label));
    assert_int_equal(label, 2);
    fsnn_data *data;
    GOOD(fsnn_data_series(test, 0, FSNN_PAD_END, &data));
    assert_string_equal(fsnn_data_class(data, 2), "w");
    fsnn_data_destroy(data);
    fsnn_series_destroy(test);
    GOOD(fsnn_series_ts(put("b.ts", "@classLabel true w x u\n@data\n1:u\n2:x\n"), &test));
    REFUSED(fsnn_series_number_as(test, train), FSNN_EFORMAT,
            "there are samples of the class \"x\", which the training set lacks; its classes are "
            "u, v, w");
    fsnn_series_destroy(test);
    fsnn_series_destroy(train);
    folder_delete("a.ts"), folder_delete("b.ts");
}

/* Remarks of both kinds, between series too. */
static void ts_remarks(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    GOOD(fsnn_series_ts(put("a.ts", "%# so\n% and so\n@data\n1,2\n% between\n3,4\n"), &s));
    fsnn_series_info_get(s, &info);
    assert_true(info.count == 2 && info.total == 4);
    fsnn_series_destroy(s);
    folder_delete("a.ts");
}

static void wfdb_refuses(void **state)
{
    (void)state;
    const char *path = folder_path("r.hea");
    fsnn_series *s;
    static const struct {
        const char *head, *words;
        fsnn_status status;
    } row[] = {
        {"# nothing\n", "holds no line", FSNN_EFORMAT},
        {"r/2 2 10 100\n", "names 2 segments, but lists only 0", FSNN_EFORMAT},
        {"r 0 10 100\n", ":1: the number of signals is \"0\"", FSNN_EFORMAT},
        {"r 2 ten 100\n", "the sampling rate is \"ten\"", FSNN_EFORMAT},
        {"r 2 10 100\nr.dat 16 10 16 0 0 -16036 0 a\n", "names 2 signals, but describes only 1",
         FSNN_EFORMAT},
        {"r 2 10 101\nr.dat 16\nr.dat 16\n", "hold 100 samples of 2 signals, but 101 are expected",
         FSNN_EFORMAT},
        {"r 1 10 10\nr.dat 81\n", "format \"81\"", FSNN_EUNSUPPORTED},
        {"r 1 10 10\n../r.dat 16\n", "in the header's folder", FSNN_EUNSUPPORTED},
        {"r 1 10 100\nr.dat 16 10(x 16 0 0 0\n", ":2: the gain is \"10(x\"", FSNN_EFORMAT},
        {"r 2 10 100\nr.dat 16\nq.dat 16\n", "q.dat: cannot be read", FSNN_EIO},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        make_record(row[i].head);
        REFUSED(fsnn_series_wfdb(path, NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    make_record(RECORD);
    fsnn_wfdb_options o = {"Q", 1, 1, 0, 0, 0};
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT, "no beat of the classes \"Q\"");
    o = (fsnn_wfdb_options){"N", 1, 1, 5, 4, 0};
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT,
            "between 5 and 4 s of the record: the end must come after the beginning");
    o = (fsnn_wfdb_options){"N", 0, 0, 0, 4, 0};
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT,
            "from 0 s before a beat to 0 s after it: neither can be negative, and together");
    o = (fsnn_wfdb_options){"N", 0.01, 0.02, 0, 0, 0};
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT,
            "from 0.01 s before a beat to 0.02 s after it are shorter than half a sample");
    o = (fsnn_wfdb_options){NULL, 1, 1, 0, 0, 0};
    FAILS(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT);
    o = (fsnn_wfdb_options){"  ", 1, 1, 0, 0, 0};
    FAILS(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT);
    make_record("r 2 1e308 100\nr.dat 16\nr.dat 16\n"); /* no window of any length */
    o = (fsnn_wfdb_options){"N", 1, 1, 0, 0, 0};
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EARGUMENT, "no beat of the classes \"N\"");
    folder_write("r.atr", "\x0a\x04", 2);
    o.classes = "N";
    REFUSED(fsnn_series_wfdb(path, &o, &s), FSNN_EFORMAT, "without their end mark (byte 2 of 2)");
    folder_delete("r.hea"), folder_delete("r.dat"), folder_delete("r.atr");
}

/* ---- front ends ---- */

/* Two series of a rate of 1000, 400 and 30 samples of a sine of `hertz`, with an offset. */
static fsnn_series *sines(double hertz)
{
    static const sound plain = {3, 1, 32, false};
    static uint8_t bytes[4096];
    fsnn_series *s;
    assert_int_equal(mkdir(folder_path("s"), 0777), 0);
    for (int f = 0; f < 2; f++) {
        int n = f ? 30 : 400;
        size_t size = make_wav(&plain, 1000, n, bytes);
        for (int k = 0; k < n; k++) {
            float x = (float)(0.25 + 0.5 * sin(2 * 3.14159265358979 * hertz * k / 1000));
            memcpy(bytes + size - 4 * (size_t)(n - k), &x, 4);
        }
        folder_write(f ? "s/b.wav" : "s/a.wav", bytes, size);
    }
    GOOD(fsnn_series_wav(folder_path("s"), NULL, &s));
    folder_delete("s/a.wav"), folder_delete("s/b.wav");
    rmdir(folder_path("s"));
    return s;
}

static void decimation(void **state)
{
    (void)state;
    int64_t length;
    fsnn_series_info info;
    for (int high = 0; high < 2; high++) { /* 20 Hz pass, 300 Hz would come out as 50 Hz */
        fsnn_series *s = sines(high ? 300 : 20);
        GOOD(fsnn_series_decimate(s, 4));
        fsnn_series_info_get(s, &info);
        assert_true(info.rate == 250);
        const float *x = fsnn_series_values(s, 0, &length, NULL);
        assert_int_equal(length, 100);
        for (int k = 20; k < 80; k++) {
            double wanted = 0.25 + (high ? 0 : 0.5 * sin(2 * 3.14159265358979 * 20 * 4 * k / 1000));
            assert_true(fabs(x[k] - wanted) < 2e-3);
        }
        fsnn_series_values(s, 1, &length, NULL);
        assert_int_equal(length, 8);
        fsnn_series_destroy(s);
    }
    fsnn_series *s = sines(20);
    FAILS(fsnn_series_decimate(s, 0), FSNN_EARGUMENT);
    GOOD(fsnn_series_decimate(s, 1));
    fsnn_series_values(s, 0, &length, NULL);
    assert_int_equal(length, 400);
    fsnn_series_destroy(s);
}

static void frames(void **state)
{
    (void)state;
    fsnn_series *s = sines(20), *t = sines(20);
    fsnn_series_info info;
    int64_t length, n;
    GOOD(fsnn_series_frames(s, 50, 20));
    fsnn_series_info_get(s, &info);
    assert_true(info.channels == 50 && info.rate == 50);
    const float *x = fsnn_series_values(t, 0, &n, NULL),
                *y = fsnn_series_values(s, 0, &length, NULL);
    assert_int_equal(length, 19); /* the last begins at 360 and has 40 samples, then zeros */
    for (int64_t k = 0; k < length; k++)
        for (int64_t i = 0; i < 50; i++)
            assert_true(y[50 * k + i] == (20 * k + i < n ? x[20 * k + i] : 0));
    fsnn_series_values(s, 1, &length, NULL);
    assert_int_equal(length, 1);
    FAILS(fsnn_series_frames(s, 0, 20), FSNN_EARGUMENT);
    fsnn_series_destroy(s);
    fsnn_series_destroy(t);
}

static void mel(void **state)
{
    (void)state;
    fsnn_mel m = {.frame = 0.1, .hop = 0.02, .bands = 10, .floor = 1e-6};
    for (int f = 60; f <= 420; f += 90) { /* the band whose middle is nearest is the loudest */
        fsnn_series *s = sines(f);
        int64_t length;
        GOOD(fsnn_series_mel(s, &m));
        const float *x = fsnn_series_values(s, 0, &length, NULL);
        assert_int_equal(length, 16);
        int loudest = 1;
        double top = 2595 * log10(1 + 500 / 700.0), mine = 2595 * log10(1 + f / 700.0);
        for (int b = 2; b < 10; b++) /* the lowest holds the offset */
            if (x[10 * 7 + b] > x[10 * 7 + loudest])
                loudest = b;
        assert_true(fabs(mine - top * (loudest + 1) / 11) < top / 11);
        fsnn_series_values(s, 1, &length, NULL);
        assert_int_equal(length, 1); /* shorter than a frame */
        fsnn_series_destroy(s);
    }
    static const struct {
        fsnn_mel m;
        const char *words;
    } row[] = {
        {{0.1, 0.02, 0, 0, 0, 1e-6}, "0 mel bands"},
        {{0.1, 0.02, 10, 0, 501, 1e-6}, "half the rate"},
        {{0.1, 0.02, 10, 300, 200, 1e-6}, "from 300 to"},
        {{0.1, 0.02, 10, 0, 0, 0}, "a mel floor of 0"},
        {{0.1, 0, 10, 0, 0, 1e-6}, "every 0 s"},
        {{0.01, 0.01, 60, 0, 0, 1e-6}, "too many for a spectrum"},
        {{0.0001, 0.01, 10, 0, 0, 1e-6}, "mel frames of"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s = sines(50);
        REFUSED(fsnn_series_mel(s, &row[i].m), FSNN_EARGUMENT, row[i].words);
        fsnn_series_destroy(s);
    }
    fsnn_series *s;
    GOOD(fsnn_series_ts(put("m.ts", "@data\n1,2,3\n"), &s));
    REFUSED(fsnn_series_mel(s, &m), FSNN_EARGUMENT, "whose rate is known");
    fsnn_series_destroy(s);
    folder_delete("m.ts");
}

static void scales(void **state)
{
    (void)state;
    /* [1, 5] and [2, 6] by [0, 4] and [10, 10]: together mean 6, apart means 2 and 10, where the
     * second does not vary */
    const double all = 1 / sqrt((36 + 4 + 16 + 16) / 4.0);
    const double wanted[FSNN_SCALES][4] = {
        [FSNN_SCALE_NONE] = {1, 2, 5, 6},
        [FSNN_SCALE_ALL] = {-5 * all, -4 * all, -all, 0},
        [FSNN_SCALE_CHANNEL] = {-0.5, -8, 1.5, -4},
        [FSNN_SCALE_SAMPLE] = {-1, -1, 1, 1},
    };
    for (int k = 0; k < FSNN_SCALES; k++) {
        fsnn_series *a, *b;
        int64_t length;
        GOOD(fsnn_series_ts(put("a.ts", "@data\n0,4:10,10\n"), &a));
        GOOD(fsnn_series_ts(put("b.ts", "@data\n1,5:2,6\n"), &b));
        GOOD(fsnn_series_scale(b, (fsnn_scale)k, a));
        const float *x = fsnn_series_values(b, 0, &length, NULL);
        for (int i = 0; i < 4; i++)
            assert_true(fabs(x[i] - wanted[k][i]) < 1e-6);
        fsnn_series_destroy(a);
        fsnn_series_destroy(b);
    }
    fsnn_series *a, *b;
    GOOD(fsnn_series_ts(put("a.ts", "@data\n0,4\n"), &a));
    GOOD(fsnn_series_ts(put("b.ts", "@data\n1,5:2,6\n"), &b));
    FAILS(fsnn_series_scale(b, FSNN_SCALE_CHANNEL, a), FSNN_EARGUMENT);
    fsnn_series_destroy(a);
    fsnn_series_destroy(b);
    folder_delete("a.ts"), folder_delete("b.ts");
}

/* ---- pictures in time, balance ---- */

static void axes(void **state)
{
    (void)state;
    float x[24];
    fsnn_data *data;
    fsnn_data_info info;
    for (int i = 0; i < 24; i++)
        x[i] = (float)i;
    for (int colours = 1; colours <= 2; colours++)
        for (int a = FSNN_AXES_ROWS; a <= FSNN_AXES_PIXELS; a++) {
            int C = colours, H = 2, W = 3;
            GOOD(fsnn_data_memory(24 / (C * H * W), FSNN_SHAPE(C, H, W), x, NULL, &data));
            GOOD(fsnn_data_sequence(data, (fsnn_axes)a));
            fsnn_data_info_get(data, &info);
            assert_true(info.sequence && info.shape.dim[0] == (a == FSNN_AXES_ROWS ? H : H * W));
            assert_int_equal(info.shape.rank, a == FSNN_AXES_ROWS && C > 1 ? 3 : 2);
            float y[12];
            GOOD(fsnn_data_sample(data, 1, y, NULL));
            for (int c = 0; c < C; c++)
                for (int h = 0; h < H; h++)
                    for (int w = 0; w < W; w++) {
                        float pixel = (float)(C * H * W + (c * H + h) * W + w);
                        assert_true(
                            y[a == FSNN_AXES_ROWS ? (h * C + c) * W + w : (h * W + w) * C + c] ==
                            pixel);
                    }
            FAILS(fsnn_data_sequence(data, (fsnn_axes)a), FSNN_EARGUMENT); /* sequences already */
            fsnn_data_destroy(data);
        }
    GOOD(fsnn_data_memory(6, FSNN_SHAPE(4), x, NULL, &data));
    REFUSED(fsnn_data_sequence(data, FSNN_AXES_ROWS), FSNN_EARGUMENT, "no pictures");
    GOOD(fsnn_data_sequence(data, FSNN_AXES_FIRST));
    fsnn_data_destroy(data);
    fsnn_data *part;
    GOOD(fsnn_data_memory(2, FSNN_SHAPE(2, 2, 3), x, NULL, &data));
    GOOD(fsnn_data_split(data, 0.5, 1, &part));
    REFUSED(fsnn_data_sequence(data, FSNN_AXES_ROWS), FSNN_EARGUMENT, "shared");
    fsnn_data_destroy(part);
    fsnn_data_destroy(data);
}

static void balance(void **state)
{
    (void)state;
    float x[7] = {0, 1, 2, 3, 4, 5, 6};
    int32_t y[7] = {0, 2, 0, 0, 2, 0, 0};
    fsnn_data *data;
    fsnn_data_info info;
    const float wanted[10] = {0, 2, 3, 5, 6, 1, 4, 1, 4, 1};
    GOOD(fsnn_data_memory(7, FSNN_SHAPE(1), x, y, &data));
    GOOD(fsnn_data_balance(data));
    fsnn_data_info_get(data, &info);
    assert_int_equal(info.count, 10); /* class 1 has none, and gets none */
    for (int i = 0; i < 10; i++) {
        float value;
        GOOD(fsnn_data_sample(data, i, &value, NULL));
        assert_true(value == wanted[i]);
    }
    fsnn_data_destroy(data);
    GOOD(fsnn_data_memory(7, FSNN_SHAPE(1), x, NULL, &data));
    FAILS(fsnn_data_balance(data), FSNN_EARGUMENT);
    fsnn_data_destroy(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ts_reads),
        cmocka_unit_test(ts_refuses),
        cmocka_unit_test(ts_stamps_and_targets),
        cmocka_unit_test(wav_reads),
        cmocka_unit_test(wav_from_a_pipe),
        cmocka_unit_test(wav_refuses),
        cmocka_unit_test(wav_folders),
        cmocka_unit_test(wfdb_reads),
        cmocka_unit_test(wfdb_refuses),
        cmocka_unit_test(wfdb_marks),
        cmocka_unit_test(wfdb_marks_of_a_monitor),
        cmocka_unit_test(classes_as_in_training),
        cmocka_unit_test(ts_remarks),
        cmocka_unit_test(decimation),
        cmocka_unit_test(frames),
        cmocka_unit_test(mel),
        cmocka_unit_test(scales),
        cmocka_unit_test(axes),
        cmocka_unit_test(balance),
    };
    return cmocka_run_group_tests_name("data/series", tests, folder_open, folder_close);
}
