/* data/data_png.c: a data set of pictures, PNG files in folders of classes. */
#include "data/events/event_files.h"
#include "data/store.h"
#include "format/png.h"

#include <string.h>

typedef struct pictures {
    event_pieces pieces;
    fsnn_array x;        /* [N, C, H, W] of bytes */
    png_head head;       /* of the first */
    int64_t alpha, deep; /* pictures that lost something */
} pictures;

static const char *path_of(const void *user, int64_t i)
{
    return ((const pictures *)user)->pieces.piece[i].path;
}

static fsnn_status begin(pictures *p, const png_head *h)
{
    p->head = *h;
    p->x.dtype = FSNN_U8;
    p->x.shape = FSNN_SHAPE(p->pieces.count, h->channels, h->height, h->width);
    p->x.data = fsnn_alloc(
        fsnn_bytes(p->pieces.count, (size_t)h->channels * (size_t)h->height * (size_t)h->width));
    return p->x.data ? FSNN_OK : FSNN_EMEMORY;
}

/* Rows of pixels to planes of channels. */
static fsnn_status take(void *taker, int64_t i, const png_head *h, const uint8_t *bytes)
{
    pictures *p = taker;
    if (i == 0)
        FSNN_TRY(begin(p, h));
    if (h->width != p->head.width || h->height != p->head.height || h->channels != p->head.channels)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has %d rows, %d columns and %d channels, but %s has %d, %d and %d: "
                         "all pictures of a set are alike (ImageMagick's mogrify -resize and "
                         "-colorspace make them so)",
                         path_of(p, i), h->height, h->width, h->channels, path_of(p, 0),
                         p->head.height, p->head.width, p->head.channels);
    size_t pixels = (size_t)h->width * (size_t)h->height, channels = (size_t)h->channels;
    uint8_t *out = (uint8_t *)p->x.data + (size_t)i * pixels * channels;
    for (size_t c = 0; c < channels; c++)
        for (size_t k = 0; k < pixels; k++)
            *out++ = bytes[k * channels + c];
    p->alpha += (h->dropped & PNG_ALPHA) != 0;
    p->deep += (h->dropped & PNG_DEEP) != 0;
    return FSNN_OK;
}

static fsnn_status warn(const char *path, const pictures *p, fsnn_data *data)
{
    if (p->alpha)
        FSNN_TRY(store_warn(data, "%s: the alpha channel of %lld of %lld pictures is left out",
                            path, (long long)p->alpha, (long long)p->pieces.count));
    if (p->deep)
        FSNN_TRY(store_warn(data, "%s: %lld of %lld pictures have 16 bits, of which 8 are kept",
                            path, (long long)p->deep, (long long)p->pieces.count));
    return FSNN_OK;
}

static fsnn_status make(const char *path, pictures *p, fsnn_data **data)
{
    int32_t *labels;
    FSNN_TRY(event_pieces_labels(&p->pieces, &labels));
    const fsnn_array y = {.dtype = FSNN_I32, .shape = FSNN_SHAPE(p->pieces.count), .data = labels};
    const store_source source = {.what = path,
                                 .x = &p->x,
                                 .y_what = path,
                                 .y = labels ? &y : NULL,
                                 .image = true,
                                 .divisor = 255,
                                 .fault = FSNN_EFORMAT};
    fsnn_status status = store_create(&source, data);
    fsnn_free(labels);
    if (status == FSNN_OK && p->pieces.name)
        status = store_name_classes(*data, p->pieces.name, p->pieces.classes);
    return status == FSNN_OK ? warn(path, p, *data) : status;
}

fsnn_status fsnn_data_png(const fsnn_event_files *files, fsnn_data **data)
{
    static const char *const endings[] = {".png", ".PNG"};
    static const file_endings wanted = {endings, 2, 2, "pictures", NULL};
    pictures p = {0};
    if (!files || !files->path || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_png needs a path and a place for the data");
    *data = NULL;
    fsnn_status status = file_pieces_find(files, &wanted, &p.pieces);
    if (status == FSNN_OK)
        status = png_read(&(png_files){path_of, &p, p.pieces.count, take, &p});
    if (status == FSNN_OK)
        status = make(files->path, &p, data);
    event_pieces_free(&p.pieces);
    fsnn_free(p.x.data);
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}
