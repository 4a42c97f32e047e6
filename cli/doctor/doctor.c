/* cli/doctor/doctor.c: fsnn doctor: what this machine has, what the build has and which features
 * need what is missing. */
#include "cli/cli.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifdef FSNN_ALONE /* cmake/Alone.cmake */
static const bool alone = true;
#else
static const bool alone = false;
#endif

typedef struct options {
    cli_common common;
    bool json;
} options;

static const cli_option table[] = {
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "print one JSON object", 0, 0},
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* A thing that a build has may fail on this machine. */
typedef struct finding {
    fsnn_feature_info feature;
    bool fails;
    char *sentence; /* what is missing and what helps, or which library is used; may be empty */
} finding;

typedef struct report {
    char processor[128];
    finding found[32];
    int count, broken; /* broken: built in, and not able to work here */
} report;

/* The name that the system has for the processor, or "unknown". */
static void name_processor(char *name, size_t size)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, size, "unknown");
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        snprintf(name, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (file)
        fclose(file);
}

/* "(libhdf5-dev)" of "HDF5 (libhdf5-dev)". */
static char *how_to_get(const fsnn_feature_info *f)
{
    const char *open = strchr(f->package, '(');
    if (alone)
        return cli_format("the static program is without; what `make` builds can have it");
    if (!open)
        return cli_format("build with -D%s", f->option);
    return cli_format("install %.*s and build with -D%s", (int)strcspn(open + 1, ")"), open + 1,
                      f->option);
}

static bool has_gnuplot(void)
{
    return fsnn_plot_check(NULL) == FSNN_OK;
}

/* A library that is loaded when it is needed: by its own name, or by what the variable names. */
typedef struct library {
    const char *variable, *name, *function; /* one that it has */
} library;

static const library sndfile = {"FSNN_SOUND_LIBRARY", "libsndfile.so.1", "sf_open"};
#ifdef FSNN_HDF5_LIBRARY
static const library hdf5 = {"FSNN_HDF5_LIBRARY", FSNN_HDF5_LIBRARY, "H5open"};
#else /* it is linked: the program would not have started without it */
static const library hdf5;
#endif

/* What the variable names; NULL: nothing. */
static const char *named(const library *l)
{
    const char *name = l && l->name ? getenv(l->variable) : NULL;
    return name && *name ? name : NULL;
}

static bool loads(const library *l)
{
    if (!l->name)
        return true;
    const char *name = named(l);
    void *at = dlopen(name ? name : l->name, RTLD_LAZY | RTLD_LOCAL);
    const bool whole = at && dlsym(at, l->function);
    if (at)
        dlclose(at);
    return whole;
}

#define MPI_PROGRAM "fsnn-mpi"
static const fsnn_feature_info mpi = {
    .name = "MPI",
    .purpose = "Training by several processes (" MPI_PROGRAM ")",
    .package = "MPI (libopenmpi-dev and openmpi-bin)",
    .option = "FSNN_MPI=ON",
};

static bool has_starter(void)
{
    return cli_on_path("mpirun") || cli_on_path("srun");
}

/* What is built in and looked for only when it is used. */
static const struct late {
    const char *feature, *advice;
    bool (*works)(void); /* NULL: it works where its library loads */
    const library *library;
} late[] = {
    {"plots", "the program gnuplot does not start: install gnuplot-nox", has_gnuplot, NULL},
    {"libsndfile", "libsndfile.so.1 cannot be loaded: install libsndfile1", NULL, &sndfile},
    {"HDF5", "the HDF5 library cannot be loaded: install libhdf5-103-1", NULL, &hdf5},
    {"MPI", "neither mpirun nor srun is there: install openmpi-bin", has_starter, NULL},
};

static char *late_sentence(const struct late *l, bool fails)
{
    const char *name = named(l->library);
    if (!name)
        return cli_format("%s", fails ? l->advice : "");
    if (!fails)
        return cli_format("%s, which %s names", name, l->library->variable);
    return cli_format("%s, which %s names, cannot be loaded as %s: unset the variable, or name "
                      "another library",
                      name, l->library->variable, l->feature);
}

/* What is to be said of a feature, perhaps nothing. */
static char *sentence_of(const fsnn_feature_info *f, bool *fails)
{
    if (!f->built)
        return how_to_get(f);
    for (int i = 0; i < CLI_COUNT(late); i++)
        if (strcmp(f->name, late[i].feature) == 0) {
            *fails = late[i].works ? !late[i].works() : !loads(late[i].library);
            return late_sentence(&late[i], *fails);
        }
    return cli_format("%s", "");
}

static void add(report *r, const fsnn_feature_info *f)
{
    if (r->count == CLI_COUNT(r->found))
        return;
    finding *found = &r->found[r->count++];
    *found = (finding){.feature = *f};
    found->sentence = sentence_of(f, &found->fails);
    r->broken += found->fails;
}

static void look(report *r)
{
    name_processor(r->processor, sizeof r->processor);
    fsnn_feature_info f;
    for (int i = 0; fsnn_feature(i, &f); i++)
        add(r, &f);
    f = mpi; /* a program beside this one, of which the library knows nothing */
    f.built = cli_has_program(MPI_PROGRAM);
    add(r, &f);
}

static const char *state(const finding *f)
{
    return !f->feature.built ? "left out" : f->fails ? "fails" : "there";
}

static void print_json(const report *r)
{
    cli_json json = {.out = stdout};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "version", fsnn_version());
    cli_json_text(&json, "program", alone ? "static" : "linked");
    cli_json_text(&json, "processor", r->processor);
    cli_json_text(&json, "instructions", fsnn_isa());
    cli_json_integer(&json, "threads", fsnn_threads());
    cli_json_integer(&json, "memory", fsnn_memory_left());
    cli_json_open(&json, "features", '[');
    for (int i = 0; i < r->count; i++) {
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "name", r->found[i].feature.name);
        cli_json_text(&json, "for", r->found[i].feature.purpose);
        cli_json_text(&json, "state", state(&r->found[i]));
        cli_json_text(&json, "advice", r->found[i].sentence);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    cli_json_close(&json, '}');
    cli_out("\n");
}

static void print_text(const report *r)
{
    char number[CLI_NUMBER];
    const char *wish = getenv("FSNN_ISA");
    cli_print("fsnn             %s\n", fsnn_version());
    if (alone)
        cli_print("program          one static file: no library of this machine, plain kernels\n");
    cli_print("processor        %s\n", r->processor);
    cli_print("instructions     %s%s%s\n", fsnn_isa(), wish ? ", FSNN_ISA=" : "", wish ? wish : "");
    cli_print("threads          %d\n", fsnn_threads());
    cli_print("free memory      %s\n\n", cli_bytes(number, (double)fsnn_memory_left()));
    for (int i = 0; i < r->count; i++) {
        const finding *f = &r->found[i];
        cli_print("%-17s%-10s%s%s%s\n", f->feature.name, state(f), f->feature.purpose,
                  *f->sentence ? ": " : "", f->sentence);
    }
}

static int run(void *given)
{
    const options *o = given;
    report *r = cli_allocate(1, sizeof *r);
    int code = cli_threads_set(&o->common);
    if (code == CLI_GOOD) {
        look(r);
        (o->json ? print_json : print_text)(r);
        if (r->broken)
            code = cli_error(CLI_FAILED, "%d of the features that are built in cannot work here",
                             r->broken);
    }
    for (int i = 0; i < r->count; i++)
        free(r->found[i].sentence);
    free(r);
    return code;
}

const cli_command cli_doctor = {
    .name = "doctor",
    .summary = "what this machine and this build have, and what is missing",
    .operands = "",
    .usage = "[--json]",
    .details = "Prints the processor, the instruction set and the threads that are used, the free "
               "memory, and each feature that a build may leave out: there, left out (with what "
               "brings it in), or fails, if it is built in and what it needs is missing on this "
               "machine. The exit code is 1 if one fails.",
    .examples = "  fsnn doctor\n",
    .option = table,
    .size = sizeof(options),
    .run = run,
};
