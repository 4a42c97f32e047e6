/* This page has neurons alone. The library's table of operators (src/op/table.c) would bring all of
 * them, a quarter of the module; the linker takes this empty one in its place, in both
 * precisions. */
#ifdef __wasm__
struct fsnn_op;
const struct fsnn_op *const fsnn_ops[] = {0};
const struct fsnn_op *const fsnn_ops_double[] = {0};
#else
typedef int nothing; /* elsewhere the table is not to be exchanged: its name is the library's own */
#endif
