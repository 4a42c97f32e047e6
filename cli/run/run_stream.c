/* cli/run/run_stream.c: fsnn run --stream: steps from standard input, answers on standard output,
 * one for each step and flushed at once. Nothing is read ahead of what is answered but what stands
 * in the buffer of standard input, and a reader who is slow makes the stream wait. */
#include "cli/run/run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One step of one sample, in the numbers of the network's precision. */
typedef struct stream {
    fsnn_net *net;
    bool wide; /* double precision */
    int64_t in, out, step;
    void *x;         /* [in] */
    char *line;      /* text: as it was read, ended */
    size_t capacity; /* of it, with the end */
    const void *y;   /* [out] */
} stream;

/* What a reader has found. */
typedef enum got { GOT_STEP, GOT_END, GOT_ERROR } got;

typedef struct stream_form {
    const char *name;
    got (*read)(stream *s);
    void (*write)(const stream *s);
} stream_form;

static size_t size_of(const stream *s)
{
    return s->wide ? sizeof(double) : sizeof(float);
}

static void set(stream *s, int64_t i, double value)
{
    if (s->wide)
        ((double *)s->x)[i] = value;
    else
        ((float *)s->x)[i] = (float)value;
}

static double output(const stream *s, int64_t i)
{
    return s->wide ? ((const double *)s->y)[i] : (double)((const float *)s->y)[i];
}

static FSNN_PRINTF(2, 3) got refuse(const stream *s, const char *format, ...)
{
    char what[256];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    cli_error(CLI_FAILED, "standard input, step %lld: %s", (long long)s->step + 1, what);
    return GOT_ERROR;
}

static got input_failed(const stream *s)
{
    return refuse(s, "it cannot be read: %s", strerror(errno));
}

/* ---- lines ---- */

static got read_line(stream *s)
{
    size_t length = 0;
    int c;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
        if (c == 0)
            return refuse(s, "there is a byte 0 in the line: this is no text; --stream raw reads "
                             "binary numbers");
        if (length + 1 == s->capacity)
            return refuse(s, "the line is longer than %zu bytes: a step has %lld numbers",
                          s->capacity - 1, (long long)s->in);
        s->line[length++] = (char)c;
    }
    s->line[length] = 0;
    if (c == EOF && ferror(stdin))
        return input_failed(s);
    return c == EOF && length == 0 ? GOT_END : GOT_STEP;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* The number at *at, which goes behind it. */
static bool read_number(const stream *s, const char **at, double *value)
{
    char *end;
    *value = s->wide ? strtod(*at, &end) : (double)strtof(*at, &end);
    bool good = end != *at;
    *at = end;
    return good;
}

static got no_number(const stream *s, const char *at)
{
    return refuse(s, "\"%.*s\" is no number",
                  (int)strcspn(at, " \t\r,:") + (strchr(",:", *at) != 0), at);
}

static got read_numbers(stream *s)
{
    got line = read_line(s);
    int64_t count = 0;
    if (line != GOT_STEP)
        return line;
    for (const char *at = skip_blanks(s->line); *at;) {
        double value;
        const char *word = at;
        if (!read_number(s, &at, &value) || !strchr(" \t\r,", *at))
            return no_number(s, word);
        if (!isfinite(value))
            return refuse(s, "number %lld is %g: numbers are finite", (long long)count + 1, value);
        if (count < s->in)
            set(s, count, value);
        count++;
        at = skip_blanks(at);
        if (*at == ',')
            at = skip_blanks(at + 1);
    }
    if (count != s->in)
        return refuse(s, "the line has %lld number%s: a step has %lld", (long long)count,
                      count == 1 ? "" : "s", (long long)s->in);
    return GOT_STEP;
}

static void write_number(const stream *s, const char *gap, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%s%.*g", gap, s->wide ? 17 : 9, value);
    fputs(text, stdout);
}

static void write_numbers(const stream *s)
{
    for (int64_t i = 0; i < s->out; i++)
        write_number(s, i ? " " : "", output(s, i));
    putchar('\n');
}

/* ---- events: the elements that are not 0, INDEX or INDEX:VALUE ---- */

static bool is_set(const stream *s, int64_t i)
{
    return s->wide ? ((const double *)s->x)[i] != 0 : ((const float *)s->x)[i] != 0;
}

/* The event at *at, which goes behind it and the blanks there. */
static got read_event(stream *s, const char **at)
{
    char *end;
    const char *word = *at;
    errno = 0;
    long long i = strtoll(word, &end, 10);
    double value = 1;
    if (end == word || !strchr(" \t\r,:", *end))
        return refuse(s, "\"%.*s\" is no event: INDEX, or INDEX:VALUE",
                      (int)strcspn(word, " \t\r,"), word);
    if (errno || i < 0 || i >= s->in)
        return refuse(s, "there is no element %.*s: they are 0 to %lld", (int)(end - word), word,
                      (long long)s->in - 1);
    *at = end;
    if (*end == ':') {
        const char *number = ++*at;
        if (!read_number(s, at, &value) || !strchr(" \t\r,", **at))
            return no_number(s, number);
    }
    if (!isfinite(value))
        return refuse(s, "element %lld is %g: numbers are finite", i, value);
    if (is_set(s, i))
        return refuse(s, "element %lld is there twice", i);
    set(s, i, value);
    *at = skip_blanks(*at);
    if (**at == ',')
        *at = skip_blanks(*at + 1);
    return GOT_STEP;
}

static got read_events(stream *s)
{
    got found = read_line(s);
    memset(s->x, 0, (size_t)s->in * size_of(s));
    if (found != GOT_STEP)
        return found;
    for (const char *at = skip_blanks(s->line); *at && found == GOT_STEP;)
        found = read_event(s, &at);
    return found;
}

static void write_events(const stream *s)
{
    const char *gap = "";
    for (int64_t i = 0; i < s->out; i++) {
        double y = output(s, i);
        if (y == 0)
            continue;
        char text[32];
        snprintf(text, sizeof text, "%s%lld", gap, (long long)i);
        fputs(text, stdout);
        if (y != 1)
            write_number(s, ":", y);
        gap = " ";
    }
    putchar('\n');
}

/* ---- raw: numbers of the machine, float32, or float64 in double precision ---- */

static got read_raw(stream *s)
{
    size_t bytes = (size_t)s->in * size_of(s), count = fread(s->x, 1, bytes, stdin);
    if (ferror(stdin))
        return input_failed(s);
    if (count == 0)
        return GOT_END;
    if (count < bytes)
        return refuse(s,
                      "the input ends within a step: %zu of its %zu bytes (%lld numbers of "
                      "float%zu) are there",
                      count, bytes, (long long)s->in, 8 * size_of(s));
    for (int64_t i = 0; i < s->in; i++) {
        double value = s->wide ? ((double *)s->x)[i] : (double)((float *)s->x)[i];
        if (!isfinite(value))
            return refuse(s, "number %lld is %g: numbers are finite", (long long)i + 1, value);
    }
    return GOT_STEP;
}

static void write_raw(const stream *s)
{
    fwrite(s->y, size_of(s), (size_t)s->out, stdout);
}

/* ---- the stream ---- */

static const stream_form forms[] = {
    {"numbers", read_numbers, write_numbers},
    {"events", read_events, write_events},
    {"raw", read_raw, write_raw},
};

static const stream_form *find(const char *name)
{
    for (int i = 0; i < CLI_COUNT(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

int run_stream_check(const run_options *o)
{
    const struct {
        const char *name;
        bool given;
    } other[] = {{"input", o->input},      {"output", o->output}, {"record", o->record},
                 {"target", o->target},    {"loss", o->loss},     {"grads", o->grads},
                 {"chunk", o->chunk.given}};
    if (!find(o->stream))
        return cli_error(CLI_USAGE, "--stream %s: it is numbers, events or raw", o->stream);
    for (int i = 0; i < CLI_COUNT(other); i++)
        if (other[i].given)
            return cli_error(CLI_USAGE,
                             "--stream reads standard input and writes standard output, step by "
                             "step: leave --%s out",
                             other[i].name);
    return CLI_GOOD;
}

static int check_description(const run_work *w)
{
    int64_t times = 0;
    fsnn_description_times(w->model.description, &times);
    if (times)
        return cli_error(CLI_USAGE,
                         "%s: dynamics.times are stamps of a whole recording: a stream "
                         "has one step after the other, so leave them out",
                         w->o->common.operand[0]);
    return CLI_GOOD;
}

/* What makes steps slower and slower is said before the first. */
static void warn_of_memory(const run_work *w)
{
    const fsnn_dynamics *d = fsnn_session_dynamics(w->model.session);
    bool fractional = false;
    for (int i = 0; i < d->orders && d->integrator == FSNN_FDEINT; i++)
        fractional = fractional || d->order[i].terms > 1 || d->order[i].alpha[0] != 1;
    if (fractional && d->memory == 0 && d->tolerance == 0)
        cli_warn("the memory is full: each step takes longer than the one before, and the history "
                 "grows; --set dynamics.memory.tolerance=1e-4, or dynamics.memory=64, keeps both "
                 "constant");
}

static int open_stream(run_work *w, stream *s)
{
    enum { DIGITS = 64 }; /* bytes of a line for each number */
    fsnn_shape in, out;
    int code = cli_model_wrap(&w->model, &(fsnn_plan){.steps = 1, .batch = 1, .stream = true},
                              FSNN_HORIZON);
    if (code != CLI_GOOD)
        return code;
    fsnn_status status = fsnn_session_shapes(w->model.session, &in, &out);
    if (status < 0)
        return cli_fail_description(status);
    *s = (stream){.net = w->model.net,
                  .wide = fsnn_net_precision(w->model.net) == FSNN_PRECISION_DOUBLE,
                  .in = fsnn_shape_count(&in),
                  .out = fsnn_shape_count(&out)};
    s->capacity = (size_t)s->in * DIGITS + 256;
    s->line = cli_allocate(s->capacity, 1);
    s->x = cli_allocate((size_t)s->in, size_of(s));
    cli_model_warnings(&w->model);
    warn_of_memory(w);
    return CLI_GOOD;
}

static fsnn_status forward(stream *s)
{
    const float *single = NULL;
    const double *two = NULL;
    fsnn_status status = s->wide ? fsnn_net_forward_double(s->net, s->x, &two)
                                 : fsnn_net_forward(s->net, s->x, &single);
    s->y = s->wide ? (const void *)two : single;
    return status;
}

static int feed(stream *s, const stream_form *form)
{
    got found;
    while ((found = form->read(s)) == GOT_STEP) {
        if (forward(s) < 0)
            return cli_error(CLI_FAILED, "standard input, step %lld: %s", (long long)s->step + 1,
                             fsnn_error_text());
        form->write(s);
        if (fflush(stdout) != 0)
            return cli_error(CLI_FAILED, "standard output, step %lld: %s", (long long)s->step + 1,
                             strerror(errno));
        s->step++;
    }
    return found == GOT_END ? CLI_GOOD : CLI_FAILED;
}

int run_stream(run_work *w)
{
    stream s = {0};
    int code = check_description(w);
    if (code == CLI_GOOD)
        code = open_stream(w, &s);
    if (code == CLI_GOOD)
        code = feed(&s, find(w->o->stream));
    free(s.line);
    free(s.x);
    return code;
}
