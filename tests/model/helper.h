/* Reads descriptions from text and looks at the error sentence. */
#ifndef TEST_MODEL_HELPER_H
#define TEST_MODEL_HELPER_H

#include "check.h"

#include "model/description.h"

/* What every small description needs besides the part under test. */
#define INPUT                                                                                      \
    "input: [4]\n"                                                                                 \
    "layers: [flatten, lif]\n"
#define ALPHA "dynamics: {alpha: 0.5}\n"

static inline fsnn_status parse(const char *text, const char *const *set, int count,
                                fsnn_description **out)
{
    return description_parse("mlp.yaml", text, strlen(text), set, count, out);
}

/* A description that must be good. */
static inline fsnn_description *good(const char *text)
{
    fsnn_description *d;
    GOOD(parse(text, NULL, 0, &d));
    return d;
}

static inline fsnn_description *good_with(const char *text, const char *set)
{
    fsnn_description *d;
    GOOD(parse(text, &set, 1, &d));
    return d;
}

static inline void expect_text(const char *found, const char *wanted, const char *source)
{
    if (!strstr(found, wanted))
        fail_msg("\n%s\ngave:   %s\nwanted: %s", source, found, wanted);
}

/* A description that must fail with a sentence that holds `wanted`. */
static inline void expect_error(const char *text, const char *set, const char *wanted)
{
    fsnn_description *d;
    fsnn_error_set(FSNN_OK, "nothing happened");
    fsnn_status status = parse(text, &set, set ? 1 : 0, &d);
    if (status != FSNN_EDESCRIPTION || d) {
        fsnn_description_destroy(d);
        fail_msg("\n%s\ngave status %d (%s), wanted FSNN_EDESCRIPTION: %s", text, status,
                 fsnn_error_text(), wanted);
    }
    expect_text(fsnn_error_text(), wanted, text);
}

#endif
