/* tests/fuzz/fuzz_torch.c: PyTorch's files on any bytes: a whole file of the old form, or the
 * pickle of an archive that is made around it, with storages of some numbers. Arrays that were read
 * are all there, and never hold much more than the file. */
#include "fuzz.h"

#include "format/torch.h"
#include "format/zip.h"

enum { NUMBERS = 96, RATIO = 16, SMALL = 64 << 20 };

/* The archive around a pickle; free() it. */
static uint8_t *archive(const uint8_t *data, size_t size, size_t *out_size)
{
    char *bytes = NULL;
    static const char *const keys[] = {"w/data/0", "w/data/1", "w/data/2", "w/data/3"};
    uint8_t numbers[NUMBERS];
    memset(numbers, 1, sizeof numbers);
    FILE *stream = open_memstream(&bytes, out_size);
    zip_writer zip = {.stream = stream, .limit = ZIP_LIMIT};
    fuzz_check(stream != NULL);
    fuzz_must(zip_add(&zip, "w/data.pkl", (zip_piece[]){{data, size}, {"", 0}}));
    for (int i = 0; i < FSNN_COUNT(keys); i++)
        fuzz_must(zip_add(&zip, keys[i], (zip_piece[]){{numbers, sizeof numbers}, {"", 0}}));
    zip_finish(&zip);
    zip_free(&zip);
    fuzz_check(fclose(stream) == 0);
    return (uint8_t *)bytes;
}

static void read_all(const uint8_t *data, size_t size)
{
    fsnn_arrays list = {0};
    uint64_t bytes = 0, sum = 0;
    fuzz_forget();
    fuzz_check(fuzz_good(torch_parse("fuzz.pt", data, size, &list)) || !list.item);
    for (int a = 0; a < list.count; a++) {
        const fsnn_array *x = &list.item[a];
        size_t n = (size_t)fsnn_shape_count(&x->shape) * fsnn_dtype_size(x->dtype);
        bytes += n;
        for (size_t i = 0; i < n; i++)
            sum += ((const uint8_t *)x->data)[i];
    }
    fuzz_check(bytes <= SMALL + RATIO * (uint64_t)size && sum <= 255 * bytes);
    fsnn_arrays_free(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t packed;
    read_all(data, size);
    uint8_t *around = archive(data, size, &packed);
    read_all(around, packed);
    free(around);
    return 0;
}
