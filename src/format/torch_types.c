/* format/torch_types.c: the types of PyTorch's numbers. A type is a row. */
#include "format/torch_file.h"

#include "base/bytes.h"

#include <string.h>

#define COMPLEX "complex numbers"
#define QUANTISED "quantised numbers"
#define FLOAT8 "floats of 8 bits"

static const torch_type types[] = {
    {"torch.FloatStorage", "torch.float32", 4, NULL, FSNN_F32, NULL},
    {"torch.DoubleStorage", "torch.float64", 8, NULL, FSNN_F64, NULL},
    {"torch.HalfStorage", "torch.float16", 2, NULL, FSNN_F32, bytes_half},
    {"torch.BFloat16Storage", "torch.bfloat16", 2, NULL, FSNN_F32, bytes_bfloat16},
    {"torch.LongStorage", "torch.int64", 8, NULL, FSNN_I64, NULL},
    {"torch.IntStorage", "torch.int32", 4, NULL, FSNN_I32, NULL},
    {"torch.ShortStorage", "torch.int16", 2, NULL, FSNN_I16, NULL},
    {"torch.CharStorage", "torch.int8", 1, NULL, FSNN_I8, NULL},
    {"torch.ByteStorage", "torch.uint8", 1, NULL, FSNN_U8, NULL},
    {"torch.BoolStorage", "torch.bool", 1, NULL, FSNN_BOOL, NULL},
    {"", "torch.uint16", 2, NULL, FSNN_U16, NULL},
    {"", "torch.uint32", 4, NULL, FSNN_U32, NULL},
    {"", "torch.uint64", 8, NULL, FSNN_U64, NULL},
    {"torch.storage.UntypedStorage", "", 1, "bytes without a type", FSNN_U8, NULL},
    {"torch.ComplexFloatStorage", "torch.complex64", 8, COMPLEX, FSNN_F32, NULL},
    {"torch.ComplexDoubleStorage", "torch.complex128", 16, COMPLEX, FSNN_F32, NULL},
    {"torch.QInt8Storage", "torch.qint8", 1, QUANTISED, FSNN_I8, NULL},
    {"torch.QUInt8Storage", "torch.quint8", 1, QUANTISED, FSNN_U8, NULL},
    {"torch.QInt32Storage", "torch.qint32", 4, QUANTISED, FSNN_I32, NULL},
    {"", "torch.float8_e4m3fn", 1, FLOAT8, FSNN_U8, NULL},
    {"", "torch.float8_e5m2", 1, FLOAT8, FSNN_U8, NULL},
};

const torch_type *torch_type_find(const char *name)
{
    for (int i = 0; i < FSNN_COUNT(types); i++)
        if (*name && (!strcmp(types[i].storage, name) || !strcmp(types[i].name, name)))
            return &types[i];
    return NULL;
}
