/* NPZ and .npy: round trips, headers and archives as NumPy writes them, zip64, and every kind of
 * damage. */
#include "data/files.h"
#include "data/numpy_file.h"

#include "base/bytes.h"
#include "format/npy.h"
#include "format/npz.h"
#include "format/zip.h"

/* A .npy file: version, dict, data; returns its size. */
static size_t npy(uint8_t *out, int major, const char *dict, const void *data, size_t size)
{
    size_t n = strlen(dict), head = major == 1 ? 10 : 12;
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (uint8_t)major;
    out[7] = 0;
    bytes_put_le(out + 8, n, major == 1 ? 2 : 4);
    memcpy(out + head, dict, n);
    memcpy(out + head + n, data, size);
    return head + n + size;
}

static fsnn_status parse_npy(int major, const char *dict, const void *data, size_t size,
                             fsnn_arrays *list)
{
    uint8_t bytes[4096];
    return npz_parse("t.npy", bytes, npy(bytes, major, dict, data, size), list);
}

static fsnn_arrays sample_list(void)
{
    fsnn_arrays list = {0};
    static const fsnn_shape shapes[] = {
        {0, {0}}, {1, {5}}, {2, {3, 4}}, {3, {2, 0, 3}}, {8, {1, 2, 1, 2, 1, 2, 1, 3}}};
    char name[32];
    for (int type = FSNN_F32; type <= FSNN_BOOL; type++)
        for (int s = 0; s < FSNN_COUNT(shapes); s++) {
            CASE("type %d, shapes[%d]", type, s);
            snprintf(name, sizeof name, "%s/%d.weight", fsnn_dtype_name((fsnn_dtype)type), s);
            fsnn_array *a = fsnn_arrays_add(&list, name, (fsnn_dtype)type, &shapes[s]);
            assert_non_null(a);
            size_t n = (size_t)fsnn_shape_count(&shapes[s]) * fsnn_dtype_size((fsnn_dtype)type);
            for (size_t i = 0; i < n; i++)
                ((uint8_t *)a->data)[i] = (uint8_t)(31 * i + 17 * (size_t)type + 1);
        }
    assert_non_null(fsnn_arrays_add(&list,
                                    "gr\xc3\xb6\xc3\x9f"
                                    "e",
                                    FSNN_F32, &FSNN_SHAPE(1)));
    return list;
}

static void assert_same(const fsnn_arrays *a, const fsnn_arrays *b)
{
    assert_int_equal(a->count, b->count);
    for (int i = 0; i < a->count; i++) {
        const fsnn_array *x = &a->item[i], *y = &b->item[i];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->dtype, y->dtype);
        assert_true(fsnn_shape_equal(&x->shape, &y->shape));
        size_t n = (size_t)fsnn_shape_count(&x->shape) * fsnn_dtype_size(x->dtype);
        assert_memory_equal(x->data, y->data, n);
    }
}

static void round_trip(void **state)
{
    (void)state;
    const char *path = folder_path("a.npz");
    fsnn_arrays list = sample_list(), back = {0};
    GOOD(fsnn_npz_write(path, &list));
    GOOD(fsnn_npz_read(path, &back));
    assert_same(&list, &back);
    GOOD(fsnn_npz_write(path, &back)); /* over the old one */
    GOOD(fsnn_npz_read(path, &back));  /* what a list held is freed */
    assert_same(&list, &back);
    fsnn_arrays_free(&list);
    GOOD(fsnn_npz_write(path, &list));
    GOOD(fsnn_npz_read(path, &back));
    assert_int_equal(back.count, 0);
    fsnn_arrays_free(&back);
    folder_delete("a.npz");
}

static void refuses_to_write(void **state)
{
    (void)state;
    const char *path = folder_path("a.npz");
    fsnn_arrays list = {0};
    assert_non_null(fsnn_arrays_add(&list, "same", FSNN_F32, &FSNN_SHAPE(1)));
    FAILS(fsnn_npz_write(folder_path("no/such/a.npz"), &list), FSNN_EIO);
    if (access("/dev/full", W_OK) == 0)
        FAILS(fsnn_npz_write("/dev/full", &list), FSNN_EIO);
    assert_non_null(fsnn_arrays_add(&list, "same", FSNN_F32, &FSNN_SHAPE(1)));
    REFUSED(fsnn_npz_write(path, &list), FSNN_EARGUMENT, "same");
    FAILS(fsnn_npz_write(NULL, &list), FSNN_EARGUMENT);
    fsnn_arrays_free(&list);
    assert_non_null(fsnn_arrays_add(&list, "", FSNN_F32, &FSNN_SHAPE(1)));
    FAILS(fsnn_npz_write(path, &list), FSNN_EARGUMENT);
    fsnn_arrays_free(&list);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void reads_headers(void **state)
{
    (void)state;
    const uint8_t six[] = {0, 1, 2, 3, 4, 5};
    const struct {
        int major;
        const char *dict;
        uint8_t expected[6];
    } good[] = {
        {1,
         "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }      \n",
         {0, 1, 2, 3, 4, 5}},
        {2, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", {0, 2, 4, 1, 3, 5}},
        {3, "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<u1\"}", {0, 1, 2, 3, 4, 5}},
        {1, "{'descr': '=u1', 'fortran_order': True, 'shape': (2L, 3L)}", {0, 2, 4, 1, 3, 5}},
    };
    for (int i = 0; i < FSNN_COUNT(good); i++) {
        CASE("good[%d]", i);
        fsnn_arrays list = {0};
        GOOD(parse_npy(good[i].major, good[i].dict, six, sizeof six, &list));
        assert_int_equal(list.count, 1);
        assert_string_equal(list.item[0].name, "x");
        assert_int_equal(list.item[0].dtype, FSNN_U8);
        assert_true(fsnn_shape_equal(&list.item[0].shape, &FSNN_SHAPE(2, 3)));
        assert_memory_equal(list.item[0].data, good[i].expected, 6);
        fsnn_arrays_free(&list);
    }
}

static void reads_orders(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    const uint8_t swapped[] = {0, 0, 1, 2, 0xff, 0xff, 0xff, 0xfe};
    GOOD(parse_npy(1, "{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}", swapped,
                   sizeof swapped, &list));
    assert_int_equal(((int32_t *)list.item[0].data)[0], 258);
    assert_int_equal(((int32_t *)list.item[0].data)[1], -2);
    int16_t fortran[24]; /* element (a, b, c) of [2, 3, 4] stands at a + 2 b + 6 c */
    for (int i = 0; i < 24; i++)
        fortran[i] = (int16_t)(1000 + i);
    GOOD(parse_npy(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4)}", fortran,
                   sizeof fortran, &list));
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 4; c++)
                assert_int_equal(((int16_t *)list.item[0].data)[(a * 3 + b) * 4 + c],
                                 1000 + a + 2 * b + 6 * c);
    float one = 2.5F;
    GOOD(parse_npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': ()}", &one, 4, &list));
    assert_int_equal(list.item[0].shape.rank, 0);
    assert_true(*(float *)list.item[0].data == 2.5F);
    GOOD(parse_npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 7)}", &one, 0, &list));
    assert_int_equal(fsnn_shape_count(&list.item[0].shape), 0);
    fsnn_arrays_free(&list);
}

/* float16 becomes float32: each kind of number, both byte orders, both array orders. */
static void reads_halves(void **state)
{
    (void)state;
    static const uint16_t half[] = {0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0400,
                                    0x3555, 0x7c00, 0xfc00, 0x8000, 0x0000, 0x7e00};
    const float means[] = {1,        -2,          65504,    0x1p-24F,  -0x1.ff8p-15F,
                           0x1p-14F, 0x1.554p-2F, INFINITY, -INFINITY, -0.0F,
                           0,        NAN};
    uint8_t low[sizeof half], high[sizeof half];
    for (int i = 0; i < 12; i++) {
        low[2 * i] = high[2 * i + 1] = (uint8_t)half[i];
        low[2 * i + 1] = high[2 * i] = (uint8_t)(half[i] >> 8);
    }
    const struct {
        const char *dict;
        const uint8_t *bytes;
        bool fortran;
    } file[] = {
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4)}", low, false},
        {"{'descr': '>f2', 'fortran_order': False, 'shape': (3, 4)}", high, false},
        {"{'descr': '<f2', 'fortran_order': True, 'shape': (3, 4)}", low, true},
        {"{'descr': '>f2', 'fortran_order': True, 'shape': (3, 4)}", high, true},
    };
    for (int f = 0; f < FSNN_COUNT(file); f++) {
        CASE("file[%d]", f);
        fsnn_arrays list = {0};
        GOOD(parse_npy(1, file[f].dict, file[f].bytes, sizeof half, &list));
        assert_int_equal(list.item[0].dtype, FSNN_F32);
        const float *x = list.item[0].data;
        for (int i = 0; i < 12; i++) {
            int place = file[f].fortran ? i % 3 * 4 + i / 3 : i;
            assert_true(isnan(means[i]) ? isnan(x[place]) : x[place] == means[i]);
            assert_int_equal(!signbit(x[place]), !signbit(means[i]));
        }
        fsnn_arrays_free(&list);
    }
}

#define DICT(descr, order, shape)                                                                  \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"

static void refuses_headers(void **state)
{
    (void)state;
    const struct {
        int major;
        const char *dict;
        size_t size;
        const char *says;
    } bad[] = {
        {4, DICT("'|u1'", "False", "(6,)"), 6, "version 4.0"},
        {0, DICT("'|u1'", "False", "(6,)"), 6, "version 0.0"},
        {1, DICT("'<f2'", "False", "(4,)"), 6, "float16 of shape [4] need 8 bytes, but 6"},
        {1, DICT("'<c8'", "False", "(1,)"), 6, "'<c8'"},
        {1, DICT("'|O'", "False", "(6,)"), 6, "'|O'"},
        {1, DICT("'<U4'", "False", "(6,)"), 6, "'<U4'"},
        {1, DICT("'<f44'", "False", "(6,)"), 6, "'<f44'"},
        {1, DICT("'f4'", "False", "(6,)"), 6, "'f4'"},
        {1, DICT("''", "False", "(6,)"), 6, "''"},
        {1, DICT("'<u1", "False", "(6,)"), 6, "'<u1, '"},
        {1, "{'descr': '<u1", 6, "damaged"},
        {1, DICT("[('a', '<f4')]", "False", "(6,)"), 6, "named fields"},
        {1, DICT("4", "False", "(6,)"), 6, "descr"},
        {1, DICT("'|u1'", "false", "(6,)"), 6, "fortran_order"},
        {1, DICT("'|u1'", "False", "6"), 6, "tuple"},
        {1, DICT("'|u1'", "False", "(6)"), 6, "tuple"},
        {1, DICT("'|u1'", "False", "(-6,)"), 6, "sizes"},
        {1, DICT("'|u1'", "False", "(2 3)"), 6, "tuple"},
        {1, DICT("'|u1'", "False", "(,)"), 6, "sizes"},
        {1, DICT("'|u1'", "False", "(99999999999999999999,)"), 6, "sizes"},
        {1, DICT("'|u1'", "False", "(4611686018427387904, 4)"), 6, "more than"},
        {1, DICT("'|u1'", "False", "(4611686018427387904, 4, 0)"), 0, "more than"},
        {1, DICT("'|u1'", "False", "(9223372036854775807,)"), 6, "6 are there"},
        {1, DICT("'|u1'", "False", "(1,1,1,1,1,1,1,1,6)"), 6, "8 dimensions"},
        {1, DICT("'|u1'", "False", "(7,)"), 6, "7 bytes"},
        {1, DICT("'|u1'", "False", "(5,)"), 6, "5 bytes"},
        {1, "{'descr': '|u1', 'shape': (6,)}", 6, "lacks the key 'fortran_order'"},
        {1, "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (6,)}", 6, "twice"},
        {1, "{'descr': '|u1', 'more': 1, 'fortran_order': False, 'shape': (6,)}", 6, "'more'"},
        {1, "{'descr': '|u1' 'fortran_order': False, 'shape': (6,)}", 6, "comma"},
        {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (6,)} x", 6, "follows"},
        {1, "{'descr': '|u1', 'fortran_order': False, 'shape': (6,)", 6, "damaged"},
        {1, "{", 6, "damaged"},
        {1, "", 6, "damaged"},
    };
    fsnn_arrays list = {0};
    for (int i = 0; i < FSNN_COUNT(bad); i++) {
        CASE("bad[%d]", i);
        bool type = strstr("'<c8' '|O' '<U4' named fields", bad[i].says) != NULL;
        REFUSED(parse_npy(bad[i].major, bad[i].dict, "abcdef", bad[i].size, &list),
                type ? FSNN_EUNSUPPORTED : FSNN_EFORMAT, bad[i].says);
        CONTAINS(fsnn_error_text(), "t.npy");
        assert_int_equal(list.count, 0);
    }
}

/* ---- archives put together by hand, as other writers make them ---- */

enum { BLOCK = 0x108 }; /* method 8, by deflate_block */

typedef struct archive {
    uint8_t bytes[8192];
    size_t size, local[8], directory;
    int count;
    struct {
        char name[16];
        uint32_t crc;
        size_t packed, size;
        int method, flags;
    } entry[8];
} archive;

static void put(archive *m, const void *data, size_t size)
{
    assert_true(m->size + size <= sizeof m->bytes);
    memcpy(m->bytes + m->size, data, size);
    m->size += size;
}

static void put_le(archive *m, uint64_t x, int n)
{
    uint8_t b[8];
    put(m, b, (size_t)(bytes_put_le(b, x, n) - b));
}

static size_t deflate_raw(const uint8_t *in, size_t size, uint8_t *out, size_t capacity)
{
    return deflate_into(DEFLATE_RAW, in, size, out, capacity);
}

/* Deflated, but not made smaller: one block that holds the bytes as they are. */
static size_t deflate_block(const uint8_t *in, size_t size, uint8_t *out)
{
    uint8_t *p = bytes_put_le(bytes_put_le(bytes_put_le(out, 1, 1), size, 2), ~(uint64_t)size, 2);
    memcpy(p, in, size);
    return 5 + size;
}

/* A local header as numpy.savez writes it: sizes in a zip64 extra field, although they are small.
 */
static void add_local(archive *m, const char *name, const uint8_t *data, size_t size, int method)
{
    uint8_t packed[2048];
    size_t n = size;
    memcpy(packed, data, size);
    if (method == BLOCK)
        n = deflate_block(data, size, packed);
    else if (method == 8)
        n = deflate_raw(data, size, packed, sizeof packed);
    method &= 0xff; /* as the file says it */
    int i = m->count++;
    m->local[i] = m->size;
    snprintf(m->entry[i].name, sizeof m->entry[i].name, "%s", name);
    m->entry[i].crc = inflate_crc32(0, data, size);
    m->entry[i].packed = n;
    m->entry[i].size = size;
    m->entry[i].method = method;
    put_le(m, 0x04034b50, 4);
    put_le(m, 45, 2);
    put_le(m, 0, 2);
    put_le(m, (uint64_t)method, 2);
    put_le(m, 0, 4);
    put_le(m, m->entry[i].crc, 4);
    put_le(m, 0xffffffff, 4);
    put_le(m, 0xffffffff, 4);
    put_le(m, strlen(name), 2);
    put_le(m, 20, 2);
    put(m, name, strlen(name));
    put_le(m, 1, 2);
    put_le(m, 16, 2);
    put_le(m, size, 8);
    put_le(m, n, 8);
    put(m, packed, n);
}

static void add_central(archive *m, int i, bool zip64)
{
    put_le(m, 0x02014b50, 4);
    put_le(m, 45, 2);
    put_le(m, 45, 2);
    put_le(m, (uint64_t)m->entry[i].flags, 2);
    put_le(m, (uint64_t)m->entry[i].method, 2);
    put_le(m, 0, 4);
    put_le(m, m->entry[i].crc, 4);
    put_le(m, zip64 ? 0xffffffff : m->entry[i].packed, 4);
    put_le(m, zip64 ? 0xffffffff : m->entry[i].size, 4);
    put_le(m, strlen(m->entry[i].name), 2);
    put_le(m, zip64 ? 32 : 0, 2);
    put_le(m, 3, 2); /* a comment */
    put_le(m, 0, 8);
    put_le(m, zip64 ? 0xffffffff : m->local[i], 4);
    put(m, m->entry[i].name, strlen(m->entry[i].name));
    if (zip64) {
        put_le(m, 0x5455, 2); /* a field of another kind first */
        put_le(m, 0, 2);
        put_le(m, 1, 2);
        put_le(m, 24, 2);
        put_le(m, m->entry[i].size, 8);
        put_le(m, m->entry[i].packed, 8);
        put_le(m, m->local[i], 8);
    }
    put(m, "ABC", 3);
}

static void finish(archive *m, bool zip64, const char *comment)
{
    m->directory = m->size;
    for (int i = 0; i < m->count; i++)
        add_central(m, i, zip64);
    size_t end = m->size;
    if (zip64) {
        put_le(m, 0x06064b50, 4);
        put_le(m, 44, 8);
        put_le(m, 45 | 45 << 16, 4);
        put_le(m, 0, 8);
        put_le(m, (uint64_t)m->count, 8);
        put_le(m, (uint64_t)m->count, 8);
        put_le(m, end - m->directory, 8);
        put_le(m, m->directory, 8);
        put_le(m, 0x07064b50, 4);
        put_le(m, 0, 4);
        put_le(m, end, 8);
        put_le(m, 1, 4);
    }
    put_le(m, 0x06054b50, 4);
    put_le(m, 0, 4);
    put_le(m, zip64 ? 0xffff : (uint64_t)m->count, 2);
    put_le(m, zip64 ? 0xffff : (uint64_t)m->count, 2);
    put_le(m, zip64 ? 0xffffffff : end - m->directory, 4);
    put_le(m, zip64 ? 0xffffffff : m->directory, 4);
    put_le(m, strlen(comment), 2);
    put(m, comment, strlen(comment));
}

static size_t array_of(uint8_t *out, int n)
{
    char dict[128];
    float x[64];
    for (int i = 0; i < n; i++)
        x[i] = (float)i / 4;
    snprintf(dict, sizeof dict, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }", n);
    return npy(out, 1, dict, x, (size_t)n * 4);
}

/* Array "a" of 20 (stored, deflated or BLOCK), a text, array "b" of 3. */
static void make(archive *m, int method, bool zip64, const char *comment)
{
    uint8_t array[1024];
    *m = (archive){0};
    add_local(m, "a.npy", array, array_of(array, 20), method);
    add_local(m, "readme.txt", (const uint8_t *)"hello", 5, 0);
    add_local(m, "b.npy", array, array_of(array, 3), method);
    finish(m, zip64, comment);
}

static void packed_or_what_is_missing(void **state)
{
    (void)state;
    static archive m;
    static const char *const a[] = {"a", NULL};
    fsnn_arrays list = {0};
    assert_int_equal(inflate_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(inflate_crc32(inflate_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    make(&m, BLOCK, false, "");
    if (check_built_with("zlib")) {
        GOOD(npz_parse("t.npz", m.bytes, m.size, &list));
        assert_int_equal(list.count, 2);
        assert_true(((float *)list.item[0].data)[19] == 19.0f / 4);
        fsnn_arrays_free(&list);
        return;
    }
    static const char words[] = "t.npz: entry a.npy: it is compressed, and fsnn was built without "
                                "zlib: save it uncompressed (numpy.savez), or configure fsnn with "
                                "-DFSNN_ZLIB=ON";
    REFUSED(npz_parse("t.npz", m.bytes, m.size, &list), FSNN_EUNSUPPORTED, words);
    REFUSED(npz_parse_named("t.npz", m.bytes, m.size, a, &list), FSNN_EUNSUPPORTED, words);
    assert_true(list.count == 0 && list.unread_count == 0);
}

static void reads_archives_of_others(void **state)
{
    (void)state;
    static archive m;
    for (int variant = 0; variant < 8; variant++) {
        make(&m, variant & 4 ? 8 : 0, variant & 2,
             variant & 1 ? "made PK\5\6 by hand, see PK" : "");
        fsnn_arrays list = {0};
        GOOD(npz_parse("t.npz", m.bytes, m.size, &list));
        assert_int_equal(list.count, 2);
        assert_string_equal(list.item[0].name, "a");
        assert_string_equal(list.item[1].name, "b");
        for (int i = 0; i < 20; i++)
            assert_true(((float *)list.item[0].data)[i] == (float)i / 4);
        fsnn_arrays_free(&list);
    }
}

static void reads_numpy(void **state)
{
    (void)state;
    NEEDS("zlib");
    fsnn_arrays list = {0};
    GOOD(npz_parse("t.npz", numpy_file, sizeof numpy_file, &list));
    assert_int_equal(list.count, 3);
    const fsnn_array *x = fsnn_arrays_find(&list, "x"), *f = fsnn_arrays_find(&list, "f");
    const fsnn_array *flag = fsnn_arrays_find(&list, "flag");
    assert_true(x->dtype == FSNN_F32 && fsnn_shape_equal(&x->shape, &FSNN_SHAPE(2, 3, 4)));
    for (int i = 0; i < 24; i++)
        assert_true(((float *)x->data)[i] == (float)i);
    assert_true(f->dtype == FSNN_I16 && fsnn_shape_equal(&f->shape, &FSNN_SHAPE(2, 3)));
    for (int i = 0; i < 6; i++)
        assert_int_equal(((int16_t *)f->data)[i], i);
    assert_true(flag->dtype == FSNN_BOOL && flag->shape.rank == 0 && *(uint8_t *)flag->data == 1);
    fsnn_arrays_free(&list);
}

static void refuses_archives(void **state)
{
    (void)state;
    static archive m;
    fsnn_arrays list = {0};
#define DAMAGED(says)                                                                              \
    REFUSED(npz_parse("t.npz", m.bytes, m.size, &list), FSNN_EFORMAT, says);                       \
    CONTAINS(fsnn_error_text(), "t.npz");                                                          \
    assert_int_equal(list.count, 0)

    make(&m, 0, false, "");
    m.bytes[m.local[2] - 1] ^= 1; /* last byte of the text: nobody reads it */
    GOOD(npz_parse("t.npz", m.bytes, m.size, &list));
    fsnn_arrays_free(&list);
    m.bytes[m.directory - 1] ^= 1; /* last byte of b */
    DAMAGED("checksum");

    make(&m, 8, false, "");
    m.bytes[m.directory - 3] ^= 0x55;
    DAMAGED("b.npy");

    make(&m, 0, false, "");
    bytes_put_le(m.bytes + m.directory + 8, 1, 2);
    DAMAGED("encrypted");

    make(&m, 0, false, "");
    bytes_put_le(m.bytes + m.directory + 10, 12, 2);
    DAMAGED("method 12");

    make(&m, 0, false, ""); /* larger than it is, stored and deflated */
    bytes_put_le(m.bytes + m.directory + 24, 1 << 20, 4);
    DAMAGED("unpacked");
    make(&m, 8, false, "");
    bytes_put_le(m.bytes + m.directory + 24, 0xfffffffe, 4);
    DAMAGED("unpacked");
    make(&m, 8, false, "");
    bytes_put_le(m.bytes + m.directory + 24, m.entry[0].size + 1, 4);
    DAMAGED("need 80 bytes, but 81 are there");
    make(&m, 8, false, "");
    bytes_put_le(m.bytes + m.directory + 24, m.entry[0].size - 1, 4);
    DAMAGED("need 80 bytes, but 79 are there");

    make(&m, 0, false, "");
    bytes_put_le(m.bytes + m.directory + 20, 1 << 20, 4);
    bytes_put_le(m.bytes + m.directory + 24, 1 << 20, 4);
    DAMAGED("more than the file has");

    make(&m, 0, false, "");
    bytes_put_le(m.bytes + m.directory + 42, 0x7fffffff, 4);
    DAMAGED("start at byte");
    make(&m, 0, true, ""); /* behind 2^63 */
    memset(m.bytes + m.directory + 46 + strlen("a.npy") + 8 + 16, 0xfe, 8);
    DAMAGED("start at byte 18374403900871474942");

    make(&m, 0, false, ""); /* two records, one content: entries may not overlap */
    m.local[2] = m.local[0];
    m.entry[2] = m.entry[0];
    m.size = m.directory;
    finish(&m, false, "");
    DAMAGED("twice");

    make(&m, 0, false, "");
    memcpy(m.bytes + m.local[0] + 30, "c", 1);
    DAMAGED("does not agree");

    make(&m, 0, true, "");
    bytes_put_le(m.bytes + m.size - 22 - 12, UINT64_MAX, 8);
    DAMAGED("zip64");

    make(&m, 0, false, "");
    bytes_put_le(m.bytes + m.size - 12, 2, 2);
    bytes_put_le(m.bytes + m.size - 14, 2, 2);
    DAMAGED("zip directory is damaged");

    make(&m, 0, false, "");
    put(&m, "", 1);
    DAMAGED("cut short");

    REFUSED(npz_parse("t.npz", (const uint8_t *)"", 0, &list), FSNN_EFORMAT, "empty");
    REFUSED(npz_parse("t.npz", (const uint8_t *)"hello", 5, &list), FSNN_EFORMAT,
            "begins with the text \"hello\": it is not an NPZ or a .npy file");
    REFUSED(fsnn_npz_read(folder_path("missing.npz"), &list), FSNN_EIO, "missing.npz");
    FAILS(fsnn_npz_read(NULL, &list), FSNN_EARGUMENT);
}

/* Entries that claim the same bytes under names of their own cannot multiply a small file. */
/* Objects and texts are in nobody's way but of those who ask for them. */
static void leaves_out_what_is_no_number(void **state)
{
    (void)state;
    static const char *const dict[] = {DICT("'|O'", "False", "(1,)"),
                                       DICT("'<U5'", "False", "(2,)"),
                                       DICT("'<f4'", "False", "(2,)")};
    static const char *const names[] = {"o.npy", "words.npy", "x.npy"}, *const x[] = {"x", NULL},
                             *const both[] = {"x", "words", NULL};
    archive m = {.size = 0};
    fsnn_arrays list = {0};
    for (int i = 0; i < 3; i++) {
        uint8_t bytes[256];
        add_local(&m, names[i], bytes, npy(bytes, 1, dict[i], "01234567", 8), i == 1 ? 8 : 0);
    }
    finish(&m, false, "");
    GOOD(npz_parse("t.npz", m.bytes, m.size, &list));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.item[0].name, "x");
    assert_int_equal(list.unread_count, 2);
    assert_string_equal(list.unread_name[1], "words");
    CONTAINS(fsnn_arrays_unread(&list, "words"), "holds texts (type '<U5')");
    CONTAINS(fsnn_arrays_unread(&list, "o"), "holds Python objects (type '|O')");
    assert_null(fsnn_arrays_unread(&list, "x"));
    GOOD(npz_parse_named("t.npz", m.bytes, m.size, x, &list));
    assert_true(list.count == 1 && list.unread_count == 0);
    REFUSED(npz_parse_named("t.npz", m.bytes, m.size, both, &list), FSNN_EUNSUPPORTED,
            "t.npz: words.npy: holds texts (type '<U5')");
    fsnn_arrays_free(&list);
    folder_write("t.npz", m.bytes, m.size);
    fsnn_data *data;
    REFUSED(fsnn_data_npz(folder_path("t.npz"), "z", NULL, false, &data), FSNN_ENOTFOUND,
            "has no array z; it holds x, o, words");
    REFUSED(fsnn_data_npz(folder_path("t.npz"), "words", NULL, false, &data), FSNN_EUNSUPPORTED,
            "holds texts");
    GOOD(fsnn_data_npz(folder_path("t.npz"), "x", NULL, false, &data));
    fsnn_data_destroy(data);
    folder_delete("t.npz");
}

/* A deflated array of ZEROS bytes that are 0. */
enum { ZEROS = 1 << 20 };

static void add_zeros(archive *m, const char *name, const char *dict)
{
    uint8_t *bytes = calloc(1, ZEROS + 256), packed[2048];
    assert_non_null(bytes);
    size_t size = npy(bytes, 1, dict, "", 0) + ZEROS, n = deflate_raw(bytes, size, packed, 2048);
    int i = m->count++;
    m->local[i] = m->size;
    snprintf(m->entry[i].name, sizeof m->entry[i].name, "%s", name);
    m->entry[i].crc = inflate_crc32(0, bytes, size);
    m->entry[i].packed = n;
    m->entry[i].size = size;
    m->entry[i].method = 8;
    put_le(m, 0x04034b50, 4);
    put_le(m, 20, 4);
    put_le(m, 8, 2);
    put_le(m, 0, 4);
    put_le(m, 0, 4);
    put_le(m, 0, 8);
    put_le(m, strlen(name), 2);
    put_le(m, 0, 2);
    put(m, name, strlen(name));
    put(m, packed, n);
    free(bytes);
}

/* A small file may unpack to anything: types and shapes are had without, an array that nobody asks
 * for is not unpacked, and room is made only for what the header and the archive agree on. */
static void headers_come_first(void **state)
{
    (void)state;
    static const char *const x[] = {"x", NULL};
    uint8_t small[128];
    fsnn_arrays list = {0};
    archive m = {.size = 0};
    add_local(&m, "x.npy", small, npy(small, 1, DICT("'|u1'", "False", "(2,)"), "ab", 2), 0);
    add_zeros(&m, "big.npy", DICT("'|u1'", "False", "(1048576,)"));
    finish(&m, false, "");
    GOOD(npz_parse("t.npz", m.bytes, m.size, &list));
    assert_int_equal(list.item[1].shape.dim[0], ZEROS);
    m.bytes[m.directory - 40] ^= 0x55; /* who unpacks it meets the damage */
    folder_write("t.npz", m.bytes, m.size);
    REFUSED(fsnn_npz_read(folder_path("t.npz"), &list), FSNN_EFORMAT, "entry big.npy is damaged");
    GOOD(fsnn_npz_headers(folder_path("t.npz"), &list));
    assert_int_equal(list.count, 2);
    assert_true(!list.item[0].data && !list.item[1].data);
    assert_int_equal(list.item[1].dtype, FSNN_U8);
    assert_int_equal(list.item[1].shape.dim[0], ZEROS);
    GOOD(npz_parse_named("t.npz", m.bytes, m.size, x, &list));
    assert_int_equal(list.count, 1);
    m = (archive){.size = 0};
    add_zeros(&m, "big.npy", DICT("'|u1'", "False", "(1099511627776,)"));
    finish(&m, false, "");
    REFUSED(npz_parse("t.npz", m.bytes, m.size, &list), FSNN_EFORMAT,
            "need 1099511627776 bytes, but 1048576 are there");
    fsnn_arrays_free(&list);
    folder_delete("t.npz");
}

static void entries_cannot_overlap(void **state)
{
    (void)state;
    static archive m;
    uint8_t array[1024];
    m = (archive){0};
    size_t n = array_of(array, 40);
    add_local(&m, "a.npy", array, n, 0);
    finish(&m, false, "");
    zip_reader zip;
    zip_entry entry;
    GOOD(zip_open(&zip, "t.npz", m.bytes, m.size));
    assert_int_equal(zip_next(&zip, &entry), 1);
    zip.cursor = zip.directory; /* the same record again */
    zip.left = 1;
    REFUSED(zip_next(&zip, &entry), FSNN_EFORMAT, "more than the file has");
}

static void every_truncation_is_an_error(void **state)
{
    (void)state;
    static archive m;
    const char *path = folder_path("cut.npz");
    for (int variant = 0; variant < 4; variant++) {
        make(&m, variant & 1 ? 8 : 0, variant & 2, "");
        for (size_t size = 0; size < m.size; size++) {
            uint8_t *exact = malloc(size ? size : 1); /* so that reading on shows */
            memcpy(exact, m.bytes, size);
            fsnn_arrays list = {0};
            FAILS(npz_parse("t.npz", exact, size, &list), FSNN_EFORMAT);
            assert_null(list.item);
            free(exact);
            if (size % 61 == 0) {
                folder_write("cut.npz", m.bytes, size);
                FAILS(fsnn_npz_read(path, &list), FSNN_EFORMAT);
            }
        }
    }
    folder_delete("cut.npz");
    for (int major = 1; major <= 3; major++) {
        uint8_t single[256];
        const char *dict = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3)}";
        size_t full = npy(single, major, dict, "abcdefabcdef", 12);
        for (size_t size = 0; size < full; size++) {
            uint8_t *exact = malloc(size ? size : 1);
            memcpy(exact, single, size);
            fsnn_arrays list = {0};
            FAILS(npz_parse("t.npy", exact, size, &list), FSNN_EFORMAT);
            free(exact);
        }
    }
}

/* With the limit lowered every entry takes the zip64 way; the reader understands it. */
static void writes_zip64(void **state)
{
    (void)state;
    for (uint64_t limit = 1; limit < 2000; limit += 111) {
        char *bytes = NULL;
        size_t size = 0;
        zip_writer zip = {.stream = open_memstream(&bytes, &size), .limit = limit};
        uint8_t array[1024];
        assert_non_null(zip.stream);
        for (int i = 1; i <= 9; i++) {
            char name[32];
            snprintf(name, sizeof name, "a%d.npy", i);
            size_t n = array_of(array, 5 * i);
            zip_piece piece[2] = {{array, 7}, {array + 7, n - 7}};
            GOOD(zip_add(&zip, name, piece));
        }
        zip_finish(&zip);
        assert_int_equal(fclose(zip.stream), 0);
        zip_free(&zip);
        fsnn_arrays list = {0};
        GOOD(npz_parse("t.npz", (uint8_t *)bytes, size, &list));
        assert_int_equal(list.count, 9);
        for (int i = 1; i <= 9; i++)
            assert_int_equal(list.item[i - 1].shape.dim[0], 5 * i);
        fsnn_arrays_free(&list);
        free(bytes);
    }
}

/* Entries in pieces side by side: the bytes are those of entries that are added whole. */
static void places_and_entries(void **state)
{
    (void)state;
    uint8_t content[2][1000];
    for (int i = 0; i < 1000; i++)
        content[0][i] = (uint8_t)(i * i), content[1][i] = (uint8_t)(i / 3);
    for (uint64_t limit = 1; limit < 4000; limit += 333) {
        char *bytes[2] = {NULL};
        size_t size[2] = {0};
        for (int way = 0; way < 2; way++) {
            zip_writer zip = {.stream = open_memstream(&bytes[way], &size[way]), .limit = limit};
            zip_place place[2];
            static const char *const name[] = {"a.npy", "\303\244.npy"};
            for (int i = 0; i < 2 && way; i++)
                GOOD(zip_keep(&zip, name[i], 1000, &place[i]));
            for (size_t at = 0; at < 1000 && way; at += 300)
                for (int i = 0; i < 2; i++)
                    zip_put(&zip, &place[i], content[i] + at, at < 900 ? 300 : 100);
            for (int i = 0; i < 2; i++)
                GOOD(way ? zip_settle(&zip, &place[i])
                         : zip_add(&zip, name[i], (zip_piece[]){{content[i], 1000}, {"", 0}}));
            GOOD(zip_add(&zip, "last", (zip_piece[]){{"1", 1}, {"2", 1}}));
            zip_finish(&zip);
            assert_int_equal(fclose(zip.stream), 0);
            zip_free(&zip);
        }
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(bytes[0], bytes[1], size[0]);
        free(bytes[0]), free(bytes[1]);
    }
    zip_writer zip = {0};
    zip_place place;
    REFUSED(zip_keep(&zip, "", 3, &place), FSNN_EARGUMENT, "a name of 0 bytes");
}

static void header_is_aligned(void **state)
{
    (void)state;
    char header[NPY_HEADER_MAX];
    fsnn_shape wide = {
        8,
        {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}};
    assert_int_equal(npy_header(FSNN_F64, &wide, header) % 64, 0);
    size_t n = npy_header(FSNN_F32, &FSNN_SHAPE(3), header);
    assert_int_equal(n, 128);
    assert_memory_equal(header,
                        "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, "
                        "'shape': (3,), }   ",
                        70);
    assert_int_equal(header[n - 1], '\n');
}

static void survives_failing_memory(void **state)
{
    (void)state;
    const char *path = folder_path("a.npz");
    fsnn_arrays list = sample_list();
    static archive m;
    make(&m, 8, true, "");
    bool written = false, read = false;
    for (int64_t n = 1; !written || !read; n++) {
        fsnn_alloc_fail_at(n);
        fsnn_status status = fsnn_npz_write(path, &list);
        fsnn_alloc_fail_at(0);
        written = status == FSNN_OK;
        assert_true(written || status == FSNN_EMEMORY);
        assert_int_equal(access(path, F_OK) == 0, written);
        if (written)
            folder_delete("a.npz");
        fsnn_arrays back = {0};
        fsnn_alloc_fail_at(n);
        status = npz_parse("t.npz", m.bytes, m.size, &back);
        fsnn_alloc_fail_at(0);
        read = status == FSNN_OK;
        assert_true(read || (status == FSNN_EMEMORY && !back.item));
        fsnn_arrays_free(&back);
    }
    fsnn_arrays_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(refuses_to_write),
        cmocka_unit_test(reads_headers),
        cmocka_unit_test(reads_orders),
        cmocka_unit_test(reads_halves),
        cmocka_unit_test(refuses_headers),
        cmocka_unit_test(packed_or_what_is_missing),
        cmocka_unit_test(reads_archives_of_others),
        cmocka_unit_test(reads_numpy),
        cmocka_unit_test(refuses_archives),
        cmocka_unit_test(entries_cannot_overlap),
        cmocka_unit_test(leaves_out_what_is_no_number),
        cmocka_unit_test(headers_come_first),
        cmocka_unit_test(every_truncation_is_an_error),
        cmocka_unit_test(writes_zip64),
        cmocka_unit_test(places_and_entries),
        cmocka_unit_test(header_is_aligned),
        cmocka_unit_test(survives_failing_memory),
    };
    return cmocka_run_group_tests_name("data/npz", tests, folder_open, folder_close);
}
