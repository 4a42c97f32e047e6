/* WFDB records: every format of signal files, samples a frame, skew, offsets, several files and
 * segments, from files made here; what is refused, and with which words; damaged files. */
#include "data/mutate.h"

#include "base/bytes.h"

#include <fsnn/series.h>

#define LLVMFuzzerTestOneInput fuzz_segments
#include "fuzz/fuzz_wfdb_segments.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_records
#define use use_record
#include "fuzz/fuzz_wfdb_records.c"
#undef use
#undef LLVMFuzzerTestOneInput

/* ---- formats ---- */

enum { VALUES = 7 }; /* leaves a cut group in all formats of groups */

/* The values as numbers of `bits` bits that follow each other from the lowest bit up. */
static size_t pack(const int64_t *v, int bits, uint8_t *out)
{
    memset(out, 0, 64);
    for (int i = 0; i < VALUES * bits; i++)
        out[i / 8] |= (uint8_t)((v[i / bits] >> i % bits & 1) << i % 8);
    return (size_t)(VALUES * bits + 7) / 8;
}

static size_t put_16(const int64_t *v, uint8_t *out)
{
    return pack(v, 16, out);
}

static size_t put_24(const int64_t *v, uint8_t *out)
{
    return pack(v, 24, out);
}

static size_t put_32(const int64_t *v, uint8_t *out)
{
    return pack(v, 32, out);
}

static size_t put_61(const int64_t *v, uint8_t *out)
{
    for (int i = 0; i < VALUES; i++)
        out[2 * i] = (uint8_t)(v[i] >> 8), out[2 * i + 1] = (uint8_t)v[i];
    return (size_t)2 * VALUES;
}

static size_t put_80(const int64_t *v, uint8_t *out)
{
    for (int i = 0; i < VALUES; i++)
        out[i] = (uint8_t)(v[i] + 128);
    return VALUES;
}

static size_t put_160(const int64_t *v, uint8_t *out)
{
    for (int i = 0; i < VALUES; i++)
        bytes_put_le(out + (size_t)2 * i, (uint64_t)(v[i] + 32768), 2);
    return (size_t)2 * VALUES;
}

static size_t put_212(const int64_t *v, uint8_t *out)
{
    memset(out, 0, 64);
    for (int i = 0; i < VALUES; i++) {
        uint8_t *p = out + i / 2 * 3;
        p[i & 1 ? 2 : 0] = (uint8_t)v[i];
        p[1] |= (uint8_t)((v[i] >> 8 & 15) << (i & 1 ? 4 : 0));
    }
    return VALUES / 2 * 3 + 2;
}

static size_t put_310(const int64_t *v, uint8_t *out)
{
    memset(out, 0, 64);
    for (int i = 0; i < VALUES; i++) {
        uint8_t *p = out + i / 3 * 4;
        if (i % 3 < 2) {
            p[i % 3 * 2] |= (uint8_t)((uint64_t)v[i] << 1);
            p[i % 3 * 2 + 1] |= (uint8_t)(v[i] >> 7 & 7);
        } else {
            p[1] |= (uint8_t)((v[i] & 31) << 3);
            p[3] |= (uint8_t)((v[i] >> 5 & 31) << 3);
        }
    }
    return VALUES / 3 * 4 + 2;
}

static size_t put_311(const int64_t *v, uint8_t *out)
{
    memset(out, 0, 64);
    for (int i = 0; i < VALUES; i++)
        for (int b = 0; b < 10; b++)
            out[i / 3 * 4 + (i % 3 * 10 + b) / 8] |=
                (uint8_t)((v[i] >> b & 1) << (i % 3 * 10 + b) % 8);
    return VALUES / 3 * 4 + 2;
}

static const struct {
    int number, bits;
    size_t (*put)(const int64_t *v, uint8_t *out);
} format[] = {{16, 16, put_16},   {24, 24, put_24},   {32, 32, put_32},
              {61, 16, put_61},   {80, 8, put_80},    {160, 16, put_160},
              {212, 12, put_212}, {310, 10, put_310}, {311, 10, put_311}};

static const float *read_one(const char *name, fsnn_series **s, fsnn_series_info *info)
{
    GOOD(fsnn_series_wfdb(folder_path(name), NULL, s));
    fsnn_series_info_get(*s, info);
    return fsnn_series_values(*s, 0, NULL, NULL);
}

/* The largest and smallest values, and the mark of no sample, behind an offset. */
static void formats(void **state)
{
    (void)state;
    for (int f = 0; f < FSNN_COUNT(format); f++) {
        CASE("format %d", format[f].number);
        int64_t top = (1LL << (format[f].bits - 1)) - 1, sum = 0;
        int64_t v[VALUES] = {-top, 1, -1, top, -top - 1, 100, 0};
        uint8_t bytes[70] = "ABCDE";
        char head[128];
        fsnn_series *s;
        fsnn_series_info info;
        for (int i = 0; i < VALUES; i++)
            sum += v[i];
        folder_write("r.dat", bytes, 5 + format[f].put(v, bytes + 5));
        snprintf(head, sizeof head, "r 1 100 7\nr.dat %d+5 1/mV 0 0 %lld %d 0 a  \n",
                 format[f].number, (long long)-top, (int)(sum & 0xffff));
        folder_write_text("r.hea", head);
        const float *x = read_one("r.hea", &s, &info);
        assert_true(info.longest == VALUES && info.channels == 1 && info.missing == 1);
        for (int i = 0; i < VALUES; i++)
            assert_true(i == 4 || x[i] == (float)v[i]);
        assert_string_equal(fsnn_series_channel(s, 0), "a");
        fsnn_series_destroy(s);
        snprintf(head, sizeof head, "r 1 100 8\nr.dat %d+5\n", format[f].number);
        folder_write_text("r.hea", head);
        REFUSED(fsnn_series_wfdb(folder_path("r.hea"), NULL, &s), FSNN_EFORMAT,
                "hold 7 samples of 1 signals, but 8 are expected");
    }
    folder_delete("r.hea"), folder_delete("r.dat");
}

/* First differences of two signals; the header's first value is that before the first one. */
static void differences(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    static const float want[8] = {5, -10, 132, -10, 4, -11, 7, -12};
    folder_write("r.dat", "\0\0\x7f\0\x80\xff\x03\xff", 8);
    folder_write_text("r.hea", "r 2 100 4\nr.dat 8 1/mV 8 0 5 148\nr.dat 8 1/mV 8 -10\n");
    const float *x = read_one("r.hea", &s, &info);
    assert_int_equal(info.missing, 0);
    for (int i = 0; i < 8; i++)
        assert_true(x[i] == want[i] + (i % 2 ? 10 : 0)); /* the converter's zero is 0 mV */
    fsnn_series_destroy(s);
    folder_delete("r.hea"), folder_delete("r.dat");
}

/* Two files of different formats, one with two samples a frame, which are averaged, and a skew of
 * one frame; a null signal has none. */
static void frames_and_files(void **state)
{
    (void)state;
    fsnn_series *s;
    fsnn_series_info info;
    static const float want[8] = {2, 7, 5, 8, 8, 9, 8, 10}; /* the last 8 is held */
    uint8_t bytes[24], *p = bytes;
    for (int k = 0; k < 4; k++) { /* -1, 1; 1, 3; 4, 6; 7, 9 */
        p = bytes_put_le(p, (uint64_t)(k ? 3 * k - 2 : -1), 2);
        p = bytes_put_le(p, (uint64_t)(k ? 3 * k : 1), 2);
    }
    folder_write("a.dat", bytes, (size_t)(p - bytes));
    folder_write("b.dat", "\x87\x88\x89\x8a", 4);
    folder_write_text("r.hea", "r 2 100 4\na.dat 16x2:1 1/mV 8 0 -1 30\nb.dat 80 1 8 0 7 34\n");
    const float *x = read_one("r.hea", &s, &info);
    assert_int_equal(info.missing, 1);
    for (int i = 0; i < 8; i++)
        assert_true(x[i] == want[i]);
    fsnn_series_destroy(s);
    folder_write_text("r.hea", "r 2 100\nb.dat 80\n~ 0\n");
    REFUSED(fsnn_series_wfdb(folder_path("r.hea"), NULL, &s), FSNN_EFORMAT,
            "signal 1 has no sample at all");
    folder_delete("r.hea"), folder_delete("a.dat"), folder_delete("b.dat");
}

/* A header that contradicts the values is told: records of PhysioNet do. */
static void doubts(void **state)
{
    (void)state;
    static const struct {
        const char *head, *words; /* of the note; NULL: none */
    } row[] = {
        {"r 1 10 4\nr.dat 80 1 8 0 7 34 0\n", NULL},
        {"r 1 10 4\nr.dat 80 1 8 0 6 34 0\n",
         "r.dat: signal 0 begins with 7, its header says 6; it"},
        {"r 1 10 4\nr.dat 80 1 8 0 7 35 0\n",
         "r.dat: the checksum of the 4 samples of signal 0 is 34"},
        {"r 1 10 4\nr.dat 80 1 8 0 6 35 0\n", "its header says 6, and 1 more first values and"},
    };
    folder_write("r.dat", "\x87\x88\x89\x8a", 4);
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        folder_write_text("r.hea", row[i].head);
        const float *x = read_one("r.hea", &s, &info);
        assert_true(info.longest == 4 && x[0] == 7 && x[3] == 10);
        const char *note = fsnn_series_note(s, 0);
        assert_true(row[i].words ? note && strstr(note, row[i].words) : !note);
        assert_null(fsnn_series_note(s, 1));
        fsnn_series_destroy(s);
    }
    folder_delete("r.hea"), folder_delete("r.dat");
}

/* ---- segments ---- */

static void put_segments(const char *head)
{
    folder_write_text("m.hea", head);
    folder_write_text("layout.hea",
                      "layout 2 100 0\n~ 0 1/mV 0 0 0 0 0 u\n~ 0 1/bar 0 0 0 0 0 v\n");
    folder_write_text("p.hea",
                      "p 2 100 2\np.dat 80 1/mV 0 0 0 6 0 u\np.dat 80 1/bar 0 0 1 9 0 v\n");
    folder_write_text("q.hea", "q 1 100 2\nq.dat 80 1/bar 0 0 7 15 0 v\n");
    folder_write("p.dat", "\x80\x81\x86\x88", 4);
    folder_write("q.dat", "\x87\x88", 2);
}

static void segments(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int length, missing;
        float want[12];
    } row[] = {
        {"m/2 2 100 4\np 2\n# remark\np 2\n", 4, 0, {0, 1, 6, 8, 0, 1, 6, 8}},
        {"m/3 2 100\np 2\n~ 1\np 2\n", 5, 2, {0, 1, 6, 8, 3, 4.5F, 0, 1, 6, 8}},
        {"m/4 2 100 5\nlayout 0\np 2\nq 2\n~ 1\n", 5, 4, {0, 1, 6, 8, 6, 7, 6, 8, 6, 8}},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_series *s;
        fsnn_series_info info;
        put_segments(row[i].head);
        const float *x = read_one("m.hea", &s, &info);
        assert_int_equal(info.longest, row[i].length);
        assert_int_equal(info.missing, row[i].missing);
        for (int k = 0; k < 2 * row[i].length; k++)
            assert_true(x[k] == row[i].want[k]);
        assert_string_equal(fsnn_series_channel(s, 1), "v");
        fsnn_series_destroy(s);
    }
}

static void segments_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head, *words;
        fsnn_status status;
    } row[] = {
        {"m/0 2 100 4\n", "the number of segments is \"0\"", FSNN_EFORMAT},
        {"m/x 2 100 4\n", "the number of segments is \"x\"", FSNN_EFORMAT},
        {"m/3 2 100 4\np 2\np 2\n", "names 3 segments, but lists only 2", FSNN_EFORMAT},
        {"m/2 2 100 5\np 2\np 2\n", "segments have 4 samples, but 5 are expected", FSNN_EFORMAT},
        {"m/2 2 100 5\np 2\n\np 3\n", "has 2 samples, but", FSNN_EFORMAT},
        {"m/2 2 100 4\np 2\nq 2\n", "q.hea: has 1 signals, but", FSNN_EFORMAT},
        {"m/1 2 50 2\np 2\n", "has 100 samples a second, but", FSNN_EFORMAT},
        {"m/1 2 100 2\nm 2\n", "a segment consists of segments", FSNN_EFORMAT},
        {"m/1 2 100 2\n../p 2\n", ":2: the segment is called \"../p\"", FSNN_EUNSUPPORTED},
        {"m/1 2 100 2\np two\n", ":2: the number of samples of the segment is \"two\"",
         FSNN_EFORMAT},
        {"m/1 2 100 2\n~ 2\n", "no segment has samples", FSNN_EFORMAT},
        {"m/2 2 100\np 2\n~ 1000000000000\n", "gaps of 1000000000000 samples", FSNN_EFORMAT},
        {"m/2 2 100\nlayout 0\nw 2\n", "lacks the signal \"w\"", FSNN_EFORMAT},
        {"m/1 2 100\nnowhere 2\n", "nowhere.hea: cannot be read", FSNN_EIO},
    };
    fsnn_series *s;
    folder_write_text("w.hea", "w 1 100 2\nq.dat 80 1 0 0 7 15 0 w\n");
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        put_segments(row[i].head);
        REFUSED(fsnn_series_wfdb(folder_path("m.hea"), NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    folder_delete("w.hea"), folder_delete("m.hea"), folder_delete("layout.hea");
    folder_delete("p.hea"), folder_delete("q.hea"), folder_delete("p.dat"), folder_delete("q.dat");
}

/* Headers with lines that end in any way; the class stands in a comment. */
static void lines_end(void **state)
{
    (void)state;
    static const char *const head[] = {"r 1 10 2\r\nr.dat 16\r\n# dx: b\r\n",
                                       "# so\rr 1 10 2\rr.dat 16\r# dx: b\r"};
    const fsnn_wfdb_records_options o = {.comment = "dx"};
    folder_write("r.dat", "\1\0\2\0", 4);
    for (int i = 0; i < FSNN_COUNT(head); i++) {
        fsnn_series *s;
        fsnn_series_info info;
        folder_write_text("r.hea", head[i]);
        GOOD(fsnn_series_wfdb_records(folder_path(""), &o, &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.longest == 2 && info.rate == 10);
        assert_string_equal(fsnn_series_class(s, 0), "b");
        fsnn_series_destroy(s);
    }
    folder_delete("r.hea"), folder_delete("r.dat");
}

static void signals_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head, *words;
        fsnn_status status;
    } row[] = {
        {"r 1 10\nr.dat 516+2\n", "FLAC (508, 516, 524) is read from its", FSNN_EUNSUPPORTED},
        {"r 1 10\nr.dat 17\n", "format \"17\": 8, 16", FSNN_EUNSUPPORTED},
        {"r 1 10\nr.dat 16x0\n", ":2: the format is \"16x0\"", FSNN_EFORMAT},
        {"r 1 10\nr.dat 16:-1\n", ":2: the format is \"16:-1\"", FSNN_EFORMAT},
        {"r 1 10\nr.dat 16+1x2\n", ":2: the format is \"16+1x2\"", FSNN_EFORMAT},
        {"r 1 10\nr.dat\n", ":2: the format is \"missing\"", FSNN_EFORMAT},
        {"r 2 10\nr.dat 16\nr.dat 80\n", "a file has one format and one offset", FSNN_EFORMAT},
        {"r 2 10\nr.dat 16+2\nr.dat 16\n", "a file has one format and one offset", FSNN_EFORMAT},
        {"r 1 10\nr.dat 16+9\n", "8 bytes hold 0 samples of 1 signals, but 1 are", FSNN_EFORMAT},
        {"r 1 10 2\nr.dat 16x3\n", "8 bytes hold 1 samples of 1 signals, but 2", FSNN_EFORMAT},
        {"r 1 10 4\nr.dat 16:4\n", "signal 0 has no sample at all", FSNN_EFORMAT},
        {"r 1 10 1125899906842624\n~ 0\n", "all signals have the format 0", FSNN_EFORMAT},
        {"r 1 10\n- 16\n", "expected is a file in the header's folder", FSNN_EUNSUPPORTED},
    };
    fsnn_series *s;
    folder_write("r.dat", "\1\0\2\0\3\0\4\0", 8);
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        folder_write_text("r.hea", row[i].head);
        REFUSED(fsnn_series_wfdb(folder_path("r.hea"), NULL, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    folder_delete("r.hea"), folder_delete("r.dat");
}

/* ---- whole records ---- */

static void put_records(void)
{
    static const char *const name[] = {"r1", "r2", "r3"}, *const class[] = {"10", "9", "10"};
    for (int i = 0; i < 3; i++) {
        char head[128], file[16];
        snprintf(head, sizeof head, "%s 1 100 2\n%s.dat 80 1/mV 0 0 %d 3 0 u\n# age: 3\n#dx: %s \n",
                 name[i], name[i], i + 1, class[i]);
        snprintf(file, sizeof file, "%s.hea", name[i]);
        folder_write_text(file, head);
        snprintf(file, sizeof file, "%s.dat", name[i]);
        folder_write(file, (const uint8_t[]){(uint8_t)(129 + i), 0x82}, 2);
    }
}

static void records(void **state)
{
    (void)state;
    static const struct {
        const char *table, *comment, *pattern, *note;
        int count;
        int label[3];
        const char *class; /* number 0 */
    } row[] = {
        {NULL, NULL, NULL, NULL, 3, {-1, -1, -1}, NULL},
        {NULL, "Dx", NULL, NULL, 3, {1, 0, 1}, "9"},
        {"r1,N\nr3.hea,A\nr2,N\n", NULL, NULL, NULL, 3, {1, 1, 0}, "A"},
        {"name;class\nr2;x\nr3;y\n",
         NULL,
         NULL,
         "does not name 1 records, which are left",
         2,
         {0, 1},
         "x"},
        {"r9,x\nr2,x\nr1,x\nr8,y\nr3,x\n",
         NULL,
         NULL,
         "1 of its records are not there, \"r8\"",
         3,
         {0, 0, 0},
         "x"},
        {NULL, NULL, "r{label}.hea", NULL, 3, {0, 1, 2}, "1"},
    };
    put_records();
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_wfdb_records_options o = {.comment = row[i].comment, .files.pattern = row[i].pattern};
        char table[512];
        fsnn_series *s;
        fsnn_series_info info;
        snprintf(table, sizeof table, "%s", folder_path("table.csv"));
        if (row[i].table)
            folder_write_text("table.csv", row[i].table), o.table = table;
        GOOD(fsnn_series_wfdb_records(folder_path(""), &o, &s));
        fsnn_series_info_get(s, &info);
        assert_true(info.count == row[i].count && info.channels == 1 && info.rate == 100);
        for (int k = 0; k < row[i].count; k++) {
            int32_t label;
            fsnn_series_values(s, k, NULL, &label);
            assert_int_equal(label, row[i].label[k]);
        }
        if (row[i].class)
            assert_string_equal(fsnn_series_class(s, 0), row[i].class);
        const char *note = fsnn_series_note(s, 0);
        if (row[i].note)
            assert_true(note && strstr(note, row[i].note));
        fsnn_series_destroy(s);
    }
    folder_delete("table.csv");
}

static void records_refused(void **state)
{
    (void)state;
    static const struct {
        const char *table, *comment, *pattern, *words;
        fsnn_status status;
    } row[] = {
        {NULL, "Rx", NULL, "r1.hea: has no comment \"# Rx: ...\", which should name", FSNN_EFORMAT},
        {"r1\nr2\n", NULL, NULL, "has one column; expected are a record and its class",
         FSNN_EFORMAT},
        {"q1,a\nq2,b\n", NULL, NULL, "none of them the conditions", FSNN_EFORMAT},
        {"n,c\nr1,\n", NULL, NULL, ":2: the class of the record \"r1\" is empty", FSNN_EFORMAT},
        {"r1,a\n", "Dx", NULL, "classes of records come from a comment, from a table or from",
         FSNN_EARGUMENT},
        {NULL, "Dx", "{label}.hea", "choose one of these", FSNN_EARGUMENT},
    };
    char table[512];
    fsnn_series *s;
    put_records();
    snprintf(table, sizeof table, "%s", folder_path("table.csv"));
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        fsnn_wfdb_records_options o = {.comment = row[i].comment, .files.pattern = row[i].pattern};
        if (row[i].table)
            folder_write_text("table.csv", row[i].table), o.table = table;
        REFUSED(fsnn_series_wfdb_records(folder_path(""), &o, &s), row[i].status, row[i].words);
        assert_null(s);
    }
    folder_write_text("r2.hea", "r2 2 100 1\nr2.dat 80\nr2.dat 80\n");
    REFUSED(fsnn_series_wfdb_records(folder_path(""), NULL, &s), FSNN_EFORMAT,
            "r2.hea: has 2 signals at 100 samples/s, the records before it 1 at 100");
    folder_delete("table.csv");
    static const char *const names[] = {"r1.hea", "r2.hea", "r3.hea", "r1.dat", "r2.dat", "r3.dat"};
    for (int i = 0; i < FSNN_COUNT(names); i++)
        folder_delete(names[i]);
}

/* ---- FLAC ---- */

/* Channels of another number, samples of more bits, a frame cut short, no FLAC at all. */
static void flac_refused(void **state)
{
    (void)state;
    NEEDS("libsndfile");
    static const struct {
        const char *head, *words;
        fsnn_status status;
    } row[] = {
        {"r 1 10\nr.dat 516 1/mV\n", "has 2 channels, its header names 1 signals in it",
         FSNN_EFORMAT},
        {"r 2 10\nr.dat 508\nr.dat 508\n", "samples of 16 bits, the format 508 of its header has 8",
         FSNN_EFORMAT},
        {"r 2 10\nr.dat 516x2\nr.dat 516\n", "2 and 1 samples a frame: in FLAC all have as many",
         FSNN_EFORMAT},
        {"r 2 10 201\nr.dat 516\nr.dat 516\n", "hold 200 samples of 2 signals, but 201 are",
         FSNN_EFORMAT},
        {"r 1 10\nr.hea 516\n", "is FLAC (format 516 of WFDB); libsndfile cannot read it",
         FSNN_EUNSUPPORTED},
    };
    fsnn_series *s;
    fsnn_series_info info;
    folder_copy("r.dat", "tests/fuzz/sound/flac16.flac", 0, "", 0);
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]", i);
        folder_write_text("r.hea", row[i].head);
        REFUSED(fsnn_series_wfdb(folder_path("r.hea"), NULL, &s), row[i].status, row[i].words);
    }
    folder_write_text("r.hea", "r 2 10\nr.dat 524x3 1/mV\nr.dat 524x3 1/mV\n");
    const float *x = read_one("r.hea", &s, &info);
    assert_true(info.longest == 66 && info.channels == 2);
    for (int i = 0; i < 2 * 66; i++) { /* the mean of three samples of (37 k + 11 c) % 200 - 100 */
        int k = i / 2 * 3, c = i % 2 * 11, sum = -300;
        for (int j = 0; j < 3; j++)
            sum += (37 * (k + j) + c) % 200;
        assert_true(x[i] == (float)(sum * 256 / 3.0));
    }
    fsnn_series_destroy(s);
    folder_delete("r.hea"), folder_delete("r.dat");
}

/* ---- damaged ---- */

static void damaged(void **state)
{
    (void)state;
    static const struct {
        const char *record, *segment;
    } row[] = {
        {"m/3 2 100 7\np 2\n~ 3\np 2\n", "p 2 100 2\np.dat 16x2:1+1 1/mV 0 0\np.dat 16 1/mV\n"},
        {"m/2 2 100 2\np 0\np 2\n", "p 2 100\np.dat 310 1/mV 0 0\np.dat 310x2 1/mV\n"},
        {"m/1 2 100 2\np 2\n", "p 2 100\np.dat 311x2 1/mV 0 0\np.dat 311 1/mV\n"},
        {"m/1 2 100 2\np 2\n", "p 2 100\np.dat 8x2+1 1/mV 0 0\np.dat 8:1 1/mV\n"},
        {"m/1 2 100 2\np 2\n", "p 2 100\np.dat 24 1/mV 0 0\np.dat 24 1/mV\n"},
        {"m/1 2 100 2\np 2\n", "p 2 100\np.dat 212x2 1/mV 0 0\np.dat 212 1/mV\n"},
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        uint8_t bytes[512], *p = bytes;
        size_t record = strlen(row[i].record), segment = strlen(row[i].segment);
        p = bytes_put_le(p, record, 2);
        p = bytes_put_le(p, segment, 2);
        memcpy(p, row[i].record, record);
        memcpy(p + record, row[i].segment, segment);
        p += record + segment;
        for (int k = 0; k < 14; k++)
            *p++ = (uint8_t)(37 * k);
        fuzz_times(fuzz_segments, bytes, (size_t)(p - bytes), (uint64_t)i, MUTATIONS / 3);
    }
}

static void damaged_records(void **state)
{
    (void)state;
    static const char seed[] = "\x31\0\x0f\0r 1 100 2\nr.dat 80 1/mV 0 0 1 3 0 u\n# Dx: 42  \n   "
                               "name;class\nr;x\n\x81\x82";
    fuzz_times(fuzz_records, (const uint8_t *)seed, sizeof seed - 1, 77, MUTATIONS / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),         cmocka_unit_test(differences),
        cmocka_unit_test(doubts),          cmocka_unit_test(frames_and_files),
        cmocka_unit_test(segments),        cmocka_unit_test(segments_refused),
        cmocka_unit_test(signals_refused), cmocka_unit_test(lines_end),

        cmocka_unit_test(records),         cmocka_unit_test(records_refused),
        cmocka_unit_test(flac_refused),    cmocka_unit_test(damaged),
        cmocka_unit_test(damaged_records),
    };
    return cmocka_run_group_tests_name("data/wfdb", tests, folder_open, folder_close);
}
