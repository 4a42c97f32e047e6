"""What a step costs on a Cortex-M4F, in RAM, flash and instructions: the C of fsnn export-c beside what one would take instead.

    python3 bench/deploy.py build/fsnn

Two networks, 16-12-2 and 784-128-10, of linear layers and lif neurons, and of each

    by hand        two dense layers and the usual LIF neuron (alpha = 1) in plain C, with the weights of the exported network
    by hand, skip  the same, but an input that is 0 costs no product
    emlearn        a dense network of the same sizes with ReLU, a frame a step, no spikes and no state, as emlearn converts it (its
                   `loadable` form, float); where the package is there
    fsnn           fsnn export-c, alpha = 1 and 0.6, float and int8; +simd: with -DNET_SIMD

compiled by arm-none-eabi-gcc -Os and -O2 and linked with picolibc. Flash is code, constants and what they need of the C library,
RAM the static data: both beyond a program whose step is empty. The stack is what a step writes below its caller's. Instructions
are counted by qemu (mps2-an386, -icount shift=0, the counter SysTick, scaled by a loop of known length) over whole blocks of 24
steps after the first 48: "dense" on constant inputs that are no spikes, "spikes" where 1 input in 20 is one. The hashes of the
outputs of the rows in float with alpha = 1 must be equal. Prints the table in Markdown."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = ("-std=c99 -ffp-contract=off -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -ffunction-sections "
         "-fdata-sections -Wl,--gc-sections").split()
LINK = ("--specs=picolibc.specs --crt0=semihost --oslib=semihost -T picolibc.ld -Wl,--defsym=__flash=0 "
        "-Wl,--defsym=__flash_size=0x400000 -Wl,--defsym=__ram=0x20000000 -Wl,--defsym=__ram_size=0x200000 "
        "-Wl,--defsym=__stack_size=0x8000").split()
NETWORKS = {"16-12-2": (16, 12, 2, 960), "784-128-10": (784, 128, 10, 48)}  # sizes, steps that are counted
TAU, THRESHOLD = 2.0, 0.1

DESCRIPTION = """name: small
input: [{0}]
layers:
  - linear: {{out: {1}, name: fc1}}
  - lif: {{tau: {tau}, threshold: {threshold}, name: lif1}}
  - linear: {{out: {2}, name: fc2}}
  - lif: {{tau: {tau}, threshold: {threshold}, name: lif2}}
dynamics: {{alpha: {alpha}}}
"""

# The program: CONTENDER defines number, answer, begin(), step().
PROGRAM = r"""
#include <stdint.h>
#include <stdio.h>
#include CONTENDER
#ifndef ONE
#define ONE 1
#endif
#define AT(address) (*(volatile uint32_t *)address)
enum { STACK = 4096 };
static number in[INPUTS];
static answer out[OUTPUTS];
static uint32_t hash = 2166136261u;

static uint32_t ticks(void)
{
    return AT(0xE000E018); /* counts downwards, 24 bits */
}
static double since(uint32_t begin)
{
    return (double)((begin - ticks()) & 0xFFFFFF);
}
static void give(uint32_t k)
{
    for (uint32_t i = 0; i < INPUTS; i++)
        in[i] = DENSE ? (number)((1 + (double)(i % 7)) / 8 * ONE) : (number)((i * 13 + k * 7) % 20 == 0 ? ONE : 0);
}
/* Ticks of the steps, or of all that is around them. */
__attribute__((noinline)) static double run(uint32_t from, uint32_t to, int steps)
{
    const uint32_t begun = ticks();
    for (uint32_t k = from; k < to; k++) {
        give(k);
        if (steps)
            step(in, out);
        for (uint32_t i = 0; i < OUTPUTS; i++)
            hash = (hash ^ (uint32_t)(out[i] != 0)) * 16777619u;
    }
    return since(begun);
}
/* Bytes below the stack pointer that a step leaves changed. */
__attribute__((noinline)) static unsigned stack(void)
{
    volatile uint8_t *top;
    unsigned used = STACK;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    for (unsigned i = 1; i <= STACK; i++)
        top[-(int)i] = 0xA5;
    step(in, out);
    while (used && top[-(int)used] == 0xA5)
        used--;
    return used;
}
int main(void)
{
    AT(0xE000E014) = 0xFFFFFF;
    AT(0xE000E018) = 0;
    AT(0xE000E010) = 5;
    while (!ticks())
        ;
    const uint32_t begun = ticks();
    __asm__ volatile("ldr r0, =1000000\n1: subs r0, #1\nbne 1b" ::: "r0", "cc");
    const double known = since(begun) / 2e6;
    begin();
    run(0, 48, 1);
    const double all = run(48, 48 + STEPS, 1);
    const uint32_t spikes = hash;
    const double around = run(48, 48 + STEPS, 0);
    printf("%.0f %u %08lx\n", (all - around) / STEPS / known, stack(), (unsigned long)spikes);
    return 0;
}
"""

EMPTY = """
typedef float number, answer;
static void begin(void) {}
__attribute__((noinline)) static void step(const number *x, answer *y) { __asm__ volatile("" :: "r"(x), "r"(y) : "memory"); }
"""

# Two layers; LOOP gives the spikes y of a layer, of the currents W x + b.
BY_HAND = """
typedef float number, answer;
static float u1[HIDDEN], u2[OUTPUTS], s1[HIDDEN];
static void begin(void) {}
static void layer(const float *x, int inputs, const float *w, const float *b, int outputs, float *u, float *y)
{LOOP
}
__attribute__((noinline)) static void step(const number *x, answer *y)
{
    layer(x, INPUTS, w1, b1, HIDDEN, u1, s1);
    layer(s1, HIDDEN, w2, b2, OUTPUTS, u2, y);
}
"""

LOOP = """
    for (int o = 0; o < outputs; o++, w += inputs) {
        float sum = 0;
        for (int i = 0; i < inputs; i++)
            sum += w[i] * x[i];
        const float du = (sum + b[o] - u[o]) * (1 / TAU);
        y[o] = u[o] + du >= THRESHOLD;
        u[o] += du - y[o] * (THRESHOLD / TAU);
    }"""

# Weights lie input by input here.
LOOP_SKIP = """
    for (int o = 0; o < outputs; o++)
        y[o] = 0;
    for (int i = 0; i < inputs; i++, w += outputs)
        if (x[i] != 0)
            for (int o = 0; o < outputs; o++)
                y[o] += w[o] * x[i];
    for (int o = 0; o < outputs; o++) {
        const float du = (y[o] + b[o] - u[o]) * (1 / TAU);
        y[o] = u[o] + du >= THRESHOLD;
        u[o] += du - y[o] * (THRESHOLD / TAU);
    }"""

FSNN = """
#include "net.c"
typedef {0} number;
typedef {1} answer;
#define ONE {2}
static net_state state;
static void begin(void) {{ net_reset(&state); }}
__attribute__((noinline)) static void step(const number *x, answer *y) {{ net_step(&state, x, y); }}
"""

EMLEARN = """
#include "net.h"
typedef float number, answer;
static void begin(void) {}
__attribute__((noinline)) static void step(const number *x, answer *y) { eml_net_regress(&net, x, INPUTS, y, OUTPUTS); }
"""


def said(*command, **more):
    """Both streams: qemu shows what a program says on the second."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def table_of(text, name):
    values = re.search(r"static const float " + name + r"\[\d+\] = \{(.*?)\};", text, re.S).group(1)
    return [float(x.strip().strip("()f")) for x in values.split(",")]


def array(name, values):
    return "static const float %s[] = {%s};\n" % (name, ", ".join("%.9gf" % x if "." in "%.9g" % x or "e" in "%.9g" % x
                                                                  else "%.9g.0f" % x for x in values))


def exported(fsnn, folder, sizes, alpha, type_):
    """The C of a network, in a folder of its own."""
    where = folder / f"fsnn-{type_}-{alpha}"
    where.mkdir()
    path = where / "net.yaml"
    path.write_text(DESCRIPTION.format(*sizes, tau=TAU, threshold=THRESHOLD, alpha=alpha))
    more = ["--range", "1"] if type_ != "float" else []
    said(fsnn, "export-c", path, "-o", where, "--type", type_, "--quiet", *more)
    types = ("float", "float", "1") if type_ == "float" else ("int16_t", "int32_t", "(1 << NET_IN_FRACTION)")
    (where / "contender.c").write_text(FSNN.format(*types))
    return where


def weights_of(folder, sizes):
    """Input by input, as the C has them: [(weights, biases)] of the two layers."""
    text = (folder / "net.c").read_text()
    names = re.findall(r"static const float (weight_\d+|bias_\d+)\[", text)
    tables = [table_of(text, name) for name in names]
    return [tuple(tables[:2]), tuple(tables[2:])]


def by_hand(folder, sizes, layers, skip):
    where = folder / ("skip" if skip else "hand")
    where.mkdir()
    text = ""
    for number, (w, b) in enumerate(layers, 1):
        inputs, outputs = sizes[number - 1], sizes[number]
        turned = w if skip else [w[i * outputs + o] for o in range(outputs) for i in range(inputs)]
        text += array(f"w{number}", turned) + array(f"b{number}", b)
    text += f"#define TAU {TAU}f\n#define THRESHOLD {THRESHOLD}f\n#define HIDDEN {sizes[1]}\n"
    (where / "contender.c").write_text(text + BY_HAND.replace("LOOP", LOOP_SKIP if skip else LOOP))
    return where


class MLPClassifier:
    """What emlearn reads of scikit-learn's class of this name."""
    n_layers_, activation, out_activation_ = 3, "relu", "identity"


def emlearn_network(folder, sizes, layers):
    import emlearn
    import numpy as np

    where = folder / "emlearn"
    where.mkdir()
    model = MLPClassifier()
    model.coefs_ = [np.reshape(w, (sizes[i], sizes[i + 1])) for i, (w, b) in enumerate(layers)]
    model.intercepts_ = [np.array(b) for w, b in layers]
    here = os.getcwd()
    os.chdir(where)  # it compiles a program of its own in ./tmp
    try:
        emlearn.convert(model, method="loadable").save(file="net.h", name="net")
    finally:
        os.chdir(here)
    (where / "contender.c").write_text(EMLEARN)
    return where, ["-I", emlearn.includedir]


def bytes_of(program):
    text, data, bss = said("arm-none-eabi-size", program).split("\n")[1].split()[:3]
    return int(text) + int(data), int(data) + int(bss)


def measured(where, sizes, steps, level, dense, more=()):
    """(flash, RAM, instructions, stack, hash) of a folder's contender.c; of the whole program."""
    (where / "program.c").write_text(PROGRAM)
    program = where / "program.elf"
    said("arm-none-eabi-gcc", *FLAGS, level, *LINK, "-I", where, *more, '-DCONTENDER="contender.c"', f"-DINPUTS={sizes[0]}",
         f"-DOUTPUTS={sizes[2]}", f"-DSTEPS={steps}", f"-DDENSE={int(dense)}", where / "program.c", "-o", program, "-lm")
    line = said("qemu-system-arm", "-M", "mps2-an386", "-nographic", "-icount", "shift=0", "-semihosting-config",
                "enable=on,target=native", "-kernel", program, stdin=subprocess.DEVNULL, timeout=600).strip()
    instructions, stack, hash_ = line.split("\n")[-1].split()
    return *bytes_of(program), int(instructions), int(stack), hash_


def contenders(fsnn, folder, sizes):
    """Rows: name, folder, options of the compiler, whether it gives the spikes of all such rows."""
    float1 = exported(fsnn, folder, sizes, 1, "float")
    layers = weights_of(float1, sizes)
    yield "by hand", by_hand(folder, sizes, layers, False), [], False
    yield "by hand, skip", by_hand(folder, sizes, layers, True), [], True
    try:
        where, options = emlearn_network(folder, sizes, layers)
        yield "emlearn", where, options, False
    except ImportError:
        print("emlearn is not there: its rows are left out", file=sys.stderr)
    yield "fsnn, alpha 1", float1, [], True
    yield "fsnn, alpha 0.6", exported(fsnn, folder, sizes, 0.6, "float"), [], False
    for alpha in (1, 0.6):
        where = exported(fsnn, folder, sizes, alpha, "int8")
        yield f"fsnn, int8, alpha {alpha}", where, [], False
        if "NET_SIMD" in (where / "net.c").read_text():
            yield f"fsnn, int8, alpha {alpha}, +simd", where, ["-DNET_SIMD"], False


def of_network(fsnn, name, level):
    *sizes, steps = NETWORKS[name]
    hashes = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        empty = folder / "empty"
        empty.mkdir()
        (empty / "contender.c").write_text(EMPTY)
        flash0, ram0, *_ = measured(empty, sizes, steps, level, True)
        for row, where, options, same in contenders(fsnn, folder, sizes):
            cells = []
            for dense in (True, False):
                flash, ram, instructions, stack, hash_ = measured(where, sizes, steps, level, dense, options)
                cells.append(f"{instructions:,}")
                if same and hashes.setdefault(dense, hash_) != hash_:
                    sys.exit(f"{name}, {row}: the spikes are not those of the rows before")
            print(f"| {name}: {row} | {ram - ram0:,} | {stack:,} | {flash - flash0:,} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fsnn", help="the program")
    parser.add_argument("--level", action="append", choices=["Os", "O2"], help="of the compiler; both by default")
    parser.add_argument("--network", action="append", choices=list(NETWORKS), help="both by default")
    given = parser.parse_args()
    for level in given.level or ["Os", "O2"]:
        print(f"\n-{level}\n\n| | RAM, bytes | stack | flash | instructions a step, dense | spikes |\n|---|---|---|---|---|---|")
        for name in given.network or NETWORKS:
            of_network(given.fsnn, name, f"-{level}")


if __name__ == "__main__":
    main()
