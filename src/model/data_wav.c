/* model/data_wav.c: kind wav, folders of sound. */
#include "model/data_series.h"

typedef struct wav_set {
    data_set set;
    const char *path, *only, *list, *except;
} wav_set;

typedef struct wav_options {
    series_options options;
    wav_set train, test;
    const char *pattern;
} wav_options;

static const wav_options defaults = {DATA_SERIES, .pattern = "{label}_{speaker}_{take}.wav"};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wav_set, path),
     .file = true,
     .required = true,
     .help = "folder of sound (WAV, FLAC, Ogg, ...), or one file"},
    {.name = "only",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wav_set, only),
     .help = "conditions on fields of the pattern, like \"take=0-4 speaker=theo|lucas\""},
    {.name = "list",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wav_set, list),
     .file = true,
     .help = "text file of paths below the folder, one per line; only these are used"},
    {.name = "except",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wav_set, except),
     .file = true,
     .help = "text file of paths that are not used"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(wav_options, set_keys),
    DATA_SERIES_KEYS,
    {.name = "pattern",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wav_options, pattern),
     .help = "path of a file below the folder, with {label}, its class, and other {fields}"},
    {0},
};

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const wav_options *o = (const wav_options *)at->d->data;
    const wav_set *set = (const wav_set *)at->set;
    const char *path = NULL;
    fsnn_wav_options options = {.pattern = o->pattern, .only = set->only};
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    FSNN_TRY(data_set_file(at, "list", set->list, &options.list));
    FSNN_TRY(data_set_file(at, "except", set->except, &options.except));
    return fsnn_series_wav(path, &options, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_wav = {.keys = keys,
                            DATA_OPTIONS(wav_options),
                            .defaults = &defaults,
                            .open = open,
                            .classes = "`pattern` with {label}"};
