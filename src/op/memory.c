/* op/memory.c: what a table of op/memory.h leaves open. */
#include "op/memory.h"

#include "base/hash.h"
#include "base/whole.h"

size_t op_memory_most(const op_node *node)
{
    const op_memory *m = node->op->memory;
    size_t bytes = !m ? 0 : m->most ? m->most(node) : m->bytes(node);
    return whole_lines(bytes);
}

size_t op_memory_held(const op_node *node)
{
    const op_memory *m = node->op->memory;
    return !m ? 0 : m->held ? m->held(node) : m->bytes(node);
}

bool op_memory_fits(const op_node *node, const void *bytes, int64_t count)
{
    const op_memory *m = node->op->memory;
    return m->fits ? m->fits(node, bytes, count) : count == (int64_t)m->bytes(node);
}

void op_print_mix(uint64_t *print, const void *data, size_t bytes)
{
    *print = hash_bytes(*print, data, bytes);
}

void op_memory_print(const op_node *node, uint64_t *print)
{
    const op_memory *m = node->op->memory;
    if (m->print) {
        m->print(node, print);
        return;
    }
    size_t bytes = m->bytes(node);
    op_print_mix(print, &bytes, sizeof bytes);
    op_print_mix(print, &node->out_last[0], sizeof node->out_last[0]);
}
