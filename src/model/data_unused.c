/* model/data_unused.c: keys of the section `data` that do nothing beside the others, where that is
 * more than the value of one key of their own table (fsnn_key.with) says. */
#include "model/data_kinds.h"

static bool whole(const data_section *s)
{
    return data_kinds[s->kind]->open_parts != NULL;
}

static bool trains(const data_section *s)
{
    return whole(s) || s->train->given;
}

static bool judges(const data_section *s)
{
    return s->test->given || (s->train->given && s->validation > 0);
}

static bool makes_steps(const data_section *s)
{
    return data_is_timeless(s) || s->encoder.kind == FSNN_ENCODE_LATENCY;
}

static const struct {
    const char *key;
    bool (*counts)(const data_section *s);
    const char *when;
    bool scalar; /* only where it is a value, for the first key of its group */
} rows[] = {
    {"limit", trains, "with a training set", true},
    {"limit.train", trains, "with a training set", false},
    {"limit.test", judges, "with a test set, or a share of the training set for validation", false},
    {"balance", trains, "with a training set", false},
    {"augment", trains, "with a training set", false},
    {"shuffle", trains, "with a training set", false},
    {"encoder.steps", makes_steps,
     "with samples that are without time, or the encoder latency; these have steps of their own",
     false},
};

fsnn_status data_remark_unused(yaml_doc *doc, const yaml_node *node, const data_section *section)
{
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        const yaml_node *at = yaml_at(node, rows[i].key);
        if (at && rows[i].scalar && at->type != YAML_SCALAR)
            continue;
        if (at && !rows[i].counts(section))
            FSNN_TRY(
                yaml_remark_key(doc, at, "counts only %s: here it does nothing", rows[i].when));
    }
    return FSNN_OK;
}
