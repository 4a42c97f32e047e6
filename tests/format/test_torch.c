/* Files of PyTorch: those that it wrote (tests/golden/torch, and data/field's), against sums that
 * it computed; what is refused, by its name; archives made here: the other byte order, damage, and
 * pickles that want what no file may. */
#include "folder.h"

#include "base/bytes.h"
#include "format/torch.h"
#include "format/zip.h"

#define GOLDEN "tests/golden/torch/"

/* ---- files that PyTorch wrote ---- */

/* The sum of x[i] (i + 1), row by row. */
static double sum_of(const fsnn_array *array)
{
    int64_t count = fsnn_shape_count(&array->shape);
    double *x = malloc(((size_t)count + 1) * sizeof *x), sum = 0;
    assert_non_null(x);
    fsnn_array_to_f64(array, x);
    for (int64_t i = 0; i < count; i++)
        sum += x[i] * (double)(i + 1);
    free(x);
    return sum;
}

static void shape_text(const fsnn_shape *shape, char out[64])
{
    int n = 0;
    strcpy(out, "-");
    for (int i = 0; i < shape->rank; i++)
        n += snprintf(out + n, 64 - (size_t)n, "%s%lld", i ? "," : "", (long long)shape->dim[i]);
}

/* Every line of torch.txt, and no array without one. */
static void golden(void **state)
{
    (void)state;
    char file[64], name[64], type[32], shape[64], found[64], last[64] = "";
    double sum;
    int count = 0, lines = 0;
    fsnn_arrays list = {0};
    FILE *in = fopen(GOLDEN "torch.txt", "r");
    assert_non_null(in);
    while (fscanf(in, "%63s %63s %31s %63s %lf", file, name, type, shape, &sum) == 5) {
        CASE("%s: %s", file, name);
        if (strcmp(file, last) != 0) {
            char path[128];
            assert_int_equal(list.count, count);
            snprintf(path, sizeof path, GOLDEN "%s", file);
            assert_true(fsnn_torch_known(path));
            GOOD(fsnn_torch_read(path, &list));
            strcpy(last, file);
            count = 0;
        }
        const fsnn_array *array = fsnn_arrays_find(&list, name);
        assert_non_null(array);
        assert_string_equal(fsnn_dtype_name(array->dtype), type);
        shape_text(&array->shape, found);
        assert_string_equal(found, shape);
        NEAR(name, sum_of(array), sum, 1e-15);
        count++;
        lines++;
    }
    assert_int_equal(list.count, count);
    assert_true(lines > 50);
    fclose(in);
    fsnn_arrays_free(&list);
}

static void remarks(void **state)
{
    (void)state;
    fsnn_arrays list = {0};
    GOOD(fsnn_torch_read(GOLDEN "checkpoint.pt", &list));
    assert_string_equal(fsnn_arrays_meta_find(&list, torch_remark_key),
                        "its dict \"state_dict\" is read; beside it, and left out: epoch, "
                        "optimizer, loss, done; its names are without their \"module.\"");
    GOOD(fsnn_torch_read(GOLDEN "state.pt", &list));
    assert_null(fsnn_arrays_meta_find(&list, torch_remark_key));
    GOOD(fsnn_torch_read(GOLDEN "complex.pt", &list));
    assert_string_equal(fsnn_arrays_unread(&list, "z"), "holds complex numbers (torch.complex64)");
    assert_string_equal(fsnn_arrays_unread(&list, "n"), "is an integer, not a tensor");
    fsnn_arrays_free(&list);
}

static void refused(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {GOLDEN "module.pt", "module.pt: holds code: __main__.Net; save the state_dict instead: "
                             "torch.save(model.state_dict(), \"w.pt\")"},
        {GOLDEN "object.pt", "object.pt: holds code: collections.deque; save the state_dict"},
        {GOLDEN "sparse.pt", "sparse.pt: holds torch._utils._rebuild_sparse_tensor, a kind of"},
        {GOLDEN "list.pt", "list.pt: holds a list without a dict of tensors"},
        {GOLDEN "two.pt",
         "two.pt: has several dicts of tensors, \"generator\" and \"critic\" among them: save"},
        {GOLDEN "torch.txt", "not a file of torch.save"},
    };
    fsnn_arrays list = {0};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i][0]);
        FAILS(fsnn_torch_read(row[i][0], &list), ANY_ERROR);
        CONTAINS(fsnn_error_text(), row[i][1]);
    }
    REFUSED(fsnn_torch_read("/nonexistent.pt", &list), FSNN_EIO, "/nonexistent.pt");
    FAILS(fsnn_torch_read(NULL, &list), FSNN_EARGUMENT);
    FAILS(fsnn_torch_read("w.pt", NULL), FSNN_EARGUMENT);
    assert_false(fsnn_torch_known(GOLDEN "torch.txt"));
    assert_false(fsnn_torch_known(NULL));
}

/* data/field/npy: (2, 4) of 1 ... 8, twice; (2, 3, 4) of 1 ... 24 in Fortran's order. */
static void field(void **state)
{
    (void)state;
    static const struct {
        const char *file, *name;
        int rank, count;
    } row[] = {{"test.pt", "test", 2, 8},
               {"test_with_key.pt", "test", 2, 8},
               {"fortran_tensor_3d.pth", "tensor_fortran", 3, 24}};
    const char *data = getenv("FSNN_DATA");
    char path[1024];
    fsnn_arrays list = {0};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i].file);
        snprintf(path, sizeof path, "%s/field/npy/%s", data ? data : "../shared/data", row[i].file);
        if (access(path, R_OK) != 0) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        GOOD(fsnn_torch_read(path, &list));
        const fsnn_array *x = fsnn_arrays_find(&list, row[i].name);
        assert_non_null(x);
        assert_int_equal(x->shape.rank, row[i].rank);
        assert_int_equal(fsnn_shape_count(&x->shape), row[i].count);
        for (int k = 0; k < row[i].count; k++)
            assert_int_equal(((int64_t *)x->data)[k], k + 1);
    }
    fsnn_arrays_free(&list);
}

/* ---- archives that are made here ---- */

enum { MOST = 4096 };

typedef struct made {
    char *bytes;
    size_t size;
} made;

/* data.pkl, a storage "0" [numbers_size] and, where it is not NULL, a byteorder. */
static made archive(const void *pickle, size_t size, const void *numbers, size_t numbers_size,
                    const char *order)
{
    made m = {0};
    FILE *stream = open_memstream(&m.bytes, &m.size);
    zip_writer zip = {.stream = stream, .limit = ZIP_LIMIT};
    assert_non_null(stream);
    GOOD(zip_add(&zip, "w/data.pkl", (zip_piece[]){{pickle, size}, {"", 0}}));
    if (order)
        GOOD(zip_add(&zip, "w/byteorder", (zip_piece[]){{order, strlen(order)}, {"", 0}}));
    GOOD(zip_add(&zip, "w/data/0", (zip_piece[]){{numbers, numbers_size}, {"", 0}}));
    zip_finish(&zip);
    zip_free(&zip);
    assert_int_equal(fclose(stream), 0);
    return m;
}

static fsnn_status read_pickle(const void *pickle, size_t size, fsnn_arrays *list)
{
    static const float numbers[4] = {1, 2, 3, 4};
    made m = archive(pickle, size, numbers, sizeof numbers, NULL);
    fsnn_status status = torch_parse("made.pt", (uint8_t *)m.bytes, m.size, list);
    free(m.bytes);
    return status;
}

#define STORAGE(type)                                                                              \
    "(X\7\0\0\0storagectorch\n" type "\nX\1\0\0\0"                                                 \
    "0X\3\0\0\0cpuK\4tQ"
/* {"w": a tensor}: its storage, offset, shape and strides as instructions. */
#define TENSOR(type, offset, shape, stride)                                                        \
    "\x80\2}X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n(" STORAGE(type) offset shape stride      \
        "\x89}tRs."

static void other_order(void **state)
{
    (void)state;
    static const char pickle[] = TENSOR("FloatStorage", "K\0", "K\2\x85", "K\1\x85");
    static const uint8_t numbers[] = {0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0}; /* 1.5, -2 */
    static const struct {
        const char *order;
        float first;
        fsnn_status status;
    } row[] = {{"big", 1.5f, FSNN_OK}, {"little", 6.9e-41f, FSNN_OK}, {"middle", 0, FSNN_EFORMAT}};
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("%s", row[i].order);
        fsnn_arrays list = {0};
        made m = archive(pickle, sizeof pickle - 1, numbers, sizeof numbers, row[i].order);
        assert_int_equal(torch_parse("made.pt", (uint8_t *)m.bytes, m.size, &list), row[i].status);
        if (row[i].status == FSNN_OK)
            NEAR("first", ((float *)list.item[0].data)[0], row[i].first, 1e-6);
        free(m.bytes);
        fsnn_arrays_free(&list);
    }
}

#define BIG "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f" /* 2^63 - 1 */
#define PKL(text) text, sizeof(text) - 1

/* Instructions of PyTorch with numbers that do not fit, and instructions of others. */
static void made_up(void **state)
{
    (void)state;
    static const struct {
        const char *pickle;
        size_t size;
        fsnn_status status;
        const char *words; /* NULL: it is read */
    } row[] = {
        {PKL(TENSOR("FloatStorage", "K\0", "K\2K\2\x86", "K\2K\1\x86")), FSNN_OK, NULL},
        {PKL(TENSOR("FloatStorage", "K\3", "K\1\x85", BIG "\x85")), FSNN_OK, NULL},
        {PKL(TENSOR("FloatStorage", "K\4", "K\1\x85", "K\1\x85")), FSNN_EFORMAT,
         "\"w\": it has more numbers than its storage"},
        {PKL(TENSOR("FloatStorage", "K\0", "K\2K\2\x86", "K\3K\1\x86")), FSNN_EFORMAT,
         "more numbers than its storage"},
        {PKL(TENSOR("FloatStorage", "K\0", "K\5\x85", "K\1\x85")), FSNN_EFORMAT, "more numbers"},
        {PKL(TENSOR("DoubleStorage", "K\0", "K\4\x85", "K\1\x85")), FSNN_EFORMAT, "more numbers"},
        {PKL(TENSOR("FloatStorage", "K\0", "K\2\x85", BIG "\x85")), FSNN_EFORMAT, "more numbers"},
        {PKL(TENSOR("FloatStorage", BIG, "K\1\x85", "K\1\x85")), FSNN_EFORMAT, "more numbers"},
        {PKL(TENSOR("FloatStorage", "K\0", BIG BIG "\x86", "K\0K\0\x86")), FSNN_EFORMAT,
         "more numbers"},
        {PKL(TENSOR("FloatStorage", "K\0", "K\0" BIG "\x86", "K\0K\0\x86")), FSNN_EFORMAT,
         "more numbers"},
        {PKL(TENSOR("FloatStorage", "K\0", "J\0\0\0\x08\x85", "K\0\x85")), FSNN_EUNSUPPORTED,
         "shows the numbers of the file many times over (expand)"},
        {PKL(TENSOR("FloatStorage", "J\xff\xff\xff\xff", "K\1\x85", "K\1\x85")), FSNN_EFORMAT,
         "not those of a tensor"},
        {PKL(TENSOR("FloatStorage", "K\0", "J\xff\xff\xff\xff\x85", "K\1\x85")), FSNN_EFORMAT,
         "its shape or strides are no list of up to 8 numbers"},
        {PKL(TENSOR("FloatStorage", "K\0", "K\1\x85", "K\1K\1\x86")), FSNN_EFORMAT, "strides"},
        {PKL(TENSOR("QInt8Storage", "K\0", "K\4\x85", "K\1\x85")), FSNN_OK, NULL},
        {PKL("\x80\2cos\nsystem\nX\2\0\0\0id\x85R."), FSNN_EUNSUPPORTED, "holds code: os.system;"},
        {PKL("\x80\4\x8c\x02os\x8c\x06system\x93."), FSNN_EUNSUPPORTED, "holds code: os.system;"},
        {PKL("\x80\2cbuiltins\nev\x1b[al\n."), FSNN_EUNSUPPORTED, "holds code: builtins.ev?[al;"},
        {PKL("\x80\2(ios\nsystem\n."), FSNN_EUNSUPPORTED, "the pickle instruction INST"},
        {PKL("\x80\2(K\1o."), FSNN_EUNSUPPORTED, "the pickle instruction OBJ"},
        {PKL("\x80\2)\x81."), FSNN_EUNSUPPORTED, "the pickle instruction NEWOBJ"},
        {PKL("\x80\x09N."), FSNN_EUNSUPPORTED, "a pickle of protocol 9"},
        {PKL("\x80\2\xff."), FSNN_EFORMAT, "byte 0xff is no instruction"},
        {PKL("\x80\2K"), FSNN_EFORMAT, "ends within an instruction"},
        {PKL("\x80\2N"), FSNN_EFORMAT, "has no end"},
        {PKL("\x80\2NN."), FSNN_EFORMAT, "does not end in one value"},
        {PKL("\x80\2(."), FSNN_EFORMAT, "does not end in one value"},
        {PKL("\x80\2X\xff\xff\xff\xff"
             "a."),
         FSNN_EFORMAT, "ends within a value"},
        {PKL("\x80\2\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
             "a."),
         FSNN_EFORMAT, "ends within a value"},
        {PKL("\x80\2Nr\xff\xff\xff\xff."), FSNN_EFORMAT, "in no proper place"},
        {PKL("\x80\2h\5."), FSNN_EFORMAT, "a value that it did not keep"},
        {PKL("\x80\2Nt."), FSNN_EFORMAT, "ends a list that it did not begin"},
        {PKL("\x80\2K\1K\2a."), FSNN_EFORMAT, "fills a list or dict that is not there"},
        {PKL("\x80\2}(K\1u."), FSNN_EFORMAT, "fills a list or dict that is not there"},
        {PKL("\x80\2]K\1K\2s."), FSNN_EFORMAT, "fills a list or dict that is not there"},
        {PKL("\x80\2\x86."), FSNN_EFORMAT, "a tuple of values that are not there"},
        {PKL("\x80\2NNR."), FSNN_EFORMAT, "calls what is no function"},
        {PKL("\x80\2NN\x93."), FSNN_EFORMAT, "names something by what is no text"},
        {PKL("\x80\2NNb."), FSNN_EUNSUPPORTED, "sets attributes of None"},
        {PKL("\x80\2NQ."), FSNN_EUNSUPPORTED, "holds a storage of numbers without a dict"},
        {PKL("\x80\2}."), FSNN_EUNSUPPORTED, "holds a dict without a dict of tensors"},
        {PKL("\x80\2]q\0h\0a."), FSNN_EUNSUPPORTED, "holds a list without"}, /* holds itself */
    };
    for (int i = 0; i < FSNN_COUNT(row); i++) {
        CASE("row[%d]: %s", i, row[i].words ? row[i].words : "read");
        fsnn_arrays list = {0};
        if (row[i].words)
            REFUSED(read_pickle(row[i].pickle, row[i].size, &list), row[i].status, row[i].words);
        else
            GOOD(read_pickle(row[i].pickle, row[i].size, &list));
        fsnn_arrays_free(&list);
    }
}

/* Storages and pickles that are not there, or there twice. */
static void parts(void **state)
{
    (void)state;
    static const char pickle[] = TENSOR("FloatStorage", "K\0", "K\1\x85", "K\1\x85");
    fsnn_arrays list = {0};
    char other[sizeof pickle];
    memcpy(other, pickle, sizeof pickle);
    *(char *)memmem(other, sizeof other,
                    "X\1\0\0\0"
                    "0",
                    6) = 'X';
    ((char *)memmem(other, sizeof other,
                    "X\1\0\0\0"
                    "0",
                    6))[5] = '7';
    REFUSED(read_pickle(other, sizeof other - 1, &list), FSNN_EFORMAT,
            "its numbers are not in the file");
    made m = {0};
    FILE *stream = open_memstream(&m.bytes, &m.size);
    zip_writer zip = {.stream = stream, .limit = ZIP_LIMIT};
    for (int i = 0; i < 2; i++)
        GOOD(zip_add(&zip, i ? "v/data.pkl" : "w/data.pkl",
                     (zip_piece[]){{pickle, sizeof pickle - 1}, {"", 0}}));
    zip_finish(&zip);
    zip_free(&zip);
    fclose(stream);
    REFUSED(torch_parse("made.pt", (uint8_t *)m.bytes, m.size, &list), FSNN_EFORMAT,
            "two objects (data.pkl)");
    free(m.bytes);
}

/* ---- damage ---- */

/* Cut after every byte, and every byte changed, both forms: a sentence or, where the byte means
 * nothing, the same arrays. */
static void damage(void **state)
{
    (void)state;
    static const char *const files[] = {GOLDEN "old.pt", GOLDEN "state.pt", GOLDEN "views.pt"};
    for (int f = 0; f < FSNN_COUNT(files); f++) {
        CASE("%s", files[f]);
        uint8_t *bytes;
        size_t size;
        GOOD(fsnn_file_read(files[f], &bytes, &size));
        for (size_t i = 0; i < size; i++) {
            CASE("byte %zu", i);
            fsnn_arrays list = {0};
            FAILS(torch_parse("cut.pt", bytes, i, &list), ANY_ERROR);
            assert_null(list.item);
            bytes[i] ^= 0x41;
            check_forget();
            if (torch_parse("changed.pt", bytes, size, &list) < 0)
                assert_true(*fsnn_error_text() && !list.item);
            bytes[i] ^= 0x41;
            fsnn_arrays_free(&list);
        }
        fsnn_free(bytes);
    }
}

static void out_of_memory(void **state)
{
    (void)state;
    static const char *const files[] = {GOLDEN "checkpoint.pt", GOLDEN "types_old.pt"};
    for (int f = 0; f < FSNN_COUNT(files); f++)
        for (int n = 1;; n++) {
            CASE("%s, allocation %d", files[f], n);
            fsnn_arrays list = {0};
            fsnn_alloc_fail_at(n);
            fsnn_status status = fsnn_torch_read(files[f], &list);
            fsnn_alloc_fail_at(0);
            fsnn_arrays_free(&list);
            if (!status)
                break;
            assert_int_equal(status, FSNN_EMEMORY);
            assert_true(n < 1000);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),      cmocka_unit_test(remarks), cmocka_unit_test(refused),
        cmocka_unit_test(field),       cmocka_unit_test(made_up), cmocka_unit_test(parts),
        cmocka_unit_test(other_order), cmocka_unit_test(damage),  cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
