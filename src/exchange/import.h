/* exchange/import.h: a NIR graph on its way to a description: lines of layers, and the values that
 * parameters of the network get. */
#ifndef FSNN_EXCHANGE_IMPORT_H
#define FSNN_EXCHANGE_IMPORT_H

#include "exchange/nir.h"

/* Values of a parameter of the network. */
typedef struct setting {
    char *param;   /* "fc1.weight" */
    double *value; /* [count] */
    int64_t count;
} setting;

typedef struct importer {
    fsnn_nir *nir;
    fsnn_nir_import_options options;
    text layers;
    char **name;       /* [nodes] of the layer with a node's output */
    const char **late; /* [nodes] of the layer that delays it, NULL: none does */
    texts used;        /* names that layers have */
    setting *setting;
    int settings;
    int64_t setting_capacity;
    fsnn_status failed; /* the first error, which has set its sentence */
} importer;

/* ---- names (import_names.c) ---- */

/* Names for all nodes, from theirs. */
fsnn_status import_name_all(importer *im);
/* A name of a further layer, "BASE_WORD" or like it, that nobody has; belongs to the importer. */
const char *import_name(importer *im, int node, const char *word);
/* The layer whose output is a node's: of a node that only hands on, that of its source. */
const char *import_value(const importer *im, int node);
/* Whether a node hands on what it gets and is no layer. */
bool import_is_alias(const importer *im, int node);

/* ---- what a node becomes (import_layers.c, import_neurons.c) ---- */

/* A layer's line: "- KIND: {name: NAME, from: FROM" without its end; keys follow, then
 * import_end. */
void import_begin(importer *im, const char *kind, const char *name, const char *from);
void import_end(importer *im);
/* Takes `value` [count] (fsnn_alloc), NULL when memory is out. */
void import_set(importer *im, const char *name, const char *param, double *value, int64_t count);
/* The values of a field, one for each of `count`. */
double *import_values(importer *im, int node, const char *field, int64_t count);
/* "VALUE", or "{value: [...], per: neuron}" where they differ; frees `value`. */
void import_number(importer *im, double *value, int64_t count);
/* ", KEY: VALUE" or, likewise. */
void import_parameter(importer *im, const char *key, double *value, int64_t count);

typedef void import_fn(importer *im, int node, const char *from);
import_fn import_i, import_if, import_li, import_lif, import_cubali, import_cubalif,
    import_threshold;

/* A remark where the file's numbers are in double precision and the network's in single: how many
 * of them are not the same. */
fsnn_status import_remark_rounded(importer *im);

/* Remarks where the metadata of a neuron say what the graph does not. */
fsnn_status import_remark_metadata(importer *im);

/* The description of an import, as import.c writes it, in JSON. FSNN_EMEMORY. */
fsnn_status import_to_json(const char *yaml, text *out);

/* The description and network that the file was exported from, where nobody changed it since:
 * *done. FSNN_EMEMORY. */
fsnn_status import_restore(fsnn_nir *nir, char **text, fsnn_net **net, bool *done);

/* Layers of all nodes. */
fsnn_status import_layers(importer *im);

#endif
