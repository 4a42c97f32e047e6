/* export/write_report.c: report.md: what the C needs. */
#include "export/neuron.h"
#include "export/target.h"

/* The exponentials: `integer` has its own where the method keeps drives (integer/past.h). */
static void add_exponentials(const frac_memory *m, const integer_step *integer, code_text *t)
{
    double error = 0, sum = 0;
    if (integer && integer->inverted > 0)
        code_add(t, " %u | %.1e | %lld |\n", integer->memory.modes, integer->inverted,
                 (long long)m->what.horizon);
    else if (m->compressed && m->modes.fit.modes &&
             frac_modes_error(&m->modes, m->method, &m->order, &m->leak, m->h, 0, &error, &sum) ==
                 FSNN_OK)
        code_add(t, " %d | %.1e | %lld |\n", m->modes.fit.modes, error, (long long)m->what.horizon);
    else
        code_add(t, " 0 | 0 | %s |\n", m->compressed ? "all" : "as many");
}

static void add_layer(const net_step *s, const integer_step *integer, code_text *t)
{
    const neuron_layer *layer = s->op->state;
    const scan *scan = &layer->scan;
    for (int i = 0; i <= scan->others; i++) {
        const frac_memory *m = &(i ? &scan->other[i - 1] : scan)->memory;
        code_add(t, "| %s%s%s | %s | %lld | %s%s |", s->op->name, i ? ", state " : "",
                 i ? neuron_state_name(s->op, i) : "", s->op->op->kind, (long long)scan->N,
                 m->scheme == FRAC_IMPLICIT ? "implicit " : "", m->method->name);
        code_add(t, " %lld |", (long long)(m->compressed ? 2 * FRAC_SPAN : m->keep));
        add_exponentials(m, integer, t);
    }
}

/* Fractions and bounds of the integers, and what they change. */
static void add_integers(const code_job *j, code_text *t)
{
    const fsnn_integer *p = j->integer;
    code_add(
        t,
        "\n## Integers\n\nWeights have %d bits. Inputs are whole numbers of 2^%d up to %d; what "
        "is beyond counts as that. No sum overflows, whatever the inputs are.\n\n"
        "| layer | one unit of its potentials | bound of its states | the bound is | error of "
        "the far past by rounding, units |\n|---|---|---|---|---|\n",
        p->options.bits, -p->in_fraction, (int)p->in_most);
    for (int i = 0; i < p->steps; i++) {
        const integer_step *s = &p->step[i];
        if (s->form == INTEGER_NEURON)
            code_add(t, "| %s | 2^%d | %.4g | %s | %.2g |\n", s->name, -s->fraction, s->reach,
                     s->proven ? "proved" : "4 times what was seen, states beyond are held there",
                     s->error);
    }
    if (j->compared.length) {
        code_add(t, "\n");
        code_add_text(t, &j->compared);
    }
}

/* What the target's compiler made of net.c. */
static void add_measured(const code_job *j, const char *directory, code_text *t)
{
    code_measured m;
    code_measure(j->options->target, directory, &m);
    if (!m.compiler) {
        code_add(t, "| code and constants (flash), stack%s%s | not measured: %s |\n",
                 m.target ? " on " : "", m.target ? m.target : "", m.why);
        return;
    }
    code_add(t, "| code and constants on %s (flash), by %s -Os | %lld |\n", m.target, m.compiler,
             m.flash);
    code_add(t, "| variables of net.c (RAM besides the state) | %lld |\n", m.data + m.zeroed);
    if (m.stack < 0)
        code_add(t, "| stack | not measured: %s gives no graph of calls |\n", m.compiler);
    else
        code_add(t, "| deepest stack of net_step%s%s | %lld |\n",
                 *m.outside ? ", without what these take: " : "", m.outside, m.stack);
}

fsnn_status code_write_report(const code_job *j, const char *directory)
{
    code_text t = {0};
    const long long state = code_state_bytes(j, false), events = code_state_bytes(j, true) - state;
    code_add(&t,
             "# %s as C\n\nMade by `fsnn export-c`, type %s.\n\n"
             "| what | bytes |\n|---|---|\n"
             "| constants: weights, parameters, weights of the past (flash) | %lld |\n"
             "| state: NET_STATE_BYTES (RAM) | %lld |\n"
             "| more with NET_EVENTS | %lld |\n",
             j->options->name ? j->options->name : "network",
             fsnn_export_type_name(j->options->type), (long long)j->flash, state, events);
    add_measured(j, directory, &t);
    code_add(
        &t,
        "\nA step takes at most %.0f multiply-adds; inputs and spikes that are 0 save theirs.\n"
        "\n## Memory\n\n"
        "| layer | kind | neurons | method | states summed one by one | exponentials | "
        "largest relative error of a weight | steps that it holds for |\n"
        "|---|---|---|---|---|---|---|---|\n",
        j->multiply_adds);
    for (int i = 0; i < j->net->steps; i++)
        if (j->net->step[i].op->op->flags & OP_NEURON)
            add_layer(&j->net->step[i], j->integer ? &j->integer->step[i] : NULL, &t);
    if (j->integer)
        add_integers(j, &t);
    if (j->options->notes)
        code_add(&t, "\n%s", j->options->notes);
    fsnn_status status = code_write_file(directory, "report.md", &t);
    code_text_free(&t);
    return status;
}
