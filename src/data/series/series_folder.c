/* data/series/series_folder.c: see series_folder.h. */
#include "data/series/series_folder.h"

#include "data/file_names.h"

#include <stdlib.h>
#include <string.h>

typedef struct folder {
    const char *path;
    const fsnn_wav_options *options;
    name_pattern pattern;
    int label; /* field of the class, or -1 */
    name_list files, keep, leave;
    const series_adder *to;
} folder;

/* ---- classes ---- */

static bool all_numbers(const name_list *list)
{
    for (int64_t i = 0; i < list->count; i++)
        if (list->item[i][strspn(list->item[i], "0123456789")])
            return false;
    return true;
}

static int by_number(const void *a, const void *b)
{
    long long x = atoll(*(char *const *)a), y = atoll(*(char *const *)b);
    return x < y ? -1 : x > y ? 1 : strcmp(*(char *const *)a, *(char *const *)b);
}

/* Classes of all files that fit the pattern, whatever is kept: training and test sets agree. */
static fsnn_status find_classes(folder *f)
{
    name_list all = {0};
    name_match m;
    fsnn_status status = FSNN_OK;
    for (int64_t i = 0; i < f->files.count && !status; i++)
        if (name_pattern_match(&f->pattern, f->files.item[i], &m))
            status = name_list_add(&all, m.at[f->label], (size_t)m.length[f->label]);
    name_list_sort(&all);
    if (all_numbers(&all) && all.count)
        qsort(all.item, (size_t)all.count, sizeof *all.item, by_number);
    for (int64_t i = 0; i < all.count && !status; i++)
        if (i == 0 || strcmp(all.item[i], all.item[i - 1]) != 0)
            status = series_name_class(*f->to->s, all.item[i], strlen(all.item[i]));
    name_list_free(&all);
    return status;
}

/* ---- folder ---- */

static bool kept(const folder *f, const char *path, const name_match *m)
{
    const fsnn_wav_options *o = f->options;
    return name_condition_holds(&f->pattern, o->only, m) &&
           (!o->list || name_list_has(&f->keep, path)) &&
           (!o->except || !name_list_has(&f->leave, path));
}

static fsnn_status add(folder *f, const char *name)
{
    name_match m;
    if (!name_pattern_match(&f->pattern, name, &m) || !kept(f, name, &m))
        return FSNN_OK;
    int32_t label = f->label < 0
                        ? -1
                        : series_find_class(*f->to->s, m.at[f->label], (size_t)m.length[f->label]);
    char *path = fsnn_format("%s/%s", f->path, name);
    fsnn_status status = path ? f->to->add(f->to->user, path, label) : FSNN_EMEMORY;
    fsnn_free(path);
    return status;
}

static fsnn_status read_folder(folder *f)
{
    const fsnn_wav_options *o = f->options;
    FSNN_TRY(name_pattern_read(o->pattern ? o->pattern : f->to->pattern, &f->pattern));
    FSNN_TRY(name_condition_check(&f->pattern, o->only));
    f->label = name_pattern_find(&f->pattern, "label", 5);
    if (o->list)
        FSNN_TRY(name_list_read(&f->keep, o->list));
    if (o->except)
        FSNN_TRY(name_list_read(&f->leave, o->except));
    FSNN_TRY(name_list_walk(&f->files, f->path, &f->pattern));
    if (!f->files.count)
        return fsnn_fail(FSNN_EFORMAT, "%s: no file in this folder fits the pattern \"%s\"",
                         f->path, f->pattern.text);
    *f->to->s = series_new(1, 0);
    if (!*f->to->s)
        return FSNN_EMEMORY;
    if (f->label >= 0)
        FSNN_TRY(find_classes(f));
    for (int64_t i = 0; i < f->files.count; i++)
        FSNN_TRY(add(f, f->files.item[i]));
    if (f->to->finish)
        FSNN_TRY(f->to->finish(f->to->user));
    if (!(*f->to->s)->count)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %lld files fit the pattern \"%s\", but none of them the conditions "
                         "\"%s\" and the lists",
                         f->path, (long long)f->files.count, f->pattern.text,
                         o->only ? o->only : "");
    return FSNN_OK;
}

fsnn_status series_folder(const char *path, const fsnn_wav_options *options, const series_adder *to)
{
    folder f = {.path = path, .options = options, .to = to};
    fsnn_status status = read_folder(&f);
    name_list_free(&f.files);
    name_list_free(&f.keep);
    name_list_free(&f.leave);
    if (status < 0) {
        fsnn_series_destroy(*to->s);
        *to->s = NULL;
    }
    return status;
}
