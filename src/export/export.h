/* export/export.h: a wrapped network printed as C (fsnn/export.h).
 *
 * A job walks the steps of the network, as lowering has left them, and prints each by the row of
 * its kind (table.c; a kind is one file export/layer_NAME.c). What a layer prints:
 *
 *   tables     constants: weights, parameters, weights of the past
 *   layers     a function, where a call of a part is not enough
 *   state      members of struct net_state, all numbers of 32 bits
 *   step       its lines of net_step
 *   advance    lines at the end of net_step
 *   reset      its lines of net_reset (the state is zeroed before)
 *
 * Parts are functions that many networks share, C text in export/parts/NAME.part, which the build
 * turns into strings; a part is printed where a layer asks for it. Numbers are those of single
 * precision, and sums go in the order in which the library's scan takes them. */
#ifndef FSNN_EXPORT_INSIDE_H
#define FSNN_EXPORT_INSIDE_H

#include "export/text.h"
#include "integer/integer.h"
#include "net/net.h"
#include <fsnn/export.h>
#include <fsnn/integer.h>

/* ---- parts ---- */

typedef struct code_part {
    const char *name, *text;
} code_part;
extern const code_part code_parts[]; /* in the order in which they are printed; name NULL ends */
enum { CODE_PARTS = 64 };

/* ---- the job ---- */

enum { CODE_NAME = 48, CODE_TABLES_MOST = 4096 };

/* A table of numbers that is printed already. */
typedef struct code_table {
    char name[CODE_NAME];
    const char *type; /* of its numbers, as C has it */
    void *value;      /* [count] of 4 bytes */
    int64_t count;
} code_table;

/* The types of a network's numbers, as C has them. */
typedef struct code_types {
    const char *number, *input;
} code_types;

typedef struct code_job {
    const fsnn_net *net;
    const fsnn_export_options *options;
    const fsnn_integer *integer; /* NULL: the C computes in single precision */
    fsnn_integer *own;           /* the same, where they were made here */
    code_types types;
    code_text tables, layers, state, step, advance, reset, memory, costs;
    code_text compared; /* lines of the report: integers beside single precision */
    bool part[CODE_PARTS];
    code_table **table; /* [table_count]; names of tables stay where they are */
    int64_t table_count, table_capacity;
    int *root;            /* [values] whose memory a value is */
    int64_t *place;       /* [values] of roots in net_state.work, numbers; -1: none */
    int64_t work;         /* numbers of it */
    int64_t numbers;      /* of the state */
    int64_t flash;        /* bytes of tables */
    double multiply_adds; /* of a step */
    int layers_seen;      /* neuron layers so far */
    int lanes;            /* NET_LANES: what their numbers of neurons want */
    bool failed;          /* out of memory */
} code_job;

/* How a kind of step is printed: step s of the network. */
typedef struct code_kind {
    const char *kind;
    fsnn_status (*print)(code_job *j, const net_step *s);
} code_kind;

/* The row of a step; NULL: it cannot be exported. */
const code_kind *code_kind_of(const net_step *s);
/* What would do in place of a kind that has no C; NULL: nothing is known. */
const char *code_kind_instead(const char *kind);
/* "linear, conv1d, ..." for sentences. */
void code_kinds_text(code_text *t);

fsnn_status code_print_linear(code_job *j, const net_step *s);
fsnn_status code_print_conv(code_job *j, const net_step *s);
fsnn_status code_print_transposed(code_job *j, const net_step *s);
fsnn_status code_print_pool(code_job *j, const net_step *s);
fsnn_status code_print_view(code_job *j, const net_step *s);
fsnn_status code_print_copy(code_job *j, const net_step *s);
fsnn_status code_print_turn(code_job *j, const net_step *s);
fsnn_status code_print_add(code_job *j, const net_step *s);
fsnn_status code_print_concat(code_job *j, const net_step *s);
fsnn_status code_print_batchnorm(code_job *j, const net_step *s);
fsnn_status code_print_scale(code_job *j, const net_step *s);
fsnn_status code_print_voting(code_job *j, const net_step *s);
fsnn_status code_print_upsample(code_job *j, const net_step *s);
fsnn_status code_print_delay(code_job *j, const net_step *s);
fsnn_status code_print_put(code_job *j, const net_step *s);
fsnn_status code_print_learned_delay(code_job *j, const net_step *s);
fsnn_status code_print_delayed_linear(code_job *j, const net_step *s);
fsnn_status code_print_neuron(code_job *j, const net_step *s);

/* Step t of a network in integers, in the same way; FSNN_EMEMORY. */
fsnn_status code_print_integer(code_job *j, const integer_step *t);

/* FSNN_EUNSUPPORTED: `node "name" cannot become C: ` and the sentence. */
fsnn_status code_refuse(const net_step *s, const char *format, ...) FSNN_PRINTF(2, 3);

/* ---- what layers ask for ---- */

void code_use(code_job *j, const char *part);
/* The part that sums weighted rows of so many neurons (parts/weigh.part). */
void code_use_weigh(code_job *j, int64_t neurons);
/* Where input k and the output of a step lie, as C: "s->work + 12", "in". */
typedef struct code_place {
    char text[48];
} code_place;
code_place code_in(const code_job *j, const net_step *s, int k);
code_place code_out(const code_job *j, const net_step *s);
code_place code_place_of(const code_job *j, int value);
/* The number of a step, for names: step_3. */
int code_number(const code_job *j, const net_step *s);
/* A table of `count` numbers; its name, which is that of an equal table if there is one. */
const char *code_floats(code_job *j, const char *what, int number, const float *value,
                        int64_t count);
/* The same of whole numbers of `type`, "int32_t", "int8_t", "uint16_t" or "uint32_t". */
const char *code_integers(code_job *j, const char *type, const char *what, int number,
                          const int32_t *value, int64_t count);
/* The constant window_NUMBER. */
void code_print_window(code_job *j, int number, const net_window *w);
/* A number as C: "0.5f", "(-1e-06f)". */
typedef struct code_literal {
    char text[40];
} code_literal;
code_literal code_float(float x);
code_literal code_double(double x); /* "0.5", "1e-06" */
/* An array of the state of `count` numbers of `type`, 32 bits each. */
void code_state(code_job *j, const char *type, const char *what, int number, int64_t count);
/* A number of the state that counts steps. */
void code_counter(code_job *j, const char *type, const char *what, int number);
/* The past of a delay, [depth][count] numbers of the state; the line that adds input 0 to it. */
void code_delay_past(code_job *j, int number, int64_t depth, int64_t count);
void code_delay_put(code_job *j, const net_step *s, int number, int64_t depth, int64_t count);
/* Values of parameter p of a node. */
const float *code_param(const code_job *j, const net_step *s, int p);

/* ---- pieces of the job ---- */

fsnn_status code_place_values(code_job *j);
fsnn_status code_write_source(const code_job *j, const char *directory);
/* And, of integers, j->compared. */
fsnn_status code_write_test(code_job *j, const char *directory);
fsnn_status code_write_report(const code_job *j, const char *directory);
fsnn_status code_write_build(const code_job *j, const char *directory);
/* NET_STATE_BYTES. */
long long code_state_bytes(const code_job *j, bool events);
/* A whole file. */
fsnn_status code_write_file(const char *directory, const char *name, const code_text *t);

#endif
