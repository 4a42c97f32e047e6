/* A run keeps its validation set, whatever opens it: no sample that it learned from judges it. */
#include "base/error_key.h"
#include "session/session.h"

#include <string.h>

static fsnn_status has(const char *directory, const char *name, bool *there)
{
    char *path;
    FSNN_TRY(session_inside(directory, name, &path));
    *there = *there || path;
    fsnn_free(path);
    return FSNN_OK;
}

fsnn_status session_run_of(const char *description, char **directory)
{
    const char *slash = strrchr(description, '/'), *name = slash ? slash + 1 : description;
    bool there = false;
    *directory = NULL;
    if (strcmp(name, "description.yaml") != 0)
        return FSNN_OK;
    int length = (int)(name - description);
    char *found = length ? fsnn_format("%.*s", length, description) : fsnn_strdup("./");
    fsnn_status status = found ? has(found, "metrics.csv", &there) : FSNN_EMEMORY;
    if (status >= 0)
        status = has(found, "last.state.safetensors", &there);
    if (status >= 0 && there)
        *directory = found;
    else
        fsnn_free(found);
    return status;
}

/* Runs made before there were keys for it drew with the seed of training, from all samples. A
 * description that cannot be read any more says nothing. */
fsnn_status session_run_split(const char *run, fsnn_holdout *split)
{
    fsnn_description *description = NULL;
    char *path = NULL;
    *split = (fsnn_holdout){0};
    if (run)
        FSNN_TRY(session_inside(run, "description.yaml", &path));
    if (path && fsnn_description_read(path, NULL, 0, &description) >= 0) {
        *split = fsnn_description_holdout(description);
        if (!split->given) {
            split->seed = fsnn_description_training(description)->seed;
            split->by_class = false;
        }
        fsnn_description_destroy(description);
    }
    fsnn_free(path);
    return FSNN_OK;
}

enum { WORDS = 160 };

static const char *in_words(const fsnn_holdout *split, char text[WORDS])
{
    snprintf(text, WORDS, "data.validation %g, data.split_seed %llu, data.split_by %s",
             split->share, (unsigned long long)split->seed, split->by_class ? "class" : "sample");
    return text;
}

fsnn_status session_other_split(fsnn_session *s, const char *run, const fsnn_holdout *was,
                                bool go_on)
{
    static const char format[] = "%s drew its validation set with %s, and this is %s: samples that "
                                 "the run has learned from would judge it%s";
    fsnn_holdout now = fsnn_description_holdout(s->description);
    char drew[WORDS], is[WORDS];
    in_words(was, drew);
    in_words(&now, is);
    if (!go_on)
        return session_texts_add(&s->remark[FSNN_TOPIC_RUN], format, run, drew, is, "");
    return fsnn_fail_key(FSNN_EARGUMENT, "run", format, run, drew, is,
                         "; leave these keys as they were");
}
