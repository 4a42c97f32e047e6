/* session/session.h: a session inside: what it holds, and its list of warnings. */
#ifndef FSNN_SESSION_SESSION_H
#define FSNN_SESSION_SESSION_H

#include "base/base.h"

#include <fsnn/session.h>

/* A growing list of texts. */
typedef struct session_texts {
    char **item;
    int64_t count, capacity;
} session_texts;

/* The best weights of the last training. */
typedef struct session_best {
    char *directory; /* of its run; NULL: it had none, then: */
    char *values;    /* [bytes] of all parameters, one behind the other, where they are `known` */
    size_t bytes;
    bool known;
} session_best;

struct fsnn_session {
    char *path; /* of the description */
    /* of the run that it was opened to go on with, without a change: the text lies there */
    bool unchanged;
    char **set; /* [sets] its overrides */
    int sets;
    char *goes_on; /* directory of the run that it was opened to go on with, or NULL */
    fsnn_description *description;
    fsnn_net *net;
    fsnn_training training;
    fsnn_dynamics dynamics; /* as wrapped; its orders belong to the description */
    bool wrapped;
    fsnn_plan plan;              /* of the last wrap */
    fsnn_data *own[FSNN_PARTS];  /* that the description opened */
    fsnn_data *data[FSNN_PARTS]; /* those, or the caller's */
    bool looked[FSNN_PARTS];     /* whether the description has them is known */
    bool noted[FSNN_PARTS];      /* the net's weights say that they were made with them */
    fsnn_loader *loader[FSNN_PARTS];
    bool in_order; /* the training set's loader */
    bool encoded;  /* by `encoder`, in place of the description's */
    fsnn_encoder encoder;
    bool augmented; /* likewise, by `augment` */
    fsnn_augment augment;
    fsnn_products products; /* of evaluations and runs */
    bool checked;           /* wrapped for a training that could begin */
    session_best best;
    fsnn_user neuron; /* of the layer that was made a simulation last, and its order */
    fsnn_order order;
    session_texts remark[FSNN_TOPICS]; /* warnings of the session's own */
    session_texts kept;                /* parameters that weights left as they were set */
};

/* session/data.c: FSNN_EARGUMENT for a number that is no part. */
fsnn_status session_need_part(fsnn_part part);

fsnn_status session_texts_add(session_texts *texts, const char *format, ...) FSNN_PRINTF(2, 3);
void session_texts_free(session_texts *texts);

/* session/run_files.c: "DIR/name" (fsnn_free) where that is there, else *path is NULL. */
fsnn_status session_inside(const char *directory, const char *name, char **path);

/* "12.3 MiB" */
enum { SESSION_BYTES = 32 };
const char *session_bytes(char text[SESSION_BYTES], double bytes);

/* session/run_split.c: how the validation set of the run that the session belongs to was drawn.
 * `run` is its directory; share 0: there is no run, or it had none. */
fsnn_status session_run_split(const char *run, fsnn_holdout *split);
/* The directory of the run that a path "DIR/description.yaml" belongs to (fsnn_free), or NULL. */
fsnn_status session_run_of(const char *description, char **directory);
/* Says that another validation set is drawn than the run's: an error to `go_on` with it, or else a
 * warning. */
fsnn_status session_other_split(fsnn_session *s, const char *run, const fsnn_holdout *was,
                                bool go_on);

/* session/wrap.c: whether there are such products here; else training.precision is at fault. */
fsnn_status session_check_products(const fsnn_session *s, fsnn_products products);

/* session/train.c: `status` of a training or an evaluation that was refused; where an option or a
 * layer of the description is at fault, with its place. */
fsnn_status session_refused(const fsnn_session *s, fsnn_status status);

/* session/best.c: what a training tells of its best epoch: it begins, into a run or NULL; the
 * network has the best weights by now; nothing is known any more. */
fsnn_status session_best_begin(fsnn_session *s, const fsnn_run *run);
void session_best_keep(fsnn_session *s);
void session_best_forget(fsnn_session *s);

/* session/weights.c: weights of a file into the wrapped network. */
fsnn_status session_load(fsnn_session *s, const char *file);

#endif
