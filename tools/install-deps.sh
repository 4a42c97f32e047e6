#!/bin/sh
# Installs the Debian packages that fsnn needs and that are missing. The one place where they are listed.
#
#   tools/install-deps.sh          what the default build and its tests need
#   tools/install-deps.sh --dev    what the sanitizers, fuzzers and checks of layout need as well
#   tools/install-deps.sh --docs   what the site of the documentation and its test need as well
#   tools/install-deps.sh --packages  what Debian packages, the arm64 build and the test of the binary interface need as well
#   tools/install-deps.sh --deploy  what the core for WebAssembly, exported C on chips, and their tests need as well
set -u

packages='
build-essential        C and C++ compiler (C++ only catches exceptions of oneDNN), make
cmake                  the build
pkg-config             finds libraries
libdnnl-dev            oneDNN: matrix products, convolutions, pooling (not with -DFSNN_DENSE=plain)
libfyaml-dev           descriptions in YAML (not with -DFSNN_YAML=OFF)
zlib1g-dev             gzip, compressed arrays (not with -DFSNN_ZLIB=OFF)
liblz4-dev             packets of AEDAT 4 event recordings (not with -DFSNN_LZ4=OFF)
libzstd-dev            packets of AEDAT 4 event recordings (not with -DFSNN_ZSTD=OFF)
libkissfft-dev         Fourier transforms of sound (not with -DFSNN_FFT=OFF)
libpng-dev             pictures in PNG (not with -DFSNN_PNG=OFF)
libsndfile1-dev        sound other than plain WAV: FLAC, Ogg, AIFF (not with -DFSNN_SOUND=OFF)
libhdf5-dev            HDF5 files (not with -DFSNN_HDF5=OFF)
libopenmpi-dev         fsnn-mpi: training by several processes (not with -DFSNN_MPI=OFF)
openmpi-bin            fsnn-mpi: mpirun
libcmocka-dev          unit tests
gnuplot-nox            figures (not with -DFSNN_PLOT=OFF)
fonts-dejavu-core      the letters in the figures
dataset-fashion-mnist  the images that examples and tests train on
python3-dev            the Python package: its extension module
python3-cffi           the Python package
python3-numpy          the Python package
python3-setuptools     the Python package: pip install ./python
python3-venv           the Python package: virtual environments
'
packages_dev='
clang                  the second compiler; fuzz targets
clang-format-14        the layout of the code
libclang-rt-14-dev     sanitizers and libFuzzer for clang
libomp-14-dev          OpenMP for clang, and archer for ThreadSanitizer
shellcheck             the scripts of docs/cluster.md
fish                   completion of command lines: its test
zsh                    completion of command lines: its test
mandoc                 manual pages: their test
strace                 calls of the system that a stream makes: its test
valgrind               callgrind: instructions, in place of seconds
gdb                    the debugger
'
packages_docs='
mkdocs                 the site of the documentation (make docs)
mkdocs-material        its theme
doxygen                its reference of the C headers
python3                tools/docs.py
'
packages_packages='
dpkg-dev               make deb
debhelper              make deb
dh-python              make deb: python3-fsnn
lintian                make deb: looks at the packages
debootstrap            tests/long: a clean Debian
crossbuild-essential-arm64  arm64: the compiler
qemu-user              arm64: runs what is built for it
abigail-tools          the binary interface of libfsnn.so: its test
'
# libclang-rt of the version of clang that Debian 12 has: another clang needs its own
packages_deploy='
clang                  WebAssembly: the compiler
lld                    WebAssembly: the linker
llvm                   WebAssembly: llvm-ar, llvm-nm
wasi-libc              WebAssembly: the C library
libclang-rt-14-dev-wasm32  WebAssembly: the functions of the compiler, for clang 14
nodejs                 WebAssembly: runs it
chromium               the playground: its test
python3                the playground: tools/playground.py packs its pages
gcc-arm-none-eabi      exported C on Cortex-M
picolibc-arm-none-eabi exported C on Cortex-M: the C library of its test
qemu-system-arm        exported C on Cortex-M: runs it
gcc-riscv64-unknown-elf exported C on RISC-V
picolibc-riscv64-unknown-elf exported C on RISC-V: the C library of its test
qemu-system-misc       exported C on RISC-V: runs it
'

say() { printf 'install-deps: %s\n' "$*"; }
fail() { printf 'install-deps: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0"; }
for option; do
    case $option in
    --dev) packages=$packages$packages_dev ;;
    --docs) packages=$packages$packages_docs ;;
    --packages) packages=$packages$packages_packages ;;
    --deploy) packages=$packages$packages_deploy ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && fail "there is no option \"$option\": --dev, --docs, --packages and --deploy are possible" ;;
    esac
done
installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

names=$(printf '%s' "$packages" | awk 'NF { print $1 }')
if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    fail "no apt-get here: this is not Debian or Ubuntu. Install what these packages hold, then build" \
         "with cmake: $(echo $names)"
fi

missing=
for name in $names; do
    installed "$name" || missing="$missing $name"
done
if [ -z "$missing" ]; then
    say "all packages are there, nothing to do"
    exit 0
fi
say "will install:"
for name in $missing; do
    printf '%s' "$packages" | awk -v name="$name" '$1 == name { print "    " $0 }'
done

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 ||
        fail "not root and no sudo here. As root: apt-get install$missing"
    sudo=sudo
    say "apt-get needs root: asking sudo"
fi
install() { $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

# Package lists are fetched only where they do not know a package, or are so old that the download fails.
# shellcheck disable=SC2086 # a list of names
if ! apt-get install -s --no-install-recommends $missing >/dev/null 2>&1 || ! install $missing; then
    say "fetching package lists"
    $sudo apt-get update || say "apt-get update failed; trying with the lists that are here"
    install $missing || fail "apt-get could not install:$missing"
fi
for name in $missing; do
    installed "$name" || fail "apt-get ran, but $name is still missing"
done
say "done"
