#!/bin/sh
# The public headers in C++: each alone, and a program that uses their macros and finds the defaults that C has. Strict
# warnings. Skipped without a C++ compiler.
set -u
build=${FSNN_BUILD:?}
case ${CC:-cc} in *clang*) cxx=clang++ ;; *) cxx=g++ ;; esac
command -v "$cxx" >/dev/null || { echo "skipped: no $cxx"; exit 77; }
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
fail() { echo "FAILED: $*"; head -n 20 "$place/log"; exit 1; }
flags="-Iinclude -pedantic -Wall -Wextra -Werror${FSNN_SANITIZE:+ -fsanitize=$FSNN_SANITIZE}"

for standard in c++11 c++17 c++20; do
    for header in include/fsnn/*.h; do
        echo "#include <fsnn/${header##*/}>" >"$place/one.cpp"
        # shellcheck disable=SC2086 # a list of flags
        "$cxx" -std=$standard $flags -fsyntax-only "$place/one.cpp" >"$place/log" 2>&1 || fail "$header as $standard"
    done
done

cat >"$place/user.cpp" <<'END'
#include <fsnn/fsnn.h>
#include <cstdio>

static bool same(const fsnn_neuron &a, const fsnn_neuron &b)
{
    return a.tau.value == b.tau.value && a.tau.learn == b.tau.learn && a.tau.per == b.tau.per &&
           a.threshold.value == b.threshold.value && a.surrogate.kind == b.surrogate.kind && a.reset == b.reset &&
           a.detach_reset == b.detach_reset && a.v0 == b.v0 && a.refractory == b.refractory;
}

int main()
{
    int height = 28;
    fsnn_shape shape = FSNN_SHAPE(1, height, 28), line = FSNN_SHAPE(784);
    fsnn_neuron lif = FSNN_NEURON_DEFAULT, wanted;
    if (fsnn_kind_defaults("lif", &wanted) < 0 || !same(lif, wanted))
        return std::puts("FSNN_NEURON_DEFAULT differs from fsnn_kind_defaults"), 1;
    return fsnn_shape_count(&shape) == 784 && shape.rank == 3 && line.rank == 1 ? 0 : 1;
}
END
libraries=$(PKG_CONFIG_PATH=$build pkg-config --static --libs fsnn | sed 's/-lfsnn //')
for standard in c++11 c++20; do
    # shellcheck disable=SC2086 # lists of flags
    "$cxx" -std=$standard $flags "$place/user.cpp" "$build/libfsnn.a" -fopenmp $libraries -o "$place/user" \
        >"$place/log" 2>&1 || fail "a program as $standard"
    "$place/user" >"$place/log" 2>&1 || fail "a program as $standard: exit $?"
done
echo "all public headers are clean in C++11, C++17 and C++20"
