/* format/png_send.c: the child's side of reading a PNG, by libpng: palettes and few bits become 8
 * bits, an alpha channel is dropped, 16 bits are scaled to 8. */
#include "format/png.h"

#include "base/bytes.h"
#include "format/file_kind.h"

#include <fsnn/file.h>

#include <png.h>
#include <setjmp.h>
#include <string.h>

typedef struct source {
    const char *path;
    const uint8_t *at, *end;
    char sentence[200]; /* libpng's */
    png_head head;
    uint8_t *rows;
} source;

static void on_error(png_structp png, png_const_charp text)
{
    source *s = png_get_error_ptr(png);
    snprintf(s->sentence, sizeof s->sentence, "%s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void on_read(png_structp png, png_bytep out, png_size_t n)
{
    source *s = png_get_io_ptr(png);
    if (n > (size_t)(s->end - s->at))
        png_error(png, "it ends too early");
    memcpy(out, s->at, n);
    s->at += n;
}

/* What becomes of other forms, and the size of the picture. */
static void settle(source *s, png_structp png, png_infop info)
{
    int color = png_get_color_type(png, info);
    bool alpha = color & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS);
    bool deep = png_get_bit_depth(png, info) == 16;
    s->head = (png_head){.width = (int32_t)png_get_image_width(png, info),
                         .height = (int32_t)png_get_image_height(png, info),
                         .channels = color & PNG_COLOR_MASK_COLOR ? 3 : 1,
                         .dropped = (alpha ? PNG_ALPHA : 0) | (deep ? PNG_DEEP : 0)};
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

static void read_rows(source *s, png_structp png, png_infop info, size_t file)
{
    size_t row = (size_t)s->head.width * (size_t)s->head.channels;
    if (png_get_rowbytes(png, info) != row)
        png_error(png, "its rows are longer than its pixels");
    if (row * (size_t)s->head.height / 24 > (file + 1) * BYTES_DEFLATE_RATIO)
        png_error(png, "it has more pixels than it can hold");
    s->rows = fsnn_alloc(row * (size_t)s->head.height);
    png_bytep *pointer = s->rows ? png_malloc(png, sizeof *pointer * (size_t)s->head.height) : NULL;
    if (!pointer)
        png_error(png, "memory is out");
    for (int32_t i = 0; i < s->head.height; i++)
        pointer[i] = s->rows + row * (size_t)i;
    png_read_image(png, pointer);
    png_read_end(png, NULL);
    png_free(png, pointer);
}

static bool decode(source *s, png_structp png, png_infop info)
{
    size_t size = (size_t)(s->end - s->at);
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_set_read_fn(png, s, on_read);
    png_set_user_limits(png, PNG_SIDE, PNG_SIDE);
    png_read_info(png, info);
    settle(s, png, info);
    read_rows(s, png, info, size);
    return true;
}

static fsnn_status send(guard *g, source *s)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    fsnn_status status = FSNN_EMEMORY;
    if (info && !decode(s, png, info))
        status = fsnn_fail(FSNN_EFORMAT,
                           "%s: libpng cannot read it: %s: the file is damaged or cut "
                           "short",
                           s->path, s->sentence);
    else if (info)
        status = guard_put(g, &s->head, sizeof s->head);
    if (status == FSNN_OK)
        status = guard_put(
            g, s->rows, (size_t)s->head.width * (size_t)s->head.height * (size_t)s->head.channels);
    if (png)
        png_destroy_read_struct(&png, info ? &info : NULL, NULL);
    fsnn_free(s->rows);
    return status;
}

fsnn_status png_send(guard *g, const char *path)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    source s = {.path = path, .at = bytes, .end = bytes + size};
    fsnn_status status = size < 4 || png_sig_cmp(bytes, 0, 4)
                             ? file_kind_fail(path, bytes, size, "a PNG picture")
                             : send(g, &s);
    fsnn_free(bytes);
    return status;
}
