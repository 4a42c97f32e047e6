/* The table of this precision. */
#include "net/data.h"
#include "net/neuron_ops.h"

extern const net_plane net_plane_real;
const net_plane net_plane_real = {
    .precision = sizeof(real) == sizeof(double) ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE,
    .size = sizeof(real),
    .ops = fsnn_ops,
    .delays = net_delay_ops,
    .neuron_at = neuron_op_at,
    .to_last = &net_to_last,
    .to_plain = &net_to_plain,
    .forward = net_call,
    .backward = net_call_back,
    .go_on = net_call_on,
    .changed = net_changed,
    .read = net_read,
    .read_state = net_read_state,
    .gradcheck = net_gradcheck,
};
