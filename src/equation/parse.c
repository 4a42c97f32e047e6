/* Expressions in text:
 *
 *   sum      product { (+|-) product }
 *   product  signed { (*|/) signed }
 *   signed   (-|+) signed | power
 *   power    atom [ ^ signed ]
 *   atom     number | name | function ( sum {, sum} ) | ( sum )
 *
 * Errors name the column, what was found there, and what would work. Depth and length are bounded.
 */
#include "equation/parse.h"

#include "base/real.h"
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 60, EXCERPT = 60 };

typedef struct parser {
    graph *g;
    const char *key, *text, *at;
    const parse_name *names;
    int count, depth;
    equation_place *place;
} parser;

typedef struct function {
    const char *name;
    int arity;
    graph_function call;
    int (*make)(graph *g, const int *args); /* those that are no call */
} function;

static int make_sqrt(graph *g, const int *args)
{
    return graph_power(g, args[0], graph_const(g, 0.5));
}

static int make_pow(graph *g, const int *args)
{
    return graph_power(g, args[0], args[1]);
}

static const function functions[] = {
    {"exp", 1, GRAPH_EXP, NULL},         {"log", 1, GRAPH_LOG, NULL}, {"sqrt", 1, 0, make_sqrt},
    {"tanh", 1, GRAPH_TANH, NULL},       {"abs", 1, GRAPH_ABS, NULL}, {"step", 1, GRAPH_STEP, NULL},
    {"sigmoid", 1, GRAPH_SIGMOID, NULL}, {"sin", 1, GRAPH_SIN, NULL}, {"cos", 1, GRAPH_COS, NULL},
    {"min", 2, GRAPH_MIN, NULL},         {"max", 2, GRAPH_MAX, NULL}, {"pow", 2, 0, make_pow},
};
#define FUNCTIONS "exp, log, sqrt, tanh, sigmoid, abs, step, sin, cos, min, max, pow"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const function *function_of(const char *name, size_t length)
{
    for (int i = 0; i < FSNN_COUNT(functions); i++)
        if (strlen(functions[i].name) == length && memcmp(functions[i].name, name, length) == 0)
            return &functions[i];
    return NULL;
}

const char *parse_name_trouble(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || !is_letter(name[0]))
        return "is no name: names start with a letter";
    for (size_t i = 0; i < n; i++)
        if (!is_letter(name[i]) && !is_digit(name[i]))
            return "is no name: names are of letters, digits and underscores";
    if (n > EQUATION_NAME)
        return "is too long: names have up to 63 characters";
    return function_of(name, n) ? "is the name of a function: another one would do" : NULL;
}

/* ---- errors ---- */

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t name_length(const char *at)
{
    size_t n = 0;
    while (is_letter(at[n]) || is_digit(at[n]) || (at[n] == '.' && is_digit(at[0])))
        n++;
    return n;
}

/* What stands at a place, for people: a whole name or number, one character, the end. */
static void found(const char *at, char *out, size_t capacity)
{
    size_t n = 1;
    if (!*at) {
        snprintf(out, capacity, "the end");
        return;
    }
    if (is_letter(*at) || is_digit(*at))
        n = name_length(at);
    else
        while (n < 4 && continues(at[n]))
            n++;
    bool plain = n > 1 ? ((unsigned char)*at >= 0xc0 || is_letter(*at) || is_digit(*at))
                       : (*at >= ' ' && *at < 0x7f);
    if (!plain)
        snprintf(out, capacity, "the byte 0x%02x", (unsigned char)*at);
    else if (n > 30)
        snprintf(out, capacity, "\"%.30s...\"", at);
    else
        snprintf(out, capacity, "\"%.*s\"", (int)n, at);
}

static int column(const char *text, const char *at)
{
    int c = 1;
    for (; text < at; text++)
        c += !continues(*text);
    return c;
}

/* The neighbourhood of a place in one line. */
static void excerpt(const parser *p, const char *at, char *out)
{
    size_t length = strlen(p->text), here = (size_t)(at - p->text), first = 0, last = length;
    if (length > EXCERPT) {
        first = here > EXCERPT / 2 ? here - EXCERPT / 2 : 0;
        last = first + EXCERPT < length ? first + EXCERPT : length;
        while (first < here && continues(p->text[first]))
            first++;
        while (last > here && continues(p->text[last]))
            last--;
    }
    int n = sprintf(out, "%s", first ? "..." : "");
    for (size_t i = first; i < last; i++)
        out[n++] = (unsigned char)p->text[i] < ' ' || p->text[i] == 0x7f ? ' ' : p->text[i];
    sprintf(out + n, "%s", last < length ? "..." : "");
}

/* key: "text", column n: sentence */
static fsnn_status wrong_as(const parser *p, fsnn_status status, const char *at,
                            const char *sentence)
{
    char around[EXCERPT + 8];
    excerpt(p, at, around);
    if (p->place) {
        snprintf(p->place->key, sizeof p->place->key, "%s", p->key);
        p->place->column = column(p->text, at);
    }
    return fsnn_fail(status, "%s: \"%s\", column %d: %s", p->key, around, column(p->text, at),
                     sentence);
}

static fsnn_status wrong(const parser *p, const char *at, const char *sentence)
{
    return wrong_as(p, FSNN_EDESCRIPTION, at, sentence);
}

/* `before` FOUND `after` */
static fsnn_status wrong_found(const parser *p, const char *at, const char *before,
                               const char *after)
{
    char what[80], sentence[400];
    found(at, what, sizeof what);
    snprintf(sentence, sizeof sentence, "%s%s%s", before, what, after);
    return wrong(p, at, sentence);
}

static fsnn_status unknown(const parser *p, const char *at, bool called)
{
    const char *known[PARSE_NAMES + FSNN_COUNT(functions)];
    char what[80], name[EQUATION_NAME + 1], list[512] = "", sentence[800];
    int count = 0, n = 0;
    for (int i = 0; i < FSNN_COUNT(functions); i++)
        known[count++] = functions[i].name;
    if (!called)
        for (int i = 0; i < p->count; i++)
            if (!p->names[i].where) {
                known[count++] = p->names[i].name;
                if (n < 400)
                    n += snprintf(list + n, sizeof list - (size_t)n, "%s%s", n ? ", " : "",
                                  p->names[i].name);
            }
    found(at, what, sizeof what);
    snprintf(name, sizeof name, "%.*s", (int)name_length(at), at);
    const char *near = fsnn_nearest(name, known, count);
    snprintf(sentence, sizeof sentence, "there is no %s %s%s%s%s; known are %s",
             called ? "function" : "name", what, near ? " (did you mean \"" : "", near ? near : "",
             near ? "\"?)" : "", called ? FUNCTIONS : list);
    return wrong(p, at, sentence);
}

/* ---- reading ---- */

static void skip(parser *p)
{
    while (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r'))
        p->at++;
}

static bool accept(parser *p, char c)
{
    skip(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

/* A number that came out of an operator must be one that a row can hold. */
static fsnn_status in_range(const parser *p, const char *at, int node)
{
    const graph_node *n = &p->g->node[node];
    if (n->kind != GRAPH_CONST || fabs(n->value) <= REAL_MAX)
        return FSNN_OK;
    return wrong_found(p, at, "",
                       isnan(n->value) ? " of these numbers is not a number"
                                       : " of these numbers is infinite, or beyond " REAL_MAX_TEXT);
}

static fsnn_status sum(parser *p, int *node);
static fsnn_status signed_power(parser *p, int *node);

static fsnn_status deeper(parser *p)
{
    if (++p->depth <= DEPTH)
        return FSNN_OK;
    return wrong_as(p, FSNN_EUNSUPPORTED, p->at,
                    "too many parentheses, signs or powers inside one another (60 is the most): a "
                    "simpler expression would do");
}

static fsnn_status number(parser *p, int *node)
{
    const char *start = p->at;
    char text[64], *end;
    size_t n = 0;
    while (is_digit(start[n]) || start[n] == '.')
        n++;
    if ((start[n] | 32) == 'e') {
        size_t sign = n + 1 + (start[n + 1] == '-' || start[n + 1] == '+');
        if (is_digit(start[sign]))
            for (n = sign; is_digit(start[n]); n++)
                ;
    }
    if (n >= sizeof text)
        return wrong(p, start,
                     "a number of more than 63 characters: 15 digits are all that counts");
    memcpy(text, start, n);
    text[n] = 0;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c)
        return fsnn_fail(FSNN_EMEMORY, "out of memory while reading the number %s", text);
    double value = strtod_l(text, &end, c);
    freelocale(c);
    if (end != text + n)
        return wrong_found(p, start + (end - text), "a number ends before ",
                           ": numbers are like 2, 0.5 or 1e-3");
    if (!(value <= REAL_MAX))
        return wrong(p, start,
                     "this number is too large: " REAL_NAME " precision ends at " REAL_MAX_TEXT);
    p->at += n;
    *node = graph_const(p->g, value);
    return FSNN_OK;
}

static fsnn_status arguments(parser *p, const char *name, const function *f, int *args)
{
    char sentence[200];
    int n = 0;
    bool more;
    do {
        FSNN_TRY(sum(p, &args[n++]));
        more = accept(p, ',');
    } while (more && n < f->arity);
    if (n < f->arity || more) {
        snprintf(sentence, sizeof sentence, "\"%s\" takes %s, here are %s", f->name,
                 f->arity == 1 ? "one argument" : "two arguments, like min(v, 1)",
                 more ? "more" : "fewer");
        return wrong(p, name, sentence);
    }
    if (!accept(p, ')'))
        return wrong_found(p, p->at, "found ", ", where a \")\" should close the arguments");
    return FSNN_OK;
}

static fsnn_status call(parser *p, const char *name, const function *f, int *node)
{
    int args[2] = {0};
    if (!accept(p, '(')) {
        char sentence[160];
        snprintf(sentence, sizeof sentence,
                 "\"%s\" is a function: its argument%s in parentheses, like %s", f->name,
                 f->arity == 1 ? " stands" : "s stand", f->arity == 1 ? "exp(v)" : "min(v, 1)");
        return wrong(p, name, sentence);
    }
    FSNN_TRY(arguments(p, name, f, args));
    *node = f->make ? f->make(p->g, args) : graph_call(p->g, f->call, args);
    return in_range(p, name, *node);
}

static fsnn_status variable(parser *p, const char *name, size_t length, int *node)
{
    char sentence[200];
    skip(p);
    bool called = *p->at == '(';
    for (int i = 0; i < p->count; i++) {
        const parse_name *n = &p->names[i];
        if (strlen(n->name) != length || memcmp(n->name, name, length) != 0)
            continue;
        if (called) {
            snprintf(sentence, sizeof sentence,
                     "\"%s\" is no function: a product is written %s*(...)", n->name, n->name);
            return wrong(p, name, sentence);
        }
        if (n->where) {
            snprintf(sentence, sizeof sentence, "\"%s\" is known in %s only", n->name, n->where);
            return wrong(p, name, sentence);
        }
        *node = n->leaf == PARSE_ZERO ? graph_const(p->g, 0) : graph_leaf(p->g, n->leaf);
        return FSNN_OK;
    }
    return unknown(p, name, called);
}

static fsnn_status atom(parser *p, int *node)
{
    skip(p);
    const char *start = p->at;
    if (is_digit(*start) || (*start == '.' && is_digit(start[1])))
        return number(p, node);
    if (is_letter(*start)) {
        size_t n = name_length(start);
        const function *f = function_of(start, n);
        p->at += n;
        return f ? call(p, start, f, node) : variable(p, start, n, node);
    }
    if (accept(p, '(')) {
        FSNN_TRY(sum(p, node));
        if (!accept(p, ')'))
            return wrong_found(p, p->at, "found ", ", where a \")\" should close the parenthesis");
        return FSNN_OK;
    }
    if (*start == '*' && start > p->text && start[-1] == '*')
        return wrong(p, start, "\"**\" is no operator here: a power is written v^2");
    return wrong_found(p, start, "found ", ", where a number, a name or \"(\" should stand");
}

static fsnn_status power(parser *p, int *node)
{
    FSNN_TRY(atom(p, node));
    skip(p);
    const char *at = p->at;
    if (!accept(p, '^'))
        return FSNN_OK;
    int exponent = 0;
    FSNN_TRY(signed_power(p, &exponent));
    *node = graph_power(p->g, *node, exponent);
    return in_range(p, at, *node);
}

static fsnn_status signed_power(parser *p, int *node)
{
    FSNN_TRY(deeper(p));
    if (accept(p, '-')) {
        FSNN_TRY(signed_power(p, node));
        *node = graph_sum(p->g, &(graph_term){-1, *node}, 1);
    } else if (accept(p, '+'))
        FSNN_TRY(signed_power(p, node));
    else
        FSNN_TRY(power(p, node));
    p->depth--;
    return FSNN_OK;
}

static fsnn_status product(parser *p, int *node)
{
    FSNN_TRY(signed_power(p, node));
    for (;;) {
        skip(p);
        const char *at = p->at;
        bool times = accept(p, '*');
        if (!times && !accept(p, '/'))
            return FSNN_OK;
        int right = 0;
        FSNN_TRY(signed_power(p, &right));
        if (!times && graph_is(p->g, right, 0))
            return wrong(p, at, "a division by zero");
        *node = graph_mul(p->g, *node, 1, right, times ? 1 : -1);
        FSNN_TRY(in_range(p, at, *node));
    }
}

static fsnn_status sum(parser *p, int *node)
{
    FSNN_TRY(product(p, node));
    for (;;) {
        skip(p);
        const char *at = p->at;
        bool plus = accept(p, '+');
        if (!plus && !accept(p, '-'))
            return FSNN_OK;
        int right = 0;
        FSNN_TRY(product(p, &right));
        *node = graph_add(p->g, 1, *node, plus ? 1 : -1, right);
        FSNN_TRY(in_range(p, at, *node));
    }
}

static fsnn_status rest(parser *p)
{
    skip(p);
    char c = *p->at;
    if (!c)
        return FSNN_OK;
    if (c == ')')
        return wrong(p, p->at, "a \")\" without a \"(\" before it");
    if (strchr("<>=!?&|", c))
        return wrong_found(p, p->at, "",
                           " compares: write step(v - 1), which is 1 from v = 1 on and 0 before");
    if (is_letter(c) || is_digit(c) || c == '(' || c == '.')
        return wrong_found(p, p->at, "found ",
                           ", where an operator should stand: a product is written 2*v");
    return wrong_found(p, p->at, "found ",
                       ", where an operator (+ - * / ^) or the end should stand");
}

fsnn_status parse_expression(graph *g, const char *key, const char *text, const parse_name *names,
                             int count, equation_place *place, int *node)
{
    parser p = {.g = g,
                .key = key,
                .text = text,
                .at = text,
                .names = names,
                .count = count,
                .place = place};
    *node = 0;
    if (strlen(text) > EQUATION_LENGTH)
        return wrong_as(&p, FSNN_EUNSUPPORTED, text + EQUATION_LENGTH,
                        "the expression goes on here: 2000 characters are the most");
    skip(&p);
    if (!*p.at)
        return wrong(&p, p.at, "there is no expression: write one like (-v + I)/tau");
    FSNN_TRY(sum(&p, node));
    return rest(&p);
}
