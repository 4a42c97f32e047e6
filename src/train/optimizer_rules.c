/* Which parameters learn, and how fast: the rules of an optimiser's options on the names of a
 * net. */
#include "train/optimizer.h"

#include "base/error_key.h"

#include <math.h>
#include <string.h>

static const char parameters[] = "optimizer.parameters"; /* the key of all rules */

/* `*` any letters, `?` one. */
static bool fits(const char *pattern, const char *name)
{
    if (*pattern == '*')
        return fits(pattern + 1, name) || (*name && fits(pattern, name + 1));
    if (!*pattern || !*name)
        return *pattern == *name;
    return (*pattern == '?' || *pattern == *name) && fits(pattern + 1, name + 1);
}

bool optimizer_pattern_fits(const char *pattern, const char *name)
{
    return fits(pattern, name);
}

/* A layer stands for all its parameters. */
static bool rule_fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    return fits(pattern, name) || (strncmp(pattern, name, length) == 0 && name[length] == '.');
}

double optimizer_rate(const fsnn_optimizer_options *options, const fsnn_param *param)
{
    double rate = 1;
    for (int i = 0; i < options->rules; i++)
        if (rule_fits(options->rule[i].pattern, param->name))
            rate = options->rule[i].learn ? options->rule[i].lr : 0;
    return param->learn ? rate : 0;
}

/* The longest beginning that a name has in common with the pattern tells which are near. */
static size_t common(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

static fsnn_status nothing_fits(const fsnn_net *net, const char *pattern)
{
    const char *nearest = NULL;
    size_t most = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const char *name = fsnn_net_param(net, i)->name;
        size_t n = common(pattern, name);
        if (!nearest || n > most) {
            nearest = name;
            most = n;
        }
    }
    return fsnn_fail_in(fsnn_fail_key(FSNN_EARGUMENT, pattern,
                                      "no parameter of the network fits \"%s\"; the nearest is "
                                      "\"%s\", and * stands for any letters",
                                      pattern, nearest ? nearest : "none"),
                        parameters);
}

static bool any_fits(const fsnn_net *net, const char *pattern)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        if (rule_fits(pattern, fsnn_net_param(net, i)->name))
            return true;
    return false;
}

static bool any_learns(const fsnn_net *net, const fsnn_optimizer_options *options)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        if (optimizer_rate(options, fsnn_net_param(net, i)) > 0)
            return true;
    return false;
}

fsnn_status optimizer_check_rules(const fsnn_net *net, const fsnn_optimizer_options *o)
{
    if (o->rules < 0 || o->rules > FSNN_PARAM_RULES)
        return fsnn_fail(FSNN_EARGUMENT, "an optimiser with %d rules of parameters: at most %d",
                         o->rules, FSNN_PARAM_RULES);
    for (int i = 0; i < o->rules; i++) {
        const fsnn_param_rule *rule = &o->rule[i];
        if (!rule->pattern || !(rule->lr >= 0 && isfinite(rule->lr)))
            return fsnn_fail_key(
                FSNN_EARGUMENT, parameters,
                "rule %d of the parameters needs a pattern and a factor that is not "
                "negative (it is %g)",
                i, rule->lr);
        if (!any_fits(net, rule->pattern))
            return nothing_fits(net, rule->pattern);
    }
    if (o->rules && !any_learns(net, o))
        return fsnn_fail_key(FSNN_EARGUMENT, parameters,
                             "the rules leave no parameter that learns: at least one needs "
                             "`learn: true` and lr above 0");
    return FSNN_OK;
}

void optimizer_clear_fixed(const fsnn_net *net, const fsnn_optimizer_options *options)
{
    for (int i = 0; i < fsnn_net_param_count(net) && options->rules; i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        size_t count = (size_t)fsnn_shape_count(&p->shape);
        if (!p->learn || optimizer_rate(options, p) > 0)
            continue;
        if (p->grad64)
            memset(p->grad64, 0, count * sizeof *p->grad64);
        else if (p->grad)
            memset(p->grad, 0, count * sizeof *p->grad);
    }
}
