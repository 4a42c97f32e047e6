/* export/job.c: what layers ask for while they print themselves. */
#include "export/export.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

fsnn_status code_refuse(const net_step *s, const char *format, ...)
{
    char why[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(why, sizeof why, format, list);
    va_end(list);
    return fsnn_fail(FSNN_EUNSUPPORTED, "%s \"%s\" cannot become C: %s", s->op->op->kind,
                     s->op->name ? s->op->name : "", why);
}

void code_use(code_job *j, const char *part)
{
    for (int i = 0; code_parts[i].name; i++)
        if (strcmp(code_parts[i].name, part) == 0)
            j->part[i] = true;
}

/* As net_weigh cuts a tile and the last one: into kernels, the widest first. */
void code_use_weigh(code_job *j, int64_t neurons)
{
    static const struct kernel {
        int64_t lanes;
        int bit;
        bool wide;
    } kernels[] = {{16, 32, true}, {12, 16, true}, {8, 8, true},
                   {4, 4, false},  {2, 2, false},  {1, 1, false}};
    const int64_t tiles[] = {neurons < NET_TILE ? 0 : NET_TILE, neurons % NET_TILE};
    code_use(j, "weigh");
    for (int i = 0; i < FSNN_COUNT(tiles); i++) {
        int64_t left = tiles[i];
        for (int k = 0; k < FSNN_COUNT(kernels); k++) {
            const struct kernel *w = &kernels[k];
            if (left < w->lanes || (w->wide && j->integer))
                continue;
            j->lanes |= w->bit;
            left %= w->lanes;
        }
    }
}

int code_number(const code_job *j, const net_step *s)
{
    return (int)(s - j->net->step);
}

code_place code_place_of(const code_job *j, int value)
{
    code_place p;
    int root = j->root[value];
    if (j->net->value[root].step < 0)
        snprintf(p.text, sizeof p.text, j->integer ? "s->input" : "in");
    else
        snprintf(p.text, sizeof p.text, "s->work + %lld", (long long)j->place[root]);
    return p;
}

code_place code_in(const code_job *j, const net_step *s, int k)
{
    return code_place_of(j, s->in[k]);
}

code_place code_out(const code_job *j, const net_step *s)
{
    return code_place_of(j, s->out[0]);
}

const float *code_param(const code_job *j, const net_step *s, int p)
{
    return net_step_param(j->net, s, p)->value;
}

/* `digits` of a number, with a point or an exponent; brackets around what is below 0. */
static code_literal literal_of(double x, int digits, const char *suffix)
{
    code_literal l;
    char number[28];
    snprintf(number, sizeof number, "%.*g", digits, x);
    for (char *c = number; *c; c++) /* whatever the locale */
        *c = *c == ',' ? '.' : *c;
    const char *point = strpbrk(number, ".e") ? "" : ".0";
    snprintf(l.text, sizeof l.text, signbit(x) ? "(%s%s%s)" : "%s%s%s", number, point, suffix);
    return l;
}

code_literal code_float(float x)
{
    return literal_of((double)x, 9, "f");
}

code_literal code_double(double x)
{
    return literal_of(x, 17, "");
}

/* ---- tables ---- */

enum { NUMBER = 4, IN_A_LINE = 8 }; /* bytes */

static int64_t bytes_of(const char *type)
{
    return strstr(type, "8_t") ? 1 : strstr(type, "16_t") ? 2 : NUMBER;
}

static const char *known(const code_job *j, const char *type, const void *value, int64_t count)
{
    for (int64_t i = 0; i < j->table_count; i++)
        if (j->table[i]->count == count && strcmp(j->table[i]->type, type) == 0 &&
            memcmp(j->table[i]->value, value, (size_t)count * NUMBER) == 0)
            return j->table[i]->name;
    return NULL;
}

static code_table *add_table(code_job *j, const char *type, const void *value, int64_t count)
{
    if (fsnn_grow(&j->table, j->table_count, &j->table_capacity, j->table_count + 1,
                  sizeof *j->table))
        return NULL;
    code_table *t = fsnn_alloc(sizeof *t);
    if (!t)
        return NULL;
    j->table[j->table_count++] = t;
    t->type = type;
    t->value = fsnn_alloc((size_t)count * NUMBER);
    if (!t->value)
        return NULL;
    t->count = count;
    memcpy(t->value, value, (size_t)count * NUMBER);
    return t;
}

/* The table, begun: its numbers come next. NULL: there is one like it, or no memory. */
static code_table *begin(code_job *j, const char *type, const char *what, int number,
                         const void *value, int64_t count)
{
    code_table *t = add_table(j, type, value, count);
    if (!t) {
        j->failed = true;
        return NULL;
    }
    snprintf(t->name, sizeof t->name, "%s_%d", what, number);
    code_add(&j->tables, "static const %s %s[%lld] = {", type, t->name, (long long)count);
    return t;
}

const char *code_floats(code_job *j, const char *what, int number, const float *value,
                        int64_t count)
{
    const char *name = known(j, "float", value, count);
    code_table *t = name ? NULL : begin(j, "float", what, number, value, count);
    if (!t)
        return name ? name : "";
    for (int64_t i = 0; i < count; i++)
        code_add(&j->tables, "%s%s%s", i ? "," : "", i % IN_A_LINE ? " " : "\n    ",
                 code_float(value[i]).text);
    code_add(&j->tables, "};\n");
    j->flash += count * (int64_t)sizeof *value;
    return t->name;
}

const char *code_integers(code_job *j, const char *type, const char *what, int number,
                          const int32_t *value, int64_t count)
{
    const int64_t bytes = bytes_of(type), in_a_line = bytes == 1 ? 2 * IN_A_LINE : IN_A_LINE;
    const bool sign = *type != 'u';
    const char *name = known(j, type, value, count);
    code_table *t = name ? NULL : begin(j, type, what, number, value, count);
    if (!t)
        return name ? name : "";
    for (int64_t i = 0; i < count; i++)
        code_add(&j->tables, sign ? "%s%s%lld" : "%s%s%lldu", i ? "," : "",
                 i % in_a_line ? " " : "\n    ", (long long)value[i]);
    code_add(&j->tables, "};\n");
    j->flash += count * bytes;
    return t->name;
}

/* ---- the state, windows ---- */

void code_state(code_job *j, const char *type, const char *what, int number, int64_t count)
{
    code_add(&j->state, "    %s %s_%d[%lld];\n", type, what, number, (long long)count);
    j->numbers += count;
}

void code_counter(code_job *j, const char *type, const char *what, int number)
{
    code_add(&j->state, "    %s %s_%d;\n", type, what, number);
    j->numbers++;
}

void code_print_window(code_job *j, int number, const net_window *w)
{
    code_use(j, "window");
    code_add(&j->tables, "static const net_window window_%d = {{", number);
    for (int d = 0; d < 2; d++) {
        const net_axis *a = &w->axis[d];
        code_add(&j->tables, "%s{%d, %d, %d, %d, %d, %d}", d ? ", " : "", (int)a->in, (int)a->out,
                 (int)a->kernel, (int)a->stride, (int)a->padding, (int)a->dilation);
    }
    code_add(&j->tables, "}, %u, %u, %u, %d};\n", (unsigned)w->channels, (unsigned)w->outputs,
             (unsigned)w->groups, (int)w->counted);
    j->flash += (int64_t)sizeof *w;
}
