/* export/test.h: what net_test.c is made of.
 *
 *   write_test.c      the program
 *   test_expected.c   the spikes and outputs that it expects
 *   test_compare.c    integers beside single precision, for the report */
#ifndef FSNN_EXPORT_TEST_H
#define FSNN_EXPORT_TEST_H

#include "export/export.h"

enum { CODE_TEST_LAYERS = 256 };

typedef struct code_test {
    const code_job *j;
    const fsnn_array *x, *y;
    /* the layers that spike: their steps, and spikes [T, B, N] in single precision */
    const net_step *layer[CODE_TEST_LAYERS];
    const fsnn_array *spikes[CODE_TEST_LAYERS];
    int64_t N[CODE_TEST_LAYERS];
    int layers;
    int64_t T, B, in, out, all; /* all: neurons that spike */
    uint8_t *fired;             /* [B][T][all] spikes in the order in which the C makes them */
    void *output;               /* [B][T][out] as the C gives them, of its type */
    bool binary, still;         /* inputs are 0 and 1; the same at all steps */
    double largest;             /* |output| */
} code_test;

/* t->layer, and their spikes in options->expected. */
fsnn_status code_test_find(code_test *t);
/* t->fired, t->output, to be freed. */
fsnn_status code_test_expect(code_test *t);
/* The number that lies i-th in the C, where it is in the order of the shape. */
int64_t code_test_plain(const net_step *s, int64_t i);
void code_test_compare(const code_test *t, code_text *text);

#endif
