/* model/data_kinds.h: the kinds of data that a description can name. A kind says what a set is, has
 * options of its own, and opens it; the rest of the section is the same for all. A new kind is a
 * file data_KIND.c and a row in data_kinds.c. */
#ifndef FSNN_DATA_KINDS_H
#define FSNN_DATA_KINDS_H

#include "model/description.h"

/* Where a set stands, while it is opened. */
typedef struct data_place {
    const fsnn_description *d;
    /* the description's path with memory of its own, for sentences and paths */
    yaml_doc *view;
    /* of the set, `train` or `test`; of the section, for all parts at once */
    const yaml_node *node;
    const data_set *set; /* NULL for all parts at once */
    bool later;          /* samples may stay in their files until they are needed */
} data_place;

/* A set that is one file or folder. */
typedef struct data_path_set {
    data_set set;
    const char *path;
} data_path_set;

typedef struct data_kind {
    const fsnn_key *keys; /* of the whole section: DATA_KEYS and the kind's own */
    /* what they are read into: a struct that begins with a data_section, and what it is before */
    size_t options_size;
    const void *defaults;
    /* where its sets are, structs that begin with a data_set; 0: it has none */
    size_t train, test;
    fsnn_status (*open)(const data_place *at, fsnn_data **out);
    /* Instead of `open`, for data that is split by the kind itself: training, validation and test
     * part, NULL those that are empty. Such a section has no `train`, `test` and `validation`. */
    fsnn_status (*open_parts)(const data_place *at, fsnn_data *part[FSNN_PARTS]);
    /* What follows from the options once they are read from `node`; NULL: nothing. */
    void (*settle)(void *options, const yaml_node *node);
    const char *classes; /* where samples get their classes from, for sentences */
    bool timeless;       /* its samples are without time, unless `sequence` gives them one */
    bool (*still)(const data_section *section); /* or these options say so; NULL: they do not */
} data_kind;

/* Whether the samples of a section are without time. */
bool data_is_timeless(const data_section *section);

/* The options of a kind, a struct with `shared` first and sets `train` and `test`. */
#define DATA_OPTIONS(options)                                                                      \
    .options_size = sizeof(options), .train = offsetof(options, train),                            \
    .test = offsetof(options, test)
/* Defaults of `shared`. */
#define DATA_SHARED                                                                                \
    .shared = {                                                                                    \
        .deviation = 1,                                                                            \
        .shuffle = true,                                                                           \
        .encoder = {                                                                               \
            .kind = FSNN_ENCODE_DIRECT, .steps = 4, .gain = 1, .floor = 0.01, .threshold = 0.1}}

extern const data_kind *const data_kinds[]; /* in the order of the names */
extern const char *const data_kind_names[]; /* NULL-terminated */
/* The graph that data of kind graph are made of; NULL: they are of another kind. */
const char *data_graph_path(const fsnn_description *d);
extern const fsnn_key data_normalize_keys[], data_limit_keys[], data_encoder_keys[],
    data_augment_keys[];
extern const char *const data_split_names[];    /* indices are the values of split_by */
extern const char *const data_sequence_names[]; /* indices are the values of fsnn_axes */
extern const fsnn_alias data_sequence_aliases[];
extern const char *const data_targets_names[]; /* indices are the values of fsnn_targets */

/* Where a path of a description may lead, in order, up to the first NULL: "~/x" below the home
 * folder; a relative path beside the description, then below FSNN_DATA, where that is set. */
enum { DATA_CANDIDATES = 2 };
fsnn_status data_candidates(const fsnn_description *d, pool *memory, const char *text,
                            const char *try[DATA_CANDIDATES]);
/* The file or folder that a description names: "~/x" lies below the home folder; relative paths
 * beside the description, else below FSNN_DATA. `node` is where the text stands; *path lives as
 * long as the place. */
fsnn_status data_find_file(const data_place *at, const yaml_node *node, const char *text,
                           const char **path);
/* The file that `key` of a set names, `text`; NULL where the text is. A set may be a text alone,
 * which is that of its first key. */
fsnn_status data_set_file(const data_place *at, const char *key, const char *text,
                          const char **path);

/* Options that are wrong for the data at hand (FSNN_EARGUMENT, or FSNN_ENOTFOUND with a key) are
 * the description's fault: the sentence gets the place of the key that the error names, in the set
 * or else in the section. Other errors, those of files, stay as they are. Returns the status. */
fsnn_status data_fail_in(const data_place *at, fsnn_status status);

/* The place of the training set, while another set is opened; false where there is none. */
bool data_training(const data_place *at, data_place *training);

/* Gives the samples the time axis that `sequence` says; destroys *data on failure. */
fsnn_status data_in_time(const data_place *at, fsnn_data **data);

/* Remarks on keys at `node` that do nothing beside the others, once all of them are read. */
fsnn_status data_remark_unused(yaml_doc *doc, const yaml_node *node, const data_section *section);

/* For kinds of arrays: which axes of a sample are time. */
#define DATA_SEQUENCE_KEY                                                                          \
    {                                                                                              \
        .name = "sequence", .type = FSNN_KEY_ENUM, .offset = offsetof(data_section, sequence),     \
        .names = data_sequence_names, .aliases = data_sequence_aliases,                            \
        .help =                                                                                    \
            "time axis of a sample. none: no time; first (or true): the first axis; rows: images " \
            "row by row, T = H; pixels: images pixel by pixel, T = H W"                            \
    }

/* The same: what the array of targets is. */
#define DATA_TARGETS_KEY                                                                           \
    {                                                                                              \
        .name = "targets", .type = FSNN_KEY_ENUM, .offset = offsetof(data_section, targets),       \
        .names = data_targets_names,                                                               \
        .help = "what the array of targets is. classes: [N], or [N, T] a class a step (-1: "       \
                "none); values: [N], [N, C], [N, T, C] numbers that the output is to be; auto: "   \
                "classes, if it is [N] of whole numbers, else values"                              \
    }

/* What all kinds share, given the type of the options and the keys of a set. The group of an
 * anonymous struct starts at 0. */
#define DATA_KEYS(options, set_keys)                                                               \
    {.name = "kind",                                                                               \
     .type = FSNN_KEY_ENUM,                                                                        \
     .offset = offsetof(data_section, kind),                                                       \
     .required = true,                                                                             \
     .names = data_kind_names,                                                                     \
     .help = "what the files are"},                                                                \
        {.name = "train",                                                                          \
         .type = FSNN_KEY_GROUP,                                                                   \
         .offset = offsetof(options, train),                                                       \
         .group = (set_keys),                                                                      \
         .help = "training set"},                                                                  \
        {.name = "test",                                                                           \
         .type = FSNN_KEY_GROUP,                                                                   \
         .offset = offsetof(options, test),                                                        \
         .group = (set_keys),                                                                      \
         .help = "test set"},                                                                      \
        {.name = "normalize",                                                                      \
         .type = FSNN_KEY_GROUP,                                                                   \
         .offset = 0,                                                                              \
         .group = data_normalize_keys,                                                             \
         .help = "shift and scale of every value"},                                                \
        {.name = "validation",                                                                     \
         .type = FSNN_KEY_REAL,                                                                    \
         .offset = offsetof(data_section, validation),                                             \
         .min = 0,                                                                                 \
         .max = 0.99999,                                                                           \
         .help = "share of the training set that becomes the validation set"},                     \
        {.name = "split_seed",                                                                     \
         .type = FSNN_KEY_UINT64,                                                                  \
         .offset = offsetof(data_section, split_seed),                                             \
         .with = "validation",                                                                     \
         .when = 1u << 1,                                                                          \
         .help = "seed that draws the validation set. It does not depend on the seed of the "      \
                 "training, so all runs have the same validation set"},                            \
        {.name = "split_by",                                                                       \
         .type = FSNN_KEY_ENUM,                                                                    \
         .offset = offsetof(data_section, split_by),                                               \
         .names = data_split_names,                                                                \
         .with = "validation",                                                                     \
         .when = 1u << 1,                                                                          \
         .help = "class: the share is taken from each class; sample: from all samples"},           \
        {.name = "shuffle",                                                                        \
         .type = FSNN_KEY_BOOL,                                                                    \
         .offset = offsetof(data_section, shuffle),                                                \
         .help = "a new order of the training samples each epoch"},                                \
        {.name = "limit",                                                                          \
         .type = FSNN_KEY_GROUP,                                                                   \
         .offset = 0,                                                                              \
         .group = data_limit_keys,                                                                 \
         .help = "use only a part"},                                                               \
        {.name = "balance",                                                                        \
         .type = FSNN_KEY_BOOL,                                                                    \
         .offset = offsetof(data_section, balance),                                                \
         .help = "repeat training samples of rarer classes until all classes have as many"},       \
        {.name = "augment",                                                                        \
         .type = FSNN_KEY_GROUP,                                                                   \
         .offset = offsetof(data_section, augment),                                                \
         .group = data_augment_keys,                                                               \
         .help = "changes of training samples, drawn anew for each sample and epoch"},             \
    {                                                                                              \
        .name = "encoder", .type = FSNN_KEY_GROUP, .offset = offsetof(data_section, encoder),      \
        .group = data_encoder_keys, .help = "how a sample becomes input over time"                 \
    }

#endif
