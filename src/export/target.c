/* export/target.c: what a target's compiler makes of net.c: flash, static data, stack. */
#include "export/target.h"

#include <string.h>

typedef struct code_target {
    const char *name;
    const char *compiler[3]; /* the first that is there; NULL ends */
    const char *flag[5];     /* NULL ends */
} code_target;

#define ARM                                                                                        \
    {                                                                                              \
        "arm-none-eabi-gcc"                                                                        \
    }
#define RISCV                                                                                      \
    {                                                                                              \
        "riscv64-unknown-elf-gcc", "riscv32-unknown-elf-gcc"                                       \
    }
#define THUMB(cpu) "-mcpu=" cpu, "-mthumb"

static const code_target targets[] = {
    {"cortex-m0", ARM, {THUMB("cortex-m0")}},
    {"cortex-m3", ARM, {THUMB("cortex-m3")}},
    {"cortex-m4", ARM, {THUMB("cortex-m4"), "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"}},
    {"cortex-m7", ARM, {THUMB("cortex-m7"), "-mfpu=fpv5-d16", "-mfloat-abi=hard"}},
    {"cortex-m55", ARM, {THUMB("cortex-m55"), "-mfloat-abi=hard"}},
    {"riscv", RISCV, {"-march=rv32imc", "-mabi=ilp32"}},
    {"riscv-f", RISCV, {"-march=rv32imafc", "-mabi=ilp32f"}},
    {"host", {"cc", "gcc"}, {"-fno-asynchronous-unwind-tables"}},
};

const char *fsnn_export_target_name(int i)
{
    return i >= 0 && i < FSNN_COUNT(targets) ? targets[i].name : NULL;
}

int fsnn_export_target_find(const char *name)
{
    return fsnn_name_find("target", name, fsnn_export_target_name, NULL);
}

/* ---- the compiler ---- */

#define OBJECT "net_measured.o"
#define CALLS "net_measured.ci"

/* One attempt, with the graph of calls or without. */
static port_end compile(const code_target *t, const char *compiler, bool calls,
                        const char *directory, char *said, size_t capacity)
{
    const char *argument[20] = {compiler, "-std=c99", "-ffreestanding", "-Os", "-ffp-contract=off"};
    int count = 5;
    for (int i = 0; i < FSNN_COUNT(t->flag) && t->flag[i]; i++)
        argument[count++] = t->flag[i];
    if (calls)
        argument[count++] = "-fcallgraph-info=su";
    argument[count++] = "-c";
    argument[count++] = "net.c";
    argument[count++] = "-o";
    argument[count++] = OBJECT;
    return port_run(directory, (char *const *)argument, said, capacity);
}

static bool good(const port_end *end)
{
    return end->stage == PORT_ENDED && end->number == 0;
}

/* The first compiler that is there; NULL: m->why says what is wrong. */
static const char *find_compiler(const code_target *t, const char *directory, bool *calls,
                                 code_measured *m)
{
    char said[512];
    for (int i = 0; i < FSNN_COUNT(t->compiler) && t->compiler[i]; i++) {
        const char *compiler = t->compiler[i];
        *calls = true;
        port_end end = compile(t, compiler, true, directory, said, sizeof said);
        if (end.missing)
            continue;
        if (!good(&end)) { /* a compiler that has no graph of calls */
            *calls = false;
            end = compile(t, compiler, false, directory, said, sizeof said);
        }
        if (good(&end))
            return compiler;
        said[strcspn(said, "\n")] = 0;
        snprintf(m->why, sizeof m->why, "%s failed: %.200s", compiler,
                 end.error ? end.error : said);
        return NULL;
    }
    snprintf(m->why, sizeof m->why, "there is no %s", t->compiler[0]);
    return NULL;
}

/* ---- sizes ---- */

/* What `size` of the same tools says of the object: text data bss. */
static bool measure_sizes(const char *compiler, const char *directory, code_measured *m)
{
    char tool[64], path[1024], text[1024];
    const char *end = strstr(compiler, "gcc");
    snprintf(tool, sizeof tool, "%.*ssize", end ? (int)(end - compiler) : 0, compiler);
    if (snprintf(path, sizeof path, "%s/" OBJECT, directory) >= (int)sizeof path)
        return false;
    char *argument[] = {tool, path, NULL};
    port_output output;
    port_end begun = port_output_open(argument, &output);
    if (begun.error)
        return false;
    size_t used = 0;
    while (used < sizeof text - 1 && port_output_read(&output, text + used, 1))
        used++;
    text[used] = 0;
    port_output_close(&output);
    const char *line = strchr(text, '\n');
    return line && sscanf(line, "%lld %lld %lld", &m->flash, &m->data, &m->zeroed) == 3;
}

/* ---- the stack ---- */

static bool measure_stack(const char *directory, code_measured *m)
{
    char path[1024];
    uint8_t *bytes = NULL;
    size_t size;
    if (snprintf(path, sizeof path, "%s/" CALLS, directory) >= (int)sizeof path ||
        fsnn_file_read(path, &bytes, &size) < 0)
        return false;
    char *text = fsnn_alloc(size + 1);
    bool found = text != NULL;
    if (text) {
        memcpy(text, bytes, size);
        found = code_stack_of(text, m);
    }
    fsnn_free(text);
    fsnn_free(bytes);
    return found;
}

static void drop(const char *directory, const char *name)
{
    char path[1024];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path)
        remove(path);
}

void code_measure(const char *target, const char *directory, code_measured *m)
{
    bool calls;
    *m = (code_measured){.stack = -1, .target = target};
    const int at = target ? fsnn_export_target_find(target) : -1;
    if (at < 0) {
        snprintf(m->why, sizeof m->why, "`--target cortex-m4`, or another, measures them");
        return;
    }
    m->compiler = find_compiler(&targets[at], directory, &calls, m);
    if (m->compiler && !measure_sizes(m->compiler, directory, m)) {
        snprintf(m->why, sizeof m->why, "%s has no program `size` beside it", m->compiler);
        m->compiler = NULL;
    }
    if (m->compiler && calls)
        measure_stack(directory, m);
    drop(directory, OBJECT);
    drop(directory, CALLS);
}
