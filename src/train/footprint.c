/* Memory of a training, before it is taken: large arrays that were planned are not there before
 * they are written to. */
#include "train/average.h"
#include "train/plane.h"
#include "train/shards.h"

#include <fsnn/data.h>

fsnn_status fsnn_train_memory(const fsnn_net *net, const fsnn_loader *train,
                              const fsnn_loader *test, const fsnn_training *training,
                              fsnn_footprint *f)
{
    fsnn_shape sample, out;
    int64_t steps;
    if (!net || !train || !training || !f)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_train_memory: net, train, training and footprint must not be NULL");
    *f = (fsnn_footprint){0};
    FSNN_TRY(fsnn_net_memory(net, &f->activations, &f->histories, &f->parameters));
    FSNN_TRY(fsnn_net_shapes(net, NULL, &out));
    fsnn_loader_shape(train, &steps, &sample);
    int64_t moments =
        optimizer_bytes(net, &training->optimizer) + average_bytes(net, training->ema);
    f->saving = f->parameters / 2 + moments; /* half of the parameters' bytes are gradients */
    const int64_t more = shards_at_once(training) - 1; /* nets besides this one */
    f->parameters += more * f->parameters + moments + shards_bytes(net, training);
    f->activations += more * f->activations;
    f->histories += more * f->histories;
    f->batches = fsnn_loader_memory(train) + (test ? fsnn_loader_memory(test) : 0);
    f->batches += steps * fsnn_loader_batch(train) * fsnn_shape_count(&out) *
                  (int64_t)train_plane_for(net)->size;
    if (more > 0) /* kept while the next are made */
        f->batches += (more + 1) * steps * fsnn_loader_batch(train) * fsnn_shape_count(&sample) *
                      (int64_t)sizeof(float);
    f->total = f->activations + f->histories + f->parameters + f->batches + f->saving;
    return FSNN_OK;
}
