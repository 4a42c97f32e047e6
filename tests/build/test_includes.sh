#!/bin/sh
# The include law holds in this tree, and the script that says so finds each kind of violation.
check=$(pwd)/tools/check-includes.sh
"$check" . || exit 1

tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
failures=0

# expect WANTED FILE LINE: exit status of the check on a tree of one file with that one line
expect()
{
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$2")"
    printf '%s\n' "$3" >"$tree/$2"
    "$check" "$tree" >"$tree/out" 2>&1
    found=$?
    if [ $found -ne "$1" ] || { [ "$1" -eq 1 ] && ! grep -q "^$2:1: " "$tree/out"; }; then
        echo "FAILED: $2 with $3: exit $found, expected $1"
        cat "$tree/out"
        failures=$((failures + 1))
    fi
}

expect 0 src/base/a.c '#include "base/base.h"'
expect 0 src/net/a.c '#include "op/op.h"'
expect 0 src/neuron/a.c '#include "equation/equation.h"'
expect 0 src/scan/a.c '#include "neuron/model.h"'
expect 0 src/scan/a.c '#include "frac/memory.h"'
expect 0 src/tensor/dense_onednn_gemm.c '#include <dnnl.h>'
expect 0 src/tensor/dense_onednn.h '#include <dnnl.h>'
expect 0 src/tensor/dense_onednn_conv.c '#include "tensor/dense_onednn.h"'
expect 0 bench/floor.h '#include <oneapi/dnnl/dnnl.h>'
expect 0 src/op/a.c '#include "tensor/dense.h"'
expect 0 src/data/events/a.c '#include "format/npz.h"'
expect 0 src/data/events/a.c '#include "data/store.h"'
expect 0 src/model/a.c '#include "format/npz.h"'
expect 0 src/train/a.c '#include <fsnn/net.h>'
expect 0 src/exchange/a.c '#include "format/hdf_tree.h"'
expect 0 src/exchange/a.c '#include <fsnn/model.h>'
expect 0 cli/a.c '#include "cli/cli.h"'
expect 0 cli/run/a.c '#include "cli/kit/kit.h"'
expect 0 cli/a.c '#include <fsnn/fsnn.h>'
expect 0 bench/suite/a.c '#include "bench/suite/suite.h"'
expect 0 bench/suite/a.c '#include "bench/floor.h"'
expect 0 bench/suite/a.c '#include "cli/kit/kit.h"'
expect 0 bench/a.c '#include "measure.h"'
expect 0 examples/a.c '#include <stdio.h>'

# what only some systems have
for header in fcntl unistd sys/stat sys/mman pthread malloc signal poll spawn dirent dlfcn windows linux/futex; do
    expect 0 src/base/port_a.c "#include <$header.h>"
    expect 1 src/base/file.c "#include <$header.h>"
    expect 1 src/base/port_a.h "#include <$header.h>"
    expect 1 src/data/port_a.c "#include <$header.h>"
    expect 1 src/net/a_kernel.c "#  include <$header.h>"
    expect 1 include/fsnn/a.h "#include <$header.h>"
    expect 0 cli/run/a.c "#include <$header.h>"
    expect 0 bench/suite/a.c "#include <$header.h>"
done
# headers of C and of libraries
for header in assert complex ctype errno fenv float inttypes limits locale math setjmp stdalign stdarg stdatomic stdbool \
    stddef stdint stdio stdlib stdnoreturn string tgmath time uchar wchar wctype omp zlib hdf5 libfyaml immintrin; do
    expect 0 src/base/a.c "#include <$header.h>"
done

expect 1 src/base/a.c '#include "tensor/dense.h"'
expect 1 src/base/a.c '#include <fsnn/net.h>'
expect 1 src/op/a.c '#include "neuron/model.h"'
expect 1 src/op/a.c '#  include <frac/method.h>'
expect 1 src/equation/a.c '#include "neuron/model.h"'
expect 1 src/equation/a.c '#include <fsnn/neuron.h>'
expect 1 src/neuron/a.c '#include "frac/memory.h"'
expect 1 src/neuron/a.c '#include "scan/scan.h"'
expect 1 src/neuron/a.c '#include "tensor/dense.h"'
expect 1 src/scan/a.c '#include "tensor/dense.h"'
expect 1 src/scan/a.c '#include <fsnn/net.h>'
expect 1 src/frac/a.c '#include "scan/scan.h"'
expect 1 src/train/a.c '#include "op/op.h"'
expect 1 src/neuron/a.c '#include "net/net.h"'
expect 1 src/frac/a.c '#include "op/op.h"'
expect 1 src/net/a.c '#include "train/train.h"'
expect 1 src/net/a.c '#include <fsnn/train.h>'
expect 1 src/data/a.c '#include "net/net.h"'
expect 1 src/format/a.c '#include "tensor/dense.h"'
expect 1 src/format/a.c '#include "data/store.h"'
expect 1 src/train/a.c '#include "format/npz.h"'
expect 1 src/data/graph/a.c '#include "net/net.h"'
expect 1 src/model/a.c '#include "train/loop.h"'
expect 1 src/exchange/a.c '#include "net/net.h"'
expect 1 src/model/a.c '#include "exchange/nir.h"'
expect 1 src/plot/a.c '#include "tensor/dense.h"'
expect 1 src/tensor/array.c '#include <dnnl.h>'
expect 1 src/net/a.c '#include <oneapi/dnnl/dnnl.h>'
expect 1 src/base/a.c '#include "../net/net.h"'
expect 1 src/op/a.c '#include "tensor/dense_onednn.h"'
expect 1 src/tensor/array.c '#include "tensor/dense_onednn.h"'
expect 0 src/tensor/dense_plain_a.c '#include "tensor/dense_plain_product.h"'
expect 1 src/tensor/dense_plain_a.c '#include <dnnl.h>'
expect 1 src/tensor/dense_plain_a.c '#include "tensor/dense_onednn.h"'
expect 1 src/tensor/dense_onednn_a.c '#include "tensor/dense_plain_product.h"'
expect 1 src/op/a.c '#include "tensor/dense_plain_product.h"'
expect 1 src/base/a.c '#include "base.h"'
expect 1 src/cellar/a.c '#include <stdio.h>'
expect 1 cli/a.c '#include "cli.h"'
expect 1 cli/a.c '#include "base/base.h"'
expect 1 cli/run/a.c '#include "base/base.h"'
expect 1 cli/run/a.c '#include "src/base/base.h"'
expect 1 cli/run/a.c '#include "run.h"'
expect 1 cli/kit/a.c '#include "cli/cli.h"'
expect 1 cli/kit/a.c '#include <fsnn/model.h>'
expect 1 cli/a.c '#include "../src/base/base.h"'
expect 1 examples/a.c '#include "net/net.h"'
expect 1 examples/a.c '#include <dnnl.h>'
expect 1 cli/a.c '#include "bench/floor.h"'
expect 1 cli/kit/a.c '#include "bench/suite/suite.h"'
expect 1 bench/suite/a.c '#include "cli/cli.h"'
expect 1 bench/suite/a.c '#include "cli/run/run.h"'
expect 1 bench/suite/a.c '#include "tensor/dense.h"'
expect 1 examples/a.c '#include "cli/kit/kit.h"'
expect 1 bench/a.c '#include "tensor/dense.h"'
expect 1 bench/bench_a.c '#include <dnnl.h>'
expect 1 include/fsnn/a.h '#include "base/base.h"'

[ $failures -eq 0 ] && echo "check-includes finds every kind of violation"
exit $((failures > 0))
