/* tests/fuzz/fuzz_cli_stream.c: steps of fsnn run --stream of any bytes, as numbers, events and
 * raw, in both precisions; what was read and is written reads as the same. */
#include "fuzz_cli.h"

#include "cli/run/stream_forms.h"

#include <math.h>

enum { NUMBERS = 5 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_cli_seed(*argc, *argv, "numbers", "1 2 3 4 5\n-1e-3, .5,0x1p3\t0 7\r\n1,2,3,4,5");
    fuzz_cli_seed(*argc, *argv, "events", "0 4\n\n1:0.5, 3:-2\n2:1e-40\n");
    fuzz_cli_seed(*argc, *argv, "raw",
                  "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return 0;
}

static double number(const stream *s, const void *x, int i)
{
    return s->wide ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

/* The step of `s` as an answer, read again. */
static void again(const stream_form *form, const stream *s)
{
    char *text = NULL;
    size_t size = 0;
    stream t = {.wide = s->wide, .in = NUMBERS, .out = NUMBERS, .y = s->x};
    t.to = open_memstream(&text, &size);
    if (!t.to)
        abort();
    form->write(&t);
    if (fclose(t.to) != 0 || !(t.from = fmemopen(text, size, "rb")))
        abort();
    stream_make_room(&t);
    if (form->read(&t) != STREAM_STEP)
        abort();
    for (int i = 0; i < NUMBERS; i++)
        if (number(s, t.x, i) != number(s, s->x, i))
            abort();
    fclose(t.from);
    free(text);
    stream_release(&t);
}

static void use(const stream_form *form, bool wide, const uint8_t *data, size_t size)
{
    stream s = {.wide = wide, .in = NUMBERS, .out = NUMBERS};
    stream_got found;
    s.from = fmemopen((void *)data, size, "rb");
    if (!s.from)
        abort();
    stream_make_room(&s);
    while ((found = form->read(&s)) == STREAM_STEP) {
        for (int i = 0; i < NUMBERS; i++)
            if (!isfinite(number(&s, s.x, i)))
                abort();
        again(form, &s);
        s.step++;
    }
    fclose(s.from);
    stream_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const forms[] = {"numbers", "events", "raw"};
    for (int i = 0; size && i < CLI_COUNT(forms); i++)
        for (int wide = 0; wide < 2; wide++)
            use(stream_form_find(forms[i]), wide, data, size);
    return 0;
}
