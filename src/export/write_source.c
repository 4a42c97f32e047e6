/* export/write_source.c: net.h, net.c and CMakeLists.txt. */
#include "export/export.h"
#include <fsnn/file.h>

#include <string.h>

fsnn_status code_write_file(const char *directory, const char *name, const code_text *t)
{
    code_text path = {0};
    fsnn_file file;
    if (t->failed)
        return FSNN_EMEMORY;
    code_add(&path, "%s/%s", directory, name);
    fsnn_status status = path.failed ? FSNN_EMEMORY : fsnn_file_create(&file, code_string(&path));
    code_text_free(&path);
    if (status)
        return status;
    fputs(code_string(t), file.stream);
    return fsnn_file_commit(&file);
}

static const char *name_of(const code_job *j)
{
    return j->options->name ? j->options->name : "network";
}

static int64_t count_of(const code_job *j, int value)
{
    return fsnn_shape_count(&j->net->value[value].shape);
}

static int64_t inputs_of(const code_job *j)
{
    return fsnn_shape_count(&j->net->input_shape);
}

long long code_state_bytes(const code_job *j, bool events)
{
    const int64_t inputs = inputs_of(j), numbers = j->numbers + (j->work ? j->work : 1);
    const int64_t event_numbers = j->integer ? (inputs + 1) / 2 : inputs;
    return (long long)(4 * (numbers + (events ? event_numbers : 0)));
}

/* What whole numbers stand for. */
static void add_fractions(const code_job *j, code_text *t)
{
    if (!j->integer)
        return;
    code_add(
        t,
        "/* Inputs and outputs are whole numbers X that stand for X 2^-FRACTION; inputs beyond\n"
        " * NET_IN_MOST count as that. */\n"
        "#define NET_IN_FRACTION %d\n#define NET_IN_MOST %d\n#define NET_OUT_FRACTION %d\n\n",
        j->integer->in_fraction, (int)j->integer->in_most,
        j->integer->value[j->integer->out_value].fraction);
}

static void add_functions(const code_job *j, code_text *t)
{
    const char *in = j->types.input, *out = j->types.number;
    code_add(
        t,
        "/* Time 0: potentials at rest, histories empty. Once before the first step. */\n"
        "void net_reset(net_state *s);\n"
        "/* One step: in [NET_IN] -> out [NET_OUT]. */\n"
        "void net_step(net_state *s, const %s *in, %s *out);\n"
        "#ifdef NET_EVENTS\n"
        "/* A spike on an input channel, 0 ... NET_IN - 1; others are left out. It counts in the\n"
        " * next net_tick, which is net_step on the events since the last. */\n"
        "void net_event(net_state *s, uint32_t channel);\n"
        "void net_tick(net_state *s, %s *out);\n#endif\n\n"
        "#ifdef __cplusplus\n}\n#endif\n#endif\n",
        in, out, out);
}

static fsnn_status write_header(const code_job *j, const char *directory)
{
    code_text t = {0};
    char in[128], out[128];
    const fsnn_shape *shape = &j->net->value[j->net->out_value].shape;
    code_add(
        &t,
        "/* %s as C, made by fsnn export-c. Needs nothing of a library; memcpy and memset may be\n"
        " * called. Any number of states may be in use. Compile without contraction of products\n"
        " * and sums (-ffp-contract=off, or -std=c99 of gcc) for the same bits everywhere. */\n"
        "#ifndef NET_H\n#define NET_H\n\n#include <stdint.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
        name_of(j));
    code_add(&t,
             "#define NET_IN %lld  /* numbers of a step's input, %s */\n"
             "#define NET_OUT %lld /* numbers of its output, %s */\n"
             "/* What a network in use remembers. */\n"
             "#ifdef NET_EVENTS\n#define NET_STATE_BYTES %lld\n#else\n#define NET_STATE_BYTES "
             "%lld\n#endif\n\n",
             (long long)inputs_of(j), fsnn_shape_text(&j->net->input_shape, in, sizeof in),
             (long long)count_of(j, j->net->out_value), fsnn_shape_text(shape, out, sizeof out),
             code_state_bytes(j, true), code_state_bytes(j, false));
    add_fractions(j, &t);
    code_add(&t, "typedef struct net_state {\n    %s work[%lld]; /* of one step */\n%s",
             j->types.number, (long long)(j->work ? j->work : 1), code_string(&j->state));
    code_add(&t,
             "#ifdef NET_EVENTS\n    %s in[NET_IN]; /* events since the last step */\n"
             "#endif\n} net_state;\n\n",
             j->types.input);
    add_functions(j, &t);
    fsnn_status status = code_write_file(directory, "net.h", &t);
    code_text_free(&t);
    return status;
}

/* The output leaves in the order of its shape. */
static bool channels_last(const code_job *j)
{
    const net_value *v = &j->net->value[j->net->out_value];
    return v->last && v->shape.rank > 1;
}

static int64_t channels_of(const code_job *j)
{
    return j->net->value[j->net->out_value].shape.dim[0];
}

static const char float_event[] = "    if (channel < NET_IN)\n        s->in[channel] += 1;\n";
static const char integer_event[] =
    "    if (channel < NET_IN && s->in[channel] <= NET_IN_MOST - (1 << NET_IN_FRACTION))\n"
    "        s->in[channel] = (int16_t)(s->in[channel] + (1 << NET_IN_FRACTION));\n";

static void add_entries(const code_job *j, code_text *t)
{
    const int64_t out = count_of(j, j->net->out_value);
    const code_place from = code_place_of(j, j->net->out_value);
    const char *type = j->types.number;
    code_add(t, "\nvoid net_reset(net_state *s)\n{\n    memset(s, 0, sizeof *s);\n%s}\n",
             code_string(&j->reset));
    code_add(t, "\nvoid net_step(net_state *s, const %s *in, %s *out)\n{\n%s%s", j->types.input,
             type, code_string(&j->step), code_string(&j->advance));
    if (channels_last(j))
        code_add(t, "    net_turn(%s, %lldu, %lldu, out);\n}\n", from.text,
                 (long long)(out / channels_of(j)), (long long)channels_of(j));
    else
        code_add(t, "    memcpy(out, %s, %lldu * sizeof(%s));\n}\n", from.text, (long long)out,
                 type);
    code_add(t,
             "\n#ifdef NET_EVENTS\n"
             "void net_event(net_state *s, uint32_t channel)\n{\n%s}\n\n"
             "void net_tick(net_state *s, %s *out)\n{\n"
             "    net_step(s, s->in, out);\n    memset(s->in, 0, sizeof s->in);\n}\n#endif\n",
             j->integer ? integer_event : float_event, type);
}

static fsnn_status write_code(const code_job *j, const char *directory)
{
    code_text t = {0};
    const char *turn = j->integer ? "integer_turn" : "turn";
    code_add(&t,
             "/* %s as C, made by fsnn export-c. */\n#include \"net.h\"\n\n"
             "#include <stddef.h>\n\n"
             "/* A test sees what each layer of neurons gives. */\n"
             "#ifndef NET_WATCH_LAYER\n"
             "#define NET_WATCH_LAYER(layer, spikes, count) ((void)0)\n#endif\n"
             "typedef char net_state_is_as_large_as_said[sizeof(net_state) == NET_STATE_BYTES ? "
             "1 : -1];\n\n",
             name_of(j));
    if (j->lanes)
        code_add(&t, "#define NET_LANES %d\n", j->lanes);
    for (int i = 0; code_parts[i].name; i++)
        if (j->part[i] || (channels_last(j) && strcmp(code_parts[i].name, turn) == 0))
            code_add(&t, "%s\n", code_parts[i].text);
    code_add_text(&t, &j->tables);
    code_add_text(&t, &j->layers);
    add_entries(j, &t);
    fsnn_status status = code_write_file(directory, "net.c", &t);
    code_text_free(&t);
    return status;
}

fsnn_status code_write_source(const code_job *j, const char *directory)
{
    FSNN_TRY(write_header(j, directory));
    return write_code(j, directory);
}

fsnn_status code_write_build(const code_job *j, const char *directory)
{
    code_text t = {0};
    code_add(&t,
             "# %s as C, made by fsnn export-c.\n"
             "cmake_minimum_required(VERSION 3.16)\nproject(net C)\n\n"
             "set(CMAKE_C_STANDARD 99)\nset(CMAKE_C_EXTENSIONS OFF)\n"
             "if(NOT CMAKE_BUILD_TYPE)\n    set(CMAKE_BUILD_TYPE Release)\nendif()\n"
             "add_compile_options(-ffp-contract=off)\n\n"
             "add_library(net STATIC net.c)\n"
             "target_compile_options(net PRIVATE -ffreestanding)\n"
             "target_include_directories(net PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})\n",
             name_of(j));
    if (j->options->x)
        code_add(&t, "\nenable_testing()\nadd_executable(net_test net_test.c)\n"
                     "add_test(NAME net_test COMMAND net_test)\n");
    fsnn_status status = code_write_file(directory, "CMakeLists.txt", &t);
    code_text_free(&t);
    return status;
}
