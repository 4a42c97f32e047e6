#!/bin/sh
# fsnn train, killed before each of its operations on files in turn: a new run, one that is gone on with, one that
# replaces another. What is there then goes on to the bytes of a run that nobody stopped, without litter, pictures too.
# And what the programs of the tests do with a sample of kills, with all of them.
set -u
fsnn=$(realpath "${FSNN_BIN:?}") || exit 1
build=$(realpath "${FSNN_BUILD:?}") || exit 1
source=$(pwd)
[ -w /dev/shm ] && : "${TMPDIR:=/dev/shm}" # thousands of syncs
export TMPDIR
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

FSNN_LONG=1 "$build/tests/test_train_kill" || fail "test_train_kill"
FSNN_LONG=1 "$build/tests/test_cli_runs" || fail "test_cli_runs"

cd "$work" || exit 1
cat >kill.c <<'END'
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static long count;
static void tick(void)
{
    const char *at = getenv("KILL_AT");
    if (++count == (at ? atol(at) : 0)) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
}
#define NEXT(name) ((name##_function)dlsym(RTLD_NEXT, #name))
typedef int (*open_function)(const char *, int, ...);
int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = flags & O_CREAT ? va_arg(list, int) : 0;
    va_end(list);
    if (flags & (O_WRONLY | O_RDWR | O_CREAT))
        tick();
    return NEXT(open)(path, flags, mode);
}
#define WRAP(type, name, parameters, arguments)                                                    \
    typedef type (*name##_function) parameters;                                                    \
    type name parameters                                                                           \
    {                                                                                              \
        tick();                                                                                    \
        return NEXT(name) arguments;                                                               \
    }
WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, fsync, (int file), (file))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
WRAP(int, rmdir, (const char *path), (path))
WRAP(int, remove, (const char *path), (path))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
END
"${CC:-cc}" -shared -fPIC -O1 -D_GNU_SOURCE -o kill.so kill.c -ldl || fail "kill.c does not compile"

# 12 samples [12, 6] of 3 classes, as an NPZ by the program's own means: a simulation's numbers, named x, are no classes,
# so the data come from a text file.
{
    echo '@problemName k'
    echo '@timeStamps false'
    echo '@univariate true'
    echo '@classLabel true a b c'
    echo '@data'
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        case $((i % 3)) in
        0) echo "1.$i,0.2,0.1,0.3,0.1,0.2:a" ;;
        1) echo "0.1,0.2,1.$i,1.3,0.1,0.2:b" ;;
        *) echo "0.1,0.3,0.1,0.2,1.$i,1.1:c" ;;
        esac
    done
} >k.ts
cat >k.yaml <<'END'
name: k
input: [1]
layers:
  - linear: {out: 8}
  - lif: {tau: 2.0}
  - linear: {out: 3}
  - lif: {tau: 2.0}
dynamics: {alpha: 0.7}
data: {kind: ts, train: {path: k.ts}, test: {path: k.ts}}
training: {epochs: 2, batch: 5, optimizer: {kind: adam, lr: 0.05}}
END
train() { "$fsnn" train "$@" --threads 1 -q >/dev/null 2>err || fail "train $*: $(cat err)"; }
killed() { # N, arguments: 0 when it came to its end
    n=$1
    shift
    LD_PRELOAD="$work/kill.so" KILL_AT=$n "$fsnn" train "$@" --threads 1 -q >/dev/null 2>&1
}
figures() { cut -d, -f1-9,12- "$1/metrics.csv"; }
same() { # ONE OTHER: bytes, and names of all files
    for file in last.safetensors best.safetensors description.yaml; do
        cmp "$1/$file" "$2/$file" || fail "killed before operation $n: $1/$file"
    done
    figures "$1" >one.csv
    figures "$2" >two.csv
    cmp one.csv two.csv || fail "killed before operation $n: $1/metrics.csv"
    [ "$(cd "$1" && find . | sort)" = "$(cd "$2" && find . | sort)" ] ||
        fail "killed before operation $n: $(cd "$1" && find . | sort) and not $(cd "$2" && find . | sort)"
}

train k.yaml --out whole
train k.yaml --out other --seed 5

n=1
while rm -rf run && ! killed $n k.yaml --out run; do
    if [ -e run/description.yaml ]; then train --resume run; else train k.yaml --out run; fi
    same run whole
    n=$((n + 1))
done
[ "$n" -gt 40 ] || fail "only $n operations of a new run"
echo "a new run: $((n - 1)) operations"

train k.yaml --out half --set training.epochs=1
n=1
while rm -rf run && cp -r half run && ! killed $n --resume run --set training.epochs=2; do
    train --resume run --set training.epochs=2
    same run whole
    n=$((n + 1))
done
[ "$n" -gt 20 ] || fail "only $n operations of a resumed run"
echo "a resumed run: $((n - 1)) operations"

n=1
while rm -rf run && cp -r whole run && ! killed $n k.yaml --out run --seed 5 --force; do
    rm -f run/replaced/.lock # killed while it was being removed
    [ ! -e run/replaced ] || same run/replaced whole
    train --resume run
    if grep -q 'seed: *5' run/description.yaml; then same run other; else same run whole; fi
    n=$((n + 1))
done
[ "$n" -gt 50 ] || fail "only $n operations of a run that replaces another"
echo "a run that replaces another: $((n - 1)) operations"
cd "$source" || exit 1
