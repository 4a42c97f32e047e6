/* base/error_key.h: beside the sentence of the last error of a thread, what it is about: a key of
 * the options that were given ("bands", "split.train"), or a node of a network. Descriptions know
 * where these stand. A new error, by fsnn_fail, is about nothing. */
#ifndef FSNN_ERROR_KEY_H
#define FSNN_ERROR_KEY_H

#include "base/base.h"

/* What the last error is about; "" where it did not say. Valid until the next error. */
const char *fsnn_error_key(void);
/* What a user's function says of its failure: the sentence that it set (fsnn_error_set) in this
 * thread since fsnn_errors_said was asked; "" where it set none. */
uint64_t fsnn_errors_said(void);
const char *fsnn_error_since(uint64_t before);
/* Says it of the last error; returns `status`. */
fsnn_status fsnn_error_set_key(fsnn_status status, const char *key);

/* Says, where `status` is a failure, that what it is about lies in `group`: "bands" becomes
 * "front.bands", nothing "front". Returns `status`. */
fsnn_status fsnn_fail_in(fsnn_status status, const char *group);

/* Says of the last error in which file its fault lies, at which key there ("layers[1].lif.tau");
 * line and column 0: not known. Returns `status`. */
fsnn_status fsnn_error_set_place(fsnn_status status, const char *file, int line, int column,
                                 const char *key);

/* What the last error was before it became one of a description. */
void fsnn_error_set_cause(fsnn_status cause);

/* The last error, kept over clean-up that may fail too: the first one is what is told. */
typedef struct fsnn_error {
    char text[2048], key[256];
    char file[1024], where[256]; /* of its place */
    int line, column;
    fsnn_status cause; /* fsnn_place */
} fsnn_error;
void fsnn_error_keep(fsnn_error *error);
void fsnn_error_restore(const fsnn_error *error);
/* Of work that ended with `status` and the error that was kept then, and of what had to be undone
 * after it: the first failure, with its sentence the last error. */
fsnn_status fsnn_error_first(fsnn_status status, const fsnn_error *kept, fsnn_status undone);

/* fsnn_fail with a key: return fsnn_fail_key(FSNN_EARGUMENT, "bands", "...", ...) */
#define fsnn_fail_key(status, key, ...)                                                            \
    fsnn_failed((status), fsnn_error_set_key(fsnn_error_set((status), __VA_ARGS__), (key)))

#endif
