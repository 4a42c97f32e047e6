/* model/reader.h: reads a mapping of a description into an options struct, driven by a table of
 * keys (base/keys.h). Keys whose values no table can describe (alpha, sources of a layer) have
 * functions of their own, `special`s, that take part in everything else: unknown-key errors, the
 * reference page. */
#ifndef FSNN_READER_H
#define FSNN_READER_H

#include "base/keys.h"
#include "model/yaml.h"

#include <fsnn/tensor.h>

typedef struct special {
    const char *name; /* NULL ends a list */
    /* `out` is the struct that keys_read fills. NULL: known here, read by the caller. */
    fsnn_status (*read)(yaml_doc *doc, const yaml_node *node, void *out);
    const char *type, *fallback, *help;   /* for the reference page */
    const char *(*type_of)(pool *memory); /* in place of `type`: names of a table */
    bool required;
} special;

/* Reads `node` into the struct at `out`, which already holds the defaults. `node` may be nothing, a
 * mapping, or a value for the first key; `at` is where a missing key is reported. `table` and
 * `also` may be NULL. */
fsnn_status keys_read(yaml_doc *doc, yaml_node *node, const yaml_node *at, const fsnn_key *table,
                      const special *also, void *out);

/* One value. Errors: FSNN_EDESCRIPTION with what was found and what is accepted. */
fsnn_status read_bool(yaml_doc *doc, const yaml_node *node, bool *out);
fsnn_status read_integer(yaml_doc *doc, const yaml_node *node, int64_t min, int64_t max,
                         int64_t *out);
fsnn_status read_real(yaml_doc *doc, const yaml_node *node, double min, double max, bool above,
                      double *out);
fsnn_status read_unsigned(yaml_doc *doc, const yaml_node *node, uint64_t *out);
/* A text that stays valid as long as the document. */
fsnn_status read_text(yaml_doc *doc, const yaml_node *node, const char **out);
/* Index of a name in a NULL-terminated list. */
fsnn_status read_name(yaml_doc *doc, const yaml_node *node, const char *const *names, int *out);

/* The sentence "found X, expected ACCEPTED". */
fsnn_status read_wrong(yaml_doc *doc, const yaml_node *node, const char *accepted);
/* A scalar without quotes: may be a number. */
bool read_plain(const yaml_node *node);

const char *accepted_integer(pool *memory, int64_t min, int64_t max);
const char *accepted_real(pool *memory, double min, double max, bool above);
int keys_count_names(const char *const *names);
/* What a key accepts, in words: "an integer from 1 to 10". */
const char *keys_accepted(pool *memory, const fsnn_key *key);
/* ", did you mean "tau"?" or "; known are: a, b, c" for a name that is not in the list. */
const char *keys_advice(pool *memory, const char *name, const char *const *known, int count);
/* The same for a word of the description, which may come from another library (base/foreign.h). */
const char *keys_advice_word(pool *memory, const char *name, const char *const *known, int count);
/* "a, b, c" */
const char *keys_list(pool *memory, const char *const *names, int count);

#endif
