/* train/run.c: a run directory: who may write into it, and what is there.
 *
 * One process at a time writes into it; it holds the lock of DIR/.lock, which the system frees when
 * the process is gone. Nothing is written before all that can be refused is checked (run_begin).
 * Then each file is replaced as a whole, and their order makes a run that is killed anywhere one
 * that can be gone on with (docs/tutorial.md tells users):
 *
 *     description.yaml ...      what the program puts in
 *     last.state.safetensors    all that resuming needs; with it the run exists
 *     best.safetensors, last.safetensors, metrics.csv, metrics.jsonl
 *
 * What stands behind the state follows from it (but the best weights of an epoch before, which were
 * written before this state was): resuming writes them anew. */
#include "train/run.h"

#include "base/file_stale.h"
#include "base/port_files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char state_name[] = "last.state.safetensors";

const char *const run_names[] = {state_name,    "best.safetensors", "last.safetensors",
                                 "metrics.csv", "metrics.jsonl",    NULL};

char *run_path(const fsnn_run *run, const char *name)
{
    return fsnn_format("%s/%s", run->directory, name);
}

bool run_has(const fsnn_run *run, const char *name)
{
    enum { LONGEST = 4096 }; /* longer paths the system does not know: no memory has to be found */
    char path[LONGEST];
    int length = snprintf(path, sizeof path, "%s/%s", run->directory, name);
    return length < LONGEST && port_exists(path);
}

fsnn_status run_warn(fsnn_run *run, const char *format, ...)
{
    char text[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    char *all =
        fsnn_format("%s%s%s", run->warning ? run->warning : "", run->warning ? "; " : "", text);
    if (!all)
        return FSNN_EMEMORY;
    fsnn_free(run->warning);
    run->warning = all;
    return FSNN_OK;
}

fsnn_status run_each(const fsnn_run *run, fsnn_status (*visit)(const fsnn_run *, const char *name))
{
    for (int i = 0; run_names[i]; i++)
        FSNN_TRY(visit(run, run_names[i]));
    for (int i = 0; i < run->owns; i++)
        FSNN_TRY(visit(run, run->own[i]));
    return FSNN_OK;
}

/* ---- what is there ---- */

/* The first of the training's files that is there, or NULL. */
static const char *first_file(const fsnn_run *run)
{
    for (int i = 0; run_names[i]; i++)
        if (run_has(run, run_names[i]))
            return run_names[i];
    return NULL;
}

static bool has_own(const fsnn_run *run)
{
    bool there = false;
    for (int i = 0; i < run->owns; i++)
        there = there || run_has(run, run->own[i]);
    return there;
}

/* One that would be in the way of a new run. */
static fsnn_status check_new(const fsnn_run *run)
{
    char *before;
    const char *file = first_file(run);
    if (file)
        return fsnn_fail(FSNN_EARGUMENT, "%s already holds a run (%s)", run->directory, file);
    FSNN_TRY(replaced_last(run, &before));
    if (before)
        fsnn_fail(FSNN_EARGUMENT,
                  "%s: a run that was to replace another was ended before its first epoch; the "
                  "other one is whole in %s",
                  run->directory, before);
    fsnn_free(before);
    return before ? FSNN_EARGUMENT : FSNN_OK;
}

/* Without a state a run that was ended before its first is begun anew; weights without a state are
 * of some other kind, and are not to be lost. */
static fsnn_status check_resume(const fsnn_run *run)
{
    if (run_has(run, state_name))
        return FSNN_OK;
    const char *file = first_file(run);
    if (!file && has_own(run))
        return FSNN_OK;
    return fsnn_fail(FSNN_ENOTFOUND, "%s: nothing to go on with, %s is not there%s%s",
                     run->directory, state_name, file ? ", though there is " : "",
                     file ? file : "");
}

/* Where nothing of a new run is written yet, the one that was set aside last is the run. */
static fsnn_status put_back_unbegun(const fsnn_run *run)
{
    char *before;
    if (first_file(run) || has_own(run))
        return FSNN_OK;
    FSNN_TRY(replaced_last(run, &before));
    fsnn_status status = before ? replaced_put_back(run, before) : FSNN_OK;
    fsnn_free(before);
    return status;
}

static fsnn_status look(const fsnn_run *run)
{
    FSNN_TRY(replaced_repair(run));
    FSNN_TRY(put_back_unbegun(run));
    return run->mode == FSNN_RUN_NEW      ? check_new(run)
           : run->mode == FSNN_RUN_RESUME ? check_resume(run)
                                          : FSNN_OK;
}

/* ---- its folder, and its lock ---- */

/* Makes the folder and those above it; remembers the topmost that was not there. */
static fsnn_status make_folders(fsnn_run *run)
{
    char *part = fsnn_strdup(run->directory);
    fsnn_status status = part ? FSNN_OK : FSNN_EMEMORY;
    for (char *c = part; part && !status; c++) {
        if (c == part || (*c && *c != '/'))
            continue;
        char end = *c;
        *c = 0;
        bool there = port_is_folder(part);
        if (!there && !(port_make_folder(part) && port_is_folder(part)))
            status =
                fsnn_fail(FSNN_EIO, "cannot make the directory %s: %s", part,
                          errno == EEXIST ? "a file of this name is in the way" : strerror(errno));
        else if (!there && !run->made)
            status = (run->made = fsnn_strdup(part)) ? FSNN_OK : FSNN_EMEMORY;
        if (!end)
            break;
        *c = end;
    }
    fsnn_free(part);
    return status;
}

/* Removes the folders that were made for nothing, from the innermost up. */
static void remove_folders(const fsnn_run *run)
{
    char *path = run->made ? fsnn_strdup(run->directory) : NULL;
    while (path && strlen(path) >= strlen(run->made) && port_remove_folder(path)) {
        char *slash = strrchr(path, '/');
        if (!slash)
            break;
        *slash = 0;
    }
    fsnn_free(path);
}

static fsnn_status find_folder(fsnn_run *run)
{
    if (run->mode != FSNN_RUN_RESUME)
        return make_folders(run);
    if (!port_is_folder(run->directory))
        return fsnn_fail(FSNN_ENOTFOUND, "%s: there is no such directory", run->directory);
    return FSNN_OK;
}

static fsnn_status take_lock(fsnn_run *run)
{
    char holder[128], *path = run_path(run, ".lock");
    if (!path)
        return FSNN_EMEMORY;
    port_locked got = port_lock_take(&run->lock, path, holder, sizeof holder);
    int reason = errno;
    fsnn_free(path);
    switch (got) {
    case PORT_LOCK_TAKEN:
        return FSNN_OK;
    case PORT_LOCK_HELD:
        return fsnn_fail(FSNN_EBUSY,
                         "%s: %s is training into this directory: wait for its end, or choose "
                         "another directory",
                         run->directory, *holder ? holder : "another process");
    case PORT_LOCK_NONE:
        return run_warn(run,
                        "%s: this file system has no locks: nothing keeps a second training out of "
                        "the directory",
                        run->directory);
    default:
        return reason == ENOMEM ? FSNN_EMEMORY
                                : fsnn_fail(FSNN_EIO, "%s: cannot be written into: %s",
                                            run->directory, strerror(reason));
    }
}

/* ---- from outside ---- */

static fsnn_status take_names(fsnn_run *run, const fsnn_run_options *options)
{
    int count = 0;
    run->directory = fsnn_strdup(options->directory);
    while (options->own && options->own[count])
        count++;
    run->own = fsnn_alloc((size_t)(count + 1) * sizeof *run->own);
    if (!run->directory || !run->own)
        return FSNN_EMEMORY;
    for (size_t n = strlen(run->directory); n > 1 && run->directory[n - 1] == '/';)
        run->directory[--n] = 0;
    for (; run->owns < count; run->owns++) {
        const char *name = options->own[run->owns];
        if (!*name || *name == '.' || strchr(name, '/'))
            return fsnn_fail(FSNN_EARGUMENT, "\"%s\" is no name for a file of a run", name);
        if (!(run->own[run->owns] = fsnn_strdup(name)))
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

static fsnn_status open_run(fsnn_run *run, const fsnn_run_options *options)
{
    FSNN_TRY(take_names(run, options));
    FSNN_TRY(find_folder(run));
    FSNN_TRY(take_lock(run));
    return look(run);
}

fsnn_status fsnn_run_open(const fsnn_run_options *options, fsnn_run **run)
{
    FSNN_NEED(run);
    *run = NULL;
    FSNN_NEED(options);
    if (!options->directory || !*options->directory)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_run_open: a run needs a directory");
    if ((unsigned)options->mode > FSNN_RUN_REPLACE)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_run_open: mode %d is none", (int)options->mode);
    fsnn_run *r = fsnn_alloc(sizeof *r);
    if (!r)
        return FSNN_EMEMORY;
    r->mode = options->mode;
    fsnn_status status = open_run(r, options);
    if (status < 0)
        fsnn_run_close(r);
    else
        *run = r;
    return status;
}

const char *fsnn_run_directory(const fsnn_run *run)
{
    return run ? run->directory : "";
}

bool fsnn_run_saved(const fsnn_run *run)
{
    return run && run_has(run, state_name) && (run->begun || run->mode == FSNN_RUN_RESUME);
}

const char *fsnn_run_before(const fsnn_run *run)
{
    return run && run->before && port_is_folder(run->before) ? run->before : NULL;
}

const char *fsnn_run_warning(const fsnn_run *run)
{
    return run ? run->warning : NULL;
}

/* ---- texts of the program ---- */

static fsnn_status write_text(const fsnn_run *run, const char *name, const char *text)
{
    fsnn_file file;
    char *path = run_path(run, name);
    fsnn_status status = path ? fsnn_file_create(&file, path) : FSNN_EMEMORY;
    fsnn_free(path);
    FSNN_TRY(status);
    fputs(text, file.stream);
    return fsnn_file_commit(&file);
}

static bool is_own(const fsnn_run *run, const char *name)
{
    for (int i = 0; i < run->owns; i++)
        if (strcmp(run->own[i], name) == 0)
            return true;
    return false;
}

fsnn_status fsnn_run_put(fsnn_run *run, const char *name, const char *text)
{
    FSNN_NEED(run);
    FSNN_NEED(name);
    FSNN_NEED(text);
    if (!is_own(run, name))
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_run_put: \"%s\" is not among the names that the run was opened with",
                         name);
    if (run->begun)
        return write_text(run, name, text);
    FSNN_TRY(fsnn_grow(&run->text, run->texts, &run->capacity, run->texts + 1, sizeof *run->text));
    run_text *t = &run->text[run->texts++];
    *t = (run_text){fsnn_strdup(name), fsnn_strdup(text)};
    return t->name && t->text ? FSNN_OK : FSNN_EMEMORY;
}

/* ---- what fsnn_train does with it ---- */

static fsnn_status remove_stale(const fsnn_run *run, const char *name)
{
    char *path = run_path(run, name);
    if (!path)
        return FSNN_EMEMORY;
    file_stale_remove(run->directory, name);
    file_stale_remove(path, NULL); /* in a folder */
    fsnn_free(path);
    return FSNN_OK;
}

fsnn_status run_begin(fsnn_run *run, bool texts)
{
    if (run->begun) /* a training before, into the same run */
        return FSNN_OK;
    FSNN_TRY(run_each(run, remove_stale));
    if (run->mode == FSNN_RUN_REPLACE && (first_file(run) || has_own(run)))
        FSNN_TRY(replaced_set_aside(run, &run->before));
    run->begun = true;
    for (int64_t i = 0; texts && i < run->texts; i++)
        FSNN_TRY(write_text(run, run->text[i].name, run->text[i].text));
    return FSNN_OK;
}

fsnn_status run_saved(const fsnn_run *run, int64_t epochs)
{
    return epochs < 1 ? FSNN_OK : replaced_remove(run);
}

/* A run that ends without anything saved has not replaced the one before. */
static void end(fsnn_run *run)
{
    if (!run->begun)
        remove_folders(run);
    else if (run->before && !run_has(run, state_name))
        replaced_put_back(run, run->before);
}

void fsnn_run_close(fsnn_run *run)
{
    fsnn_error error;
    if (!run)
        return;
    fsnn_error_keep(&error);
    if (run->begun && run->directory)
        end(run);
    port_lock_release(&run->lock);
    if (!run->begun && run->directory)
        end(run);
    fsnn_error_restore(&error);
    for (int i = 0; i < run->owns; i++)
        fsnn_free(run->own[i]);
    for (int64_t i = 0; i < run->texts; i++) {
        fsnn_free(run->text[i].name);
        fsnn_free(run->text[i].text);
    }
    fsnn_free(run->own);
    fsnn_free(run->text);
    fsnn_free(run->directory);
    fsnn_free(run->made);
    fsnn_free(run->before);
    fsnn_free(run->warning);
    fsnn_free(run);
}
