/* cli/run/run_certificate.c: what a memory by tolerance can have done to the spikes of a run, layer
 * by layer. */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>

/* One layer: a line on stderr. */
static void report(const fsnn_node_info *info, const fsnn_certificate *c, bool *all)
{
    const char *name = info->name;
    *all = *all && c->proven;
    if (!info->spiking) {
        char *within = isfinite(c->bound)
                           ? cli_format("potentials within %.2g of those of the exact weights%s",
                                        c->bound, *all ? "" : " for the currents there were")
                           : cli_format("no bound for its potentials is known");
        cli_say("certificate %s: %s (%d exponentials, weights within %.1e)", name, within, c->modes,
                c->weight_error);
        free(within);
        return;
    }
    cli_say(
        "certificate %s: %s (margin %.2g, bound %.2g, %d exponentials, weights within %.1e)", name,
        *all        ? "spikes proven identical to those of the exact weights"
        : c->proven ? "spikes proven identical for the currents there were; not so a layer before"
                    : "spikes not proven identical",
        c->margin, c->bound, c->modes, c->weight_error);
}

int run_certificates(run_work *w)
{
    bool all = true;
    for (int n = 0; n < fsnn_net_node_count(w->model.net); n++) {
        fsnn_node_info info;
        fsnn_certificate c;
        if (fsnn_net_node(w->model.net, n, &info) < 0 || !info.neuron)
            continue;
        fsnn_status status = fsnn_net_certificate(w->model.net, n, &c);
        if (status < 0)
            return cli_fail(status);
        /* a horizon within the exact lags needs no exponentials */
        if (c.modes || c.margin < INFINITY)
            report(&info, &c, &all);
    }
    return CLI_GOOD;
}
