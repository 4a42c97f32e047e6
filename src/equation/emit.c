/* From a tape to code: dead values go, chains become one operation, temporaries share rows (linear
 * scan over the code, where a value may take the row of an operand that ends with it). */
#include "equation/code.h"

#include <string.h>

enum { CONSTANT = 0x4000, TEMPORARY = 0x8000, MASK = 0x3fff, LINKED = 4 };

/* What becomes of a value of the tape. */
typedef struct fate {
    int uses;      /* by live values and outputs */
    bool inside;   /* a link of a longer chain */
    int op, links; /* its operation, chains as far as they reach here */
    int operand[LINKED + 1], operands;
    int slot; /* where it is left, -1: not yet */
    int last; /* the value that reads it last */
} fate;

static bool computed(const tape *t, int value)
{
    return t->value[value].op < OPS;
}

/* Room for one more than `count`. */
static bool grow(emitter *m, void *array, int64_t *capacity, int count, size_t size)
{
    if (!m->status)
        m->status =
            count < MASK ? fsnn_grow(array, count, capacity, count + 1, size) : FSNN_EUNSUPPORTED;
    return !m->status;
}

static int constant(emitter *m, real number)
{
    for (int i = 0; i < m->constants; i++)
        if (memcmp(&m->constant[i], &number, sizeof number) == 0)
            return CONSTANT | i;
    if (!grow(m, &m->constant, &m->constant_capacity, m->constants, sizeof number))
        return 0;
    m->constant[m->constants] = number;
    return CONSTANT | m->constants++;
}

static void push(emitter *m, equation_op op)
{
    if (grow(m, &m->op, &m->capacity, m->count, sizeof op))
        m->op[m->count++] = op;
}

/* ---- chains ---- */

static void count_uses(const tape *t, fate *f)
{
    for (int i = 0; i < t->outputs; i++)
        f[t->output[i].value].uses++;
    for (int i = t->count - 1; i >= 0; i--) {
        const tape_value *v = &t->value[i];
        if (f[i].uses == 0 || !computed(t, i))
            continue;
        const int arg[3] = {v->a, v->b, v->c};
        for (int k = 0; k < 3; k++)
            if (arg[k] >= 0)
                f[arg[k]].uses++;
    }
}

/* Whether `value` can be a link of the operation `op`: the fourth link is an addition. */
static bool chains(const tape *t, const fate *f, int value, int op)
{
    return t->value[value].op <= OP_MUL && f[value].uses == 1 && f[value].slot < 0 &&
           f[value].links < (op == OP_ADD ? LINKED : LINKED - 1);
}

static int chained(const fate *in, int link)
{
    if (in->links == 1)
        return OP_TWO + LINKS * in->op + link;
    return in->links == 2 ? OP_THREE + LINKS * (in->op - OP_TWO) + link
                          : OP_SUM + in->op - OP_THREE;
}

/* The value's operation, taken together with what only it uses. */
static void link(const tape *t, fate *f, int i)
{
    const tape_value *v = &t->value[i];
    f[i].op = v->op;
    f[i].links = v->op <= OP_MUL;
    const int arg[3] = {v->a, v->b, v->c};
    for (int k = 0; k < 3 && arg[k] >= 0; k++)
        f[i].operand[f[i].operands++] = arg[k];
    if (!f[i].links)
        return;
    bool a = chains(t, f, v->a, v->op), b = chains(t, f, v->b, v->op);
    if (!a && !b)
        return;
    bool left = a && (!b || f[v->a].links >= f[v->b].links);
    fate *in = &f[left ? v->a : v->b];
    int o = v->op == OP_SUB && !left ? LINK_FROM : v->op;
    in->inside = true;
    f[i].op = chained(in, o);
    f[i].links = in->links + 1;
    memcpy(f[i].operand, in->operand, sizeof f[i].operand);
    f[i].operand[in->operands] = left ? v->b : v->a;
    f[i].operands = in->operands + 1;
}

/* ---- rows ---- */

static int operand_slot(emitter *m, const tape *t, const fate *f, int value)
{
    if (t->value[value].op == TAPE_CONST)
        return constant(m, t->value[value].number);
    return t->value[value].op == TAPE_SLOT ? t->value[value].a : f[value].slot;
}

/* taken [TAPE_VALUES]: which temporaries hold something */
static int row_alloc(emitter *m, bool *used)
{
    int i = 0;
    while (used[i])
        i++;
    used[i] = true;
    m->temporaries = i >= m->temporaries ? i + 1 : m->temporaries;
    return TEMPORARY | i;
}

static void place(emitter *m, const tape *t, fate *f, int i, bool *used)
{
    int s[LINKED + 1] = {0};
    for (int k = 0; k < f[i].operands; k++) {
        int value = f[i].operand[k];
        s[k] = operand_slot(m, t, f, value);
        if (computed(t, value) && f[value].last == i && (s[k] & TEMPORARY))
            used[s[k] & MASK] = false;
    }
    if (f[i].slot < 0)
        f[i].slot = row_alloc(m, used);
    push(m, (equation_op){NULL, (uint16_t)f[i].op, (uint16_t)f[i].slot, (uint16_t)s[0],
                          (uint16_t)s[1], (uint16_t)s[2], (uint16_t)s[3], (uint16_t)s[4]});
}

/* An output that no operation leaves in its place: a leaf, a number, or one that stands elsewhere
 * too. */
static void copy(emitter *m, const tape *t, const fate *f, tape_output o)
{
    const tape_value *v = &t->value[o.value];
    bool zero = v->op == TAPE_CONST && v->number == 0;
    int from = zero ? 0 : operand_slot(m, t, f, o.value);
    if (from != o.slot)
        push(m, (equation_op){
                    .op = zero ? OP_ZERO : OP_COPY, .d = (uint16_t)o.slot, .a = (uint16_t)from});
}

static void emit(emitter *m, const tape *t, fate *f, bool *used)
{
    count_uses(t, f);
    for (int i = 0; i < t->count; i++)
        f[i].slot = -1;
    for (int i = 0; i < t->outputs; i++)
        if (f[t->output[i].value].slot < 0)
            f[t->output[i].value].slot = t->output[i].slot;
    for (int i = 0; i < t->count; i++)
        if (f[i].uses && computed(t, i))
            link(t, f, i);
    for (int i = 0; i < t->count; i++)
        for (int k = 0; f[i].uses && !f[i].inside && k < f[i].operands; k++)
            f[f[i].operand[k]].last = i;
    for (int i = 0; i < t->count && !m->status; i++)
        if (f[i].uses && computed(t, i) && !f[i].inside)
            place(m, t, f, i, used);
    for (int i = 0; i < t->outputs; i++)
        if (!computed(t, t->output[i].value) || f[t->output[i].value].slot != t->output[i].slot)
            copy(m, t, f, t->output[i]);
}

void emit_tape(emitter *m, const tape *t)
{
    if (t->status || m->status) {
        m->status = m->status ? m->status : t->status;
        return;
    }
    fate *f = fsnn_alloc(sizeof *f * (size_t)(t->count + 1));
    bool *used = fsnn_alloc(TAPE_VALUES + 1);
    if (f && used)
        emit(m, t, f, used);
    else
        m->status = FSNN_EMEMORY;
    fsnn_free(f);
    fsnn_free(used);
}

static void settle(const emitter *m, uint16_t *slot)
{
    int first = EQUATION_OWN + 2 * m->rows;
    if (*slot & TEMPORARY)
        *slot = (uint16_t)(first + m->constants + (*slot & MASK));
    else if (*slot & CONSTANT)
        *slot = (uint16_t)(first + (*slot & MASK));
}

void emit_place(emitter *m)
{
    for (int i = 0; i < m->count; i++) {
        settle(m, &m->op[i].d);
        settle(m, &m->op[i].a);
        settle(m, &m->op[i].b);
        settle(m, &m->op[i].c);
        settle(m, &m->op[i].e);
        settle(m, &m->op[i].f);
    }
}
