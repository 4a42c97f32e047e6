/* A sweep: axes of values, and the jobs that are their combinations. */
#include "model/sweep.h"

#include "model/reader.h"
#include "model/yaml_json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- values as texts ---- */

static void write_value(FILE *out, const yaml_node *node)
{
    if (node->type == YAML_SCALAR && node->plain)
        fputs(node->text, out);
    else if (node->type == YAML_SCALAR)
        json_text(out, node->text);
    if (node->type == YAML_SCALAR)
        return;
    fputc(node->type == YAML_LIST ? '[' : '{', out);
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (child->key) {
            json_text(out, child->key->text);
            fputs(": ", out);
        }
        write_value(out, child);
        fputs(child->next ? ", " : "", out);
    }
    fputc(node->type == YAML_LIST ? ']' : '}', out);
}

/* "KEY=VALUE" in the pool, or NULL. */
static const char *setting(fsnn_sweep *s, const char *key, const yaml_node *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s=", key);
    write_value(out, value);
    bool bad = ferror(out);
    bad = fclose(out) != 0 || bad;
    const char *kept = bad || !text ? NULL : pool_text(&s->doc.memory, text, size);
    free(text);
    return kept;
}

/* ---- axes ---- */

static fsnn_status add_axis(fsnn_sweep *s, const char *key, int values, sweep_axis **added)
{
    *added = &s->axis[s->axes];
    **added = (sweep_axis){.key = key, .values = values};
    (*added)->set = pool_alloc(&s->doc.memory, (size_t)values * sizeof *(*added)->set);
    (*added)->node = pool_alloc(&s->doc.memory, (size_t)values * sizeof *(*added)->node);
    if (!(*added)->set || !(*added)->node)
        return FSNN_EMEMORY;
    s->axes++;
    return FSNN_OK;
}

/* Two jobs with the same value would be one run, taken for two. */
static fsnn_status check_new(fsnn_sweep *s, const sweep_axis *a, int i)
{
    for (int k = 0; k < i; k++)
        if (strcmp(a->set[i], a->set[k]) == 0)
            return yaml_fail(&s->doc, a->node[i], "%s is there twice: give each value once",
                             a->set[i] + strlen(a->key) + 1);
    return FSNN_OK;
}

static fsnn_status read_list(fsnn_sweep *s, const char *key, const yaml_node *list)
{
    sweep_axis *a;
    int i = 0;
    if (list->type != YAML_LIST || list->count == 0)
        return yaml_fail(&s->doc, list, "expected a list of values, like [0.5, 0.7, 1]");
    FSNN_TRY(add_axis(s, key, list->count, &a));
    for (const yaml_node *value = list->first; value; value = value->next, i++) {
        a->node[i] = value;
        if (!(a->set[i] = setting(s, key, value)))
            return fsnn_fail(FSNN_EMEMORY, "out of memory");
        FSNN_TRY(check_new(s, a, i));
    }
    return FSNN_OK;
}

static fsnn_status read_set(fsnn_sweep *s, const yaml_node *set)
{
    enum { MOST = 64 };
    if (set->type == YAML_MAP && set->count > MOST)
        return yaml_fail(&s->doc, set, "at most %d keys can be varied", MOST);
    if (set->type != YAML_MAP)
        return yaml_fail(&s->doc, set,
                         "expected keys of the description with lists of values, like "
                         "dynamics.alpha: [0.5, 1]");
    for (const yaml_node *list = set->first; list; list = list->next)
        FSNN_TRY(read_list(s, list->key->text, list));
    return FSNN_OK;
}

static const char seed_key[] = "training.seed";

static fsnn_status read_seeds(fsnn_sweep *s, const yaml_node *seeds)
{
    int64_t count;
    sweep_axis *a;
    if (seeds->type == YAML_LIST)
        return read_list(s, seed_key, seeds);
    FSNN_TRY(read_integer(&s->doc, seeds, 1, FSNN_SWEEP_JOBS, &count));
    FSNN_TRY(add_axis(s, seed_key, (int)count, &a));
    for (int i = 0; i < a->values; i++) {
        a->node[i] = seeds;
        if (!(a->set[i] = pool_format(&s->doc.memory, "%s=%d", seed_key, i + 1)))
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

/* The same key twice would be one value for both. */
static fsnn_status check_axes(fsnn_sweep *s)
{
    int64_t jobs = 1;
    for (int i = 0; i < s->axes; i++) {
        for (int k = 0; k < i; k++)
            if (strcmp(s->axis[i].key, s->axis[k].key) == 0)
                return yaml_fail(&s->doc, s->doc.root, "%s is varied twice: in set, and by seeds",
                                 s->axis[i].key);
        jobs *= s->axis[i].values;
        if (jobs > FSNN_SWEEP_JOBS)
            return yaml_fail(&s->doc, s->doc.root, "more than %d combinations", FSNN_SWEEP_JOBS);
    }
    s->jobs = (int)jobs;
    return FSNN_OK;
}

/* ---- where ---- */

/* A path beside the file; NULL: no memory. */
static const char *beside(fsnn_sweep *s, const char *path)
{
    const char *slash = strrchr(s->doc.path, '/');
    if (*path == '/' || !slash)
        return pool_text(&s->doc.memory, path, strlen(path));
    return pool_format(&s->doc.memory, "%.*s/%s", (int)(slash - s->doc.path), s->doc.path, path);
}

/* "runs/NAME" of "FOLDER/NAME.yaml" */
static const char *own_directory(fsnn_sweep *s)
{
    const char *slash = strrchr(s->doc.path, '/'), *name = slash ? slash + 1 : s->doc.path,
               *dot = strrchr(name, '.');
    int length = (int)(dot && dot > name ? (size_t)(dot - name) : strlen(name));
    return pool_format(&s->doc.memory, "runs/%.*s", length, name);
}

static const char *const keys[] = {"description", "out", "set", "seeds", NULL};

static fsnn_status read_root(fsnn_sweep *s)
{
    const char *text;
    const yaml_node *root = s->doc.root, *node;
    int index;
    if (!root || root->type != YAML_MAP)
        return fsnn_fail(FSNN_EDESCRIPTION, "%s: a sweep is a mapping with the key description",
                         s->doc.path);
    for (node = root->first; node; node = node->next)
        if (read_name(&s->doc, node->key, keys, &index) < 0)
            return FSNN_EDESCRIPTION;
    if (!(node = yaml_find(root, "description")))
        return yaml_fail(&s->doc, root, "description is missing: the file that is trained");
    FSNN_TRY(read_text(&s->doc, node, &text));
    s->description = beside(s, text);
    s->directory = own_directory(s);
    if ((node = yaml_find(root, "out"))) {
        FSNN_TRY(read_text(&s->doc, node, &text));
        s->directory = text;
    }
    const yaml_node *set = yaml_find(root, "set"), *seeds = yaml_find(root, "seeds");
    s->axis = pool_alloc(&s->doc.memory, (size_t)((set ? set->count : 0) + 1) * sizeof *s->axis);
    if (!s->axis || !s->description || !s->directory)
        return FSNN_EMEMORY;
    if (set)
        FSNN_TRY(read_set(s, set));
    if (seeds)
        FSNN_TRY(read_seeds(s, seeds));
    return check_axes(s);
}

/* ---- jobs ---- */

/* Each run of letters that the name of a folder should not have becomes one '_'. Its new length. */
static size_t tidy(char *name)
{
    size_t length = 0;
    for (const char *c = name; *c; c++) {
        bool good = isalnum((unsigned char)*c) || strchr(".,=+-", *c);
        if (good || !length || name[length - 1] != '_')
            name[length++] = good ? *c : '_';
    }
    name[length] = 0;
    if (*name == '.')
        *name = '_';
    return length;
}

/* What is varied and its values, tidied; where that is too long, the number of the job. */
static const char *name_of(fsnn_sweep *s, int job)
{
    enum { LONGEST = 160 };
    char name[LONGEST + 1] = "";
    size_t length = 0;
    for (int a = 0; a < s->axes; a++) {
        if (s->axis[a].values < 2)
            continue;
        length += (size_t)snprintf(name + length, sizeof name - length, "%s%s", length ? "," : "",
                                   s->set[job * s->axes + a]);
        if (length >= LONGEST)
            return pool_format(&s->doc.memory, "job-%05d", job + 1);
    }
    length = tidy(name);
    return length ? pool_text(&s->doc.memory, name, length) : "job-1";
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Where two names became the same, all jobs are named by their numbers. */
static fsnn_status make_unique(fsnn_sweep *s)
{
    bool twice = false;
    const char **sorted = fsnn_alloc((size_t)s->jobs * sizeof *sorted);
    if (!sorted)
        return FSNN_EMEMORY;
    memcpy(sorted, s->name, (size_t)s->jobs * sizeof *sorted);
    qsort(sorted, (size_t)s->jobs, sizeof *sorted, by_text);
    for (int i = 1; i < s->jobs; i++)
        twice = twice || strcmp(sorted[i - 1], sorted[i]) == 0;
    fsnn_free(sorted);
    for (int i = 0; i < s->jobs && twice; i++)
        if (!(s->name[i] = pool_format(&s->doc.memory, "job-%05d", i + 1)))
            return FSNN_EMEMORY;
    return FSNN_OK;
}

static fsnn_status make_jobs(fsnn_sweep *s)
{
    size_t jobs = (size_t)s->jobs;
    s->name = pool_alloc(&s->doc.memory, jobs * sizeof *s->name);
    s->set = pool_alloc(&s->doc.memory, (jobs * (size_t)s->axes + 1) * sizeof *s->set);
    if (!s->name || !s->set)
        return FSNN_EMEMORY;
    for (int j = 0; j < s->jobs; j++) {
        int rest = j;
        for (int a = s->axes - 1; a >= 0; a--) {
            s->set[j * s->axes + a] = s->axis[a].set[rest % s->axis[a].values];
            rest /= s->axis[a].values;
        }
        if (!(s->name[j] = name_of(s, j)))
            return FSNN_EMEMORY;
    }
    return make_unique(s);
}

/* ---- from outside ---- */

fsnn_status sweep_parse(const char *path, const char *text, size_t size, fsnn_sweep **sweep)
{
    *sweep = NULL;
    fsnn_sweep *s = fsnn_alloc(sizeof *s);
    if (!s)
        return FSNN_EMEMORY;
    fsnn_status status = yaml_parse(&s->doc, path, text, size);
    status = status ? status : read_root(s);
    status = status ? status : make_jobs(s);
    if (status < 0)
        fsnn_sweep_close(s);
    else
        *sweep = s;
    return status;
}

fsnn_status fsnn_sweep_open(const char *path, fsnn_sweep **sweep)
{
    uint8_t *data;
    size_t size;
    FSNN_NEED(sweep);
    *sweep = NULL;
    FSNN_NEED(path);
    FSNN_TRY(fsnn_file_read(path, &data, &size));
    fsnn_status status = sweep_parse(path, (const char *)data, size, sweep);
    fsnn_free(data);
    return status;
}

void fsnn_sweep_close(fsnn_sweep *s)
{
    if (s)
        yaml_free(&s->doc);
    fsnn_free(s);
}

const char *fsnn_sweep_description(const fsnn_sweep *sweep)
{
    return sweep ? sweep->description : "";
}

const char *fsnn_sweep_directory(const fsnn_sweep *sweep)
{
    return sweep ? sweep->directory : "";
}

int fsnn_sweep_jobs(const fsnn_sweep *sweep)
{
    FSNN_NEED(sweep);
    return sweep->jobs;
}

fsnn_status fsnn_sweep_at(const fsnn_sweep *sweep, int index, fsnn_sweep_job *job)
{
    FSNN_NEED(sweep);
    FSNN_NEED(job);
    if (index < 0 || index >= sweep->jobs)
        return fsnn_fail(FSNN_EARGUMENT, "there is no job %d: the sweep has %d", index,
                         sweep->jobs);
    *job = (fsnn_sweep_job){sweep->name[index], sweep->set + (size_t)index * (size_t)sweep->axes,
                            sweep->axes};
    return FSNN_OK;
}
