/* data/store_later.h: samples that stay in their file until they are needed. Whoever reads
 * store->values calls store_need before. */
#ifndef FSNN_STORE_LATER_H
#define FSNN_STORE_LATER_H

#include "base/port_files.h"
#include "data/store.h"

typedef struct store_later {
    struct port_monitor *monitor; /* for one that reads: */
    atomic_bool there;
    store_reader *read;
    char *path, *name, *what; /* the file, the array in it or NULL; how its sentences begin */
    char *real;               /* the path from the root: the program may go to another folder */
    fsnn_status fault;
    fsnn_array promised; /* type and shape */
    port_about about;    /* the file as it was */
} store_later;

/* What an array of this type is kept as. */
static inline fsnn_dtype store_kept(fsnn_dtype dtype)
{
    return dtype == FSNN_U8 || dtype == FSNN_BOOL ? FSNN_U8 : FSNN_F32;
}

/* The samples of the source come later. FSNN_EMEMORY. */
fsnn_status store_leave(const store_source *source, store *s);
/* Reads them; what several threads ask for is read once. Errors: those of the reader;
 * FSNN_EFORMAT where the file is another by now. */
fsnn_status store_read(store *s);
void store_forget(store_later *later);

/* The values of the store are there behind this. */
static inline fsnn_status store_need(store *s)
{
    return !s->later || atomic_load(&s->later->there) ? FSNN_OK : store_read(s);
}

#endif
