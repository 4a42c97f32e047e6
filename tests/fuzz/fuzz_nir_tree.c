/* tests/fuzz/fuzz_nir_tree.c: NIR graphs behind the HDF5 library: an input is the tree of a file in
 * lines "DEPTH NAME KIND[SIZExSIZE...] VALUES", which becomes a graph, a description, a network and
 * a picture. Kinds: g a group, r real numbers, w whole ones, t texts without spaces, l the rest of
 * the line with "|" for its ends, o something else. Values that the line does not have are those
 * that it has, again. */
#include "fuzz.h"

#include "exchange/nir.h"

enum { VALUES_MOST = 1 << 12, LINES_MOST = 1 << 10, SIZE_MOST = 1 << 14 };

/* A network with every type of node but one, a cycle and a sub-graph. */
static const char everything[] =
    "0 version t 1.0.8\n"
    "0 node g\n"
    "1 type t NIRGraph\n"
    "1 edges t18x2 in conv conv pool pool avg avg flat flat fc fc scale "
    "scale lif lif sub sub cuba cuba li li cli cli integ integ if if "
    "thr thr out lif rec rec lif cuba cuba\n"
    "1 nodes g\n"
    "2 in g\n3 type t Input\n3 shape w3 1 8 8\n"
    "2 conv g\n3 type t Conv2d\n3 input_shape w2 8 8\n"
    "3 weight r2x1x3x3 0.5 -0.25 1\n3 bias r2 0.1\n3 stride w2 1\n"
    "3 padding t same\n3 dilation w2 1\n3 groups w 1\n"
    "2 pool g\n3 type t SumPool2d\n3 kernel_size w2 2\n3 stride w2 2\n"
    "3 padding w2 0\n"
    "2 avg g\n3 type t AvgPool2d\n3 kernel_size w2 2\n3 stride w2 2\n"
    "3 padding w2 0\n"
    "2 flat g\n3 type t Flatten\n3 input_type w3 2 2 2\n"
    "3 start_dim w 0\n3 end_dim w -1\n"
    "2 fc g\n3 type t Affine\n3 weight r3x8 0.5 -1 0.25\n3 bias r3 0\n"
    "2 scale g\n3 type t Scale\n3 scale r3 2\n"
    "2 lif g\n3 type t LIF\n3 tau r3 0.01 0.02 0.03\n3 r r3 1\n"
    "3 v_leak r3 0\n3 v_threshold r3 1\n3 v_reset r3 0\n"
    "2 rec g\n3 type t Linear\n3 weight r3x3 0.1 -0.1\n"
    "2 sub g\n3 type t NIRGraph\n3 edges t2x2 input inner inner output\n"
    "3 nodes g\n4 input g\n5 type t Input\n5 shape w1 3\n"
    "4 output g\n5 type t Output\n5 shape w1 3\n"
    "4 inner g\n5 type t Linear\n5 weight r3x3 1 0\n"
    "2 cuba g\n3 type t CubaLIF\n3 tau_syn r3 0.01\n3 tau_mem r3 0.02\n"
    "3 r r3 1\n3 v_leak r3 0.1\n3 v_threshold r3 1 2 3\n3 w_in r3 1\n"
    "2 li g\n3 type t LI\n3 tau r3 0.01\n3 r r3 -1\n3 v_leak r3 0\n"
    "2 cli g\n3 type t CubaLI\n3 tau_syn r3 0.01\n3 tau_mem r3 0.02\n"
    "3 r r3 1\n3 v_leak r3 0\n"
    "2 integ g\n3 type t I\n3 r r3 10\n"
    "2 if g\n3 type t IF\n3 r r3 100 -5 2\n3 v_threshold r3 1\n"
    "2 thr g\n3 type t Threshold\n3 threshold r3 0.5\n"
    "2 out g\n3 type t Output\n3 shape w1 3\n";

/* One that is read without a remark, in few lines. */
static const char line[] = "0 node g\n1 type t NIRGraph\n1 edges t2x2 a b b c\n1 nodes g\n"
                           "2 a g\n3 type t Input\n3 shape w2 2 9\n"
                           "2 b g\n3 type t Conv1d\n3 weight r4x1x3 1 2 3\n3 bias r4 0\n"
                           "3 stride w1 1\n3 padding w1 1\n3 dilation w1 1\n3 groups w 2\n"
                           "2 c g\n3 type t Output\n3 shape w2 4 9\n";

static const char late[] = "0 node g\n1 type t NIRGraph\n1 edges t2x2 a b b c\n1 nodes g\n"
                           "2 a g\n3 type t Input\n3 shape w1 3\n"
                           "2 b g\n3 type t Delay\n3 delay r3 0.002\n"
                           "2 c g\n3 type t Output\n3 shape w1 3\n";

/* ---- seeds ---- */

static void put_values(FILE *out, const hdf_item *item)
{
    for (int64_t i = 0; i < hdf_count(item); i++) {
        if (item->real)
            fprintf(out, " %.17g", item->real[i]);
        else if (item->whole)
            fprintf(out, " %lld", (long long)item->whole[i]);
        else if (item->text)
            fprintf(out, " %s", item->text[i]);
    }
}

/* One text as kind l. */
static void put_line(FILE *out, const char *text)
{
    fputs("l ", out);
    for (; *text; text++)
        fputc(*text == '\n' ? '|' : *text, out);
}

/* The items of a group as lines. */
static void put_group(FILE *out, const hdf_tree *tree, int group, int depth)
{
    for (int i = hdf_next(tree, group, group); i >= 0; i = hdf_next(tree, group, i)) {
        const hdf_item *item = &tree->item[i];
        fprintf(out, "%d %s ", depth, item->name);
        if (item->kind == HDF_WORDS && hdf_count(item) == 1) {
            put_line(out, item->text[0]);
        } else {
            fputc("grwto"[item->kind], out);
            for (int d = 0; d < item->rank; d++)
                fprintf(out, "%s%lld", d ? "x" : "", (long long)item->dim[d]);
            put_values(out, item);
        }
        fputc('\n', out);
        if (item->kind == HDF_GROUP)
            put_group(out, tree, i, depth + 1);
    }
}

/* A graph that fsnn wrote, which comes back by its metadata. */
static void seed_export(int argc, char **argv)
{
    static const char text[] = "name: ours\ninput: 2\nlayers:\n  - linear: {out: 3, name: fc}\n"
                               "  - lif: {tau: {value: [2, 3, 4], per: neuron}, reset: value}\n"
                               "dynamics: {alpha: 0.6, step: 0.5}\n";
    const fsnn_plan plan = {.steps = 1, .batch = 1, .seed = 1};
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    fsnn_description *description;
    fsnn_net *net;
    fsnn_nir *nir;
    char *bytes;
    size_t size;
    fuzz_must(fsnn_description_parse("ours", text, NULL, 0, &description));
    fuzz_must(fsnn_description_net(description, &net));
    fuzz_must(fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan));
    fuzz_must(fsnn_nir_export(description, net, &o, &nir));
    FILE *out = open_memstream(&bytes, &size);
    fuzz_check(out != NULL);
    put_group(out, &nir->tree, 0, 0);
    fuzz_check(fclose(out) == 0);
    fuzz_seed(argc, argv, "ours", bytes, size);
    free(bytes);
    fsnn_nir_destroy(nir);
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_seed_text(*argc, *argv, "everything", everything);
    fuzz_seed_text(*argc, *argv, "line", line);
    fuzz_seed_text(*argc, *argv, "late", late);
    seed_export(*argc, *argv);
    return 0;
}

/* ---- a tree from lines ---- */

typedef struct shape {
    int rank;
    int64_t dim[HDF_RANK], count;
} shape;

/* "3x8": false where it is none of at most VALUES_MOST values. */
static bool read_shape(const char *text, shape *s)
{
    *s = (shape){.count = 1};
    while (*text) {
        char *end;
        long long n = strtoll(text, &end, 10);
        if (end == text || s->rank == HDF_RANK || n < 0 || n > VALUES_MOST)
            return false;
        s->dim[s->rank++] = n;
        s->count *= n;
        if (s->count > VALUES_MOST)
            return false;
        text = *end == 'x' ? end + 1 : end;
    }
    return true;
}

/* Words of a line, [count] of them, again from the first one where they are too few. */
static int split(char *text, const char **word, int64_t count)
{
    int words = 0;
    for (char *w = strtok(text, " "); w && words < count; w = strtok(NULL, " "))
        word[words++] = w;
    for (int64_t i = words; i < count; i++)
        word[i] = words ? word[i % words] : "";
    return words;
}

static int add_numbers(hdf_tree *tree, int group, const char *name, char kind, const shape *s,
                       const char *const *word)
{
    static double real[VALUES_MOST];
    static int64_t whole[VALUES_MOST];
    for (int64_t i = 0; i < s->count; i++) {
        real[i] = strtod(word[i], NULL);
        whole[i] = strtoll(word[i], NULL, 0);
    }
    return kind == 'r' ? hdf_add_reals(tree, group, name, s->rank, s->dim, real, true)
                       : hdf_add_wholes(tree, group, name, s->rank, s->dim, whole);
}

/* A text with spaces. */
static int add_line_text(hdf_tree *tree, int group, const char *name, char *text)
{
    for (char *bar = text; (bar = strchr(bar, '|')) != NULL;)
        *bar = '\n';
    return hdf_add_text(tree, group, name, text);
}

static int add(hdf_tree *tree, int group, const char *name, const char *kind, char *values)
{
    static const char *word[VALUES_MOST];
    shape s;
    if (*kind == 'g')
        return hdf_add_group(tree, group, name);
    if (*kind == 'l')
        return add_line_text(tree, group, name, values);
    if (!*kind || !read_shape(kind + 1, &s))
        return -1;
    split(values, word, s.count);
    if (*kind == 'r' || *kind == 'w')
        return add_numbers(tree, group, name, *kind, &s, word);
    if (*kind == 't')
        return hdf_add_texts(tree, group, name, s.rank, s.dim, word);
    int at = hdf_add_group(tree, group, name);
    if (at >= 0)
        tree->item[at].kind = HDF_OTHER;
    return at;
}

/* One line; groups[depth] holds those that are open. Lines that are none are left out. */
static void add_line(hdf_tree *tree, int groups[HDF_DEPTH], char *text)
{
    char *rest, *end;
    long depth = strtol(text, &end, 10);
    char *name = strtok_r(end, " ", &rest), *kind = name ? strtok_r(NULL, " ", &rest) : NULL;
    if (!kind || depth < 0 || depth >= HDF_DEPTH - 1 || groups[depth] < 0 || strlen(name) > 4096)
        return;
    int at = add(tree, groups[depth], name, kind, rest ? rest : end);
    for (long d = depth + 1; d < HDF_DEPTH; d++)
        groups[d] = -1;
    groups[depth + 1] = at >= 0 && tree->item[at].kind == HDF_GROUP ? at : -1;
}

static void read_tree(hdf_tree *tree, char *text)
{
    int groups[HDF_DEPTH] = {0}, lines = 0;
    for (int d = 1; d < HDF_DEPTH; d++)
        groups[d] = -1;
    fuzz_must(hdf_tree_begin(tree));
    for (char *next; text && lines < LINES_MOST; text = next, lines++) {
        next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        add_line(tree, groups, text);
    }
}

/* ---- what becomes of it ---- */

/* Networks of any size would want all memory there is. */
static bool is_small(const fsnn_nir *nir)
{
    for (int i = 0; i < fsnn_nir_node_count(nir); i++) {
        fsnn_nir_node node;
        fuzz_must(fsnn_nir_node_at(nir, i, &node));
        fuzz_check(node.name && node.text && node.shape.rank >= 0);
        if (fsnn_shape_count(&node.shape) > SIZE_MOST)
            return false;
    }
    return fsnn_nir_node_count(nir) < 100;
}

/* What came in can go out again, or there is a sentence. */
static void export(const char *text, const fsnn_net *net)
{
    const fsnn_nir_export_options o = fsnn_nir_export_options_default();
    fsnn_description *description;
    fsnn_nir *nir = NULL;
    fuzz_must(fsnn_description_parse("again", text, NULL, 0, &description));
    fuzz_forget();
    fuzz_check(fuzz_good(fsnn_nir_export(description, net, &o, &nir)) == (nir != NULL));
    fsnn_nir_destroy(nir);
    fsnn_description_destroy(description);
}

static void import(fsnn_nir *nir, int reset)
{
    const fsnn_nir_import_options o = {.dt = 1e-3, .reset = reset};
    char *description = NULL;
    fsnn_net *net = NULL;
    fuzz_forget();
    bool good = fuzz_good(fsnn_nir_import(nir, &o, &description, &net));
    fuzz_check(good == (net != NULL) && good == (description != NULL));
    if (good)
        export(description, net);
    fsnn_net_destroy(net);
    free(description);
}

static void use(fsnn_nir *nir)
{
    char *dot;
    int from, to;
    bool late;
    for (int i = 0; i < fsnn_nir_edge_count(nir); i++) {
        fuzz_must(fsnn_nir_edge_at(nir, i, &from, &to, &late));
        fuzz_check(from >= 0 && from < nir->nodes && to >= 0 && to < nir->nodes);
    }
    fuzz_must(fsnn_nir_dot(nir, &dot));
    free(dot);
    if (!is_small(nir))
        return;
    import(nir, FSNN_RESET_VALUE);
    import(nir, FSNN_RESET_SUBTRACT);
    import(nir, -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fsnn_nir *nir = fsnn_alloc(sizeof *nir);
    fuzz_check(nir != NULL);
    nir->file = fsnn_strdup("x.nir");
    char *text = fuzz_next_text(&data, &size);
    read_tree(&nir->tree, text);
    free(text);
    fuzz_forget();
    if (fuzz_good(nir_look(nir)))
        use(nir);
    fsnn_nir_destroy(nir);
    return 0;
}
