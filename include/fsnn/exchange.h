/* fsnn/exchange.h: networks from and to files of other tools.
 *
 * NIR (Neuromorphic Intermediate Representation; Pedersen et al. 2024, Nature Communications 15) is
 * an HDF5 file with a graph of nodes: affine maps, convolutions, pools, delays, and neurons with
 * their time constants. docs/nir.md says what each of its nodes is here.
 *
 *   fsnn_nir_read     a file                -> fsnn_nir
 *   fsnn_nir_import   fsnn_nir, dt, reset   -> a description and its network
 *   fsnn_nir_export   a description, its network   -> fsnn_nir
 *   fsnn_nir_write    fsnn_nir              -> a file
 */
#ifndef FSNN_EXCHANGE_H
#define FSNN_EXCHANGE_H

#include <fsnn/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A NIR graph. */
typedef struct fsnn_nir fsnn_nir;

/* ---- Files ----------------------------------------------------------------------------------- */

/* Whether the file is HDF5 and called .nir, or HDF5 that names a NIRGraph in its first MiB. */
FSNN_API bool fsnn_nir_known(const char *path);
/* Reads a file, in a child process, since damaged files can crash the HDF5 library. What other
 * readers refuse and what can be understood all the same is repaired: fsnn_nir_remark says so.
 * Errors: FSNN_EIO; FSNN_EFORMAT (damaged, no NIR, a node without what its type needs);
 * FSNN_EUNSUPPORTED (types of nodes that are not known; fsnn was built without HDF5);
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_nir_read(const char *path, fsnn_nir **nir);
/* Writes it, whole or not at all. Errors: FSNN_EIO, FSNN_EUNSUPPORTED (built without HDF5),
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_nir_write(const fsnn_nir *nir, const char *path);
FSNN_API void fsnn_nir_destroy(fsnn_nir *nir); /* takes NULL */

/* ---- Look ------------------------------------------------------------------------------------ */

/* What was repaired in reading, and what is left out in writing: sentences, index 0, 1, ... until
 * NULL. */
FSNN_API const char *fsnn_nir_remark(const fsnn_nir *nir, int index);
/* The version that the file names; "" where it names none. */
FSNN_API const char *fsnn_nir_version(const fsnn_nir *nir);

/* Whether fsnn wrote the file. */
FSNN_API bool fsnn_nir_is_ours(const fsnn_nir *nir);

typedef struct fsnn_nir_node {
    const char *name; /* of a node in a sub-graph "GRAPH/NODE" */
    const char *type; /* "LIF" */
    fsnn_shape shape; /* of its output, one sample at one step */
    const char *text; /* its parameters in words: "tau 0.0025, r 1"; "" of nodes without */
} fsnn_nir_node;

FSNN_API int fsnn_nir_node_count(const fsnn_nir *nir);
/* In the order in which they are computed; nodes of sub-graphs stand in place of these. Texts
 * belong to `nir`. Error FSNN_EARGUMENT: no such node. */
FSNN_API fsnn_status fsnn_nir_node_at(const fsnn_nir *nir, int index, fsnn_nir_node *node);
FSNN_API int fsnn_nir_edge_count(const fsnn_nir *nir);
/* The indices of the nodes that an edge leads from and to; `late` (may be NULL): it closes a cycle
 * and arrives one step later. */
FSNN_API fsnn_status fsnn_nir_edge_at(const fsnn_nir *nir, int index, int *from, int *to,
                                      bool *late);
/* The graph in the language of Graphviz; free() it. */
FSNN_API fsnn_status fsnn_nir_dot(const fsnn_nir *nir, char **dot);
/* Writes it as PATH.dot and, where Graphviz is installed, draws it as PATH.svg and PATH.png.
 * Errors: FSNN_EIO; FSNN_ENOTFOUND where Graphviz is not installed, PATH.dot is there then;
 * FSNN_ECALLBACK where it fails. */
FSNN_API fsnn_status fsnn_nir_draw(const fsnn_nir *nir, const char *path);

/* ---- Import ---------------------------------------------------------------------------------- */

typedef struct fsnn_nir_import_options {
    /* seconds of a step; 0: not given. It becomes dynamics.step. */
    double dt;
    /* seconds that 1 means as a time constant of the file: 1 where they are in seconds, 1e-3 in
     * milliseconds; 0: 1 */
    double unit;
    /* FSNN_RESET_VALUE or FSNN_RESET_SUBTRACT: what a spike does to the potential; -1: not given */
    int reset;
    /* what the network computes in, and keeps its weights in; a remark says how many numbers of a
     * file in double precision FSNN_PRECISION_SINGLE rounds */
    fsnn_precision precision;
} fsnn_nir_import_options;

/* Nothing given. */
FSNN_API fsnn_nir_import_options fsnn_nir_import_options_default(void);

/* A description (YAML; free() it) and its network, wrapped for one step of one sample, with the
 * weights of the file (NULL: not wanted). NIR says neither how long a step is nor in what unit its
 * times are nor whether a spike subtracts the threshold: without dt or reset there is
 * FSNN_EARGUMENT with the key "dt" or "reset" and a sentence with what each choice would mean in
 * numbers. A file that fsnn wrote and nobody changed needs neither: the description is the one it
 * was made from, the weights have the same bits.
 * Errors: FSNN_EUNSUPPORTED (what fsnn's networks cannot do: several inputs, ...), FSNN_ESHAPE,
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_nir_import(fsnn_nir *nir, const fsnn_nir_import_options *options,
                                     char **description, fsnn_net **net);

/* ---- Export ---------------------------------------------------------------------------------- */

typedef struct fsnn_nir_export_options {
    /* seconds of a step; 0: dynamics.step is in seconds */
    double dt;
    /* 1e-12 to 0.1: the memory of fractional neurons becomes a bank of LI nodes beside a Threshold,
     * which tools without fractional orders run; the weights of the past are wrong by at most this
     * share in sum, as far as it can be had: fsnn_nir_remark states the error. Methods gl and l1,
     * full memory, resets current, subtract, delta, none, and readouts. 0: LIF nodes, whose order
     * is in the metadata. */
    double expand;
} fsnn_nir_export_options;

/* All 0. */
FSNN_API fsnn_nir_export_options fsnn_nir_export_options_default(void);

/* The graph of a wrapped network with its weights. `description` is what the network was made from.
 * Errors: FSNN_EUNSUPPORTED with the name of the node that has no counterpart in NIR and what would
 * have one; FSNN_ESTATE (not wrapped); FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_nir_export(const fsnn_description *description, const fsnn_net *net,
                                     const fsnn_nir_export_options *options, fsnn_nir **nir);

#ifdef __cplusplus
}
#endif
#endif
