/* Conditions of an evaluation as texts: "noise=0.1:0.2,jitter=2". */
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 256 };

/* What is read of one text. */
typedef struct reading {
    const char *text;
    int before, count; /* conditions of texts before, and of this one by now */
    fsnn_condition item[MOST];
} reading;

static fsnn_status wrong(const reading *r, const char *at)
{
    return fsnn_fail(FSNN_EARGUMENT,
                     "perturb takes KIND=AMOUNT, several with commas between them, several amounts "
                     "with colons, like noise=0.1:0.2,jitter=2; wrong is \"%s\" in \"%s\"",
                     at, r->text);
}

static fsnn_status too_many(void)
{
    return fsnn_fail(FSNN_EARGUMENT, "perturb: at most %d combinations can be evaluated", MOST);
}

/* Every condition of the text once for each amount of "0.1:0.2". */
static fsnn_status multiply(reading *r, int kind, const char *amounts, fsnn_condition *old)
{
    int before = r->count;
    memcpy(old, r->item, (size_t)before * sizeof *old);
    r->count = 0;
    for (const char *at = amounts;; at++) {
        char *end;
        double amount = strtod(at, &end);
        const fsnn_perturbation p = {(fsnn_perturb_kind)kind, amount};
        if (end == at || (*end && *end != ':'))
            return wrong(r, at);
        fsnn_status status = fsnn_perturb_check(&p);
        if (status < 0)
            return fsnn_fail(status, "perturb %s: %s", r->text, fsnn_error_text());
        if (r->before + r->count + before > MOST)
            return too_many();
        for (int i = 0; i < before; i++) {
            fsnn_condition *fresh = &r->item[r->count++];
            *fresh = old[i];
            fresh->item[fresh->items++] = p;
        }
        at = end;
        if (!*at)
            return FSNN_OK;
    }
}

/* "noise=0.1:0.2" */
static fsnn_status read_part(reading *r, char *part, bool seen[FSNN_PERTURBS])
{
    char *equals = strchr(part, '=');
    if (!equals)
        return wrong(r, part);
    *equals = 0;
    int kind = fsnn_perturb_find(part);
    if (kind < 0)
        return fsnn_fail(FSNN_EARGUMENT, "perturb %s: %s", r->text, fsnn_error_text());
    if (seen[kind])
        return fsnn_fail(FSNN_EARGUMENT, "perturb %s: %s is given twice", r->text, part);
    seen[kind] = true;
    fsnn_condition *old = fsnn_alloc(MOST * sizeof *old);
    fsnn_status status = old ? multiply(r, kind, equals + 1, old) : FSNN_EMEMORY;
    fsnn_free(old);
    return status;
}

static fsnn_status read_text(reading *r, char *copy, int sweep)
{
    bool seen[FSNN_PERTURBS] = {false};
    if (r->before == MOST)
        return too_many();
    r->item[r->count++] = (fsnn_condition){.sweep = sweep};
    for (char *at = copy; *at;) {
        size_t length = strcspn(at, ",");
        char *next = at + length + (at[length] == ',');
        at[length] = 0;
        if (length)
            FSNN_TRY(read_part(r, at, seen));
        at = next;
    }
    return r->item[0].items ? FSNN_OK : wrong(r, r->text);
}

static fsnn_status append(const reading *r, fsnn_condition **list, int *count)
{
    size_t had = (size_t)*count, fresh = (size_t)r->count;
    fsnn_condition *longer = fsnn_alloc((had + fresh) * sizeof *longer);
    if (!longer)
        return FSNN_EMEMORY;
    if (had)
        memcpy(longer, *list, had * sizeof *longer);
    memcpy(longer + had, r->item, fresh * sizeof *longer);
    free(*list);
    *list = longer;
    *count += r->count;
    return FSNN_OK;
}

fsnn_status fsnn_conditions_read(const char *text, int sweep, fsnn_condition **list, int *count)
{
    FSNN_NEED(text);
    FSNN_NEED(list);
    FSNN_NEED(count);
    if (*count < 0 || (*count > 0 && !*list))
        return fsnn_fail(FSNN_EARGUMENT, "there are %d conditions, but no list of them", *count);
    reading *r = fsnn_alloc(sizeof *r);
    char *copy = fsnn_strdup(text);
    fsnn_status status = FSNN_EMEMORY;
    if (r && copy) {
        r->text = text;
        r->before = *list ? *count : 0;
        status = read_text(r, copy, sweep);
    }
    if (status >= 0)
        status = append(r, list, count);
    fsnn_free(r);
    fsnn_free(copy);
    return status;
}

fsnn_status fsnn_session_check_conditions(const fsnn_session *session, const fsnn_condition *list,
                                          int count)
{
    FSNN_NEED(session);
    if (count < 0 || (count > 0 && !list))
        return fsnn_fail(FSNN_EARGUMENT, "there are %d conditions, but no list of them", count);
    for (int i = 0; i < count; i++)
        FSNN_TRY(fsnn_description_perturb(session->description, list[i].item, list[i].items, 0));
    return fsnn_description_perturb(session->description, NULL, 0, 0);
}
