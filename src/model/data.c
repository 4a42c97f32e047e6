/* The section `data`: which files, how they are split and changed, how they become input over time.
 */
#include "model/data_kinds.h"
#include "model/weights.h"

#include "base/port_files.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* Indices are the values of fsnn_encoder_kind. */
const char *const data_split_names[] = {"class", "sample", NULL};
static const char *encoder_name(int i)
{
    return i < FSNN_ENCODERS ? fsnn_encoder_name((fsnn_encoder_kind)i) : NULL;
}

static const data_set no_set;
const data_section data_none = {
    .train = &no_set,
    .test = &no_set,
    .deviation = 1,
    .shuffle = true,
    .encoder = {
        .kind = FSNN_ENCODE_DIRECT, .steps = 4, .gain = 1, .floor = 0.01, .threshold = 0.1}};

const char *const data_sequence_names[] = {"none", "first", "rows", "pixels", NULL};
const fsnn_alias data_sequence_aliases[] = {
    {"false", FSNN_AXES_NONE}, {"true", FSNN_AXES_FIRST}, {0}};

/* Indices are the values of fsnn_targets. */
const char *const data_targets_names[] = {"auto", "classes", "values", NULL};

const fsnn_key data_normalize_keys[] = {
    {.name = "mean",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_section, mean),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "subtracted from every value"},
    {.name = "deviation",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_section, deviation),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "divides every value afterwards"},
    {0},
};

const fsnn_key data_limit_keys[] = {
    {.name = "train",
     .type = FSNN_KEY_INT,
     .offset = offsetof(data_section, limit_train),
     .min = 0,
     .max = INT32_MAX,
     .help = "keep this many training samples, drawn with the seed of "
             "training; 0: all"},
    {.name = "test",
     .type = FSNN_KEY_INT,
     .offset = offsetof(data_section, limit_test),
     .min = 0,
     .max = INT32_MAX,
     .help = "the same for the test set"},
    {0},
};

const fsnn_key data_encoder_keys[] = {
    {.name = "kind",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_encoder, kind),
     .name_of = encoder_name,
     .help = "direct: the value is the current in every step; rate: Bernoulli spikes; latency: one "
             "spike, earlier for larger values; delta: spikes for changes, up and down"},
    {.name = "steps",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_encoder, steps),
     .min = 1,
     .max = INT32_MAX,
     .help = "time steps T. Sequences have their own steps; latency turns each into this many"},
    {.name = "gain",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_encoder, gain),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "multiplies the value"},
    {.name = "floor",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_encoder, floor),
     .min = 0,
     .max = 1,
     .with = "kind",
     .when = 1u << FSNN_ENCODE_LATENCY,
     .help = "latency: values at or below it do not spike"},
    {.name = "threshold",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_encoder, threshold),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .with = "kind",
     .when = 1u << FSNN_ENCODE_DELTA,
     .help = "delta: the change that makes a spike"},
    {.name = "sparse",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_encoder, sparse),
     .help = "batches are lists of values other than 0, which a linear layer adds one by one; the "
             "result is the same up to rounding, and it is faster if few inputs spike"},
    {0},
};

const fsnn_key data_augment_keys[] = {
    {.name = "flip",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, flip),
     .min = 0,
     .max = 1,
     .help = "probability of a flip from left to right"},
    {.name = "flip_vertical",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, flip_vertical),
     .min = 0,
     .max = 1,
     .help = "probability of a flip from top to bottom"},
    {.name = "shift",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, shift),
     .min = 0,
     .max = 1e6,
     .help = "largest shift in pixels of a frame, in each direction"},
    {.name = "rotate",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, rotate),
     .min = 0,
     .max = 180,
     .help = "largest rotation in degrees, in each direction"},
    {.name = "cutout",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, cutout),
     .min = 0,
     .max = 1e6,
     .help = "side, in pixels of a frame, of a square that is set to 0"},
    {.name = "drop",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, drop),
     .min = 0,
     .max = 1,
     .help = "events: probability that an event is dropped"},
    {.name = "jitter",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, jitter),
     .min = 0,
     .max = 1e9,
     .help = "events: standard deviation, in microseconds, of a random number added to each time"},
    {.name = "flip_polarity",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, flip_polarity),
     .min = 0,
     .max = 1,
     .help = "events: probability that ON and OFF are swapped"},
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, scale),
     .min = 0,
     .max = 0.99,
     .help = "largest change of size: by a factor from 1 - scale to 1 + scale, about the middle"},
    {.name = "shear",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, shear),
     .min = 0,
     .max = 80,
     .help = "largest shear in degrees, in each direction: rows move along x by their height"},
    {.name = "crop",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, crop),
     .min = 0,
     .max = 0.99,
     .help = "a window of a share of each side from 1 - crop to 1, anywhere in the frame, becomes "
             "the whole frame"},
    {.name = "noise",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, noise),
     .min = 0,
     .max = 1000000.0,
     .help = "standard deviation of a random number added to each value"},
    {.name = "mask_steps",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, mask_steps),
     .min = 0,
     .max = 1000000000.0,
     .help = "series: up to so many neighbouring steps are set to 0 (SpecAugment)"},
    {.name = "mask_channels",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, mask_channels),
     .min = 0,
     .max = 1000000000.0,
     .help = "series: up to so many neighbouring channels are set to 0 (SpecAugment)"},
    {.name = "shift_steps",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, shift_steps),
     .min = 0,
     .max = 1000000000.0,
     .help = "series: largest shift in steps, in each direction"},
    {.name = "mixup",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, mixup),
     .min = 0,
     .max = 1000.0,
     .help = "parameter of the Beta distribution of the share by which a sample and its target are "
             "mixed with another of the set"},
    {.name = "cutmix",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_augment, cutmix),
     .min = 0,
     .max = 1000.0,
     .help = "the same of the area in which a picture keeps its pixels; the rest is another's"},
    {0},
};

/* `test: null`, by an override say, is no test set: its key leaves the tree. */
static void drop_null(yaml_node *map, const char *key)
{
    yaml_node *before = NULL;
    for (yaml_node *n = map->first; n; before = n, n = n->next) {
        if (strcmp(n->key->text, key) != 0 || !yaml_null(n))
            continue;
        *(before ? &before->next : &map->first) = n->next;
        if (map->last == n)
            map->last = before;
        map->count--;
        return;
    }
}

/* The options of the kind, with its defaults. */
static fsnn_status options_of(yaml_doc *doc, const data_kind *kind, void **out)
{
    *out = pool_alloc(&doc->memory, kind->options_size);
    if (!*out)
        return FSNN_EMEMORY;
    memcpy(*out, kind->defaults, kind->options_size);
    return FSNN_OK;
}

/* Which of the sets the section has. */
static const data_set *find_set(void *options, size_t offset, const yaml_node *node)
{
    if (!offset)
        return &no_set;
    data_set *set = (data_set *)(void *)((char *)options + offset);
    set->given = node != NULL;
    return set;
}

static fsnn_status check_sets(yaml_doc *doc, const yaml_node *node, const data_section *s)
{
    if (data_kinds[s->kind]->open_parts)
        return FSNN_OK;
    if (!s->train->given && !s->test->given)
        return yaml_fail(doc, node,
                         "there is neither a \"train\" nor a \"test\" set: give at least "
                         "one");
    if (!s->train->given && s->validation > 0)
        return yaml_fail(doc, yaml_find(node, "validation"),
                         "there is no training set that a share could be taken from");
    return FSNN_OK;
}

fsnn_status data_read(yaml_doc *doc, yaml_node *node, const data_section **out)
{
    int number = 0;
    void *options;
    if (yaml_null(node))
        return FSNN_OK;
    if (node->type != YAML_MAP)
        return read_wrong(doc, node,
                          "a mapping, like {kind: idx, train: {images: ..., labels: ...}}");
    drop_null(node, "test");
    const yaml_node *name = yaml_find(node, "kind");
    if (name)
        FSNN_TRY(read_name(doc, name, data_kind_names, &number));
    const data_kind *kind = data_kinds[number];
    FSNN_TRY(options_of(doc, kind, &options));
    FSNN_TRY(keys_read(doc, node, node, kind->keys, NULL, options));
    if (kind->settle)
        kind->settle(options, node);
    data_section *s = options;
    s->given = true;
    s->node = node;
    s->split_given = yaml_find(node, "split_seed") || yaml_find(node, "split_by");
    s->train = find_set(options, kind->train, yaml_find(node, "train"));
    s->test = find_set(options, kind->test, yaml_find(node, "test"));
    *out = s;
    FSNN_TRY(data_remark_unused(doc, node, s));
    return check_sets(doc, node, s);
}

/* ---- opening ---- */

fsnn_status data_candidates(const fsnn_description *d, pool *memory, const char *text,
                            const char *try[DATA_CANDIDATES])
{
    const char *home = getenv("HOME"), *data = getenv("FSNN_DATA");
    try[0] = text;
    try[1] = NULL;
    if (text[0] == '~' && (text[1] == '/' || !text[1]) && home) {
        try[0] = pool_format(memory, "%s%s", home, text + 1);
    } else if (text[0] != '/') {
        try[0] = pool_format(memory, "%s%s", d->folder, text);
        if (data && *data && try[0] && !(try[1] = pool_format(memory, "%s/%s", data, text)))
            return FSNN_EMEMORY;
    }
    return try[0] ? FSNN_OK : FSNN_EMEMORY;
}

/* Looks beside the description, else below FSNN_DATA. */
fsnn_status data_find_file(const data_place *at, const yaml_node *node, const char *text,
                           const char **path)
{
    const char *try[DATA_CANDIDATES];
    FSNN_TRY(data_candidates(at->d, &at->view->memory, text, try));
    for (int i = 0; i < DATA_CANDIDATES && try[i]; i++)
        if (port_exists(try[i])) {
            *path = try[i];
            return FSNN_OK;
        }
    if (try[1])
        return yaml_fail(at->view, node,
                         "there is no file \"%s\": looked for %s and, below FSNN_DATA, for %s",
                         text, try[0], try[1]);
    if (text[0] == '/' || text[0] == '~')
        return yaml_fail(at->view, node, "there is no file \"%s\"", try[0]);
    return yaml_fail(at->view, node,
                     "there is no file \"%s\": looked for %s; where data lie in another folder, "
                     "set the environment variable FSNN_DATA to it",
                     text, try[0]);
}

fsnn_status data_set_file(const data_place *at, const char *key, const char *text,
                          const char **path)
{
    *path = NULL;
    if (!text)
        return FSNN_OK;
    bool keyed = at->node->type == YAML_MAP;
    return data_find_file(at, keyed ? yaml_find(at->node, key) : at->node, text, path);
}

bool data_training(const data_place *at, data_place *training)
{
    const data_section *s = at->d->data;
    *training = (data_place){at->d, at->view, yaml_find(s->node, "train"), s->train, at->later};
    return at->set != s->train && s->train->given;
}

fsnn_status data_in_time(const data_place *at, fsnn_data **data)
{
    fsnn_status status = fsnn_data_sequence(*data, (fsnn_axes)at->d->data->sequence);
    if (status == FSNN_OK)
        return status;
    fsnn_data_destroy(*data);
    *data = NULL;
    return fail_passed_on(at->view, yaml_find(at->d->data->node, "sequence"), status);
}

/* "idx train-images.gz": the kind, and the last name of the first path at `node`. */
static fsnn_status name_origin(const data_place *at, fsnn_data *data)
{
    const yaml_node *node = at->node, *path = yaml_find(node, "path");
    if (node && node->type == YAML_MAP)
        node = path ? path : node->first;
    if (!node || node->type != YAML_SCALAR)
        return FSNN_OK;
    size_t end = strlen(node->text);
    while (end > 1 && node->text[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && node->text[begin - 1] != '/')
        begin--;
    char *origin = fsnn_format("%s %.*s", data_kind_names[at->d->data->kind], (int)(end - begin),
                               node->text + begin);
    fsnn_status status = origin ? fsnn_data_origin_set(data, origin) : FSNN_EMEMORY;
    fsnn_free(origin);
    return status;
}

/* Opens one set and changes its values; its number of samples is settled by the caller. */
static fsnn_status open_set(const fsnn_description *d, const char *which, const data_set *set,
                            bool later, fsnn_data **out)
{
    yaml_doc view = {.path = d->doc.path};
    const data_place at = {d, &view, yaml_find(d->data->node, which), set, later};
    fsnn_status status = data_fail_in(&at, data_kinds[d->data->kind]->open(&at, out));
    pool_free(&view.memory);
    FSNN_TRY(status);
    status = name_origin(&at, *out);
    if (!status && (d->data->mean != 0 || d->data->deviation != 1))
        status = fsnn_data_normalize(*out, d->data->mean, d->data->deviation);
    if (status) {
        fsnn_data_destroy(*out);
        *out = NULL;
    }
    return status;
}

/* What is done to sets that are open: a failure is that of the section's key. */
static fsnn_status of_key(const fsnn_description *d, const char *key, fsnn_status status)
{
    if (status != FSNN_EARGUMENT)
        return status;
    yaml_doc view = {.path = d->doc.path};
    status = fail_passed_on(&view, yaml_reach(d->data->node, key), FSNN_EDESCRIPTION);
    pool_free(&view.memory);
    return status;
}

static fsnn_status limit(fsnn_data *data, int64_t count, uint64_t seed)
{
    fsnn_data_info info;
    if (!data || !count)
        return FSNN_OK;
    fsnn_data_info_get(data, &info);
    return info.count > count ? fsnn_data_limit(data, count, seed) : FSNN_OK;
}

/* The parts of a kind that splits its data itself. */
static fsnn_status open_parts(const fsnn_description *d, fsnn_data *part[FSNN_PARTS])
{
    yaml_doc view = {.path = d->doc.path};
    const data_place at = {d, &view, d->data->node, NULL, false};
    fsnn_status status = data_fail_in(&at, data_kinds[d->data->kind]->open_parts(&at, part));
    for (int p = 0; p < FSNN_PARTS && !status; p++)
        status = part[p] ? name_origin(&at, part[p]) : FSNN_OK;
    pool_free(&view.memory);
    return status;
}

/* Classes that have names were numbered by them. */
static fsnn_status check_classes(const fsnn_description *d, fsnn_data *part[FSNN_PARTS])
{
    if (fsnn_data_class(part[FSNN_PART_TRAIN], 0))
        return FSNN_OK;
    fsnn_status status = fsnn_data_check_classes(part[FSNN_PART_TEST], part[FSNN_PART_TRAIN]);
    if (status != FSNN_EFORMAT)
        return status;
    yaml_doc view = {.path = d->doc.path};
    status = fail_passed_on(&view, yaml_find(d->data->node, "test"), FSNN_EDESCRIPTION);
    pool_free(&view.memory);
    return status;
}

static fsnn_status hold_out(const data_section *s, fsnn_data *train, fsnn_data **share)
{
    if (s->split_by == DATA_SPLIT_CLASS)
        return fsnn_data_split_classes(train, s->validation, s->split_seed, share);
    return fsnn_data_split(train, s->validation, s->split_seed, share);
}

/* Training and test set, each from its files, and a share of the first where one is asked for. */
static fsnn_status open_sets(const fsnn_description *d, const bool wanted[FSNN_PARTS], bool later,
                             fsnn_data *part[FSNN_PARTS])
{
    const data_section *s = d->data;
    uint64_t seed = d->limit_seed;
    bool split = s->validation > 0 && s->train->given;
    if (s->train->given && (wanted[FSNN_PART_TRAIN] || (split && wanted[FSNN_PART_VALIDATION])))
        FSNN_TRY(open_set(d, "train", s->train, later, &part[FSNN_PART_TRAIN]));
    if (s->test->given && wanted[FSNN_PART_TEST])
        FSNN_TRY(open_set(d, "test", s->test, later, &part[FSNN_PART_TEST]));
    if (part[FSNN_PART_TRAIN] && part[FSNN_PART_TEST])
        FSNN_TRY(check_classes(d, part));
    fsnn_data **train = &part[FSNN_PART_TRAIN], **share = &part[FSNN_PART_VALIDATION];
    if (split && *train) /* also where only one half is wanted */
        FSNN_TRY(of_key(d, "validation", hold_out(s, *train, share)));
    FSNN_TRY(limit(*train, s->limit_train, seed));
    if (!s->test->given)
        FSNN_TRY(limit(*share, s->limit_test, seed));
    FSNN_TRY(limit(part[FSNN_PART_TEST], s->limit_test, seed));
    return *train && s->balance ? of_key(d, "balance", fsnn_data_balance(*train)) : FSNN_OK;
}

/* Time stamps are one for each of the T that the samples of a set have. */
static fsnn_status check_times(const fsnn_description *d, const char *which, const fsnn_data *data)
{
    if (!d->dynamics.times || !data)
        return FSNN_OK;
    fsnn_data_info info;
    fsnn_data_info_get(data, &info);
    int64_t T = info.sequence ? info.shape.dim[0] : d->data->encoder.steps;
    if (info.sequence && d->data->encoder.kind == FSNN_ENCODE_LATENCY)
        T *= d->data->encoder.steps;
    if (d->dynamics.count == T)
        return FSNN_OK;
    yaml_doc view = {.path = d->doc.path};
    fsnn_status status = yaml_fail(
        &view, d->dynamics.stamps,
        "found %lld stamps, but %s have T = %lld (set %s): expected one for each of the T",
        (long long)d->dynamics.count, info.sequence ? "the sequences" : "encoded samples",
        (long long)T, which);
    pool_free(&view.memory);
    return status;
}

static fsnn_status check_section(const fsnn_description *description)
{
    if (!description)
        return fsnn_fail(FSNN_EARGUMENT, "the description of the data is NULL");
    if (description->data->given)
        return FSNN_OK;
    return fsnn_fail(FSNN_EDESCRIPTION,
                     "%s: there is no section \"data\": add one, like \"data: {kind: idx, train: "
                     "{images: FILE, labels: FILE}}\"",
                     description->doc.path);
}

static fsnn_status open_all(const fsnn_description *description, const bool wanted[FSNN_PARTS],
                            bool later, fsnn_data *part[FSNN_PARTS])
{
    if (!wanted || !part)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_description_parts: an argument is NULL");
    for (int p = 0; p < FSNN_PARTS; p++)
        part[p] = NULL;
    FSNN_TRY(check_section(description));
    fsnn_status status = data_kinds[description->data->kind]->open_parts
                             ? open_parts(description, part)
                             : open_sets(description, wanted, later, part);
    for (int p = 0, checked = 0; p < FSNN_PARTS && !status; p++)
        if (part[p] && !checked++) /* one part stands for all */
            status = fsnn_data_check_encoder(part[p], &description->data->encoder);
    for (int p = 0; p < FSNN_PARTS; p++) {
        if (!status)
            status = check_times(description, fsnn_part_key((fsnn_part)p), part[p]);
        if (!wanted[p] || status) {
            fsnn_data_destroy(part[p]);
            part[p] = NULL;
        }
    }
    for (int p = 0; p < FSNN_PARTS && status; p++) {
        fsnn_data_destroy(part[p]);
        part[p] = NULL;
    }
    return status;
}

fsnn_status fsnn_description_parts(const fsnn_description *description,
                                   const bool wanted[FSNN_PARTS], fsnn_data *part[FSNN_PARTS])
{
    return open_all(description, wanted, false, part);
}

fsnn_status fsnn_description_parts_later(const fsnn_description *description,
                                         const bool wanted[FSNN_PARTS], fsnn_data *part[FSNN_PARTS])
{
    return open_all(description, wanted, true, part);
}

fsnn_status fsnn_description_data(const fsnn_description *description, fsnn_data **train,
                                  fsnn_data **test)
{
    fsnn_data *part[FSNN_PARTS] = {NULL};
    if (train)
        *train = NULL;
    if (test)
        *test = NULL;
    FSNN_TRY(check_section(description));
    const data_section *s = description->data;
    bool whole = data_kinds[s->kind]->open_parts != NULL;
    if (train && !whole && !s->train->given)
        return fsnn_fail(FSNN_EDESCRIPTION, "%s: the section \"data\" has no set \"train\"",
                         description->doc.path);
    const bool wanted[FSNN_PARTS] = {train != NULL, test && (whole || !s->test->given),
                                     test != NULL};
    FSNN_TRY(fsnn_description_parts(description, wanted, part));
    if (train)
        *train = part[FSNN_PART_TRAIN];
    if (!test)
        return FSNN_OK;
    *test = part[FSNN_PART_TEST] ? part[FSNN_PART_TEST] : part[FSNN_PART_VALIDATION];
    if (part[FSNN_PART_TEST])
        fsnn_data_destroy(part[FSNN_PART_VALIDATION]);
    return FSNN_OK;
}

fsnn_holdout fsnn_description_holdout(const fsnn_description *description)
{
    if (!description || !description->data->given ||
        data_kinds[description->data->kind]->open_parts)
        return (fsnn_holdout){0};
    const data_section *s = description->data;
    return (fsnn_holdout){s->validation, s->split_seed, s->split_by == DATA_SPLIT_CLASS,
                          s->split_given};
}

fsnn_status data_note_split(const fsnn_description *d, fsnn_net *net)
{
    const fsnn_holdout split = fsnn_description_holdout(d);
    char text[64];
    if (!(split.share > 0))
        return FSNN_OK;
    snprintf(text, sizeof text, "%.9g", split.share);
    FSNN_TRY(fsnn_net_note(net, "data.validation", text));
    snprintf(text, sizeof text, "%llu", (unsigned long long)split.seed);
    FSNN_TRY(fsnn_net_note(net, "data.split_seed", text));
    return fsnn_net_note(net, "data.split_by", data_split_names[d->data->split_by]);
}

fsnn_status fsnn_net_note_data(fsnn_net *net, fsnn_data *const part[FSNN_PARTS])
{
    FSNN_NEED(net);
    FSNN_NEED(part);
    for (int p = 0; p < FSNN_PARTS; p++) {
        char key[WEIGHTS_DATA_SIZE], text[FSNN_FINGERPRINT_SIZE];
        if (!part[p])
            continue;
        snprintf(key, sizeof key, "%s" WEIGHTS_DATA, fsnn_part_name((fsnn_part)p));
        FSNN_TRY(fsnn_data_fingerprint(part[p], text));
        *strstr(text, "; origin=") = 0; /* the same data from elsewhere give the same weights */
        FSNN_TRY(fsnn_net_note(net, key, text));
    }
    return FSNN_OK;
}

const char *fsnn_description_classes(const fsnn_description *description)
{
    return description ? data_kinds[description->data->kind]->classes : "";
}
