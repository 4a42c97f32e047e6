/* model/weights_left_out.c: what stands in files of weights beside parameters, and is left out. */
#include "model/weights.h"

#include "format/torch.h"
#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 8, NAME = 96 /* bytes of a name in a sentence */ };

/* PyTorch counts the batches that a normalisation saw; its averages here need no count. */
static bool is_count(const fsnn_net *net, const fsnn_array *array)
{
    const char *dot = strrchr(array->name, '.');
    return dot && !strcmp(dot, ".num_batches_tracked") && array->dtype == FSNN_I64 &&
           !fsnn_net_param_find(net, array->name);
}

static int take_out(const fsnn_net *net, fsnn_arrays *list)
{
    int kept = 0, all = list->count;
    for (int i = 0; i < all; i++) {
        fsnn_array array = list->item[i];
        if (!is_count(net, &array)) {
            list->item[i] = list->item[kept];
            list->item[kept++] = array;
        }
    }
    /* those taken out stand last: the list frees what it counts */
    for (int i = kept; i < all; i++) {
        fsnn_free(list->item[i].name);
        fsnn_free(list->item[i].data);
    }
    list->count = kept;
    return all - kept;
}

static void write_left_out(FILE *out, const fsnn_net *net, const fsnn_arrays *list, int counts)
{
    const char *remark = fsnn_arrays_meta_find(list, torch_remark_key), *between = "";
    if (remark)
        fprintf(out, "%s", remark);
    if (counts)
        fprintf(out, "%s%d num_batches_tracked are left out, averages here need none",
                remark ? "; " : "", counts);
    for (int i = 0, shown = 0; i < list->unread_count; i++) {
        if (fsnn_net_param_find(net, list->unread_name[i]) || shown++ >= SHOWN)
            continue;
        between = remark || counts || shown > 1 ? "; " : "";
        fprintf(out, "%s\"%.*s\" is not read: it %s", between, NAME, list->unread_name[i],
                list->unread_why[i]);
    }
}

fsnn_status weights_leave_out(fsnn_net *net, const char *path, fsnn_arrays *list)
{
    char *text = NULL;
    size_t size = 0;
    int counts = take_out(net, list);
    FILE *out = open_memstream(&text, &size);
    if (out)
        write_left_out(out, net, list, counts);
    bool failed = !out || ferror(out);
    failed = (out && fclose(out) != 0) || failed;
    fsnn_status status = failed ? fsnn_fail(FSNN_EMEMORY, "out of memory") : FSNN_OK;
    if (!failed && size)
        status = net_warn_once(net, fsnn_format("%s: %s", path, text));
    free(text);
    return status;
}
