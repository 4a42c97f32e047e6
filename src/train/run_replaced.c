/* train/run_replaced.c: a run that is replaced is set aside until the new one has saved an epoch.
 * So a process that is killed leaves one of them whole, whenever that happens:
 *
 *     DIR/.replacing    being set aside, or put back: the next that opens DIR puts all back
 *     DIR/replaced      whole, and a run by itself; the new one has saved no epoch
 *     DIR/.removing     no longer wanted: the next that opens DIR removes the rest
 *
 * Each step is a rename. Where a new run was ended early and is replaced too there are several,
 * replaced-2 and so on. */
#include "train/run.h"

#include "base/port_files.h"

#include <errno.h>
#include <string.h>

static const char replacing[] = ".replacing", removing[] = ".removing";

static fsnn_status failed(const fsnn_run *run, const char *what)
{
    return fsnn_fail(FSNN_EIO, "%s: the run that is there cannot be %s: %s", run->directory, what,
                     strerror(errno));
}

/* The n-th one's folder (fsnn_free), n from 1. */
static char *folder_of(const fsnn_run *run, int n)
{
    return n == 1 ? fsnn_format("%s/replaced", run->directory)
                  : fsnn_format("%s/replaced-%d", run->directory, n);
}

fsnn_status replaced_last(const fsnn_run *run, char **path)
{
    *path = NULL;
    for (int n = 1;; n++) {
        char *next = folder_of(run, n);
        if (!next)
            fsnn_free(*path);
        if (!next)
            return FSNN_EMEMORY;
        if (!port_is_folder(next)) {
            fsnn_free(next);
            return FSNN_OK;
        }
        fsnn_free(*path);
        *path = next;
    }
}

/* From one folder to the other, if it is there. */
static fsnn_status move(const char *from, const char *to, const char *name)
{
    char *old = fsnn_format("%s/%s", from, name), *now = fsnn_format("%s/%s", to, name);
    bool good = old && now && (port_rename(old, now) || errno == ENOENT);
    int reason = errno;
    fsnn_free(old);
    fsnn_free(now);
    errno = reason;
    return good ? FSNN_OK : old && now ? FSNN_EIO : FSNN_EMEMORY;
}

static fsnn_status move_aside(const fsnn_run *run, const char *name)
{
    char *to = run_path(run, replacing);
    fsnn_status status = to ? move(run->directory, to, name) : FSNN_EMEMORY;
    fsnn_free(to);
    return status == FSNN_EIO ? failed(run, "set aside") : status;
}

/* The first folder that is not there. */
static fsnn_status free_folder(const fsnn_run *run, char **path)
{
    *path = NULL;
    for (int n = 1; !*path; n++) {
        char *next = folder_of(run, n);
        if (!next)
            return FSNN_EMEMORY;
        if (port_exists(next))
            fsnn_free(next);
        else
            *path = next;
    }
    return FSNN_OK;
}

static fsnn_status rename_in(const fsnn_run *run, const char *from, const char *to,
                             const char *what)
{
    if (!port_rename(from, to))
        return failed(run, what);
    port_sync_folder(run->directory);
    return FSNN_OK;
}

fsnn_status replaced_set_aside(const fsnn_run *run, char **path)
{
    char *on_the_way = run_path(run, replacing);
    fsnn_status status = on_the_way ? free_folder(run, path) : FSNN_EMEMORY;
    if (!status && !port_make_folder(on_the_way))
        status = failed(run, "set aside");
    if (!status)
        status = run_each(run, move_aside);
    if (!status) {
        port_sync_folder(on_the_way);
        status = rename_in(run, on_the_way, *path, "set aside");
    }
    if (status < 0) {
        fsnn_free(*path);
        *path = NULL;
    }
    fsnn_free(on_the_way);
    return status;
}

/* All of DIR/.replacing back, then the folder, with what may be hidden in it. */
static fsnn_status undo(const fsnn_run *run, const char *on_the_way)
{
    port_names names;
    fsnn_status status = port_list(on_the_way, &names);
    if (status == FSNN_ENOTFOUND || status == FSNN_EIO)
        return failed(run, "put back");
    for (int64_t i = 0; i < names.count && !status; i++)
        status = move(on_the_way, run->directory, names.name[i]);
    port_names_free(&names);
    port_sync_folder(run->directory);
    if (status == FSNN_EIO || (!status && !port_remove_tree(on_the_way)))
        status = failed(run, "put back");
    return status;
}

static fsnn_status remove_present(const fsnn_run *run, const char *name)
{
    char *path = run_path(run, name);
    if (!path)
        return FSNN_EMEMORY;
    bool gone = port_remove_tree(path) || errno == ENOENT;
    fsnn_free(path);
    return gone ? FSNN_OK : failed(run, "put back");
}

fsnn_status replaced_put_back(const fsnn_run *run, const char *path)
{
    char *on_the_way = run_path(run, replacing);
    if (!on_the_way)
        return FSNN_EMEMORY;
    fsnn_status status = run_each(run, remove_present);
    if (!status)
        status = rename_in(run, path, on_the_way, "put back");
    if (!status)
        status = undo(run, on_the_way);
    fsnn_free(on_the_way);
    return status;
}

static fsnn_status remove_one(const fsnn_run *run, const char *path, bool *kept)
{
    port_lock lock;
    char holder[128], *name = fsnn_format("%s/.lock", path), *to = run_path(run, removing);
    fsnn_status status = name && to ? FSNN_OK : FSNN_EMEMORY;
    *kept = !status && port_lock_take(&lock, name, holder, sizeof holder) == PORT_LOCK_HELD;
    if (!status && !*kept) {
        status = rename_in(run, path, to, "removed");
        if (!status && !port_remove_tree(to))
            status = failed(run, "removed");
        port_lock_release(&lock);
    }
    fsnn_free(name);
    fsnn_free(to);
    return status;
}

fsnn_status replaced_remove(const fsnn_run *run)
{
    for (;;) {
        char *path;
        bool kept = false;
        FSNN_TRY(replaced_last(run, &path));
        if (!path)
            return FSNN_OK;
        fsnn_status status = remove_one(run, path, &kept);
        fsnn_free(path);
        if (status < 0 || kept)
            return status;
    }
}

fsnn_status replaced_repair(const fsnn_run *run)
{
    char *half = run_path(run, replacing), *rest = run_path(run, removing);
    fsnn_status status = half && rest ? FSNN_OK : FSNN_EMEMORY;
    if (!status && port_is_folder(half))
        status = undo(run, half);
    if (!status && port_is_folder(rest) && !port_remove_tree(rest))
        status = failed(run, "removed");
    fsnn_free(half);
    fsnn_free(rest);
    return status;
}
